//! Whom one can pay for a project, how, and what is asked.

/// Where the platforms of FUNDING.yml keep the page of an account: the platform's name and the
/// address in front of the account.
const PAGES: [(&str, &str); 14] = [
    ("buy_me_a_coffee", "buymeacoffee.com/"),
    ("community_bridge", "funding.communitybridge.org/projects/"),
    ("github", "github.com/sponsors/"),
    ("issuehunt", "issuehunt.io/r/"),
    ("ko_fi", "ko-fi.com/"),
    ("lfx_crowdfunding", "crowdfunding.lfx.linuxfoundation.org/projects/"),
    ("liberapay", "liberapay.com/"),
    ("open_collective", "opencollective.com/"),
    ("otechie", "otechie.com/"),
    ("patreon", "patreon.com/"),
    ("polar", "polar.sh/"),
    ("thanks_dev", "thanks.dev/"),
    ("tidelift", "tidelift.com/funding/github/"),
    ("tidelift", "tidelift.com/subscription/pkg/"),
];

/// The platform of an address that belongs to no known one.
const CUSTOM: &str = "custom";

/// All that is known about paying a project.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Funding {
    /// The ways to pay, ascending, none twice.
    pub payees: Vec<Payee>,
    /// Past years as the project states them, ascending.
    pub history: Vec<FundingYear>,
}

/// A way to pay a project.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Payee {
    /// The platform, as FUNDING.yml names it (`github`, `open_collective`, `custom`, ...), or the
    /// kind of another channel (`bank`, `cash`, `drips`, ...).
    pub platform: String,
    /// Account or address, as written.
    pub account: String,
    /// Address to pay at, where it can be told; always `http` or `https`.
    pub url: Option<String>,
    /// What the project asks for through this channel, ascending.
    pub plans: Vec<FundingPlan>,
    /// The files and services that name it, ascending; empty where that is said elsewhere.
    pub named_in: Vec<String>,
}

/// What a project asks for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct FundingPlan {
    /// How it is called.
    pub name: String,
    /// The amount in hundredths of the currency's unit; `None` where any amount is welcome.
    pub amount_hundredths: Option<u64>,
    /// ISO 4217 code of the currency, as written.
    pub currency: String,
    /// How often, as written: `one-time`, `monthly`, `yearly`, ...
    pub frequency: String,
}

/// What came in and went out in one year.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct FundingYear {
    /// The calendar year.
    pub year: i16,
    /// Income in hundredths of the currency's unit, where it is stated.
    pub income_hundredths: Option<u64>,
    /// Expenses in hundredths of the currency's unit, where they are stated.
    pub expenses_hundredths: Option<u64>,
    /// ISO 4217 code of the currency, where it is stated.
    pub currency: Option<String>,
}

/// Files and services kept that name a payee: the packages of a project may all do so.
const MOST_NAMES: usize = 8;

/// Most payees kept of one project.
const MOST_PAYEES: usize = 200;

impl Funding {
    /// Adds what a file or service says. Payees with one address are one, which has the plans of
    /// both; each keeps who names it.
    pub fn add(&mut self, said: Self, named_in: &str) {
        for mut payee in said.payees {
            if payee.named_in.is_empty() {
                payee.named_in.push(named_in.to_owned());
            }
            let identity = payee.identity();
            let known = self.payees.iter().position(|known| known.identity() == identity);
            match known {
                Some(at) => self.payees[at].join(payee),
                None if self.payees.len() < MOST_PAYEES => self.payees.push(payee),
                None => {}
            }
        }
        self.payees.sort();
        self.history.extend(said.history);
        self.history.sort();
        self.history.dedup();
    }
}

impl Payee {
    /// What makes two payees one: the address to pay at, else platform and account. Platforms take
    /// accounts in any case of letters.
    pub fn identity(&self) -> String {
        let Some(url) = &self.url else { return format!("{} {}", self.platform, self.account) };
        let address = url.split_once("://").map_or(url.as_str(), |(_, address)| address);
        let address = address.trim_end_matches('/');
        if self.platform == CUSTOM { address.to_owned() } else { address.to_ascii_lowercase() }
    }

    fn join(&mut self, other: Self) {
        self.plans.extend(other.plans);
        self.plans.sort();
        self.plans.dedup();
        self.named_in.extend(other.named_in);
        self.named_in.sort();
        self.named_in.dedup();
        self.named_in.truncate(MOST_NAMES);
    }

