//! Completions for shells and man pages, made from the command line itself.

use clap::{Command, CommandFactory};
use clap_complete::Shell;
use clap_mangen::Man;
use techpower::diag::{Lang, nearest};

use crate::fault::Fault;
use crate::help;

/// The command line as it is written about.
fn command(lang: Lang) -> Command {
    match lang {
        Lang::En => crate::Command::command(),
        Lang::Zh => help::chinese(crate::Command::command(), help::Purpose::Writing),
    }
}

/// A script of completions for a shell.
pub(crate) fn completions(shell: Shell, lang: Lang) -> Vec<u8> {
    let mut script = Vec::new();
    let mut command = command(lang);
    let name = command.get_name().to_owned();
    clap_complete::generate(shell, &mut command, name, &mut script);
    script
}

/// The man page of the program, or of one of its commands, by a name such as `rules assess` or `rules-assess`.
pub(crate) fn page(name: &[String], lang: Lang) -> Result<String, Fault> {
    let mut command = command(lang);
    command.build();
    let name = name.join("-");
    let Some(found) = find(&command, &name) else {
        let names = names(&command);
        let near = nearest(&name, names.iter().map(String::as_str)).unwrap_or("");
        let hint = if near.is_empty() { "" } else { "no_page_near" };
        return Err(Fault::usage(lang, "no_command", &[("id", &name), ("near", near)], hint));
    };
    let source = format!("{} {}", command.get_name(), command.get_version().unwrap_or_default());
    let mut page = Vec::new();
    Man::new(found.clone())
        .source(source)
        .render(&mut page)
        .map_err(|error| Fault::Internal(error.to_string()))?;
    let page = String::from_utf8(page).map_err(|error| Fault::Internal(error.to_string()))?;
    Ok(match lang {
        Lang::En => page,
        Lang::Zh => help::manual(&page),
    })
}

/// A command by the names that lead to it, joined by hyphens or blanks; names may have hyphens themselves.
fn find<'a>(command: &'a Command, name: &str) -> Option<&'a Command> {
    if name.is_empty() {
        return Some(command);
    }
    command.get_subcommands().find_map(|sub| {
        let rest = name.strip_prefix(sub.get_name())?;
        if rest.is_empty() { Some(sub) } else { find(sub, rest.strip_prefix(['-', ' '])?) }
    })
}

/// Names of all commands, joined by hyphens, without those that only show help.
fn names(command: &Command) -> Vec<String> {
    let mut all = Vec::new();
    for sub in command.get_subcommands().filter(|sub| sub.get_name() != "help") {
        all.push(sub.get_name().to_owned());
        all.extend(names(sub).iter().map(|name| format!("{}-{name}", sub.get_name())));
    }
    all
}
