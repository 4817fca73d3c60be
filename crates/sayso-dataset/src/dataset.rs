use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::{BooleanArray, RecordBatch};
use arrow_schema::{FieldRef, Schema, SchemaRef};
use arrow_select::filter::filter_record_batch;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder, RowSelection, RowSelector,
};
use parquet::file::metadata::PageIndexPolicy;
use sayso_core::{RowMask, Sample};

use crate::pick::picked;
use crate::removed::removed_rows;
use crate::retire::place_of;
use crate::{DatasetError, FEATURES, Manifest, SampleColumns, Stamp};

/// A dataset's newest snapshot, open for reading.
///
/// Rows that were removed from the snapshot are passed over by everything that hands out samples, but for [`Self::samples_at`],
/// which is asked for places that an index found, and [`Self::scan_all`], by which indexes number the rows.
#[derive(Clone)]
pub struct Dataset {
    dir: PathBuf,
    manifest: Manifest,
    /// Each shard's footer, read once: it leads to the pages of a row without a scan.
    shards: Vec<(PathBuf, ArrowReaderMetadata)>,
    /// The place of each shard's first row among all.
    starts: Vec<u64>,
    /// Places of rows that its shards hold and that are no part of it any more.
    removed: Arc<RowMask>,
    stamp: Option<Stamp>,
}

impl Dataset {
    /// Opens the snapshot that `CURRENT` names.
    pub fn open(dir: &Path) -> Result<Self, DatasetError> {
        // Before it is read: what comes while this reads is seen as a change.
        let stamp = Stamp::of(dir);
        let manifest = Manifest::current(dir)?;
        let shards =
            manifest.samples.iter().map(|entry| open_shard(&place_of(dir, &entry.file))).collect::<Result<_, _>>()?;
        let starts = manifest.samples.iter().scan(0, |next, entry| Some(std::mem::replace(next, *next + entry.rows)));
        let starts = starts.collect();
        let removed = Arc::new(removed_rows(dir, &manifest)?);
        Ok(Self { dir: dir.to_owned(), manifest, shards, starts, removed, stamp })
    }

    /// How many samples the snapshot holds.
    #[must_use]
    pub fn samples(&self) -> u64 {
        self.manifest.sample_rows().saturating_sub(self.removed.len())
    }

    /// Takes rows out of what this one hands out, by their places among all rows. The dataset itself stays as it is.
    pub fn hide(&mut self, places: impl IntoIterator<Item = u64>) {
        Arc::make_mut(&mut self.removed).extend(places);
    }

    /// What tells whether there is a newer snapshot than this.
    #[must_use]
    pub fn stamp(&self) -> Option<Stamp> {
        self.stamp
    }

    /// The places among all rows of its shards that are no part of the snapshot any more.
    #[must_use]
    pub fn removed(&self) -> &Arc<RowMask> {
        &self.removed
    }

    /// The place of a row among all rows of all shards.
    #[must_use]
    pub fn place(&self, shard: u32, row: u32) -> u64 {
        self.starts.get(shard as usize).map_or(u64::MAX, |start| start + u64::from(row))
    }

    /// The shard and row of a place among all rows; `None` behind the last.
    #[must_use]
    pub fn row_at(&self, place: u64) -> Option<(u32, u32)> {
        let shard = self.starts.partition_point(|start| *start <= place).checked_sub(1)?;
        let (start, entry) = self.starts.get(shard).zip(self.manifest.samples.get(shard))?;
        let row = place - start;
        (row < entry.rows).then_some((u32::try_from(shard).ok()?, u32::try_from(row).ok()?))
    }

    /// Whether a row of a shard is no part of the snapshot any more.
    #[must_use]
    pub fn is_removed(&self, shard: u32, row: u32) -> bool {
        !self.removed.is_empty() && self.removed.contains(self.place(shard, row))
    }

