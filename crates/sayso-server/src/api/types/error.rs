use serde::Serialize;
use utoipa::ToSchema;

/// The one form of every error.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ErrorEnvelope {
    /// What is wrong.
    pub(crate) error: ErrorBody,
}

/// What is wrong, and what to try.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ErrorBody {
    /// A stable code.
    #[schema(example = "bad-query")]
    pub(crate) code: String,
    /// One sentence for a person.
    pub(crate) message: String,
    /// What to try.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(crate) hint: Option<String>,
    /// Which bytes of the query are at fault: the first, and the one after the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(crate) at: Option<[usize; 2]>,
}
