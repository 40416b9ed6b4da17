//! The command `techpower`: hands studies to the library and shows what comes back. It computes nothing.

/// Says something on standard error. If nobody can be told, what is done is done all the same.
macro_rules! talk {
    ($($told:tt)*) => {{
        use std::io::Write as _;
        let _ = writeln!(std::io::stderr(), $($told)*);
    }};
}

mod ask;
mod coding;
mod fault;
mod help;
mod imports;
mod manual;
mod report;
mod results;
mod rules;
mod run;
mod serve;
mod show;
mod words;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use techpower::codebook::Codebook;
use techpower::diag::{self, Lang, Notes, Severity, nearest};
use techpower::disk::{self, BUILD, Folder};
use techpower::package::{self, Cell, Output};
use techpower::study::{self, Keep, Study};
use techpower::{claims, code, infer, measure, relate};

use fault::{DONE, Fault, NOTES, WRONG_USE};
use results::Results;
use run::Overrides;
use show::Format;
use words::{say, word};

/// Turns an argument about technology power into something you can run.
///
/// A study is a folder of tables. `run` computes everything and writes a report; every stage is also a command of its own that
/// prints its tables. Data go to standard output, talk to standard error.
///
/// Exit codes: 0 done, 1 notes of severity error, 2 wrong use, 3 input unreadable, 4 internal fault.
#[derive(Debug, Parser)]
#[command(name = "techpower", version, max_term_width = 100)]
struct Command {
    #[command(subcommand)]
    stage: Stage,
    /// Language of messages and of the manual.
    // After a command's own options, however many commands there are.
    #[arg(long, global = true, display_order = 100, value_enum, default_value_t = Language::En)]
    lang: Language,
    /// Threads to use; the results are the same for any number.
    #[arg(long, global = true, display_order = 101, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    jobs: Option<u16>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Language {
    /// English.
    En,
    /// Chinese.
    Zh,
}

