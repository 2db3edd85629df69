//! The words of titles, by what they contribute to a claim.
//!
//! Every other word is [`Word::Unknown`]: a trade, a product or a place, depending on its
//! neighbors.

use crate::hash::GOLDEN;

/// What a word contributes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Word {
    /// Seniority, kind of contract, region, article: claims nothing.
    Neutral,
    /// "staff": a seniority, or part of "chief of staff".
    Staff,
    /// A number or requisition id.
    Number,
    /// The noun for whoever holds the job.
    Head(Head),
    /// The plural of a head: the people who are wanted, or those who use the product.
    Heads(Head),
    /// A title in one word: "PMM", "CPO".
    Whole(Whole),
    /// "product".
    Product,
    /// "products": goods as often as the products of a product manager.
    Products,
    /// "marketing".
    Marketing,
    /// "management".
    Management,
    /// The "led" of "product-led".
    Led,
    /// Modifies either role and is no trade itself: "growth", "AI".
    Domain,
    /// Product marketing under another name when marketing follows: "solutions".
    Offer,
    /// Part of product management's own terms: "product line", "product group".
    Line,
    /// Work next to product management when it follows "product": "strategy".
    Near,
    /// "go-to-market".
    GoToMarket,
    /// "outbound".
    Outbound,
    /// Another trade's field: "engineering", "sales".
    Trade,
    /// A field where "PM" is a project manager or a time of day: "construction".
    Works,
    /// "and": joins fields or titles.
    And,
    /// "or": joins titles.
    Or,
    /// "of", "for", "in": what follows is the head's field, or its area.
    Of,
    /// "at", "to", "with": what follows is somebody else.
    At,
    /// Not in the table.
    Unknown,
}

/// The noun for whoever holds a job. Of two in a row the greater one says what the job is: a
/// "product lead engineer" is an engineer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Head {
    /// "assistant": has a field only if one is named before it.
    Aide,
    /// "specialist", "consultant": with "product" alone, sales or support.
    Specialist,
    /// "strategist", "analyst", "intern".
    Analyst,
    /// "associate", "executive": a rank before or after another head.
    Associate,
    /// "management".
    Management,
    /// "manager", "director", "head".
    Manager,
    /// Its trade is known from the word alone: "engineer".
    Trade,
}

/// Titles in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Whole {
    /// "CPO": a product manager.
    ProductManager,
    /// "PMM".
    ProductMarketer,
    /// "marketer".
    Marketer,
    /// "PM": product, project or program manager, or a time of day.
    Pm,
    /// "TPM": technical product or program manager.
    Tpm,
}

/// A word with its bytes as a number, the last byte lowest. Of a word of more than 16 bytes these are
/// the last 16.
pub(super) type Key = u128;

/// Maximum length of a word of the table, in bytes. It leaves room in a [`Key`] for one more byte and the
/// "s" of a plural, so that the last bytes of a longer word are not taken for a word.
const LONGEST: usize = 14;

