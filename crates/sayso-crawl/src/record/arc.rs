use memchr::memchr;

use super::{Record, RecordDate, RecordKind};

/// The URL-record line that starts each document of an ARC file ("ARC File Format", Internet Archive, 1996).
pub(super) struct ArcLine<'a> {
    url: &'a str,
    date: &'a str,
    content_type: &'a str,
    pub(super) length: u64,
    pub(super) line_bytes: usize,
}

/// Schemes with which an ARC record's URL may start.
const SCHEMES: [&[u8]; 6] = [b"http://", b"https://", b"filedesc:", b"dns:", b"ftp://", b"whois:"];

/// Whether `bytes` may start an ARC record; decided on the scheme, before the line's end is there.
pub(super) fn starts_record(bytes: &[u8]) -> bool {
    SCHEMES.iter().any(|scheme| bytes.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme)))
}

/// Reads the line at the start of `bytes`. `None` when it is no such line, or not there to its end.
///
/// Version 1 has five fields: URL, IP address, date, content type, length. Version 2 has five more before the
/// length. URLs with spaces exist, so the fields are counted from the end.
pub(super) fn read_line(bytes: &[u8]) -> Option<ArcLine<'_>> {
    let newline = memchr(b'\n', bytes)?;
    let line = std::str::from_utf8(bytes.get(..newline)?).ok()?.trim_end_matches('\r');
    let (rest, length) = line.rsplit_once(' ')?;
    let length = length.parse().ok()?;
    let fields: Vec<&str> = rest.split(' ').collect();
    // The date is the one field whose form is certain: 8 to 14 digits. It stands third in both versions.
    let is_date = |field: &str| matches!(field.len(), 8 | 10 | 12 | 14) && field.bytes().all(|b| b.is_ascii_digit());
    let date_at = fields.iter().enumerate().skip(2).find(|(_, field)| is_date(field)).map(|(at, _)| at)?;
    let url =
        rest.get(..fields.get(..date_at - 1)?.iter().map(|field| field.len() + 1).sum::<usize>().saturating_sub(1))?;
    let content_type = fields.get(date_at + 1).copied().unwrap_or("");
    let date = fields.get(date_at).copied()?;
    starts_record(url.as_bytes()).then_some(ArcLine { url, date, content_type, length, line_bytes: newline + 1 })
}

impl<'a> ArcLine<'a> {
    pub(super) fn record(&self, block: &'a [u8]) -> Record<'a> {
        let is_web = self.url.get(..4).is_some_and(|scheme| scheme.eq_ignore_ascii_case("http"));
        Record {
            kind: if is_web { RecordKind::Response } else { RecordKind::Other },
            target_uri: self.url,
            date: RecordDate::Arc(self.date),
            content_type: self.content_type,
            digest: "",
            refers_to_uri: "",
            http: is_web,
            block,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::read_line;

    #[test]
    fn both_versions_are_read_and_spaces_in_urls() {
        let line = read_line(b"http://example.org/a b.html 192.0.2.1 20080430204825 text/html 123\n...").map(|line| {
            (line.url.to_owned(), line.date.to_owned(), line.content_type.to_owned(), line.length, line.line_bytes)
        });
        let expected = ("http://example.org/a b.html", "20080430204825", "text/html");
        assert_eq!(line, Some((expected.0.into(), expected.1.into(), expected.2.into(), 123, 67)));
        let two = read_line(b"http://example.org/ 192.0.2.1 20080430204825 text/html 200 - - 42 x.arc 99\r\n");
        assert_eq!(two.map(|line| line.length), Some(99));
        assert!(read_line(b"http://example.org/ no date here 99\n").is_none());
        assert!(read_line(b"http://example.org/ 192.0.2.1 20080430204825 text/html 99").is_none(), "no line end yet");
    }
}
