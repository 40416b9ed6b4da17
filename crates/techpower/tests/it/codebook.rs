//! The coding manual that ships, and what a broken one says.

use techpower::codebook::{Codebook, NONE, Role};
use techpower::diag::{Kind, Lang};

use crate::small::{Texts, kinds};

#[test]
fn the_builtin_codebook_is_whole() {
    let (codebook, notes) = Codebook::builtin();
    assert!(
        notes.is_empty(),
        "{:?}",
        notes.iter().map(|n| (n.at.to_string(), n.message(Lang::En))).collect::<Vec<_>>()
    );
    assert_eq!(codebook.sources.len(), 4);
    assert_eq!(codebook.types.len(), 4);
    assert_eq!(codebook.arenas.len(), 3);
    assert_eq!(codebook.layers.len(), 4, "three layers and `cross`");
    assert_eq!(codebook.modes.len(), 8);
    assert_eq!(codebook.statuses.len(), 9);
    assert!(codebook.instruments.len() >= 36);
    for power in codebook.types.iter().map(|t| t.id.as_str()).chain([NONE]) {
        assert!(codebook.instruments.iter().any(|i| i.power == power), "no instrument of type `{power}`");
    }
}

/// The theory's structure: each type draws on three sources, and each source is omitted by exactly one type.
#[test]
fn each_source_is_omitted_by_exactly_one_type() {
    let (codebook, _) = Codebook::builtin();
    let mut omitted: Vec<usize> =
        codebook.sources.iter().map(|s| codebook.only_type_omitting(&s.id).expect("exactly one")).collect();
    omitted.sort_unstable();
    assert_eq!(omitted, [0, 1, 2, 3]);
    assert!(codebook.types.iter().all(|t| t.draws_on.len() == 3));
}

#[test]
fn examples_mark_spans_that_stand_in_their_text() {
    let (codebook, _) = Codebook::builtin();
    let mut lines = 0;
    for (page, example) in codebook.examples() {
        lines += 1;
        let length = example.text.chars().count();
        assert!(
            example.spans.iter().all(|s| s.start < s.end && s.end <= length),
            "{}:{}",
            page.file,
            example.line
        );
        assert!(!example.text.contains("](#"), "{}:{}", page.file, example.line);
        if !example.yields.is_empty() {
            assert!(example.spans.iter().any(|span| span.role == Role::Instrument));
        }
        for expected in &example.yields {
            assert!(
                expected.targets.iter().all(|target| !target.is_empty()),
                "{}:{}",
                page.file,
                expected.line
            );
        }
    }
    assert!(lines >= 300, "{lines} examples and near-misses");
    for page in codebook.pages.iter().filter(|page| page.kind == "instrument") {
        for lang in [Lang::En, Lang::Zh] {
            let of = |near_miss: bool| {
                page.examples.iter().filter(|e| e.lang == lang && e.yields.is_empty() == near_miss).count()
            };
            assert!(of(false) >= 3 && of(true) >= 1, "{}", page.file);
        }
    }
}

fn tiny() -> Texts {
    let page = |front: &str| {
        format!("+++\n{front}\n+++\n\n# English\n\n## Definition\n\nText.\n\n# 中文\n\n## 定义\n\n文字。\n")
    };
    let instrument = "+++\nid = \"ban\"\nkind = \"instrument\"\norder = 1\nname_en = \"Ban\"\nname_zh = \"禁令\"\ntype = \"denial\"\n\
        arena = \"a\"\nlayers = [\"l\"]\ncues_en = [\"ban\"]\ncues_zh = [\"禁\"]\n+++\n\n# English\n\n## Examples\n\n\
        > [A](#sender) put a [ban](#instrument) on *B*\n> and C.\n\nyields: sender=A; target=*; layer=l; mode=m; status=s\n\
        yields: sender=A; target=*; layer=l; mode=m; status=s; date=2020-01\n\n> No ban.\n\nyields: nothing; because=no act\n\n\
        # 中文\n\n## 示例\n\n> 无。\n\nyields: nothing; because=无\n";
    [
        ("cb/codebook.toml", "id = \"t\"\nversion = \"1\"\ntitle_en = \"T\"\ntitle_zh = \"T\"\n".to_owned()),
        ("cb/actors.csv", "actor,name_en,name_zh,kind,part_of,home,aliases\nA,A,甲,state,,,\n".to_owned()),
        ("cb/sources/x.md", page("id = \"x\"\nkind = \"source\"\norder = 1\nname_en = \"X\"\nname_zh = \"X\"\narena = \"a\"")),
        (
            "cb/types/denial.md",
            page(
                "id = \"denial\"\nkind = \"type\"\norder = 1\nname_en = \"D\"\nname_zh = \"D\"\ndraws_on = [\"x\"]\n\
                 works_through = \"interaction\"\nreach = \"direct\"\nshapes = \"conduct\"\nexposure = \"denial\"",
            ),
        ),
        ("cb/arenas/a.md", page("id = \"a\"\nkind = \"arena\"\norder = 1\nname_en = \"A\"\nname_zh = \"A\"\nelement = \"material\"")),
        ("cb/layers/l.md", page("id = \"l\"\nkind = \"layer\"\norder = 1\nname_en = \"L\"\nname_zh = \"L\"")),
        (
            "cb/modes/m.md",
            page("id = \"m\"\nkind = \"mode\"\norder = 1\nname_en = \"M\"\nname_zh = \"M\"\nweight = 1\nweight_low = 0.5\nweight_high = 1"),
        ),
        (
            "cb/statuses/s.md",
            page("id = \"s\"\nkind = \"status\"\norder = 1\nname_en = \"S\"\nname_zh = \"S\"\nweight = 1\nweight_low = 1\nweight_high = 1"),
        ),
        ("cb/instruments/ban.md", instrument.to_owned()),
    ]
    .into_iter()
    .map(|(path, text)| (path.to_owned(), text.into_bytes()))
    .collect()
}

