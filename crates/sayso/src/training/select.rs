use std::collections::HashMap;
use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use sayso_core::{Decision, Policy, Reason, RegistryHead, Sha256, Stance};

use super::ask::Ask;
use super::batch::Batch;
use super::depicted::Depicts;
use super::taken::Taken;
use super::terms::KeptTerms;
use crate::Error;
use crate::check::checked::Grounds;
use crate::check::draft::{Drafted, draft};
use crate::check::source::{Unit, members, unless_empty, walk};
use crate::check::{Checked, Fault, Origin};
use crate::claims::Ground;
use crate::pictures::batch::in_order;

/// What to select for, and by which rules.
#[derive(Debug, Clone)]
pub struct SelectOptions {
    /// The use and the rules. Whatever the rules admit, only pictures whose verdict is `allowed` are taken.
    pub policy: Policy,
    /// The claims of a registry; none count without.
    pub registry: Option<Arc<Ground>>,
    /// The claims whose terms are kept.
    pub terms: KeptTerms,
    /// What is said of the people in the pictures.
    pub depicts: Depicts,
    /// Where captions come from.
    pub captions: Captions,
    /// Bytes of a picture that are read; of what is longer nothing is taken.
    pub file_bytes: u64,
    /// Bytes of pictures that stay in memory. The others are read again when they are used, and compared.
    pub kept_bytes: u64,
    /// The most pictures of a folder, taken and refused.
    pub pictures: usize,
    /// Threads that read.
    pub threads: NonZeroUsize,
}

/// Where captions come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Captions {
    /// From beside the pictures; one without is refused.
    Beside,
    /// From beside the pictures, and this where none is.
    BesideOr(String),
    /// This for all of them.
    Same(String),
}

/// What a folder's pictures came to.
#[derive(Debug, Clone)]
pub struct Selection {
    /// Those that may be trained on, in the order of their names.
    pub taken: Vec<Taken>,
    /// Those that may not.
    pub refused: Vec<Refused>,
    /// What else could not be read.
    pub faults: Vec<Fault>,
    /// Files that are no pictures.
    pub others: u64,
    /// The state of the registry that was judged against.
    pub registry_head: Option<RegistryHead>,
    /// The rules that were judged by.
    pub policy: Policy,
}

/// A picture that is not trained on.
#[derive(Debug, Clone)]
pub struct Refused {
    /// Where it stands.
    pub origin: Origin,
    /// Its digest, where it could be read.
    pub sha256: Option<Sha256>,
    /// What kind of refusal it is.
    pub kind: RefusedFor,
    /// What the verdict is.
    pub stance: Stance,
    /// Why, in one sentence.
    pub why: String,
    /// Every reason of the verdict, with its evidence, the deciding one first.
    pub reasons: Vec<Reason>,
    /// What would have to be said, or no longer be said; each sentence is enough.
    pub changes: Vec<String>,
    /// How a yes can be had; `None` where nobody's yes would help.
    pub ask: Option<Ask>,
}

/// Why a picture is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RefusedFor {
    /// Its verdict does not allow the use.
    Verdict,
    /// It shows somebody who has not agreed, by its own metadata.
    Person,
    /// It has no caption.
    Caption,
    /// Its pixels cannot be had.
    Unreadable,
    /// The same file lies there twice: it counts once.
    Twice,
}

impl RefusedFor {
    /// The stable name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Verdict => "verdict",
            Self::Person => "person",
            Self::Caption => "caption",
            Self::Unreadable => "unreadable",
            Self::Twice => "twice",
        }
    }
}

