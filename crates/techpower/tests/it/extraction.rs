//! Input-output extraction: textbook tables, exact cases, and closed forms against solving anew.

use techpower::diag::Kind;
use techpower::num::Seed;
use techpower::package::related;
use techpower::relate::extraction::{Doubt, Flow, InputOutput, Solved};
use techpower::relate::{Side, relate};

use crate::small::{Texts, kinds, read, texts, with};

type Cell = (&'static str, &'static str, &'static str, Option<&'static str>, f64);

fn table(cells: &[Cell]) -> (InputOutput, Vec<Doubt>) {
    InputOutput::from_flows(cells.iter().map(|(seller, sector, buyer, buying, value)| Flow {
        seller: (seller, sector),
        buyer: (buyer, *buying),
        value: *value,
    }))
}

/// Two actors with as many sectors as `sizes` say; flows row by row, final demand last.
fn square(sizes: &[usize], rows: &[&[f64]]) -> InputOutput {
    const ACTORS: [&str; 6] = ["A", "B", "C", "D", "E", "F"];
    const SECTORS: [&str; 9] = ["1", "2", "3", "4", "5", "6", "7", "8", "9"];
    let sectors: Vec<(&str, &str)> = sizes
        .iter()
        .zip(ACTORS)
        .flat_map(|(size, actor)| SECTORS[..*size].iter().map(move |sector| (actor, *sector)))
        .collect();
    let mut flows = Vec::new();
    for (seller, row) in sectors.iter().zip(rows) {
        for (at, value) in row.iter().enumerate() {
            let buyer = sectors.get(at).map_or((seller.0, None), |(actor, sector)| (*actor, Some(*sector)));
            flows.push(Flow { seller: *seller, buyer, value: *value });
        }
    }
    let (table, doubts) = InputOutput::from_flows(flows);
    assert!(doubts.is_empty(), "{doubts:?}");
    table
}

/// Miller & Blair (2009, *Input-Output Analysis*, 2nd edition), the two-region interregional example of chapter 3: three sectors in one region,
/// two in the other.
fn miller_blair() -> Solved {
    let table = square(
        &[3, 2],
        &[
            &[150.0, 500.0, 50.0, 25.0, 75.0, 200.0],
            &[200.0, 100.0, 400.0, 200.0, 100.0, 1000.0],
            &[300.0, 500.0, 50.0, 60.0, 40.0, 50.0],
            &[75.0, 100.0, 60.0, 200.0, 250.0, 515.0],
            &[50.0, 25.0, 25.0, 150.0, 100.0, 450.0],
        ],
    );
    assert_eq!(table.output(), [1000.0, 2000.0, 1000.0, 1200.0, 800.0]);
    table.solve().expect("productive")
}

fn near(found: f64, expected: f64, relative: f64) {
    let close = (found - expected).abs() <= relative * expected.abs().max(1.0);
    assert!(close, "{found} is not {expected}");
}

/// Miller & Blair (2022), 2.3.1: agriculture and manufacturing. The determinant of `I - A` is 0.85 x 0.95 - 0.25 x 0.2 = 0.7575.
#[test]
fn the_textbook_inverse_is_found() {
    let table = square(&[2], &[&[150.0, 500.0, 350.0], &[200.0, 100.0, 1700.0]]);
    let solved = table.solve().expect("productive");
    let expected = [[0.95, 0.25], [0.2, 0.85]];
    for (row, cells) in expected.iter().enumerate() {
        for (column, cell) in cells.iter().enumerate() {
            near(solved.leontief_inverse().at(row, column), cell / 0.7575, 1e-14);
        }
    }
    assert_eq!(table.primary(), [650.0, 1400.0]);
}

