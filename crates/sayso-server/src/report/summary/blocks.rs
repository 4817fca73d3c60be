use sayso::summary::Modality;

/// A numbered part of the template.
pub(super) struct Section {
    pub(super) number: &'static str,
    pub(super) title: &'static str,
    /// Whether it opens one of the three large parts.
    pub(super) is_part: bool,
    pub(super) blocks: Vec<Block>,
}

/// What stands in a section.
pub(super) enum Block {
    /// An answer in words; nothing where nobody gave one.
    Field { label: &'static str, values: Vec<String>, is_optional: bool },
    /// Boxes of which some are ticked.
    Boxes { label: &'static str, boxes: Vec<(&'static str, bool)>, is_open: bool },
    /// Rows of numbers.
    Table { caption: String, head: Vec<Column>, rows: Vec<Vec<String>>, note: Option<String> },
}

/// The head of a column.
#[derive(Clone, Copy)]
pub(super) struct Column {
    pub(super) title: &'static str,
    pub(super) is_number: bool,
}

impl Column {
    pub(super) const fn words(title: &'static str) -> Self {
        Self { title, is_number: false }
    }

    pub(super) const fn number(title: &'static str) -> Self {
        Self { title, is_number: true }
    }
}

impl Block {
    /// What the template asks for.
    pub(super) fn field(label: &'static str, values: impl IntoIterator<Item = String>) -> Self {
        Self::Field { label, values: values.into_iter().collect(), is_optional: false }
    }

    /// What may be left out.
    pub(super) fn optional(label: &'static str, values: impl IntoIterator<Item = String>) -> Self {
        Self::Field { label, values: values.into_iter().collect(), is_optional: true }
    }

    /// A question that is answered with yes or no.
    pub(super) fn question(label: &'static str, answer: Option<bool>) -> Self {
        let boxes = vec![("Yes", answer == Some(true)), ("No", answer == Some(false))];
        Self::Boxes { label, boxes, is_open: answer.is_none() }
    }

    /// Kinds of content.
    pub(super) fn modalities(label: &'static str, chosen: &[Modality]) -> Self {
        let boxes = Modality::ALL.iter().map(|modality| (name_of(*modality), chosen.contains(modality))).collect();
        Self::Boxes { label, boxes, is_open: chosen.is_empty() }
    }

    /// Whether an answer is missing that the template asks for.
    pub(super) fn is_open(&self) -> bool {
        match self {
            Self::Field { values, is_optional, .. } => values.is_empty() && !is_optional,
            Self::Boxes { is_open, .. } => *is_open,
            Self::Table { .. } => false,
        }
    }

    /// The same with all that is foreign made fit for where it is shown.
    pub(super) fn mapped(mut self, shown: &dyn Fn(&str) -> String) -> Self {
        match &mut self {
            Self::Field { values, .. } => values.iter_mut().for_each(|value| *value = shown(value)),
            Self::Table { rows, .. } => rows.iter_mut().flatten().for_each(|cell| *cell = shown(cell)),
            Self::Boxes { .. } => {}
        }
        self
    }
}

impl Section {
    pub(super) fn mapped(mut self, shown: &dyn Fn(&str) -> String) -> Self {
        self.blocks = self.blocks.into_iter().map(|block| block.mapped(shown)).collect();
        self
    }
}

/// What the template calls it.
pub(super) const fn name_of(modality: Modality) -> &'static str {
    match modality {
        Modality::Text => "Text",
        Modality::Image => "Image",
        Modality::Audio => "Audio",
        Modality::Video => "Video",
        Modality::Other => "Other",
    }
}

/// A month as the template writes it: `07/2026`.
pub(super) fn month(iso: &str) -> String {
    iso.split_once('-').map_or_else(|| iso.to_owned(), |(year, month)| format!("{month}/{year}"))
}

/// A day as the template writes it: `31/07/2026`.
pub(super) fn day(iso: &str) -> String {
    let mut parts: Vec<&str> = iso.split('-').collect();
    parts.reverse();
    parts.join("/")
}

/// From one month to another, as far as they are known.
pub(super) fn period(from: Option<&String>, to: Option<&String>) -> Option<String> {
    match (from.map(|it| month(it)), to.map(|it| month(it))) {
        (Some(from), Some(to)) if from != to => Some(format!("{from} to {to}")),
        (Some(one), _) | (None, Some(one)) => Some(one),
        (None, None) => None,
    }
}
