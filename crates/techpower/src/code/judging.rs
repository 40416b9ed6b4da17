//! What a scorer makes of a sentence: whether it tells an event, which, by whom and on whom.

use std::collections::BTreeMap;

use super::coder::{Coder, EVERYONE, Judged, NO_ONE, Part, REACH, Work};
use super::describe::Looked;
use super::event::Reason;
use super::feature::Known;
use super::reading::Reading;
use super::roles::{self, Candidate, Told};
use super::scorer::{Head, Scorer};

/// The mode of joint acts.
const COOPERATE: &str = "cooperate";
/// How likely the likeliest sender must be, and another to act jointly with it.
const SENDER: f64 = 0.15;
const JOINT: f64 = 0.5;
/// How likely a target must be, and the likeliest if none is.
const TARGET: f64 = 0.5;
const LIKELIEST_TARGET: f64 = 0.25;

/// How likely each candidate is to be sender and target.
struct Parts {
    all: Vec<Candidate>,
    told: BTreeMap<usize, Told>,
    sender: Vec<f64>,
    target: Vec<f64>,
}

impl Parts {
    fn part(&self, at: usize, probability: f64) -> Part {
        let candidate = &self.all[at];
        Part { actor: candidate.actor.clone(), candidate: Some(candidate.clone()), probability }
    }
}

impl Coder {
    /// The judgement of a scorer, or why there is none. A scorer whose heads are not those of [`super::coder::HEADS`] holds nothing likely.
    pub(super) fn by_scorer(
        &self,
        reading: &Reading,
        unit: usize,
        scorer: &Scorer,
        work: &mut Work,
    ) -> Result<Judged, (Reason, Option<f64>)> {
        let missing = (Reason::Unlikely, None);
        let head = |name: &str| scorer.head(name).ok_or(missing);
        let lead = self.lead(reading, unit, scorer, &mut work.looked);
        let likely = scorer.lead(head("event")?, lead);
        let accept = self.setting("accept", 0.5);
        if likely < self.setting("abstain", accept) {
            return Err((Reason::Unlikely, Some(likely)));
        }
        if likely < accept {
            return Err((Reason::Unsure, Some(likely)));
        }
        let Looked { tokens, hashes, .. } = &mut work.looked;
        hashes.clear();
        self.features(reading, unit, tokens, hashes);
        scorer.sums(&hashes.features, &mut work.sums);
        let of = |name: &str, ids: &[Known]| {
            let ids = ids.iter().map(|id| id.text.as_str()).enumerate();
            likeliest(scorer, head(name)?, ids, &work.sums).ok_or(missing)
        };
        let power = of("power", &self.powers)?;
        let mode = of("mode", &self.modes)?;
        let layer = of("layer", &self.layers)?;
        let (power_id, mode_id) = (self.powers[power.0].text.as_str(), self.modes[mode.0].text.as_str());
        let of_power = self.instruments.iter().enumerate().filter(|(_, (_, of))| of.text == power_id);
        let ids = of_power.map(|(at, (id, _))| (at, id.text.as_str()));
        let instrument = likeliest(scorer, head("instrument")?, ids, &work.sums).ok_or(missing)?;
        let reach = scorer.probabilities(head("reach")?, &work.sums);
        let parts =
            self.parts(reading, unit, scorer, (head("sender")?, head("target")?), (power_id, mode_id), work);
        let senders = senders(&parts);
        let (targets, reach) = self.targets(&parts, &senders, &reach, mode_id);
        Ok(Judged {
            unit,
            event: likely,
            power,
            mode,
            layer,
            instrument,
            senders,
            targets,
            reach,
            by_rule: false,
            told: parts.told,
        })
    }

    /// How likely each actor named in or around a sentence is to be sender and target, if it tells an act of a type and mode.
    fn parts(
        &self,
        reading: &Reading,
        unit: usize,
        scorer: &Scorer,
        (sender, target): (&Head, &Head),
        kinds: (&str, &str),
        work: &mut Work,
    ) -> Parts {
        let all = self.candidates(reading, unit);
        let told = self.told(reading, &all);
        let (mut senders, mut targets) = (Vec::new(), Vec::new());
        for number in 0..all.len() {
            let hashes = &mut work.looked.hashes;
            hashes.clear();
            roles::features(reading, &all, number, &told, &self.lexicon, &self.grammar, kinds, hashes);
            scorer.sums(&hashes.features, &mut work.sums);
            senders.push(scorer.first(sender, &work.sums));
            targets.push(scorer.first(target, &work.sums));
        }
        Parts { all, told, sender: senders, target: targets }
    }

