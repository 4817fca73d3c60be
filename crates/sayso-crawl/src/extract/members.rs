use super::{Extractor, Run, Span, Stop};
use crate::blocks::Block;
use crate::damage::DamageKind;
use crate::inflate::{GZIP_MAGIC, MemberError, MemberInflater, MemberWalk, SkippedMember};
use crate::record::{Cut, Flaw, Record};

impl Extractor {
    /// Reads the gzip members of a block one by one.
    pub(super) fn members(&mut self, run: &mut Run<'_>, block: &Block) -> Stop {
        let Some(mut inflater) = self.inflater.take() else {
            run.damage.add(DamageKind::Compression, run.file, block.offset, "no memory for an inflater");
            return Stop::End;
        };
        let bytes = &block.bytes;
        let mut at = 0;
        let mut stop = Stop::End;
        while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
            if self.is_full() {
                stop = Stop::Full(at);
                break;
            }
            let offset = block.offset + at as u64;
            match inflater.inflate(rest) {
                Ok((member, used)) => {
                    run.pool_bytes_before = self.pool.bytes();
                    let behind = bytes.get(at + used..).unwrap_or_default();
                    let found = self.records(run, member, offset, Some(&Member { length: used as u64, behind }));
                    let mut more = 0;
                    if let Stop::Cut(from) = found {
                        let joined = Joined { bytes: member.get(from..).unwrap_or_default().to_vec(), offset, used };
                        match self.joined(run, &mut inflater, joined, behind, block.last) {
                            Some(used) => more = used,
                            None => {
                                stop = Stop::Again(at);
                                break;
                            }
                        }
                    }
                    at += (used + more).max(1);
                    continue;
                }
                Err(MemberError::Bad) if !rest.starts_with(&crate::inflate::GZIP_MAGIC) => {
                    let next = crate::blocks::next_member(rest, 1).unwrap_or(rest.len());
                    // Files are padded with zeros to whole sectors; that is no damage.
                    if rest.get(..next).is_some_and(|garbage| garbage.iter().any(|byte| *byte != 0)) {
                        run.damage.add(
                            DamageKind::Garbage,
                            run.file,
                            offset,
                            format!("{next} bytes between gzip members"),
                        );
                    }
                    at += next;
                    continue;
                }
                Err(error) => {
                    let mut walk = Box::new(MemberWalk::default());
                    match walk.feed(rest) {
                        SkippedMember::Incomplete if !block.last => {
                            stop = Stop::Open(at, walk, error == MemberError::TooLarge);
                            break;
                        }
                        SkippedMember::Ends { consumed } if error == MemberError::TooLarge => {
                            run.counts.records += 1;
                            run.damage.add(DamageKind::RecordTooLarge, run.file, offset, self.too_large());
                            at += consumed;
                            continue;
                        }
                        SkippedMember::Incomplete => {
                            run.damage.add(
                                DamageKind::Truncated,
                                run.file,
                                offset,
                                "the file ends inside a gzip member",
                            );
                        }
                        SkippedMember::Bad | SkippedMember::Ends { .. } => {
                            run.damage.add(
                                DamageKind::Compression,
                                run.file,
                                offset,
                                "a gzip member cannot be inflated",
                            );
                        }
                    }
                }
            }
            // On from the next member that holds a record.
            at += crate::blocks::next_member(rest, 1).unwrap_or(rest.len());
        }
        self.inflater = Some(inflater);
        stop
    }

    /// Reads records of which the first goes on from one member into the next, as in a file that was cut into members
    /// without regard to its records. How many bytes of `behind` the rest took; `None` where it goes on beyond them.
    fn joined(
        &mut self,
        run: &mut Run<'_>,
        inflater: &mut MemberInflater,
        mut joined: Joined,
        behind: &[u8],
        is_last: bool,
    ) -> Option<usize> {
        let room = self.limits.record_bytes.saturating_add(self.limits.header_bytes);
        let room = usize::try_from(room).unwrap_or(usize::MAX);
        let mut at = 0;
        loop {
            // As much as the record says it is, or else twice as much: what is there is not gone through for each member.
            let length = joined.bytes.len();
            let needed = match self.cutter.cut(&joined.bytes, false) {
                Cut::More { needed: Some(needed), .. } => usize::try_from(needed).unwrap_or(usize::MAX),
                Cut::More { .. } => length.saturating_mul(2).max(4096),
                Cut::Record { .. } | Cut::End { .. } => length + 1,
            };
            let mut rest = behind.get(at..).unwrap_or_default();
            while joined.bytes.len() < needed.min(room)
                && let Some((member, used)) = continuation(inflater, rest)
            {
                joined.bytes.extend_from_slice(member);
                at += used;
                rest = behind.get(at..).unwrap_or_default();
            }
            let is_over = joined.bytes.len() >= room;
            // What would have to be read again with the next block must be worth keeping until then.
            let can_wait = !is_last && !is_over && joined.used + behind.len() <= room;
            if joined.bytes.len() < needed && can_wait && goes_on(rest) && is_incomplete(rest) {
                return None;
            }
            // Larger than a record may be, or the next member is broken: what there is is read as it is.
            let rest = if is_over || joined.bytes.len() == length { &[] } else { rest };
            run.pool_bytes_before = self.pool.bytes();
            let member = Member { length: (joined.used + at) as u64, behind: rest };
            let Stop::Cut(from) = self.records(run, &joined.bytes, joined.offset, Some(&member)) else {
                return Some(at);
            };
            joined.bytes.drain(..from);
        }
    }

    /// Reads the records in `bytes`, which lie at `offset` of the file, or inflated from a member there.
    pub(super) fn records(
        &mut self,
        run: &mut Run<'_>,
        bytes: &[u8],
        offset: u64,
        member: Option<&Member<'_>>,
    ) -> Stop {
        run.counts.inflated_bytes += bytes.len() as u64;
        let mut at = 0;
        while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
            let here = if member.is_some() { offset } else { offset + at as u64 };
            if member.is_none() {
                if self.is_full() {
                    run.counts.inflated_bytes -= rest.len() as u64;
                    return Stop::Full(at);
                }
                run.pool_bytes_before = self.pool.bytes();
            }
            let cut = self.cutter.cut(rest, true);
            if let Some(member) = member
                && is_cut_off(&cut, rest.len())
                && goes_on(member.behind)
            {
                run.counts.inflated_bytes -= rest.len() as u64;
                return Stop::Cut(at);
            }
            match cut {
                Cut::Record { record, flaw, garbage, end, start } => {
                    add_garbage(run, garbage, here);
                    let start = if member.is_some() { here } else { here + start as u64 };
                    let span = Span { offset: start, length: member.map_or(end as u64, |member| member.length) };
                    run.counts.records += 1;
                    self.flawed(run, &record, flaw, span);
                    at += end.max(1);
                }
                Cut::End { garbage } | Cut::More { start: garbage, .. } => {
                    add_garbage(run, garbage, here);
                    break;
                }
            }
        }
        Stop::End
    }

    /// Reads a record unless its flaw makes its content doubtful: on doubt, out.
    pub(super) fn flawed(&mut self, run: &mut Run<'_>, record: &Record<'_>, flaw: Option<Flaw>, span: Span) {
        let (kind, message) = match flaw {
            None => {
                return self.record(run, record, span);
            }
            Some(Flaw::Header) => (DamageKind::RecordHeader, "a record's header cannot be read"),
            Some(Flaw::Truncated) => (DamageKind::Truncated, "the input ends inside a record"),
            Some(Flaw::Length) => (DamageKind::ContentLength, "a record's Content-Length does not lead to its end"),
        };
        run.damage.add(kind, run.file, span.offset, message);
    }
}