#[test]
fn examples_are_parsed_with_their_spans_and_events() {
    let (codebook, notes) = Codebook::read(&tiny(), "cb");
    assert_eq!(kinds(&notes), [Kind::TooFewExamples, Kind::TooFewExamples]);
    let example = &codebook.page("ban").expect("a page").examples[0];
    assert_eq!(example.text, "A put a ban on B and C.");
    let spans: Vec<(Role, usize, usize)> = example.spans.iter().map(|s| (s.role, s.start, s.end)).collect();
    assert_eq!(spans, [(Role::Sender, 0, 1), (Role::Instrument, 8, 11)]);
    // Two stars on neighbouring lines are no emphasis.
    assert_eq!(example.yields.len(), 2);
    assert!(example.yields.iter().all(|expected| expected.targets == ["*"]));
    assert_eq!(example.yields[1].date.map(|d| d.to_string()).as_deref(), Some("2020-01"));
}

/// Each fault of a page yields its note, with the line.
#[test]
fn broken_pages_yield_notes() {
    let check = |path: &str, from: &str, to: &str, expected: Kind, line: Option<u64>| {
        let texts = crate::small::with(tiny(), path, from, to);
        let (_, notes) = Codebook::read(&texts, "cb");
        let note = notes.iter().find(|note| note.kind == expected);
        let note = note.unwrap_or_else(|| panic!("{expected:?} expected, found {:?}", kinds(&notes)));
        assert_eq!(note.at.file, path);
        assert_eq!(note.at.row, line, "{expected:?}");
    };
    check("cb/types/denial.md", "[\"x\"]", "[\"y\"]", Kind::UnknownId, Some(7));
    check("cb/types/denial.md", "draws_on", "draws on", Kind::BadToml, Some(7));
    check("cb/types/denial.md", "exposure = \"denial\"", "exposure = \"magic\"", Kind::BadToml, Some(11));
    check("cb/modes/m.md", "weight_low = 0.5", "weight_low = 2", Kind::BadWeights, Some(7));
    check("cb/modes/m.md", "+++\nid", "id", Kind::NoFrontMatter, Some(1));
    check("cb/layers/l.md", "kind = \"layer\"", "kind = \"mode\"", Kind::PageInWrongFolder, Some(3));
    check("cb/layers/l.md", "# 中文", "# Deutsch", Kind::UnknownLanguage, Some(15));
    check("cb/layers/l.md", "# 中文\n\n## 定义\n\n文字。", "", Kind::MissingLanguage, None);
    check("cb/layers/l.md", "id = \"l\"", "id = \"k\"", Kind::PageNameDiffers, Some(1));
    check("cb/instruments/ban.md", "#sender", "#who", Kind::UnknownRole, Some(18));
    check("cb/instruments/ban.md", "[ban](#instrument)", "ban", Kind::SpanMissing, Some(18));
    check(
        "cb/instruments/ban.md",
        "yields: nothing; because=no act",
        "so?",
        Kind::ExampleWithoutYield,
        Some(24),
    );
    check("cb/instruments/ban.md", "mode=m; status=s\n", "mode=n; status=s\n", Kind::UnknownId, Some(21));
    check("cb/instruments/ban.md", "mode=m; status=s; date=2020-01", "status=s", Kind::MissingKey, Some(22));
    check("cb/instruments/ban.md", "date=2020-01", "date=2020-13", Kind::BadDate, Some(22));
    check("cb/instruments/ban.md", "date=2020-01", "when=2020", Kind::UnknownKey, Some(22));
    check("cb/instruments/ban.md", "date=2020-01", "soon", Kind::BadYield, Some(22));
    check(
        "cb/instruments/ban.md",
        "sender=A; target=*; layer=l; mode=m; status=s\n",
        "sender=B; target=*; layer=l; mode=m; status=s\n",
        Kind::UnknownActor,
        Some(21),
    );
    check("cb/codebook.toml", "version", "virsion", Kind::BadToml, Some(2));
}