/// The numbers are NumPy's 2.4.6: `numpy.linalg.solve` of the table with the block scaled by `1 - share`, and of its transpose with primary
/// inputs for final demand; the inverse is the book's, to its three digits.
#[test]
fn the_interregional_textbook_table_agrees_with_numpy() {
    let solved = miller_blair();
    let inverse = [
        [1.423, 0.465, 0.291, 0.192, 0.304],
        [0.635, 1.424, 0.671, 0.409, 0.456],
        [0.638, 0.537, 1.336, 0.250, 0.311],
        [0.267, 0.200, 0.197, 1.341, 0.547],
        [0.147, 0.091, 0.093, 0.215, 1.254],
    ];
    for (row, cells) in inverse.iter().enumerate() {
        for (column, cell) in cells.iter().enumerate() {
            assert!((solved.leontief_inverse().at(row, column) - cell).abs() < 6e-4, "{row},{column}");
        }
    }
    // Sender, target, share; demand: target, sender, world, the target's value added; supply: target, sender, world.
    let pairs = [
        (0, 1, 1.0, [146.3117159260047, 1138.4222836487345, 1284.7339995747393, 60.47337869445036]),
        (0, 1, 0.4, [61.163080158427306, 476.0222240039775, 537.1853041624048, 25.280363561894756]),
        (1, 0, 1.0, [284.9912982078878, 506.56603773584914, 791.5573359437369, 101.3480649043764]),
        (1, 0, 0.4, [119.13379617691862, 211.7560931311142, 330.8898893080328, 42.36602097547062]),
    ];
    let supplies = [
        [765.4339622641509, 295.58947119261427, 1061.0234334567651],
        [320.0654323727297, 123.56707022344642, 443.6325025961761],
        [788.0927067829043, 147.83434419619755, 935.9270509791019],
        [329.47131353240013, 61.79999048452646, 391.2713040169266],
    ];
    for ((sender, target, share, demand), supply) in pairs.into_iter().zip(supplies) {
        let withheld = solved.withhold(sender, target, share);
        let found = withheld.demand;
        for (found, expected) in
            [found.target, found.sender, found.world, found.target_value_added].into_iter().zip(demand)
        {
            near(found, expected, 1e-12);
        }
        let found = withheld.supply;
        for (found, expected) in [found.target, found.sender, found.world].into_iter().zip(supply) {
            near(found, expected, 1e-12);
        }
        assert!(found.target_value_added.is_nan(), "given, so that nothing is known of it");
    }
    for (share, own, world, own_supply, world_supply) in [
        (1.0, 1138.4222836487345, 1644.9883213845835, 788.0927067829043, 1553.5266690470553),
        (0.4, 537.7560140550112, 781.8110446956041, 396.4531216045474, 747.237292453697),
    ] {
        let alone = solved.isolate(0, share);
        assert_eq!(alone.target, None);
        near(alone.demand.sender, own, 1e-12);
        near(alone.demand.world, world, 1e-12);
        near(alone.demand.target, world - own, 1e-12);
        near(alone.demand.sender_share, own / 4000.0, 1e-12);
        near(alone.demand.target_share, (world - own) / 2000.0, 1e-12);
        near(alone.supply.sender, own_supply, 1e-12);
        near(alone.supply.world, world_supply, 1e-12);
    }
    // Face value and look-through: 0 on 0, 0 on 1 (the user), 1 on 0, 1 on 1.
    let reliance = [
        (0.5637165306015309, 0.8880815999649136),
        (0.09607239157951405, 0.3633902411148129),
        (0.02645575022132504, 0.11191840003508632),
        (0.518211649681209, 0.636609758885187),
    ];
    for (found, (face_value, look_through)) in solved.look_through().iter().zip(reliance) {
        near(found.face_value, face_value, 1e-13);
        near(found.look_through, look_through, 1e-13);
        near(found.hidden, look_through - face_value, 1e-13);
    }
    // By buyer, then seller.
    let forward = [
        (0.5311875935454419, 0.8389818376799879),
        (0.07508117336383748, 0.2845946831368698),
        (0.04359051387961115, 0.16101816232001212),
        (0.5819600842715539, 0.71540531686313),
    ];
    for (found, (face_value, look_through)) in solved.forward().iter().zip(forward) {
        near(found.face_value, face_value, 1e-13);
        near(found.look_through, look_through, 1e-13);
    }
}

