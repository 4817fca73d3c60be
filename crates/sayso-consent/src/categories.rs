//! Which usage category implies which: the one table.

use sayso_core::UsageCategory::{self, AiInput, DataMining, FineTune, TrainAi, TrainGenai};

/// What a category holds inside it besides itself.
struct Implied {
    category: UsageCategory,
    /// Reserved together with `category`.
    reserved: &'static [UsageCategory],
    /// Granted together with `category`.
    granted: &'static [UsageCategory],
}

/// The two columns differ in one place. Data mining in the sense of Directive (EU) 2019/790, article 2(2) is *any*
/// automated analysis that generates information, so whoever reserves it has reserved the feeding of a model with the
/// work as well. Whoever declines to reserve it has spoken of analysis, and a model that answers out of the work does
/// more than that: on doubt, a grant stays as narrow as its words.
///
/// `search` stands alone: neither a reservation nor a grant of any other use speaks of it.
const IMPLIED: &[Implied] = &[
    Implied {
        category: DataMining,
        reserved: &[TrainAi, TrainGenai, FineTune, AiInput],
        granted: &[TrainAi, TrainGenai, FineTune],
    },
    Implied { category: TrainAi, reserved: &[TrainGenai, FineTune], granted: &[TrainGenai, FineTune] },
    Implied { category: TrainGenai, reserved: &[FineTune], granted: &[FineTune] },
];

/// Whether a reservation of `said` reserves `purpose`.
#[must_use]
pub fn reserves(said: UsageCategory, purpose: UsageCategory) -> bool {
    said == purpose || IMPLIED.iter().any(|row| row.category == said && row.reserved.contains(&purpose))
}

/// Whether a grant of `said` grants `purpose`.
#[must_use]
pub fn grants(said: UsageCategory, purpose: UsageCategory) -> bool {
    said == purpose || IMPLIED.iter().any(|row| row.category == said && row.granted.contains(&purpose))
}

#[cfg(test)]
mod tests {
    use sayso_core::UsageCategory::{self, AiInput, DataMining, FineTune, Search, TrainAi};

    use super::{grants, reserves};

    #[test]
    fn implication_is_transitive_and_a_grant_never_reaches_further_than_a_reservation() {
        let all = UsageCategory::ALL;
        for &a in all {
            for &b in all {
                assert!(!grants(a, b) || reserves(a, b), "{a} {b}");
                for &c in all {
                    assert!(!(reserves(a, b) && reserves(b, c)) || reserves(a, c), "{a} {b} {c}");
                    assert!(!(grants(a, b) && grants(b, c)) || grants(a, c), "{a} {b} {c}");
                }
            }
        }
    }

    #[test]
    fn data_mining_holds_training_and_search_stands_alone() {
        assert!(reserves(DataMining, FineTune) && !reserves(FineTune, DataMining));
        assert!(reserves(DataMining, AiInput) && !grants(DataMining, AiInput));
        assert!(!reserves(TrainAi, AiInput));
        for &other in UsageCategory::ALL {
            assert!(other == Search || !reserves(other, Search) && !reserves(Search, other));
        }
    }
}
