//! `techpower run`: walks the stages that the study has tables for and puts their outputs in place, recomputing only what
//! has changed.

use std::collections::BTreeMap;
use std::io::IsTerminal;
use std::path::Path;

use indicatif::{ProgressBar, ProgressStyle};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::json;
use techpower::claims;
use techpower::code::{self, Corpus};
use techpower::diag::{Lang, Notes, Severity};
use techpower::disk::{self, BUILD, Folder, Outputs};
use techpower::infer::{self, Power};
use techpower::measure::{self, Index};
use techpower::package::{self, Output};
use techpower::relate::{self, Exposure};
use techpower::report;
use techpower::rules;
use techpower::study::{self, Keep, Study};
use techpower::table::Files;

use crate::fault::Fault;
use crate::results::Results;
use crate::words::say;

/// The record of what the outputs were made from.
const LOCK: &str = "lock.json";

/// What the command line changes about a study.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Overrides {
    pub(crate) draws: Option<usize>,
    pub(crate) seed: Option<u64>,
}

impl Overrides {
    pub(crate) fn apply(self, study: &mut Study) {
        let uncertainty = &mut study.options.uncertainty;
        uncertainty.draws = self.draws.unwrap_or(uncertainty.draws);
        uncertainty.seed = self.seed.unwrap_or(uncertainty.seed);
    }
}

/// What a run came to.
pub(crate) struct Outcome {
    /// Whether everything was current already.
    pub(crate) unchanged: bool,
    /// All notes; empty if unchanged.
    pub(crate) notes: Notes,
    /// Numbers of errors, warnings and remarks.
    pub(crate) counts: [u64; 3],
}

/// `build/lock.json`.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Lock {
    /// Hash of everything the outputs depend on.
    inputs: String,
    /// Numbers of errors, warnings and remarks.
    notes: [u64; 3],
    /// Hash of what each stage depends on.
    stages: std::collections::BTreeMap<String, String>,
    /// Hash of each output.
    outputs: std::collections::BTreeMap<String, String>,
}

/// Runs a study.
pub(crate) fn run(folder: &Path, overrides: Overrides, lang: Lang) -> Result<Outcome, Fault> {
    run_and(folder, overrides, lang, None)
}

