use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use anyhow::Context;
use sayso::check::{CheckOptions, CheckSummary, Checked};
use sayso_core::Decision;
use sayso_server::CheckReport;

/// The report for people: what it will show, and the file in which it comes to be. It gets its name when it is complete.
pub(super) struct Page {
    file: PathBuf,
    temporary: Temporary,
    limit: usize,
    refused: Vec<Checked>,
    admitted: Vec<Checked>,
}

/// A file that goes away unless it is kept.
struct Temporary {
    path: PathBuf,
    file: fs_err::File,
    is_kept: bool,
}

impl Page {
    pub(super) fn create(file: &Path, inputs: &[PathBuf], limit: usize) -> anyhow::Result<Self> {
        let there = std::fs::metadata(file).ok();
        let same = |input: &PathBuf| matches!((input.canonicalize(), file.canonicalize()), (Ok(a), Ok(b)) if a == b);
        if there.is_some_and(|there| !there.is_file()) || inputs.iter().any(same) {
            anyhow::bail!("`{}` is no file for a report\nhint: name a new file", file.display());
        }
        let mut name = file.file_name().unwrap_or_default().to_owned();
        name.push(".tmp");
        let path = file.with_file_name(name);
        let temporary = fs_err::File::create(&path).with_context(|| cannot_write(file))?;
        let temporary = Temporary { path, file: temporary, is_kept: false };
        Ok(Self { file: file.to_owned(), temporary, limit, refused: Vec::new(), admitted: Vec::new() })
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
        let mut out = BufWriter::new(&mut self.temporary.file);
        let written = report.write(&mut out, interrupt, progress).and_then(|()| out.flush());
        written.with_context(|| cannot_write(&self.file))?;
        drop(out);
        fs_err::rename(&self.temporary.path, &self.file).with_context(|| cannot_write(&self.file))?;
        self.temporary.is_kept = true;
        Ok(())
    }
}

fn cannot_write(file: &Path) -> String {
    format!("cannot write the report `{}`\nhint: name a file in a folder that is there", file.display())
}

impl Drop for Temporary {
    fn drop(&mut self) {
        if !self.is_kept {
            // Nothing half-written stays; who cannot remove it could not have written it.
            let _ = fs_err::remove_file(&self.path);
        }
    }
}