    /// An account on a platform. An address in place of the account is understood as such.
    pub fn account(platform: &str, account: &str) -> Self {
        if platform == CUSTOM || account.contains("://") {
            return Self::link(account);
        }
        let page = PAGES.iter().find(|(known, _)| *known == platform);
        let url = page
            .filter(|_| is_account(account))
            .map(|(_, page)| format!("https://{page}{account}"));
        Self {
            platform: platform.to_owned(),
            account: account.to_owned(),
            url,
            plans: Vec::new(),
            named_in: Vec::new(),
        }
    }

    /// An address to pay at: an account where it is a page of a known platform, else `custom`.
    pub fn link(address: &str) -> Self {
        let url = url(address);
        let page = url.as_deref().and_then(account_of);
        page.map_or_else(
            || Self {
                platform: CUSTOM.to_owned(),
                account: address.to_owned(),
                url: url.clone(),
                plans: Vec::new(),
                named_in: Vec::new(),
            },
            |(platform, account)| Self::account(platform, account),
        )
    }
}

/// The platform and account of an address.
fn account_of(url: &str) -> Option<(&'static str, &str)> {
    let (_, rest) = url.split_once("://")?;
    let rest = rest.strip_prefix("www.").unwrap_or(rest);
    let rest = rest.split(['?', '#']).next()?.trim_end_matches('/');
    PAGES.iter().find_map(|(platform, page)| {
        let start = rest.get(..page.len())?;
        let account = rest.get(page.len()..)?;
        (start.eq_ignore_ascii_case(page) && is_account(account)).then_some((*platform, account))
    })
}

/// What may stand in a page's address as it is: names, and paths of them.
fn is_account(account: &str) -> bool {
    let plain =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'@' | b'/');
    account.bytes().all(plain) && account.split('/').all(|part| !matches!(part, "" | "." | ".."))
}

/// An address as a link; one without a scheme is taken for `https` where it has a host.
fn url(address: &str) -> Option<String> {
    if !address.bytes().all(|byte| byte.is_ascii_graphic() && !b"\"'<>`".contains(&byte)) {
        return None;
    }
    let (scheme, rest) = address.split_once("://").unwrap_or(("https", address));
    let scheme = scheme.to_ascii_lowercase();
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let is_host = host.contains('.') && !host.contains(['@', ':', '(']);
    (matches!(scheme.as_str(), "http" | "https") && is_host).then(|| format!("{scheme}://{rest}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_has_the_page_of_its_platform_and_a_page_its_account() {
        let cases = [
            ("github", "someone", "github", "someone", Some("https://github.com/sponsors/someone")),
            ("ko_fi", "https://ko-fi.com/b", "ko_fi", "b", Some("https://ko-fi.com/b")),
            (
                "custom",
                "https://www.patreon.com/c?x=1",
                "patreon",
                "c",
                Some("https://patreon.com/c"),
            ),
            (
                "tidelift",
                "npm/d",
                "tidelift",
                "npm/d",
                Some("https://tidelift.com/funding/github/npm/d"),
            ),
            ("thanks_dev", "u/gh/e", "thanks_dev", "u/gh/e", Some("https://thanks.dev/u/gh/e")),
            ("custom", "pay.example/f", "custom", "pay.example/f", Some("https://pay.example/f")),
            (
                "custom",
                "HTTP://pay.example",
                "custom",
                "HTTP://pay.example",
                Some("http://pay.example"),
            ),
            ("custom", "javascript:alert(1)", "custom", "javascript:alert(1)", None),
            ("custom", "ftp://pay.example", "custom", "ftp://pay.example", None),
            ("custom", "https://u@pay.example", "custom", "https://u@pay.example", None),
            ("custom", "two words", "custom", "two words", None),
            ("github", "../../evil", "github", "../../evil", None),
            ("github", "a?b", "github", "a?b", None),
            ("github", "", "github", "", None),
            ("new_platform", "g", "new_platform", "g", None),
        ];
        for (platform, account, to_platform, to_account, url) in cases {
            let payee = Payee::account(platform, account);
            assert_eq!(
                (payee.platform.as_str(), payee.account.as_str()),
                (to_platform, to_account)
            );
            assert_eq!(payee.url.as_deref(), url, "{account}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_survived(platform in ".{0,10}", account in ".{0,40}") {
            let url = Payee::account(&platform, &account).url;
            proptest::prop_assert!(url.is_none_or(|url| url.starts_with("http")));
        }
    }
}
