use super::Registry;
use super::assert::wanted;
use crate::RegistryError;
use crate::claim::{Claim, ClaimId};
use crate::entry::PrivateField;

/// What was erased.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Erased {
    /// Claims of which something was.
    pub claims: u64,
    /// Values, with their salts.
    pub values: u64,
}

/// Steps of one claim of which something is erased.
const MAX_STEPS: u64 = 10_000;

impl Registry {
    /// Erases what the registry knows of claims beside what stands on the log: who makes them, why, by which proof; and what
    /// they are about where `with_subject` says so, after which they hold for nothing any more. No proof changes.
    ///
    /// Only when this returns is it nowhere in the store's files.
    pub fn erase(&mut self, claims: &[ClaimId], with_subject: bool) -> Result<Erased, RegistryError> {
        let erased = self.changing(|write| {
            let mut erased = Erased::default();
            for id in claims {
                let claim = wanted(write, *id)?;
                let mut values = 0;
                for (number, _) in write.entries_of(*id, MAX_STEPS)? {
                    for field in PrivateField::ALL {
                        if (with_subject || *field != PrivateField::Subject) && write.remove_opening(number, *field)? {
                            values += 1;
                        }
                    }
                }
                // What the log tells anyway is not hidden by forgetting it here.
                if with_subject && !claim.kind.is_public() {
                    write.put_claim(&Claim { subject: None, ..claim })?;
                }
                erased.claims += u64::from(values > 0);
                erased.values += values;
            }
            Ok(erased)
        })?;
        self.store.scrub()?;
        Ok(erased)
    }
}
