//! Input-output extraction: what production would be if some deliveries between actors were withheld, and how far production rests on another
//! actor through third parties.
//!
//! With flows `Z`, gross output `x` and final demand `f`, the Leontief model is `x = A x + f`, `A = Z diag(x)^-1`, so that `x = L f` with `L =
//! (I - A)^-1` (Miller & Blair 2022, *Input-Output Analysis*, 3rd edition, ch. 2). Hypothetical extraction sets some of `A` to zero, keeps `f`
//! and compares outputs (Dietzenbacher, van der Linden & Steenge 1993, *Economic Systems Research* 5(2), 185-206, for regions; Miller & Lahr
//! 2001, in *Regional Science Perspectives in Economic Analysis*, 407-441, for the variants). In this model demand drives production: who loses
//! directly is the *seller*, whose sales fall away; the user loses only what the seller buys from it, directly and through others. What the user
//! lacks is taken to come from elsewhere, at the same price and outside the table. Dietzenbacher, van Burken & Kondo (2019, *Economic Systems
//! Research* 31(4), 505-519) show that in a table of the world there is no such elsewhere: the inputs that replace the extracted ones have to be
//! assigned to other sellers, whose output then rises.
//!
//! The Ghosh model looks the other way: `x' = x' B + v'`, `B = diag(x)^-1 Z`, `x' = v' G` with `G = (I - B)^-1` (Ghosh 1958, *Economica* 25(97),
//! 58-64; Miller & Blair 2022, ch. 12). Supply drives production, and withheld inputs are lost to the *user* and to whom it sells. It takes
//! inputs for perfect substitutes of each other (Gruver 1989, *Journal of Regional Science* 29(3), 441-450) and demand for whatever is made,
//! which is implausible of quantities (Oosterhaven 1988, *Journal of Regional Science* 28(2), 203-217); it is sound as a model of prices, in
//! which values of output change with the prices of primary inputs (Dietzenbacher 1997, *Journal of Regional Science* 37(4), 629-651).
//!
//! `G' = (I - Z' diag(x)^-1)^-1` is the Leontief inverse of the transposed table, so that one code serves both.

use std::collections::HashMap;
use std::ops::Range;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::num::{Lu, Matrix};

/// How often coefficients are multiplied before they are taken not to be productive.
const POWERS: usize = 1000;

/// A sector of an actor.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Sector {
    /// The actor.
    pub actor: String,
    /// The sector.
    pub sector: String,
}

/// A delivery in a year.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Flow<'a> {
    /// Actor and sector that sell.
    pub seller: (&'a str, &'a str),
    /// Actor and sector that buy; no sector is final demand.
    pub buyer: (&'a str, Option<&'a str>),
    /// Value, in a unit that all flows share.
    pub value: f64,
}

/// What a careful reader wants to know of a table.
#[derive(Debug, Clone, PartialEq)]
pub enum Doubt {
    /// A flow that is no finite number; it is left out.
    NotFinite {
        /// Who sells.
        seller: Sector,
        /// Actor that buys.
        buyer: String,
    },
    /// A negative flow between sectors; it is kept.
    NegativeFlow {
        /// Who sells.
        seller: Sector,
        /// Who buys.
        buyer: Sector,
        /// The flow.
        value: f64,
    },
    /// A sector that buys or sells and whose sales do not sum to more than zero; it is left out, and what it buys counts as final demand.
    WithoutOutput {
        /// The sector.
        sector: Sector,
        /// The sum of its sales.
        output: f64,
    },
    /// A sector that buys more than it sells: its primary inputs are negative.
    NegativePrimary {
        /// The sector.
        sector: Sector,
        /// Its primary inputs.
        primary: f64,
    },
    /// A sector whose stated output is not the sum of its sales.
    OutputDiffers {
        /// The sector.
        sector: Sector,
        /// As stated.
        stated: f64,
        /// The sum of its sales.
        sales: f64,
    },
}

/// Coefficients with which finite demand would need infinite output: their spectral radius is not below one.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error(
    "the input coefficients are not productive: their spectral radius is about `{radius:.3}`, and it must be below 1"
)]
pub struct NotProductive {
    /// Spectral radius of the absolute coefficients, about.
    pub radius: f64,
}

