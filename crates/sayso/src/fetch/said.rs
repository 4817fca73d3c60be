use std::collections::HashMap;

use sayso_core::{RecordLocator, Signal, Statement, Timestamp};

/// What was said on the way to a picture.
#[derive(Debug, Default)]
pub(super) struct Said {
    /// Of the picture, wherever it stands.
    picture: Vec<Statement>,
    /// By the sites of its pages, each of its own page.
    pages: HashMap<String, Vec<Statement>>,
}

impl Said {
    /// Adds what was said of the picture, with the place and the time at which it was.
    pub(super) fn of_picture(&mut self, new: Vec<Statement>, url: &str, at: Timestamp) {
        add(&mut self.picture, new, url, at);
    }

    /// Adds what the site of a page said of it.
    pub(super) fn of_page(&mut self, page_url: &str, said: Vec<Statement>) {
        self.pages.insert(page_url.to_owned(), said);
    }

    /// Whether it was asked what the site of a page says.
    pub(super) fn knows_page(&self, page_url: &str) -> bool {
        self.pages.contains_key(page_url)
    }

    /// All that concerns the pair of the picture and this page.
    pub(super) fn on(&self, page_url: &str) -> impl Iterator<Item = &Statement> {
        self.picture.iter().chain(self.pages.get(page_url).into_iter().flatten())
    }
}

/// Adds what was said, unless it was said before, with the place and the time at which it was.
pub(super) fn add(said: &mut Vec<Statement>, new: Vec<Statement>, url: &str, at: Timestamp) {
    for statement in new {
        let mut signal = Signal::clone(&statement.signal);
        signal.record = Some(RecordLocator { file: url.into(), offset: 0, length: 0, digest: String::new() });
        signal.captured_at = Some(at);
        let statement = Statement::new(signal, statement.preferences.clone());
        if !said.iter().any(|known| crate::rejudge::is_same(known, &statement)) {
            said.push(statement);
        }
    }
}
