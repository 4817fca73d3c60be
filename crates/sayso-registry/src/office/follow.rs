use rusqlite::params;
use sayso_core::Timestamp;

use super::open::Office;
use super::secret::Secret;
use super::trail::leave;
use crate::claim::ClaimId;
use crate::store::sqlite::{Failures, signed, unsigned};
use crate::{Randomness, RegistryError};

/// Claims of one token.
const MOST: usize = 1000;

impl Office {
    /// A token by which whoever made these claims follows them. It is told here and never again.
    pub fn let_follow(
        &mut self,
        claims: &[ClaimId],
        now: Timestamp,
        randomness: &mut dyn Randomness,
    ) -> Result<Secret, RegistryError> {
        let secret = Secret::new(randomness)?;
        let token = secret.hash();
        self.change(|change| {
            for claim in claims.iter().take(MOST) {
                let insert = "INSERT OR IGNORE INTO follower (token, claim, made_at) VALUES (?1, ?2, ?3)";
                change.execute(insert, params![token.0, signed(claim.0), now.as_micros()])?;
                leave(change, "anybody", "claimed", &format!("claim {claim}"), now)?;
            }
            Ok(())
        })?;
        Ok(secret)
    }

    /// The claims that a token follows; none where it is no token.
    pub fn followed(&mut self, token: &Secret) -> Result<Vec<ClaimId>, RegistryError> {
        let sql = "SELECT claim FROM follower WHERE token = ?1 ORDER BY claim";
        let mut query = self.connection.prepare_cached(sql).of(&self.place)?;
        let claims = query.query_map(params![token.hash().0], |row| unsigned(row, 0).map(ClaimId)).of(&self.place)?;
        claims.collect::<rusqlite::Result<_>>().of(&self.place)
    }
}
