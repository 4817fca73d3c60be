use super::{Extractor, Run, Span, Stop};
use crate::blocks::Block;
use crate::damage::DamageKind;
use crate::inflate::{MemberError, MemberWalk, SkippedMember};
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
                    self.records(run, member, offset, Some(used as u64));
                    at += used.max(1);
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

    /// Reads the records in `bytes`, which lie at `offset` of the file, or inflated from a member of `member` bytes there.
    pub(super) fn records(&mut self, run: &mut Run<'_>, bytes: &[u8], offset: u64, member: Option<u64>) -> Stop {
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
            match self.cutter.cut(rest, true) {
                Cut::Record { record, flaw, garbage, end, start } => {
                    if garbage > 0 {
                        run.damage.add(
                            DamageKind::Garbage,
                            run.file,
                            here,
                            format!("{garbage} bytes that belong to no record"),
                        );
                    }
                    let start = if member.is_some() { here } else { here + start as u64 };
                    let span = Span { offset: start, length: member.unwrap_or(end as u64) };
                    run.counts.records += 1;
                    self.flawed(run, &record, flaw, span);
                    at += end.max(1);
                }
                Cut::End { garbage } | Cut::More { start: garbage, .. } => {
                    if garbage > 0 {
                        run.damage.add(
                            DamageKind::Garbage,
                            run.file,
                            here,
                            format!("{garbage} bytes that belong to no record"),
                        );
                    }
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
