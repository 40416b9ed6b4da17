//! `techpower code`: hands documents to the coder and writes what comes back; hands codings to the comparison.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufReader, Write};
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use rayon::prelude::*;
use techpower::code::agreement::{self, Comparing, Resampling};
use techpower::code::{
    self, Coded, Coder, Duplicates, Dyads, Made, Passage, QdaProject, Reason, Sameness, Scorer, Sketch,
    Training,
};
use techpower::codebook::{Actor, Codebook};
use techpower::diag::{Lang, Notes};
use techpower::disk::write_file;
use techpower::num::Seed;
use techpower::package;
use techpower::study::Keep;
use techpower::text::{self, Document};
use unicode_width::UnicodeWidthStr;

use crate::ask::{Ask, Asked};
use crate::fault::{DONE, Fault};
use crate::show;
use crate::words::{say, word};
use crate::{code_of, piped, read};

/// Documents coded at a time.
const BATCH: usize = 512;
/// Bytes of text after which a batch is full.
const BATCH_BYTES: usize = 8 << 20;

/// What to code, how, and how to write it.
#[derive(Debug, Args)]
pub(crate) struct Code {
    /// Documents (.txt, .md, .html, .jsonl, .json, .csv, .pdf, .docx), a study with a corpus, or - for JSON lines on standard input.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// How to write events.
    #[arg(long, value_enum, default_value_t = Form::Table)]
    format: Form,
    /// Tell of documents without events too, and why (JSON lines).
    #[arg(long)]
    all: bool,
    /// Tell of every sentence of every document why it was coded or not.
    #[arg(long, conflicts_with_all = ["why_not", "format", "qdpx", "merge", "llm_url", "llm_offline"])]
    explain: bool,
    /// Tell of every sentence that was not coded at which stage it was passed over.
    #[arg(long, conflicts_with_all = ["format", "qdpx", "merge", "llm_url", "llm_offline"])]
    why_not: bool,
    /// Keep one event of reports of the same act, with its sources counted.
    #[arg(long)]
    merge: bool,
    /// Most days between two reports of one act.
    #[arg(long, value_name = "DAYS", default_value_t = 7, requires = "merge")]
    merge_days: u32,
    /// Write a project for NVivo, MAXQDA, ATLAS.ti and other QDA software (REFI-QDA) too.
    #[arg(long, value_name = "FILE.qdpx")]
    qdpx: Option<PathBuf>,
    /// Column or key that holds the text.
    #[arg(long, value_name = "NAME", default_value = "text")]
    text_column: String,
    /// Use the codebook and the actors of this study.
    #[arg(long, value_name = "STUDY")]
    study: Option<PathBuf>,
    /// Scorer to use, instead of that of the codebook.
    #[arg(long, value_name = "FILE")]
    scorer: Option<PathBuf>,
    /// Use the rules alone, without a scorer.
    #[arg(long, conflicts_with_all = ["scorer", "train"])]
    rules_only: bool,
    /// Take FILES as passages that people coded (JSON lines) and train a scorer on them and on the codebook's examples; written to --output.
    #[arg(long, requires = "output", conflicts_with_all = ["score", "agreement"])]
    train: bool,
    /// File to write the scorer to.
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Take FILES as passages that people coded (JSON lines), code them and tell how well codings and people agree.
    #[arg(long, conflicts_with = "agreement")]
    score: bool,
    /// Take FILES as codings of two or more coders and compare them.
    #[arg(long)]
    agreement: bool,
    /// Table of the comparison to print: agreement, agreement_categories, agreement_confusion, agreement_disagreements.
    #[arg(long, value_name = "TABLE", requires = "agreement")]
    table: Option<String>,
    #[command(flatten)]
    ask: Ask,
    /// Draws of intervals.
    #[arg(long, value_name = "N", default_value_t = 1000)]
    draws: usize,
    /// Seed of intervals and of training.
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Form {
    /// Columns aligned for reading.
    Table,
    /// One row a dyad.
    Csv,
    /// One JSON array of events.
    Json,
    /// One JSON object an event.
    Jsonl,
    /// PLOVER records, one a dyad.
    Plover,
}

/// What codings are made with.
struct With {
    codebook: Codebook,
    actors: BTreeMap<String, Actor>,
    scorer: Option<Scorer>,
}

impl With {
    /// The codebook and actors of a study, or those that come with techpower.
    fn of(code: &Code, notes: &mut Notes) -> Result<With, Fault> {
        let study = code
            .study
            .as_deref()
            .or_else(|| code.files.iter().map(PathBuf::as_path).find(|file| is_study(file)));
        let (codebook, actors) = match study {
            None => (Codebook::builtin().0, BTreeMap::new()),
            Some(folder) => {
                let (study, own) = read(folder, Keep::Nothing)?;
                let Some(study) = study else { return Err(Fault::Notes(Box::new(own))) };
                notes.extend(own);
                (study.codebook, study.actors)
            }
        };
        let scorer = match &code.scorer {
            _ if code.rules_only || code.train => None,
            Some(path) => {
                let text = std::fs::read_to_string(path).map_err(|error| Fault::unreadable(path, &error))?;
                let scorer = Scorer::read(&text).and_then(Scorer::complete);
                Some(scorer.map_err(|error| Fault::unreadable(path, &error))?)
            }
            None => {
                Scorer::of(&codebook).map_err(|error| Fault::unreadable(Path::new("scorer.tsv"), &error))?
            }
        };
        Ok(With { codebook, actors, scorer })
    }
}

pub(crate) fn carry_out(code: &Code, lang: Lang) -> Result<u8, Fault> {
    if code.agreement {
        return agree(code, lang);
    }
    let mut notes = Notes::new();
    let with = With::of(code, &mut notes)?;
    if code.train {
        return train(code, &with, notes, lang);
    }
    if code.score {
        return score(code, with, notes, lang);
    }
    let coder = Coder::new(&with.codebook, &with.actors, with.scorer);
    let by = if code.ask.wanted() {
        let Some(endpoint) = code.ask.endpoint(&|name| std::env::var(name).ok(), &mut notes) else {
            return Err(Fault::Notes(Box::new(notes)));
        };
        By::Model(Box::new(Asked::new(endpoint, &with.codebook, &with.actors, lang)))
    } else {
        By::Coder(Box::new(coder))
    };
    let mut writer = Writer::new(code, &by, &with.codebook, lang)?;
    let mut failed: Option<io::Error> = None;
    let mut asking = Notes::new();
    let mut batch: Vec<Document> = Vec::new();
    let mut bytes = 0;
    {
        let mut flush = |batch: &mut Vec<Document>, failed: &mut Option<io::Error>| {
            if failed.is_none()
                && let Err(error) = writer.code(std::mem::take(batch), &by, &mut asking)
            {
                *failed = Some(error);
            }
            batch.clear();
        };
        for file in &files(code, lang)? {
            let mut each = |document: Document| {
                bytes += document.text.len();
                batch.push(document);
                if batch.len() >= BATCH || bytes >= BATCH_BYTES {
                    flush(&mut batch, &mut failed);
                    bytes = 0;
                }
            };
            read_documents(file, &code.text_column, &mut each, &mut notes)?;
        }
        flush(&mut batch, &mut failed);
    }
    notes.extend(asking);
    if let Some(error) = failed {
        piped(Err(error))?;
        return Ok(DONE);
    }
    writer.finish()?;
    show::notes(&notes, lang, true);
    Ok(code_of(&notes))
}

fn is_study(path: &Path) -> bool {
    path.join(techpower::study::STUDY_FILE).is_file()
}

/// The files given; of a study those of its corpus, of another folder those that hold documents.
fn files(code: &Code, lang: Lang) -> Result<Vec<PathBuf>, Fault> {
    let mut list = Vec::new();
    for file in &code.files {
        if !file.is_dir() {
            list.push(file.clone());
            continue;
        }
        let folder = if is_study(file) { file.join("corpus") } else { file.clone() };
        let mut found: Vec<PathBuf> = std::fs::read_dir(&folder)
            .into_iter()
            .flatten()
            .filter_map(|entry| Some(entry.ok()?.path()))
            .filter(|path| text::Format::of(&path.to_string_lossy()).is_some())
            .collect();
        if found.is_empty() {
            let path = folder.display().to_string();
            return Err(Fault::usage(lang, "no_documents", &[("path", &path)], "no_documents_hint"));
        }
        found.sort();
        list.extend(found);
    }
    Ok(list)
}

fn read_documents(
    path: &Path,
    text_column: &str,
    each: &mut dyn FnMut(Document),
    notes: &mut Notes,
) -> Result<(), Fault> {
    let mut options = text::Options::by_name();
    text_column.clone_into(&mut options.text_column);
    if path == Path::new("-") {
        options.format = Some(text::Format::JsonLines);
        text::read("-", &mut io::stdin().lock(), &options, each, notes);
        return Ok(());
    }
    let file = File::open(path).map_err(|error| Fault::unreadable(path, &error))?;
    text::read(
        &path.display().to_string(),
        &mut BufReader::with_capacity(1 << 16, file),
        &options,
        each,
        notes,
    );
    Ok(())
}

/// Who codes.
enum By<'a> {
    Coder(Box<Coder>),
    Model(Box<Asked<'a>>),
}

impl By<'_> {
    fn name(&self) -> &str {
        match self {
            By::Coder(coder) => coder.name(),
            By::Model(asked) => asked.coder(),
        }
    }

