use url::Url;

use super::domain::{own, readable_host};
use super::refusal::{Refusal, RefusalCode};
use super::shared_hosts::is_shared;

/// Folders of a prefix: looking one up costs a step for each.
pub const MAX_SEGMENTS: usize = 32;

/// Bytes of an address that is claimed.
const MAX_BYTES: usize = 2048;

/// Folders that a prefix has at least where a host serves the works of many.
const SHARED_SEGMENTS: usize = 2;

/// An address in the one form in which it is claimed and looked up: as browsers write it, without fragment, and with `https`
/// for `http`, since whoever owns the one owns the other. `None` for what is no address on the web.
#[must_use]
pub fn address_key(text: &str) -> Option<String> {
    let url = Url::parse(text).ok()?;
    keyed(url)
}

fn keyed(mut url: Url) -> Option<String> {
    let scheme = url.scheme().to_owned();
    if !matches!(scheme.as_str(), "http" | "https") {
        return None;
    }
    url.set_fragment(None);
    let _ = (url.set_username(""), url.set_password(None));
    // A port that is the default of its scheme is gone by now, and one that is not stays.
    if scheme == "http" {
        url.set_scheme("https").ok()?;
    }
    Some(url.into())
}

/// An address that somebody can claim.
pub(super) fn url(text: &str, given: &str) -> Result<String, Refusal> {
    let url = web(text, given)?;
    let key = keyed(url).ok_or_else(|| Refusal::new(RefusalCode::NotWeb, given))?;
    if key.len() > MAX_BYTES { Err(Refusal::new(RefusalCode::TooLong, given)) } else { Ok(key) }
}

/// A folder of a site that somebody can claim, with everything in it.
pub(super) fn prefix(text: &str, given: &str) -> Result<String, Refusal> {
    let no = |code| Err(Refusal::new(code, given));
    if text.contains('*') {
        return no(RefusalCode::Wildcard);
    }
    let mut url = web(text, given)?;
    if url.query().is_some() || url.fragment().is_some() {
        return no(RefusalCode::PrefixQuery);
    }
    // `/~ana` is meant as the folder: it must not hold for `/~anabel`.
    if !url.path().ends_with('/') {
        let folder = format!("{}/", url.path());
        url.set_path(&folder);
    }
    let segments = url.path().split('/').filter(|segment| !segment.is_empty()).count();
    if segments == 0 {
        return no(RefusalCode::PrefixWholeHost);
    }
    if segments > MAX_SEGMENTS || url.path().matches('/').count() > MAX_SEGMENTS + 1 {
        return no(RefusalCode::PrefixTooDeep);
    }
    if segments < SHARED_SEGMENTS && url.host_str().is_some_and(is_shared) {
        return no(RefusalCode::SharedHost);
    }
    let key = keyed(url).ok_or_else(|| Refusal::new(RefusalCode::NotWeb, given))?;
    if key.len() > MAX_BYTES { no(RefusalCode::TooLong) } else { Ok(key) }
}

/// A domain that somebody can claim, with everything under it.
pub(super) fn domain(text: &str, given: &str) -> Result<String, Refusal> {
    let name = own(readable_host(text, given)?, given)?;
    if is_shared(&name) { Err(Refusal::new(RefusalCode::SharedHost, given)) } else { Ok(name) }
}

/// An address on the web whose host everybody can look up.
fn web(text: &str, given: &str) -> Result<Url, Refusal> {
    let no = |code| Err(Refusal::new(code, given));
    let Ok(mut url) = Url::parse(text) else { return no(RefusalCode::Malformed) };
    if !matches!(url.scheme(), "http" | "https") {
        return no(RefusalCode::NotWeb);
    }
    if !url.username().is_empty() || url.password().is_some() {
        return no(RefusalCode::WithPassword);
    }
    let name = readable_host(url.host_str().unwrap_or_default(), given)?;
    if !name.contains('.') {
        return no(RefusalCode::LocalName);
    }
    url.set_host(Some(&name)).map_err(|_| Refusal::new(RefusalCode::Malformed, given))?;
    Ok(url)
}
