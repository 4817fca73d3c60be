//! Which usage category implies which: what the mapping table (`data/labels.tsv`) says of them.

use sayso_core::UsageCategory;

use crate::labels::Labels;

/// Whether a reservation of `said` reserves `purpose`.
#[must_use]
pub fn reserves(said: UsageCategory, purpose: UsageCategory) -> bool {
    said == purpose || Labels::builtin().reserved_with(said, purpose)
}

/// Whether a grant of `said` grants `purpose`.
#[must_use]
pub fn grants(said: UsageCategory, purpose: UsageCategory) -> bool {
    said == purpose || Labels::builtin().granted_with(said, purpose)
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
