//! Verbs that state duties, and their forms.

use super::stopwords::{FORM, OFTEN_NOUN, VERB};

/// The form of a verb.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// "own"
    Base,
    /// "owns"
    Third,
    /// "owning"
    Gerund,
    /// "owned"
    Past,
}

/// A word read as a verb.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Verb {
    /// Its form.
    pub form: Form,
    /// Whether the same word is often a noun: "plan", "launch".
    pub often_noun: bool,
}

impl Verb {
    /// Packs the verb into the flags of a word.
    pub(super) fn flags(self) -> u8 {
        VERB | (u8::from(self.often_noun) * OFTEN_NOUN) | ((self.form as u8) << FORM.trailing_zeros())
    }

    /// Reads the flags of a word.
    pub(super) fn of(flags: u8) -> Option<Self> {
        let form = [Form::Base, Form::Third, Form::Gerund, Form::Past][usize::from(flags >> FORM.trailing_zeros())];
        (flags & VERB != 0).then_some(Self { form, often_noun: flags & OFTEN_NOUN != 0 })
    }
}

/// Verbs in their base form, in American spelling, that are seldom anything else.
const VERBS: [&str; 203] = [
    "accelerate", "achieve", "act", "adapt", "address", "advise", "advocate", "aggregate", "align", "allocate",
    "analyze", "anticipate", "apply", "articulate", "assemble", "assess", "assign", "assist", "author", "automate",
    "become", "bring", "build", "capture", "carry", "choose", "clarify", "close", "collaborate", "collect", "combine",
    "communicate", "compile", "compose", "conceive", "conceptualize", "conduct", "configure", "connect", "consolidate",
    "consult", "contribute", "convert", "convey", "coordinate", "craft", "create", "cultivate", "curate", "customize",
    "decide", "define", "deliver", "demonstrate", "deploy", "determine", "develop", "devise", "differentiate",
    "direct", "discover", "distill", "diversify", "educate", "elevate", "elicit", "embed", "empower", "enable",
    "encourage", "engage", "enhance", "ensure", "equip", "escalate", "establish", "evaluate", "evangelize", "evolve",
    "examine", "execute", "expand", "explain", "explore", "facilitate", "find", "formulate", "foster", "gain",
    "gather", "generate", "give", "grow", "guide", "handle", "help", "hire", "identify", "implement", "improve",
    "incorporate", "increase", "influence", "inform", "inspire", "integrate", "interpret", "introduce", "invent",
    "investigate", "iterate", "keep", "lead", "learn", "leverage", "liaise", "listen", "localize", "maintain", "make",
    "manage", "maximize", "mentor", "migrate", "moderate", "monetize", "monitor", "negotiate", "nurture", "observe",
    "operationalize", "optimize", "orchestrate", "organize", "oversee", "own", "participate", "perfect", "perform",
    "personalize", "prepare", "prioritize", "produce", "promote", "propose", "protect", "prove", "provide", "publish",
    "pull", "pursue", "quantify", "rally", "recommend", "recruit", "reduce", "refine", "represent", "resolve",
    "respond", "run", "secure", "seek", "select", "sell", "serve", "set", "shape", "sharpen", "ship", "simplify",
    "solicit", "solve", "spearhead", "specify", "stay", "steer", "streamline", "strengthen", "supervise", "sustain",
    "synthesize", "tailor", "take", "talk", "teach", "tell", "think", "thrive", "transform", "translate", "turn",
    "uncover", "understand", "use", "utilize", "validate", "verify", "visualize", "watch", "weigh", "win", "write",
];

/// Verbs that are often nouns.
const NOUN_VERBS: [&str; 72] = [
    "approach", "audit", "balance", "benchmark", "boost", "brief", "budget", "challenge", "champion", "change",
    "check", "coach", "control", "demo", "design", "document", "draft", "drive", "estimate", "experiment", "feed",
    "focus", "forecast", "host", "ideate", "impact", "interview", "launch", "map", "market", "measure", "model",
    "move", "name", "package", "partner", "pilot", "pitch", "plan", "position", "present", "price", "process",
    "profile", "program", "project", "prototype", "rank", "release", "report", "research", "review", "schedule",
    "scope", "segment", "share", "size", "source", "sponsor", "structure", "study", "support", "survey", "target",
    "test", "track", "train", "trial", "update", "value", "voice", "work",
];

/// Past forms that do not end in "ed".
const IRREGULAR: [&str; 20] = [
    "became", "brought", "built", "chose", "drove", "found", "gave", "grew", "held", "kept", "led", "made", "ran",
    "sold", "taught", "told", "took", "understood", "won", "wrote",
];

/// Maximum length of a word that may be a verb, in bytes.
const MAX_BYTES: usize = 17;

