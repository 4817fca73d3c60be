use sayso::portfolio::{NextStep, Portfolio, ReceiptStanding, Removed, Work};

use super::super::picture::NAME_CHARS;
use super::view_picture::state_in_words;
use crate::view::shortened;
use crate::view::words::{self, Moment};

/// Makes foreign text fit for where it is shown.
pub(super) type Shown<'a> = &'a dyn Fn(&str) -> String;

/// Removals of one claim that a page shows; all of them stand in the JSON.
const REMOVED: usize = 200;

/// What a portfolio's report says around the pictures.
pub(super) struct PortfolioWords {
    pub(super) title: String,
    pub(super) datasets: Vec<String>,
    /// The registry's head, where there is a registry.
    pub(super) registry: Option<String>,
    pub(super) numbers: Vec<Number>,
    pub(super) steps: Vec<StepWords>,
    pub(super) has_pictures: bool,
    pub(super) removed: Vec<RemovedBy>,
    /// What is said of receipts.
    pub(super) receipts: Option<String>,
    /// Names of pictures of which there is nothing to tell.
    pub(super) nothing: Vec<String>,
    pub(super) too_plain: Vec<String>,
    pub(super) bad: Vec<(String, String)>,
    /// What could not be read, in numbers.
    pub(super) bad_count: String,
}

/// A number with what it counts.
pub(super) struct Number {
    pub(super) value: String,
    pub(super) label: &'static str,
    pub(super) note: String,
    /// `good`, `open`, `bad`, or nothing: what the stylesheet goes by, beside the words.
    pub(super) tone: &'static str,
}

/// A step with its commands.
pub(super) struct StepWords {
    pub(super) sentence: String,
    pub(super) commands: Vec<String>,
}

/// What was removed because of one claim.
pub(super) struct RemovedBy {
    pub(super) claim: u64,
    pub(super) count: String,
    pub(super) subject: String,
    pub(super) state: &'static str,
    pub(super) rows: Vec<RemovedRow>,
    /// How many are not shown.
    pub(super) more: Option<String>,
}

/// A sample that was removed.
pub(super) struct RemovedRow {
    pub(super) uid: String,
    pub(super) dataset: String,
    pub(super) snapshot: String,
    pub(super) at: Moment,
    /// `holds`, `fails` or `open`.
    pub(super) tone: &'static str,
    pub(super) receipt: String,
    pub(super) detail: String,
}

impl PortfolioWords {
    pub(super) fn of(portfolio: &Portfolio, shown: Shown<'_>) -> Self {
        let nothing = portfolio.pictures.iter().filter(|work| !is_shown(work) && work.can_be_matched);
        let too_plain = portfolio.pictures.iter().filter(|work| !work.can_be_matched);
        let name = |work: &Work| shown(&work.picture);
        Self {
            title: title(portfolio),
            datasets: portfolio.datasets.iter().map(|dataset| shown(&dataset.name)).collect(),
            registry: portfolio.registry_head.as_ref().map(|head| shown(head.0.split(' ').next().unwrap_or_default())),
            numbers: numbers(portfolio),
            steps: portfolio.next_steps.iter().map(step).collect(),
            has_pictures: portfolio.pictures.iter().any(is_shown),
            removed: removed(portfolio, shown),
            receipts: receipts(portfolio),
            nothing: nothing.map(name).collect(),
            too_plain: too_plain.map(name).collect(),
            bad: portfolio.bad.iter().map(|bad| (shown(&bad.place), shown(&bad.message))).collect(),
            bad_count: words::number(portfolio.numbers.bad),
        }
    }

    /// The pictures of which there is something to tell.
    pub(super) fn shown_pictures(portfolio: &Portfolio) -> impl Iterator<Item = &Work> {
        portfolio.pictures.iter().filter(|work| is_shown(work))
    }
}

fn is_shown(work: &Work) -> bool {
    !work.copies.is_empty() || !work.claims.is_empty()
}

fn title(portfolio: &Portfolio) -> String {
    let numbers = &portfolio.numbers;
    match (numbers.found, numbers.pictures) {
        (_, 0) => "No picture was looked for".to_owned(),
        (0, all) => format!("None of {} found", words::counted(all, "picture", "pictures")),
        (found, all) => format!("{} of {} found", words::number(found), words::counted(all, "picture", "pictures")),
    }
}

