use sayso_core::{SignalKind, Speaker, Stance, Statement, UsageCategory};

use super::licence::Says;
use super::scope::{Address, Meets};
use super::usages::SPOKEN_OF;
use super::{Content, Rsl};
use crate::codes;
use crate::files::found::FileKind;
use crate::labels::ANY_USE;
use crate::read::Preferences;

const FILE: FileKind = FileKind { kind: SignalKind::Rsl, name: "RSL document" };

impl Rsl {
    /// What the document says of the uses of an address.
    ///
    /// The content with the most specific `url` decides; several that are as specific as each other are one statement,
    /// the most restrictive of each use. Contents of which it is not clear whether they are about the address make
    /// another statement, which reserves what they reserve and leaves no grant anywhere.
    #[must_use]
    pub fn statements(&self, speaker: Speaker, url: &str) -> Vec<Statement> {
        if let Some(found) = &self.unreadable {
            return vec![found.doubt(FILE, speaker, ANY_USE, codes::RSL_UNREADABLE)];
        }
        let address = Address::new(url);
        let (mut certain, mut perhaps, mut longest) = (Vec::new(), Vec::new(), 0);
        for content in &self.contents {
            match content.scope.meets(&address, &self.patterns) {
                Meets::No => {}
                Meets::Perhaps => perhaps.push(content),
                Meets::Yes(length) if length < longest => {}
                Meets::Yes(length) => {
                    if length > longest {
                        certain.clear();
                        longest = length;
                    }
                    certain.push(content);
                }
            }
        }
        let is_doubtful = !perhaps.is_empty();
        [certain, perhaps].iter().filter_map(|contents| statement(contents, speaker, is_doubtful)).collect()
    }
}

/// The statement of contents that are as specific as each other. Its evidence is the strictest of them.
fn statement(contents: &[&Content], speaker: Speaker, is_doubtful: bool) -> Option<Statement> {
    let mut preferences = Preferences::default();
    let mut strictest: Option<(usize, &Content)> = None;
    for content in contents {
        let mut reserved = 0;
        for (category, says) in content.says() {
            let says = if is_doubtful && says == Says::Permitted { Says::Unclear } else { says };
            if let Some((stance, code)) = says.preference() {
                reserved += usize::from(stance == Stance::Disallowed);
                preferences.add(category, stance, code);
            }
        }
        if strictest.is_none_or(|(most, _)| reserved > most) {
            strictest = Some((reserved, content));
        }
    }
    if is_doubtful {
        preferences.add_all(ANY_USE, Stance::Unknown, codes::RSL_UNREADABLE);
    }
    strictest.map(|(_, content)| content.found.statement(FILE, speaker, preferences.into_vec()))
}

impl Content {
    /// What the licences of this content say together, a use at a time.
    fn says(&self) -> Vec<(UsageCategory, Says)> {
        // A licence must be got from the server even where none is written down (section 3.3).
        let unwritten = if self.is_guarded && self.licences.is_empty() { Says::Conditional } else { Says::Nothing };
        let of = |category| {
            self.licences.iter().map(|licence| licence.says(category, self.is_guarded)).fold(unwritten, Says::max)
        };
        let mut said: Vec<_> = SPOKEN_OF.iter().map(|&category| (category, of(category))).collect();
        // A list that permits some part of data mining is no reservation of the whole, which would reserve the part.
        let is_open = |category| said.iter().any(|&(known, says)| known == category && says == Says::Permitted);
        if is_open(UsageCategory::TrainAi) || is_open(UsageCategory::AiInput) {
            said.retain(|&(category, says)| category != UsageCategory::DataMining || says != Says::NotPermitted);
        }
        said
    }
}
