/// The mean of numbers, and one divided by their deviation. Sums of 64 numbers have 32 bits, sums of those 64.
pub(super) fn moments(numbers: &[f32], epsilon: f64) -> (f32, f32) {
    let count = numbers.len().max(1) as f64;
    let sum = |of: &dyn Fn(f32) -> f32| {
        numbers.chunks(64).map(|some| f64::from(some.iter().map(|number| of(*number)).sum::<f32>())).sum::<f64>()
    };
    let mean = (sum(&|number| number) / count) as f32;
    let variance = sum(&|number| (number - mean) * (number - mean)) / count;
    (mean, (1.0 / (variance + epsilon).sqrt()) as f32)
}
