use sayso_core::Stance;

/// A stance as a word with a shape: colour is never the only sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Badge {
    /// The stable name, which the stylesheet and the shapes go by.
    pub(crate) name: &'static str,
}

impl Badge {
    pub(crate) fn new(stance: Stance) -> Self {
        Self { name: stance.as_str() }
    }
}
