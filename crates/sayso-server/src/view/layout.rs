use crate::assets;

/// What every page has around its content.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Layout {
    pub(crate) style: &'static str,
    pub(crate) icon: &'static str,
    pub(crate) version: &'static str,
    /// Whether there is a page for questions in SQL.
    pub(crate) has_sql: bool,
    /// Whether works can be claimed here.
    pub(crate) has_registry: bool,
    /// Whether there are pages on who fed whom.
    pub(crate) has_lineage: bool,
    /// Whether there is a studio.
    pub(crate) has_studio: bool,
}

impl Layout {
    pub(crate) fn new(has_sql: bool) -> Self {
        Self {
            style: assets::style_path(),
            icon: assets::icon_path(),
            version: env!("CARGO_PKG_VERSION"),
            has_sql,
            has_registry: false,
            has_lineage: false,
            has_studio: false,
        }
    }

    /// The same where works can be claimed.
    pub(crate) fn with_registry(self, has_registry: bool) -> Self {
        Self { has_registry, ..self }
    }

    /// The same where there is a studio.
    pub(crate) fn with_studio(self, has_studio: bool) -> Self {
        Self { has_studio, ..self }
    }

    /// The same where it is told who fed whom.
    pub(crate) fn with_lineage(self, has_lineage: bool) -> Self {
        Self { has_lineage, ..self }
    }
}
