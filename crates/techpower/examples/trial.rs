use std::collections::BTreeMap;
use techpower::{code, codebook::Codebook, diag::Notes, num::Seed};
fn main() {
    let (codebook, _) = Codebook::builtin();
    let mut notes = Notes::new();
    let mut passages = code::examples(&codebook);
    let mut args: Vec<String> = std::env::args().skip(1).collect();
    let dev = args.remove(0);
    let out = args.remove(0);
    for file in &args {
        passages.extend(code::passages(file, &std::fs::read_to_string(file).unwrap(), &codebook, &mut notes));
    }
    let time = std::time::Instant::now();
    let trained = code::train_scorer(&codebook, &BTreeMap::new(), &passages, &{
        let mut t = code::Training::default();
        if let Ok(v) = std::env::var("T") {
            let v: Vec<f32> = v.split(',').map(|x| x.parse().unwrap()).collect();
            t.epochs = v[0] as usize;
            t.step = v[1];
            t.shrink = v[2];
            t.least = v[3] as usize;
        }
        t
    });
    println!("{} passages {:?} features {}", passages.len(), time.elapsed(), trained.scorer.len());
    std::fs::write(&out, trained.scorer.write()).unwrap();
    println!("accept {:?}", trained.scorer.setting("accept"));
    for head in trained.scorer.heads() {
        println!("{} T={}", head.name, head.temperature);
    }
    let show = |passages: &[code::Passage], coded: &[code::Coded], draws| {
        for f in code::score(passages, coded, draws, Seed(1)) {
            if f.with_uncertain {
                println!(
                    "{:4} {:20} {:.3} [{:.3} {:.3}] n={}",
                    f.language,
                    f.measure,
                    f.value.unwrap_or(f64::NAN),
                    f.q05.unwrap_or(f64::NAN),
                    f.q95.unwrap_or(f64::NAN),
                    f.passages
                );
            }
        }
    };
    let groups: Vec<String> = passages.iter().map(|p| p.document.file.clone()).collect();
    let mut names = groups.clone();
    names.sort();
    names.dedup();
    for name in names {
        let (p, c): (Vec<_>, Vec<_>) = passages
            .iter()
            .cloned()
            .zip(trained.held_out.iter().cloned())
            .filter(|(p, _)| p.document.file == name)
            .unzip();
        println!("== {name}");
        for f in code::score(&p, &c, 0, Seed(1)) {
            if f.with_uncertain && f.language == "all" {
                print!("{}={:.3} ", f.measure, f.value.unwrap_or(f64::NAN));
            }
        }
        println!();
    }
    let mut reasons: BTreeMap<String, usize> = BTreeMap::new();
    let mut out = String::new();
    for (p, c) in passages.iter().zip(&trained.held_out) {
        if p.codings[0].is_some() && c.events.is_empty() {
            *reasons.entry(format!("FN {:?}", c.reason)).or_default() += 1;
            if matches!(c.reason, Some(code::Reason::Topic | code::Reason::Act | code::Reason::Denied)) {
                out.push_str(&format!("{:?} {} | {}\n", c.reason, p.document.title, p.document.text));
            }
        }
        if p.codings[0].is_none() && !c.events.is_empty() {
            *reasons.entry("FP".into()).or_default() += 1;
            out.push_str(&format!("FP {:?} {} | {}\n", c.probability, p.document.title, p.document.text));
        }
    }
    std::fs::write("/tmp/fn.txt", out).unwrap();
    let mut err = String::new();
    for (p, c) in passages.iter().zip(&trained.held_out) {
        if let (Some(g), Some(e)) = (&p.codings[0], c.events.first()) {
            let sender = e.sender.as_ref().map_or("?", |s| s.actor.as_str());
            let targets: Vec<_> = c
                .events
                .iter()
                .filter(|x| x.event == e.event)
                .flat_map(|e| &e.targets)
                .map(|t| t.actor.clone())
                .collect();
            if g.power != e.power {
                err.push_str(&format!(
                    "POWER {}/{} -> {}/{} p={:.2} | {} | {}\n",
                    g.power,
                    g.instrument,
                    e.power,
                    e.instrument,
                    e.confidence.power,
                    p.document.title,
                    p.document.text
                ));
            }
            if !g.senders.iter().any(|s| s == sender) {
                err.push_str(&format!(
                    "SENDER {:?} -> {sender} | {} | {}\n",
                    g.senders, p.document.title, p.document.text
                ));
            }
            let mut a = g.targets.clone();
            a.sort();
            let mut b = targets;
            b.sort();
            b.dedup();
            if a != b {
                err.push_str(&format!(
                    "TARGET {a:?} -> {b:?} | {} | {}\n",
                    p.document.title, p.document.text
                ));
            }
        }
    }
    std::fs::write("/tmp/err.txt", err).unwrap();
    println!("{reasons:?}");
    println!("== CV");
    show(&passages, &trained.held_out, 0);
    let dev = code::passages("dev", &std::fs::read_to_string(dev).unwrap(), &codebook, &mut notes);
    let coder = code::Coder::new(&codebook, &BTreeMap::new(), Some(trained.scorer));
    let coded: Vec<_> = dev.iter().map(|p| coder.code(&p.document)).collect();
    println!("== DEV");
    show(&dev, &coded, 200);
    for (p, c) in dev.iter().zip(&coded) {
        let e = c.events.first();
        println!(
            "{} gold={:?} \n     got={:?} {:?} p={:?}",
            p.document.id,
            p.codings[0].as_ref().map(|g| (&g.power, &g.mode, &g.layer, &g.senders, &g.targets, &g.evidence)),
            e.map(|e| (
                &e.power,
                &e.mode,
                &e.layer,
                e.sender.as_ref().map(|s| s.actor.clone()),
                e.targets.iter().map(|t| t.actor.clone()).collect::<Vec<_>>(),
                &e.instrument,
                &e.evidence.text
            )),
            c.reason,
            c.probability
        );
    }
    let rules = code::Coder::new(&codebook, &BTreeMap::new(), None);
    let coded: Vec<_> = dev.iter().map(|p| rules.code(&p.document)).collect();
    println!("== DEV RULES");
    show(&dev, &coded, 0);
    for n in notes.iter() {
        println!("{n:?}");
    }
}
