use rusqlite::{OptionalExtension, params};
use sayso_core::Timestamp;

use super::open::Office;
use super::secret::Secret;
use crate::claim::ClaimId;
use crate::store::sqlite::{Failures, signed, unsigned};
use crate::{Randomness, RegistryError};

/// Who somebody is, for a while.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Session {
    /// The operator, where it is one.
    pub operator: Option<String>,
    /// The claims that are theirs.
    pub claims: Vec<ClaimId>,
}

impl Office {
    /// Opens a session, in place of an older one of the same browser: whoever knew that one has nothing of the new one.
    pub fn open_session(
        &mut self,
        before: Option<&Secret>,
        session: &Session,
        now: Timestamp,
        expires_at: Timestamp,
        randomness: &mut dyn Randomness,
    ) -> Result<Secret, RegistryError> {
        let secret = Secret::new(randomness)?;
        let token = secret.hash();
        self.change(|change| {
            change.execute("DELETE FROM session WHERE expires_at <= ?1", params![now.as_micros()])?;
            if let Some(before) = before {
                change.execute("DELETE FROM session WHERE token = ?1", params![before.hash().0])?;
            }
            let insert = "INSERT INTO session (token, operator, expires_at) VALUES (?1, ?2, ?3)";
            change.execute(insert, params![token.0, session.operator, expires_at.as_micros()])?;
            for claim in &session.claims {
                let insert = "INSERT OR IGNORE INTO session_claim (token, claim) VALUES (?1, ?2)";
                change.execute(insert, params![token.0, signed(claim.0)])?;
            }
            Ok(())
        })?;
        Ok(secret)
    }

    /// Who somebody with this secret is; `None` where the session is over or never was. An operator who was removed is none.
    pub fn session(&mut self, secret: &Secret, now: Timestamp) -> Result<Option<Session>, RegistryError> {
        let token = secret.hash();
        let sql = "SELECT (SELECT name FROM operator WHERE name = session.operator) FROM session
                   WHERE token = ?1 AND expires_at > ?2";
        let mut query = self.connection.prepare_cached(sql).of(&self.place)?;
        let operator: Option<Option<String>> =
            query.query_row(params![token.0, now.as_micros()], |row| row.get(0)).optional().of(&self.place)?;
        let Some(operator) = operator else { return Ok(None) };
        let sql = "SELECT claim FROM session_claim WHERE token = ?1 ORDER BY claim";
        let mut query = self.connection.prepare_cached(sql).of(&self.place)?;
        let claims = query.query_map(params![token.0], |row| unsigned(row, 0).map(ClaimId)).of(&self.place)?;
        Ok(Some(Session { operator, claims: claims.collect::<rusqlite::Result<_>>().of(&self.place)? }))
    }

    /// Ends a session.
    pub fn close_session(&mut self, secret: &Secret) -> Result<(), RegistryError> {
        let token = secret.hash();
        self.change(|change| change.execute("DELETE FROM session WHERE token = ?1", params![token.0]).map(drop))
    }
}
