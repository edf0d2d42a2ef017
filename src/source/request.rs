//! What to ask a source over HTTP, and what it answered, without sending anything.

/// A request to a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// How to ask.
    pub method: Method,
    /// Full address.
    pub url: String,
    /// Headers beside those every request has; names in lower case. No token: the sender adds
    /// the one for the host, so that it can never reach a log or a cache key.
    pub headers: Vec<(&'static str, String)>,
    /// Body of a post.
    pub body: Option<String>,
}

/// How to ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Fetch.
    Get,
    /// Send a query in the body.
    Post,
}

/// An answer of a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Request {
    /// A plain fetch of an address.
    pub fn get(url: impl Into<String>) -> Self {
        Self { method: Method::Get, url: url.into(), headers: Vec::new(), body: None }
    }
}

impl Answer {
    /// The first header of a name, given in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}
