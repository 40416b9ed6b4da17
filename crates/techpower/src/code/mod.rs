//! From texts to events: who used which power on whom, with the words that show it; and acts, the events of a study as they count for
//! states and blocs.

mod acts;
pub mod agreement;
mod lexicon;
mod normal;
mod sentence;

pub use acts::{Act, Target, acts};
pub use lexicon::{Cue, Entry, Found, Lexicon, Named, Sense};
pub use normal::Normal;
pub use sentence::{Sentence, sentences};
