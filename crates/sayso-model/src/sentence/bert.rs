use std::fmt;

use candle_core::{Device, Tensor};

use crate::ModelError;
use crate::checkpoint::Weights;
use crate::net::{Activation, Attention, Block, LayerNorm, Linear, Order, add_cyclic};

/// What BERT's layer norms add to a variance.
const EPSILON: f32 = 1e-12;
/// Blocks that a header may ask for; BERT's largest has 24.
const BLOCKS: usize = 128;

/// BERT's encoder.
pub(super) struct Bert {
    width: usize,
    heads: usize,
    tokens: Tensor,
    vocabulary: usize,
    /// What is added to each place: its own numbers, and those of the first sentence.
    places: Vec<f32>,
    most: usize,
    norm: LayerNorm,
    blocks: Vec<Block>,
}

impl Bert {
    /// What stands before the names of the tensors, if they are BERT's.
    pub(super) fn prefix(weights: &Weights) -> Option<&'static str> {
        let is = |prefix: &&str| weights.shape::<2>(&format!("{prefix}embeddings.word_embeddings.weight")).is_some();
        ["", "bert."].into_iter().find(is)
    }

    pub(super) fn read(weights: &mut Weights, heads: usize) -> Result<Self, ModelError> {
        let path = weights.checkpoint().path().to_owned();
        let prefix = Self::prefix(weights).ok_or(ModelError::Architecture { path })?;
        let two = |weights: &Weights, name: &str| {
            weights.shape::<2>(name).ok_or_else(|| weights.wrong(name, "is missing or no matrix".to_owned()))
        };
        let embeddings = format!("{prefix}embeddings.");
        let [vocabulary, width] = two(weights, &format!("{embeddings}word_embeddings.weight"))?;
        let [most, _] = two(weights, &format!("{embeddings}position_embeddings.weight"))?;
        let [sentences, _] = two(weights, &format!("{embeddings}token_type_embeddings.weight"))?;
        let layers = format!("{prefix}encoder.layer.");
        let count = weights.parts(&layers);
        if count == 0 || count > BLOCKS || heads == 0 || width % heads != 0 || most == 0 || vocabulary == 0 {
            let reason = format!("does not fit {count} blocks of {heads} heads");
            return Err(weights.wrong(&format!("{embeddings}word_embeddings.weight"), reason));
        }
        let tokens = weights.tensor(&format!("{embeddings}word_embeddings.weight"), &[vocabulary, width])?;
        let mut places = weights.numbers(&format!("{embeddings}position_embeddings.weight"), &[most, width])?;
        let first = weights.numbers(&format!("{embeddings}token_type_embeddings.weight"), &[sentences, width])?;
        for place in places.chunks_mut(width) {
            place.iter_mut().zip(&first).for_each(|(place, first)| *place += first);
        }
        let norm = LayerNorm::read(weights, &format!("{embeddings}LayerNorm"), width, EPSILON)?;
        let blocks = (0..count)
            .map(|number| block(weights, &format!("{layers}{number}."), width, heads))
            .collect::<Result<_, _>>()?;
        // The pooler was trained for BERT's own task, and sentences do without it.
        let pooler = format!("{prefix}pooler.");
        weights.pass_over(|name| name.starts_with(&pooler) || name.ends_with("embeddings.position_ids"));
        Ok(Self { width, heads, tokens, vocabulary, places, most, norm, blocks })
    }

    pub(super) const fn width(&self) -> usize {
        self.width
    }

    pub(super) const fn vocabulary(&self) -> usize {
        self.vocabulary
    }

    /// The most tokens of a text.
    pub(super) const fn places(&self) -> usize {
        self.most
    }

    /// Texts of `length` tokens each, one after another: the means of their places, not scaled.
    pub(super) fn forward(&self, tokens: &[u32], length: usize) -> Result<Vec<Vec<f32>>, ModelError> {
        let rows = self.tokens.index_select(&Tensor::new(tokens, &Device::Cpu)?, 0)?;
        add_cyclic(&rows, self.places.get(..length * self.width).unwrap_or(&self.places))?;
        self.norm.in_place(&rows)?;
        for block in &self.blocks {
            block.forward(&rows, length)?;
        }
        Ok(rows.reshape((tokens.len() / length, length, self.width))?.mean(1)?.to_vec2()?)
    }
}

fn block(weights: &mut Weights, prefix: &str, width: usize, heads: usize) -> Result<Block, ModelError> {
    let (mut matrix, mut bias) = (Vec::new(), Vec::new());
    for part in ["query", "key", "value"] {
        matrix.extend(weights.numbers(&format!("{prefix}attention.self.{part}.weight"), &[width, width])?);
        bias.extend(weights.numbers(&format!("{prefix}attention.self.{part}.bias"), &[width])?);
    }
    let into = Linear::new(&Tensor::from_vec(matrix, (3 * width, width), &Device::Cpu)?, bias)?;
    let out = Linear::read(weights, &format!("{prefix}attention.output.dense"), width, width)?;
    let wide = format!("{prefix}intermediate.dense");
    let inner = weights.shape::<2>(&format!("{wide}.weight")).map_or(0, |[inner, _]| inner);
    Ok(Block {
        attention: Attention::new(into, out, heads, false),
        attention_norm: LayerNorm::read(weights, &format!("{prefix}attention.output.LayerNorm"), width, EPSILON)?,
        wide: Linear::read(weights, &wide, width, inner)?,
        narrow: Linear::read(weights, &format!("{prefix}output.dense"), inner, width)?,
        norm: LayerNorm::read(weights, &format!("{prefix}output.LayerNorm"), width, EPSILON)?,
        activation: Activation::Gelu,
        order: Order::After,
    })
}

impl fmt::Display for Bert {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}x{} heads {}", self.width, self.blocks.len(), self.heads)
    }
}
