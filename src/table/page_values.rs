//! What a row can take of the pages of a Parquet column: the longest text and, of lists, the most values of
//! a row. Headers do not tell these, so the pages are unpacked for it, one at a time.

use parquet::basic::{Encoding, Type};
use parquet::column::page::{Page, PageReader};
use parquet::errors::{ParquetError, Result};
use parquet::schema::types::ColumnDescriptor;

/// The most that one row holds of a column.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct LargestRow {
    /// Number of values.
    pub values: u64,
    /// Length in bytes of all its texts.
    pub bytes: u64,
}

/// Reads the pages of a column. A value may be longer than its part of a page where the page or a
/// dictionary has it once for many rows.
///
/// # Errors
/// That of the parquet crate; a page with more texts than its header says.
pub(super) fn largest_row(pages: &mut dyn PageReader, column: &ColumnDescriptor) -> Result<LargestRow> {
    let mut most = LargestRow::default();
    let mut in_dictionary = 0;
    // Of the row at hand: its values, and the longest text in them.
    let (mut values, mut longest, mut spanned) = (0, 0, 0);
    while let Some(page) = pages.get_next_page()? {
        if let Page::DictionaryPage { buf, .. } = &page {
            in_dictionary = longest_text(buf, Encoding::PLAIN, u64::MAX, column)?;
            continue;
        }
        let count = u64::from(page.num_values());
        let (repetitions, levels) = levels(&page, column)?;
        let texts = page.buffer().get(levels..).ok_or_else(damaged)?;
        let text = match page.encoding() {
            Encoding::RLE_DICTIONARY | Encoding::PLAIN_DICTIONARY => in_dictionary,
            encoding => longest_text(texts, encoding, count, column)?,
        };
        // The texts of a list cannot be longer than the pages that it is in, unless from a dictionary.
        let own = texts.len() as u64;
        let mut add = |values: u64, longest: u64, spanned: u64| {
            most.values = most.values.max(values);
            let most_bytes = values.saturating_mul(longest);
            let from_dictionary = values.saturating_mul(in_dictionary);
            most.bytes = most.bytes.max(most_bytes.min(spanned.saturating_add(from_dictionary)).max(longest));
        };
        if column.max_rep_level() == 0 {
            add(1, text, u64::MAX);
            continue;
        }
        (longest, spanned) = (text.max(longest), own + spanned);
        let known = runs(repetitions, column.max_rep_level(), count, &mut |starts, run| {
            if starts {
                add(values, longest, spanned);
                (values, longest, spanned) = (1, text, own);
            } else {
                values += run;
            }
        });
        if !known {
            values += count;
        }
        add(values, longest, spanned);
    }
    Ok(most)
}

fn damaged() -> ParquetError {
    ParquetError::General("a page is shorter than its header says".to_owned())
}

/// The repetition levels of a page, and the length of all its levels.
fn levels<'a>(page: &'a Page, column: &ColumnDescriptor) -> Result<(&'a [u8], usize)> {
    match page {
        Page::DataPageV2 { buf, rep_levels_byte_len, def_levels_byte_len, .. } => {
            let repetitions = *rep_levels_byte_len as usize;
            let bytes = buf.get(..repetitions).ok_or_else(damaged)?;
            Ok((bytes, repetitions.saturating_add(*def_levels_byte_len as usize)))
        }
        Page::DataPage { buf, num_values, rep_level_encoding, def_level_encoding, .. } => {
            let mut at = 0;
            let mut repetitions = &buf[..0];
            let kinds = [(column.max_rep_level(), rep_level_encoding), (column.max_def_level(), def_level_encoding)];
            for (which, (max, encoding)) in kinds.into_iter().enumerate() {
                if max == 0 {
                    continue;
                }
                let rest = buf.get(at..).ok_or_else(damaged)?;
                let (start, length) = if *encoding == Encoding::RLE {
                    let length = rest.first_chunk::<4>().ok_or_else(damaged)?;
                    (4, u32::from_le_bytes(*length) as usize)
                } else {
                    (0, (*num_values as usize * bit_width(max)).div_ceil(8))
                };
                if which == 0 && start > 0 {
                    repetitions = rest.get(start..start + length).ok_or_else(damaged)?;
                }
                at += start + length;
            }
            Ok((repetitions, at))
        }
        Page::DictionaryPage { .. } => Ok((&[], 0)),
    }
}

/// Bits of a level.
fn bit_width(max: i16) -> usize {
    (i16::BITS - max.leading_zeros()) as usize
}