/// A checked input-output table: sectors sorted by actor, flows between them, final demand and gross output.
///
/// Gross output is the sum of a row, `x = Z 1 + f`, so that the accounts balance whatever a source states. Primary inputs are what a column
/// leaves of output, `v = x - Z' 1`: value added, taxes on products, and whatever inputs the table does not list.
#[derive(Debug, Clone, PartialEq)]
pub struct InputOutput {
    sectors: Vec<Sector>,
    actors: Vec<String>,
    /// The sectors of each actor.
    parts: Vec<Range<usize>>,
    flows: Matrix,
    final_demand: Vec<f64>,
    output: Vec<f64>,
    primary: Vec<f64>,
}

impl InputOutput {
    /// A table from its cells. Flows between the same sectors are added up, which is also how members become a bloc; a flow that is not listed
    /// is zero. Sectors are those that occur, sorted by actor and sector.
    ///
    /// ```
    /// use techpower::relate::extraction::{Flow, InputOutput};
    /// // Miller & Blair 2022, 2.3.1: two sectors, here of two actors.
    /// let flow = |seller, buyer, value| Flow { seller: (seller, "all"), buyer, value };
    /// let (table, doubts) = InputOutput::from_flows([
    ///     flow("A", ("A", Some("all")), 150.0),
    ///     flow("A", ("B", Some("all")), 500.0),
    ///     flow("A", ("A", None), 350.0),
    ///     flow("B", ("A", Some("all")), 200.0),
    ///     flow("B", ("B", Some("all")), 100.0),
    ///     flow("B", ("B", None), 1700.0),
    /// ]);
    /// assert!(doubts.is_empty());
    /// assert_eq!(table.output(), [1000.0, 2000.0]);
    /// let solved = table.solve().expect("productive");
    /// assert!((solved.leontief_inverse().at(0, 1) - 0.3300).abs() < 5e-5);
    /// // Without A's deliveries to B, A makes what its own demand needs: 350 / 0.85, and B what A then buys.
    /// let withheld = solved.withhold(0, 1, 1.0);
    /// let a = 350.0 / 0.85;
    /// let b = (1700.0 + 0.2 * a) / 0.95;
    /// assert!((withheld.demand.sender - (1000.0 - a)).abs() < 1e-9);
    /// assert!((withheld.demand.target - (2000.0 - b)).abs() < 1e-9);
    /// ```
    #[must_use]
    pub fn from_flows<'a>(flows: impl IntoIterator<Item = Flow<'a>>) -> (InputOutput, Vec<Doubt>) {
        let mut doubts = Vec::new();
        let mut places: HashMap<(&str, &str), usize> = HashMap::new();
        let mut found: Vec<(&str, &str)> = Vec::new();
        let mut cells: Vec<(usize, Option<usize>, f64)> = Vec::new();
        for flow in flows {
            let mut place = |sector: (&'a str, &'a str)| {
                *places.entry(sector).or_insert_with(|| {
                    found.push(sector);
                    found.len() - 1
                })
            };
            let seller = place(flow.seller);
            let buyer = flow.buyer.1.map(|sector| place((flow.buyer.0, sector)));
            if flow.value.is_finite() {
                cells.push((seller, buyer, flow.value));
            } else {
                doubts.push(Doubt::NotFinite { seller: sector(flow.seller), buyer: flow.buyer.0.to_owned() });
            }
        }
        let mut order: Vec<usize> = (0..found.len()).collect();
        order.sort_by_key(|at| found[*at]);
        let mut rank = vec![0; order.len()];
        for (place, at) in order.iter().enumerate() {
            rank[*at] = place;
        }
        // Sorted, so that the order of rows does not show in the sums.
        for (seller, buyer, _) in &mut cells {
            *seller = rank[*seller];
            *buyer = buyer.map(|buyer| rank[buyer]);
        }
        cells.sort_unstable_by(|a, b| (a.0, a.1).cmp(&(b.0, b.1)).then(a.2.total_cmp(&b.2)));
        let mut flows = Matrix::zeros(order.len());
        let mut final_demand = vec![0.0; order.len()];
        for (seller, buyer, value) in cells {
            match buyer {
                Some(buyer) => flows.set(seller, buyer, flows.at(seller, buyer) + value),
                None => final_demand[seller] += value,
            }
        }
        let sectors = order.iter().map(|at| sector(found[*at])).collect();
        (InputOutput::checked(sectors, flows, final_demand, &mut doubts), doubts)
    }

    /// A table whose rows and columns are the given sectors, sorted, with what each sells to final demand.
    fn checked(
        sectors: Vec<Sector>,
        mut flows: Matrix,
        mut final_demand: Vec<f64>,
        doubts: &mut Vec<Doubt>,
    ) -> InputOutput {
        for (seller, of) in sectors.iter().enumerate() {
            for (buyer, value) in flows.row(seller).iter().enumerate().filter(|(_, value)| **value < 0.0) {
                let (seller, buyer) = (of.clone(), sectors[buyer].clone());
                doubts.push(Doubt::NegativeFlow { seller, buyer, value: *value });
            }
        }
        let mut output: Vec<f64> = final_demand.clone();
        for (row, output) in output.iter_mut().enumerate() {
            *output += flows.row(row).iter().sum::<f64>();
        }
        for (at, sector) in sectors.iter().enumerate() {
            if output[at] > 0.0 {
                continue;
            }
            if !leave_out(at, &mut flows, &mut final_demand) {
                doubts.push(Doubt::WithoutOutput { sector: sector.clone(), output: output[at] });
            }
            output[at] = 0.0;
        }
        let mut primary = output.clone();
        for row in 0..sectors.len() {
            primary.iter_mut().zip(flows.row(row)).for_each(|(primary, flow)| *primary -= flow);
        }
        for (at, sector) in sectors.iter().enumerate() {
            if primary[at] < -1e-9 * output[at] {
                doubts.push(Doubt::NegativePrimary { sector: sector.clone(), primary: primary[at] });
            }
        }
        let mut actors: Vec<String> = Vec::new();
        let mut parts: Vec<Range<usize>> = Vec::new();
        for (at, sector) in sectors.iter().enumerate() {
            match parts.last_mut() {
                Some(part) if actors.last() == Some(&sector.actor) => part.end = at + 1,
                _ => {
                    actors.push(sector.actor.clone());
                    parts.push(at..at + 1);
                }
            }
        }
        InputOutput { sectors, actors, parts, flows, final_demand, output, primary }
    }

    /// The sectors, in the order of rows and columns.
    #[must_use]
    pub fn sectors(&self) -> &[Sector] {
        &self.sectors
    }

    /// The actors, sorted; other functions name them by their place here.
    #[must_use]
    pub fn actors(&self) -> &[String] {
        &self.actors
    }

    /// Gross output by sector: the sum of all sales.
    #[must_use]
    pub fn output(&self) -> &[f64] {
        &self.output
    }

    /// The flow from one sector to another.
    ///
    /// # Panics
    /// If there is no such sector.
    #[must_use]
    pub fn flow(&self, seller: usize, buyer: usize) -> f64 {
        self.flows.at(seller, buyer)
    }

    /// Final demand by selling sector.
    #[must_use]
    pub fn final_demand(&self) -> &[f64] {
        &self.final_demand
    }

    /// Primary inputs by sector: gross output less purchases from sectors.
    #[must_use]
    pub fn primary(&self) -> &[f64] {
        &self.primary
    }

    /// The sectors whose stated gross output, by sector, differs from the sum of their sales by more than `tolerance` relative to the larger. An
    /// output that is stated as NaN is unknown and differs from nothing.
    ///
    /// # Panics
    /// If there is not an output for every sector.
    #[must_use]
    pub fn differing_output(&self, stated: &[f64], tolerance: f64) -> Vec<Doubt> {
        assert_eq!(stated.len(), self.sectors.len(), "an output for every sector");
        let rows = self.sectors.iter().zip(stated).zip(&self.output);
        rows.filter(|((_, stated), sales)| {
            (*stated - *sales).abs() > tolerance * stated.abs().max(sales.abs())
        })
        .map(|((sector, stated), sales)| Doubt::OutputDiffers {
            sector: sector.clone(),
            stated: *stated,
            sales: *sales,
        })
        .collect()
    }

    /// Computes the two inverses.
    ///
    /// # Errors
    /// [`NotProductive`] if no power of the absolute coefficients up to the thousandth has all column sums below one, which with a spectral
    /// radius below one some power has, or if `I - A` is singular.
    pub fn solve(&self) -> Result<Solved, NotProductive> {
        let n = self.sectors.len();
        let mut coefficients = self.flows.clone();
        let mut reduced = Matrix::zeros(n);
        for row in 0..n {
            for column in 0..n {
                let x = self.output[column];
                let a = if x > 0.0 { self.flows.at(row, column) / x } else { 0.0 };
                coefficients.set(row, column, a);
                reduced.set(row, column, f64::from(u8::from(row == column)) - a);
            }
        }
        productive(&coefficients)?;
        let inverse = Lu::of(&reduced).ok_or(NotProductive { radius: 1.0 })?.inverse();
        let demand = System::new(coefficients, inverse, &self.output, &self.final_demand);
        let supply = demand.transposed(&self.primary);
        let value_added: Vec<f64> =
            self.primary.iter().zip(&self.output).map(|(v, x)| if *x > 0.0 { v / x } else { 0.0 }).collect();
        let by_value_added = demand.weighed(&value_added);
        Ok(Solved { table: self.clone(), demand, supply, value_added, by_value_added })
    }
}

