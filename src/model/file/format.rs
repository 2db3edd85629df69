//! The constants of the format, and its checksum.

/// The first bytes of every model file.
pub(super) const MAGIC: &[u8; 8] = b"ROLECALL";

/// Raised when the layout changes; other versions are refused.
pub(crate) const VERSION: u16 = 7;

/// Bytes before the checksummed part: magic, version, checksum.
pub(super) const HEADER: usize = 8 + 2 + 8;

/// Tables start at multiples of this many bytes of the file, a cache line, so that no row of
/// weights straddles two.
pub(crate) const TABLE_ALIGNMENT: usize = 64;

/// A variant of FNV-1a over eight bytes at a time: detects damage, not manipulation.
pub(super) fn checksum(bytes: &[u8]) -> u64 {
    let mut sum = 0xcbf2_9ce4_8422_2325_u64 ^ bytes.len() as u64;
    let mut chunks = bytes.chunks_exact(8);
    for chunk in &mut chunks {
        let word = chunk.iter().rev().fold(0u64, |word, &byte| word << 8 | u64::from(byte));
        sum = (sum ^ word).wrapping_mul(0x0100_0000_01b3);
        sum ^= sum >> 31;
    }
    for &byte in chunks.remainder() {
        sum = (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    sum ^ (sum >> 32)
}
