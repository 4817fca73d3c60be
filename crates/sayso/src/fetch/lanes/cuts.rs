use sayso_crawl::registrable_domain;
use serde::{Deserialize, Serialize};

/// Where the order of registrable domains is cut into lanes.
///
/// A lane has whole domains, and so whole hosts. Samples lie in the order of domains, so what a lane has to fetch lies
/// together, and is read once; by a hash of its domain each would have to be looked for in all of the dataset.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::fetch) struct Cuts {
    /// The first domain of each lane but the first.
    first: Vec<String>,
}

impl Cuts {
    /// Cuts between these domains, each of which stands for as many samples, into so many lanes at most.
    pub(in crate::fetch) fn between(mut domains: Vec<String>, lanes: usize) -> Self {
        domains.sort_unstable();
        let all = domains.len();
        let mut first: Vec<String> =
            (1..lanes).filter_map(|lane| domains.get(all * lane / lanes.max(1)).cloned()).collect();
        first.dedup();
        // Nothing would lie before the first of all.
        if first.first() == domains.first() && !first.is_empty() {
            first.remove(0);
        }
        Self { first }
    }

    /// How many lanes there are.
    pub(in crate::fetch) fn lanes(&self) -> usize {
        self.first.len() + 1
    }

    /// The lane of a registrable domain.
    pub(in crate::fetch) fn of_domain(&self, domain: &str) -> usize {
        self.first.partition_point(|first| first.as_str() <= domain)
    }

    /// The lane of a host as an address writes it. A network address is a domain of its own.
    pub(in crate::fetch) fn of_host(&self, host: &str) -> usize {
        let host = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
        self.of_domain(registrable_domain(host.trim_end_matches('.')))
    }

    /// Which domains a lane has, for people.
    pub(in crate::fetch) fn in_words(&self, lane: usize) -> String {
        let from = lane.checked_sub(1).and_then(|before| self.first.get(before));
        match (from, self.first.get(lane)) {
            (None, None) => "all domains".to_owned(),
            (None, Some(to)) => format!("the domains before `{to}`"),
            (Some(from), None) => format!("the domains from `{from}` on"),
            (Some(from), Some(to)) => format!("the domains from `{from}` to before `{to}`"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Cuts;

    fn of(domains: &[&str], lanes: usize) -> Cuts {
        Cuts::between(domains.iter().map(|domain| (*domain).to_owned()).collect(), lanes)
    }

    #[test]
    fn hosts_of_one_domain_are_of_one_lane() {
        let cuts = of(&["b.example", "a.example", "example.co.uk", "c.example", "someone.github.io", "127.0.0.2"], 3);
        assert_eq!(cuts.lanes(), 3);
        for (one, other) in [
            ("example.co.uk", "www.pictures.example.co.uk"),
            ("example.co.uk.", "cdn.example.co.uk"),
            ("[2606:4700::1111]", "2606:4700::1111"),
            ("someone.github.io", "a.someone.github.io"),
        ] {
            assert_eq!(cuts.of_host(one), cuts.of_host(other), "{one}");
        }
        assert!(cuts.of_host("127.0.0.2") < cuts.of_host("c.example"));
        assert_eq!((cuts.of_host("0.example"), cuts.of_host("zz.example")), (0, 2));
    }

    #[test]
    fn one_domain_is_one_lane_however_large() {
        for domains in [&[][..], &["a.example"], &["a.example"; 100]] {
            assert_eq!(of(domains, 64).lanes(), 1);
        }
        let cuts = of(&[&["a.example"; 100][..], &["b.example"], &["c.example"; 50]].concat(), 8);
        assert_eq!(cuts.lanes(), 2);
        assert_ne!(cuts.of_host("a.example"), cuts.of_host("c.example"));
        assert_eq!(cuts.in_words(1), "the domains from `c.example` on");
    }
}
