use axum::Json;
use axum::http::HeaderValue;
use axum::http::header::RETRY_AFTER;
use axum::response::{IntoResponse, Response};

use super::types::{ErrorBody, ErrorEnvelope};
use crate::refusal::Refusal;

/// A refusal that becomes the error envelope.
pub(crate) struct ApiRefusal(pub(crate) Refusal);

impl From<Refusal> for ApiRefusal {
    fn from(refusal: Refusal) -> Self {
        Self(refusal)
    }
}

impl IntoResponse for ApiRefusal {
    fn into_response(self) -> Response {
        self.0.log();
        let (status, code) = self.0.status_and_code();
        let (message, hint) = self.0.message_and_hint();
        let at = self.0.at().map(|range| [range.start, range.end]);
        let error = ErrorBody { code: code.to_owned(), message, hint, at };
        let mut response = (status, Json(ErrorEnvelope { error })).into_response();
        if let Some(seconds) = self.0.retry_after() {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
