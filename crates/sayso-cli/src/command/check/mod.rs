mod json;
mod page;
mod text;

use std::io::{BufWriter, IsTerminal, Write};
use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;

use sayso::check::{
    AskSite, CHECK_FILE_BYTES, CheckInput, CheckOptions, CheckSummary, Checked, MoveReport, Origin, TableColumns,
    check, move_refused,
};
use sayso::online::Online;
use sayso_core::Decision;

use super::build::interrupt_on_signal;
use super::signals::{online, warn_of_cache};
use super::{grounds, threads};
use crate::arguments::Check;
use crate::exit::Outcome;
use crate::progress::Bar;
use json::JsonOutput;
use page::Page;
use text::TextOutput;

/// Hosts that are asked at the same time: they take their time, and cost us none.
const ASKERS: NonZeroUsize = NonZeroUsize::MIN.saturating_add(63);

pub(crate) fn run(arguments: &Check) -> anyhow::Result<Outcome> {
    let online = arguments.online.then(|| online(&arguments.asking, &arguments.agent)).transpose()?.map(Arc::new);
    let options = options(arguments, online.clone())?;
    let inputs: Vec<CheckInput> = arguments.inputs.iter().map(|input| CheckInput::of(input)).collect();
    let interrupt = interrupt_on_signal()?;
    // Whether they can be written is found out before the work.
    let mut page = arguments
        .html
        .as_deref()
        .map(|file| Page::create(file, &arguments.inputs, arguments.html_limit))
        .transpose()?;
    let stdout = std::io::stdout().lock();
    // Lines that appear as they come would run into the bar.
    let bar = if arguments.json && stdout.is_terminal() { Bar::hidden() } else { Bar::new() };
    let mut output = Output::new(arguments.json, BufWriter::new(stdout), &options)?;
    let (mut refused, mut failed) = (Refused::new(arguments.move_refused.is_some()), None);
    let summary = check(&inputs, &options, interrupt, &|progress| bar.checked(progress), &mut |checked| {
        refused.add(&checked);
        if let Err(error) = output.add(&checked) {
            failed = Some(error);
            return ControlFlow::Break(());
        }
        if let Some(page) = &mut page {
            page.add(checked);
        }
        ControlFlow::Continue(())
    });
    let summary = summary.inspect_err(|_| bar.done())?;
    if let Some(error) = failed {
        bar.done();
        return Err(error.into());
    }
    if let Some(page) = page {
        page.finish(&options, &summary, interrupt, &|done, all| bar.count("drawing", done, all))?;
    }
    bar.done();
    let moved = match &arguments.move_refused {
        Some(folder) => move_refused(&refused.files, &arguments.inputs, folder),
        None => MoveReport::default(),
    };
    if let Some(online) = &online {
        warn_of_cache(online)?;
    }
    output.finish(&Answer { options: &options, summary: &summary, moved: &moved, unmovable: refused.unmovable })?;
    Ok(match summary {
        CheckSummary { refused: 1.., .. } => Outcome::No,
        CheckSummary { faults, .. } if !faults.is_empty() => Outcome::DoneWithDamage,
        CheckSummary { .. } => Outcome::Done,
    })
}

fn options(arguments: &Check, online: Option<Arc<Online>>) -> anyhow::Result<CheckOptions> {
    Ok(CheckOptions {
        policy: arguments.policy.policy(arguments.purpose)?,
        threads: threads(arguments.threads),
        file_bytes: CHECK_FILE_BYTES,
        columns: TableColumns { url: arguments.url_column.clone(), caption: arguments.caption_column.clone() },
        registry: grounds(&arguments.claims, Some(&arguments.asking))?,
        ask: online.map(|online| online as Arc<dyn AskSite + Send>),
        askers: ASKERS,
    })
}

/// What is said once everything is checked.
struct Answer<'a> {
    options: &'a CheckOptions,
    summary: &'a CheckSummary,
    moved: &'a MoveReport,
    /// Refused pictures that lie in no file of their own.
    unmovable: u64,
}

/// What is moved once everything is checked.
struct Refused {
    is_wanted: bool,
    files: Vec<PathBuf>,
    unmovable: u64,
}

impl Refused {
    const fn new(is_wanted: bool) -> Self {
        Self { is_wanted, files: Vec::new(), unmovable: 0 }
    }

    fn add(&mut self, checked: &Checked) {
        if !self.is_wanted || checked.decision != Decision::Refused {
            return;
        }
        match &checked.origin {
            Origin::File(path) => self.files.push(path.clone()),
            Origin::Member { .. } | Origin::Row { .. } | Origin::Url(_) => self.unmovable += 1,
        }
    }
}

enum Output<W> {
    Json(JsonOutput<W>),
    Text(TextOutput<W>),
}

impl<W: Write> Output<W> {
    fn new(is_json: bool, out: W, options: &CheckOptions) -> std::io::Result<Self> {
        Ok(if is_json { Self::Json(JsonOutput::new(out, options)?) } else { Self::Text(TextOutput::new(out)) })
    }

    fn add(&mut self, checked: &Checked) -> std::io::Result<()> {
        match self {
            Self::Json(output) => output.add(checked),
            Self::Text(output) => {
                output.add(checked);
                Ok(())
            }
        }
    }

    fn finish(self, answer: &Answer<'_>) -> std::io::Result<()> {
        match self {
            Self::Json(output) => output.finish(answer),
            Self::Text(output) => output.finish(answer),
        }
    }
}
