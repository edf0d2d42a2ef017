//! Certificates, and what is not done where they fail.

use std::fs;
use std::io::{BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};

use headwater::model::Missing;
use headwater::world::cache::CacheDir;
use headwater::world::http::{Mode, Network, Options, Secret, Tokens};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use super::server::{Seen, Server, answer, ok, read_request};
use super::{World, ask_one, body, budget_ms, why};

/// An authority that no system trusts, and a server with a certificate of it.
struct TlsServer {
    address: SocketAddr,
    authority: String,
    seen: Arc<Mutex<Vec<Seen>>>,
    connected: Arc<AtomicUsize>,
    thread: Option<JoinHandle<()>>,
}

impl TlsServer {
    /// Answers so many connections in a protocol, one request each.
    fn start(connections: usize, protocol: &str, answering: fn(&Seen) -> Vec<u8>) -> Self {
        let (config, authority) = certified(protocol);
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let seen = Arc::<Mutex<Vec<Seen>>>::default();
        let connected = Arc::<AtomicUsize>::default();
        let (all, count) = (Arc::clone(&seen), Arc::clone(&connected));
        let thread = thread::spawn(move || {
            for _ in 0..connections {
                let (connection, _) = listener.accept().unwrap();
                count.fetch_add(1, Ordering::SeqCst);
                let tls = ServerConnection::new(Arc::clone(&config)).unwrap();
                let mut stream = BufReader::new(StreamOwned::new(tls, connection));
                // A client that does not trust the certificate goes away before it asks.
                let Ok(Some(request)) = read_request(&mut stream) else { continue };
                let stream = stream.get_mut();
                stream.write_all(&answering(&request)).unwrap();
                stream.conn.send_close_notify();
                stream.flush().unwrap();
                all.lock().unwrap().push(request);
            }
        });
        Self { address, authority, seen, connected, thread: Some(thread) }
    }

    fn url(&self, path: &str) -> String {
        format!("https://{}{path}", self.address)
    }
}

impl Drop for TlsServer {
    fn drop(&mut self) {
        // Connections that were not made are made now, so that the thread ends.
        while !self.thread.as_ref().unwrap().is_finished() {
            drop(TcpStream::connect(self.address));
            thread::yield_now();
        }
        self.thread.take().unwrap().join().unwrap();
    }
}

fn certified(protocol: &str) -> (Arc<ServerConfig>, String) {
    let mut parameters = CertificateParams::new(Vec::new()).unwrap();
    parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().unwrap();
    let authority = parameters.self_signed(&key).unwrap().pem();
    let issuer = Issuer::new(parameters, key);
    let key = KeyPair::generate().unwrap();
    let parameters = CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap();
    let certificate = parameters.signed_by(&key, &issuer).unwrap().der().clone();
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    config.alpn_protocols = vec![protocol.into()];
    (Arc::new(config), authority)
}

fn trusting(world: &World, server: &TlsServer, tokens: Tokens) -> Options {
    let file = world.folder.path().join("authority.pem");
    fs::write(&file, &server.authority).unwrap();
    Options { ca_file: Some(file), tokens, ..world.options(0, Mode::Online) }
}

#[test]
fn a_certificate_is_trusted_only_with_its_authority() {
    let server =
        TlsServer::start(2, "http/1.1", |_| answer("200 OK", &[("connection", "close")], "x"));
    let world = World::new();
    let unanswered = ask_one(&world.online(), server.url("/x")).unwrap_err();
    assert_eq!(unanswered.why, Missing::Unreachable);
    assert!(unanswered.detail.contains("certificate"), "{unanswered}");
    let secret = Secret::new("very-secret").unwrap();
    let tokens = Tokens::given([(format!("https://{}", server.address), secret)].into());
    let answer = ask_one(&world.network(trusting(&world, &server, tokens)), server.url("/x"));
    assert_eq!(body(&answer), "x");
    let seen = server.seen.lock().unwrap();
    assert_eq!(seen.len(), 1);
    assert_eq!(seen[0].header("authorization"), Some("Bearer very-secret"));
    let user_agent = seen[0].header("user-agent").unwrap();
    assert_eq!(user_agent, concat!("headwater/", env!("CARGO_PKG_VERSION")));
}

#[test]
fn a_certificate_error_is_met_once() {
    let server = TlsServer::start(9, "http/1.1", |_| ok("x"));
    let answer = ask_one(&World::new().online(), server.url("/x"));
    assert_eq!(why(&answer), Some(Missing::Unreachable));
    assert_eq!(server.connected.load(Ordering::SeqCst), 1);
    assert!(server.seen.lock().unwrap().is_empty());
}

#[test]
fn a_server_without_tls_is_not_spoken_to_over_https() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://{}/x", listener.local_addr().unwrap());
    let thread = thread::spawn(move || {
        let (mut connection, _) = listener.accept().unwrap();
        connection.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").unwrap();
        // Until the client goes away; what it says meanwhile is no matter.
        let _ = connection.read_to_end(&mut Vec::new());
    });
    let unanswered = ask_one(&World::new().online(), url).unwrap_err();
    thread.join().unwrap();
    assert_eq!(unanswered.why, Missing::Unreachable);
    assert!(unanswered.detail.contains("corrupt message"), "{unanswered}");
}

#[test]
fn http_2_is_spoken_where_the_server_does() {
    let server = TlsServer::start(1, "h2", |_| Vec::new());
    let world = World::new();
    let budget = budget_ms(1_000);
    let options = trusting(&world, &server, Tokens::given([].into()));
    let _ = ask_one(&world.network(Options { budget, ..options }), server.url("/x"));
    // The preface of the protocol (RFC 9113, section 3.4).
    assert_eq!(server.seen.lock().unwrap()[0].line, "PRI * HTTP/2.0");
}

#[test]
fn a_redirect_away_from_https_is_not_followed() {
    static PLAIN: Mutex<Option<String>> = Mutex::new(None);
    let plain = Server::start(|_| ok("x"));
    *PLAIN.lock().unwrap() = Some(plain.url("/x"));
    let server = TlsServer::start(1, "http/1.1", |_| {
        let to = PLAIN.lock().unwrap().clone().unwrap();
        answer("302 Found", &[("location", &to)], "")
    });
    let world = World::new();
    let network = world.network(trusting(&world, &server, Tokens::given([].into())));
    let unanswered = ask_one(&network, server.url("/x")).unwrap_err();
    assert_eq!(unanswered.why, Missing::Unreachable);
    assert!(unanswered.detail.contains("away from https"), "{unanswered}");
    assert!(plain.seen().is_empty());
}

#[test]
fn a_useless_file_of_certificates_is_told_before_anything_is_asked() {
    let world = World::new();
    let open = |name: &str, mode| {
        let ca_file = Some(world.folder.path().join(name));
        let options = Options { ca_file, ..world.options(0, mode) };
        let cache = CacheDir::locate(Some(PathBuf::from(world.folder.path())));
        Network::open(options, cache).map(drop).map_err(|error| error.to_string())
    };
    fs::write(world.folder.path().join("empty.pem"), "").unwrap();
    let broken = "-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n";
    fs::write(world.folder.path().join("broken.pem"), broken).unwrap();
    for name in ["missing.pem", "empty.pem", "broken.pem"] {
        let message = open(name, Mode::Online).unwrap_err();
        assert!(message.contains(name) && message.contains("--ca-file"), "{message}");
        assert_eq!(open(name, Mode::Offline), Ok(()), "{name}");
    }
}
