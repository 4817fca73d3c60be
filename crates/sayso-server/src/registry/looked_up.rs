use std::collections::HashMap;

use sayso::claims::{Ground, Grounded, statements_of};
use sayso_core::{Decision, Policy, PolicyName, Purpose, UsageCategory};
use url::Url;

use crate::refusal::Refusal;

/// Addresses of one question.
pub(crate) const MOST_URLS: usize = 10_000;

/// Claims that are looked at for one question. Anybody can make many on a site of which many addresses are asked.
const MOST_CLAIMS: usize = 100_000;

/// What one question may still take.
#[derive(Debug)]
pub(crate) struct LookUpBudget {
    spent: usize,
    most: usize,
}

impl LookUpBudget {
    pub(crate) const fn new() -> Self {
        Self { spent: 0, most: MOST_CLAIMS }
    }

    /// Takes what an address needs. What needs nothing is always had, and the first that needs anything has it, however much stands on it: who asks for one alone gets an
    /// answer.
    pub(crate) fn spend(&mut self, claims: usize) -> Result<(), Refusal> {
        if claims > 0 && self.spent > 0 && self.spent + claims > self.most {
            return Err(Refusal::ManyClaims { most: self.most });
        }
        self.spent += claims;
        Ok(())
    }
}

/// Whether claims keep addresses out of the training of models, in their order; each is looked up once.
///
/// One answer for two uses and three states, as Spawning's API has it: somebody who trains must not use what is reserved from
/// training any model, or models that generate. A claim that is contested reserves nothing meanwhile. What is no address of
/// the web can be nobody's claim, and is not allowed either.
pub(crate) fn opted_out<'a>(
    ground: &Ground,
    urls: impl Iterator<Item = &'a str>,
) -> Result<Vec<(&'a str, bool)>, Refusal> {
    let (mut known, mut budget) = (HashMap::new(), LookUpBudget::new());
    let mut answers = Vec::new();
    for url in urls {
        let found = match known.get(url) {
            Some(found) => *found,
            None => is_opted_out(ground, url, &mut budget)?,
        };
        known.insert(url, found);
        answers.push((url, found));
    }
    Ok(answers)
}

fn is_opted_out(ground: &Ground, url: &str, budget: &mut LookUpBudget) -> Result<bool, Refusal> {
    let is_web = Url::parse(url).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    if !is_web {
        return Ok(true);
    }
    let picture = Grounded { url, ..Grounded::default() };
    let holdings = ground.find(&picture);
    budget.spend(holdings.len())?;
    if holdings.is_empty() {
        return Ok(false);
    }
    let statements = statements_of(&holdings, ground.origin());
    Ok([UsageCategory::TrainAi, UsageCategory::TrainGenai].into_iter().any(|category| {
        let policy = Policy::new(PolicyName::OptOut, Purpose(category));
        policy.decide(&ground.judge_by(&picture, &statements, &policy)) == Decision::Refused
    }))
}

#[cfg(test)]
mod tests {
    use super::{LookUpBudget, MOST_CLAIMS};

    #[test]
    fn one_address_is_answered_whatever_stands_on_it_and_many_are_not() {
        let mut budget = LookUpBudget::new();
        for claims in [0, 2 * MOST_CLAIMS, 0] {
            assert!(budget.spend(claims).is_ok(), "{claims}");
        }
        assert!(budget.spend(1).is_err());
        let mut budget = LookUpBudget::new();
        assert!((0..MOST_CLAIMS).all(|_| budget.spend(1).is_ok()));
        assert!(budget.spend(1).is_err());
    }
}
