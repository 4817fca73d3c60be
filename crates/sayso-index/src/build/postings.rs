use tantivy::postings::FieldSerializer;

use super::terms::Terms;

/// Where the terms of one field occur, in the order in which they were seen.
///
/// The engine's own writer keeps a growing list for every term, which costs a walk through memory for each word of each
/// caption. A log costs none: it is written from start to end, and sorted by term once, by counting.
#[derive(Debug)]
pub(super) struct Postings {
    terms: Terms,
    log: Vec<Occurrence>,
}

#[derive(Debug, Clone, Copy)]
struct Occurrence {
    term: u32,
    place: Place,
}

#[derive(Debug, Clone, Copy, Default)]
struct Place {
    document: u32,
    position: u32,
}

impl Postings {
    pub(super) fn new() -> Self {
        Self { terms: Terms::new(), log: Vec::new() }
    }

    /// Notes that `term` stands in `document`, whose number never falls from one call to the next.
    pub(super) fn add(&mut self, document: u32, position: u32, term: &[u8]) {
        let term = self.terms.number(term);
        self.log.push(Occurrence { term, place: Place { document, position } });
    }

    /// How many tokens the field has in all documents.
    pub(super) fn tokens(&self) -> u64 {
        self.log.len() as u64
    }

    /// Gives everything to the engine, in the order of terms, documents and positions.
    pub(super) fn write(self, with_positions: bool, out: &mut FieldSerializer<'_>) -> std::io::Result<()> {
        let order = self.terms.sorted();
        let places = self.places(&order);
        let mut rest = places.as_slice();
        let mut position_deltas = Vec::new();
        for number in order {
            let (of_term, others) = rest.split_at(self.terms.uses(number) as usize);
            rest = others;
            let documents = of_term.chunk_by(|a, b| a.document == b.document);
            // The engine takes no frequency, and no count of documents, for a field that is not ranked.
            let document_count = if with_positions { documents.clone().count() as u32 } else { 0 };
            out.new_term(self.terms.term(number), document_count, with_positions)?;
            for in_document in documents {
                if !with_positions {
                    out.write_doc(in_document[0].document, 0, &[]);
                    continue;
                }
                position_deltas.clear();
                let mut last = 0;
                for place in in_document {
                    position_deltas.push(place.position - last);
                    last = place.position;
                }
                out.write_doc(in_document[0].document, in_document.len() as u32, &position_deltas);
            }
            out.close_term()?;
        }
        Ok(())
    }

    /// The places of all terms, term by term in the given order, and in the order of the log within a term.
    fn places(&self, order: &[u32]) -> Vec<Place> {
        let mut next = vec![0_u32; order.len()];
        let mut start = 0;
        for &number in order {
            next[number as usize] = start;
            start += self.terms.uses(number);
        }
        let mut places = vec![Place::default(); self.log.len()];
        for occurrence in &self.log {
            let at = &mut next[occurrence.term as usize];
            places[*at as usize] = occurrence.place;
            *at += 1;
        }
        places
    }
}
