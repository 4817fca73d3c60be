use sayso_core::{CreatorOrigin, Signal, Speaker};
use sha2::{Digest, Sha256};

use super::notes::{locator, page_creator, page_too_large, push, too_many_links, too_many_signals, url_too_long};
use super::{Extractor, Run, Span};
use crate::damage::DamageKind;
use crate::domain::{origin_of, path_of};
use crate::html::{PageLimits, PageReader};
use crate::http::{PayloadFlaws, Response, decode_text, payload};
use crate::pool::{PoolPage, PoolPair};
use crate::record::Record;
use crate::signals::Signals;
use crate::sites::{SiteFact, SiteFile};

impl Extractor {
    /// A response or resource: a page, a picture, a robots.txt, or something that is passed over.
    pub(super) fn capture(&mut self, run: &mut Run<'_>, record: &Record<'_>, span: Span) {
        if !record.target_uri.get(..4).is_some_and(|scheme| scheme.eq_ignore_ascii_case("http")) {
            return;
        }
        let speaks = speaks_for_a_site(record.target_uri);
        let response = if record.http {
            let Some(response) = Response::parse(record.block) else {
                if run.robots_only && !speaks {
                    return;
                }
                run.damage.add(DamageKind::HttpHeader, run.file, span.offset, "a response has no status line");
                return;
            };
            Some(response)
        } else {
            None
        };
        let content_type = match &response {
            Some(response) => response.header("Content-Type"),
            None => Some(record.content_type),
        };
        if run.robots_only && !speaks && !may_be_rsl(content_type) {
            return;
        }
        let status = response.as_ref().map_or(200, |response| response.status);
        if is_robots(record.target_uri) {
            return self.robots(run, record, response.as_ref(), status, span);
        }
        if !(200..300).contains(&status) {
            return;
        }
        let limit = usize::try_from(self.limits.payload_bytes).unwrap_or(usize::MAX);
        let (body, flaws) = match &response {
            Some(response) => payload(response, limit, self.limits.inflation_ratio),
            None => (record.block.into(), PayloadFlaws::default()),
        };
        let signal_limit = self.limits.signal_bytes;
        let header_signals = |speaker| -> Signals {
            let mut signals = Signals::default();
            let lines = response.iter().flat_map(Response::headers);
            signals.extend(lines.filter_map(|line| Signal::of_header(speaker, line.name, line.raw, signal_limit)));
            signals
        };
        let kind = payload_kind(content_type, &body);
        let path = path_of(record.target_uri);
        // Many sites answer every address with a page, which is then no file of theirs.
        let name = SiteFile::of(path, content_type.unwrap_or_default());
        let name = name.or_else(|| (may_be_rsl(content_type) && is_rsl(&body)).then_some(SiteFile::Rsl));
        if let Some(name) = name
            && !matches!(kind, PayloadKind::Html)
        {
            payload_flaws(run, PayloadFlaws { too_large: false, ..flaws }, span);
            // What cannot be unpacked says something that nobody can read, which its reader is told by a byte that no such
            // file has.
            let body = if flaws.encoding { &b"\0"[..] } else { &body };
            return self.site_file(run, record, name, content_type, body, span);
        }
        if run.robots_only {
            return;
        }
        match kind {
            PayloadKind::Html => {
                payload_flaws(run, flaws, span);
                run.counts.pages += 1;
                if record.target_uri.len() as u64 > self.limits.url_bytes {
                    url_too_long(run, &self.limits, span);
                    return;
                }
                let mut signals = header_signals(Speaker::Page);
                self.html(run, record, &decode_text(&body, content_type), &mut signals, span);
            }
            PayloadKind::Picture => {
                payload_flaws(run, flaws, span);
                run.counts.pictures += 1;
                if flaws == PayloadFlaws::default() {
                    self.picture(run, record, &body, header_signals(Speaker::Picture), span);
                }
            }
            PayloadKind::Other => {}
        }
    }

