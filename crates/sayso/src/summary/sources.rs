use super::form::Form;
use super::form_parts::DatasetForm;
use super::form_values::Source;
use super::measure::Measured;
use crate::card::CardOrigin;

/// What a dataset is: by the form, or by its origin.
pub(super) struct Known<'a> {
    pub(super) measured: &'a Measured,
    pub(super) form: Option<&'a DatasetForm>,
    /// Nothing where neither the form nor the origin says.
    pub(super) source: Option<Source>,
    pub(super) name: Option<String>,
}

impl<'a> Known<'a> {
    pub(super) fn of(measured: &'a Measured, form: &'a Form) -> Self {
        let form = form.dataset.iter().find(|dataset| dataset.folder == measured.name);
        let (source, name) = by_origin(measured);
        Self {
            measured,
            form,
            source: form.and_then(|form| form.source).or(source),
            name: form.and_then(|form| form.name.0.clone()).or(name),
        }
    }

    pub(super) fn is(&self, source: Source) -> bool {
        self.source == Some(source)
    }

    /// What it is called, if only by its folder.
    pub(super) fn title(&self) -> String {
        self.name.clone().unwrap_or_else(|| self.measured.name.clone())
    }
}

/// What its origin says of a dataset. An import of columns that nobody knows may be anything.
fn by_origin(measured: &Measured) -> (Option<Source>, Option<String>) {
    let counts = &measured.counts;
    match &measured.origin {
        Some(CardOrigin::Crawl { .. }) if counts.samples > 0 && counts.of_common_crawl == counts.samples => {
            let crawls: Vec<&str> = counts.crawls.iter().map(String::as_str).collect();
            let crawls = if crawls.is_empty() { String::new() } else { format!(" ({})", crawls.join(", ")) };
            (Some(Source::Public), Some(format!("Common Crawl{crawls}")))
        }
        Some(CardOrigin::Crawl { .. }) => (Some(Source::Crawled), None),
        Some(CardOrigin::Tables { inputs, .. }) => {
            let mut names: Vec<&str> = inputs.iter().filter_map(|input| input.dataset.as_deref()).collect();
            names.dedup();
            let is_published = !names.is_empty() && inputs.iter().all(|input| input.dataset.is_some());
            if is_published { (Some(Source::Public), Some(names.join(", "))) } else { (None, None) }
        }
        None => (None, None),
    }
}
