use std::collections::BTreeSet;

use sayso_registry::claim::{ClaimId, ClaimSubject, SubjectKind};

use super::error::StudioError;
use crate::claims::Ground;
use crate::training::{GrantedBy, PersonGrant};

/// Whether a claim is of the person whom it is named for: by an account that is called like them, which anybody can see, or because
/// whoever brings the pictures has shown that the claim is theirs. Somebody else's claim grants its holder's pictures, and nobody's likeness.
pub(super) fn assert_theirs(grant: &PersonGrant, ground: &Ground, own: &BTreeSet<ClaimId>) -> Result<(), StudioError> {
    let GrantedBy::Claim(id) = grant.by else { return Ok(()) };
    let is_called_so = || ground.index().get(id).is_some_and(|claim| is_account_of(&claim.subject, &grant.name));
    if own.contains(&id) || is_called_so() {
        return Ok(());
    }
    Err(StudioError::asked(format!(
        "nothing shows that claim {id} is of {}\nhint: it counts if it is about an account of that name, or if whoever holds it writes its token behind it: NAME={id} TOKEN",
        grant.name
    )))
}

/// Whether a subject is an account of this name. Spaces, case and punctuation make no difference, and nothing else is made equal: a
/// name that only looks like another is another's.
fn is_account_of(subject: &ClaimSubject, name: &str) -> bool {
    if subject.kind() != SubjectKind::Account {
        return false;
    }
    let folded = |text: &str| -> String {
        text.chars().filter(|c| !c.is_whitespace() && !"-_.@'’".contains(*c)).flat_map(char::to_lowercase).collect()
    };
    let value = subject.value();
    let handle = folded(value.split_once('/').map_or("", |(_, handle)| handle));
    // `me` stands for whoever trains, and is nobody's account.
    !handle.is_empty() && handle == folded(name) && handle != "me"
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::is_account_of;

    #[test]
    fn an_account_is_of_whoever_is_called_like_it() {
        let is = |subject: &str, name: &str| is_account_of(&subject.parse().unwrap(), name);
        assert!(is("account:deviantart.com/marisol-quintero", "Marisol Quintero"));
        assert!(is("account:deviantart.com/marisolquintero", "marisolquintero"));
        for name in ["Marisol", "Marisol Quintero Vega", "Mаrisol Quintero", "deviantart", ""] {
            assert!(!is("account:deviantart.com/marisolquintero", name), "{name}");
        }
        assert!(!is("account:deviantart.com/me", "me"));
        assert!(!is("domain:marisolquintero.com", "Marisol Quintero"));
    }
}
