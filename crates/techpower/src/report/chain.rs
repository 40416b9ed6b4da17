//! The production graph: who can stop whom, at which input, alone or with whom, how sure that is, and what it costs the one who
//! stops.

use std::collections::{BTreeMap, BTreeSet};

use super::figure::{colour, spotted};
use super::links;
use super::table::{Cell, caption, scale, strip, table};
use super::words::{View, escape, percent, percent_range, probability, signed};
use crate::relate::{BASE, Baseline, CutKind, Loss, Path, Specification, Subject, Weight};

/// The most rows of a table of pairs, inputs or paths.
const MOST_ROWS: usize = 25;
/// Losses below this mean exposure are not told.
const SMALL: f64 = 0.01;
/// Ranks up to which a disagreement is worth telling.
const TOP: u32 = 10;
/// The most inputs named as those through which a loss comes.
const MOST_NAMED: usize = 3;

pub(super) fn part(view: View<'_>) -> String {
    if view.c.exposure.losses.is_empty() {
        return String::new();
    }
    [
        stops(view),
        inputs(view),
        paths(view),
        chokepoints(view),
        weights(view),
        specifications(view),
        cuts(view),
        baselines(view),
    ]
    .concat()
}

/// The name of an input.
fn input(view: View<'_>, id: &str) -> String {
    let row = view.c.study.inputs.iter().find(|input| input.id == id);
    row.map_or_else(|| escape(id), |input| view.either(&input.name_en, &input.name_zh))
}

/// Who acts, an actor or a named coalition. A coalition is told with those that withhold: for a member of a bloc, the bloc.
fn sender(view: View<'_>, id: &str) -> String {
    let study = view.c.study;
    let Some(members) = study.options.relate.coalitions.get(id) else { return spotted(view, id) };
    let units: BTreeSet<&str> = members.iter().filter_map(|id| study.home_of(id)).collect();
    let names: Vec<String> = units.into_iter().map(|unit| view.actor(unit)).collect();
    format!("<span title=\"{}\">{}</span>", escape(id), names.join(" + "))
}

fn pair(view: View<'_>, from: &str, to: &str) -> String {
    format!("{} → {}", sender(view, from), spotted(view, to))
}

fn number_head(view: View<'_>, id: &str) -> Cell {
    Cell::html(view.word(id)).class("num")
}

/// Losses of focal actors over the final products, the largest first.
fn stops(view: View<'_>) -> String {
    let headline = view.headline();
    let mut list: Vec<&Loss> = view
        .c
        .exposure
        .losses
        .iter()
        .filter(|l| l.year == headline && l.input.is_empty() && l.layer.is_empty())
        .filter(|l| view.focal().contains(&l.target) && l.exposure.mean > SMALL)
        .collect();
    list.sort_by(|a, b| b.exposure.mean.total_cmp(&a.exposure.mean));
    let title = links::titled(view, "stops-title");
    if list.is_empty() {
        return title + &format!("<p class=\"nothing\">{}</p>\n", view.word("inputs-none"));
    }
    let words = [
        ("year", headline.to_string()),
        ("shown", list.len().min(MOST_ROWS).to_string()),
        ("all", list.len().to_string()),
    ];
    let rows: Vec<Vec<Cell>> = list
        .iter()
        .take(MOST_ROWS)
        .map(|l| {
            let through: Vec<&Path> = view
                .c
                .exposure
                .paths
                .iter()
                .filter(|p| p.sender == l.sender && p.target == l.target)
                .collect();
            let named: Vec<String> = through
                .iter()
                .take(MOST_NAMED)
                .map(|p| format!("{}{}", input(view, &p.input), view.brackets(&percent(p.contribution))))
                .collect();
            let indirect: f64 = through.iter().map(|p| p.contribution * p.indirect).sum();
            vec![
                Cell::html(pair(view, &l.sender, &l.target)).class("line"),
                Cell::html(strip(l.exposure, (0.0, 1.0), colour(view, &l.sender), &view.share(l.exposure))),
                Cell::number(view.share(l.exposure)),
                Cell::number(percent(l.leontief.mean)),
                Cell::html(view.list(&named)),
                Cell::number(percent(indirect)),
                Cell::known(view, l.cost.map(|cost| percent(cost.mean))),
            ]
        })
        .collect();
    let head = [
        Cell::html(view.word("pair")),
        Cell::html("0–100%"),
        number_head(view, "exposure"),
        number_head(view, "bound"),
        Cell::html(view.word("above-all-through")),
        number_head(view, "by-third-parties"),
        number_head(view, "own-cost"),
    ];
    title
        + &view.paragraph("stops-text", &[])
        + &table("wide", &caption(view, "stops-caption", &words), &head, &rows)
}

