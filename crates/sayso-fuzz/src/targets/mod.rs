mod caption;
mod consent;
mod crawl;
mod fields;
mod html;
mod index;
mod picture;
mod receipt;
mod wat;

#[path = "../../../sayso-consent/tests/equalities/mod.rs"]
mod consent_equalities;
#[path = "../../../sayso-crawl/tests/equalities/mod.rs"]
mod equalities;
#[path = "../../../sayso-crawl/tests/oracle/mod.rs"]
mod oracle;

/// Something that must hold for every input.
pub struct Target {
    /// The name of its seeds' folder and of its libFuzzer binary.
    pub name: &'static str,
    /// Panics where it does not hold.
    pub assert: fn(&[u8]),
    /// Mutations that a test run tries; as many as take a few seconds without optimisation.
    pub mutations: u32,
    /// What mutations put in: words that mean something to the reader.
    pub words: &'static [&'static str],
}

/// All of them.
pub const TARGETS: &[Target] = &[
    caption::TARGET,
    consent::TARGET,
    crawl::TARGET,
    fields::TARGET,
    html::TARGET,
    index::TARGET,
    picture::TARGET,
    receipt::TARGET,
    wat::TARGET,
];

/// Asserts what the target of this name asserts: for the libFuzzer binaries, whose names a test compares with these.
pub fn run(name: &str, input: &[u8]) {
    if let Some(target) = TARGETS.iter().find(|target| target.name == name) {
        (target.assert)(input);
    }
}
