use std::borrow::Cow;

use sayso_consent::agents::AgentTable;
use sayso_consent::embedded::{self, EmbeddedLimits};
use sayso_consent::robots::RobotsFetch;
use sayso_consent::statements;
use sayso_core::{Limits, Signal, Speaker, Statement};
use sayso_crawl::html::{PageLimits, PageReader};
use sayso_crawl::http::{Response, decode_text, payload};
use sayso_crawl::{PayloadKind, SiteFile, path_of, payload_kind};

use super::SourceKind;
use super::page_rsl::PageRsl;
use crate::build::SiteFileRead;

/// Limits on the metadata of a picture.
pub(crate) const EMBEDDED_LIMITS: EmbeddedLimits =
    EmbeddedLimits { packet_bytes: 16 << 20, packets: 64, depth: 64, signal_bytes: 4 << 10 };

/// What a file of this kind says of the use of `url`, to the builder's agent.
pub(crate) fn statements_of(kind: SourceKind, bytes: &[u8], url: &str, agent: &str, limits: &Limits) -> Vec<Statement> {
    let agents = AgentTable::builtin();
    let site_file = |file| {
        let text = String::from_utf8_lossy(bytes);
        SiteFileRead::read(file, "", &text, limits).statements(Speaker::PageSite, url)
    };
    match kind {
        SourceKind::RobotsTxt => RobotsFetch::of_answer(200, bytes, limits.robots_bytes, limits.signal_bytes, agents)
            .statements(Speaker::PageSite, path_of(url), agent),
        SourceKind::Tdmrep => site_file(SiteFile::Tdmrep),
        SourceKind::AiTxt => site_file(SiteFile::AiTxt),
        SourceKind::Rsl => site_file(SiteFile::Rsl),
        SourceKind::Html => {
            let text = decode_text(bytes, None);
            let mut found = statements(&of_page(&text, url, limits), agents, agent);
            found.extend(PageRsl::of(&text, limits).statements(url, limits));
            found
        }
        SourceKind::HttpAnswer => of_saved_answer(bytes, url, agent, limits),
        SourceKind::Picture => statements(&embedded::signals(bytes, &EMBEDDED_LIMITS), agents, agent),
    }
}

/// The signals of a page's meta elements and licence.
fn of_page(text: &str, url: &str, limits: &Limits) -> Vec<Signal> {
    let attribute_bytes = usize::try_from(limits.attribute_bytes).unwrap_or(usize::MAX);
    let page = PageReader::read(text, url, PageLimits { links: limits.page_links, attribute_bytes });
    // Of pictures that JSON-LD speaks of, nothing is said here: this is about the page.
    page.signals(limits.signal_bytes).collect()
}

/// An answer of a server: its headers, and what is behind them.
pub(crate) struct AnswerRead<'a> {
    /// The signals of its headers.
    pub(crate) headers: Vec<Signal>,
    /// What the body is.
    pub(crate) body: AnswerBody<'a>,
}

/// The body of an answer.
pub(crate) enum AnswerBody<'a> {
    /// A page.
    Page(Cow<'a, str>),
    /// A picture, by the signals inside it.
    Picture(Vec<Signal>),
    /// Something that says nothing by its kind.
    Other,
}

impl AnswerRead<'_> {
    /// What the answer at `page_url` says of the use of `url`, and the RSL that a page in it brings along.
    pub(crate) fn statements(
        self,
        page_url: &str,
        url: &str,
        agent: &str,
        limits: &Limits,
    ) -> (Vec<Statement>, PageRsl) {
        let mut signals = self.headers;
        let mut rsl = PageRsl::default();
        match self.body {
            AnswerBody::Page(text) => {
                signals.extend(of_page(&text, page_url, limits));
                rsl = PageRsl::of(&text, limits);
            }
            AnswerBody::Picture(embedded) => signals.extend(embedded),
            AnswerBody::Other => {}
        }
        let mut found = statements(&signals, AgentTable::builtin(), agent);
        found.extend(rsl.statements(url, limits));
        (found, rsl)
    }
}

/// What a saved answer says.
fn of_saved_answer(bytes: &[u8], url: &str, agent: &str, limits: &Limits) -> Vec<Statement> {
    let Some(response) = Response::parse(bytes) else { return Vec::new() };
    let content_type = response.header("Content-Type").unwrap_or_default().to_ascii_lowercase();
    let limit = usize::try_from(limits.payload_bytes).unwrap_or(usize::MAX);
    let (body, _) = payload(&response, limit, limits.inflation_ratio);
    let body = match payload_kind(Some(&content_type), &body) {
        PayloadKind::Picture => AnswerBody::Picture(embedded::signals(&body, &EMBEDDED_LIMITS)),
        PayloadKind::Html => AnswerBody::Page(decode_text(&body, Some(&content_type))),
        // Whoever saves an answer by hand may leave its type out.
        PayloadKind::Other if content_type.is_empty() => AnswerBody::Page(decode_text(&body, None)),
        PayloadKind::Other => AnswerBody::Other,
    };
    let speaker = body.speaker();
    let headers = response.headers().filter_map(|line| {
        let signal = Signal::of_header(speaker, line.name, line.raw, limits.signal_bytes)?;
        Some(Signal { at_bytes: Some((line.at as u64, (line.at + line.raw.len()) as u64)), ..signal })
    });
    AnswerRead { headers: headers.collect(), body }.statements(url, url, agent, limits).0
}

impl AnswerBody<'_> {
    /// Who speaks in an answer with this body.
    pub(crate) const fn speaker(&self) -> Speaker {
        match self {
            Self::Picture(_) => Speaker::Picture,
            Self::Page(_) | Self::Other => Speaker::Page,
        }
    }
}