fn sector((actor, sector): (&str, &str)) -> Sector {
    Sector { actor: actor.to_owned(), sector: sector.to_owned() }
}

/// Makes the row and column of a sector zero and what it buys final demand; whether there was nothing in them.
fn leave_out(at: usize, flows: &mut Matrix, final_demand: &mut [f64]) -> bool {
    let mut idle = final_demand[at] == 0.0 && flows.row(at).iter().all(|flow| *flow == 0.0);
    for (seller, demand) in final_demand.iter_mut().enumerate() {
        let bought = flows.at(seller, at);
        idle &= bought == 0.0;
        *demand += bought;
        flows.set(seller, at, 0.0);
        flows.set(at, seller, 0.0);
    }
    final_demand[at] = 0.0;
    idle
}

/// Whether some power of the absolute coefficients has all column sums below one; that is so if and only if their spectral radius is below one
/// (Horn & Johnson 2013, *Matrix Analysis*, 5.6.10-5.6.12). Column sums of ordinary tables are below one at once: they are the shares of inputs
/// in cost.
fn productive(coefficients: &Matrix) -> Result<(), NotProductive> {
    let n = coefficients.size();
    let mut sums = vec![1.0; n];
    let (mut size, mut half) = (0.0, 0.0);
    for power in 1..=POWERS {
        let mut next = vec![0.0; n];
        for (row, weight) in sums.iter().enumerate().filter(|(_, weight)| **weight > 0.0) {
            let cells = coefficients.row(row);
            next.iter_mut().zip(cells).for_each(|(sum, a)| *sum += weight * a.abs());
        }
        let most = next.iter().copied().fold(0.0, f64::max);
        size += libm::log(most);
        // Zero coefficients have the logarithm of zero here, and are productive.
        if size < 0.0 {
            return Ok(());
        }
        if power == POWERS / 2 {
            half = size;
        }
        next.iter_mut().for_each(|sum| *sum /= most);
        sums = next;
    }
    Err(NotProductive { radius: libm::exp((size - half) / (POWERS - POWERS / 2) as f64) })
}

