//! Section 2: what the datasets say of their origin, and then the form.

use super::bins::Modality;
use super::form::Form;
use super::form_values::{Source, Words};
use super::gather::{masked, words};
use super::measure::{Measured, month};
use super::shape_sources::{
    CrawledSources, Domains, LargeDataset, OtherSources, PrivateSources, PublicSources, SyntheticSources, UserData,
};
use super::sources::Known;

/// What makes a publicly available dataset large.
pub(super) const LARGE: f64 = 0.03;

/// Whether a source is used: what is seen is, what the form says is not known otherwise.
pub(super) fn used(known: &[Known<'_>], source: Source, form: Option<bool>) -> Option<bool> {
    if known.iter().any(|dataset| dataset.is(source)) { Some(true) } else { form }
}

/// The kinds of content of the datasets of a source, and those that the form names.
pub(super) fn modalities(known: &[Known<'_>], source: Source, form: &[Modality]) -> Vec<Modality> {
    let mut all = form.to_vec();
    for counts in known.iter().filter(|dataset| dataset.is(source)).map(|dataset| &dataset.measured.counts) {
        all.extend((counts.caption_bytes > 0).then_some(Modality::Text));
        all.extend((counts.pictures > 0).then_some(Modality::Image));
    }
    all.sort_unstable();
    all.dedup();
    all
}

pub(super) fn public(known: &[Known<'_>], form: &Form) -> PublicSources {
    let of: Vec<&Known<'_>> = known.iter().filter(|dataset| dataset.is(Source::Public)).collect();
    let all: u64 = of.iter().map(|dataset| dataset.measured.counts.samples).sum();
    let share = |samples: u64| if all == 0 { 0.0 } else { samples as f64 / all as f64 };
    let (large, small): (Vec<_>, Vec<_>) =
        of.into_iter().partition(|dataset| share(dataset.measured.counts.samples) > LARGE);
    let counted = large.into_iter().map(|dataset| {
        let counts = &dataset.measured.counts;
        LargeDataset {
            name: masked(&dataset.title()),
            link: dataset.form.and_then(|form| words(&form.link)),
            description: dataset.form.and_then(|form| words(&form.description)),
            samples: Some(counts.samples),
            share: Some(share(counts.samples)),
            from: counts.first_capture.map(month),
            to: dataset.measured.last().map(month),
        }
    });
    let told = form.public.dataset.iter().map(|dataset| LargeDataset {
        name: words(&dataset.name).unwrap_or_default(),
        link: words(&dataset.link),
        description: words(&dataset.description),
        samples: None,
        share: None,
        from: dataset.from.as_ref().map(|month| month.0.clone()),
        to: dataset.to.as_ref().map(|month| month.0.clone()),
    });
    let small: Vec<String> = small.iter().map(|dataset| masked(&dataset.title())).collect();
    let small = (!small.is_empty()).then(|| format!("Smaller ones: {}.", small.join(", ")));
    let others: Vec<String> = small.into_iter().chain(words(&form.public.others)).collect();
    let told_used = form.public.used.or((!form.public.dataset.is_empty()).then_some(true));
    PublicSources {
        used: used(known, Source::Public, told_used),
        modalities: modalities(known, Source::Public, &form.public.modalities),
        large: counted.chain(told).collect(),
        others: (!others.is_empty()).then(|| others.join(" ")),
        comments: words(&form.public.comments),
    }
}

/// What the form says of the datasets of a source, and then of the source.
fn described(known: &[Known<'_>], source: Source, form: &Words) -> Option<String> {
    let of = known.iter().filter(|dataset| dataset.is(source));
    let of = of.filter_map(|dataset| Some(format!("{}: {}.", dataset.title(), words(&dataset.form?.description)?)));
    let all: Vec<String> = of.chain(words(form)).collect();
    (!all.is_empty()).then(|| all.join(" "))
}

pub(super) fn private(known: &[Known<'_>], form: &Form) -> PrivateSources {
    let of = known.iter().filter(|dataset| dataset.is(Source::Private));
    let named = of.filter(|dataset| dataset.name.is_some()).map(|dataset| masked(&dataset.title()));
    PrivateSources {
        used: used(known, Source::Private, form.private.used),
        modalities: modalities(known, Source::Private, &form.private.modalities),
        known: named.chain(form.private.known.iter().cloned()).collect(),
        description: described(known, Source::Private, &form.private.description),
        comments: words(&form.private.comments),
    }
}

pub(super) fn crawled(known: &[Known<'_>], form: &Form, domains: Option<Domains>) -> CrawledSources {
    let of: Vec<&Measured> =
        known.iter().filter(|dataset| dataset.is(Source::Crawled)).map(|dataset| dataset.measured).collect();
    // The product token under which robots.txt was read is the crawler's name, unless the form has better ones.
    let mut crawlers = form.crawled.crawlers.clone();
    if crawlers.is_empty() {
        crawlers = of.iter().map(|measured| masked(&measured.manifest.agent)).collect();
        crawlers.sort_unstable();
        crawlers.dedup();
    }
    CrawledSources {
        used: used(known, Source::Crawled, form.crawled.used),
        crawlers,
        purposes: words(&form.crawled.purposes),
        behaviour: words(&form.crawled.behaviour),
        from: of.iter().filter_map(|measured| measured.counts.first_capture).min().map(month),
        to: of.iter().filter_map(|measured| measured.last()).max().map(month),
        description: described(known, Source::Crawled, &form.crawled.description),
        modalities: modalities(known, Source::Crawled, &form.crawled.modalities),
        domains,
        comments: words(&form.crawled.comments),
    }
}

pub(super) fn user_data(known: &[Known<'_>], form: &Form) -> UserData {
    UserData {
        from_model: form.user_data.from_model,
        from_services: used(known, Source::UserData, form.user_data.from_services),
        description: described(known, Source::UserData, &form.user_data.description),
        modalities: modalities(known, Source::UserData, &form.user_data.modalities),
        comments: words(&form.user_data.comments),
    }
}

pub(super) fn synthetic(known: &[Known<'_>], form: &Form) -> SyntheticSources {
    SyntheticSources {
        used: used(known, Source::Synthetic, form.synthetic.used),
        modalities: modalities(known, Source::Synthetic, &form.synthetic.modalities),
        models: form.synthetic.models.clone(),
        other_models: words(&form.synthetic.other_models),
        comments: words(&form.synthetic.comments),
    }
}

pub(super) fn other(known: &[Known<'_>], form: &Form) -> OtherSources {
    OtherSources {
        used: used(known, Source::Other, form.other.used),
        description: described(known, Source::Other, &form.other.description),
        comments: words(&form.other.comments),
    }
}
