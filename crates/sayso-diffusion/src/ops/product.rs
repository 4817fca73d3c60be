use candle_core::{Result, bail};
use gemm::Parallelism;
use rayon::iter::IndexedParallelIterator;

/// Numbers in rows and columns, wherever they lie.
#[derive(Debug, Clone, Copy)]
pub(super) struct Matrix<'a> {
    numbers: &'a [f32],
    /// Rows and columns.
    sides: [usize; 2],
    /// From one row to the next, and from one column to the next.
    steps: [usize; 2],
}

impl<'a> Matrix<'a> {
    /// Rows one behind the other.
    pub(super) const fn rows(numbers: &'a [f32], sides: [usize; 2]) -> Self {
        Self { numbers, sides, steps: [sides[1], 1] }
    }

    /// Rows that lie further apart.
    pub(super) const fn apart(numbers: &'a [f32], sides: [usize; 2], step: usize) -> Self {
        Self { numbers, sides, steps: [step, 1] }
    }

    /// Rows as columns; nothing is moved.
    pub(super) const fn turned(self) -> Self {
        let Self { numbers, sides: [rows, columns], steps: [down, along] } = self;
        Self { numbers, sides: [columns, rows], steps: [along, down] }
    }

    fn is_held(&self) -> bool {
        let [rows, columns] = self.sides;
        let [down, along] = self.steps;
        rows == 0 || columns == 0 || (rows - 1) * down + (columns - 1) * along < self.numbers.len()
    }
}

/// Who computes a product.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum By {
    /// The thread that asks, among others that do.
    One,
    All,
}

impl By {
    /// Works on each of some: one after the other, or beside each other.
    pub(super) fn try_each<Each: Send>(
        self,
        some: impl IndexedParallelIterator<Item = Each>,
        work: impl Fn(Each) -> Result<()> + Sync + Send,
    ) -> Result<()> {
        match self {
            Self::One => some.collect::<Vec<_>>().into_iter().try_for_each(work),
            Self::All => some.try_for_each(work),
        }
    }
}

/// Where a product goes: rows that lie `step` apart, in place of what is there or added to it.
#[derive(Debug)]
pub(super) struct Onto<'a> {
    pub(super) numbers: &'a mut [f32],
    pub(super) step: usize,
    pub(super) add: bool,
}

impl<'a> Onto<'a> {
    /// In place of what is there.
    pub(super) const fn new(numbers: &'a mut [f32], step: usize) -> Self {
        Self { numbers, step, add: false }
    }

    /// Added to what is there.
    pub(super) const fn adding(numbers: &'a mut [f32], step: usize) -> Self {
        Self { numbers, step, add: true }
    }
}

/// The product of two matrices.
pub(super) fn product(onto: Onto<'_>, left: Matrix<'_>, right: Matrix<'_>, by: By) -> Result<()> {
    let ([rows, inner], [depth, columns]) = (left.sides, right.sides);
    let Onto { numbers, step: down, add } = onto;
    let made = Matrix { numbers, sides: [rows, columns], steps: [down, 1] };
    if inner != depth || down < columns || !(made.is_held() && left.is_held() && right.is_held()) {
        bail!("{rows} by {inner} numbers do not go with {depth} by {columns}");
    }
    let parallelism = match by {
        By::One => Parallelism::None,
        // As many as there are.
        By::All => Parallelism::Rayon(0),
    };
    let step = |of: usize| of as isize;
    #[expect(unsafe_code, reason = "every number that the product reads or writes lies in its slice, as was just seen")]
    unsafe {
        gemm::gemm(
            rows,
            columns,
            inner,
            numbers.as_mut_ptr(),
            1,
            step(down),
            add,
            left.numbers.as_ptr(),
            step(left.steps[1]),
            step(left.steps[0]),
            right.numbers.as_ptr(),
            step(right.steps[1]),
            step(right.steps[0]),
            1.0_f32,
            1.0_f32,
            false,
            false,
            false,
            parallelism,
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::{By, Matrix, Onto, product};

    #[test]
    fn rows_go_where_they_are_told_to() {
        let (left, right) = ([1.0, 2.0, 3.0, 4.0, 5.0, 6.0], [1.0, 0.0, 2.0, 1.0, 0.0, 3.0]);
        // The second column of the right side is read out of rows of three.
        let right = Matrix::apart(&right, [2, 2], 3).turned();
        for by in [By::One, By::All] {
            let mut made = [10.0; 8];
            product(Onto::adding(&mut made, 4), Matrix::apart(&left, [2, 2], 3), right, by).unwrap();
            assert_eq!(made, [11.0, 11.0, 10.0, 10.0, 14.0, 14.0, 10.0, 10.0]);
            product(Onto::new(&mut made, 4), Matrix::apart(&left, [2, 2], 3), right, by).unwrap();
            assert_eq!(made, [1.0, 1.0, 10.0, 10.0, 4.0, 4.0, 10.0, 10.0]);
        }
    }

    #[test]
    fn nothing_outside_is_read_or_written() {
        let numbers = [1.0; 6];
        let whole = Matrix::rows(&numbers, [2, 3]);
        let of =
            |length: usize, step, left, right| product(Onto::new(&mut vec![0.0; length], step), left, right, By::One);
        assert!(of(4, 2, whole, whole.turned()).is_ok());
        assert!(of(3, 2, whole, whole.turned()).is_err());
        assert!(of(4, 1, whole, whole.turned()).is_err());
        assert!(of(4, 2, whole, whole).is_err());
        assert!(of(4, 2, Matrix::rows(&numbers[1..], [2, 3]), whole.turned()).is_err());
    }
}
