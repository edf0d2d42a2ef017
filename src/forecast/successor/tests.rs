use super::*;

/// Releases of one package: version, year, dependencies.
fn history(package: &str, releases: &[(&str, i16, &str)]) -> Vec<DependentRelease> {
    let release = |(version, year, dependencies): &(&str, i16, &str)| {
        let mut dependencies: Vec<SmolStr> = dependencies.split(' ').map(SmolStr::from).collect();
        dependencies.sort();
        // Packages of different names are released on different days.
        let day = 1 + i8::try_from(package.len() % 28).unwrap();
        let published = Offset::UTC.to_timestamp(date(*year, 1, day).at(12, 0, 0, 0)).unwrap();
        let (package, version) = (package.into(), (*version).into());
        DependentRelease { package, version, published, dependencies }
    };
    releases.iter().map(release).collect()
}

/// Dependents `a`, `bb`, `ccc`, ... that go from the first to the second set of dependencies.
fn dependents(number: usize, before: &str, after: &str) -> Vec<DependentRelease> {
    let name = |length: usize| char::from(b'a' + length as u8).to_string().repeat(length + 1);
    let of = |length| history(&name(length), &[("1.0.0", 2020, before), ("1.1.0", 2021, after)]);
    (0..number).flat_map(of).collect()
}

/// Packages that drop something for something else, so that the moves looked at are rare.
fn others(names: std::ops::Range<usize>) -> Vec<DependentRelease> {
    let of = |number: usize| {
        let (name, before) = (format!("other{number}"), format!("gone{number}"));
        history(&name, &[("1.0.0", 2020, &before), ("1.1.0", 2021, &format!("new{number}"))])
    };
    names.flat_map(of).collect()
}

fn pairs(releases: Vec<DependentRelease>, repositories: &[(&str, &str)]) -> Vec<(String, usize)> {
    let repositories =
        repositories.iter().map(|(package, address)| ((*package).into(), (*address).into()));
    let found = moves(&[releases, others(0..200)].concat(), &repositories.collect());
    found.into_iter().map(|it| (format!("{} {}", it.from, it.to), it.days.len())).collect()
}

#[test]
fn several_owners_that_drop_one_for_another_are_a_move() {
    let moved = dependents(4, "lye rag", "soap rag");
    assert_eq!(pairs(moved.clone(), &[]), [("lye soap".to_owned(), 4)]);
    assert_eq!(pairs(dependents(2, "lye", "soap"), &[]), []);
    let found = moves(&[moved, others(0..200)].concat(), &BTreeMap::new());
    assert_eq!(found[0].days, [2, 3, 4, 5].map(|day| date(2021, 1, day)));
    // Two of one owner are one mover, but still two that dropped it.
    let one = "https://forge.example/someone/";
    let (first, second) = (format!("{one}x"), format!("{one}y"));
    let owned = [("a", first.as_str()), ("bb", second.as_str())];
    assert_eq!(pairs(dependents(4, "lye", "soap"), &owned), [("lye soap".to_owned(), 3)]);
    assert_eq!(pairs(dependents(3, "lye", "soap"), &owned), []);
}

#[test]
fn only_a_new_highest_version_tells() {
    for (version, count) in [("1.0.0-rc.1", 0), ("0.9.9", 0), ("1.0", 0), ("2.0.0", 1)] {
        let three = ["x", "yy", "zzz"]
            .into_iter()
            .flat_map(|name| history(name, &[("1.0.0", 2020, "lye"), (version, 2021, "soap")]));
        assert_eq!(pairs(three.collect(), &[]).len(), count, "{version}");
    }
    // What an older line still has is not dropped by the next release of the newer one.
    let three = ["x", "yy", "zzz"].into_iter().flat_map(|name| {
        let releases = [("1.0.0", 2019, "rag"), ("0.9.9", 2020, "lye"), ("1.1.0", 2021, "soap")];
        history(name, &releases)
    });
    assert_eq!(pairs(three.collect(), &[]), [("rag soap".to_owned(), 3)]);
}

