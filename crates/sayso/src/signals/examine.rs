use std::path::PathBuf;

use sayso_consent::categories::{grants, reserves};
use sayso_consent::{judge, settle_site_files};
use sayso_core::{Limits, Policy, PolicyName, Preference, Purpose, Stance, Statement, Subject, UsageCategory, Verdict};

use super::{SourceKind, find, read_up_to, statements_of};
use crate::Error;

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

/// A file and what it says.
#[derive(Debug, Clone)]
pub struct Source {
    /// The file.
    pub path: PathBuf,
    /// What it is.
    pub kind: SourceKind,
    /// What it says; a signal that says nothing readable stands here, too.
    pub statements: Vec<Statement>,
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

/// Everything that files say of the use of what they hold.
#[derive(Debug, Clone)]
pub struct Examination {
    /// The files that may say something.
    pub sources: Vec<Source>,
    /// Files that say nothing by their kind.
    pub others: u64,
    /// What follows for each use, everything taken together.
    pub verdicts: Vec<Verdict>,
    /// Statements that contradict each other.
    pub contradictions: Vec<Contradiction>,
    /// The kinds of files of a site that were not there.
    pub missing: Vec<SourceKind>,
}

/// Bytes of a file that are read: metadata of pictures may stand at their end.
const FILE_BYTES: u64 = 64 << 20;

/// Reads the files at `paths`, and in folders, and says what they say together.
pub fn examine(paths: &[PathBuf], options: &ExamineOptions) -> Result<Examination, Error> {
    let (found, others) = find(paths)?;
    let mut sources = Vec::with_capacity(found.len());
    for file in found {
        let bytes = read_up_to(&file.path, FILE_BYTES)?;
        let statements = statements_of(file.kind, &bytes, &options.url, &options.agent, &options.limits);
        sources.push(Source { path: file.path, kind: file.kind, statements });
    }
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
    let is_missing = |kind: &SourceKind| !sources.iter().any(|source| source.kind == *kind);
    let missing = files_of_a_site.into_iter().filter(is_missing).collect();
    Ok(Examination { contradictions: contradictions(&all), sources, others, verdicts, missing })
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
