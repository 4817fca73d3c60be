//! The command `sayso`: the only crate that prints, reads arguments and exits.

mod arguments;
mod command;
mod exit;
mod log;
mod output;
mod progress;

use clap::Parser;

fn main() -> std::process::ExitCode {
    #[cfg(any(feature = "diffusion", feature = "models"))]
    one_pool();
    let arguments = arguments::Arguments::parse();
    log::begin();
    exit::code(command::run(arguments))
}

/// What the nets are computed with has threads of its own. candle's, beside them for the few sums that are left to it, wait for
/// each other in loops: where a machine does something else besides, that costs more than all they do.
#[cfg(any(feature = "diffusion", feature = "models"))]
fn one_pool() {
    const THREADS: &str = "CANDLE_NUM_THREADS";
    if std::env::var_os(THREADS).is_none() {
        #[expect(
            unsafe_code,
            reason = "the program has one thread yet, so that nobody reads the environment meanwhile"
        )]
        unsafe {
            std::env::set_var(THREADS, "1");
        }
    }
}
