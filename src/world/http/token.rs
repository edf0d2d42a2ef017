//! Tokens: where they come from and which host gets them.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fmt;
use std::io::Read;
use std::process::{Child, Command, Stdio};
use std::sync::LazyLock;
use std::thread;
use std::time::{Duration, Instant};

/// The origin of GitHub's programming interface.
const GITHUB: &str = "https://api.github.com";

/// The variables that hold a token, by the origin that gets it; the first that is set counts.
/// The order of GitHub's is that of its own program.
const VARIABLES: [(&str, &[&str]); 2] =
    [(GITHUB, &["GH_TOKEN", "GITHUB_TOKEN"]), ("https://gitlab.com", &["GITLAB_TOKEN"])];

/// How long GitHub's program may take to say the user's token.
const GH_LIMIT: Duration = Duration::from_secs(2);

/// Longest output of a program that can be a token, in bytes.
const LONGEST_TOKEN: u64 = 4_096;

/// A text that is never shown.
#[derive(Clone)]
pub struct Secret(String);

/// The tokens of this run.
#[derive(Debug)]
pub struct Tokens {
    by_origin: BTreeMap<String, Secret>,
    /// What to use for GitHub where nothing is set; found out when it is needed.
    github: LazyLock<Option<Secret>>,
}

impl Secret {
    /// Takes a token as found in a variable; `None` for an empty one or one that cannot be a
    /// token.
    pub fn new(text: &str) -> Option<Self> {
        let text = text.trim();
        let plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
        plain.then(|| Self(text.to_owned()))
    }

    /// The text itself, for the header of a request.
    pub(super) fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[hidden]")
    }
}

impl Tokens {
    /// The given tokens by origin (`https://host`) and no others.
    pub fn given(by_origin: BTreeMap<String, Secret>) -> Self {
        Self { by_origin, github: LazyLock::new(|| None) }
    }

    /// The tokens in the environment, and for GitHub else the one its own program `gh` holds.
    pub fn from_environment() -> Self {
        let by_origin = in_variables(|variable| std::env::var(variable).ok());
        Self { by_origin, github: LazyLock::new(|| token_of("gh")) }
    }

    /// The token for exactly this scheme, host and port, so that none travels over plain HTTP.
    pub(super) fn of(&self, origin: &str) -> Option<&Secret> {
        let given = self.by_origin.get(origin);
        given.or_else(|| if origin == GITHUB { self.github.as_ref() } else { None })
    }
}

/// The token of each origin, given what the variables hold.
fn in_variables(variable: impl Fn(&str) -> Option<String>) -> BTreeMap<String, Secret> {
    let by_origin = VARIABLES.iter().filter_map(|(origin, variables)| {
        let mut set = variables.iter().filter_map(|name| variable(name));
        let secret = set.find_map(|text| Secret::new(&text))?;
        Some(((*origin).to_owned(), secret))
    });
    by_origin.collect()
}

/// The token for GitHub that its own program says.
fn token_of(program: impl AsRef<OsStr>) -> Option<Secret> {
    let mut gh = Command::new(program);
    gh.args(["auth", "token", "--hostname", "github.com"]);
    said_within(gh, GH_LIMIT)
}

/// What a program says, where it ends well and in time.
fn said_within(mut program: Command, limit: Duration) -> Option<Secret> {
    program.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = program.spawn().ok()?;
    if !ends_well(&mut child, Instant::now() + limit) {
        // Where it has ended already there is nothing to end.
        let _ = child.kill();
        let _ = child.wait();
        return None;
    }
    let mut text = String::new();
    child.stdout.take()?.take(LONGEST_TOKEN + 1).read_to_string(&mut text).ok()?;
    if text.len() as u64 > LONGEST_TOKEN { None } else { Secret::new(&text) }
}

