"""Checks that the outputs of a run are right: complete, consistent with each other and with their inputs."""

import csv
import pathlib
import sqlite3
import sys

study = pathlib.Path(sys.argv[1])
build = study / "build"


def rows(name):
    with open(build / "tables" / f"{name}.csv", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def check(what, holds):
    print(("ok   " if holds else "FAIL ") + what)
    if not holds:
        sys.exit(1)


scores = [row for row in rows("scores") if row["mean"]]
check("scores lie between 1 and 100, quantiles in order", all(
    1 <= float(r["q05"]) <= float(r["q50"]) <= float(r["q95"]) <= 100 for r in scores))
check("no member of a bloc is ranked", not {r["actor"] for r in scores} & {"DEU", "FRA", "NLD", "ITA"})

ranks = {}
for row in rows("ranks"):
    key = row["actor"], row["year"], row["node"]
    ranks[key] = ranks.get(key, 0) + float(row["probability"])
check(f"rank probabilities of {len(ranks)} scores sum to one", all(abs(total - 1) < 1e-6 for total in ranks.values()))

reliance = {}
for row in rows("reliance"):
    key = row["actor"], row["year"]
    share, leading = reliance.get(key, (0, 0))
    reliance[key] = share + float(row["share_mean"]), leading + float(row["probability_leading"])
check(f"shares and leading probabilities of {len(reliance)} profiles sum to one", all(
    abs(share - 1) < 1e-6 and abs(leading - 1) < 1e-6 for share, leading in reliance.values()))

exposure = rows("exposure")
check(f"{len(exposure)} exposures lie between 0 and 1", all(
    0 <= float(r["q05"]) and float(r["q95"]) <= 1 for r in exposure))

asymmetry = {(r["sender"], r["target"], r["power"], r["year"]): float(r["mean"]) for r in rows("asymmetry")}
check("asymmetry is antisymmetric", all(
    abs(value + asymmetry[target, sender, power, year]) < 1e-6
    for (sender, target, power, year), value in asymmetry.items()))

claims = rows("claims")
check(f"{len(claims)} claims, each with a verdict that fits its probability", len(claims) >= 25 and all(
    (r["verdict"] == "not-testable") == (r["probability"] == "")
    and (r["verdict"] != "supported" or float(r["probability"]) >= 0.9)
    and (r["verdict"] != "unsupported" or float(r["probability"]) <= 0.1) for r in claims))

check("no note of severity error", not [r for r in rows("notes") if r["severity"] == "error"])

with sqlite3.connect(f"file:{build / 'results.sqlite'}?mode=ro", uri=True) as database:
    draws = int(database.execute("SELECT value FROM provenance WHERE key = 'draws'").fetchone()[0])
    kept = {str(int(year)) for (year,) in database.execute("SELECT DISTINCT year FROM reliance_draws")}
    check(f"the mean of the draws kept of {', '.join(sorted(kept))} is the mean in the table", kept and all(
        abs(mean - float(row["share_mean"])) < 1e-6
        for row in rows("reliance") if row["year"] in kept
        for (mean,) in database.execute(
            "SELECT avg(share) FROM reliance_draws WHERE actor = ? AND power = ? AND year = ?",
            (row["actor"], row["power"], int(row["year"])))))
    count = database.execute("SELECT count(DISTINCT draw) FROM reliance_draws").fetchone()[0]
    check(f"{count} draws are kept", count == draws)

report = (build / "report.html").read_text(encoding="utf-8")
check(f"the report has {len(report) // 1000} kB, under 8 MB", 100_000 < len(report.encode()) < 8_000_000)
check("the report names every claim in both languages", all(
    word.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("'", "&#39;") in report
    or word in report for r in claims for word in (r["en"][:40], r["zh"][:15])))
