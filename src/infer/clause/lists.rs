//! Words that show where clauses begin and end, and what they state.

/// Words that join parts of a sentence.
pub(super) const CONJUNCTIONS: [&str; 4] = ["and", "or", "then", "but"];

/// Words left out at the start of a clause, besides conjunctions: they join the clause to the one
/// before, or address the candidate.
pub(super) const LEADING: [&str; 7] = ["also", "well", "that", "you", "will", "ll", "to"];

/// Words that say what somebody has or is, at the start of a clause or after its subject.
pub(super) const STATES: [&str; 10] = ["have", "ve", "has", "had", "are", "re", "is", "was", "were", "seeking"];

/// Nouns of what a candidate should have.
pub(super) const QUALIFICATIONS: [&str; 12] = [
    "ability", "background", "degree", "experience", "expertise", "familiarity", "knowledge", "proficiency", "record",
    "skills", "skill", "understanding",
];

/// Words that begin a subordinate clause, before which a clause that is too long may be cut.
pub(super) const SUBORDINATE: [&str; 10] =
    ["while", "that", "which", "so", "by", "to", "including", "as", "where", "through"];

/// Words that show that the word before is a verb, even if it is often a noun: "plan the launch".
pub(super) const AFTER_VERB: [&str; 14] =
    ["the", "a", "an", "our", "your", "their", "its", "all", "new", "key", "and", "how", "what", "with"];

/// Words that begin the object of a verb, and hardly ever follow its noun.
pub(super) const DETERMINERS: [&str; 9] = ["the", "a", "an", "our", "your", "their", "its", "these", "this"];

/// Pronouns that stand for something said before.
pub(super) const POINTERS: [&str; 6] = ["them", "it", "these", "those", "both", "this"];

/// Words that begin an object: the word before is a verb, not part of a name.
pub(super) const OBJECT_STARTS: [&str; 10] = ["the", "a", "an", "our", "your", "their", "how", "what", "with", "out"];

/// Words that often begin the items of a list.
pub(super) const ITEM_STARTS: [&str; 10] = [
    "be", "strong", "excellent", "proven", "deep", "solid", "comfortable", "demonstrated", "exceptional", "proficient",
];

/// Words at the start of a clause that only adds to the one before.
pub(super) const DEPENDENT: [&str; 7] = ["including", "from", "by", "of", "with", "ideally", "preferably"];

/// Words of the sentences that introduce the duties of a job.
pub(super) const INTRODUCTIONS: [&str; 16] = [
    "you", "will", "responsible", "responsibility", "responsibilities", "role", "position", "accountable", "charge",
    "opportunity", "duties", "person", "candidate", "include", "includes", "involves",
];

/// Words before the people with whom something is done.
pub(super) const WITH: [&str; 4] = ["with", "alongside", "between", "support"];

/// Nouns of people.
pub(super) const PEOPLE: [&str; 22] = [
    "team", "teams", "group", "groups", "department", "departments", "colleagues", "counterparts", "stakeholders",
    "partners", "experts", "managers", "designers", "engineers", "developers", "leads", "leaders", "specialists",
    "marketers", "executives", "functions", "scientists",
];

/// Words before which one of [`PEOPLE`] is a noun and not a verb: "leads of the team", unlike
/// "leads the team".
pub(super) const OF_PEOPLE: [&str; 6] = ["for", "of", "is", "are", "who", "include"];

/// Verbs that introduce a duty but state none by themselves: "you will be working on …".
pub(super) const LIGHT: [&str; 10] =
    ["include", "includes", "including", "work", "working", "need", "get", "take", "serve", "act"];
