//! What stands between two words.

/// What stood between two words: a set of the bits below.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Gap(pub u8);

impl Gap {
    pub(super) const SPACE: u8 = 1;
    /// Comma, brackets, dashes, slashes and other marks.
    pub(super) const MARK: u8 = 2;
    /// `.`, `!`, `?`
    pub(super) const STOP: u8 = 4;
    pub(super) const COLON: u8 = 8;
    pub(super) const NEWLINE: u8 = 16;
    pub(super) const SEMICOLON: u8 = 32;
    pub(super) const BULLET: u8 = 64;
    /// What may part segments.
    pub(super) const PARTING: u8 = Self::STOP | Self::COLON | Self::NEWLINE | Self::SEMICOLON | Self::BULLET;

    /// With `bits` added. Blanks before a stop do not part it from the next sentence.
    pub(super) const fn with(self, bits: u8) -> Self {
        // A stop's own bit, moved to where the blank's is, takes that out.
        Self(self.0 & !((bits / Self::STOP) & Self::SPACE) | bits)
    }

    /// With a colon added that begins no address.
    pub(super) const fn with_colon(self) -> Self {
        Self(self.0 & !Self::SPACE | Self::COLON)
    }

    /// With a star added, `behind` which that byte stands.
    pub(super) const fn with_star(self, behind: Option<u8>) -> Self {
        let parts = self.has(Self::SPACE | Self::NEWLINE);
        let bullet = parts && matches!(behind, Some(b' ' | b'\t'));
        self.with(Self::MARK | (bullet as u8 * Self::BULLET))
    }

    /// With a mark added that is not ASCII: bullets part segments, Unicode blanks are
    /// blanks.
    pub(super) const fn with_wide(self, c: char) -> Self {
        let bits = match c {
            '\u{2022}' | '\u{b7}' | '\u{25cf}' | '\u{25e6}' | '\u{25aa}' | '\u{25ab}' | '\u{25a0}' | '\u{25a1}'
            | '\u{27a2}' | '\u{2713}' | '\u{2714}' | '\u{2705}' | '\u{2043}' | '\u{2219}' | '\u{25ba}' | '\u{f0b7}'
            | '\u{27a4}' => Self::BULLET,
            '\u{85}' | '\u{2028}' | '\u{2029}' => Self::NEWLINE,
            '\u{ad}' | '\u{200b}' | '\u{200c}' | '\u{200d}' | '\u{feff}' => 0,
            '\u{2026}' | '\u{3002}' => Self::STOP,
            _ if c.is_whitespace() => Self::SPACE,
            _ => Self::MARK,
        };
        Self(self.0 | bits)
    }

    pub(super) const fn has(self, bits: u8) -> bool {
        self.0 & bits != 0
    }
}

/// A byte that has to be looked at more closely; one of [`Gap`]'s bits is all there is
/// to know of the others, and none stands for a letter or digit.
pub(super) const SPECIAL: u8 = 128;

pub(super) const CLASSES: [u8; 256] = {
    let mut table = [Gap::MARK; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = match byte as u8 {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => 0,
            b' ' | b'\t' => Gap::SPACE,
            b'\n' | b'\r' | 0x0b | 0x0c => Gap::NEWLINE,
            b';' => Gap::SEMICOLON,
            b'.' | b'!' | b'?' => Gap::STOP,
            b':' | b'*' | 128..=255 => SPECIAL,
            _ => Gap::MARK,
        };
        byte += 1;
    }
    table
};

/// What mostly stands between two words, of at most eight bytes each: known by one look
/// at all of them. Everything else is read byte by byte.
pub(super) const FREQUENT: [&str; 100] = [
    " ",
    ", ",
    ". ",
    "-",
    "/",
    ".",
    ": ",
    " (",
    ") ",
    ",",
    "'",
    "\u{2019}",
    "\n",
    "\n\n",
    ".\n",
    ".\n\n",
    ",\n",
    ";\n",
    ":\n",
    ":\n\n",
    "\r\n",
    ".\r\n",
    "\r\n\r\n",
    ".\r\n\r\n",
    ":\r\n",
    " \n",
    ". \n",
    "\n ",
    " & ",
    "&",
    " - ",
    " / ",
    "; ",
    "+ ",
    " + ",
    "? ",
    "! ",
    "!\n",
    "?\n",
    "!\n\n",
    "?\n\n",
    "  ",
    ".  ",
    ":  ",
    "), ",
    "). ",
    ").\n",
    ").\n\n",
    ")\n",
    ")",
    "(",
    "% ",
    "%",
    " $",
    " \"",
    "\" ",
    "\", ",
    "' ",
    "\u{2019} ",
    " \u{2013} ",
    " \u{2014} ",
    "\u{2013}",
    "\u{2014}",
    " \u{201c}",
    "\u{201d} ",
    " \u{2018}",
    "\n- ",
    ".\n- ",
    "\n\n- ",
    ".\n\n- ",
    ":\n- ",
    ":\n\n- ",
    ";\n- ",
    ")\n- ",
    ", \n",
    "\n* ",
    ".\n* ",
    "\n\n* ",
    ":\n* ",
    ":\n\n* ",
    ";\n* ",
    "\n*  ",
    ".\n*  ",
    "\n\n*  ",
    ":\n\n*  ",
    ")\n*  ",
    "\n\u{2022} ",
    ".\n\u{2022} ",
    ";\n\u{2022} ",
    " \u{2022} ",
    "\n\n## ",
    ".\n\n## ",
    "\n\n### ",
    ".\n\n### ",
    "**\n\n",
    "\n\n**",
    "\n+ ",
    " [",
    ".) ",
    "--",
];