/// A sells to B only, B to C only, C to final demand. What C's product needs of A comes through B: 0.5 of B for each, 0.4 of A for each of B's.
#[test]
fn what_comes_through_a_third_party_is_hidden() {
    let (table, doubts) = table(&[
        ("A", "ore", "B", Some("steel"), 10.0),
        ("B", "steel", "C", Some("cars"), 25.0),
        ("C", "cars", "C", None, 50.0),
    ]);
    assert!(doubts.is_empty());
    let solved = table.solve().expect("productive");
    let reliance = |on: usize, who: usize| solved.look_through()[on * 3 + who];
    let a = reliance(0, 2);
    assert_eq!(a.face_value, 0.0);
    near(a.look_through, 10.0 / 85.0, 1e-15);
    near(a.hidden, 10.0 / 85.0, 1e-15);
    let b = reliance(1, 2);
    near(b.face_value, 25.0 / 85.0, 1e-15);
    near(b.hidden, 0.0, 1e-15);
    assert!(reliance(0, 0).look_through.is_nan(), "A has no final products");
    // A's ore ends in C's cars, too: 10 of ore, 10 in steel, 10 in cars.
    let forward = solved.forward()[2 * 3];
    assert_eq!((forward.on, forward.who, forward.face_value), (2, 0, 0.0));
    near(forward.look_through, 1.0 / 3.0, 1e-15);
    // Sides: without A's ore, A sells nothing, and demand keeps B and C going; supply is lost all the way down.
    let withheld = solved.withhold(0, 1, 1.0);
    near(withheld.demand.sender, 10.0, 1e-14);
    near(withheld.demand.target, 0.0, 1e-14);
    near(withheld.supply.target, 10.0, 1e-14);
    near(withheld.supply.world, 20.0, 1e-14);
    near(withheld.supply.sender, 0.0, 1e-14);
}

/// A productive random table: columns of `A` sum to less than 0.9, and some cells are zero.
fn random(sizes: &[usize], draw: usize) -> InputOutput {
    let mut random = Seed(3).stream("test", "input-output").draw(draw);
    let n: usize = sizes.iter().sum();
    let output: Vec<f64> = (0..n).map(|_| 10.0 + 1000.0 * random.uniform()).collect();
    let mut rows = vec![vec![0.0; n + 1]; n];
    for (column, output) in output.iter().enumerate() {
        let parts: Vec<f64> =
            (0..n).map(|_| if random.uniform() < 0.3 { 0.0 } else { random.uniform() }).collect();
        let scale = 0.9 * random.uniform() / parts.iter().sum::<f64>();
        for (row, part) in rows.iter_mut().zip(&parts) {
            row[column] = part * scale * output;
        }
    }
    // Final demand of any size: gross output follows from the row, and outputs larger than drawn only make coefficients smaller.
    for (row, output) in rows.iter_mut().zip(&output) {
        row[n] = output * (0.5 + random.uniform());
    }
    let rows: Vec<&[f64]> = rows.iter().map(Vec::as_slice).collect();
    square_unchecked(sizes, &rows)
}

/// As [`square`], whatever there is to doubt of primary inputs.
fn square_unchecked(sizes: &[usize], rows: &[&[f64]]) -> InputOutput {
    let names: Vec<(String, String)> = sizes
        .iter()
        .enumerate()
        .flat_map(|(actor, size)| {
            (0..*size).map(move |sector| (format!("{actor:02}"), format!("{sector:02}")))
        })
        .collect();
    let mut flows = Vec::new();
    for (seller, row) in names.iter().zip(rows) {
        for (at, value) in row.iter().enumerate() {
            let buyer = names
                .get(at)
                .map_or((seller.0.as_str(), None), |(actor, sector)| (actor.as_str(), Some(sector.as_str())));
            flows.push(Flow { seller: (&seller.0, &seller.1), buyer, value: *value });
        }
    }
    InputOutput::from_flows(flows).0
}