    pub(super) fn html(
        &mut self,
        run: &mut Run<'_>,
        record: &Record<'_>,
        text: &str,
        signals: &mut Signals,
        span: Span,
    ) {
        let attribute_bytes = usize::try_from(self.limits.attribute_bytes).unwrap_or(usize::MAX);
        let page =
            PageReader::read(text, record.target_uri, PageLimits { links: self.limits.page_links, attribute_bytes });
        let limit = self.limits.signal_bytes;
        signals.extend(page.signals(limit));
        run.counts.pages_with_signals += u64::from(!signals.is_empty());
        if signals.is_over {
            too_many_signals(run, span);
            return;
        }
        let (page_signals, signals) = (&*signals, signals.to_json());
        let account = self.pool.account_of(record.target_uri);
        let pool_page = PoolPage {
            url: record.target_uri,
            captured_at: record.date.read(),
            creator: page_creator(page.author.as_deref(), account.as_deref()),
            licence: page.licence(&[]),
            file: run.file,
            offset: span.offset,
            length: span.length,
            digest: record.digest,
            signals: signals.as_deref(),
        };
        let mut pairs = self.pool.page(pool_page);
        for pair in &page.pairs {
            // What JSON-LD states for one picture is nothing that the page says of the others.
            let own_signals = (!pair.licences.is_empty()).then(|| {
                let mut signals = page_signals.clone();
                signals.extend(pair.licences.iter().map(|licence| licence.signal(limit)));
                signals.to_json()
            });
            let own_signals = own_signals.flatten();
            let pair = PoolPair {
                url: &pair.url,
                caption: &pair.caption,
                origin: pair.origin,
                creator: pair.creator.as_deref().map(|creator| (creator, CreatorOrigin::JsonLd)),
                licence: page.licence(&pair.licences).filter(|_| !pair.licences.is_empty()),
                signals: own_signals.as_deref(),
            };
            push(&mut pairs, run, &self.limits, &pair, span);
        }
        drop(pairs);
        if std::mem::take(&mut run.is_full) {
            page_too_large(run, &self.limits, span);
        } else if page.pairs_over_limit > 0 {
            too_many_links(run, &self.limits, span);
        }
        if page.oversized > 0 {
            let limit = self.limits.attribute_bytes;
            let message = format!(
                "{} attributes or scripts are larger than {limit} bytes; raise it with --limit attribute-bytes=BYTES",
                page.oversized
            );
            run.damage.add(DamageKind::AttributeTooLarge, run.file, span.offset, message);
        }
        if page.bad_urls > 0 {
            run.damage.add(DamageKind::Url, run.file, span.offset, format!("{} sources are no URLs", page.bad_urls));
        }
        if page.bad_jsonld > 0 {
            run.damage.add(
                DamageKind::JsonLd,
                run.file,
                span.offset,
                format!("{} JSON-LD scripts are no JSON", page.bad_jsonld),
            );
        }
    }

    pub(super) fn robots(
        &mut self,
        run: &mut Run<'_>,
        record: &Record<'_>,
        response: Option<&Response<'_>>,
        status: u16,
        span: Span,
    ) {
        run.counts.robots += 1;
        // A redirect says nothing of its own; the record it leads to does.
        if (300..400).contains(&status) {
            return;
        }
        // One byte more than is read: so its reader sees that the file goes on and leaves out the line that was cut.
        let limit = usize::try_from(self.limits.robots_bytes.saturating_add(1)).unwrap_or(usize::MAX);
        let mut status = status;
        let body = match response {
            _ if !(200..300).contains(&status) => String::new(),
            Some(response) => {
                let (body, flaws) = payload(response, limit, self.limits.inflation_ratio);
                if flaws.encoding {
                    // It was there and could not be read: as good as one that was not to be had.
                    payload_flaws(run, PayloadFlaws { encoding: true, ..PayloadFlaws::default() }, span);
                    status = 503;
                }
                if flaws.encoding { String::new() } else { String::from_utf8_lossy(&body).into_owned() }
            }
            None => String::from_utf8_lossy(record.block.get(..limit.min(record.block.len())).unwrap_or_default())
                .into_owned(),
        };
        let fact =
            SiteFact::Robots { status, body, captured_at: record.date.read(), record: locator(run, record, span) };
        self.fact(run, &SiteFact::robots_key(&origin_of(record.target_uri)), &fact, span);
    }

    /// A file of a site besides robots.txt.
    fn site_file(
        &mut self,
        run: &mut Run<'_>,
        record: &Record<'_>,
        name: SiteFile,
        content_type: Option<&str>,
        body: &[u8],
        span: Span,
    ) {
        // One byte more than is read, so that its reader sees that the file goes on.
        let limit = usize::try_from(self.limits.robots_bytes.saturating_add(1)).unwrap_or(usize::MAX);
        let body = body.get(..limit.min(body.len())).unwrap_or_default();
        let fact = SiteFact::File {
            name,
            content_type: content_type.unwrap_or_default().chars().take(200).collect(),
            body: String::from_utf8_lossy(body).into_owned(),
            captured_at: record.date.read(),
            record: locator(run, record, span),
        };
        let key = SiteFact::file_key(&origin_of(record.target_uri), path_of(record.target_uri));
        self.fact(run, &key, &fact, span);
    }

    pub(super) fn picture(
        &mut self,
        run: &mut Run<'_>,
        record: &Record<'_>,
        body: &[u8],
        mut signals: Signals,
        span: Span,
    ) {
        let read = (self.read_picture)(body);
        signals.extend(read.signals);
        if let Some(message) = read.damage {
            run.damage.add(DamageKind::Picture, run.file, span.offset, message);
        }
        if signals.is_over {
            too_many_signals(run, span);
        }
        let size = imagesize::blob_size(body)
            .ok()
            .and_then(|size| Some((u32::try_from(size.width).ok()?, u32::try_from(size.height).ok()?)));
        let fact = SiteFact::Picture {
            sha256: sayso_core::Sha256(Sha256::digest(body).into()).to_string(),
            bytes: body.len() as u64,
            size,
            pdq: read.pdq,
            features: read.features,
            signals: signals.into_kept(),
            captured_at: record.date.read(),
            record: locator(run, record, span),
        };
        self.fact(run, &SiteFact::picture_key(record.target_uri), &fact, span);
        if !record.digest.is_empty() {
            self.fact(run, &SiteFact::digest_key(record.digest), &fact, span);
        }
    }