    /// Codes documents: the coder on all threads, a model one after the other.
    fn code(&self, batch: &[Document], notes: &mut Notes) -> Vec<Coded> {
        match self {
            By::Coder(coder) => batch.par_iter().map(|document| coder.code(document)).collect(),
            By::Model(asked) => batch
                .iter()
                .map(|document| {
                    let events = asked.code(document, notes);
                    let reason = events.is_empty().then_some(Reason::Model);
                    Coded {
                        document: document.id.clone(),
                        hash: document.hash(),
                        events,
                        reason,
                        probability: None,
                    }
                })
                .collect(),
        }
    }
}

/// Where codings go.
struct Writer<'a> {
    code: &'a Code,
    codebook: &'a Codebook,
    name: String,
    lang: Lang,
    out: Out,
    kept: Vec<Coded>,
    qda: Option<QdaProject<'a>>,
    duplicates: Option<(Duplicates, Vec<Document>)>,
}

enum Out {
    Lines(io::BufWriter<io::Stdout>),
    Dyads(Box<Dyads<io::BufWriter<io::Stdout>>>),
    Kept,
}

impl<'a> Writer<'a> {
    fn new(code: &'a Code, by: &By, codebook: &'a Codebook, lang: Lang) -> Result<Writer<'a>, Fault> {
        let out = io::BufWriter::new(io::stdout());
        let out = match code.format {
            Form::Csv if !code.explain && !code.why_not => {
                Out::Dyads(Box::new(Dyads::new(out).map_err(|error| Fault::silenced(&error))?))
            }
            Form::Table | Form::Json if !code.explain && !code.why_not => Out::Kept,
            _ => Out::Lines(out),
        };
        Ok(Writer {
            code,
            codebook,
            name: by.name().to_owned(),
            lang,
            out,
            kept: Vec::new(),
            qda: code.qdpx.as_ref().map(|_| QdaProject::new(codebook, lang)),
            duplicates: code.merge.then(|| {
                let same = Sameness { days: code.merge_days, ..Sameness::default() };
                (Duplicates::new(same), Vec::new())
            }),
        })
    }

    /// Codes a batch on all threads and writes it in its order.
    fn code(&mut self, batch: Vec<Document>, by: &By, notes: &mut Notes) -> io::Result<()> {
        if let By::Coder(coder) = by
            && (self.code.explain || self.code.why_not)
        {
            for document in &batch {
                self.tell(document, coder)?;
            }
            return Ok(());
        }
        let coded = by.code(&batch, notes);
        if let Some((duplicates, documents)) = &mut self.duplicates {
            let sketches: Vec<Option<Sketch>> = batch.par_iter().map(Sketch::of).collect();
            for ((document, sketch), coded) in batch.iter().zip(sketches).zip(&coded) {
                duplicates.add(document, sketch, coded);
            }
            // What is written needs no more than the fields around the text; a QDA project needs the text.
            let keep_text = self.qda.is_some();
            documents.extend(batch.into_iter().map(|mut document| {
                if !keep_text {
                    document.text = String::new();
                }
                document
            }));
            self.kept.extend(coded);
            return Ok(());
        }
        for (document, coded) in batch.iter().zip(coded) {
            self.write(document, coded)?;
        }
        Ok(())
    }

    fn write(&mut self, document: &Document, coded: Coded) -> io::Result<()> {
        if let Some(qda) = &mut self.qda {
            qda.add(document, &coded);
        }
        let made = Made { coder: &self.name, codebook: self.codebook };
        match &mut self.out {
            Out::Lines(out) if self.code.format == Form::Plover => {
                code::write_plover(document, &coded, made, out)
            }
            Out::Lines(out) => code::write_jsonl(document, &coded, made, self.code.all, out),
            Out::Dyads(out) => out.write(&coded),
            Out::Kept => {
                self.kept.push(coded);
                Ok(())
            }
        }
    }

    fn finish(mut self) -> Result<(), Fault> {
        if let Some((duplicates, documents)) = self.duplicates.take() {
            let merged = duplicates.finish();
            let kept = std::mem::take(&mut self.kept);
            for (story, (document, mut coded)) in documents.iter().zip(kept).enumerate() {
                merged.apply(story, &mut coded);
                if let Err(error) = self.write(document, coded) {
                    return piped(Err(error));
                }
            }
            let dropped = merged.dropped();
            let documents = dropped.iter().filter(|one| one.event.is_none()).count();
            let args =
                [("stories", documents.to_string()), ("events", (dropped.len() - documents).to_string())];
            let args: Vec<(&str, &str)> = args.iter().map(|(k, v)| (*k, v.as_str())).collect();
            talk!("{}", say(self.lang, "merged", &args));
        }
        if let (Some(qda), Some(path)) = (self.qda.take(), &self.code.qdpx) {
            let name = path.file_stem().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
            write_file(path, &qda.finish(&name)).map_err(|error| Fault::unwritable(path, &error))?;
        }
        piped(self.end())
    }

    /// Writes what is left to be written to standard output.
    fn end(self) -> io::Result<()> {
        match self.out {
            Out::Lines(mut out) => out.flush(),
            Out::Dyads(out) => out.finish(),
            Out::Kept => {
                let table = package::coded(&self.kept);
                let format =
                    if self.code.format == Form::Json { show::Format::Json } else { show::Format::Table };
                if format == show::Format::Json {
                    return show::output(&table, 0, format, self.lang);
                }
                // Offsets and what the rule was are for other programs.
                let shown = [
                    "document",
                    "sender",
                    "targets",
                    "instrument",
                    "power",
                    "mode",
                    "layer",
                    "confidence",
                    "evidence",
                ];
                let columns = &table.schema.columns;
                let places: Vec<usize> = shown
                    .iter()
                    .filter_map(|name| columns.iter().position(|column| column.name == *name))
                    .collect();
                let rows: Vec<Vec<package::Cell>> =
                    table.rows.iter().map(|row| places.iter().map(|at| row[*at].clone()).collect()).collect();
                show::data(&shown, &rows, format)
            }
        }
    }

    /// Tells of each sentence what was found in it, with the spans underlined, and what was made of it.
    fn tell(&mut self, document: &Document, coder: &Coder) -> io::Result<()> {
        let Out::Lines(out) = &mut self.out else { return Ok(()) };
        let (coded, sentences) = coder.explain(document);
        let lang = self.lang;
        writeln!(
            out,
            "{}  {}",
            show::harmless(&document.id),
            show::harmless(&document.title.replace('\n', " "))
        )?;
        if sentences.is_empty() {
            let reason = coded.reason.map_or("", code::Reason::id);
            writeln!(
                out,
                "  {}{}{}",
                say(lang, "passed_over", &[]),
                word(lang, "colon"),
                say(lang, &format!("reason_{reason}"), &[])
            )?;
        }
        for one in &sentences {
            if self.code.why_not && one.reason.is_none() {
                continue;
            }
            // As many bytes as before, as marks are told by theirs.
            let spaced = |character: char| match character {
                character if character.is_ascii_control() => ' ',
                character if character.is_control() => '\u{a0}',
                character => character,
            };
            let sentence: String = one.sentence.text.chars().map(spaced).collect();
            writeln!(out, "\n  {sentence}")?;
            let begin = one.sentence.bytes.0;
            for mark in &one.marks {
                let before =
                    sentence.get(..mark.quote.bytes.0.saturating_sub(begin)).unwrap_or_default().width();
                let line = format!("{}{}", " ".repeat(before), "~".repeat(mark.quote.text.width().max(1)));
                let kind = say(lang, &format!("mark_{}", mark.kind), &[]);
                let means = if mark.means.is_empty() { String::new() } else { format!(" {}", mark.means) };
                writeln!(out, "  {line} {kind}{means}")?;
            }
            for (feature, weight) in &one.weights {
                writeln!(out, "    {weight:+.2}  {feature}")?;
            }
            let likely = one.probability.map_or(String::new(), |p| format!(" ({p:.2})"));
            match one.reason {
                Some(reason) => {
                    let why = say(lang, &format!("reason_{}", reason.id()), &[]);
                    let passed = say(lang, "passed_over", &[]);
                    writeln!(out, "  → {passed}{}{why}{likely}", word(lang, "colon"))?;
                }
                None => {
                    for event in coded.events.iter().filter(|event| event.sentence == one.sentence) {
                        let targets: Vec<&str> =
                            event.targets.iter().map(|target| target.actor.as_str()).collect();
                        let sender = event.sender.as_ref().map_or("?", |sender| sender.actor.as_str());
                        let c = &event.confidence;
                        writeln!(
                            out,
                            "  → {} {sender} → {}  {} ({} {:.2}) {} {:.2} {} {:.2}{likely}",
                            event.event,
                            targets.join("|"),
                            event.instrument,
                            event.power,
                            c.power,
                            event.mode,
                            c.mode,
                            event.layer,
                            c.layer,
                        )?;
                        writeln!(
                            out,
                            "    {}{}“{}”  [{}]",
                            say(lang, "evidence", &[]),
                            word(lang, "colon"),
                            show::harmless(&event.evidence.text),
                            event.rule
                        )?;
                    }
                }
            }
        }
        writeln!(out)
    }
}

