use std::io::IsTerminal;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use sayso::build::{Progress, Stage};
use sayso::check::CheckProgress;
use sayso::matching::MatchProgress;

/// A progress bar on standard error; nothing where that is no terminal.
pub(crate) struct Bar {
    bar: ProgressBar,
}

impl Bar {
    pub(crate) fn new() -> Self {
        let target =
            if std::io::stderr().is_terminal() { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        Self { bar: ProgressBar::with_draw_target(None, target) }
    }

    /// A bar that is never seen.
    pub(crate) fn hidden() -> Self {
        Self { bar: ProgressBar::hidden() }
    }

    pub(crate) fn show(&self, progress: Progress) {
        let (style, found) = match progress.stage {
            Stage::Extract => ("reading  {bar:30} {bytes}/{total_bytes}  {eta} left  {msg}", "pairs"),
            Stage::Ask => ("asking   {bar:30} {human_pos}/{human_len} sites  {eta} left", "sites"),
            Stage::Fetch => ("fetching {bar:30} {human_pos}/{human_len} samples  {eta} left  {msg}", "had"),
            Stage::Write => ("judging  {bar:30} {human_pos}/{human_len} pairs  {eta} left  {msg}", "samples"),
            Stage::Count => ("counting {bar:30} {human_pos}/{human_len} samples  {eta} left", "samples"),
        };
        let style = match (progress.stage, progress.total) {
            // Nothing is known of the end of standard input.
            (Stage::Extract, None) => "reading  {spinner} {bytes}  {bytes_per_sec}  {msg}",
            _ => style,
        };
        self.style(style, progress.done);
        match progress.total {
            Some(total) => self.bar.set_length(total.max(progress.done)),
            None => self.bar.unset_length(),
        }
        self.bar.set_position(progress.done);
        let files = progress.files.filter(|(_, all)| *all > 1);
        let files = files.map(|(read, all)| format!("{read} of {all} files, ")).unwrap_or_default();
        let requests = progress.requests.map(|requests| format!(", {requests} requests")).unwrap_or_default();
        self.bar.set_message(format!("{files}{} {found}{requests}", progress.found));
    }

    /// Shows it so. How much time is left nobody knows before something is done.
    fn style(&self, template: &str, done: u64) {
        let known = if done == 0 { template.replace("  {eta} left", "") } else { template.to_owned() };
        if let Ok(style) = ProgressStyle::with_template(&known) {
            self.bar.set_style(style);
        }
    }

    /// Shows how many of how many are done.
    pub(crate) fn count(&self, doing: &str, done: usize, all: usize) {
        self.style("{msg}  {bar:30} {human_pos}/{human_len}  {eta} left", done as u64);
        self.bar.set_message(doing.to_owned());
        self.bar.set_length(all as u64);
        self.bar.set_position(done as u64);
    }

    /// Shows how many bytes of how many are done.
    #[cfg(feature = "s3")]
    pub(crate) fn bytes(&self, doing: &'static str, done: u64, all: u64) {
        self.style("{prefix}  {bar:30} {bytes}/{total_bytes}  {eta} left", done);
        self.bar.set_prefix(doing);
        self.bar.set_length(all);
        self.bar.set_position(done);
    }

    /// Shows how many are done, where nobody knows of how many.
    #[cfg(feature = "diffusion")]
    pub(crate) fn so_many(&self, doing: &str, done: u64) {
        self.style("{msg}  {spinner} {human_pos}  {per_sec}", done);
        self.bar.set_message(doing.to_owned());
        self.bar.unset_length();
        self.bar.set_position(done);
    }

    /// Shows how far a training is.
    #[cfg(feature = "diffusion")]
    pub(crate) fn step(&self, done: usize, all: usize, loss: f64) {
        self.lesson("training", done, all, loss);
    }

    /// The same, with what is done.
    #[cfg(feature = "diffusion")]
    pub(crate) fn lesson(&self, doing: &'static str, done: usize, all: usize, loss: f64) {
        self.style("{prefix}  {bar:30} {human_pos}/{human_len}  {eta} left  {msg}", done as u64);
        self.bar.set_prefix(doing);
        self.bar.set_length(all as u64);
        self.bar.set_position(done as u64);
        self.bar.set_message(format!("loss {loss:.4}"));
    }

    /// Shows how far a check is.
    pub(crate) fn checked(&self, progress: CheckProgress) {
        // Thousands are done in a second: only some of them are worth drawing.
        if progress.done > 64 && !progress.done.is_multiple_of(16) && progress.all != Some(progress.done) {
            return;
        }
        let template = match progress.all {
            Some(_) => "checking  {bar:30} {human_pos}/{human_len}  {eta} left  {msg}",
            // How much there is becomes known while it is checked.
            None => "checking  {spinner} {human_pos}  {per_sec}  {msg}",
        };
        self.style(template, progress.done);
        match progress.all {
            Some(all) => self.bar.set_length(all),
            None => self.bar.unset_length(),
        }
        self.bar.set_position(progress.done);
        self.bar.set_message(format!("{} refused", progress.refused));
    }

    /// Shows how far a search for copies is.
    pub(crate) fn matched(&self, progress: MatchProgress) {
        if progress.done > 64 && !progress.done.is_multiple_of(16) {
            return;
        }
        self.style("looking  {spinner} {human_pos}  {per_sec}  {msg}", progress.done);
        self.bar.set_position(progress.done);
        self.bar.set_message(format!("{} found", progress.found));
    }

    /// Shows how far a search for copies is of which it is known about how many pictures there are.
    pub(crate) fn matched_of(&self, progress: MatchProgress, all: u64) {
        self.style("looking  {bar:30} {human_pos}/{human_len}  {eta} left  {msg}", progress.done);
        self.bar.set_length(all.max(progress.done));
        self.bar.set_position(progress.done);
        self.bar.set_message(format!("{} found", progress.found));
    }

    pub(crate) fn done(&self) {
        self.bar.finish_and_clear();
    }
}
