use candle_core::backprop::GradStore;
use candle_core::{Device, Error, Result, Tensor, bail};

use super::{Added, UNet};
use crate::ops::{Place, Tape};

impl UNet {
    /// The loss of its answer and the gradients of that, with no more kept on the way than what goes from block to block.
    /// Gradients of its parameters go to `found`, in several parts; those of the texts, and of the vectors of whole texts that XL
    /// wants besides, are given back.
    pub(crate) fn recomputed(
        &self,
        latents: &Tensor,
        steps: &[f32],
        texts: &Tensor,
        added: Option<&Added>,
        loss: &dyn Fn(&Tensor) -> Result<Tensor>,
        found: &mut dyn FnMut(&GradStore) -> Result<()>,
    ) -> Result<(Tensor, [Option<Tensor>; 2])> {
        let mut tape = Tape::default();
        let (latents, texts) =
            (tape.begin(&latents.to_device(&self.device)?), tape.begin(&texts.to_device(&self.device)?));
        let whole = added.map(|added| Ok::<_, Error>(tape.begin(&added.texts.to_device(&self.device)?))).transpose()?;
        let time = single(&tape.run(whole.into_iter().collect(), |of| {
            let told = |(added, texts): (&Added, &Tensor)| Added { texts: texts.clone(), sizes: added.sizes.clone() };
            Ok(vec![self.time.forward(steps, added.zip(of.first()).map(told).as_ref())?])
        })?)?;
        let mut made = single(&tape.run(vec![latents], |of| {
            let ([latents], _) = parted(of)?;
            Ok(vec![self.first.forward(latents)?])
        })?)?;
        let mut kept = vec![made];
        for block in &self.down {
            let outputs = tape.run(vec![made, time, texts], |of| {
                let ([made, time, texts], _) = parted(of)?;
                let mut kept = Vec::new();
                block.forward(made.clone(), time, texts, &mut kept)?;
                Ok(kept)
            })?;
            // What is kept last is what goes on.
            made = outputs.last().copied().unwrap_or(made);
            kept.extend(outputs);
        }
        made = single(&tape.run(vec![made, time, texts], |of| {
            let ([made, time, texts], _) = parted(of)?;
            Ok(vec![self.middle.forward(made, time, texts)?])
        })?)?;
        for block in &self.up {
            // The block takes its own, and looks at the one before them for the size.
            let rest = kept.len().saturating_sub(self.config.layers + 1);
            let beside = kept.get(rest.saturating_sub(1)..).unwrap_or_default();
            made = single(&tape.run([&[made, time, texts], beside].concat(), |of| {
                let ([made, time, texts], beside) = parted(of)?;
                Ok(vec![block.forward(made.clone(), time, texts, &mut beside.to_vec())?])
            })?)?;
            kept.truncate(rest);
        }
        let lost = single(&tape.run(vec![made], |of| {
            let ([made], _) = parted(of)?;
            Ok(vec![loss(&self.last.forward(&self.norm.forward_silu(made)?)?.to_device(&Device::Cpu)?)?])
        })?)?;
        let lost = tape.value(lost)?;
        let wanted: Vec<Place> = std::iter::once(texts).chain(whole).collect();
        let mut felt = tape.back(&wanted, found)?.into_iter();
        let mut next = || felt.next().flatten().map(|gradient| gradient.to_device(&Device::Cpu)).transpose();
        Ok((lost, [next()?, next()?]))
    }
}

/// The only value of a block.
fn single(places: &[Place]) -> Result<Place> {
    match places {
        [place] => Ok(*place),
        _ => bail!("a block with {} values", places.len()),
    }
}

/// The first values, and the others.
fn parted<const COUNT: usize>(of: &[Tensor]) -> Result<(&[Tensor; COUNT], &[Tensor])> {
    match of.split_first_chunk() {
        Some(parted) => Ok(parted),
        None => bail!("{} values and not {COUNT}", of.len()),
    }
}