/// Calls `each` for every level 0, which starts a row, and for every run of other levels. The levels are in
/// the format's hybrid of runs and packed bits. Returns `false` if it does not have `count` of them.
fn runs(mut bytes: &[u8], max: i16, count: u64, each: &mut dyn FnMut(bool, u64)) -> bool {
    let width = bit_width(max);
    let mut left = count;
    while left > 0 {
        let Some(header) = unsigned(&mut bytes) else { return false };
        if header & 1 == 0 {
            let run = (header >> 1).min(left);
            let Some((value, rest)) = bytes.split_at_checked(width.div_ceil(8)) else { return false };
            bytes = rest;
            if value.iter().any(|byte| *byte != 0) {
                each(false, run);
            } else if run > 0 {
                // Of rows of one value each, the first ends the row before.
                each(true, 1);
                if run > 1 {
                    each(true, 1);
                }
            }
            left -= run;
            continue;
        }
        let length = (header >> 1).saturating_mul(width as u64);
        let cut = usize::try_from(length).unwrap_or(usize::MAX).min(bytes.len());
        let Some(values) = bytes.split_off(..cut) else { return false };
        let here = (header >> 1).saturating_mul(8).min(left).min(values.len() as u64 * 8 / width as u64);
        for at in 0..here {
            each(packed(values, width, at as usize) == 0, 1);
        }
        left -= here;
        if here == 0 {
            return false;
        }
    }
    true
}

/// The integer number `at` of integers of `width` bits, at most 64, the lowest bits first. Bits beyond the
/// end are 0.
fn packed(bytes: &[u8], width: usize, at: usize) -> u64 {
    let first = at.saturating_mul(width);
    let mut window = [0; 16];
    for (to, from) in window.iter_mut().zip(bytes.get(first / 8..).unwrap_or_default()) {
        *to = *from;
    }
    let mask = u64::MAX.checked_shr(64 - width as u32).unwrap_or_default();
    (u128::from_le_bytes(window) >> (first % 8)) as u64 & mask
}

/// The length of the longest of the texts in a page; 0 for other types, which are short.
fn longest_text(mut bytes: &[u8], encoding: Encoding, count: u64, column: &ColumnDescriptor) -> Result<u64> {
    if column.physical_type() == Type::FIXED_LEN_BYTE_ARRAY {
        return Ok(bytes.len().min(column.type_length().unsigned_abs() as usize) as u64);
    }
    if column.physical_type() != Type::BYTE_ARRAY {
        return Ok(0);
    }
    let whole = bytes.len() as u64;
    match encoding {
        Encoding::PLAIN => {
            let mut longest = 0;
            while let Some((length, rest)) = bytes.split_first_chunk::<4>() {
                let length = u32::from_le_bytes(*length) as usize;
                longest = longest.max(length.min(rest.len()));
                bytes = rest.get(length..).unwrap_or_default();
            }
            Ok(longest as u64)
        }
        Encoding::DELTA_LENGTH_BYTE_ARRAY => longest_length(&mut bytes, count),
        // What a text has in common with the one before, then what it has more.
        Encoding::DELTA_BYTE_ARRAY => {
            Ok(longest_length(&mut bytes, count)?.saturating_add(longest_length(&mut bytes, count)?))
        }
        _ => Ok(whole),
    }
}

/// The largest of lengths that are stored as differences. Checks that there are not more than `count`: a few
/// bytes can stand for billions.
fn longest_length(bytes: &mut &[u8], count: u64) -> Result<u64> {
    let mut number = || unsigned(bytes).ok_or_else(damaged);
    let (block, miniblocks, total, first) = (number()?, number()?, number()?, number()?);
    if total > count {
        return Err(ParquetError::General(format!("a page has {total} texts, its header says {count}")));
    }
    let per_miniblock = block.checked_div(miniblocks).filter(|size| *size > 0).ok_or_else(damaged)?;
    let mut length = signed(first);
    let mut longest = length;
    let mut left = total.saturating_sub(1);
    while left > 0 {
        let least = signed(unsigned(bytes).ok_or_else(damaged)?);
        let widths = usize::try_from(miniblocks).ok().and_then(|count| bytes.split_off(..count)).ok_or_else(damaged)?;
        for width in widths.iter().map(|width| usize::from(*width)) {
            if left == 0 {
                break;
            }
            let size = (per_miniblock / 8).saturating_mul(width as u64);
            let miniblock = usize::try_from(size).ok().and_then(|size| bytes.split_off(..size)).ok_or_else(damaged)?;
            if width > 64 {
                return Err(damaged());
            }
            let here = left.min(per_miniblock);
            for at in 0..here {
                length = length.wrapping_add(least).wrapping_add(packed(miniblock, width, at as usize).cast_signed());
                longest = longest.max(length);
            }
            left -= here;
        }
    }
    Ok(longest.try_into().unwrap_or_default())
}

/// An integer whose lowest bit is the sign.
fn signed(value: u64) -> i64 {
    (value >> 1).cast_signed() ^ -(value & 1).cast_signed()
}

/// An integer of variable length: seven bits a byte, the lowest first.
fn unsigned(bytes: &mut &[u8]) -> Option<u64> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let byte = *bytes.split_off_first()?;
        value |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Some(value);
        }
    }
    None
}
