use sayso::library::{FacetField, ValueSummary};

use super::{FacetView, ReasonView, SampleLink, condition, shortened, visible, words};

/// Characters of a name in a heading.
const TITLE_CHARS: usize = 200;

/// A page of a site, a creator, a licence or a value of a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ValueView {
    pub(crate) kicker: &'static str,
    pub(crate) title: String,
    pub(crate) samples: String,
    /// How many in which dataset.
    pub(crate) datasets: Vec<(String, String)>,
    /// The query that finds these samples, and others: what it finds besides is said.
    pub(crate) search: Option<(String, String)>,
    pub(crate) finds: &'static str,
    pub(crate) overview_href: Option<String>,
    pub(crate) exports: Vec<(&'static str, String)>,
    pub(crate) facets: Vec<FacetView>,
    pub(crate) statements: Vec<StatementView>,
    pub(crate) looked_at: String,
    pub(crate) is_site: bool,
    pub(crate) examples: Vec<SampleLink>,
}

/// What a site stated, and how often it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StatementView {
    pub(crate) reason: ReasonView,
    pub(crate) count: String,
}

impl ValueView {
    pub(crate) fn new(value: &ValueSummary) -> Self {
        let query = condition(value.field, &value.name);
        let encoded: Option<String> =
            query.as_deref().map(|query| url::form_urlencoded::byte_serialize(query.as_bytes()).collect());
        let export = |(name, format): (&'static str, &str)| {
            Some((name, format!("/api/v1/export?q={}&format={format}", encoded.as_deref()?)))
        };
        let forms = [("CSV", "csv"), ("JSON Lines", "jsonl"), ("addresses", "urls")];
        let (kicker, finds) = match value.field {
            FacetField::Domain => ("A site", "finds samples whose page lies there, too"),
            FacetField::Creator => ("A creator", "finds longer names that hold this one, too"),
            FacetField::Column(column) => (column.column(), ""),
            _ => ("A licence", "finds licences that begin like it, too"),
        };
        Self {
            kicker,
            title: visible(&shortened(&value.name, TITLE_CHARS)),
            samples: words::counted(value.samples, "sample", "samples"),
            datasets: value.datasets.iter().map(|(name, samples)| (name.clone(), words::number(*samples))).collect(),
            overview_href: encoded.as_deref().map(|encoded| format!("/overview?q={encoded}")),
            exports: forms.into_iter().filter_map(export).collect(),
            search: query.clone().zip(encoded.map(|encoded| format!("/search?q={encoded}"))),
            finds,
            facets: value.facets.iter().map(|facet| FacetView::new(facet, query.as_deref())).collect(),
            statements: value
                .statements
                .iter()
                .map(|statement| StatementView {
                    reason: ReasonView::new(&statement.reason, &statement.sample.pair),
                    count: words::counted(statement.count, "sample", "samples"),
                })
                .collect(),
            looked_at: words::counted(value.looked_at, "sample", "samples"),
            is_site: value.field == FacetField::Domain,
            examples: value.examples.iter().map(|(_, sample)| SampleLink::new(sample)).collect(),
        }
    }
}
