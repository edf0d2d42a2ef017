//! The text of commits and tags.

use jiff::Timestamp;

/// What is read of a commit. Names and addresses borrow from it and go no further.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct WireCommit<'a> {
    pub(super) parents: usize,
    pub(super) author: Option<Signature<'a>>,
    /// The message, in which lines may be indented.
    message: &'a [u8],
}

/// Who signed, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Signature<'a> {
    pub(super) name: &'a [u8],
    pub(super) address: &'a [u8],
    pub(super) time: Timestamp,
}

impl<'a> WireCommit<'a> {
    /// Reads a commit; one that is damaged has no author.
    pub(super) fn parse(text: &'a [u8]) -> Self {
        let (head, message) = split(text);
        let mut wire = Self { message, ..Self::default() };
        for line in lines(head) {
            if line.starts_with(b"parent ") {
                wire.parents += 1;
            } else if let (Some(signed), None) = (line.strip_prefix(b"author "), wire.author) {
                wire.author = Signature::parse(signed);
            }
        }
        wire
    }

    /// Name and address of each `Co-authored-by: Name <address>` line.
    pub(super) fn co_authors(&self) -> impl Iterator<Item = (&'a [u8], &'a [u8])> {
        const KEY: &[u8] = b"co-authored-by:";
        lines(self.message).filter_map(|line| {
            let line = line.strip_prefix(b"    ").unwrap_or(line);
            let (key, value) = line.split_at_checked(KEY.len())?;
            let open = memchr::memchr(b'<', value)?;
            let close = open + memchr::memchr(b'>', &value[open..])?;
            let (name, address) = (&value[..open], &value[open + 1..close]);
            key.eq_ignore_ascii_case(KEY).then(|| (name.trim_ascii(), address.trim_ascii()))
        })
    }
}

impl<'a> Signature<'a> {
    /// The signature of a tag object; `None` where it has none that can be read.
    pub(super) fn of_tag(text: &'a [u8]) -> Option<Self> {
        lines(split(text).0).find_map(|line| line.strip_prefix(b"tagger ")).and_then(Self::parse)
    }

    /// Reads `Name <address> 1700000000 +0100`.
    fn parse(text: &'a [u8]) -> Option<Self> {
        let open = memchr::memchr(b'<', text)?;
        let close = open + memchr::memchr(b'>', &text[open..])?;
        let time = &text[memchr::memrchr(b'>', text)? + 1..];
        Some(Self {
            name: text[..open].trim_ascii(),
            address: text[open + 1..close].trim_ascii(),
            time: timestamp(str::from_utf8(time).ok()?)?,
        })
    }
}

/// The lines before the first empty one, and what comes after it.
fn split(text: &[u8]) -> (&[u8], &[u8]) {
    let end = memchr::memmem::find(text, b"\n\n");
    end.map_or((text, &b""[..]), |end| (&text[..end], &text[end + 2..]))
}

fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split(|byte| *byte == b'\n')
}

/// The time of a signature, such as `1700000000 +0100`.
fn timestamp(time: &str) -> Option<Timestamp> {
    let seconds = time.split_ascii_whitespace().next()?;
    Timestamp::from_second(seconds.parse().ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn co_authors_are_read_from_trailers() {
        let message = b"tree x\n\nOne\n\nText with Co-authored-by: Not <not@host.example>\n\n\
            Co-authored-by: A B <a@host.example>\r\n    co-authored-BY:<b@host.example> and more\n\
            Co-authored-by: No Address\nCo-authored-by: Open <c@host.example\nCo-auth";
        let found: Vec<_> = WireCommit::parse(message).co_authors().collect();
        let expected: [(&[u8], &[u8]); 2] = [(b"A B", b"a@host.example"), (b"", b"b@host.example")];
        assert_eq!(found, expected);
    }

    #[test]
    fn signatures_are_read_where_they_are_whole() {
        let signature =
            |text: &str| Signature::parse(text.as_bytes()).map(|it| it.time.as_second());
        let cases = [
            ("A <a@x.example> 1700000000 +0100", Some(1_700_000_000)),
            ("<> -5 +0000", Some(-5)),
            ("A <a> <b> 7", Some(7)),
            ("A <a@x.example>", None),
            ("A <a@x.example> soon", None),
            ("A <a@x.example> 99999999999999999 +0000", None),
            ("A 1700000000 +0100", None),
            ("A > 1 <", None),
            ("", None),
        ];
        for (text, expected) in cases {
            assert_eq!(signature(text), expected, "{text}");
        }
        let tag = |text: &'static str| Signature::of_tag(text.as_bytes()).map(|it| it.name);
        assert_eq!(tag("object x\ntagger T <t> 1 +0000\n\ntext"), Some(&b"T"[..]));
        for garbage in ["", "garbage", "object x\n\ntagger T <t> 1 +0000", "\0\0\n\n\n"] {
            assert_eq!(tag(garbage), None, "{garbage:?}");
        }
    }

    #[test]
    fn a_commit_is_its_parents_and_its_first_author() {
        let text = b"tree x\nparent a\nparent b\nauthor A <a@x.example> 1 +0000\n\
            author B <b@x.example> 2 +0000\n\nparent c\n";
        let wire = WireCommit::parse(text);
        let author = wire.author.map(|author| author.name);
        assert_eq!((wire.parents, author), (2, Some(&b"A"[..])));
        assert_eq!(WireCommit::parse(b"\0\n"), WireCommit { message: b"", ..Default::default() });
    }
}
