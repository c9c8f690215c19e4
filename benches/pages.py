#!/usr/bin/env python3
"""Compares extractors on the pages of tests/data/pages: jianbao, trafilatura, readability-lxml.

Usage: pip install trafilatura readability-lxml; benches/pages.py target/release/jianbao
"""
import collections, json, pathlib, re, subprocess, sys

FOLDER = pathlib.Path(__file__).parent.parent / "tests/data/pages"


def pairs(text):
    text = re.sub(r"\s", "", text or "")
    return collections.Counter(zip(text, text[1:]))


def f1(found, wanted):
    found, wanted = pairs(found), pairs(wanted)
    return 2 * sum((found & wanted).values()) / max(1, found.total() + wanted.total())


def jianbao(program):
    output = subprocess.run([program, "analyze", FOLDER, "--include", "*.html"], capture_output=True, text=True)
    for line in output.stdout.splitlines():
        r = json.loads(line)
        body = "\n".join(p["text"] for p in r["passages"])
        yield r["id"], r["title"], (r["date"] or {}).get("value"), r["source"], body


def trafilatura_():
    import trafilatura
    for path in sorted(FOLDER.glob("*.html")):
        html = path.read_text()
        r = trafilatura.bare_extraction(html, with_metadata=True)
        r = r.as_dict() if r is not None and hasattr(r, "as_dict") else (r or {})
        yield path.stem, r.get("title"), r.get("date"), r.get("sitename"), r.get("text")


def readability_():
    import lxml.html, readability
    for path in sorted(FOLDER.glob("*.html")):
        page = readability.Document(path.read_text())
        text = lxml.html.fromstring(page.summary() or "<p/>").text_content()
        yield path.stem, page.short_title(), None, None, text


expected = json.loads((FOLDER / "expected.json").read_text())
print("| extractor | title | date | source | body F1 |\n|---|---|---|---|---|")
for name, results in [("jianbao", jianbao(sys.argv[1])), ("trafilatura", trafilatura_()), ("readability-lxml", readability_())]:
    title = date = source = total = 0
    for key, t, d, s, body in results:
        e = expected[key]
        title += t == e["title"]
        date += (d or "")[:10] == e["date"][:10]
        source += s == e["source"]
        total += f1(body, e["body"])
    n = len(expected)
    print(f"| {name} | {title} | {date} | {source} | {total / n:.3f} |")
