//! Months, quarters and years of dates.

use std::fmt;
use std::str::FromStr;

use crate::error::{Error, ErrorKind};

/// The length of time by which dates are grouped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Period {
    /// `2026-03`.
    Month,
    /// `2026-Q1`.
    Quarter,
    /// `2026`.
    Year,
}

/// The group of values that are not dates.
pub(crate) const NO_DATE: &str = "(no date)";

const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

impl Period {
    const ALL: [Self; 3] = [Self::Month, Self::Quarter, Self::Year];

    /// `month`, `quarter` or `year`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Month => "month",
            Self::Quarter => "quarter",
            Self::Year => "year",
        }
    }

    /// The name of the period of a date; names sort in the order of time.
    pub(crate) fn of(self, date: &str) -> Option<String> {
        let (year, month) = year_and_month(date)?;
        match (self, month) {
            (Self::Year, _) => Some(format!("{year:04}")),
            (Self::Month, Some(month)) => Some(format!("{year:04}-{month:02}")),
            (Self::Quarter, Some(month)) => Some(format!("{year:04}-Q{}", (month - 1) / 3 + 1)),
            (_, None) => None,
        }
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Period {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let wanted = text.trim().to_ascii_lowercase();
        Self::ALL.into_iter().find(|period| period.as_str() == wanted).ok_or_else(|| {
            Error::new(ErrorKind::Input, format!("unknown period '{text}'")).hint("month, quarter or year")
        })
    }
}

/// Whether a text is a date with a month; a year alone is not.
pub(crate) fn is_date(text: &str) -> bool {
    year_and_month(text).is_some_and(|(_, month)| month.is_some())
}

/// The year of a date, from 1900 to 2199, and its month. Neither the day nor a time is checked.
///
/// - Year first: `2026-03-05T10:00`, `2026/3`, `20260305`, `202603`, `2026`.
/// - Day first, with dots or dashes: `05.03.2026`, `5-3-2026`.
/// - With slashes, month first (`3/5/2026`), or day first if the first number is over 12 (`25/3/2026`).
/// - The month by its English name: `5 March 2026`, `Mar 5, 2026`, `Thu, 5 Mar 2026 10:00:00 GMT`.
/// - Seconds (10 digits) or milliseconds (13 digits) since 1970, in any year.
fn year_and_month(text: &str) -> Option<(u32, Option<u32>)> {
    let text = text.trim();
    if text.len() > 40 {
        return None;
    }
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        let number: u64 = text.parse().ok()?;
        let (year, month) = match text.len() {
            4 => return in_range(number as u32, None),
            6 => (number / 100, number % 100),
            8 => (number / 10_000, number / 100 % 100),
            10 => return Some(civil(number / 86_400)),
            13 => return Some(civil(number / 86_400_000)),
            _ => return None,
        };
        return in_range(year as u32, Some(month as u32));
    }
    let parts: Vec<&str> = text.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty()).collect();
    let number = |at: usize| parts.get(at).and_then(|part| part.parse::<u32>().ok());
    let year = |at: usize| number(at).filter(|_| parts[at].len() == 4);
    let named = parts.iter().take(3).find_map(|part| {
        let start = part.get(..3)?.to_ascii_lowercase();
        let at = MONTHS.iter().position(|month| *month == start)?;
        part.bytes().all(|byte| byte.is_ascii_alphabetic()).then_some(at as u32 + 1)
    });
    if let Some(month) = named {
        return in_range((0..parts.len().min(4)).find_map(year)?, Some(month));
    }
    if let Some(first) = year(0) {
        // The day may be followed by a time: `2026-03-05T10:00`.
        return in_range(first, Some(number(1)?));
    }
    let (first, second, year) = (number(0)?, number(1)?, year(2)?);
    let month_first = text.contains('/') && first <= 12;
    in_range(year, Some(if month_first { first } else { second }))
}

/// A year and a month, if both can be those of a date.
fn in_range(year: u32, month: Option<u32>) -> Option<(u32, Option<u32>)> {
    let fits = (1900..2200).contains(&year) && month.is_none_or(|month| (1..=12).contains(&month));
    fits.then_some((year, month))
}

/// Year and month of a day since 1970 (Howard Hinnant, "chrono-compatible low-level date
/// algorithms").
fn civil(days: u64) -> (u32, Option<u32>) {
    let days = days + 719_468;
    let (era, of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let day = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day + 2) / 153;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    ((year_of_era + era * 400 + u64::from(month <= 2)) as u32, Some(month as u32))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Expected values of seconds and milliseconds from Python's `datetime`.
    #[test]
    fn dates_have_periods() {
        for (date, month) in [
            ("2026-03-05", Some("2026-03")),
            ("2026-03-05T10:00:00Z", Some("2026-03")),
            ("2026/3/5", Some("2026-03")),
            ("2026-03", Some("2026-03")),
            ("20260305", Some("2026-03")),
            ("202603", Some("2026-03")),
            ("202613", None),
            ("05.03.2026", Some("2026-03")),
            ("5-3-2026", Some("2026-03")),
            ("3/5/2026", Some("2026-03")),
            ("25/3/2026", Some("2026-03")),
            ("Mar 5, 2026", Some("2026-03")),
            ("5 March 2026", Some("2026-03")),
            ("Thu, 5 Mar 2026 10:00:00 GMT", Some("2026-03")),
            ("1772668800", Some("2026-03")),
            ("1772323199", Some("2026-02")),
            ("1772668800000", Some("2026-03")),
            ("1768435200", Some("2026-01")),
            // The last day of 400 years.
            ("0951782400", Some("2000-02")),
            ("1772323200", Some("2026-03")),
            ("4139078399", Some("2101-02")),
            ("4139078400", Some("2101-03")),
            ("2026-13-05", None),
            ("2026", None),
            ("Thu, 5 Mar 2026 10:00:00 +0000 (in Paris)", None),
            ("Thu, 5 Mar 2026 10:00:00 +0000 (in Rome)", Some("2026-03")),
            ("yesterday", None),
            ("", None),
            ("12", None),
            ("Munich", None),
        ] {
            assert_eq!(Period::Month.of(date).as_deref(), month, "{date}");
            assert_eq!(is_date(date), month.is_some(), "{date}");
        }
        assert_eq!(Period::Quarter.of("2026-03-31").as_deref(), Some("2026-Q1"));
        assert_eq!(Period::Quarter.of("2026-10-01").as_deref(), Some("2026-Q4"));
        assert_eq!(Period::Year.of("2026").as_deref(), Some("2026"));
        assert_eq!("Quarter".parse::<Period>().unwrap(), Period::Quarter);
        assert!("week".parse::<Period>().unwrap_err().to_string().contains("month, quarter or year"));
    }
}