/// Solves by elimination, in the plainest way there is.
fn eliminate(mut a: Vec<Vec<f64>>, mut b: Vec<f64>) -> Vec<f64> {
    let n = b.len();
    for k in 0..n {
        let pivot = (k..n).max_by(|i, j| a[*i][k].abs().total_cmp(&a[*j][k].abs())).expect("rows");
        a.swap(k, pivot);
        b.swap(k, pivot);
        let (above, below) = a.split_at_mut(k + 1);
        for (row, cells) in below.iter_mut().enumerate() {
            let factor = cells[k] / above[k][k];
            cells.iter_mut().zip(&above[k]).skip(k).for_each(|(cell, above)| *cell -= factor * above);
            b[k + 1 + row] -= factor * b[k];
        }
    }
    for k in (0..n).rev() {
        let dot: f64 = (k + 1..n).map(|column| a[k][column] * b[column]).sum();
        b[k] = (b[k] - dot) / a[k][k];
    }
    b
}

/// Closed forms are what solving anew with the changed coefficients gives, to 1e-9 relative: sectors of 1 to 9 per actor, shares of 0.3 and 1.
#[test]
fn closed_forms_equal_solving_anew() {
    for (draw, sizes) in
        [vec![1, 1], vec![2, 3, 1], vec![4, 1, 7, 2], vec![5; 6], vec![9, 8, 7, 9, 1]].iter().enumerate()
    {
        let table = random(sizes, draw);
        let solved = table.solve().expect("productive");
        let n: usize = sizes.iter().sum();
        let actor: Vec<usize> = sizes.iter().enumerate().flat_map(|(at, size)| vec![at; *size]).collect();
        let x = table.output();
        // Solving anew tells a loss as the difference of outputs, and so not better than these are rounded.
        let rounding = 1e-14 * x.iter().sum::<f64>();
        let total = |values: &[f64], who: usize| -> f64 {
            values.iter().zip(&actor).filter(|(_, actor)| **actor == who).map(|(value, _)| value).sum()
        };
        for share in [0.3, 1.0] {
            // The changed systems: coefficients of input, or of output as those of the transposed table.
            let anew = |supply: bool, hit: &dyn Fn(usize, usize) -> bool| -> Vec<f64> {
                let cell = |seller: usize, buyer: usize| {
                    let kept = if hit(actor[seller], actor[buyer]) { 1.0 - share } else { 1.0 };
                    kept * table.flow(seller, buyer)
                };
                let a = (0..n)
                    .map(|i| {
                        (0..n)
                            .map(|j| {
                                let z = if supply { cell(j, i) } else { cell(i, j) };
                                f64::from(u8::from(i == j)) - z / x[j]
                            })
                            .collect()
                    })
                    .collect();
                let driver = if supply { table.primary() } else { table.final_demand() };
                let y = eliminate(a, driver.to_vec());
                x.iter().zip(y).map(|(x, y)| x - y).collect()
            };
            for withheld in solved.withhold_all(share) {
                let target = withheld.target.expect("a pair");
                let hit = |seller: usize, buyer: usize| seller == withheld.sender && buyer == target;
                for (supply, found) in [(false, withheld.demand), (true, withheld.supply)] {
                    let lost = anew(supply, &hit);
                    let scale = 1e-9 * lost.iter().map(|x| x.abs()).sum::<f64>() + rounding;
                    assert!((found.target - total(&lost, target)).abs() < scale, "{draw} {withheld:?}");
                    assert!((found.sender - total(&lost, withheld.sender)).abs() < scale);
                    assert!((found.world - lost.iter().sum::<f64>()).abs() < scale);
                }
                let lost = anew(false, &hit);
                let after = solved.output_without(withheld.sender, target, share);
                for ((x, lost), after) in x.iter().zip(&lost).zip(after) {
                    near(after, x - lost, 1e-9);
                }
                let shares = table.primary().iter().zip(x).zip(&lost);
                let added: Vec<f64> = shares.map(|((v, x), lost)| v / x * lost).collect();
                let scale = 1e-9 * lost.iter().sum::<f64>() + rounding;
                assert!((withheld.demand.target_value_added - total(&added, target)).abs() < scale);
            }
            for who in 0..sizes.len() {
                let alone = solved.isolate(who, share);
                let hit = |seller: usize, buyer: usize| (seller == who) != (buyer == who);
                for (supply, found) in [(false, alone.demand), (true, alone.supply)] {
                    let lost = anew(supply, &hit);
                    let world: f64 = lost.iter().sum();
                    near(found.sender, total(&lost, who), 1e-9);
                    near(found.world, world, 1e-9);
                    near(found.target, world - total(&lost, who), 1e-9);
                }
                let lost = anew(false, &hit);
                let shares = table.primary().iter().zip(x).zip(&lost).zip(&actor);
                let added: f64 =
                    shares.filter(|(_, actor)| **actor != who).map(|(((v, x), lost), _)| v / x * lost).sum();
                near(alone.demand.target_value_added, added, 1e-9);
            }
        }
    }
}

