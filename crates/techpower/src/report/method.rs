//! How the results came about: each stage in plain words, the options of this run, limits, references and notes.

use std::collections::{BTreeMap, BTreeSet};

use super::links;
use super::words::{View, escape, linkify, number};
use crate::diag::{Note, Notes, Severity};
use crate::study::{Cycles, Firms};

/// Notes of a kind that are shown before the rest is folded away.
const SHOWN: usize = 3;

pub(super) fn section(view: View<'_>) -> String {
    let draws = number(view.c.study.options.uncertainty.draws as f64);
    let mut out = view.paragraph("method-new", &[("draws", draws)]) + &view.paragraph("method-text", &[]);
    for stage in ["code", "measure", "relate", "infer", "claims"] {
        out.push_str(&format!(
            "{}<p class=\"how\">{}</p>\n<p>{}</p>\n",
            links::titled(view, &format!("stage-{stage}")),
            view.word(&format!("stage-{stage}-plain")),
            view.word(&format!("stage-{stage}-text"))
        ));
        if ["measure", "relate", "infer"].contains(&stage) {
            out.push_str(&format!(
                "<p class=\"formula\">{}</p>\n",
                view.word(&format!("stage-{stage}-formula"))
            ));
        }
    }
    out.push_str(&format!(
        "{}<p>{}</p>\n{}",
        links::titled(view, "recipe-title"),
        view.word("recipe-text"),
        recipe(view)
    ));
    out.push_str(&(links::titled(view, "limits-title") + "<ul>"));
    out.extend(view.limits().iter().map(|limit| format!("<li>{}</li>\n", escape(limit))));
    for limit in [
        "curated",
        "intervals",
        "measures",
        "comparison",
        "years",
        "equilibrium",
        "shares",
        "scarcity",
        "cause",
    ] {
        out.push_str(&format!("<li>{}</li>\n", view.word(&format!("limit-{limit}"))));
    }
    out.push_str("</ul>\n");
    out.push_str(&references(view));
    out.push_str(&notes(view));
    out
}

