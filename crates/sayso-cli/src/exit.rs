use std::process::ExitCode;

/// How a command ended, beside with an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Done, or found.
    Done,
    /// The answer is no: nothing was found.
    No,
    /// Done, but some input was bad; the report counts it.
    DoneWithDamage,
}

/// The exit status: the one place that maps how it ended to a number.
pub(crate) fn code(result: anyhow::Result<Outcome>) -> ExitCode {
    match result {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::No) => ExitCode::from(1),
        Ok(Outcome::DoneWithDamage) => ExitCode::from(3),
        Err(error) if crate::output::is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            crate::output::error(&error);
            ExitCode::from(2)
        }
    }
}
