//! The public summary of training content that providers of general-purpose AI models owe the public under Article 53(1)(d)
//! of the AI Act, by the template of the AI Office: all of it that datasets say themselves is computed, the rest comes from
//! a [`Form`], and what nobody said stays open.
//!
//! [`EuSummary::of`] makes one, [`check`] looks through somebody else's.

mod bins;
mod check;
#[cfg(feature = "cluster")]
mod cluster;
mod dates;
mod domains;
mod form;
mod form_parts;
mod form_values;
mod gather;
mod gather_processing;
mod gather_sources;
mod measure;
mod protocols;
mod shape;
mod shape_sources;
mod sources;

pub use bins::Modality;
pub use check::{Complaint, SCHEMA, check, check_file};
#[cfg(feature = "cluster")]
pub(crate) use cluster::function;
#[cfg(feature = "cluster")]
pub use cluster::measure_on;
pub use domains::DomainCount;
pub use form::{FORM_TEMPLATE, Form};
pub use form_parts::{
    CharacteristicsForm, CrawledForm, DatasetForm, MeasuresForm, ModalityForm, ModelForm, OtherForm, PrivateForm,
    ProcessingForm, ProviderForm, PublicDatasetForm, PublicForm, RepresentativeForm, ReservationsForm, SyntheticForm,
    UsedForm, UserDataForm,
};
pub use form_values::{Day, Month, Source, Words};
pub use gather::Measurements;
pub use shape::{
    CodeCount, EuSummary, General, IllegalContent, LanguageCount, Languages, ModalitySize, Model, Processing,
    ProtocolCode, ProtocolCount, Provider, Representative, Reservations, SummarisedDataset,
};
pub use shape_sources::{
    CrawledSources, Domains, LargeDataset, LicensedSources, OtherSources, PrivateSources, PublicSources, Sources,
    SyntheticSources, UserData,
};
