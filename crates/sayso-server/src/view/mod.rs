//! What the pages show, as plain values: everything foreign is text here, and the templates escape it.

mod badge;
mod dataset;
mod facet;
mod frame;
mod hit;
mod layout;
mod link;
mod marked;
mod matches;
mod outcome;
mod pager;
mod reason;
mod record;
mod sample;
mod sample_link;
mod sentence;
mod visible;
pub(crate) mod words;

pub(crate) use badge::Badge;
pub(crate) use dataset::DatasetView;
pub(crate) use facet::FacetView;
pub(crate) use frame::Frame;
pub(crate) use hit::HitView;
pub(crate) use layout::Layout;
pub(crate) use link::{OutsideLink, PictureSource};
pub(crate) use marked::{Piece, excerpt, pieces, shortened};
pub(crate) use matches::{MatchNothing, MatchesView};
pub(crate) use outcome::{FoundView, NothingView, Problem};
pub(crate) use pager::{Pager, Step};
pub(crate) use reason::ReasonView;
pub(crate) use record::RecordView;
pub(crate) use sample::SampleView;
pub(crate) use sample_link::SampleLink;
pub(crate) use sentence::pieces_of_sentence;
pub(crate) use visible::visible;
