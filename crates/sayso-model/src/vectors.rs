use crate::ModelError;

/// Vectors of one dimension, each of length one, one after another.
#[derive(Debug, Clone, PartialEq)]
pub struct Vectors {
    dimension: usize,
    values: Vec<f32>,
}

impl Vectors {
    /// Numbers in a vector.
    #[must_use]
    pub const fn dimension(&self) -> usize {
        self.dimension
    }

    /// How many vectors there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.values.len().checked_div(self.dimension).unwrap_or(0)
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// All numbers, vector by vector.
    #[must_use]
    pub fn values(&self) -> &[f32] {
        &self.values
    }

    /// The vectors.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = &[f32]> {
        self.values.chunks_exact(self.dimension.max(1))
    }

    /// None yet, of this dimension.
    #[cfg_attr(not(feature = "models"), expect(dead_code, reason = "only nets make vectors"))]
    pub(crate) const fn of(dimension: usize) -> Self {
        Self { dimension, values: Vec::new() }
    }

    /// Adds what a net gave, scaled to length one.
    ///
    /// A net that is fed numbers gives numbers; what is none would poison every comparison, so it is an error.
    #[cfg_attr(not(feature = "models"), expect(dead_code, reason = "only nets make vectors"))]
    pub(crate) fn push_scaled(&mut self, raw: &[f32]) -> Result<(), ModelError> {
        for row in raw.chunks(self.dimension.max(1)) {
            let square: f64 = row.iter().map(|value| f64::from(*value) * f64::from(*value)).sum();
            if row.len() != self.dimension || !square.is_finite() || square == 0.0 {
                return Err(ModelError::Degenerate);
            }
            let scale = 1.0 / square.sqrt();
            #[expect(clippy::cast_possible_truncation, reason = "a number between -1 and 1 loses only its last bits")]
            self.values.extend(row.iter().map(|value| (f64::from(*value) * scale) as f32));
        }
        Ok(())
    }
}
