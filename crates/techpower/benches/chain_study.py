#!/usr/bin/env python3
"""Writes a made-up study of a production graph and times the coalitional game on it.

    python3 crates/techpower/benches/chain_study.py target/release/techpower

20 players, 100 inputs, 36 specifications, 1,000 draws; shares are uncertain by a fifth either way and a tenth are blank. Twice: with concentrated
supply, as chip chains have it, and with every input spread over twelve players of like size, half of the inputs alternatives: the hard case, in which
few coalitions are settled early.
"""
import csv
import pathlib
import random
import subprocess
import sys
import tempfile
import time

PLAYERS, INPUTS = 20, 100


def study(folder, spread):
    draw = random.Random(7)
    tables = folder / "tables"
    tables.mkdir(parents=True)
    (folder / "study.toml").write_text(
        '[study]\nformat = 1\nid = "chain"\nfrom = 2024\nto = 2024\n[uncertainty]\ndraws = 1000\nseed = 1\n'
        "[relate.grid]\ntau = [0.02, 0.1, 0.3]\n"
        'subtypes = ["all", "any", "parent"]\nblocs = ["one", "many"]\n'
        "doubtful = [%s]\n" % ", ".join(f'"i{at}"' for at in range(5, INPUTS, 10))
    )

    def table(name, head, rows):
        with open(tables / f"{name}.csv", "w", newline="") as file:
            csv.writer(file).writerows([head.split(","), *rows])

    states = [f"S{at:02}" for at in range(PLAYERS)]
    actors = [[s, s, s, "state", "BLOC" if at < 4 else ""] for at, s in enumerate(states)]
    table("actors", "actor,name_en,name_zh,kind,part_of", actors + [["BLOC", "Bloc", "Bloc", "bloc", ""]])
    inputs, requires, supply = [], [], []
    for at in range(INPUTS):
        kind = f"i{at + 1}" if at % 5 == 1 and at + 1 < INPUTS else ""
        needs = "any" if spread and at % 2 else "all"
        inputs.append([f"i{at}", f"i{at}", f"i{at}", "foundation", kind, needs, "1.5..3", "made up"])
        if at + 1 < INPUTS and not kind:
            for into in {draw.randrange(at + 1, min(at + 12, INPUTS)) for _ in range(2)}:
                requires.append([f"i{at}", f"i{into}"])
        holders = draw.sample(states, 12 if spread else draw.randint(3, 8))
        weights = [draw.uniform(0.8, 1.2) if spread else draw.paretovariate(0.7) for _ in holders]
        for state, weight in zip(holders, weights):
            share = 0.98 * weight / sum(weights)
            blank = draw.random() < 0.1
            supply.append(
                [state, f"i{at}", 2024, "" if blank else share, "" if blank else share * 0.8,
                 "" if blank else min(1, share * 1.2), "made up"]
            )
    table("inputs", "input,name_en,name_zh,layer,kind_of,needs,elasticity,reference", inputs)
    table("requires", "input,goes_into", requires)
    table("supply", "provider,input,year,share,low,high,reference", supply)


for name, spread in [("concentrated", False), ("spread", True)]:
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder) / "chain"
        study(folder, spread)
        start = time.perf_counter()
        done = subprocess.run(
            [sys.argv[1], "relate", str(folder), "--table", "vetoes", "--format", "csv"], capture_output=True, text=True
        )
        seconds = time.perf_counter() - start
        rows = list(csv.DictReader(done.stdout.splitlines()))
        vetoes = sum(float(row["probability"]) > 0 for row in rows)
        print(f"{name}: {seconds:.1f} s, {len(rows)} players, {vetoes} with a veto in some specification")
        if "coalitions" in done.stderr:
            print(done.stderr)
