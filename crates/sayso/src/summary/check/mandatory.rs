//! What the template asks everybody for, and what goes with an answer.

use super::Complaints;
use super::view::View;

/// Fields that no summary can leave empty, and what they are.
const ALWAYS: [(&str, &str); 13] = [
    ("/summary_version", "the version of the summary"),
    ("/last_update", "the day of the last change"),
    ("/general/provider/name", "the provider's name (section 1.1)"),
    ("/general/provider/contact", "how to reach the provider (section 1.1)"),
    ("/general/model/names", "the versioned names of the models (section 1.2)"),
    ("/general/model/placed_on_market", "the day on which the model was placed on the market (section 1.2)"),
    ("/general/modalities", "the kinds of content (section 1.3)"),
    ("/general/latest_acquisition", "the month of the last data (section 1.3)"),
    ("/general/continuously_trained", "whether the model goes on being trained on new data (section 1.3)"),
    ("/general/languages/description", "the linguistic characteristics in words (section 1.3)"),
    ("/processing/reservations/code_of_practice", "whether the provider signed the Code of Practice (section 3.1)"),
    ("/processing/reservations/measures", "the measures that respect reservations of rights (section 3.1)"),
    ("/processing/illegal_content/measures", "the measures against illegal content (section 3.2)"),
];

/// A source: its section, where the answers stand, and what has to be said if one of them is yes.
struct Source {
    name: &'static str,
    questions: &'static [&'static str],
    /// Of each group one field has to be filled.
    asks: &'static [(&'static [&'static str], &'static str)],
    /// All fields that say something of the source.
    says: &'static [&'static str],
}

const SOURCES: [Source; 7] = [
    Source {
        name: "public",
        questions: &["used"],
        asks: &[
            (&["modalities"], "the kinds of content of publicly available datasets (section 2.1)"),
            (&["large", "others"], "publicly available datasets: the large ones, or the others in words (section 2.1)"),
        ],
        says: &["modalities", "large", "others"],
    },
    Source {
        name: "licensed",
        questions: &["used"],
        asks: &[(&["modalities"], "the kinds of content of licensed datasets (section 2.2.1)")],
        says: &["modalities"],
    },
    Source {
        name: "private",
        questions: &["used"],
        asks: &[
            (&["modalities"], "the kinds of content of private datasets (section 2.2.2)"),
            (
                &["known", "description"],
                "private datasets: those that are known, or the others in words (section 2.2.2)",
            ),
        ],
        says: &["modalities", "known", "description"],
    },
    Source {
        name: "crawled",
        questions: &["used"],
        asks: &[
            (&["crawlers"], "names of crawlers (section 2.3)"),
            (&["purposes"], "purposes of the crawlers (section 2.3)"),
            (&["behaviour"], "how the crawlers behave (section 2.3)"),
            (&["from"], "the first month of the crawl (section 2.3)"),
            (&["to"], "the last month of the crawl (section 2.3)"),
            (&["description"], "what kinds of content and sites were crawled (section 2.3)"),
            (&["modalities"], "the kinds of content that were crawled (section 2.3)"),
            (&["domains"], "the most relevant domains (section 2.3)"),
        ],
        says: &["from", "to", "description", "modalities", "domains"],
    },
    Source {
        name: "user_data",
        questions: &["from_model", "from_services"],
        asks: &[
            (&["description"], "the services whose users' data were used (section 2.4)"),
            (&["modalities"], "the kinds of content of users' data (section 2.4)"),
        ],
        says: &["description", "modalities"],
    },
    Source {
        name: "synthetic",
        questions: &["used"],
        asks: &[
            (&["modalities"], "the kinds of synthetic content (section 2.5)"),
            (&["models", "other_models"], "the models that made synthetic data (section 2.5)"),
        ],
        says: &["modalities", "models", "other_models"],
    },
    Source {
        name: "other",
        questions: &["used"],
        asks: &[(&["description"], "what the other sources are (section 2.6)")],
        says: &["description"],
    },
];

/// Complains of what is left open.
pub(super) fn check(view: &View<'_>, complaints: &mut Complaints) {
    for (place, what) in ALWAYS {
        if !view.is_filled(place) {
            complaints.add(place, format!("the template asks for {what}"));
        }
    }
    let mut is_any_used = false;
    let mut is_any_open = false;
    for source in &SOURCES {
        let at = |field: &str| format!("/sources/{}/{field}", source.name);
        let answers: Vec<Option<bool>> = source.questions.iter().map(|question| view.truth(&at(question))).collect();
        for (question, _) in source.questions.iter().zip(&answers).filter(|(_, answer)| answer.is_none()) {
            complaints.add(at(question), "the template asks for a yes or a no".to_owned());
        }
        let is_used = answers.contains(&Some(true));
        is_any_used |= is_used;
        is_any_open |= answers.contains(&None);
        if is_used {
            for (fields, what) in source.asks {
                if let Some(first) = fields.first()
                    && !fields.iter().any(|field| view.is_filled(&at(field)))
                {
                    complaints.add(at(first), format!("the template asks for {what}"));
                }
            }
        } else if answers.iter().all(|answer| *answer == Some(false)) {
            for field in source.says.iter().filter(|field| view.is_filled(&at(field))) {
                complaints.add(at(field), "it says something of a source that is said not to be used".to_owned());
            }
        }
    }
    if !is_any_used && !is_any_open {
        complaints.add("/sources", "no source of data is said to be used".to_owned());
    }
    for (number, _) in view.list("/sources/public/large").iter().enumerate() {
        let at = |field: &str| format!("/sources/public/large/{number}/{field}");
        if !view.is_filled(&at("name")) {
            complaints.add(at("name"), "a large dataset needs a name".to_owned());
        }
        if !view.is_filled(&at("link")) && !view.is_filled(&at("description")) {
            complaints
                .add(at("link"), "the template asks for a link, or for a description where there is none".to_owned());
        }
    }
    for (number, _) in view.list("/general/modalities").iter().enumerate() {
        let at = |field: &str| format!("/general/modalities/{number}/{field}");
        if !view.is_filled(&at("types")) {
            complaints.add(at("types"), "the template asks for the types of content".to_owned());
        }
        if !view.is_filled(&at("range")) && !view.is_filled(&at("size")) {
            complaints.add(at("range"), "the template asks for a range, or a size in another unit".to_owned());
        }
    }
}
