use std::fmt;
use std::str::FromStr;

use candle_core::Device;

use crate::DiffusionError;

const HINT: &str = "say `cpu`, `cuda`, `metal`, or `cuda:1` for the second of several";

/// What computes the nets: the processor, or a graphics processor, by its number.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Processor {
    /// The machine's own.
    #[default]
    Cpu,
    /// One of NVIDIA's.
    Cuda(usize),
    /// One of Apple's.
    Metal(usize),
}

impl Processor {
    /// Where weights come to lie.
    pub(crate) fn device(self) -> Result<Device, DiffusionError> {
        let absent = |error: candle_core::Error| DiffusionError::Request {
            reason: format!("nothing can be computed on `{self}`: {}", first_line(&error)),
            hint: "programs for graphics processors are built on their own: docs/reference/generate.md says how",
        };
        match self {
            Self::Cpu => Ok(Device::Cpu),
            Self::Cuda(number) => Device::new_cuda(number).map_err(absent),
            Self::Metal(number) => Device::new_metal(number).map_err(absent),
        }
    }
}

/// What went wrong, without the calls that led there.
fn first_line(error: &candle_core::Error) -> String {
    error.to_string().lines().next().unwrap_or_default().to_owned()
}

impl FromStr for Processor {
    type Err = DiffusionError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (kind, number) = text.split_once(':').unwrap_or((text, "0"));
        match (kind, number.parse()) {
            ("cpu", _) if text == "cpu" => Ok(Self::Cpu),
            ("cuda", Ok(number)) => Ok(Self::Cuda(number)),
            ("metal", Ok(number)) => Ok(Self::Metal(number)),
            _ => Err(DiffusionError::Request { reason: format!("`{text}` is no processor"), hint: HINT }),
        }
    }
}

impl fmt::Display for Processor {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cpu => write!(out, "cpu"),
            Self::Cuda(number) => write!(out, "cuda:{number}"),
            Self::Metal(number) => write!(out, "metal:{number}"),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::Processor;

    #[test]
    fn what_is_not_there_is_told_with_a_hint() {
        // However it was built, no machine has so many.
        for processor in [Processor::Cuda(usize::MAX), Processor::Metal(usize::MAX)] {
            let error = processor.device().unwrap_err().to_string();
            assert!(error.contains(&format!("nothing can be computed on `{processor}`")), "{error}");
            assert!(error.contains("\nhint: "), "{error}");
        }
    }

    #[test]
    fn processors_are_named_as_torch_names_them() {
        for (text, meant) in [
            ("cpu", Processor::Cpu),
            ("cuda", Processor::Cuda(0)),
            ("cuda:3", Processor::Cuda(3)),
            ("metal", Processor::Metal(0)),
        ] {
            assert_eq!(text.parse::<Processor>().unwrap(), meant);
            assert_eq!(meant.to_string().parse::<Processor>().unwrap(), meant);
        }
        for text in ["", "gpu", "cpu:0", "cuda:", "cuda:-1", "cuda:x"] {
            assert!(text.parse::<Processor>().unwrap_err().to_string().contains("no processor"), "{text}");
        }
    }
}