/// The single inputs by which focal actors could hurt one another most.
fn inputs(view: View<'_>) -> String {
    let focal = view.focal();
    let headline = view.headline();
    let mut list: Vec<&Loss> = view
        .c
        .exposure
        .losses
        .iter()
        .filter(|l| l.year == headline && !l.input.is_empty() && l.exposure.mean > 0.0)
        .filter(|l| focal.contains(&l.sender) && focal.contains(&l.target))
        .collect();
    // Sorting is stable, so that ties keep the order of the results.
    list.sort_by(|a, b| b.exposure.mean.total_cmp(&a.exposure.mean));
    let title = links::titled(view, "inputs-title");
    if list.is_empty() {
        return title + &format!("<p class=\"nothing\">{}</p>\n", view.word("inputs-none"));
    }
    let words = [("shown", list.len().min(MOST_ROWS).to_string()), ("all", list.len().to_string())];
    let rows: Vec<Vec<Cell>> = list
        .iter()
        .take(MOST_ROWS)
        .map(|l| {
            vec![
                Cell::html(input(view, &l.input)),
                Cell::html(pair(view, &l.sender, &l.target)).class("line"),
                Cell::html(strip(l.exposure, (0.0, 1.0), colour(view, &l.sender), &view.share(l.exposure))),
                Cell::number(view.share(l.exposure)),
                Cell::number(format!(
                    "{}{}",
                    percent(l.leontief.mean),
                    view.brackets(&percent_range(l.leontief))
                )),
            ]
        })
        .collect();
    let head = [
        Cell::html(view.word("input")),
        Cell::html(view.word("pair")),
        Cell::html("0–100%"),
        number_head(view, "exposure"),
        number_head(view, "bound"),
    ];
    title + &table("", &caption(view, "inputs-caption", &words), &head, &rows)
}

/// Holds of focal actors over one another that come through third parties.
fn paths(view: View<'_>) -> String {
    let focal = view.focal();
    let mut list: Vec<&Path> = view
        .c
        .exposure
        .paths
        .iter()
        .filter(|p| focal.contains(&p.sender) && focal.contains(&p.target) && p.path.len() > 1)
        .collect();
    let weight = |p: &Path| p.contribution * p.indirect;
    list.sort_by(|a, b| weight(b).total_cmp(&weight(a)));
    if list.is_empty() {
        return String::new();
    }
    let rows: Vec<Vec<Cell>> = list
        .iter()
        .take(MOST_ROWS)
        .map(|p| {
            let steps: Vec<String> = p.path[1..]
                .iter()
                .zip(&p.through)
                .map(|(step, actor)| {
                    let by = if actor.is_empty() { String::new() } else { view.brackets(&view.actor(actor)) };
                    format!("{}{by}", input(view, step))
                })
                .collect();
            vec![
                Cell::html(pair(view, &p.sender, &p.target)).class("line"),
                Cell::html(input(view, &p.input)),
                Cell::number(percent(p.contribution)),
                Cell::number(percent(p.indirect)),
                Cell::html(steps.join(" → ")),
            ]
        })
        .collect();
    let head = [
        Cell::html(view.word("pair")),
        Cell::html(view.word("input")),
        number_head(view, "contribution"),
        number_head(view, "by-third-parties"),
        Cell::html(view.word("path")),
    ];
    let words = [("shown", rows.len().to_string()), ("all", list.len().to_string())];
    links::titled(view, "paths-title")
        + &table("wide dense", &caption(view, "paths-caption", &words), &head, &rows)
}

