//! What the numeric tests share: the fixtures, and how far a tensor is from the expected one.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::HashMap;
use std::io::Write;
use std::path::{Path, PathBuf};

use candle_core::{Device, Tensor};
use serde::Deserialize;

/// A fixture; `tests/fixtures/export.py` wrote it.
pub(crate) fn path(name: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "tests", "fixtures", name].iter().collect()
}

/// Copies a folder with all that is in it.
pub(crate) fn copied(from: &Path, to: &Path) {
    fs_err::create_dir_all(to).unwrap();
    for entry in fs_err::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copied(&entry.path(), &target);
        } else {
            fs_err::copy(entry.path(), target).unwrap();
        }
    }
}

/// The tensors of a fixture.
pub(crate) fn tensors(name: &str) -> HashMap<String, Tensor> {
    candle_core::safetensors::load(path(name), &Device::Cpu).unwrap()
}

/// A tensor made of its name, as `tests/fixtures/families.py` makes it: the names' FNV-1a, each number's place mixed with it,
/// and 24 bits of that. Matrices keep variances about what they are, norms lie around one, and biases around zero.
pub(crate) fn formula(name: &str, shape: &[usize]) -> Vec<f32> {
    let start = name.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    let (base, scale) = match shape {
        [_] if name.ends_with(".weight") => (1.0, 0.1),
        [] | [_] => (0.0, 0.1),
        [_, rest @ ..] => (0.0, 1.7 / (rest.iter().product::<usize>() as f64).sqrt()),
    };
    let number = |at: u32| {
        let mut bits = at.wrapping_mul(0x9e37_79b1).wrapping_add(start);
        bits = (bits ^ (bits >> 16)).wrapping_mul(0x7feb_352d);
        bits = (bits ^ (bits >> 15)).wrapping_mul(0x846c_a68b);
        bits ^= bits >> 16;
        let part = f64::from(bits >> 8) / f64::from(1 << 23) - 1.0;
        (base + part * scale) as f32
    };
    (0_u32..).take(shape.iter().product()).map(number).collect()
}

/// The length of the difference, as a share of the expected length.
pub(crate) fn distance(made: &Tensor, expected: &Tensor) -> f64 {
    assert_eq!(made.dims(), expected.dims());
    let numbers = |tensor: &Tensor| tensor.flatten_all().unwrap().to_vec1::<f32>().unwrap();
    let (made, expected) = (numbers(made), numbers(expected));
    let square = |number: f64| number * number;
    let difference: f64 = made.iter().zip(&expected).map(|(a, b)| square(f64::from(*a) - f64::from(*b))).sum();
    let length: f64 = expected.iter().map(|number| square(f64::from(*number))).sum();
    assert!(length > 0.0 && difference.is_finite());
    (difference / length).sqrt()
}

/// A family's little model as a single file has it: names and shapes, and a sum of each tensor that diffusers makes of them.
#[derive(Deserialize)]
pub(crate) struct Family {
    pub(crate) tensors: Vec<(String, Vec<usize>)>,
    pub(crate) converted: Vec<(String, f64)>,
}

/// The family of this name; `tests/fixtures/families.py` wrote it.
pub(crate) fn family(name: &str) -> Family {
    let mut all: HashMap<String, Family> =
        serde_json::from_str(&fs_err::read_to_string(path("families.json")).unwrap()).unwrap();
    all.remove(name).unwrap()
}

/// Its tensors, made of their names. With nine channels, the net draws into pictures.
pub(crate) fn family_tensors(name: &str, channels: usize) -> HashMap<String, Tensor> {
    let tensor = |(name, mut shape): (String, Vec<usize>)| {
        if name == "model.diffusion_model.input_blocks.0.0.weight" {
            shape[1] = channels;
        }
        let tensor = Tensor::from_vec(formula(&name, &shape), shape.as_slice(), &Device::Cpu).unwrap();
        (name, tensor)
    };
    family(name).tensors.into_iter().map(tensor).collect()
}

/// Tensors as `torch.save` writes them, or only this pickle.
pub(crate) fn pickled(tensors: &HashMap<String, Tensor>, pickle: Option<&[u8]>) -> Vec<u8> {
    let mut data = b"\x80\x02}(".to_vec();
    let text = |data: &mut Vec<u8>, text: &str| {
        data.push(b'X');
        data.extend(u32::try_from(text.len()).unwrap().to_le_bytes());
        data.extend(text.as_bytes());
    };
    let number = |data: &mut Vec<u8>, number: usize| {
        data.push(b'J');
        data.extend(u32::try_from(number).unwrap().to_le_bytes());
    };
    for (key, (name, tensor)) in tensors.iter().enumerate() {
        text(&mut data, name);
        data.extend(b"ctorch._utils\n_rebuild_tensor_v2\n((");
        text(&mut data, "storage");
        data.extend(b"ctorch\nFloatStorage\n");
        text(&mut data, &key.to_string());
        text(&mut data, "cpu");
        number(&mut data, tensor.elem_count());
        data.extend(b"tQ");
        number(&mut data, 0);
        for sides in [tensor.dims(), tensor.stride()] {
            data.push(b'(');
            sides.iter().for_each(|side| number(&mut data, *side));
            data.push(b't');
        }
        data.extend(b"\x89ccollections\nOrderedDict\n)RtR");
    }
    data.extend(b"u.");
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let stored = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    zip.start_file("archive/data.pkl", stored).unwrap();
    zip.write_all(pickle.unwrap_or(&data)).unwrap();
    for (key, tensor) in tensors.values().enumerate() {
        zip.start_file(format!("archive/data/{key}"), stored).unwrap();
        let numbers = tensor.flatten_all().unwrap().to_vec1::<f32>().unwrap();
        zip.write_all(&numbers.iter().flat_map(|number| number.to_le_bytes()).collect::<Vec<u8>>()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}
