use memchr::memchr;

/// The elements whose content is text, whatever it looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RawText {
    /// Character references count (RCDATA).
    Escapable(&'static str),
    /// Nothing counts but the end tag.
    Plain(&'static str),
    /// As `Plain`, with the escapes that keep old scripts inside comments alive.
    Script,
    /// Everything to the page's end.
    ToTheEnd,
}

impl RawText {
    /// How the content of the element `name` is read; `None` for ordinary elements.
    pub(super) fn of(name: &str) -> Option<Self> {
        // Ordered by length, which rules out nearly every element at once.
        let is = |known: &str| name.eq_ignore_ascii_case(known);
        match name.len() {
            3 if is("xmp") => Some(Self::Plain("xmp")),
            5 if is("title") => Some(Self::Escapable("title")),
            5 if is("style") => Some(Self::Plain("style")),
            6 if is("script") => Some(Self::Script),
            6 if is("iframe") => Some(Self::Plain("iframe")),
            7 if is("noembed") => Some(Self::Plain("noembed")),
            8 if is("textarea") => Some(Self::Escapable("textarea")),
            8 if is("noframes") => Some(Self::Plain("noframes")),
            9 if is("plaintext") => Some(Self::ToTheEnd),
            _ => None,
        }
    }

    pub(super) fn has_references(self) -> bool {
        matches!(self, Self::Escapable(_))
    }
}

/// How many bytes of `text` are content of the element: up to its end tag or the page's end.
pub(super) fn raw_text_end(text: &str, raw: RawText) -> usize {
    match raw {
        RawText::ToTheEnd => text.len(),
        RawText::Escapable(name) | RawText::Plain(name) => end_tag(text.as_bytes(), 0, name).unwrap_or(text.len()),
        RawText::Script => script_end(text.as_bytes()),
    }
}

/// Where the next `</name` starts that is followed by what ends a tag name, from `from` on.
fn end_tag(bytes: &[u8], from: usize, name: &str) -> Option<usize> {
    let mut at = from;
    loop {
        at += memchr(b'<', bytes.get(at..)?)?;
        if bytes.get(at + 1) == Some(&b'/') && is_name(bytes, at + 2, name) {
            return Some(at);
        }
        at += 1;
    }
}

/// Whether `name` stands at `at`, followed by what ends a tag name.
fn is_name(bytes: &[u8], at: usize, name: &str) -> bool {
    bytes.get(at..at + name.len()).is_some_and(|found| found.eq_ignore_ascii_case(name.as_bytes()))
        && matches!(bytes.get(at + name.len()), Some(b'\t' | b'\n' | b'\x0c' | b'\r' | b' ' | b'/' | b'>'))
}

/// The end of a script: `</script`, unless it stands after `<!--` and `<script` (13.2.5.15 to 13.2.5.30).
fn script_end(bytes: &[u8]) -> usize {
    #[derive(PartialEq)]
    enum State {
        Plain,
        Escaped,
        DoubleEscaped,
    }
    let mut state = State::Plain;
    let mut at = 0;
    while let Some(found) = bytes.get(at..).and_then(|rest| rest.iter().position(|byte| matches!(byte, b'<' | b'-'))) {
        at += found;
        let rest = bytes.get(at..).unwrap_or_default();
        match state {
            State::Plain if rest.starts_with(b"<!--") => {
                // "<!-->" and "<!--->" leave the comment at once: the dashes are looked at again.
                state = State::Escaped;
                at += 2;
                continue;
            }
            State::Escaped | State::DoubleEscaped if rest.starts_with(b"-->") => {
                state = State::Plain;
                at += 3;
                continue;
            }
            State::Plain | State::Escaped if rest.starts_with(b"</") && is_name(bytes, at + 2, "script") => return at,
            State::Escaped if is_name(bytes, at + 1, "script") && rest.starts_with(b"<") => {
                state = State::DoubleEscaped;
            }
            State::DoubleEscaped if rest.starts_with(b"</") && is_name(bytes, at + 2, "script") => {
                state = State::Escaped;
            }
            _ => {}
        }
        at += 1;
    }
    bytes.len()
}
