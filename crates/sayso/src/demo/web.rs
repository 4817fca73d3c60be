use std::io::{self, Write};

use sayso_core::{Decision, Stance};

use super::draw;
use super::page::Page;
use super::sites::{Robots, SITES, Site};
use super::warc::{Captured, Response, WarcWriter};

const FILENAME: &str = "sayso-demo.warc.gz";

/// What lies in the demo's crawl file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DemoWeb {
    /// The sites, in the order of the file.
    pub sites: Vec<DemoSite>,
    /// Records of the file, of every kind.
    pub records: usize,
}

/// One made-up site, and what is to be expected of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DemoSite {
    /// Its domain.
    pub domain: &'static str,
    /// Who made the pictures, as the site has it.
    pub artist: &'static str,
    /// What the site wishes and how it says so, in one sentence.
    pub wish: &'static str,
    /// HTML pages captured, each counted once.
    pub pages: usize,
    /// Pictures captured.
    pub pictures: usize,
    /// What every pair found on its pages is judged to be for the purpose `train-genai` under the policy `opt-out`.
    pub stance: Stance,
    /// What that leads to under the policy `opt-out`.
    pub decision: Decision,
}

/// Writes the demo's web as a WARC 1.1 file, a gzip member a record. The bytes are the same every time.
pub fn write_web(out: impl Write) -> io::Result<DemoWeb> {
    write_sites(out, SITES)
}

pub(super) fn write_sites(out: impl Write, sites: &'static [Site]) -> io::Result<DemoWeb> {
    let fields = [
        ("software", concat!("sayso/", env!("CARGO_PKG_VERSION"))),
        ("format", "WARC File Format 1.1"),
        ("conformsTo", "https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/"),
        ("isPartOf", "sayso-demo"),
        ("description", "made-up sites of made-up artists; every domain is reserved for examples (RFC 2606)"),
        ("robots", "classic"),
    ];
    let mut crawl = Crawl { warc: WarcWriter::begin(out, "2026-03-02T06:00:00Z", FILENAME, &fields)?, records: 1 };
    for (number, (site, pictures)) in sites.iter().zip(&draw_all(sites)?).enumerate() {
        crawl.visit(number, site, pictures)?;
    }
    crawl.warc.finish()?;
    Ok(DemoWeb { sites: sites.iter().map(describe).collect(), records: crawl.records })
}

fn describe(site: &Site) -> DemoSite {
    let is_html = |page: &&Page| page.content_type().starts_with("text/html");
    DemoSite {
        domain: site.domain(),
        artist: site.artist,
        wish: site.wish,
        pages: site.pages.iter().filter(is_html).count(),
        pictures: site.pictures.len(),
        stance: site.stance,
        decision: if site.stance == Stance::Disallowed { Decision::Refused } else { Decision::Admitted },
    }
}

/// Draws each site's pictures on a thread of its own: whoever waits for a demo should not wait for one core.
fn draw_all(sites: &'static [Site]) -> io::Result<Vec<Vec<Vec<u8>>>> {
    std::thread::scope(|scope| {
        let draw_site = |site: &'static Site| {
            let pictures = site.pictures.iter();
            pictures.map(|picture| draw::png(picture.style, picture.seed, picture.width, picture.height)).collect()
        };
        let artists: Vec<_> = sites.iter().map(|site| scope.spawn(move || draw_site(site))).collect();
        let join = |artist: std::thread::ScopedJoinHandle<'_, io::Result<Vec<Vec<u8>>>>| {
            artist.join().unwrap_or_else(|_| Err(io::Error::other("drawing a picture of the demo failed")))
        };
        artists.into_iter().map(join).collect()
    })
}

struct Crawl<W> {
    warc: WarcWriter<W>,
    records: usize,
}

impl<W: Write> Crawl<W> {
    fn visit(&mut self, number: usize, site: &Site, pictures: &[Vec<u8>]) -> io::Result<()> {
        // The block that is set aside for documentation (RFC 5737).
        let address = format!("192.0.2.{}", 10 + number);
        self.robots(site, &address)?;
        for page in site.pages {
            self.page(site, &address, page)?;
        }
        for (picture, body) in site.pictures.iter().zip(pictures) {
            let mut headers = own_headers("image/png", body.len());
            headers.extend(site.headers.iter().map(|(name, value)| (*name, (*value).to_owned())));
            let url = format!("{}{}", site.origin, picture.path);
            self.response(&Response {
                url: &url,
                date: site.visited,
                address: &address,
                status: "200 OK",
                headers,
                body,
            })?;
        }
        Ok(())
    }

    fn robots(&mut self, site: &Site, address: &str) -> io::Result<()> {
        let (status, kind, body) = match site.robots {
            Robots::Says(text) => ("200 OK", "text/plain; charset=utf-8", text),
            Robots::Missing => {
                ("404 Not Found", "text/html; charset=utf-8", "<!DOCTYPE html><title>404</title><p>Not found.</p>\n")
            }
            Robots::Broken => ("503 Service Unavailable", "text/plain; charset=utf-8", "Service Unavailable\n"),
        };
        let url = format!("{}/robots.txt", site.origin);
        let headers = own_headers(kind, body.len());
        self.response(&Response { url: &url, date: site.visited, address, status, headers, body: body.as_bytes() })?;
        Ok(())
    }

    fn page(&mut self, site: &Site, address: &str, page: &Page) -> io::Result<()> {
        let body = page.body()?;
        let mut headers = own_headers(page.content_type(), body.len());
        if page.packed {
            headers.pop();
            headers.push(("Content-Encoding", "gzip".to_owned()));
            headers.push(("Transfer-Encoding", "chunked".to_owned()));
        }
        headers.extend(site.headers.iter().map(|(name, value)| (*name, (*value).to_owned())));
        let url = format!("{}{}", site.origin, page.path);
        let mut response = Response { url: &url, date: site.visited, address, status: "200 OK", headers, body: &body };
        let captured = self.response(&response)?;
        if let Some(date) = page.seen_again {
            response.date = date;
            self.warc.revisit(&response, &captured)?;
            self.records += 1;
        }
        Ok(())
    }

    fn response(&mut self, response: &Response<'_>) -> io::Result<Captured> {
        self.records += 1;
        self.warc.response(response)
    }
}

fn own_headers(content_type: &str, length: usize) -> Vec<(&'static str, String)> {
    vec![("Content-Type", content_type.to_owned()), ("Content-Length", length.to_string())]
}
