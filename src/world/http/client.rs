//! One exchange with a source: what is sent, what comes back, what can go wrong on the way.

use std::error::Error as StdError;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use reqwest::redirect::{Action, Attempt, Policy};
use reqwest::{Client, StatusCode, Url};
use rustls::ClientConfig;
use rustls::pki_types::CertificateDer;
use rustls_platform_verifier::Verifier;

use super::question::Unanswered;
use super::reach::{Private, PublicOnly, Reach as Hosts};
use super::token::Secret;
use crate::model::Missing;
use crate::source::{Method, Request};

/// How this program presents itself to sources.
const USER_AGENT: &str = concat!("headwater/", env!("CARGO_PKG_VERSION"));

const CONNECT_LIMIT: Duration = Duration::from_secs(10);
/// Longest body that is read, in bytes after decompression.
const LONGEST_BODY: usize = 32 * 1_024 * 1_024;
const MOST_REDIRECTS: usize = 5;

/// An answer as it came.
#[derive(Debug)]
pub(super) struct Response {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
}

/// Why an exchange brought no answer.
#[derive(Debug)]
pub(super) struct Trouble {
    pub(super) unanswered: Unanswered,
    pub(super) reach: Reach,
}

/// How far a trouble reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    /// It may be over soon: the connection failed or was cut.
    Passing,
    /// The host has it, and another try would meet it again.
    Host,
    /// Only this question has it.
    Question,
}

/// A client that trusts the system's certificates and the given ones, and goes through the
/// system's proxy. No redirect and no name leads it to a private host that is not allowed.
///
/// # Errors
/// Where the system's certificates cannot be had; says why.
pub(super) fn build(
    request_limit: Duration,
    extra_roots: Vec<CertificateDer<'static>>,
    hosts: Arc<Hosts>,
) -> Result<Client, String> {
    let tls = tls(extra_roots).map_err(|error| error.to_string())?;
    let client = Client::builder()
        .user_agent(USER_AGENT)
        .connect_timeout(CONNECT_LIMIT)
        .timeout(request_limit)
        .dns_resolver(Arc::new(PublicOnly(Arc::clone(&hosts))))
        .redirect(Policy::custom(move |attempt| follow(attempt, &hosts)))
        .tls_backend_preconfigured(tls);
    client.build().map_err(|error| deepest(&error))
}

/// Sends a request and reads the answer to its end.
pub(super) async fn send(
    client: &Client,
    request: &Request,
    conditions: &[(&'static str, String)],
    token: Option<&Secret>,
) -> Result<Response, Trouble> {
    let method = match request.method {
        Method::Get => reqwest::Method::GET,
        Method::Post => reqwest::Method::POST,
    };
    let mut outgoing = client.request(method, &request.url);
    for (name, value) in request.headers.iter().chain(conditions) {
        outgoing = outgoing.header(*name, value);
    }
    if let Some(token) = token {
        // A secret holds nothing that cannot be in a header.
        if let Ok(mut value) = HeaderValue::try_from(format!("Bearer {}", token.reveal())) {
            value.set_sensitive(true);
            outgoing = outgoing.header(AUTHORIZATION, value);
        }
    }
    if let Some(body) = &request.body {
        outgoing = outgoing.body(body.clone());
    }
    read(outgoing.send().await.map_err(trouble)?).await
}

async fn read(mut response: reqwest::Response) -> Result<Response, Trouble> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(trouble)? {
        if body.len() + chunk.len() > LONGEST_BODY {
            let detail = format!("the answer is longer than {LONGEST_BODY} bytes");
            let unanswered = Unanswered::new(Missing::NotUnderstood, detail);
            return Err(Trouble { unanswered, reach: Reach::Question });
        }
        body.extend_from_slice(&chunk);
    }
    let headers = std::mem::take(response.headers_mut());
    Ok(Response { status: response.status(), headers, body })
}

fn tls(extra_roots: Vec<CertificateDer<'static>>) -> Result<ClientConfig, rustls::Error> {
    // Handed over instead of installed for the whole process, which would be global state.
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let verifier = Verifier::new_with_extra_roots(extra_roots, Arc::clone(&provider))?;
    let mut tls = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
    tls.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(tls)
}

/// Which redirects are followed. On the way to another host the client drops the token itself.
fn follow(attempt: Attempt<'_>, hosts: &Hosts) -> Action {
    let before: &[Url] = attempt.previous();
    let leaves_https =
        attempt.url().scheme() != "https" && before.iter().any(|url| url.scheme() == "https");
    if before.contains(attempt.url()) {
        return attempt.error("the redirects go round in a circle");
    }
    if before.len() > MOST_REDIRECTS {
        return attempt.error(format!("more than {MOST_REDIRECTS} redirects"));
    }
    if leaves_https {
        return attempt.error("a redirect away from https is not followed");
    }
    match hosts.permits(attempt.url()) {
        Ok(()) => {
            hosts.note(attempt.url());
            attempt.follow()
        }
        Err(Private) => attempt.error(Private),
    }
}

fn trouble(error: reqwest::Error) -> Trouble {
    let (why, reach) = if causes(&error).any(|cause| cause.is::<Private>()) {
        (Missing::PrivateHost, Reach::Question)
    } else if error.is_redirect() || error.is_builder() {
        (Missing::Unreachable, Reach::Question)
    } else if error.is_decode() {
        // A body that is cut short looks like one that is broken.
        (Missing::NotUnderstood, Reach::Passing)
    } else if error.is_timeout() || is_about_tls(&error) {
        (Missing::Unreachable, Reach::Host)
    } else {
        (Missing::Unreachable, Reach::Passing)
    };
    Trouble { unanswered: Unanswered::new(why, deepest(&error)), reach }
}

/// What lies at the bottom, which is the cause; the layers above repeat the address.
fn deepest(error: &reqwest::Error) -> String {
    let cause = causes(error).last();
    cause.map_or_else(|| "the request could not be made".to_owned(), ToString::to_string)
}

fn is_about_tls(error: &reqwest::Error) -> bool {
    causes(error).any(|cause| {
        // An error of TLS comes wrapped in errors of input and output, which hide it as a cause.
        let unwrapped = std::iter::successors(Some(cause), |cause| {
            let wrapped = cause.downcast_ref::<io::Error>()?.get_ref()?;
            Some(wrapped)
        });
        { unwrapped }.any(|cause| cause.is::<rustls::Error>())
    })
}

fn causes<'a>(error: &'a reqwest::Error) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(error.source(), |cause| (*cause).source())
}
