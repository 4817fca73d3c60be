use std::fmt;

use crate::ModelError;
use crate::checkpoint::Weights;

use super::Settings;
use super::names::Names;

/// Numbers in a head, where nothing says otherwise.
const HEAD: usize = 64;
/// Pixels along a patch, patches along a picture, tokens of a text, blocks of a tower: no CLIP comes near, and no lying
/// header makes more memory than this be asked for.
const MOST: usize = 512;

/// A tower's shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tower {
    pub(super) width: usize,
    pub(super) inner: usize,
    pub(super) blocks: usize,
    pub(super) heads: usize,
}

/// What the shapes of the tensors say of a CLIP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Shape {
    pub(super) image: Tower,
    /// Pixels along a patch.
    pub(super) patch: usize,
    /// Patches along a picture.
    pub(super) grid: usize,
    pub(super) text: Tower,
    pub(super) vocabulary: usize,
    /// The most tokens of a text.
    pub(super) places: usize,
    pub(super) dimension: usize,
}

impl Shape {
    pub(super) fn of(weights: &Weights, names: &Names, settings: &Settings) -> Result<Self, ModelError> {
        let two = |name: &str| {
            weights.shape::<2>(name).ok_or_else(|| weights.wrong(name, "is missing or no matrix".to_owned()))
        };
        let [width, _, patch, _] =
            weights.shape::<4>(names.patches).ok_or_else(|| weights.wrong(names.patches, "is missing".to_owned()))?;
        let [image_places, _] = two(names.image_places)?;
        let grid = image_places.saturating_sub(1).isqrt();
        let [vocabulary, text_width] = two(names.tokens)?;
        let [places, _] = two(names.text_places)?;
        let projection = two(names.text_projection)?;
        let dimension = if names.are_transformers() { projection[0] } else { projection[1] };
        let tower = |blocks: &str, width: usize, heads: Option<usize>| Tower {
            width,
            inner: names.inner(weights, blocks).unwrap_or(0),
            blocks: weights.parts(blocks),
            heads: heads.unwrap_or(width / HEAD),
        };
        let shape = Self {
            image: tower(names.image_blocks, width, settings.image_heads),
            patch,
            grid,
            text: tower(names.text_blocks, text_width, settings.text_heads),
            vocabulary,
            places,
            dimension,
        };
        let sound = grid * grid + 1 == image_places
            && [patch, grid, places, shape.image.blocks, shape.text.blocks]
                .iter()
                .all(|side| (1..=MOST).contains(side))
            && patch * grid <= MOST * 2
            && [shape.image, shape.text].iter().all(|tower| tower.heads > 0 && tower.width % tower.heads == 0)
            && vocabulary > 0
            && dimension > 0;
        if sound {
            Ok(shape)
        } else {
            Err(weights.wrong(names.image_places, format!("does not fit the others: {shape}")))
        }
    }

    /// Pixels along a picture.
    pub(super) const fn side(&self) -> usize {
        self.patch * self.grid
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (image, text) = (self.image, self.text);
        write!(f, "vit {}x{}/{}@{} ", image.width, image.blocks, self.patch, self.side())?;
        write!(f, "text {}x{}@{}", text.width, text.blocks, self.places)?;
        for (tower, name) in [(image, "image"), (text, "text")] {
            if tower.width != tower.heads * HEAD {
                write!(f, " {name}-heads {}", tower.heads)?;
            }
        }
        Ok(())
    }
}
