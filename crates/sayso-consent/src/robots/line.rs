//! Cutting the file into lines, and a line into its key and its value.

/// What a line is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Key {
    UserAgent,
    Allow,
    Disallow,
    ContentUsage,
    ContentSignal,
}

/// A line that means something: its number, its place and what is in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Line<'a> {
    pub(crate) number: u32,
    /// Where `bytes` starts in the file.
    pub(crate) at: usize,
    /// The line without its comment and without the blanks around it.
    pub(crate) bytes: &'a [u8],
    pub(crate) key: Key,
    pub(crate) value: &'a [u8],
}

/// The lines of a file that mean something. `file` ends with a whole line.
pub(crate) fn lines(file: &[u8]) -> impl Iterator<Item = Line<'_>> {
    bare_lines(file).filter_map(|(number, at, line)| parse_line(line, at, number))
}

/// All lines of a file without their endings: the number from 1, where the line starts, and its bytes.
pub(crate) fn bare_lines(file: &[u8]) -> impl Iterator<Item = (u32, usize, &[u8])> {
    // Editors leave a byte order mark, and some tools only a part of one.
    let mark = b"\xef\xbb\xbf".iter().zip(file).take_while(|(mark, byte)| mark == byte).count();
    let mut rest = &file[mark..];
    let mut at = mark;
    let mut number = 0_u32;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let end = memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
        let ending = if rest[end..].starts_with(b"\r\n") { 2 } else { usize::from(end < rest.len()) };
        let (line, start) = (&rest[..end], at);
        rest = &rest[end + ending..];
        at += end + ending;
        number = number.saturating_add(1);
        Some((number, start, line))
    })
}

/// How many of the first `limit` bytes of a file make whole lines.
///
/// The line that the limit cuts in two is left out: half a path reaches further than the whole.
pub(crate) fn whole_lines(file: &[u8], limit: usize) -> &[u8] {
    if file.len() <= limit {
        return file;
    }
    let head = &file[..limit];
    &head[..memchr::memrchr2(b'\n', b'\r', head).map_or(0, |end| end + 1)]
}

/// Reads one line.
pub(crate) fn parse_line(line: &[u8], start: usize, number: u32) -> Option<Line<'_>> {
    let uncommented = &line[..memchr::memchr(b'#', line).unwrap_or(line.len())];
    let indent = uncommented.len() - uncommented.trim_ascii_start().len();
    let bytes = without_blanks_behind(uncommented.trim_ascii_start());
    let (key, value) = match memchr::memchr(b':', bytes) {
        Some(colon) => (&bytes[..colon], &bytes[colon + 1..]),
        // Where the colon was forgotten, a line of two words can only mean one thing.
        None => {
            let blank = bytes.iter().position(u8::is_ascii_whitespace)?;
            let value = bytes[blank..].trim_ascii_start();
            if value.iter().any(u8::is_ascii_whitespace) {
                return None;
            }
            (&bytes[..blank], value)
        }
    };
    let key = key_named(key.trim_ascii_end())?;
    Some(Line { number, at: start + indent, bytes, key, value: value.trim_ascii_start() })
}

/// A line without the blanks at its end; no-break spaces, which come with rules copied from pages, among them.
fn without_blanks_behind(line: &[u8]) -> &[u8] {
    let mut kept = line.trim_ascii_end();
    while let Some(rest) = kept.strip_suffix("\u{a0}".as_bytes()) {
        kept = rest.trim_ascii_end();
    }
    kept
}

fn key_named(name: &[u8]) -> Option<Key> {
    const KEYS: &[(&str, Key)] = &[
        ("disallow", Key::Disallow),
        ("allow", Key::Allow),
        ("user-agent", Key::UserAgent),
        ("content-signal", Key::ContentSignal),
        ("content-usage", Key::ContentUsage),
        // Slips. `dissallow` and `user_agent` stand in the files of popular sites; the rest are as easy to make.
        ("useragent", Key::UserAgent),
        ("user agent", Key::UserAgent),
        ("user_agent", Key::UserAgent),
        ("user-agents", Key::UserAgent),
        ("dissallow", Key::Disallow),
        ("dissalow", Key::Disallow),
        ("disalow", Key::Disallow),
        ("diasllow", Key::Disallow),
        ("disallaw", Key::Disallow),
        ("disallowed", Key::Disallow),
        ("content-signals", Key::ContentSignal),
    ];
    KEYS.iter().find(|(known, _)| name.eq_ignore_ascii_case(known.as_bytes())).map(|&(_, key)| key)
}

#[cfg(test)]
mod tests {
    use super::{Key, lines, whole_lines};

    fn shown(file: &[u8]) -> Vec<(u32, Key, String)> {
        lines(file).map(|line| (line.number, line.key, String::from_utf8_lossy(line.value).into_owned())).collect()
    }

    #[test]
    fn lines_end_in_every_known_way() {
        let file = b"user-agent: a\rallow: /b\r\n\n  disallow :\t/c # d\r\rDisallow: /e";
        assert_eq!(
            shown(file),
            [
                (1, Key::UserAgent, "a".to_owned()),
                (2, Key::Allow, "/b".to_owned()),
                (4, Key::Disallow, "/c".to_owned()),
                (6, Key::Disallow, "/e".to_owned()),
            ]
        );
        for line in lines(file) {
            assert_eq!(&file[line.at..line.at + line.bytes.len()], line.bytes);
        }
    }

    #[test]
    fn a_colon_may_be_forgotten_once() {
        assert_eq!(
            shown(b"disallow /\nallow /a b\ndisallow\nuser agent: x\nsitemap: /s"),
            [(1, Key::Disallow, "/".to_owned()), (4, Key::UserAgent, "x".to_owned()),]
        );
    }

    #[test]
    fn a_no_break_space_is_a_blank() {
        let file = "disallow: /a\u{a0}\u{a0} \u{a0}\nallow: /\u{a0}b\ndisallow:\u{a0}";
        let rules = ["/a", "/\u{a0}b", ""].map(str::to_owned);
        assert_eq!(shown(file.as_bytes()).into_iter().map(|(_, _, value)| value).collect::<Vec<_>>(), rules);
    }

    #[test]
    fn a_line_that_the_limit_cuts_is_left_out() {
        let file = b"allow: /a\ndisallow: /bcd\n";
        assert_eq!(whole_lines(file, file.len()), file);
        assert_eq!(whole_lines(file, file.len() - 1), b"allow: /a\n");
        assert_eq!(whole_lines(file, 10), b"allow: /a\n");
        assert_eq!(whole_lines(file, 5), b"");
    }
}
