//! `techpower import`: hands the files of other tools to the library and writes the study that comes back.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand, ValueEnum};
use techpower::diag::{Lang, Notes};
use techpower::disk::{Draft, Folder, write_file};
use techpower::import::{self, Baci, Iot, Product};
use techpower::study::STUDY_FILE;

use crate::fault::Fault;
use crate::words::say;
use crate::{code_of, show, write_study};

/// The table that imports share.
const ACTORS: &str = "tables/actors.csv";

/// The tool whose files are imported.
#[derive(Debug, Subcommand)]
pub(crate) enum From {
    /// COINr (R): the data of the units and the description of the indicators.
    Coinr {
        /// iData: one row a unit (and year), one column an indicator.
        #[arg(value_name = "IDATA")]
        data: PathBuf,
        /// iMeta: one row an indicator, aggregate, group or denominator.
        #[arg(value_name = "IMETA")]
        meta: PathBuf,
        #[command(flatten)]
        to: To,
    },
    /// CSET's supply chain of advanced chips: inputs, what goes into what, and who supplies which share.
    Cset {
        /// Folder of inputs.csv, providers.csv, provision.csv, sequence.csv and stages.csv.
        dir: PathBuf,
        #[command(flatten)]
        to: Beside,
        /// How sub-types count for what they are a kind of; written to a new study.toml.
        #[arg(long, value_enum, default_value_t = Subtypes::All)]
        subtypes: Subtypes,
    },
    /// BACI of CEPII: trade flows, added up within products.
    Baci {
        /// Files of flows (columns t, i, j, k, v, q), unpacked.
        #[arg(value_name = "FILE", required = true)]
        flows: Vec<PathBuf>,
        #[command(flatten)]
        to: Beside,
        /// BACI's file of countries of the same edition; without it, codes are read as ISO 3166-1 and the few that differ.
        #[arg(long, value_name = "FILE")]
        countries: Option<PathBuf>,
        /// A product: 8542, or chips=8541,8542. May be given more than once; without it, everything is one product, `all`.
        #[arg(long, value_name = "CODES")]
        product: Vec<Product>,
        /// Only these years.
        #[arg(long, value_name = "YEAR", value_delimiter = ',', value_parser = clap::value_parser!(i16).range(1000..3000))]
        year: Vec<i16>,
    },
    /// An inter-country input-output table: a square of sectors by countries, with final demand.
    Iot {
        /// The table as CSV, with labels like CHN_C26 in the first row and column.
        file: PathBuf,
        #[command(flatten)]
        to: Beside,
        /// Year of the table.
        #[arg(long, value_parser = clap::value_parser!(i16).range(1000..3000))]
        year: i16,
        /// Columns of final demand; HFCE, GFCF and other names of the OECD and of WIOD if not given.
        #[arg(long, value_name = "COLUMNS", value_delimiter = ',')]
        r#final: Vec<String>,
        /// Label of the row or column of output; OUT, OUTPUT, TOTAL or GO if not given.
        #[arg(long, value_name = "ROW", default_value = "")]
        output: String,
        /// Rows and columns of labels: 1 for CHN_C26, 2 if actor and sector stand apart.
        #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=2))]
        labels: u8,
        /// What the rows refer to: source, edition and unit. The name of the file if not given.
        #[arg(long, value_name = "TEXT", default_value = "")]
        reference: String,
    },
    /// Epoch AI's chip counts: who owns how many AI chips at the end of each year.
    EpochChips {
        /// Folder that holds owners_csv_export.
        dir: PathBuf,
        #[command(flatten)]
        to: Beside,
    },
}

/// Where an import goes.
#[derive(Debug, Args)]
pub(crate) struct To {
    /// Folder of the study; a study.toml that is there stays as it is.
    #[arg(long, value_name = "DIR")]
    into: PathBuf,
    /// Overwrite tables that exist.
    #[arg(long)]
    force: bool,
}