/// A gap that is known, with the line ends in it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Known {
    /// Behind the last, bytes that are in no text.
    bytes: u64,
    pub gap: Gap,
    pub lines: u8,
}

const SLOTS: usize = 512;

/// Longest gap that may be known, in bytes.
const MAX: usize = 8;

/// Where the gap of these bytes is in [`KNOWN`]. The factor is one by which no two of
/// [`FREQUENT`] have the same place.
const fn slot(bytes: u64) -> usize {
    (bytes.wrapping_mul(0x9108_352a_ffdb_1dcd) >> (u64::BITS - SLOTS.trailing_zeros())) as usize
}

/// By length, the bits that do not belong to a gap.
const BEHIND: [u64; MAX + 1] = {
    let mut behind = [u64::MAX; MAX + 1];
    let mut len = 1;
    while len <= MAX {
        behind[len] = !(u64::MAX >> (64 - 8 * len));
        len += 1;
    }
    behind
};

/// No gap: one that begins with a byte that is in no text.
const NONE: Known = Known { bytes: 0xff, gap: Gap(0), lines: 0 };

/// By [`slot`].
static KNOWN: [Known; SLOTS] = {
    let mut known = [NONE; SLOTS];
    let mut at = 0;
    while at < FREQUENT.len() {
        let new = read(FREQUENT[at].as_bytes());
        let slot = slot(new.bytes);
        assert!(known[slot].bytes == NONE.bytes, "two gaps with one place: another factor is needed");
        known[slot] = new;
        at += 1;
    }
    known
};

/// Reads a gap behind a word, of ASCII marks and typographic ones.
const fn read(bytes: &[u8]) -> Known {
    assert!(!bytes.is_empty() && bytes.len() <= MAX);
    let mut known = NONE;
    let mut at = 0;
    while at < bytes.len() {
        let (byte, behind) = (bytes[at], if at + 1 < bytes.len() { Some(bytes[at + 1]) } else { None });
        let mut len = 1;
        known.gap = match (byte, behind) {
            (b':', _) => known.gap.with_colon(),
            (b'*', _) => known.gap.with_star(behind),
            (0xe2, Some(second)) => {
                len = 3;
                let c = 0x2000 | (second as u32 & 0x3f) << 6 | bytes[at + 2] as u32 & 0x3f;
                known.gap.with_wide(match char::from_u32(c) {
                    Some(c) => c,
                    None => ' ',
                })
            }
            _ => {
                assert!(byte < 128, "of wide characters only those from U+2000 on are read here");
                known.gap.with(CLASSES[byte as usize])
            }
        };
        known.lines += (byte == b'\n') as u8;
        at += len;
    }
    known.bytes = u64::MAX;
    while at > 0 {
        at -= 1;
        known.bytes = known.bytes << 8 | bytes[at] as u64;
    }
    known
}

/// What is known of the gap between a word that ends at `end` and one that begins at
/// `start`.
#[inline]
pub(super) fn known(bytes: &[u8], end: u32, start: u32) -> Option<Known> {
    let len = start.wrapping_sub(end) as usize;
    let eight = bytes.get(end as usize..)?.first_chunk()?;
    let bytes = u64::from_le_bytes(*eight) | BEHIND.get(len)?;
    let known = KNOWN[slot(bytes)];
    (known.bytes == bytes).then_some(known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frequent_gaps_are_known_and_no_others() {
        const MARKS: [&str; 24] = [
            " ", ",", ".", "-", "/", ":", "(", ")", "\n", "\r", "\t", "*", "#", "&", "+", "%", "\"", "'", "\0",
            "\u{7f}", "\u{a0}", "\u{2019}", "\u{2022}", "\u{201c}",
        ];
        let padded = |gap: &str| format!("{gap}word word");
        let known = |gap: &str| known(padded(gap).as_bytes(), 0, gap.len() as u32);
        for gap in FREQUENT {
            let expected = read(gap.as_bytes());
            assert_eq!(
                known(gap).map(|known| (known.gap, known.lines)),
                Some((expected.gap, expected.lines)),
                "{gap:?}"
            );
        }
        let check = |gap: &str| assert_eq!(known(gap).is_some(), FREQUENT.contains(&gap), "{gap:?}");
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

    #[test]
    fn places_far_from_any_text_are_no_gap() {
        for (end, start) in [(u32::MAX, 0), (u32::MAX, 3), (u32::MAX - 3, 1), (30, 31), (5, 4), (0, 0)] {
            assert!(known(b"some words of a text", end, start).is_none());
        }
    }
}
