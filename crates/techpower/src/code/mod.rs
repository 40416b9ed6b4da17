//! From texts to events: who used which power on whom, with the words that show it; and acts, the events of a study as they count for
//! states and blocs.

pub mod agreement;

mod acts;
mod bits;
mod coder;
mod corpus;
mod dates;
mod describe;
mod duplicate;
mod event;
mod feature;
mod explain;
mod format;
mod judging;
mod initials;
mod lexicon;
pub mod llm;
mod normal;
mod parts;
mod passage;
mod reading;
mod roles;
mod score;
mod scorer;
mod sentence;
mod sketch;
mod telling;
mod train;

pub use acts::{Act, Target, acts};
pub use coder::Coder;
pub use corpus::{CORPUS, CURATED, Corpus, Source, Tells, corpus, count, errors};
pub use duplicate::{Dropped, Duplicates, Merged, Sameness};
pub use event::{Coded, Confidence, Event, EventDate, Modality, Party, Passed, Quote, Reason};
pub use explain::{Explained, Mark};
pub use format::{Dyads, Made, QdaProject, write_jsonl, write_plover};
pub use lexicon::{Cue, Entry, Found, Lexicon, Named, Sense};
pub use normal::Normal;
pub use passage::{Gold, Passage, examples, passages};
pub use score::{Figure, MEASURES, score};
pub use scorer::{BadScorer, Head, Scorer, Training};
pub use sentence::{Sentence, sentences};
pub use sketch::Sketch;
pub use train::{Trained, train_scorer};
