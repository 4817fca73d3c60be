use sayso_core::{Preference, Stance, UsageCategory};

use crate::categories::{grants, reserves};
use crate::codes;
use crate::embedded::data_mining::{UNSPECIFIED, VOCABULARY, read_data_mining, terms};

const PROHIBITS_ALL: &str = "DMI-PROHIBITED";
const EXCEPTS_SEARCH: &str = "DMI-PROHIBITED-EXCEPTSEARCHENGINEINDEXING";

/// The term for `plus:DataMining` that says most of what is wished and nothing beside it, `None` where no term does.
///
/// `present` is the value that the file has. What it reserves stays reserved unless `yes` takes it back, and it stays as
/// it is where no other says more. One that grants what is reserved now does not stay.
///
/// Of two terms that prohibit all data mining, the one that excepts search engines is taken unless `no` has `search`:
/// who says nothing of search is not to vanish from it.
#[must_use]
pub fn data_mining_term(no: &[UsageCategory], yes: &[UsageCategory], present: Option<&str>) -> Option<&'static str> {
    let said = present.map(read_data_mining).unwrap_or_default();
    let granted = |category| yes.iter().any(|yes| grants(*yes, category));
    let is_kept = |category: UsageCategory| UsageCategory::ALL.iter().all(|c| !reserves(category, *c) || !granted(*c));
    let of_stance = |stance| said.iter().filter(move |p: &&Preference| p.stance == stance).map(|p| p.category);
    let kept: Vec<_> = of_stance(Stance::Disallowed).filter(|category| is_kept(*category)).collect();
    let wishes = Wishes { no: [no, &kept].concat(), yes };
    let other = if no.contains(&UsageCategory::Search) { EXCEPTS_SEARCH } else { PROHIBITS_ALL };
    let excepts_too_much = other == EXCEPTS_SEARCH && present.is_some_and(|present| present.ends_with(EXCEPTS_SEARCH));
    let present_scores = if excepts_too_much { 0 } else { wishes.score(&said).unwrap_or_default() };
    let best = terms()
        .filter(|term| *term != other)
        .filter_map(|term| {
            let said = read_data_mining(&format!("{VOCABULARY}{term}"));
            let names_terms_elsewhere = said.iter().any(|p| p.code == *codes::IPTC_CONSTRAINED);
            (!names_terms_elsewhere).then(|| Some((wishes.score(&said)?, term)))?
        })
        .max_by_key(|(score, _)| *score);
    match best {
        Some((score, term)) if score > present_scores => Some(term),
        // What the file has says as much.
        _ if present_scores > 0 => None,
        _ => {
            let is_reserved = |said| UsageCategory::ALL.iter().any(|c| grants(said, *c) && wishes.reserves(*c));
            of_stance(Stance::Allowed).any(is_reserved).then_some(UNSPECIFIED)
        }
    }
}

struct Wishes<'w> {
    no: Vec<UsageCategory>,
    yes: &'w [UsageCategory],
}

impl Wishes<'_> {
    fn reserves(&self, category: UsageCategory) -> bool {
        self.no.iter().any(|no| reserves(*no, category))
    }

    /// Of how many uses preferences say what is wished; `None` where they say something that is not.
    fn score(&self, said: &[Preference]) -> Option<usize> {
        let mut score = 0;
        for &category in UsageCategory::ALL {
            for preference in said {
                let wished = match preference.stance {
                    Stance::Disallowed if reserves(preference.category, category) => self.reserves(category),
                    Stance::Allowed if grants(preference.category, category) => {
                        !self.reserves(category) && self.yes.iter().any(|yes| grants(*yes, category))
                    }
                    _ => continue,
                };
                if !wished {
                    return None;
                }
                score += 1;
            }
        }
        Some(score)
    }
}

#[cfg(test)]
mod tests {
    use sayso_core::UsageCategory::{self, AiInput, DataMining, FineTune, Search, TrainAi, TrainGenai};

    use super::data_mining_term;

    #[test]
    fn the_term_says_what_is_wished_and_no_more() {
        let all_but_search = Some("DMI-PROHIBITED-EXCEPTSEARCHENGINEINDEXING");
        let cases: &[(&[UsageCategory], &[UsageCategory], Option<&str>)] = &[
            (&[TrainGenai], &[], Some("DMI-PROHIBITED-GENAIMLTRAINING")),
            (&[TrainAi], &[], Some("DMI-PROHIBITED-AIMLTRAINING")),
            (&[TrainAi, AiInput], &[], Some("DMI-PROHIBITED-AIMLTRAINING")),
            (&[DataMining], &[], all_but_search),
            (&[DataMining], &[Search], all_but_search),
            (&[DataMining, Search], &[], Some("DMI-PROHIBITED")),
            (&[TrainGenai], &[DataMining], Some("DMI-PROHIBITED-GENAIMLTRAINING")),
            (&[], &[DataMining], Some("DMI-ALLOWED")),
            (&[], &[TrainAi], None),
            (&[AiInput], &[], None),
            (&[FineTune], &[], None),
            (&[Search], &[], None),
        ];
        for (no, yes, term) in cases {
            assert_eq!(data_mining_term(no, yes, None), *term, "{no:?} {yes:?}");
        }
    }

    #[test]
    fn what_a_file_reserves_stays_reserved() {
        let term = |no: &[_], yes: &[_], present| data_mining_term(no, yes, Some(present));
        assert_eq!(term(&[TrainGenai], &[], "DMI-PROHIBITED"), None);
        assert_eq!(term(&[TrainGenai], &[], "DMI-PROHIBITED-SEECONSTRAINT"), None);
        assert_eq!(term(&[TrainGenai], &[], "DMI-PROHIBITED-GENAIMLTRAINING"), None);
        assert_eq!(term(&[TrainAi], &[], "DMI-PROHIBITED-GENAIMLTRAINING"), Some("DMI-PROHIBITED-AIMLTRAINING"));
        assert_eq!(term(&[TrainAi], &[], "DMI-ALLOWED"), Some("DMI-PROHIBITED-AIMLTRAINING"));
        assert_eq!(term(&[FineTune], &[], "http://ns.useplus.org/ldf/vocab/DMI-ALLOWED"), Some("DMI-UNSPECIFIED"));
        assert_eq!(term(&[], &[DataMining], "DMI-PROHIBITED"), Some("DMI-ALLOWED"));
        assert_eq!(term(&[Search], &[], "nonsense"), None);
        let excepts = "http://ns.useplus.org/ldf/vocab/DMI-PROHIBITED-EXCEPTSEARCHENGINEINDEXING";
        assert_eq!(term(&[DataMining, Search], &[], excepts), Some("DMI-PROHIBITED"));
        assert_eq!(term(&[DataMining], &[], "DMI-PROHIBITED"), None);
    }
}
