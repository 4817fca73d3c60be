//! Files of every container, made up around given packets. Their pictures are missing: nobody here looks at one.

/// Packets to be put into a file.
#[derive(Default, Clone, Copy)]
pub(crate) struct Put<'a> {
    pub(crate) xmp: &'a [u8],
    pub(crate) c2pa: &'a [u8],
    pub(crate) exif: &'a [u8],
}

type Maker = fn(Put<'_>) -> Vec<u8>;

/// Every container by its name.
pub(crate) const CONTAINERS: &[(&str, Maker)] = &[
    ("jpeg", jpeg),
    ("png", png),
    ("webp", webp),
    ("gif", gif),
    ("tiff, little", |put| tiff(put, true)),
    ("tiff, big", |put| tiff(put, false)),
    ("avif", avif),
    ("svg", svg),
];

pub(crate) fn rdf(attributes: &str, elements: &str) -> String {
    format!(
        "<x:xmpmeta xmlns:x='adobe:ns:meta/'><r:RDF xmlns:r='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>\
         <r:Description r:about='' xmlns:p='http://ns.useplus.org/ldf/xmp/1.0/' \
         xmlns:rights='http://ns.adobe.com/xap/1.0/rights/' xmlns:d='http://purl.org/dc/elements/1.1/' \
         xmlns:note='http://ns.adobe.com/xmp/note/' {attributes}>{elements}</r:Description></r:RDF></x:xmpmeta>"
    )
}

pub(crate) fn data_mining(term: &str) -> String {
    rdf(&format!("p:DataMining='http://ns.useplus.org/ldf/vocab/{term}'"), "")
}

pub(crate) fn jpeg_of(segments: &[(u8, Vec<u8>)]) -> Vec<u8> {
    let mut file = vec![0xff, 0xd8];
    for (marker, body) in segments {
        file.extend([0xff, *marker]);
        file.extend(u16::try_from(body.len() + 2).unwrap().to_be_bytes());
        file.extend(body);
    }
    file.extend([0xff, 0xda, 0, 2, 1, 2, 3, 0xff, 0xd9]);
    file
}

/// The segments of a box that is cut every 300 bytes.
pub(crate) fn jumbf_segments(store: &[u8]) -> Vec<(u8, Vec<u8>)> {
    let (header, payload) = store.split_at(store.len().min(8));
    let piece = |(number, piece): (usize, &[u8])| {
        let sequence = u32::try_from(number + 1).unwrap().to_be_bytes();
        (0xeb, [b"JP\x02\x11", &sequence[..], header, piece].concat())
    };
    payload.chunks(300).enumerate().map(piece).collect()
}

fn jpeg(put: Put<'_>) -> Vec<u8> {
    let mut segments =
        vec![(0xe1, [b"Exif\0\0", put.exif].concat()), (0xe1, [b"http://ns.adobe.com/xap/1.0/\0", put.xmp].concat())];
    segments.extend(jumbf_segments(put.c2pa));
    jpeg_of(&segments)
}

pub(crate) fn png_of(chunks: &[(&[u8; 4], Vec<u8>)]) -> Vec<u8> {
    let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
    for (kind, data) in chunks {
        file.extend(u32::try_from(data.len()).unwrap().to_be_bytes());
        file.extend(*kind);
        file.extend(data);
        file.extend([0; 4]);
    }
    file
}

pub(crate) fn itxt(xmp: &[u8], compressed: u8) -> Vec<u8> {
    [b"XML:com.adobe.xmp\0", &[compressed, 0][..], b"en\0\0", xmp].concat()
}

fn png(put: Put<'_>) -> Vec<u8> {
    png_of(&[
        (b"IHDR", vec![0; 13]),
        (b"caBX", put.c2pa.to_vec()),
        (b"eXIf", put.exif.to_vec()),
        (b"IDAT", vec![0; 9]),
        (b"iTXt", itxt(put.xmp, 0)),
        (b"IEND", Vec::new()),
    ])
}

fn webp(put: Put<'_>) -> Vec<u8> {
    let mut body = b"WEBP".to_vec();
    for (kind, data) in [(b"VP8X", &[0; 10][..]), (b"EXIF", put.exif), (b"XMP ", put.xmp), (b"C2PA", put.c2pa)] {
        body.extend(kind);
        body.extend(u32::try_from(data.len()).unwrap().to_le_bytes());
        body.extend(data);
        body.extend(std::iter::repeat_n(0, data.len() % 2));
    }
    [b"RIFF", &u32::try_from(body.len()).unwrap().to_le_bytes()[..], &body].concat()
}

fn gif(put: Put<'_>) -> Vec<u8> {
    let mut file = b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff\x21\xff\x0bC2PA_GIF\x01\0\0".to_vec();
    for block in put.c2pa.chunks(255) {
        file.push(u8::try_from(block.len()).unwrap());
        file.extend(block);
    }
    file.extend(b"\0\x2c\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0\x21\xff\x0bXMP DataXMP");
    file.extend(put.xmp);
    file.push(1);
    file.extend((0..=255).rev());
    file.extend(b"\0\x3b");
    file
}

/// A TIFF structure with one directory: tag, type, value.
pub(crate) fn tiff_of(entries: &[(u16, u16, &[u8])], little: bool) -> Vec<u8> {
    let two = |n: usize| u16::try_from(n).map(|n| if little { n.to_le_bytes() } else { n.to_be_bytes() }).unwrap();
    let four = |n: usize| u32::try_from(n).map(|n| if little { n.to_le_bytes() } else { n.to_be_bytes() }).unwrap();
    let mut file = if little { b"II*\0".to_vec() } else { b"MM\0*".to_vec() };
    file.extend(four(8));
    file.extend(two(entries.len()));
    let mut at = 8 + 2 + 12 * entries.len() + 4;
    let mut values: Vec<u8> = Vec::new();
    for (tag, kind, value) in entries {
        file.extend(two(usize::from(*tag)));
        file.extend(two(usize::from(*kind)));
        file.extend(four(value.len()));
        if let Ok(inline) = <[u8; 4]>::try_from(*value) {
            file.extend(inline);
        } else {
            file.extend(four(at));
            at += value.len();
            values.extend_from_slice(value);
        }
    }
    file.extend(four(0));
    file.extend(values);
    file
}

fn tiff(put: Put<'_>, little: bool) -> Vec<u8> {
    tiff_of(&[(315, 2, b"Ada\0"), (700, 1, put.xmp), (33432, 2, b"(c) Ada\0"), (52545, 7, put.c2pa)], little)
}

pub(crate) fn boxed(kind: &[u8; 4], parts: &[&[u8]]) -> Vec<u8> {
    let payload = parts.concat();
    [&u32::try_from(payload.len() + 8).unwrap().to_be_bytes()[..], kind, &payload].concat()
}

fn avif(put: Put<'_>) -> Vec<u8> {
    let uuid = b"\xd8\xfe\xc3\xd6\x1b\x0e\x48\x3c\x92\x97\x58\x28\x87\x7e\xc4\x81\0\0\0\0manifest\0\0\0\0\0\0\0\0\0";
    let exif = [b"\0\0\0\0", put.exif].concat();
    let infe = |id: u8, rest: &[u8]| boxed(b"infe", &[&[2, 0, 0, 0, 0, id, 0, 0], rest]);
    let iinf = boxed(b"iinf", &[&[0, 0, 0, 0, 0, 2], &infe(1, b"Exif\0"), &infe(2, b"mime\0application/rdf+xml\0")]);
    let four = |n: usize| u32::try_from(n).unwrap().to_be_bytes();
    // Items of method 1: both lie in the `idat` box, each in one extent.
    let place = |id: u8, at: usize, len: usize| [&[0, id, 0, 1, 0, 0, 0, 1][..], &four(at), &four(len)].concat();
    let places = [place(1, 0, exif.len()), place(2, exif.len(), put.xmp.len())].concat();
    let iloc = boxed(b"iloc", &[&[1, 0, 0, 0, 0x44, 0, 0, 2], &places]);
    let idat = boxed(b"idat", &[&exif, put.xmp]);
    [
        boxed(b"ftyp", &[b"avif\0\0\0\0mif1"]),
        boxed(b"uuid", &[uuid, put.c2pa]),
        boxed(b"meta", &[&[0; 4], &iinf, &iloc, &idat]),
        boxed(b"mdat", &[&[0; 20]]),
    ]
    .concat()
}

fn svg(put: Put<'_>) -> Vec<u8> {
    let digit = |sextet: u8| b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"[usize::from(sextet)];
    let bits: Vec<u8> = put.c2pa.iter().flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1)).collect();
    let sextet = |bits: &[u8]| bits.iter().fold(0, |sum, bit| sum << 1 | bit) << (6 - bits.len());
    let base64: Vec<u8> = bits.chunks(6).map(|bits| digit(sextet(bits))).collect();
    let mut file = b"<?xml version='1.0'?>\n<svg xmlns='http://www.w3.org/2000/svg'><metadata>".to_vec();
    file.extend(put.xmp);
    file.extend(b"<c2pa:manifest>\n");
    file.extend(base64.chunks(76).collect::<Vec<_>>().join(&b'\n'));
    file.extend(b"</c2pa:manifest></metadata><path d='M0 0'/></svg>");
    file
}