    /// Those of a batch's rows that are part of the snapshot; the first of them is this row of this shard.
    fn present(&self, shard: usize, first: usize, batch: RecordBatch) -> Result<RecordBatch, DatasetError> {
        if self.removed.is_empty() {
            return Ok(batch);
        }
        let start = self.starts.get(shard).copied().unwrap_or(u64::MAX).saturating_add(first as u64);
        let places = start..start.saturating_add(batch.num_rows() as u64);
        let keep: BooleanArray = places.map(|place| Some(!self.removed.contains(place))).collect();
        if keep.true_count() == batch.num_rows() {
            return Ok(batch);
        }
        filter_record_batch(&batch, &keep).map_err(DatasetError::arrow(&self.dir))
    }

    /// The manifest of the snapshot.
    #[must_use]
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The folder.
    #[must_use]
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The names of the columns of samples, as the shards have them.
    #[must_use]
    pub fn columns(&self) -> Vec<String> {
        self.schema().fields().iter().map(|field| field.name().clone()).collect()
    }

    /// The columns of samples with their types, as the shards have them; as this Sayso writes them where there is no shard.
    #[must_use]
    pub fn schema(&self) -> SchemaRef {
        let mut fields: Vec<FieldRef> = Vec::new();
        for (_, metadata) in &self.shards {
            for field in metadata.schema().fields() {
                if !fields.iter().any(|known| known.name() == field.name()) {
                    fields.push(Arc::clone(field));
                }
            }
        }
        if fields.is_empty() { crate::sample_schema() } else { Arc::new(Schema::new(fields)) }
    }

    /// The samples at these (shard, row) places, in the order given.
    pub fn samples_at(&self, places: &[(u32, u32)]) -> Result<Vec<Sample>, DatasetError> {
        let mut order: Vec<usize> = (0..places.len()).collect();
        order.sort_by_key(|at| places.get(*at));
        let mut found: Vec<Option<Sample>> = vec![None; places.len()];
        for group in order.chunk_by(|a, b| places.get(*a).map(|p| p.0) == places.get(*b).map(|p| p.0)) {
            let Some(shard) = group.first().and_then(|at| places.get(*at)).map(|place| place.0) else { continue };
            let rows: Vec<u32> = group.iter().filter_map(|at| places.get(*at)).map(|place| place.1).collect();
            let samples = self.rows_of(shard, &rows)?;
            for (at, sample) in group.iter().zip(samples) {
                if let Some(slot) = found.get_mut(*at) {
                    *slot = Some(sample);
                }
            }
        }
        Ok(found.into_iter().flatten().collect())
    }

    /// The rows of one shard, sorted, repeats allowed.
    fn rows_of(&self, shard: u32, rows: &[u32]) -> Result<Vec<Sample>, DatasetError> {
        let Some((path, metadata)) = self.shards.get(shard as usize) else {
            return Err(DatasetError::Damaged {
                file: self.dir.clone(),
                message: format!("there is no shard {shard}"),
            });
        };
        let mut distinct = rows.to_vec();
        distinct.dedup();
        let file = self.open_again(path)?;
        // Nothing that is shown of a sample comes from its features.
        let fields = metadata.schema().fields().iter().enumerate();
        let shown: Vec<usize> = fields.filter(|(_, field)| field.name() != FEATURES).map(|(place, _)| place).collect();
        let mask = ProjectionMask::roots(metadata.parquet_schema(), shown);
        let (groups, selection) = picked(metadata.metadata(), &distinct);
        let reader = ParquetRecordBatchReaderBuilder::new_with_metadata(file, metadata.clone())
            .with_projection(mask)
            .with_row_groups(groups)
            .with_row_selection(selection)
            .with_batch_size(distinct.len().max(1))
            .build()
            .map_err(DatasetError::parquet(path))?;
        let mut samples = Vec::with_capacity(distinct.len());
        for batch in reader {
            let batch = batch.map_err(DatasetError::arrow(path))?;
            let columns = SampleColumns::of(&batch, path)?;
            for row in 0..batch.num_rows() {
                samples.push(columns.sample(row, &self.manifest, path)?);
            }
        }
        if samples.len() != distinct.len() {
            let message = format!("it has no row {}", distinct.last().copied().unwrap_or_default());
            return Err(DatasetError::Damaged { file: path.clone(), message });
        }
        // Give repeats back what `dedup` took.
        Ok(rows
            .iter()
            .filter_map(|row| distinct.binary_search(row).ok().and_then(|at| samples.get(at)).cloned())
            .collect())
    }

