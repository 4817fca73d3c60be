/// Moves bytes to numbers around zero, channel by channel.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Normalise {
    pub(crate) mean: [f32; 3],
    pub(crate) deviation: [f32; 3],
}

impl Normalise {
    /// What OpenAI measured on its pictures, and most CLIP models use.
    pub(crate) const OPENAI: Self =
        Self { mean: [0.481_454_66, 0.457_827_5, 0.408_210_73], deviation: [0.268_629_54, 0.261_302_6, 0.275_777_1] };
    /// What was measured on ImageNet.
    pub(crate) const IMAGENET: Self = Self { mean: [0.485, 0.456, 0.406], deviation: [0.229, 0.224, 0.225] };

    /// Adds the numbers of a picture to `numbers`, pixel by pixel.
    pub(crate) fn extend(&self, numbers: &mut Vec<f32>, pixels: &[u8]) {
        let (triples, _) = pixels.as_chunks::<3>();
        numbers.extend(triples.iter().flat_map(|triple| {
            let [red, green, blue] = *triple;
            let of = |value: u8, mean: f32, deviation: f32| (f32::from(value) / 255.0 - mean) / deviation;
            let ([m0, m1, m2], [d0, d1, d2]) = (self.mean, self.deviation);
            [of(red, m0, d0), of(green, m1, d1), of(blue, m2, d2)]
        }));
    }
}
