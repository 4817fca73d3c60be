use std::collections::BTreeMap;

use serde::de::DeserializeOwned;

use super::drive::{Drive, Shown};
use crate::Error;
use crate::build::report::SetAside;

/// What a function made of an input, which may have to be set aside.
pub(crate) trait OfInput: DeserializeOwned {
    /// Which of the inputs.
    fn number(&self) -> usize;

    /// Why it is to be set aside, if it is. Then there is nothing of it.
    fn take_error(&mut self) -> Option<String>;
}

/// How often an input is tried that cannot be read: the second time perhaps by another machine.
const ROUNDS: usize = 2;

impl Drive<'_> {
    /// Has a function called for each of these inputs, once more for those with which something is wrong, and hands over what it
    /// made and in which round: in the order of the inputs in each round. What comes back is why others have to be set aside.
    /// `task` says what a worker has to know of an input.
    pub(crate) fn each_input<R: OfInput>(
        &self,
        function: &str,
        numbers: &[usize],
        task: impl Fn(usize) -> Result<String, Error>,
        shown: &Shown<'_>,
        mut take: impl FnMut(R, usize),
    ) -> Result<BTreeMap<usize, String>, Error> {
        let mut errors = BTreeMap::new();
        for round in 0..ROUNDS {
            let left = numbers.iter().copied().filter(|number| round == 0 || errors.contains_key(number));
            let left: Vec<usize> = left.collect();
            if left.is_empty() {
                break;
            }
            let texts = left.into_iter().map(&task);
            self.each_shown(function, texts, shown, |made| {
                let mut made: R = super::parsed(made)?;
                match made.take_error() {
                    Some(error) => drop(errors.insert(made.number(), error)),
                    None => {
                        errors.remove(&made.number());
                        take(made, round);
                    }
                }
                Ok(())
            })?;
        }
        Ok(errors)
    }
}

/// Those inputs that are left out, unless that is all of them: a dataset of nothing helps nobody.
pub(crate) fn set_aside(
    errors: &BTreeMap<usize, String>,
    of: usize,
    name: impl Fn(usize) -> String,
) -> Result<Vec<SetAside>, Error> {
    match errors.first_key_value() {
        Some((number, error)) if errors.len() == of => Err(Error::Input {
            input: name(*number),
            message: format!(
                "{error}, and no other can be read either\nhint: every machine needs the inputs at the same path"
            ),
        }),
        _ => Ok(errors.iter().map(|(number, error)| SetAside { input: name(*number), error: error.clone() }).collect()),
    }
}