/// What is made of the contents of a report beside the page.
pub(crate) type Also<'a> = &'a dyn Fn(&report::Contents<'_>);

/// Runs a study, and hands out the contents of its report even if all outputs are current.
pub(crate) fn run_and(
    folder: &Path,
    overrides: Overrides,
    lang: Lang,
    also: Option<Also<'_>>,
) -> Result<Outcome, Fault> {
    let files = Folder(folder.to_owned());
    if !folder.join(study::STUDY_FILE).is_file() {
        // Nothing is touched in a folder that is no study.
        let notes = Study::read(&files, Keep::Nothing).1;
        let missing = std::io::Error::from(std::io::ErrorKind::NotFound);
        return Err(if folder.is_dir() {
            Fault::Notes(Box::new(notes))
        } else {
            Fault::unreadable(folder, &missing)
        });
    }
    let inputs = inputs(folder, overrides);
    let outputs = Outputs::begin(folder).map_err(|error| Fault::unwritable(folder, &error))?;
    let former = former_lock(&outputs);
    let all = digest(inputs.iter().map(|(path, hash)| format!("{path} {hash}")));
    if also.is_none()
        && former.inputs == all
        && former.outputs.iter().all(|(path, hash)| matches(folder, path, hash))
    {
        return Ok(Outcome { unchanged: true, notes: Notes::new(), counts: former.notes });
    }
    let progress = Progress::new(lang);
    progress.stage("stage_read");
    let (study, mut notes) = Study::read(&files, Keep::Rows);
    let Some(mut study) = study else { return Err(Fault::Notes(Box::new(notes))) };
    overrides.apply(&mut study);
    let mut lock = Lock { inputs: all.clone(), ..Lock::default() };
    let mut work = Work { outputs: &outputs, former: &former, lock: &mut lock, inputs: &inputs };

    progress.stage("stage_code");
    let on = ["codebook", "tables/actors.csv", "tables/events.csv", code::CORPUS];
    let corpus: Corpus = work.stage("code", &on, &mut notes, || code::corpus(&study, &files))?;
    let (comparison, compared) = corpus.compare(&study);
    notes.extend(compared);

    progress.stage("stage_rules");
    let (found, own) = rules::findings(&files, &study.codebook, &study.options.rules);
    notes.extend(own);

    progress.stage("stage_measure");
    let index: Index = work.stage(
        "measure",
        &["study.toml", "codebook", "tables/actors.csv", "tables/index.csv", "tables/indicators.csv"],
        &mut notes,
        || measure::measure(&study),
    )?;
    progress.stage("stage_relate");
    let exposure: Exposure =
        work.stage("relate", &["study.toml", "codebook", "tables"], &mut notes, || relate::relate(&study))?;
    progress.stage("stage_infer");
    notes.extend(code::count(&mut study, &corpus));
    let (mut acts, acting) = code::acts(&study);
    notes.extend(acting);
    let errors = code::errors(&study, &corpus, &mut acts);
    let on = ["study.toml", "codebook", "tables", code::CORPUS, rules::INSTRUMENTS, rules::OBJECTS];
    let reach = if study.options.infer.reach { found.acts() } else { BTreeMap::new() };
    let power: Power = work.stage("infer", &on, &mut notes, || {
        infer::infer_weighed(&study, &index, &exposure, &acts, errors.as_ref(), &reach)
    })?;

    progress.stage("stage_tables");
    let mut tables = package::measured(&study, &index);
    tables.extend(package::related(&study, &exposure));
    tables.extend(package::inferred(&power, &study.codebook));
    tables.push(package::coded(&corpus.coded));
    tables.extend(package::agreed(&comparison));
    tables.extend(package::ruled(&found));
    let database = outputs.path("results.sqlite").map_err(|error| Fault::unwritable(folder, &error))?;
    let unwritable =
        |error: rusqlite::Error| Fault::unwritable(&folder.join(BUILD).join("results.sqlite"), &error);
    let mut results = Results::create(&database).map_err(unwritable)?;
    results.add_study(&study).map_err(unwritable)?;
    results.add(&tables).map_err(unwritable)?;

    progress.stage("stage_claims");
    let (list, parsed) = study.claims.as_deref().map(claims::parse).unwrap_or_default();
    let (judged, judging) = claims::judge(list, &study.options.about, &results.court().map_err(unwritable)?);
    notes.extend(parsed);
    notes.extend(judging);
    let mut last = package::claimed(&judged);
    last.push(package::noted(&notes));
    results.add(&last).map_err(unwritable)?;
    results.add_provenance(&package::provenance(&study, &all)).map_err(unwritable)?;
    drop(results);
    tables.extend(last);

    progress.stage("stage_report");
    let contents = report::Contents {
        study: &study,
        acts: &acts,
        corpus: &corpus,
        comparison: &comparison,
        rules: &found,
        index: &index,
        exposure: &exposure,
        power: &power,
        claims: &judged,
        notes: &notes,
        version: package::VERSION,
        study_hash: &all,
    };
    let page = report::html(&contents);
    if let Some(also) = also {
        also(&contents);
    }
    let write = |path: &str, bytes: &[u8]| {
        outputs.write(path, bytes).map_err(|error| Fault::unwritable(folder, &error))
    };
    write("report.html", page.as_bytes())?;
    for table in
        tables.iter().filter(|table| package::ALL.iter().any(|schema| schema.name == table.schema.name))
    {
        write(&table.schema.path(), table.csv().as_bytes())?;
    }
    write(
        "datapackage.json",
        study::descriptor(&study.options.about.id, &study.options.about.title_en, &package::ALL).as_bytes(),
    )?;
    lock.notes =
        [Severity::Error, Severity::Warning, Severity::Info].map(|severity| notes.count_of(severity));
    finish(outputs, lock, &tables).map_err(|error| Fault::unwritable(folder, &error))?;
    progress.done();
    Ok(Outcome { unchanged: false, counts: counts(&notes), notes })
}

/// What a run kept of a stage.
pub(crate) fn kept<T: DeserializeOwned>(folder: &Path, stage: &str) -> Result<T, Fault> {
    let path = folder.join(BUILD).join(cache(stage));
    let bytes = std::fs::read(&path).map_err(|error| Fault::unreadable(&path, &error))?;
    let kept =
        postcard::from_bytes::<(T, Notes)>(&bytes).map_err(|error| Fault::unreadable(&path, &error))?;
    Ok(kept.0)
}

fn counts(notes: &Notes) -> [u64; 3] {
    [Severity::Error, Severity::Warning, Severity::Info].map(|severity| notes.count_of(severity))
}

/// Records the outputs and puts them in place.
fn finish(outputs: Outputs, mut lock: Lock, tables: &[Output]) -> std::io::Result<()> {
    let mut paths: Vec<String> = tables
        .iter()
        .filter(|table| package::ALL.iter().any(|schema| schema.name == table.schema.name))
        .map(|table| table.schema.path())
        .collect();
    paths.extend(["report.html", "datapackage.json", "results.sqlite"].map(str::to_owned));
    paths.extend(lock.stages.keys().map(|stage| cache(stage)));
    for path in paths {
        let hash = outputs.hash(&path)?;
        lock.outputs.insert(path, hash);
    }
    let mut text = serde_json::to_string_pretty(&lock)?;
    text.push('\n');
    outputs.write(LOCK, text.as_bytes())?;
    outputs.finish()
}

fn former_lock(outputs: &Outputs) -> Lock {
    outputs.former(LOCK).and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default()
}

fn matches(folder: &Path, path: &str, hash: &str) -> bool {
    disk::hash_file(&folder.join(BUILD).join(path)).ok().flatten().as_deref() == Some(hash)
}

fn cache(stage: &str) -> String {
    format!("cache/{stage}.bin")
}

fn digest(lines: impl Iterator<Item = String>) -> String {
    disk::hash(lines.collect::<Vec<_>>().join("\n").as_bytes())
}

/// Hash of everything the outputs depend on, by path; `study.toml` stands for the options as they apply.
fn inputs(folder: &Path, overrides: Overrides) -> Vec<(String, String)> {
    // What cannot be read stands for itself with the reason: the stage that reads it says so.
    let unread = |error: std::io::Error| format!("unread: {error}");
    let hash =
        |path: &str| disk::hash_file(&folder.join(path)).map_or_else(unread, Option::unwrap_or_default);
    let mut list = vec![("techpower".to_owned(), format!("{} {}", package::VERSION, package::SOURCES))];
    let options = hash(study::STUDY_FILE);
    let overrides = json!({ "draws": overrides.draws, "seed": overrides.seed });
    list.push((study::STUDY_FILE.to_owned(), format!("{options} {overrides}")));
    for table in study::schema::TABLES {
        list.push((table.path(), hash(&table.path())));
    }
    for within in [code::CORPUS, rules::INSTRUMENTS, rules::OBJECTS] {
        match Folder(folder.to_owned()).list(within) {
            Ok(names) => list.extend(names.iter().map(|name| {
                let path = format!("{within}/{name}");
                let hash = hash(&path);
                (path, hash)
            })),
            Err(error) => list.push((within.to_owned(), unread(error))),
        }
    }
    list.push(("claims.toml".to_owned(), hash("claims.toml")));
    list.push(("codebook".to_owned(), codebook_hash(folder)));
    list
}

/// Hash of the codebook that the study names.
fn codebook_hash(folder: &Path) -> String {
    let files = Folder(folder.to_owned());
    study::codebook_of(&files).hash
}

/// Computes stages, or takes their former results if nothing they depend on has changed.
struct Work<'a> {
    outputs: &'a Outputs,
    former: &'a Lock,
    lock: &'a mut Lock,
    inputs: &'a [(String, String)],
}

