use std::path::PathBuf;

use super::bins::{Modality, domains_to_name};
use super::form::Form;
use super::form_parts::ModalityForm;
use super::form_values::{Source, Words};
use super::gather_processing::processing;
use super::gather_sources::{crawled, modalities, other, private, public, synthetic, used, user_data};
use super::measure::{Measured, month};
use super::shape::{
    EuSummary, General, LanguageCount, Languages, ModalitySize, Model, Provider, Representative, SummarisedDataset,
};
use super::shape_sources::{Domains, LicensedSources, Sources};
use super::sources::Known;
use super::{DomainCount, domains};
use crate::Error;
use crate::captions::mask;
use crate::library::{FacetField, Library};

/// Where the template is.
pub(super) const TEMPLATE: &str = "Template for the Public Summary of Training Content for general-purpose AI models \
                                   required by Article 53(1)(d) of Regulation (EU) 2024/1689, C(2025) 8311";

/// The official languages of the Union.
pub(super) const UNION_LANGUAGES: [&str; 24] = [
    "bg", "cs", "da", "de", "el", "en", "es", "et", "fi", "fr", "ga", "hr", "hu", "it", "lt", "lv", "mt", "nl", "pl",
    "pt", "ro", "sk", "sl", "sv",
];

/// Languages that are listed.
const LANGUAGES: usize = 1_000;

/// What was counted of the samples of datasets.
pub struct Measurements {
    pub(super) library: Library,
    pub(super) all: Vec<Measured>,
}

impl Measurements {
    /// Counts all samples of the datasets in `dirs`.
    pub fn of(dirs: &[PathBuf]) -> Result<Self, Error> {
        let library = Library::open(dirs)?;
        let all = Measured::of(&library)?;
        Ok(Self { library, all })
    }

    /// The instants of the first and the last capture in the first dataset, in microseconds; `None` where none is known.
    pub(crate) fn captured(&self) -> Option<(i64, i64)> {
        let counts = &self.all.first()?.counts;
        counts.first_capture.zip(counts.last_capture)
    }
}

impl EuSummary {
    /// Summarises the datasets in `dirs`, with what `form` says of them.
    pub fn of(dirs: &[PathBuf], form: &Form, is_small_provider: bool) -> Result<Self, Error> {
        Self::of_measured(Measurements::of(dirs)?, form, is_small_provider)
    }

    /// The same of samples that were counted.
    pub fn of_measured(measurements: Measurements, form: &Form, is_small_provider: bool) -> Result<Self, Error> {
        let Measurements { library, mut all } = measurements;
        if let Some(stranger) = form.dataset.iter().find(|it| !all.iter().any(|measured| measured.name == it.folder)) {
            let names: Vec<&str> = all.iter().map(|measured| measured.name.as_str()).collect();
            let message = format!("it is none of the datasets\nhint: the form's datasets are {}", names.join(", "));
            return Err(Error::Input { input: stranger.folder.clone(), message });
        }
        let languages = languages(&library, all.iter().map(|measured| measured.counts.samples).sum(), form)?;
        let domains = crawled_domains(&mut all, form, is_small_provider)?;
        let known: Vec<Known<'_>> = all.iter().map(|measured| Known::of(measured, form)).collect();
        Ok(Self {
            format: "sayso-eu-summary",
            version: 1,
            template: TEMPLATE,
            summary_version: form.version.0.clone(),
            last_update: form.last_update.as_ref().map(|day| day.0.clone()),
            general: general(&all, form, languages),
            sources: Sources {
                public: public(&known, form),
                licensed: LicensedSources {
                    used: used(&known, Source::Licensed, form.licensed.used),
                    modalities: modalities(&known, Source::Licensed, &form.licensed.modalities),
                },
                private: private(&known, form),
                crawled: crawled(&known, form, domains),
                user_data: user_data(&known, form),
                synthetic: synthetic(&known, form),
                other: other(&known, form),
            },
            processing: processing(&all, form),
            datasets: known.iter().map(summarised).collect(),
        })
    }
}

/// What a provider wrote, without anybody's personal data but what stands there on purpose.
pub(super) fn words(words: &Words) -> Option<String> {
    words.0.clone()
}

/// Names in datasets are somebody else's words.
pub(super) fn masked(text: &str) -> String {
    mask(text).into_owned()
}

fn general(all: &[Measured], form: &Form, languages: Languages) -> General {
    let representative = &form.provider.representative;
    let has_representative = representative.name.0.is_some() || representative.contact.0.is_some();
    let last = all.iter().filter_map(Measured::last).max().map(month);
    let given = form.model.latest_acquisition.as_ref().map(|month| month.0.clone());
    General {
        provider: Provider {
            name: words(&form.provider.name),
            contact: words(&form.provider.contact),
            representative: has_representative
                .then(|| Representative { name: words(&representative.name), contact: words(&representative.contact) }),
        },
        model: Model {
            names: form.model.names.clone(),
            dependencies: words(&form.model.dependencies),
            placed_on_market: form.model.placed_on_market.as_ref().map(|day| day.0.clone()),
        },
        modalities: sizes(all, form),
        latest_acquisition: last.max(given),
        continuously_trained: form.model.continuously_trained,
        languages,
        other_characteristics: words(&form.characteristics.other),
        comments: words(&form.characteristics.comments),
    }
}