/// What is lost when deliveries are withheld, in the unit of the table; a gain is negative, and NaN is unknown.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Losses {
    /// Gross output that the target loses.
    pub target: f64,
    /// The same as a share of its output.
    pub target_share: f64,
    /// Gross output that the sender loses: what withholding costs it.
    pub sender: f64,
    /// The same as a share of its output.
    pub sender_share: f64,
    /// Gross output that all lose together.
    pub world: f64,
    /// The same as a share of all output.
    pub world_share: f64,
    /// Primary inputs that the target loses, at fixed shares of output. Unknown on the side of supply, where primary inputs are given.
    pub target_value_added: f64,
    /// The same as a share of its primary inputs.
    pub target_value_added_share: f64,
}

/// Losses from withholding, on both sides.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Withheld {
    /// Place of the actor that withholds.
    pub sender: usize,
    /// Place of the actor from whom; `None` if from all others, and they from it.
    pub target: Option<usize>,
    /// Demand-driven (Leontief): what sales are lost.
    pub demand: Losses,
    /// Supply-driven (Ghosh): what production the lost inputs went into.
    pub supply: Losses,
}

/// How far one actor rests on another, directly and through others.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Through {
    /// Place of the actor on which another rests.
    pub on: usize,
    /// Place of the actor that rests.
    pub who: usize,
    /// The direct part.
    pub face_value: f64,
    /// All of it; not below the face value unless there are negative flows.
    pub look_through: f64,
    /// What the face value does not show, `look_through - face_value`: what comes at further steps, through third parties or the two's own
    /// sectors.
    pub hidden: f64,
}

