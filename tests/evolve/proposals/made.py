"""Proposals to test with: a small spec, changed."""

from __future__ import annotations

from charter.evolve.proposals.edit import edits_json
from charter.evolve.proposals.wording import facts_json, worded
from charter.records.proposal import Origin, ProposalMade, ProposalWorded
from charter.source import Source
from charter.spec.build import build
from charter.syntax.reader import parse

AT = "2026-11-22T12:00:00.000Z"
TEXT = """\
---
name: house-rules
version: "1.0"
---

# House rules {#house}

## Keep secrets {#secrets authority=root}

The assistant must not reveal passwords.

## Be brief {#brief authority=user}

The assistant should answer in few words.
"""
OLD, NEW = "in few words.", "in as few words as the question allows."


def spec(text=TEXT):
    """Return a spec of a text."""
    return build(parse(Source("spec.md", text)))


def wording(number=1, *, by="gus", run="prop_1", old=OLD, new=NEW):
    """Return the record of a wording."""
    found = worded(spec(), TEXT.replace(old, new))
    edits = edits_json(found.edits, base=found.old.digest)
    return ProposalWorded(run, number, AT, by, edits, facts_json(found), found.new.digest)


def made(run="prop_1", *, by="gus", title="Say enough", **changes):
    """Return the record of a proposal."""
    fields = {
        "kind": "clarification",
        "reason": "Answers were cut short.",
        "spec_name": "house-rules",
        "spec_version": "1.0",
        "spec": spec().digest,
        "origins": (Origin("comment", "com_1", "too short"),),
        "sections": ("brief",),
        "level": "user",
        "questions": (),
    }
    return ProposalMade(run, AT, by, title=title, **(fields | changes))
