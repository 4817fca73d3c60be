//! Gradients by finite differences, which every operation's own are compared with.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use candle_core::{Device, Result, Tensor, Var};

use super::record::recorded;

/// Numbers between -1 and 1 that look thrown; the same in every run.
fn thrown(count: usize, start: u64) -> Vec<f32> {
    let mut state = start.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let throw = |_| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 40) as f32 / (1_u64 << 23) as f32 - 1.0
    };
    (0..count).map(throw).collect()
}

/// Asserts that the gradients of `operation` for inputs of these shapes are what finite differences give.
pub(super) fn assert_gradients(shapes: &[&[usize]], operation: impl Fn(&[Tensor]) -> Result<Tensor>) {
    let inputs: Vec<Vec<f32>> =
        shapes.iter().zip(1..).map(|(shape, start)| thrown(shape.iter().product(), start)).collect();
    let tensor = |numbers: &[f32], shape: &[usize]| Tensor::from_slice(numbers, shape, &Device::Cpu).unwrap();
    let made = |inputs: &[Vec<f32>]| {
        let inputs: Vec<Tensor> = inputs.iter().zip(shapes).map(|(numbers, shape)| tensor(numbers, shape)).collect();
        operation(&inputs).unwrap()
    };
    let shape = made(&inputs).dims().to_vec();
    let factors = thrown(shape.iter().product(), 99);
    // A sum in 64 bits, so that the difference of two is worth something.
    let loss = |inputs: &[Vec<f32>]| {
        let made = made(inputs).flatten_all().unwrap().to_vec1::<f32>().unwrap();
        made.iter().zip(&factors).map(|(made, factor)| f64::from(*made) * f64::from(*factor)).sum::<f64>()
    };
    let vars: Vec<Var> =
        inputs.iter().zip(shapes).map(|(numbers, shape)| Var::from_tensor(&tensor(numbers, shape)).unwrap()).collect();
    let tensors: Vec<Tensor> = vars.iter().map(|var| var.as_tensor().clone()).collect();
    let summed = || (operation(&tensors).unwrap() * tensor(&factors, &shape)).unwrap().sum_all().unwrap();
    let (sum, record) = recorded(summed);
    // By candle's way back and by our own.
    let (theirs, ours) = (summed().backward().unwrap(), record.back(&sum).unwrap());
    for gradients in [&theirs, &ours] {
        for (number, var) in vars.iter().enumerate() {
            let gradient = gradients.get(var).unwrap_or_else(|| panic!("input {number} gets no gradient"));
            assert_eq!(gradient.dims(), shapes[number]);
            let gradient = gradient.flatten_all().unwrap().to_vec1::<f32>().unwrap();
            let largest = gradient.iter().fold(1e-3_f64, |most, value| most.max(f64::from(value.abs())));
            for (place, computed) in gradient.iter().enumerate() {
                const STEP: f32 = 1e-2;
                let moved = |by: f32| {
                    let mut inputs = inputs.clone();
                    inputs[number][place] += by;
                    loss(&inputs)
                };
                let difference = (moved(STEP) - moved(-STEP)) / f64::from(2.0 * STEP);
                let error = (difference - f64::from(*computed)).abs();
                assert!(error < 3e-3 * largest, "input {number} at {place}: {computed} and not {difference}");
            }
        }
    }
}
