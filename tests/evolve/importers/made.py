"""Input of each importer, made from a seed; its rows and columns in an order of another seed."""

from __future__ import annotations

import csv
import json
from random import Random

from charter.evolve.importer import Wanted
from charter.evolve.surveys.participation import consent_digest
from charter.evolve.surveys.read import digest_of_survey, read_survey, text_of
from charter.ledger.master_key import MasterKey
from charter.ledger.open import open_ledger
from charter.ledger.vault import Vault, payload_id, salted
from charter.records.comment import CommentModerated, CommentReceived
from charter.source import Source

AT = "2026-01-01T00:00:00.000Z"


def write_rows(path, rows, shuffle, columns=None):
    """Write rows as CSV; the order of rows and columns is up to `shuffle`."""
    columns = list(columns or rows[0])
    shuffle.shuffle(columns)
    rows = list(rows)
    shuffle.shuffle(rows)
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, columns)
        writer.writeheader()
        writer.writerows(rows)


def polis(folder, seed, shuffle, *, sign=1, wide=True, ties=True):
    """A conversation with re-votes, some of them at the same time, and its published counts."""
    chance = Random(seed)
    people, items = chance.randint(2, 12), chance.randint(1, 6)
    events = [
        {
            "timestamp": chance.randint(1, 4) if ties else number,
            "datetime": "then",
            "comment-id": chance.randrange(items),
            "voter-id": chance.randrange(people),
            "vote": chance.choice((1, 1, 0, -1)),
        }
        for number in range(chance.randint(1, 80))
    ]
    counts = {item: [0, 0] for item in range(items)}
    for each in events:
        if each["vote"]:
            counts[each["comment-id"]][0 if each["vote"] == 1 else 1] += 1
    comments = [
        {
            "timestamp": 1,
            "datetime": "then",
            "comment-id": item,
            "author-id": chance.randrange(3),
            "agrees": agrees,
            "disagrees": disagrees,
            "moderated": chance.choice((1, 0, -1)),
            "comment-body": f'Nr. {item}, "so\nto say"',
        }
        for item, (agrees, disagrees) in counts.items()
    ]
    last = {}
    for each in sorted(events, key=lambda e: e["timestamp"]):
        last[each["voter-id"], each["comment-id"]] = each["vote"]
    table = []
    for who in range(people):
        mine = {item: last.get((who, item), "") for item in range(items)}
        said = [v for v in mine.values() if v != ""]
        table.append(
            {
                "participant": who,
                "group-id": chance.choice(("", 0, 1)),
                "n-comments": 0,
                "n-votes": len(said),
                "n-agree": said.count(1),
                "n-disagree": said.count(-1),
                **mine,
            }
        )
    folder.mkdir(exist_ok=True)
    write_rows(folder / "votes.csv", [{**e, "vote": sign * e["vote"]} for e in events], shuffle)
    write_rows(folder / "comments.csv", comments, shuffle)
    if wide:
        write_rows(folder / "participants-votes.csv", table, shuffle)
    pairs = [("topic", "A topic"), ("voters", str(len({w for w, _ in last}))), ("views", "9")]
    shuffle.shuffle(pairs)
    with (folder / "summary.csv").open("w", newline="") as stream:
        csv.writer(stream).writerows(pairs)
    return Wanted(str(folder))


MAP = """\
shape: {shape}
person: who
time: when
language: lang
channel: {{column: from, values: {{web: open, mail: panel}}}}
traits: {{age: band}}
asked:
  s1: {{kind: statement, text: First, clauses: [honesty/abcd]}}
  c1: {{kind: comparison, text: What now?, answers: {{A: one, B: two, C: three}}}}
questions:
  Q1: {{about: s1, values: {{"Yes": agree, "No": disagree, "?": pass}}}}
  Q2: {{read: rating}}
  Q3: {{about: c1, read: ranking, scope: world}}
  Q4: {{about: c1, read: unacceptable}}
  Q5: {{about: c1, read: reason}}
"""
_ANSWERS = {
    "Q1": ("Yes", "No", "?", "", "Maybe"),
    "Q2": ("-3", "0", "7", "much"),
    "Q3": ("A>B=C", "C>A", "A>A", ">"),
    "Q4": ("A;B", "none", "D"),
    "Q5": ("because", "so\nit is"),
}


