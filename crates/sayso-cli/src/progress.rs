use std::io::IsTerminal;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use sayso::build::{Progress, Stage};

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

    pub(crate) fn show(&self, progress: Progress) {
        let (style, found) = match progress.stage {
            Stage::Extract => ("reading  {bar:30} {bytes}/{total_bytes}  {eta} left  {msg}", "pairs"),
            Stage::Write => ("judging  {bar:30} {human_pos}/{human_len} pairs  {eta} left  {msg}", "samples"),
        };
        let style = match (progress.stage, progress.total) {
            // Nothing is known of the end of standard input.
            (Stage::Extract, None) => "reading  {spinner} {bytes}  {bytes_per_sec}  {msg}",
            _ => style,
        };
        if let Ok(style) = ProgressStyle::with_template(style) {
            self.bar.set_style(style);
        }
        match progress.total {
            Some(total) => self.bar.set_length(total.max(progress.done)),
            None => self.bar.unset_length(),
        }
        self.bar.set_position(progress.done);
        self.bar.set_message(format!("{} {found}", progress.found));
    }

    /// Shows how many of how many are done.
    pub(crate) fn count(&self, doing: &str, done: usize, all: usize) {
        if let Ok(style) = ProgressStyle::with_template("{msg}  {bar:30} {human_pos}/{human_len}  {eta} left") {
            self.bar.set_style(style);
        }
        self.bar.set_message(doing.to_owned());
        self.bar.set_length(all as u64);
        self.bar.set_position(done as u64);
    }

    pub(crate) fn done(&self) {
        self.bar.finish_and_clear();
    }
}
