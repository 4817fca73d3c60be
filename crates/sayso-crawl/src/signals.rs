use sayso_core::Signal;

/// Distinct signals that one capture may carry. An honest page has a handful.
pub(crate) const MAX_SIGNALS: usize = 64;

/// The distinct signals of one capture.
#[derive(Debug, Clone, Default)]
pub(crate) struct Signals {
    kept: Vec<Signal>,
    /// Whether there were more than are kept.
    pub(crate) is_over: bool,
}

impl Extend<Signal> for Signals {
    fn extend<T: IntoIterator<Item = Signal>>(&mut self, signals: T) {
        for signal in signals {
            if self.kept.contains(&signal) {
                continue;
            }
            if self.kept.len() < MAX_SIGNALS {
                self.kept.push(signal);
            } else {
                self.is_over = true;
            }
        }
    }
}

impl Signals {
    pub(crate) fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }

    /// Those that are kept.
    pub(crate) fn into_kept(self) -> Vec<Signal> {
        self.kept
    }

    /// As they travel in the pool: JSON, `None` where there are none, which is nearly always.
    pub(crate) fn to_json(&self) -> Option<String> {
        if self.kept.is_empty() { None } else { serde_json::to_string(&self.kept).ok() }
    }
}
