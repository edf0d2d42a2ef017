//! Which hosts may be asked, and which were.
//!
//! Addresses come from files that others wrote: the Cargo configuration of a checkout, a
//! lockfile, manifests of packages. None of them may lead to what only this machine or its
//! network can reach: their addresses are refused, unless the user allows the host by name.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error as StdError;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, ToSocketAddrs};
use std::sync::{Arc, Mutex, PoisonError};

use reqwest::Url;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// Variables that name the proxy of the system, whose host the user has thereby allowed.
const PROXY_VARIABLES: [&str; 6] =
    ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];

/// The hosts of one run.
#[derive(Debug, Default)]
pub(super) struct Reach {
    /// Names and addresses in lower case, without brackets.
    allowed: BTreeSet<String>,
    asked: Mutex<BTreeSet<String>>,
    /// What is known of hosts that another program is to ask.
    looked_up: Mutex<BTreeMap<String, bool>>,
}

/// The host has an address of this machine or of its network only, and is not allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Private;

impl Reach {
    /// Allows hosts by name, whatever their addresses, and the proxy of the environment.
    pub(super) fn new(allowed: &[String]) -> Self {
        let proxies = PROXY_VARIABLES.iter().filter_map(|name| std::env::var(name).ok());
        let proxies = proxies.filter_map(|proxy| {
            let url = Url::parse(&proxy).or_else(|_| Url::parse(&format!("http://{proxy}")));
            Some(url.ok()?.host_str()?.to_owned())
        });
        // A proxy by address is reached anyway, and is not to be allowed as a host.
        let proxies = proxies.filter(|host| plain(host).parse::<IpAddr>().is_err());
        let allowed = allowed.iter().cloned().chain(proxies).map(|host| plain(&host)).collect();
        Self { allowed, ..Self::default() }
    }

    /// Whether an address may be asked, as far as the address itself tells.
    ///
    /// # Errors
    /// Where its host is private by its address or name.
    pub(super) fn permits(&self, url: &Url) -> Result<(), Private> {
        let host = plain(url.host_str().unwrap_or_default());
        let is_local = host == "localhost" || host.ends_with(".localhost");
        let is_private = is_local || host.parse().is_ok_and(|address| !is_public(address));
        if is_private && !self.allowed.contains(&host) { Err(Private) } else { Ok(()) }
    }

    /// Remembers that an address was asked.
    pub(super) fn note(&self, url: &Url) {
        let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
        let name = format!("{}{port}", url.host_str().unwrap_or_default());
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).insert(name);
    }

    /// Whether another program may ask an address, by all addresses of its host.
    ///
    /// # Errors
    /// Where an address is private. A name without addresses is left to the program.
    pub(super) fn permits_resolved(&self, url: &Url) -> Result<(), Private> {
        let host = plain(url.host_str().unwrap_or_default());
        let mut looked_up = self.looked_up.lock().unwrap_or_else(PoisonError::into_inner);
        let is_open = *looked_up.entry(host.clone()).or_insert_with(|| {
            let all_public = || {
                let mut found = (host.as_str(), 0).to_socket_addrs().ok().into_iter().flatten();
                found.all(|address| is_public(address.ip()))
            };
            self.allowed.contains(&host) || all_public()
        });
        if is_open { self.permits(url) } else { Err(Private) }
    }

    /// The hosts that were asked, with their port where it is not the usual one.
    pub(super) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }
}

/// Looks names up, and keeps back addresses that are private. Where it is used for the host of a
/// proxy that the system configured elsewhere, that host has to be allowed.
pub(super) struct PublicOnly(pub(super) Arc<Reach>);

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        let is_allowed = self.0.allowed.contains(&plain(name.as_str()));
        Box::pin(async move {
            // The system's look-up blocks.
            let host = name.as_str().to_owned();
            let found = tokio::task::spawn_blocking(move || (host.as_str(), 0).to_socket_addrs());
            let found: Vec<SocketAddr> = found.await??.collect();
            let some = !found.is_empty();
            let open = found.into_iter().filter(|it| is_allowed || is_public(it.ip()));
            let open: Vec<SocketAddr> = open.collect();
            if some && open.is_empty() {
                return Err(Box::new(Private) as Box<dyn StdError + Send + Sync>);
            }
            Ok(Box::new(open.into_iter()) as Addrs)
        })
    }
}

impl fmt::Display for Private {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the host is on this machine or a private network: `--allow-host` allows it")
    }
}

impl StdError for Private {}

