use crate::assets;

/// What every page has around its content.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Layout {
    pub(crate) style: &'static str,
    pub(crate) icon: &'static str,
    pub(crate) version: &'static str,
}

impl Layout {
    pub(crate) fn new() -> Self {
        Self { style: assets::style_path(), icon: assets::icon_path(), version: env!("CARGO_PKG_VERSION") }
    }
}