def table(folder, seed, shuffle, *, shape="long"):
    """A table of answers with a mapping."""
    chance = Random(seed)
    folder.mkdir(exist_ok=True)
    people = {
        f"p{number}": {
            "lang": chance.choice(("en", "de")),
            "from": chance.choice(("web", "mail")),
            "band": chance.choice(("", "young", "old")),
        }
        for number in range(chance.randint(1, 8))
    }
    rows = []
    for number in range(chance.randint(1, 40)):
        who = chance.choice(list(people))
        row = {"who": who, "when": chance.randint(1, 5), **people[who], "extra": number}
        if shape == "long":
            name = chance.choice((*_ANSWERS, "Q9"))
            rows.append({**row, "name": name, "said": chance.choice(_ANSWERS.get(name, ("x",)))})
        else:
            rows.append(row | {name: chance.choice(each) for name, each in _ANSWERS.items()})
    write_rows(folder / "answers.csv", rows, shuffle)
    text = MAP.format(shape=shape) + ("item: name\nvalue: said\n" if shape == "long" else "")
    (folder / "map.yaml").write_text(text)
    return Wanted(str(folder / "answers.csv"), mapping=folder / "map.yaml")


def wide_table(folder, seed, shuffle):
    """The same with a column for each question."""
    return table(folder, seed, shuffle, shape="wide")


def alignment(folder, seed, shuffle):
    """Comparisons with assessments, rubrics and annotators."""
    chance = Random(seed)
    folder.mkdir(exist_ok=True)
    people = [f"a{number}" for number in range(chance.randint(1, 6))]
    ranking = ("A>B>C=D", "D=C > B>A", "A=B=C=D", "B>A", "A>>B", "", "A>E")

    def block(*names):
        return {each: [{"ranking": chance.choice(ranking), "rationale": "why"}] for each in names}

    comparisons, rubrics = [], []
    for number in range(chance.randint(1, 4)):
        assessments = [
            {
                "annotator_id": chance.choice(people),
                "importance": chance.choice(("Very", "Not", 3, None)),
                "representativeness": chance.choice((1, 5)),
                "subjectivity": "Odd",
                "ranking_blocks": {
                    **block("personal", "world"),
                    "unacceptable": [{"rating": chance.choice((["A"], [], ["D", "A"], ["Z"]))}],
                },
            }
            for _ in range(chance.randint(0, 5))
        ]
        shuffle.shuffle(assessments)
        responses = [
            {"response_index": x, "messages": [{"role": "assistant", "content": f"{x}{number}"}]}
            for x in "ABCD"
        ]
        shuffle.shuffle(responses)
        comparisons.append(
            {
                "prompt_id": f"q{number}",
                "prompt": {"messages": [{"role": "user", "content": f"What of {number}?"}]},
                "responses": responses,
                "metadata": {"assessments": assessments},
            }
        )
        scores = [
            {"annotator_id": chance.choice(people), "score": chance.choice((-5, 0, 8, 2.5))}
            for _ in range(4)
        ]
        shuffle.shuffle(scores)
        rules = [{"criterion": f"says {each}", "scores": scores} for each in ("so", "no")]
        shuffle.shuffle(rules)
        rubrics.append({"prompt_id": f"q{number}", "coval_full": rules, "coval_core": []})
    annotators = [{"annotator_id": w, "demographics": {"age": chance.choice("ab")}} for w in people]
    for name, values in (
        ("comparisons", comparisons),
        ("conversation_rubrics", rubrics),
        ("annotators", annotators),
    ):
        shuffle.shuffle(values)
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(e) + "\n" for e in values))
    (folder / "scales.yaml").write_text("importance: {Very: 3, Not: 1}\n")
    return Wanted(str(folder), mapping=folder / "scales.yaml")


