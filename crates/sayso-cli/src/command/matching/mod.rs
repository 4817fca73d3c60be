mod csv;
mod json;
mod page;
mod text;

use std::io::{BufWriter, IsTerminal, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use sayso::library::Library;
use sayso::matching::{MatchFault, MatchFaults, MatchInput, MatchOptions, Matched, Thumbnails, find_copies};

use super::build::interrupt_on_signal;
use super::signals::{online, warn_of_cache};
use super::threads;
use crate::arguments::Match;
use crate::exit::Outcome;
use crate::progress::Bar;
use csv::CsvOutput;
use json::JsonOutput;
use page::Page;
use text::TextOutput;

pub(crate) fn run(arguments: &Match) -> anyhow::Result<Outcome> {
    let (dirs, inputs) = datasets_and_inputs(arguments)?;
    let library = Library::open(&dirs)?;
    let online = arguments.fetch_found.then(|| online(&arguments.asking, &arguments.agent)).transpose()?;
    let thumbnails = if arguments.html.is_some() { Thumbnails::OfFound } else { Thumbnails::None };
    let options = MatchOptions { distance: arguments.distance, limit: arguments.limit, thumbnails };
    let interrupt = interrupt_on_signal()?;
    // Whether it can be written is found out before the work.
    let mut page =
        arguments.html.as_deref().map(|file| Page::create(file, &arguments.paths, arguments.html_limit)).transpose()?;
    let stdout = std::io::stdout().lock();
    let is_streamed = arguments.json || arguments.csv;
    let bar = if is_streamed && stdout.is_terminal() { Bar::hidden() } else { Bar::new() };
    let mut output = Output::new(arguments, BufWriter::new(stdout))?;
    let (mut summary, mut failed) = (Summary::default(), None);
    let result = find_copies(
        &library,
        inputs,
        &options,
        threads(arguments.threads),
        interrupt,
        &|progress| bar.matched(progress),
        &mut |found| {
            let written = match found {
                Ok(matched) => {
                    summary.add(&matched);
                    let written = output.add(&matched);
                    if let Some(page) = &mut page {
                        page.add(matched);
                    }
                    written
                }
                Err(fault) => {
                    let written = output.add_fault(&fault);
                    summary.faults.add(fault);
                    written
                }
            };
            match written {
                Ok(()) => ControlFlow::Continue(()),
                Err(error) => {
                    failed = Some(error);
                    ControlFlow::Break(())
                }
            }
        },
    );
    result.inspect_err(|_| bar.done())?;
    if let Some(error) = failed {
        bar.done();
        return Err(error.into());
    }
    if let Some(page) = page {
        let datasets = library.summaries().into_iter().map(|summary| summary.name).collect();
        page.finish(&summary, datasets, online.as_ref(), interrupt, &|done, all| bar.count("writing", done, all))?;
    }
    bar.done();
    if let Some(online) = &online {
        warn_of_cache(online)?;
    }
    output.finish(&summary)?;
    Ok(match summary {
        Summary { faults, .. } if !faults.is_empty() => Outcome::DoneWithDamage,
        Summary { found: 0, .. } => Outcome::No,
        Summary { .. } => Outcome::Done,
    })
}

/// The first path is a dataset, and so are all others that look like one; the rest is what is looked for.
fn datasets_and_inputs(arguments: &Match) -> anyhow::Result<(Vec<PathBuf>, Vec<MatchInput>)> {
    let is_dataset = |path: &Path| path.join("CURRENT").is_file();
    let (mut dirs, mut inputs) = (Vec::new(), Vec::new());
    for path in &arguments.paths {
        if dirs.is_empty() || is_dataset(path) {
            dirs.push(path.clone());
        } else if path.as_os_str() == "-" {
            inputs.push(MatchInput::read("-", std::io::stdin().lock())?);
        } else {
            inputs.push(MatchInput::Path(path.clone()));
        }
    }
    inputs.extend(arguments.hash.iter().map(|hash| MatchInput::Hash(*hash)));
    if inputs.is_empty() {
        anyhow::bail!(
            "nothing to look for was named\nhint: name a picture, a folder or - behind the datasets, or --hash"
        );
    }
    Ok((dirs, inputs))
}

/// What was found, in numbers.
#[derive(Debug, Default)]
struct Summary {
    /// Pictures that were looked for.
    pictures: u64,
    /// Those of which something was found.
    found: u64,
    /// Those that are too plain to be told from others.
    too_plain: u64,
    /// Samples that were found.
    copies: u64,
    faults: MatchFaults,
}

impl Summary {
    fn add(&mut self, matched: &Matched) {
        self.pictures += 1;
        self.found += u64::from(!matched.copies.copies.is_empty());
        self.too_plain += u64::from(!matched.own.can_be_matched());
        self.copies += matched.copies.copies.len() as u64;
    }
}

enum Output<W: Write> {
    Csv(CsvOutput<W>),
    Json(JsonOutput<W>),
    Text(TextOutput<W>),
}

impl<W: Write> Output<W> {
    fn new(arguments: &Match, out: W) -> std::io::Result<Self> {
        Ok(match arguments {
            Match { csv: true, .. } => Self::Csv(CsvOutput::new(out)?),
            Match { json: true, distance, .. } => Self::Json(JsonOutput::new(out, *distance)?),
            Match { .. } => Self::Text(TextOutput::new(out)),
        })
    }

    fn add(&mut self, matched: &Matched) -> std::io::Result<()> {
        match self {
            Self::Csv(output) => output.add(matched),
            Self::Json(output) => output.add(matched),
            Self::Text(output) => output.add(matched),
        }
    }

    fn add_fault(&mut self, fault: &MatchFault) -> std::io::Result<()> {
        match self {
            Self::Csv(output) => output.add_fault(fault),
            Self::Json(_) | Self::Text(_) => Ok(()),
        }
    }

    fn finish(self, summary: &Summary) -> std::io::Result<()> {
        match self {
            Self::Csv(output) => output.finish(),
            Self::Json(output) => output.finish(summary),
            Self::Text(output) => output.finish(summary),
        }
    }
}
