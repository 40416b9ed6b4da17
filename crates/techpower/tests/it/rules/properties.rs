//! Properties that hold whatever the data are.

use super::*;

const TRUTHS: [Truth; 3] = [Truth::False, Truth::Open, Truth::True];

#[test]
fn the_laws_of_three_values() {
    for a in TRUTHS {
        assert_eq!(!!a, a);
        assert_eq!((a.and(Truth::True), a.or(Truth::False)), (a, a));
        assert_eq!((a.and(Truth::False), a.or(Truth::True)), (Truth::False, Truth::True));
        for b in TRUTHS {
            assert_eq!((a.and(b), a.or(b)), (b.and(a), b.or(a)));
            assert_eq!((!a.and(b), !a.or(b)), ((!a).or(!b), (!a).and(!b)), "de Morgan");
            assert_eq!((a.and(a.or(b)), a.or(a.and(b))), (a, a), "absorption");
            for c in TRUTHS {
                assert_eq!(a.and(b.and(c)), a.and(b).and(c));
                assert_eq!(a.and(b.or(c)), a.and(b).or(a.and(c)));
            }
        }
    }
    // It is not classical: nothing follows from what is open.
    assert_eq!(Truth::Open.or(!Truth::Open), Truth::Open);
    // What is settled stays so when what is open becomes known.
    for op in [Truth::and, Truth::or] {
        for b in TRUTHS {
            let open = op(Truth::Open, b);
            for settled in [Truth::False, Truth::True] {
                assert!(open == Truth::Open || op(settled, b) == open);
            }
        }
    }
}

/// A rulebook whose rules use the figures in several ways, about one chip.
fn about(rate: &str, area: &str, server: &str) -> Rulebook {
    let dense = "(rate >= 300[TOPS] || (rate >= 100[TOPS] && density >= 1[TOPS/mm2])) && !(server && rate < 200[TOPS])";
    let band = "density >= 0.5[TOPS/mm2] && density < 2[TOPS/mm2] && rate * 2 - 100[TOPS] != 300[TOPS]";
    book([
        file("objects/c.csv", &format!("object,kind,rate,area,server\nc,chip,{rate},{area},{server}\n")),
        simple("line", "rate >= 300[TOPS]"),
        instrument("mixed", &(limb("a", dense, "x", "") + &limb("b", band, "y", "unless = [\"a\"]"))),
        simple("leans", "touched_by('mixed', 'b') || fast > 500[TOPS]"),
    ])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn more_never_escapes_a_line(rate in 0.0..600.0f64, more in 0.0..600.0f64) {
        let kind = |rate: f64| now(&about(&rate.to_string(), "500", "true"), "line", "c");
        prop_assert!(kind(rate) != Touched || kind(rate + more) == Touched);
    }

    #[test]
    fn narrowing_never_changes_what_is_settled(
        ends in (1.0..600.0f64, 1.0..600.0f64), areas in (50.0..900.0f64, 50.0..900.0f64),
        at in 0.0..=1.0f64, wide in 0.0..=1.0f64, at_area in 0.0..=1.0f64,
    ) {
        let range = |a: f64, b: f64| (a.min(b), a.max(b));
        let ((low, high), (small, large)) = (range(ends.0, ends.1), range(areas.0, areas.1));
        let inner_low = low + (high - low) * at;
        let inner_high = inner_low + (high - inner_low) * wide;
        let area = small + (large - small) * at_area;
        let open = about(&format!("{low}..{high}"), &format!("{small}..{large}"), "");
        let narrow = about(&format!("{inner_low}..{inner_high}"), &area.to_string(), "true");
        for rule in ["line", "mixed", "leans"] {
            let (was, is) = (on(&open, rule, "c", "2024-01-01"), on(&narrow, rule, "c", "2024-01-01"));
            if !matches!(was.verdict.kind, Undetermined | Conditional) {
                prop_assert_eq!((was.verdict.kind, &was.limb), (is.verdict.kind, &is.limb), "{}", rule);
            }
        }
    }
}

#[test]
fn a_reform_of_nothing_moves_nothing() {
    let (other, notes) = SHIPPED.0.reformed(&Reform::default());
    assert!(notes.is_empty());
    let ask = Ask { on: vec![day("2023-12-01"), day("2026-10-01")], ..Ask::default() };
    assert!(SHIPPED.0.moved(&other, &ask, Lang::En).is_empty());
}

#[test]
fn the_order_of_files_and_rows_does_not_matter() {
    let folder = shipped_folder();
    let mut files = Texts::new();
    for part in ["instruments", "objects"] {
        for entry in std::fs::read_dir(folder.join(part)).expect(part).flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            files.insert(format!("{part}/{name}"), std::fs::read(entry.path()).expect(&name));
        }
    }
    let plain = table(&read(&files).0, "2026-10-01");
    assert!(plain.len() > 1_000);
    // Rows backwards, and object tables in the opposite order of names.
    let mut turned = Texts::new();
    for (path, bytes) in &files {
        let table = path.ends_with(".csv");
        let name =
            path.strip_prefix("objects/").filter(|name| table && !["facts.csv", "owners.csv"].contains(name));
        let path = match name {
            Some(name) => format!("objects/{}{name}", char::from(b'z' - (name.as_bytes()[0] - b'a'))),
            None => path.clone(),
        };
        let bytes = if table { backwards(bytes) } else { bytes.clone() };
        turned.insert(path, bytes);
    }
    let other = table(&read(&turned).0, "2026-10-01");
    let differ: Vec<_> = plain.iter().zip(&other).filter(|(a, b)| a != b).take(5).collect();
    assert!(plain == other, "{differ:?}");
}

/// The rows of a table from the last to the first.
fn backwards(bytes: &[u8]) -> Vec<u8> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(bytes);
    let mut rows: Vec<csv::StringRecord> = reader.records().map(|row| row.expect("a row")).collect();
    rows[1..].reverse();
    let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
    rows.iter().for_each(|row| writer.write_record(row).expect("a row"));
    writer.into_inner().expect("bytes")
}
