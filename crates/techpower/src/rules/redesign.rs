//! The smallest change of an object that flips a verdict: the redesign distance.

use jiff::civil::Date;

use super::assess::{Circumstances, VerdictKind};
use super::expression::Field;
use super::value::{Interval, Value};
use super::{Moment, Rulebook};

/// A fact that a redesign changes.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// Name of the field.
    pub field: String,
    /// Its value with its unit.
    pub from: String,
    /// The new value with its unit. For numbers the line itself, rounded to nine digits.
    pub to: String,
    /// Whether the verdict flips on the line itself (`true`) or only beyond it.
    pub on_line: bool,
}

/// A change of facts that flips a verdict.
#[derive(Debug, Clone, PartialEq)]
pub struct Redesign {
    /// What is changed.
    pub steps: Vec<Step>,
    /// Sum of |ln(new / old)| over the numbers that change: 0.1 is about ten per cent in all.
    pub distance: f64,
    /// Number of flags that change, which have no distance.
    pub flags: usize,
    /// The verdict it leads to.
    pub verdict: VerdictKind,
}

/// Steps of the search along one number, and the factor by which it may change at most.
const STEPS: usize = 400;
const FURTHEST: f64 = 5.0;
/// Steps along each of two numbers that change together.
const GRID: usize = 48;
/// Halvings after which a line is found to the last digits that matter.
const HALVINGS: usize = 60;

/// Whether changed facts flip the verdict.
type Flips<'f> = dyn Fn(&[(Field, Value)]) -> bool + 'f;

/// A number that may be changed, and where it stands.
#[derive(Debug, Clone, Copy)]
struct Lever {
    field: Field,
    value: f64,
}

impl Rulebook {
    /// Changes of facts that flip a verdict between touched and not touched, the nearest first: each number and each flag that a maker can
    /// change alone, each flag with a number, and each two numbers where that is nearer than one alone. `None` if there is no such instrument or object;
    /// empty if the verdict is neither, or nothing flips it.
    #[must_use]
    pub fn why_not(
        &self,
        instrument: &str,
        object: &str,
        on: Date,
        moment: Moment,
        circumstances: &Circumstances,
    ) -> Option<Vec<Redesign>> {
        let (instrument, object) = (self.position(instrument)?, self.objects.find(object)?);
        let thing = &self.objects.list[object];
        let verdict = |changed: &[(Field, Value)]| {
            let all: Vec<_> = circumstances.facts.iter().chain(changed).cloned().collect();
            let facts = thing.facts(on, moment, &self.vocabulary, &all);
            self.verdict(instrument, &self.subject(object, &facts), on, moment).kind
        };
        let wanted = match verdict(&[]) {
            VerdictKind::Touched | VerdictKind::Conflict => VerdictKind::NotTouched,
            VerdictKind::NotTouched => VerdictKind::Touched,
            VerdictKind::Undetermined | VerdictKind::Conditional => return Some(Vec::new()),
        };
        let flips = |changed: &[(Field, Value)]| verdict(changed) == wanted;
        let facts = thing.facts(on, moment, &self.vocabulary, &circumstances.facts).values;
        let (numbers, flags) = self.levers(instrument, &facts, on, moment);
        let mut found: Vec<Redesign> = Vec::new();
        let mut groups: Vec<Vec<(Field, Value)>> = vec![Vec::new()];
        groups.extend(flags.iter().map(|(field, flag)| vec![(*field, Value::Flag(!flag))]));
        for group in &groups {
            let with = |numbers: &[(Field, Value)]| flips(&[group, numbers].concat());
            // Where the numbers do it alone, the flag is idle.
            let matters = |pair: &[(Lever, f64)]| {
                let numbers: Vec<_> = pair.iter().map(|(lever, shift)| shifted(*lever, *shift)).collect();
                group.is_empty() || !flips(&numbers)
            };
            if with(&[]) {
                found.push(self.redesign(&facts, group, &[], wanted, &with));
                continue;
            }
            let alone: Vec<(Lever, f64)> =
                numbers.iter().flat_map(|lever| self::alone(*lever, &with)).collect();
            let nearest = alone.iter().map(|(_, shift)| shift.abs()).fold(f64::INFINITY, f64::min);
            let mut pairs: Vec<Vec<(Lever, f64)>> = alone.into_iter().map(|one| vec![one]).collect();
            for (at, one) in numbers.iter().enumerate() {
                pairs.extend(
                    numbers[at + 1..].iter().filter_map(|two| together([*one, *two], nearest, &with)),
                );
            }
            let kept = pairs.iter().filter(|pair| matters(pair));
            found.extend(kept.map(|pair| self.redesign(&facts, group, pair, wanted, &with)));
        }
        found.sort_by(|a, b| a.flags.cmp(&b.flags).then(a.distance.total_cmp(&b.distance)));
        Some(found)
    }