impl Work<'_> {
    /// A stage that depends on the inputs whose paths begin with any of `on`.
    fn stage<T: Serialize + DeserializeOwned>(
        &mut self,
        name: &str,
        on: &[&str],
        notes: &mut Notes,
        compute: impl FnOnce() -> (T, Notes),
    ) -> Result<T, Fault> {
        let relevant = self
            .inputs
            .iter()
            .filter(|(path, _)| path == "techpower" || on.iter().any(|prefix| path.starts_with(prefix)));
        let key = digest(relevant.map(|(path, hash)| format!("{path} {hash}")));
        let path = cache(name);
        let former = (self.former.stages.get(name) == Some(&key))
            .then(|| self.outputs.former(&path))
            .flatten()
            .filter(|bytes| self.former.outputs.get(&path) == Some(&disk::hash(bytes)))
            .and_then(|bytes| postcard::from_bytes::<(T, Notes)>(&bytes).ok().map(|found| (found, bytes)));
        let ((result, own), bytes) = match former {
            Some(found) => found,
            None => {
                let computed = compute();
                let bytes =
                    postcard::to_stdvec(&computed).map_err(|error| Fault::Internal(error.to_string()))?;
                (computed, bytes)
            }
        };
        self.outputs.write(&path, &bytes).map_err(|error| Fault::unwritable(Path::new(&path), &error))?;
        self.lock.stages.insert(name.to_owned(), key);
        notes.extend(own);
        Ok(result)
    }
}

/// A line on the terminal that says what is being done; nothing if standard error is no terminal.
pub(crate) struct Progress {
    bar: Option<ProgressBar>,
    lang: Lang,
}

impl Progress {
    pub(crate) fn new(lang: Lang) -> Progress {
        let bar = std::io::stderr().is_terminal().then(|| {
            let bar = ProgressBar::new_spinner();
            bar.set_style(
                ProgressStyle::with_template("{spinner} {msg} ({elapsed})").expect("a valid template"),
            );
            bar.enable_steady_tick(std::time::Duration::from_millis(100));
            bar
        });
        Progress { bar, lang }
    }

    pub(crate) fn stage(&self, id: &str) {
        if let Some(bar) = &self.bar {
            bar.set_message(say(self.lang, id, &[]));
        }
    }

    pub(crate) fn done(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
