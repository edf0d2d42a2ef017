//! Limits: the pace, the number at once, what sources ask for, and the time budget.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use headwater::model::Missing;
use headwater::world::http::{Budget, Heard, Mode, Options, Pace, Question};

use super::server::{Server, answer, ok};
use super::{AT_ONCE, World, ask, ask_one, body, question, why};

fn questions(server: &Server, count: usize, pace: Pace) -> Vec<Question> {
    let url = |number: usize| server.url(&format!("/{number}"));
    (0..count).map(|number| Question { pace, ..question(url(number)) }).collect()
}

#[test]
fn requests_keep_their_distance_and_order() {
    let server = Server::start(|_| ok("x"));
    let pace = Pace { gap: Duration::from_millis(100), at_once: 3 };
    ask(&World::new().online(), &questions(&server, 6, pace));
    let seen = server.seen();
    let lines: Vec<_> = seen.iter().map(|seen| seen.line.clone()).collect();
    let expected: Vec<_> = (0..6).map(|number| format!("GET /{number} HTTP/1.1")).collect();
    assert_eq!(lines, expected);
    // Five distances; a thread of the server may see one request late, never all of them early.
    let took = seen[5].at - seen[0].at;
    assert!(took >= Duration::from_millis(450), "{took:?}");
}

#[test]
fn the_slowest_pace_counts_for_a_host_and_over_calls() {
    let server = Server::start(|_| ok("x"));
    let mut asked = questions(&server, 3, AT_ONCE);
    asked[2].pace = Pace { gap: Duration::from_millis(200), at_once: 1 };
    let network = World::new().online();
    ask(&network, &asked[2..]);
    ask(&network, &asked[..2]);
    let seen = server.seen();
    assert!(seen[1].at - seen[0].at >= Duration::from_millis(150));
    let server = Server::start(|_| ok("x"));
    let mut asked = questions(&server, 3, AT_ONCE);
    asked[2].pace = Pace { gap: Duration::from_millis(200), at_once: 1 };
    ask(&World::new().online(), &asked);
    let seen = server.seen();
    assert!(seen[2].at - seen[0].at >= Duration::from_millis(350));
}

#[test]
fn no_more_at_once_than_allowed() {
    for (at_once, least) in [(1, 1), (3, 2), (100, 7)] {
        let server = Server::start(|_| {
            thread::sleep(Duration::from_millis(50));
            ok("x")
        });
        let pace = Pace { gap: Duration::ZERO, at_once };
        ask(&World::new().online(), &questions(&server, 40.min(at_once * 4), pace));
        // In total 16 at once, whatever a host allows.
        let most = server.most_at_once();
        assert!((least..=at_once.min(16)).contains(&most), "{most} for {at_once}");
    }
}

#[test]
fn threads_share_the_pace_of_a_host() {
    let server = Server::start(|_| ok("x"));
    let pace = Pace { gap: Duration::from_millis(50), at_once: 2 };
    let (one, other) = (questions(&server, 4, pace), questions(&server, 4, pace));
    let network = World::new().online();
    thread::scope(|scope| {
        for asked in [one, other] {
            let network = &network;
            scope.spawn(move || assert!(ask(network, &asked).iter().all(Result::is_ok)));
        }
    });
    let seen = server.seen();
    assert!(seen[7].at - seen[0].at >= Duration::from_millis(320));
}

#[test]
fn a_slow_host_does_not_hold_up_another() {
    let slow = Server::start(|_| ok("slow"));
    let fast = Server::start(|_| ok("fast"));
    let pace = Pace { gap: Duration::from_millis(150), at_once: 1 };
    let mut asked = questions(&slow, 3, pace);
    asked.extend(questions(&fast, 20, AT_ONCE));
    let mut order = Vec::new();
    World::new().online().ask(&asked, &mut |index, news| {
        if matches!(news, Heard::Answered(_)) {
            order.push(index);
        }
    });
    assert_eq!(*order.last().unwrap(), 2);
    assert_eq!(order.iter().filter(|index| **index < 3).copied().collect::<Vec<_>>(), [0, 1, 2]);
}

#[test]
fn a_source_that_asks_to_wait_is_asked_again_after_it() {
    let cases = [
        ("429 Too Many Requests", "retry-after", "1", 1_000),
        ("503 Service Unavailable", "retry-after", "1", 1_000),
        ("403 Forbidden", "retry-after", "1", 1_000),
        ("429 Too Many Requests", "x-no-hint", "", 0),
        ("502 Bad Gateway", "x-no-hint", "", 0),
        ("504 Gateway Timeout", "x-no-hint", "", 0),
    ];
    // The cases side by side, since each waits.
    thread::scope(|scope| {
        for (status, header, value, at_least_ms) in cases {
            scope.spawn(move || {
                let server = Server::start(move |seen| match seen.number {
                    0 => answer(status, &[(header, value)], ""),
                    _ => ok("x"),
                });
                let asked = ask_one(&World::new().online(), server.url("/x"));
                assert_eq!(body(&asked), "x", "{status}");
                let seen = server.seen();
                let waited = seen[1].at - seen[0].at;
                assert!(waited >= Duration::from_millis(at_least_ms), "{status} {waited:?}");
                assert!(
                    waited <= Duration::from_millis(at_least_ms + 1_500),
                    "{status} {waited:?}"
                );
            });
        }
    });
}

