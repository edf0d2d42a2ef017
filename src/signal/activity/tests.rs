use jiff::civil::date;

use super::*;
use crate::model::{HandsShape, Person};

const END: &str = "2024-12-31";

/// People by letter: `a@one`, or `x!` for a bot. Commits such as `3 2024-05-01 a+b`: so many by
/// `a` with `b`, a day apart from that day on; `m` before the date for merges. Tags such as
/// `v1 2024-01-01 a`.
fn history(people: &[&str], commits: &[&str], tags: &[&str]) -> History {
    let person = |text: &&str| {
        let name = text.trim_end_matches('!');
        let (identity, organisation) = name.split_once('@').unzip();
        Person {
            identity: identity.unwrap_or(name).to_owned(),
            organisation: organisation.map(str::to_owned),
            bot: text.ends_with('!'),
        }
    };
    let people: Vec<Person> = people.iter().map(person).collect();
    let index = |name: &str| {
        let place = people.iter().position(|person| person.identity == name);
        PersonIndex(place.unwrap() as u32)
    };
    let noon = |day: &str| format!("{day}T12:00:00Z").parse::<Timestamp>().unwrap();
    let mut history = History::default();
    for text in commits {
        let parts: Vec<&str> = text.split(' ').collect();
        let mut names = parts[2].split('+').map(index);
        let (author, co_authors) = (names.next().unwrap(), names.collect::<Vec<_>>());
        let (count, merge) = match parts[0].strip_suffix('m') {
            Some(count) => (count, true),
            None => (parts[0], false),
        };
        for day in 0..count.parse().unwrap() {
            let at = noon(parts[1]).as_second() + day * DAY;
            let authored = Timestamp::from_second(at).unwrap();
            let co_authors = co_authors.clone();
            history.commits.push(Commit { author, co_authors, authored, merge });
        }
    }
    for text in tags {
        let parts: Vec<&str> = text.split(' ').collect();
        let by = parts.get(2).map(|name| index(name));
        history.tags.push(Tag { name: parts[0].into(), made: noon(parts[1]), by });
    }
    history.people = people;
    history
}

fn measured(people: &[&str], commits: &[&str], tags: &[&str]) -> Activity {
    activity(&history(people, commits, tags), END.parse().unwrap()).known().unwrap().clone()
}

#[test]
fn measures_are_as_by_hand() {
    // 2024 has 366 days: the last 365 begin with 2 January.
    let commits = [
        "10 2020-01-01 old",
        "8 2023-05-01 a",
        "4 2023-06-01 b",
        "1 2024-01-01 b",
        "6 2024-02-01 a",
        "3 2024-11-01 c+a",
        "2 2024-12-01 d",
        "3m 2024-12-05 a",
        "20 2024-12-10 robot+a",
        "1 2025-01-01 a",
    ];
    let tags =
        ["v1 2023-01-01 b", "v2 2024-12-02 a", "nightly 2024-12-30 robot", "v3 2025-01-01 b"];
    let people = ["old", "a@one", "b@one", "c@two", "d", "robot!"];
    let measured = measured(&people, &commits, &tags);
    assert_eq!(measured.first_commit, "2020-01-01T12:00:00Z".parse().unwrap());
    assert_eq!(measured.last_commit, "2024-12-07T12:00:00Z".parse().unwrap());
    assert_eq!((measured.commits, measured.merges, measured.bot_commits), (34, 3, 20));
    assert_eq!(measured.people, 5);
    assert_eq!(measured.recent_commits, [5, 11, 24]);
    assert_eq!(measured.recent_people, [3, 3, 4]);
    // 12 months: a 9, c 3, d 2 of 14 credits. All time: a 17, old 10, b 5, c 3, d 2 of 37.
    assert_eq!(measured.absence_factor_12_months, Observed::Known(1));
    assert_eq!(measured.absence_factor, Observed::Known(2));
    assert_eq!(measured.lead_share_12_months, Observed::Known(9.0 / 11.0));
    // one 9, two 3 of 12.
    assert_eq!(measured.organisations_12_months, 2);
    assert_eq!(measured.elephant_factor_12_months, Observed::Known(1));
    assert_eq!((measured.newcomers_12_months, measured.leavers_12_months), (2, 1));
    assert!((measured.silent_months - 24.5 / 30.4375).abs() < 1e-12);
    assert_eq!(measured.tempo_trend, Observed::Known(11.0 / 6.5));
    assert_eq!(measured.releaser_share, Observed::Known(17.0 / 24.0));
    assert_eq!(measured.change_of_hands, None);
}

#[test]
fn what_cannot_be_measured_says_why() {
    let day = END.parse().unwrap();
    let no_commits = Observed::Missing(Missing::NoCommits);
    assert_eq!(activity(&History::default(), day), no_commits);
    assert_eq!(activity(&history(&["x!"], &["5 2024-01-01 x"], &[]), day), no_commits);
    assert_eq!(activity(&history(&["a"], &["5 2025-01-01 a"], &[]), day), no_commits);
    let merges_only = measured(&["a"], &["3m 2024-06-01 a"], &["v1 2025-01-01 a"]);
    assert_eq!((merges_only.commits, merges_only.merges, merges_only.people), (0, 3, 0));
    assert_eq!(merges_only.absence_factor, Observed::Missing(Missing::NoCommits));
    assert_eq!(merges_only.lead_share_12_months, Observed::Missing(Missing::NoCommits));
    assert_eq!(merges_only.releaser_share, Observed::Missing(Missing::NoTag));
    let single = measured(&["a"], &["1 2024-06-01 a"], &["v1 2024-06-01"]);
    assert_eq!(single.absence_factor_12_months, Observed::Known(1));
    assert_eq!(single.elephant_factor_12_months, Observed::Missing(Missing::NoOrganisation));
    assert_eq!(single.tempo_trend, Observed::Missing(Missing::NothingToCompare));
    assert_eq!(single.releaser_share, Observed::Missing(Missing::NoTag));
}

