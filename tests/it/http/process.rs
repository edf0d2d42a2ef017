//! What belongs to a process: its environment and its signals. Each test runs itself again.

use std::env;
use std::process::{Child, Command, Stdio};

use super::server::{Server, ok};
use super::{World, ask_one, body};

/// Set in the process that a test starts.
const CHILD: &str = "HEADWATER_TEST_CHILD";

fn is_child() -> bool {
    env::var_os(CHILD).is_some()
}

/// The same test in a process of its own.
fn child(test: &str, variables: &[(&str, &str)]) -> Child {
    let mut command = Command::new(env::current_exe().unwrap());
    command.args(["--exact", test, "--nocapture"]).env(CHILD, "1");
    command.envs(variables.iter().copied()).stdout(Stdio::piped()).spawn().unwrap()
}

#[test]
fn the_proxy_of_the_environment_is_used() {
    if is_child() {
        assert_eq!(body(&ask_one(&World::new().online(), "http://a.example/x".into())), "proxied");
        return;
    }
    let proxy = Server::start(|_| ok("proxied"));
    let url = proxy.url("");
    let variables = [("http_proxy", url.as_str()), ("no_proxy", "b.example")];
    let status = child("http::process::the_proxy_of_the_environment_is_used", &variables).wait();
    assert!(status.unwrap().success());
    assert_eq!(proxy.seen()[0].line, "GET http://a.example/x HTTP/1.1");
}

#[cfg(unix)]
mod ctrl_c {
    use std::io::{BufRead, BufReader};
    use std::process::{Child, Command};
    use std::sync::atomic::Ordering;
    use std::thread;
    use std::time::{Duration, Instant};

    use headwater::model::Missing;
    use headwater::world::http::{Budget, Mode, Options, stop_on_ctrl_c};

    use super::super::server::Server;
    use super::super::{World, ask_one, why};
    use super::{child, is_child};

    /// Longer than any test waits.
    const LONG: Duration = Duration::from_secs(20);

    /// Waits until the process says a line, then sends it the signal of Ctrl-C.
    fn interrupt_after(line: &str, output: &mut impl BufRead, child: &Child) {
        let mut said = String::new();
        while !said.trim_end().ends_with(line) {
            said.clear();
            assert!(output.read_line(&mut said).unwrap() > 0, "it never said `{line}`");
        }
        let id = child.id().to_string();
        assert!(Command::new("kill").args(["-INT", &id]).status().unwrap().success());
    }

    #[test]
    fn once_ends_the_questions() {
        if is_child() {
            let stop = stop_on_ctrl_c().unwrap();
            let server = Server::start(|_| {
                println!("asked");
                thread::sleep(Duration::from_secs(1));
                Vec::new()
            });
            let world = World::new();
            let budget = Budget::start(None, stop);
            let network = world.network(Options { budget, ..world.options(0, Mode::Online) });
            let started = Instant::now();
            assert_eq!(why(&ask_one(&network, server.url("/x"))), Some(Missing::OutOfTime));
            assert!(started.elapsed() < Duration::from_secs(1));
            return;
        }
        let mut child = child("http::process::ctrl_c::once_ends_the_questions", &[]);
        let mut output = BufReader::new(child.stdout.take().unwrap());
        interrupt_after("asked", &mut output, &child);
        assert!(child.wait().unwrap().success());
    }

    #[test]
    fn twice_ends_the_program() {
        if is_child() {
            let stop = stop_on_ctrl_c().unwrap();
            println!("ready");
            let started = Instant::now();
            while !stop.load(Ordering::Relaxed) && started.elapsed() < LONG {
                thread::sleep(Duration::from_millis(5));
            }
            println!("stopping");
            thread::sleep(LONG);
            return;
        }
        let mut child = child("http::process::ctrl_c::twice_ends_the_program", &[]);
        let mut output = BufReader::new(child.stdout.take().unwrap());
        interrupt_after("ready", &mut output, &child);
        interrupt_after("stopping", &mut output, &child);
        assert_eq!(child.wait().unwrap().code(), Some(130));
    }
}
