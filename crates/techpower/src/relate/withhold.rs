//! One question of denial, answered at once: certain suppliers withhold certain inputs from a target.

use serde::{Deserialize, Serialize};

use super::denial::{Case, Denial};
use super::graph::{Basis, Graph};
use super::play::{Remainder, Specification, Table};
use super::supply::Shares;
use super::{Loss, Path, Reader, periods, shares_of_demand};
use crate::diag::Notes;
use crate::num::Seed;
use crate::study::{Blocs, Study};

/// Who withholds what from whom.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Withholding {
    /// States and blocs that withhold together.
    pub senders: Vec<String>,
    /// Inputs that they withhold; all if empty.
    pub inputs: Vec<String>,
    /// From whom.
    pub target: String,
}

/// What comes of it in the headline year.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Withheld {
    /// Number of draws.
    pub draws: usize,
    /// Over the final products first, then by layer and input.
    pub losses: Vec<Loss>,
    /// At which inputs the loss arises and how it arrives.
    pub paths: Vec<Path>,
    /// Share of the draws in which the others cannot sustain the production graph.
    pub stops: f64,
    /// What is left of each input to the others.
    pub remainders: Vec<Remainder>,
}

/// Answers a question of denial as [`relate`](super::relate) does, on the same draws and under the study's own specification. `None` if nothing is known
/// of supply in the headline year, or no sender supplies anything.
///
/// ```
/// use techpower::{relate::{Withholding, withhold}, study::{Keep, Study, template}};
/// let mut files = template("demo");
/// let mut put = |name: &str, text: &str| files.insert(format!("tables/{name}.csv"), text.to_owned());
/// put("actors", "actor,name_en,name_zh,kind\nNLD,Netherlands,荷兰,state\nCHN,China,中国,state\n");
/// put("inputs", "input,name_en,name_zh,layer,needs,elasticity,reference\nlithography,Lithography,光刻机,foundation,all,1.5..2,r\n");
/// put("supply", "provider,input,year,share,reference\nNLD,lithography,2024,0.9,r\n");
/// let study = Study::read(&files, Keep::Rows).0.expect("a study");
/// let ask = |sender: &str| Withholding { senders: vec![sender.to_owned()], target: "CHN".to_owned(), ..Withholding::default() };
/// let found = withhold(&study, &ask("NLD")).expect("shares are known");
/// assert!(found.losses[0].exposure.mean > 0.5 && found.stops == 1.0);
/// assert_eq!(withhold(&study, &ask("CHN")), None);
/// ```
#[must_use]
pub fn withhold(study: &Study, question: &Withholding) -> Option<Withheld> {
    let about = &study.options.about;
    let years: Vec<i16> = (about.from..=about.to).collect();
    let (targets, graph, seed) = (study.ranked(), Graph::new(study), Seed(study.options.uncertainty.seed));
    let shares = Shares::new(study, &graph, &years, &mut Notes::new());
    // The period of the headline year, so that the draws are those of a run.
    let (_, at) = periods(&shares, &years).into_iter().find(|(years, _)| years.contains(&about.headline))?;
    let drawn = shares.draw(at, seed);
    let holdings = drawn.holdings(Blocs::One);
    let known = holdings.known();
    let options = &study.options.relate;
    let basis: Vec<Basis> =
        (0..known.len()).map(|input| graph.basis(input, options.subtypes, &known)).collect();
    let mut senders: Vec<usize> = question.senders.iter().filter_map(|id| holdings.player(id)).collect();
    senders.sort_unstable();
    senders.dedup();
    if senders.is_empty() {
        return None;
    }
    let withheld =
        |input: usize| question.inputs.is_empty() || question.inputs.contains(&graph.inputs[input].id);
    let denial = Denial::new(&graph, &drawn, &holdings, &basis);
    let mut seats = denial.seats(&senders, &question.target);
    for (input, seats) in seats.iter_mut().enumerate() {
        if !withheld(input) {
            seats.senders.clear();
        }
    }
    let demand = shares_of_demand(study, &targets, drawn.year).get(&question.target).copied();
    let reader = Reader { study, graph: &graph, targets: &targets, markets: &[], seed };
    let name = question.senders.join("+");
    let case = Case { seats: &seats, demand, draw: 0 };
    let denied = reader.deny_one(&denial, (&name, &question.target), false, case, &[about.headline]);
    let specification = Specification::base(options);
    let table = Table {
        graph: &graph,
        drawn: &drawn,
        holdings: &holdings,
        basis: &basis,
        specification: &specification,
        cycles: options.cycles,
        seed,
    };
    let (stops, remainders) = table.without(&senders, &withheld);
    Some(Withheld { draws: drawn.draws, losses: denied.losses, paths: denied.paths, stops, remainders })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::relate::relate;
    use crate::study::{Keep, template};

    fn study() -> Study {
        supplied("USA,design,2024,0.6,0.5,0.7,r\nCHN,design,2024,0.3,0.2,0.4,r\n")
    }

    /// A study in which it is told who supplies design.
    fn supplied(design: &str) -> Study {
        let mut files = template("demo");
        let mut put = |name: &str, text: &str| files.insert(format!("tables/{name}.csv"), text.to_owned());
        put(
            "actors",
            "actor,name_en,name_zh,kind\nNLD,Netherlands,荷兰,state\nCHN,China,中国,state\nUSA,United States,美国,state\n",
        );
        put(
            "inputs",
            "input,name_en,name_zh,layer,needs,elasticity,reference\nchips,Chips,芯片,foundation,all,2..3,r\n\
             lithography,L,光刻机,foundation,all,1.5..2,r\ndesign,D,设计,foundation,all,3..4,r\n",
        );
        put("requires", "input,goes_into\nlithography,chips\ndesign,chips\n");
        let supply = "provider,input,year,share,low,high,reference\nNLD,lithography,2024,0.8,0.7,0.9,r\n\
                      USA,lithography,2024,0.1,0.05,0.15,r\nCHN,chips,2024,0.5,0.4,0.6,r\nUSA,chips,2024,0.4,0.3,0.5,r\n";
        put("supply", &format!("{supply}{design}"));
        let mut study = Study::read(&files, Keep::Rows).0.expect("a study");
        study.options.uncertainty.draws = 100;
        study
    }

    fn ask(senders: &[&str], inputs: &[&str]) -> Withheld {
        let all = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect();
        let question = Withholding { senders: all(senders), inputs: all(inputs), target: "CHN".to_owned() };
        withhold(&study(), &question).expect("shares are known")
    }

    #[test]
    fn one_sender_withholding_all_is_what_relate_says() {
        let (exposure, _) = relate(&study());
        let headline = study().options.about.headline;
        for sender in ["NLD", "USA"] {
            let found = ask(&[sender], &[]);
            let is_of = |l: &&Loss| l.sender == sender && l.target == "CHN" && l.year == headline;
            let total =
                exposure.losses.iter().filter(is_of).find(|l| l.input.is_empty() && l.layer.is_empty());
            assert_eq!(found.losses[0].exposure, total.expect("a loss").exposure);
            let weight = exposure.weights.iter().find(|w| w.actor == sender && w.year == headline);
            assert_eq!(found.stops, weight.expect("a player").veto, "{sender}");
        }
    }

    #[test]
    fn an_input_of_which_too_little_is_known_is_not_one_of_which_the_others_hold_enough() {
        let study = supplied("USA,design,2024,0.02,0.01,0.03,r\n");
        let (senders, target) = (vec!["USA".to_owned()], "CHN".to_owned());
        let question = Withholding { senders, target, ..Withholding::default() };
        let found = withhold(&study, &question).expect("shares are known");
        let of = |id: &str| found.remainders.iter().find(|rest| rest.input == id).expect("an input");
        assert_eq!((of("design").known, of("design").share()), (0, None));
        assert_eq!((of("lithography").known, of("lithography").share()), (100, Some(0.0)));
    }

    #[test]
    fn what_is_not_withheld_is_not_lost() {
        let (all, some, none) =
            (ask(&["USA", "NLD"], &[]), ask(&["USA", "NLD"], &["design"]), ask(&["USA"], &["nothing"]));
        let total = |found: &Withheld| found.losses[0].exposure.mean;
        assert!(total(&all) > total(&some) && total(&some) > 0.0);
        assert_eq!((total(&none), none.stops), (0.0, 0.0));
        let rest = |found: &Withheld, id: &str| {
            found.remainders.iter().find(|rest| rest.input == id).and_then(Remainder::share)
        };
        assert_eq!(rest(&all, "lithography"), Some(1.0));
        assert_eq!(rest(&none, "lithography"), Some(0.0), "nothing of it is withheld");
        assert!(some.paths.iter().all(|path| path.input == "design"));
    }
}
