use std::ops::Range;

use sayso_core::Stance;

use super::steps::{BadNumbers, numbers_of, steps};
use super::value::{field, resembled_field, site};
use super::{Clause, Field, Pattern, Query, QueryError, Wish};
use crate::licence::push_licence;

/// Reads the clauses of a query. All of them hold for a hit; a word without tokens, such as `&`, asks for nothing.
pub(super) fn parse(text: &str) -> Result<Vec<Clause>, QueryError> {
    if text.len() > Query::MAX_BYTES {
        return Err(QueryError::TooLong { bytes: text.len() });
    }
    let mut reader = Reader { text, at: 0 };
    let mut clauses = Vec::new();
    while let Some(start) = reader.next_start() {
        let Some(clause) = reader.clause()? else { continue };
        if clauses.len() == Query::MAX_CLAUSES {
            return Err(QueryError::TooManyClauses { at: start..reader.at });
        }
        clauses.push(clause);
    }
    if clauses.is_empty() {
        return Err(QueryError::Empty);
    }
    Ok(clauses)
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
}

/// A word or a phrase, and where it stands without its quotation marks.
struct Value<'t> {
    text: &'t str,
    at: Range<usize>,
}

impl<'t> Reader<'t> {
    /// Steps over spaces to the start of the next clause; `None` at the end.
    fn next_start(&mut self) -> Option<usize> {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start().len();
        (self.at < self.text.len()).then_some(self.at)
    }

    /// The clause that starts here; `None` where nothing is asked.
    fn clause(&mut self) -> Result<Option<Clause>, QueryError> {
        let is_negated = self.rest().starts_with('-');
        if is_negated {
            self.at += 1;
        }
        let wish = match self.name() {
            Some(name) => self.field_wish(name)?,
            None => Pattern::of(self.value()?.text).map(Wish::Anywhere),
        };
        Ok(wish.map(|wish| Clause { is_negated, wish }))
    }

    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    /// The name before the colon of a field. Only letters make one, so that times, ratios and URLs with a port do not.
    fn name(&self) -> Option<&'t str> {
        let (name, value) = self.rest().split_once(':')?;
        let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphabetic());
        (is_name && !value.starts_with("//")).then_some(name)
    }

    fn field_wish(&mut self, name: &'t str) -> Result<Option<Wish>, QueryError> {
        let named = self.at..self.at + name.len() + 1;
        let Some(field) = field(name) else {
            let has_value = self.text[named.end..].starts_with(|c: char| !c.is_whitespace());
            if let Some(meant) = resembled_field(name).filter(|_| has_value) {
                return Err(QueryError::UnknownField { at: named, given: name.to_owned(), meant });
            }
            // Any other colon is punctuation.
            return Ok(Pattern::of(self.value()?.text).map(Wish::Anywhere));
        };
        self.at = named.end;
        let value = self.value()?;
        let no_value = || QueryError::NoValue { at: named.clone(), field };
        if value.text.trim().is_empty() {
            return Err(no_value());
        }
        let given = || value.text.to_owned();
        let wish = match field {
            Field::Caption => Wish::Caption(Pattern::of(value.text).ok_or_else(no_value)?),
            Field::Creator => Wish::Creator(Pattern::of(value.text).ok_or_else(no_value)?),
            Field::Site => match site(value.text) {
                Some(host) => Wish::Site(host),
                None => return Err(QueryError::BadSite { at: value.at.clone(), given: given() }),
            },
            Field::Licence => licence(value.text).ok_or_else(no_value)?,
            Field::Verdict => match value.text.trim().to_ascii_lowercase().parse::<Stance>() {
                Ok(stance) => Wish::Verdict(stance),
                Err(_) => return Err(QueryError::BadVerdict { at: value.at.clone(), given: given() }),
            },
            Field::Language => Wish::Language(value.text.to_owned()),
            Field::Side | Field::Similarity | Field::Punsafe | Field::Pwatermark | Field::Aesthetic | Field::Year => {
                match numbers_of(field).map(|numbers| (numbers, steps(numbers, value.text))) {
                    Some((numbers, Ok((first, last)))) => Wish::Steps(numbers, first, last),
                    Some((_, Err(BadNumbers::Inside(below, above)))) => {
                        return Err(QueryError::InsideStep { at: value.at.clone(), given: given(), below, above });
                    }
                    _ => return Err(QueryError::BadNumbers { at: value.at.clone(), given: given(), field }),
                }
            }
        };
        Ok(Some(wish))
    }

    /// The value at this place: a phrase in quotation marks, or everything up to the next space.
    fn value(&mut self) -> Result<Value<'t>, QueryError> {
        let start = self.at;
        let rest = self.rest();
        let mut characters = rest.char_indices();
        if let Some((_, quote)) = characters.next().filter(|&(_, c)| is_quote(c)) {
            let Some((end, closing)) = characters.find(|&(_, c)| is_quote(c)) else {
                return Err(QueryError::OpenPhrase { at: start..self.text.len() });
            };
            self.at = start + end + closing.len_utf8();
            let at = start + quote.len_utf8()..start + end;
            return Ok(Value { text: &self.text[at.clone()], at });
        }
        let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
        self.at = start + end;
        Ok(Value { text: &rest[..end], at: start..self.at })
    }
}

fn licence(value: &str) -> Option<Wish> {
    let mut start = String::new();
    push_licence(value, &mut start);
    match start.as_str() {
        "" => None,
        "none" | "unknown" => Some(Wish::NoLicence),
        _ => Some(Wish::Licence(start)),
    }
}

/// The plain quotation mark, and those that phones and word processors put in its place.
fn is_quote(c: char) -> bool {
    matches!(c, '"' | '“' | '”' | '„' | '‟' | '＂')
}
