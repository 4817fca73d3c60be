use sayso::library::{Facet, FacetCount, FacetField, FacetKind, Sort};

use super::{visible, words};

/// A facet, as bars that also read as a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FacetView {
    /// The stable name, which is part of anchors.
    pub(crate) field: &'static str,
    pub(crate) title: &'static str,
    /// What the first column holds.
    pub(crate) heading: &'static str,
    pub(crate) rows: Vec<FacetRowView>,
    /// What the rows leave out, in a sentence; empty where they leave nothing out.
    pub(crate) note: String,
}

/// A value and how many samples have it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FacetRowView {
    pub(crate) label: String,
    pub(crate) count: String,
    /// The length of its bar, of 100.
    pub(crate) length: String,
    /// The search for samples that have it, where there is one.
    pub(crate) href: Option<String>,
}

impl FacetView {
    /// `query` is what the counted samples were asked for; its links ask for that and for the value.
    pub(crate) fn new(facet: &Facet, query: Option<&str>) -> Self {
        let most = facet.values.iter().map(|value| value.count).max().unwrap_or(1).max(1);
        let rows = facet.values.iter().map(|value| FacetRowView {
            label: visible(&label(facet.field, value)),
            count: words::number(value.count),
            // A bar that is there is seen.
            length: format!("{:.1}", (value.count as f64 / most as f64 * 100.0).max(0.4)),
            href: href(facet.field, value, query),
        });
        Self {
            field: facet.field.as_str(),
            title: title(facet.field),
            heading: heading(facet.field),
            rows: rows.collect(),
            note: note(facet),
        }
    }
}

impl FacetView {
    /// The same, whose links keep the order of the hits.
    pub(crate) fn sorted(mut self, sort: Sort) -> Self {
        let hrefs = self.rows.iter_mut().filter_map(|row| row.href.as_mut());
        hrefs.filter(|href| sort != Sort::RELEVANCE && href.starts_with("/search?")).for_each(|href| {
            href.push_str("&sort=");
            href.push_str(&sort.to_string());
        });
        self
    }
}

/// What is not in the rows.
fn note(facet: &Facet) -> String {
    let mut parts = Vec::new();
    let shown = facet.values.len() as u64;
    if facet.field.kind() == FacetKind::Names && facet.distinct > shown {
        parts.push(format!("{} more", words::number(facet.distinct - shown)));
    }
    if facet.without > 0 {
        let unknown = match facet.field {
            FacetField::Creator => "without a name",
            FacetField::Licence => "without a statement",
            _ => "not known",
        };
        parts.push(format!("{} {unknown}", words::counted(facet.without, "sample", "samples")));
    }
    parts.join("; ")
}

fn label(field: FacetField, value: &FacetCount) -> String {
    match (field.kind(), value.value.as_str(), value.below) {
        (FacetKind::Names, "", _) => "(none)".to_owned(),
        (FacetKind::Names, name, _) => name.to_owned(),
        (FacetKind::Steps(_), "", Some(below)) => format!("below {below}"),
        (FacetKind::Steps(_), from, None) => format!("{from} and more"),
        // A year is a step of one.
        (FacetKind::Steps(_), from, Some(_)) if field == FacetField::Year => from.to_owned(),
        (FacetKind::Steps(_), from, Some(below)) => format!("{from} to {below}"),
    }
}

fn title(field: FacetField) -> &'static str {
    match field {
        FacetField::Domain => "From which sites",
        FacetField::Creator => "By whom",
        FacetField::Licence => "Under which licence",
        FacetField::Language => "In which language",
        FacetField::Verdict => "With which verdict",
        FacetField::Reason => "What decided",
        FacetField::Side => "How large",
        FacetField::Similarity => "How near picture and caption are to CLIP",
        FacetField::Punsafe => "How unsafe a classifier took them to be",
        FacetField::Pwatermark => "How probably with a watermark",
        FacetField::Aesthetic => "How beautiful a predictor took them to be",
        FacetField::Year => "When they were captured",
        FacetField::Column(name) => name.column(),
    }
}

fn heading(field: FacetField) -> &'static str {
    match field {
        FacetField::Domain => "Site",
        FacetField::Creator => "Creator",
        FacetField::Licence => "Licence",
        FacetField::Language => "Language",
        FacetField::Verdict => "Verdict",
        FacetField::Reason => "Reason",
        FacetField::Side => "Longer side in pixels",
        FacetField::Similarity => "Similarity",
        FacetField::Punsafe | FacetField::Pwatermark => "Probability",
        FacetField::Aesthetic => "Score",
        FacetField::Year => "Year",
        FacetField::Column(_) => "Value",
    }
}

