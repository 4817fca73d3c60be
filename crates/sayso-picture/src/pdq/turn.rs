use super::FREQUENCIES;

/// The eight ways in which a picture can lie, by the names that Meta's programs print.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Turn {
    /// As it is.
    Original,
    /// A quarter turn, against the clock.
    Rotate90,
    /// Upside down.
    Rotate180,
    /// A quarter turn, with the clock.
    Rotate270,
    /// Mirrored top to bottom.
    FlipX,
    /// Mirrored left to right.
    FlipY,
    /// Mirrored at the diagonal from the upper left.
    FlipPlus1,
    /// Mirrored at the diagonal from the upper right.
    FlipMinus1,
}

impl Turn {
    /// All of them, in Meta's order.
    pub const ALL: [Self; 8] = [
        Self::Original,
        Self::Rotate90,
        Self::Rotate180,
        Self::Rotate270,
        Self::FlipX,
        Self::FlipY,
        Self::FlipPlus1,
        Self::FlipMinus1,
    ];

    /// The turn's stable name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Original => "original",
            Self::Rotate90 => "rotate-90",
            Self::Rotate180 => "rotate-180",
            Self::Rotate270 => "rotate-270",
            Self::FlipX => "flip-x",
            Self::FlipY => "flip-y",
            Self::FlipPlus1 => "flip-plus-1",
            Self::FlipMinus1 => "flip-minus-1",
        }
    }

    /// Whether left and right, or top and bottom, change places, and no turn undoes it.
    #[must_use]
    pub const fn mirrors(self) -> bool {
        matches!(self, Self::FlipX | Self::FlipY | Self::FlipPlus1 | Self::FlipMinus1)
    }

    /// Where a place of the turned picture lies in the picture, both from 0 to 1 from the left and from the top.
    #[must_use]
    pub fn place(self, x: f32, y: f32) -> (f32, f32) {
        match self {
            Self::Original => (x, y),
            Self::Rotate90 => (1.0 - y, x),
            Self::Rotate180 => (1.0 - x, 1.0 - y),
            Self::Rotate270 => (y, 1.0 - x),
            Self::FlipX => (x, 1.0 - y),
            Self::FlipY => (1.0 - x, y),
            Self::FlipPlus1 => (y, x),
            Self::FlipMinus1 => (1.0 - y, 1.0 - x),
        }
    }

    /// Whether rows become columns.
    const fn transposes(self) -> bool {
        matches!(self, Self::Rotate90 | Self::Rotate270 | Self::FlipPlus1 | Self::FlipMinus1)
    }

    /// Turns frequencies: a mirror turns the sign of every other one, a quarter turn swaps the directions, too.
    pub(super) fn of(self, from: &[[f32; FREQUENCIES]; FREQUENCIES]) -> [[f32; FREQUENCIES]; FREQUENCIES] {
        let mut turned = [[0.0; FREQUENCIES]; FREQUENCIES];
        for (row, line) in from.iter().enumerate() {
            for (column, value) in line.iter().enumerate() {
                // The first frequency is odd: that of half a wave.
                let (down, across) = (row % 2 == 0, column % 2 == 0);
                let is_negative = match self {
                    Self::Original | Self::FlipPlus1 => false,
                    Self::Rotate90 | Self::FlipY => across,
                    Self::Rotate180 | Self::FlipMinus1 => down != across,
                    Self::Rotate270 | Self::FlipX => down,
                };
                let (to_row, to_column) = if self.transposes() { (column, row) } else { (row, column) };
                if let Some(place) = turned.get_mut(to_row).and_then(|line| line.get_mut(to_column)) {
                    *place = if is_negative { -value } else { *value };
                }
            }
        }
        turned
    }
}
