"""Checks that every relative link in the Markdown files of the repository leads to a file, and to a heading if it names one."""

import pathlib
import re
import subprocess
import sys
import unicodedata

root = pathlib.Path(__file__).resolve().parent.parent
listed = subprocess.run(
    ["git", "ls-files", "-z", "*.md"], cwd=root, capture_output=True, text=True, check=True
).stdout.split("\0")


def text_of(path):
    """The text without blocks of code."""
    return re.sub(r"^ *```.*?^ *```", "", path.read_text(encoding="utf-8"), flags=re.S | re.M)


def anchors(path):
    """The anchors of a page's headings, as GitHub and `techpower serve` make them."""
    found = set()
    for heading in re.findall(r"^#+ +(.*)$", text_of(path), flags=re.M):
        plain = re.sub(r"[`*]|\[([^\]]*)\]\([^)]*\)", r"\1", heading).strip().lower()
        kept = (c for c in plain if c in "-_ " or unicodedata.category(c)[0] in "LN")
        anchor = "".join(kept).replace(" ", "-")
        n = 0
        while (anchor if n == 0 else f"{anchor}-{n}") in found:
            n += 1
        found.add(anchor if n == 0 else f"{anchor}-{n}")
    return found


broken = []
pages = [root / name for name in listed if name and (root / name).exists()]
for page in pages:
    for target in re.findall(r"\]\(([^)\s{}]+)\)", text_of(page)):
        if re.match(r"[a-z]+:", target):
            continue
        file, _, heading = target.partition("#")
        if not file and "codebook" in page.parts:
            continue  # the examples of a coding manual mark their parts so
        leads_to = page.parent / file if file else page
        if not leads_to.exists() or (heading and leads_to.suffix == ".md" and heading not in anchors(leads_to)):
            broken.append(f"{page.relative_to(root)}: {target}")
print(f"{len(pages)} pages, {len(broken)} broken links")
for line in broken:
    print(" ", line)
sys.exit(bool(broken))
