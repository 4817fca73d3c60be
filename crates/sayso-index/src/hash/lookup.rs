use super::compare::{Words, distance, words, words_of};
use super::part::{Astray, Part};
use super::plan::Plan;
use super::stored::{Stored, TABLES};

/// Is told the position and the distance of everything that is near enough, each once.
pub(super) type Found<'a> = &'a mut dyn FnMut(usize, u32) -> Result<(), Astray>;

/// Finds every hash of a part that is no more than `most` bits from `hash`.
pub(super) fn look_up(part: &Part, hash: &Stored, most: u32, found: Found<'_>) -> Result<(), Astray> {
    let plan = Plan::of(part, hash, most)?;
    #[cfg(target_arch = "x86_64")]
    if is_x86_feature_detected!("popcnt") {
        #[expect(unsafe_code, reason = "the function is safe but for the processor's feature, which was just found")]
        return unsafe { with_popcnt(part, hash, most, &plan, found) };
    }
    with_plan(part, hash, most, &plan, found)
}

/// The same with an instruction that counts bits, which a program for every x86-64 processor must do without.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "popcnt")]
fn with_popcnt(part: &Part, hash: &Stored, most: u32, plan: &Plan, found: Found<'_>) -> Result<(), Astray> {
    with_plan(part, hash, most, plan, found)
}

#[inline(always)]
fn with_plan(part: &Part, hash: &Stored, most: u32, plan: &Plan, found: Found<'_>) -> Result<(), Astray> {
    match plan {
        Plan::Scan => scan(part, &words(hash), most, found),
        Plan::Tables(rings) => tables(part, hash, most, rings, found),
    }
}

#[inline(always)]
fn scan(part: &Part, hash: &Words, most: u32, found: Found<'_>) -> Result<(), Astray> {
    for (position, other) in part.hashes().iter().enumerate() {
        let distance = distance(hash, &words_of(other));
        if distance <= most {
            found(position, distance)?;
        }
    }
    Ok(())
}

#[inline(always)]
fn tables(part: &Part, hash: &Stored, most: u32, rings: &[usize; TABLES], found: Found<'_>) -> Result<(), Astray> {
    let wanted = words(hash);
    for (table, &rings_here) in rings.iter().enumerate() {
        let key = hash.key(table, part.header.key_bits);
        for difference in part.rings.iter().take(rings_here).flatten() {
            for number in part.bucket(table, key ^ difference)? {
                let position = part.posting(table, number)?;
                let distance = distance(&wanted, &part.words(position)?);
                if distance <= most && !was_found(part, hash, position, table, rings)? {
                    report(part, table, position, distance, found)?;
                }
            }
        }
    }
    Ok(())
}

/// Whether an earlier table led to the same hash.
fn was_found(
    part: &Part,
    hash: &Stored,
    position: usize,
    table: usize,
    rings: &[usize; TABLES],
) -> Result<bool, Astray> {
    let other = part.stored(position)?;
    let bits = part.header.key_bits;
    let led_there = |(table, rings): (usize, &usize)| {
        let difference = hash.key(table, bits) ^ other.key(table, bits);
        (difference.count_ones() as usize) < *rings
    };
    Ok(rings.iter().enumerate().take(table).any(led_there))
}

/// Reports a hash, and all that are equal to it: postings lead to the first of them alone.
fn report(part: &Part, table: usize, position: usize, distance: u32, found: Found<'_>) -> Result<(), Astray> {
    found(position, distance)?;
    if table == 0 {
        return Ok(());
    }
    let first = part.hash(position)?;
    for later in position + 1..part.header.hashes {
        if part.hash(later)? != first {
            break;
        }
        found(later, distance)?;
    }
    Ok(())
}