#[derive(Debug, Subcommand)]
enum Stage {
    /// Make a small study for learning that runs at once, with comments in each file; with --empty, one to fill in.
    New {
        /// Folder to make.
        dir: PathBuf,
        /// Make tables without rows, with a comment on each column, and nothing to learn from.
        #[arg(long)]
        empty: bool,
        /// Overwrite files that exist.
        #[arg(long)]
        force: bool,
    },
    /// Show all notes on the tables of a study; compute nothing. The stages add theirs on `run`. Exit code 1 if any is an error.
    Check {
        /// Folder of the study.
        study: PathBuf,
        /// How to show the notes.
        #[arg(long, value_enum, default_value_t = Format::Table)]
        format: Format,
    },
    /// Compute everything into STUDY/build and write the report; only what has changed is computed again.
    Run {
        #[command(flatten)]
        on: On,
        /// Open the report when it is written.
        #[arg(long)]
        open: bool,
    },
    /// Measure the sources of power: scores, ranks, standings, pairwise, profile, factors, sensitivity, switches, acceptability,
    /// central_weights, dominance, importance, treatment, recipe, scores_draws.
    Measure {
        #[command(flatten)]
        print: Print,
        /// Tell how the scores of an actor come about, from raw values to the roots.
        #[arg(long, value_name = "ACTOR", conflicts_with = "table")]
        explain: Option<String>,
        /// Let only these factors of uncertainty vary.
        #[arg(long, value_name = "FACTOR", value_delimiter = ',', value_parser = study::FACTORS)]
        vary: Vec<String>,
    },
    /// Compute who can reach whom: exposure, asymmetry; who can deny what: vetoes, coalitions, cuts, alliances, chokepoints,
    /// specifications, denial, paths, holdings, concentration, baselines, agreement; trade: dependence, coreness, topology;
    /// input-output tables: extraction, look_through, forward.
    Relate(Print),
    /// Infer power: reliance, potential, exercise, implied, corollary, corollary_trials, reliance_draws, potential_draws.
    Infer(Print),
    /// Check the study's claims: claims, claims_by_year, claim_rows.
    Claims(Print),
    /// Run the study as `run` does and put its report where it is wanted: the page, or Markdown in the language of --lang with figures
    /// in a folder beside it.
    Report {
        #[command(flatten)]
        on: On,
        /// As what it is written.
        #[arg(long, value_enum, default_value = "html")]
        format: report::Form,
        /// File to write; STUDY/build/report.html or report.md if not given.
        #[arg(long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
    /// Code documents in English and Chinese: who used which power on whom, with the words that show it. With --train, --score and
    /// --agreement: train a scorer, hold codings against people's, compare coders.
    Code(coding::Code),
    /// Ask the legal instruments of a study: what touches which chip, model, firm or deal on a day, why, and what would change it.
    Rules {
        #[command(subcommand)]
        question: rules::Question,
    },
    /// Turn the files of another tool into a study.
    Import {
        #[command(subcommand)]
        from: imports::From,
    },
    /// Ask the results of the last run in SQL.
    Query {
        /// Folder of the study.
        study: PathBuf,
        /// The query; `SELECT name FROM sqlite_master` lists the tables.
        sql: String,
        /// See only what is dated up to the end of this year, as claims do; `:year` in the query is the year.
        #[arg(long, value_name = "YEAR")]
        year: Option<i16>,
        /// How to show the answer.
        #[arg(long, value_enum, default_value_t = Format::Table)]
        format: Format,
    },
    /// Work with a study in the browser: a local web app that sends nothing anywhere.
    Serve(serve::Serve),
    /// Print the coding manual: its table of contents, one page, or all of it.
    Codebook {
        /// Id of a page: a source, type, arena, layer, mode, status or instrument.
        id: Option<String>,
        /// Use the codebook of this study.
        #[arg(long, value_name = "STUDY")]
        study: Option<PathBuf>,
        /// Print all pages, not only the table of contents.
        #[arg(long, conflicts_with = "id")]
        all: bool,
    },
    /// Print completions for a shell.
    Completions {
        /// The shell.
        shell: Shell,
    },
    /// Print the man page as roff: of the program, or of a command.
    Man {
        /// A command, such as `rules assess` or rules-assess; the whole program if not given.
        command: Vec<String>,
    },
}

/// A study and what the command line changes about it.
#[derive(Debug, Args)]
struct On {
    /// Folder of the study.
    study: PathBuf,
    /// Number of draws, instead of the study's.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=20_000))]
    draws: Option<u32>,
    /// Seed of the random numbers, instead of the study's.
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
}

impl On {
    fn overrides(&self) -> Overrides {
        Overrides { draws: self.draws.map(|draws| draws as usize), seed: self.seed }
    }