#[test]
fn losses_grow_with_the_share_and_nothing_withheld_is_no_loss() {
    let solved = random(&[3, 4, 2], 20).solve().expect("productive");
    let mut last = 0.0;
    for share in [0.0, 0.25, 0.5, 0.75, 1.0] {
        let withheld = solved.withhold(2, 0, share);
        if share == 0.0 {
            assert_eq!((withheld.demand.world, withheld.supply.world), (0.0, 0.0));
        } else {
            assert!(withheld.demand.world > last);
        }
        last = withheld.demand.world;
    }
}

#[test]
fn the_parts_of_all_suppliers_sum_to_one() {
    let solved = random(&[3, 4, 2, 5], 30).solve().expect("productive");
    for list in [solved.look_through(), solved.forward()] {
        for who in 0..4 {
            let parts: Vec<_> = list.iter().filter(|through| through.who == who).collect();
            near(parts.iter().map(|through| through.look_through).sum(), 1.0, 1e-12);
            assert!(parts.iter().all(|through| through.hidden >= 0.0 && through.face_value >= 0.0));
        }
    }
}

#[test]
fn threads_do_not_show_in_losses() {
    let of = |threads: usize| {
        let pool = rayon_pool(threads);
        pool.install(|| random(&[9, 9, 9, 9, 9], 40).solve().expect("productive").withhold_all(0.7))
    };
    // Debug text has every bit of a number; unknown equals unknown in it.
    assert_eq!(format!("{:?}", of(1)), format!("{:?}", of(3)));
}

fn rayon_pool(threads: usize) -> rayon::ThreadPool {
    rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool")
}

#[test]
fn doubtful_tables_are_doubted() {
    let (found, doubts) = table(&[
        ("A", "1", "B", Some("1"), -5.0),
        ("A", "1", "A", None, 105.0),
        ("B", "1", "B", None, 50.0),
        ("A", "1", "C", Some("idle"), 20.0),
        ("B", "1", "A", Some("1"), f64::NAN),
        ("C", "1", "C", None, 10.0),
        ("B", "1", "C", Some("1"), 30.0),
    ]);
    let about = |doubt: &Doubt| match doubt {
        Doubt::NotFinite { buyer, .. } => format!("not finite {buyer}"),
        Doubt::NegativeFlow { buyer, value, .. } => format!("negative {} {value}", buyer.actor),
        Doubt::WithoutOutput { sector, output } => format!("idle {} {output}", sector.sector),
        Doubt::NegativePrimary { sector, primary } => format!("primary {} {primary}", sector.actor),
        Doubt::OutputDiffers { sector, stated, sales } => format!("{} {stated} {sales}", sector.actor),
    };
    let texts: Vec<String> = doubts.iter().map(about).collect();
    assert_eq!(texts, ["not finite A", "negative B -5", "idle idle 0", "primary C -20"]);
    // What the idle sector buys is final demand now, so that A's output is still what it sells.
    assert_eq!(found.output(), [120.0, 80.0, 10.0, 0.0]);
    assert_eq!(found.final_demand(), [125.0, 50.0, 10.0, 0.0]);
    let differing = found.differing_output(&[120.0, 81.0, f64::NAN, 0.0], 1e-6);
    assert_eq!(differing.iter().map(about).collect::<Vec<_>>(), ["B 81 80"]);
}

