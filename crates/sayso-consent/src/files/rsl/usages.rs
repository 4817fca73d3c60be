//! Which usage token of RSL speaks of which usage category: the one mapping table.

use sayso_core::UsageCategory::{self, AiInput, DataMining, Search, TrainAi};

/// When the table below was last changed; it is that of RSL 1.0, section 3.4.1.1.
pub const RSL_USAGES_DATED: &str = "2026-11-22";

/// A usage token.
pub(super) struct Usage {
    pub(super) token: &'static str,
    /// What a `prohibits` with it reserves.
    pub(super) reserves: &'static [UsageCategory],
    /// What a `permits` with it grants: on doubt less than what it reserves.
    pub(super) grants: &'static [UsageCategory],
}

/// `all` is any automated use, and so data mining too. `ai-all` is training, input and index. To put a work into the
/// index of an AI (`ai-index`) is a part of giving it to that AI as input: who prohibits the part has reserved the
/// whole, who permits the part has granted no more.
pub(super) const USAGES: &[Usage] = &[
    Usage {
        token: "all",
        reserves: &[DataMining, TrainAi, AiInput, Search],
        grants: &[DataMining, TrainAi, AiInput, Search],
    },
    Usage { token: "ai-all", reserves: &[TrainAi, AiInput], grants: &[TrainAi, AiInput] },
    Usage { token: "ai-train", reserves: &[TrainAi], grants: &[TrainAi] },
    Usage { token: "ai-input", reserves: &[AiInput], grants: &[AiInput] },
    Usage { token: "ai-index", reserves: &[AiInput], grants: &[] },
    Usage { token: "search", reserves: &[Search], grants: &[Search] },
];

/// The categories that RSL's usages speak of; `permits` closes its list over all of them.
pub(super) const SPOKEN_OF: &[UsageCategory] = &[DataMining, TrainAi, AiInput, Search];
