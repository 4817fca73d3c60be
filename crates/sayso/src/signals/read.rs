use sayso_consent::agents::AgentTable;
use sayso_consent::embedded::{self, EmbeddedLimits};
use sayso_consent::robots::RobotsFetch;
use sayso_consent::statements;
use sayso_core::{Limits, Signal, Speaker, Statement};
use sayso_crawl::html::{PageLimits, PageReader};
use sayso_crawl::http::{Response, decode_text, payload};
use sayso_crawl::{SiteFile, path_of};

use super::SourceKind;
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
        SourceKind::Html => statements(&of_page(&decode_text(bytes, None), url, limits), agents, agent),
        SourceKind::HttpAnswer => statements(&of_answer(bytes, url, limits), agents, agent),
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

/// The signals of a saved answer: its headers, and those of the page or picture behind them.
fn of_answer(bytes: &[u8], url: &str, limits: &Limits) -> Vec<Signal> {
    let Some(response) = Response::parse(bytes) else { return Vec::new() };
    let content_type = response.header("Content-Type").unwrap_or_default().to_ascii_lowercase();
    let is_picture = content_type.starts_with("image/");
    let speaker = if is_picture { Speaker::Picture } else { Speaker::Page };
    let lines = response.headers();
    let mut signals: Vec<Signal> = lines
        .filter_map(|line| {
            let signal = Signal::of_header(speaker, line.name, line.raw, limits.signal_bytes)?;
            Some(Signal { at_bytes: Some((line.at as u64, (line.at + line.raw.len()) as u64)), ..signal })
        })
        .collect();
    let limit = usize::try_from(limits.payload_bytes).unwrap_or(usize::MAX);
    let (body, _) = payload(&response, limit, limits.inflation_ratio);
    if is_picture {
        signals.extend(embedded::signals(&body, &EMBEDDED_LIMITS));
    } else if content_type.is_empty() || content_type.contains("html") {
        signals.extend(of_page(&decode_text(&body, Some(&content_type)), url, limits));
    }
    signals
}
