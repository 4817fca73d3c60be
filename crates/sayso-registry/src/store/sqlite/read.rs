use rusqlite::{OptionalExtension, Row, ToSql, params};

use super::failure::Failures;
use super::rows::{CLAIM, Rows, challenge, claim, signed, unsigned};
use crate::RegistryError;
use crate::claim::{Claim, ClaimId, ClaimSubject};
use crate::entry::{Opening, PrivateField};
use crate::store::{Challenge, Identity, RegistryRead};

impl Rows<'_> {
    fn one<T>(
        &self,
        sql: &str,
        values: &[&dyn ToSql],
        read: fn(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Option<T>, RegistryError> {
        let mut query = self.connection.prepare_cached(sql).of(self.place)?;
        query.query_row(values, read).optional().of(self.place)
    }

    fn all<T>(
        &self,
        sql: &str,
        values: &[&dyn ToSql],
        read: fn(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, RegistryError> {
        let mut query = self.connection.prepare_cached(sql).of(self.place)?;
        let rows = query.query_map(values, read).of(self.place)?;
        rows.collect::<rusqlite::Result<_>>().of(self.place)
    }
}

impl RegistryRead for Rows<'_> {
    fn identity(&mut self) -> Result<Identity, RegistryError> {
        let vkey = self.one("SELECT vkey FROM identity", params![], |row| row.get::<_, String>(0))?;
        let vkey = vkey.ok_or_else(|| RegistryError::NotARegistry { place: self.place.to_owned() })?;
        Ok(Identity { key: vkey.parse()? })
    }

    fn size(&mut self) -> Result<u64, RegistryError> {
        let sql = "SELECT number + 1 FROM entry ORDER BY number DESC LIMIT 1";
        Ok(self.one(sql, params![], |row| unsigned(row, 0))?.unwrap_or(0))
    }

    fn entries(&mut self, from: u64, most: u64) -> Result<Vec<Vec<u8>>, RegistryError> {
        let sql = "SELECT bytes FROM entry WHERE number >= ?1 ORDER BY number LIMIT ?2";
        self.all(sql, params![signed(from), signed(most)], |row| row.get(0))
    }

    fn entries_of(&mut self, claim: ClaimId, most: u64) -> Result<Vec<(u64, Vec<u8>)>, RegistryError> {
        let sql = "SELECT number, bytes FROM entry WHERE claim = ?1 ORDER BY number LIMIT ?2";
        self.all(sql, params![signed(claim.0), signed(most)], |row| Ok((unsigned(row, 0)?, row.get(1)?)))
    }

    fn tile(&mut self, level: u8, index: u64) -> Result<Option<Vec<u8>>, RegistryError> {
        let sql = "SELECT hashes FROM tile WHERE level = ?1 AND number = ?2";
        self.one(sql, params![level, signed(index)], |row| row.get(0))
    }

    fn checkpoint(&mut self, size: u64) -> Result<Option<String>, RegistryError> {
        self.one("SELECT note FROM checkpoint WHERE size = ?1", params![signed(size)], |row| row.get(0))
    }

    fn cosignatures(&mut self, size: u64) -> Result<Vec<String>, RegistryError> {
        let sql = "SELECT line FROM cosignature WHERE size = ?1 ORDER BY witness";
        self.all(sql, params![signed(size)], |row| row.get(0))
    }

    fn claim(&mut self, id: ClaimId) -> Result<Option<Claim>, RegistryError> {
        self.one(&format!("SELECT {CLAIM} FROM claim WHERE id = ?1"), params![signed(id.0)], claim)
    }

    fn claims(&mut self, from: ClaimId, most: u64) -> Result<Vec<Claim>, RegistryError> {
        let sql = format!("SELECT {CLAIM} FROM claim WHERE id >= ?1 ORDER BY id LIMIT ?2");
        self.all(&sql, params![signed(from.0), signed(most)], claim)
    }

    fn claims_on(&mut self, subject: &ClaimSubject, most: u64) -> Result<Vec<Claim>, RegistryError> {
        let sql = format!("SELECT {CLAIM} FROM claim WHERE subject = ?1 AND kind = ?2 ORDER BY id LIMIT ?3");
        self.all(&sql, params![subject.value(), subject.kind().as_str(), signed(most)], claim)
    }

    fn changed_since(&mut self, entry: u64, most: u64) -> Result<Vec<Claim>, RegistryError> {
        let sql = format!("SELECT {CLAIM} FROM claim WHERE changed_by >= ?1 ORDER BY changed_by LIMIT ?2");
        self.all(&sql, params![signed(entry), signed(most)], claim)
    }

    fn opening(&mut self, entry: u64, field: PrivateField) -> Result<Option<Opening>, RegistryError> {
        let sql = "SELECT salt, value FROM opening WHERE entry = ?1 AND field = ?2";
        let read = |row: &Row<'_>| Ok(Opening { salt: row.get(0)?, value: row.get(1)? });
        self.one(sql, params![signed(entry), field.as_str()], read)
    }

    fn version(&mut self) -> Result<u64, RegistryError> {
        self.connection.pragma_query_value(None, "data_version", |row| unsigned(row, 0)).of(self.place)
    }

    fn forgotten(&mut self) -> Result<Vec<ClaimId>, RegistryError> {
        let sql = "SELECT id FROM claim WHERE subject IS NULL ORDER BY id";
        self.all(sql, params![], |row| unsigned(row, 0).map(ClaimId))
    }

    fn challenges(&mut self, claim: ClaimId) -> Result<Vec<Challenge>, RegistryError> {
        let sql =
            "SELECT claim, method, token, expires_at, used_at FROM challenge WHERE claim = ?1 ORDER BY expires_at";
        self.all(sql, params![signed(claim.0)], challenge)
    }
}
