//! SSCD: a ResNet-50 that was trained to give copies of a picture the same vector, whatever was done to them.

mod names;
mod resnet;
#[cfg(test)]
mod tests;

use crate::checkpoint::Weights;
use crate::pixels::{Filter, Normalise, resize, shorter_side};
use crate::{Embedder, Identity, ModelError, Rgb, SscdSize, Takes, Vectors};

use names::Names;
use resnet::ResNet;

/// Pictures that are computed at once: each takes some 100 MiB on its way.
const PICTURES: usize = 4;

/// The longer side of a picture in shorter sides, beyond which only its middle is looked at: memory has to end somewhere.
const LONGEST: usize = 4;

/// An SSCD.
pub(crate) struct Sscd {
    identity: Identity,
    net: ResNet,
    size: SscdSize,
}

impl Sscd {
    /// Whether the tensors are those of a ResNet with bottlenecks.
    pub(crate) fn is_in(weights: &Weights) -> bool {
        Names::of(weights).is_some()
    }

    pub(crate) fn new(mut weights: Weights, size: SscdSize) -> Result<Self, ModelError> {
        let path = weights.checkpoint().path().to_owned();
        let names = Names::of(&weights).ok_or(ModelError::Architecture { path })?;
        let net = ResNet::read(&mut weights, &names)?;
        weights.pass_over(|name| name.ends_with(".num_batches_tracked"));
        let digest = weights.finish()?.digest();
        let preparation = match size {
            SscdSize::Square320 => "1 bilinear-320x320 imagenet",
            SscdSize::Shorter288 => "1 bilinear-288-shorter imagenet",
        };
        let identity = Identity {
            architecture: format!("sscd {net} gem-3"),
            dimension: net.dimension(),
            weights: digest,
            preparation: preparation.to_owned(),
        };
        Ok(Self { identity, net, size })
    }

    /// A picture in the size that the net sees, with its rows and columns.
    fn sized(&self, picture: Rgb<'_>) -> (Vec<u8>, [usize; 2]) {
        match self.size {
            SscdSize::Square320 => (resize(picture, 320, 320, Filter::Bilinear), [320, 320]),
            SscdSize::Shorter288 => {
                let (pixels, width, height) = shorter_side(picture, 288, 288 * LONGEST, Filter::Bilinear);
                (pixels, [height, width])
            }
        }
    }
}

impl Embedder for Sscd {
    fn identity(&self) -> &Identity {
        &self.identity
    }

    fn takes(&self) -> Takes {
        Takes::Pictures
    }

    fn embed_pictures(&self, pictures: &[Rgb<'_>]) -> Result<Vectors, ModelError> {
        let mut vectors = Vectors::of(self.identity.dimension);
        for some in pictures.chunks(PICTURES) {
            let sized: Vec<_> = some.iter().map(|picture| self.sized(*picture)).collect();
            // Neighbours of one size go through the net together.
            for same in sized.chunk_by(|first, second| first.1 == second.1) {
                let mut numbers = Vec::new();
                for (pixels, _) in same {
                    Normalise::IMAGENET.extend(&mut numbers, pixels);
                }
                let size = same.first().map_or([0, 0], |(_, size)| *size);
                vectors.push_scaled(&self.net.forward(numbers, same.len(), size)?)?;
            }
        }
        Ok(vectors)
    }

    fn embed_texts(&self, _: &[&str]) -> Result<Vectors, ModelError> {
        Err(ModelError::Takes {
            architecture: self.identity.architecture.clone(),
            what: "texts",
            hint: "search by text takes a CLIP, or a sentence embedder for captions",
        })
    }
}
