use postgres::error::SqlState;

use crate::RegistryError;

/// What PostgreSQL says, in the words of a registry.
pub(super) trait Failures<T> {
    /// The value, or the failure at this place.
    fn of(self, place: &str) -> Result<T, RegistryError>;
}

impl<T> Failures<T> for Result<T, postgres::Error> {
    fn of(self, place: &str) -> Result<T, RegistryError> {
        self.map_err(|error| failure(&error, place))
    }
}

fn failure(error: &postgres::Error, place: &str) -> RegistryError {
    let place = place.to_owned();
    let state = error.code();
    // The database says what is wrong, the library only that it said so.
    let message = error.as_db_error().map_or_else(|| error.to_string(), |said| said.message().to_owned());
    if state == Some(&SqlState::LOCK_NOT_AVAILABLE) {
        RegistryError::Busy { place }
    } else if state == Some(&SqlState::DISK_FULL) {
        RegistryError::Full { place }
    } else if state == Some(&SqlState::UNDEFINED_TABLE) || state == Some(&SqlState::INVALID_SCHEMA_NAME) {
        RegistryError::NotARegistry { place }
    } else if state.is_some_and(|state| state.code().starts_with("23")) {
        // A number that is taken, a row that breaks what its table promises.
        RegistryError::Damaged { place, message }
    } else {
        RegistryError::Store { place, message }
    }
}
