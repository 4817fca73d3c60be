use std::collections::HashMap;

use postgres::types::ToSql;
use postgres::{Row, Statement, Transaction};
use sayso_core::{Sha256, Timestamp};

use super::failure::Failures;
use crate::RegistryError;
use crate::claim::{Claim, ClaimId, ClaimSubject, SubjectKind};
use crate::store::Challenge;

/// The tables within one transaction.
pub(super) struct Rows<'a, 'b> {
    pub(super) change: &'a mut Transaction<'b>,
    pub(super) statements: &'a mut HashMap<String, Statement>,
    pub(super) place: &'a str,
}

impl Rows<'_, '_> {
    /// A statement, prepared once for the connection.
    fn statement(&mut self, sql: &str) -> Result<Statement, RegistryError> {
        if let Some(known) = self.statements.get(sql) {
            return Ok(known.clone());
        }
        let prepared = self.change.prepare(sql).of(self.place)?;
        self.statements.insert(sql.to_owned(), prepared.clone());
        Ok(prepared)
    }

    pub(super) fn rows(&mut self, sql: &str, values: &[&(dyn ToSql + Sync)]) -> Result<Vec<Row>, RegistryError> {
        let statement = self.statement(sql)?;
        self.change.query(&statement, values).of(self.place)
    }

    pub(super) fn run(&mut self, sql: &str, values: &[&(dyn ToSql + Sync)]) -> Result<u64, RegistryError> {
        let statement = self.statement(sql)?;
        self.change.execute(&statement, values).of(self.place)
    }

    pub(super) fn damaged(&self, what: &str) -> RegistryError {
        RegistryError::damaged(self.place, what)
    }

    /// A claim's row, its columns in the order of [`CLAIM`].
    pub(super) fn claim_of(&self, row: &Row) -> Result<Claim, RegistryError> {
        let text = |at: usize| row.try_get::<_, String>(at).of(self.place);
        let wrong = |what| self.damaged(what);
        let kind: SubjectKind = text(1)?.parse().map_err(|_| wrong("a claim is of no known kind"))?;
        let subject: Option<String> = row.try_get(2).of(self.place)?;
        let subject = subject.map(|it| ClaimSubject::stored(kind, &it).ok_or_else(|| wrong("a subject is none")));
        let method: Option<String> = row.try_get(5).of(self.place)?;
        let method = method.map(|it| it.parse().map_err(|_| wrong("a claim is verified in no known way")));
        let micros = |at: usize| row.try_get::<_, i64>(at).map(Timestamp::from_micros).of(self.place);
        Ok(Claim {
            id: ClaimId(self.unsigned(row, 0)?),
            kind,
            subject: subject.transpose()?,
            preferences: serde_json::from_str(&text(3)?).map_err(|_| wrong("a claim's preferences cannot be read"))?,
            state: text(4)?.parse().map_err(|_| wrong("a claim is in no known state"))?,
            method: method.transpose()?,
            since: micros(6)?,
            made_at: micros(7)?,
            changed_by: self.unsigned(row, 8)?,
        })
    }

    /// A challenge's row: claim, method, token, expires_at, used_at.
    pub(super) fn challenge_of(&self, row: &Row) -> Result<Challenge, RegistryError> {
        let method: String = row.try_get(1).of(self.place)?;
        let token: Vec<u8> = row.try_get(2).of(self.place)?;
        let used_at: Option<i64> = row.try_get(4).of(self.place)?;
        Ok(Challenge {
            claim: ClaimId(self.unsigned(row, 0)?),
            method: method.parse().map_err(|_| self.damaged("a challenge is of no known way"))?,
            token: Sha256(token.try_into().map_err(|_| self.damaged("a token's hash is none"))?),
            expires_at: Timestamp::from_micros(row.try_get(3).of(self.place)?),
            used_at: used_at.map(Timestamp::from_micros),
        })
    }

    pub(super) fn unsigned(&self, row: &Row, column: usize) -> Result<u64, RegistryError> {
        let value: i64 = row.try_get(column).of(self.place)?;
        u64::try_from(value).map_err(|_| self.damaged("a number is negative"))
    }
}

/// The columns of a claim.
pub(super) const CLAIM: &str = "id, kind, subject, preferences, state, method, since, made_at, changed_by";

/// A number as the database keeps it. One beyond 63 bits is no number of an entry that there is.
pub(super) fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
