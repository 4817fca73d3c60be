use arrow_schema::ArrowError;

use crate::blocks::{Block, next_member};
use crate::damage::{DamageCounts, DamageKind};
use crate::extract::{Extracted, Extractor, Source, extract_block};
use crate::inflate::{MemberWalk, SkippedMember};

/// A gzip member that goes on beyond the block it starts in: what looked like the next member's start was none.
///
/// Crawls hold crawl files, stored as they are, so such false starts are no freak. The blocks behind one are read
/// from the wrong place by whoever reads them apart; whoever puts the results together reads them once more with
/// [`extract_behind`].
#[derive(Debug)]
pub struct Tail {
    offset: u64,
    held: Held,
}

#[derive(Debug)]
enum Held {
    /// The member so far.
    Bytes(Vec<u8>),
    /// It is too large to be of use, and only its end is waited for.
    Walk(Box<MemberWalk>),
}

impl Tail {
    /// The member at `offset`, of which `bytes` are there. With `walk`, which stands behind them, it is too large to keep.
    pub(crate) fn new(offset: u64, bytes: &[u8], walk: Option<Box<MemberWalk>>) -> Self {
        Self { offset, held: walk.map_or_else(|| Held::Bytes(bytes.to_vec()), Held::Walk) }
    }
}

/// Reads `block` again, now as what comes behind `tail`.
pub fn extract_behind(
    tail: Tail,
    extractor: &mut Extractor,
    source: &Source,
    block: &Block,
) -> Result<Extracted, ArrowError> {
    let Tail { offset, held } = tail;
    match held {
        Held::Bytes(mut bytes) => {
            bytes.extend_from_slice(&block.bytes);
            extract_block(extractor, source, &Block { offset, bytes, damage: DamageCounts::default(), ..*block })
        }
        Held::Walk(mut walk) => {
            let walked = walk.feed(&block.bytes);
            if walked == SkippedMember::Incomplete && !block.last {
                let nothing = Block { bytes: Vec::new(), damage: DamageCounts::default(), ..*block };
                let extracted = extract_block(extractor, source, &nothing)?;
                return Ok(Extracted { tail: Some(Tail { offset, held: Held::Walk(walk) }), end: offset, ..extracted });
            }
            let (used, kind, message) = match walked {
                SkippedMember::Ends { consumed } => (consumed, DamageKind::RecordTooLarge, extractor.too_large()),
                SkippedMember::Incomplete => {
                    (block.bytes.len(), DamageKind::Truncated, "the file ends inside a gzip member".to_owned())
                }
                SkippedMember::Bad => {
                    let next = next_member(&block.bytes, 0).unwrap_or(block.bytes.len());
                    (next, DamageKind::Compression, "a gzip member cannot be inflated".to_owned())
                }
            };
            let bytes = block.bytes.get(used..).unwrap_or_default().to_vec();
            let rest = Block { offset: block.offset + used as u64, bytes, damage: DamageCounts::default(), ..*block };
            let mut extracted = extract_block(extractor, source, &rest)?;
            let mut damage = DamageCounts::default();
            damage.add(kind, &source.file, offset, message);
            damage.append(std::mem::take(&mut extracted.damage));
            extracted.counts.records += 1;
            Ok(Extracted { damage, ..extracted })
        }
    }
}