    /// What a maker can change of what an instrument, or one it relies on, looks at: numbers that are known and above zero, and flags.
    fn levers(
        &self,
        instrument: usize,
        facts: &[Value],
        on: Date,
        moment: Moment,
    ) -> (Vec<Lever>, Vec<(Field, bool)>) {
        let mut fields = std::collections::BTreeSet::new();
        let mut seen = std::collections::BTreeSet::from([instrument]);
        let mut open = vec![instrument];
        while let Some(at) = open.pop() {
            let Some(standing) = self.instruments[at].standing(on, moment) else { continue };
            let version = &self.instruments[at].versions[standing.version];
            fields.extend(version.uses().fields);
            open.extend(version.relies_on.iter().copied().filter(|other| seen.insert(*other)));
        }
        // What a quotient is made of can be changed, and then the quotient follows.
        let parts: Vec<Field> =
            fields.iter().flat_map(|field| &self.vocabulary.fields[*field].computed_from).copied().collect();
        fields.extend(parts);
        let follows = |field: Field| {
            let parts = &self.vocabulary.fields[field].computed_from;
            !parts.is_empty()
                && parts.iter().all(|part| self.vocabulary.fields[*part].lever && fields.contains(part))
        };
        let mut numbers = Vec::new();
        let mut flags = Vec::new();
        for field in fields.iter().copied().filter(|field| self.vocabulary.fields[*field].lever) {
            match &facts[field] {
                Value::Number(value) if value.low > 0.0 && value.high.is_finite() && !follows(field) => {
                    numbers.push(Lever { field, value: libm::sqrt(value.low * value.high) });
                }
                Value::Flag(flag) => flags.push((field, *flag)),
                _ => {}
            }
        }
        (numbers, flags)
    }

    fn redesign(
        &self,
        facts: &[Value],
        flags: &[(Field, Value)],
        numbers: &[(Lever, f64)],
        verdict: VerdictKind,
        flips: &Flips<'_>,
    ) -> Redesign {
        let told = |field: Field, value: &Value| self.value_told(field, value).unwrap_or_default();
        let name = |field: Field| self.vocabulary.fields[field].name.clone();
        let lines: Vec<(Field, Value)> =
            numbers.iter().map(|(lever, shift)| (lever.field, line(*lever, *shift))).collect();
        let on_line = flips(&lines);
        let step = |(field, value): &(Field, Value), on_line: bool| Step {
            field: name(*field),
            from: told(*field, &facts[*field]),
            to: told(*field, value),
            on_line,
        };
        let steps = flags.iter().map(|flag| step(flag, true)).chain(lines.iter().map(|l| step(l, on_line)));
        let distance: f64 = numbers.iter().map(|(_, shift)| shift.abs()).fold(0.0, |sum, shift| sum + shift);
        let distance = (distance * 1e12).round() / 1e12;
        Redesign { steps: steps.collect(), distance, flags: flags.len(), verdict }
    }
}

/// The line next to a value just beyond it, to nine digits.
fn line(lever: Lever, shift: f64) -> Value {
    let value = lever.value * libm::exp(shift);
    Value::Number(Interval::exact(format!("{value:.8e}").parse().unwrap_or(value)))
}

/// A number shifted on the scale of logarithms.
fn shifted(lever: Lever, shift: f64) -> (Field, Value) {
    (lever.field, Value::Number(Interval::exact(lever.value * libm::exp(shift))))
}

/// The nearest shifts of a number, down and up, that flip the verdict.
fn alone(lever: Lever, flips: &Flips<'_>) -> Vec<(Lever, f64)> {
    let at = |shift: f64| flips(&[shifted(lever, shift)]);
    [-1.0, 1.0]
        .into_iter()
        .filter_map(|sign| {
            let step = FURTHEST / STEPS as f64;
            let first = (1..=STEPS).find(|n| at(sign * step * *n as f64))? as f64;
            Some((lever, halved(sign * step * (first - 1.0), sign * step * first, at)))
        })
        .collect()
}

/// The end of a shift that flips, found by halving between one that does not and one that does.
fn halved(mut not: f64, mut flips: f64, at: impl Fn(f64) -> bool) -> f64 {
    for _ in 0..HALVINGS {
        let middle = (not + flips) / 2.0;
        if at(middle) {
            flips = middle;
        } else {
            not = middle;
        }
    }
    flips
}

/// Shifts of two numbers that flip the verdict together, if they are shorter in all than `nearest` and neither does it alone.
fn together(levers: [Lever; 2], nearest: f64, flips: &Flips<'_>) -> Option<Vec<(Lever, f64)>> {
    let at = |shifts: [f64; 2]| flips(&[shifted(levers[0], shifts[0]), shifted(levers[1], shifts[1])]);
    let reach = nearest.min(FURTHEST);
    let steps = || (1..=GRID).map(|n| reach * n as f64 / GRID as f64);
    let mut best: Option<[f64; 2]> = None;
    for (one, two) in steps().flat_map(|one| steps().map(move |two| (one, two))) {
        if best.is_some_and(|best| one + two >= best[0].abs() + best[1].abs()) || one + two >= nearest {
            continue;
        }
        let signs = [[-1.0, -1.0], [-1.0, 1.0], [1.0, -1.0], [1.0, 1.0]];
        if let Some([a, b]) = signs.into_iter().find(|[a, b]| at([a * one, b * two])) {
            best = Some([a * one, b * two]);
        }
    }
    let [mut one, mut two] = best?;
    for _ in 0..3 {
        one = halved(0.0, one, |shift| at([shift, two]));
        two = halved(0.0, two, |shift| at([one, shift]));
    }
    let both = !at([one, 0.0]) && !at([0.0, two]) && one.abs() + two.abs() < nearest * 0.99;
    both.then(|| vec![(levers[0], one), (levers[1], two)])
}
