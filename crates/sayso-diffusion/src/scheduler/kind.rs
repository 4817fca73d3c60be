use std::fmt;
use std::str::FromStr;

/// A scheduler's name, as people say it, and diffusers' for its class.
const NAMES: &[(SchedulerKind, &str, &str)] = &[
    (SchedulerKind::Ddim, "ddim", "DDIMScheduler"),
    (SchedulerKind::Pndm, "pndm", "PNDMScheduler"),
    (SchedulerKind::Euler, "euler", "EulerDiscreteScheduler"),
    (SchedulerKind::EulerKarras, "euler-karras", ""),
    (SchedulerKind::EulerAncestral, "euler-ancestral", "EulerAncestralDiscreteScheduler"),
    (SchedulerKind::Dpm, "dpm++2m", "DPMSolverMultistepScheduler"),
    (SchedulerKind::DpmKarras, "dpm++2m-karras", ""),
    (SchedulerKind::UniPc, "unipc", "UniPCMultistepScheduler"),
    (SchedulerKind::Ddpm, "ddpm", "DDPMScheduler"),
];

/// The schedulers that are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SchedulerKind {
    /// Denoising diffusion implicit models, without noise between the steps.
    Ddim,
    /// Pseudo numerical methods (linear multistep), Stable Diffusion's own.
    Pndm,
    /// Euler's method.
    Euler,
    /// The same, with the steps where Karras and others put them.
    EulerKarras,
    /// Euler's method, with new noise after each step.
    EulerAncestral,
    /// DPM-Solver++ of second order.
    Dpm,
    /// The same, with the steps where Karras and others put them.
    DpmKarras,
    /// A predictor and a corrector of second order.
    UniPc,
    /// Denoising diffusion probabilistic models, by which nets are trained.
    Ddpm,
}

impl SchedulerKind {
    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        NAMES.iter().find(|(kind, ..)| *kind == self).map_or("", |(_, name, _)| name)
    }

    /// The names of all.
    pub fn names() -> impl Iterator<Item = &'static str> {
        NAMES.iter().map(|(_, name, _)| *name)
    }

    /// The one that diffusers calls so.
    pub(crate) fn of_class(class: &str) -> Option<Self> {
        NAMES.iter().find(|(_, _, name)| !name.is_empty() && *name == class).map(|(kind, ..)| *kind)
    }
}

impl fmt::Display for SchedulerKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for SchedulerKind {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        NAMES
            .iter()
            .find(|(_, known, _)| *known == name)
            .map(|(kind, ..)| *kind)
            .ok_or_else(|| format!("it is one of {}", Self::names().collect::<Vec<_>>().join(", ")))
    }
}
