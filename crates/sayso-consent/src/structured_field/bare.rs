use super::Bare;
use super::base64::decode_base64;
use super::cursor::{Cursor, ascii};
use crate::ConsentError;

pub(super) fn parse_bare(cursor: &mut Cursor<'_>) -> Result<Bare, ConsentError> {
    match cursor.peek() {
        Some(b'-' | b'0'..=b'9') => parse_number(cursor),
        Some(b'"') => parse_string(cursor).map(Bare::String),
        Some(b'*' | b'a'..=b'z' | b'A'..=b'Z') => {
            Ok(Bare::Token(ascii(cursor.take_while(|byte| is_tchar(byte) || matches!(byte, b':' | b'/')))))
        }
        Some(b':') => parse_byte_sequence(cursor).map(Bare::ByteSequence),
        Some(b'?') => parse_boolean(cursor).map(Bare::Boolean),
        Some(b'@') => parse_date(cursor).map(Bare::Date),
        Some(b'%') => parse_display_string(cursor).map(Bare::DisplayString),
        _ => Err(cursor.error("a value")),
    }
}

fn parse_number(cursor: &mut Cursor<'_>) -> Result<Bare, ConsentError> {
    let sign = if cursor.eat(b'-') { -1 } else { 1 };
    let whole = cursor.take_while(|byte| byte.is_ascii_digit());
    if whole.is_empty() {
        return Err(cursor.error("a digit"));
    }
    if !cursor.eat(b'.') {
        return if whole.len() > 15 {
            Err(cursor.error("at most 15 digits"))
        } else {
            Ok(Bare::Integer(sign * value_of(whole)))
        };
    }
    let fraction = cursor.take_while(|byte| byte.is_ascii_digit());
    if whole.len() > 12 || fraction.is_empty() || fraction.len() > 3 {
        return Err(cursor.error("a decimal of at most 12 digits and 3 after the point"));
    }
    let scale = [1000, 100, 10, 1][fraction.len()];
    Ok(Bare::Decimal(sign * (value_of(whole) * 1000 + value_of(fraction) * scale)))
}

/// The value of at most 15 digits, which always fits.
fn value_of(digits: &[u8]) -> i64 {
    digits.iter().fold(0, |value, digit| value * 10 + i64::from(digit - b'0'))
}

fn parse_string(cursor: &mut Cursor<'_>) -> Result<String, ConsentError> {
    cursor.expect_byte(b'"', "a double quote")?;
    let mut text = String::new();
    loop {
        match cursor.next() {
            Some(b'"') => return Ok(text),
            Some(b'\\') => match cursor.next() {
                Some(byte @ (b'"' | b'\\')) => text.push(char::from(byte)),
                _ => return Err(cursor.error("`\"` or `\\` after a backslash")),
            },
            Some(byte @ 0x20..=0x7e) => text.push(char::from(byte)),
            _ => return Err(cursor.error("printable ASCII or the closing quote")),
        }
    }
}

fn parse_byte_sequence(cursor: &mut Cursor<'_>) -> Result<Vec<u8>, ConsentError> {
    cursor.expect_byte(b':', "a colon")?;
    let encoded = cursor.take_while(|byte| byte != b':');
    cursor.expect_byte(b':', "the closing colon")?;
    decode_base64(encoded).ok_or_else(|| cursor.error("base64 between the colons"))
}

fn parse_boolean(cursor: &mut Cursor<'_>) -> Result<bool, ConsentError> {
    cursor.expect_byte(b'?', "a question mark")?;
    match cursor.next() {
        Some(b'0') => Ok(false),
        Some(b'1') => Ok(true),
        _ => Err(cursor.error("0 or 1")),
    }
}

fn parse_date(cursor: &mut Cursor<'_>) -> Result<i64, ConsentError> {
    cursor.expect_byte(b'@', "an at sign")?;
    match parse_number(cursor)? {
        Bare::Integer(seconds) => Ok(seconds),
        _ => Err(cursor.error("whole seconds")),
    }
}

fn parse_display_string(cursor: &mut Cursor<'_>) -> Result<String, ConsentError> {
    cursor.expect_byte(b'%', "a percent sign")?;
    cursor.expect_byte(b'"', "a double quote")?;
    let mut bytes = Vec::new();
    loop {
        match cursor.next() {
            Some(b'"') => return String::from_utf8(bytes).map_err(|_| cursor.error("UTF-8 inside the quotes")),
            Some(b'%') => match (cursor.next().and_then(lower_hex), cursor.next().and_then(lower_hex)) {
                (Some(high), Some(low)) => bytes.push(high << 4 | low),
                _ => return Err(cursor.error("two hexadecimal digits in lower case")),
            },
            Some(byte @ 0x20..=0x7e) => bytes.push(byte),
            _ => return Err(cursor.error("printable ASCII or the closing quote")),
        }
    }
}

fn lower_hex(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    }
}

/// RFC 9110, section 5.6.2.
fn is_tchar(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}