/// An input-output table with its two inverses.
#[derive(Debug, Clone)]
pub struct Solved {
    table: InputOutput,
    demand: System,
    supply: System,
    /// Primary inputs per unit of output.
    value_added: Vec<f64>,
    /// Primary inputs needed for a unit of final demand of each sector, everywhere.
    by_value_added: Vec<f64>,
}

impl Solved {
    /// The table.
    #[must_use]
    pub fn table(&self) -> &InputOutput {
        &self.table
    }

    /// The Leontief inverse: output of the row's sector needed for a unit of final demand for the column's.
    #[must_use]
    pub fn leontief_inverse(&self) -> &Matrix {
        &self.demand.inverse
    }

    /// Gross output by sector if a share of the sender's deliveries to the target were withheld, demand-driven: `x - L E_i (I + s A_ij L_ji)^-1
    /// s A_ij x_j`, where `E_i` picks the sender's sectors, by the identity of Woodbury (Golub & Van Loan 2013, 2.1.4). NaN throughout if the
    /// system is singular, which needs negative flows.
    ///
    /// # Panics
    /// If there is no such actor.
    #[must_use]
    pub fn output_without(&self, sender: usize, target: usize, share: f64) -> Vec<f64> {
        let (from, to) = (self.part(sender), self.part(target));
        let lost = self.demand.lost(&from, &to, share);
        (0..self.table.output.len())
            .map(|row| self.table.output[row] - dot(&self.demand.inverse.row(row)[from.clone()], &lost))
            .collect()
    }

    /// Losses if the sender withholds a share (0 to 1) of its deliveries to the target's sectors; deliveries to final demand go on. Both sides
    /// are in closed form from the inverses, at the cost of a system as large as one actor has sectors.
    ///
    /// # Panics
    /// If there is no such actor.
    #[must_use]
    pub fn withhold(&self, sender: usize, target: usize, share: f64) -> Withheld {
        let (from, to) = (self.part(sender), self.part(target));
        let lost = self.demand.lost(&from, &to, share);
        let at = |rows: &Range<usize>| self.demand.at(rows, &from, &lost);
        let (at_target, at_sender) = (at(&to), at(&from));
        let added = dot(&self.value_added[to.clone()], &at_target);
        let world = dot(&self.demand.sums[from.clone()], &lost);
        let demand = self.losses(&from, &to, sum(&at_target), sum(&at_sender), world, added);
        // In the transposed table the target delivers to the sender.
        let lost = self.supply.lost(&to, &from, share);
        let at = |rows: &Range<usize>| sum(&self.supply.at(rows, &to, &lost));
        let world = dot(&self.supply.sums[to.clone()], &lost);
        let supply = self.losses(&from, &to, at(&to), at(&from), world, f64::NAN);
        Withheld { sender, target: Some(target), demand, supply }
    }

    /// [`Solved::withhold`] for every ordered pair of actors, in parallel; sorted by sender and target.
    #[must_use]
    pub fn withhold_all(&self, share: f64) -> Vec<Withheld> {
        let n = self.table.actors.len();
        (0..n * n)
            .into_par_iter()
            .filter(|pair| pair / n != pair % n)
            .map(|pair| self.withhold(pair / n, pair % n, share))
            .collect()
    }

