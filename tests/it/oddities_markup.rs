//! Further files of the kinds of odd markup in `tests/cases`, for [`super::oddities`].

#![allow(clippy::too_many_lines, reason = "tables of cases")]

use super::oddities::{Kind, base, escaped, html, same, texts, with};

pub(crate) fn markup() -> Vec<Kind> {
    let page = html(same, same);
    let json = serde_json::to_string(&page).expect("JSON");
    let json = json.trim_matches('"');
    let data = |script: &str| format!("<!DOCTYPE html><title>Jobs</title><p>Careers</p>{script}");
    let lines = |by: &str| base().lines().map(|line| line.to_owned() + by).collect::<Vec<_>>().concat();
    vec![
        (
            "less than",
            0.5,
            texts([
                with("We answer in <two hours."),
                with("Our staff is <b hundred people."),
                with("Costs fell by <5% and we kept >90%."),
                with("Write to <jobs@larkfield.example>."),
                with("Where x<y there is y>x <- always."),
            ]),
        ),
        (
            "CDATA",
            0.6,
            texts([
                format!("<job><![CDATA[{}]]></job>", base()),
                format!("<?xml version=\"1.0\"?><rss><item><description><![CDATA[{page}]]></description></item></rss>"),
                format!("<div><![CDATA[{}]]></div>", base()),
                base().replacen("\n\n", "]]></a>\n\n<b><![CDATA[", 2).replacen("Senior", "<x><a><![CDATA[Senior", 1)
                    + "]]></b></x>",
                format!("<content type=\"html\"><![CDATA[\n{page}\n]]></content>"),
            ]),
        ),
        (
            "escaped markup",
            0.3,
            texts([
                escaped(&page),
                escaped(&escaped(&page)),
                page.replace('<', "&#60;").replace('>', "&#62;"),
                page.replace('<', "&#x3C;").replace('>', "&#x3e;"),
                page.replace('<', "&LT;").replace('>', "&GT;"),
            ]),
        ),
        (
            "escapes of JSON",
            0.3,
            texts([
                page.replace('<', "\\u003c").replace('>', "\\u003e"),
                page.replace('<', "\\u003C").replace('>', "\\u003E"),
                page.replace('<', "\\u003c").replace('>', "\\u003e").replace('\n', "\\n"),
                page.replace('<', "\\u003c").replace('>', "\\u003e").replace("p>", "p class=\\\"a\\\">"),
                page.replace("</", "\\u003c\\/").replace('<', "\\u003c").replace('>', "\\u003e"),
            ]),
        ),
        (
            "literal line ends",
            0.4,
            texts([
                base().replace('\n', "\\n"),
                base().replace('\n', "\\r\\n"),
                base().replace('\n', "\\n\\n"),
                base().replace("\n- ", "\\n\\u2022 ").replace('\n', "\\n"),
                base().replace('\n', "\\r"),
            ]),
        ),
        (
            "attributes",
            0.3,
            texts([
                page.replace("<li>", "<li title=\"a > b\">"),
                page.replace("<li>", "<li data-x='<b>Own the launch</b>'>"),
                page.replace("<p>", "<p onclick=\"if (a > b) launch()\">"),
                page.replace("<li>", "<li\nclass=\"x\"\n  id='y>z'>"),
                page.replace("<div>", "<div data-json='{\"a\":\"<p>Write messaging</p>\"}'>"),
            ]),
        ),
        (
            "line ends in the source",
            0.3,
            [30, 45, 60, 72, 100]
                .map(|width| {
                    html(same, |line| {
                        let mut column = 0;
                        line.split(' ')
                            .map(|word| {
                                column += word.len() + 1;
                                if column > width {
                                    column = 0;
                                    format!("{word}\n    ")
                                } else {
                                    format!("{word} ")
                                }
                            })
                            .collect::<Vec<_>>()
                            .concat()
                    })
                    .into_bytes()
                })
                .into(),
        ),
        (
            "inline elements",
            0.3,
            ["o:p", "x-word", "font", "mark", "tt", "ins"]
                .map(|name| {
                    html(|word| if word.len() > 5 { format!("<{name}>{word}</{name}>") } else { word.to_owned() }, same)
                        .into_bytes()
                })
                .into(),
        ),
        (
            "other postings",
            0.3,
            [
                ("<aside>", "</aside>"),
                ("<div class='card similar-jobs'>", "</div>"),
                ("<section id=related-jobs>", "</section>"),
                ("<div><h2>Similar jobs</h2>", "</div>"),
                ("<footer><h3>More roles</h3>", "</footer>"),
                ("<ul aria-hidden=true>", "</ul>"),
            ]
            .map(|(start, end)| {
                let others =
                    "<li>Write the messaging of each launch</li><li>Brief the press and run campaigns</li>".repeat(4);
                format!("{page}{start}{others}{end}").into_bytes()
            })
            .into(),
        ),
        (
            "references without a semicolon",
            0.3,
            texts([
                page.replace(" the ", "&nbspthe&nbsp"),
                page.replace("an ", "an&nbsp "),
                page.replace("<li>", "<li>&middot "),
                page.replace("<li>", "<li>&raquo "),
                page.replace(" and ", " &amp "),
            ]),
        ),
        (
            "structured data",
            0.3,
            texts([
                data(&format!(
                    "<script type=\"application/ld+json\">{{\"@type\":\"JobPosting\",\"description\":\"{json}\"}}</script>"
                )),
                data(&format!(
                    "<script type='application/ld+json'>{{\"description\" : \"{json}\", \"@type\" : \"JobPosting\"}}</script>"
                )),
                data(&format!(
                    "<script type=application/ld+json>{{\"@graph\":[{{\"@type\":\"Organization\",\"description\":\"Tickets\"}},{{\"@type\":\"JobPosting\",\"description\":\"{json}\"}}]}}</script>"
                )),
                data(&format!(
                    "<script type=\"application/ld+json\">{{\"@type\":\"JobPosting\",\"description\":\"{}\"}}</script>",
                    escaped(json)
                )),
                data(&format!(
                    "<script type=\"application/ld+json\">\n[{{\n  \"@type\": \"JobPosting\",\n  \"title\": \"x\",\n  \"description\": \"{}\"\n}}]\n</script>",
                    json.replace('<', "\\u003c")
                )),
            ]),
        ),
        (
            "hidden parts",
            0.3,
            [
                "div hidden",
                "div hidden=until-found",
                "div style='display: none'",
                "div aria-hidden=\"true\"",
                "div style=\"visibility:hidden\"",
                "template",
            ]
            .map(|tag| {
                let name = tag.split(' ').next().unwrap_or_default();
                page.replace(
                    "</div>",
                    &format!(
                        "<{tag}><p>Write the messaging and positioning of each launch with sales</p></{name}></div>"
                    ),
                )
                .into_bytes()
            })
            .into(),
        ),
        (
            "line breaks",
            0.4,
            texts([
                lines("<br>"),
                lines("<br/>\n"),
                lines("<BR />"),
                format!("<p>{}</p>", lines("<br>\n")),
                lines("<br class='x'></br>"),
            ]),
        ),
    ]
}
