use candle_core::{Result, Tensor};

/// How tiles lie over what is computed piece by piece, as diffusers lays them: each overlaps the one before by a quarter.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tiles {
    /// Pixels along a tile.
    pub(super) taken: usize,
    /// Pixels along what is made of one.
    pub(super) made: usize,
}

impl Tiles {
    /// Whether there is more than one.
    pub(super) fn are_several(self, whole: &Tensor) -> Result<bool> {
        let (_, _, height, width) = whole.dims4()?;
        Ok(height.max(width) > self.taken)
    }

    /// Puts together what is made of each. Where two overlap, one goes over into the other.
    pub(super) fn each(self, whole: &Tensor, make: &mut dyn FnMut(&Tensor) -> Result<Tensor>) -> Result<Tensor> {
        let (_, _, height, width) = whole.dims4()?;
        let apart = (self.taken * 3 / 4).max(1);
        let over = self.made / 4;
        let kept = self.made - over;
        let mut above: Vec<Tensor> = Vec::new();
        let mut rows = Vec::new();
        for top in (0..height).step_by(apart) {
            let mut row: Vec<Tensor> = Vec::new();
            for (number, left) in (0..width).step_by(apart).enumerate() {
                let tile = whole.narrow(2, top, self.taken.min(height - top))?;
                let mut made = make(&tile.narrow(3, left, self.taken.min(width - left))?.contiguous()?)?;
                if let Some(above) = above.get(number) {
                    made = into(2, above, &made, over)?;
                }
                if let Some(before) = row.last() {
                    made = into(3, before, &made, over)?;
                }
                row.push(made);
            }
            let cut = |tile: &Tensor| {
                let (_, _, height, width) = tile.dims4()?;
                tile.narrow(2, 0, kept.min(height))?.narrow(3, 0, kept.min(width))
            };
            rows.push(Tensor::cat(&row.iter().map(cut).collect::<Result<Vec<_>>>()?, 3)?);
            above = row;
        }
        Tensor::cat(&rows, 2)
    }
}

/// The end of one tile going over into the start of the next, along a side.
fn into(side: usize, before: &Tensor, tile: &Tensor, over: usize) -> Result<Tensor> {
    let (length, of_tile) = (before.dim(side)?, tile.dim(side)?);
    let over = over.min(length).min(of_tile);
    if over == 0 {
        return Ok(tile.clone());
    }
    let weights: Vec<f32> = (0..over).map(|pixel| (pixel as f64 / over as f64) as f32).collect();
    let shape = if side == 2 { (1, 1, over, 1) } else { (1, 1, 1, over) };
    let weights = Tensor::from_vec(weights, shape, tile.device())?;
    let end = before.narrow(side, length - over, over)?.broadcast_mul(&weights.affine(-1.0, 1.0)?)?;
    let mixed = (end + tile.narrow(side, 0, over)?.broadcast_mul(&weights)?)?;
    Tensor::cat(&[&mixed, &tile.narrow(side, over, of_tile - over)?], side)
}