/// Where an import goes that may stand beside others in one study.
#[derive(Debug, Args)]
pub(crate) struct Beside {
    #[command(flatten)]
    to: To,
    /// Keep an actors.csv that is there, and add the actors that it lacks.
    #[arg(long)]
    add: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Subtypes {
    /// All sub-types are needed.
    All,
    /// Any sub-type is enough.
    Any,
    /// Only the own suppliers of an input count.
    Parent,
}

/// Imports.
pub(crate) fn carry_out(from: &From, lang: Lang) -> Result<u8, Fault> {
    match from {
        From::Coinr { data, meta, to } => coinr(data, meta, to, lang),
        From::Cset { dir, to, subtypes } => {
            let subtypes = match subtypes {
                Subtypes::All => import::Subtypes::All,
                Subtypes::Any => import::Subtypes::Any,
                Subtypes::Parent => import::Subtypes::Parent,
            };
            to.write(import::cset(&folder(dir)?, subtypes, &to.id()), 0, lang)
        }
        From::Baci { flows, to, countries, product, year } => {
            let flows = flows.iter().map(|path| readable(path)).collect::<Result<Vec<String>, Fault>>()?;
            let countries = countries.as_deref().map(readable).transpose()?;
            let options =
                Baci { flows: &flows, countries: countries.as_deref(), products: product, years: year };
            to.write(import::baci(&here(), &options, &to.id()), 0, lang)
        }
        From::Iot { file, to, year, r#final, output, labels, reference } => {
            let options =
                Iot { year: *year, final_demand: r#final, output, labels: usize::from(*labels), reference };
            iot(file, &options, to, lang)
        }
        From::EpochChips { dir, to } => to.write(import::epoch_chips(&folder(dir)?, &to.id()), 0, lang),
    }
}

/// Files by paths as the command line gives them.
fn here() -> Folder {
    Folder(PathBuf::new())
}

/// A folder that exists.
fn folder(dir: &Path) -> Result<Folder, Fault> {
    match std::fs::read_dir(dir) {
        Ok(_) => Ok(Folder(dir.to_owned())),
        Err(error) => Err(Fault::unreadable(dir, &error)),
    }
}

/// The path of a file that can be opened.
fn readable(path: &Path) -> Result<String, Fault> {
    let opened = std::fs::File::open(path).and_then(|file| file.metadata());
    match (opened, path.to_str()) {
        (Ok(data), Some(text)) if data.is_file() => Ok(text.to_owned()),
        (Ok(_), _) => Err(Fault::unreadable(path, &io::Error::from(io::ErrorKind::InvalidInput))),
        (Err(error), _) => Err(Fault::unreadable(path, &error)),
    }
}

impl Beside {
    fn id(&self) -> String {
        self.to.id()
    }

    fn write(
        &self,
        made: (Option<BTreeMap<String, String>>, Notes),
        others: usize,
        lang: Lang,
    ) -> Result<u8, Fault> {
        self.to.write(made, others, self.add, lang)
    }
}

impl To {
    /// Id of the study: the name of its folder.
    fn id(&self) -> String {
        self.into.file_name().map_or_else(|| "study".to_owned(), |name| name.to_string_lossy().into_owned())
    }

    /// Writes what an import made beside `others` files that it wrote itself, and talks about its notes.
    fn write(
        &self,
        (made, notes): (Option<BTreeMap<String, String>>, Notes),
        others: usize,
        add: bool,
        lang: Lang,
    ) -> Result<u8, Fault> {
        let Some(mut made) = made else { return Err(Fault::Notes(Box::new(notes))) };
        let actors = self.into.join(ACTORS);
        // Written apart, so that adding to this table does not overwrite others.
        let both = if add && actors.exists() { Some(added(&actors, &made, lang)?) } else { None };
        if both.is_some() {
            made.remove(ACTORS);
        }
        if self.into.join(STUDY_FILE).exists() {
            made.remove(STUDY_FILE);
            let path = self.into.join(STUDY_FILE).display().to_string();
            talk!("{}", say(lang, "kept", &[("path", &path)]));
        }
        write_study(&self.into, &made, others + usize::from(both.is_some()), self.force, "imported", lang)?;
        if let Some(text) = both {
            write_file(&actors, text.as_bytes()).map_err(|error| Fault::unwritable(&actors, &error))?;
        }
        // Remarks on the files of an import are told now or never: `check` sees the study only.
        show::notes(&notes, lang, false);
        Ok(code_of(&notes))
    }
}

/// The actors of a study with those that an import adds.
fn added(path: &Path, made: &BTreeMap<String, String>, lang: Lang) -> Result<String, Fault> {
    let text = std::fs::read_to_string(path).map_err(|error| Fault::unreadable(path, &error))?;
    let new = made.get(ACTORS).map_or("", String::as_str);
    import::add_actors(&text, new).ok_or_else(|| {
        let path = path.display().to_string();
        Fault::usage(lang, "no_actors", &[("path", &path)], "no_actors_hint")
    })
}

fn coinr(data: &Path, meta: &Path, to: &To, lang: Lang) -> Result<u8, Fault> {
    let mut files: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    for path in [data, meta] {
        let bytes = std::fs::read(path).map_err(|error| Fault::unreadable(path, &error))?;
        files.insert(path.display().to_string(), bytes);
    }
    to.write(
        import::coinr(&files, &data.display().to_string(), &meta.display().to_string(), &to.id()),
        0,
        false,
        lang,
    )
}

/// The transactions are written while the table is read, and put in place when the rest is.
fn iot(file: &Path, options: &Iot<'_>, to: &Beside, lang: Lang) -> Result<u8, Fault> {
    let path = readable(file)?;
    let table = to.to.into.join("tables/transactions.csv");
    let mut draft = Draft::begin(&table, to.to.force).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => {
            Fault::usage(lang, "exists", &[("path", &error.to_string())], "exists_hint")
        }
        _ => Fault::unwritable(&table, &error),
    })?;
    let unwritable = |error: io::Error| Fault::unwritable(&table, &error);
    let made = import::iot(&here(), &path, options, &to.id(), &mut draft).map_err(unwritable)?;
    let code = to.write(made, 1, lang)?;
    draft.finish().map_err(unwritable)?;
    Ok(code)
}
