use super::{Plain, Table};
use crate::file::raw::{RawEdge, RawNode, RawPerson, RawRemoval, RawSource, Text};

/// Whether a text that a table has to have is there.
pub(super) fn is_set(text: &Text) -> bool {
    text.span() != (0..0)
}

/// Sets what a table has to have; none where it is there already, or is no text.
fn must(field: &mut Text, value: &Plain<'_>) -> Option<()> {
    let Plain::Text(at, text) = value else { return None };
    (!is_set(field)).then(|| *field = Text::new(at.clone(), (*text).to_owned()))
}

fn may(field: &mut Option<Text>, value: &Plain<'_>) -> Option<()> {
    let Plain::Text(at, text) = value else { return None };
    field.is_none().then(|| *field = Some(Text::new(at.clone(), (*text).to_owned())))
}

/// A list that is given twice is wrong; one that is empty says nothing, and is left to the whole reader.
fn list(field: &mut Vec<Text>, value: Plain<'_>) -> Option<()> {
    let Plain::Texts(texts) = value else { return None };
    (field.is_empty() && !texts.is_empty()).then(|| *field = texts)
}

fn number(field: &mut Option<u64>, value: &Plain<'_>) -> Option<()> {
    let Plain::Number(number) = value else { return None };
    field.is_none().then(|| *field = Some(*number))
}

impl RawNode {
    /// Takes up a table that has all that it has to have.
    pub(super) fn close(&mut self, table: Table) -> Option<()> {
        match table {
            Table::Node => {}
            Table::Source(source) => {
                let is_whole = [&source.key, &source.title, &source.url].into_iter().all(is_set);
                is_whole.then(|| self.source.push(source))?;
            }
            Table::Person(person) => {
                (is_set(&person.name) && is_set(&person.consent)).then(|| self.person.push(person))?;
            }
            Table::Removal(removal) => self.removal.push(removal),
            Table::Edge(edge) => is_set(&edge.kind).then(|| self.edge.push(*edge))?,
        }
        Some(())
    }

    pub(super) fn set(&mut self, key: &str, value: Plain<'_>) -> Option<()> {
        match key {
            "id" => must(&mut self.id, &value),
            "kind" => must(&mut self.kind, &value),
            "name" => must(&mut self.name, &value),
            "about" => may(&mut self.about, &value),
            "also" => list(&mut self.also, value),
            "sector" => may(&mut self.sector, &value),
            "country" => may(&mut self.country, &value),
            "date" => may(&mut self.date, &value),
            "until" => may(&mut self.until, &value),
            "licence" => may(&mut self.licence, &value),
            "contents" => list(&mut self.contents, value),
            "purpose" => may(&mut self.purpose, &value),
            "basis" => may(&mut self.basis, &value),
            "size" => may(&mut self.size, &value),
            "url" => may(&mut self.url, &value),
            _ => None,
        }
    }
}

impl RawSource {
    pub(super) fn set(&mut self, key: &str, value: &Plain<'_>) -> Option<()> {
        match key {
            "key" => must(&mut self.key, value),
            "title" => must(&mut self.title, value),
            "url" => must(&mut self.url, value),
            "date" => may(&mut self.date, value),
            "supports" => may(&mut self.supports, value),
            _ => None,
        }
    }
}

impl RawPerson {
    pub(super) fn set(&mut self, key: &str, value: Plain<'_>) -> Option<()> {
        match key {
            "name" => must(&mut self.name, &value),
            "consent" => must(&mut self.consent, &value),
            "source" => list(&mut self.source, value),
            _ => None,
        }
    }
}

impl RawRemoval {
    pub(super) fn set(&mut self, key: &str, value: Plain<'_>) -> Option<()> {
        match key {
            "date" => may(&mut self.date, &value),
            "samples" => number(&mut self.samples, &value),
            "snapshot" => number(&mut self.snapshot, &value),
            "receipt" => may(&mut self.receipt, &value),
            "note" => may(&mut self.note, &value),
            "source" => list(&mut self.source, value),
            _ => None,
        }
    }
}

impl RawEdge {
    pub(super) fn set(&mut self, key: &str, value: Plain<'_>) -> Option<()> {
        match key {
            "kind" => must(&mut self.kind, &value),
            "to" => may(&mut self.to, &value),
            "from" => may(&mut self.from, &value),
            "date" => may(&mut self.date, &value),
            "until" => may(&mut self.until, &value),
            "licence" => may(&mut self.licence, &value),
            "purpose" => may(&mut self.purpose, &value),
            "snapshot" => number(&mut self.snapshot, &value),
            "standing" => may(&mut self.standing, &value),
            "by" => may(&mut self.by, &value),
            "disputed" => may(&mut self.disputed, &value),
            "note" => may(&mut self.note, &value),
            "source" => list(&mut self.source, value),
            _ => None,
        }
    }
}