#[test]
fn a_fork_is_measured_by_its_own_work() {
    let both = history(&["a", "b"], &["9 2020-01-01 a", "2 2024-03-01 b"], &["v1 2020-01-05 a"]);
    let own = own(both, "2024-01-01T00:00:00Z".parse().unwrap());
    let own = activity(&own, date(2024, 12, 31)).known().unwrap().clone();
    assert_eq!((own.commits, own.people), (2, 1));
    assert_eq!(own.releaser_share, Observed::Missing(Missing::NoTag));
}

#[test]
fn a_change_of_hands_is_seen_for_what_it_is() {
    let takeover: &[&str] = &["60 2020-01-01 a", "2 2021-03-01 b", "40 2021-06-01 b"];
    type Case<'a> = (&'a str, &'a [&'a str], Option<(HandsShape, &'a str, &'a str)>);
    let cases: [Case<'_>; 12] = [
        ("takeover", takeover, Some((HandsShape::Takeover, "2021-03-01", "2020-02-29"))),
        // The old lead with a new address does as much from the first day on.
        ("new address", &["1 2019-01-01 a", "60 2020-01-01 a", "60 2020-03-02 b"], None),
        (
            "slow successor",
            &["1 2019-01-01 a", "60 2020-01-01 a", "5 2020-03-02 b", "40 2020-09-01 b"],
            Some((HandsShape::Takeover, "2020-03-02", "2020-02-29")),
        ),
        (
            "later successor",
            &["1 2019-01-01 a", "60 2020-01-01 a", "60 2020-03-09 b"],
            Some((HandsShape::Takeover, "2020-03-09", "2020-02-29")),
        ),
        // Who put in the code three months ago did not lead.
        ("import", &["60 2020-01-01 a", "60 2020-03-09 b"], None),
        // The lead stays as busy as before.
        ("two leads", &["60 2020-01-01 a", "50 2021-03-01 b", "45 2021-03-01 a"], None),
        // Nobody led before.
        (
            "no lead",
            &["20 2020-01-01 a", "20 2020-01-01 c", "20 2020-01-01 d", "50 2021-03-01 b"],
            None,
        ),
        ("begin", &["19 2020-01-01 a", "40 2020-06-01 b"], None),
        ("visitor", &["60 2020-01-01 a", "19 2021-03-01 b"], None),
        (
            "awakening",
            &["20 2018-01-01 a", "2 2020-01-01 c", "1 2021-01-01 b", "9 2021-05-01 b"],
            Some((HandsShape::Awakening, "2021-01-01", "2018-01-20")),
        ),
        ("still going", &["20 2018-01-01 a", "3 2020-01-01 c", "10 2021-01-01 b"], None),
        ("old name", &["20 2018-01-01 a", "1 2018-02-01 b", "10 2021-01-01 b"], None),
    ];
    let day = |time: Timestamp| time.strftime("%Y-%m-%d").to_string();
    for (name, commits, expected) in cases {
        let found = measured(&["a", "b", "c", "d"], commits, &[]).change_of_hands;
        let found = found.map(|found| (found.shape, day(found.arrived), day(found.left)));
        let expected =
            expected.map(|(shape, arrived, left)| (shape, arrived.to_owned(), left.to_owned()));
        assert_eq!(found, expected, "{name}");
    }
}

#[test]
fn a_co_author_does_not_take_over() {
    let commits = ["60 2020-01-01 a", "60 2021-01-01 a+b"];
    assert_eq!(measured(&["a", "b"], &commits, &[]).change_of_hands, None);
}

#[test]
fn the_tags_of_a_newcomer_are_told() {
    let commits = ["60 2020-01-01 a", "50 2021-03-01 b"];
    let tags = ["v1 2020-01-01 a", "v2 2021-04-01 b", "v3 2021-05-01 b", "v4 2021-05-02 a"];
    let change = measured(&["a", "b"], &commits, &tags).change_of_hands.unwrap();
    assert!(change.makes_tags);
    assert_eq!(change.share, 1.0);
    let change = measured(&["a", "b"], &commits, &tags[..2]).change_of_hands.unwrap();
    assert!(change.makes_tags);
    assert!(!measured(&["a", "b"], &commits, &tags[..1]).change_of_hands.unwrap().makes_tags);
}

/// An index that points nowhere, as only a damaged memo could hold, is nobody.
#[test]
fn unknown_people_are_nobody() {
    let mut history = history(&["a"], &["3 2024-06-01 a"], &["v1 2024-06-01 a"]);
    history.commits[0].author = PersonIndex(7);
    history.commits[1].co_authors = vec![PersonIndex(8)];
    history.tags[0].by = Some(PersonIndex(9));
    let measured = activity(&history, date(2024, 12, 31)).known().unwrap().clone();
    assert_eq!((measured.commits, measured.people, measured.bot_commits), (2, 1, 1));
}
