//! Loss under denial: what a target loses, after substitution, when a sender or a coalition withholds what it supplies.
//!
//! At an input of which suppliers with share `w` fall away the log-loss is `-ln(1 - w) / (sigma - 1)`, the rise of a CES price
//! index when varieties vanish (Feenstra 1994, *American Economic Review* 84(1), 157-177, eq. 5-7). To it comes what its own
//! inputs lose: by their cost shares over inputs needed jointly, the least over alternatives. So in a circle a loss comes
//! back to where it began, each time weakened by the cost shares on the way; the loss is the sum of all rounds, the smallest
//! solution of the equations. A larger one would charge a sender for what it does not supply.

use super::graph::{Basis, Graph};
use super::supply::{Drawn, Holdings};

/// Rounds after which a circle whose losses keep growing is left alone; its exposure is one by then.
const MOST_ROUNDS: usize = 1_000;
/// Relative change below which a circle has settled.
const SETTLED: f64 = 1e-13;

/// The production graph in a year, ready for questions about denial.
pub(super) struct Denial<'a> {
    pub(super) graph: &'a Graph,
    pub(super) drawn: &'a Drawn,
    pub(super) holdings: &'a Holdings,
    /// What each input rests on.
    pub(super) basis: &'a [Basis],
    /// Whether anything is known of an input or of what is below it.
    pub(super) known: Vec<bool>,
}

/// Who withholds from whom, in one draw.
#[derive(Clone, Copy)]
pub(super) struct Case<'a> {
    /// For each input who of its holders is concerned; see [`Denial::seats`].
    pub(super) seats: &'a [Seats],
    /// The target's share of world demand, if known.
    pub(super) demand: Option<f64>,
    pub(super) draw: usize,
}

/// Where sender and target stand among the holders of an input.
pub(super) struct Seats {
    pub(super) senders: Vec<usize>,
    pub(super) target: Option<usize>,
}

/// A log-loss beside its Leontief reading, the largest share lost at any single input; NaN if nothing is known.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Lost {
    pub(super) log: f64,
    pub(super) worst: f64,
}

const NOTHING_KNOWN: Lost = Lost { log: f64::NAN, worst: f64::NAN };

impl Lost {
    fn is_known(self) -> bool {
        !self.log.is_nan()
    }
}