/// A host in lower case, without the brackets of an address and the dot at the end of a name.
fn plain(host: &str) -> String {
    host.trim().trim_matches(['[', ']']).trim_end_matches('.').to_ascii_lowercase()
}

/// Whether an address is one that the whole internet can reach, by the registries of IANA for
/// special-purpose addresses.
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let is_shared = a == 100 && b & 0xc0 == 64;
    let is_protocol = (a, b, c) == (192, 0, 0);
    let is_benchmark = a == 198 && b & 0xfe == 18;
    !(a == 0
        || address.is_loopback()
        || address.is_private()
        || address.is_link_local()
        || is_shared
        || is_protocol
        || is_benchmark
        || a >= 224)
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let [a, b, c, d, e, f, g, h] = address.segments();
    let embedded = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        is_public_v4(Ipv4Addr::new(a, b, c, d))
    };
    match (a, b, c, d, e, f) {
        // Addresses that stand for those of version 4: mapped, compatible, translated, 6to4.
        (0, 0, 0, 0, 0, 0xffff | 0) | (0x64, 0xff9b, 0, 0, 0, 0) => embedded(g, h),
        (0x2002, ..) => embedded(b, c),
        // Only this block is given out: neither local, private nor multicast addresses are in it.
        _ => a & 0xe000 == 0x2000,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn private_addresses_are_told_in_every_notation() {
        let private = [
            "http://127.0.0.1/",
            "http://127.9.9.9:8080/",
            "http://2130706433/",
            "http://0x7f.1/",
            "http://0177.0.0.1/",
            "http://0/",
            "http://10.0.0.1/",
            "http://172.31.0.1/",
            "http://192.168.1.1/",
            "http://169.254.169.254/latest",
            "http://100.64.0.1/",
            "http://[::1]/",
            "http://[::]/",
            "http://[::ffff:127.0.0.1]/",
            "http://[fe80::1]/",
            "http://[fd00::1]/",
            "http://[64:ff9b::7f00:1]/",
            "http://[2002:7f00:1::]/",
            "http://[::127.0.0.1]/",
            "http://localhost/",
            "http://LOCALHOST./",
            "http://a.localhost/",
            "http://255.255.255.255/",
            "http://224.0.0.1/",
            "http://198.18.0.1/",
            "http://192.0.0.1/",
            "http://[ff02::1]/",
        ];
        let public = [
            "https://93.184.216.34/",
            "http://172.32.0.1/",
            "http://100.128.0.1/",
            "http://[2606:4700::1]/",
            "https://host.example/",
            "http://[2002:5db8:d822::]/",
            "http://[::ffff:93.184.216.34]/",
            "http://[64:ff9b::5db8:d822]/",
            "http://93.64.0.1/",
            "http://93.18.0.1/",
            "http://notlocalhost/",
        ];
        let reach = Reach::new(&[]);
        for (addresses, expected) in [(&private[..], Err(Private)), (&public[..], Ok(()))] {
            for address in addresses {
                let url = Url::parse(address).unwrap();
                assert_eq!(reach.permits(&url), expected, "{address}");
            }
        }
    }

    /// The look-up keeps them back as well, for names that only it can tell.
    #[test]
    fn names_are_looked_up_to_public_addresses_only() {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let look_up = |allowed: &[String]| {
            let resolver = PublicOnly(Arc::new(Reach::new(allowed)));
            let found = runtime.block_on(resolver.resolve("localhost".parse().unwrap()));
            found.map(Iterator::count).map_err(|error| error.is::<Private>())
        };
        assert_eq!(look_up(&[]), Err(true));
        assert!(look_up(&["localhost".into()]).is_ok_and(|found| found > 0));
    }

    #[test]
    fn a_host_is_allowed_by_its_own_name_only() {
        let reach = Reach::new(&["Localhost".into(), "[::1]".into()]);
        let url = |address: &str| Url::parse(address).unwrap();
        for (address, expected) in [
            ("http://localhost:81/", Ok(())),
            ("http://[::1]/", Ok(())),
            ("http://127.0.0.1/", Err(Private)),
            ("http://localhost.a.localhost/", Err(Private)),
        ] {
            assert_eq!(reach.permits(&url(address)), expected, "{address}");
        }
        let resolved = |reach: &Reach| reach.permits_resolved(&url("https://localhost/"));
        assert_eq!((resolved(&reach), resolved(&Reach::new(&[]))), (Ok(()), Err(Private)));
        assert!(Private.to_string().contains("`--allow-host`"));
    }
}
