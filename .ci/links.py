"""Checks that every relative link in the Markdown files of the repository leads to a file."""

import pathlib
import re
import subprocess
import sys

root = pathlib.Path(__file__).resolve().parent.parent
listed = subprocess.run(["git", "ls-files", "*.md"], cwd=root, capture_output=True, text=True, check=True).stdout.split()
broken = []
for name in listed:
    path = root / name
    if not path.exists():
        continue
    for target in re.findall(r"\]\(([^)\s]+)\)", path.read_text(encoding="utf-8")):
        if re.match(r"[a-z]+:|#", target):
            continue
        if not (path.parent / target.split("#")[0]).exists():
            broken.append(f"{name}: {target}")
print(f"{len(listed)} pages, {len(broken)} broken links")
for line in broken:
    print(" ", line)
sys.exit(bool(broken))
