//! The loops that all time is spent in, compiled for what the processor has.
//!
//! They are written so that the compiler makes vector instructions of them: blocks of a fixed length, no early ends, and
//! multiplication and addition in one where there is an instruction for it.

/// Makes functions of loops: the one that is compiled for the widest registers there are is called.
macro_rules! kernels {
    ($($(#[$doc:meta])* $visible:vis fn $name:ident($($argument:ident: $type:ty),*) -> $returned:ty = $body:ident $(<$words:literal>)?;)*) => {$(
        $(#[$doc])*
        $visible fn $name($($argument: $type),*) -> $returned {
            #[cfg(target_arch = "x86_64")]
            {
                #[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512vpopcntdq,avx2,fma,popcnt")]
                fn avx512($($argument: $type),*) -> $returned {
                    $body::<true, {0 $(+ $words)?}>($($argument),*)
                }
                #[target_feature(enable = "avx2,fma,popcnt")]
                fn avx2($($argument: $type),*) -> $returned {
                    $body::<true, {0 $(+ $words)?}>($($argument),*)
                }
                let has_avx2 = is_x86_feature_detected!("avx2")
                    && is_x86_feature_detected!("fma")
                    && is_x86_feature_detected!("popcnt");
                if has_avx2
                    && is_x86_feature_detected!("avx512f")
                    && is_x86_feature_detected!("avx512bw")
                    && is_x86_feature_detected!("avx512dq")
                    && is_x86_feature_detected!("avx512vl")
                    && is_x86_feature_detected!("avx512vpopcntdq")
                {
                    #[expect(unsafe_code, reason = "safe but for the processor's features, which were just found")]
                    return unsafe { avx512($($argument),*) };
                }
                if has_avx2 {
                    #[expect(unsafe_code, reason = "safe but for the processor's features, which were just found")]
                    return unsafe { avx2($($argument),*) };
                }
            }
            $body::<{ cfg!(target_arch = "aarch64") }, {0 $(+ $words)?}>($($argument),*)
        }
    )*};
}

kernels! {
    /// The products of `query` with each vector of `rows`, which lie one behind the other, into `products`.
    pub(super) fn products(query: &[f32], rows: &[f32], products: &mut [f32]) -> () = products_body;
    /// The product of `query` with a vector of 16-bit components as it lies in the file, before its scale.
    pub(super) fn product_of_stored(query: &[f32], stored: &[u8]) -> f32 = product_of_stored_body;
    fn estimates_any(seen: &Seen<'_>, codes: &[[u8; 8]], factors: &[[u8; FACTORS]], most: &mut [f32]) -> () = estimates_body;
    fn estimates_6(seen: &Seen<'_>, codes: &[[u8; 8]], factors: &[[u8; FACTORS]], most: &mut [f32]) -> () = estimates_body<6>;
    fn estimates_8(seen: &Seen<'_>, codes: &[[u8; 8]], factors: &[[u8; FACTORS]], most: &mut [f32]) -> () = estimates_body<8>;
    fn estimates_12(seen: &Seen<'_>, codes: &[[u8; 8]], factors: &[[u8; FACTORS]], most: &mut [f32]) -> () = estimates_body<12>;
    fn estimates_16(seen: &Seen<'_>, codes: &[[u8; 8]], factors: &[[u8; FACTORS]], most: &mut [f32]) -> () = estimates_body<16>;
    /// The bits of the four planes of `steps`, each of which is below 16, 64 to a word.
    pub(super) fn planes(steps: &[u8], planes: &mut [u64]) -> () = planes_body;
    /// The steps of a query, seen from a centroid: see [`Seen`]. Returns the lowest component, the step and the sum.
    pub(super) fn steps(query: &[f32], centroid: &[f32], steps: &mut [u8]) -> (f32, f32, f32, f32) = steps_body;
}

/// What [`estimates`] needs of a query, seen from the centroid of a cell.
pub(super) struct Seen<'a> {
    /// Four planes of bits, the lowest first, as many words each as a code.
    pub(super) planes: &'a [u64],
    /// What one step is worth, where a code's bit is set.
    pub(super) step: f32,
    /// What a set bit is worth beside its steps.
    pub(super) base: f32,
    /// What the code's product has in any case.
    pub(super) offset: f32,
    /// The product of the query and the centroid.
    pub(super) product: f32,
    /// How far a product may be above its estimate, in units of a vector's own error.
    pub(super) slack: f32,
}

/// How many bytes of factors go with a code: scale, product with the centroid, and error, an f32 each.
pub(super) const FACTORS: usize = 12;

/// The most that the product of the query with each vector of a cell may be, by its code, into `most`.
pub(super) fn estimates(seen: &Seen<'_>, codes: &[[u8; 8]], factors: &[[u8; FACTORS]], most: &mut [f32]) {
    // The usual dimensions (384, 512, 768, 1024) have loops of their own, without a loop inside.
    match seen.planes.len() / 4 {
        6 => estimates_6(seen, codes, factors, most),
        8 => estimates_8(seen, codes, factors, most),
        12 => estimates_12(seen, codes, factors, most),
        16 => estimates_16(seen, codes, factors, most),
        _ => estimates_any(seen, codes, factors, most),
    }
}

#[inline(always)]
fn add<const FUSED: bool>(a: f32, b: f32, sum: f32) -> f32 {
    if FUSED { a.mul_add(b, sum) } else { a * b + sum }
}

/// Sums of 64 lanes: enough registers that no addition waits for the one before.
const LANES: usize = 64;

#[inline(always)]
fn products_body<const FUSED: bool, const NONE: usize>(query: &[f32], rows: &[f32], products: &mut [f32]) {
    let (blocks, rest) = query.as_chunks::<LANES>();
    for (row, product) in rows.chunks_exact(query.len().max(1)).zip(products) {
        let (row_blocks, row_rest) = row.as_chunks::<LANES>();
        let mut sums = [0.0; LANES];
        for (a, b) in blocks.iter().zip(row_blocks) {
            for ((sum, a), b) in sums.iter_mut().zip(a).zip(b) {
                *sum = add::<FUSED>(*a, *b, *sum);
            }
        }
        let tail = rest.iter().zip(row_rest).fold(0.0, |sum, (a, b)| add::<FUSED>(*a, *b, sum));
        *product = total(sums) + tail;
    }
}

#[inline(always)]
fn product_of_stored_body<const FUSED: bool, const NONE: usize>(query: &[f32], stored: &[u8]) -> f32 {
    let (stored, _) = stored.as_chunks::<2>();
    let (blocks, rest) = query.as_chunks::<LANES>();
    let (stored_blocks, stored_rest) = stored.as_chunks::<LANES>();
    let mut sums = [0.0; LANES];
    for (a, b) in blocks.iter().zip(stored_blocks) {
        for ((sum, a), b) in sums.iter_mut().zip(a).zip(b) {
            *sum = add::<FUSED>(*a, f32::from(i16::from_le_bytes(*b)), *sum);
        }
    }
    let tail = rest.iter().zip(stored_rest);
    total(sums) + tail.fold(0.0, |sum, (a, b)| add::<FUSED>(*a, f32::from(i16::from_le_bytes(*b)), sum))
}

/// The sum of all lanes, halved again and again as registers are.
#[inline(always)]
fn total(mut lanes: [f32; LANES]) -> f32 {
    let mut half = LANES / 2;
    while half > 0 {
        let (left, right) = lanes.split_at_mut(half);
        for (a, b) in left.iter_mut().zip(right) {
            *a += *b;
        }
        half /= 2;
    }
    lanes[0]
}

#[inline(always)]
fn estimates_body<const FUSED: bool, const WORDS: usize>(
    seen: &Seen<'_>,
    codes: &[[u8; 8]],
    factors: &[[u8; FACTORS]],
    most: &mut [f32],
) {
    let words = if WORDS > 0 { WORDS } else { seen.planes.len() / 4 };
    let (plane0, rest) = seen.planes.split_at(words);
    let (plane1, rest) = rest.split_at(words);
    let (plane2, plane3) = rest.split_at(words);
    for ((code, factors), most) in codes.chunks_exact(words.max(1)).zip(factors).zip(most) {
        let (mut ones, mut steps) = (0, 0);
        let planes = plane0.iter().zip(plane1).zip(plane2).zip(plane3);
        for (word, (((p0, p1), p2), p3)) in code.iter().zip(planes) {
            let word = u64::from_le_bytes(*word);
            ones += u64::from(word.count_ones());
            steps += u64::from((word & p0).count_ones())
                + (u64::from((word & p1).count_ones()) << 1)
                + (u64::from((word & p2).count_ones()) << 2)
                + (u64::from((word & p3).count_ones()) << 3);
        }
        let (numbers, _) = factors.as_chunks::<4>();
        let [scale, product, error] =
            [0, 1, 2].map(|at: usize| numbers.get(at).map_or(0.0, |four| f32::from_le_bytes(*four)));
        let of_code = seen.step * steps as f32 + seen.base * ones as f32 + seen.offset;
        *most = seen.product + product + scale * of_code + error * seen.slack;
    }
}

#[inline(always)]
fn planes_body<const FUSED: bool, const NONE: usize>(steps: &[u8], planes: &mut [u64]) {
    let words = steps.len().div_ceil(64);
    for (number, plane) in planes.chunks_exact_mut(words.max(1)).enumerate() {
        for (word, steps) in plane.iter_mut().zip(steps.chunks(64)) {
            *word = steps.iter().zip(0..).fold(0, |bits, (step, at)| bits | (u64::from((step >> number) & 1) << at));
        }
    }
}

#[inline(always)]
fn steps_body<const FUSED: bool, const NONE: usize>(
    query: &[f32],
    centroid: &[f32],
    steps: &mut [u8],
) -> (f32, f32, f32, f32) {
    let (mut least, mut most) = ([f32::INFINITY; 16], [f32::NEG_INFINITY; 16]);
    let (mut sums, mut squares) = ([0.0; 16], [0.0; 16]);
    let (query_blocks, query_rest) = query.as_chunks::<16>();
    let (centroid_blocks, centroid_rest) = centroid.as_chunks::<16>();
    for (a, b) in query_blocks.iter().zip(centroid_blocks) {
        for lane in 0..16 {
            let difference = a[lane] - b[lane];
            least[lane] = if difference < least[lane] { difference } else { least[lane] };
            most[lane] = if difference > most[lane] { difference } else { most[lane] };
            sums[lane] += difference;
            squares[lane] = add::<FUSED>(difference, difference, squares[lane]);
        }
    }
    for (lane, (a, b)) in query_rest.iter().zip(centroid_rest).enumerate() {
        let difference = a - b;
        least[lane] = least[lane].min(difference);
        most[lane] = most[lane].max(difference);
        sums[lane] += difference;
        squares[lane] += difference * difference;
    }
    let lowest = least.into_iter().fold(f32::INFINITY, f32::min);
    let highest = most.into_iter().fold(f32::NEG_INFINITY, f32::max);
    let step = ((highest - lowest) / 15.0).max(f32::MIN_POSITIVE);
    let inverse = 1.0 / step;
    for ((a, b), slot) in query.iter().zip(centroid).zip(steps) {
        *slot = ((a - b - lowest) * inverse + 0.5) as i32 as u8;
    }
    (lowest, step, sums.into_iter().sum(), squares.into_iter().sum::<f32>().sqrt())
}

#[cfg(test)]
mod tests {
    use super::{FACTORS, Seen, estimates, planes, product_of_stored, products, steps};
    use crate::vector::rotation::split_mix;

    fn random(state: &mut u64, length: usize) -> Vec<f32> {
        (0..length).map(|_| (split_mix(state) >> 40) as f32 / 8_388_608.0 - 1.0).collect()
    }

    #[test]
    fn products_are_products() {
        let mut state = 3;
        for dimension in [1, 5, 64, 100, 512, 515] {
            let (query, rows) = (random(&mut state, dimension), random(&mut state, dimension * 3));
            let mut got = [0.0; 3];
            products(&query, &rows, &mut got);
            for (row, got) in rows.chunks_exact(dimension).zip(got) {
                let wanted: f32 = query.iter().zip(row).map(|(a, b)| a * b).sum();
                assert!((got - wanted).abs() < 1e-3, "{dimension}: {got} {wanted}");
                let stored: Vec<i16> = row.iter().map(|component| (component * 32767.0) as i16).collect();
                let bytes: Vec<u8> = stored.iter().flat_map(|component| component.to_le_bytes()).collect();
                let wanted: f32 = query.iter().zip(&stored).map(|(a, b)| a * f32::from(*b)).sum();
                assert!((product_of_stored(&query, &bytes) - wanted).abs() < 50.0, "{dimension}");
            }
        }
    }

    #[test]
    fn codes_are_weighed_bit_by_bit() {
        let mut state = 5;
        for dimension in [1_usize, 63, 64, 200, 384, 512, 768, 1024] {
            let words = dimension.div_ceil(64);
            let (query, centroid) = (random(&mut state, dimension), random(&mut state, dimension));
            let (mut given, mut bits) = (vec![0; dimension], vec![0; words * 4]);
            let (lowest, step, sum, length) = steps(&query, &centroid, &mut given);
            planes(&given, &mut bits);
            let differences: Vec<f32> = query.iter().zip(&centroid).map(|(a, b)| a - b).collect();
            assert!((sum - differences.iter().sum::<f32>()).abs() < 1e-2);
            assert!((length - differences.iter().map(|d| d * d).sum::<f32>().sqrt()).abs() < 1e-2);
            for (difference, step_number) in differences.iter().zip(&given) {
                let rounded = lowest + step * f32::from(*step_number);
                assert!(*step_number < 16 && (rounded - difference).abs() <= step * 0.51, "{dimension}");
            }
            let code: Vec<bool> = (0..dimension).map(|_| split_mix(&mut state) & 1 == 1).collect();
            let bytes: Vec<[u8; 8]> = code
                .chunks(64)
                .map(|word| word.iter().zip(0..).fold(0_u64, |bits, (bit, at)| bits | (u64::from(*bit) << at)))
                .map(u64::to_le_bytes)
                .collect();
            let mut factors = [0; FACTORS];
            for (four, number) in factors.as_chunks_mut::<4>().0.iter_mut().zip([2.0_f32, 0.25, 0.125]) {
                *four = number.to_le_bytes();
            }
            let seen = Seen { planes: &bits, step: 0.5, base: 0.25, offset: -3.0, product: 0.75, slack: 4.0 };
            let mut most = [0.0];
            estimates(&seen, &bytes, &[factors], &mut most);
            let set: f32 =
                code.iter().zip(&given).filter(|(bit, _)| **bit).map(|(_, step)| 0.5 * f32::from(*step) + 0.25).sum();
            let wanted = 0.75 + 0.25 + 2.0 * (set - 3.0) + 0.5;
            assert!((most[0] - wanted).abs() < 0.05, "{dimension}: {} {wanted}", most[0]);
        }
    }
}
