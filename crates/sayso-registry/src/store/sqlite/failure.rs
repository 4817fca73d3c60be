use rusqlite::ErrorCode;

use crate::RegistryError;

/// What SQLite says, in the words of a registry.
pub(crate) trait Failures<T> {
    /// The value, or the failure at this place.
    fn of(self, place: &str) -> Result<T, RegistryError>;
}

impl<T> Failures<T> for rusqlite::Result<T> {
    fn of(self, place: &str) -> Result<T, RegistryError> {
        self.map_err(|error| failure(&error, place))
    }
}

fn failure(error: &rusqlite::Error, place: &str) -> RegistryError {
    let place = place.to_owned();
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => RegistryError::Busy { place },
        Some(ErrorCode::DiskFull) => RegistryError::Full { place },
        Some(ErrorCode::NotADatabase) => RegistryError::NotARegistry { place },
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::ConstraintViolation) => {
            RegistryError::Damaged { place, message: error.to_string() }
        }
        Some(_) => RegistryError::Store { place, message: error.to_string() },
        // A column is missing, or of another type: somebody changed the file.
        None => RegistryError::Damaged { place, message: error.to_string() },
    }
}
