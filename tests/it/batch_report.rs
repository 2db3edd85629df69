//! `rolecall batch --report`: the page.

use super::batch::{NURSE, PM, PMM, ends, input, listing, read};

#[test]
fn the_page_has_the_counts() {
    let mut text = "id,title,text,company\n".to_owned();
    for row in 0..30 {
        let (title, posting) = [("Product Manager", PM), ("Product Manager", PMM), ("Nurse <b>&", NURSE)][row % 3];
        text.push_str(&format!("{row},{title},\"{posting}\",<script>alert({})</script>\n", row % 2));
    }
    text.push_str("a,b,c,d,e\n");
    let (folder, path) = input("report", "in.csv", text);
    let page = folder.join("report.html");
    let more = ["--report", page.to_str().expect("UTF-8"), "--group-by", "company", "--columns", "label"];
    ends(&path, &folder.join("out.csv"), &more, 1);
    let html = read(&page);
    for expected in [
        "<title>Rolecall: in.csv</title>",
        "<dt>postings</dt><dd>30</dd>",
        "<dt>rejected rows</dt><dd>1</dd>",
        "Reasons for unclear: off topic 10",
        "10 of 30 titles (33.3%)",
        "By company",
        "&lt;script&gt;alert(0)&lt;/script&gt;",
        "too many fields",
        "out.csv.rejects.jsonl",
        "Wilson",
        "consensus",
    ] {
        assert!(html.contains(expected), "no {expected}");
    }
    assert!(!html.contains("<script"), "nothing from the input becomes markup");
    // The input has 15 postings of each company, 5 of each label.
    let groups = html.split("By company").nth(1).and_then(|rest| rest.split("</section>").next()).expect("a section");
    assert_eq!(groups.matches("<td class=\"number\">15</td>").count(), 2);
    assert_eq!(groups.matches("<td class=\"estimate\">33.3% <small>15–58</small>").count(), 6);
    assert_eq!(listing(&folder), ["in.csv", "out.csv", "out.csv.rejects.jsonl", "report.html"]);
}

#[test]
fn the_page_loads_nothing() {
    let (folder, path) = input("self-contained", "in.csv", format!("text\n\"{PM} See https://example.com/x.\"\n"));
    let page = folder.join("report.html");
    ends(&path, &folder.join("out.csv"), &["--report", page.to_str().expect("UTF-8")], 0);
    let html = read(&page);
    for outside in ["http:", "https:", "src=", "url(", "@import", "//"] {
        assert!(!html.contains(outside), "{outside}");
    }
    assert!(html.contains("default-src 'none'"));
    assert!(html.contains("prefers-color-scheme: dark") && html.contains("width=device-width"));
}

#[test]
fn the_page_does_not_depend_on_the_number_of_threads() {
    let mut text = "title,text,month,padding\n".to_owned();
    for row in 0..400 {
        let posting = [PM, PMM, "", NURSE][row % 4];
        text.push_str(&format!(
            "Product Manager {},\"{posting}\",2024-{:02},{}\n",
            row % 11,
            row % 12 + 1,
            "x".repeat(4000)
        ));
    }
    let (folder, path) = input("report-jobs", "in.csv", text);
    let page = |jobs: &str| {
        let page = folder.join("report.html");
        let more = ["-j", jobs, "--force", "--report", page.to_str().expect("UTF-8"), "--group-by", "month"];
        ends(&path, &folder.join("out.csv"), &more, 0);
        read(&page)
    };
    let one = page("1");
    assert_eq!(page("2"), one);
    assert_eq!(page("5"), one);
    // The rows are the same as without a report.
    ends(&path, &folder.join("plain.csv"), &[], 0);
    assert!(read(&folder.join("plain.csv")) == read(&folder.join("out.csv")));
    // Months are in order.
    let places: Vec<_> = (1..=12).map(|month| one.find(&format!("2024-{month:02}")).expect("a month")).collect();
    assert!(places.is_sorted(), "{places:?}");
}

#[test]
fn a_report_of_nothing() {
    let (folder, path) = input("report-empty", "in.csv", "id,text\n");
    let page = folder.join("report.html");
    ends(&path, &folder.join("out.csv"), &["--report", page.to_str().expect("UTF-8"), "--group-by", "id"], 0);
    let html = read(&page);
    assert!(html.contains("<dd>0</dd>") && !html.contains("NaN"), "{html}");
}

/// A page by another name would be read as what the name says.
#[test]
fn the_name_of_the_page_ends_in_html() {
    let (folder, path) = input("report-name", "in.csv", format!("text\n\"{PM}\"\n"));
    for name in ["r.pdf", "r", "r.html.gz", "html"] {
        let page = folder.join(name);
        let messages = ends(&path, &folder.join("out.csv"), &["--report", page.to_str().expect("UTF-8")], 2);
        assert!(messages.contains("must end in .html or .htm"), "{name}: {messages}");
    }
    assert_eq!(listing(&folder), ["in.csv"]);
    for name in ["r.htm", "r.HTML", "/dev/null"] {
        let page = folder.join(name);
        ends(&path, &folder.join("out.csv"), &["--force", "--report", page.to_str().expect("UTF-8")], 0);
    }
    assert_eq!(listing(&folder), ["in.csv", "out.csv", "r.HTML", "r.htm"]);
}
