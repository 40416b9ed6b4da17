//! Agreement between coders, human or machine: coefficients, comparison of codings field by field, and what coders' errors do to counts.
//!
//! `ratings`, `chance`, `alpha`, `spans`, `unitizing` and `sets` hold the coefficients and know nothing of events. `coding`, `read`, `align`,
//! `compare`, `measures` and `listing` turn files of codings into a [`Comparison`]. [`correction`] uses a checked sample to correct what a coder counts.
//! A value that is not defined is `None`, never a number.

mod alpha;
mod align;
mod bootstrap;
mod chance;
mod coding;
mod compare;
pub mod correction;
mod listing;
mod matching;
mod measures;
mod ratings;
mod read;
mod sets;
mod spans;
mod unitizing;

pub use align::align;
pub use alpha::{Distance, krippendorff_alpha};
pub use bootstrap::{Interval, Resampling, intervals};
pub use chance::{Weights, cohen_kappa, fleiss_kappa, gwet_ac, percent_agreement};
pub use coding::{Coded, Coder, Coding};
pub use compare::{
    Agreement, CategoryAgreement, Comparing, Comparison, Confused, Disagreement, Field, compare,
};
pub use listing::specific_agreement;
pub use matching::heaviest_matching;
pub use ratings::Ratings;
pub use read::codings;
pub use sets::{SetDistance, SetRatings};
pub use spans::{Found, Span, SpanMatch, match_spans};
pub use unitizing::{Continuum, Unit, UnitizingAlpha, unitizing_alpha};

const STAGE: &str = "agreement";
