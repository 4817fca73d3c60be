use std::io::{self, Read};

use sayso_crawl::blocks::Input;

/// Standard input. It can be read once; a build that goes on reads over what it had.
pub(super) struct StdinInput;

impl Input for StdinInput {
    fn name(&self) -> &str {
        "-"
    }

    fn open_at(&self, offset: u64) -> io::Result<Box<dyn Read + Send>> {
        let mut stdin = io::stdin();
        io::copy(&mut (&mut stdin).take(offset), &mut io::sink())?;
        Ok(Box::new(stdin))
    }
}
