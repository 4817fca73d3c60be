//! What contradicts itself: ranges and numbers, sums, dates.

use serde_json::Value;

use super::super::bins::Modality;
use super::super::gather::UNION_LANGUAGES;
use super::super::gather_sources::LARGE;
use super::Complaints;
use super::view::View;

/// Complains of contradictions.
pub(super) fn check(view: &View<'_>, complaints: &mut Complaints) {
    modalities(view, complaints);
    datasets(view, complaints);
    languages(view, complaints);
    large(view, complaints);
    protocols(view, complaints);
    dates(view, complaints);
}

fn modality_of(value: &Value) -> Option<Modality> {
    serde_json::from_value(value.clone()).ok()
}

fn modalities(view: &View<'_>, complaints: &mut Complaints) {
    let mut all = Vec::new();
    for (number, one) in view.list("/general/modalities").iter().enumerate() {
        let place = |field: &str| format!("/general/modalities/{number}/{field}");
        let Some(modality) = one.get("modality").and_then(modality_of) else { continue };
        if all.contains(&modality) && modality != Modality::Other {
            complaints.add(place("modality"), format!("`{}` stands there twice", modality.as_str()));
        }
        all.push(modality);
        let Some(range) = view.text(&place("range")) else { continue };
        let Some(least) = modality.least_of(range) else {
            let names = modality.range_names().join("`, `");
            complaints
                .add(place("range"), format!("it is no range of `{}`, whose ranges are `{names}`", modality.as_str()));
            continue;
        };
        if let Some(number) = view.number(&place("number"))
            && modality.range_of(number) != Some(range)
        {
            complaints.add(place("range"), format!("{number} {} do not lie in it", modality.unit()));
        }
        if view.number(&place("at_most")).is_some_and(|most| most < least) {
            complaints.add(place("range"), "it begins above the number that cannot be exceeded".to_owned());
        }
    }
    for source in ["public", "licensed", "private", "crawled", "user_data", "synthetic"] {
        let place = format!("/sources/{source}/modalities");
        for (number, one) in view.list(&place).iter().enumerate() {
            if modality_of(one).is_some_and(|modality| !all.contains(&modality)) {
                complaints
                    .add(format!("{place}/{number}"), "section 1.3 does not know this kind of content".to_owned());
            }
        }
    }
}

/// What the datasets come to is what the sections say of all of them.
fn datasets(view: &View<'_>, complaints: &mut Complaints) {
    let datasets = view.list("/datasets");
    let of = |dataset: &Value, field: &str| dataset.get(field).and_then(Value::as_u64);
    let sum = |field: &str| datasets.iter().filter_map(|dataset| of(dataset, field)).fold(0, u64::saturating_add);
    for (number, dataset) in datasets.iter().enumerate() {
        let place = |field: &str| format!("/datasets/{number}/{field}");
        let samples = of(dataset, "samples");
        for field in ["pictures", "samples_with_bytes"] {
            if of(dataset, field) > samples {
                complaints.add(place(field), "there are more of them than samples".to_owned());
            }
        }
        if of(dataset, "caption_characters") > of(dataset, "caption_bytes") {
            complaints.add(place("caption_characters"), "there are more characters than bytes".to_owned());
        }
        order(view, &place("from"), &place("to"), complaints);
    }
    if datasets.is_empty() {
        return;
    }
    for (number, one) in view.list("/general/modalities").iter().enumerate() {
        let given = view.number(&format!("/general/modalities/{number}/number"));
        if one.get("modality").and_then(modality_of) == Some(Modality::Image)
            && given.is_some_and(|it| it < sum("pictures"))
        {
            let place = format!("/general/modalities/{number}/number");
            complaints.add(place, format!("the datasets alone have {} pictures", sum("pictures")));
        }
    }
    let known = view.number("/general/languages/known").zip(view.number("/general/languages/unknown"));
    if known.is_some_and(|(known, unknown)| known.saturating_add(unknown) != sum("samples")) {
        complaints.add(
            "/general/languages/known",
            format!("with `unknown` it is not the {} samples of the datasets", sum("samples")),
        );
    }
    for (number, dataset) in datasets.iter().enumerate() {
        let source = dataset.get("source").and_then(Value::as_str);
        let question = match source {
            Some("user-data") => "user_data/from_services".to_owned(),
            Some(source) => format!("{source}/used"),
            None => {
                let place = format!("/datasets/{number}/source");
                complaints.add(place, "nothing says where the dataset comes from, so no section counts it".to_owned());
                continue;
            }
        };
        if view.truth(&format!("/sources/{question}")) == Some(false) {
            complaints.add(format!("/sources/{question}"), format!("dataset {number} comes from there"));
        }
    }
}