impl<'a> Denial<'a> {
    pub(super) fn new(
        graph: &'a Graph,
        drawn: &'a Drawn,
        holdings: &'a Holdings,
        basis: &'a [Basis],
    ) -> Denial<'a> {
        let mut known: Vec<bool> = basis.iter().map(|basis| *basis == Basis::Own).collect();
        // What is known spreads along the edges, around circles too.
        loop {
            let before = known.clone();
            for at in 0..known.len() {
                let kinds = matches!(basis[at], Basis::AllKinds | Basis::AnyKind);
                known[at] |= graph.needs[at].iter().any(|need| known[need.input])
                    || kinds && graph.kinds[at].iter().any(|kind| known[*kind]);
            }
            if known == before {
                break;
            }
        }
        Denial { graph, drawn, holdings, basis, known }
    }

    /// For each input where the senders, and the target, stand among its holders.
    pub(super) fn seats(&self, senders: &[usize], target: &str) -> Vec<Seats> {
        let target = self.holdings.player(target);
        self.holdings
            .inputs
            .iter()
            .map(|holders| {
                let holders = holders.as_deref().unwrap_or_default();
                let seat = |player: usize| holders.iter().position(|holder| holder.player == player);
                Seats {
                    senders: senders.iter().filter_map(|sender| seat(*sender)).collect(),
                    target: target.and_then(seat),
                }
            })
            .collect()
    }

    /// The share that a holder has of an input.
    fn share(&self, input: usize, seat: usize, draw: usize) -> f64 {
        self.holdings.inputs[input].as_ref().map_or(0.0, |holders| holders[seat].shares[draw])
    }

    /// The target's own share of an input, and how much of what it uses it makes itself.
    ///
    /// Between two poles, drawn evenly: on an integrated world market every actor draws on each supplier in proportion to its
    /// world share; or an actor's own production serves its own demand first, so that with world share `s` and share of world
    /// demand `d` it supplies `min(1, s / d)` itself.
    fn self_supply(&self, input: usize, case: Case<'_>) -> (f64, f64) {
        let own = case.seats[input].target.map_or(0.0, |seat| self.share(input, seat, case.draw));
        let most = case.demand.filter(|d| *d > 0.0).map_or(own, |d| (own / d).clamp(own, 1.0));
        (own, own + self.drawn.home[case.draw] * (most - own))
    }

    /// The share of the target's supply of an input that the senders deny it: what it does not supply itself comes from the others
    /// in proportion. At most `1 - epsilon`.
    fn denied(&self, input: usize, case: Case<'_>) -> f64 {
        let senders = case.seats[input].senders.iter();
        let held: f64 = senders.map(|seat| self.share(input, *seat, case.draw)).sum();
        let (own, itself) = self.self_supply(input, case);
        if held == 0.0 || own >= 1.0 {
            return 0.0;
        }
        let share = held * (1.0 - itself) / (1.0 - own) * self.drawn.denied[case.draw];
        share.clamp(0.0, 1.0 - self.drawn.epsilon[case.draw])
    }

    /// What is lost at an input itself, that below it aside.
    fn own(&self, input: usize, case: Case<'_>) -> Option<Lost> {
        (self.basis[input] == Basis::Own).then(|| {
            let share = self.denied(input, case);
            if share == 0.0 {
                return Lost { log: 0.0, worst: 0.0 };
            }
            let log = -libm::log1p(-share) / (self.drawn.sigma[input][case.draw] - 1.0);
            Lost { log, worst: share }
        })
    }

    /// The part of a loss that stocks do not spare.
    fn unspared(&self, input: usize, draw: usize) -> f64 {
        1.0 - self.drawn.spared[input].get(draw).copied().unwrap_or(0.0)
    }

    /// The losses at every input, with all it needs.
    pub(super) fn losses(&self, case: Case<'_>) -> Vec<Lost> {
        let mut lost = vec![NOTHING_KNOWN; self.graph.inputs.len()];
        for circle in &self.graph.circles {
            if let [only] = circle[..] {
                lost[only] = self.at(only, case, &lost);
                continue;
            }
            for at in circle.iter().filter(|at| self.known[**at]) {
                lost[*at] = Lost { log: 0.0, worst: 0.0 };
            }
            for _ in 0..MOST_ROUNDS {
                let mut change = 0.0f64;
                for at in circle.iter().filter(|at| self.known[**at]) {
                    let now = self.at(*at, case, &lost);
                    change = change.max((now.log - lost[*at].log) / (1.0 + now.log));
                    lost[*at] = now;
                }
                if change < SETTLED {
                    break;
                }
            }
        }
        lost
    }

    fn at(&self, input: usize, case: Case<'_>, lost: &[Lost]) -> Lost {
        if !self.known[input] {
            return NOTHING_KNOWN;
        }
        let mut sum = self.own(input, case).unwrap_or(Lost { log: 0.0, worst: 0.0 });
        self.each_link(input, case.draw, lost, |below, weight| sum.log += weight * lost[below].log);
        for part in [self.needs_worst(input, lost), self.kinds_worst(input, lost)].into_iter().flatten() {
            sum.worst = sum.worst.max(part);
        }
        let unspared = self.unspared(input, case.draw);
        Lost { log: sum.log * unspared, worst: sum.worst * unspared }
    }

    /// What the loss at an input is made of: calls `link` with each input below it and its weight: the share in the cost of what is
    /// needed, equal parts of the sub-types. An input of which nothing is known is taken to lose as the others do, and cannot
    /// be the way out among alternatives.
    fn each_link(&self, input: usize, draw: usize, lost: &[Lost], mut link: impl FnMut(usize, f64)) {
        let weights = &self.drawn.weights[input];
        let needs = self.graph.needs[input].iter().map(|need| need.input).zip(weights);
        let known =
            needs.filter(|(need, _)| lost[*need].is_known()).map(|(need, weights)| (need, weights[draw]));
        if self.graph.inputs[input].needs_all {
            // Those of which something is known stand for all.
            let all: f64 = weights.iter().map(|weights| weights[draw]).sum();
            let total: f64 = known.clone().map(|(_, weight)| weight).sum();
            let scale = if total > 0.0 { all / total } else { 0.0 };
            known.for_each(|(need, weight)| link(need, weight * scale));
        } else if let Some(need) = least(known.map(|(need, _)| need), lost) {
            link(need, 1.0);
        }
        let kinds = self.graph.kinds[input].iter().copied().filter(|kind| lost[*kind].is_known());
        match self.basis[input] {
            Basis::AllKinds => {
                let even = 1.0 / kinds.clone().count() as f64;
                kinds.for_each(|kind| link(kind, even));
            }
            Basis::AnyKind => {
                if let Some(kind) = least(kinds, lost) {
                    link(kind, 1.0);
                }
            }
            Basis::Own | Basis::Nothing => {}
        }
    }

    fn needs_worst(&self, input: usize, lost: &[Lost]) -> Option<f64> {
        let needs = self.graph.needs[input].iter().map(|need| lost[need.input]);
        worst(needs, self.graph.inputs[input].needs_all)
    }

    fn kinds_worst(&self, input: usize, lost: &[Lost]) -> Option<f64> {
        let kinds = self.graph.kinds[input].iter().map(|kind| lost[*kind]);
        match self.basis[input] {
            Basis::AllKinds => worst(kinds, true),
            Basis::AnyKind => worst(kinds, false),
            Basis::Own | Basis::Nothing => None,
        }
    }

    /// The loss over several inputs, each counted alike; of the Leontief reading the worst.
    pub(super) fn over(&self, inputs: &[usize], lost: &[Lost]) -> Lost {
        let known: Vec<Lost> = inputs.iter().map(|at| lost[*at]).filter(|lost| lost.is_known()).collect();
        Lost {
            log: known.iter().map(|lost| lost.log).sum::<f64>() / known.len() as f64,
            worst: known.iter().map(|lost| lost.worst).fold(f64::NAN, f64::max),
        }
    }

    /// What each input's own loss adds to the loss over the final products, how much of it comes through third parties, and how
    /// much each link carries.
    ///
    /// The own loss of an input reaches the target directly as far as the target makes itself what the input goes into, and
    /// through third parties as far as others make it. What has no makers of its own, a broader input, hands on what it goes into.
    pub(super) fn trace(&self, case: Case<'_>, lost: &[Lost]) -> Trace {
        let finals: Vec<usize> =
            self.graph.finals.iter().copied().filter(|at| lost[*at].is_known()).collect();
        let mut trace =
            Trace { added: vec![0.0; lost.len()], indirect: vec![0.0; lost.len()], carried: Vec::new() };
        let mut arrives = vec![Arrival::default(); lost.len()];
        for at in &finals {
            arrives[*at].direct = 1.0 / finals.len() as f64;
        }
        for circle in self.graph.circles.iter().rev() {
            self.spread(circle, case, lost, &mut arrives, &mut trace.carried);
        }
        for (at, arrives) in arrives.iter().enumerate() {
            if let Some(own) = self.own(at, case) {
                let own = own.log * self.unspared(at, case.draw);
                trace.added[at] = own * (arrives.direct + arrives.through);
                trace.indirect[at] = own * arrives.through;
            }
        }
        trace
    }

    /// Hands what arrives at the inputs of a circle down to what they need, round by round until nothing more arrives.
    fn spread(
        &self,
        circle: &[usize],
        case: Case<'_>,
        lost: &[Lost],
        arrives: &mut [Arrival],
        carried: &mut Vec<(usize, usize, f64)>,
    ) {
        let mut fresh: Vec<Arrival> = circle.iter().map(|at| arrives[*at]).collect();
        let mut met = vec![false; circle.len()];
        for _ in 0..MOST_ROUNDS {
            let mut next = vec![Arrival::default(); circle.len()];
            for (place, at) in circle.iter().enumerate() {
                let Arrival { direct, through } = fresh[place];
                if direct + through == 0.0 {
                    continue;
                }
                let handed = if self.basis[*at] == Basis::Own {
                    let (_, itself) = self.self_supply(*at, case);
                    Arrival {
                        direct: (direct + through) * itself,
                        through: (direct + through) * (1.0 - itself),
                    }
                } else {
                    fresh[place]
                };
                let unspared = self.unspared(*at, case.draw);
                let known_way = std::mem::replace(&mut met[place], true);
                self.each_link(*at, case.draw, lost, |below, weight| {
                    let part = unspared * weight;
                    arrives[below].add(handed, part);
                    if !known_way {
                        carried.push((below, *at, part));
                    }
                    if let Some(back) = circle.iter().position(|other| *other == below) {
                        next[back].add(handed, part);
                    }
                });
            }
            fresh = next;
            if fresh.iter().all(|arrival| arrival.direct + arrival.through < SETTLED) {
                break;
            }
        }
    }
}

