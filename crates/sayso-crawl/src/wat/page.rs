use std::borrow::Cow;

use super::json::Cursor;
use super::links::picture_links;
use super::string::unescape;

/// What a WAT record says of one capture. Strings are raw until they are asked for.
#[derive(Debug, Clone, Default)]
pub struct WatPage<'a> {
    target_uri: &'a str,
    date: &'a str,
    digest: &'a str,
    file: &'a str,
    offset: &'a str,
    length: &'a str,
    headers: Option<&'a str>,
    metas: Option<&'a str>,
    head_links: Option<&'a str>,
    base: Option<&'a str>,
    links: Option<&'a str>,
}

/// A picture link with its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WatLink<'a> {
    /// `url` as the page wrote it.
    pub url: Cow<'a, str>,
    /// `alt`; never empty.
    pub alt: Cow<'a, str>,
}

/// The error of a WAT record whose JSON cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WatError;

/// Reads the JSON of one WAT record. `Ok(None)` when it describes no HTML page with links.
pub fn read_page(json: &[u8]) -> Result<Option<WatPage<'_>>, WatError> {
    // All of it at once: one vectorised pass is cheaper than a check of each string that is wanted.
    let json = simdutf8::basic::from_utf8(json).map_err(|_| WatError)?;
    let mut page = WatPage::default();
    let mut is_page = false;
    let mut cursor = Cursor::new(json, 0);
    if !json.trim_ascii_start().starts_with('{') {
        return Err(WatError);
    }
    let read = cursor.object(|key, cursor| match key {
        "Container" => page.read_container(cursor),
        "Envelope" => page.envelope(cursor, &mut is_page),
        _ => cursor.skip(),
    });
    read.ok_or(WatError)?;
    Ok((is_page && page.links.is_some()).then_some(page))
}

impl<'a> WatPage<'a> {
    fn read_container(&mut self, cursor: &mut Cursor<'a>) -> Option<()> {
        cursor.object(|key, cursor| {
            match key {
                "Filename" => self.file = cursor.string_or_skip()?.unwrap_or_default(),
                "Offset" => self.offset = cursor.raw()?,
                "Gzip-Metadata" => cursor.object(|key, cursor| {
                    match key {
                        "Deflate-Length" => self.length = cursor.raw()?,
                        _ => cursor.skip()?,
                    }
                    Some(())
                })?,
                _ => cursor.skip()?,
            }
            Some(())
        })
    }

    fn envelope(&mut self, cursor: &mut Cursor<'a>, is_page: &mut bool) -> Option<()> {
        cursor.object(|key, cursor| match key {
            "WARC-Header-Metadata" => cursor.object(|key, cursor| {
                match key {
                    "WARC-Target-URI" => self.target_uri = cursor.string_or_skip()?.unwrap_or_default(),
                    "WARC-Date" => self.date = cursor.string_or_skip()?.unwrap_or_default(),
                    "WARC-Payload-Digest" => self.digest = cursor.string_or_skip()?.unwrap_or_default(),
                    _ => cursor.skip()?,
                }
                Some(())
            }),
            "Payload-Metadata" => cursor.object(|key, cursor| match key {
                "HTTP-Response-Metadata" => self.response(cursor, is_page),
                _ => cursor.skip(),
            }),
            _ => cursor.skip(),
        })
    }

    fn response(&mut self, cursor: &mut Cursor<'a>, is_page: &mut bool) -> Option<()> {
        cursor.object(|key, cursor| {
            match key {
                "Headers" => self.headers = Some(cursor.raw()?),
                "HTML-Metadata" => {
                    *is_page = true;
                    cursor.object(|key, cursor| {
                        match key {
                            "Head" => self.head(cursor)?,
                            "Links" if cursor.is_array() => self.links = Some(cursor.raw()?),
                            _ => cursor.skip()?,
                        }
                        Some(())
                    })?;
                }
                _ => cursor.skip()?,
            }
            Some(())
        })
    }

    fn head(&mut self, cursor: &mut Cursor<'a>) -> Option<()> {
        cursor.object(|key, cursor| {
            match key {
                "Base" => self.base = cursor.string_or_skip()?,
                "Metas" => self.metas = Some(cursor.raw()?),
                "Link" => self.head_links = Some(cursor.raw()?),
                _ => cursor.skip()?,
            }
            Some(())
        })
    }

