use std::io::{self, Write};

/// Writes vectors of one dimension as a NumPy array of 32-bit numbers, version 1.0 of the format.
///
/// # Errors
///
/// When `out` cannot be written.
pub fn write_npy(out: &mut impl Write, dimension: usize, vectors: &[&[f32]]) -> io::Result<()> {
    let mut header = format!("{{'descr': '<f4', 'fortran_order': False, 'shape': ({}, {dimension}), }}", vectors.len());
    // The numbers begin at a multiple of 64 bytes, and a line ends before them.
    let padded = (10 + header.len() + 1).next_multiple_of(64) - 10;
    header.push_str(&" ".repeat(padded - header.len() - 1));
    header.push('\n');
    let length = u16::try_from(header.len()).map_err(io::Error::other)?;
    out.write_all(b"\x93NUMPY\x01\x00")?;
    out.write_all(&length.to_le_bytes())?;
    out.write_all(header.as_bytes())?;
    for vector in vectors {
        for number in *vector {
            out.write_all(&number.to_le_bytes())?;
        }
    }
    Ok(())
}
