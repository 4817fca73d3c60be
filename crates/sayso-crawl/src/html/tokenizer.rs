use memchr::{memchr, memmem};

use super::foreign::Foreign;
use super::rawtext::{RawText, raw_text_end};
use super::tag::{Tag, read_tag};

/// What an HTML page consists of. Comments, doctypes and processing instructions are passed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Token<'a> {
    /// A start tag.
    Start(Tag<'a>),
    /// An end tag.
    End(Tag<'a>),
    /// Text with its character references. A run of text may come in several tokens.
    Text(&'a str),
    /// Text of an element such as `script` in which there are no character references.
    Raw(&'a str),
}

/// Reads a page token by token (HTML standard, section 13.2.5).
///
/// What the standard leaves to tree construction is followed as far as it changes tokens: the text of `script`,
/// `style`, `title`, `textarea` and their like, and CDATA inside `svg` and `math`. Scripting counts as off, so that what
/// stands in `noscript` is read: that is where lazy pages keep their pictures.
#[derive(Debug, Clone)]
pub struct Tokenizer<'a> {
    text: &'a str,
    at: usize,
    foreign: Foreign<'a>,
    started_foreign: bool,
    raw: Option<RawText>,
}

impl<'a> Tokenizer<'a> {
    /// Starts at the beginning of `text`.
    #[must_use]
    pub fn new(text: &'a str) -> Self {
        Self { text, at: 0, foreign: Foreign::default(), started_foreign: false, raw: None }
    }

    /// Whether the element that was started last is one of `svg` or `math`.
    #[must_use]
    pub fn in_foreign_content(&self) -> bool {
        self.started_foreign
    }

    /// How far the tokenizer got, in bytes.
    #[must_use]
    pub fn position(&self) -> usize {
        self.at
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or("")
    }

    /// Steps over `bytes` bytes.
    fn advance(&mut self, bytes: usize) {
        self.at = (self.at + bytes).min(self.text.len());
    }

    fn start_tag(&mut self, tag: Tag<'a>) -> Token<'a> {
        self.started_foreign = self.foreign.start(&tag);
        if !self.started_foreign {
            self.raw = RawText::of(tag.name);
        }
        Token::Start(tag)
    }

    /// Steps over what starts with `<!` or `<?`, or `</` without a letter. Gives the text where it is CDATA.
    fn skip_markup(&mut self, rest: &'a str) -> Option<Token<'a>> {
        let bytes = rest.as_bytes();
        let length = if bytes.starts_with(b"<!--") {
            comment_length(bytes)
        } else if self.foreign.allows_cdata() && bytes.starts_with(b"<![CDATA[") {
            let end = memmem::find(bytes, b"]]>");
            self.advance(end.map_or(rest.len(), |end| end + 3));
            return rest.get(9..end.unwrap_or(rest.len())).filter(|text| !text.is_empty()).map(Token::Raw);
        } else {
            // Doctypes end at the first `>` even inside their quotes; everything else is a bogus comment.
            memchr(b'>', bytes).map(|at| at + 1)
        };
        self.advance(length.unwrap_or(rest.len()));
        None
    }
}

/// The length of the comment at the start of `bytes` (13.2.5.43 to 13.2.5.51).
fn comment_length(bytes: &[u8]) -> Option<usize> {
    let body = bytes.get(4..)?;
    if body.starts_with(b">") {
        return Some(5);
    }
    if body.starts_with(b"->") {
        return Some(6);
    }
    memmem::find_iter(body, b"--").find_map(|at| match body.get(at + 2..)? {
        [b'>', ..] => Some(4 + at + 3),
        // "--->" ends at its last two dashes, which the iterator, not overlapping, may step across.
        [b'!' | b'-', b'>', ..] => Some(4 + at + 4),
        [b'-', b'!', b'>', ..] => Some(4 + at + 5),
        _ => None,
    })
}

impl<'a> Iterator for Tokenizer<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        loop {
            let rest = self.rest();
            if rest.is_empty() {
                return None;
            }
            if let Some(raw) = self.raw.take() {
                let length = raw_text_end(rest, raw);
                if length > 0 {
                    self.advance(length);
                    let text = rest.get(..length)?;
                    return Some(if raw.has_references() { Token::Text(text) } else { Token::Raw(text) });
                }
                continue;
            }
            let bytes = rest.as_bytes();
            let open = memchr(b'<', bytes).unwrap_or(bytes.len());
            if open > 0 {
                self.advance(open);
                return rest.get(..open).map(Token::Text);
            }
            match bytes.get(1) {
                Some(letter) if letter.is_ascii_alphabetic() => match rest.get(1..).and_then(read_tag) {
                    Some((tag, used)) => {
                        self.advance(1 + used);
                        return Some(self.start_tag(tag));
                    }
                    None => self.advance(rest.len()),
                },
                Some(b'/') => match bytes.get(2) {
                    Some(letter) if letter.is_ascii_alphabetic() => match rest.get(2..).and_then(read_tag) {
                        Some((tag, used)) => {
                            self.advance(2 + used);
                            self.foreign.end(&tag);
                            return Some(Token::End(tag));
                        }
                        None => self.advance(rest.len()),
                    },
                    Some(b'>') => self.advance(3),
                    Some(_) => {
                        self.skip_markup(rest);
                    }
                    None => {
                        self.advance(2);
                        return Some(Token::Text(rest));
                    }
                },
                Some(b'!' | b'?') => {
                    if let Some(cdata) = self.skip_markup(rest) {
                        return Some(cdata);
                    }
                }
                _ => {
                    self.advance(1);
                    return rest.get(..1).map(Token::Text);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Token, Tokenizer};

    fn shown(text: &str) -> Vec<String> {
        Tokenizer::new(text)
            .map(|token| match token {
                Token::Start(tag) => format!("<{}>", tag.name),
                Token::End(tag) => format!("</{}>", tag.name),
                Token::Text(text) => format!("t:{text}"),
                Token::Raw(text) => format!("r:{text}"),
            })
            .collect()
    }

    #[test]
    fn comments_end_where_the_standard_says() {
        for comment in [
            "<!---->",
            "<!-->",
            "<!--->",
            "<!-- a -- b -->",
            "<!-- a --!>",
            "<!--a--->",
            "<!a>",
            "<?php ?>",
            "</ a>",
            "<!-- <!-- -->",
        ] {
            assert_eq!(shown(&format!("{comment}<p>x")), ["<p>", "t:x"], "{comment}");
        }
        assert_eq!(shown("<!-- <p>"), Vec::<String>::new());
        assert_eq!(shown("</><p>"), ["<p>"]);
    }

    #[test]
    fn raw_text_holds_no_tags() {
        assert_eq!(
            shown("<script>if (a<b) '<p>'</scriptx></SCRIPT ><p>"),
            ["<script>", "r:if (a<b) '<p>'</scriptx>", "</SCRIPT>", "<p>"]
        );
        assert_eq!(shown("<title>a<b>&amp;</title>"), ["<title>", "t:a<b>&amp;", "</title>"]);
        assert_eq!(
            shown("<script><!-- <script> </script> --></script><p>"),
            ["<script>", "r:<!-- <script> </script> -->", "</script>", "<p>"]
        );
        assert_eq!(shown("<svg><title><b>x</svg><title><b></title>")[..3], ["<svg>", "<title>", "<b>"]);
    }

    #[test]
    fn less_than_signs_in_text_are_text() {
        assert_eq!(shown("a < b <3"), ["t:a ", "t:<", "t: b ", "t:<", "t:3"]);
        assert_eq!(shown("<p"), Vec::<String>::new());
        assert_eq!(shown("</"), ["t:</"]);
    }
}