/// The condition of the query language that holds for samples with a value.
fn condition_of(field: FacetField, value: &FacetCount) -> Option<String> {
    let FacetCount { value, below, .. } = value;
    match (field.kind(), value.as_str(), below) {
        (FacetKind::Names, name, _) => condition(field, name),
        (FacetKind::Steps(_), "", below) => below.map(|below| format!("{field}:<{below}")),
        (FacetKind::Steps(_), from, None) => Some(format!("{field}:>={from}")),
        (FacetKind::Steps(_), from, Some(_)) if field == FacetField::Year => Some(format!("{field}:{from}")),
        (FacetKind::Steps(_), from, Some(below)) => Some(format!("{field}:{from}..{below}")),
    }
}

/// The condition that holds for samples with a name in a field of names.
pub(crate) fn condition(field: FacetField, name: &str) -> Option<String> {
    let quoted = |name: &str| format!("\"{}\"", name.replace('"', " "));
    match field {
        _ if name.is_empty() || name == "…" => None,
        FacetField::Domain => Some(format!("site:{name}")),
        FacetField::Creator => Some(format!("creator:{}", quoted(name))),
        FacetField::Licence if name.contains(char::is_whitespace) => Some(format!("licence:{}", quoted(name))),
        FacetField::Licence => Some(format!("licence:{name}")),
        FacetField::Verdict | FacetField::Language => Some(format!("{field}:{name}")),
        _ => None,
    }
}

/// The page of a site, a creator, a licence or a value of a column.
pub(crate) fn value_href(field: FacetField, name: &str) -> Option<String> {
    let encoded = |part: &str| {
        let encoded: String = url::form_urlencoded::byte_serialize(part.as_bytes()).collect();
        encoded.replace('+', "%20")
    };
    // A browser takes dots alone for a step up.
    let is_dots = |part: &str| part.bytes().all(|byte| byte == b'.');
    let folder = match field {
        FacetField::Domain | FacetField::Creator | FacetField::Licence => field.to_string(),
        FacetField::Column(column) if !is_dots(column.column()) => format!("column/{}", encoded(column.column())),
        _ => return None,
    };
    (!is_dots(name) && name != "…").then(|| format!("/{folder}/{}", encoded(name)))
}

/// Where a value leads: from everything to its own page, and from hits to fewer of them.
fn href(field: FacetField, value: &FacetCount, query: Option<&str>) -> Option<String> {
    let page = value_href(field, &value.value).filter(|_| query.is_none());
    page.or_else(|| condition_of(field, value).map(|condition| search_href(query, &condition)))
}

fn search_href(query: Option<&str>, condition: &str) -> String {
    let query = query.map_or_else(|| condition.to_owned(), |query| format!("{query} {condition}"));
    let encoded: String = url::form_urlencoded::byte_serialize(query.as_bytes()).collect();
    format!("/search?q={encoded}")
}

#[cfg(test)]
mod tests {
    use super::{Facet, FacetCount, FacetField, FacetView};

    fn count(value: &str, below: Option<f64>, count: u64) -> FacetCount {
        FacetCount { value: value.to_owned(), below, count }
    }

    #[test]
    fn values_lead_to_their_samples() {
        let facet = Facet {
            field: FacetField::Creator,
            values: vec![count("Ana \"A\" Müller", None, 200), count("Bo", None, 1)],
            distinct: 12,
            without: 1_000,
            next: None,
        };
        let view = FacetView::new(&facet, Some("red cat"));
        assert_eq!(view.rows[0].href.as_deref(), Some("/search?q=red+cat+creator%3A%22Ana++A++M%C3%BCller%22"));
        assert_eq!((view.rows[0].length.as_str(), view.rows[1].length.as_str()), ("100.0", "0.5"));
        assert_eq!(view.note, "10 more; 1,000 samples without a name");
    }

    #[test]
    fn steps_are_named_by_their_edges() {
        let facet = Facet {
            field: FacetField::Side,
            values: vec![count("", Some(32.0), 1), count("32", Some(64.0), 2), count("8192", None, 3)],
            distinct: 14,
            without: 0,
            next: None,
        };
        let view = FacetView::new(&facet, None);
        let labels: Vec<&str> = view.rows.iter().map(|row| row.label.as_str()).collect();
        assert_eq!(labels, ["below 32", "32 to 64", "8192 and more"]);
        assert_eq!(view.note, "");
        let hrefs: Vec<Option<&str>> = view.rows.iter().map(|row| row.href.as_deref()).collect();
        let search = "/search?q=side%3A";
        let expected = ["%3C32", "32..64", "%3E%3D8192"].map(|value| format!("{search}{value}"));
        assert!(hrefs.into_iter().eq(expected.iter().map(|href| Some(href.as_str()))));
    }
}
