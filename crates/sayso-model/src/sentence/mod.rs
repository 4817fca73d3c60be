//! Sentence embedders of BERT's kind, such as all-MiniLM-L6-v2: the mean of what the net makes of a text's tokens.

mod bert;
mod companions;
#[cfg(test)]
mod tests;

use crate::checkpoint::Weights;
use crate::tokens::WordPieces;
use crate::{Embedder, Identity, ModelError, Rgb, Takes, Vectors};

use bert::Bert;
use companions::Companions;

/// Tokens that are computed at once.
const TOKENS: usize = 4096;

/// A sentence embedder.
pub(crate) struct Sentences {
    identity: Identity,
    net: Bert,
    tokens: WordPieces,
    /// The most tokens of a text.
    places: usize,
}

impl Sentences {
    /// Whether the tensors are BERT's.
    pub(crate) fn is_in(weights: &Weights) -> bool {
        Bert::prefix(weights).is_some()
    }

    pub(crate) fn new(mut weights: Weights) -> Result<Self, ModelError> {
        let path = weights.checkpoint().path().to_owned();
        let Companions { tokens, heads, places } = Companions::beside(&path)?;
        let net = Bert::read(&mut weights, heads)?;
        if tokens.largest() as usize >= net.vocabulary() {
            let reason = format!("has {} rows, and the vocabulary beside it more tokens", net.vocabulary());
            return Err(weights.wrong("embeddings.word_embeddings.weight", reason));
        }
        let digest = weights.finish()?.digest();
        let places = places.unwrap_or(usize::MAX).min(net.places());
        let identity = Identity {
            architecture: format!("bert {net} mean"),
            dimension: net.width(),
            weights: digest,
            preparation: format!("1 wordpiece-{places}"),
        };
        Ok(Self { identity, net, tokens, places })
    }

    /// The vectors of texts that are tokens already, not scaled.
    fn texts_of_tokens(&self, texts: &[Vec<u32>]) -> Result<Vec<Vec<f32>>, ModelError> {
        let mut order: Vec<usize> = (0..texts.len()).collect();
        let length = |number: &usize| texts.get(*number).map_or(0, Vec::len);
        order.sort_by_key(length);
        let mut found = vec![Vec::new(); texts.len()];
        // Texts of one length need no padding, and no mask that hides it.
        for same in order.chunk_by(|first, second| length(first) == length(second)) {
            let places = same.first().map_or(1, length).max(1);
            for some in same.chunks((TOKENS / places).max(1)) {
                let tokens: Vec<u32> = some.iter().filter_map(|number| texts.get(*number)).flatten().copied().collect();
                for (number, vector) in some.iter().zip(self.net.forward(&tokens, places)?) {
                    if let Some(slot) = found.get_mut(*number) {
                        *slot = vector;
                    }
                }
            }
        }
        Ok(found)
    }
}

impl Embedder for Sentences {
    fn identity(&self) -> &Identity {
        &self.identity
    }

    fn takes(&self) -> Takes {
        Takes::Texts
    }

    fn embed_pictures(&self, _: &[Rgb<'_>]) -> Result<Vectors, ModelError> {
        Err(ModelError::Takes {
            architecture: self.identity.architecture.clone(),
            what: "pictures",
            hint: "pictures take a CLIP, or SSCD for copies",
        })
    }

    fn embed_texts(&self, texts: &[&str]) -> Result<Vectors, ModelError> {
        let tokens: Vec<Vec<u32>> = texts.iter().map(|text| self.tokens.encode(text, self.places)).collect();
        let mut vectors = Vectors::of(self.identity.dimension);
        for vector in self.texts_of_tokens(&tokens)? {
            vectors.push_scaled(&vector)?;
        }
        Ok(vectors)
    }
}
