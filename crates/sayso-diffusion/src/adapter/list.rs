//! The first adapters for Stable Diffusion, by cloneofsimo's program: tensors without names, numbered in the order in which
//! the modules were made in the diffusers of that time. What stands in the middle was made last, and the gates between the
//! two attentions.

use super::names::Role;
use super::{Outline, Part};

/// The part, number and role of a tensor's name, such as `unet:0:down`.
pub(super) fn numbered(name: &str) -> Option<(Part, usize, Role)> {
    let mut parts = name.split(':');
    let part = match parts.next()? {
        "unet" => Part::Unet,
        "text_encoder" => Part::Text,
        _ => return None,
    };
    let number = parts.next()?.parse().ok()?;
    let role = match (parts.next()?, parts.next()) {
        ("down", None) => Role::Down,
        ("up", None) => Role::Up,
        _ => return None,
    };
    Some((part, number, role))
}

/// The modules in the order of their numbers, if there are `count` of them: with gates, or with attention alone.
pub(super) fn modules(outline: &Outline, part: Part, count: usize) -> Vec<&str> {
    let listed = |gates: bool| {
        let mut modules: Vec<(Vec<usize>, &str)> =
            outline.modules().filter_map(|(name, _)| Some((place(part, gates, name)?, name))).collect();
        modules.sort();
        modules.into_iter().map(|(_, name)| name).collect::<Vec<_>>()
    };
    let all = listed(true);
    if all.len() == count { all } else { listed(false) }
}

/// Where a module stands in the order; none if it is not in the list.
fn place(part: Part, gates: bool, name: &str) -> Option<Vec<usize>> {
    let (blocks, ends): (&[&str], &[&str]) = match part {
        Part::Unet => (
            &["down_blocks", "up_blocks", "mid_block", "attentions", "transformer_blocks"],
            &["attn1.to_q", "attn1.to_k", "attn1.to_v", "attn1.to_out.0", "ff.net.0.proj"],
        ),
        Part::Text | Part::SecondText => (
            &["encoder", "layers"],
            &["self_attn.k_proj", "self_attn.v_proj", "self_attn.q_proj", "self_attn.out_proj"],
        ),
    };
    let second = ["attn2.to_q", "attn2.to_k", "attn2.to_v", "attn2.to_out.0"];
    let second: &[&str] = if part == Part::Unet { &second } else { &[] };
    let (end, ending) = ends
        .iter()
        .chain(second)
        .enumerate()
        .find(|(_, end)| name.strip_suffix(*end).is_some_and(|start| start.ends_with('.')))?;
    if !gates && ending.starts_with("ff.") {
        return None;
    }
    let mut place = Vec::new();
    for word in name.strip_suffix(ending)?.split('.').filter(|word| !word.is_empty()) {
        place.push(match blocks.iter().position(|block| *block == word) {
            Some(block) => block,
            None => word.parse().ok()?,
        });
    }
    place.push(end);
    Some(place)
}
