use candle_core::{Result, Tensor};

use super::{LowRank, Parameters};
use crate::DiffusionError;
use crate::ops::{linear, linear_onto, sum};

/// A product with a matrix, and what is added to it.
pub(crate) struct Linear {
    matrix: Tensor,
    bias: Option<Tensor>,
    /// What adapters add.
    added: Vec<LowRank>,
}

impl Linear {
    pub(crate) fn read(
        parameters: &mut Parameters,
        prefix: &str,
        sides: [usize; 2],
    ) -> std::result::Result<Self, DiffusionError> {
        Self::named(parameters, &[prefix], sides, true)
    }

    /// The one of these names that the file has.
    pub(crate) fn named(
        parameters: &mut Parameters,
        prefixes: &[&str],
        [inputs, outputs]: [usize; 2],
        bias: bool,
    ) -> std::result::Result<Self, DiffusionError> {
        let names = |part: &str| prefixes.iter().map(|prefix| format!("{prefix}.{part}")).collect::<Vec<_>>();
        let matrix = parameters.any(&names("weight"), &[outputs, inputs])?;
        let bias = if bias { Some(parameters.any(&names("bias"), &[outputs])?) } else { None };
        let added = parameters.added(prefixes, &[outputs, inputs])?;
        Ok(Self { matrix, bias, added })
    }

    pub(crate) fn forward(&self, rows: &Tensor) -> Result<Tensor> {
        let bias = self.bias.as_ref();
        let trained = self.matrix.track_op() || bias.is_some_and(Tensor::track_op);
        match self.added.split_first() {
            Some((first, others)) if !trained => self.adapt(first.beside(rows, &self.matrix, bias)?, rows, others),
            _ => self.adapt(linear(rows, &self.matrix, bias)?, rows, &self.added),
        }
    }

    /// The same, added to rows.
    pub(crate) fn forward_onto(&self, rows: &Tensor, onto: &Tensor) -> Result<Tensor> {
        if !self.added.is_empty() {
            return sum(&self.forward(rows)?, onto);
        }
        linear_onto(rows, &self.matrix, self.bias.as_ref(), onto)
    }

    fn adapt(&self, made: Tensor, rows: &Tensor, added: &[LowRank]) -> Result<Tensor> {
        added.iter().try_fold(made, |made, added| sum(&made, &added.rows(rows)?))
    }
}