    /// The page's address.
    #[must_use]
    pub fn target_uri(&self) -> Option<Cow<'a, str>> {
        unescape(self.target_uri).filter(|uri| !uri.is_empty())
    }

    /// When the page was captured, as written.
    #[must_use]
    pub fn date(&self) -> Option<Cow<'a, str>> {
        unescape(self.date)
    }

    /// The payload digest of the capture's record.
    #[must_use]
    pub fn digest(&self) -> Cow<'a, str> {
        unescape(self.digest).unwrap_or_default()
    }

    /// The WARC file that holds the capture, with the record's offset and length in it where they are said.
    #[must_use]
    pub fn container(&self) -> (Cow<'a, str>, u64, u64) {
        // Both numbers stand as strings in Common Crawl's files, as numbers in others'.
        let number = |raw: &str| raw.trim_matches('"').parse().unwrap_or(0);
        (unescape(self.file).unwrap_or_default(), number(self.offset), number(self.length))
    }

    /// The page's `<base href>`.
    #[must_use]
    pub fn base(&self) -> Option<Cow<'a, str>> {
        self.base.and_then(unescape)
    }

    /// Calls `found` with name and value of each response header; a repeated header is called once a value.
    pub fn headers(&self, mut found: impl FnMut(&str, &str)) {
        let Some(headers) = self.headers else { return };
        let _ = Cursor::new(headers, 0).object(|name, cursor| {
            // Nearly all headers carry no signal: their values are not looked at.
            if sayso_core::SignalKind::of_header(name).is_none() {
                return cursor.skip();
            }
            if cursor.is_array() {
                return cursor.array(|cursor| {
                    if let Some(value) = cursor.string_or_skip()?.and_then(unescape) {
                        found(name, &value);
                    }
                    Some(())
                });
            }
            if let Some(value) = cursor.string_or_skip()?.and_then(unescape) {
                found(name, &value);
            }
            Some(())
        });
    }

    /// Calls `found` with name (or property, or http-equiv) and content of each meta element.
    pub fn metas(&self, mut found: impl FnMut(&str, &str)) {
        let Some(metas) = self.metas else { return };
        let _ = Cursor::new(metas, 0).array(|cursor| {
            let (mut name, mut content) = (None, None);
            cursor.object(|key, cursor| {
                match key {
                    "name" | "property" | "http-equiv" => name = cursor.string_or_skip()?.or(name),
                    "content" => content = cursor.string_or_skip()?,
                    _ => cursor.skip()?,
                }
                Some(())
            })?;
            if let (Some(name), Some(content)) = (name.and_then(unescape), content.and_then(unescape)) {
                found(&name, &content);
            }
            Some(())
        });
    }

    /// Calls `found` with the target of each `<link rel="license">`.
    pub fn licences(&self, mut found: impl FnMut(&str)) {
        let links = self.head_links.filter(|links| memchr::memmem::find(links.as_bytes(), b"license").is_some());
        let Some(links) = links else { return };
        let _ = Cursor::new(links, 0).array(|cursor| {
            let (mut rel, mut url) = (None, None);
            cursor.object(|key, cursor| {
                match key {
                    "rel" => rel = cursor.string_or_skip()?,
                    "url" => url = cursor.string_or_skip()?,
                    _ => cursor.skip()?,
                }
                Some(())
            })?;
            let is_licence = rel
                .and_then(unescape)
                .is_some_and(|rel| rel.split_ascii_whitespace().any(|word| word.eq_ignore_ascii_case("license")));
            if is_licence && let Some(url) = url.and_then(unescape) {
                found(&url);
            }
            Some(())
        });
    }

    /// Calls `found` with each picture link that has a caption, up to `limit`; whether there were no more.
    pub fn pictures(&self, limit: u64, mut found: impl FnMut(WatLink<'a>)) -> Result<PicturesEnd, WatError> {
        let Some(links) = self.links else { return Ok(PicturesEnd::All) };
        let (mut taken, mut end, mut damaged) = (0, PicturesEnd::All, false);
        let read = picture_links(links, |link| {
            if link.alt.is_empty() {
                return;
            }
            if taken == limit {
                end = PicturesEnd::Limit;
                return;
            }
            match (link.url.and_then(unescape), unescape(link.alt)) {
                (Some(url), Some(alt)) => {
                    taken += 1;
                    found(WatLink { url, alt });
                }
                _ => damaged = true,
            }
        });
        if read.is_none() || damaged { Err(WatError) } else { Ok(end) }
    }
}

/// How the walk over a page's pictures ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PicturesEnd {
    /// All were taken.
    All,
    /// There were more than the limit.
    Limit,
}