fn sizes(all: &[Measured], form: &Form) -> Vec<ModalitySize> {
    let sum = |of: fn(&Measured) -> u64| all.iter().map(of).fold(0, u64::saturating_add);
    let pictures = sum(|it| it.counts.pictures);
    let bytes = sum(|it| it.counts.caption_bytes);
    let forms = [&form.text, &form.image, &form.audio, &form.video, &form.other_modality];
    let size = |(modality, form): (Modality, &ModalityForm)| {
        let counted = match modality {
            Modality::Image => Some(pictures).filter(|pictures| *pictures > 0),
            _ => None,
        };
        let at_most = (modality == Modality::Text && bytes > 0).then_some(bytes);
        let number = form.number.or(counted);
        let is_there = number.is_some() || at_most.is_some() || *form != ModalityForm::default();
        // Without a count of tokens four bytes are taken for one; the range is wide enough that it matters to few.
        let estimate = number.or(at_most.map(|bytes| bytes / 4));
        let measured = match modality {
            Modality::Text if at_most.is_some() => {
                let characters = sum(|it| it.counts.caption_characters);
                Some(format!("{bytes} bytes, {characters} characters of captions in UTF-8"))
            }
            _ => None,
        };
        is_there.then(|| ModalitySize {
            modality,
            name: words(&form.name),
            unit: modality.unit(),
            range: estimate.and_then(|number| modality.range_of(number)),
            number,
            at_most: at_most.filter(|_| form.number.is_none()),
            size: words(&form.size).or(measured),
            types: words(&form.types),
        })
    };
    Modality::ALL.into_iter().zip(forms).filter_map(size).collect()
}

fn languages(library: &Library, samples: u64, form: &Form) -> Result<Languages, Error> {
    let facet = library.facets(None, None, &[FacetField::Language], LANGUAGES)?.pop();
    let unknown = facet.as_ref().map_or(samples, |facet| facet.without);
    let list: Vec<LanguageCount> = facet
        .into_iter()
        .flat_map(|facet| facet.values)
        .map(|value| LanguageCount {
            is_of_union: UNION_LANGUAGES.contains(&value.value.as_str()),
            language: masked(&value.value),
            samples: value.count,
        })
        .collect();
    Ok(Languages {
        description: words(&form.characteristics.languages),
        known: samples.saturating_sub(unknown),
        unknown,
        union_languages: list.iter().filter(|language| language.is_of_union).count() as u64,
        list,
    })
}

fn crawled_domains(all: &mut [Measured], form: &Form, is_small_provider: bool) -> Result<Option<Domains>, Error> {
    let mut files = Vec::new();
    for measured in all.iter_mut() {
        if Known::of(measured, form).is(Source::Crawled) {
            files.extend(measured.domains.take());
        }
    }
    if files.is_empty() {
        return Ok(None);
    }
    let (totals, by_bytes, by_samples) =
        domains::relevant(&mut files, |total| domains_to_name(total, is_small_provider))
            .map_err(Error::file("the counts of domains"))?;
    Ok(Some(Domains {
        total: totals.domains,
        is_small_provider,
        to_name: domains_to_name(totals.domains, is_small_provider),
        samples: totals.samples,
        samples_with_bytes: totals.samples_with_bytes,
        bytes: totals.bytes,
        total_with_bytes: totals.domains_with_bytes,
        by_bytes: by_bytes.into_iter().map(shown).collect(),
        by_samples: by_samples.into_iter().map(shown).collect(),
    }))
}

/// A domain as anybody may read it.
fn shown(mut count: DomainCount) -> DomainCount {
    count.domain = masked(&count.domain);
    count
}

fn summarised(known: &Known<'_>) -> SummarisedDataset {
    let Measured { name, manifest, counts, .. } = known.measured;
    SummarisedDataset {
        folder: masked(name),
        name: known.name.as_deref().map(masked),
        source: known.source,
        snapshot: manifest.snapshot,
        root: manifest.root.clone(),
        purpose: manifest.purpose.0.as_str().to_owned(),
        policy: manifest.policy.as_str().to_owned(),
        samples: counts.samples,
        pictures: counts.pictures,
        caption_bytes: counts.caption_bytes,
        caption_characters: counts.caption_characters,
        picture_bytes: counts.picture_bytes,
        samples_with_bytes: counts.with_picture_bytes,
        refused: manifest.exclusion_rows(),
        from: counts.first_capture.map(month),
        to: known.measured.last().map(month),
    }
}
