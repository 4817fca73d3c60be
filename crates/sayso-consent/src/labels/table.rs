use std::ops::Range;
use std::sync::LazyLock;

use sayso_core::UsageCategory;

use super::{Label, LabelStatus, Vocabulary};
use crate::ConsentError;

/// The labels of all vocabularies.
#[derive(Debug, Clone, Default)]
pub struct Labels {
    dated: String,
    /// In the order of the vocabularies, and of the table within each.
    labels: Vec<Label>,
    /// Where the labels of each vocabulary lie, in the order of [`Vocabulary::ALL`].
    ranges: Vec<Range<usize>>,
    implied: Implied,
}

/// What each category holds inside it, a bit a category.
#[derive(Debug, Clone, Copy, Default)]
struct Implied {
    reserved: [u8; UsageCategory::ALL.len()],
    granted: [u8; UsageCategory::ALL.len()],
}

static BUILTIN: LazyLock<Labels> = LazyLock::new(|| {
    // A test reads the file strictly, so there is no release in which this is empty.
    Labels::parse(include_str!("../../data/labels.tsv")).unwrap_or_default()
});

impl Labels {
    /// The table that comes with this version.
    #[must_use]
    pub fn builtin() -> &'static Self {
        &BUILTIN
    }

    /// Reads a table: a line `# dated YYYY-MM-DD`, comments, and a line a label of seven columns between tabs.
    pub fn parse(text: &str) -> Result<Self, ConsentError> {
        let mut table = Self::default();
        for (line, text) in (1..).zip(text.lines()) {
            if let Some(comment) = text.strip_prefix('#') {
                if let Some(date) = comment.trim().strip_prefix("dated ") {
                    date.clone_into(&mut table.dated);
                }
            } else if !text.trim().is_empty() {
                table.labels.push(parse_line(text).map_err(|missing| ConsentError::LabelTable { line, missing })?);
            }
        }
        table.labels.sort_by_key(|label| label.vocabulary);
        table.ranges = Vocabulary::ALL.iter().map(|&vocabulary| table.range(vocabulary)).collect();
        table.implied = table.implied();
        Ok(table)
    }

    /// The day of the knowledge in it, as the table states it.
    #[must_use]
    pub fn dated(&self) -> &str {
        &self.dated
    }

    /// Every label.
    pub fn iter(&self) -> impl Iterator<Item = &Label> {
        self.labels.iter()
    }

    /// The labels of one vocabulary, in the table's order.
    #[must_use]
    pub fn of(&self, vocabulary: Vocabulary) -> &[Label] {
        let range = self.ranges.get(vocabulary as usize).cloned();
        range.and_then(|range| self.labels.get(range)).unwrap_or_default()
    }

    /// A label by its name as the vocabulary writes it.
    #[must_use]
    pub fn find(&self, vocabulary: Vocabulary, label: &str) -> Option<&Label> {
        self.of(vocabulary).iter().find(|known| *known.label == *label)
    }

    /// A label by its name, whatever its case.
    #[must_use]
    pub fn find_in_any_case(&self, vocabulary: Vocabulary, label: &str) -> Option<&Label> {
        self.of(vocabulary).iter().find(|known| known.label.eq_ignore_ascii_case(label))
    }

    pub(crate) fn reserved_with(&self, said: UsageCategory, purpose: UsageCategory) -> bool {
        has(self.implied.reserved, said, purpose)
    }

    pub(crate) fn granted_with(&self, said: UsageCategory, purpose: UsageCategory) -> bool {
        has(self.implied.granted, said, purpose)
    }

    fn range(&self, vocabulary: Vocabulary) -> Range<usize> {
        let start = self.labels.partition_point(|label| label.vocabulary < vocabulary);
        start..self.labels.partition_point(|label| label.vocabulary <= vocabulary)
    }

    fn implied(&self) -> Implied {
        let mut implied = Implied::default();
        for row in self.of(Vocabulary::Category) {
            let at = UsageCategory::ALL.iter().position(|category| category.as_str() == &*row.label);
            let bits = |of: &[UsageCategory]| of.iter().fold(0, |bits, &category| bits | bit(category));
            if let Some((reserved, granted)) =
                at.and_then(|at| Some((implied.reserved.get_mut(at)?, implied.granted.get_mut(at)?)))
            {
                (*reserved, *granted) = (bits(&row.reserves), bits(&row.grants));
            }
        }
        implied
    }
}

fn bit(category: UsageCategory) -> u8 {
    1 << category as u8
}

fn has(bits: [u8; UsageCategory::ALL.len()], said: UsageCategory, purpose: UsageCategory) -> bool {
    bits.get(said as usize).is_some_and(|bits| bits & bit(purpose) != 0)
}

fn parse_line(line: &str) -> Result<Label, &'static str> {
    let mut columns = line.split('\t');
    let mut next = |missing| columns.next().filter(|column| !column.is_empty()).ok_or(missing);
    let name = next("vocabulary")?;
    let vocabulary = Vocabulary::ALL.iter().find(|known| known.as_str() == name).ok_or("known vocabulary")?;
    let label = next("label")?;
    let reserves = categories(next("categories that it reserves")?)?;
    let grants = categories(next("categories that it grants")?)?;
    let since = next("date")?;
    let status = match next("status")? {
        "current" => LabelStatus::Current,
        "earlier" => LabelStatus::Earlier,
        "legacy" => LabelStatus::Legacy,
        "wild" => LabelStatus::Wild,
        _ => return Err("known status"),
    };
    let source = next("source")?;
    let since = if since == "-" { "" } else { since };
    let (label, since, source) = (label.into(), since.into(), source.into());
    Ok(Label { vocabulary: *vocabulary, label, reserves, grants, since, status, source })
}