    fn read(&self) -> Result<(Study, Notes), Fault> {
        let (study, notes) = read(&self.study, Keep::Rows)?;
        let Some(mut study) = study else { return Err(Fault::Notes(Box::new(notes))) };
        self.overrides().apply(&mut study);
        Ok((study, notes))
    }
}

#[derive(Debug, Args)]
struct Print {
    #[command(flatten)]
    on: On,
    /// Table to print; the first of the stage if not given.
    #[arg(long)]
    table: Option<String>,
    /// How to show it.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

fn main() -> ExitCode {
    let command = match understood() {
        Ok(command) => command,
        Err(code) => return code,
    };
    let lang = match command.lang {
        Language::En => Lang::En,
        Language::Zh => Lang::Zh,
    };
    let threads = command.jobs.map_or(0, usize::from);
    if let Err(error) = rayon::ThreadPoolBuilder::new().num_threads(threads).build_global() {
        tell(&Fault::Internal(error.to_string()), lang);
        return ExitCode::from(4);
    }
    match carry_out(command.stage, lang) {
        Ok(code) => ExitCode::from(code),
        Err(fault) => {
            tell(&fault, lang);
            ExitCode::from(fault.code())
        }
    }
}

/// The command line, with help and complaints in the language that it asks for; an exit code if there is no more to do.
fn understood() -> Result<Command, ExitCode> {
    let arguments: Vec<OsString> = std::env::args_os().collect();
    let Some(arguments) = help::asked_in_chinese(&arguments) else {
        return Ok(Command::parse_from(arguments));
    };
    let mut command = help::chinese(Command::command(), help::Purpose::Reading);
    let matches = command.try_get_matches_from_mut(arguments);
    let error = match matches.and_then(|matches| Command::from_arg_matches(&matches)) {
        Ok(command) => return Ok(command),
        Err(error) => error,
    };
    match error.kind() {
        ErrorKind::DisplayHelp
        | ErrorKind::DisplayVersion
        | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => error.exit(),
        _ => talk!("{}", help::complaint(&error).trim_end_matches('\n')),
    }
    Err(ExitCode::from(WRONG_USE))
}

fn carry_out(stage: Stage, lang: Lang) -> Result<u8, Fault> {
    match stage {
        Stage::New { dir, empty, force } => new(&dir, empty, force, lang),
        Stage::Check { study, format } => {
            let (checked, mut notes) = read(&study, Keep::Nothing)?;
            if let Some(checked) = checked {
                notes.extend(rules::checked(&study, &checked.codebook));
                if let Some(text) = checked.claims {
                    notes.extend(claims::parse(&text).1);
                }
            }
            match format {
                Format::Table => show::notes(&notes, lang, false),
                format => piped(show::notes_data(&notes, lang, format))?,
            }
            Ok(code_of(&notes))
        }
        Stage::Run { on, open } => {
            let (code, report) = compute(&on, lang)?;
            if open && let Err(why) = browse(&report) {
                let (path, why) = (report.display().to_string(), why.to_string());
                let text = say(lang, "not_opened", &[("path", &path), ("why", &why)]);
                talk!("{}{}{text}", say(lang, "warning", &[]), word(lang, "colon"));
            }
            Ok(code)
        }
        Stage::Measure { print, explain, vary } => {
            let (mut study, mut notes) = print.on.read()?;
            if !vary.is_empty() {
                let factors: Vec<&str> = vary.iter().map(String::as_str).collect();
                study.options.measure.vary_only(&factors);
            }
            if let Some(actor) = explain {
                return explained(&print, &study, &actor, &notes, lang);
            }
            let (index, own) = measure::measure(&study);
            notes.extend(own);
            print.tables(&package::measured(&study, &index), &study, &notes, lang)
        }
        Stage::Relate(print) => {
            let (study, mut notes) = print.on.read()?;
            let (exposure, own) = relate::relate(&study);
            notes.extend(own);
            print.tables(&package::related(&study, &exposure), &study, &notes, lang)
        }
        Stage::Infer(print) => {
            let (mut study, mut notes) = print.on.read()?;
            let power = inferred(&mut study, &print.on.study, &mut notes).power;
            print.tables(&package::inferred(&power, &study.codebook), &study, &notes, lang)
        }
        Stage::Claims(print) => {
            let (mut study, mut notes) = print.on.read()?;
            let Some(text) = study.claims.take() else {
                return Err(Fault::usage(lang, "no_claims", &[], ""));
            };
            let Inferred { index, exposure, power, codings } =
                inferred(&mut study, &print.on.study, &mut notes);
            let mut tables = package::measured(&study, &index);
            tables.extend(package::related(&study, &exposure));
            tables.extend(package::inferred(&power, &study.codebook));
            tables.extend(codings);
            let (list, parsed) = claims::parse(&text);
            let judged = || -> rusqlite::Result<_> {
                let mut results = Results::create(Path::new(":memory:"))?;
                results.add_study(&study)?;
                results.add(&tables)?;
                Ok(claims::judge(list, &study.options.about, &results.court()?))
            };
            let (judged, judging) = judged().map_err(|error| Fault::Internal(error.to_string()))?;
            notes.extend(parsed);
            notes.extend(judging);
            print.tables(&package::claimed(&judged), &study, &notes, lang)
        }
        Stage::Report { on, format: report::Form::Md, output } => {
            let errors = report::write_markdown(&on.study, on.overrides(), output, lang)?;
            Ok(if errors > 0 { NOTES } else { DONE })
        }
        Stage::Report { on, format: report::Form::Html, output } => {
            let (code, made) = compute(&on, lang)?;
            if let Some(output) = output {
                let bytes = std::fs::read(&made).map_err(|error| Fault::unreadable(&made, &error))?;
                disk::write_file(&output, &bytes).map_err(|error| Fault::unwritable(&output, &error))?;
            }
            Ok(code)
        }
        Stage::Code(code) => coding::carry_out(&code, lang),
        Stage::Rules { question } => rules::carry_out(&question, lang),
        Stage::Import { from } => imports::carry_out(&from, lang),
        Stage::Query { study, sql, year, format } => query(&study, &sql, year, format, lang),
        Stage::Serve(ask) => serve::carry_out(&ask, lang),
        Stage::Completions { shell } => {
            piped(io::stdout().write_all(&manual::completions(shell, lang)))?;
            Ok(DONE)
        }
        Stage::Man { command } => {
            piped(io::stdout().write_all(manual::page(&command, lang)?.as_bytes()))?;
            Ok(DONE)
        }
        Stage::Codebook { id, study, all } => codebook(id.as_deref(), study.as_deref(), all, lang),
    }
}

/// Prints how an actor's scores come about.
fn explained(print: &Print, study: &Study, actor: &str, notes: &Notes, lang: Lang) -> Result<u8, Fault> {
    let Some(explanation) = measure::explain(study, actor) else {
        let ranked = study.measured();
        let near = nearest(actor, ranked.iter().map(String::as_str)).unwrap_or("");
        let args = [("id", actor), ("actors", &ranked.join(word(lang, "comma"))), ("near", near)];
        return Err(Fault::usage(
            lang,
            "not_ranked",
            &args,
            if near.is_empty() { "" } else { "no_page_near" },
        ));
    };
    let table = package::explained(&explanation);
    let told = |column: usize| table.rows.iter().any(|row| row[column] != Cell::Empty);
    // On a terminal, references and columns that say nothing would push the rest off the screen.
    let shown: Vec<usize> = (0..table.schema.columns.len())
        .filter(|column| {
            print.format != Format::Table
                || (told(*column) && table.schema.columns[*column].name != "reference")
        })
        .collect();
    let columns: Vec<&str> = shown.iter().map(|column| table.schema.columns[*column].name).collect();
    let rows: Vec<Vec<Cell>> =
        table.rows.iter().map(|row| shown.iter().map(|column| row[*column].clone()).collect()).collect();
    piped(show::data(&columns, &rows, print.format))?;
    show::notes(notes, lang, true);
    Ok(code_of(notes))
}

impl Print {
    /// Prints one of a stage's tables, and talks about the notes.
    fn tables(&self, tables: &[Output], study: &Study, notes: &Notes, lang: Lang) -> Result<u8, Fault> {
        let table = match &self.table {
            None => tables.first(),
            Some(id) => tables.iter().find(|table| table.schema.name == id),
        };
        let Some(table) = table else {
            let id = self.table.clone().unwrap_or_default();
            let names: Vec<&str> = tables.iter().map(|table| table.schema.name).collect();
            return Err(Fault::usage(
                lang,
                "no_table",
                &[("id", &id), ("tables", &names.join(word(lang, "comma")))],
                "no_table_hint",
            ));
        };
        piped(show::output(table, study.options.about.headline, self.format, lang))?;
        show::notes(notes, lang, true);
        Ok(code_of(notes))
    }
}

/// Runs a study and talks about the outcome: exit code and path of the report.
fn compute(on: &On, lang: Lang) -> Result<(u8, PathBuf), Fault> {
    let outcome = run::run(&on.study, on.overrides(), lang)?;
    let build = on.study.join(BUILD);
    let report = build.join("report.html");
    let (path, page) = (build.display().to_string(), report.display().to_string());
    if outcome.unchanged {
        let [errors, warnings, remarks] = outcome.counts;
        show::counts(errors, warnings, remarks, lang);
        talk!("{}", say(lang, "unchanged", &[("path", &path)]));
    } else {
        show::notes(&outcome.notes, lang, true);
        talk!("{}", say(lang, "done", &[("path", &path), ("report", &page)]));
    }
    Ok((if outcome.counts[0] > 0 { NOTES } else { DONE }, report))
}

/// What the stages up to `infer` found.
struct Inferred {
    index: measure::Index,
    exposure: relate::Exposure,
    power: infer::Power,
    /// Tables of coded texts and of instruments.
    codings: Vec<package::Output>,
}

/// The stages up to `infer`.
fn inferred(study: &mut Study, folder: &Path, notes: &mut Notes) -> Inferred {
    let (corpus, coding) = code::corpus(study, &Folder(folder.to_owned()));
    let (comparison, comparing) = corpus.compare(study);
    let (index, measuring) = measure::measure(study);
    let (exposure, relating) = relate::relate(study);
    let counting = code::count(study, &corpus);
    let (mut acts, acting) = code::acts(study);
    let errors = code::errors(study, &corpus, &mut acts);
    let (found, ruling) =
        techpower::rules::findings(&Folder(folder.to_owned()), &study.codebook, &study.options.rules);
    let reach = if study.options.infer.reach { found.acts() } else { BTreeMap::new() };
    let (power, inferring) = infer::infer_weighed(study, &index, &exposure, &acts, errors.as_ref(), &reach);
    for own in [coding, comparing, ruling, measuring, relating, counting, acting, inferring] {
        notes.extend(own);
    }
    let mut codings = vec![package::coded(&corpus.coded)];
    codings.extend(package::agreed(&comparison));
    codings.extend(package::ruled(&found));
    Inferred { index, exposure, power, codings }
}

fn read(folder: &Path, keep: Keep) -> Result<(Option<Study>, Notes), Fault> {
    if !folder.is_dir() {
        let why = io::Error::from(io::ErrorKind::NotFound);
        return Err(Fault::unreadable(folder, &why));
    }
    Ok(Study::read(&Folder(folder.to_owned()), keep))
}

pub(crate) fn code_of(notes: &Notes) -> u8 {
    if notes.count_of(Severity::Error) > 0 { NOTES } else { DONE }
}

/// A reader that closes the pipe has seen enough; that is no fault.
fn piped(result: io::Result<()>) -> Result<(), Fault> {
    match result {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Fault::silenced(&error)),
        _ => Ok(()),
    }
}

fn new(dir: &Path, empty: bool, force: bool, lang: Lang) -> Result<u8, Fault> {
    let id = dir.file_name().map_or_else(|| "study".to_owned(), |name| name.to_string_lossy().into_owned());
    let (files, word) =
        if empty { (study::template(&id), "made") } else { (study::tutorial(&id), "made_tutorial") };
    write_study(dir, &files, 0, force, word, lang)?;
    Ok(DONE)
}

/// Writes the files of a study and says so; `others` of its files are written elsewhere.
pub(crate) fn write_study(
    dir: &Path,
    files: &BTreeMap<String, String>,
    others: usize,
    force: bool,
    word: &str,
    lang: Lang,
) -> Result<(), Fault> {
    disk::write_new(dir, files, force).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => {
            Fault::usage(lang, "exists", &[("path", &error.to_string())], "exists_hint")
        }
        _ => Fault::unwritable(dir, &error),
    })?;
    let (count, path) = ((files.len() + others).to_string(), dir.display().to_string());
    talk!("{}", say(lang, word, &[("count", &count), ("path", &path)]));
    Ok(())
}

