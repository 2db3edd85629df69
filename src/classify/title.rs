//! What a job title claims.

use super::verdict::TitleSays;

/// Words of seniority and form, which claim nothing.
const NOISE: [&str; 34] = [
    "a",
    "an",
    "the",
    "of",
    "and",
    "for",
    "in",
    "at",
    "to",
    "senior",
    "sr",
    "junior",
    "jr",
    "lead",
    "principal",
    "staff",
    "associate",
    "intern",
    "internship",
    "head",
    "director",
    "vp",
    "vice",
    "president",
    "chief",
    "group",
    "global",
    "executive",
    "ii",
    "iii",
    "i",
    "f",
    "m",
    "d",
];

/// Longest first line that is taken for a title, in words.
const MAX_WORDS: usize = 14;

/// Reads `title`. Seniority is ignored: "VP Product" is product management.
pub(crate) fn read(title: &str) -> TitleSays {
    let lower = title.to_lowercase();
    let words: Vec<&str> =
        lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty() && !NOISE.contains(word)).collect();
    let follows = |first: &str, second: &[&str]| {
        words.windows(2).any(|pair| pair[0] == first && second.iter().any(|stem| pair[1].starts_with(stem)))
    };
    let has = |word: &str| words.contains(&word);
    // "Outbound product manager" is product marketing's work under another name.
    let marketing = follows("product", &["marketing", "marketer"])
        || has("pmm")
        || has("outbound") && follows("product", &["manage", "owner"])
        || lower.contains("go-to-market") && has("product");
    let combined = lower.contains("management & marketing")
        || lower.contains("management and marketing")
        || lower.contains("marketing & management")
        || lower.contains("marketing and management")
        || lower.contains("manager/marketer");
    let management = (follows("product", &["manage", "owner", "ownership", "lead"]) || has("pm") || has("cpo"))
        && !has("outbound")
        || bare_product(&words);
    match (management, marketing) {
        _ if combined && has("product") => TitleSays::Hybrid,
        (true, true) => TitleSays::Hybrid,
        (true, false) => TitleSays::Pm,
        (false, true) => TitleSays::Pmm,
        (false, false) => TitleSays::Other,
    }
}

/// "VP Product", "Head of Product, Payments": nothing but the area follows.
fn bare_product(words: &[&str]) -> bool {
    words.first() == Some(&"product")
        && words.get(1).is_none_or(|next| {
            const JOBS: [&str; 16] = [
                "design",
                "market",
                "analy",
                "engineer",
                "operation",
                "support",
                "special",
                "develop",
                "research",
                "writer",
                "train",
                "manage",
                "owner",
                "consult",
                "demonstrat",
                "photo",
            ];
            !JOBS.iter().any(|job| next.starts_with(job))
        })
}

/// The first line of a posting when it reads as a title.
pub(crate) fn first_line(text: &str) -> Option<&str> {
    let line = text.lines().map(|line| line.trim_matches(|c: char| c.is_whitespace() || "#*_".contains(c)));
    let line = line.into_iter().find(|line| !line.is_empty())?;
    let words = line.split_whitespace().count();
    let ends = line.ends_with(['.', '!', '?', ':', ';', ',']);
    (words <= MAX_WORDS && !ends && read(line) != TitleSays::Other && starts_as_title(line)).then_some(line)
}

/// Whether every longer word is capitalised, as titles are written.
fn starts_as_title(line: &str) -> bool {
    line.split_whitespace()
        .filter(|word| word.chars().filter(|c| c.is_alphabetic()).count() > 3)
        .all(|word| word.chars().find(|c| c.is_alphabetic()).is_some_and(char::is_uppercase))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles() {
        let table = [
            ("Product Manager", TitleSays::Pm),
            ("Sr. Product Manager, Payments", TitleSays::Pm),
            ("Product Owner (m/f/d)", TitleSays::Pm),
            ("VP Product", TitleSays::Pm),
            ("Head of Product", TitleSays::Pm),
            ("Director, Product Management", TitleSays::Pm),
            ("Growth Product Manager", TitleSays::Pm),
            ("Product Lead", TitleSays::Pm),
            ("Product Marketing Manager", TitleSays::Pmm),
            ("Senior PMM", TitleSays::Pmm),
            ("Product Marketer", TitleSays::Pmm),
            ("Outbound Product Manager", TitleSays::Pmm),
            ("Product Manager / Product Marketing Manager", TitleSays::Hybrid),
            ("Head of Product Management & Marketing", TitleSays::Hybrid),
            ("Product Designer", TitleSays::Other),
            ("Product Support Engineer", TitleSays::Other),
            ("Marketing Manager", TitleSays::Other),
            ("Nurse", TitleSays::Other),
            ("", TitleSays::Other),
        ];
        for (title, expected) in table {
            assert_eq!(read(title), expected, "{title}");
        }
    }

    #[test]
    fn only_a_title_is_taken_for_one() {
        assert_eq!(first_line("\n# Senior Product Manager\nWe are"), Some("Senior Product Manager"));
        assert_eq!(first_line("Our product managers own the roadmap\nand more"), None);
        assert_eq!(first_line("We make tea.\nProduct Manager"), None);
        assert_eq!(first_line(""), None);
    }
}