    /// Losses if an actor is cut off: a share of all deliveries between its sectors and those of others is withheld, in both directions; its
    /// deliveries to itself and to final demand go on. The target is all others together. With a share of one this is the extraction of a region
    /// of Dietzenbacher, van der Linden & Steenge (1993).
    ///
    /// # Panics
    /// If there is no such actor.
    #[must_use]
    pub fn isolate(&self, actor: usize, share: f64) -> Withheld {
        let part = self.part(actor);
        let all = 0..self.table.output.len();
        let (lost, kept) = self.demand.cut_off(&part, share);
        let own: Vec<f64> =
            self.demand.at(&part, &part, &lost).iter().zip(&kept).map(|(loss, kept)| loss - kept).collect();
        let world = dot(&self.demand.sums[part.clone()], &lost) - sum(&kept);
        let added = dot(&self.by_value_added[part.clone()], &lost)
            - dot(&self.value_added[part.clone()], &kept)
            - dot(&self.value_added[part.clone()], &own);
        let total = |values: &[f64]| sum(values) - sum(&values[part.clone()]);
        let finish = |own: f64, world: f64, added: f64| Losses {
            target: world - own,
            target_share: (world - own) / total(&self.table.output),
            sender: own,
            sender_share: own / sum(&self.table.output[part.clone()]),
            world,
            world_share: world / sum(&self.table.output[all.clone()]),
            target_value_added: added,
            target_value_added_share: added / total(&self.table.primary),
        };
        let demand = finish(sum(&own), world, added);
        let (lost, kept) = self.supply.cut_off(&part, share);
        let own = sum(&self.supply.at(&part, &part, &lost)) - sum(&kept);
        let world = dot(&self.supply.sums[part.clone()], &lost) - sum(&kept);
        let supply = finish(own, world, f64::NAN);
        Withheld { sender: actor, target: None, demand, supply }
    }

    /// How far the users' final products rest on each supplier: with the final demand for the user's sectors `f_j`, the supplier's part of all
    /// production that goes into them at any distance, `1' L_ij f_j / 1' L_.j f_j`, beside its part at face value, `1' (I + A)_ij f_j / 1' L_.j
    /// f_j`, which stops at the first supplier. The whole contains the final products themselves, so that the parts of all suppliers, the user
    /// among them, sum to one at look-through. The measures are the foreign production exposure of Baldwin, Freeman & Theodorakopoulos (2022,
    /// *Horses for Courses: Measuring Foreign Supply Chain Exposure*, NBER 30525; 2023, *Hidden Exposure: Measuring US Supply Chain Reliance*,
    /// *Brookings Papers on Economic Activity* 54(2), 79-167). Sorted by supplier and user; NaN if the user has no final demand.
    #[must_use]
    pub fn look_through(&self) -> Vec<Through> {
        let through = self.demand.through(&self.table.parts);
        self.pairs().map(|(on, who)| through[on][who].named(on, who)).collect()
    }

    /// How far the sellers' sales rest on each buyer: the buyer's part of all production into which the primary inputs of the seller `v_i` go at
    /// any distance, `v_i' G_ij 1 / v_i' G_i. 1`, beside the direct part, `v_i' (I + B)_ij 1 / v_i' G_i. 1`. It is [`Solved::look_through`] of
    /// the transposed table, with the reservations that hold for the Ghosh model. `on` is the buyer, `who` the seller. Sorted by buyer and
    /// seller.
    #[must_use]
    pub fn forward(&self) -> Vec<Through> {
        let through = self.supply.through(&self.table.parts);
        self.pairs().map(|(on, who)| through[on][who].named(on, who)).collect()
    }

    fn pairs(&self) -> impl Iterator<Item = (usize, usize)> {
        let n = self.table.actors.len();
        (0..n).flat_map(move |on| (0..n).map(move |who| (on, who)))
    }

    fn part(&self, actor: usize) -> Range<usize> {
        self.table.parts[actor].clone()
    }

    fn losses(
        &self,
        from: &Range<usize>,
        to: &Range<usize>,
        target: f64,
        sender: f64,
        world: f64,
        target_value_added: f64,
    ) -> Losses {
        let output = &self.table.output;
        Losses {
            target,
            target_share: target / sum(&output[to.clone()]),
            sender,
            sender_share: sender / sum(&output[from.clone()]),
            world,
            world_share: world / sum(output),
            target_value_added,
            target_value_added_share: target_value_added / sum(&self.table.primary[to.clone()]),
        }
    }
}

