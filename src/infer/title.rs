//! Reading job titles: the role that a title claims.

use super::verdict::TitleSays;

/// Words of seniority and form, which are ignored.
const IGNORED: [&str; 34] = [
    "a", "an", "the", "of", "and", "for", "in", "at", "to", "senior", "sr", "junior", "jr", "lead", "principal",
    "staff", "associate", "intern", "internship", "head", "director", "vp", "vice", "president", "chief", "group",
    "global", "executive", "ii", "iii", "i", "f", "m", "d",
];

/// Longest first line that is read as a title, in words.
const MAX_WORDS: usize = 14;

/// ASCII titles of at most this many bytes are read without allocating.
const SHORT: usize = 160;
/// Most words in such a title.
const SHORT_WORDS: usize = SHORT / 2;

/// Reads `title`. Seniority is ignored: "VP Product" is product management.
pub(crate) fn read(title: &str) -> TitleSays {
    let mut buffer = [0; SHORT];
    if let Some(lower) = buffer.get_mut(..title.len()).filter(|_| title.is_ascii()) {
        lower.copy_from_slice(title.as_bytes());
        lower.make_ascii_lowercase();
        let lower = std::str::from_utf8(lower).unwrap_or_default();
        let mut words = [""; SHORT_WORDS];
        let mut count = 0;
        for (slot, word) in words.iter_mut().zip(words_of(lower)) {
            *slot = word;
            count += 1;
        }
        return read_words(lower, &words[..count]);
    }
    let lower = title.to_lowercase();
    let words: Vec<&str> = words_of(&lower).collect();
    read_words(&lower, &words)
}

/// The words of a lowercase title that are not ignored.
fn words_of(lower: &str) -> impl Iterator<Item = &str> {
    lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty() && !is_ignored(word))
}

/// Whether a word is ignored. Length and first letter settle most cases.
fn is_ignored(word: &str) -> bool {
    let first = word.as_bytes().first();
    IGNORED.iter().any(|ignored| ignored.len() == word.len() && ignored.as_bytes().first() == first && *ignored == word)
}

fn read_words(lower: &str, words: &[&str]) -> TitleSays {
    let follows = |first: &str, second: &[&str]| {
        words.windows(2).any(|pair| pair[0] == first && second.iter().any(|stem| pair[1].starts_with(stem)))
    };
    let has = |word: &str| words.contains(&word);
    // "Outbound product manager" is product marketing's work under another name.
    let marketing = follows("product", &["marketing", "marketer"])
        || has("pmm")
        || has("outbound") && follows("product", &["manage", "owner"])
        || lower.contains("go-to-market") && (has("product") || has("products"));
    // "Product & Solutions Marketing", "Product and Brand Marketing".
    let joined = lower
        .split_once("product")
        .and_then(|(_, after)| joined_with(after.split_once("marketing")?.0))
        .is_some_and(|other| !other.starts_with("manage") && other != "product");
    let marketing = marketing || joined && !follows("product", &["manage"]);
    let combined = lower.contains("management & marketing")
        || lower.contains("management and marketing")
        || lower.contains("marketing & management")
        || lower.contains("marketing and management")
        || lower.contains("manager/marketer");
    let management = (follows("product", &["manage", "owner", "ownership", "lead"]) || has("pm") || has("cpo"))
        && !has("outbound")
        || bare_product(words) && !joined;
    match (management, marketing) {
        _ if combined && has("product") => TitleSays::Hybrid,
        (true, true) => TitleSays::Hybrid,
        (true, false) => TitleSays::Pm,
        (false, true) => TitleSays::Pmm,
        (false, false) => TitleSays::Other,
    }
}

/// The other word of "and other" or "& other", if there is no more.
fn joined_with(between: &str) -> Option<&str> {
    let between = between.trim();
    let other = between.strip_prefix('&').or_else(|| {
        let other = between.strip_prefix("and")?;
        other.starts_with(|c: char| c.is_whitespace() || c == '&').then_some(other)
    })?;
    let other = other.trim_start();
    // "& &" reads like "& and".
    let one = !other.is_empty() && (other == "&" || !other.contains(|c: char| c.is_whitespace() || c == '&'));
    one.then_some(if other == "&" { "and" } else { other })
}

/// "VP Product", "Head of Product, Payments": only an area follows.
fn bare_product(words: &[&str]) -> bool {
    words.first() == Some(&"product")
        && words.iter().skip(1).take(2).take_while(|next| **next != "product").all(|next| {
            const JOBS: [&str; 16] = [
                "design", "market", "analy", "engineer", "operation", "support", "special", "develop", "research",
                "writer", "train", "manage", "owner", "consult", "demonstrat", "photo",
            ];
            !JOBS.iter().any(|job| next.starts_with(job))
        })
}

/// Words for the holder of a job; a first line with one may be a title. Sorted.
const JOB_NOUNS: [&str; 40] = [
    "accountant", "administrator", "advisor", "agent", "analyst", "architect", "assistant", "associate", "buyer",
    "chief", "consultant", "controller", "coordinator", "copywriter", "designer", "developer", "director", "editor",
    "engineer", "evangelist", "executive", "head", "intern", "lead", "leader", "manager", "marketer", "master",
    "nurse", "officer", "owner", "partner", "planner", "president", "recruiter", "representative", "researcher",
    "scientist", "specialist", "strategist",
];

