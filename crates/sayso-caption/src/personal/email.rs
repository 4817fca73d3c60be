use super::{Finding, PersonalKind};

/// E-mail addresses: what stands around an `@`, if a domain with a top level of letters stands behind it.
pub(super) fn find(caption: &str, findings: &mut Vec<Finding>) {
    let bytes = caption.as_bytes();
    let mut from = 0;
    for at in memchr::memchr_iter(b'@', bytes) {
        let before = bytes.get(from..at).unwrap_or_default();
        let local = before.iter().rev().take(64).take_while(|byte| is_local(**byte)).count();
        let behind = bytes.get(at + 1..).unwrap_or_default();
        let domain = behind.iter().take(253).take_while(|byte| is_domain(**byte)).count();
        let domain = behind.get(..domain).unwrap_or_default();
        let domain = domain.trim_ascii_end_of(b".-");
        let local = before.get(before.len() - local..).unwrap_or_default().trim_ascii_start_of(b".-'+");
        if !local.is_empty() && !local.ends_with(b".") && is_host(domain) {
            let span = at - local.len()..at + 1 + domain.len();
            from = span.end;
            findings.push(Finding { kind: PersonalKind::Email, span });
        }
    }
}

trait Trimmed {
    fn trim_ascii_start_of(&self, marks: &[u8]) -> &[u8];
    fn trim_ascii_end_of(&self, marks: &[u8]) -> &[u8];
}

impl Trimmed for [u8] {
    fn trim_ascii_start_of(&self, marks: &[u8]) -> &[u8] {
        self.get(self.iter().take_while(|byte| marks.contains(byte)).count()..).unwrap_or_default()
    }

    fn trim_ascii_end_of(&self, marks: &[u8]) -> &[u8] {
        self.get(..self.len() - self.iter().rev().take_while(|byte| marks.contains(byte)).count()).unwrap_or_default()
    }
}

fn is_local(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'%' | b'+' | b'-' | b'\'')
}

fn is_domain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-')
}

/// Labels with points between them, the last of two letters or more; the names of pictures' files are none.
fn is_host(domain: &[u8]) -> bool {
    let mut labels = domain.rsplit(|byte| *byte == b'.');
    let Some(top) = labels.next() else { return false };
    let is_top = top.len() >= 2 && top.iter().all(u8::is_ascii_alphabetic);
    let is_file = ["jpg", "jpeg", "png", "gif", "webp", "svg", "tif", "bmp"]
        .iter()
        .any(|ending| top.eq_ignore_ascii_case(ending.as_bytes()));
    let mut count = 0;
    is_top
        && !is_file
        && labels.all(|label| {
            count += 1;
            !label.is_empty() && !label.starts_with(b"-") && !label.ends_with(b"-")
        })
        && count > 0
}
