//! `techpower serve`: a study in the browser. Pages are made here and nothing is computed: every number is asked of the library.
//!
//! A page is one function of the study and of what its address asks for. Nothing is written, nothing is fetched, and no part of a request
//! ever reaches the file system.

mod assets;
mod docs;
mod guard;
mod layout;
mod listen;
mod pages;
mod state;

use std::io::{self, Read};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use clap::Args;
use techpower::claims::{self, Judged};
use techpower::code::agreement::Comparison;
use techpower::code::{self, Act, Coder, Corpus, Scorer};
use techpower::codebook::Codebook;
use techpower::diag::{Lang, Notes};
use techpower::disk::{BUILD, Folder};
use techpower::infer::Power;
use techpower::measure::{self, Feasible, Index, Nominal};
use techpower::package;
use techpower::relate::Exposure;
use techpower::report::Contents;
use techpower::rules::{Findings, Rulebook};
use techpower::study::{Keep, Study};
use techpower::table::Files;

use crate::fault::{DONE, Fault};
use crate::results::Results;
use crate::run::{self, Overrides, Progress};
use crate::show;

/// What to serve and where.
#[derive(Debug, Args)]
pub(crate) struct Serve {
    /// Folder of the study; it is run first if its results are not current.
    study: PathBuf,
    /// Port to listen at; 0 takes any that is free.
    #[arg(long, value_name = "PORT", default_value_t = 8765)]
    port: u16,
    /// Address to listen at. Any but one of this machine itself needs --token.
    #[arg(long, value_name = "ADDRESS", default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    host: IpAddr,
    /// Secret of at least 16 characters that whoever asks must know: open the address once with ?token=...
    #[arg(long, value_name = "TOKEN")]
    token: Option<String>,
}

/// Everything that pages are made from.
pub(super) struct App {
    lang: Lang,
    study: Study,
    acts: Vec<Act>,
    corpus: Corpus,
    comparison: Comparison,
    index: Index,
    exposure: Exposure,
    power: Power,
    /// What the index is made from, without what it does not need.
    measured: Study,
    /// What exposures are made from, with as many draws as can be awaited.
    related: Study,
    /// The index by the recipe as stated.
    stated: Nominal,
    /// The study's instruments and objects.
    findings: Findings,
    /// The same instruments with one object of each kind of which nothing is known.
    blanks: Rulebook,
    judged: Vec<Judged>,
    notes: Notes,
    /// Numbers of errors, warnings and remarks of the last run.
    counts: [u64; 3],
    coder: Coder,
    /// The coder by rules alone.
    plain: Coder,
    /// The database of the run with which the server began: a later run changes nothing of what is shown.
    database: &'static [u8],
}

/// Serves a study until it is interrupted.
pub(crate) fn carry_out(ask: &Serve, lang: Lang) -> Result<u8, Fault> {
    match &ask.token {
        None if !ask.host.is_loopback() => {
            let host = ask.host.to_string();
            return Err(Fault::usage(
                lang,
                "serve_needs_token",
                &[("host", &host)],
                "serve_needs_token_hint",
            ));
        }
        Some(token) if token.chars().count() < guard::SHORTEST => {
            let least = guard::SHORTEST.to_string();
            return Err(Fault::usage(lang, "serve_short_token", &[("least", &least)], ""));
        }
        _ => {}
    }
    let at = SocketAddr::new(ask.host, ask.port);
    let listener = std::net::TcpListener::bind(at).map_err(|error| {
        Fault::usage(
            lang,
            "serve_no_address",
            &[("at", &at.to_string()), ("why", &error.to_string())],
            "serve_no_address_hint",
        )
    })?;
    let app = App::open(&ask.study, lang)?;
    listen::listen(listener, app, ask.token.as_deref(), lang)?;
    Ok(DONE)
}

