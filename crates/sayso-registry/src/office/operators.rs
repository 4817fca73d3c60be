use rusqlite::{OptionalExtension, params};
use sayso_core::Timestamp;

use super::open::Office;
use super::secret::Secret;
use super::trail::leave;
use crate::store::sqlite::Failures;
use crate::{Randomness, RegistryError};

/// Somebody who decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operator {
    /// The name by which the trail tells them.
    pub name: String,
    /// Since when.
    pub made_at: Timestamp,
}

/// Characters of a name.
const NAME_CHARS: usize = 60;

impl Office {
    /// Takes somebody on, and says the token by which they log in. It is told here and never again.
    pub fn add_operator(
        &mut self,
        name: &str,
        now: Timestamp,
        randomness: &mut dyn Randomness,
    ) -> Result<Secret, RegistryError> {
        let no = |why| Err(RegistryError::Operator { name: name.chars().take(NAME_CHARS).collect(), why });
        let is_name = |name: &str| {
            let is_plain = |c: char| c.is_alphanumeric() || " .-_@".contains(c);
            !name.trim().is_empty() && name.chars().count() <= NAME_CHARS && name.chars().all(is_plain)
        };
        if !is_name(name) {
            return no("it is no name of letters, digits, spaces and `.-_@`, at most 60 of them");
        }
        let secret = Secret::new(randomness)?;
        let token = secret.hash();
        let added = self.change(|change| {
            let insert =
                "INSERT INTO operator (name, token, made_at) VALUES (?1, ?2, ?3) ON CONFLICT (name) DO NOTHING";
            let added = change.execute(insert, params![name, token.0, now.as_micros()])?;
            if added > 0 {
                leave(change, "the registry's keeper", "took on", &format!("operator {name}"), now)?;
            }
            Ok(added)
        })?;
        if added == 0 { no("there is one of that name") } else { Ok(secret) }
    }

    /// Everybody who decides.
    pub fn operators(&mut self) -> Result<Vec<Operator>, RegistryError> {
        let mut query = self.connection.prepare("SELECT name, made_at FROM operator ORDER BY name").of(&self.place)?;
        let read =
            |row: &rusqlite::Row<'_>| Ok(Operator { name: row.get(0)?, made_at: Timestamp::from_micros(row.get(1)?) });
        query.query_map([], read).of(&self.place)?.collect::<rusqlite::Result<_>>().of(&self.place)
    }

    /// Lets somebody go. Their sessions end with it.
    pub fn remove_operator(&mut self, name: &str, now: Timestamp) -> Result<(), RegistryError> {
        let removed = self.change(|change| {
            change.execute("DELETE FROM session WHERE operator = ?1", params![name])?;
            let removed = change.execute("DELETE FROM operator WHERE name = ?1", params![name])?;
            if removed > 0 {
                leave(change, "the registry's keeper", "let go", &format!("operator {name}"), now)?;
            }
            Ok(removed)
        })?;
        let name = || name.chars().take(NAME_CHARS).collect();
        if removed == 0 {
            Err(RegistryError::Operator { name: name(), why: "there is none of that name" })
        } else {
            Ok(())
        }
    }

    /// The operator whose token this is.
    pub fn operator_of(&mut self, token: &Secret) -> Result<Option<String>, RegistryError> {
        let sql = "SELECT name FROM operator WHERE token = ?1";
        let found = self.connection.query_row(sql, params![token.hash().0], |row| row.get(0));
        found.optional().of(&self.place)
    }
}
