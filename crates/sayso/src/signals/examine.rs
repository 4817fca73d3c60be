use std::path::PathBuf;

use sayso_consent::categories::{grants, reserves};
use sayso_consent::{judge, settle_site_files};
use sayso_core::{Limits, Policy, PolicyName, Preference, Purpose, Stance, Statement, Subject, UsageCategory, Verdict};
use sayso_crawl::origin_of;

use super::{FilesFound, SourceKind, find, read_up_to, statements_of};
use crate::Error;
use crate::online::{Failure, Gap, Online};

/// For whom and for what files are read.
#[derive(Debug, Clone)]
pub struct ExamineOptions {
    /// The address whose use is asked for: files of a site speak of some addresses and not of others.
    pub url: String,
    /// The agent whose groups in robots.txt count beside `*`.
    pub agent: String,
    /// Limits on what is read.
    pub limits: Limits,
}

/// A file or an answer, and what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Where it was read.
    pub at: SourceAt,
    /// What it is.
    pub kind: SourceKind,
    /// What it says; a signal that says nothing readable stands here, too.
    pub statements: Vec<Statement>,
}

/// Where something was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SourceAt {
    /// A file.
    File(PathBuf),
    /// An address that was asked.
    Url(String),
}

impl std::fmt::Display for SourceAt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::File(path) => path.display().fmt(f),
            Self::Url(url) => f.write_str(url),
        }
    }
}

/// Two statements of which one grants what the other reserves.
#[derive(Debug, Clone)]
pub struct Contradiction {
    /// The use in question.
    pub category: UsageCategory,
    /// Which says yes.
    pub grants: Statement,
    /// Which says no.
    pub reserves: Statement,
}

/// Everything that is said of one address, in files and by its site.
#[derive(Debug, Clone)]
pub struct Examination {
    /// The address whose use was asked for.
    pub url: String,
    /// What may say something.
    pub sources: Vec<Source>,
    /// Files that say nothing by their kind.
    pub others: u64,
    /// What follows for each use, everything taken together.
    pub verdicts: Vec<Verdict>,
    /// Statements that contradict each other.
    pub contradictions: Vec<Contradiction>,
    /// The kinds of files of a site that were not there.
    pub missing: Vec<SourceKind>,
    /// What was asked in vain, those files of a site apart that are not there.
    pub gaps: Vec<Gap>,
}

/// Bytes of a file that are read: metadata of pictures may stand at their end.
const FILE_BYTES: u64 = 64 << 20;

/// Reads the files at `paths`, and in folders, and says what they say together.
pub fn examine(paths: &[PathBuf], options: &ExamineOptions) -> Result<Examination, Error> {
    let FilesRead { sources, others, gaps } = read_files(paths, options)?;
    Ok(taken_together(sources, others, gaps, options))
}

/// Asks `asked` and its site, reads the files at `paths`, and says what all of it says together of `options.url`.
pub fn examine_url(
    asked: &str,
    paths: &[PathBuf],
    options: &ExamineOptions,
    online: &Online,
) -> Result<Examination, Error> {
    if origin_of(asked) != origin_of(&options.url) {
        return Err(Error::Input {
            input: options.url.clone(),
            message: format!("it lies on another site than `{asked}`\nhint: ask that address itself"),
        });
    }
    let reading = online.read(asked, &options.url).map_err(|why| Error::Input {
        input: asked.to_owned(),
        message: format!(
            "{why}\nhint: addresses look like https://example.org/; --allow-private asks one's own network"
        ),
    })?;
    let files = read_files(paths, options)?;
    let (mut sources, mut gaps) = (reading.sources, reading.gaps);
    sources.extend(files.sources);
    gaps.extend(files.gaps);
    Ok(taken_together(sources, files.others, gaps, options))
}

/// What was read in files.
struct FilesRead {
    sources: Vec<Source>,
    others: u64,
    gaps: Vec<Gap>,
}

fn read_files(paths: &[PathBuf], options: &ExamineOptions) -> Result<FilesRead, Error> {
    let FilesFound { files, others, unreadable } = find(paths)?;
    let mut sources = Vec::with_capacity(files.len());
    for file in files {
        let bytes = read_up_to(&file.path, FILE_BYTES)?;
        let statements = statements_of(file.kind, &bytes, &options.url, &options.agent, &options.limits);
        sources.push(Source { at: SourceAt::File(file.path), kind: file.kind, statements });
    }
    let gap = |(path, why): (PathBuf, String)| Gap {
        kind: SourceKind::of(&path, b"").unwrap_or(SourceKind::HttpAnswer),
        url: path.display().to_string(),
        why: Failure::Unreachable(why),
    };
    Ok(FilesRead { sources, others, gaps: unreadable.into_iter().map(gap).collect() })
}

fn taken_together(sources: Vec<Source>, others: u64, gaps: Vec<Gap>, options: &ExamineOptions) -> Examination {
    let mut all: Vec<Statement> = sources.iter().flat_map(|source| source.statements.iter().cloned()).collect();
    let is_answer = |source: &&Source| matches!(source.kind, SourceKind::Html | SourceKind::HttpAnswer);
    if sources.iter().filter(is_answer).count() == 1 {
        settle_site_files(&mut all);
    }
    let subject = Subject { url: &options.url, page_url: &options.url };
    let verdicts = UsageCategory::ALL
        .iter()
        .map(|category| judge(&subject, &all, None, &Policy::new(PolicyName::Record, Purpose(*category))));
    let verdicts = verdicts.collect();
    let files_of_a_site = [SourceKind::RobotsTxt, SourceKind::Tdmrep, SourceKind::AiTxt, SourceKind::Rsl];
    // What could not be read may be there all the same.
    let gaps: Vec<Gap> = gaps.into_iter().filter(Gap::is_told).collect();
    // An RSL document is not there if nobody names one, which is for robots.txt and the answer to say.
    let names_rsl = |kind| matches!(kind, SourceKind::RobotsTxt | SourceKind::HttpAnswer);
    let is_open = |kind: SourceKind| {
        let concerns = |gap: &Gap| gap.kind == kind || kind == SourceKind::Rsl && names_rsl(gap.kind);
        gaps.iter().any(|gap| concerns(gap) && !gap.why.is_absence())
    };
    let is_missing = |kind: &SourceKind| !sources.iter().any(|source| source.kind == *kind) && !is_open(*kind);
    let missing = files_of_a_site.into_iter().filter(is_missing).collect();
    Examination {
        url: options.url.clone(),
        contradictions: contradictions(&all),
        sources,
        others,
        verdicts,
        missing,
        gaps,
    }
}

/// For each use the first pair of statements that contradict each other.
fn contradictions(statements: &[Statement]) -> Vec<Contradiction> {
    let said = |is: &dyn Fn(&Preference) -> bool| {
        statements.iter().find(|statement| statement.preferences.iter().any(is)).cloned()
    };
    let of_category = |category: &UsageCategory| {
        let category = *category;
        let grants = said(&|p| p.stance == Stance::Allowed && grants(p.category, category))?;
        let reserves = said(&|p| p.stance == Stance::Disallowed && reserves(p.category, category))?;
        Some(Contradiction { category, grants, reserves })
    };
    UsageCategory::ALL.iter().filter_map(of_category).collect()
}