    /// Opens a shard once more. Another process may have made a new snapshot since, and moved it.
    fn open_again(&self, path: &Path) -> Result<File, DatasetError> {
        let moved = || path.strip_prefix(&self.dir).ok().and_then(Path::to_str).map(|file| place_of(&self.dir, file));
        match File::open(path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                File::open(moved().as_deref().unwrap_or(path)).map_err(DatasetError::io(path))
            }
            file => file.map_err(DatasetError::io(path)),
        }
    }

    /// Every batch of one shard, with all columns, in order.
    pub fn shard(
        &self,
        number: usize,
    ) -> Result<impl Iterator<Item = Result<RecordBatch, DatasetError>> + use<'_>, DatasetError> {
        let Some((path, metadata)) = self.shards.get(number) else {
            let message = format!("there is no shard {number}");
            return Err(DatasetError::Damaged { file: self.dir.clone(), message });
        };
        let file = self.open_again(path)?;
        let builder = ParquetRecordBatchReaderBuilder::new_with_metadata(file, metadata.clone());
        let reader = builder.with_batch_size(8192).build().map_err(DatasetError::parquet(path))?;
        let mut first = 0;
        Ok(reader.map(move |batch| {
            let batch = batch.map_err(DatasetError::arrow(path))?;
            let at = first;
            first += batch.num_rows();
            self.present(number, at, batch)
        }))
    }

    /// As [`Self::range`], with all columns.
    pub fn rows(&self, shard: usize, first: usize, count: usize) -> Result<RecordBatch, DatasetError> {
        self.present(shard, first, self.read_range(shard, first, count, None)?)
    }

    /// `count` rows of a shard from row `first` on, fewer at its end and where rows were removed, with those of `columns` that
    /// it has.
    pub fn range(
        &self,
        shard: usize,
        first: usize,
        count: usize,
        columns: &[&str],
    ) -> Result<RecordBatch, DatasetError> {
        self.present(shard, first, self.range_all(shard, first, count, columns)?)
    }

    /// As [`Self::range`], with the rows that are no part of the snapshot any more.
    pub fn range_all(
        &self,
        shard: usize,
        first: usize,
        count: usize,
        columns: &[&str],
    ) -> Result<RecordBatch, DatasetError> {
        self.read_range(shard, first, count, Some(columns))
    }

    fn read_range(
        &self,
        shard: usize,
        first: usize,
        count: usize,
        columns: Option<&[&str]>,
    ) -> Result<RecordBatch, DatasetError> {
        let Some((path, metadata)) = self.shards.get(shard) else {
            let message = format!("there is no shard {shard}");
            return Err(DatasetError::Damaged { file: self.dir.clone(), message });
        };
        let builder = ParquetRecordBatchReaderBuilder::new_with_metadata(self.open_again(path)?, metadata.clone());
        let mask = match columns {
            Some(columns) => ProjectionMask::columns(builder.parquet_schema(), columns.iter().copied()),
            None => ProjectionMask::all(),
        };
        let selectors = vec![RowSelector::skip(first), RowSelector::select(count)];
        let reader = builder.with_projection(mask).with_row_selection(RowSelection::from(selectors));
        let reader = reader.with_batch_size(count.max(1)).build().map_err(DatasetError::parquet(path))?;
        let schema = arrow_array::RecordBatchReader::schema(&reader);
        let batches = reader.collect::<Result<Vec<_>, _>>().map_err(DatasetError::arrow(path))?;
        arrow_select::concat::concat_batches(&schema, &batches).map_err(DatasetError::arrow(path))
    }

    /// These rows of a shard, sorted and each once, with all columns or those of `columns` that it has, a batch at a time. None of
    /// the rows may be removed.
    pub fn selected(
        &self,
        shard: u32,
        rows: &[u32],
        columns: Option<&[&str]>,
    ) -> Result<impl Iterator<Item = Result<RecordBatch, DatasetError>> + use<>, DatasetError> {
        let Some((path, metadata)) = self.shards.get(shard as usize) else {
            let message = format!("there is no shard {shard}");
            return Err(DatasetError::Damaged { file: self.dir.clone(), message });
        };
        let (groups, selection) = picked(metadata.metadata(), rows);
        let builder = ParquetRecordBatchReaderBuilder::new_with_metadata(self.open_again(path)?, metadata.clone());
        let mask = match columns {
            Some(columns) => ProjectionMask::columns(builder.parquet_schema(), columns.iter().copied()),
            None => ProjectionMask::all(),
        };
        let reader = builder
            .with_projection(mask)
            .with_row_groups(groups)
            .with_row_selection(selection)
            .with_batch_size(1024)
            .build()
            .map_err(DatasetError::parquet(path))?;
        let path = path.clone();
        Ok(reader.map(move |batch| batch.map_err(DatasetError::arrow(&path))))
    }

    /// Calls `each` with the batches of every shard that hold these columns, with the shard's number, in order.
    pub fn scan(
        &self,
        columns: &[&str],
        mut each: impl FnMut(u32, &RecordBatch) -> Result<(), DatasetError>,
    ) -> Result<(), DatasetError> {
        (0..).zip(&self.shards).try_for_each(|(shard, _)| self.scan_shard(shard, columns, |batch| each(shard, batch)))
    }

    /// The same of one shard.
    pub fn scan_shard(
        &self,
        shard: u32,
        columns: &[&str],
        mut each: impl FnMut(&RecordBatch) -> Result<(), DatasetError>,
    ) -> Result<(), DatasetError> {
        let mut at = 0;
        self.scan_all_of(shard, columns, |batch| {
            let first = at;
            at += batch.num_rows();
            each(&self.present(shard as usize, first, batch.clone())?)
        })
    }

    /// As [`Self::scan`], with the rows that are no part of the snapshot any more: so that each has its number.
    pub fn scan_all(
        &self,
        columns: &[&str],
        mut each: impl FnMut(u32, &RecordBatch) -> Result<(), DatasetError>,
    ) -> Result<(), DatasetError> {
        (0..).zip(&self.shards).try_for_each(|(shard, _)| self.scan_all_of(shard, columns, |batch| each(shard, batch)))
    }

    fn scan_all_of(
        &self,
        shard: u32,
        columns: &[&str],
        mut each: impl FnMut(&RecordBatch) -> Result<(), DatasetError>,
    ) -> Result<(), DatasetError> {
        let Some((path, metadata)) = self.shards.get(shard as usize) else {
            let message = format!("there is no shard {shard}");
            return Err(DatasetError::Damaged { file: self.dir.clone(), message });
        };
        let file = self.open_again(path)?;
        let builder = ParquetRecordBatchReaderBuilder::new_with_metadata(file, metadata.clone());
        let mask = ProjectionMask::columns(builder.parquet_schema(), columns.iter().copied());
        let reader =
            builder.with_projection(mask).with_batch_size(8192).build().map_err(DatasetError::parquet(path))?;
        for batch in reader {
            each(&batch.map_err(DatasetError::arrow(path))?)?;
        }
        Ok(())
    }
}

pub(crate) fn open_shard(path: &Path) -> Result<(PathBuf, ArrowReaderMetadata), DatasetError> {
    let file = File::open(path).map_err(DatasetError::io(path))?;
    let options = ArrowReaderOptions::new().with_page_index_policy(PageIndexPolicy::Optional);
    let metadata = ArrowReaderMetadata::load(&file, options).map_err(DatasetError::parquet(path))?;
    Ok((path.to_owned(), metadata))
}
