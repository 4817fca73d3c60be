use std::sync::Arc;

use arrow_array::ArrayRef;
use arrow_array::builder::{BinaryBuilder, StringBuilder, UInt8Builder, UInt32Builder, UInt64Builder};
use sayso_consent::embedded;
use sayso_picture::{PictureFaultKind, decode_luminance};
use sha2::Digest as _;

use crate::import::table::PictureFile;
use crate::pictures::PICTURE_LIMITS;
use crate::signals::EMBEDDED_LIMITS;

/// What is known of the pictures of a chunk, as the columns of a sample have it.
#[derive(Default)]
pub(in crate::import) struct FactColumns {
    width: UInt32Builder,
    height: UInt32Builder,
    bytes: UInt64Builder,
    sha256: StringBuilder,
    pdq: StringBuilder,
    quality: UInt8Builder,
    features: BinaryBuilder,
    /// For each picture, the signals inside it, as JSON.
    pub(in crate::import) signals: Vec<Option<String>>,
    /// Pictures that cannot be decoded, by number, and why.
    pub(in crate::import) undecoded: Vec<(usize, String)>,
}

/// Looks at every picture. Features take most of the time.
pub(in crate::import) fn facts_of(pictures: &[PictureFile], with_features: bool) -> FactColumns {
    let mut columns = FactColumns::default();
    for (at, picture) in pictures.iter().enumerate() {
        let signals = embedded::signals(&picture.bytes, &EMBEDDED_LIMITS);
        columns.signals.push((!signals.is_empty()).then(|| serde_json::to_string(&signals).ok()).flatten());
        columns.bytes.append_value(picture.bytes.len() as u64);
        let digest = sha2::Sha256::digest(&picture.bytes);
        columns.sha256.append_value(sayso_core::Sha256(digest.into()).to_string());
        match decode_luminance(&picture.bytes, &PICTURE_LIMITS) {
            Ok(decoded) => {
                let hashed = decoded.spectrum().map(|spectrum| spectrum.hashed());
                columns.width.append_value(decoded.width());
                columns.height.append_value(decoded.height());
                columns.pdq.append_option(hashed.map(|hashed| hashed.pdq.to_string()));
                columns.quality.append_option(hashed.map(|hashed| hashed.quality));
                columns.features.append_option(with_features.then(|| decoded.features().to_bytes()));
            }
            Err(fault) => {
                columns.width.append_null();
                columns.height.append_null();
                columns.pdq.append_null();
                columns.quality.append_null();
                columns.features.append_null();
                // A drawing is whole without pixels.
                if fault.kind != PictureFaultKind::Drawing {
                    columns.undecoded.push((at, fault.message));
                }
            }
        }
    }
    columns
}

impl FactColumns {
    /// The columns, under the names that samples have for them.
    pub(in crate::import) fn finish(mut self) -> Vec<(&'static str, ArrayRef)> {
        vec![
            ("width", Arc::new(self.width.finish())),
            ("height", Arc::new(self.height.finish())),
            ("picture_bytes", Arc::new(self.bytes.finish())),
            ("sha256", Arc::new(self.sha256.finish())),
            ("pdq", Arc::new(self.pdq.finish())),
            ("pdq_quality", Arc::new(self.quality.finish())),
            ("features", Arc::new(self.features.finish())),
        ]
    }
}
