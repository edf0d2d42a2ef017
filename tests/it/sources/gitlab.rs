//! GitLab's REST interface.

use headwater::model::{Forge, Missing};
use headwater::source::gitlab::{Question, request, understand};
use proptest::prelude::*;

use super::{answer, case, damaged, with_header};

#[test]
fn a_project_is_asked_for_by_its_whole_path() {
    let url = |question| request("git.example:8443", "group/sub/a b", question).url;
    let project = "https://git.example:8443/api/v4/projects/group%2Fsub%2Fa%20b";
    assert_eq!(url(Question::Project), project);
    assert_eq!(url(Question::Issues), format!("{project}/issues_statistics?scope=all"));
    let urls: std::collections::BTreeSet<_> = Question::ALL.map(url).into_iter().collect();
    assert_eq!(urls.len(), 6);
}

#[test]
fn the_answers_complete_each_other() {
    let total = |total: &str, body: &str| with_header(answer(200, body), "x-total", total);
    let project = answer(200, case("gitlab/project.json"));
    let issues = answer(200, r#"{"statistics":{"counts":{"all":12,"closed":5,"opened":7}}}"#);
    let (open, closed, merged) = (total("3", "[{}]"), total("4", "[{}]"), total("50", "[{}]"));
    let releases = total("2", r#"[{"tag_name":"v2","released_at":"2026-01-02T00:00:00Z"}]"#);
    let forge = understand(&[
        (Question::Releases, &releases),
        (Question::Project, &project),
        (Question::Issues, &issues),
        (Question::OpenRequests, &open),
        (Question::ClosedRequests, &closed),
        (Question::MergedRequests, &merged),
    ]);
    let expected = Forge {
        name: "group/sub/name".into(),
        archived: true,
        fork: Some(true),
        fork_of: Some("first/name".into()),
        created: Some("2015-05-05T05:05:05Z".parse().unwrap()),
        pushed: Some("2026-03-04T05:06:07.089Z".parse().unwrap()),
        open_issues: Some(7),
        closed_issues: Some(5),
        open_requests: Some(3),
        closed_requests: Some(54),
        releases: Some(2),
        last_release: Some("2026-01-02T00:00:00Z".parse().unwrap()),
        stars: Some(21),
        ..Forge::default()
    };
    assert_eq!(forge, Ok(expected));
}

#[test]
fn what_is_refused_stays_unknown_and_the_state_is_needed() {
    let project = answer(200, case("gitlab/project.json"));
    let refused = with_header(answer(401, "{}"), "x-total", "9");
    let merged = with_header(answer(200, "[]"), "x-total", "9");
    let forge = understand(&[
        (Question::Project, &project),
        (Question::Issues, &refused),
        (Question::ClosedRequests, &refused),
        (Question::MergedRequests, &merged),
    ]);
    let forge = forge.unwrap();
    assert_eq!((forge.open_issues, forge.closed_issues), (Some(8), None));
    assert_eq!((forge.closed_requests, forge.releases, forge.mirror), (None, None, None));
    let cases = [
        (vec![], Missing::NotAsked),
        (vec![(404, "{}")], Missing::NotFound),
        (vec![(429, "{}")], Missing::RateLimited),
        (vec![(200, "[]")], Missing::NotUnderstood),
    ];
    for (answers, why) in cases {
        let answers: Vec<_> = answers.into_iter().map(|(it, body)| answer(it, body)).collect();
        let answers: Vec<_> = answers.iter().map(|it| (Question::Project, it)).collect();
        assert_eq!(understand(&answers), Err(why));
    }
}

proptest! {
    #[test]
    fn garbage_is_survived(at: usize, byte: u8, end: usize, bytes: Vec<u8>) {
        let damaged = answer(200, damaged(case("gitlab/project.json"), at, byte, end));
        let garbage = answer(200, bytes);
        let _ = understand(&[(Question::Project, &garbage)]);
        let _ = understand(&[(Question::Project, &damaged), (Question::Releases, &garbage)]);
    }
}
