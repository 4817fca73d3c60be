use rusqlite::types::Type;
use rusqlite::{Connection, Row};
use sayso_core::{Sha256, Timestamp};

use crate::claim::{Claim, ClaimId, ClaimSubject, SubjectKind};
use crate::store::Challenge;

/// The tables within one transaction.
pub(super) struct Rows<'a> {
    pub(super) connection: &'a Connection,
    pub(super) place: &'a str,
}

/// The columns of a claim, in the order in which [`claim`] reads them.
pub(super) const CLAIM: &str = "id, kind, subject, preferences, state, method, since, made_at, changed_by";

/// A claim's row.
pub(super) fn claim(row: &Row<'_>) -> rusqlite::Result<Claim> {
    let kind: SubjectKind = parsed(row, 1)?;
    let subject = row.get_ref(2)?.as_str_or_null().map_err(|error| wrong(2, error))?;
    let subject = subject.map(|value| ClaimSubject::stored(kind, value).ok_or_else(|| wrong(2, "no subject")));
    let preferences = row.get_ref(3)?.as_str().map_err(|error| wrong(3, error))?;
    let method = row.get_ref(5)?.as_str_or_null().map_err(|error| wrong(5, error))?;
    Ok(Claim {
        id: ClaimId(unsigned(row, 0)?),
        kind,
        subject: subject.transpose()?,
        preferences: serde_json::from_str(preferences).map_err(|error| wrong(3, error))?,
        state: parsed(row, 4)?,
        method: method.map(str::parse).transpose().map_err(|error| wrong(5, error))?,
        since: Timestamp::from_micros(row.get(6)?),
        made_at: Timestamp::from_micros(row.get(7)?),
        changed_by: unsigned(row, 8)?,
    })
}

/// A challenge's row: claim, method, token, expires_at, used_at.
pub(super) fn challenge(row: &Row<'_>) -> rusqlite::Result<Challenge> {
    Ok(Challenge {
        claim: ClaimId(unsigned(row, 0)?),
        method: parsed(row, 1)?,
        token: Sha256(row.get(2)?),
        expires_at: Timestamp::from_micros(row.get(3)?),
        used_at: row.get::<_, Option<i64>>(4)?.map(Timestamp::from_micros),
    })
}

/// A number that is never negative.
pub(crate) fn unsigned(row: &Row<'_>, column: usize) -> rusqlite::Result<u64> {
    let value: i64 = row.get(column)?;
    u64::try_from(value).map_err(|error| wrong(column, error))
}

/// A name of one of our tables of names.
fn parsed<T: std::str::FromStr<Err: std::error::Error + Send + Sync + 'static>>(
    row: &Row<'_>,
    column: usize,
) -> rusqlite::Result<T> {
    row.get_ref(column)?.as_str().map_err(|error| wrong(column, error))?.parse().map_err(|error| wrong(column, error))
}

fn wrong(column: usize, error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, Type::Text, error.into())
}

/// A number as SQLite keeps it. One beyond 63 bits is no number of an entry that there is.
pub(crate) fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