fn ends_well(child: &mut Child, deadline: Instant) -> bool {
    while Instant::now() < deadline {
        match child.try_wait() {
            Ok(Some(status)) => return status.success(),
            Ok(None) => thread::sleep(Duration::from_millis(5)),
            Err(_) => return false,
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_trimmed_and_not_shown() {
        let cases = [(" abc\n", Some("abc")), ("", None), (" ", None), ("a b", None), ("ä", None)];
        for (text, expected) in cases {
            let secret = Secret::new(text);
            assert_eq!(secret.as_ref().map(Secret::reveal), expected, "{text:?}");
            let shown = secret.map_or_else(String::new, |secret| format!("{secret:?}"));
            assert_eq!(shown, if expected.is_some() { "[hidden]" } else { "" });
        }
    }

    #[test]
    fn only_the_exact_origin_gets_a_token() {
        let secret = Secret::new("abc").unwrap();
        let tokens = Tokens::given([("https://api.example".to_owned(), secret)].into());
        let cases = [
            ("https://api.example", true),
            ("http://api.example", false),
            ("https://api.example:8443", false),
            ("https://x.api.example", false),
            ("https://example", false),
        ];
        for (origin, expected) in cases {
            assert_eq!(tokens.of(origin).is_some(), expected, "{origin}");
        }
    }

    #[test]
    fn the_token_of_gh_goes_to_github_only_and_where_no_other_is_given() {
        let with = |given: &[(&str, &str)]| {
            let secret = |text: &str| Secret::new(text).unwrap();
            let given = given.iter().map(|(origin, text)| ((*origin).to_owned(), secret(text)));
            Tokens { by_origin: given.collect(), github: LazyLock::new(|| Secret::new("of-gh")) }
        };
        let gitlab = "https://gitlab.com";
        let cases = [
            (&[][..], GITHUB, Some("of-gh")),
            (&[], "http://api.github.com", None),
            (&[], "https://api.github.com:8443", None),
            (&[], "https://github.com", None),
            (&[], "https://api.github.com.host.example", None),
            (&[], gitlab, None),
            (&[], "https://host.example", None),
            (&[(GITHUB, "given")], GITHUB, Some("given")),
            (&[(gitlab, "given")], GITHUB, Some("of-gh")),
            (&[(gitlab, "given")], gitlab, Some("given")),
        ];
        for (given, origin, expected) in cases {
            let tokens = with(given);
            assert_eq!(tokens.of(origin).map(Secret::reveal), expected, "{given:?} {origin}");
        }
    }

    #[test]
    fn a_variable_is_for_its_own_forge() {
        let cases = [
            (&[][..], None, None),
            (
                &[("GITHUB_TOKEN", "b"), ("GH_TOKEN", "a"), ("GITLAB_TOKEN", "c")],
                Some("a"),
                Some("c"),
            ),
            (&[("GITHUB_TOKEN", "b"), ("GH_TOKEN", " ")], Some("b"), None),
            (&[("GITLAB_TOKEN", "c")], None, Some("c")),
            (&[("TOKEN", "d")], None, None),
        ];
        for (set, github, gitlab) in cases {
            let text = |name: &str| Some(set.iter().find(|(key, _)| *key == name)?.1.to_owned());
            let tokens = in_variables(text);
            let of = |origin: &str| tokens.get(origin).map(Secret::reveal);
            assert_eq!((of(GITHUB), of("https://gitlab.com")), (github, gitlab), "{set:?}");
            assert!(tokens.keys().all(|it| it == GITHUB || it == "https://gitlab.com"));
        }
    }

    /// `printf` says the first of the words that GitHub's program gets.
    #[cfg(unix)]
    #[test]
    fn the_program_of_github_is_asked() {
        assert_eq!(token_of("printf").as_ref().map(Secret::reveal), Some("auth"));
        assert!(token_of("/no/such/program").is_none());
    }

    #[cfg(unix)]
    #[test]
    fn a_long_output_is_no_token() {
        for (length, expected) in [(LONGEST_TOKEN, true), (LONGEST_TOKEN + 1, false)] {
            let mut program = Command::new("sh");
            program.args(["-c", &format!("head -c {length} /dev/zero | tr '\\0' a")]);
            let said = said_within(program, Duration::from_secs(60));
            assert_eq!(said.is_some(), expected, "{length}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_program_is_believed_where_it_ends_well_and_in_time() {
        let ample = Duration::from_secs(60);
        let short = Duration::from_millis(200);
        let cases = [
            ("echo abc", ample, Some("abc")),
            ("echo abc; exit 1", ample, None),
            ("echo abc; exec sleep 60", short, None),
            ("exec no-such-program", ample, None),
            ("true", ample, None),
        ];
        let started = Instant::now();
        for (script, limit, expected) in cases {
            let mut program = Command::new("sh");
            program.args(["-c", script]);
            let said = said_within(program, limit);
            assert_eq!(said.as_ref().map(Secret::reveal), expected, "{script}");
        }
        assert!(started.elapsed() < ample / 2);
        assert!(said_within(Command::new("/no/such/program"), ample).is_none());
    }
}
