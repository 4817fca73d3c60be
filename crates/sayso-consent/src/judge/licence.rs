use sayso_core::{OwnRules, Policy, PolicyName, Preference, Signal, SignalKind, Statement};

use crate::codes;
use crate::licences::{is_bare_link, licence_of};

/// What a policy of one's own makes of a licence that it names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ruling {
    /// It counts as a grant.
    Granted,
    /// It is refused.
    Refused,
}

/// What the policy makes of the licences that are stated about one subject.
pub(super) struct Licences<'a> {
    own: Option<&'a OwnRules>,
    /// Whether free licences are grants here.
    pub(super) free_grants: bool,
    /// Whether those that the policy names are grants here.
    named_grant: bool,
}

impl<'a> Licences<'a> {
    /// A licence grants nothing where another is stated beside it that does not: which of them holds is not known.
    pub(super) fn of(statements: &[Statement], policy: &'a Policy) -> Self {
        let own = policy.own.as_deref();
        if let Some(own) = own
            && !own.grant_licences.is_empty()
        {
            let licences = statements.iter().filter(|statement| is_licence(statement));
            let named_grant =
                licences.map(|statement| ruling(own, &statement.signal)).all(|it| it == Some(Ruling::Granted));
            return Self { own: Some(own), free_grants: false, named_grant };
        }
        let is_not_free = |p: &Preference| p.code == *codes::LICENCE_RESTRICTED || p.code == *codes::LICENCE_UNREAD;
        let free_grants = policy.name == PolicyName::OptIn
            && !statements.iter().flat_map(|statement| &statement.preferences).any(is_not_free);
        Self { own: own.filter(|own| !own.refuse_licences.is_empty()), free_grants, named_grant: false }
    }

    /// What the policy's own rules make of this statement; `None` where they do not speak of it.
    pub(super) fn ruling(&self, statement: &Statement) -> Option<Ruling> {
        let own = self.own.filter(|_| is_licence(statement))?;
        // Who links to a licence without saying whose it is contradicts nobody, and grants nothing.
        let may_grant = self.named_grant && !is_bare_link(&statement.signal);
        ruling(own, &statement.signal).filter(|ruling| *ruling == Ruling::Refused || may_grant)
    }
}

fn is_licence(statement: &Statement) -> bool {
    statement.signal.kind == SignalKind::Licence
}

fn ruling(own: &OwnRules, signal: &Signal) -> Option<Ruling> {
    let address = signal.raw.trim();
    let licence = licence_of(address);
    let short = licence.as_ref().map(|licence| licence.short.as_str());
    // What is refused and granted both is refused; an address that was cut may be any other.
    if own.refuse_licences.iter().any(|pattern| pattern.matches(short, address)) {
        return Some(Ruling::Refused);
    }
    let is_granted =
        !signal.is_cut() && own.grant_licences.iter().any(|pattern| pattern.matches_closely(short, address));
    is_granted.then_some(Ruling::Granted)
}
