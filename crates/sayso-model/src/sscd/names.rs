use crate::checkpoint::Weights;

/// How a file names the tensors of its ResNet: as torchvision does, or as Classy Vision, in which SSCD was trained.
pub(super) enum Names {
    /// Below `backbone.`, or as they are.
    Torchvision(&'static str),
    ClassyVision,
}

/// A convolution and the normalisation behind it.
pub(super) struct Pair {
    pub(super) convolution: String,
    pub(super) normalisation: String,
}

fn pair(convolution: String, normalisation: String) -> Pair {
    Pair { convolution, normalisation }
}

impl Names {
    pub(super) fn of(weights: &Weights) -> Option<Self> {
        let is = |name: &str| weights.shape::<4>(name).is_some();
        if is("backbone.layer1.0.conv3.weight") {
            Some(Self::Torchvision("backbone."))
        } else if is("layer1.0.conv3.weight") {
            Some(Self::Torchvision(""))
        } else if is("backbone.blocks.0.block0-0.convolutional_block.6.weight") {
            Some(Self::ClassyVision)
        } else {
            None
        }
    }

    /// The first convolution.
    pub(super) fn stem(&self) -> Pair {
        match self {
            Self::Torchvision(prefix) => pair(format!("{prefix}conv1"), format!("{prefix}bn1")),
            Self::ClassyVision => {
                pair("backbone.initial_block._module.0".to_owned(), "backbone.initial_block._module.1".to_owned())
            }
        }
    }

    /// How many blocks a stage has.
    pub(super) fn blocks(&self, weights: &Weights, stage: usize) -> usize {
        match self {
            Self::Torchvision(prefix) => weights.parts(&format!("{prefix}layer{}.", stage + 1)),
            Self::ClassyVision => weights.parts(&format!("backbone.blocks.{stage}.block{stage}-")),
        }
    }

    /// The three convolutions of a block, and the one that its input takes beside them.
    pub(super) fn block(&self, stage: usize, block: usize) -> ([Pair; 3], Pair) {
        match self {
            Self::Torchvision(prefix) => {
                let block = format!("{prefix}layer{}.{block}", stage + 1);
                let one = |number: usize| pair(format!("{block}.conv{number}"), format!("{block}.bn{number}"));
                ([one(1), one(2), one(3)], pair(format!("{block}.downsample.0"), format!("{block}.downsample.1")))
            }
            Self::ClassyVision => {
                let block = format!("backbone.blocks.{stage}.block{stage}-{block}");
                let part = |number: usize| format!("{block}.convolutional_block.{number}");
                let last = pair(part(6), format!("{block}.bn"));
                let beside = pair(format!("{block}.downsample.0"), format!("{block}.downsample.1"));
                ([pair(part(0), part(1)), pair(part(3), part(4)), last], beside)
            }
        }
    }

    /// The projection behind the pooling.
    pub(super) fn projection(&self) -> String {
        match self {
            Self::Torchvision(prefix) => format!("{prefix}fc"),
            Self::ClassyVision => "embeddings.1".to_owned(),
        }
    }
}
