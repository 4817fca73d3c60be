mod against;
mod deletion;
mod say;

use std::io::{BufRead, BufReader, Read};

use anyhow::bail;
use sayso::receipts::{Conflict, ReceiptLines, Seen, keys_of};
use sayso_core::Uid;
use sayso_registry::deletion::DeletionReceipt;
use sayso_registry::log::NoteKey;
use sayso_registry::receipt::{ReceiptFault, Trusted, Verified, verify};

use self::say::Report;
use crate::arguments::Verify;
use crate::exit::Outcome;
use crate::output::counted;

/// What came of one receipt.
enum Verdict {
    Holds(Box<Verified>),
    Fault(ReceiptFault),
    Fork(Box<Conflict>),
}

/// How many receipts came to what.
#[derive(Default)]
struct Sum {
    hold: u64,
    fail: u64,
    /// Those that nobody could check for want of a key.
    unknown: u64,
    /// Those about other samples than the one that was asked for.
    others: u64,
}

pub(crate) fn run(arguments: &Verify) -> anyhow::Result<Outcome> {
    let keys = |named: &[String]| -> anyhow::Result<Vec<NoteKey>> {
        Ok(named.iter().map(|named| keys_of(named)).collect::<Result<Vec<_>, _>>()?.concat())
    };
    let (builder, registry) = (keys(&arguments.key)?, keys(&arguments.registry_key)?);
    let source: Box<dyn Read> = match arguments.receipt.as_str() {
        "-" => Box::new(std::io::stdin().lock()),
        file => Box::new(fs_err::File::open(file)?),
    };
    let mut source = BufReader::new(source);
    if DeletionReceipt::is_begun_by(source.fill_buf()?) {
        return deletion::run(&mut source, arguments.log_proof.as_deref(), &registry, arguments.json);
    }
    let trusted = Trusted { builder: &builder, registry: &registry };
    let pair = arguments.url.as_deref().zip(arguments.caption.as_deref());
    let wanted = arguments.uid.or_else(|| pair.map(|(url, caption)| Uid::of_pair(url, caption)));

    let mut report = Report::new(arguments);
    let mut seen = Seen::default();
    let mut sum = Sum::default();
    for file in &arguments.against {
        sum.fail += against::take(file, &trusted, &mut seen, &mut report)?;
    }
    let mut last_other = None;
    let mut no_key = None;
    let mut read = 0_u64;
    for line in ReceiptLines::new(source)? {
        let (line, bytes) = line?;
        read += 1;
        let place = format!("{} line {line}", arguments.receipt);
        match judged(&bytes, &trusted, wanted, &place, &mut seen) {
            // In a file of many, those of others are passed over.
            Verdict::Fault(fault @ ReceiptFault::OtherUid { .. }) => {
                sum.others += 1;
                last_other = Some((line, fault));
            }
            Verdict::Fault(fault @ ReceiptFault::NoKey { .. }) => {
                sum.unknown += 1;
                report.verdict(line, &Verdict::Fault(fault.clone()))?;
                no_key.get_or_insert(fault);
            }
            verdict @ Verdict::Holds(_) => {
                sum.hold += 1;
                report.verdict(line, &verdict)?;
            }
            verdict => {
                sum.fail += 1;
                report.verdict(line, &verdict)?;
            }
        }
    }
    if let Some((line, fault)) = last_other.filter(|_| sum.hold + sum.fail + sum.unknown == 0) {
        sum.fail += 1;
        match read {
            1 => report.verdict(line, &Verdict::Fault(fault))?,
            _ => report.none_about(wanted, read)?,
        }
    }
    report.end(&sum, read)?;
    if read == 0 {
        bail!("there is no receipt in `{}`\nhint: it is empty", arguments.receipt);
    }
    match no_key {
        Some(fault) if sum.fail == 0 => bail!("{fault}"),
        _ if sum.fail > 0 => Ok(Outcome::No),
        _ => Ok(Outcome::Done),
    }
}

fn judged(bytes: &[u8], trusted: &Trusted<'_>, wanted: Option<Uid>, place: &str, seen: &mut Seen) -> Verdict {
    let verified = match verify(bytes, trusted, wanted) {
        Ok(verified) => verified,
        Err(fault) => return Verdict::Fault(fault),
    };
    for statement in [&verified.before, &verified.after] {
        if let Err(conflict) = seen.take(statement, place) {
            return Verdict::Fork(conflict);
        }
    }
    Verdict::Holds(Box::new(verified))
}

/// The sum in words.
fn in_words(sum: &Sum, read: u64) -> String {
    let mut words = vec![format!("{}: {} hold", counted(read, "receipt"), sum.hold), format!("{} do not", sum.fail)];
    for (count, what) in [(sum.unknown, "signed by a key that was not given"), (sum.others, "about other samples")] {
        if count > 0 {
            words.push(format!("{count} {what}"));
        }
    }
    words.join(", ")
}