    /// On whom: actors that are likely enough, if what the text says of its reach and what it says of the actors together speak for them; else everyone,
    /// no one or the sender's own state. With the probability of it.
    fn targets(&self, parts: &Parts, senders: &[Part], reach: &[f64], mode: &str) -> (Vec<Part>, f64) {
        let number = parts.all.len();
        let acts = |at: usize| senders.iter().any(|sender| sender.actor == parts.all[at].actor);
        // A state may act on itself; a firm or an organisation does not.
        let itself = |at: usize| parts.all[at].mask != 's' && senders.len() == 1 && acts(at);
        let mut named: Vec<usize> =
            (0..number).filter(|at| parts.target[*at] >= TARGET && !itself(*at)).collect();
        if named.is_empty() {
            let others = (0..number).filter(|at| !acts(*at) && parts.target[*at] >= LIKELIEST_TARGET);
            named.extend(others.max_by(|a, b| parts.target[*a].total_cmp(&parts.target[*b])));
        }
        // Who acts on others does not act on itself by the same act.
        if senders.len() == 1 && named.iter().any(|at| !acts(*at)) {
            named.retain(|at| !acts(*at));
        }
        // Of two that act together each is the other's target, unless the text names somebody else.
        let pair =
            senders.len() == 2 && mode == COOPERATE && reach[0] >= 0.5 && named.iter().all(|at| acts(*at));
        if pair {
            named = (0..number).filter(|at| acts(*at)).collect();
        }
        let surest = if pair { 1.0 } else { named.iter().map(|at| parts.target[*at]).fold(0.0, f64::max) };
        let odds = |p: f64| p.clamp(1e-6, 1.0 - 1e-6) / (1.0 - p.clamp(1e-6, 1.0 - 1e-6));
        // What the text says of its reach and what it says of the actors named are two witnesses.
        if !named.is_empty() && odds(reach[0]) * odds(surest) >= 1.0 {
            return (named.iter().map(|at| parts.part(*at, parts.target[*at])).collect(), surest);
        }
        let home = senders.first().filter(|sender| sender.candidate.as_ref().is_some_and(|c| c.mask == 's'));
        let rest = (1..REACH.len())
            .filter(|class| REACH[*class] != "home" || home.is_some())
            .max_by(|a, b| reach[*a].total_cmp(&reach[*b]))
            .unwrap_or(1);
        let part = match (REACH[rest], home) {
            ("home", Some(home)) => Part { probability: reach[rest], ..home.clone() },
            ("everyone", _) => Part { actor: EVERYONE.to_owned(), candidate: None, probability: reach[rest] },
            _ => Part { actor: NO_ONE.to_owned(), candidate: None, probability: reach[rest] },
        };
        (vec![part], reach[rest])
    }
}

/// Of classes the likeliest, with its probability; classes that the codebook does not have cannot be chosen.
fn likeliest<'a>(
    scorer: &Scorer,
    head: &Head,
    ids: impl Iterator<Item = (usize, &'a str)>,
    sums: &[f32],
) -> Option<(usize, f64)> {
    let probabilities = scorer.probabilities(head, sums);
    let mut found: Option<(usize, f64)> = None;
    for (at, id) in ids {
        if let Some(class) = head.classes.iter().position(|class| class == id)
            && found.is_none_or(|found| probabilities[class] > found.1)
        {
            found = Some((at, probabilities[class]));
        }
    }
    found
}

/// Who acts: the likeliest, and who acts jointly with it.
fn senders(parts: &Parts) -> Vec<Part> {
    let mut order: Vec<usize> = (0..parts.all.len()).collect();
    order.sort_by(|a, b| parts.sender[*b].total_cmp(&parts.sender[*a]));
    order
        .into_iter()
        .enumerate()
        .filter(|(rank, at)| *rank == 0 && parts.sender[*at] >= SENDER || parts.sender[*at] >= JOINT)
        .map(|(_, at)| parts.part(at, parts.sender[at]))
        .collect()
}
