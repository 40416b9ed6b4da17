"""Checks that every locked package has a licence that deny.toml allows. Reads `cargo metadata` on standard input."""

import json
import re
import sys
import tomllib

allowed = set(tomllib.load(open(sys.argv[1], "rb"))["licenses"]["allow"])
bad = []
packages = json.load(sys.stdin)["packages"]
for package in packages:
    if package["source"] is None:
        continue
    expression = (package["license"] or "").replace("/", " OR ")
    # An expression holds if, with every licence replaced by whether it is allowed, it is true.
    tokens = re.findall(r"\(|\)|AND|OR|[A-Za-z0-9.+-]+(?: WITH [A-Za-z0-9.-]+)?", expression)
    words = {"(": "(", ")": ")", "AND": "and", "OR": "or"}
    logic = " ".join(words.get(token, str(token in allowed)) for token in tokens)
    if not logic or not eval(logic):
        bad.append(f"{package['name']} {package['version']}: {package['license']}")
print(f"{len(packages)} packages, {len(bad)} with a licence that is not allowed")
for line in bad:
    print(" ", line)
sys.exit(bool(bad))
