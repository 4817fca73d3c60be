use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use sayso::matching::{Matched, fetch_small};
use sayso::online::Online;
use sayso_server::{CopiesNumbers, CopiesReport};

use super::Summary;
use crate::command::report_file::ReportFile;

/// The report for people: what it will show, and the file in which it comes to be.
pub(super) struct Page {
    file: ReportFile,
    limit: usize,
    found: Vec<Matched>,
    /// Names of pictures of which nothing was found, and of those that cannot be matched.
    not_found: Vec<String>,
    too_plain: Vec<String>,
}

impl Page {
    pub(super) fn create(file: &Path, inputs: &[PathBuf], limit: usize) -> anyhow::Result<Self> {
        let file = ReportFile::create(file, inputs)?;
        Ok(Self { file, limit, found: Vec::new(), not_found: Vec::new(), too_plain: Vec::new() })
    }

    pub(super) fn add(&mut self, matched: Matched) {
        let names = match &matched {
            Matched { copies, .. } if !copies.copies.is_empty() => {
                if self.found.len() < self.limit {
                    self.found.push(matched);
                }
                return;
            }
            Matched { own, .. } if own.can_be_matched() => &mut self.not_found,
            Matched { .. } => &mut self.too_plain,
        };
        if names.len() < self.limit {
            names.push(matched.name);
        }
    }

    pub(super) fn finish(
        self,
        summary: &Summary,
        datasets: Vec<String>,
        online: Option<&Online>,
        interrupt: &AtomicBool,
        progress: &dyn Fn(usize, usize),
    ) -> anyhow::Result<()> {
        let fetch = |url: &str| online.map(|online| fetch_small(online, url));
        let faults = summary.faults.iter().flat_map(|(_, _, examples)| examples);
        let report = CopiesReport {
            datasets,
            numbers: CopiesNumbers {
                pictures: summary.pictures,
                found: summary.found,
                too_plain: summary.too_plain,
                copies: summary.copies,
            },
            found: &self.found,
            not_found: &self.not_found,
            too_plain: &self.too_plain,
            bad: faults.map(|fault| (fault.place.clone(), fault.message.clone())).collect(),
            fetch: &fetch,
        };
        self.file.complete(|out| report.write(out, interrupt, progress))
    }
}
