//! Imports: the files of other tools, turned into the files of a study.

mod baci;
mod coinr;
mod cset;
mod epoch;
mod iot;
mod shared;

pub use baci::{Baci, Product, baci};
pub use coinr::coinr;
pub use cset::{Subtypes, cset};
pub use epoch::epoch_chips;
pub use iot::{FINAL_DEMAND, Iot, OUTPUT, iot};
pub use shared::add_actors;

const STAGE: &str = "import";
