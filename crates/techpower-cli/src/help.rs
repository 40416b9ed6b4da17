//! Help and complaints of the command line in Chinese. What clap says in English stays as it is; for `--lang zh` the texts of `help.toml` take its place.

use std::collections::BTreeMap;
use std::error::Error as _;
use std::ffi::OsString;
use std::num::{ParseFloatError, ParseIntError};
use std::sync::LazyLock;

use clap::builder::{PossibleValue, PossibleValuesParser};
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, Command};
use serde::Deserialize;
use techpower::diag::{Lang, fill};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::words::{say, word};

static CATALOGUE: LazyLock<Catalogue> =
    LazyLock::new(|| toml::from_str(include_str!("help.toml")).expect("help.toml is checked by a test"));

/// Columns within which Chinese help is kept: it has no blanks at which clap could break its lines.
const WIDTH: usize = 80;
/// Columns that clap leaves free before a long help.
const INDENT: usize = 10;
/// Columns around a name in a list of commands or options.
const AROUND: usize = 4;
/// A short help is given this many columns at least.
const NARROWEST: usize = 30;
/// Name of the program, and of its texts in the catalogue.
const PROGRAM: &str = "techpower";
/// Name of clap's own command, which holds copies of all others.
const HELP: &str = "help";

/// `help.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Catalogue {
    headings: Headings,
    complaints: Complaints,
    /// Arguments that mean the same wherever they stand.
    shared: Texts,
    /// By path, such as `rules assess`.
    commands: BTreeMap<String, Texts>,
}

/// By id of argument, and `about` and `long` for the command itself.
type Texts = BTreeMap<String, Text>;

/// A help, or a help and what each possible value means.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Text {
    Plain(String),
    Parts(BTreeMap<String, String>),
}

