//! The text between two words: punctuation, whitespace, line ends.

/// The text between two words, as a set of the bits below.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Separator(pub u8);

impl Separator {
    pub(super) const SPACE: u8 = 1;
    /// Comma, brackets, dashes, slashes and other punctuation.
    pub(super) const MARK: u8 = 2;
    /// `.`, `!`, `?`
    pub(super) const STOP: u8 = 4;
    pub(super) const COLON: u8 = 8;
    pub(super) const NEWLINE: u8 = 16;
    pub(super) const SEMICOLON: u8 = 32;
    pub(super) const BULLET: u8 = 64;
    /// An emoji. Before a capital letter it is a bullet.
    pub(super) const EMOJI: u8 = 128;
    /// The bits that may end a segment.
    pub(super) const BREAK: u8 =
        Self::STOP | Self::COLON | Self::NEWLINE | Self::SEMICOLON | Self::BULLET | Self::EMOJI;

    /// Adds `bits`. A stop removes the space before it, so that [`SPACE`](Self::SPACE) together with
    /// [`STOP`](Self::STOP) means a space after the stop, which may end a sentence.
    pub(super) const fn with(self, bits: u8) -> Self {
        // SPACE is 1, so it is in `bits / STOP` only if STOP is in `bits`.
        Self(self.0 & !((bits / Self::STOP) & Self::SPACE) | bits)
    }

    /// Adds a colon that is not part of an address. Like a stop, it removes the space before it.
    pub(super) const fn with_colon(self) -> Self {
        Self(self.0 & !Self::SPACE | Self::COLON)
    }

    /// Adds a star. Between whitespace it is a bullet; `next` is the byte after it.
    pub(super) const fn with_star(self, next: Option<u8>) -> Self {
        let bullet = self.has(Self::SPACE | Self::NEWLINE) && matches!(next, Some(b' ' | b'\t'));
        self.with(Self::MARK | (bullet as u8 * Self::BULLET))
    }

    /// Adds a character outside ASCII. A stop does not remove the space before it.
    pub(super) const fn with_unicode(self, c: char) -> Self {
        let bits = match c {
            '\u{2022}' | '\u{b7}' | '\u{25cf}' | '\u{25e6}' | '\u{25aa}' | '\u{25ab}' | '\u{25a0}' | '\u{25a1}'
            | '\u{27a2}' | '\u{2713}' | '\u{2714}' | '\u{2705}' | '\u{2043}' | '\u{2219}' | '\u{25ba}' | '\u{f0b7}'
            | '\u{27a4}' => Self::BULLET,
            '\u{85}' | '\u{2028}' | '\u{2029}' => Self::NEWLINE,
            '\u{ad}' | '\u{200b}' | '\u{200c}' | '\u{200d}' | '\u{feff}' | '\u{fe0f}' => 0,
            '\u{2026}' | '\u{3002}' => Self::STOP,
            '\u{1f300}'..='\u{1faff}' | '\u{2600}'..='\u{27bf}' | '\u{2b00}'..='\u{2bff}' => Self::MARK | Self::EMOJI,
            _ if c.is_whitespace() => Self::SPACE,
            _ => Self::MARK,
        };
        Self(self.0 | bits)
    }

    /// Whether any of `bits` is in the set.
    pub(super) const fn has(self, bits: u8) -> bool {
        self.0 & bits != 0
    }
}

/// A byte whose meaning depends on the bytes around it: a colon, a star, or part of a
/// character outside ASCII. It can share a bit with [`Separator::EMOJI`], as no single byte is an
/// emoji.
pub(super) const SPECIAL: u8 = 128;

/// By byte, its bit of [`Separator`] or [`SPECIAL`]; 0 for letters and digits.
pub(super) const CLASSES: [u8; 256] = {
    let mut table = [Separator::MARK; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = match byte as u8 {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => 0,
            b' ' | b'\t' => Separator::SPACE,
            b'\n' | b'\r' | 0x0b | 0x0c => Separator::NEWLINE,
            b';' => Separator::SEMICOLON,
            b'.' | b'!' | b'?' => Separator::STOP,
            b':' | b'*' | 128..=255 => SPECIAL,
            _ => Separator::MARK,
        };
        byte += 1;
    }
    table
};