/// The parts of a [`Through`] before it is known whose they are.
#[derive(Clone, Copy)]
struct Parts {
    face_value: f64,
    look_through: f64,
}

impl Parts {
    fn named(self, on: usize, who: usize) -> Through {
        let Parts { face_value, look_through } = self;
        Through { on, who, face_value, look_through, hidden: look_through - face_value }
    }
}

/// A linear model `x = A x + f` with its inverse: Leontief's, or Ghosh's as that of the transposed table.
#[derive(Debug, Clone)]
struct System {
    coefficients: Matrix,
    inverse: Matrix,
    output: Vec<f64>,
    driver: Vec<f64>,
    /// Column sums of the inverse.
    sums: Vec<f64>,
}

impl System {
    fn new(coefficients: Matrix, inverse: Matrix, output: &[f64], driver: &[f64]) -> System {
        let mut system = System {
            coefficients,
            inverse,
            output: output.to_vec(),
            driver: driver.to_vec(),
            sums: Vec::new(),
        };
        system.sums = system.weighed(&vec![1.0; output.len()]);
        system
    }

    /// The model of the transposed table: `A~ = diag(x) A' diag(x)^-1`, and so for the inverse. Sectors without output stand alone.
    fn transposed(&self, driver: &[f64]) -> System {
        let n = self.output.len();
        let turned = |matrix: &Matrix| {
            let mut turned = Matrix::zeros(n);
            for row in 0..n {
                for column in 0..n {
                    let (x, y) = (self.output[row], self.output[column]);
                    let cell = matrix.at(column, row);
                    turned.set(row, column, if row == column || y <= 0.0 { cell } else { cell * x / y });
                }
            }
            turned
        };
        System::new(turned(&self.coefficients), turned(&self.inverse), &self.output, driver)
    }

    /// Column sums of the inverse, its rows weighed.
    fn weighed(&self, weights: &[f64]) -> Vec<f64> {
        let mut sums = vec![0.0; weights.len()];
        for (row, weight) in weights.iter().enumerate() {
            sums.iter_mut().zip(self.inverse.row(row)).for_each(|(sum, cell)| *sum += weight * cell);
        }
        sums
    }

    /// The final demand for the sectors `from` whose loss would reduce output as much as withholding a share of what they deliver to the
    /// sectors `to`: `(I + s A_ij L_ji)^-1 s A_ij x_j`.
    fn lost(&self, from: &Range<usize>, to: &Range<usize>, share: f64) -> Vec<f64> {
        let block = Block::of(&self.coefficients, from, to).scaled(share);
        let lost = block.apply(&self.output[to.clone()]);
        block.times(&Block::of(&self.inverse, to, from)).plus_identity().solve(&lost)
    }

    /// What sectors lose with a loss of final demand: `L_rows,from lost`.
    fn at(&self, rows: &Range<usize>, from: &Range<usize>, lost: &[f64]) -> Vec<f64> {
        rows.clone().map(|row| dot(&self.inverse.row(row)[from.clone()], lost)).collect()
    }

    /// If a share of the flows between the sectors `part` and all others is withheld, output falls by `L_.k lost - E_k kept`; this gives `lost`
    /// and `kept`.
    ///
    /// The change of `I - A` is `s (E_k C + D E_k')`, where `C` are the rows of the sectors and `D` their columns, both without the block `A_kk`
    /// where they cross. By Woodbury's identity the loss is `s L [E_k D] (I + s W)^-1 [C x; x_k]` with `W = [C; E_k'] L [E_k D]`, and `L A = A L
    /// = L - I` makes every block of it one of the sectors' own: with `M = I - A_kk`, `C L E_k = M L_kk - I`, `C L D = (M L_kk - I) M`, `E_k' L
    /// D = L_kk M - I`, `C x = M x_k - f_k`.
    fn cut_off(&self, part: &Range<usize>, share: f64) -> (Vec<f64>, Vec<f64>) {
        let size = part.len();
        let own = Block::of(&self.coefficients, part, part).scaled(-1.0).plus_identity();
        let inverse = Block::of(&self.inverse, part, part);
        let (left, right) = (own.times(&inverse).less_identity(), inverse.times(&own).less_identity());
        let across = left.times(&own);
        let mut cells = Vec::with_capacity(4 * size * size);
        for row in 0..size {
            cells.extend(left.row(row).iter().chain(across.row(row)).map(|x| share * x));
        }
        for row in 0..size {
            cells.extend(inverse.row(row).iter().chain(right.row(row)).map(|x| share * x));
        }
        let x = &self.output[part.clone()];
        let sold = own.apply(x).into_iter().zip(&self.driver[part.clone()]).map(|(x, f)| x - f);
        let given: Vec<f64> = sold.chain(x.iter().copied()).map(|x| share * x).collect();
        let found = Block { columns: 2 * size, cells }.plus_identity().solve(&given);
        let (first, second) = found.split_at(size);
        let lost = own.apply(second).into_iter().zip(first).map(|(b, a)| a + b).collect();
        (lost, second.to_vec())
    }

