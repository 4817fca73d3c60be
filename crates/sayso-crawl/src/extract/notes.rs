use sayso_core::{CreatorOrigin, Limits, RecordLocator};

use super::{Run, Span};
use crate::damage::DamageKind;
use crate::pool::{PagePairs, PoolPair};
use crate::record::Record;
use crate::signals::MAX_SIGNALS;

pub(super) fn locator(run: &Run<'_>, record: &Record<'_>, span: Span) -> RecordLocator {
    RecordLocator { file: run.file.into(), offset: span.offset, length: span.length, digest: record.digest.to_owned() }
}

/// The creator of a page's pictures: whom the page names, or else whose account its address names.
pub(super) fn page_creator<'a>(author: Option<&'a str>, account: Option<&'a str>) -> Option<(&'a str, CreatorOrigin)> {
    let author = author.map(|author| (author, CreatorOrigin::MetaAuthor));
    author.or(account.map(|account| (account, CreatorOrigin::Account)))
}

/// Adds a pair unless it breaks a limit. The creator that nobody states may still stand in an address.
pub(super) fn push(pairs: &mut PagePairs<'_>, run: &mut Run<'_>, limits: &Limits, pair: &PoolPair<'_>, span: Span) {
    if pair.url.len() as u64 > limits.url_bytes {
        return url_too_long(run, limits, span);
    }
    if pair.caption.len() as u64 > limits.caption_bytes {
        let message = format!(
            "a caption is longer than {} bytes; raise it with --limit caption-bytes=BYTES",
            limits.caption_bytes
        );
        return run.damage.add(DamageKind::CaptionTooLong, run.file, span.offset, message);
    }
    if (pairs.pool.bytes() - run.pool_bytes_before) as u64 > limits.payload_bytes {
        run.is_full = true;
        return;
    }
    if pair.creator.is_some() || pairs.names_creator() {
        return pairs.push(pair);
    }
    let account = pairs.pool.account_of(pair.url);
    let creator = account.as_deref().map(|account| (account, CreatorOrigin::Account));
    pairs.push(&PoolPair { creator, ..*pair });
}

pub(super) fn too_many_signals(run: &mut Run<'_>, span: Span) {
    run.damage.add(
        DamageKind::TooManySignals,
        run.file,
        span.offset,
        format!("a capture carries more than {MAX_SIGNALS} signals"),
    );
}

pub(super) fn url_too_long(run: &mut Run<'_>, limits: &Limits, span: Span) {
    let message = format!("a URL is longer than {} bytes; raise it with --limit url-bytes=BYTES", limits.url_bytes);
    run.damage.add(DamageKind::Url, run.file, span.offset, message);
}

pub(super) fn page_too_large(run: &mut Run<'_>, limits: &Limits, span: Span) {
    let limit = limits.payload_bytes;
    let message =
        format!("the pairs of a page take more than {limit} bytes; raise it with --limit payload-bytes=BYTES");
    run.damage.add(DamageKind::TooManyLinks, run.file, span.offset, message);
}

pub(super) fn too_many_links(run: &mut Run<'_>, limits: &Limits, span: Span) {
    let message =
        format!("a page has more than {} picture links; raise it with --limit page-links=NUMBER", limits.page_links);
    run.damage.add(DamageKind::TooManyLinks, run.file, span.offset, message);
}