fn query(study: &Path, sql: &str, year: Option<i16>, format: Format, lang: Lang) -> Result<u8, Fault> {
    let path = study.join(BUILD).join("results.sqlite");
    if !path.exists() {
        let (shown, folder) = (path.display().to_string(), study.display().to_string());
        let mut fault =
            Fault::usage(lang, "not_run", &[("path", &shown), ("study", &folder)], "not_run_hint");
        if let Fault::Usage(message, hint) = fault {
            fault = Fault::File {
                word: "unreadable",
                path: shown,
                why: message + word(lang, "semicolon") + &hint,
            };
        }
        return Err(fault);
    }
    let mut results = Results::open(&path).map_err(|error| Fault::unreadable(&path, &error))?;
    if let Some(year) = year {
        results.as_of(year).map_err(|error| Fault::unreadable(&path, &error))?;
    }
    let reader = results.reader().map_err(|error| Fault::unreadable(&path, &error))?;
    // What cannot be read at all is no fault of the query.
    reader
        .ask("SELECT name FROM sqlite_master")
        .map_err(|error| Fault::unreadable(&path, &error.told(lang)))?;
    let found = reader
        .ask(sql)
        .map_err(|error| Fault::usage(lang, "query_failed", &[("why", &error.told(lang))], ""))?;
    let columns: Vec<&str> = found.columns.iter().map(String::as_str).collect();
    piped(show::data(&columns, &found.rows, format))?;
    if !found.renamed.is_empty() {
        let columns = found.renamed.join(word(lang, "comma"));
        talk!("{}", say(lang, "query_renamed", &[("columns", &columns)]));
    }
    Ok(DONE)
}

