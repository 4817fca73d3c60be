use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use arrow_array::builder::{Int32Builder, StringBuilder};
use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{DataType, Field, Schema};
use sayso_dataset::{ShardWriter, write_atomically};
use serde_json::json;

use super::member::key;
use crate::Error;
use crate::fetch::journal::Line;
use crate::fetch::kind::FetchKind;
use crate::fetch::part::Part;

/// Writes the table of a shard and its counts, as img2dataset does: a row for each sample, whether it was had or why not.
///
/// Of what is refused there is no row: nothing but a digest is kept of it anywhere.
pub(super) fn write_table(
    folder: &Path,
    name: &str,
    part: &Part,
    part_rows: usize,
    lines: &[&Line],
) -> Result<(), Error> {
    let mut texts: Vec<(&str, StringBuilder)> =
        ["url", "caption", "key", "status", "error_message", "sha256", "uid", "page_url", "creator", "licence"]
            .map(|name| (name, StringBuilder::new()))
            .into();
    let mut numbers: Vec<(&str, Int32Builder)> =
        ["width", "height", "original_width", "original_height"].map(|name| (name, Int32Builder::new())).into();
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    let (mut successes, mut to_resize) = (0_u64, 0_u64);
    for line in lines {
        let row = line.row as usize;
        let Line { outcome, kept, .. } = line;
        *counts.entry(outcome.kind.as_str()).or_default() += 1;
        let is_of_pixels = matches!(outcome.kind, FetchKind::NotDecodable | FetchKind::TooManyPixels);
        successes += u64::from(kept.is_some());
        to_resize += u64::from(is_of_pixels);
        if outcome.refused.is_some() {
            continue;
        }
        let status = match (kept, is_of_pixels) {
            (Some(_), _) => "success",
            (None, true) => "failed_to_resize",
            (None, false) => "failed_to_download",
        };
        let error = format!("{}: {}", outcome.kind, outcome.message);
        for (name, builder) in &mut texts {
            match *name {
                "key" => builder.append_value(key(part, row, part_rows)),
                "status" => builder.append_value(status),
                "error_message" => builder.append_option(kept.is_none().then_some(&error)),
                "sha256" => builder.append_option(outcome.facts.as_ref().map(|facts| &facts.sha256)),
                name => builder.append_option(part.text(name, row)),
            }
        }
        let original = outcome.facts.as_ref().and_then(|facts| facts.size);
        for (name, builder) in &mut numbers {
            let number = match *name {
                "width" => kept.as_ref().map(|kept| kept.width),
                "height" => kept.as_ref().map(|kept| kept.height),
                "original_width" => original.map(|(width, _)| width),
                _ => original.map(|(_, height)| height),
            };
            builder.append_option(number.and_then(|number| i32::try_from(number).ok()));
        }
    }
    let mut fields = Vec::new();
    let mut columns: Vec<ArrayRef> = Vec::new();
    for (name, mut builder) in texts {
        fields.push(Field::new(name, DataType::Utf8, true));
        columns.push(Arc::new(builder.finish()));
    }
    for (name, mut builder) in numbers {
        fields.push(Field::new(name, DataType::Int32, true));
        columns.push(Arc::new(builder.finish()));
    }
    let batch = RecordBatch::try_new(Arc::new(Schema::new(fields)), columns)?;
    let mut writer = ShardWriter::create(folder, &format!("{name}.parquet"), batch.schema())?;
    writer.write(&batch)?;
    writer.finish()?;
    let count = lines.len() as u64;
    let stats = json!({
        "count": count, "successes": successes, "failed_to_download": count - successes - to_resize,
        "failed_to_resize": to_resize, "status_dict": counts,
    });
    // It comes last: a shard that has it is complete.
    Ok(write_atomically(&folder.join(format!("{name}_stats.json")), format!("{stats:#}\n").as_bytes())?)
}
