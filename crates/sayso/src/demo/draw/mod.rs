//! The pictures of the demo's artists: each style is a function of a seed, and draws the same bytes everywhere.

mod botany;
mod canvas;
mod colour;
mod contours;
mod dice;
mod glyphs;
mod hills;
mod houses;
mod knitting;
mod maths;
mod maze;
mod monsoon;
mod mosaic;
mod posters;
mod ribbons;
mod robots;
mod stars;
mod waves;

use std::io;

use canvas::Canvas;
use colour::{Colour, ramp};

/// An artist's hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Style {
    /// Plants that repeat themselves, on the plate of a herbal.
    Botany,
    /// A survey map of an island.
    Contours,
    /// Ranges of hills in haze.
    Hills,
    /// A small town on a plate, seen from above at an angle.
    Houses,
    /// Cloth in stocking stitch.
    Knitting,
    /// An engraving whose lines are a maze.
    Maze,
    /// Watercolour: sky, land, water, a boat.
    Monsoon,
    /// A motif laid in stones.
    Mosaic,
    /// One word set from dots.
    Posters,
    /// Arcs that weave across tiles.
    Ribbons,
    /// A portrait in 24 × 24 cells.
    Robots,
    /// A star chart.
    Stars,
    /// Printed sea.
    Waves,
}

impl Style {
    fn cover(self, canvas: &mut Canvas, seed: u64) {
        match self {
            Self::Botany => botany::botany(canvas, seed),
            Self::Contours => contours::contours(canvas, seed),
            Self::Hills => hills::hills(canvas, seed),
            Self::Houses => houses::houses(canvas, seed),
            Self::Knitting => knitting::knitting(canvas, seed),
            Self::Maze => maze::maze(canvas, seed),
            Self::Monsoon => monsoon::monsoon(canvas, seed),
            Self::Mosaic => mosaic::mosaic(canvas, seed),
            Self::Posters => posters::posters(canvas, seed),
            Self::Ribbons => ribbons::ribbons(canvas, seed),
            Self::Robots => robots::robots(canvas, seed),
            Self::Stars => stars::stars(canvas, seed),
            Self::Waves => waves::waves(canvas, seed),
        }
    }
}

/// Draws a picture of `width` × `height` pixels; three bytes a pixel, row after row.
pub(super) fn draw(style: Style, seed: u64, width: u16, height: u16) -> Vec<u8> {
    let mut canvas = Canvas::new(usize::from(width), usize::from(height), Colour::hex(0x00FF_FFFF));
    style.cover(&mut canvas, seed);
    canvas.develop()
}

/// Draws a picture and encodes it as PNG.
pub(super) fn png(style: Style, seed: u64, width: u16, height: u16) -> io::Result<Vec<u8>> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, u32::from(width), u32::from(height));
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::High);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&draw(style, seed, width, height))?;
    writer.finish()?;
    Ok(file)
}