fn languages(view: &View<'_>, complaints: &mut Complaints) {
    let (mut sum, mut of_union) = (0_u64, 0);
    for (number, one) in view.list("/general/languages/list").iter().enumerate() {
        let code = one.get("language").and_then(Value::as_str).unwrap_or_default();
        sum = sum.saturating_add(one.get("samples").and_then(Value::as_u64).unwrap_or_default());
        let is_of_union = UNION_LANGUAGES.contains(&code);
        of_union += u64::from(is_of_union);
        if one.get("is_of_union").and_then(Value::as_bool).is_some_and(|said| said != is_of_union) {
            let place = format!("/general/languages/list/{number}/is_of_union");
            complaints.add(place, "that is not so of the 24 official languages of the Union".to_owned());
        }
    }
    if view.number("/general/languages/known").is_some_and(|known| sum > known) {
        complaints.add("/general/languages/known", format!("the languages of the list have {sum} samples"));
    }
    if view.number("/general/languages/union_languages").is_some_and(|said| said != of_union) {
        complaints.add("/general/languages/union_languages", format!("the list has {of_union} of them"));
    }
}

fn large(view: &View<'_>, complaints: &mut Complaints) {
    let mut shares = 0.0;
    for (number, one) in view.list("/sources/public/large").iter().enumerate() {
        let place = |field: &str| format!("/sources/public/large/{number}/{field}");
        order(view, &place("from"), &place("to"), complaints);
        let Some(share) = one.get("share").and_then(Value::as_f64) else { continue };
        shares += share;
        if share <= LARGE {
            complaints.add(place("share"), "a large dataset has more than 3 %".to_owned());
        }
    }
    if shares > 1.0 + 1e-6 {
        complaints.add("/sources/public/large", "their shares are more than the whole".to_owned());
    }
}

fn protocols(view: &View<'_>, complaints: &mut Complaints) {
    let place = "/processing/reservations/protocols";
    let mut refused = 0_u64;
    for (number, one) in view.list(place).iter().enumerate() {
        let of = |field: &str| one.get(field).and_then(Value::as_u64).unwrap_or_default();
        let codes = one.get("codes").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        let sum = |field: &str| codes.iter().filter_map(|code| code.get(field)?.as_u64()).fold(0, u64::saturating_add);
        refused = refused.saturating_add(sum("refused"));
        if of("honoured").saturating_add(of("refused_in_doubt")) != sum("refused") {
            complaints
                .add(format!("{place}/{number}/honoured"), format!("the codes come to {} refused", sum("refused")));
        }
        if of("kept") != sum("kept") {
            complaints.add(format!("{place}/{number}/kept"), format!("the codes come to {} kept", sum("kept")));
        }
    }
    let otherwise = view.list("/processing/reservations/refused_otherwise");
    let otherwise = otherwise.iter().filter_map(|code| code.get("refused")?.as_u64()).fold(0, u64::saturating_add);
    let datasets = view.list("/datasets");
    let of_datasets = datasets.iter().filter_map(|it| it.get("refused")?.as_u64()).fold(0, u64::saturating_add);
    if !datasets.is_empty() && refused.saturating_add(otherwise) != of_datasets {
        let message =
            format!("they and what was refused otherwise are not the {of_datasets} pairs that the datasets refused");
        complaints.add(place, message);
    }
}

/// Dates in the order in which they must have come. Months and days that are written right are in the order of their texts.
fn dates(view: &View<'_>, complaints: &mut Complaints) {
    let crawled = "/sources/crawled";
    order(view, &format!("{crawled}/from"), &format!("{crawled}/to"), complaints);
    order(view, &format!("{crawled}/to"), "/general/latest_acquisition", complaints);
    for (number, _) in view.list("/datasets").iter().enumerate() {
        order(view, &format!("/datasets/{number}/to"), "/general/latest_acquisition", complaints);
    }
    order(view, "/general/latest_acquisition", "/last_update", complaints);
    if view.truth("/general/continuously_trained") == Some(false) {
        order(view, "/general/latest_acquisition", "/general/model/placed_on_market", complaints);
    }
}

/// Complains where the month of one place is behind that of the other.
fn order(view: &View<'_>, earlier: &str, later: &str, complaints: &mut Complaints) {
    let month = |place: &str| view.text(place)?.get(..7);
    if let (Some(first), Some(second)) = (month(earlier), month(later))
        && first > second
    {
        complaints.add(earlier, format!("`{first}` is later than `{second}` at {later}"));
    }
}