/// A word of ASCII letters in lower case, on the stack.
#[derive(Clone, Copy)]
struct Word {
    bytes: [u8; MAX_BYTES + 1],
    len: usize,
}

impl Word {
    fn new(word: &str) -> Option<Self> {
        if !(3..=MAX_BYTES).contains(&word.len()) || !word.bytes().all(|byte| byte.is_ascii_alphabetic()) {
            return None;
        }
        let mut bytes = [0; MAX_BYTES + 1];
        bytes.iter_mut().zip(word.bytes()).for_each(|(slot, byte)| *slot = byte.to_ascii_lowercase());
        Some(Self { bytes, len: word.len() })
    }

    fn as_str(&self) -> &str {
        std::str::from_utf8(&self.bytes[..self.len]).unwrap_or_default()
    }

    /// The word with its last `cut` letters replaced by `add`.
    fn ending(mut self, cut: usize, add: Option<u8>) -> Self {
        self.len = self.len.saturating_sub(cut);
        if let Some(byte) = add {
            self.bytes[self.len] = byte;
            self.len += 1;
        }
        self
    }

    /// Whether the word is often a noun; `None` if it is not the base form of a verb.
    fn base(&self) -> Option<bool> {
        let word = self.as_str();
        if VERBS.binary_search(&word).is_ok() {
            return Some(false);
        }
        NOUN_VERBS.binary_search(&word).is_ok().then_some(true)
    }
}

/// Reads a word as a form of one of the verbs, whatever its case.
pub(crate) fn verb(word: &str) -> Option<Verb> {
    let word = Word::new(word)?;
    form_of(word).or_else(|| form_of(american(word)?))
}

fn form_of(word: Word) -> Option<Verb> {
    if let Some(often_noun) = word.base() {
        return Some(Verb { form: Form::Base, often_noun });
    }
    if IRREGULAR.binary_search(&word.as_str()).is_ok() {
        return Some(Verb { form: Form::Past, often_noun: false });
    }
    for (suffix, form) in [("ing", Form::Gerund), ("ed", Form::Past), ("s", Form::Third)] {
        if word.as_str().ends_with(suffix) {
            // "planning" and "plans" may both be nouns.
            let found = bases(word.ending(suffix.len(), None), form).into_iter().flatten().find_map(|base| base.base());
            if let Some(often_noun) = found {
                return Some(Verb { form, often_noun });
            }
        }
    }
    None
}

/// The base forms that a word may have, given its `stem`: the word without its ending.
fn bases(stem: Word, form: Form) -> [Option<Word>; 4] {
    let ends = |end: &str| stem.as_str().ends_with(end);
    if form == Form::Third {
        let (ie, e) = (ends("ie").then(|| stem.ending(2, Some(b'y'))), ends("e").then(|| stem.ending(1, None)));
        return [Some(stem), ie, e, None];
    }
    let doubled = matches!(stem.as_str().as_bytes(), [.., a, b] if a == b);
    [
        Some(stem),
        Some(stem.ending(0, Some(b'e'))),
        ends("i").then(|| stem.ending(1, Some(b'y'))),
        doubled.then(|| stem.ending(1, None)),
    ]
}

/// The American spelling of "analyse" and of verbs in "-ise".
fn american(mut word: Word) -> Option<Word> {
    let text = word.as_str();
    let at = text.rfind("ys").filter(|_| text.starts_with("anal")).or_else(|| text.rfind("is"))?;
    word.bytes[at + 1] = b'z';
    Some(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_verbs() {
        use Form::{Base, Gerund, Past, Third};
        let table = [
            ("Own", Some((Base, false))),
            ("owns", Some((Third, false))),
            ("OWNING", Some((Gerund, false))),
            ("owned", Some((Past, false))),
            ("prioritise", Some((Base, false))),
            ("prioritising", Some((Gerund, false))),
            ("analyses", Some((Third, false))),
            ("analysing", Some((Gerund, false))),
            ("running", Some((Gerund, false))),
            ("identifies", Some((Third, false))),
            ("identified", Some((Past, false))),
            ("writes", Some((Third, false))),
            ("wrote", Some((Past, false))),
            ("launches", Some((Third, true))),
            ("launching", Some((Gerund, true))),
            ("plan", Some((Base, true))),
            ("roadmap", None),
            ("product", None),
            ("is", None),
            ("", None),
            ("\u{e9}tablir", None),
        ];
        for (word, expected) in table {
            let found = verb(word);
            assert_eq!(found.map(|verb| (verb.form, verb.often_noun)), expected, "{word}");
            assert_eq!(Verb::of(found.map_or(0, Verb::flags)), found, "{word}");
        }
    }
}