/// Two sectors that each need more than one of the other for one: the radius is the geometric mean of 2 and 1.125, which is 1.5.
#[test]
fn unproductive_coefficients_are_refused() {
    let (table, _) = table(&[
        ("A", "1", "B", Some("1"), 200.0),
        ("B", "1", "A", Some("1"), 225.0),
        ("A", "1", "A", None, 0.0),
        ("B", "1", "B", None, -125.0),
    ]);
    let error = table.solve().expect_err("not productive");
    assert!((error.radius - 1.5).abs() < 1e-6, "{error}");
    // Exactly one: what is made is used up in making it.
    let (table, _) = self::table(&[("A", "1", "B", Some("1"), 1.0), ("B", "1", "A", Some("1"), 1.0)]);
    assert!((table.solve().expect_err("not productive").radius - 1.0).abs() < 1e-9);
    // A column that sums to more than one is no harm by itself.
    let (table, doubts) = self::table(&[("A", "1", "B", Some("1"), 150.0), ("B", "1", "B", None, 100.0)]);
    assert_eq!(doubts.len(), 1);
    assert!(table.solve().is_ok());
    assert!(InputOutput::from_flows([]).0.solve().expect("nothing").withhold_all(1.0).is_empty());
}

fn transactions(rows: &str) -> Texts {
    let mut changed = texts();
    let header = "seller,seller_sector,buyer,buyer_sector,year,value,reference\n";
    changed.insert("tables/transactions.csv".into(), format!("{header}{rows}").into_bytes());
    changed
}

/// A textbook table of two regions as the trade of the USA with the Union, whose sectors are Germany's in part.
const ROWS: &str = "USA,farm,USA,farm,2022,150,r\nUSA,farm,DEU,mill,2022,300,r\nUSA,farm,EU27,mill,2022,200,r\n\
                    USA,farm,USA,,2022,350,r\nDEU,mill,USA,farm,2022,200,r\nEU27,mill,DEU,mill,2022,100,r\n\
                    EU27,mill,JPN,,2022,1700,r\n";

#[test]
fn a_study_computes_extractions() {
    let (study, notes) = read(&transactions(ROWS));
    assert!(!kinds(&notes).contains(&Kind::UnknownActor));
    assert_eq!(study.transactions.len(), 7);
    let (exposure, notes) = relate(&study);
    assert!(kinds(&notes).contains(&Kind::ExtractionAssumes));
    let row = |sender: &str, target: &str, side: Side| {
        let rows = &exposure.transacted.extractions;
        let found = rows.iter().find(|e| e.sender == sender && e.target == target && e.side == side);
        found.expect("a row").losses
    };
    let a = 350.0 / 0.85;
    let b = (1700.0 + 0.2 * a) / 0.95;
    near(row("USA", "EU27", Side::Demand).sender, 1000.0 - a, 1e-12);
    near(row("USA", "EU27", Side::Demand).target_share, (2000.0 - b) / 2000.0, 1e-12);
    // Supply: the Union has 1,400 of its own and 0.05 of its output; the USA 650, 0.15 and 0.1 of the Union's.
    let b = 1400.0 / 0.95;
    near(row("USA", "EU27", Side::Supply).target, 2000.0 - b, 1e-12);
    near(row("USA", "EU27", Side::Supply).sender, 1000.0 - (650.0 + 0.1 * b) / 0.85, 1e-12);
    near(row("USA", "*", Side::Demand).sender, 1000.0 - a, 1e-12);
    let tables = related(&study, &exposure);
    let of = |name: &str| tables.iter().find(|table| table.schema.name == name).expect("a table");
    // Two pairs and two actors alone, on two sides.
    assert_eq!(of("extraction").rows.len(), 8);
    // An interval of what is withheld gives its ends, less what leaks.
    let varied = with(
        transactions(ROWS),
        "study.toml",
        "[uncertainty]",
        "[relate]\nwithheld = [0.5, 1.0]\nleakage = [0.0, 0.2]\n[uncertainty]",
    );
    let ends: Vec<f64> =
        relate(&read(&varied).0).0.transacted.extractions.iter().map(|e| e.share_withheld).collect();
    assert_eq!(ends.len(), 16);
    assert!(ends.chunks(2).all(|ends| ends == [0.4, 1.0]));
    assert_eq!((of("look_through").rows.len(), of("forward").rows.len()), (4, 4));
}

