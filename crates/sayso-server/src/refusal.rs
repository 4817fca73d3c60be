use std::ops::Range;
use std::time::Duration;

use axum::http::StatusCode;
use sayso::library::{CursorError, FacetField};
use sayso::sql::WorkerFault;
use sayso::studio::StudioError;
use sayso::vectors::{EmbedError, VectorError};
use sayso_core::{PdqError, Uid, UidError};
use sayso_registry::RegistryError;

use crate::studio::Share;
use crate::view::{value_href, visible};

/// Why a request gets no answer, for a page and for the API alike.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refusal {
    /// The query cannot be read.
    #[error("{message}")]
    Query {
        message: String,
        /// Which bytes of the query are at fault.
        at: Option<Range<usize>>,
    },
    #[error("the parameter `{name}` is `{given}`\nhint: {hint}")]
    Parameter { name: &'static str, given: String, hint: String },
    #[error("the parameters cannot be read\nhint: each may be given once, percent-encoded")]
    Parameters,
    #[error("no more than {most} hits can be paged through\nhint: narrow the query with a site or a phrase")]
    TooDeep { most: u64 },
    #[error("there is no page {page} of these hits\nhint: the pages end at {pages}")]
    NoHitsPage { page: u64, pages: u64 },
    #[error(transparent)]
    Cursor(CursorError),
    #[error(transparent)]
    Pdq(#[from] PdqError),
    #[error(transparent)]
    Uid(#[from] UidError),
    #[error(
        "no sample `{uid}` is in these datasets\nhint: a newer snapshot may have left it out; search for its caption"
    )]
    NoSample { uid: Uid },
    #[error("no dataset `{name}` is open here\nhint: /api/v1/datasets lists them")]
    NoDataset { name: String },
    #[error("no sample here has the {field} `{name}`{}", near_names(near))]
    NoValue { field: FacetField, name: String, near: Vec<String> },
    #[error("{message}")]
    NoNode { message: String },
    #[error("there is nothing at this address\nhint: start from the search")]
    NoPage,
    #[error("this address answers GET requests alone\nhint: use GET")]
    Method,
    #[error(
        "this server does not answer to the name `{name}`\nhint: open it by its address, or start it with --host {name}"
    )]
    Host { name: String },
    #[error("the address is longer than {most_bytes} bytes\nhint: leave out words")]
    UriTooLong { most_bytes: usize },
    #[error("the request has a body, and nothing here reads one\nhint: put the query into the address")]
    Body,
    #[error("no picture was sent\nhint: send a form with a file named `picture`")]
    NoPicture,
    #[error("the picture is too large, or did not come whole\nhint: send a smaller copy; it is found by that, too")]
    PictureNotTaken,
    #[error("the picture cannot be read: {message}\nhint: send a JPEG, PNG, WebP, GIF, TIFF or BMP")]
    Picture { message: String },
    #[error("{message}\nhint: the fields are described in /api/v1/openapi.json")]
    Question { message: String },
    #[error("{0}")]
    Vector(VectorError),
    #[error("{0}")]
    Embedding(EmbedError),
    #[error(
        "the vectors of `{name}` can only be asked with vectors: the net itself is not here\nhint: send `embedding_input`, or start the server with --model"
    )]
    NoEmbedder { name: String },
    #[error("this server fetches no pictures from elsewhere\nhint: send the picture itself as `image`")]
    ForeignAddress,
    #[error(
        "no such index of vectors is here\nhint: /indices-list names those that are; `sayso vectors make` or `import` makes one"
    )]
    NoIndex,
    #[error("there is no vector of the sample `{uid}` here\nhint: not every sample has one")]
    NoVector { uid: Uid },
    #[error("the body is longer than {most_bytes} bytes, or broke off\nhint: send a smaller picture")]
    BodyTooLong { most_bytes: usize },
    #[error("the body took too long to arrive\nhint: try again")]
    SlowBody,
    #[error("too many questions are being answered\nhint: try again in a moment")]
    Busy,
    #[error("the answer took too long\nhint: narrow the query with a site or a phrase")]
    TooSlow,
    /// A question in SQL has no answer, for a reason that is the asker's to know.
    #[error("{message}")]
    Sql { code: &'static str, message: String },
    #[error(
        "the question needs more than {most_mib} MiB of memory\nhint: group by less, ask for fewer columns, or add a `limit` to what is sorted"
    )]
    SqlMemory { most_mib: usize },
    #[error("the form cannot be taken: {message}")]
    Form { message: String },
    #[error("the form is longer than {most_bytes} bytes\nhint: write less")]
    LongForm { most_bytes: usize },
    #[error(
        "the form did not come from a page of this server\nhint: open the page again, with cookies allowed, and send it from there"
    )]
    OtherSite,
    #[error("that is for whoever made the claim\nhint: enter the token that was shown when it was made")]
    NotYours,
    #[error("that is for those who keep this registry\nhint: log in at /operator")]
    NotOperator,
    #[error("the token is not the right one\nhint: it was shown once, when it was made: 32 letters and digits")]
    WrongToken,
    #[error("that was asked too often from your network\nhint: try again in {seconds} seconds")]
    TooOften { seconds: u64 },
    #[error("the sample `{uid}` was reported and is hidden until somebody has looked at it")]
    Hidden { uid: Uid },
    #[error("there are more than {most} addresses, or one is missing\nhint: ask for them in parts")]
    Addresses { most: usize },
    #[error("more than {most} claims hold for these addresses\nhint: ask for them in parts")]
    ManyClaims { most: usize },
    #[error("the body is not what is read here: {message}")]
    Document { message: String },
    #[error("it was not found there: {message}")]
    NotFoundThere { message: String },
    /// Something about the registry. Its own hints are for whoever keeps it.
    #[error("{}{}", said_by(source), hint_about(source))]
    Registry { source: Box<RegistryError> },
    /// What the studio says. What is wrong inside is for the log alone.
    #[error("{}", said_by_studio(source))]
    Studio { source: Box<StudioError> },
    #[error(
        "as many {} from your network in the last hour as may be from one\nhint: try again in {}; what you have here is as it was",
        share.in_words(),
        sayso::studio::lasting(*wait)
    )]
    StudioShare { share: Share, wait: Duration },
    #[error("all pictures of a session have at most {most_bytes} bytes together\nhint: bring fewer, or smaller copies")]
    StudioBody { most_bytes: usize },
    #[error("this session is over, and what was in it is deleted\nhint: begin another one")]
    NoStudioSession,
    #[error("this server answers no SQL\nhint: `sayso sql` asks a dataset on your own machine")]
    NoSql,
    #[error("the question could not be worked on\nhint: the server's log says why")]
    Worker { message: String },
    #[error("the search stopped unexpectedly\nhint: this is a defect; please report what you asked for")]
    Stopped,
    #[error("no vector could be made of it\nhint: this is a defect; please report it")]
    Net { message: String },
    /// Something is wrong on our side. The log has it; the reader is told no more than that.
    #[error("the datasets cannot be read right now\nhint: the server's log says why")]
    Library { source: Box<sayso::Error> },
}

