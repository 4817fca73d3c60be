//! From a signal to the preferences in it, one vocabulary a file.

mod content_signal;
mod content_usage;
mod content_usage_lines;
mod directives;
mod licence;
mod tdmrep;

use sayso_core::{Preference, ReasonCode, Signal, SignalKind, Stance, UsageCategory};

use crate::agents::AgentTable;
use crate::embedded::read_embedded_signal;
pub(crate) use licence::read_licence;

pub(crate) use content_signal::read_content_signal;
pub(crate) use content_usage::read_content_usage;
pub(crate) use content_usage_lines::settle_content_usage_lines;
pub(crate) use tdmrep::is_reservation;

/// Reads the preferences of one signal from a header, a meta element or a licence link.
///
/// What cannot be read gives [`Stance::Unknown`] or nothing, never [`Stance::Allowed`]. What the signals of one page
/// mean together is for [`statements`](crate::statements) to say; what robots.txt says, for
/// [`RobotsTxt`](crate::robots::RobotsTxt).
#[must_use]
pub fn read(signal: &Signal, agents: &AgentTable, builder_agent: &str) -> Vec<Preference> {
    match signal.kind {
        SignalKind::XRobotsTag | SignalKind::MetaRobots => directives::read_directives(signal, agents, builder_agent),
        SignalKind::Tdmrep => tdmrep::read_tdmrep(signal),
        SignalKind::ContentUsage => read_content_usage(signal.raw.as_bytes()),
        SignalKind::ContentSignal => read_content_signal(signal.raw.as_bytes()),
        SignalKind::Licence => licence::read_licence(signal),
        SignalKind::Cawg | SignalKind::Iptc => read_embedded_signal(signal),
        // Files of a site, which depend on a path.
        // What a claim says depends on where it stands in its registry, and was settled there.
        SignalKind::RobotsTxt | SignalKind::AiTxt | SignalKind::Rsl | SignalKind::Claim => Vec::new(),
    }
}

/// Preferences under construction: at most one a category, the most restrictive.
///
/// Inside one signal doubt beats a grant: whoever says yes and something unreadable in one breath has not said yes.
#[derive(Debug, Default)]
pub(crate) struct Preferences(Vec<Preference>);

impl Preferences {
    pub(crate) fn add(&mut self, category: UsageCategory, stance: Stance, code: &ReasonCode) {
        match self.0.iter_mut().find(|known| known.category == category) {
            Some(known) if known.stance >= stance => {}
            Some(known) => *known = Preference { category, stance, code: code.clone() },
            None => self.0.push(Preference { category, stance, code: code.clone() }),
        }
    }

    pub(crate) fn add_all(&mut self, categories: &[UsageCategory], stance: Stance, code: &ReasonCode) {
        for &category in categories {
            self.add(category, stance, code);
        }
    }

    pub(crate) fn into_vec(mut self) -> Vec<Preference> {
        self.0.sort_by_key(|preference| preference.category);
        self.0
    }
}
