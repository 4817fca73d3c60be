use std::io::Read;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::DiffusionError;

/// Bytes of a configuration: the longest known has 2,000.
const BYTES: u64 = 1 << 20;
const NOT_YET: &str = "models in the shape of Stable Diffusion 1, 2 and XL (base) can be used, as diffusers writes them or in single files";

/// A JSON object that says how something is built; of what it does not say, diffusers' own default holds.
pub(crate) struct Config {
    path: PathBuf,
    value: Value,
}

impl Config {
    pub(crate) fn read(path: PathBuf) -> Result<Self, DiffusionError> {
        let text = text(&path, BYTES)?;
        let value: Value = serde_json::from_str(&text).map_err(|error| DiffusionError::Config {
            path: path.clone(),
            reason: format!("it is no JSON: {error}"),
            hint: "fetch it again",
        })?;
        Ok(Self { path, value })
    }

    /// One that was told from something else; `path` is that file.
    pub(crate) const fn told(path: PathBuf, value: Value) -> Self {
        Self { path, value }
    }

    /// What it says of `name`, unless that is nothing.
    pub(crate) fn get(&self, name: &str) -> Option<&Value> {
        self.value.get(name).filter(|value| !value.is_null())
    }

    /// A number from one on.
    pub(crate) fn number(&self, name: &str, most: usize) -> Result<usize, DiffusionError> {
        let number = self.get(name).and_then(Value::as_u64).and_then(|number| usize::try_from(number).ok());
        number
            .filter(|number| (1..=most).contains(number))
            .ok_or_else(|| self.wrong(format!("`{name}` is {}, and a number up to {most} is needed", self.said(name))))
    }

    /// Several numbers from one on.
    pub(crate) fn numbers(&self, name: &str, most: usize) -> Result<Vec<usize>, DiffusionError> {
        let number = |value: &Value| value.as_u64().and_then(|number| usize::try_from(number).ok());
        let numbers: Option<Vec<usize>> =
            self.get(name).and_then(Value::as_array).and_then(|array| array.iter().map(number).collect());
        numbers
            .filter(|numbers| (1..=8).contains(&numbers.len()) && numbers.iter().all(|n| (1..=most).contains(n)))
            .ok_or_else(|| self.wrong(format!("`{name}` is {}, and up to 8 numbers are needed", self.said(name))))
    }

    /// A number for each of `count` levels: one for all, or a list.
    pub(crate) fn each(&self, name: &str, count: usize, most: usize) -> Result<Vec<usize>, DiffusionError> {
        if !self.get(name).is_some_and(Value::is_array) {
            return Ok(vec![self.number(name, most)?; count]);
        }
        let numbers = self.numbers(name, most)?;
        if numbers.len() == count {
            return Ok(numbers);
        }
        Err(self.wrong(format!("`{name}` is {}, and there are {count} levels", self.said(name))))
    }

    /// A fraction, or `default`.
    pub(crate) fn fraction(&self, name: &str, default: f64) -> Result<f64, DiffusionError> {
        let fraction = self.get(name).map_or(Some(default), Value::as_f64);
        fraction
            .filter(|fraction| fraction.is_finite() && *fraction > 0.0)
            .ok_or_else(|| self.wrong(format!("`{name}` is {}, and a fraction is needed", self.said(name))))
    }

    /// Yes or no, or `default`.
    pub(crate) fn truth(&self, name: &str, default: bool) -> Result<bool, DiffusionError> {
        self.get(name)
            .map_or(Some(default), Value::as_bool)
            .ok_or_else(|| self.wrong(format!("`{name}` is {}, and true or false is needed", self.said(name))))
    }

    /// Words, in this order.
    pub(crate) fn words(&self, name: &str) -> Result<Vec<&str>, DiffusionError> {
        self.get(name)
            .and_then(Value::as_array)
            .and_then(|array| array.iter().map(Value::as_str).collect())
            .ok_or_else(|| self.wrong(format!("`{name}` is {}, and a list of words is needed", self.said(name))))
    }

    /// Refuses any other value than these, of which nothing said is one.
    pub(crate) fn only(&self, expected: &[(&str, Value)]) -> Result<(), DiffusionError> {
        for (name, value) in expected {
            let same = |said: &Value| said == value || said.as_f64().is_some_and(|said| value.as_f64() == Some(said));
            if self.get(name).is_some_and(|said| !same(said)) {
                return Err(self.wrong(format!("`{name}` is {}, and only {value} is known here", self.said(name))));
            }
        }
        Ok(())
    }

    pub(crate) fn wrong(&self, reason: String) -> DiffusionError {
        DiffusionError::Config { path: self.path.clone(), reason, hint: NOT_YET }
    }

    fn said(&self, name: &str) -> String {
        self.value.get(name).map_or("missing".to_owned(), |value| value.to_string().chars().take(80).collect())
    }
}

/// The text of a small file.
pub(crate) fn text(path: &Path, most: u64) -> Result<String, DiffusionError> {
    let failed = |source| DiffusionError::File { path: path.to_owned(), source };
    let mut text = String::new();
    let file = fs_err::File::open(path).map_err(failed)?;
    file.take(most + 1).read_to_string(&mut text).map_err(failed)?;
    if text.len() as u64 > most {
        return Err(DiffusionError::Config {
            path: path.to_owned(),
            reason: format!("it has more than {most} bytes"),
            hint: "fetch it again",
        });
    }
    Ok(text)
}
