//! The title of an advisory as every report can show it.

/// Characters of a title that are kept.
const LONGEST: usize = 160;

/// One line without surplus space, of bounded length; none where nothing is left.
pub(super) fn of(text: &str) -> Option<String> {
    let mut title = String::new();
    for word in text.split_whitespace() {
        if !title.is_empty() {
            title.push(' ');
        }
        title.push_str(word);
        if title.len() > 4 * LONGEST {
            break;
        }
    }
    if let Some((end, _)) = title.char_indices().nth(LONGEST) {
        title.truncate(end);
        title.push('\u{2026}');
    }
    (!title.is_empty()).then_some(title)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_is_one_line_of_bounded_length() {
        assert_eq!(of(" a \n\tb ").as_deref(), Some("a b"));
        assert_eq!(of(" \n"), None);
        let long = of(&"\u{e9} ".repeat(1 << 20)).unwrap_or_default();
        assert_eq!(long.chars().count(), LONGEST + 1);
        assert!(long.ends_with('\u{2026}'));
    }
}
