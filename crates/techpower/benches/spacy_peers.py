"""spaCy's rule-based matchers on the text of the coder's benchmark: names of the dictionary as an EntityRuler and as a PhraseMatcher.

They find names and no more: no roles, no types, no evidence. Run with `pip install spacy` and `python3 crates/techpower/benches/spacy_peers.py [MEGABYTES]`.
"""

import csv
import json
import pathlib
import random
import sys
import time

import spacy
from spacy.matcher import PhraseMatcher

ROOT = pathlib.Path(__file__).resolve().parents[3]


def archive(lang, megabytes):
    events, others = [], []
    for path in sorted((ROOT / "training").glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            passage = json.loads(line)
            if passage["lang"] == lang:
                (events if passage["kind"] == "event" else others).append(passage["text"])
    draw = random.Random(1)
    documents, size = [], 0
    while size < megabytes * 1e6:
        text = "\n\n".join(draw.choice(events if draw.random() < 0.05 else others) for _ in range(12))
        documents.append(text)
        size += len(text.encode())
    return documents, size


def names(lang):
    found = {}
    with open(ROOT / "codebook/names.csv", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["lang"] == lang and row["context"] != "-":
                found[row["name"]] = row["actor"]
    with open(ROOT / "codebook/actors.csv", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            for name in [row["name_en"], row["name_zh"], *row["aliases"].split("|")]:
                if name and name.isascii() == (lang == "en"):
                    found[name] = row["actor"]
    return found


def main():
    megabytes = float(sys.argv[1]) if len(sys.argv) > 1 else 2
    for lang in ["en", "zh"]:
        documents, size = archive(lang, megabytes)
        actors = names(lang)
        nlp = spacy.blank(lang)
        nlp.max_length = 10**9
        ruler = nlp.add_pipe("entity_ruler")
        ruler.add_patterns([{"label": "ACTOR", "pattern": name, "id": actor} for name, actor in actors.items()])
        start = time.process_time()
        count = sum(len(document.ents) for document in nlp.pipe(documents))
        seconds = time.process_time() - start
        print(f"{lang} EntityRuler   {size / 1e6 / seconds:8.2f} MB/s  {count} names")
        nlp = spacy.blank(lang)
        matcher = PhraseMatcher(nlp.vocab)
        for name, actor in actors.items():
            matcher.add(actor, [nlp.make_doc(name)])
        start = time.process_time()
        count = sum(len(matcher(document)) for document in nlp.pipe(documents))
        seconds = time.process_time() - start
        print(f"{lang} PhraseMatcher {size / 1e6 / seconds:8.2f} MB/s  {count} names")


if __name__ == "__main__":
    main()
