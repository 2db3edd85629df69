//! Verbs that state what the holder of a job does, and the form a word has of one.

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

/// Verbs that are nouns as well.
const NOUNS: [&str; 72] = [
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

/// Reads a word as a form of one of the verbs, whatever its case.
pub(crate) fn verb(word: &str) -> Option<Verb> {
    if !word.is_ascii() || !(3..=17).contains(&word.len()) {
        return None;
    }
    let word = word.to_ascii_lowercase();
    let known = |base: &str| {
        if VERBS.binary_search(&base).is_ok() {
            Some(false)
        } else {
            NOUNS.binary_search(&base).is_ok().then_some(true)
        }
    };
    let found = |form: Form, often_noun: bool| Some(Verb { form, often_noun });
    if let Some(often_noun) = known(&word) {
        return found(Form::Base, often_noun);
    }
    if IRREGULAR.binary_search(&word.as_str()).is_ok() {
        return found(Form::Past, false);
    }
    for (suffix, form) in [("ing", Form::Gerund), ("ed", Form::Past), ("s", Form::Third)] {
        let Some(stem) = word.strip_suffix(suffix) else { continue };
        for base in bases(stem, form) {
            if let Some(often_noun) = known(&base) {
                return found(form, often_noun);
            }
        }
    }
    british(&word).and_then(|american| verb(&american))
}

/// What a word without its ending may be the form of.
fn bases(stem: &str, form: Form) -> Vec<String> {
    let mut bases = vec![stem.to_owned()];
    if form == Form::Third {
        bases.extend(stem.strip_suffix("ie").map(|start| format!("{start}y")));
        bases.extend(stem.strip_suffix('e').map(str::to_owned));
    } else {
        bases.push(format!("{stem}e"));
        bases.extend(stem.strip_suffix('i').map(|start| format!("{start}y")));
        if let [.., a, b] = stem.as_bytes()
            && a == b
        {
            bases.push(stem[..stem.len() - 1].to_owned());
        }
    }
    bases
}

/// The American spelling of "analyse" and of verbs in "-ise".
fn british(word: &str) -> Option<String> {
    let at = word.rfind("ys").filter(|_| word.starts_with("anal")).or_else(|| word.rfind("is"))?;
    (at >= 3 && !word.contains('z')).then(|| format!("{}z{}", &word[..=at], &word[at + 2..]))
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
            assert_eq!(verb(word).map(|verb| (verb.form, verb.often_noun)), expected, "{word}");
        }
    }
}
