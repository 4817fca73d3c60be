use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use candle_core::backprop::GradStore;
use candle_core::{CustomOp1, CustomOp2, CustomOp3, Result, Tensor, TensorId, Var, bail};

/// An operation that knows its gradient.
pub(super) enum Operation {
    One(Box<dyn CustomOp1 + Send + Sync>),
    Two(Box<dyn CustomOp2 + Send + Sync>),
    Three(Box<dyn CustomOp3 + Send + Sync>),
}

struct Step {
    operation: Operation,
    given: Vec<Tensor>,
    made: Var,
}

#[derive(Default)]
struct Steps {
    steps: Vec<Step>,
    /// Tensors that are others in another shape.
    same: HashMap<TensorId, Tensor>,
}

/// Operations in the order in which they were computed, for the way back.
///
/// candle's own way back makes zeros for every gradient and adds to them, and keeps all that was computed until its end. By a
/// record, the first gradient of a tensor is taken as it is, and what a step kept goes when the step was gone back. What
/// lies between, such as a loss of candle's operations, is gone back by candle: each tensor of the record is a variable to it.
#[derive(Clone, Default)]
pub(crate) struct Record(Arc<Mutex<Steps>>);

thread_local! {
    /// The record that operations of this thread go to.
    static CURRENT: RefCell<Option<Record>> = const { RefCell::new(None) };
}

/// The record that this thread's operations go to.
pub(super) fn current() -> Option<Record> {
    CURRENT.with_borrow(Clone::clone)
}

/// Does work with its operations going to this record, or to none.
pub(super) fn with<Made>(record: Option<Record>, work: impl FnOnce() -> Made) -> Made {
    /// Puts back what was there, also when the work panics.
    struct Before(Option<Record>);
    impl Drop for Before {
        fn drop(&mut self) {
            CURRENT.replace(self.0.take());
        }
    }
    let _before = Before(CURRENT.replace(record));
    work()
}

/// Does work, and gives back what was computed by it.
pub(crate) fn recorded<Made>(work: impl FnOnce() -> Made) -> (Made, Record) {
    let record = Record::default();
    let made = with(Some(record.clone()), work);
    (made, record)
}

impl Record {
    /// Does work that goes to the same record.
    pub(crate) fn further<Made>(&self, work: impl FnOnce() -> Made) -> Made {
        with(Some(self.clone()), work)
    }

    fn steps(&self) -> MutexGuard<'_, Steps> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn keep(&self, operation: Operation, given: Vec<Tensor>, made: Var) -> Tensor {
        let tensor = made.as_tensor().clone();
        self.steps().steps.push(Step { operation, given, made });
        tensor
    }

    pub(super) fn same(&self, made: &Tensor, given: &Tensor) {
        // Where the shape is the same, so is the tensor.
        if made.id() != given.id() {
            self.steps().same.insert(made.id(), given.clone());
        }
    }

    /// The gradients of a number that was computed of what is recorded.
    pub(crate) fn back(self, number: &Tensor) -> Result<GradStore> {
        let Steps { mut steps, same } = std::mem::take(&mut *self.steps());
        let mut found = number.backward()?;
        // What was computed last first; each step goes when it was gone back, with what it kept.
        while let Some(Step { operation, given, made }) = steps.pop() {
            let Some(gradient) = found.remove(&made) else { continue };
            for (tensor, gradient) in given.iter().zip(operation.back(&given, &made, &gradient)?) {
                if let Some(gradient) = gradient {
                    add(&mut found, &same, tensor, gradient)?;
                }
            }
        }
        Ok(found)
    }
}

/// Adds a gradient to what was found of a tensor before, or of what it was made of.
fn add(found: &mut GradStore, same: &HashMap<TensorId, Tensor>, tensor: &Tensor, gradient: Tensor) -> Result<()> {
    if tensor.is_variable() {
        let sum = match found.remove(tensor) {
            Some(before) => (before + gradient)?,
            None => gradient,
        };
        found.insert(tensor, sum.detach());
    } else if let Some(given) = same.get(&tensor.id()) {
        add(found, same, given, gradient.reshape(given.shape())?)?;
    } else if tensor.track_op() {
        // Made by candle's operations out of variables, to which it goes back.
        let further = (tensor * gradient.detach())?.sum_all()?.backward()?;
        found.extend(further)?;
    }
    Ok(())
}

impl Operation {
    /// The gradients of what was given; none of what needs none.
    fn back(&self, given: &[Tensor], made: &Tensor, gradient: &Tensor) -> Result<Vec<Option<Tensor>>> {
        match (self, given) {
            (Self::One(operation), [given]) => Ok(vec![operation.bwd(given, made, gradient)?]),
            (Self::Two(operation), [first, second]) => {
                let (first, second) = operation.bwd(first, second, made, gradient)?;
                Ok(vec![first, second])
            }
            (Self::Three(operation), [first, second, third]) => {
                let (first, second, third) = operation.bwd(first, second, third, made, gradient)?;
                Ok(vec![first, second, third])
            }
            _ => bail!("an operation with {} tensors", given.len()),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use candle_core::{DType, Device, Tensor, Var};

    use super::super::{linear, reshaped, turned};
    use super::{current, recorded, with};

    fn variable(rows: usize, columns: usize) -> Var {
        let numbers: Vec<f32> = (0..rows * columns).map(|number| (number as f32 * 0.7).sin()).collect();
        Var::from_vec(numbers, (rows, columns), &Device::Cpu).unwrap()
    }

    /// Operations of ours and of candle's, and tensors that are used twice.
    fn net(rows: &Tensor, matrix: &Tensor) -> Tensor {
        let first = linear(rows, matrix, None).unwrap();
        let wave = first.sin().unwrap();
        let second = (linear(&wave, matrix, None).unwrap() + &first).unwrap();
        let turned = turned(&reshaped(&second, (1, 3, 4)).unwrap()).unwrap();
        let third = linear(&reshaped(&turned, (3, 4)).unwrap(), matrix, None).unwrap();
        (third * wave).unwrap().sqr().unwrap().sum_all().unwrap()
    }

    #[test]
    fn the_way_back_is_candles() {
        let (rows, matrix) = (variable(3, 4), variable(4, 4));
        let theirs = net(&rows, &matrix).backward().unwrap();
        let (number, record) = recorded(|| net(&rows, &matrix));
        assert!(current().is_none());
        let ours = record.back(&number).unwrap();
        for variable in [&rows, &matrix] {
            let apart = (ours.get(variable).unwrap() - theirs.get(variable).unwrap()).unwrap().abs().unwrap();
            let most = apart.flatten_all().unwrap().max(0).unwrap().to_scalar::<f32>().unwrap();
            assert!(most < 1e-4, "{most}");
        }
    }

    #[test]
    fn what_needs_no_gradient_is_not_recorded() {
        let matrix = Tensor::ones((4, 4), DType::F32, &Device::Cpu).unwrap();
        let (made, record) = recorded(|| linear(&matrix, &matrix, None).unwrap());
        assert!(!made.track_op() && record.steps().steps.is_empty());
    }

    #[test]
    fn a_record_is_of_its_own_work_alone() {
        let (_, outer) = recorded(|| {
            let (rows, matrix) = (variable(3, 4), variable(4, 4));
            with(None, || net(&rows, &matrix));
            let (_, inner) = recorded(|| net(&rows, &matrix));
            assert_eq!(inner.steps().steps.len(), 4);
        });
        assert!(outer.steps().steps.is_empty());
    }
}
