use std::path::PathBuf;

use sayso_diffusion::train::Settings;
use sayso_diffusion::{Form, Loading};

/// What is to be made of pictures that said yes.
#[derive(Debug, Clone)]
pub struct Tuning {
    /// The model.
    pub base: PathBuf,
    /// How it is opened.
    pub loading: Loading,
    /// What it is called: on the hub, or by its folder.
    pub base_name: String,
    /// How it is trained.
    pub settings: Settings,
    /// The folder of the run.
    pub folder: PathBuf,
    /// Pictures of the class, so that the model does not forget it.
    pub class: Option<Class>,
    /// Pictures on the way.
    pub samples: Option<Samples>,
    /// Steps between two states that it can go on from.
    pub save_every: usize,
}

/// What things of the subject's kind are called. Pictures of them are made by the model itself, before it learns anything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Class {
    /// The prompt.
    pub prompt: String,
    /// How many pictures.
    pub count: usize,
}

/// Pictures that are made on the way, always of the same noise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Samples {
    /// Steps from one to the next.
    pub every: usize,
    /// What they show.
    pub prompts: Vec<String>,
}

/// What the weights are to say of themselves, beside what is known of the run.
#[derive(Debug, Clone)]
pub struct Paper {
    /// Where they go: a file for an adapter, a folder for a whole model.
    pub out: PathBuf,
    /// How an adapter's tensors are named.
    pub form: Form,
    /// What it is called.
    pub title: String,
    /// What it is, in a sentence.
    pub description: Option<String>,
    /// The licence under which it is given out.
    pub licence: Option<String>,
    /// Who made it.
    pub author: Option<String>,
    /// When, as `2026-11-22`, if that is to be told.
    pub date: Option<String>,
    /// The prompt that calls it up.
    pub trigger: Option<String>,
    /// Whom the pictures show, as whoever trains says.
    pub depicts: Vec<String>,
}