/// How much of an input's loss arrives at the final products: in what the target makes of it itself, and through third parties.
#[derive(Debug, Clone, Copy, Default)]
struct Arrival {
    direct: f64,
    through: f64,
}

impl Arrival {
    fn add(&mut self, other: Arrival, part: f64) {
        self.direct += other.direct * part;
        self.through += other.through * part;
    }
}

/// How a loss spreads.
pub(super) struct Trace {
    /// For each input what its own loss adds to the log-loss over the final products.
    pub(super) added: Vec<f64>,
    /// How much of that comes through products that third parties make.
    pub(super) indirect: Vec<f64>,
    /// Links (from, to) with the part of a loss that they carry.
    pub(super) carried: Vec<(usize, usize, f64)>,
}

/// The alternative that loses least; the first of equals.
fn least(inputs: impl Iterator<Item = usize>, lost: &[Lost]) -> Option<usize> {
    inputs.min_by(|a, b| lost[*a].log.total_cmp(&lost[*b].log))
}

/// In fixed proportions the worst of joint needs limits the product, the best of alternatives saves it.
fn worst(below: impl Iterator<Item = Lost>, joint: bool) -> Option<f64> {
    let known = below.filter(|lost| lost.is_known()).map(|lost| lost.worst);
    known.reduce(|a, b| if joint { a.max(b) } else { a.min(b) })
}