/// Judges every picture in a folder, and in folders and tars in it; or in one tar. `progress` is told how many are done.
///
/// Whatever cannot be read is refused or counted, and the selection goes on. Setting `interrupt` ends it with an error.
pub fn select(
    folder: &Path,
    options: &SelectOptions,
    interrupt: &AtomicBool,
    progress: &dyn Fn(u64),
) -> Result<Selection, Error> {
    let there = fs_err::metadata(folder).map_err(Error::file(folder))?;
    for grant in options.depicts.grants() {
        grant.check(options.policy.purpose.0, options.registry.as_deref(), &options.terms)?;
    }
    let mut run = Run::new(options, interrupt, progress);
    let flow = if there.is_dir() {
        unless_empty(folder, "the folder holds no picture", &mut |unit| run.take(unit), |emit| walk(folder, None, emit))
    } else {
        match folder.extension() {
            Some(ending) if ending.eq_ignore_ascii_case("tar") => {
                unless_empty(folder, "the tar holds no picture", &mut |unit| run.take(unit), |emit| {
                    members(folder, emit)
                })
            }
            _ => {
                let sidecars = crate::check::sidecar::paths_beside(folder);
                run.take(Unit::File { path: folder.to_owned(), sidecars, is_named: true })
            }
        }
    };
    if flow.is_continue() {
        let _ = run.flush();
    }
    if interrupt.load(Ordering::Relaxed) {
        return Err(Error::Cancelled);
    }
    if let Some(error) = run.failed {
        return Err(error);
    }
    run.refuse_twins();
    Ok(run.selection)
}

struct Run<'a> {
    options: &'a SelectOptions,
    interrupt: &'a AtomicBool,
    progress: &'a dyn Fn(u64),
    waiting: Batch,
    selection: Selection,
    /// Where each digest was met first.
    seen: HashMap<Sha256, String>,
    room_bytes: u64,
    done: u64,
    failed: Option<Error>,
    /// The name that whoever trains has in the pictures' metadata.
    me: Option<String>,
}

/// A picture with its verdict.
struct Judged {
    checked: Checked,
    sha256: Option<Sha256>,
    pdq: Option<sayso_core::Pdq>,
    undecoded: Option<String>,
    contacts: Vec<String>,
    people: sayso_consent::embedded::People,
    bytes: Vec<u8>,
}

enum Done {
    Judged(Box<Judged>),
    Fault(Fault),
    Other,
    Interrupted,
}

impl<'a> Run<'a> {
    fn new(options: &'a SelectOptions, interrupt: &'a AtomicBool, progress: &'a dyn Fn(u64)) -> Self {
        let selection = Selection {
            taken: Vec::new(),
            refused: Vec::new(),
            faults: Vec::new(),
            others: 0,
            registry_head: options.registry.as_ref().map(|registry| registry.head().clone()),
            policy: options.policy.clone(),
        };
        let waiting = Batch::new(options.threads, options.file_bytes);
        let (seen, room_bytes) = (HashMap::new(), options.kept_bytes);
        Self { options, interrupt, progress, waiting, selection, seen, room_bytes, done: 0, failed: None, me: None }
    }

    fn take(&mut self, unit: Unit) -> ControlFlow<()> {
        let bytes = self.waiting.bytes_of(&unit);
        if !self.waiting.has_room(bytes) {
            self.flush()?;
        }
        self.waiting.push(unit, bytes);
        ControlFlow::Continue(())
    }

    fn flush(&mut self) -> ControlFlow<()> {
        let (options, interrupt) = (self.options, self.interrupt);
        let done = in_order(self.waiting.take(), options.threads, &|unit, buffer| {
            if interrupt.load(Ordering::Relaxed) {
                return Done::Interrupted;
            }
            judge(unit, options, buffer)
        });
        for done in done {
            if interrupt.load(Ordering::Relaxed) {
                return ControlFlow::Break(());
            }
            match done {
                Some(Done::Judged(judged)) => {
                    if self.selection.taken.len() + self.selection.refused.len() >= self.options.pictures {
                        let message = format!(
                            "it holds more than {} pictures\nhint: train on fewer, or raise the limit",
                            self.options.pictures
                        );
                        self.failed = Some(Error::Input { input: judged.checked.origin.to_string(), message });
                        return ControlFlow::Break(());
                    }
                    self.sort(*judged);
                    self.done += 1;
                    (self.progress)(self.done);
                }
                Some(Done::Fault(fault)) => self.selection.faults.push(fault),
                Some(Done::Other) => self.selection.others += 1,
                Some(Done::Interrupted) => return ControlFlow::Break(()),
                None => {
                    self.failed = Some(Error::Stopped("selection"));
                    return ControlFlow::Break(());
                }
            }
        }
        ControlFlow::Continue(())
    }