fn add_garbage(run: &mut Run<'_>, bytes: usize, offset: u64) {
    if bytes > 0 {
        run.damage.add(DamageKind::Garbage, run.file, offset, format!("{bytes} bytes that belong to no record"));
    }
}

/// A record that is put together from several members.
struct Joined {
    /// What there is of it, inflated.
    bytes: Vec<u8>,
    /// Where the first of the members lies.
    offset: u64,
    /// That member's length in the file.
    used: usize,
}

/// A gzip member whose records are read.
pub(super) struct Member<'a> {
    /// Its length in the file, with those it was joined with.
    length: u64,
    /// What lies behind it, compressed.
    behind: &'a [u8],
}

/// Whether a record, or something that may become one, ends where the bytes do.
fn is_cut_off(cut: &Cut<'_>, length: usize) -> bool {
    match cut {
        Cut::Record { flaw, end, .. } => flaw.is_some() && *end == length,
        Cut::End { garbage } => *garbage > 0,
        Cut::More { .. } => true,
    }
}

/// Whether the next member goes on with the record before it.
fn goes_on(behind: &[u8]) -> bool {
    behind.starts_with(&GZIP_MAGIC) && !crate::blocks::starts_record(behind)
}

/// The next member, if it goes on with the record before it.
fn continuation<'a>(inflater: &'a mut MemberInflater, behind: &[u8]) -> Option<(&'a [u8], usize)> {
    inflater.inflate(behind).ok().filter(|(member, _)| !crate::blocks::starts_with_record(member))
}

fn is_incomplete(member: &[u8]) -> bool {
    MemberWalk::default().feed(member) == SkippedMember::Incomplete
}
