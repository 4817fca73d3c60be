use candle_core::{CpuStorage, CustomOp1, CustomOp2, CustomOp3, Result, Shape, Storage, Tensor, Var, bail};

use super::record::{Operation, current};

/// What an operation makes of a tensor. Where somebody records, the operation goes to the record and not into candle's graph.
pub(super) fn apply1(given: &Tensor, operation: impl CustomOp1 + Send + Sync + 'static) -> Result<Tensor> {
    let Some(record) = current().filter(|_| given.track_op()) else { return given.apply_op1(operation) };
    let made = {
        let (storage, layout) = given.storage_and_layout();
        made(operation.cpu_fwd(on_processor(&storage)?, layout)?)?
    };
    Ok(record.keep(Operation::One(Box::new(operation)), vec![given.clone()], made))
}

/// The same of two tensors.
pub(super) fn apply2(
    first: &Tensor,
    second: &Tensor,
    operation: impl CustomOp2 + Send + Sync + 'static,
) -> Result<Tensor> {
    let is_tracked = first.track_op() || second.track_op();
    let Some(record) = current().filter(|_| is_tracked) else { return first.apply_op2(second, operation) };
    let made = {
        let ((one, of_one), (two, of_two)) = (first.storage_and_layout(), second.storage_and_layout());
        made(operation.cpu_fwd(on_processor(&one)?, of_one, on_processor(&two)?, of_two)?)?
    };
    Ok(record.keep(Operation::Two(Box::new(operation)), vec![first.clone(), second.clone()], made))
}

/// The same of three.
pub(super) fn apply3(
    first: &Tensor,
    second: &Tensor,
    third: &Tensor,
    operation: impl CustomOp3 + Send + Sync + 'static,
) -> Result<Tensor> {
    let is_tracked = first.track_op() || second.track_op() || third.track_op();
    let Some(record) = current().filter(|_| is_tracked) else { return first.apply_op3(second, third, operation) };
    let made = {
        let ((one, of_one), (two, of_two)) = (first.storage_and_layout(), second.storage_and_layout());
        let (three, of_three) = third.storage_and_layout();
        let (one, two, three) = (on_processor(&one)?, on_processor(&two)?, on_processor(&three)?);
        made(operation.cpu_fwd(one, of_one, two, of_two, three, of_three)?)?
    };
    let given = vec![first.clone(), second.clone(), third.clone()];
    Ok(record.keep(Operation::Three(Box::new(operation)), given, made))
}

/// The same numbers in another shape, known to the record.
pub(crate) fn reshaped(given: &Tensor, shape: impl Into<Shape>) -> Result<Tensor> {
    let made = given.reshape(shape.into())?;
    if let Some(record) = current().filter(|_| given.track_op()) {
        record.same(&made, given);
    }
    Ok(made)
}

fn on_processor(storage: &Storage) -> Result<&CpuStorage> {
    match storage {
        Storage::Cpu(storage) => Ok(storage),
        _ => bail!("not on the processor"),
    }
}

/// A variable, so that candle's graph begins anew with it.
fn made((storage, shape): (CpuStorage, Shape)) -> Result<Var> {
    match storage {
        CpuStorage::F32(numbers) => Var::from_vec(numbers, shape, &candle_core::Device::Cpu),
        _ => bail!("not numbers of 32 bits"),
    }
}
