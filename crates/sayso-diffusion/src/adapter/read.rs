use std::collections::BTreeMap;
use std::path::Path;

use candle_core::{Device, Tensor};
use sayso_model::{Checkpoint, ModelError, Weights};

use super::alphas::Alphas;
use super::file::metadata;
use super::list;
use super::names::{Names, Role};
use super::{Adapter, Form, Outlines, Part};
use crate::DiffusionError;
use crate::load::Loading;
use crate::net::{LowRank, is_pickle};

/// The most numbers between down and up: beyond, a module has fewer itself.
const RANK: usize = 4096;
/// The names of an adapter's tensors for each module.
type Found = BTreeMap<(Part, String), BTreeMap<Role, String>>;

impl Adapter {
    /// Reads an adapter for a model, which is opened so. No weights of the model are read.
    ///
    /// # Errors
    ///
    /// When the file cannot be read, is a pickle and those are not allowed, or holds what has no place in the model; all that is
    /// wrong is told at once.
    pub fn open(path: &Path, base: &Path, loading: &Loading) -> Result<Self, DiffusionError> {
        if !loading.pickle && is_pickle(path)? {
            return Err(DiffusionError::Pickle { path: path.to_owned() });
        }
        Self::read(path, &Outlines::read(base, loading)?)
    }

    /// Reads an adapter for nets of these outlines.
    pub(crate) fn read(path: &Path, outlines: &Outlines) -> Result<Self, DiffusionError> {
        let mut weights = Weights::new(Checkpoint::open(path)?);
        let texts = metadata(path)?;
        let all: Vec<String> = weights.names().map(str::to_owned).collect();
        let (mut faults, mut words) = (Vec::new(), BTreeMap::new());
        let (found, form) = meanings(&all, &texts, outlines, &mut faults, &mut words);
        let alphas = Alphas::read(&texts, outlines, &mut faults);
        let mut layers = BTreeMap::new();
        for ((part, module), names) in found {
            let shape = outlines.of(part).shape(&module).unwrap_or_default().to_vec();
            match layer(&mut weights, &names, &shape, &|rank| alphas.alpha(part, &module, rank))? {
                Ok(layer) => {
                    layers.insert((part, module), layer);
                }
                Err(more) => faults.extend(more),
            }
        }
        let mut vectors = BTreeMap::new();
        for (word, name) in words {
            match numbers(&mut weights, &name, &[outlines.width])? {
                Ok(vector) => {
                    vectors.insert(word, Tensor::from_vec(vector, outlines.width, &Device::Cpu)?);
                }
                Err(fault) => faults.push(fault),
            }
        }
        if all.is_empty() {
            faults.push("it holds no tensor".to_owned());
        }
        if !faults.is_empty() {
            return Err(DiffusionError::Adapter { path: path.to_owned(), faults });
        }
        let digest = Some(weights.checkpoint().digest());
        Ok(Self { form, digest, layers, words: vectors, metadata: texts })
    }
}

/// Which module each name means. What means none becomes a fault.
fn meanings(
    all: &[String],
    texts: &BTreeMap<String, String>,
    outlines: &Outlines,
    faults: &mut Vec<String>,
    words: &mut BTreeMap<String, String>,
) -> (Found, Form) {
    let names = Names::new(outlines);
    let listed = |part| {
        let count = all.iter().filter_map(|name| list::numbered(name)).filter(|(of, ..)| *of == part).count();
        list::modules(outlines.of(part), part, count.div_ceil(2))
    };
    let lists = Part::ALL.map(|part| (part, listed(part)));
    let (mut found, mut form) = (Found::new(), Form::Diffusers);
    for name in all {
        let meant = match list::numbered(name) {
            Some((part, number, role)) => {
                let modules = lists.iter().find(|(of, _)| *of == part).map(|(_, modules)| modules);
                modules
                    .and_then(|modules| modules.get(number))
                    .map(|module| (part, (*module).to_owned(), role, Form::List))
            }
            None => names.meant(name),
        };
        let Some((part, module, role, of)) = meant else {
            if texts.get(name).is_some_and(|kind| kind == "<embed>") && !name.trim().is_empty() {
                words.insert(name.clone(), name.clone());
            } else {
                faults.push(format!("`{}` is of no module that this model has", shortened(name)));
            }
            continue;
        };
        form = of;
        if let Some(other) = found.entry((part, module)).or_default().insert(role, name.clone()) {
            faults.push(format!("`{}` and `{}` are the same", shortened(&other), shortened(name)));
        }
    }
    (found, form)
}