def comments(folder, seed, shuffle):
    """A ledger with comments, accepted, rejected and waiting, with their words."""
    chance = Random(seed)
    folder.mkdir(exist_ok=True)
    key = folder / "master.key"
    master = MasterKey.load(key) if key.exists() else MasterKey.create(key)
    said = [
        (
            f"cm_{number:032x}",
            f"honesty/c{chance.randrange(2)}",
            chance.choice(("agree", "disagree", "unclear")),
            chance.choice(("", "staff")),
            chance.choice(("accepted", "rejected", "")),
        )
        for number in range(chance.randint(1, 8))
    ]
    shuffle.shuffle(said)
    place = folder / f"{shuffle.getrandbits(64):x}.sqlite"
    with open_ledger(place) as ledger:
        vault = Vault(ledger.store, master)
        for run, clause, stance, group, verdict in said:
            text = f"words of {run}"
            found, payload, subject = salted(text), payload_id(), vault.pseudonym("x", run)
            record = CommentReceived(
                run, AT, clause, "sha256:s", "p", stance, group, found.commitment, payload, subject
            )
            sealed = vault.seal(subject, {"text": text, "salt": found.salt}, AT, id=payload)
            ledger.append(record, payloads=(sealed,))
            if verdict:
                ledger.append(CommentModerated(run, AT, "mona", verdict, "read"))
    return Wanted(str(place), master_key=key)


SURVEY = """\
format: charter-survey/1
id: forms
languages: [en]
title: {en: What now?}
consent: {en: I agree.}
purpose: {en: To know.}
contact: us@example.org
retention_days: 30
traits:
  - {id: age, text: {en: Age}, options: [{id: young, text: {en: y}}, {id: old, text: {en: o}}]}
items:
  - {kind: statement, id: s1, clauses: [honesty/abcd], text: {en: It says so.}}
  - {kind: rubric, id: r1, text: {en: It is short.}}
  - kind: comparison
    id: c1
    prompt: [{role: user, text: {en: And?}}]
    answers: {A: {en: one}, B: {en: two}}
"""


def survey():
    """The survey whose forms are filled in."""
    return read_survey(Source("survey.yaml", SURVEY)).survey


def filled(chance, person):
    """One form, as the page writes it."""
    asked = survey()
    answers = {
        "s1": {"vote": chance.choice(("agree", "disagree", "pass"))},
        "r1": {"rating": chance.choice((-10, 0, 10))},
        "c1": {"personal": [["B"], ["A"]], "unacceptable": [], "why": "so"},
        "trait:age": {"option": chance.choice(("young", "old"))},
    }
    kept = {name: each for name, each in answers.items() if chance.random() < 0.8}
    return {
        "format": "charter-survey-answers/1",
        "survey": asked.id,
        "digest": digest_of_survey(asked),
        "language": "en",
        "consent": consent_digest(asked, "en"),
        "person": f"{person:032x}",
        "answers": kept,
    }


def forms(folder, seed, shuffle):
    """Forms of a few people, some saved twice; the names of files are by chance."""
    chance = Random(seed)
    folder.mkdir(exist_ok=True)
    for old in folder.glob("*.json"):
        old.unlink()
    (folder / "survey.json").write_text(text_of(survey()))
    for _ in range(chance.randint(1, 12)):
        name = f"{shuffle.getrandbits(64):x}.json"
        (folder / name).write_text(json.dumps(filled(chance, chance.randrange(6))))
    return Wanted(str(folder))


MAKERS = {
    "polis": (polis,),
    "csv": (table, wide_table),
    "collective-alignment": (alignment,),
    "comments": (comments,),
    "survey-forms": (forms,),
}
"""What makes input, by importer."""
