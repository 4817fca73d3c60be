//! A studio in which nothing is learned, and those who come to it.

use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use sayso::Error;
use sayso::online::SystemClock;
use sayso::studio::{
    Keeping, MadeFile, MakeOrder, Progress, Studio, StudioLimits, StudioOptions, TrainOrder, Trained, Workshop,
};
use sayso_core::{Policy, PolicyName, Purpose, UsageCategory};
use sayso_server::RegistryLimits;

use super::keeping::{Visitor, between, generous, service};
use super::{Answer, Running, demo_dataset, limits, start_as};

/// Trains nothing: nobody gets as far here.
struct Idle;

impl Workshop for Idle {
    fn base_name(&self) -> &str {
        "none"
    }

    fn train(&self, _: &TrainOrder<'_>, _: &AtomicBool, _: &mut dyn FnMut(Progress<'_>)) -> Result<Trained, Error> {
        Err(Error::Cancelled)
    }

    fn make(&self, _: &MakeOrder<'_>, _: &AtomicBool, _: &mut dyn FnMut(usize, usize)) -> Result<Vec<MadeFile>, Error> {
        Err(Error::Cancelled)
    }
}

/// A studio with a registry beside it, and with so many sessions of one network.
pub(crate) fn studio(dir: &Path, from_network: usize) -> Studio {
    let options = StudioOptions {
        folder: dir.join("studio"),
        registry: dir.join("registry"),
        policy: Policy::new(PolicyName::OptIn, Purpose(UsageCategory::FineTune)),
        names: Vec::new(),
        keeping: Keeping { most: Duration::from_secs(3_600), idle: None },
        limits: StudioLimits {
            pictures: 4,
            picture_bytes: 1 << 20,
            session_bytes: 1 << 20,
            sessions: 10_000,
            from_network,
            judged_at_once: NonZeroUsize::MIN,
            waiting: 2,
            steps: 10,
            made: 4,
        },
        clock: Arc::new(SystemClock),
    };
    Studio::open(options, Box::new(Idle)).unwrap()
}

/// A server with such a studio, behind a proxy that says who asks.
pub(crate) fn serve(dir: &Path, from_network: usize) -> Running {
    serve_within(dir, from_network, generous())
}

pub(crate) fn serve_within(dir: &Path, from_network: usize, limits_of: RegistryLimits) -> Running {
    let mut service = service(&dir.join("registry"), limits_of);
    service.is_behind_proxy = true;
    start_as(&[demo_dataset().to_owned()], limits(), |server| {
        server.keep_registry(service).unwrap().open_studio(studio(dir, from_network))
    })
}

/// Somebody with a session.
pub(crate) struct Guest {
    pub(crate) visitor: Visitor,
    pub(crate) form: String,
}

impl Guest {
    /// Begins a session from an address.
    pub(crate) fn begin(server: &Running, from: &str) -> Result<Self, Answer> {
        let mut visitor = Visitor::default();
        visitor.headers.push(("x-forwarded-for", from.to_owned()));
        let begun = visitor.post_as_it_is(server, "/studio/session", &[]);
        if begun.status != 303 {
            return Err(begun);
        }
        let page = visitor.get(server, "/studio").body;
        Ok(Self { form: between(&page, "name=\"form\" value=\"", "\"").to_owned(), visitor })
    }

    pub(crate) fn post(&mut self, server: &Running, path: &str, fields: &[(&str, &str)]) -> Answer {
        let form = self.form.clone();
        self.visitor.post_as_it_is(server, path, &[&[("form", form.as_str())], fields].concat())
    }

    /// Sends pictures as a browser does.
    pub(crate) fn bring(&self, server: &Running, pictures: &[&[u8]]) -> Answer {
        let mut headers = self.visitor.headers.clone();
        headers.push(("content-type", "multipart/form-data; boundary=edge".to_owned()));
        headers.push(("cookie", self.visitor.cookie.clone()));
        server.ask("POST", "/studio/pictures", &headers, &self.body(pictures))
    }

    pub(crate) fn body(&self, pictures: &[&[u8]]) -> Vec<u8> {
        let mut body = format!("--edge\r\ncontent-disposition: form-data; name=\"form\"\r\n\r\n{}\r\n", self.form);
        let mut body = std::mem::take(&mut body).into_bytes();
        for bytes in pictures {
            body.extend(b"--edge\r\ncontent-disposition: form-data; name=\"pictures\"; filename=\"a.png\"\r\n\r\n");
            body.extend(*bytes);
            body.extend(b"\r\n");
        }
        body.extend(b"--edge--\r\n");
        body
    }
}

/// A picture that says nothing: noise that no two numbers have in common, and that does not get smaller.
pub(crate) fn picture(seed: u32, side: u32) -> Vec<u8> {
    let mut state = seed.wrapping_mul(2_654_435_761) | 1;
    let mut pixels = Vec::new();
    for _ in 0..side * side * 3 {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        pixels.push((state >> 24) as u8);
    }
    png(side, &pixels)
}

/// A PNG by hand: stored blocks in a zlib stream.
fn png(side: u32, pixels: &[u8]) -> Vec<u8> {
    let mut raw = Vec::new();
    for row in pixels.chunks((side * 3) as usize) {
        raw.push(0);
        raw.extend(row);
    }
    let mut data = vec![0x78, 0x01];
    let blocks: Vec<&[u8]> = raw.chunks(60_000).collect();
    for (at, block) in blocks.iter().enumerate() {
        data.push(u8::from(at + 1 == blocks.len()));
        let length = u16::try_from(block.len()).unwrap();
        data.extend(length.to_le_bytes());
        data.extend((!length).to_le_bytes());
        data.extend(*block);
    }
    let (mut a, mut b) = (1_u32, 0_u32);
    for byte in &raw {
        a = (a + u32::from(*byte)) % 65_521;
        b = (b + a) % 65_521;
    }
    data.extend((b << 16 | a).to_be_bytes());
    let mut header = Vec::new();
    header.extend(side.to_be_bytes());
    header.extend(side.to_be_bytes());
    header.extend([8, 2, 0, 0, 0]);
    let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
    for (name, content) in [(b"IHDR", &header), (b"IDAT", &data), (b"IEND", &Vec::new())] {
        file.extend(u32::try_from(content.len()).unwrap().to_be_bytes());
        let named = [&name[..], content].concat();
        let crc = named.iter().fold(!0_u32, |crc, byte| {
            (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 })
        });
        file.extend(&named);
        file.extend((!crc).to_be_bytes());
    }
    file
}
