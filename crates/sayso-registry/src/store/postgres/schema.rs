use postgres::Transaction;

use super::failure::Failures;
use crate::RegistryError;

/// What leads from one version to the next, the first from nothing. A released one is never changed.
const MIGRATIONS: &[&str] =
    &["CREATE TABLE identity (single INTEGER PRIMARY KEY CHECK (single = 1), vkey TEXT NOT NULL);
     CREATE TABLE entry (number BIGINT PRIMARY KEY, claim BIGINT NOT NULL, bytes BYTEA NOT NULL);
     CREATE INDEX entry_by_claim ON entry (claim);
     CREATE TABLE tile (level SMALLINT NOT NULL, number BIGINT NOT NULL, hashes BYTEA NOT NULL,
         PRIMARY KEY (level, number));
     CREATE TABLE checkpoint (size BIGINT PRIMARY KEY, note TEXT NOT NULL);
     CREATE TABLE cosignature (size BIGINT NOT NULL, witness TEXT COLLATE \"C\" NOT NULL, line TEXT NOT NULL,
         PRIMARY KEY (size, witness));
     CREATE TABLE claim (id BIGINT PRIMARY KEY, kind TEXT NOT NULL, subject TEXT, preferences TEXT NOT NULL,
         state TEXT NOT NULL, method TEXT, since BIGINT NOT NULL, made_at BIGINT NOT NULL, changed_by BIGINT NOT NULL);
     CREATE INDEX claim_by_subject ON claim (subject, kind) WHERE subject IS NOT NULL;
     CREATE INDEX claim_by_change ON claim (changed_by);
     CREATE TABLE opening (entry BIGINT NOT NULL, field TEXT NOT NULL, salt BYTEA NOT NULL, value TEXT NOT NULL,
         PRIMARY KEY (entry, field));
     CREATE TABLE challenge (token BYTEA PRIMARY KEY, claim BIGINT NOT NULL, method TEXT NOT NULL,
         expires_at BIGINT NOT NULL, used_at BIGINT);
     CREATE INDEX challenge_by_claim ON challenge (claim);"];

/// Brings the tables to the newest version; says no to those of a newer program. Whoever calls it is the only writer.
pub(super) fn migrate(change: &mut Transaction<'_>, place: &str) -> Result<(), RegistryError> {
    change
        .batch_execute("CREATE SCHEMA IF NOT EXISTS sayso_registry; CREATE TABLE IF NOT EXISTS version (single INTEGER PRIMARY KEY CHECK (single = 1), version BIGINT NOT NULL)")
        .of(place)?;
    let found = change.query_opt("SELECT version FROM version", &[]).of(place)?;
    let found: i64 = found.map_or(Ok(0), |row| row.try_get(0)).of(place)?;
    let known = i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX);
    if found > known {
        let (what, found, known) = (format!("the registry `{place}`"), found.unsigned_abs(), known.unsigned_abs());
        return Err(RegistryError::FromTheFuture { what, found, known });
    }
    for step in MIGRATIONS.iter().skip(usize::try_from(found).unwrap_or(usize::MAX)) {
        change.batch_execute(step).of(place)?;
    }
    let keep = "INSERT INTO version (single, version) VALUES (1, $1) ON CONFLICT (single) DO UPDATE SET version = $1";
    change.execute(keep, &[&known]).of(place).map(drop)
}