impl Text {
    fn part(&self, name: &str) -> Option<&str> {
        match self {
            Text::Plain(text) => (name == HELP).then_some(text.as_str()),
            Text::Parts(parts) => parts.get(name).map(String::as_str),
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Headings {
    usage: String,
    commands: String,
    arguments: String,
    options: String,
    values: String,
    default: String,
    any_options: String,
    any_command: String,
    /// Headings of a man page by what they are in English.
    manual: BTreeMap<String, String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Complaints {
    unknown_argument: String,
    unknown_command: String,
    missing_arguments: String,
    missing_command: String,
    missing_value: String,
    not_a_value: String,
    not_a_number: String,
    not_in_range: String,
    range: String,
    not_a_date: String,
    not_as_written: String,
    twice: String,
    conflict: String,
    needs_equals: String,
    too_many_values: String,
    too_few_values: String,
    wrong_number_of_values: String,
    not_text: String,
    other: String,
    values: String,
    commands: String,
    near: String,
    exists: String,
    as_value: String,
    without_dashes: String,
    more: String,
}

impl Catalogue {
    /// A text of an argument, or of the command itself: its own, or else that which all share.
    fn text(&self, path: &str, id: &str, part: &str) -> Option<&str> {
        let own = self.commands.get(path).and_then(|texts| texts.get(id)).and_then(|text| text.part(part));
        own.or_else(|| self.shared.get(id).and_then(|text| text.part(part)))
    }
}

/// What a command with Chinese texts is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// To read arguments and show help: lines are broken here, and the help tells the values.
    Reading,
    /// To write completions or a man page of: no line is broken, and the values tell of themselves.
    Writing,
}

/// The arguments with `--lang zh` before all others, if they ask for it anywhere: clap's `help` would take it for a command.
pub(crate) fn asked_in_chinese(arguments: &[OsString]) -> Option<Vec<OsString>> {
    let end = arguments.iter().position(|text| text == "--").unwrap_or(arguments.len());
    let (mut front, mut rest) = (arguments.iter().take(1).cloned().collect::<Vec<_>>(), Vec::new());
    let mut told = arguments[..end].iter().skip(1).peekable();
    while let Some(text) = told.next() {
        if text == "--lang=zh" {
            front.push(text.clone());
        } else if text == "--lang"
            && let Some(zh) = told.next_if(|next| *next == "zh")
        {
            front.extend([text.clone(), zh.clone()]);
        } else {
            rest.push(text.clone());
        }
    }
    if front.len() < 2 {
        return None;
    }
    Some(front.into_iter().chain(rest).chain(arguments[end..].iter().cloned()).collect())
}

/// A command with all its commands, told in Chinese.
pub(crate) fn chinese(mut command: Command, purpose: Purpose) -> Command {
    // Help, version and the options of all commands are there only then.
    command.build();
    tell(command, "", purpose)
}

fn tell(command: Command, path: &str, purpose: Purpose) -> Command {
    let key = match command.get_name() {
        HELP => HELP,
        _ if path.is_empty() => PROGRAM,
        _ => path,
    };
    let [options, positionals] = [false, true].map(|positional| {
        let shown = command.get_arguments().filter(|arg| arg.is_positional() == positional);
        shown.map(|arg| arg.to_string().width() + AROUND * usize::from(!positional)).max().unwrap_or(0)
    });
    let names = command.get_subcommands().map(|sub| sub.get_name().width()).max().unwrap_or(0);
    let about = CATALOGUE.text(key, "about", HELP).map(str::to_owned);
    let long = CATALOGUE.text(key, "long", HELP).map(str::to_owned);
    let mut command = command
        .mut_args(|arg| {
            let taken = if arg.is_positional() { positionals } else { options } + AROUND;
            argument(arg, key, purpose, WIDTH.saturating_sub(taken).max(NARROWEST))
        })
        .mut_subcommands(|sub| {
            let below = match sub.get_name() {
                HELP => path.to_owned(),
                name if path.is_empty() => name.to_owned(),
                name => format!("{path} {name}"),
            };
            let told = tell(sub, &below, purpose);
            let Some(about) = told.get_about().map(ToString::to_string) else { return told };
            match purpose {
                Purpose::Reading => told.about(broken(&about, WIDTH.saturating_sub(names + AROUND))),
                Purpose::Writing => told,
            }
        })
        .subcommand_value_name(CATALOGUE.headings.any_command.trim_matches(['<', '>']));
    if let Some(about) = about {
        let long = long.map_or_else(|| about.clone(), |long| format!("{about}\n\n{long}"));
        command = match purpose {
            Purpose::Reading => {
                command.before_help(broken(&about, WIDTH)).before_long_help(broken(&long, WIDTH)).about(about)
            }
            Purpose::Writing => command.about(about).long_about(long),
        };
    }
    match purpose {
        Purpose::Reading => {
            let template = template(&mut command);
            command.help_template(template)
        }
        Purpose::Writing => command,
    }
}

/// The help of a command with headings in Chinese.
fn template(command: &mut Command) -> String {
    let headings = &CATALOGUE.headings;
    let usage = usage(&command.render_usage().to_string());
    let style = *command.get_styles().get_header();
    let mut template = format!("{{before-help}}{style}{}{style:#}{usage}", headings.usage);
    let parts = [
        (command.has_subcommands(), &headings.commands, "subcommands"),
        (command.get_positionals().next().is_some(), &headings.arguments, "positionals"),
        (command.get_arguments().any(|arg| !arg.is_positional()), &headings.options, "options"),
    ];
    for (_, heading, tag) in parts.iter().filter(|(is_there, ..)| *is_there) {
        template.push_str(&format!("\n\n{style}{heading}{style:#}\n{{{tag}}}"));
    }
    template
}

/// A line of usage without its heading.
fn usage(text: &str) -> String {
    let headings = &CATALOGUE.headings;
    let text = text.strip_prefix("Usage:").unwrap_or(text).trim_start();
    text.replace("[OPTIONS]", &headings.any_options).replace("<COMMAND>", &headings.any_command)
}

fn argument(arg: Arg, path: &str, purpose: Purpose, width: usize) -> Arg {
    let id = arg.get_id().to_string();
    let Some(help) = CATALOGUE.text(path, &id, HELP) else { return arg };
    let long = CATALOGUE.text(path, &id, "long").unwrap_or(help);
    let values: Vec<PossibleValue> = arg
        .get_possible_values()
        .into_iter()
        .filter(|value| arg.get_num_args().is_some_and(|n| n.takes_values()) && !value.is_hide_set())
        .map(|value| match CATALOGUE.text(path, &id, value.get_name()) {
            Some(text) => value.help(text.to_owned()),
            None => value,
        })
        .collect();
    if purpose == Purpose::Writing {
        let told = arg.help(help.to_owned()).long_help(long.to_owned());
        return if values.is_empty() { told } else { told.value_parser(PossibleValuesParser::new(values)) };
    }
    let (mut aside, mut below) = (Vec::new(), broken(long, WIDTH - INDENT));
    if !values.is_empty() {
        let heading = &CATALOGUE.headings.values;
        let names: Vec<&str> = values.iter().map(PossibleValue::get_name).collect();
        aside.push(format!("{heading}{}", names.join("、")));
        below.push_str(&format!("\n\n{heading}"));
        for value in &values {
            let told = value.get_help().map_or_else(String::new, |help| format!("：{help}"));
            below.push_str(&format!("\n- {}{told}", value.get_name()));
        }
    }
    let default: Vec<String> =
        arg.get_default_values().iter().map(|value| value.to_string_lossy().into_owned()).collect();
    let default = default.join(" ");
    if arg.get_num_args().is_some_and(|n| n.takes_values()) && !default.is_empty() {
        let told = fill(&CATALOGUE.headings.default, &BTreeMap::from([("default".to_owned(), default)]));
        below.push_str(&format!("\n\n{told}"));
        aside.push(told);
    }
    let aside = if aside.is_empty() { String::new() } else { format!("（{}）", aside.join("；")) };
    arg.help(broken(&format!("{help}{aside}"), width))
        .long_help(below)
        .hide_possible_values(true)
        .hide_default_value(true)
}

/// Text with its lines broken as Chinese is: between any two characters, but not before a closing mark, after an opening one, or within a
/// word of Latin letters.
fn broken(text: &str, width: usize) -> String {
    let lines: Vec<String> = text.lines().map(|line| broken_line(line, width)).collect();
    lines.join("\n")
}

fn broken_line(line: &str, width: usize) -> String {
    let mut pieces: Vec<String> = Vec::new();
    let mut former = None;
    for c in line.chars() {
        match pieces.last_mut() {
            Some(piece) if !former.is_some_and(|former| breaks(former, c)) => piece.push(c),
            _ => pieces.push(c.to_string()),
        }
        former = Some(c);
    }
    let (mut text, mut column) = (String::new(), 0);
    for piece in pieces {
        if column > 0 && column + piece.trim_end().width() > width {
            text.truncate(text.trim_end().len());
            text.push('\n');
            column = 0;
        }
        column += piece.width();
        text.push_str(&piece);
    }
    text
}

/// Whether a line may end between two characters.
fn breaks(former: char, next: char) -> bool {
    const CLOSING: &str = "，。；：、？！）”’》」…";
    const OPENING: &str = "（“‘《「";
    let wide = |c: char| c.width() == Some(2);
    let forbidden = CLOSING.contains(next) || OPENING.contains(former) || next == ' ';
    !forbidden && (former == ' ' || CLOSING.contains(former) || wide(former) || wide(next))
}

/// A complaint of clap about the arguments, in Chinese.
pub(crate) fn complaint(error: &clap::Error) -> String {
    let colon = word(Lang::Zh, "colon");
    let mut lines = vec![format!("{}{colon}{}", say(Lang::Zh, "error", &[]), what(error))];
    lines.extend(hints(error).iter().map(|hint| format!("  {}{colon}{hint}", say(Lang::Zh, "hint", &[]))));
    if let Some(ContextValue::StyledStr(text)) = error.get(ContextKind::Usage) {
        lines.push(format!("\n{}{}", CATALOGUE.headings.usage, usage(&text.to_string())));
    }
    lines.push(format!("\n{}\n", CATALOGUE.complaints.more));
    lines.join("\n")
}

/// What is wrong.
fn what(error: &clap::Error) -> String {
    let texts = &CATALOGUE.complaints;
    let of = |kind: ContextKind| error.get(kind).map(listed).unwrap_or_default();
    let argument = of(ContextKind::InvalidArg);
    let value = of(ContextKind::InvalidValue);
    let command = of(ContextKind::InvalidSubcommand);
    let prior = of(ContextKind::PriorArg);
    let (template, valid) = match error.kind() {
        ErrorKind::UnknownArgument => (&texts.unknown_argument, String::new()),
        ErrorKind::InvalidSubcommand => (&texts.unknown_command, String::new()),
        ErrorKind::MissingRequiredArgument => (&texts.missing_arguments, String::new()),
        ErrorKind::MissingSubcommand => (&texts.missing_command, of(ContextKind::ValidSubcommand)),
        ErrorKind::InvalidValue if value.is_empty() => (&texts.missing_value, of(ContextKind::ValidValue)),
        ErrorKind::InvalidValue => (&texts.not_a_value, of(ContextKind::ValidValue)),
        ErrorKind::ValueValidation => misread(error),
        ErrorKind::ArgumentConflict if prior == argument && command.is_empty() => {
            (&texts.twice, String::new())
        }
        ErrorKind::ArgumentConflict => (&texts.conflict, String::new()),
        ErrorKind::NoEquals => (&texts.needs_equals, String::new()),
        ErrorKind::TooManyValues => (&texts.too_many_values, String::new()),
        ErrorKind::TooFewValues => (&texts.too_few_values, String::new()),
        ErrorKind::WrongNumberOfValues => (&texts.wrong_number_of_values, String::new()),
        ErrorKind::InvalidUtf8 => (&texts.not_text, String::new()),
        _ => (&texts.other, error.to_string()),
    };
    let told = [
        ("argument", if argument.is_empty() { command.clone() } else { argument }),
        ("value", value),
        ("command", command),
        ("prior", prior),
        ("valid", valid),
        ("actual", of(ContextKind::ActualNumValues)),
        ("wanted", format!("{}{}", of(ContextKind::ExpectedNumValues), of(ContextKind::MinValues))),
    ];
    fill(template, &told.into_iter().map(|(name, text)| (name.to_owned(), text)).collect())
}

/// Why a value cannot be read, by the error of its reader, and the range it should lie in if there is one.
fn misread(error: &clap::Error) -> (&'static String, String) {
    let texts = &CATALOGUE.complaints;
    let Some(source) = error.source() else { return (&texts.not_as_written, String::new()) };
    if source.is::<ParseIntError>() || source.is::<ParseFloatError>() {
        return (&texts.not_a_number, String::new());
    }
    if source.is::<jiff::Error>() {
        return (&texts.not_a_date, String::new());
    }
    match source.to_string().split_once(" is not in ") {
        Some((_, range)) => (&texts.not_in_range, span(range)),
        None => (&texts.not_as_written, String::new()),
    }
}

/// A range as clap writes it, in words; both ends are in it.
fn span(range: &str) -> String {
    let Some((low, high)) = range.split_once("..") else { return range.to_owned() };
    let high = match (high.strip_prefix('='), high.parse::<i64>()) {
        (Some(last), _) => last.to_owned(),
        (None, Ok(end)) => (end - 1).to_string(),
        (None, Err(_)) => high.to_owned(),
    };
    let ends = [("low", low.to_owned()), ("high", high)];
    fill(&CATALOGUE.complaints.range, &ends.map(|(name, end)| (name.to_owned(), end)).into())
}

/// What might have been meant.
fn hints(error: &clap::Error) -> Vec<String> {
    let texts = &CATALOGUE.complaints;
    let filled = |template: &str, text: String| fill(template, &BTreeMap::from([("text".to_owned(), text)]));
    let mut hints = Vec::new();
    for kind in [ContextKind::SuggestedSubcommand, ContextKind::SuggestedArg, ContextKind::SuggestedValue] {
        let near = error.get(kind).map(listed).unwrap_or_default();
        if !near.is_empty() {
            hints.push(filled(&texts.near, near));
        }
    }
    if let Some(ContextValue::StyledStrs(told)) = error.get(ContextKind::Suggested) {
        for tip in told.iter().map(ToString::to_string) {
            let quoted: Vec<&str> = tip.split('\'').skip(1).step_by(2).collect();
            let (template, text) = match (quoted.first(), quoted.last()) {
                (Some(_), Some(last)) if tip.starts_with("to pass") => (&texts.as_value, last),
                (Some(first), _) if tip.starts_with("subcommand") => (&texts.without_dashes, first),
                (Some(first), _) => (&texts.exists, first),
                _ => continue,
            };
            hints.push(filled(template, (*text).to_owned()));
        }
    }
    let valid = [(ContextKind::ValidValue, &texts.values), (ContextKind::ValidSubcommand, &texts.commands)];
    for (kind, template) in valid {
        let names = error.get(kind).map(listed).unwrap_or_default();
        if !names.is_empty() {
            hints.push(filled(template, names));
        }
    }
    hints
}

/// What clap tells of an error, as one text.
fn listed(value: &ContextValue) -> String {
    match value {
        ContextValue::Strings(texts) => texts.join("、"),
        other => other.to_string(),
    }
}

/// A man page with its headings in Chinese.
pub(crate) fn manual(page: &str) -> String {
    CATALOGUE
        .headings
        .manual
        .iter()
        .fold(page.to_owned(), |page, (english, chinese)| page.replace(english, chinese))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use clap::CommandFactory;

    use super::*;

    /// What of the catalogue a tree of commands uses, and what it lacks.
    #[derive(Default)]
    struct Walk {
        used: BTreeSet<(String, String, String)>,
        lacking: Vec<String>,
    }

    impl Walk {
        fn look(&mut self, path: &str, id: &str, part: &str) {
            let own = CATALOGUE.commands.get(path).and_then(|texts| texts.get(id)?.part(part));
            let text = CATALOGUE.text(path, id, part).unwrap_or_default();
            if !text.chars().any(|c| c.width() == Some(2)) {
                self.lacking.push(format!("{path}: {id} ({part})"));
            }
            let table = if own.is_some() { path } else { "" };
            self.used.insert((table.to_owned(), id.to_owned(), part.to_owned()));
        }

        fn walk(&mut self, command: &Command, path: &str) {
            let key = if path.is_empty() { PROGRAM } else { path };
            self.look(key, "about", HELP);
            if command.get_long_about().is_some() {
                self.look(key, "long", HELP);
            }
            for arg in command.get_arguments() {
                let id = arg.get_id().as_str();
                self.look(key, id, HELP);
                if id == HELP {
                    self.look(key, id, "long");
                }
                if arg.get_num_args().is_some_and(|n| n.takes_values()) {
                    for value in arg.get_possible_values() {
                        self.look(key, id, value.get_name());
                    }
                }
            }
            for sub in command.get_subcommands() {
                match sub.get_name() {
                    HELP => self.look(HELP, "about", HELP),
                    name if path.is_empty() => self.walk(sub, name),
                    name => self.walk(sub, &format!("{path} {name}")),
                }
            }
        }
    }

    fn held() -> BTreeSet<(String, String, String)> {
        let mut held = BTreeSet::new();
        let shared = std::iter::once((String::new(), &CATALOGUE.shared));
        let own = CATALOGUE.commands.iter().map(|(path, texts)| (path.clone(), texts));
        for (path, texts) in shared.chain(own) {
            for (id, text) in texts {
                let parts: Vec<String> = match text {
                    Text::Plain(_) => vec![HELP.to_owned()],
                    Text::Parts(parts) => parts.keys().cloned().collect(),
                };
                held.extend(parts.into_iter().map(|part| (path.clone(), id.clone(), part)));
            }
        }
        held
    }

    #[test]
    fn every_command_argument_and_value_has_a_chinese_text_and_no_text_is_without_use() {
        let mut command = crate::Command::command();
        command.build();
        let mut walk = Walk::default();
        walk.walk(&command, "");
        assert!(walk.lacking.is_empty(), "help.toml lacks:\n{}", walk.lacking.join("\n"));
        let unused: Vec<_> = held().difference(&walk.used).cloned().collect();
        assert!(unused.is_empty(), "help.toml has what no command uses: {unused:?}");
    }

    /// The Chinese tree is sound, and no help shows an English sentence.
    #[test]
    fn no_help_has_english_left_in_it() {
        fn all(command: &mut Command, path: &str) {
            for help in [command.render_long_help().to_string(), command.render_help().to_string()] {
                for english in
                    ["Usage", "Print", "default:", "possible", "Possible", "Options", "Arguments", " the "]
                {
                    assert!(!help.contains(english), "{path}: {english}\n{help}");
                }
                for line in help.lines().filter(|line| line.width() > WIDTH) {
                    // Options may be long; a sentence may not.
                    assert!(line.contains("--"), "{path}: {line}");
                }
            }
            for sub in command.get_subcommands_mut().filter(|sub| sub.get_name() != HELP) {
                let path = format!("{path} {}", sub.get_name());
                all(sub, &path);
            }
        }
        let mut command = chinese(crate::Command::command(), Purpose::Reading);
        command.clone().debug_assert();
        all(&mut command, PROGRAM);
    }

    #[test]
    fn lines_are_broken_between_characters_and_not_before_marks() {
        assert_eq!(broken("一二三，四五", 6), "一二\n三，四\n五");
        assert_eq!(broken("用 --lang zh 看", 10), "用 --lang\nzh 看");
        assert_eq!(broken("（一二）三", 6), "（一\n二）三");
    }

    #[test]
    fn the_language_is_found_anywhere_among_the_arguments() {
        let of = |text: &str| {
            let arguments: Vec<OsString> = text.split(' ').map(OsString::from).collect();
            let moved = asked_in_chinese(&arguments)?;
            Some(moved.iter().map(|text| text.to_string_lossy().into_owned()).collect::<Vec<_>>().join(" "))
        };
        assert_eq!(of("techpower run x --lang zh"), Some("techpower --lang zh run x".to_owned()));
        assert_eq!(of("techpower run --lang=zh x -- y"), Some("techpower --lang=zh run x -- y".to_owned()));
        assert_eq!(of("techpower run x --lang en"), None);
        assert_eq!(of("techpower code -- --lang zh"), None);
    }
}
