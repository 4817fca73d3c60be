use crate::assets;

/// What every page has around its content.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Layout {
    pub(crate) style: &'static str,
    pub(crate) icon: &'static str,
    pub(crate) version: &'static str,
    /// Whether there is a page for questions in SQL.
    pub(crate) has_sql: bool,
}

impl Layout {
    pub(crate) fn new(has_sql: bool) -> Self {
        Self { style: assets::style_path(), icon: assets::icon_path(), version: env!("CARGO_PKG_VERSION"), has_sql }
    }
}
