use crate::{DiffusionError, Picture, SchedulerKind};

/// The shortest and the longest side of a picture, in pixels.
const SIDES: std::ops::RangeInclusive<usize> = 16..=2048;
/// The most pictures of one request.
const COUNT: usize = 64;
/// The most guidance: beyond, numbers run away.
const GUIDANCE: f64 = 1000.0;

/// The longest side of a picture that one is said to be cut from.
const FRAME: usize = 1 << 16;
/// Pixels from which on the autoencoder works on tiles, if nothing is said.
const UNTILED: usize = 1 << 20;

/// What a picture begins at, if not at noise alone.
#[derive(Debug, Clone, PartialEq)]
pub struct Init {
    /// A picture of the size that is asked for.
    pub picture: Picture,
    /// How much of it becomes noise first: from zero, nothing, to one, all.
    pub strength: f64,
}

/// Where a picture is drawn anew: a byte a pixel, and from 128 on it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mask {
    /// Pixels from left to right.
    pub width: u32,
    /// Pixels from top to bottom.
    pub height: u32,
    /// Row by row.
    pub pixels: Vec<u8>,
}

/// What nets of Stable Diffusion XL are told of the picture that is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Framing {
    /// Width and height of the picture that it is said to be cut from; its own if not given.
    pub original: Option<[usize; 2]>,
    /// Pixels that are said to be cut off at the left and at the top.
    pub crop: [usize; 2],
}

/// Whether the autoencoder works on overlapping tiles, which needs less memory and changes little.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tiling {
    /// For pictures of more than a million pixels.
    #[default]
    Auto,
    /// For all that are larger than a tile, as in diffusers where it is switched on.
    Always,
    /// For none.
    Never,
}

/// What a picture is asked for.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Request {
    /// What is to be seen.
    pub prompt: String,
    /// What is not to be seen; may be empty.
    pub negative: String,
    /// Pixels from left to right.
    pub width: usize,
    /// Pixels from top to bottom.
    pub height: usize,
    /// How many pictures, each of other noise.
    pub count: usize,
    /// How often the net is asked.
    pub steps: usize,
    /// How much more of the prompt than the net sees by itself; up to one, it is asked once a step and not twice.
    pub guidance: f64,
    /// The noise: of one seed, there is one picture.
    pub seed: u64,
    /// The model's own if none is named.
    pub scheduler: Option<SchedulerKind>,
    /// Layers of the text net that are left out at its end.
    pub clip_skip: usize,
    /// What it begins at, if not at noise alone.
    pub init: Option<Init>,
    /// Where that is drawn anew; the rest of it stays. Everywhere if not given.
    pub mask: Option<Mask>,
    /// What XL is told of the picture.
    pub framing: Framing,
    /// Whether the autoencoder works on tiles.
    pub tiling: Tiling,
}

impl Request {
    /// Whether the autoencoder works on tiles.
    pub(super) const fn tiled(&self) -> bool {
        match self.tiling {
            Tiling::Auto => self.width * self.height > UNTILED,
            Tiling::Always => true,
            Tiling::Never => false,
        }
    }

    /// Refuses what cannot be made. Sides are multiples of `factor`, and of eight as in diffusers.
    pub(super) fn check(&self, factor: usize, layers: usize) -> Result<(), DiffusionError> {
        let refused = |reason, hint| Err(DiffusionError::Request { reason, hint });
        let sides = [self.width, self.height];
        if sides.iter().any(|side| !SIDES.contains(side) || side % 8 != 0 || side % factor != 0) {
            return refused(
                format!("a picture of {} times {} pixels cannot be made", self.width, self.height),
                "sides are multiples of 8 from 16 to 2048, such as 512x512",
            );
        }
        if !(1..=COUNT).contains(&self.count) {
            return refused(format!("{} pictures cannot be made at once", self.count), "ask for 1 to 64");
        }
        if !(0.0..=GUIDANCE).contains(&self.guidance) {
            return refused(format!("guidance of {} makes no picture", self.guidance), "5 to 12 are usual");
        }
        if let Some(Init { picture, strength }) = &self.init {
            if !(0.0..=1.0).contains(strength) || ((self.steps as f64) * strength) < 1.0 {
                return refused(
                    format!("a strength of {strength} leaves no step of {} to make", self.steps),
                    "ask for a strength up to 1, or for more steps; 0.8 is usual",
                );
            }
            if [picture.width, picture.height].map(u64::from) != sides.map(|side| side as u64)
                || picture.pixels.len() != self.width * self.height * 3
            {
                return refused("the picture to begin at has another size".to_owned(), "ask for its size");
            }
        }
        if let Some(mask) = &self.mask {
            if self.init.is_none() {
                return refused("a mask needs a picture that it lies on".to_owned(), "name the picture with --init");
            }
            if [mask.width, mask.height].map(u64::from) != sides.map(|side| side as u64)
                || mask.pixels.len() != self.width * self.height
            {
                return refused("the mask has another size than the picture".to_owned(), "make both of one size");
            }
        }
        let Framing { original, crop } = self.framing;
        if original.unwrap_or([1, 1]).iter().any(|side| !(1..=FRAME).contains(side))
            || crop.iter().any(|cut| *cut > FRAME)
        {
            return refused("nobody was shown pictures of that size".to_owned(), "sides are from 1 to 65536 pixels");
        }
        if self.clip_skip >= layers {
            return refused(
                format!("{} of {layers} layers cannot be left out", self.clip_skip),
                "1 or 2 are usual where anything is left out",
            );
        }
        Ok(())
    }
}