    /// For every pair of actors the part of the first in all that the second's final products need.
    fn through(&self, parts: &[Range<usize>]) -> Vec<Vec<Parts>> {
        let wholes: Vec<f64> = parts
            .iter()
            .map(|who| dot(&self.sums[who.clone()], &self.driver[who.clone()]))
            .map(|whole| if whole > 0.0 { whole } else { f64::NAN })
            .collect();
        let of = |matrix: &Matrix, on: &Range<usize>, who: &Range<usize>| -> f64 {
            on.clone().map(|row| dot(&matrix.row(row)[who.clone()], &self.driver[who.clone()])).sum()
        };
        let one = |on: usize, who: usize| {
            let direct = of(&self.coefficients, &parts[on], &parts[who]);
            let final_products = if on == who { sum(&self.driver[parts[who].clone()]) } else { 0.0 };
            Parts {
                face_value: (direct + final_products) / wholes[who],
                look_through: of(&self.inverse, &parts[on], &parts[who]) / wholes[who],
            }
        };
        (0..parts.len()).map(|on| (0..parts.len()).map(|who| one(on, who)).collect()).collect()
    }
}

/// A block of a matrix, row by row.
struct Block {
    columns: usize,
    cells: Vec<f64>,
}

impl Block {
    fn of(matrix: &Matrix, rows: &Range<usize>, columns: &Range<usize>) -> Block {
        let cells = rows.clone().flat_map(|row| &matrix.row(row)[columns.clone()]).copied().collect();
        Block { columns: columns.len(), cells }
    }

    fn row(&self, row: usize) -> &[f64] {
        &self.cells[row * self.columns..(row + 1) * self.columns]
    }

    fn rows(&self) -> usize {
        self.cells.len() / self.columns
    }

    fn scaled(mut self, factor: f64) -> Block {
        self.cells.iter_mut().for_each(|x| *x *= factor);
        self
    }

    fn plus_identity(mut self) -> Block {
        let columns = self.columns;
        self.cells.iter_mut().step_by(columns + 1).for_each(|x| *x += 1.0);
        self
    }

    fn less_identity(mut self) -> Block {
        let columns = self.columns;
        self.cells.iter_mut().step_by(columns + 1).for_each(|x| *x -= 1.0);
        self
    }

    fn times(&self, other: &Block) -> Block {
        let mut cells = vec![0.0; self.rows() * other.columns];
        for (row, sums) in cells.chunks_exact_mut(other.columns).enumerate() {
            for (factor, other) in self.row(row).iter().zip(other.cells.chunks_exact(other.columns)) {
                sums.iter_mut().zip(other).for_each(|(sum, x)| *sum += factor * x);
            }
        }
        Block { columns: other.columns, cells }
    }

    fn apply(&self, vector: &[f64]) -> Vec<f64> {
        self.cells.chunks_exact(self.columns).map(|row| dot(row, vector)).collect()
    }

    /// Solves with a square block; NaN throughout if it is singular.
    fn solve(self, given: &[f64]) -> Vec<f64> {
        match Lu::of(&Matrix::from_cells(self.columns, self.cells)) {
            Some(factors) => factors.solve(given),
            None => vec![f64::NAN; given.len()],
        }
    }
}

fn sum(values: &[f64]) -> f64 {
    values.iter().sum()
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}