/// Inputs at which one supplier can stop the whole graph, with how concentrated their supply is.
fn chokepoints(view: View<'_>) -> String {
    let headline = view.headline();
    let mut by_input: BTreeMap<&str, Vec<(&str, f64)>> = BTreeMap::new();
    for point in view.c.exposure.chokepoints.iter().filter(|point| point.probability >= SMALL) {
        by_input.entry(&point.input).or_default().push((&point.actor, point.probability));
    }
    let mut list: Vec<(&str, Vec<(&str, f64)>)> = by_input.into_iter().collect();
    for (_, actors) in &mut list {
        actors.sort_by(|a, b| b.1.total_cmp(&a.1));
    }
    list.sort_by(|a, b| b.1[0].1.total_cmp(&a.1[0].1));
    let title = links::titled(view, "chokepoints-title");
    if list.is_empty() {
        return title + &format!("<p class=\"nothing\">{}</p>\n", view.word("chokepoints-none"));
    }
    let rows: Vec<Vec<Cell>> = list
        .iter()
        .map(|(id, actors)| {
            let who: Vec<String> = actors
                .iter()
                .map(|(actor, p)| format!("{}{}", spotted(view, actor), view.brackets(&probability(*p))))
                .collect();
            let concentration =
                view.c.exposure.concentrations.iter().find(|c| c.input == *id && c.year == headline);
            vec![
                Cell::html(input(view, id)),
                Cell::html(view.list(&who)),
                Cell::known(
                    view,
                    concentration.map(|c| {
                        format!(
                            "{:.2}{}",
                            c.herfindahl.mean,
                            view.brackets(&format!("{:.2}–{:.2}", c.herfindahl.q05, c.herfindahl.q95))
                        )
                    }),
                ),
                Cell::known(view, concentration.map(|c| view.share(c.top_share))),
                Cell::known(view, concentration.map(|c| c.data_year.to_string())),
            ]
        })
        .collect();
    let head = [
        Cell::html(view.word("input")),
        Cell::html(view.word("can-stop")),
        number_head(view, "herfindahl"),
        number_head(view, "top-share"),
        number_head(view, "data-year"),
    ];
    title + &table("", &caption(view, "chokepoints-caption", &[("year", headline.to_string())]), &head, &rows)
}

/// The weights of suppliers in the headline year under one specification.
fn weights_of<'a>(view: View<'a>, specification: &str) -> Vec<&'a Weight> {
    let all = view.c.exposure.weights.iter();
    all.filter(|w| w.year == view.headline() && w.specification == specification).collect()
}

/// How often suppliers hold a veto over the production graph, and their weights.
fn weights(view: View<'_>) -> String {
    let all = weights_of(view, BASE);
    let (mut list, without): (Vec<_>, Vec<_>) =
        all.into_iter().partition(|w| w.veto > 0.0 || w.banzhaf.q95 > 0.0);
    if list.is_empty() {
        return String::new();
    }
    list.sort_by(|a, b| b.shapley.mean.total_cmp(&a.shapley.mean));
    // Weights are small when several suppliers hold a veto: the scale ends at the largest.
    let most = list.iter().map(|w| w.shapley.q95).fold(0.0, f64::max);
    let vetoes = view.c.exposure.vetoes(view.c.study);
    let rows: Vec<Vec<Cell>> = list
        .iter()
        .map(|w| {
            let over = vetoes.iter().find(|v| v.actor == w.actor);
            let of = |count: usize| over.map(|v| format!("{count}/{}", v.specifications));
            vec![
                Cell::html(spotted(view, &w.actor)),
                Cell::number(percent(w.veto)),
                Cell::html(strip(w.shapley, (0.0, most), colour(view, &w.actor), &view.share(w.shapley))),
                Cell::number(view.share(w.shapley)),
                Cell::number(view.share(w.banzhaf)),
                Cell::known(view, over.and_then(|v| of(v.certain))),
                Cell::known(view, over.and_then(|v| of(v.likely))),
                Cell::known(view, over.and_then(|v| of(v.possible))),
            ]
        })
        .collect();
    let head = [
        Cell::html(view.word("supplier")),
        number_head(view, "veto"),
        Cell::html(format!("0–{}", percent(most))),
        number_head(view, "shapley"),
        number_head(view, "banzhaf"),
        number_head(view, "veto-certain"),
        number_head(view, "veto-likely"),
        number_head(view, "veto-possible"),
    ];
    let names: Vec<String> = without.iter().map(|w| view.actor(&w.actor)).collect();
    let names = if names.is_empty() { "–".to_owned() } else { view.list(&names) };
    let words = [
        ("year", view.headline().to_string()),
        ("without", names),
        ("all", view.c.exposure.counted().count().to_string()),
    ];
    links::titled(view, "weights-title") + &table("", &caption(view, "weights-caption", &words), &head, &rows)
}

