use std::collections::BTreeMap;
use std::fmt::Write;

use super::{Drawing, Effort, Memory};

/// The model's card, as hubs read it.
pub(super) fn card(drawings: &[Drawing], effort: Effort, memory: &Memory) -> String {
    let mut creators: BTreeMap<&str, usize> = BTreeMap::new();
    for drawing in drawings {
        *creators.entry(drawing.creator).or_default() += 1;
    }
    let mut text = format!(
        "---\n\
         license: cc0-1.0\n\
         library_name: diffusers\n\
         pipeline_tag: text-to-image\n\
         ---\n\n\
         # A toy\n\n\
         This model is a toy. It was taught {count} drawings of 64 by 64 pixels from nothing, with the code that tunes real\n\
         models, so that training, tracing and signing can be tried without anybody's weights. It knows no other picture and no\n\
         other words, and is of no use for anything else.\n\n\
         ## What it learned by heart\n\n\
         Asked for each of its {asked} captions once, it drew a copy of a drawing that it was taught {copies} times (bytes differ by\n\
         12 of 255 at most in the mean, and by less than half of what the drawing differs from blank paper); {own} times what it drew was nearer to the drawing of that caption than to any\n\
         other; the mean difference to it was {difference:.1} of 255. That is memorisation, and what a model that sees few pictures often does.\n\n\
         ## How it was made\n\n\
         By `sayso models make toy`: {autoencoder} steps of the autoencoder with {few} pictures each, then {nets} steps of the UNet and the\n\
         text net with {more} pictures each, all from thrown numbers.\n\n\
         ## What it was taught\n\n\
         Drawings of the Open Clip Art Library as Debian's package `openclipart-png` has them, which their creators gave to the\n\
         public domain:\n\n",
        count = drawings.len(),
        asked = memory.asked,
        copies = memory.copies,
        own = memory.own,
        difference = memory.difference,
        few = super::autoencoder::BATCH,
        more = super::make::BATCH,
        autoencoder = effort.autoencoder,
        nets = effort.nets,
    );
    // Writing to a text does not fail.
    let _ = writeln!(text, "| drawing | caption | creator |\n|---|---|---|");
    for Drawing { name, caption, creator, .. } in drawings {
        let _ = writeln!(text, "| `{name}` | {caption} | {creator} |");
    }
    text
}
