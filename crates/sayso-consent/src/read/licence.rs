use sayso_core::{Preference, Signal, Stance, UsageCategory};

use super::Preferences;
use crate::codes;
use crate::licences::{is_bare_link, licence_of};

/// Reads a licence. It is evidence of what its conditions allow, and a grant only under a policy that makes it one.
pub(crate) fn read_licence(signal: &Signal) -> Vec<Preference> {
    let code = match licence_of(signal.raw.trim_ascii()) {
        // What was cut off may have made it another, or have stated one beside it.
        Some(licence) if licence.free && signal.is_cut() => codes::LICENCE_UNREAD,
        Some(licence) if licence.free && is_bare_link(signal) => codes::LICENCE_LINKED,
        Some(licence) if licence.free => codes::LICENCE_FREE,
        Some(_) => codes::LICENCE_RESTRICTED,
        None => codes::LICENCE_UNREAD,
    };
    let mut preferences = Preferences::default();
    preferences.add_all(UsageCategory::ALL, Stance::Unknown, code);
    preferences.into_vec()
}
