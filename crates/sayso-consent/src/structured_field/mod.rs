//! Structured field values for HTTP (RFC 9651), parsed and no more.
//!
//! The names of RFC 9651 are kept where the house has no other word; its *item* is a [`Single`] here.

mod bare;
mod base64;
mod cursor;
mod members;

pub use members::{parse_dictionary, parse_list, parse_single};

/// A bare value (RFC 9651, section 3.3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Bare {
    /// A whole number of at most 15 digits.
    Integer(i64),
    /// A decimal in thousandths: three digits are all the fraction that the format allows.
    Decimal(i64),
    /// A string of printable ASCII, unescaped.
    String(String),
    /// A token, case kept.
    Token(String),
    /// Bytes, decoded from their base64.
    ByteSequence(Vec<u8>),
    /// `?0` or `?1`, or a key that stands without a value.
    Boolean(bool),
    /// Seconds since 1970.
    Date(i64),
    /// A string of any Unicode, decoded from its percent-encoding.
    DisplayString(String),
}

/// Parameters in their order, each key once; a repeated key keeps its first place and its last value.
pub type Parameters = Vec<(String, Bare)>;

/// A bare value with its parameters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Single {
    /// The value.
    pub value: Bare,
    /// What qualifies it.
    pub parameters: Parameters,
}

/// A member of a dictionary or a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Member {
    /// One value.
    Single(Single),
    /// Several values in parentheses.
    InnerList {
        /// The values.
        singles: Vec<Single>,
        /// What qualifies the list as a whole.
        parameters: Parameters,
    },
}
