//! Imports: the files of other tools, turned into the files of a study.

mod coinr;

pub use coinr::coinr;

const STAGE: &str = "import";