    /// Puts a picture to those that are taken or to those that are not.
    fn sort(&mut self, judged: Judged) {
        let options = self.options;
        let beside = checked_caption(&judged.checked);
        let caption = match &options.captions {
            Captions::Same(same) => Some(same.clone()),
            Captions::BesideOr(same) => Some(beside.unwrap_or_else(|| same.clone())),
            Captions::Beside => beside,
        };
        let refusal = refusal(&judged, options, caption.is_some()).or_else(|| self.another_me(&judged.people));
        let Judged { checked, sha256, pdq, contacts, people, bytes, .. } = judged;
        let (refusal, caption, sha256) = match (refusal, caption, sha256) {
            (None, Some(caption), Some(sha256)) => match self.seen.get(&sha256) {
                None => (None, caption, sha256),
                Some(first) => {
                    let why = format!("it is the same file as {first}, which counts once");
                    (Some((RefusedFor::Twice, why)), caption, sha256)
                }
            },
            (refusal, _, sha256) => {
                let unread = || (RefusedFor::Unreadable, "it could not be read".to_owned());
                let refusal = refusal.unwrap_or_else(unread);
                return self.refuse(checked, sha256, &contacts, refusal);
            }
        };
        if let Some(refusal) = refusal {
            return self.refuse(checked, Some(sha256), &contacts, refusal);
        }
        self.seen.insert(sha256, checked.origin.to_string());
        let size = bytes.len() as u64;
        let kept = (size <= self.room_bytes).then(|| Arc::from(bytes));
        if kept.is_some() {
            self.room_bytes -= size;
        }
        let credit = self.credits(&checked);
        let Checked { origin, verdict, creator, licence, url, .. } = checked;
        let people = people.names;
        let file_bytes = options.file_bytes;
        self.selection.taken.push(Taken {
            origin,
            sha256,
            pdq,
            verdict,
            caption,
            creator,
            licence,
            url,
            people,
            credit,
            kept,
            file_bytes,
        });
    }

    /// Whoever trains is one person: of several names in the metadata, one can be theirs.
    fn another_me(&mut self, people: &sayso_consent::embedded::People) -> Option<(RefusedFor, String)> {
        let Depicts::Persons(persons) = &self.options.depicts else { return None };
        let [name] = &people.names[..] else { return None };
        let is_told =
            persons.iter().any(|person| person.name != "me" && person.name.trim().eq_ignore_ascii_case(name.trim()));
        if is_told || !persons.iter().any(|person| person.name == "me") {
            return None;
        }
        let first = self.me.get_or_insert_with(|| name.clone());
        (!first.trim().eq_ignore_ascii_case(name.trim())).then(|| {
            (RefusedFor::Person, format!("it shows {name}, and another picture {first}: both cannot be whoever trains"))
        })
    }

    /// A file that is refused in one place is not taken in another, where less is known of it.
    fn refuse_twins(&mut self) {
        let refused = |one: &Refused| matches!(one.kind, RefusedFor::Verdict | RefusedFor::Person);
        let why: HashMap<Sha256, String> = self
            .selection
            .refused
            .iter()
            .filter(|one| refused(one))
            .filter_map(|one| Some((one.sha256?, one.origin.to_string())))
            .collect();
        let taken = std::mem::take(&mut self.selection.taken);
        for taken in taken {
            let Some(other) = why.get(&taken.sha256()) else {
                self.selection.taken.push(taken);
                continue;
            };
            self.selection.refused.push(Refused {
                sha256: Some(taken.sha256()),
                kind: RefusedFor::Twice,
                stance: Stance::Unknown,
                why: format!("it is the same file as {other}, which is refused"),
                reasons: taken.verdict().reasons.clone(),
                changes: Vec::new(),
                ask: None,
                origin: taken.origin().clone(),
            });
        }
    }