/// The tensors of a module, or what is wrong with them.
fn layer(
    weights: &mut Weights,
    names: &BTreeMap<Role, String>,
    shape: &[usize],
    alpha: &dyn Fn(usize) -> f64,
) -> Result<Result<LowRank, Vec<String>>, DiffusionError> {
    let (Some(down), Some(up), [outputs, inputs, kernel @ ..]) = (names.get(&Role::Down), names.get(&Role::Up), shape)
    else {
        let there = names.values().next().map(String::as_str).unwrap_or_default();
        return Ok(Err(vec![format!("`{}` lacks what goes down or up with it", shortened(there))]));
    };
    let rank = weights.sides(down).and_then(<[usize]>::first).copied().unwrap_or(0);
    if !(1..=RANK).contains(&rank) {
        return Ok(Err(vec![format!("`{}` has the rank {rank}, and {RANK} is the most", shortened(down))]));
    }
    let ones = vec![1; kernel.len()];
    let mut faults = Vec::new();
    let of_down: Vec<usize> = [&[rank, *inputs], kernel].concat();
    let of_up: Vec<usize> = [&[*outputs, rank], ones.as_slice()].concat();
    let mut tensor = |name: &str, shape: &[usize]| {
        let read = numbers(weights, name, shape)?;
        Ok::<_, DiffusionError>(match read {
            Ok(read) => Some(Tensor::from_vec(read, shape, &Device::Cpu)?),
            Err(fault) => {
                faults.push(fault);
                None
            }
        })
    };
    let (down, up) = (tensor(down, &of_down)?, tensor(up, &of_up)?);
    let alpha = match names.get(&Role::Alpha) {
        None => Some(alpha(rank)),
        Some(name) => {
            let sides = weights.sides(name).filter(|sides| sides.iter().all(|side| *side == 1)).unwrap_or_default();
            let sides = sides.to_vec();
            numbers(weights, name, &sides)?
                .map_err(|fault| faults.push(fault))
                .ok()
                .and_then(|numbers| Some(f64::from(*numbers.first()?)))
        }
    };
    Ok(match (down, up, alpha) {
        (Some(down), Some(up), Some(alpha)) => Ok(LowRank { down, up, scale: alpha / rank as f64 }),
        _ => Err(faults),
    })
}

/// Numbers of a tensor with this shape, beside sides of one at its end: a kernel of one pixel is a matrix, too.
fn numbers(weights: &mut Weights, name: &str, shape: &[usize]) -> Result<Result<Vec<f32>, String>, DiffusionError> {
    let trimmed = |sides: &[usize]| {
        let ones = sides.iter().skip(2).rev().take_while(|side| **side == 1).count();
        sides.get(..sides.len() - ones).unwrap_or_default().to_vec()
    };
    let own = weights.sides(name).filter(|own| trimmed(own) == trimmed(shape)).map(<[usize]>::to_vec);
    match weights.numbers(name, own.as_deref().unwrap_or(shape)) {
        Ok(numbers) => Ok(Ok(numbers)),
        Err(ModelError::Tensor { tensor, reason, .. }) => Ok(Err(format!("`{}` {reason}", shortened(&tensor)))),
        Err(error) => Err(error.into()),
    }
}

pub(super) fn shortened(name: &str) -> String {
    name.chars().take(200).collect()
}
