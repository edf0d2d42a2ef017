//! From names and e-mail addresses to people who cannot be recognised.

use std::collections::HashMap;

use super::mailmap::Mailmap;
use super::salt::Salt;
use crate::model::{Person, PersonIndex};

/// Names of programs that write commits, in lower case. Names that end in `[bot]`, `-bot` or
/// ` bot` need no entry.
const BOTS: [&str; 24] = [
    "allcontributors",
    "autofix-ci",
    "bors",
    "claude",
    "codecov-io",
    "copilot",
    "copybara-service",
    "cursor agent",
    "dependabot",
    "dependabot-preview",
    "dependabot-support",
    "github action",
    "github actions",
    "github-actions",
    "google-labs-jules",
    "greenkeeper",
    "hosted weblate",
    "k8s-ci-robot",
    "mergify",
    "pre-commit-ci",
    "pyup.io",
    "renovate",
    "rustbot",
    "weblate",
];

/// E-mail addresses of such programs, in lower case.
const BOT_ADDRESSES: [&str; 8] = [
    "action@github.com",
    "actions@github.com",
    "bors@rust-lang.org",
    "bot@renovateapp.com",
    "cursoragent@cursor.com",
    "noreply@anthropic.com",
    "support@dependabot.com",
    "support@greenkeeper.io",
];

/// Domains under which anybody can have an address, so that they name no organisation.
const PUBLIC_PROVIDERS: [&str; 49] = [
    "126.com",
    "163.com",
    "aol.com",
    "bk.ru",
    "btinternet.com",
    "comcast.net",
    "disroot.org",
    "duck.com",
    "fastmail.com",
    "fastmail.fm",
    "foxmail.com",
    "free.fr",
    "gmail.com",
    "googlemail.com",
    "hey.com",
    "icloud.com",
    "inbox.ru",
    "laposte.net",
    "libero.it",
    "list.ru",
    "mac.com",
    "mail.com",
    "mail.ru",
    "mailbox.org",
    "me.com",
    "msn.com",
    "naver.com",
    "orange.fr",
    "pm.me",
    "posteo.de",
    "posteo.net",
    "proton.me",
    "protonmail.ch",
    "protonmail.com",
    "qq.com",
    "riseup.net",
    "rocketmail.com",
    "sina.com",
    "t-online.de",
    "tutanota.com",
    "tutanota.de",
    "users.sourceforge.net",
    "verizon.net",
    "web.de",
    "wp.pl",
    "ya.ru",
    "yeah.net",
    "ymail.com",
    "zoho.com",
];

/// First parts of a domain by which providers are known in many countries, and those under which
/// forges hide addresses.
const PUBLIC_PREFIXES: [&str; 9] = [
    "gmx.",
    "hotmail.",
    "live.",
    "noreply.",
    "outlook.",
    "tuta.",
    "users.noreply.",
    "yahoo.",
    "yandex.",
];

/// The people of one history, each met by any of their signatures.
pub(super) struct Register<'a> {
    salt: &'a Salt,
    mailmap: Mailmap,
    people: Vec<Person>,
    /// Position by name and address as written, so that each is hashed once.
    written: HashMap<(Vec<u8>, Vec<u8>), PersonIndex>,
    identities: HashMap<String, PersonIndex>,
}

impl<'a> Register<'a> {
    pub(super) fn new(salt: &'a Salt, mailmap: Mailmap) -> Self {
        let (written, identities) = (HashMap::new(), HashMap::new());
        Self { salt, mailmap, people: Vec::new(), written, identities }
    }

    /// The person of a signature, added where they are new.
    pub(super) fn enter(&mut self, name: &[u8], address: &[u8]) -> PersonIndex {
        let key = (name.to_vec(), address.to_vec());
        if let Some(index) = self.written.get(&key) {
            return *index;
        }
        let person = self.person(name, address);
        let next = PersonIndex(u32::try_from(self.people.len()).unwrap_or(u32::MAX));
        let index = *self.identities.entry(person.identity.clone()).or_insert(next);
        if index == next {
            self.people.push(person);
        }
        self.written.insert(key, index);
        index
    }

    /// The person of a signature, where they are among the people.
    pub(super) fn find(&self, name: &[u8], address: &[u8]) -> Option<PersonIndex> {
        self.identities.get(&self.person(name, address).identity).copied()
    }

    pub(super) fn into_people(self) -> Vec<Person> {
        self.people
    }

    fn person(&self, name: &[u8], address: &[u8]) -> Person {
        let (name, address) = self.mailmap.resolve(name.trim_ascii(), address.trim_ascii());
        let (name, address) = (plain(name), plain(address));
        let bot = is_bot(&name, &address);
        // A bot may sign with the address of whoever runs it.
        let kind: &[u8] = if bot { b"bot" } else { b"person" };
        let known_by = if address.is_empty() { &name } else { without_number(&address) };
        Person {
            identity: self.salt.short(&[kind, known_by.as_bytes()]),
            organisation: organisation(&address),
            bot,
        }
    }
}

