use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use sayso::check::{CheckOptions, CheckSummary, Checked};
use sayso_core::Decision;
use sayso_server::CheckReport;

use crate::command::report_file::ReportFile;

/// The report for people: what it will show, and the file in which it comes to be.
pub(super) struct Page {
    file: ReportFile,
    limit: usize,
    refused: Vec<Checked>,
    admitted: Vec<Checked>,
}

impl Page {
    pub(super) fn create(file: &Path, inputs: &[PathBuf], limit: usize) -> anyhow::Result<Self> {
        Ok(Self { file: ReportFile::create(file, inputs)?, limit, refused: Vec::new(), admitted: Vec::new() })
    }

    pub(super) fn add(&mut self, checked: Checked) {
        let pictures = match checked.decision {
            Decision::Refused => &mut self.refused,
            Decision::Admitted => &mut self.admitted,
        };
        if pictures.len() < self.limit {
            pictures.push(checked);
        }
    }

    pub(super) fn finish(
        mut self,
        options: &CheckOptions,
        summary: &CheckSummary,
        interrupt: &AtomicBool,
        progress: &dyn Fn(usize, usize),
    ) -> anyhow::Result<()> {
        // Whoever reads from the top reads first what somebody reserved.
        self.refused.sort_by_key(|checked| std::cmp::Reverse(checked.verdict.stance));
        // Those refused come first and leave the rest of the room.
        self.admitted.truncate(self.limit.saturating_sub(self.refused.len()));
        let report = CheckReport {
            policy: options.policy.clone(),
            summary,
            refused: &self.refused,
            admitted: &self.admitted,
            threads: options.threads,
        };
        self.file.complete(|out| report.write(out, interrupt, progress))
    }
}
