//! Which project a package is taken to belong to.

use serde_json::Value;

use super::online::world;

#[test]
fn a_package_belongs_to_the_repository_its_own_manifest_leads_to() {
    let (repository, homepage) = ("https://git.example/group/a", "https://gitlab.com/group/b");
    let sponsors = "https://github.com/sponsors/a";
    let cases = [
        (repository, homepage, Some(repository)),
        (sponsors, homepage, Some(homepage)),
        (sponsors, "https://site.example/", None),
    ];
    for (repository, homepage, expected) in cases {
        let world = world();
        let manifest =
            format!("[package]\nrepository = \"{repository}\"\nhomepage = \"{homepage}\"\n");
        world.unpack("needed-1.0.0/Cargo.toml", &manifest);
        let ran = world.run("audit w --format json");
        let report: Value = serde_json::from_str(&ran.stdout).unwrap();
        let ranking = report["lenses"]["environmentalist"]["ranking"].as_array().unwrap();
        let repositories: Vec<_> = ranking.iter().map(|it| it["repository"].as_str()).collect();
        assert_eq!(repositories, [expected], "{repository} {homepage}");
    }
}
