use super::blur::blurred;
use super::plane::Plane;

/// Scales between one and its double.
pub(super) const INTERVALS: usize = 3;
/// The width of the Gaussian at the first scale, in pixels of its octave.
pub(super) const SIGMA: f32 = 1.6;
/// What a picture is taken to be blurred by when it comes.
const OWN_SIGMA: f32 = 0.5;
/// An octave's shorter side has at least as many pixels.
const SHORTEST: usize = 12;

/// One picture at growing blurs, and the differences of neighbours.
pub(super) struct Octave {
    /// How many pixels of the first octave are one of this.
    pub(super) pixel: f32,
    pub(super) blurs: Vec<Plane>,
    pub(super) differences: Vec<Plane>,
}

/// The width of the Gaussian at a scale of an octave, in the octave's pixels.
pub(super) fn sigma_at(scale: f32) -> f32 {
    SIGMA * (scale / INTERVALS as f32).exp2()
}

/// The picture at all scales, octave by octave (Lowe, "Distinctive image features from scale-invariant keypoints", 2004,
/// section 3).
pub(super) fn octaves(plane: &Plane) -> Vec<Octave> {
    let mut octaves = Vec::new();
    let mut base = blurred(plane, (SIGMA * SIGMA - OWN_SIGMA * OWN_SIGMA).sqrt());
    let mut pixel = 1.0;
    while base.width.min(base.height) >= SHORTEST {
        let mut blurs = vec![base];
        for scale in 0..INTERVALS + 2 {
            let (from, to) = (sigma_at(scale as f32), sigma_at(scale as f32 + 1.0));
            let next = blurs.last().map(|last| blurred(last, (to * to - from * from).sqrt()));
            blurs.extend(next);
        }
        let differences = blurs.iter().zip(blurs.iter().skip(1)).map(|(a, b)| difference(b, a)).collect();
        let Some(double) = blurs.get(INTERVALS) else { break };
        base = double.halved();
        octaves.push(Octave { pixel, blurs, differences });
        pixel *= 2.0;
    }
    octaves
}

fn difference(a: &Plane, b: &Plane) -> Plane {
    Plane { values: a.values.iter().zip(&b.values).map(|(a, b)| a - b).collect(), ..*a }
}
