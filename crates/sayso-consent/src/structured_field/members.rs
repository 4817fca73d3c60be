use std::collections::HashMap;

use super::bare::parse_bare;
use super::cursor::{Cursor, ascii};
use super::{Bare, Member, Parameters, Single};
use crate::ConsentError;

/// Parses a dictionary (RFC 9651, section 4.2.2). Of a repeated key the last value counts, at the first one's place.
pub fn parse_dictionary(field: &[u8]) -> Result<Vec<(String, Member)>, ConsentError> {
    let mut cursor = Cursor::new(field);
    let mut members = Keyed::default();
    cursor.skip_spaces();
    while cursor.peek().is_some() {
        let key = parse_key(&mut cursor)?;
        let member = if cursor.eat(b'=') {
            parse_member(&mut cursor)?
        } else {
            let parameters = parse_parameters(&mut cursor)?;
            Member::Single(Single { value: Bare::Boolean(true), parameters })
        };
        members.set(key, member);
        if !goes_on(&mut cursor)? {
            break;
        }
    }
    Ok(members.in_order)
}

/// Parses a list (RFC 9651, section 4.2.1).
pub fn parse_list(field: &[u8]) -> Result<Vec<Member>, ConsentError> {
    let mut cursor = Cursor::new(field);
    let mut members = Vec::new();
    cursor.skip_spaces();
    while cursor.peek().is_some() {
        members.push(parse_member(&mut cursor)?);
        if !goes_on(&mut cursor)? {
            break;
        }
    }
    Ok(members)
}

/// Parses a single value with its parameters, the RFC's *item* (section 4.2.3).
pub fn parse_single(field: &[u8]) -> Result<Single, ConsentError> {
    let mut cursor = Cursor::new(field);
    cursor.skip_spaces();
    let single = parse_single_at(&mut cursor)?;
    cursor.skip_spaces();
    if cursor.peek().is_some() { Err(cursor.error("the end")) } else { Ok(single) }
}

/// What follows a member: the end, or a comma and then another member.
fn goes_on(cursor: &mut Cursor<'_>) -> Result<bool, ConsentError> {
    cursor.skip_optional_whitespace();
    if cursor.peek().is_none() {
        return Ok(false);
    }
    cursor.expect_byte(b',', "a comma")?;
    cursor.skip_optional_whitespace();
    if cursor.peek().is_none() { Err(cursor.error("a member after the comma")) } else { Ok(true) }
}

fn parse_member(cursor: &mut Cursor<'_>) -> Result<Member, ConsentError> {
    if !cursor.eat(b'(') {
        return parse_single_at(cursor).map(Member::Single);
    }
    let mut singles = Vec::new();
    loop {
        cursor.skip_spaces();
        if cursor.eat(b')') {
            return Ok(Member::InnerList { singles, parameters: parse_parameters(cursor)? });
        }
        singles.push(parse_single_at(cursor)?);
        if !matches!(cursor.peek(), Some(b' ' | b')')) {
            return Err(cursor.error("a space or `)`"));
        }
    }
}

fn parse_single_at(cursor: &mut Cursor<'_>) -> Result<Single, ConsentError> {
    let value = parse_bare(cursor)?;
    Ok(Single { value, parameters: parse_parameters(cursor)? })
}

fn parse_parameters(cursor: &mut Cursor<'_>) -> Result<Parameters, ConsentError> {
    let mut parameters = Keyed::default();
    while cursor.eat(b';') {
        cursor.skip_spaces();
        let key = parse_key(cursor)?;
        let value = if cursor.eat(b'=') { parse_bare(cursor)? } else { Bare::Boolean(true) };
        parameters.set(key, value);
    }
    Ok(parameters.in_order)
}

fn parse_key(cursor: &mut Cursor<'_>) -> Result<String, ConsentError> {
    if !matches!(cursor.peek(), Some(b'a'..=b'z' | b'*')) {
        return Err(cursor.error("a key in lower case"));
    }
    let key = cursor.take_while(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-' | b'.' | b'*'));
    Ok(ascii(key))
}

/// Values by key in the order in which the keys were first seen.
struct Keyed<T> {
    in_order: Vec<(String, T)>,
    places: HashMap<String, usize>,
}

impl<T> Default for Keyed<T> {
    fn default() -> Self {
        Self { in_order: Vec::new(), places: HashMap::new() }
    }
}

impl<T> Keyed<T> {
    // Fields of other people decide how many keys there are, so a look through all of them is not an option; for
    // the few of an ordinary field it is cheaper than a map.
    const FEW: usize = 16;

    fn set(&mut self, key: String, value: T) {
        let place = if self.in_order.len() <= Self::FEW {
            self.in_order.iter().position(|(known, _)| *known == key)
        } else {
            if self.places.is_empty() {
                self.places = self.in_order.iter().enumerate().map(|(at, (known, _))| (known.clone(), at)).collect();
            }
            self.places.get(&key).copied()
        };
        match place.and_then(|at| self.in_order.get_mut(at)) {
            Some(entry) => entry.1 = value,
            None => {
                if !self.places.is_empty() {
                    self.places.insert(key.clone(), self.in_order.len());
                }
                self.in_order.push((key, value));
            }
        }
    }
}
