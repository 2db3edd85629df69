//! Random markup around a text, and random damage to it.

#![allow(clippy::format_push_string, reason = "pages are written piece by piece")]

use crate::random;

const INLINE: [&str; 12] = ["b", "em", "span", "a", "I", "font", "strong", "u", "code", "o:p", "x-note", "mark"];
const BLOCKS: [&str; 8] = ["p", "div", "P", "blockquote", "section", "article", "h3", "dd"];

/// Attributes that do not change the text.
const ATTRIBUTES: [&str; 10] = [
    " class=\"a>b\"",
    " title='1 < 2'",
    " data-x=1",
    " id = \"x\" ",
    " style=\"color:red\"",
    " style='display: block'",
    " aria-hidden=false",
    " href=\"/?a=1&amp;b=2&lt;\"",
    " itemscope",
    "\n  class=y\n",
];

/// Start and end of markup whose content is not shown or not part of the posting.
const HIDING: [(&str, &str); 22] = [
    ("<div hidden>", "</div>"),
    ("<span HIDDEN=''>", "</span>"),
    ("<div style=\"color:red; Display : NONE\">", "</div>"),
    ("<p aria-hidden=true>", "</p>"),
    ("<span style='visibility:hidden'>", "</span>"),
    ("<div class='x similar-jobs y'>", "</div>"),
    ("<section role=navigation>", "</section>"),
    ("<nav>", "</nav>"),
    ("<footer>", "</footer>"),
    ("<form action='/x'>", "</form>"),
    ("<aside>", "</aside>"),
    ("<dialog open>", "</dialog>"),
    ("<button>", "</button>"),
    ("<select><option>", "</select>"),
    ("<script>if (a < b) { \"<p>\" }", "</script>"),
    ("<STYLE>p > a {}", "</style >"),
    ("<noscript>", "</noscript>"),
    ("<template><p>", "</template>"),
    ("<svg viewBox=\"0 0 1 1\"><text>", "</text></svg>"),
    ("<!-- <p>", "-->"),
    ("<textarea>", "</textarea>"),
    ("<title>", "</title>"),
];

/// What damage inserts.
const PIECES: [&str; 40] = [
    "<p>", "</p>", "<div>", "</div>", "<b>", "</b>", "<span>", "</span>", "<li>", "</li>", "<ul>", "</ul>", "<br>",
    "</br>", "<table>", "</table>", "<tr>", "<td>", "</td>", "<h2>", "</h3>", "<div hidden>", "<span hidden>", "<nav>",
    "</nav>", "<form>", "</form>", "<aside>", "</aside>", "<a href=x>", "</a>", "<!-- x -->", "&amp;", "&nbsp",
    "&#8217;", "&lt;", "<section>", "</section>", "<button>", "</body>",
];

/// Characters that damage inserts.
const MARKS: [char; 12] = ['<', '>', '/', '=', '"', '\'', '&', ';', ' ', '-', '!', '\n'];

/// Writes random markup.
pub(super) struct PageWriter {
    random: Box<dyn FnMut() -> u32>,
}

impl PageWriter {
    pub(super) fn new(seed: u32) -> Self {
        Self { random: Box::new(random::numbers(seed)) }
    }

    pub(super) fn below(&mut self, n: usize) -> usize {
        (self.random)() as usize % n.max(1)
    }

    fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }

    /// A page that shows `text`, a line of it in each block.
    pub(super) fn page(&mut self, text: &str) -> String {
        let is_whole = self.one_in(2);
        let mut page = String::from(if is_whole {
            "<!DOCTYPE html>\n<html lang=en><head><title>Hidden words</title><style>p {}</style></head><body>\n"
        } else {
            "<div>"
        });
        let mut list = false;
        for line in text.lines().filter(|line| !line.trim().is_empty()) {
            let is_item = self.one_in(2);
            if list && !is_item {
                page += "</ul>\n";
            } else if !list && is_item {
                page += "<ul>";
            }
            list = is_item;
            if !list && self.one_in(4) {
                page += &self.hidden();
            }
            page += &if list { self.item(line) } else { self.block(line) };
            if self.one_in(3) {
                page.push('\n');
            }
        }
        if list {
            page += "</ul>";
        }
        page += if is_whole { "</body></html>" } else { "</div>" };
        page
    }

    fn attributes(&mut self) -> String {
        // At most one: of a repeated attribute only the first counts.
        if self.one_in(3) { self.pick(&ATTRIBUTES).to_owned() } else { String::new() }
    }

    fn block(&mut self, line: &str) -> String {
        let (inside, attributes) = (self.words(line), self.attributes());
        match self.below(12) {
            // A paragraph needs no end tag before another block.
            0 => format!("<p{attributes}>{inside}<div></div>"),
            1 => format!("{inside}<br{attributes}>"),
            2 => format!("<div>{inside}<br/></div>"),
            3 => {
                let cells: Vec<&str> = inside.splitn(2, " \n").collect();
                format!("<table{attributes}><tr><td>{}</td></tr></table>", cells.join("</td><td>"))
            }
            4 => format!("<pre{attributes}>{inside}</pre>"),
            5 => format!("<dl><dt>{inside}<dd></dl>"),
            _ => {
                let name = self.pick(&BLOCKS);
                format!("<{name}{attributes}>{inside}</{name}>")
            }
        }
    }

    fn item(&mut self, line: &str) -> String {
        let (inside, attributes) = (self.words(line), self.attributes());
        match self.below(3) {
            0 => format!("<li{attributes}>{inside}"),
            1 => format!("<LI{attributes}><p>{inside}</LI>"),
            _ => format!("<li{attributes}>{inside}</li>"),
        }
    }

    fn hidden(&mut self) -> String {
        let (start, end) = self.pick(&HIDING);
        format!("{start}hidden words{end}")
    }

    /// The words of a line, some in inline elements.
    fn words(&mut self, line: &str) -> String {
        let mut out = String::new();
        let mut open = None;
        for (at, word) in line.split_whitespace().enumerate() {
            if at > 0 {
                let space = self.pick(&[" ", " ", " ", " ", "\n", " \n  ", "\r\n", "\t", "  "]);
                out += space;
            }
            if open.is_none() && self.one_in(9) {
                let name = self.pick(&INLINE);
                out += &format!("<{name}{}>", self.attributes());
                open = Some(name);
            }
            self.word(word, &mut out);
            if open.is_some() && self.one_in(3) {
                out += &open.take().map_or(String::new(), |name| format!("</{name}>"));
            }
            match self.below(120) {
                0 => out += "<!-- a > b -->",
                1 => out += "<span hidden>hidden</span>",
                2 => out += "<wbr>",
                3 => out += "<img alt='hidden' src=x>",
                4 => out += "<script>hidden()</script>",
                _ => {}
            }
        }
        if let Some(name) = open {
            out += &format!("</{name}>");
        }
        out
    }

    fn word(&mut self, word: &str, out: &mut String) {
        for c in word.chars() {
            match c {
                '&' => out.push_str("&amp;"),
                '<' => out.push_str("&lt;"),
                '>' if self.one_in(2) => out.push_str("&gt;"),
                '\u{a0}' => out.push_str("&nbsp;"),
                '\u{2019}' if self.one_in(2) => out.push_str("&rsquo;"),
                _ if c > '\u{a0}' && self.one_in(2) || c.is_alphabetic() && self.one_in(400) => {
                    out.push_str(&if self.one_in(2) {
                        format!("&#{};", u32::from(c))
                    } else {
                        format!("&#X{:x};", u32::from(c))
                    });
                }
                _ => out.push(c),
            }
        }
    }

    /// The page with one to four changes.
    pub(super) fn damaged(&mut self, page: &str) -> String {
        let mut parts: Vec<String> = Vec::new();
        for part in page.split_inclusive('>') {
            let (text, tag) = part.split_at(part.find('<').unwrap_or(part.len()));
            parts.extend([text, tag].into_iter().filter(|part| !part.is_empty()).map(str::to_owned));
        }
        for _ in 0..=self.below(4) {
            let at = self.below(parts.len());
            match self.below(8) {
                0 => drop(parts.remove(at)),
                1 => parts.insert(at, parts[at].clone()),
                2 => {
                    let next = (at + 1) % parts.len();
                    parts.swap(at, next);
                }
                3 | 4 => parts.insert(at, self.pick(&PIECES).to_owned()),
                5 => {
                    parts[at].pop();
                }
                6 => {
                    let places: Vec<usize> = parts[at].char_indices().map(|(place, _)| place).collect();
                    if let Some(&place) = places.get(self.below(places.len())) {
                        let mark = self.pick(&MARKS);
                        parts[at].insert(place, mark);
                    }
                }
                _ if parts.len() > 20 => parts.truncate(parts.len() - self.below(9)),
                _ => {}
            }
        }
        parts.concat()
    }
}
