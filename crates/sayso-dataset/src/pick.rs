use parquet::arrow::arrow_reader::{RowSelection, RowSelector};
use parquet::file::metadata::ParquetMetaData;

/// The row groups in which these rows of a shard lie, sorted and each once, and where they are in these.
///
/// A reader opens a chunk of each column in each row group that it is given, if only to pass over it, and for each makes a
/// context for zstd, which asks the processor what it can do. Where the processor is a virtual one, that takes longer than
/// inflating a page.
pub(crate) fn picked(metadata: &ParquetMetaData, rows: &[u32]) -> (Vec<usize>, RowSelection) {
    let (mut groups, mut selectors) = (Vec::new(), Vec::new());
    let (mut first, mut rest) = (0_u64, rows);
    for (number, group) in metadata.row_groups().iter().enumerate() {
        let end = first.saturating_add(u64::try_from(group.num_rows()).unwrap_or(0));
        let (inside, behind) = rest.split_at(rest.partition_point(|row| u64::from(*row) < end));
        if !inside.is_empty() {
            let mut at = first;
            for row in inside {
                let skipped = u64::from(*row).saturating_sub(at);
                selectors.extend([RowSelector::skip(skipped as usize), RowSelector::select(1)]);
                at = u64::from(*row) + 1;
            }
            selectors.push(RowSelector::skip(end.saturating_sub(at) as usize));
            groups.push(number);
        }
        (first, rest) = (end, behind);
    }
    (groups, RowSelection::from(selectors))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use std::fs::File;
    use std::sync::Arc;

    use arrow_array::cast::AsArray;
    use arrow_array::types::UInt32Type;
    use arrow_array::{RecordBatch, UInt32Array};
    use arrow_schema::{DataType, Field, Schema};
    use parquet::arrow::ArrowWriter;
    use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder};
    use parquet::file::properties::WriterProperties;

    use super::picked;

    /// The numbers from 0, a thousand in a row group.
    fn numbers(most: u32) -> File {
        let schema = Arc::new(Schema::new(vec![Field::new("number", DataType::UInt32, false)]));
        let properties = WriterProperties::builder()
            .set_data_page_size_limit(256)
            .set_write_batch_size(16)
            .set_max_row_group_row_count(Some(1_000))
            .build();
        let mut file = tempfile::tempfile().unwrap();
        let mut writer = ArrowWriter::try_new(&mut file, Arc::clone(&schema), Some(properties)).unwrap();
        let numbers = UInt32Array::from_iter_values(0..most);
        writer.write(&RecordBatch::try_new(schema, vec![Arc::new(numbers)]).unwrap()).unwrap();
        writer.close().unwrap();
        file
    }

    #[test]
    fn rows_are_those_that_were_written() {
        let file = numbers(3_500);
        let metadata = ArrowReaderMetadata::load(&file, ArrowReaderOptions::new()).unwrap();
        for (rows, opened) in [
            (vec![], vec![]),
            (vec![0], vec![0]),
            (vec![3_499], vec![3]),
            (vec![999, 1_000], vec![0, 1]),
            (vec![5, 6, 8, 3_000, 3_499], vec![0, 3]),
            ((0..3_500).collect(), vec![0, 1, 2, 3]),
            // What is behind the last row is nowhere.
            (vec![2_000, 3_500], vec![2]),
        ] {
            let (groups, selection) = picked(metadata.metadata(), &rows);
            assert_eq!(groups, opened);
            let reader =
                ParquetRecordBatchReaderBuilder::new_with_metadata(file.try_clone().unwrap(), metadata.clone());
            let reader = reader.with_row_groups(groups).with_row_selection(selection).build().unwrap();
            let found: Vec<u32> = reader
                .flat_map(|batch| batch.unwrap().column(0).as_primitive::<UInt32Type>().values().to_vec())
                .collect();
            let expected: Vec<u32> = rows.into_iter().filter(|row| *row < 3_500).collect();
            assert_eq!(found, expected);
        }
    }
}