/// Every bit of the results as text, in which unknown equals unknown.
fn shown(study: &techpower::study::Study) -> String {
    format!("{:?}", relate(study).0.transacted)
}

/// The order of rows does not show, and neither does a table split by members.
#[test]
fn members_count_for_their_bloc() {
    let whole = "USA,farm,USA,farm,2022,150,r\nUSA,farm,EU27,mill,2022,500,r\nUSA,farm,USA,,2022,350,r\n\
                 EU27,mill,USA,farm,2022,200,r\nEU27,mill,EU27,mill,2022,100,r\nEU27,mill,JPN,,2022,1700,r\n";
    let of = |rows: &str| shown(&read(&transactions(rows)).0);
    assert_eq!(of(ROWS), of(whole));
    let backwards: Vec<&str> = whole.lines().rev().collect();
    assert_eq!(of(&(backwards.join("\n") + "\n")), of(whole));
}

#[test]
fn bad_transactions_are_noted_and_the_rest_counts() {
    let rows = format!(
        "{ROWS}Atlantis,farm,USA,,2022,5,r\nUSA,farm,CHN,ship,2022,oops,r\nUSA,farm,USA,,2022,1,again\n"
    );
    let (study, notes) = read(&transactions(&rows));
    let found = kinds(&notes);
    for kind in [Kind::UnknownActor, Kind::NotANumber, Kind::DuplicateRow] {
        assert!(found.contains(&kind), "{kind:?}");
    }
    assert_eq!(study.transactions.len(), 7);
    assert_eq!(shown(&study), shown(&read(&transactions(ROWS)).0));
    // Without its sales to final demand the Union buys more than it sells.
    let short = with(transactions(ROWS), "tables/transactions.csv", "EU27,mill,JPN,,2022,1700,r\n", "");
    let (exposure, notes) = relate(&read(&short).0);
    assert!(kinds(&notes).contains(&Kind::NegativePrimary));
    assert!(!exposure.transacted.extractions.is_empty(), "still productive");
    let idle =
        format!("{ROWS}USA,farm,CHN,ship,2022,10,r\nUSA,farm,USA,ship,2022,-3,r\nUSA,ship,USA,,2022,9,r\n");
    let (_, notes) = relate(&read(&transactions(&idle)).0);
    let found = kinds(&notes);
    assert!(found.contains(&Kind::SectorWithoutOutput) && found.contains(&Kind::NegativeFlow));
}

#[test]
fn years_stand_by_themselves_and_no_table_is_no_result() {
    let later = ROWS.replace(",2022,", ",2023,");
    let (exposure, _) = relate(&read(&transactions(&format!("{ROWS}{later}"))).0);
    let years: Vec<i16> = exposure.transacted.extractions.iter().map(|e| e.year).collect();
    assert_eq!(years.iter().filter(|year| **year == 2022).count(), 8);
    assert_eq!(years.iter().filter(|year| **year == 2023).count(), 8);
    let mut without = texts();
    without.remove("tables/transactions.csv");
    let (exposure, notes) = relate(&read(&without).0);
    assert!(exposure.transacted.extractions.is_empty());
    assert!(!kinds(&notes).contains(&Kind::ExtractionAssumes));
}