fn read_passages(code: &Code, codebook: &Codebook, notes: &mut Notes) -> Result<Vec<Passage>, Fault> {
    let mut passages = Vec::new();
    for path in &code.files {
        let text = std::fs::read_to_string(path).map_err(|error| Fault::unreadable(path, &error))?;
        passages.extend(code::passages(&path.display().to_string(), &text, codebook, notes));
    }
    Ok(passages)
}

fn train(code: &Code, with: &With, mut notes: Notes, lang: Lang) -> Result<u8, Fault> {
    let passages = read_passages(code, &with.codebook, &mut notes)?;
    let training = Training { seed: code.seed, ..Training::default() };
    let trained = code::train_scorer(&with.codebook, &with.actors, &passages, &training);
    let Some(output) = &code.output else { return Ok(DONE) };
    write_file(output, trained.scorer.write().as_bytes())
        .map_err(|error| Fault::unwritable(output, &error))?;
    let figures = code::score(&passages, &trained.held_out, code.draws, Seed(code.seed));
    piped(print(&package::judged(&figures), code.format))?;
    let examples = with.codebook.examples().count();
    let args = [
        ("path", output.display().to_string()),
        ("passages", passages.len().to_string()),
        ("examples", examples.to_string()),
    ];
    let args: Vec<(&str, &str)> = args.iter().map(|(k, v)| (*k, v.as_str())).collect();
    talk!("{}", say(lang, "trained", &args));
    show::notes(&notes, lang, true);
    Ok(code_of(&notes))
}

