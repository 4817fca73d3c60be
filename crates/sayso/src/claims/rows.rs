use std::io::Read;

use csv_core::{ReadRecordResult, Reader};
use sayso_core::Timestamp;
use sayso_registry::claim::{ClaimPreferences, NewClaim};

use super::import::{Imported, RejectedClaim};
use crate::Error;

/// Bytes of a row, and fields of one.
const ROW_BYTES: usize = 64 << 10;
const FIELDS: usize = 64;

/// Reads a table of claims: CSV whose first line names the columns `subject` and, as far as they are there, `preference`,
/// `terms`, `claimant` and `since`. What a row leaves out is that of all rows. Bad rows come with their numbers and codes.
pub fn claims_of_table(
    name: &str,
    mut table: impl Read,
    otherwise: &Otherwise,
    take: &mut dyn FnMut(Imported) -> Result<(), Error>,
) -> Result<(), Error> {
    let mut rows = Rows::new();
    let columns = rows.next(&mut table).map_err(|source| Error::File { file: name.into(), source })?;
    let columns = columns.flatten().unwrap_or_default();
    let columns: Vec<String> =
        columns.iter().map(|column| column.trim_start_matches('\u{feff}').trim().to_lowercase()).collect();
    let at = |names: &[&str]| columns.iter().position(|column| names.contains(&column.as_str()));
    let Some(subject) = at(&["subject"]) else {
        let message =
            "its first line names no column `subject`\nhint: columns are subject, preference, terms, claimant, since";
        return Err(Error::Input { input: name.to_owned(), message: message.to_owned() });
    };
    let places = [at(&["preference", "preferences"]), at(&["terms"]), at(&["claimant"]), at(&["since"])];
    let mut number = 1_u64;
    while let Some(row) = rows.next(&mut table).map_err(|source| Error::File { file: name.into(), source })? {
        number += 1;
        let place = || format!("{name} row {number}");
        let Some(row) = row.filter(|row| row.len() == columns.len()) else {
            let message = format!("it is too long, or has not {} fields", columns.len());
            take(Imported::Rejected(RejectedClaim { code: "broken-row", place: place(), message }))?;
            continue;
        };
        let cell =
            |place: Option<usize>| place.and_then(|at| row.get(at)).map(|text| text.trim()).filter(|it| !it.is_empty());
        let [preference, terms, claimant, since] = places.map(cell);
        let claim = otherwise.claim(cell(Some(subject)).unwrap_or_default(), preference, terms, claimant, since);
        take(match claim {
            Ok(claim) => Imported::Claim { claim, place: place() },
            Err((code, message)) => Imported::Rejected(RejectedClaim { code, place: place(), message }),
        })?;
    }
    Ok(())
}

/// What holds of claims that do not say otherwise.
#[derive(Debug, Clone, Default)]
pub struct Otherwise {
    /// What is wanted.
    pub preferences: Option<ClaimPreferences>,
    /// Who claims.
    pub claimant: Option<String>,
    /// The terms.
    pub terms: Option<String>,
}

impl Otherwise {
    fn claim(
        &self,
        subject: &str,
        preference: Option<&str>,
        terms: Option<&str>,
        claimant: Option<&str>,
        since: Option<&str>,
    ) -> Result<NewClaim, (&'static str, String)> {
        let refused = |refusal: sayso_registry::claim::Refusal| (refusal.code.as_str(), refusal.to_string());
        let subject = subject.parse().map_err(refused)?;
        let preferences = match (preference, &self.preferences) {
            (Some(text), _) => text.parse().map_err(refused)?,
            (None, Some(known)) => known.clone(),
            (None, None) => return Err(("no-preference", "it says of no use what is wanted".to_owned())),
        };
        let since = since.map(str::parse::<Timestamp>).transpose().map_err(|error| ("since", error.to_string()))?;
        let text = |given: Option<&str>, known: &Option<String>| given.map(str::to_owned).or_else(|| known.clone());
        let terms = text(terms, &self.terms).filter(|_| preferences.has_terms() || terms.is_some());
        Ok(NewClaim { subject, preferences, claimant: text(claimant, &self.claimant), terms, since })
    }
}

/// Rows of a CSV file, each within limits: a quotation that is never closed costs one row's memory and no more.
struct Rows {
    reader: Reader,
    input: Vec<u8>,
    at: usize,
    filled: usize,
    is_over: bool,
}

impl Rows {
    fn new() -> Self {
        Self { reader: Reader::new(), input: vec![0; 64 << 10], at: 0, filled: 0, is_over: false }
    }

    /// The next row; `Some(None)` for one beyond the limits.
    fn next(&mut self, from: &mut impl Read) -> std::io::Result<Option<Option<Vec<String>>>> {
        let (mut fields, mut ends) = (vec![0; ROW_BYTES], vec![0; FIELDS]);
        let (mut filled, mut count, mut is_too_long) = (0, 0, false);
        loop {
            if self.at == self.filled && !self.is_over {
                self.filled = from.read(&mut self.input)?;
                self.at = 0;
                self.is_over = self.filled == 0;
            }
            let bytes = self.input.get(self.at..self.filled).unwrap_or_default();
            let (out, out_ends) =
                (fields.get_mut(filled..).unwrap_or_default(), ends.get_mut(count..).unwrap_or_default());
            let (result, read, wrote, ended) = self.reader.read_record(bytes, out, out_ends);
            self.at += read;
            filled += wrote;
            count += ended;
            match result {
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull | ReadRecordResult::OutputEndsFull => {
                    // Its rest is read over what is known of it.
                    (is_too_long, filled, count) = (true, 0, 0);
                }
                ReadRecordResult::End => return Ok(None),
                ReadRecordResult::Record if is_too_long => return Ok(Some(None)),
                ReadRecordResult::Record => {
                    let mut start = 0;
                    let texts = ends.iter().take(count).map(|end| {
                        let text = String::from_utf8_lossy(fields.get(start..*end).unwrap_or_default()).into_owned();
                        start = *end;
                        text
                    });
                    return Ok(Some(Some(texts.collect())));
                }
            }
        }
    }
}