fn codebook(id: Option<&str>, folder: Option<&Path>, all: bool, lang: Lang) -> Result<u8, Fault> {
    let (codebook, notes) = match folder {
        None => Codebook::builtin(),
        Some(folder) => {
            let (study, notes) = read(folder, Keep::Nothing)?;
            match study {
                Some(study) => (study.codebook, notes),
                None => return Err(Fault::Notes(Box::new(notes))),
            }
        }
    };
    let text = match id {
        None if all => {
            let pages = codebook.pages.iter().map(|page| format!("\n{}", page.markdown(lang)));
            std::iter::once(codebook.contents(lang)).chain(pages).collect()
        }
        None => codebook.contents(lang),
        Some(id) => match codebook.page(id) {
            Some(page) => page.markdown(lang),
            None => {
                let near = nearest(id, codebook.pages.iter().map(|page| page.id.as_str()));
                let hint = if near.is_some() { "no_page_near" } else { "" };
                return Err(Fault::usage(lang, "no_page", &[("id", id), ("near", near.unwrap_or(""))], hint));
            }
        },
    };
    piped(io::stdout().write_all(text.as_bytes()))?;
    Ok(code_of(&notes))
}

/// Opens a file with the system's program for it.
fn browse(path: &Path) -> io::Result<()> {
    let program = match std::env::consts::OS {
        "macos" => "open",
        "windows" => "explorer",
        _ => "xdg-open",
    };
    std::process::Command::new(program)
        .arg(path)
        .spawn()
        .map(|_| ())
        .map_err(|error| io::Error::new(error.kind(), format!("{program}: {error}")))
}

fn tell(fault: &Fault, lang: Lang) {
    let colon = word(lang, "colon");
    match fault {
        Fault::Notes(notes) => show::notes(notes, lang, false),
        Fault::Usage(message, hint) => {
            talk!("{}{colon}{}", say(lang, "error", &[]), show::harmless(message));
            if !hint.is_empty() {
                talk!("  {}{colon}{hint}", say(lang, "hint", &[]));
            }
        }
        Fault::File { word, path, why } => {
            let text = show::harmless(&say(lang, word, &[("path", path), ("why", why)]));
            talk!("{}{colon}{text}", say(lang, "error", &[]));
        }
        Fault::Internal(why) => talk!("{}{colon}{why}", say(lang, diag::Severity::Error.id(), &[])),
    }
}
