//! How concentrated the supply of each input is.

use serde::{Deserialize, Serialize};

use super::graph::Graph;
use super::supply::{Drawn, Holdings};
use crate::num::{Summary, mean};

/// What one supplier holds of an input.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Holding {
    /// State or bloc.
    pub provider: String,
    /// The input.
    pub input: String,
    /// Year.
    pub year: i16,
    /// Share of world supply, 0 to 1.
    pub share: Summary,
}

/// How concentrated the supply of an input is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Concentration {
    /// The input.
    pub input: String,
    /// Year.
    pub year: i16,
    /// Year of the data.
    pub data_year: i16,
    /// The largest supplier on average.
    pub top: String,
    /// Its share, 0 to 1.
    pub top_share: Summary,
    /// Herfindahl-Hirschman index: the sum of squared shares, 0 to 1 (Hirschman 1945; Herfindahl 1950). What no one is named for counts as held
    /// by many, so the index is a lower reading by at most the square of that part.
    pub herfindahl: Summary,
    /// What suppliers hold that no one named, 0 to 1.
    pub unnamed: Summary,
}

/// Herfindahl-Hirschman index of shares.
///
/// ```
/// assert_eq!(techpower::relate::herfindahl([0.5, 0.5]), 0.5);
/// assert_eq!(techpower::relate::herfindahl([1.0]), 1.0);
/// ```
#[must_use]
pub fn herfindahl(shares: impl IntoIterator<Item = f64>) -> f64 {
    shares.into_iter().map(|share| share * share).sum()
}

/// Holdings and concentration of every input with data, for the years that rest on the same data.
pub(super) fn concentration(
    graph: &Graph,
    drawn: &Drawn,
    holdings: &Holdings,
    data_years: &[Option<i16>],
    years: &[i16],
) -> (Vec<Holding>, Vec<Concentration>) {
    let (mut held, mut concentrations) = (Vec::new(), Vec::new());
    for (at, input) in graph.inputs.iter().enumerate() {
        let (Some(holders), Some(data_year)) = (&holdings.inputs[at], data_years[at]) else { continue };
        let top = holders.iter().reduce(
            |top, next| {
                if mean(&next.shares) > mean(&top.shares) { next } else { top }
            },
        );
        let Some(top) = top else { continue };
        let over = |of: &dyn Fn(&mut dyn Iterator<Item = f64>) -> f64| -> Vec<f64> {
            (0..drawn.draws).map(|draw| of(&mut holders.iter().map(|holder| holder.shares[draw]))).collect()
        };
        let herfindahls = Summary::of(&over(&|shares| herfindahl(shares)));
        let unnamed = Summary::of(&over(&|shares| (1.0 - shares.sum::<f64>()).max(0.0)));
        let (Some(herfindahl), Some(unnamed), Some(top_share)) =
            (herfindahls, unnamed, Summary::of(&top.shares))
        else {
            continue;
        };
        for year in years {
            concentrations.push(Concentration {
                input: input.id.clone(),
                year: *year,
                data_year,
                top: holdings.players[top.player].clone(),
                top_share,
                herfindahl,
                unnamed,
            });
            for holder in holders {
                held.extend(Summary::of(&holder.shares).map(|share| Holding {
                    provider: holdings.players[holder.player].clone(),
                    input: input.id.clone(),
                    year: *year,
                    share,
                }));
            }
        }
    }
    (held, concentrations)
}
