#!/usr/bin/env python3
"""Writes a table of terms from a published JSON-LD context: generate.py CONTEXT.jsonld > NAME.terms.csv"""
import csv
import json
import sys


def row(owner, term, value):
    if isinstance(value, str):
        value = {"@id": value}
    unknown = set(value) - {"@id", "@type", "@container", "@context"}
    if unknown or not isinstance(value.get("@container", ""), str):
        raise SystemExit(f"{term}: a table has no column for {sorted(unknown) or '@container'}")
    return [owner, term, value["@id"], value.get("@type", ""), value.get("@container", "")]


def main():
    context = json.load(open(sys.argv[1], encoding="utf-8"))["@context"]
    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow(["class", "term", "iri", "type", "container"])
    for term, value in context.items():
        # A name with a colon must mean what it says (JSON-LD 1.1 API 4.2.2 step 13.5): these do not.
        if ":" in term:
            continue
        out.writerow(row("", term, value))
        if isinstance(value, dict):
            for inner, scoped in value.get("@context", {}).items():
                out.writerow(row(term, inner, scoped))


main()