fn said_by_studio(error: &StudioError) -> String {
    match error {
        StudioError::Inside(_) => "the studio cannot do this right now\nhint: the server's log says why".to_owned(),
        error => error.to_string(),
    }
}

/// Names that may have been meant.
fn near_names(near: &[String]) -> String {
    let quoted: Vec<String> = near.iter().map(|name| format!("`{}`", name.replace(['`', '\n'], " "))).collect();
    match quoted.as_slice() {
        [] => "\nhint: search for it; facets list what there is".to_owned(),
        names => format!("\nhint: did you mean {}?", names.join(" or ")),
    }
}

/// What a registry says, without what its keeper is told to do.
fn said_by(error: &RegistryError) -> String {
    if is_ours(error) {
        return "the registry cannot be used right now".to_owned();
    }
    error.to_string().lines().next().unwrap_or_default().to_owned()
}

fn hint_about(error: &RegistryError) -> String {
    let hint = match error {
        error if is_ours(error) => "the server's log says why",
        // Why a subject is not taken says what to try itself.
        RegistryError::Refused(refusal) => {
            let text = refusal.to_string();
            return text.split_once('\n').map_or_else(String::new, |(_, rest)| format!("\n{rest}"));
        }
        RegistryError::NoSuchClaim { .. } => "claims are counted as they come; look at the number again",
        RegistryError::NotProven { .. } => "ask for a token on the claim's page, put it where it says, and try again",
        RegistryError::State { .. } => "the claim's page says where it stands",
        _ => return String::new(),
    };
    format!("\nhint: {hint}")
}

