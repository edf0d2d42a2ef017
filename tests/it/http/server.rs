//! A small HTTP/1.1 server on the loopback address. It ends with the test.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Instant;

/// A request as the server saw it.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    /// Method, target, version.
    pub(crate) line: String,
    /// Names in lower case.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
    pub(crate) at: Instant,
    /// How many requests came before it.
    pub(crate) number: usize,
}

/// What the server does with a request: the bytes to send, and then the connection is kept where
/// they have a length.
type Answering = dyn Fn(&Seen) -> Vec<u8> + Send + Sync;

pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    shared: Arc<Shared>,
    accepting: Option<JoinHandle<()>>,
}

struct Shared {
    answering: Box<Answering>,
    seen: Mutex<Vec<Seen>>,
    under_way: AtomicUsize,
    most_at_once: AtomicUsize,
    stopped: AtomicBool,
    connections: Mutex<Vec<(TcpStream, JoinHandle<()>)>>,
}

impl Seen {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// An answer with its length.
pub(crate) fn answer(status: &str, headers: &[(&str, &str)], body: &str) -> Vec<u8> {
    let mut text = format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\n", body.len());
    for (name, value) in headers {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    format!("{text}\r\n{body}").into_bytes()
}

pub(crate) fn ok(body: &str) -> Vec<u8> {
    answer("200 OK", &[], body)
}

impl Server {
    pub(crate) fn start(answering: impl Fn(&Seen) -> Vec<u8> + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared {
            answering: Box::new(answering),
            seen: Mutex::default(),
            under_way: AtomicUsize::new(0),
            most_at_once: AtomicUsize::new(0),
            stopped: AtomicBool::new(false),
            connections: Mutex::default(),
        });
        let accepting = thread::spawn({
            let shared = Arc::clone(&shared);
            move || accept(&listener, &shared)
        });
        Self { address, shared, accepting: Some(accepting) }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.shared.seen.lock().unwrap().clone()
    }

    pub(crate) fn most_at_once(&self) -> usize {
        self.shared.most_at_once.load(Ordering::SeqCst)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.shared.stopped.store(true, Ordering::SeqCst);
        // Wakes the accepting thread.
        drop(TcpStream::connect(self.address));
        self.accepting.take().unwrap().join().unwrap();
        for (connection, thread) in self.shared.connections.lock().unwrap().drain(..) {
            let _ = connection.shutdown(Shutdown::Both);
            // A thread that failed has printed why.
            let _ = thread.join();
        }
    }
}

fn accept(listener: &TcpListener, shared: &Arc<Shared>) {
    for connection in listener.incoming() {
        if shared.stopped.load(Ordering::SeqCst) {
            return;
        }
        let connection = connection.unwrap();
        let copy = connection.try_clone().unwrap();
        let serving = thread::spawn({
            let shared = Arc::clone(shared);
            // A client that goes away in the middle is what some tests are about.
            move || drop(serve(&connection, &shared))
        });
        shared.connections.lock().unwrap().push((copy, serving));
    }
}

fn serve(mut connection: &TcpStream, shared: &Shared) -> io::Result<()> {
    connection.set_nodelay(true)?;
    let mut reader = BufReader::new(connection);
    while let Some(mut seen) = read_request(&mut reader)? {
        {
            let mut all = shared.seen.lock().unwrap();
            seen.number = all.len();
            all.push(seen.clone());
        }
        let now = shared.under_way.fetch_add(1, Ordering::SeqCst) + 1;
        shared.most_at_once.fetch_max(now, Ordering::SeqCst);
        let bytes = (shared.answering)(&seen);
        shared.under_way.fetch_sub(1, Ordering::SeqCst);
        connection.write_all(&bytes)?;
        if !String::from_utf8_lossy(&bytes).contains("content-length") {
            return connection.shutdown(Shutdown::Both);
        }
    }
    Ok(())
}

/// `None` where the client has closed the connection.
pub(crate) fn read_request(reader: &mut impl BufRead) -> io::Result<Option<Seen>> {
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 {
            return Ok(None);
        }
        let line = line.trim_end();
        if line.is_empty() {
            break;
        }
        lines.push(line.to_owned());
    }
    let headers: Vec<_> = lines[1..].iter().filter_map(|line| line.split_once(": ")).collect();
    let headers = headers.iter().map(|(name, value)| (name.to_lowercase(), (*value).to_owned()));
    let line = lines[0].clone();
    let at = Instant::now();
    let mut seen = Seen { line, headers: headers.collect(), body: String::new(), at, number: 0 };
    let length = seen.header("content-length").map_or(0, |length| length.parse().unwrap());
    reader.take(length).read_to_string(&mut seen.body)?;
    Ok(Some(seen))
}
