use sayso_core::Stance;

use crate::facets::{language_term, step_term};
use crate::licence::push_licence;
use crate::sample::IndexedSample;
use crate::schema::{NO_LICENCE, TERM_SEPARATOR};
use crate::site::push_site_terms;

/// Consecutive samples in one piece of memory, as the indexing threads take them.
#[derive(Debug, Default)]
pub(super) struct Batch {
    text: String,
    rows: Vec<Row>,
}

/// Where the texts of one sample end in the batch's text; each starts where the one before ends.
#[derive(Debug)]
struct Row {
    key: u64,
    start: usize,
    caption_end: usize,
    creator_end: usize,
    licence_end: usize,
    site_end: usize,
    fact_end: usize,
    verdict: Stance,
}

impl Batch {
    pub(super) fn with_capacity(text_bytes: usize) -> Self {
        Self { text: String::with_capacity(text_bytes), rows: Vec::new() }
    }

    pub(super) fn push(&mut self, sample: &IndexedSample<'_>) {
        let start = self.text.len();
        self.text.push_str(sample.caption);
        let caption_end = self.text.len();
        self.text.push_str(sample.creator.unwrap_or_default());
        let creator_end = self.text.len();
        push_licence(sample.licence.unwrap_or_default(), &mut self.text);
        if self.text.len() == creator_end {
            self.text.push_str(NO_LICENCE);
        }
        let licence_end = self.text.len();
        push_site_terms((sample.picture_host, sample.domain), (sample.page_host, sample.page_domain), &mut self.text);
        let site_end = self.text.len();
        let terms = sample.language.map(language_term).into_iter();
        for term in terms.chain(sample.steps.iter().map(|(field, step)| step_term(*field, *step))) {
            if self.text.len() > site_end {
                self.text.push(TERM_SEPARATOR);
            }
            self.text.push_str(&term);
        }
        self.rows.push(Row {
            key: sample.key(),
            start,
            caption_end,
            creator_end,
            licence_end,
            site_end,
            fact_end: self.text.len(),
            verdict: sample.verdict,
        });
    }

    /// How much memory the samples take here.
    pub(super) fn bytes(&self) -> usize {
        self.text.len() + std::mem::size_of_val(self.rows.as_slice())
    }

    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }

    pub(super) fn samples(&self) -> impl Iterator<Item = BatchedSample<'_>> {
        let text = self.text.as_str();
        self.rows.iter().map(move |row| BatchedSample {
            key: row.key,
            caption: &text[row.start..row.caption_end],
            creator: &text[row.caption_end..row.creator_end],
            licence: &text[row.creator_end..row.licence_end],
            sites: &text[row.licence_end..row.site_end],
            facts: &text[row.site_end..row.fact_end],
            verdict: row.verdict,
        })
    }
}

/// One sample, with its texts as they are indexed.
#[derive(Debug)]
pub(super) struct BatchedSample<'a> {
    pub(super) key: u64,
    pub(super) caption: &'a str,
    pub(super) creator: &'a str,
    pub(super) licence: &'a str,
    /// The hosts under which it is found, joined by the separator of terms.
    pub(super) sites: &'a str,
    /// Terms of language and of steps, joined in the same way.
    pub(super) facts: &'a str,
    pub(super) verdict: Stance,
}
