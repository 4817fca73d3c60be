//! The texts of a made picture in EXIF, for files that have no better place: JPEG and WebP.

/// Bytes of a text that fit: EXIF in a JPEG ends at 64 KiB, and the longest text has two bytes a character.
const TEXT_CHARS: usize = 24_000;

const ASCII: u16 = 2;
const LONG: u16 = 4;
const UNDEFINED: u16 = 7;

/// EXIF with `ImageDescription` and `Software` as ASCII and `UserComment` as UTF-16, in the order of big ends.
///
/// Other programs for such pictures read their settings in `UserComment`.
pub(super) fn exif(description: &str, software: &str, comment: &str) -> Vec<u8> {
    let ascii = |text: &str| {
        let mut bytes: Vec<u8> = text.chars().map(|c| if c.is_ascii() { c as u8 } else { b'?' }).take(2_000).collect();
        bytes.push(0);
        bytes
    };
    let mut user = b"UNICODE\0".to_vec();
    user.extend(comment.chars().take(TEXT_CHARS).collect::<String>().encode_utf16().flat_map(u16::to_be_bytes));
    let first = [(0x010e, ASCII, ascii(description)), (0x0131, ASCII, ascii(software))];
    // The header, the first directory with one entry more for where the second one is, and its values.
    let second_at = 8 + directory_bytes(3) + first.iter().map(|(.., value)| even(value.len())).sum::<usize>();
    let mut out = b"MM\0\x2a\0\0\0\x08".to_vec();
    let [description, software] = first;
    let pointer = u32::try_from(second_at).unwrap_or(u32::MAX).to_be_bytes().to_vec();
    directory(&mut out, &[description, software, (0x8769, LONG, pointer)]);
    directory(&mut out, &[(0x9000, UNDEFINED, b"0232".to_vec()), (0x9286, UNDEFINED, user)]);
    out
}

const fn directory_bytes(entries: usize) -> usize {
    2 + 12 * entries + 4
}

const fn even(length: usize) -> usize {
    length + length % 2
}

/// A directory, with the values behind it that do not fit into four bytes.
fn directory(out: &mut Vec<u8>, entries: &[(u16, u16, Vec<u8>)]) {
    let mut at = out.len() + directory_bytes(entries.len());
    let mut values = Vec::new();
    out.extend(u16::try_from(entries.len()).unwrap_or(0).to_be_bytes());
    for (tag, kind, value) in entries {
        out.extend(tag.to_be_bytes());
        out.extend(kind.to_be_bytes());
        let count = if *kind == LONG { 1 } else { u32::try_from(value.len()).unwrap_or(0) };
        out.extend(count.to_be_bytes());
        if value.len() <= 4 {
            out.extend(value);
            out.extend(std::iter::repeat_n(0, 4 - value.len()));
        } else {
            out.extend(u32::try_from(at).unwrap_or(0).to_be_bytes());
            values.extend(value);
            values.extend(std::iter::repeat_n(0, value.len() % 2));
            at += even(value.len());
        }
    }
    out.extend(0_u32.to_be_bytes());
    out.extend(values);
}