const LISTS: [(Word, &str); 30] = [
    (
        Word::Neutral,
        "a an the vice senior sr snr junior jr founding fractional interim acting deputy temp temporary permanent \
         entry mid level levels i ii iii iv v vi m f d w x h div gn mwd fmd mfd mfx all gender genders remote hybrid onsite \
         contract contractor freelance full part time fulltime parttime ft pt wfh hiring now job jobs position role roles title \
         opening vacancy opportunity new global regional international national worldwide us usa uk eu emea apac latam \
         na north south east west america americas europe multiple various experienced certified licensed paid unpaid \
         month months year years summer winter spring fall hour hours day days",
    ),
    (Word::Staff, "staff"),
    (Word::Head(Head::Aide), "assistant asst aide secretary receptionist"),
    (
        Word::Head(Head::Specialist),
        "specialist consultant advisor adviser expert professional generalist member coach fellow",
    ),
    (
        Word::Head(Head::Analyst),
        "analyst strategist evangelist advocate planner coordinator intern internship trainee \
         apprentice apprenticeship rotation",
    ),
    (Word::Head(Head::Associate), "associate assoc executive exec"),
    (
        Word::Head(Head::Manager),
        "manager mgr mngr director dir head vp svp evp avp rvp president lead leader chief officer \
         owner principal gm",
    ),
    (
        Word::Head(Head::Trade),
        "engineer eng engr developer dev designer architect scientist programmer sde swe sre sdet qa dba technologist \
         administrator researcher nurse rn lpn cna teacher accountant cpa bookkeeper auditor controller technician \
         mechanic machinist welder electrician plumber writer copywriter editor author journalist recruiter sourcer \
         counsel attorney lawyer paralegal underwriter actuary broker trader banker teller chef cook baker driver \
         therapist librarian housekeeper surveyor cashier server bartender barista waiter inspector superintendent \
         supervisor foreman operator installer physician doctor dentist pharmacist psychologist counselor \
         instructor professor lecturer tutor trainer translator interpreter photographer videographer artist animator \
         producer stylist biologist chemist geologist toxicologist economist statistician agent salesperson seller \
         salesman rep representative merchandiser buyer stocker picker packer loader guard \
         master cto cfo ceo coo cmo cro chro cio ciso founder cofounder ambassador volunteer worker \
         attendant clerk demonstrator tester liaison pilot crew host caregiver nanny estimator \
         scheduler dispatcher handler mentor solicitor hygienist veterinarian ae sdr bdr csm",
    ),
    (Word::Whole(Whole::ProductManager), "pdm cpo cpto gpm apm productmanager produktmanager productowner"),
    (Word::Whole(Whole::ProductMarketer), "pmm gpmm apmm"),
    (Word::Whole(Whole::Marketer), "marketer"),
    (Word::Whole(Whole::Pm), "pm"),
    (Word::Whole(Whole::Tpm), "tpm"),
    (Word::Product, "product prod produkt"),
    (Word::Products, "products"),
    (Word::Marketing, "marketing mktg mkting mktng"),
    (Word::Management, "management mgmt mgmnt"),
    (Word::Led, "led"),
    (
        Word::Domain,
        "growth ai ml genai agentic enterprise consumer mobile web website platform business core payments search ads fintech \
         saas cloud app apps ios android internal identity monetization commerce ecommerce marketplace \
         adtech martech strategic general",
    ),
    (
        Word::Offer,
        "solution solutions technical customer partner partners industry portfolio audience segment competitive vertical \
         offering offerings launch",
    ),
    (Word::Line, "line group area suite team organization organisation org"),
    (
        Word::Near,
        "strategy innovation development planning launches adoption experience \
         discovery roadmap pricing insights enablement evangelism excellence",
    ),
    (Word::GoToMarket, "gtm"),
    (Word::Outbound, "outbound"),
    (
        Word::Trade,
        "engineering sales operations operation ops design ux ui data analytics analysis finance financial accounting account \
         accounts legal hr people talent recruiting security support service services success quality compliance \
         safety supply procurement purchasing sourcing manufacturing production logistics research content creative \
         social media email event events field digital brand branding advertising communications communication pr seo sem crm \
         campaign demand acquisition lifecycle performance influencer trade channel integrated corporate \
         it software hardware infrastructure backend frontend fullstack devops test testing technology tech \
         education training documentation clinical medical science assurance stewardship regulatory environmental \
         photography liability demonstration demo certification integrity reliability merchandising packaging licensing \
         programming delivery implementation risk process program programme programs category store office \
         founders user control verification validation admin",
    ),
    (
        Word::Works,
        "project projects construction civil electrical mechanical structural hvac property transmission \
         substation water wastewater site facilities maintenance capital shift am cleaning remediation plm",
    ),
    (Word::And, "and und"),
    (Word::Or, "or oder"),
    (Word::Of, "of for in von"),
    // `to` after `go` is part of `go-to-market`: see `normalize`.
    (Word::At, "at to with by from reporting within using via"),
];

/// Slots of the table, a little more than half of them taken, so that few probes are needed.
const SLOTS: usize = 1024;

static TABLE: [(Key, Word); SLOTS] = build();

/// What a word contributes; a plural that is not in the table counts as its singular.
pub(super) fn class(key: Key) -> Word {
    match find(key) {
        Word::Unknown if key & 0xff == Key::from(b's') => match find(key >> 8) {
            Word::Head(head) => Word::Heads(head),
            word => word,
        },
        word => word,
    }
}

/// The key of a word in any case.
pub(super) const fn key(word: &str) -> Key {
    let bytes = word.as_bytes();
    let (mut key, mut at) = (0, 0);
    while at < bytes.len() {
        key = key << 8 | bytes[at].to_ascii_lowercase() as Key;
        at += 1;
    }
    key
}

fn find(key: Key) -> Word {
    let mut slot = home(key);
    loop {
        let (taken, word) = TABLE[slot];
        if taken == key {
            return word;
        }
        if taken == 0 {
            return Word::Unknown;
        }
        slot = (slot + 1) % SLOTS;
    }
}

const fn home(key: Key) -> usize {
    let folded = (key as u64) ^ ((key >> 64) as u64).rotate_left(31);
    (folded.wrapping_mul(GOLDEN) >> 48) as usize % SLOTS
}

/// Fills the table when the program is compiled; a word listed twice does not compile.
#[allow(clippy::large_stack_arrays, reason = "it is the compiler's stack")]
const fn build() -> [(Key, Word); SLOTS] {
    let mut table = [(0, Word::Unknown); SLOTS];
    let mut list = 0;
    while list < LISTS.len() {
        let (word, bytes) = (LISTS[list].0, LISTS[list].1.as_bytes());
        let (mut key, mut at) = (0, 0);
        while at <= bytes.len() {
            if at == bytes.len() || bytes[at] == b' ' {
                if key != 0 {
                    let mut slot = home(key);
                    while table[slot].0 != 0 {
                        assert!(table[slot].0 != key, "a word is listed twice");
                        slot = (slot + 1) % SLOTS;
                    }
                    table[slot] = (key, word);
                }
                key = 0;
            } else {
                assert!(key >> (8 * (LONGEST - 1)) == 0, "a word is too long");
                key = key << 8 | bytes[at] as Key;
            }
            at += 1;
        }
        list += 1;
    }
    table
}