/// Whether something is wrong on our side.
fn is_ours(error: &RegistryError) -> bool {
    !matches!(
        error,
        RegistryError::Refused(_)
            | RegistryError::Fork(_)
            | RegistryError::NoSuchClaim { .. }
            | RegistryError::NoSuchEntry { .. }
            | RegistryError::NoSuchSize { .. }
            | RegistryError::NoSuchReport { .. }
            | RegistryError::State { .. }
            | RegistryError::NotProven { .. }
            | RegistryError::Note { .. }
            | RegistryError::Key { .. }
    )
}

impl From<RegistryError> for Refusal {
    fn from(error: RegistryError) -> Self {
        Self::Registry { source: Box::new(error) }
    }
}

impl From<sayso::Error> for Refusal {
    fn from(error: sayso::Error) -> Self {
        match error {
            sayso::Error::Registry(error) => error.into(),
            sayso::Error::Cursor(error) => Self::Cursor(error),
            sayso::Error::Query(error) => Self::Query { message: error.to_string(), at: error.at() },
            sayso::Error::Vectors(error @ (VectorError::Dimension { .. } | VectorError::NoDirection)) => {
                Self::Vector(error)
            }
            error => Self::Library { source: Box::new(error) },
        }
    }
}

impl From<StudioError> for Refusal {
    fn from(error: StudioError) -> Self {
        match error {
            StudioError::Over => Self::NoStudioSession,
            error => Self::Studio { source: Box::new(error) },
        }
    }
}

impl From<EmbedError> for Refusal {
    fn from(error: EmbedError) -> Self {
        match error {
            EmbedError::Net(message) => Self::Net { message },
            error => Self::Embedding(error),
        }
    }
}

impl Refusal {
    /// What a worker says of a question in SQL. What is the fault of the datasets is for the log alone.
    pub(crate) fn of_sql(fault: WorkerFault) -> Self {
        const KNOWN: [&str; 7] =
            ["bad-sql", "sql-refused", "sql-failed", "sql-too-long", "sql-long-row", "sql-memory", "too-slow"];
        match (KNOWN.into_iter().find(|known| *known == fault.code), fault.code.as_str()) {
            (Some(code), _) => Self::Sql { code, message: fault.message },
            (None, "no-sql") => Self::NoSql,
            (None, _) => Self::Worker { message: fault.message },
        }
    }

