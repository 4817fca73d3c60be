use sayso_core::{CaptionOrigin, Signal, SignalKind, Speaker};

use super::notes::{page_creator, page_too_large, push, too_many_links, too_many_signals, url_too_long};
use super::{Extractor, Run, Span};
use crate::damage::DamageKind;
use crate::html::{LicenceElement, StatedLicence};
use crate::pool::{PoolPage, PoolPair};
use crate::record::Record;
use crate::signals::Signals;
use crate::wat::{Base, PicturesEnd, WatPage, read_page};

impl Extractor {
    /// A metadata record: one page of a WAT, or something else that is passed over.
    pub(super) fn wat(&mut self, run: &mut Run<'_>, record: &Record<'_>, span: Span) {
        if !record.content_type.trim_ascii().starts_with("application/json") {
            return;
        }
        let page = match read_page(record.block) {
            Ok(Some(page)) => page,
            Ok(None) => return,
            Err(_) => {
                run.damage.add(DamageKind::WatJson, run.file, span.offset, "the JSON of a WAT record cannot be read");
                return;
            }
        };
        run.counts.pages += 1;
        self.wat_page(run, record, &page, span);
    }

    pub(super) fn wat_page(&mut self, run: &mut Run<'_>, record: &Record<'_>, page: &WatPage<'_>, span: Span) {
        let Some(target_uri) = page.target_uri() else { return };
        if target_uri.len() as u64 > self.limits.url_bytes {
            url_too_long(run, &self.limits, span);
            return;
        }
        let limit = self.limits.signal_bytes;
        let mut signals = Signals::default();
        let (mut author, mut licence_shown) = (None, None);
        page.headers(|name, value| signals.extend(Signal::of_header(Speaker::Page, name, value.as_bytes(), limit)));
        page.metas(|name, content| {
            let signal = Signal::of_meta(Speaker::Page, name, content, limit);
            if licence_shown.is_none() && signal.as_ref().is_some_and(|signal| signal.kind == SignalKind::Licence) {
                licence_shown = Some(content.trim().to_owned());
            }
            signals.extend(signal);
            if author.is_none() && name.eq_ignore_ascii_case("author") && !content.trim().is_empty() {
                author = Some(content.trim().to_owned());
            }
        });
        page.licences(|address| {
            let licence = StatedLicence { how: LicenceElement::Link, address: address.to_owned() };
            signals.extend(Some(licence.signal(limit)));
            if licence_shown.is_none() {
                licence_shown = Some(licence.address);
            }
        });
        run.counts.pages_with_signals += u64::from(!signals.is_empty());
        if signals.is_over {
            too_many_signals(run, span);
            return;
        }
        let signals = signals.to_json();
        let account = self.pool.account_of(&target_uri);
        let (file, offset, length) = page.container();
        let digest = page.digest();
        let captured_at = page.date().and_then(|date| date.parse().ok()).or_else(|| record.date.read());
        let pool_page = PoolPage {
            url: &target_uri,
            captured_at,
            creator: page_creator(author.as_deref(), account.as_deref()),
            licence: licence_shown.as_deref(),
            file: if file.is_empty() { run.file } else { &file },
            offset: if file.is_empty() { span.offset } else { offset },
            length: if file.is_empty() { span.length } else { length },
            digest: &digest,
            signals: signals.as_deref(),
        };
        let (mut joined, mut rooms) = (String::new(), [String::new(), String::new()]);
        let [room, base_room] = &mut rooms;
        let base = Base::parse(&target_uri, room).and_then(|base| match page.base() {
            // A base that leads nowhere leaves the page's own address in force.
            Some(href) if base.join(&href, &mut joined) => Base::parse(&joined, base_room),
            _ => Ok(base),
        });
        let Ok(base) = base else {
            run.damage.add(DamageKind::Url, run.file, span.offset, "the page's own address is no URL");
            return;
        };
        let (limits, mut url) = (self.limits, std::mem::take(&mut self.url));
        let mut pairs = self.pool.page(pool_page);
        let end = page.pictures(limits.page_links, |link| {
            if base.join(&link.url, &mut url) {
                let pair = PoolPair {
                    url: &url,
                    caption: &link.alt,
                    origin: CaptionOrigin::Alt,
                    creator: None,
                    licence: None,
                    signals: None,
                };
                push(&mut pairs, run, &limits, &pair, span);
            }
        });
        drop(pairs);
        self.url = url;
        let is_full = std::mem::take(&mut run.is_full);
        match end {
            _ if is_full => page_too_large(run, &self.limits, span),
            Ok(PicturesEnd::All) => {}
            Ok(PicturesEnd::Limit) => too_many_links(run, &self.limits, span),
            Err(_) => {
                run.damage.add(DamageKind::WatJson, run.file, span.offset, "a link of a WAT record cannot be read");
            }
        }
    }
}