/// Common separators of at most [`MAX`] bytes, matched by one table lookup. All others are
/// read byte by byte.
#[rustfmt::skip]
pub(super) const COMMON: [&str; 100] = [
    " ", ", ", ". ", "-", "/", ".", ": ", " (", ") ", ",", "'", "\u{2019}", "\n", "\n\n", ".\n", ".\n\n", ",\n",
    ";\n", ":\n", ":\n\n", "\r\n", ".\r\n", "\r\n\r\n", ".\r\n\r\n", ":\r\n", " \n", ". \n", "\n ", " & ", "&", " - ",
    " / ", "; ", "+ ", " + ", "? ", "! ", "!\n", "?\n", "!\n\n", "?\n\n", "  ", ".  ", ":  ", "), ", "). ", ").\n",
    ").\n\n", ")\n", ")", "(", "% ", "%", " $", " \"", "\" ", "\", ", "' ", "\u{2019} ", " \u{2013} ", " \u{2014} ",
    "\u{2013}", "\u{2014}", " \u{201c}", "\u{201d} ", " \u{2018}", "\n- ", ".\n- ", "\n\n- ", ".\n\n- ", ":\n- ",
    ":\n\n- ", ";\n- ", ")\n- ", ", \n", "\n* ", ".\n* ", "\n\n* ", ":\n* ", ":\n\n* ", ";\n* ", "\n*  ", ".\n*  ",
    "\n\n*  ", ":\n\n*  ", ")\n*  ", "\n\u{2022} ", ".\n\u{2022} ", ";\n\u{2022} ", " \u{2022} ", "\n\n## ",
    ".\n\n## ", "\n\n### ", ".\n\n### ", "**\n\n", "\n\n**", "\n+ ", " [", ".) ", "--",
];

/// A common separator.
#[derive(Debug, Clone, Copy)]
pub(super) struct Common {
    /// Its bytes, padded with 0xff, which is in no UTF-8 text.
    bytes: u64,
    pub separator: Separator,
    /// Its number of line ends.
    pub lines: u8,
}

/// Size of the hash table of [`COMMON`].
const SLOTS: usize = 512;

/// Maximum length of a common separator, in bytes.
const MAX: usize = 8;

/// The slot of a separator in [`TABLE`]. The factor was chosen so that no two of [`COMMON`]
/// have the same slot.
const fn slot(bytes: u64) -> usize {
    (bytes.wrapping_mul(0x9108_352a_ffdb_1dcd) >> (u64::BITS - SLOTS.trailing_zeros())) as usize
}

/// By length of a separator, the padding after it.
const PADDING: [u64; MAX + 1] = {
    let mut padding = [u64::MAX; MAX + 1];
    let mut len = 1;
    while len <= MAX {
        padding[len] = !(u64::MAX >> (64 - 8 * len));
        len += 1;
    }
    padding
};

/// A free slot: no separator starts with this byte.
const FREE: Common = Common { bytes: 0xff, separator: Separator(0), lines: 0 };

/// The hash table of [`COMMON`].
static TABLE: [Common; SLOTS] = {
    let mut table = [FREE; SLOTS];
    let mut at = 0;
    while at < COMMON.len() {
        let new = read(COMMON[at].as_bytes());
        let slot = slot(new.bytes);
        assert!(table[slot].bytes == FREE.bytes, "two separators in one slot: choose another factor");
        table[slot] = new;
        at += 1;
    }
    table
};

/// Classifies a separator of ASCII and typographic punctuation.
const fn read(bytes: &[u8]) -> Common {
    assert!(!bytes.is_empty() && bytes.len() <= MAX);
    let mut common = FREE;
    let mut at = 0;
    while at < bytes.len() {
        let (byte, next) = (bytes[at], if at + 1 < bytes.len() { Some(bytes[at + 1]) } else { None });
        let mut len = 1;
        common.separator = match (byte, next) {
            (b':', _) => common.separator.with_colon(),
            (b'*', _) => common.separator.with_star(next),
            (0xe2, Some(second)) => {
                len = 3;
                let c = 0x2000 | (second as u32 & 0x3f) << 6 | bytes[at + 2] as u32 & 0x3f;
                common.separator.with_unicode(match char::from_u32(c) {
                    Some(c) => c,
                    None => ' ',
                })
            }
            _ => {
                assert!(byte < 128, "outside ASCII only U+2000 to U+2FFF are read here");
                common.separator.with(CLASSES[byte as usize])
            }
        };
        common.lines += (byte == b'\n') as u8;
        at += len;
    }
    common.bytes = u64::MAX;
    while at > 0 {
        at -= 1;
        common.bytes = common.bytes << 8 | bytes[at] as u64;
    }
    common
}