    pub(super) fn revisit(&mut self, run: &mut Run<'_>, record: &Record<'_>, span: Span) {
        run.counts.revisits += 1;
        if record.digest.is_empty() {
            run.damage.add(DamageKind::RevisitUnresolved, run.file, span.offset, "a revisit names no payload digest");
            return;
        }
        let limit = self.limits.signal_bytes;
        let response = Response::parse(record.block);
        let lines = response.iter().flat_map(Response::headers);
        let mut signals = Signals::default();
        signals.extend(lines.filter_map(|line| Signal::of_header(Speaker::Page, line.name, line.raw, limit)));
        if signals.is_over {
            too_many_signals(run, span);
        }
        let fact = SiteFact::Revisit {
            url: record.target_uri.to_owned(),
            signals: signals.into_kept(),
            captured_at: record.date.read(),
            record: locator(run, record, span),
        };
        self.fact(run, &SiteFact::revisit_key(record.digest), &fact, span);
        self.fact(run, &SiteFact::revisited_url_key(record.target_uri), &fact, span);
    }

    pub(super) fn fact(&mut self, run: &mut Run<'_>, key: &str, fact: &SiteFact, span: Span) {
        if self.sites.push(key, fact).is_err() {
            run.damage.add(
                DamageKind::RecordHeader,
                run.file,
                span.offset,
                "a record's facts cannot be written as JSON",
            );
        }
    }
}

fn payload_flaws(run: &mut Run<'_>, flaws: PayloadFlaws, span: Span) {
    for (found, kind, message) in [
        (flaws.chunked, DamageKind::Chunked, "a chunked body does not follow its chunk sizes"),
        (flaws.encoding, DamageKind::ContentEncoding, "a content encoding is unknown or broken"),
        (
            flaws.too_large,
            DamageKind::PayloadTooLarge,
            "a payload is larger than the limit; raise it with --limit payload-bytes=BYTES, or inflation-ratio=NUMBER",
        ),
    ] {
        if found {
            run.damage.add(kind, run.file, span.offset, message);
        }
    }
}

/// What a payload is, as far as it can say something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PayloadKind {
    /// A page.
    Html,
    /// A picture.
    Picture,
    /// Anything else.
    Other,
}

/// What a payload is: by its Content-Type, and by its first bytes where that says nothing.
#[must_use]
pub fn payload_kind(content_type: Option<&str>, body: &[u8]) -> PayloadKind {
    let media_type = content_type.unwrap_or("").split(';').next().unwrap_or("").trim().to_ascii_lowercase();
    match media_type.as_str() {
        "text/html" | "application/xhtml+xml" => PayloadKind::Html,
        image if image.starts_with("image/") => PayloadKind::Picture,
        "" | "application/octet-stream" | "unknown/unknown" => {
            let start = body.get(..512.min(body.len())).unwrap_or_default().trim_ascii_start().to_ascii_lowercase();
            if [&b"<!doctype html"[..], b"<html", b"<head", b"<body"].iter().any(|tag| start.starts_with(tag)) {
                PayloadKind::Html
            } else if imagesize::image_type(body).is_ok() {
                PayloadKind::Picture
            } else {
                PayloadKind::Other
            }
        }
        _ => PayloadKind::Other,
    }
}

/// Whether something of this media type may be an RSL document: most servers call them XML.
fn may_be_rsl(content_type: Option<&str>) -> bool {
    let media_type = content_type.unwrap_or_default().split(';').next().unwrap_or_default().trim();
    ["application/rsl+xml", "text/xml", "application/xml"].iter().any(|known| media_type.eq_ignore_ascii_case(known))
}

/// Whether a document is of RSL's namespace, which stands at its start.
fn is_rsl(body: &[u8]) -> bool {
    let start = body.get(..body.len().min(16 << 10)).unwrap_or_default();
    memchr::memmem::find(start, b"rslstandard.org/rsl").is_some()
}

/// Whether the file at a URL speaks for its whole site.
pub(super) fn speaks_for_a_site(url: &str) -> bool {
    is_robots(url) || SiteFile::of(path_of(url), "").is_some()
}

/// Whether the URL is that of a site's robots.txt.
pub(super) fn is_robots(url: &str) -> bool {
    let path = url.split_once("://").and_then(|(_, rest)| rest.find('/').and_then(|slash| rest.get(slash..)));
    path.is_some_and(|path| path.split(['?', '#']).next() == Some("/robots.txt"))
}
