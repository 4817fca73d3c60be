use sayso::library::DatasetSummary;

use crate::suffix::json_href;

/// Where a page is: for who wants to come back to it, to cite it, or to read it with a program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Address {
    /// The address of what is shown, and of which snapshot it was.
    pub(crate) href: String,
    /// The same as JSON.
    pub(crate) json: String,
    /// What it is, in a line.
    pub(crate) text: String,
    /// Whether the reader came by a link that was made of other snapshots.
    pub(crate) is_changed: bool,
}

impl Address {
    /// The address of `page`, which shows `what` of these datasets; `linked` is the snapshot that the reader's link names.
    pub(crate) fn new(page: &str, what: &str, datasets: &[DatasetSummary], linked: Option<&str>) -> Self {
        let snapshot: Vec<String> = datasets.iter().map(|dataset| dataset.snapshot.to_string()).collect();
        let snapshot = snapshot.join(",");
        let joint = if page.contains('?') { '&' } else { '?' };
        let named: Vec<String> =
            datasets.iter().map(|dataset| format!("{}, snapshot {}", dataset.name, dataset.snapshot)).collect();
        Self {
            href: format!("{page}{joint}snapshot={snapshot}"),
            json: json_href(page),
            text: format!("{what}. {}. Sayso {}.", named.join("; "), env!("CARGO_PKG_VERSION")),
            is_changed: linked.is_some_and(|linked| linked != snapshot),
        }
    }
}

#[cfg(test)]
mod tests {
    use sayso::library::DatasetSummary;
    use sayso_core::{Policy, PolicyName, Purpose, UsageCategory};

    use super::Address;

    #[test]
    fn a_link_names_its_snapshots() {
        let dataset = |name: &str, snapshot| DatasetSummary {
            name: name.to_owned(),
            samples: 1,
            hashed: 0,
            exclusions: 0,
            snapshot,
            policy: Policy::new(PolicyName::Record, Purpose(UsageCategory::TrainGenai)),
        };
        let datasets = [dataset("a", 3), dataset("b", 1)];
        let address = |linked| Address::new("/search?q=x", "2 samples", &datasets, linked);
        assert_eq!(address(None).href, "/search?q=x&snapshot=3,1");
        assert_eq!(address(None).json, "/search.json?q=x");
        assert!(address(None).text.starts_with("2 samples. a, snapshot 3; b, snapshot 1. Sayso "));
        let changed = [None, Some("3,1"), Some("2,1"), Some("<")].map(|linked| address(linked).is_changed);
        assert_eq!(changed, [false, false, true, true]);
    }
}
