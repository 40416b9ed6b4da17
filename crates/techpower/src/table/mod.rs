//! Tables and texts as they come: files in any encoding, schemas, cells checked against them, dates.

mod decode;
mod grid;
mod quotes;
mod reader;
mod schema;
mod when;

pub use decode::decoded;
pub(crate) use decode::{Decoder, Other, open_bytes, read_text, toml_note, utf16};
pub(crate) use grid::{Grid, read_grid};
pub(crate) use quotes::Quotes;
pub(crate) use reader::{Found, Row, read_table};
pub(crate) use schema::column;
pub use schema::{Column, NUMBER, SHARE, Table, Type};
pub use when::{Granularity, NotADate, When};

use std::io::{self, Read};

const STAGE: &str = "table";

/// Something that opens the files of a study or codebook, by paths relative to its folder with `/` between parts.
pub trait Files {
    /// Opens a file; `None` if there is no such file.
    ///
    /// # Errors
    /// If the file exists but cannot be opened.
    fn open(&self, path: &str) -> io::Result<Option<Box<dyn Read + '_>>>;

    /// Names of the files in a folder, sorted; empty if there is no such folder.
    ///
    /// # Errors
    /// If the folder exists but cannot be listed.
    fn list(&self, folder: &str) -> io::Result<Vec<String>>;
}

/// Files held in memory.
impl<B: AsRef<[u8]>> Files for std::collections::BTreeMap<String, B> {
    fn open(&self, path: &str) -> io::Result<Option<Box<dyn Read + '_>>> {
        Ok(self.get(path).map(|bytes| Box::new(bytes.as_ref()) as Box<dyn Read>))
    }

    fn list(&self, folder: &str) -> io::Result<Vec<String>> {
        let prefix = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        Ok(self
            .keys()
            .filter_map(|path| path.strip_prefix(&prefix))
            .filter(|name| !name.contains('/'))
            .map(str::to_owned)
            .collect())
    }
}
