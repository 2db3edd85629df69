//! The title in a sentence that says who is wanted: "Acme is hiring a Product Manager".

use super::find_title::names_holder;
use super::words::{Head, Whole, Word, class, key};

/// Maximum number of words between the opener and the title: "a talented, experienced".
const MAX_LEADING: usize = 6;

/// Maximum number of words of a title.
const MAX_WORDS: usize = 9;

/// The title in the first sentence that names one. `cut` says that the posting goes on after
/// `opening`.
pub(super) fn title(opening: &str, cut: bool) -> Option<&str> {
    let ends =
        |word: &'static str| memchr::memmem::find_iter(opening.as_bytes(), word).map(move |at| at + word.len() - 1);
    let title = |start: usize| Some((start, title_at(&opening[start..], cut)?));
    // Three searches for words are faster than one that stops at every space.
    let wanted = ends("ing ").filter_map(|space| after_wanted(opening, space)).find_map(title);
    let addressed = |word| ends(word).filter_map(|space| after_as(opening, space)).find_map(title);
    let found = [wanted, addressed("as "), addressed("As ")].into_iter().flatten();
    found.min_by_key(|(start, _)| *start).map(|(_, title)| title)
}

/// Where "hiring" or "looking for" ends, if such a word ends at `space`.
fn after_wanted(opening: &str, space: usize) -> Option<usize> {
    let (before, after) = (opening[..space].strip_suffix("ing")?, &opening[space + 1..]);
    let stem = |stem: &str| before.strip_suffix(stem).is_some_and(|before| !before.ends_with(char::is_alphanumeric));
    // Most words in "-ing" are settled by the letter before.
    match before.as_bytes().last()? {
        b'r' if stem("hir") => Some(space),
        b't' if stem("recruit") => Some(space),
        b'k' if stem("seek") => Some(space),
        b'k' if stem("look") && after.starts_with("for ") => Some(space + " for".len()),
        b'h' if stem("search") && after.starts_with("for ") => Some(space + " for".len()),
        _ => None,
    }
}

/// Where the words after "As a" or "join us as the" start, if "as" ends at `space`.
fn after_as(opening: &str, space: usize) -> Option<usize> {
    let (before, after) = (opening[..space].strip_suffix('s')?, &opening[space + 1..]);
    let addressed = match before.strip_suffix('A') {
        Some(before) => !before.ends_with(char::is_alphanumeric),
        None => before.ends_with(" us a") || before.ends_with(" team a"),
    };
    let article = ["a ", "an ", "the "].iter().find(|article| after.starts_with(**article))?;
    addressed.then_some(space + 1 + article.len())
}

/// The title that starts within the first few words of `rest`.
fn title_at(rest: &str, cut: bool) -> Option<&str> {
    let (mut start, mut end) = (None, 0);
    let (mut leading, mut count, mut last) = (0, 0, "");
    let mut whole = !cut;
    for (at, word) in words(rest) {
        let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
        let known = contribution(bare);
        let role = matches!(known, Word::Head(_) | Word::Whole(_) | Word::Product | Word::Marketing | Word::Management);
        let stops = word.ends_with(['.', ';', ':', '!', '?']) && known != Word::Neutral;
        if bare.starts_with(char::is_uppercase) || known == Word::Product || start.is_some() && role {
            start = start.or_else(|| word.find(|c: char| c.is_alphanumeric() || c == '(').map(|offset| at + offset));
            end = at + word.trim_end_matches([',', '.', ';', ':', '!', '?', '*', '_']).len();
            (count, last) = (count + 1, bare);
        } else if start.is_none() {
            leading += 1;
            let other = matches!(known, Word::And | Word::Or | Word::At)
                || matches!(bare, "who" | "that" | "people" | "someone");
            if leading > MAX_LEADING || other {
                return None;
            }
        } else if !matches!(bare, "of" | "and" | "or" | "") {
            whole = true;
            break;
        }
        if stops {
            whole = true;
            break;
        }
        if count == MAX_WORDS {
            return None;
        }
    }
    let title = rest.get(start?..end)?;
    // "Manager" alone names no job; "Nurse" or "PMM" does.
    let says = count > 1 || matches!(contribution(last), Word::Head(Head::Trade) | Word::Whole(Whole::ProductMarketer));
    (whole && says && names_holder(title) && !is_anybody(last)).then_some(title)
}

/// Whether a title's last word names several people, a possessor, or no job in particular:
/// "managers", "manager's", "professional".
fn is_anybody(last: &str) -> bool {
    const ANYBODY: [&str; 5] = ["professional", "leader", "member", "expert", "individual"];
    let contribution = contribution(last);
    matches!(contribution, Word::Heads(_))
        || matches!(contribution, Word::Whole(_)) && last.ends_with('s')
        || ["'s", "’s"].iter().any(|own| last.ends_with(own))
        || ANYBODY.iter().any(|word| word.eq_ignore_ascii_case(last))
}

/// Words between whitespace, and where they start.
fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.split_whitespace().map(move |word| (word.as_ptr() as usize - text.as_ptr() as usize, word))
}

/// What a word contributes to a title, in any case.
fn contribution(word: &str) -> Word {
    class(key(word))
}