/// A JUMBF superbox.
pub(crate) fn superbox(kind: &[u8; 4], label: &str, children: &[&[u8]]) -> Vec<u8> {
    let tail = b"\x00\x11\x00\x10\x80\x00\x00\xaa\x00\x38\x9b\x71\x03";
    let description = boxed(b"jumd", &[kind, tail, label.as_bytes(), b"\0"]);
    boxed(b"jumb", &[&description, &children.concat()])
}

/// A manifest with one assertion in it, which holds one box.
pub(crate) fn manifest(kind: &[u8; 4], label: &str, content: &[u8]) -> Vec<u8> {
    let assertion = superbox(b"cbor", label, &[content]);
    let other = superbox(b"cbor", "c2pa.actions", &[&boxed(b"cbor", &[&[0xa0]])]);
    superbox(kind, "urn:uuid:1", &[&superbox(b"c2as", "c2pa.assertions", &[&other, &assertion])])
}

/// A store of these manifests.
pub(crate) fn store(manifests: &[Vec<u8>]) -> Vec<u8> {
    superbox(b"c2pa", "c2pa", &[&manifests.concat()])
}

/// JSON, as CBOR. Only objects and strings.
pub(crate) fn cbor(json: &serde_json::Value) -> Vec<u8> {
    let head = |major: u8, len: usize| [major << 5 | 25, 0, u8::try_from(len).unwrap()];
    match json {
        serde_json::Value::String(text) => [&head(3, text.len())[..], text.as_bytes()].concat(),
        serde_json::Value::Object(entries) => {
            let entries = entries.iter().flat_map(|(key, value)| [cbor(&key.as_str().into()), cbor(value)]);
            let count = json.as_object().map_or(0, serde_json::Map::len);
            [&head(5, count)[..], &entries.collect::<Vec<_>>().concat()].concat()
        }
        _ => vec![0xf6],
    }
}
