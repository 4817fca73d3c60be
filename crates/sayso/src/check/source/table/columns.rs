use std::path::Path;
use std::sync::Arc;

use sayso_dataset::Cell;

use super::{Licence, Row};

/// The columns of a table, where they have other names than usual.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TableColumns {
    /// The column of addresses.
    pub url: Option<String>,
    /// The column of captions.
    pub caption: Option<String>,
}

/// What the columns of published tables are called, whatever their case: LAION, DataComp, COYO, CC12M, Conceptual
/// Captions, Unsplash, and what Sayso writes itself.
const URLS: [&str; 7] = ["url", "image_url", "img_url", "imageurl", "image_link", "photo_image_url", "src"];
const CAPTIONS: [&str; 5] = ["caption", "text", "alt", "alt_text", "title"];
const PAGES: [&str; 3] = ["page_url", "page", "source_page"];
const LICENCES: [&str; 4] = ["licence", "license", "license_url", "licence_url"];

/// The columns that are read of one table.
#[derive(Debug)]
pub(super) struct Columns {
    url: String,
    caption: Option<String>,
    page_url: Option<String>,
    licence: Option<String>,
}

/// Characters of a caption that are kept.
const CAPTION_CHARS: usize = 4096;

impl Columns {
    /// The only column of a list.
    pub(super) fn of_list() -> Self {
        Self { url: "url".to_owned(), caption: None, page_url: None, licence: None }
    }

    /// Chooses among the columns of a table, or says why none will do.
    pub(super) fn of(names: &[String], wanted: &TableColumns) -> Result<Self, String> {
        let known = |known: &[&str]| {
            let named = |name: &&str| names.iter().find(|other| other.eq_ignore_ascii_case(name)).cloned();
            known.iter().find_map(named)
        };
        let asked_for = |name: &String| {
            let missing = || format!("it has no column of text `{name}`\nhint: those it has are {}", listed(names));
            names.contains(name).then(|| name.clone()).ok_or_else(missing)
        };
        let url = match &wanted.url {
            Some(name) => asked_for(name)?,
            None => known(&URLS).ok_or_else(|| {
                format!(
                    "it has no column of addresses\nhint: name one with --url-column; its columns of text are {}",
                    listed(names)
                )
            })?,
        };
        let caption = match &wanted.caption {
            Some(name) => Some(asked_for(name)?),
            None => known(&CAPTIONS),
        };
        Ok(Self { url, caption, page_url: known(&PAGES), licence: known(&LICENCES) })
    }

    /// The names, in the order in which [`Columns::row`] expects their cells.
    pub(super) fn names(&self) -> Vec<&str> {
        let others = [&self.caption, &self.page_url, &self.licence];
        std::iter::once(&self.url).chain(others.into_iter().flatten()).map(String::as_str).collect()
    }

    /// A row of the cells under [`Columns::names`].
    pub(super) fn row(&self, table: &Arc<Path>, number: u64, cells: Vec<Cell>) -> Row {
        let mut cells = cells.into_iter();
        let url = cells.next().unwrap_or(Cell::Null);
        let mut text = |column: &Option<String>| match column.as_ref().and_then(|_| cells.next()) {
            Some(Cell::Text(text)) if !text.trim().is_empty() => Some(text),
            _ => None,
        };
        let caption = text(&self.caption).map(|text| text.chars().take(CAPTION_CHARS).collect());
        let page_url = text(&self.page_url);
        // LAION's own tables have a question mark where they know of none.
        let licence = text(&self.licence).filter(|licence| licence.trim() != "?");
        let licence = licence.zip(self.licence.clone()).map(|(value, column)| Licence { column, value });
        Row { table: Arc::clone(table), number, url, caption, page_url, licence }
    }
}

fn listed(names: &[String]) -> String {
    let quoted: Vec<String> = names.iter().take(20).map(|name| format!("`{name}`")).collect();
    if quoted.is_empty() { "none".to_owned() } else { quoted.join(", ") }
}
