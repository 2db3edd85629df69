//! Reads the text of emails and of pages that were saved as emails (`.eml`, `.mhtml`).

use mail_parser::MessageParser;

use super::kind::FileKind;
use crate::error::{Error, ErrorKind};

/// The first HTML part of an email, or else its text.
pub(super) fn text(bytes: &[u8]) -> Result<String, Error> {
    let mail = MessageParser::default().parse(bytes);
    let has_html = mail.as_ref().is_some_and(|mail| mail.html_bodies().any(mail_parser::MessagePart::is_text_html));
    let body = mail.as_ref().and_then(|mail| if has_html { mail.body_html(0) } else { mail.body_text(0) });
    body.map(std::borrow::Cow::into_owned)
        .ok_or_else(|| Error::new(ErrorKind::Input, "is an email without text").hint(FileKind::Mail.advice()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_decoded() {
        let head = "From: a@example.org\r\nMIME-Version: 1.0\r\n";
        let html = "Content-Type: text/html; charset=\"windows-1252\"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n\
            <p>Own the caf=E9 road=\r\nmap</p>\r\n";
        let plain = "Content-Type: text/plain\r\n\r\nOwn the roadmap\r\n";
        let both = format!(
            "{head}Content-Type: multipart/alternative; boundary=\"x\"\r\n\r\n--x\r\n{plain}--x\r\n{html}--x--\r\n"
        );
        let table = [
            ("plain", format!("{head}{plain}"), "Own the roadmap"),
            ("HTML", format!("{head}{html}"), "<p>Own the caf\u{e9} roadmap</p>"),
            ("both", both, "<p>Own the caf\u{e9} roadmap</p>"),
        ];
        for (name, mail, expected) in table {
            assert_eq!(text(mail.as_bytes()).unwrap().trim_end(), expected, "{name}");
        }
    }
}