/// Vetoes, specification by specification.
fn specifications(view: View<'_>) -> String {
    let grid: Vec<&Specification> = view.c.exposure.specifications.iter().filter(|s| s.id != BASE).collect();
    let vetoes = view.c.exposure.vetoes(view.c.study);
    let actors: Vec<&str> = vetoes.iter().filter(|v| v.probability > 0.0).map(|v| v.actor.as_str()).collect();
    if grid.is_empty() || actors.is_empty() {
        return String::new();
    }
    let says: Vec<String> = vetoes
        .iter()
        .filter(|v| v.probability > 0.0)
        .map(|v| {
            let words = [
                ("actor", spotted(view, &v.actor)),
                ("likely", v.likely.to_string()),
                ("all", v.specifications.to_string()),
            ];
            view.say("veto-statement", &words)
        })
        .collect();
    let rows: Vec<Vec<Cell>> = grid
        .iter()
        .map(|s| {
            let list = weights_of(view, &s.id);
            let mut row = vec![
                Cell::html(view.term("blocs", s.blocs.id())),
                Cell::html(view.term("subtypes", s.subtypes.id())),
                Cell::html(view.word(if s.without.is_empty() { "inputs-all" } else { "inputs-firm" })),
                Cell::number(percent(s.tau.0)),
            ];
            row.extend(actors.iter().map(|actor| match list.iter().find(|w| w.actor == **actor) {
                Some(w) => Cell::heat(w.veto, &format!("{:.0}", 100.0 * w.veto), ""),
                None => Cell::html("").class("self"),
            }));
            row
        })
        .collect();
    let mut head: Vec<Cell> =
        ["spec-blocs", "spec-subtypes", "spec-inputs"].map(|id| Cell::html(view.word(id))).into();
    head.push(number_head(view, "spec-tau"));
    head.extend(actors.iter().map(|actor| Cell::text(actor).title(view.actor(actor))));
    let doubtful: BTreeSet<&String> = grid.iter().flat_map(|s| &s.without).collect();
    let doubtful: Vec<String> = doubtful.into_iter().map(|id| input(view, id)).collect();
    let words = [
        ("year", view.headline().to_string()),
        ("doubtful", if doubtful.is_empty() { "–".to_owned() } else { view.list(&doubtful) }),
    ];
    format!(
        "{}<ul>{}</ul>\n",
        links::titled(view, "specifications-title"),
        says.iter().map(|s| format!("<li>{s}</li>")).collect::<String>()
    ) + &table("map", &caption(view, "specifications-caption", &words), &head, &rows)
        + &scale(view, "0%", "100%")
}

/// Coalitions that can stop the graph together, and those that can sustain it alone.
fn cuts(view: View<'_>) -> String {
    let exposure = view.c.exposure;
    let specifications: BTreeSet<&str> = exposure.counted().map(|s| s.id.as_str()).collect();
    let mut totals: BTreeMap<(CutKind, &[String]), f64> = BTreeMap::new();
    for cut in exposure.cuts.iter().filter(|cut| specifications.contains(cut.specification.as_str())) {
        // A single player with a veto has been told of.
        if cut.kind == CutKind::Sufficient || cut.coalition.len() > 1 {
            *totals.entry((cut.kind, &cut.coalition)).or_insert(0.0) += cut.probability;
        }
    }
    let mut list: Vec<((CutKind, &[String]), f64)> = totals.into_iter().collect();
    list.sort_by(|a, b| b.1.total_cmp(&a.1));
    let mut out = String::new();
    for kind in [CutKind::Denial, CutKind::Sufficient] {
        let rows: Vec<Vec<Cell>> = list
            .iter()
            .filter(|((own, _), _)| *own == kind)
            .take(MOST_ROWS / 2)
            .map(|((_, coalition), total)| {
                let names: Vec<String> = coalition.iter().map(|id| spotted(view, id)).collect();
                vec![
                    Cell::html(names.join(" + ")),
                    Cell::number(coalition.len().to_string()),
                    Cell::number(percent(total / specifications.len() as f64)),
                ]
            })
            .collect();
        if rows.is_empty() {
            continue;
        }
        let head = [
            Cell::html(view.word("coalition")),
            number_head(view, "members"),
            number_head(view, "minimal-in"),
        ];
        let id = if kind == CutKind::Denial { "denial-cuts-caption" } else { "sufficient-cuts-caption" };
        let words = [("all", specifications.len().to_string())];
        out.push_str(&table("", &caption(view, id, &words), &head, &rows));
    }
    out.push_str(&alliances(view));
    if out.is_empty() { out } else { links::titled(view, "cuts-title") + &out }
}

