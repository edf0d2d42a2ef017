//! Makes characters visible that could deceive or command a terminal.

use std::borrow::Cow;
use std::fmt::Write;

/// Shows every control, bidirectional and invisible character as `\u{..}`.
///
/// Letters of every script and combining marks stay as they are: paths and names of people need
/// them. Line breaks are control characters too, so the result is always one line.
pub fn escape(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_deceptive) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        if is_deceptive(character) {
            // Writing to a String cannot fail.
            let _ = write!(shown, "\\u{{{:x}}}", u32::from(character));
        } else {
            shown.push(character);
        }
    }
    Cow::Owned(shown)
}

/// Whether a character acts on its surroundings instead of being seen: category Cc, and the
/// format and default-ignorable characters (Unicode Standard, section 23; UAX 9 for the
/// bidirectional ones).
pub(super) fn is_deceptive(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}'
            | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deceptive_characters_are_shown_and_others_kept() {
        let cases = [
            ("smallvec", "smallvec"),
            ("", ""),
            ("a\u{1b}[31mb", "a\\u{1b}[31mb"),
            ("line\nbreak\r\t", "line\\u{a}break\\u{d}\\u{9}"),
            ("c1 \u{9b}31m \u{7f}", "c1 \\u{9b}31m \\u{7f}"),
            ("\u{202e}evil\u{2066}", "\\u{202e}evil\\u{2066}"),
            ("zero\u{200b}width\u{feff}\u{2060}", "zero\\u{200b}width\\u{feff}\\u{2060}"),
            ("soft\u{ad}hyphen tag\u{e0041}", "soft\\u{ad}hyphen tag\\u{e0041}"),
            ("Zoë cafe\u{301} 日本 प्रोजेक्ट", "Zoë cafe\u{301} 日本 प्रोजेक्ट"),
        ];
        for (text, expected) in cases {
            assert_eq!(escape(text), expected);
        }
    }
}
