//! CLIP with a vision transformer: a tower for pictures and one for texts, which put what belongs together near each other.

mod image;
mod names;
mod shape;
mod text;

use crate::checkpoint::Weights;
use crate::pixels::{Filter, Normalise, centre};
use crate::tokens::ClipTokens;
use crate::{ClipActivation, Embedder, Identity, ModelError, Rgb, Takes, Vectors};

use image::ImageTower;
use names::Names;
use shape::Shape;
use text::TextTower;

/// Pictures that are computed at once: more make nothing faster, and each takes some MiB.
const PICTURES: usize = 16;
/// Tokens that are computed at once.
const TOKENS: usize = 2048;

/// What does not stand in the weights.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Settings {
    pub(crate) activation: ClipActivation,
    pub(crate) normalise: Normalise,
    /// Heads of the towers, where a configuration names them; 64 numbers a head otherwise, as all known models have.
    pub(crate) image_heads: Option<usize>,
    pub(crate) text_heads: Option<usize>,
}

/// A CLIP.
pub(crate) struct Clip {
    identity: Identity,
    image: ImageTower,
    text: TextTower,
    tokens: ClipTokens,
    normalise: Normalise,
}

impl Clip {
    /// Whether the tensors are those of a CLIP with a vision transformer.
    pub(crate) fn is_in(weights: &Weights) -> bool {
        Names::of(weights).is_some()
    }

    /// Refuses weights of another vocabulary than CLIP's.
    pub(crate) fn check_vocabulary(weights: &Weights) -> Result<(), ModelError> {
        let Some((name, [rows, _])) =
            Names::of(weights).and_then(|names| weights.shape::<2>(names.tokens).map(|shape| (names.tokens, shape)))
        else {
            return Ok(());
        };
        if rows == ClipTokens::COUNT {
            return Ok(());
        }
        let reason = format!("has {rows} rows, and CLIP's vocabulary {} tokens", ClipTokens::COUNT);
        Err(weights.wrong(name, reason))
    }

    pub(crate) fn new(mut weights: Weights, settings: Settings) -> Result<Self, ModelError> {
        let path = weights.checkpoint().path().to_owned();
        let names = Names::of(&weights).ok_or(ModelError::Architecture { path })?;
        let shape = Shape::of(&weights, &names, &settings)?;
        let image = ImageTower::read(&mut weights, &names, &shape, settings.activation.into())?;
        let text = TextTower::read(&mut weights, &names, &shape, settings.activation.into())?;
        weights.pass_over(names::is_needless);
        let tokens = ClipTokens::openai()?;
        let digest = weights.finish()?.digest();
        let identity = Identity {
            architecture: format!("clip {shape} {}", settings.activation),
            dimension: shape.dimension,
            weights: digest,
            preparation: preparation(shape.side(), settings.normalise, shape.places),
        };
        Ok(Self { identity, image, text, tokens, normalise: settings.normalise })
    }

    /// The vectors of texts that are tokens already, not scaled.
    fn texts_of_tokens(&self, texts: &[Vec<u32>]) -> Result<Vec<Vec<f32>>, ModelError> {
        let mut order: Vec<usize> = (0..texts.len()).collect();
        let length = |number: &usize| texts.get(*number).map_or(0, Vec::len);
        order.sort_by_key(length);
        let mut found = vec![Vec::new(); texts.len()];
        // A place sees only those before it, and a text's vector is read at its end: texts of one length need no padding.
        for same in order.chunk_by(|first, second| length(first) == length(second)) {
            let places = same.first().map_or(1, length).max(1);
            for some in same.chunks((TOKENS / places).max(1)) {
                let tokens: Vec<u32> = some.iter().filter_map(|number| texts.get(*number)).flatten().copied().collect();
                let vectors = self.text.forward(&tokens, places)?;
                for (number, vector) in some.iter().zip(vectors) {
                    if let Some(slot) = found.get_mut(*number) {
                        *slot = vector;
                    }
                }
            }
        }
        Ok(found)
    }
}

/// How pictures and texts are prepared. The number in front grows when the same input would be prepared otherwise.
fn preparation(side: usize, normalise: Normalise, places: usize) -> String {
    let of = match normalise {
        Normalise::OPENAI => "openai".to_owned(),
        other => format!("{:?}/{:?}", other.mean, other.deviation),
    };
    format!("1 bicubic-{side} centre {of} bpe-{places}")
}

impl Embedder for Clip {
    fn identity(&self) -> &Identity {
        &self.identity
    }

    fn takes(&self) -> Takes {
        Takes::Both
    }

    fn embed_pictures(&self, pictures: &[Rgb<'_>]) -> Result<Vectors, ModelError> {
        let side = self.image.side();
        let mut vectors = Vectors::of(self.identity.dimension);
        for some in pictures.chunks(PICTURES) {
            let mut numbers = Vec::with_capacity(some.len() * side * side * 3);
            for picture in some {
                self.normalise.extend(&mut numbers, &centre(*picture, side, Filter::Bicubic));
            }
            vectors.push_scaled(&self.image.forward(numbers, some.len())?)?;
        }
        Ok(vectors)
    }

    fn embed_texts(&self, texts: &[&str]) -> Result<Vectors, ModelError> {
        let tokens: Vec<Vec<u32>> = texts.iter().map(|text| self.tokens.encode(text, self.text.places())).collect();
        let mut vectors = Vectors::of(self.identity.dimension);
        for vector in self.texts_of_tokens(&tokens)? {
            vectors.push_scaled(&vector)?;
        }
        Ok(vectors)
    }
}

#[cfg(test)]
mod tests;
