//! `.mailmap`: the names and addresses that people want to be known by, in place of those they
//! once signed with. The format is that of gitmailmap(5).

use std::collections::HashMap;

/// The entries of a mailmap, by address as signed, in lower case.
#[derive(Debug, Default)]
pub(super) struct Mailmap(HashMap<Vec<u8>, Entries>);

#[derive(Debug, Default)]
struct Entries {
    /// For all who signed with the address.
    any: Proper,
    /// For those who signed with a name as well, in lower case.
    named: HashMap<Vec<u8>, Proper>,
}

/// What takes the place of a signature's parts.
#[derive(Debug, Default)]
struct Proper {
    name: Option<Vec<u8>>,
    address: Option<Vec<u8>>,
}

impl Mailmap {
    /// Reads the lines that can be understood. Of two about one signature the later counts.
    pub(super) fn parse(text: &[u8]) -> Self {
        let mut mailmap = Self::default();
        for line in text.split(|byte| *byte == b'\n').filter(|line| !line.starts_with(b"#")) {
            let Some((name, first, rest)) = contact(line) else { continue };
            let name = Some(name).filter(|name| !name.is_empty()).map(<[u8]>::to_vec);
            let (address, signed_name, signed) = match contact(rest) {
                Some((signed_name, signed, _)) => (Some(first.to_vec()), signed_name, signed),
                None => (None, &b""[..], first),
            };
            let entries = mailmap.0.entry(signed.to_ascii_lowercase()).or_default();
            let proper = match signed_name {
                b"" => &mut entries.any,
                name => entries.named.entry(name.to_ascii_lowercase()).or_default(),
            };
            proper.name = name.or(proper.name.take());
            proper.address = address.or(proper.address.take());
        }
        mailmap
    }

    /// Name and address that stand for those of a signature.
    pub(super) fn resolve<'a>(&'a self, name: &'a [u8], address: &'a [u8]) -> (&'a [u8], &'a [u8]) {
        let Some(entries) = self.0.get(&address.to_ascii_lowercase()) else {
            return (name, address);
        };
        let proper = entries.named.get(&name.to_ascii_lowercase()).unwrap_or(&entries.any);
        (proper.name.as_deref().unwrap_or(name), proper.address.as_deref().unwrap_or(address))
    }
}

/// The name and address that a text begins with, as in `Name <address>`, and what follows.
fn contact(text: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let open = memchr::memchr(b'<', text)?;
    let (name, rest) = (&text[..open], &text[open + 1..]);
    let close = memchr::memchr(b'>', rest)?;
    Some((name.trim_ascii(), rest[..close].trim_ascii(), &rest[close + 1..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The four forms of gitmailmap(5), worked out by hand.
    #[test]
    fn each_form_of_a_line_is_understood() {
        let mailmap = Mailmap::parse(
            b"# <comment@x.example> <x@x.example>\n\
              Proper <one@x.example>\n\
              <new@x.example> <two@x.example>\n\
              Both <new@x.example> <three@x.example>\r\n\
              Anne <anne@x.example> A <four@x.example>\n\
              Bert <bert@x.example> B <four@x.example>\n\
              no address\n<open@x.example\n <> <>\n\
              Earlier <five@x.example>\nLater <five@x.example>\n<six@x.example> <five@x.example>",
        );
        let cases = [
            (("Old", "one@x.example"), ("Proper", "one@x.example")),
            (("Old", "TWO@X.example"), ("Old", "new@x.example")),
            (("Old", "three@x.example"), ("Both", "new@x.example")),
            (("a", "four@x.example"), ("Anne", "anne@x.example")),
            (("B", "four@x.example"), ("Bert", "bert@x.example")),
            (("C", "four@x.example"), ("C", "four@x.example")),
            (("Old", "five@x.example"), ("Later", "six@x.example")),
            (("Old", "x@x.example"), ("Old", "x@x.example")),
            (("Old", "open@x.example"), ("Old", "open@x.example")),
        ];
        for ((name, address), (proper, known_by)) in cases {
            let resolved = mailmap.resolve(name.as_bytes(), address.as_bytes());
            assert_eq!(resolved, (proper.as_bytes(), known_by.as_bytes()), "{name} {address}");
        }
    }
}
