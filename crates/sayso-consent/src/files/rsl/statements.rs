use std::collections::BTreeMap;

use sayso_core::{SignalKind, Speaker, Stance, Statement, UsageCategory};

use super::licence::Says;
use super::scope::{Address, Meets};
use super::{Content, Rsl};
use crate::codes;
use crate::files::found::FileKind;
use crate::labels::ANY_USE;
use crate::read::Preferences;

const FILE: FileKind = FileKind { kind: SignalKind::Rsl, name: "RSL document" };

/// The categories that RSL's usages speak of; `permits` closes its list over all of them.
const SPOKEN_OF: &[UsageCategory] =
    &[UsageCategory::DataMining, UsageCategory::TrainAi, UsageCategory::AiInput, UsageCategory::Search];

impl Rsl {
    /// What the document says of the uses of an address.
    ///
    /// Of each use, the contents with the most specific `url` that say anything of it decide (section 3.1.1). Contents
    /// that are as specific as each other are one statement, the most restrictive of each use. Contents of which it is
    /// not clear whether they are about the address make another statement, which reserves what they reserve and leaves
    /// no grant anywhere.
    #[must_use]
    pub fn statements(&self, speaker: Speaker, url: &str) -> Vec<Statement> {
        if let Some(found) = &self.unreadable {
            return vec![found.doubt(FILE, speaker, ANY_USE, codes::RSL_UNREADABLE)];
        }
        let address = Address::new(url);
        let (mut certain, mut perhaps) = (BTreeMap::<usize, Vec<&Content>>::new(), Vec::new());
        for content in &self.contents {
            match content.scope.meets(&address, &self.patterns) {
                Meets::No => {}
                Meets::Perhaps => perhaps.push(content),
                Meets::Yes(length) => certain.entry(length).or_default().push(content),
            }
        }
        let is_doubtful = self.is_mistyped || !perhaps.is_empty();
        let mut open = SPOKEN_OF.to_vec();
        let mut statements: Vec<Statement> = Vec::new();
        for contents in certain.values().rev() {
            let statement = statement(contents, speaker, is_doubtful, &open);
            // What the narrower contents have said everything about, the wider ones add nothing to.
            statements.extend(statement.filter(|wider| statements.is_empty() || !wider.preferences.is_empty()));
            let is_said = |category| contents.iter().any(|content| content.says_of(category) != Says::Nothing);
            open.retain(|&category| !is_said(category));
        }
        statements.extend(statement(&perhaps, speaker, is_doubtful, SPOKEN_OF));
        statements
    }
}

/// The statement of contents that are as specific as each other, on some uses. Its evidence is the strictest of them.
fn statement(contents: &[&Content], speaker: Speaker, is_doubtful: bool, of: &[UsageCategory]) -> Option<Statement> {
    let mut preferences = Preferences::default();
    let mut strictest: Option<(usize, &Content)> = None;
    for content in contents {
        let mut reserved = 0;
        for &category in of {
            let says = match content.says_of(category) {
                Says::Permitted if is_doubtful => Says::Unclear,
                says => says,
            };
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
    /// What the licences of this content say together of a use.
    fn says_of(&self, category: UsageCategory) -> Says {
        let says = self.alone_of(category);
        // A list that permits some part of data mining is no reservation of the whole, which would reserve the part.
        let is_open = |part| self.alone_of(part) == Says::Permitted;
        let is_part_open = || is_open(UsageCategory::TrainAi) || is_open(UsageCategory::AiInput);
        if category == UsageCategory::DataMining && says == Says::NotPermitted && is_part_open() {
            return Says::LeftOut;
        }
        says
    }

    fn alone_of(&self, category: UsageCategory) -> Says {
        // A licence must be got from the server even where none is written down (section 3.3).
        let unwritten = if self.is_guarded && self.licences.is_empty() { Says::Conditional } else { Says::Nothing };
        self.licences.iter().map(|licence| licence.says(category, self.is_guarded)).fold(unwritten, Says::max)
    }
}
