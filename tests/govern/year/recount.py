"""Figures of the year from its raw rows: SQLite, JSON, textbook formulas, nothing of Charter's."""

from __future__ import annotations

import json
import random
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from datetime import datetime
from itertools import permutations
from pathlib import Path
from typing import Any

Row = Mapping[str, Any]
"""The body of a record, with its `run`."""


def raw(file: Path) -> dict[str, list[Row]]:
    """Return the records of a ledger by kind, in their order."""
    found: dict[str, list[Row]] = defaultdict(list)
    with closing(sqlite3.connect(file)) as rows:
        for kind, run, body in rows.execute('SELECT kind, run, body FROM records ORDER BY "index"'):
            found[kind].append(json.loads(body) | {"run": run})
    return found


def counts(rows: Mapping[str, list[Row]]) -> dict[str, int]:
    """Return every figure that is a count of records, of a ledger that is one year."""
    decided, opened = rows["DecisionRecorded"], rows["IncidentOpened"]
    drills = {each["run"] for each in opened if each["drill"]}
    votes = Counter(each["verdict"] for each in rows["ApprovalVoted"])
    live = opinions(rows)
    ended = [each for each in rows["IncidentAmended"] if each["change"] == "closed"]
    return {
        "released": len(rows["Released"]),
        "releases-asked": len(rows["ReleaseAsked"]),
        "withdrawn": len(rows["ReleaseWithdrawn"]),
        "overridden": len(rows["ReleaseOverridden"]),
        "exchanges": len({each["exchange"] for each in decided}),
        "decided": len(decided),
        "denied": sum(each["effect"] == "deny" for each in decided),
        "held": sum(each["effect"] == "require_approval" for each in decided),
        "checks-errored": sum(c["status"] == "errored" for each in decided for c in each["checks"]),
        "opened": len(opened) - len(drills),
        "closed": sum(each["run"] not in drills for each in ended),
        "drills": len(drills),
        "asked": len(rows["ApprovalAsked"]),
        "approved": votes["approve"],
        "denied-by-people": votes["deny"],
        "edited": votes["edit"],
        "expired": len(rows["ApprovalExpired"]),
        "stops": len(rows["StopOrdered"]),
        "opinions": len(live),
        "violated": sum(each["label"] == "violated" for each in live),
        "overturned": sum(each["decision_right"] is False for each in live),
    }


def opinions(rows: Mapping[str, list[Row]], *, seeds: bool = False) -> list[Row]:
    """Return opinions on live answers, or those on items with a known answer."""
    known = {each["run"] for each in rows["AnswerKnown"]}
    tests = {each["decision"] for each in rows["ItemQueued"] if each["run"] in known}
    return [each for each in rows["ReviewRecorded"] if (each["run"] in tests) is seeds]


def caught(rows: Mapping[str, list[Row]]) -> tuple[int, int]:
    """Return how many opinions on known answers were right, and how many there are."""
    items = {each["decision"]: each["run"] for each in rows["ItemQueued"]}
    shown = {each["run"]: each["label"] for each in rows["AnswerShown"]}
    said = opinions(rows, seeds=True)
    return sum(each["label"] == shown[items[each["run"]]] for each in said), len(said)


def units(rows: Mapping[str, list[Row]], word: str, section: str = "") -> list[list[str]]:
    """Return what was said of each live answer that two people or more judged."""
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for each in opinions(rows):
        if section in ("", each["section"]):
            found[each["run"], each["section"]].append(each[word])
    return [each for each in found.values() if len(each) > 1]


def alpha(said: Iterable[Sequence[str]]) -> float:
    """Return Krippendorff's alpha by its matrix of coincidences (Krippendorff 2011, section C)."""
    matrix: Counter[tuple[str, str]] = Counter()
    for unit in said:
        for pair in permutations(unit, 2):
            matrix[pair] += 1 / (len(unit) - 1)  # type: ignore[assignment]
    margins: Counter[str] = Counter()
    for (one, _), weight in matrix.items():
        margins[one] += weight
    whole = sum(margins.values())
    observed = sum(weight for (one, other), weight in matrix.items() if one != other)
    expected = sum(margins[one] * margins[other] for one, other in permutations(margins, 2))
    return 1 - (whole - 1) * observed / expected if expected else float("nan")