/// The numbers at the top. What is not known is not shown as none.
fn numbers(portfolio: &Portfolio) -> Vec<Number> {
    let numbers = &portfolio.numbers;
    let number = |value: u64, label, note: String, tone| Number { value: words::number(value), label, note, tone };
    let samples = words::counted(numbers.samples, "sample", "samples");
    let mut all = vec![
        number(numbers.pictures, "looked for", "of your pictures".to_owned(), ""),
        number(numbers.found, "found", format!("in {samples}"), ""),
    ];
    let unknown =
        |label| Number { value: "?".to_owned(), label, note: "no registry was named".to_owned(), tone: "open" };
    match numbers.claimed.zip(numbers.unclaimed).zip(numbers.samples_claimed.zip(numbers.samples_unclaimed)) {
        None => all.extend(["claimed", "unclaimed", "removed"].map(unknown)),
        Some(((claimed, unclaimed), (samples_claimed, samples_unclaimed))) => {
            let of = |count: u64| format!("and {} found", words::counted(count, "sample", "samples"));
            let tone = if samples_unclaimed > 0 { "open" } else { "" };
            all.push(number(claimed, "claimed", of(samples_claimed), if claimed > 0 { "good" } else { "" }));
            all.push(number(unclaimed, "unclaimed", of(samples_unclaimed), tone));
            let removed = numbers.removed.unwrap_or_default();
            let because = "samples, because of these claims".to_owned();
            all.push(number(removed, "removed", because, if removed > 0 { "good" } else { "" }));
        }
    }
    let notes = [
        (numbers.receipts_fail, "do not hold"),
        (numbers.receipts_unchecked, "not checked"),
        (numbers.receipts_missing, "missing"),
    ];
    let notes: Vec<String> = notes
        .iter()
        .filter(|note| note.0 > 0)
        .map(|(count, what)| format!("{} {what}", words::number(*count)))
        .collect();
    let note = if notes.is_empty() { "of removal".to_owned() } else { notes.join(", ") };
    let tone = match numbers {
        _ if numbers.receipts_fail > 0 => "bad",
        _ if numbers.receipts_hold > 0 => "good",
        _ => "",
    };
    all.push(number(numbers.receipts_hold, "receipts hold", note, tone));
    all
}

fn step(step: &NextStep) -> StepWords {
    StepWords { sentence: step.sentence.clone(), commands: step.commands.clone() }
}

fn removed(portfolio: &Portfolio, shown: Shown<'_>) -> Vec<RemovedBy> {
    let by_claim = portfolio.removed.chunk_by(|a, b| a.claim == b.claim);
    let of = |rows: &[Removed]| {
        let claim = rows.first()?.claim;
        let told = portfolio.claims.get(&claim);
        let left = rows.len().saturating_sub(REMOVED);
        Some(RemovedBy {
            claim,
            count: words::counted(rows.len() as u64, "sample", "samples"),
            subject: told
                .and_then(|told| told.subject.as_deref())
                .map_or_else(|| "what is not known any more".to_owned(), |text| shown(&shortened(text, NAME_CHARS))),
            state: state_in_words(told.and_then(|told| told.state)),
            rows: rows.iter().take(REMOVED).map(|row| removed_row(row, shown)).collect(),
            more: (left > 0).then(|| words::counted(left as u64, "more is", "more are")),
        })
    };
    by_claim.filter_map(of).collect()
}

fn removed_row(removed: &Removed, shown: Shown<'_>) -> RemovedRow {
    let (tone, receipt, detail) = match &removed.receipt {
        ReceiptStanding::Holds { place, before, after } => {
            ("holds", "holds", format!("in snapshot {before}, not in {after}; {place}"))
        }
        ReceiptStanding::NoKey { place, signer } => {
            ("open", "key not given", format!("says that it is signed by {signer}; {place}"))
        }
        ReceiptStanding::Fails { place, why, .. } => {
            let why = why.lines().next().unwrap_or_default();
            ("fails", "does not hold", format!("{why}; {place}"))
        }
        ReceiptStanding::NoneGiven => ("open", "none given", String::new()),
    };
    RemovedRow {
        uid: removed.uid.to_string(),
        dataset: shown(&removed.dataset),
        snapshot: removed.snapshot.map_or_else(|| "kept out from the start".to_owned(), words::number),
        at: Moment::new(removed.removed_at),
        tone,
        receipt: receipt.to_owned(),
        detail: shown(&detail),
    }
}

fn receipts(portfolio: &Portfolio) -> Option<String> {
    let read = &portfolio.receipts;
    (read.read > 0).then(|| {
        let others = match read.about_others {
            0 => String::new(),
            others => format!(" {} of other samples or datasets.", words::counted(others, "speaks", "speak")),
        };
        format!("{} read.{others}", words::counted(read.read, "receipt was", "receipts were"))
    })
}
