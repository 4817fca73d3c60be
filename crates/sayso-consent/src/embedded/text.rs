/// Text of a format that names no encoding, or none that writers keep to: UTF-8 where it is, else Latin-1.
pub(super) fn lenient_text(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => bytes.iter().map(|&byte| char::from(byte)).collect(),
    }
}