/// The first line of a posting if it reads like a title: it names a job, is short and is no
/// sentence.
pub(crate) fn first_line(text: &str) -> Option<&str> {
    // Lines of these alone are skipped.
    let skipped = |c: char| c.is_whitespace() || "#*_".contains(c);
    let text = text.trim_start_matches(skipped);
    let end = memchr::memchr(b'\n', text.as_bytes()).unwrap_or(text.len());
    let line = text[..end].trim_end_matches(skipped);
    let ends = line.ends_with(['.', '!', '?', ':', ';', ',']);
    let short = || line.split_whitespace().nth(MAX_WORDS).is_none();
    let names = || read(line) != TitleSays::Other || line.split(|c: char| !c.is_alphabetic()).any(is_job_noun);
    (!ends && short() && capitalized_as_title(line) && names()).then_some(line)
}

/// Whether a word, in any case, is a job noun.
fn is_job_noun(word: &str) -> bool {
    let mut lower = [0; 16];
    match lower.get_mut(..word.len()) {
        Some(lower) if word.is_ascii() => {
            lower.copy_from_slice(word.as_bytes());
            lower.make_ascii_lowercase();
            let lower: &[u8] = lower;
            JOB_NOUNS.binary_search_by(|noun| noun.as_bytes().cmp(lower)).is_ok()
        }
        _ => !word.is_ascii() && JOB_NOUNS.binary_search(&word.to_lowercase().as_str()).is_ok(),
    }
}

/// Longest title, in words, that needs only its first word capitalized: "Senior product
/// manager, payments".
const MAX_PLAIN_WORDS: usize = 4;

/// Whether a line is capitalized like a title: in every longer word, or in the first of a
/// few words. Brackets do not count.
fn capitalized_as_title(line: &str) -> bool {
    let end = line.find(['(', '[']).filter(|&at| at > 0).unwrap_or(line.len());
    let mut words = line[..end].split_whitespace().filter_map(|word| word.chars().find(|c| c.is_alphabetic()));
    let capital = words.clone().next().is_some_and(char::is_uppercase);
    if capital && words.clone().nth(MAX_PLAIN_WORDS).is_none() {
        return true;
    }
    let long = |word: &&str| word.chars().filter(|c| c.is_alphabetic()).count() > 3;
    capital
        && words.next().is_some()
        && line[..end]
            .split_whitespace()
            .filter(long)
            .all(|word| word.chars().find(|c| c.is_alphabetic()).is_some_and(char::is_uppercase))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_claim_roles() {
        let table = [
            ("Product Manager", TitleSays::Pm),
            ("Sr. Product Manager, Payments", TitleSays::Pm),
            ("Product Owner (m/f/d)", TitleSays::Pm),
            ("VP Product", TitleSays::Pm),
            ("Head of Product", TitleSays::Pm),
            ("Director, Product Management", TitleSays::Pm),
            ("Growth Product Manager", TitleSays::Pm),
            ("Product Lead", TitleSays::Pm),
            ("Technical Product Manager II", TitleSays::Pm),
            ("Chief Product Officer", TitleSays::Pm),
            ("Director of Product", TitleSays::Pm),
            ("Group PM, Search", TitleSays::Pm),
            ("Manager, Product Management", TitleSays::Pm),
            ("Product Management Intern", TitleSays::Pm),
            ("Vice President, Product", TitleSays::Pm),
            ("Inbound Product Manager", TitleSays::Pm),
            ("AI Product Manager", TitleSays::Pm),
            ("Head of Product Growth", TitleSays::Pm),
            ("Product Marketing Manager", TitleSays::Pmm),
            ("Senior PMM", TitleSays::Pmm),
            ("Product Marketer", TitleSays::Pmm),
            ("Outbound Product Manager", TitleSays::Pmm),
            ("Product Manager, Outbound", TitleSays::Pmm),
            ("PMM Lead", TitleSays::Pmm),
            ("VP, Product Marketing", TitleSays::Pmm),
            ("Director of Product & Solutions Marketing", TitleSays::Pmm),
            ("Solutions Marketing Manager", TitleSays::Other),
            ("Go-to-Market Manager, New Products", TitleSays::Pmm),
            ("PM/PMM", TitleSays::Hybrid),
            ("Product Management and Marketing Lead", TitleSays::Hybrid),
            ("Head of Product and Product Marketing", TitleSays::Hybrid),
            ("Production Manager", TitleSays::Other),
            ("Project Manager", TitleSays::Other),
            ("Product Operations Manager", TitleSays::Other),
            ("Program Manager, Product", TitleSays::Other),
            ("Data Scientist, Product", TitleSays::Other),
            ("Product Engineer", TitleSays::Other),
            ("Product Data Analyst", TitleSays::Other),
            ("Engineering Manager, Product Platform", TitleSays::Other),
            ("Marketing Manager, Product Launches", TitleSays::Other),
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
    fn first_lines_that_are_titles() {
        assert_eq!(first_line("\n# Senior Product Manager\nWe are"), Some("Senior Product Manager"));
        assert_eq!(first_line("Our product managers own the roadmap\nand more"), None);
        assert_eq!(first_line("We make tea.\nProduct Manager"), None);
        assert_eq!(first_line(""), None);
        assert_eq!(first_line("\r\n# \n _**\n"), None);
        assert_eq!(first_line("**Product Manager**\r\nWe are"), Some("Product Manager"));
        assert_eq!(first_line("\r\n# \n__ Nurse __ #\n"), Some("Nurse"));
        assert_eq!(first_line("Product Manager (the first one)\n"), Some("Product Manager (the first one)"));
        assert_eq!(first_line("Senior product manager, payments"), Some("Senior product manager, payments"));
        assert_eq!(first_line("Senior UX Designer"), Some("Senior UX Designer"));
        assert_eq!(first_line("About Tallis & Fen"), None);
        assert_eq!(first_line("The person in this job leads a team of nine"), None);
        assert!(JOB_NOUNS.is_sorted());
        assert!(JOB_NOUNS.iter().all(|noun| noun.len() <= 16));
    }
}
