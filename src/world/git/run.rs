//! A program that ends in time, and in the memory it is given.

use std::io::{self, BufRead, BufReader, Read, Seek};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// The most memory that a program may take for itself, in bytes. The history of the Linux kernel
/// takes git a third of it.
#[cfg(target_os = "linux")]
const MOST_MEMORY_BYTES: u64 = 2 << 30;
/// The largest file that a program may write, in bytes: the pack of a clone.
#[cfg(target_os = "linux")]
const LARGEST_FILE_BYTES: u64 = 4 << 30;
/// The most that is read of complaints, in bytes.
const MOST_COMPLAINT_BYTES: u64 = 64 << 10;
/// Bytes read at once.
const CHUNK: usize = 64 << 10;

/// What a program said before it ended.
pub(in crate::world) struct Said {
    pub(in crate::world) status: ExitStatus,
    pub(in crate::world) stdout: Vec<u8>,
    pub(in crate::world) stderr: String,
}

/// Runs a program until it ends, or until the deadline, when it is killed and `None` returned.
/// Of each stream at most `most` bytes are read. Programs that it started and that outlive it
/// hold nothing up.
///
/// # Errors
/// Where the program cannot be started or watched.
pub(in crate::world) fn run_until(
    command: &mut Command,
    deadline: Instant,
    most: u64,
) -> io::Result<Option<Said>> {
    // Files take what a pipe would block on, without a thread to drain it.
    let (mut stdout, mut stderr) = (tempfile::tempfile()?, tempfile::tempfile()?);
    command.stdout(stdout.try_clone()?).stderr(stderr.try_clone()?);
    let child = Mutex::new(start(command)?);
    let Some(status) = wait(&child, deadline)? else {
        lock(&child).kill()?;
        lock(&child).wait()?;
        return Ok(None);
    };
    let read = |file: &mut std::fs::File| {
        let mut bytes = Vec::new();
        file.rewind()?;
        file.take(most).read_to_end(&mut bytes).map(|_| bytes)
    };
    let (stdout, stderr) = (read(&mut stdout)?, read(&mut stderr)?);
    let stderr = String::from_utf8_lossy(&stderr).into_owned();
    Ok(Some(Said { status, stdout, stderr }))
}

/// Runs a program that starts no other, hands what it says to `take` while it says it, and
/// returns what `take` made of it and how the program ended. At the deadline it is killed and
/// `None` returned. Where `take` has enough the program's further output goes nowhere.
///
/// # Errors
/// Where the program cannot be started or watched, and those of `take`.
pub(super) fn read_until<T>(
    command: &mut Command,
    deadline: Instant,
    take: impl FnOnce(&mut dyn BufRead) -> io::Result<T>,
) -> io::Result<Option<(T, ExitStatus, String)>> {
    let mut child = start(command.stdout(Stdio::piped()).stderr(Stdio::piped()))?;
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let (stdout, stderr) = stdout.zip(stderr).ok_or(io::ErrorKind::BrokenPipe)?;
    let child = &Mutex::new(child);
    let (ended, end) = channel::<()>();
    thread::scope(|scope| {
        let complaint = scope.spawn(|| first_and_drain(stderr));
        let watch = scope.spawn(move || {
            let left = deadline.saturating_duration_since(Instant::now());
            let is_late = end.recv_timeout(left) == Err(RecvTimeoutError::Timeout);
            if is_late {
                // Where it has ended meanwhile there is nothing to end.
                let _ = lock(child).kill();
            }
            is_late
        });
        let taken = take(&mut BufReader::with_capacity(CHUNK, stdout));
        if taken.is_err() {
            let _ = lock(child).kill();
        }
        // The watch ends it at the deadline, so that this wait ends as well.
        let status = wait(child, deadline + Duration::from_secs(60));
        drop(ended);
        let is_late = watch.join().unwrap_or(true);
        let complaint = complaint.join().unwrap_or_default();
        match status? {
            Some(status) if !is_late => Ok(Some((taken?, status, complaint))),
            _ => Ok(None),
        }
    })
}

