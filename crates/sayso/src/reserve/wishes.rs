use sayso_consent::categories::{grants, reserves};
use sayso_consent::judge;
use sayso_core::{Policy, PolicyName, Purpose, Stance, Statement, Subject, UsageCategory};

use crate::Error;

/// What somebody wants to say of their pictures.
#[derive(Debug, Clone)]
pub struct Wishes {
    /// Uses that are reserved.
    pub no: Vec<UsageCategory>,
    /// Uses that are granted.
    pub yes: Vec<UsageCategory>,
}

impl Wishes {
    pub(super) fn reserves(&self, category: UsageCategory) -> bool {
        self.no.iter().any(|said| reserves(*said, category))
    }

    pub(super) fn grants(&self, category: UsageCategory) -> bool {
        !self.reserves(category) && self.yes.iter().any(|said| grants(*said, category))
    }

    /// Whether they can be written of `input`.
    pub(super) fn check(&self, input: &str) -> Result<(), Error> {
        let refused = |message: &str| Err(Error::Input { input: input.to_owned(), message: message.to_owned() });
        if self.no.is_empty() && self.yes.is_empty() {
            return refused("nothing was wished\nhint: say --no data-mining, for example, or --yes search");
        }
        if self.yes.iter().any(|category| self.reserves(*category)) {
            return refused("a use is granted and reserved at once\nhint: leave one of them out");
        }
        Ok(())
    }
}

/// What a reader of `statements` understands of each use.
pub(super) fn understood(url: &str, statements: &[Statement]) -> Vec<(UsageCategory, Stance)> {
    let stance = |category: UsageCategory| {
        let policy = Policy::new(PolicyName::Record, Purpose(category));
        judge(&Subject { url, page_url: url }, statements, None, &policy).stance
    };
    UsageCategory::ALL.iter().map(|category| (*category, stance(*category))).collect()
}

/// The wishes that nobody would understand.
pub(super) fn unsaid(wishes: &Wishes, understood: &[(UsageCategory, Stance)]) -> Vec<UsageCategory> {
    let is_unsaid = |(category, stance): &&(UsageCategory, Stance)| {
        (wishes.no.contains(category) && *stance != Stance::Disallowed)
            || (wishes.yes.contains(category) && *stance != Stance::Allowed)
    };
    understood.iter().filter(is_unsaid).map(|(category, _)| *category).collect()
}