    /// The HTTP status and the stable code: the one place that decides them.
    pub(crate) fn status_and_code(&self) -> (StatusCode, &'static str) {
        match self {
            Self::Query { .. } => (StatusCode::BAD_REQUEST, "bad-query"),
            Self::Question { .. } => (StatusCode::BAD_REQUEST, "bad-question"),
            Self::Vector(_) => (StatusCode::BAD_REQUEST, "bad-vector"),
            Self::Embedding(_) => (StatusCode::BAD_REQUEST, "not-embedded"),
            Self::NoEmbedder { .. } => (StatusCode::NOT_IMPLEMENTED, "no-embedder"),
            Self::ForeignAddress => (StatusCode::BAD_REQUEST, "foreign-address"),
            Self::NoIndex => (StatusCode::NOT_FOUND, "no-index"),
            Self::NoVector { .. } => (StatusCode::NOT_FOUND, "no-vector"),
            Self::BodyTooLong { .. } => (StatusCode::PAYLOAD_TOO_LARGE, "body-too-long"),
            Self::SlowBody => (StatusCode::REQUEST_TIMEOUT, "body-too-slow"),
            Self::Parameter { .. } | Self::Parameters => (StatusCode::BAD_REQUEST, "bad-parameter"),
            Self::TooSlow | Self::Sql { code: "too-slow", .. } => (StatusCode::SERVICE_UNAVAILABLE, "too-slow"),
            Self::Sql { code, .. } => (StatusCode::BAD_REQUEST, code),
            Self::SqlMemory { .. } => (StatusCode::BAD_REQUEST, "sql-memory"),
            Self::NoSql => (StatusCode::NOT_IMPLEMENTED, "no-sql"),
            Self::TooDeep { .. } => (StatusCode::BAD_REQUEST, "too-deep"),
            Self::Host { .. } => (StatusCode::MISDIRECTED_REQUEST, "unknown-host"),
            Self::Cursor(CursorError::OtherSnapshot) => (StatusCode::GONE, "stale-cursor"),
            Self::Cursor(_) => (StatusCode::BAD_REQUEST, "bad-cursor"),
            Self::Pdq(_) => (StatusCode::BAD_REQUEST, "bad-hash"),
            Self::Uid(_) => (StatusCode::BAD_REQUEST, "bad-uid"),
            Self::NoValue { .. } => (StatusCode::NOT_FOUND, "no-value"),
            Self::NoSample { .. } => (StatusCode::NOT_FOUND, "no-sample"),
            Self::NoDataset { .. } => (StatusCode::NOT_FOUND, "no-dataset"),
            Self::NoNode { .. } => (StatusCode::NOT_FOUND, "no-node"),
            Self::NoPage | Self::NoHitsPage { .. } => (StatusCode::NOT_FOUND, "not-found"),
            Self::Method => (StatusCode::METHOD_NOT_ALLOWED, "method-not-allowed"),
            Self::UriTooLong { .. } => (StatusCode::URI_TOO_LONG, "address-too-long"),
            Self::Body => (StatusCode::PAYLOAD_TOO_LARGE, "body-not-read"),
            Self::NoPicture | Self::Picture { .. } => (StatusCode::UNPROCESSABLE_ENTITY, "bad-picture"),
            Self::PictureNotTaken => (StatusCode::PAYLOAD_TOO_LARGE, "picture-not-taken"),
            Self::Form { .. } => (StatusCode::UNPROCESSABLE_ENTITY, "bad-form"),
            Self::LongForm { .. } => (StatusCode::PAYLOAD_TOO_LARGE, "form-too-long"),
            Self::OtherSite => (StatusCode::FORBIDDEN, "other-site"),
            Self::NotYours => (StatusCode::FORBIDDEN, "not-yours"),
            Self::NotOperator => (StatusCode::FORBIDDEN, "not-operator"),
            Self::WrongToken => (StatusCode::FORBIDDEN, "wrong-token"),
            Self::TooOften { .. } | Self::StudioShare { .. } => (StatusCode::TOO_MANY_REQUESTS, "too-often"),
            Self::Hidden { .. } => (StatusCode::NOT_FOUND, "hidden"),
            Self::Addresses { .. } => (StatusCode::BAD_REQUEST, "bad-addresses"),
            Self::ManyClaims { .. } => (StatusCode::BAD_REQUEST, "too-many-claims"),
            Self::Document { .. } => (StatusCode::BAD_REQUEST, "bad-document"),
            Self::NotFoundThere { .. } => (StatusCode::UNPROCESSABLE_ENTITY, "not-verified"),
            Self::Registry { source } => of_registry(source),
            Self::Studio { source } => of_studio(source),
            Self::StudioBody { .. } => (StatusCode::PAYLOAD_TOO_LARGE, "pictures-too-large"),
            Self::NoStudioSession => (StatusCode::FORBIDDEN, "session-over"),
            Self::Busy => (StatusCode::SERVICE_UNAVAILABLE, "busy"),
            Self::Stopped | Self::Net { .. } | Self::Library { .. } | Self::Worker { .. } => {
                (StatusCode::INTERNAL_SERVER_ERROR, "internal")
            }
        }
    }

    /// In how many seconds to try again.
    pub(crate) fn retry_after(&self) -> Option<u64> {
        match self {
            Self::TooOften { seconds } => Some(*seconds),
            Self::StudioShare { wait, .. } => Some(wait.as_secs() + 1),
            Self::Studio { source } => match &**source {
                StudioError::Network { wait, .. } => Some(wait.as_secs() + 1),
                error if of_studio(error).0 == StatusCode::SERVICE_UNAVAILABLE => Some(30),
                _ => None,
            },
            _ if self.status_and_code().0 == StatusCode::SERVICE_UNAVAILABLE => Some(2),
            _ => None,
        }
    }

    /// What is wrong, and what to try.
    pub(crate) fn message_and_hint(&self) -> (String, Option<String>) {
        let text = self.to_string();
        match text.split_once("\nhint: ") {
            Some((message, hint)) => (message.to_owned(), Some(hint.to_owned())),
            None => (text, None),
        }
    }

