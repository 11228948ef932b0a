"""Built-in extractors against tests/cases/extractors/<id>/, and the rules on real prompts."""

import hashlib
import json
import re
from pathlib import Path
from typing import NamedTuple

import pytest

from charter.estimates.interval import wilson
from charter.policy.conversation import Kind, Passage, Sensitivity
from charter.policy.directives.collect import directives_in
from charter.policy.directives.extractor import About, extractor, extractors, proposals
from charter.policy.labels.label import label
from charter.policy.labels.wire import read

TESTS = Path(__file__).resolve().parents[2]
CASES = TESTS / "cases" / "extractors"
ANNOTATED = TESTS / "cases" / "extraction" / "realguardrails.json"
PAGE = TESTS.parent / "docs" / "directives.md"
TOLERANCE = 0.02


def cases():
    for file in sorted(CASES.glob("*/*.json")):
        group = json.loads(file.read_text(encoding="utf-8"))
        for case in group["cases"]:
            name = f"{file.parent.name}/{file.stem}: {case['text']}"
            yield pytest.param(file.parent.name, group, case, id=name)


def shown(proposed, text):
    fields = {"pattern": proposed.pattern}
    if proposed.act != "instruct":
        fields["act"] = str(proposed.act)
    for key in ("subject", "value", "to", "only", "targets"):
        value = getattr(proposed, key)
        if value not in (None, ()):
            fields[key] = list(value) if isinstance(value, tuple) else value
    words = text[proposed.start : proposed.end]
    return fields | ({} if words == text else {"words": words})


@pytest.mark.parametrize(("name", "group", "case"), list(cases()))
def test_case_is_found_as_expected(name, group, case):
    by = extractor(name.replace("_", "-"))
    about = About("own", group["source"], group["source"])
    found = by.extract(case["text"], about, set(group["known"]))
    assert [shown(each, case["text"]) for each in found] == case["proposed"]


def test_every_extractor_has_cases_an_identity_and_a_page():
    for name in extractors():
        assert list((CASES / name.replace("-", "_")).glob("*.json")), name
        by = extractor(name)
        assert re.fullmatch(r"\S+ \S+", by.IDENTITY)
        headings = [line for line in by.__doc__.splitlines()[1:] if line and line[0] != " "]
        assert headings == ["What it finds", "How", "Limits"]


def test_every_case_folder_is_an_extractor():
    assert {folder.name.replace("_", "-") for folder in CASES.iterdir()} == set(extractors())


HOSTILE = ["you ", "a, ", "ignore all previous ", "the the ", "A: ", "if you ", ". ", "A.B", "a_b_"]


@pytest.mark.parametrize("seed", HOSTILE)
def test_a_long_text_without_an_end_is_read(seed):
    text = seed * 2_000
    passage = Passage(0, 0, len(text), Kind.OWN, "user", "user", Sensitivity.PRIVATE)
    assert not proposals(extractor("rules"), text, passage, {"a_b"}).unusable


# Real prompts. Only ranges and kinds are kept here, no text.


class Score(NamedTuple):
    """What was found of what is there, and what was right of what was proposed."""

    texts: int
    instructions: int
    found: int
    proposed: int
    right: int


def score(entry, text):
    """Compare what the rules propose for one text with its annotation.

    Quoted words have no authority, so they count on neither side.
    """
    payload = {"model": "m", "messages": [{"role": entry["role"], "content": text}]}
    conversation = label(read(payload))
    own = [False] * len(text)
    for passage in conversation.passages:
        if passage.authority != "none":
            for at in range(passage.start, passage.end):
                own[at] = not text[at].isspace()
    gathered = directives_in(conversation, extractor=extractor("rules"))
    places = [each.place for each in gathered.directives if each.level != "none"]
    wanted = [(start, end) for start, end, kind in entry["ranges"] if kind != "task"]
    found = 0
    for start, end in wanted:
        size = sum(own[start:end])
        best = max(
            (sum(own[max(start, place.start) : min(end, place.end)]) for place in places), default=0
        )
        found += size > 0 and 2 * best >= size
    marked = {at for start, end, _ in entry["ranges"] for at in range(start, end)}
    right = 0
    for place in places:
        spoken = [at for at in range(place.start, place.end) if own[at]]
        right += 2 * sum(at in marked for at in spoken) >= len(spoken)
    return Score(1, len(wanted), found, len(places), right)


@pytest.fixture(scope="module")
def rows(data_dir):
    lines = (data_dir / "realguardrails" / "handwritten.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in lines.splitlines()]


@pytest.fixture(scope="module")
def scores(rows):
    texts = {
        hashlib.sha256(message["content"].encode()).hexdigest()[:16]: message["content"]
        for row in rows
        for message in row["messages"]
    }
    totals = {}
    for entry in json.loads(ANNOTATED.read_text(encoding="utf-8"))["texts"]:
        for key in (entry["part"], f"{entry['part']}, {entry['role']} messages"):
            one = score(entry, texts[entry["digest"]])
            known = totals.get(key, Score(0, 0, 0, 0, 0))
            totals[key] = Score(*(a + b for a, b in zip(known, one, strict=True)))
    return totals


def written(found, of):
    interval = wilson(found, of)
    low, high = 100 * interval.low, 100 * interval.high
    return f"{found} of {of} | {100 * found / of:.1f} % ({low:.1f} to {high:.1f})"


def row_of(name, found):
    recall, precision = (
        written(found.found, found.instructions),
        written(found.right, found.proposed),
    )
    return f"| {name} | {found.texts} | {recall} | {precision} |"


@pytest.mark.data
def test_every_system_prompt_is_read(rows):
    assert len(rows) == 239
    by = extractor("rules")
    for row in rows:
        conversation = label(read({"model": "m", "messages": row["messages"]}))
        gathered = directives_in(conversation, extractor=by)
        system = conversation.of(0)
        assert "".join(map(conversation.text_of, system)) == row["messages"][0]["content"]
        assert any(each.order == 0 and each.level != "none" for each in gathered.directives)
        assert not gathered.unusable


@pytest.mark.data
def test_recall_and_precision_are_those_of_the_page(scores):
    page = PAGE.read_text(encoding="utf-8")
    assert sum(found.texts for name, found in scores.items() if "," not in name) >= 60
    for name, found in scores.items():
        line = re.search(rf"^\| {re.escape(name)} \| (.+) \|$", page, re.MULTILINE)
        assert line, row_of(name, found)
        counts = re.findall(r"(\d+) of (\d+)", line[1])
        (known, of), (right, proposed) = ((int(one), int(other)) for one, other in counts)
        assert of == found.instructions
        assert abs(known / of - found.found / of) <= TOLERANCE, row_of(name, found)
        stated, actual = right / proposed, found.right / found.proposed
        assert abs(stated - actual) <= TOLERANCE, row_of(name, found)