#[test]
fn a_limit_for_an_hour_ends_the_questions_to_that_host_at_once() {
    let reset = (jiff::Timestamp::now().as_second() + 3_600).to_string();
    let cases: [(&str, Vec<(&str, String)>); 3] = [
        ("429 Too Many Requests", vec![("retry-after", "3600".into())]),
        (
            "403 Forbidden",
            vec![("x-ratelimit-remaining", "0".into()), ("x-ratelimit-reset", reset)],
        ),
        ("403 Forbidden", vec![("x-secondary", "1".into())]),
    ];
    for (status, headers) in cases {
        let limited = Server::start(move |_| {
            let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, &value[..])).collect();
            answer(status, &headers, "You have exceeded a secondary rate limit.")
        });
        let open = Server::start(|_| ok("x"));
        let mut asked = questions(&limited, 50, AT_ONCE);
        asked.push(question(open.url("/x")));
        let network = World::new().within_ms(3_000);
        let started = Instant::now();
        let mut answers = ask(&network, &asked);
        assert!(started.elapsed() < Duration::from_secs(2), "{:?}", started.elapsed());
        assert_eq!(body(&answers.pop().unwrap()), "x");
        assert!(answers.iter().all(|answer| why(answer) == Some(Missing::RateLimited)));
        // Those already under way, and none after them.
        assert!(limited.seen().len() <= AT_ONCE.at_once);
        let again = ask_one(&network, limited.url("/later"));
        assert_eq!(why(&again), Some(Missing::RateLimited));
        assert!(limited.seen().len() <= AT_ONCE.at_once);
    }
}

#[test]
fn a_count_used_up_is_noticed_before_the_source_complains() {
    let server = Server::start(|_| {
        let reset = (jiff::Timestamp::now().as_second() + 3_600).to_string();
        let headers = [("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", reset.as_str())];
        answer("200 OK", &headers, "x")
    });
    let pace = Pace { gap: Duration::ZERO, at_once: 1 };
    let answers = ask(&World::new().online(), &questions(&server, 3, pace));
    let reasons: Vec<_> = answers.iter().map(why).collect();
    assert_eq!(reasons, [None, Some(Missing::RateLimited), Some(Missing::RateLimited)]);
    assert_eq!(server.seen().len(), 1);
}

#[test]
fn a_thousand_questions_end_with_the_budget() {
    let server = Server::start(|_| {
        thread::sleep(Duration::from_millis(30));
        ok("x")
    });
    let world = World::new();
    let asked = questions(&server, 1_000, AT_ONCE);
    ask(&world.online(), &asked[..10]);
    let started = Instant::now();
    let answers = ask(&world.within_ms(1_000), &asked);
    let took = started.elapsed();
    assert!(took >= Duration::from_millis(950) && took < Duration::from_millis(1_800), "{took:?}");
    let known = answers.iter().filter(|answer| answer.is_ok()).count();
    assert!((30..=220).contains(&known), "{known}");
    // The most important were asked first: what is known is a beginning of the list.
    let asked_for = answers.iter().rposition(Result::is_ok).unwrap();
    assert!(asked_for < known + AT_ONCE.at_once, "{asked_for} {known}");
    let missing = answers.iter().filter_map(why);
    assert!({ missing }.all(|why| why == Missing::OutOfTime));
}

/// A pace that leaves no more turns before the end does not make the run wait for the end.
#[test]
fn a_turn_after_the_end_is_not_waited_for() {
    let server = Server::start(|_| ok("x"));
    let started = Instant::now();
    let pace = Pace { gap: Duration::from_secs(60), at_once: 1 };
    let answers = ask(&World::new().within_ms(9_000), &questions(&server, 100, pace));
    assert!(started.elapsed() < Duration::from_secs(3), "{:?}", started.elapsed());
    assert!(answers[0].is_ok());
    assert!(answers[1..].iter().all(|answer| why(answer) == Some(Missing::OutOfTime)));
}

#[test]
fn a_set_flag_ends_the_run_with_what_is_known() {
    let server = Server::start(|seen| {
        if seen.number > 0 {
            thread::sleep(Duration::from_millis(900));
        }
        ok("x")
    });
    let stop = Arc::new(AtomicBool::new(false));
    let world = World::new();
    let budget = Budget::start(None, Arc::clone(&stop));
    let network = world.network(Options { budget, ..world.options(0, Mode::Online) });
    let pace = Pace { gap: Duration::ZERO, at_once: 1 };
    let mut answers = Vec::new();
    let mut stopped = None;
    network.ask(&questions(&server, 100, pace), &mut |_, news| {
        if let Heard::Answered(answer) = news {
            stop.store(true, Ordering::Relaxed);
            stopped.get_or_insert_with(Instant::now);
            answers.push(answer);
        }
    });
    assert!(stopped.unwrap().elapsed() < Duration::from_millis(700));
    assert_eq!(answers.len(), 100);
    assert_eq!(why(&answers[0]), None);
    assert!(answers[1..].iter().all(|answer| why(answer) == Some(Missing::OutOfTime)));
}

/// A worker is a task of its own event loop.
#[test]
fn a_task_of_another_event_loop_can_ask_and_whoever_hears_may_ask_again() {
    let server = Server::start(|_| ok("x"));
    let network = World::new().online();
    let [first, second] = ["/1", "/2"].map(|path| server.url(path));
    let mut heard = Vec::new();
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
        network.ask(&[question(first)], &mut |_, news| {
            if let Heard::Answered(answer) = news {
                heard.push(body(&answer).to_owned());
                heard.push(body(&ask_one(&network, second.clone())).to_owned());
            }
        });
    });
    assert_eq!(heard, ["x", "x"]);
}
