use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use sayso_core::Modality;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::refusal::Refusal;

/// The most results with their samples: each is read from its place on disk.
const MOST_SAMPLES: usize = 1000;
/// Results with their samples where the question does not say, as in clip-retrieval.
const USUAL_SAMPLES: usize = 100;
/// The most results in all; clip-retrieval's own page asks for as many.
const MOST_RESULTS: usize = 3000;

/// What clip-retrieval's clients ask. What else they send is about models that are not here, and changes nothing:
/// `use_safety_model`, `use_violence_detector`, `aesthetic_score`, `aesthetic_weight`.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct KnnQuestion {
    /// A text, which needs the embedder itself.
    text: Option<String>,
    /// A picture's file in base64, which needs the embedder itself. It is kept in memory only.
    image: Option<String>,
    /// The address of a picture. It is refused: this server fetches nothing from elsewhere.
    image_url: Option<String>,
    /// A vector that the embedder of the index made.
    embedding_input: Option<Vec<f32>>,
    /// Whether pictures (`image`, as if not given) or captions (`text`) are compared.
    modality: Option<String>,
    /// How many results have their caption and address; 1,000 at most.
    num_images: Option<usize>,
    /// How many results there are; 3,000 at most, and `num_images` if not given.
    num_result_ids: Option<usize>,
    /// The index, as `/indices-list` names it; the first if not given.
    indice_name: Option<String>,
    /// Whether of results that are all but the same one is returned.
    deduplicate: Option<bool>,
    /// Whether the text is read by a multilingual net, which is not here.
    use_mclip: Option<bool>,
}

/// What is looked for.
pub(super) enum Sought {
    Text(String),
    /// A picture's file.
    Picture(Vec<u8>),
    Vector(Vec<f32>),
}

impl KnnQuestion {
    /// Reads a question. What is said of a mistake names its place and repeats nothing of it.
    pub(super) fn read(body: &[u8]) -> Result<Self, Refusal> {
        serde_json::from_slice(body).map_err(|error| Refusal::Question {
            message: format!("the question is not read at line {}, column {}", error.line(), error.column()),
        })
    }

    pub(super) fn modality(&self) -> Result<Modality, Refusal> {
        let given = self.modality.as_deref().unwrap_or("image");
        given.parse().map_err(|_| wrong("`modality` is neither image nor text".to_owned()))
    }

    pub(super) fn index(&self) -> Option<&String> {
        self.indice_name.as_ref()
    }

    pub(super) fn drops_doubles(&self) -> bool {
        self.deduplicate.unwrap_or(false)
    }

    /// How many results have samples, and how many there are.
    pub(super) fn sizes(&self) -> Result<(usize, usize), Refusal> {
        let samples = self.num_images.unwrap_or(USUAL_SAMPLES);
        let results = self.num_result_ids.unwrap_or(samples);
        if samples > MOST_SAMPLES || results > MOST_RESULTS {
            return Err(wrong(format!("`num_images` is {MOST_SAMPLES} at most, and `num_result_ids` {MOST_RESULTS}")));
        }
        Ok((samples, results))
    }

    /// What is looked for: the first that is given, in the order in which clip-retrieval looks.
    pub(super) fn sought(self) -> Result<Sought, Refusal> {
        if let Some(text) = self.text.filter(|text| !text.is_empty()) {
            if self.use_mclip == Some(true) {
                return Err(Refusal::NoEmbedder { name: "multilingual CLIP".to_owned() });
            }
            return Ok(Sought::Text(text));
        }
        if let Some(image) = self.image {
            let file = BASE64_STANDARD.decode(image.trim_ascii());
            return file.map(Sought::Picture).map_err(|_| wrong("`image` is no base64".to_owned()));
        }
        if self.image_url.is_some() {
            return Err(Refusal::ForeignAddress);
        }
        let nothing = || wrong("it has none of `text`, `image` and `embedding_input`".to_owned());
        self.embedding_input.map(Sought::Vector).ok_or_else(nothing)
    }
}

fn wrong(message: String) -> Refusal {
    Refusal::Question { message }
}
