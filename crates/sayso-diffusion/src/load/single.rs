use std::path::Path;

use sayso_core::Sha256;

use super::family::{self, CLIP, OPEN_CLIP, XL_CLIP, XL_OPEN_CLIP};
use super::open_clip_names::open_clip_piece;
use super::unet_names::{UNET, UnetNames};
use super::vae_names::{VAE, vae_piece};
use super::{Configs, Family, Loading, shapes};
use crate::DiffusionError;
use crate::adapter::Added;
use crate::config::Config;
use crate::net::{Layout, Parameters, Source};
use crate::scheduler::Settings;
use crate::text::{Prompts, TextConfig, TextNet};
use crate::unet::{UNet, UNetConfig};
use crate::vae::{Vae, VaeConfig};

/// All that a single file holds.
pub(crate) struct Single {
    pub(crate) text: TextNet,
    pub(crate) prompts: Prompts,
    /// The second text net of XL.
    pub(crate) second: Option<(TextNet, Prompts)>,
    pub(crate) unet: UNet,
    pub(crate) vae: Vae,
    pub(crate) settings: Settings,
    pub(crate) digest: Sha256,
    /// What can be trained, by diffusers' names; empty if nothing is to be.
    #[cfg(test)]
    pub(crate) variables: std::collections::BTreeMap<String, candle_core::Var>,
}

/// Opens a single file. Which family it is of, and how its nets are built, is told from its tensors.
pub(crate) fn single(path: &Path, loading: &Loading, added: Added) -> Result<Single, DiffusionError> {
    let device = loading.processor.device()?;
    read(path, loading, added, |source| Parameters::of(source).on(&device))
}

/// The same, with parameters made of the file in some way.
pub(super) fn read(
    path: &Path,
    loading: &Loading,
    added: Added,
    parameters: impl FnOnce(Source) -> Parameters,
) -> Result<Single, DiffusionError> {
    let mut source = Source::open(path, loading.pickle)?;
    let family = family::family(&source)?;
    // What training leaves behind, and what the text nets have and nobody uses.
    source.pass_over(|name| {
        ![UNET, VAE, "cond_stage_model.", "conditioner."].iter().any(|part| name.starts_with(part))
            || name.starts_with("first_stage_model.loss.")
            || name.ends_with(".position_ids")
            || name.ends_with(".logit_scale")
            || name.ends_with(".model.attn_mask")
    });
    let unet = UNetConfig::of(&shapes::unet(&source, family)?)?;
    let vae = VaeConfig::of(&shapes::vae(&source, family))?;
    let settings = Settings::of(&family.scheduler(path, unet.fills(), &source))?;
    let texts = texts(&mut source, family)?;
    let prompts = |text: &Text| Prompts::without(path, loading.tokenizer.as_deref(), &text.config, text.fill);
    let prompts = texts.iter().map(prompts).collect::<Result<Vec<_>, _>>()?;

    let mut parameters = parameters(source);
    let mut nets = Vec::new();
    let marks = [("text.", added.text), ("text2.", added.second_text)];
    for ((text, mut prompts), (mark, of_net)) in texts.into_iter().zip(prompts).zip(marks) {
        parameters.add(of_net);
        let Text { config, layout, projection, .. } = text;
        parameters.lay_out(layout, mark);
        let mut net = TextNet::read(config, &mut parameters, projection)?;
        if nets.is_empty() {
            prompts.extend(added.words.keys().map(String::as_str));
            net.extend(&added.words.values().cloned().collect::<Vec<_>>())?;
        }
        nets.push((net, prompts));
    }
    let mut nets = nets.into_iter();
    let Some((text, prompts)) = nets.next() else {
        return Err(DiffusionError::Compute("a model without a text net".to_owned()));
    };
    let levels = vae.channels.len();
    parameters.lay_out(Layout::Other(Box::new(move |name| vae_piece(levels, name))), "");
    let vae = Vae::read(vae, &mut parameters)?;
    let names = UnetNames::of(&unet);
    parameters.lay_out(Layout::Other(Box::new(move |name| names.piece(name))), "");
    parameters.add(added.unet);
    let unet = UNet::read(unet, &mut parameters)?;
    let complete = parameters.finish()?;
    Ok(Single {
        text,
        prompts,
        second: nets.next(),
        unet,
        vae,
        settings,
        digest: complete.digest,
        #[cfg(test)]
        variables: complete.variables,
    })
}

/// How a text net is read.
struct Text {
    config: TextConfig,
    layout: Layout,
    /// Whether it has a vector of the whole text.
    projection: bool,
    /// What fills texts, unless that is their end.
    fill: Option<u32>,
}

fn texts(source: &mut Source, family: Family) -> Result<Vec<Text>, DiffusionError> {
    let clip = |source: &Source, prefix: &'static str, with: &'static str| -> Result<Text, DiffusionError> {
        // transformers 5 leaves the last part out.
        let there = source.names().any(|name| name.starts_with(with));
        let config = TextConfig::of(&shapes::clip(source, if there { with } else { prefix }))?;
        Ok(Text { config, layout: Layout::Behind(prefix), projection: false, fill: None })
    };
    let open_clip = |config: &Config, prefix: &'static str, projection| -> Result<Text, DiffusionError> {
        let layout = Layout::Other(Box::new(move |name| open_clip_piece(prefix, name)));
        // OpenCLIP fills texts with zeros.
        Ok(Text { config: TextConfig::of(config)?, layout, projection, fill: Some(0) })
    };
    match family {
        Family::One => Ok(vec![clip(source, CLIP, "cond_stage_model.transformer.text_model.")?]),
        Family::Two => {
            // What the last layer says is not used, nor is the vector of the whole text.
            let config = shapes::open_clip(source, OPEN_CLIP, 1);
            let layers = source.parts(&format!("{OPEN_CLIP}transformer.resblocks."));
            let last = format!("{OPEN_CLIP}transformer.resblocks.{}.", layers.saturating_sub(1));
            let text = open_clip(&config, OPEN_CLIP, false)?;
            source.pass_over(|name| {
                name.starts_with(&last) || name.strip_prefix(OPEN_CLIP).is_some_and(|name| name == "text_projection")
            });
            Ok(vec![text])
        }
        Family::Xl => {
            let first = clip(source, XL_CLIP, "conditioner.embedders.0.transformer.text_model.")?;
            let config = shapes::open_clip(source, XL_OPEN_CLIP, 0);
            Ok(vec![first, open_clip(&config, XL_OPEN_CLIP, true)?])
        }
    }
}

/// How the nets of a single file are built; its weights are not read.
pub(super) fn single_configs(path: &Path, loading: &Loading) -> Result<Configs, DiffusionError> {
    let mut source = Source::open(path, loading.pickle)?;
    let family = family::family(&source)?;
    let unet = UNetConfig::of(&shapes::unet(&source, family)?)?;
    let vae = VaeConfig::of(&shapes::vae(&source, family))?;
    let mut texts = texts(&mut source, family)?.into_iter().map(|text| text.config);
    let Some(text) = texts.next() else {
        return Err(DiffusionError::Compute("a model without a text net".to_owned()));
    };
    Ok(Configs { unet, text, second_text: texts.next(), vae })
}
