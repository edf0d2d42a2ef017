//! Whom one can pay by files of clones on this machine, and by forges.

use headwater::model::{Missing, Observed};
use serde_json::json;

use super::{Run, World, repositories};
use crate::history::built::make;
use crate::http::server::{Server, answer, ok};

const HERE: &str = "https://git.example/o/here";
const THERE: &str = "https://github.com/o/there";

/// A commit with the files given.
fn stream(files: &[(&str, &str)]) -> String {
    let who = "P <p@mail.example> 1700000000 +0000";
    let mut stream = format!("commit refs/heads/main\nauthor {who}\ncommitter {who}\ndata 1\nm\n");
    for (path, text) in files {
        stream += &format!("M 100644 inline {path}\ndata {}\n{text}\n", text.len());
    }
    stream
}

#[test]
fn the_head_of_a_clone_and_the_forge_say_together_whom_to_pay() {
    let server = Server::start(|seen| match seen.line.contains("/graphql") {
        true => ok(&json!({ "data": { "r0": { "nameWithOwner": "o/there", "isArchived": false,
            "fundingLinks": [{ "platform": "KO_FI", "url": "https://ko-fi.com/k" }] } } })
        .to_string()),
        false => answer("404 Not Found", &[], ""),
    });
    let world = World::new();
    let large = format!("# {}\n", "x".repeat(300_000));
    let cases = [
        ("git.example/o/here", vec![("docs/FUNDING.yml", "liberapay: l\n"), ("a/b", "c")]),
        ("github.com/o/there", vec![(".github/FUNDING.yml", "ko_fi: K\npatreon: p\n")]),
        ("git.example/o/large", vec![("FUNDING.yml", large.as_str())]),
        ("git.example/o/other", vec![("README", "no word of it")]),
    ];
    for (path, files) in cases {
        let folder = world.folder.path().join("mirrors").join(path);
        std::fs::create_dir_all(folder.parent().unwrap()).unwrap();
        make(&folder, &stream(&files));
    }
    let addresses = [HERE, THERE, "https://git.example/o/large", "https://git.example/o/other"];
    let learned = Run::new(&world, &server).learn(&repositories(&addresses));
    let payees = |address: &str| match &learned.upstream[address].funding {
        Observed::Known(funding) => {
            let payees = funding.value.payees.iter();
            payees.map(|it| format!("{} by {}", it.account, it.named_in.join(", "))).collect()
        }
        Observed::Missing(why) => vec![why.to_string()],
    };
    assert_eq!(payees(HERE), ["l by docs/FUNDING.yml of the clone"]);
    let yaml = ".github/FUNDING.yml of the clone";
    assert_eq!(payees(THERE), [format!("k by {yaml}, GitHub"), format!("p by {yaml}")]);
    for silent in &addresses[2..] {
        assert_eq!(payees(silent), [Missing::UnknownHost.to_string()], "{silent}");
    }
}