impl App {
    /// Runs a study if its results are not current, and takes them.
    fn open(folder: &Path, lang: Lang) -> Result<App, Fault> {
        let outcome = run::run(folder, Overrides::default(), lang)?;
        if !outcome.unchanged {
            show::notes(&outcome.notes, lang, true);
        }
        let progress = Progress::new(lang);
        progress.stage("stage_read");
        let files = Folder(folder.to_owned());
        let (study, _) = Study::read(&files, Keep::Rows);
        let mut study = study.ok_or_else(|| Fault::Internal("the study is gone".to_owned()))?;
        let corpus: Corpus = run::kept(folder, "code")?;
        let (comparison, _) = corpus.compare(&study);
        // What was counted and noted was told on the run.
        let _ = code::count(&mut study, &corpus);
        let (acts, _) = code::acts(&study);
        progress.stage("stage_rules");
        let findings = Findings { book: Rulebook::read(&files, &study.codebook).0, ..Findings::default() };
        let blanks = Rulebook::read(&Blank::of(&files, &findings.book), &study.codebook).0;
        progress.stage("stage_claims");
        let path = folder.join(BUILD).join("results.sqlite");
        let content = std::fs::read(&path).map_err(|error| Fault::unreadable(&path, &error))?;
        // All who ask read the same bytes for as long as the program runs.
        let database: &'static [u8] = content.leak();
        let mut results = Results::of(database).map_err(|error| Fault::unreadable(&path, &error))?;
        let court = results.court().map_err(|error| Fault::unreadable(&path, &error))?;
        let (list, _) = study.claims.as_deref().map(claims::parse).unwrap_or_default();
        let (judged, _) = claims::judge(list, &study.options.about, &court);
        let scorer = Scorer::of(&study.codebook)
            .map_err(|error| Fault::unreadable(Path::new("scorer.tsv"), &error))?;
        progress.stage("stage_measure");
        let measured = slim(&study);
        let stated = measure::nominal(&measured, Feasible::Any, |_| 0);
        let app = App {
            lang,
            related: awaited(&study),
            measured,
            stated,
            acts,
            comparison,
            index: run::kept(folder, "measure")?,
            exposure: run::kept(folder, "relate")?,
            power: run::kept(folder, "infer")?,
            findings,
            blanks,
            judged,
            notes: Notes::new(),
            counts: outcome.counts,
            coder: Coder::new(&study.codebook, &study.actors, scorer),
            plain: Coder::new(&study.codebook, &study.actors, None),
            database,
            corpus,
            study,
        };
        progress.done();
        Ok(app)
    }

    /// The results as the report takes them.
    fn contents(&self) -> Contents<'_> {
        Contents {
            study: &self.study,
            acts: &self.acts,
            corpus: &self.corpus,
            comparison: &self.comparison,
            rules: &self.findings,
            index: &self.index,
            exposure: &self.exposure,
            power: &self.power,
            claims: &self.judged,
            notes: &self.notes,
            version: package::VERSION,
            study_hash: "",
        }
    }

    /// The instruments and objects.
    fn book(&self) -> &Rulebook {
        &self.findings.book
    }

    /// The numbers of a claim; `None` if there are none.
    fn numbers(&self, judged: &Judged) -> Option<Vec<f64>> {
        let mut results = Results::of(self.database).ok()?;
        let court = results.court().ok()?;
        claims::numbers(&judged.claim, judged.own.year, &court).ok().flatten()
    }
}

/// A study without what its index is not made from, so that a copy of it costs little.
fn slim(study: &Study) -> Study {
    let mut slim = study.clone();
    slim.codebook = Codebook { sources: slim.codebook.sources, ..Codebook::default() };
    slim.inputs.clear();
    slim.requires.clear();
    slim.supply.clear();
    slim.events.clear();
    slim.trade.clear();
    slim.transactions.clear();
    slim.extra.clear();
    slim.claims = None;
    slim
}

/// Draws of a question of denial that somebody waits for.
const AWAITED: usize = 200;

/// A study with few enough draws that somebody can wait for them.
fn awaited(study: &Study) -> Study {
    let mut few = study.clone();
    few.options.uncertainty.draws = few.options.uncertainty.draws.min(AWAITED);
    few
}

/// A study's instruments, with an object of each kind in the place of its objects. Its id is that of the kind.
struct Blank<'a> {
    study: &'a dyn Files,
    table: String,
}

/// Path under which the objects are read.
const BLANKS: &str = "objects/-.csv";

impl<'a> Blank<'a> {
    fn of(study: &'a dyn Files, book: &Rulebook) -> Blank<'a> {
        let mut table = "object,kind,name_en,name_zh\n".to_owned();
        for kind in &book.vocabulary.kinds {
            table.push_str(&format!("{0},{0},\"{1}\",\"{2}\"\n", kind.id, kind.en, kind.zh));
        }
        Blank { study, table }
    }
}

impl Files for Blank<'_> {
    fn open(&self, path: &str) -> io::Result<Option<Box<dyn Read + '_>>> {
        match path {
            BLANKS => Ok(Some(Box::new(self.table.as_bytes()))),
            "objects/facts.csv" => Ok(None),
            path => self.study.open(path),
        }
    }

    fn list(&self, folder: &str) -> io::Result<Vec<String>> {
        match folder {
            "objects" => Ok(vec!["-.csv".to_owned()]),
            folder => self.study.list(folder),
        }
    }
}
