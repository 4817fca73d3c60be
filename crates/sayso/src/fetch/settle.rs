//! Gate 2: what a picture and its answer say, judged together with all that was said before.

use std::borrow::Cow;
use std::ops::ControlFlow;
use std::sync::Arc;

use sayso_consent::agents::AgentTable;
use sayso_consent::{embedded, statements};
use sayso_core::Stance;
use sayso_crawl::PayloadKind;
use sayso_crawl::http::{Decoded, decode_content};
use sayso_crawl::payload_kind;
use sayso_picture::PictureFormat;

use super::ask::Answered;
use super::client::{Trouble, Validators};
use super::gate::{Gate, Judged};
use super::keep::{KeepOptions, KeptPicture, render};
use super::kind::FetchKind;
use super::look::{Look, Wish, look};
use super::options::FetchOptions;
use super::outcome::Outcome;
use super::part::Part;
use super::said::Said;
use crate::Error;
use crate::signals::EMBEDDED_LIMITS;

/// What came of a group of samples.
pub(super) struct Settled {
    pub(super) part: Arc<Part>,
    /// For each row, what came of it, and whether its picture is kept.
    pub(super) rows: Vec<(usize, Outcome, bool)>,
    /// The picture as it is kept.
    pub(super) picture: Option<KeptPicture>,
}

/// Settles answers.
pub(super) struct Settler<'a> {
    pub(super) options: &'a FetchOptions,
    pub(super) gate: &'a Gate,
}

/// What is known of a picture that came.
struct Seen {
    look: Look,
    validators: Validators,
    picture: Option<KeptPicture>,
}

/// Characters of a message that are kept.
const MESSAGE: usize = 200;

