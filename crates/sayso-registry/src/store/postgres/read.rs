use super::failure::Failures;
use super::rows::{CLAIM, Rows, signed};
use crate::RegistryError;
use crate::claim::{Claim, ClaimId, ClaimSubject};
use crate::entry::{Opening, PrivateField};
use crate::store::{Challenge, Identity, RegistryRead};

impl RegistryRead for Rows<'_, '_> {
    fn identity(&mut self) -> Result<Identity, RegistryError> {
        let rows = self.rows("SELECT vkey FROM identity", &[])?;
        let row = rows.first().ok_or_else(|| RegistryError::NotARegistry { place: self.place.to_owned() })?;
        let vkey: String = row.try_get(0).of(self.place)?;
        Ok(Identity { key: vkey.parse()? })
    }

    fn size(&mut self) -> Result<u64, RegistryError> {
        let rows = self.rows("SELECT number + 1 FROM entry ORDER BY number DESC LIMIT 1", &[])?;
        rows.first().map_or(Ok(0), |row| self.unsigned(row, 0))
    }

    fn entries(&mut self, from: u64, most: u64) -> Result<Vec<Vec<u8>>, RegistryError> {
        let sql = "SELECT bytes FROM entry WHERE number >= $1 ORDER BY number LIMIT $2";
        let rows = self.rows(sql, &[&signed(from), &signed(most)])?;
        rows.iter().map(|row| row.try_get(0).of(self.place)).collect()
    }

    fn entries_of(&mut self, claim: ClaimId, most: u64) -> Result<Vec<(u64, Vec<u8>)>, RegistryError> {
        let sql = "SELECT number, bytes FROM entry WHERE claim = $1 ORDER BY number LIMIT $2";
        let rows = self.rows(sql, &[&signed(claim.0), &signed(most)])?;
        rows.iter().map(|row| Ok((self.unsigned(row, 0)?, row.try_get(1).of(self.place)?))).collect()
    }

    fn tile(&mut self, level: u8, index: u64) -> Result<Option<Vec<u8>>, RegistryError> {
        let sql = "SELECT hashes FROM tile WHERE level = $1 AND number = $2";
        let rows = self.rows(sql, &[&i16::from(level), &signed(index)])?;
        rows.first().map(|row| row.try_get(0).of(self.place)).transpose()
    }

    fn checkpoint(&mut self, size: u64) -> Result<Option<String>, RegistryError> {
        let rows = self.rows("SELECT note FROM checkpoint WHERE size = $1", &[&signed(size)])?;
        rows.first().map(|row| row.try_get(0).of(self.place)).transpose()
    }

    fn cosignatures(&mut self, size: u64) -> Result<Vec<String>, RegistryError> {
        let rows = self.rows("SELECT line FROM cosignature WHERE size = $1 ORDER BY witness", &[&signed(size)])?;
        rows.iter().map(|row| row.try_get(0).of(self.place)).collect()
    }

    fn claim(&mut self, id: ClaimId) -> Result<Option<Claim>, RegistryError> {
        let rows = self.rows(&format!("SELECT {CLAIM} FROM claim WHERE id = $1"), &[&signed(id.0)])?;
        rows.first().map(|row| self.claim_of(row)).transpose()
    }

    fn claims(&mut self, from: ClaimId, most: u64) -> Result<Vec<Claim>, RegistryError> {
        let sql = format!("SELECT {CLAIM} FROM claim WHERE id >= $1 ORDER BY id LIMIT $2");
        let rows = self.rows(&sql, &[&signed(from.0), &signed(most)])?;
        rows.iter().map(|row| self.claim_of(row)).collect()
    }

    fn claims_on(&mut self, subject: &ClaimSubject, most: u64) -> Result<Vec<Claim>, RegistryError> {
        let sql = format!("SELECT {CLAIM} FROM claim WHERE subject = $1 AND kind = $2 ORDER BY id LIMIT $3");
        let rows = self.rows(&sql, &[&subject.value(), &subject.kind().as_str(), &signed(most)])?;
        rows.iter().map(|row| self.claim_of(row)).collect()
    }

    fn changed_since(&mut self, entry: u64, most: u64) -> Result<Vec<Claim>, RegistryError> {
        let sql = format!("SELECT {CLAIM} FROM claim WHERE changed_by >= $1 ORDER BY changed_by LIMIT $2");
        let rows = self.rows(&sql, &[&signed(entry), &signed(most)])?;
        rows.iter().map(|row| self.claim_of(row)).collect()
    }

    fn opening(&mut self, entry: u64, field: PrivateField) -> Result<Option<Opening>, RegistryError> {
        let sql = "SELECT salt, value FROM opening WHERE entry = $1 AND field = $2";
        let rows = self.rows(sql, &[&signed(entry), &field.as_str()])?;
        let Some(row) = rows.first() else { return Ok(None) };
        let salt: Vec<u8> = row.try_get(0).of(self.place)?;
        let salt = salt.try_into().map_err(|_| self.damaged("a salt has not 32 bytes"))?;
        Ok(Some(Opening { salt, value: row.try_get(1).of(self.place)? }))
    }

    fn version(&mut self) -> Result<u64, RegistryError> {
        // The next transaction's number: whatever is kept anywhere in the database moves it.
        let rows = self.rows("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint", &[])?;
        rows.first().map_or(Ok(0), |row| self.unsigned(row, 0))
    }

    fn forgotten(&mut self) -> Result<Vec<ClaimId>, RegistryError> {
        let rows = self.rows("SELECT id FROM claim WHERE subject IS NULL ORDER BY id", &[])?;
        rows.iter().map(|row| self.unsigned(row, 0).map(ClaimId)).collect()
    }

    fn challenges(&mut self, claim: ClaimId) -> Result<Vec<Challenge>, RegistryError> {
        let sql =
            "SELECT claim, method, token, expires_at, used_at FROM challenge WHERE claim = $1 ORDER BY expires_at";
        let rows = self.rows(sql, &[&signed(claim.0)])?;
        rows.iter().map(|row| self.challenge_of(row)).collect()
    }
}