/// The options of this run: key, value and what it means.
fn recipe(view: View<'_>) -> String {
    let o = &view.c.study.options;
    let pair = |(low, high): (f64, f64)| format!("{}–{}", number(low), number(high));
    let demand = if o.relate.demand.is_empty() { "–".to_owned() } else { escape(&o.relate.demand) };
    let list = |texts: &mut dyn Iterator<Item = String>| {
        let texts: Vec<String> = texts.collect();
        if texts.is_empty() { "–".to_owned() } else { escape(&texts.join(", ")) }
    };
    let also = list(&mut o.about.also.iter().map(i16::to_string));
    let coalitions = list(
        &mut o.relate.coalitions.iter().map(|(name, members)| format!("{name}: {}", members.join(" + "))),
    );
    let weigh = &o.relate.endorsement;
    let weights = list(&mut weigh.weights.iter().map(|(act, weight)| format!("{act} {}", pair(*weight))));
    let (grid, needs) = (&o.relate.grid, &o.relate.dependence);
    let dependence = format!(
        "import_hhi {}, world_hhi {}, ratio {}, years {}, window {}",
        number(needs.import_hhi),
        number(needs.world_hhi),
        number(needs.ratio),
        needs.years,
        needs.window
    );
    let before = [
        ("study.from–to", format!("{}–{}", o.about.from, o.about.to), "option-years"),
        ("study.headline", o.about.headline.to_string(), "option-headline"),
        ("study.also", also, "option-also"),
        (
            "study.codebook",
            escape(&format!("{} ({})", o.about.codebook, view.c.study.codebook.hash)),
            "option-codebook",
        ),
        ("uncertainty.draws", number(o.uncertainty.draws as f64), "option-draws"),
        ("uncertainty.seed", o.uncertainty.seed.to_string(), "option-seed"),
        ("uncertainty.sensitivity", number(o.uncertainty.sensitivity as f64), "option-sensitivity"),
        ("uncertainty.smaa", number(o.uncertainty.smaa as f64), "option-smaa"),
    ];
    let after = [
        ("relate.epsilon", pair(o.relate.epsilon), "option-epsilon"),
        ("relate.tau", pair(o.relate.tau), "option-tau"),
        ("relate.max_age", o.relate.max_age.to_string(), "option-relate-age"),
        ("relate.demand", demand, "option-demand"),
        ("relate.withheld", pair(o.relate.withheld), "option-withheld"),
        ("relate.leakage", pair(o.relate.leakage), "option-leakage"),
        ("relate.horizon", number(o.relate.horizon), "option-horizon"),
        ("relate.cycles", word_of(Cycles::ALL, o.relate.cycles).to_owned(), "option-cycles"),
        ("relate.subtypes", o.relate.subtypes.id().to_owned(), "option-subtypes"),
        ("relate.conditions", list(&mut o.relate.conditions.iter().cloned()), "option-conditions"),
        ("relate.coalitions", coalitions, "option-coalitions"),
        ("relate.endorsement.weights", weights, "option-endorsement"),
        (
            "relate.endorsement.weigh_by",
            list(&mut weigh.weigh_by.lines().map(str::to_owned)),
            "option-weigh-by",
        ),
        ("relate.grid.tau", list(&mut grid.tau.iter().map(|tau| number(*tau))), "option-grid-tau"),
        (
            "relate.grid.subtypes",
            list(&mut grid.subtypes.iter().map(|one| one.id().to_owned())),
            "option-grid-subtypes",
        ),
        (
            "relate.grid.blocs",
            list(&mut grid.blocs.iter().map(|one| one.id().to_owned())),
            "option-grid-blocs",
        ),
        ("relate.grid.doubtful", list(&mut grid.doubtful.iter().cloned()), "option-grid-doubtful"),
        ("relate.dependence", dependence, "option-dependence"),
        ("code.count", o.code.count.to_string(), "option-count"),
        ("rules.on", list(&mut o.rules.on.iter().cloned()), "option-on"),
        ("infer.prior", number(o.infer.prior), "option-prior"),
        ("infer.firms", word_of(Firms::ALL, o.infer.firms).to_owned(), "option-firms"),
        ("infer.reach", o.infer.reach.to_string(), "option-reach"),
    ];
    let row = |key: &str, value: &str, meaning: &str| {
        format!("<dt><code>{key}</code></dt><dd><b>{value}</b></dd><dd>{}</dd>\n", view.word(meaning))
    };
    let mut list: String = before.iter().map(|(key, value, meaning)| row(key, value, meaning)).collect();
    for entry in o.measure.entries() {
        let (key, name) = (&entry.key, entry.key.split('.').next().unwrap_or_default());
        let (path, meaning) = if entry.vary {
            (format!("measure.vary.{key}"), format!("option-vary-{name}"))
        } else {
            (format!("measure.{key}"), format!("option-{name}"))
        };
        list.push_str(&row(&escape(&path), &escape(&entry.value), &meaning));
    }
    list.extend(after.iter().map(|(key, value, meaning)| row(key, value, meaning)));
    format!("<dl class=\"recipe\">{list}</dl>\n")
}

