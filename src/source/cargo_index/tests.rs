use proptest::prelude::*;

use super::*;

const HEADER: &[u8] = b"\x03\x02\0\0\0Unknown\0";
const PLAIN: &str =
    r#"{"name":"a","vers":"1.0.0","deps":[],"cksum":"","features":{},"yanked":false}"#;

fn file(lines: &[(&str, &str)]) -> Vec<u8> {
    let body = lines.iter().map(|(version, json)| format!("{version}\0{json}\0"));
    [HEADER, body.collect::<String>().as_bytes()].concat()
}

fn versions(entry: &IndexEntry) -> Vec<&str> {
    entry.history.releases.iter().map(|release| release.version.as_str()).collect()
}

#[test]
fn a_release_has_a_time_and_a_yanked_flag_where_the_line_says_so() {
    let line = |rest: &str| format!(r#"{{"name":"a","vers":"1.0.0"{rest}}}"#);
    let cases = [
        ("", None, false),
        (r#","pubtime":null,"yanked":true"#, None, true),
        (r#","pubtime":"1970-01-02T00:00:01Z""#, Some(86_401), false),
        (r#","pubtime":"1970-01-01T00:00:01.9+00:00""#, Some(1), false),
        (r#","pubtime":"yesterday""#, None, false),
        (r#","features":{"pubtime":["1970-01-01T00:00:01Z"]},"v":9"#, None, false),
        (r#","pubtime":"1970-01-01T00:00:0\u0031Z""#, Some(1), false),
    ];
    for (rest, seconds, yanked) in cases {
        let entry = parse(&file(&[("1.0.0", &line(rest))]), &[]).unwrap();
        let release = &entry.history.releases[0];
        assert_eq!(release.published.map(Timestamp::as_second), seconds, "{rest}");
        assert_eq!(release.yanked, yanked, "{rest}");
        assert!(entry.damaged.is_empty(), "{rest}");
    }
}

#[test]
fn a_wanted_version_is_decoded_in_full_and_the_others_are_not() {
    let wanted = r#"{"name":"a","vers":"2.0.0","yanked":false,"deps":[
        {"name":"short","package":"long-name","req":"^1.2","features":["x"],"optional":true,
         "default_features":false,"target":"cfg(unix)","kind":"build","registry":"https://r.example"},
        {"name":"odd","req":"not a requirement","kind":null},
        {"name":"tests","req":"*","kind":"dev"}],
        "features":{"default":["std"],"std":[]},"features2":{"default":["dep:short"],"new":["odd?/y"]}}"#;
    let entry = parse(&file(&[("1.0.0", PLAIN), ("2.0.0", wanted)]), &["2.0.0"]).unwrap();
    assert_eq!(versions(&entry), ["1.0.0", "2.0.0"]);
    assert_eq!(entry.declarations.keys().collect::<Vec<_>>(), ["2.0.0"]);
    let declared = &entry.declarations["2.0.0"];
    let features: Vec<_> =
        declared.features.iter().map(|(name, values)| format!("{name}={values:?}")).collect();
    assert_eq!(features, [r#"default=["std", "dep:short"]"#, r#"new=["odd?/y"]"#, "std=[]"]);
    assert_eq!(
        declared.dependencies[0],
        Dependency {
            name: "short".into(),
            package: "long-name".into(),
            from: DeclaredSource::RegistryAt(Registry::Other("https://r.example".into())),
            requirement: Some(VersionReq::parse("^1.2").unwrap()),
            kind: DependencyKind::Build,
            optional: true,
            default_features: false,
            features: vec!["x".into()],
            target: Some("cfg(unix)".into()),
            artifact: None,
        }
    );
    let odd = &declared.dependencies[1];
    assert_eq!((odd.requirement.as_ref(), odd.kind), (None, DependencyKind::Normal));
    assert!(odd.default_features && !odd.optional);
    assert_eq!(odd.package, "odd");
    assert_eq!(declared.dependencies[2].kind, DependencyKind::Dev);
}

#[test]
fn a_damaged_line_is_named_and_the_others_stand() {
    let next = PLAIN.replace("1.0.0", "1.0.1");
    let cases = [
        (vec![("0.9.0", "{"), ("1.0.0", PLAIN)], vec!["1.0.0"], vec!["0.9.0"]),
        (vec![("1.0.0", PLAIN), ("1.0.1", "")], vec!["1.0.0"], vec!["1.0.1", ""]),
        (vec![("7", PLAIN), ("1.0.1", &next)], vec!["1.0.1"], vec!["7"]),
        (vec![("1.0.0", &PLAIN[..40]), ("1.0.1", &next)], vec!["1.0.1"], vec!["1.0.0"]),
        (vec![("1.0.0", "{\"a\0b"), ("1.0.1", &next)], vec!["1.0.1"], vec!["1.0.0", "b"]),
    ];
    for (lines, releases, damaged) in cases {
        let entry = parse(&file(&lines), &[]).unwrap();
        assert_eq!(versions(&entry), releases, "{lines:?}");
        assert_eq!(entry.damaged, damaged, "{lines:?}");
    }
}

#[test]
fn the_lines_of_a_sparse_index_are_read_as_those_of_the_cache() {
    let next = PLAIN.replace("1.0.0", "1.0.1");
    let text = format!("{PLAIN}\n\r\n{{broken\n{next}");
    let entry = parse_lines(text.as_bytes(), &["1.0.1"]).unwrap();
    assert_eq!(versions(&entry), ["1.0.0", "1.0.1"]);
    assert_eq!(entry.declarations.keys().collect::<Vec<_>>(), ["1.0.1"]);
    assert_eq!(entry.damaged, ["{broken"]);
    assert!(parse_lines(b"", &[]).unwrap_err().contains("no release"));
    assert!(parse_lines(&b"x\n".repeat(2_000), &[]).unwrap_err().contains("more than 1000"));
}

#[test]
fn a_version_that_is_not_semantic_is_kept_and_a_bad_declaration_loses_only_itself() {
    let odd = r#"{"vers":"1.0","deps":7,"features":{}}"#;
    let entry = parse(&file(&[("1.0", odd)]), &["1.0"]).unwrap();
    assert_eq!(versions(&entry), ["1.0"]);
    assert!(entry.declarations.is_empty());
    assert_eq!(entry.damaged, ["1.0"]);
}

#[test]
fn another_format_is_refused_with_the_reason() {
    let body = format!("Unknown\x001.0.0\0{PLAIN}\0");
    let cases: [(&[u8], &str, &str); 6] = [
        (b"", "", "not an index file"),
        (b"\x03\x02\0", "", "not an index file"),
        (b"\x03\x02\0\0\0", "{}", "not an index file"),
        (b"\x01\x02\0\0\0", &body, "old Cargo"),
        (b"\x04\x02\0\0\0", &body, "another Cargo"),
        (b"\x03\x01\0\0\0", &body, "another Cargo"),
    ];
    for (header, body, reason) in cases {
        let error = parse(&[header, body.as_bytes()].concat(), &[]).unwrap_err();
        assert!(error.contains(reason), "{header:?}: {error}");
    }
    assert!(parse(&file(&[("1.0.0", "{}")]), &[]).unwrap_err().contains("no release"));
    let zeros = [file(&[("1.0.0", PLAIN)]), vec![0; 10_000]].concat();
    assert!(parse(&zeros, &[]).unwrap_err().contains("more than 1000"));
}

proptest! {
    #[test]
    fn garbage_never_panics(
        mut bytes in prop::collection::vec(any::<u8>(), 0..300),
        place in 0usize..90,
    ) {
        let _ = parse(&bytes, &["1.0.0"]);
        let _ = parse_lines(&bytes, &["1.0.0"]);
        let mut flipped = file(&[("1.0.0", PLAIN)]);
        let place = place.min(flipped.len() - 1);
        flipped[place] ^= 0x55;
        let _ = parse(&flipped, &["1.0.0"]);
        bytes.splice(0..0, HEADER.iter().copied());
        let _ = parse(&bytes, &["1.0.0"]);
        let _ = parse_lines(&bytes, &["1.0.0"]);
    }
}

#[test]
fn what_a_release_says_of_itself_is_found_by_its_line() {
    let second = PLAIN.replace("1.0.0", "1.0.1");
    let second = second.replacen('{', r#"{"links":"z","rust_version":"1.70","#, 1);
    let bytes = file(&[("1.0.0", PLAIN), ("1.0.1", &second)]);
    let lines = outline(&bytes).unwrap().lines;
    assert_eq!(lines.len(), 2);
    assert_eq!(&bytes[lines[0].clone()], PLAIN.as_bytes());
    let line = &bytes[lines[1].clone()];
    let found = published(line, "1.0.1").unwrap();
    assert_eq!((found.links.as_deref(), found.rust_version.as_deref()), (Some("z"), Some("1.70")));
    assert!(published(line, "1.0.0").is_none());
    assert!(published(b"{}", "1.0.0").is_none());
}

/// The outline of lines says what reading them in full says.
fn assert_outlined(lines: &[(&str, &str)]) {
    let bytes = file(lines);
    let full = parse(&bytes, &[]).map(|entry| entry.history);
    assert_eq!(outline(&bytes).map(|it| it.history), full, "{lines:?}");
}

#[test]
fn an_outline_has_the_releases_that_a_full_reading_has() {
    let rests = [
        "",
        r#","yanked":true"#,
        r#", "yanked" : true , "pubtime" : "1970-01-02T00:00:01Z" "#,
        r#","pubtime":null,"yanked":false"#,
        r#","yanked":false,"pubtime":"yesterday""#,
        r#","yanked":true,"features":{"yanked":["a"],"pubtime":["b"],"vers":[]}"#,
        r#","features":{"a":["yanked","pubtime"]},"yanked":true"#,
        r#","features":{"yanked":[]}"#,
        r#","yanked":1"#,
        r#","pubtime":"1970-01-01T00:00:0\u0031Z","yanked":true"#,
        r#","pubtime":"1970-01-01T00:00:01Z","features":{"a":["pubtime"]},"yanked":false"#,
        r#","links":"\"yanked\":true","yanked":false"#,
    ];
    for rest in rests {
        let line = format!(r#"{{"name":"a","vers":"1.0.0"{rest}}}"#);
        assert_outlined(&[("1.0.0", &line)]);
        assert_outlined(&[("1.0.0", &line), ("1.0.0", PLAIN)]);
        assert_outlined(&[("1.0.1", &line), ("1.0.0", PLAIN)]);
    }
    assert_outlined(&[("1.0.0", r#"{"vers":"1.0.\u0030","name":"vers"}"#)]);
    assert_outlined(&[("1.0.0", r#"{"deps":[{"name":"vers"}],"vers":"1.0.0"}"#)]);
    assert_outlined(&[]);
    assert_eq!(outline(b""), Err(parse(b"", &[]).unwrap_err()));
    let broken: Vec<_> = (0..1_001).map(|_| ("1.0.0", "{")).chain([("1.0.0", PLAIN)]).collect();
    assert_outlined(&broken);
}
