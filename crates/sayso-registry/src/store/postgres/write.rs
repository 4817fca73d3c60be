use sayso_core::{Sha256, Timestamp};

use super::rows::{Rows, signed};
use crate::RegistryError;
use crate::claim::{Claim, ClaimId, ClaimSubject, Method};
use crate::entry::{Opening, PrivateField};
use crate::store::{Challenge, RegistryWrite};

impl RegistryWrite for Rows<'_, '_> {
    fn add_entry(&mut self, number: u64, claim: ClaimId, bytes: &[u8]) -> Result<(), RegistryError> {
        let sql = "INSERT INTO entry (number, claim, bytes) VALUES ($1, $2, $3)";
        self.run(sql, &[&signed(number), &signed(claim.0), &bytes]).map(drop)
    }

    fn put_tile(&mut self, level: u8, index: u64, hashes: &[u8]) -> Result<(), RegistryError> {
        let sql = "INSERT INTO tile (level, number, hashes) VALUES ($1, $2, $3) \
                   ON CONFLICT (level, number) DO UPDATE SET hashes = $3";
        self.run(sql, &[&i16::from(level), &signed(index), &hashes]).map(drop)
    }

    fn add_checkpoint(&mut self, size: u64, note: &str) -> Result<(), RegistryError> {
        self.run("INSERT INTO checkpoint (size, note) VALUES ($1, $2)", &[&signed(size), &note]).map(drop)
    }

    fn put_cosignature(&mut self, size: u64, witness: &str, line: &str) -> Result<(), RegistryError> {
        let sql = "INSERT INTO cosignature (size, witness, line) VALUES ($1, $2, $3) \
                   ON CONFLICT (size, witness) DO UPDATE SET line = $3";
        self.run(sql, &[&signed(size), &witness, &line]).map(drop)
    }

    fn put_claim(&mut self, claim: &Claim) -> Result<(), RegistryError> {
        let sql = "INSERT INTO claim (id, kind, subject, preferences, state, method, since, made_at, changed_by) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (id) DO UPDATE \
                   SET subject = $3, preferences = $4, state = $5, method = $6, since = $7, changed_by = $9";
        let Claim { id, kind, subject, preferences, state, method, since, made_at, changed_by } = claim;
        let preferences = serde_json::to_string(preferences)
            .map_err(|error| RegistryError::damaged(self.place, error.to_string()))?;
        self.run(
            sql,
            &[
                &signed(id.0),
                &kind.as_str(),
                &subject.as_ref().map(ClaimSubject::value),
                &preferences,
                &state.as_str(),
                &method.map(Method::as_str),
                &since.as_micros(),
                &made_at.as_micros(),
                &signed(*changed_by),
            ],
        )
        .map(drop)
    }

    fn add_opening(&mut self, entry: u64, field: PrivateField, opening: &Opening) -> Result<(), RegistryError> {
        let sql = "INSERT INTO opening (entry, field, salt, value) VALUES ($1, $2, $3, $4)";
        self.run(sql, &[&signed(entry), &field.as_str(), &&opening.salt[..], &opening.value]).map(drop)
    }

    fn remove_opening(&mut self, entry: u64, field: PrivateField) -> Result<bool, RegistryError> {
        let sql = "DELETE FROM opening WHERE entry = $1 AND field = $2";
        Ok(self.run(sql, &[&signed(entry), &field.as_str()])? > 0)
    }

    fn add_challenge(&mut self, challenge: &Challenge) -> Result<(), RegistryError> {
        let sql = "INSERT INTO challenge (token, claim, method, expires_at, used_at) VALUES ($1, $2, $3, $4, $5)";
        let Challenge { claim, method, token, expires_at, used_at } = challenge;
        let used_at = used_at.map(Timestamp::as_micros);
        self.run(sql, &[&&token.0[..], &signed(claim.0), &method.as_str(), &expires_at.as_micros(), &used_at]).map(drop)
    }

    fn use_challenge(&mut self, token: &Sha256, at: Timestamp) -> Result<(), RegistryError> {
        let sql = "UPDATE challenge SET used_at = $2 WHERE token = $1 AND used_at IS NULL";
        self.run(sql, &[&&token.0[..], &at.as_micros()]).map(drop)
    }
}