impl Settler<'_> {
    pub(super) fn settle(&self, answered: Answered) -> Result<Settled, Error> {
        let Answered { part, group, mut said, url, result, at, is_direct, .. } = answered;
        let (mut seen, mut is_unchanged) = (None, false);
        let trouble = match result {
            Err(trouble) => Some(trouble),
            Ok(reply) if reply.status == 304 => {
                is_unchanged = true;
                None
            }
            Ok(reply) => {
                let validators = if is_direct { reply.validators() } else { Validators::default() };
                match self.picture_of(&reply.body, reply.header("content-encoding"), reply.header("content-type")) {
                    Err(trouble) => Some(trouble),
                    Ok(body) => {
                        let body = body.as_ref();
                        self.hear(&mut said, body, &url, reply.at);
                        seen = Some(self.see(&part, group, &said, body, validators)?);
                        None
                    }
                }
            }
        };
        let picture = seen.as_mut().and_then(|seen| seen.picture.take());
        let mut rows = Vec::new();
        for row in part.rows_of(group) {
            let judged = self.gate.judge(&part, row, &said)?;
            let may_have = may_have(&judged);
            let mut outcome = Outcome {
                kind: FetchKind::Fetched,
                message: String::new(),
                at,
                facts: None,
                etag: None,
                last_modified: None,
                ruling: judged.ruling,
                refused: judged.refused,
            };
            match (&trouble, &seen) {
                (Some(trouble), _) => {
                    outcome.kind = trouble.kind;
                    outcome.message = trouble.message.chars().take(MESSAGE).collect();
                    // Nobody refused by what only the policy of this dataset lets stand.
                    if trouble.kind == FetchKind::RefusedBySite && outcome.refused.is_none() {
                        outcome.kind = FetchKind::Disallowed;
                    }
                }
                (None, _) if !may_have => {
                    let is_refused = outcome.refused.is_some();
                    outcome.kind = if is_refused { FetchKind::RefusedByPicture } else { FetchKind::Disallowed };
                }
                (None, Some(seen)) => outcome.see(seen),
                (None, None) if is_unchanged => outcome.kind = FetchKind::NotModified,
                (None, None) => outcome.kind = FetchKind::BadAnswer,
            }
            let is_kept = picture.is_some() && may_have && outcome.kind == FetchKind::Fetched;
            rows.push((row, outcome, is_kept));
        }
        Ok(Settled { part, rows, picture })
    }

    /// The bytes of a picture, its content encoding undone, or what stands in its place.
    fn picture_of<'b>(
        &self,
        sent: &'b [u8],
        encoding: Option<&str>,
        content_type: Option<&str>,
    ) -> Result<Cow<'b, [u8]>, Trouble> {
        let trouble = |kind, message: &str| Err(Trouble { kind, message: message.to_owned() });
        let limit = usize::try_from(self.options.limits.picture_bytes).unwrap_or(usize::MAX);
        let body = match encoding.map(|encoding| decode_content(sent, encoding, limit.saturating_add(1))) {
            None | Some(Decoded::AsIs) => Cow::Borrowed(sent),
            Some(Decoded::Whole(bytes)) => Cow::Owned(bytes),
            Some(Decoded::TooLarge(_)) => return trouble(FetchKind::TooLarge, "it is too large once it is inflated"),
            Some(Decoded::Broken(_) | Decoded::Unknown) => {
                return trouble(FetchKind::Encoding, "its content encoding is unknown or broken");
            }
        };
        if body.len() > limit {
            return trouble(FetchKind::TooLarge, "it is too large once it is inflated");
        }
        // By the bytes alone: many servers answer with a page and call it a picture.
        if PictureFormat::of(&body).is_some() {
            return Ok(body);
        }
        let is_page = payload_kind(None, &body) == PayloadKind::Html
            || (!body.is_empty() && payload_kind(content_type, &body) == PayloadKind::Html);
        match is_page {
            true => trouble(FetchKind::Page, "a page stands in its place"),
            false => trouble(FetchKind::NotAPicture, "what is there is no picture of a known format"),
        }
    }

    /// What the picture's own file says.
    fn hear(&self, said: &mut Said, bytes: &[u8], url: &str, at: sayso_core::Timestamp) {
        let signals = embedded::signals(bytes, &EMBEDDED_LIMITS);
        let agent = self.options.online.options.agent.as_str();
        said.of_picture(statements(&signals, AgentTable::builtin(), agent), url, at);
    }

    fn see(&self, part: &Part, group: usize, said: &Said, bytes: &[u8], validators: Validators) -> Result<Seen, Error> {
        // Nothing is made of a picture that nobody may have.
        let may_have = part
            .rows_of(group)
            .map(|row| Ok(may_have(&self.gate.judge(part, row, said)?)))
            .collect::<Result<Vec<bool>, Error>>()?;
        let keep = self.options.keep.as_ref().filter(|_| may_have.contains(&true));
        let wish = Wish { features: self.options.features, pixels: keep.is_some_and(KeepOptions::wants_pixels) };
        let mut look = look(bytes, &self.options.limits, wish);
        let picture = match keep {
            Some(keep) if look.fault.is_none() => match render(keep, bytes, look.pixels.take(), look.facts.size) {
                ControlFlow::Continue(picture) => Some(picture),
                ControlFlow::Break(message) => {
                    look.fault = Some((FetchKind::NotDecodable, message));
                    None
                }
            },
            _ => None,
        };
        Ok(Seen { look, validators, picture })
    }
}

/// Whether the picture of a sample may be had: it is admitted, and not only so that it is recorded.
fn may_have(judged: &Judged) -> bool {
    judged.refused.is_none() && judged.stance != Stance::Disallowed
}

impl Outcome {
    /// Takes what is known of the picture.
    fn see(&mut self, seen: &Seen) {
        let Seen { look, validators, .. } = seen;
        self.facts = Some(look.facts.clone());
        if let Some((kind, message)) = &look.fault {
            self.kind = *kind;
            self.message = message.chars().take(MESSAGE).collect();
            return;
        }
        self.etag = validators.etag.clone();
        self.last_modified = validators.last_modified.clone();
    }
}