/// The separator from `end` to `start`, if it is a common one.
#[inline]
pub(super) fn common(bytes: &[u8], end: u32, start: u32) -> Option<Common> {
    let len = start.wrapping_sub(end) as usize;
    let eight = bytes.get(end as usize..)?.first_chunk()?;
    let bytes = u64::from_le_bytes(*eight) | PADDING.get(len)?;
    let common = TABLE[slot(bytes)];
    (common.bytes == bytes).then_some(common)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_separators_are_found_and_no_others() {
        const MARKS: [&str; 24] = [
            " ", ",", ".", "-", "/", ":", "(", ")", "\n", "\r", "\t", "*", "#", "&", "+", "%", "\"", "'", "\0",
            "\u{7f}", "\u{a0}", "\u{2019}", "\u{2022}", "\u{201c}",
        ];
        let padded = |separator: &str| format!("{separator}word word");
        let found = |separator: &str| common(padded(separator).as_bytes(), 0, separator.len() as u32);
        for separator in COMMON {
            let expected = read(separator.as_bytes());
            assert_eq!(
                found(separator).map(|found| (found.separator, found.lines)),
                Some((expected.separator, expected.lines)),
                "{separator:?}"
            );
        }
        let check = |text: &str| assert_eq!(found(text).is_some(), COMMON.contains(&text), "{text:?}");
        check("");
        for first in MARKS {
            check(first);
            for second in MARKS {
                check(&format!("{first}{second}"));
                for third in MARKS {
                    check(&format!("{first}{second}{third}"));
                }
            }
        }
    }

    const SPACE: u8 = Separator::SPACE;
    const MARK: u8 = Separator::MARK;
    const STOP: u8 = Separator::STOP;
    const COLON: u8 = Separator::COLON;
    const NEWLINE: u8 = Separator::NEWLINE;
    const BULLET: u8 = Separator::BULLET;

    #[test]
    fn a_stop_or_colon_removes_the_space_before_it() {
        for (before, bits, expected) in [
            (SPACE, STOP, STOP),
            (STOP, SPACE, STOP | SPACE),
            (SPACE, MARK, SPACE | MARK),
            (SPACE | MARK, MARK, SPACE | MARK),
            (SPACE | MARK, STOP, MARK | STOP),
        ] {
            assert_eq!(Separator(before).with(bits).0, expected, "{before} {bits}");
        }
        for (before, expected) in [(SPACE, COLON), (COLON, COLON), (MARK, MARK | COLON)] {
            assert_eq!(Separator(before).with_colon().0, expected, "{before}");
        }
    }

    #[test]
    fn a_star_between_whitespace_is_a_bullet() {
        for (before, next, expected) in [
            (SPACE, Some(b' '), SPACE | MARK | BULLET),
            (NEWLINE, Some(b'\t'), NEWLINE | MARK | BULLET),
            (SPACE, Some(b'x'), SPACE | MARK),
            (SPACE, None, SPACE | MARK),
            (MARK, Some(b' '), MARK),
            (0, Some(b' '), MARK),
        ] {
            assert_eq!(Separator(before).with_star(next).0, expected, "{before} {next:?}");
        }
    }

    #[test]
    fn characters_have_their_meanings() {
        for (text, expected) in [
            ("\u{2022}\u{b7}\u{27a4}", BULLET),
            ("\u{85}\u{2028}\u{2029}", NEWLINE),
            ("\u{ad}\u{200b}\u{200d}\u{fe0f}", 0),
            ("\u{2026}\u{3002}", STOP),
            ("\u{1f680}\u{2615}\u{2b50}", MARK | Separator::EMOJI),
            ("\u{a0}\u{2003}\u{3000}", SPACE),
            ("\u{2019}\u{20ac}\u{2212}", MARK),
        ] {
            for c in text.chars() {
                assert_eq!(Separator(0).with_unicode(c).0, expected, "{c:?}");
                assert_eq!(Separator(expected | MARK).with_unicode(c).0, expected | MARK, "{c:?} twice");
            }
        }
        for (bytes, expected) in [
            ("azAZ09", 0),
            (" \t", SPACE),
            ("\n\r\u{b}\u{c}", NEWLINE),
            (";", Separator::SEMICOLON),
            (".!?", STOP),
            (":*\u{e9}", SPECIAL),
            (",-\0", MARK),
        ] {
            assert!(bytes.bytes().all(|byte| CLASSES[byte as usize] == expected), "{bytes:?}");
        }
    }

    #[test]
    fn positions_outside_the_text_have_no_separator() {
        for (end, start) in [(u32::MAX, 0), (u32::MAX, 3), (u32::MAX - 3, 1), (30, 31), (5, 4), (0, 0)] {
            assert!(common(b"some words of a text", end, start).is_none());
        }
    }
}