    /// Whom the terms that are kept want to have named.
    fn credits(&self, checked: &Checked) -> Vec<String> {
        let terms = checked.verdict.reasons.iter().filter_map(|reason| {
            let signal = reason.evidence.as_ref()?;
            let sayso_core::Place::Registry { entry, .. } = &signal.place else { return None };
            let id = sayso_registry::claim::ClaimId(*entry);
            let terms = self.options.terms.terms(id).filter(|_| self.options.terms.is_kept(id))?;
            terms.credit.clone()
        });
        let mut credits: Vec<String> = terms.collect();
        credits.sort();
        credits.dedup();
        credits
    }

    fn refuse(
        &mut self,
        checked: Checked,
        sha256: Option<Sha256>,
        contacts: &[String],
        (kind, why): (RefusedFor, String),
    ) {
        let policy = &self.options.policy;
        let ask = matches!(kind, RefusedFor::Verdict | RefusedFor::Person).then(|| {
            let digest = sha256.map(|digest| digest.to_string());
            Ask::of(&checked, contacts, digest.as_deref(), policy.purpose.0.as_str(), &why)
        });
        let changes = if kind == RefusedFor::Verdict { checked.changes(policy) } else { Vec::new() };
        let Checked { origin, verdict, .. } = checked;
        let (stance, reasons) = (verdict.stance, verdict.reasons);
        self.selection.refused.push(Refused { origin, sha256, kind, stance, why, reasons, changes, ask });
    }
}

/// What stands beside a picture, if it says anything.
fn checked_caption(checked: &Checked) -> Option<String> {
    checked.caption.clone().filter(|caption| !caption.trim().is_empty())
}

/// Why a picture is refused, the weightiest first; `None` where it is taken.
fn refusal(judged: &Judged, options: &SelectOptions, has_caption: bool) -> Option<(RefusedFor, String)> {
    let checked = &judged.checked;
    // What could not be read may have said no, whatever the rules make of silence.
    let worst = checked.faults.iter().find(|fault| fault.kind.leaves_no_picture());
    if let Some(fault) = worst.or(checked.faults.first()) {
        return Some((RefusedFor::Unreadable, fault.message.clone()));
    }
    if checked.verdict.stance != Stance::Allowed || checked.decision == Decision::Refused {
        let unmet = checked.verdict.reasons.iter().filter_map(|reason| {
            let signal = reason.evidence.as_ref()?;
            let sayso_core::Place::Registry { entry, .. } = &signal.place else { return None };
            options.terms.unmet(sayso_registry::claim::ClaimId(*entry))
        });
        let why = match unmet.into_iter().next() {
            Some(unmet) => format!("{}; its terms are not kept here: {unmet}", checked.why()),
            None => checked.why(),
        };
        return Some((RefusedFor::Verdict, why));
    }
    if let Some(why) = &judged.undecoded {
        return Some((RefusedFor::Unreadable, why.clone()));
    }
    if let Some(why) = options.depicts.unmet(&judged.people) {
        return Some((RefusedFor::Person, why));
    }
    (!has_caption).then(|| (RefusedFor::Caption, "nothing beside it says what it shows".to_owned()))
}

/// Reads a picture, once: what its verdict rests on is what is trained on.
fn judge(unit: Unit, options: &SelectOptions, buffer: &mut Vec<u8>) -> Done {
    let drafted = draft(unit, options.file_bytes, true, buffer);
    match drafted {
        Drafted::Fault(fault) => Done::Fault(fault),
        Drafted::Other => Done::Other,
        Drafted::Subject(draft) if !draft.origin.is_picture() => Done::Other,
        Drafted::Subject(mut draft) => {
            let (sha256, pdq, undecoded) = (draft.sha256, draft.pdq, draft.undecoded.take());
            let (contacts, people) = (std::mem::take(&mut draft.contacts), std::mem::take(&mut draft.people));
            let grounds = Grounds {
                policy: &options.policy,
                registry: options.registry.as_deref(),
                kept: Some(options.terms.kept()),
            };
            let checked = grounds.check(*draft, None);
            let bytes = std::mem::take(buffer);
            Done::Judged(Box::new(Judged { checked, sha256, pdq, undecoded, contacts, people, bytes }))
        }
    }
}