fn start(command: &mut Command) -> io::Result<Child> {
    let child = command.spawn()?;
    limit(&child);
    Ok(child)
}

/// Limits what a program, and those it starts, may take.
#[cfg(target_os = "linux")]
fn limit(child: &Child) {
    use rustix::process::{Pid, Resource, Rlimit, prlimit};
    let limits = [(Resource::Data, MOST_MEMORY_BYTES), (Resource::Fsize, LARGEST_FILE_BYTES)];
    for (resource, most) in limits {
        let limit = Rlimit { current: Some(most), maximum: Some(most) };
        // One that cannot be set is lower already, or the program has ended.
        let _ = prlimit(Some(Pid::from_child(child)), resource, limit);
    }
}

/// Other systems let no limit be set from outside; the limit of git itself on objects holds.
#[cfg(not(target_os = "linux"))]
fn limit(_: &Child) {}

fn lock(child: &Mutex<Child>) -> std::sync::MutexGuard<'_, Child> {
    child.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Waits for the end of a program; `None` where it has not come by the deadline.
fn wait(child: &Mutex<Child>, deadline: Instant) -> io::Result<Option<ExitStatus>> {
    let mut pause = Duration::from_micros(250);
    loop {
        if let Some(status) = lock(child).try_wait()? {
            return Ok(Some(status));
        }
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Ok(None);
        }
        thread::sleep(pause.min(left));
        pause = (pause * 2).min(Duration::from_millis(50));
    }
}

/// The beginning of a stream, which is read to its end.
fn first_and_drain(mut stream: impl Read) -> String {
    let mut first = Vec::new();
    let _ = stream.by_ref().take(MOST_COMPLAINT_BYTES).read_to_end(&mut first);
    let _ = io::copy(&mut stream, &mut io::sink());
    String::from_utf8_lossy(&first).into_owned()
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn shell(script: &str) -> Command {
        let mut shell = Command::new("sh");
        shell.args(["-c", script]).stdin(Stdio::null());
        shell
    }

    fn soon() -> Instant {
        Instant::now() + Duration::from_secs(30)
    }

    fn whole(out: &mut dyn BufRead) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        out.take(1 << 20).read_to_end(&mut bytes).map(|_| bytes)
    }

    #[test]
    fn what_is_said_is_taken_with_the_complaint() {
        let (said, status, complaint) =
            read_until(&mut shell("echo a; echo b >&2; exit 3"), soon(), whole).unwrap().unwrap();
        assert_eq!((said.as_slice(), status.code(), complaint.trim()), (&b"a\n"[..], Some(3), "b"));
        let endless = read_until(&mut shell("exec yes"), soon(), whole).unwrap().unwrap();
        assert_eq!((endless.0.len(), endless.1.success()), (1 << 20, false));
        let refused = |_: &mut dyn BufRead| Err::<(), _>(io::Error::other("enough"));
        assert!(read_until(&mut shell("exec sleep 60"), soon(), refused).is_err());
        assert!(read_until(&mut Command::new("/no/such/program"), soon(), whole).is_err());
    }

    #[test]
    fn a_program_is_ended_in_time() {
        for script in ["exec sleep 60", "exec >&-; exec sleep 60"] {
            let begin = Instant::now();
            let short = begin + Duration::from_millis(200);
            assert!(read_until(&mut shell(script), short, whole).unwrap().is_none(), "{script}");
            assert!(run_until(&mut shell(script), short, 9).unwrap().is_none(), "{script}");
            assert!(begin.elapsed() < Duration::from_secs(20), "{script}");
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_program_gets_so_much_memory_and_so_large_files() {
        // The limits are set a moment after the start.
        let script = "sleep 0.3; ulimit -d; ulimit -f";
        let said = read_until(&mut shell(script), soon(), whole).unwrap().unwrap().0;
        let said = String::from_utf8(said).unwrap();
        let limits: Vec<u64> = said.lines().map(|line| line.parse().unwrap()).collect();
        // Told in kibibytes, and in blocks of half a kibibyte.
        assert_eq!(limits, [MOST_MEMORY_BYTES >> 10, LARGEST_FILE_BYTES >> 9]);
    }
}
