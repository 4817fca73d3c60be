//! Files that lie, break off, or want to be run: each is an error with a hint.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::io::Write;
use std::path::PathBuf;

use serde_json::{Value, json};
use zip::write::SimpleFileOptions;

use super::{Checkpoint, Weights};
use crate::fixture::path;
use crate::{Choices, ClipActivation, ModelError, SscdSize, open};

const CHOICES: Choices = Choices { activation: Some(ClipActivation::Gelu), sscd_size: SscdSize::Square320 };

/// A folder with files that tests write.
struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn file(&self, content: &[u8]) -> PathBuf {
        let path = self.0.path().join("weights");
        fs_err::write(&path, content).unwrap();
        path
    }
}

/// A safetensors file with this header, true or not.
fn safetensors(header: &Value, data: &[u8]) -> Vec<u8> {
    let header = header.to_string();
    [&(header.len() as u64).to_le_bytes(), header.as_bytes(), data].concat()
}

/// A file as torch.save writes it, with this pickle.
fn torch(pickle: &[u8], storages: &[(&str, &[u8])], compression: zip::CompressionMethod) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let stored = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    zip.start_file("archive/data.pkl", stored).unwrap();
    zip.write_all(pickle).unwrap();
    for (key, content) in storages {
        zip.start_file(format!("archive/data/{key}"), stored.compression_method(compression)).unwrap();
        zip.write_all(content).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn refused(content: &[u8], part: &str) {
    let folder = Folder::new();
    let error = open(&folder.file(content), CHOICES).err().unwrap().to_string();
    assert!(error.contains(part), "{error}");
    assert!(error.contains("\nhint: "), "{error}");
}

#[test]
fn what_is_no_checkpoint_is_refused() {
    refused(b"", "neither a safetensors file");
    refused(b"PK\x03\x04", "damaged zip");
    refused(b"\x89PNG\r\n\x1a\n and so on", "neither a safetensors file");
    refused(b"\x80\x02}q\x00.", "neither a safetensors file");
    let folder = Folder::new();
    let error = open(&folder.0.path().join("absent"), CHOICES).err().unwrap();
    assert!(matches!(error, ModelError::File { .. }));
}

#[test]
fn a_header_that_lies_is_refused() {
    let of = |entry: Value| safetensors(&json!({ "a": entry }), &[0; 16]);
    refused(&of(json!({"dtype": "F32", "shape": [4], "data_offsets": [0, 17]})), "another length");
    refused(&of(json!({"dtype": "F32", "shape": [5], "data_offsets": [0, 20]})), "beyond the end");
    refused(&of(json!({"dtype": "F32", "shape": [4], "data_offsets": [16, 0]})), "another length");
    refused(&of(json!({"dtype": "F32", "shape": [4], "data_offsets": [u64::MAX - 16, u64::MAX]})), "beyond the end");
    refused(&of(json!({"dtype": "F32", "shape": [u64::MAX, u64::MAX], "data_offsets": [0, 16]})), "another length");
    refused(&of(json!({"dtype": "Q4", "shape": [4], "data_offsets": [0, 16]})), "unknown kind `Q4`");
    refused(&of(json!({"dtype": "F32", "shape": [-4], "data_offsets": [0, 16]})), "nothing sound");
    refused(&of(json!("F32")), "nothing sound");
    refused(&safetensors(&json!({}), &[]), "belong to no net");
    // Two tensors of one place, that the file has room for once.
    let entry = json!({"dtype": "F32", "shape": [1000], "data_offsets": [0, 4000]});
    refused(&safetensors(&json!({ "a": entry, "b": entry }), &[0; 4000]), "lie on each other");
    // A header longer than the file, and one longer than any.
    let mut lying = safetensors(&json!({}), &[0; 16]);
    lying[..8].copy_from_slice(&u64::MAX.to_le_bytes());
    refused(&lying, "neither a safetensors file");
    let mut long = vec![b' '; 17 << 20];
    long[..8].copy_from_slice(&(16_u64 << 20 | 1).to_le_bytes());
    refused(&long, "are the most");
    // JSON as deep as the header is long.
    let deep = "[".repeat(100_000);
    let deep = format!("{{\"a\":{deep}");
    refused(&[&(deep.len() as u64).to_le_bytes(), deep.as_bytes()].concat(), "no JSON");
}

/// The little CLIP with its header and data changed.
fn changed(change: impl FnOnce(&mut serde_json::Map<String, Value>, &mut Vec<u8>)) -> Vec<u8> {
    let content = fs_err::read(path("sscd.safetensors")).unwrap();
    let length = usize::try_from(u64::from_le_bytes(content[..8].try_into().unwrap())).unwrap();
    let mut header: serde_json::Map<String, Value> = serde_json::from_slice(&content[8..8 + length]).unwrap();
    let mut data = content[8 + length..].to_vec();
    change(&mut header, &mut data);
    safetensors(&Value::Object(header), &data)
}

#[test]
fn a_tensor_that_is_missing_misshapen_or_too_many_is_refused() {
    let name = "backbone.layer2.1.conv2.weight";
    assert!(open(&Folder::new().file(&changed(|_, _| ())), CHOICES).is_ok());
    refused(&changed(|header, _| drop(header.remove(name))), "layer2.1.conv2.weight` of");
    refused(&changed(|header, _| drop(header.remove("backbone.fc.bias"))), "is missing");
    refused(&changed(|header, _| header[name]["shape"] = json!([8, 8, 9])), "has the shape [8, 8, 9]");
    refused(&changed(|header, _| header[name]["dtype"] = json!("I32")), "holds whole numbers");
    let more = |header: &mut serde_json::Map<String, Value>, data: &mut Vec<u8>, name: &str| {
        let mut entry = header["backbone.fc.bias"].clone();
        let place = |at: usize| usize::try_from(entry["data_offsets"][at].as_u64().unwrap()).unwrap();
        let bytes = data[place(0)..place(1)].to_vec();
        entry["data_offsets"] = json!([data.len(), data.len() + bytes.len()]);
        data.extend(bytes);
        header.insert(name.to_owned(), entry);
    };
    refused(&changed(|header, data| more(header, data, "backbone.layer2.2.more.weight")), "layer2.2.conv1.weight` of");
    refused(&changed(|header, data| more(header, data, "backbone.fc.more")), "is none that this net has");
}

#[test]
fn what_is_no_number_is_refused() {
    for bits in [f32::NAN, f32::INFINITY] {
        let content = changed(|header, data| {
            let start = usize::try_from(header["backbone.fc.bias"]["data_offsets"][0].as_u64().unwrap()).unwrap();
            data[start + 8..start + 12].copy_from_slice(&bits.to_le_bytes());
        });
        refused(&content, "holds what is no number, first at position 2");
    }
    let negative = changed(|header, data| {
        let name = "backbone.bn1.running_var";
        let start = usize::try_from(header[name]["data_offsets"][0].as_u64().unwrap()).unwrap();
        data[start..start + 4].copy_from_slice(&(-1.0_f32).to_le_bytes());
    });
    refused(&negative, "negative variance");
}

const STORED: zip::CompressionMethod = zip::CompressionMethod::Stored;

#[test]
fn a_pickle_with_code_is_not_run() {
    for (pickle, call) in [
        // os.system("…"), as protocol 0, 2 and 4 write it.
        (&b"cposix\nsystem\n(S'true'\ntR."[..], "instruction 0x53"),
        (b"\x80\x02cposix\nsystem\nq\x00X\x04\x00\x00\x00trueq\x01\x85q\x02Rq\x03.", "`posix.system`"),
        (b"\x80\x04\x8c\x05posix\x94\x8c\x06system\x94\x93\x94\x8c\x04true\x94\x85\x94R\x94.", "`posix.system`"),
        (b"\x80\x02cbuiltins\nexec\nX\x04\x00\x00\x00pass\x85R.", "`builtins.exec`"),
        (b"\x80\x02ctorch\nload\nX\x01\x00\x00\x00x\x85R.", "`torch.load`"),
        (b"\x80\x02csubprocess\nPopen\nX\x01\x00\x00\x00x\x85\x81.", "`subprocess.Popen`"),
        // INST, OBJ and extensions, which do the same.
        (b"(X\x04\x00\x00\x00trueiposix\nsystem\n.", "instruction 0x69"),
        (b"(cposix\nsystem\nX\x04\x00\x00\x00trueo.", "instruction 0x6f"),
        (b"\x80\x02\x82\x01.", "instruction 0x82"),
    ] {
        refused(&torch(pickle, &[], STORED), call);
    }
}

#[test]
fn a_pickle_that_makes_much_of_little_is_refused() {
    // A dict of dicts of … the same dict: 10 to the power of 30 ways to the innermost.
    let mut pickle = b"\x80\x02}q\x00".to_vec();
    for level in 0..30_u8 {
        pickle.extend(b"}(");
        for key in 0..10_u8 {
            pickle.extend([b'X', 1, 0, 0, 0, b'a' + key, b'h', level]);
        }
        pickle.extend([b'u', b'q', level + 1]);
    }
    pickle.push(b'.');
    refused(&torch(&pickle, &[], STORED), "nests too many values");
    // A dict that holds itself.
    refused(&torch(b"\x80\x02}q\x00X\x01\x00\x00\x00ah\x00s.", &[], STORED), "nests too many values");
    // Depth without end, of tuples.
    let mut deep = b"\x80\x02N".to_vec();
    deep.extend(std::iter::repeat_n(0x85, 1_000_000));
    deep.push(b'.');
    refused(&torch(&deep, &[], STORED), "belong to no net");
}

#[test]
fn a_pickle_that_makes_long_names_of_short_ones_is_refused() {
    let text = |text: &[u8]| [b"X", &u32::try_from(text.len()).unwrap().to_le_bytes()[..], text].concat();
    // A module's name of 2000 bytes, taken again and again.
    let long = text(&[b'a'; 2000]);
    let pickle = [b"\x80\x04", &long[..], b"\x94", b"h\x00h\x00\x93", b")R."].concat();
    refused(&torch(&pickle, &[], STORED), "a name of more than 1024 bytes");
    let key = [b"\x80\x02(", &text(b"storage")[..], b"ctorch\nFloatStorage\n", &long, b"tQ."].concat();
    refused(&torch(&key, &[], STORED), "a name of more than 1024 bytes");
    // A shape with nine sides.
    let mut pickle = one_tensor(0, 4, 1);
    let at = pickle.windows(3).position(|bytes| bytes == [b'K', 4, 0x85]).unwrap();
    let nine = [&b"("[..], &b"K\x01".repeat(9), b"t"].concat();
    pickle.splice(at..at + 3, nine);
    refused(&torch(&pickle, &[("0", &[0; 16])], STORED), "places a tensor in an unknown way");
}

/// A pickle that names one tensor `a`: storage `0` of floats, with these numbers.
fn one_tensor(offset: u8, side: u8, stride: u8) -> Vec<u8> {
    let mut pickle = b"\x80\x02}X\x01\x00\x00\x00actorch._utils\n_rebuild_tensor_v2\n((".to_vec();
    pickle.extend(b"X\x07\x00\x00\x00storagectorch\nFloatStorage\nX\x01\x00\x00\x000X\x03\x00\x00\x00cpuK\x04tQ");
    pickle.extend([b'K', offset, b'K', side, 0x85, b'K', stride, 0x85, 0x89]);
    pickle.extend(b"ccollections\nOrderedDict\n)RtRs.");
    pickle
}

#[test]
fn a_tensor_stays_inside_its_storage() {
    let four = [1.0_f32, 2.0, 3.0, 4.0].map(f32::to_le_bytes).concat();
    let folder = Folder::new();
    let file = folder.file(&torch(&one_tensor(1, 3, 1), &[("0", &four)], STORED));
    let mut weights = Weights::new(Checkpoint::open(&file).unwrap());
    assert_eq!(weights.numbers("a", &[3]).unwrap(), [2.0, 3.0, 4.0]);
    for (offset, side, stride, part) in [
        (2, 3, 1, "beyond its storage"),
        (0, 5, 1, "beyond its storage"),
        (0, 4, 0, "not stored in their order"),
        (0, 2, 2, "not stored"),
    ] {
        refused(&torch(&one_tensor(offset, side, stride), &[("0", &four)], STORED), part);
    }
    refused(&torch(&one_tensor(0, 4, 1), &[("1", &four)], STORED), "is missing");
    refused(&torch(&one_tensor(0, 4, 1), &[("0", &four)], zip::CompressionMethod::Deflated), "compressed");
}

#[test]
fn a_pickle_that_breaks_off_is_refused() {
    let pickle = one_tensor(0, 4, 1);
    for length in 0..pickle.len() {
        refused(&torch(&pickle[..length], &[("0", &[0; 16])], STORED), "pickle");
    }
}

#[test]
fn no_change_of_a_file_makes_it_panic() {
    let mut dice = 1_u64;
    let mut next = |below: usize| {
        dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(dice >> 33).unwrap() % below
    };
    let pickle = fs_err::read(path("clip.state.pt")).unwrap();
    let (start, end) = {
        let mut zip = zip::ZipArchive::new(std::io::Cursor::new(&pickle)).unwrap();
        let name = zip.file_names().flatten().find(|name| name.ends_with("data.pkl")).unwrap().into_owned();
        let file = zip.by_name(&name).unwrap();
        let start = usize::try_from(file.data_start().unwrap()).unwrap();
        (start, start + usize::try_from(file.size()).unwrap())
    };
    let pickle = pickle[start..end].to_vec();
    let header = fs_err::read(path("sscd.safetensors")).unwrap();
    for _ in 0..2_000 {
        let mut changed = pickle.clone();
        for _ in 0..1 + next(3) {
            let place = next(changed.len());
            changed[place] = u8::try_from(next(256)).unwrap();
        }
        let _ = super::pickle::tensors(std::path::Path::new("x"), &changed);
    }
    let folder = Folder::new();
    for _ in 0..200 {
        let mut changed = header.clone();
        for _ in 0..1 + next(3) {
            // Mostly the header.
            let place = next(12_000);
            changed[place] = u8::try_from(next(256)).unwrap();
        }
        let _ = open(&folder.file(&changed), CHOICES);
    }
}
