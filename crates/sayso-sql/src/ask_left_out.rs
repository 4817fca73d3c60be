use crate::{Mask, Rows, SqlDataset, SqlError, SqlLimits, Told};

/// Answers one question, where the engine is built in. Here it is not.
///
/// # Errors
///
/// Always [`SqlError::LeftOut`].
pub fn ask(
    _datasets: &[SqlDataset],
    _question: &str,
    _limits: &SqlLimits,
    _mask: Option<Mask>,
    _rows: &mut dyn Rows,
) -> Result<Told, SqlError> {
    Err(SqlError::LeftOut)
}
