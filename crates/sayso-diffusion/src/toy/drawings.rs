use crate::{DiffusionError, Picture};

/// Pixels along a drawing.
pub const SIDE: usize = 64;

const SHEET: &[u8] = include_bytes!("drawings.png");
const LIST: &str = include_str!("drawings.tsv");
const SUBJECT: &[u8] = include_bytes!("subject.png");
/// Pixels of the larger sheet.
const PIXELS: usize = 1 << 20;

/// What the toy learns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drawing {
    /// Which drawing of the Open Clip Art Library it is: its path in Debian's `openclipart-png`.
    pub name: &'static str,
    /// What is to be seen.
    pub caption: String,
    /// Who drew it, and gave it to the public domain.
    pub creator: &'static str,
    /// The drawing, on white.
    pub picture: Picture,
}

/// The drawings that the toy is made of.
///
/// # Errors
///
/// When the sheet that the program brings is damaged.
pub fn drawings() -> Result<Vec<Drawing>, DiffusionError> {
    let cut = cut(SHEET)?;
    let drawing = |(line, picture): (&'static str, Picture)| {
        let mut fields = line.split('\t');
        let mut field = || fields.next().unwrap_or_default();
        let (name, seen, creator) = (field(), field(), field());
        Drawing { name, caption: format!("a drawing of {seen}"), creator, picture }
    };
    Ok(LIST.lines().zip(cut).map(drawing).collect())
}

/// Five views of one drawing that the toy does not know: an owl, by Architetto Francesco Rollandin.
///
/// # Errors
///
/// When the sheet that the program brings is damaged.
pub fn subject() -> Result<Vec<Picture>, DiffusionError> {
    cut(SUBJECT)
}

/// The squares of a sheet, row by row.
fn cut(sheet: &[u8]) -> Result<Vec<Picture>, DiffusionError> {
    let damaged = |reason: String| DiffusionError::Compute(format!("the sheet of drawings is damaged: {reason}"));
    let mut reader =
        png::Decoder::new(std::io::Cursor::new(sheet)).read_info().map_err(|error| damaged(error.to_string()))?;
    let mut pixels = vec![0; PIXELS * 3];
    let frame = reader.next_frame(&mut pixels).map_err(|error| damaged(error.to_string()))?;
    if frame.color_type != png::ColorType::Rgb {
        return Err(damaged("it has other colours than red, green and blue".to_owned()));
    }
    let row = frame.width as usize * 3;
    let square = |across: usize, down: usize| {
        let line =
            |y: usize| pixels.get((down * SIDE + y) * row + across * SIDE * 3..).and_then(|at| at.get(..SIDE * 3));
        let side = SIDE as u32;
        Picture { width: side, height: side, pixels: (0..SIDE).filter_map(line).flatten().copied().collect() }
    };
    let (across, down) = (frame.width as usize / SIDE, frame.height as usize / SIDE);
    Ok((0..down).flat_map(|y| (0..across).map(move |x| (x, y))).map(|(x, y)| square(x, y)).collect())
}