#[test]
fn what_comes_with_anything_is_no_alternative() {
    // A rebuilding.
    assert_eq!(pairs(dependents(4, "lye", "soap a1 a2 a3 a4 a5"), &[]), []);
    assert_eq!(pairs(dependents(4, "lye", "soap a1 a2 a3 a4"), &[]).len(), 5);
    // Few of those that dropped it: 3 of 15, then of 16, which is enough where chance would make
    // it rare, until it is 3 of 31.
    let left = |number: usize| {
        let name = format!("left{number}");
        history(&name, &[("1.0.0", 2020, "lye"), ("1.1.0", 2021, "rag")])
    };
    let is_found = |stayed_away: usize, others_until: usize| {
        let mut releases = dependents(3, "lye", "soap");
        releases.extend((0..stayed_away).flat_map(left));
        releases.extend(others(200..others_until));
        pairs(releases, &[]).iter().any(|it| it.0 == "lye soap")
    };
    assert_eq!((is_found(12, 200), is_found(13, 200)), (true, false));
    assert_eq!(
        (is_found(13, 2_000), is_found(27, 2_000), is_found(28, 2_000)),
        (true, true, false)
    );
    // A package that every tenth release takes: 3 of 3, but 23 of 223 anyway.
    let often = |number: usize| {
        history(&format!("often{number}"), &[("1.0.0", 2020, "b"), ("1.1.0", 2021, "soap")])
    };
    let mut common = dependents(3, "lye", "soap");
    common.extend((0..20).flat_map(often));
    assert!(!pairs(common, &[]).iter().any(|it| it.0 == "lye soap"));
    // Two that moved back, of five.
    let back = |name| history(name, &[("1.0.0", 2020, "soap"), ("1.1.0", 2021, "lye")]);
    let undone = [dependents(5, "lye", "soap"), back("back"), back("again")].concat();
    assert_eq!(pairs(undone, &[]), []);
}

#[test]
fn what_is_entwined_is_no_alternative() {
    let moved = dependents(3, "lye", "soap");
    let needs = [moved.clone(), history("soap", &[("1.0.0", 2020, "lye")])].concat();
    assert_eq!(pairs(needs, &[]), []);
    let no_longer =
        [moved.clone(), history("soap", &[("1.0.0", 2019, "lye"), ("2.0.0", 2020, "fat")])]
            .concat();
    assert_eq!(pairs(no_longer, &[]).len(), 1);
    let wash = "https://forge.example/a/wash";
    assert_eq!(pairs(moved.clone(), &[("lye", wash), ("soap", wash)]), []);
    assert_eq!(pairs(moved, &[("lye", wash), ("soap", "https://forge.example/a/soap")]).len(), 1);
    // A part is named after the whole; the whole needs it, or nobody knows.
    let part = dependents(3, "lye", "lye-core");
    assert_eq!(pairs(part.clone(), &[]), []);
    let apart = [part, history("lye", &[("1.0.0", 2020, "fat")])].concat();
    assert_eq!(pairs(apart, &[]).len(), 1);
}

#[test]
fn owners_are_hosts_and_first_folders() {
    let address = |text: &str| BTreeMap::from([(SmolStr::from("soap-box"), text.to_owned())]);
    for (text, expected) in [
        ("https://forge.example/someone/soap", "https://forge.example/someone"),
        ("https://forge.example/someone/soap/deep", "https://forge.example/someone"),
        ("https://forge.example/soap", "https://forge.example/soap"),
        ("forge.example/someone/soap", "forge.example/someone"),
        ("nonsense", "nonsense"),
        ("", ""),
    ] {
        assert_eq!(owner(&"soap-box".into(), &address(text)), expected);
    }
    assert_eq!(owner(&"soap_box-lid".into(), &BTreeMap::new()), "soap");
}