def alpha_bounds(said: Sequence[Sequence[str]], draws: int) -> tuple[float, float]:
    """Return the 95 % interval of alpha, by drawing units again one by one."""
    chance = random.Random("bounds")
    found = sorted(
        value
        for _ in range(draws)
        if (value := alpha(chance.choices(said, k=len(said)))) == value  # no NaN
    )
    return found[round(0.025 * len(found))], found[round(0.975 * len(found)) - 1]


def milliseconds(text: str) -> int:
    """Return a time of a record as a number."""
    return round(datetime.fromisoformat(text).timestamp() * 1000)


def due_checks(rows: Mapping[str, list[Row]], since: int, until: int) -> tuple[int, int, int]:
    """Return failed and all checks and boundaries, and decisions, of a stretch of time."""
    bad = total = decisions = 0
    for each in rows["DecisionRecorded"]:
        if since <= milliseconds(each["at"]) <= until:
            decisions += 1
            statuses = [check["status"] for check in each["checks"]]
            bad += statuses.count("errored")
            total += len(statuses) + len(each["boundaries"])
    return bad, total, decisions


def waits(rows: Mapping[str, list[Row]], within: int, since: int, until: int) -> tuple[int, int]:
    """Return approvals that came late, and all that came to be good or bad in a stretch of time."""
    voted = {each["run"]: milliseconds(each["at"]) for each in rows["ApprovalVoted"]}
    found = []
    for each in rows["ApprovalAsked"]:
        begun = milliseconds(each["at"])
        late = begun + within * 1000 + 1
        end = voted.get(each["run"], late)
        found.append((min(end, late), end >= late))
    mine = [bad for moment, bad in found if since <= moment <= until]
    return sum(mine), len(mine)


class Drawn:
    """Answers of all samples whose decision lies in a stretch of time, each with its weight."""

    def __init__(self, rows: Mapping[str, list[Row]], since: int, until: int) -> None:
        decided = {each["decision"]: each for each in rows["DecisionRecorded"]}
        self._said: dict[str, list[Row]] = defaultdict(list)
        for each in opinions(rows):
            self._said[each["run"]].append(each)
        self._verdicts = {each["decision"]: each["verdict"] for each in rows["AnswerJudged"]}
        shares = {
            (each["run"], part["name"]): part["population"] / max(1, part["drawn"])
            for each in rows["SampleDrawn"]
            for part in each["strata"]
        }
        self._answers = [
            (each, shares[each["run"], each["stratum"]], decided[each["decision"]])
            for each in rows["AnswerDrawn"]
            if since <= milliseconds(decided[each["decision"]]["at"]) <= until
        ]

    def refused(self, application: str) -> float:
        """Return the weighted share of answers that do not refuse wrongly, as people found."""
        good = total = 0.0
        for each, weight, _ in self._answers:
            said = self._said.get(each["decision"], [])
            wrong = sum(opinion["refusal"] == "full" for opinion in said)
            if each["application"] != application or not said or 2 * wrong == len(said):
                continue
            total += weight
            good += weight * (2 * wrong < len(said))
        return good / total

    def accord(self, section: str, sensitivity: float, specificity: float) -> float:
        """Return the share in accord: the judge's, its error taken out (Rogan and Gladen 1978)."""
        bad = total = 0.0
        for each, weight, _ in self._answers:
            verdict = self._verdicts[each["decision"]]
            if each["section"] == section and verdict != "failed":
                total += weight
                bad += weight * (verdict == "violated")
        return 1 - (bad / total + specificity - 1) / (sensitivity + specificity - 1)

    def blocks(self) -> tuple[int, int]:
        """Return blocks that most people let stand, and all that people could tell of."""
        good = total = 0
        for each, _, decision in self._answers:
            said = self._said.get(each["decision"], [])
            wrong = sum(opinion["decision_right"] is False for opinion in said)
            if decision["effect"] == "deny" and said and 2 * wrong != len(said):
                total += 1
                good += 2 * wrong < len(said)
        return good, total