fn word_of<T: PartialEq>(all: &[(&'static str, T)], value: T) -> &'static str {
    all.iter().find(|(_, other)| *other == value).map_or("", |(word, _)| word)
}

/// The codebook's literature, and how many sources the data rest on.
fn references(view: View<'_>) -> String {
    let study = view.c.study;
    let mut data: BTreeSet<&str> = BTreeSet::new();
    data.extend(study.indicators.iter().map(|row| study.resolve(row.reference)));
    data.extend(study.inputs.iter().map(|row| row.reference.as_str()));
    data.extend(study.supply.iter().map(|row| row.reference.as_str()));
    data.extend(study.markets.iter().map(|row| row.reference.as_str()));
    data.extend(study.trade.iter().map(|row| study.resolve(row.reference)));
    data.extend(study.events.iter().map(|row| row.reference.as_str()));
    data.extend(study.endorsements.iter().map(|row| row.reference.as_str()));
    data.extend(study.endorsers.iter().map(|row| row.reference.as_str()));
    let mut literature: Vec<&str> = Vec::new();
    let pages = study.codebook.pages.iter().flat_map(|page| &page.references);
    for reference in study.codebook.references.iter().chain(pages) {
        if !literature.contains(&reference.as_str()) {
            literature.push(reference);
        }
    }
    let list: String = literature.iter().map(|text| format!("<li>{}</li>\n", linkify(text))).collect();
    format!(
        "{}{}<details class=\"data\"><summary>{}</summary><ul class=\"refs\">{list}</ul></details>\n",
        links::titled(view, "references-title"),
        view.paragraph(
            "references-text",
            &[("data", data.len().to_string()), ("literature", literature.len().to_string())]
        ),
        view.word("literature"),
    )
}

/// All notes, by severity and kind.
fn notes(view: View<'_>) -> String {
    let notes: &Notes = view.c.notes;
    let mut out = links::titled(view, "notes-title");
    if notes.is_empty() {
        return out + &format!("<p class=\"nothing\">{}</p>\n", view.word("no-notes"));
    }
    out.push_str(&view.paragraph(
        "notes-text",
        &[
            ("errors", notes.count_of(Severity::Error).to_string()),
            ("warnings", notes.count_of(Severity::Warning).to_string()),
            ("infos", notes.count_of(Severity::Info).to_string()),
        ],
    ));
    for severity in [Severity::Error, Severity::Warning, Severity::Info] {
        let mut kinds: BTreeMap<&str, Vec<&Note>> = BTreeMap::new();
        for note in notes.iter().filter(|note| note.severity() == severity) {
            kinds.entry(note.kind.id()).or_default().push(note);
        }
        if kinds.is_empty() {
            continue;
        }
        out.push_str(&format!("<h4>{}</h4>\n<ul class=\"notes\">\n", view.term("severity", severity.id())));
        for (kind, list) in kinds {
            let beyond: u64 =
                notes.beyond().filter(|(other, _, _)| other.id() == kind).map(|(_, _, n)| n).sum();
            for note in list.iter().take(SHOWN) {
                out.push_str(&line(view, note));
            }
            if list.len() > SHOWN {
                let rest: String = list.iter().skip(SHOWN).map(|note| line(view, note)).collect();
                let words = [
                    ("n", (list.len() - SHOWN).to_string()),
                    ("kind", format!("<code>{}</code>", escape(kind))),
                ];
                out.push_str(&format!(
                    "<li><details><summary>{}</summary><ul>{rest}</ul></details></li>\n",
                    view.say("more-notes", &words)
                ));
            }
            if beyond > 0 {
                let words =
                    [("n", number(beyond as f64)), ("kind", format!("<code>{}</code>", escape(kind)))];
                out.push_str(&format!("<li class=\"hint\">{}</li>\n", view.say("beyond", &words)));
            }
        }
        out.push_str("</ul>\n");
    }
    out
}

fn line(view: View<'_>, note: &Note) -> String {
    let place = note.at.to_string();
    let place = if place.is_empty() { String::new() } else { format!("<code>{}</code> ", escape(&place)) };
    let hint = note.hint(view.lang);
    let hint = if hint.is_empty() {
        String::new()
    } else {
        format!("<span class=\"hint\">{}</span>", marked(&hint))
    };
    format!("<li>{place}{}{hint}</li>\n", marked(&note.message(view.lang)))
}

/// Text escaped, with what stands in backticks set as code.
fn marked(text: &str) -> String {
    let parts: Vec<&str> = text.split('`').collect();
    // A backtick without its partner stays as it is.
    if parts.len().is_multiple_of(2) {
        return escape(text);
    }
    let mark = |(at, part): (usize, &&str)| {
        if at % 2 == 1 { format!("<code>{}</code>", escape(part)) } else { escape(part) }
    };
    parts.iter().enumerate().map(mark).collect()
}