fn score(code: &Code, with: With, mut notes: Notes, lang: Lang) -> Result<u8, Fault> {
    let passages = read_passages(code, &with.codebook, &mut notes)?;
    let coder = Coder::new(&with.codebook, &with.actors, with.scorer);
    let coded: Vec<Coded> = passages.par_iter().map(|passage| coder.code(&passage.document)).collect();
    let figures = code::score(&passages, &coded, code.draws, Seed(code.seed));
    piped(print(&package::judged(&figures), code.format))?;
    show::notes(&notes, lang, true);
    Ok(code_of(&notes))
}

/// Compares codings of the same documents.
fn agree(code: &Code, lang: Lang) -> Result<u8, Fault> {
    let mut notes = Notes::new();
    let mut coders = Vec::new();
    for path in &code.files {
        let file = File::open(path).map_err(|error| Fault::unreadable(path, &error))?;
        let name = path.display().to_string();
        let coded = agreement::codings(&name, &mut BufReader::new(file), &mut notes);
        let name = path.file_stem().map_or(name, |stem| stem.to_string_lossy().into_owned());
        coders.push(agreement::Coder { name, coded });
    }
    let lengths = BTreeMap::new();
    let comparing =
        Comparing { resampling: Resampling { seed: Seed(code.seed), draws: code.draws }, lengths: &lengths };
    let (comparison, own) = agreement::compare(&coders, &comparing);
    notes.extend(own);
    let tables = package::agreed(&comparison);
    let wanted = code.table.as_deref();
    let Some(table) = tables.iter().find(|table| wanted.is_none_or(|wanted| wanted == table.schema.name))
    else {
        let names: Vec<&str> = tables.iter().map(|table| table.schema.name).collect();
        let args = [("id", wanted.unwrap_or("")), ("tables", &names.join(word(lang, "comma")))];
        return Err(Fault::usage(lang, "no_table", &args, "no_table_hint"));
    };
    piped(print(table, code.format))?;
    show::notes(&notes, lang, true);
    Ok(code_of(&notes))
}

/// Prints a table whole.
fn print(table: &package::Output, form: Form) -> io::Result<()> {
    let columns: Vec<&str> = table.schema.columns.iter().map(|column| column.name).collect();
    show::data(&columns, &table.rows, form.plain())
}

impl Form {
    /// The format of tables that are no events.
    fn plain(self) -> show::Format {
        match self {
            Form::Csv => show::Format::Csv,
            Form::Json => show::Format::Json,
            Form::Jsonl | Form::Plover => show::Format::Jsonl,
            Form::Table => show::Format::Table,
        }
    }
}
