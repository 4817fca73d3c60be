use std::num::NonZeroUsize;
use std::sync::Mutex;

use super::cells::Cells;
use super::kernels::products;

/// How often centroids are moved to the middle of their points.
const ROUNDS: usize = 8;

/// Finds `cells` centroids, in groups, for these points, which lie one behind the other (k-means on two levels: as many
/// groups as the root of the number of cells, then cells inside each group, as many as its share of the points).
///
/// The same points give the same cells, whatever the number of threads.
pub(super) fn train(points: &[f32], dimension: usize, cells: usize, threads: NonZeroUsize) -> Option<Cells> {
    let count = points.len().checked_div(dimension)?;
    let cells = cells.clamp(1, count.max(1));
    let all: Vec<u32> = (0..u32::try_from(count).ok()?).collect();
    let of = Points { points, dimension };
    let groups = (cells as f64).sqrt().round() as usize;
    let (group_centroids, group_of) = of.cluster(&all, groups, threads);
    let mut members = vec![Vec::new(); groups];
    for (point, group) in all.iter().zip(&group_of) {
        if let Some(members) = members.get_mut(*group as usize) {
            members.push(*point);
        }
    }
    let shares = shares(&members.iter().map(Vec::len).collect::<Vec<_>>(), cells);
    let jobs = Mutex::new(members.iter().zip(&shares).enumerate());
    let done = Mutex::new(vec![Vec::new(); groups]);
    std::thread::scope(|scope| {
        for _ in 0..threads.get() {
            scope.spawn(|| {
                while let Some((group, (members, share))) = next(&jobs) {
                    let (centroids, _) = of.cluster(members, *share, NonZeroUsize::MIN);
                    if let Some(slot) = done.lock().ok().as_mut().and_then(|done| done.get_mut(group)) {
                        *slot = centroids;
                    }
                }
            });
        }
    });
    let done = done.into_inner().ok()?;
    let mut starts = vec![0_u32];
    for centroids in &done {
        let cells = u32::try_from(centroids.len() / dimension).ok()?;
        starts.push(starts.last()?.checked_add(cells)?);
    }
    Cells::new(dimension, starts, group_centroids, done.concat())
}

/// The next piece of work, if any is left.
pub(super) fn next<T>(jobs: &Mutex<impl Iterator<Item = T>>) -> Option<T> {
    jobs.lock().ok()?.next()
}

/// How many cells each group gets: at least one if it has a point, never more than points, about `cells` in all.
fn shares(points: &[usize], cells: usize) -> Vec<usize> {
    let all = points.iter().sum::<usize>().max(1);
    let share = |points: &usize| (points * cells).div_ceil(all).min(*points);
    points.iter().map(share).collect()
}

struct Points<'a> {
    points: &'a [f32],
    dimension: usize,
}

impl Points<'_> {
    fn point(&self, number: u32) -> &[f32] {
        let start = number as usize * self.dimension;
        self.points.get(start..start + self.dimension).unwrap_or_default()
    }

    /// Clusters `members` around `clusters` centroids: those, and to which each member belongs.
    fn cluster(&self, members: &[u32], clusters: usize, threads: NonZeroUsize) -> (Vec<f32>, Vec<u32>) {
        if clusters == 0 || members.is_empty() {
            return (vec![0.0; clusters * self.dimension], vec![0; members.len()]);
        }
        // Spread over the members, which come in the order of the dataset: neighbours there are alike.
        let first = |cluster: usize| members.get(cluster * members.len() / clusters).copied().unwrap_or_default();
        let mut centroids: Vec<f32> = (0..clusters).flat_map(|cluster| self.point(first(cluster)).to_vec()).collect();
        let mut nearest = vec![0; members.len()];
        for _ in 0..ROUNDS {
            self.assign(members, &centroids, &mut nearest, threads);
            self.recentre(members, &nearest, &mut centroids);
        }
        self.assign(members, &centroids, &mut nearest, threads);
        (centroids, nearest)
    }

    fn assign(&self, members: &[u32], centroids: &[f32], nearest: &mut [u32], threads: NonZeroUsize) {
        let halves: Vec<f32> =
            centroids.chunks_exact(self.dimension).map(|row| row.iter().map(|x| x * x).sum::<f32>() / 2.0).collect();
        let jobs = Mutex::new(members.chunks(512).zip(nearest.chunks_mut(512)));
        let work = || {
            let mut scores = vec![0.0; halves.len()];
            while let Some((members, nearest)) = next(&jobs) {
                for (member, nearest) in members.iter().zip(nearest) {
                    products(self.point(*member), centroids, &mut scores);
                    let scored = scores.iter().zip(&halves).map(|(product, half)| product - half).zip(0..);
                    let best = scored.reduce(|best, next| if next.0 > best.0 { next } else { best });
                    *nearest = best.map_or(0, |(_, number)| number);
                }
            }
        };
        if threads.get() == 1 {
            return work();
        }
        std::thread::scope(|scope| (0..threads.get()).for_each(|_| drop(scope.spawn(work))));
    }

    /// Moves each centroid to the middle of its points; one without points stays where it is.
    fn recentre(&self, members: &[u32], nearest: &[u32], centroids: &mut [f32]) {
        let clusters = centroids.len() / self.dimension;
        let (mut sums, mut counts) = (vec![0.0_f32; centroids.len()], vec![0_u32; clusters]);
        for (member, cluster) in members.iter().zip(nearest) {
            let start = *cluster as usize * self.dimension;
            let (Some(sum), Some(count)) =
                (sums.get_mut(start..start + self.dimension), counts.get_mut(*cluster as usize))
            else {
                continue;
            };
            *count += 1;
            for (sum, component) in sum.iter_mut().zip(self.point(*member)) {
                *sum += component;
            }
        }
        let rows = centroids.chunks_exact_mut(self.dimension).zip(sums.chunks_exact(self.dimension));
        for ((centroid, sum), count) in rows.zip(counts).filter(|(_, count)| *count > 0) {
            for (component, sum) in centroid.iter_mut().zip(sum) {
                *component = sum / count as f32;
            }
        }
    }
}