    /// Which bytes of the query are at fault, where the query is and a part of it can be named.
    pub(crate) fn at(&self) -> Option<Range<usize>> {
        match self {
            Self::Query { at, .. } => at.clone(),
            _ => None,
        }
    }

    /// Pages that may have been meant: their names, and where they are.
    pub(crate) fn near_pages(&self) -> Vec<(String, String)> {
        match self {
            Self::NoValue { field, near, .. } => {
                let page = |name: &String| Some((visible(name), value_href(*field, name)?));
                near.iter().filter_map(page).collect()
            }
            _ => Vec::new(),
        }
    }

    /// Writes down what the reader is not told. Queries are never among it.
    pub(crate) fn log(&self) {
        match self {
            Self::Library { source } => tracing::error!("could not answer a request: {source}"),
            Self::Registry { source } if is_ours(source) => {
                tracing::error!("could not use the registry: {source}");
            }
            Self::Studio { source } if matches!(**source, StudioError::Inside(_)) => {
                tracing::error!("could not do something in the studio: {source}");
            }
            Self::Net { message } => tracing::error!("could not make a vector: {message}"),
            Self::Worker { message } => tracing::error!("could not answer a question in SQL: {message}"),
            Self::Stopped => tracing::error!("could not answer a request: the thread that worked on it stopped"),
            _ => {}
        }
    }
}

/// The status and the code of what a studio says.
fn of_studio(error: &StudioError) -> (StatusCode, &'static str) {
    match error {
        StudioError::Over => (StatusCode::FORBIDDEN, "session-over"),
        StudioError::Network { .. } => (StatusCode::TOO_MANY_REQUESTS, "too-often"),
        StudioError::Full { .. } | StudioError::Line { .. } | StudioError::Closing => {
            (StatusCode::SERVICE_UNAVAILABLE, "studio-full")
        }
        StudioError::Pictures { .. } | StudioError::TooLarge { .. } => {
            (StatusCode::PAYLOAD_TOO_LARGE, "pictures-too-large")
        }
        StudioError::NotTaken { .. } => (StatusCode::UNPROCESSABLE_ENTITY, "bad-picture"),
        StudioError::Asked { .. } => (StatusCode::UNPROCESSABLE_ENTITY, "not-taken"),
        StudioError::Busy => (StatusCode::CONFLICT, "at-work"),
        StudioError::NoRoom => (StatusCode::INSUFFICIENT_STORAGE, "no-room"),
        StudioError::Inside(_) => (StatusCode::INTERNAL_SERVER_ERROR, "internal"),
    }
}

/// The status and the code of what a registry says.
fn of_registry(error: &RegistryError) -> (StatusCode, &'static str) {
    match error {
        RegistryError::Refused(_) => (StatusCode::UNPROCESSABLE_ENTITY, "not-taken"),
        RegistryError::NoSuchClaim { .. } => (StatusCode::NOT_FOUND, "no-claim"),
        RegistryError::NoSuchEntry { .. } | RegistryError::NoSuchSize { .. } => (StatusCode::NOT_FOUND, "no-entry"),
        RegistryError::NoSuchReport { .. } => (StatusCode::NOT_FOUND, "no-report"),
        RegistryError::State { .. } => (StatusCode::CONFLICT, "wrong-state"),
        RegistryError::NotProven { .. } => (StatusCode::UNPROCESSABLE_ENTITY, "not-verified"),
        RegistryError::Fork(_) => (StatusCode::CONFLICT, "fork"),
        RegistryError::Note { .. } | RegistryError::Key { .. } => (StatusCode::BAD_REQUEST, "bad-note"),
        RegistryError::Busy { .. } => (StatusCode::SERVICE_UNAVAILABLE, "busy"),
        _ => (StatusCode::INTERNAL_SERVER_ERROR, "internal"),
    }
}

#[cfg(test)]
mod tests {
    use super::Refusal;

    #[test]
    fn what_went_wrong_inside_stays_inside() {
        let source = sayso::Error::Stopped("reader of /srv/secret");
        let refusal = Refusal::from(source);
        let (status, code) = refusal.status_and_code();
        assert_eq!((status.as_u16(), code), (500, "internal"));
        let (message, hint) = refusal.message_and_hint();
        assert!(!message.contains("secret") && !hint.unwrap_or_default().contains("secret"));
    }
}
