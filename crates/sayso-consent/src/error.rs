/// The errors of this crate.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConsentError {
    /// A structured field (RFC 9651) that does not parse. By its section 4.2 nothing of it may then be used.
    #[error(
        "structured field breaks off at byte {at_bytes}, where {expected} was expected\nhint: RFC 9651 gives the syntax"
    )]
    StructuredField {
        /// Where the parser stood, in bytes from the field's start.
        at_bytes: usize,
        /// What would have been right there.
        expected: &'static str,
    },
    /// A line of an agent table that cannot be read.
    #[error(
        "agent table has no {missing} on line {line}\nhint: a line is `token`, `purposes`, `kind` and `operator`, separated by tabs"
    )]
    AgentTable {
        /// The line, from 1.
        line: usize,
        /// What is missing or wrong there.
        missing: &'static str,
    },
    /// A line of a label table that cannot be read.
    #[error(
        "label table has no {missing} on line {line}\nhint: a line is `vocabulary`, `label`, `reserves`, `grants`, `since`, `status` and `source`, separated by tabs"
    )]
    LabelTable {
        /// The line, from 1.
        line: usize,
        /// What is missing or wrong there.
        missing: &'static str,
    },
}