fn plain(text: &[u8]) -> String {
    String::from_utf8_lossy(text).trim().to_lowercase()
}

fn is_bot(name: &str, address: &str) -> bool {
    let user = address.split('@').next().unwrap_or_default();
    let says_so = |text: &str| ["[bot]", "-bot", " bot"].iter().any(|end| text.ends_with(end));
    says_so(name)
        || says_so(user)
        || BOTS.binary_search(&name).is_ok()
        || BOT_ADDRESSES.binary_search(&address).is_ok()
}

/// `7+user@users.noreply.host.example` and `user@users.noreply.host.example` are one account.
fn without_number(address: &str) -> &str {
    match address.split_once('+') {
        Some((number, rest))
            if rest.contains("@users.noreply.")
                && number.bytes().all(|byte| byte.is_ascii_digit()) =>
        {
            rest
        }
        _ => address,
    }
}

/// The domain of an address that is no public provider's and could be one of the internet.
fn organisation(address: &str) -> Option<String> {
    let (_, domain) = address.rsplit_once('@')?;
    let like_domain = domain.contains('.')
        && !domain.starts_with('.')
        && domain.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-'))
        && !domain.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
        && !domain.ends_with(".local")
        && !domain.ends_with(".localdomain")
        && !domain.ends_with('.');
    let public = PUBLIC_PROVIDERS.binary_search(&domain).is_ok()
        || PUBLIC_PREFIXES.iter().any(|prefix| domain.starts_with(prefix));
    (like_domain && !public).then(|| domain.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::cache::CacheDir;

    fn register(folder: &tempfile::TempDir) -> Salt {
        Salt::of(&CacheDir::locate(Some(folder.path().to_owned())))
    }

    #[test]
    fn tables_are_sorted() {
        assert!(BOTS.is_sorted() && BOT_ADDRESSES.is_sorted() && PUBLIC_PROVIDERS.is_sorted());
    }

    #[test]
    fn programs_are_told_from_people() {
        let cases = [
            ("dependabot[bot]", "49699333+dependabot[bot]@users.noreply.github.com", true),
            ("Renovate Bot", "renovate@host.example", true),
            ("GitHub Actions", "x@host.example", true),
            ("bors", "bors@host.example", true),
            ("Somebody", "noreply@anthropic.com", true),
            ("Robot Smith", "smith@host.example", false),
            ("Abbot", "abbot@host.example", false),
            ("Claude Martin", "claude@host.example", false),
            ("", "", false),
        ];
        let folder = tempfile::tempdir().unwrap();
        let salt = register(&folder);
        let mut register = Register::new(&salt, Mailmap::default());
        for (name, address, bot) in cases {
            let index = register.enter(name.as_bytes(), address.as_bytes());
            assert_eq!(register.people[index.0 as usize].bot, bot, "{name} {address}");
        }
    }

    #[test]
    fn an_organisation_is_a_domain_that_is_not_everybodys() {
        let cases = [
            ("a@company.example", Some("company.example")),
            ("a@gmail.com", None),
            ("a@hotmail.co.uk", None),
            ("7+a@users.noreply.github.com", None),
            ("a@noreply.forge.example", None),
            ("a@laptop", None),
            ("a@laptop.local", None),
            ("a@127.0.0.1", None),
            ("a@b@company.example", Some("company.example")),
            ("a@bad domain.example", None),
            ("nobody", None),
        ];
        for (address, expected) in cases {
            assert_eq!(organisation(address).as_deref(), expected, "{address}");
        }
    }

    #[test]
    fn signatures_meet_in_one_person() {
        let folder = tempfile::tempdir().unwrap();
        let salt = register(&folder);
        let mailmap = Mailmap::parse(b"New <new@host.example> Old <old@host.example>\n");
        let mut register = Register::new(&salt, mailmap);
        let mut enter =
            |name: &str, address: &str| register.enter(name.as_bytes(), address.as_bytes());
        let new = enter("New", "new@host.example");
        assert_eq!(enter("Other Name", "NEW@Host.example"), new);
        assert_eq!(enter("Old", "old@host.example"), new);
        assert_ne!(enter("Somebody", "old@host.example"), new);
        let account = enter("A", "7+a@users.noreply.forge.example");
        assert_eq!(enter("A", "a@users.noreply.forge.example"), account);
        // The bot that somebody runs under their own address is not them.
        assert_ne!(enter("helper[bot]", "new@host.example"), new);
        assert_ne!(enter("Nameless", ""), enter("Other", ""));
        assert_eq!(register.find(b"New", b"new@host.example"), Some(new));
        assert_eq!(register.find(b"Nobody", b"nobody@host.example"), None);
    }
}