fn categories(names: &str) -> Result<Box<[UsageCategory]>, &'static str> {
    if names == "-" {
        return Ok(Box::default());
    }
    names.split(',').map(str::parse).collect::<Result<_, _>>().map_err(|_| "known category")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

    use std::collections::HashSet;

    use sayso_core::UsageCategory::{AiInput, DataMining, TrainAi, TrainGenai};

    use super::Labels;
    use crate::ConsentError;
    use crate::agents::{Agent, AgentKind, AgentPurpose};
    use crate::categories::{grants, reserves};
    use crate::labels::{CRAWLING, LabelStatus, Vocabulary};

    #[test]
    fn the_table_that_comes_along_is_sound() {
        let table = Labels::parse(include_str!("../../data/labels.tsv")).unwrap();
        assert_eq!(table.dated().len(), "2026-11-22".len());
        let mut seen = HashSet::new();
        for label in table.iter() {
            assert!(seen.insert((label.vocabulary.as_str(), &label.label)), "`{}` stands twice", label.label);
            let date = label.since.as_bytes();
            assert!(matches!(date.len(), 0 | 4 | 7 | 10) && date.iter().all(|byte| b"0123456789-".contains(byte)));
            // On doubt a grant is narrow: what a label that can do both grants, it can reserve as well.
            for granted in &label.grants {
                let reserved = label.reserves.iter().any(|&said| reserves(said, *granted));
                assert!(reserved || label.reserves.is_empty(), "`{}` grants more than it reserves", label.label);
            }
        }
        for vocabulary in Vocabulary::ALL {
            assert!(!table.of(*vocabulary).is_empty(), "{}", vocabulary.as_str());
            assert!(table.of(*vocabulary).iter().all(|label| label.vocabulary == *vocabulary));
        }
        assert_eq!(Vocabulary::ALL.iter().map(|&of| table.of(of).len()).sum::<usize>(), table.iter().count());
    }

    #[test]
    fn labels_are_found() {
        let table = Labels::builtin();
        let train = table.find(Vocabulary::ContentUsage, "train-ai").unwrap();
        assert_eq!((&*train.reserves, train.status), (&[TrainAi][..], LabelStatus::Current));
        assert_eq!(table.find(Vocabulary::ContentUsage, "train-genai").unwrap().status, LabelStatus::Earlier);
        assert_eq!(*table.find(Vocabulary::Rsl, "ai-index").unwrap().grants, []);
        assert!(table.find(Vocabulary::ContentUsage, "Train-AI").is_none());
        assert!(table.find_in_any_case(Vocabulary::RobotsDirective, "NoAI").is_some());
        assert!(table.find(Vocabulary::Plus, "train-ai").is_none());
    }

    #[test]
    fn the_constants_in_code_are_those_of_the_table() {
        let of = |vocabulary, label| &*Labels::builtin().find(vocabulary, label).unwrap().reserves;
        let agent = |purpose| {
            let agent = Agent {
                token: String::new(),
                purposes: vec![purpose],
                kind: AgentKind::Crawler,
                operator: String::new(),
            };
            agent.reserved_uses().collect::<Vec<_>>()
        };
        for (purpose, name) in [
            (AgentPurpose::Train, "agent:train"),
            (AgentPurpose::AiInput, "agent:ai-input"),
            (AgentPurpose::Search, "agent:search"),
            (AgentPurpose::Unknown, "agent:unknown"),
        ] {
            assert_eq!(agent(purpose), of(Vocabulary::RobotsTxt, name), "{name}");
        }
        assert_eq!(of(Vocabulary::RobotsTxt, "disallow"), CRAWLING);
        assert_eq!(of(Vocabulary::Tdmrep, "tdm-reservation"), [DataMining]);
        assert_eq!(of(Vocabulary::AiTxt, "rule"), [TrainAi]);
        assert!(reserves(DataMining, AiInput) && !grants(DataMining, AiInput) && grants(TrainAi, TrainGenai));
    }

    #[test]
    fn a_broken_line_is_named() {
        let missing = |text: &str| Labels::parse(text).unwrap_err();
        let good = "rsl\tall\tsearch\t-\t2025\tcurrent\tsomewhere";
        assert!(Labels::parse(good).is_ok());
        for (line, expected) in [
            ("x\tall\tsearch\t-\t2025\tcurrent\tsomewhere", "known vocabulary"),
            ("rsl\tall\tsearch,x\t-\t2025\tcurrent\tsomewhere", "known category"),
            ("rsl\tall\tsearch\t-\t2025\tgone\tsomewhere", "known status"),
            ("rsl\tall\tsearch\t-\t2025\tcurrent", "source"),
        ] {
            let error = ConsentError::LabelTable { line: 2, missing: expected };
            assert_eq!(missing(&format!("{good}\n{line}")), error, "{line}");
        }
    }
}