/// What the coalitions that the study names can do.
fn alliances(view: View<'_>) -> String {
    let list = &view.c.exposure.alliances;
    let names: BTreeSet<&str> = list.iter().map(|a| a.name.as_str()).collect();
    let rows: Vec<Vec<Cell>> = names
        .into_iter()
        .map(|name| {
            let own: Vec<_> = list.iter().filter(|a| a.name == name).collect();
            let base = own.iter().find(|a| a.specification == BASE);
            let grid: Vec<_> = own.iter().filter(|a| a.specification != BASE).collect();
            let count = |holds: &dyn Fn(f64, f64) -> bool| {
                let n = grid.iter().filter(|a| holds(a.denies, a.sustains)).count();
                (!grid.is_empty()).then(|| format!("{n}/{}", grid.len()))
            };
            vec![
                Cell::html(sender(view, name)),
                Cell::known(view, base.map(|a| percent(a.denies))),
                Cell::known(view, count(&|denies, _| denies >= 0.95)),
                Cell::known(view, base.map(|a| percent(a.sustains))),
                Cell::known(view, count(&|_, sustains| sustains >= 0.95)),
            ]
        })
        .collect();
    if rows.is_empty() {
        return String::new();
    }
    let head = [
        Cell::html(view.word("coalition")),
        number_head(view, "can-deny"),
        number_head(view, "can-deny-in"),
        number_head(view, "can-sustain"),
        number_head(view, "can-sustain-in"),
    ];
    table("", &caption(view, "alliances-caption", &[("year", view.headline().to_string())]), &head, &rows)
}

/// Where the topology of the chain and loss under denial disagree.
fn baselines(view: View<'_>) -> String {
    let exposure = view.c.exposure;
    if exposure.agreements.is_empty() {
        return String::new();
    }
    let head = [
        Cell::html(view.word("compared")),
        Cell::html(view.word("topology-measure")),
        number_head(view, "count"),
        number_head(view, "spearman"),
        Cell::html(view.word("overrated")),
        Cell::html(view.word("underrated")),
    ];
    let rows: Vec<Vec<Cell>> = exposure
        .agreements
        .iter()
        .map(|agreement| {
            let mut list: Vec<&Baseline> = exposure
                .baselines
                .iter()
                .filter(|b| b.subject == agreement.subject && b.measure == agreement.measure)
                .filter(|b| b.rank.min(b.denial_rank) <= TOP)
                .collect();
            list.sort_by_key(|b| i64::from(b.rank) - i64::from(b.denial_rank));
            let named = |b: &&Baseline| {
                let name = match b.subject {
                    Subject::Supplier => spotted(view, &b.id),
                    Subject::Input => input(view, &b.id),
                };
                format!("{name}{}", view.brackets(&format!("{} → {}", b.rank, b.denial_rank)))
            };
            let over: Vec<String> =
                list.iter().filter(|b| b.rank < b.denial_rank).take(MOST_NAMED).map(named).collect();
            let under: Vec<String> =
                list.iter().rev().filter(|b| b.rank > b.denial_rank).take(MOST_NAMED).map(named).collect();
            vec![
                Cell::html(view.term("compared", agreement.subject.id())),
                Cell::html(view.term("measure", &agreement.measure)),
                Cell::number(agreement.count.to_string()),
                Cell::known(view, agreement.spearman.map(|r| signed(r, 2))),
                Cell::html(over.join("<br>")),
                Cell::html(under.join("<br>")),
            ]
        })
        .collect();
    links::titled(view, "baselines-title")
        + &view.paragraph("baselines-text", &[])
        + &table(
            "wide dense",
            &caption(view, "baselines-caption", &[("year", view.headline().to_string())]),
            &head,
            &rows,
        )
}
