/// What selection has to know of a keypoint.
#[derive(Clone, Copy)]
pub(super) struct Candidate {
    /// In 1024ths of the longer side.
    pub(super) x: f32,
    pub(super) y: f32,
    pub(super) size: f32,
    pub(super) contrast: f32,
}

/// More candidates than this are not compared with each other: the weaker ones are left out before.
const COMPARED: usize = 1500;

/// Which of the candidates to keep, the most distinct first: those that are far from any stronger one (Brown, Szeliski and
/// Winder, "Multi-image matching using multi-scale oriented patches", 2005, section 3). Without it all would crowd where
/// the contrast is, and a crop would keep all or none of them.
pub(super) fn selected(candidates: &[Candidate], most: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..candidates.len()).collect();
    let contrast = |at: &usize| candidates.get(*at).map_or(0.0, |candidate| candidate.contrast);
    order.sort_by(|a, b| contrast(b).total_cmp(&contrast(a)).then(a.cmp(b)));
    order.truncate(COMPARED);
    let sorted: Vec<Candidate> = order.iter().filter_map(|at| candidates.get(*at).copied()).collect();
    let mut ranked: Vec<(f32, usize)> = Vec::with_capacity(sorted.len());
    for (position, (candidate, at)) in sorted.iter().zip(&order).enumerate() {
        let stronger = sorted.get(..position).unwrap_or_default();
        let distance = |other: &Candidate| {
            let (dx, dy) = (other.x - candidate.x, other.y - candidate.y);
            let octaves = (other.size / candidate.size).log2();
            let clear = if other.contrast * 0.9 > candidate.contrast { 0.0 } else { f32::MAX };
            (dx * dx + dy * dy + (octaves * OCTAVE).powi(2)).max(clear)
        };
        let nearest = stronger.iter().map(distance).fold(f32::MAX, f32::min);
        ranked.push((nearest, *at));
    }
    ranked.sort_by(|a, b| b.0.total_cmp(&a.0));
    ranked.into_iter().take(most).map(|(_, at)| at).collect()
}

/// As far as keypoints of half or double the size are taken to be from each other.
const OCTAVE: f32 = 60.0;
