//! The tables of a form.

use serde::Deserialize;

use super::bins::Modality;
use super::form_values::{Day, Month, Source, Words};

macro_rules! part {
    ($(#[$doc:meta])+ $name:ident { $($(#[$field_doc:meta])+ $field:ident: $kind:ty),+ $(,)? }) => {
        $(#[$doc])+
        #[derive(Debug, Clone, Default, PartialEq, Deserialize)]
        #[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
        pub struct $name { $($(#[$field_doc])+ pub $field: $kind),+ }
    };
}

part! {
    /// Who provides the model.
    ProviderForm {
        /// Name.
        name: Words,
        /// How to reach them.
        contact: Words,
        /// The representative in the Union of somebody outside.
        representative: RepresentativeForm,
    }
}
part! {
    /// An authorised representative.
    RepresentativeForm {
        /// Name.
        name: Words,
        /// How to reach them.
        contact: Words,
    }
}
part! {
    /// The model.
    ModelForm {
        /// Names with versions.
        names: Vec<String>,
        /// Models that it was made of.
        dependencies: Words,
        /// The day on which it was placed on the market of the Union.
        placed_on_market: Option<Day>,
        /// Whether it goes on being trained on new data.
        continuously_trained: Option<bool>,
        /// The month of the last data, where it is later than that of the datasets.
        latest_acquisition: Option<Month>,
    }
}
part! {
    /// How much there is of one kind of content.
    ModalityForm {
        /// What it is; of other kinds only.
        name: Words,
        /// The number in the template's unit: tokens, images, hours.
        number: Option<u64>,
        /// The size in another unit.
        size: Words,
        /// What kinds of content there are.
        types: Words,
    }
}
part! {
    /// What all data have in common.
    CharacteristicsForm {
        /// Languages, in words.
        languages: Words,
        /// Regions, people.
        other: Words,
        /// Comments.
        comments: Words,
    }
}
part! {
    /// What a dataset is that is summarised.
    DatasetForm {
        /// The name of its folder.
        folder: String,
        /// Where it comes from.
        source: Option<Source>,
        /// What it is called.
        name: Words,
        /// Where it can be had.
        link: Words,
        /// What it is.
        description: Words,
    }
}
part! {
    /// Publicly available datasets.
    PublicForm {
        /// Whether there were any, beside those that are summarised.
        used: Option<bool>,
        /// Kinds of content of all of them.
        modalities: Vec<Modality>,
        /// Further large ones.
        dataset: Vec<PublicDatasetForm>,
        /// What the others are.
        others: Words,
        /// Comments.
        comments: Words,
    }
}
part! {
    /// A large publicly available dataset that is not summarised here.
    PublicDatasetForm {
        /// Its name.
        name: Words,
        /// Where it can be had.
        link: Words,
        /// What it is, where there is no link.
        description: Words,
        /// The first month of its collection.
        from: Option<Month>,
        /// The last.
        to: Option<Month>,
    }
}
part! {
    /// Datasets under a licence.
    UsedForm {
        /// Whether there were any.
        used: Option<bool>,
        /// Kinds of content.
        modalities: Vec<Modality>,
    }
}
part! {
    /// Datasets from other third parties.
    PrivateForm {
        /// Whether there were any.
        used: Option<bool>,
        /// Kinds of content.
        modalities: Vec<Modality>,
        /// Those that are publicly known.
        known: Vec<String>,
        /// What the others are.
        description: Words,
        /// Comments.
        comments: Words,
    }
}
part! {
    /// What was crawled.
    CrawledForm {
        /// Whether anything was, beside what is summarised.
        used: Option<bool>,
        /// Names of crawlers.
        crawlers: Vec<String>,
        /// What they crawl for.
        purposes: Words,
        /// How they behave.
        behaviour: Words,
        /// What was crawled.
        description: Words,
        /// Kinds of content.
        modalities: Vec<Modality>,
        /// Comments.
        comments: Words,
    }
}
part! {
    /// Data of users.
    UserDataForm {
        /// From what they do with the model.
        from_model: Option<bool>,
        /// From what they do with other services.
        from_services: Option<bool>,
        /// Which services.
        description: Words,
        /// Kinds of content.
        modalities: Vec<Modality>,
        /// Comments.
        comments: Words,
    }
}
part! {
    /// Data made by models.
    SyntheticForm {
        /// Whether there were any.
        used: Option<bool>,
        /// Kinds of content.
        modalities: Vec<Modality>,
        /// Models that are on the market, with links.
        models: Vec<String>,
        /// Other models.
        other_models: Words,
        /// Comments.
        comments: Words,
    }
}
part! {
    /// Any other source.
    OtherForm {
        /// Whether there was any.
        used: Option<bool>,
        /// What it is.
        description: Words,
        /// Comments.
        comments: Words,
    }
}
part! {
    /// How reservations of rights are respected.
    ReservationsForm {
        /// Whether the provider signed the Code of Practice.
        code_of_practice: Option<bool>,
        /// What is done, beside what can be counted.
        measures: Words,
        /// Comments.
        comments: Words,
    }
}
part! {
    /// How illegal content is kept out.
    MeasuresForm {
        /// What is done.
        measures: Words,
    }
}
part! {
    /// How else data are processed.
    ProcessingForm {
        /// In words.
        other: Words,
    }
}
