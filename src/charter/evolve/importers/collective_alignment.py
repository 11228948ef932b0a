"""Rankings of candidate answers in the format of collective alignment: JSON Lines, by annotator.

Reads comparisons.jsonl, or a folder with it; annotators.jsonl (what people said of themselves) and
conversation_rubrics.jsonl or rubrics.jsonl (rules with scores) beside it, joined by annotator id.
Rankings are texts such as `A>B=C>D`. Importance, representativeness and subjectivity become
ratings: numbers as they are, words by a file of `--map`, such as `importance: {Very: 3}`.
Somebody who assessed one prompt twice in different ways counts with neither: no time is given.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from charter.evolve.importer import Imported, Wanted, check_wanted
from charter.evolve.intake.aligned_files import Assessment, Comparison, Files, Rubric, read_files
from charter.evolve.intake.gathering import Gathering, clean, is_id
from charter.evolve.intake.labels import read_labels
from charter.evolve.intake.place import finding, some
from charter.evolve.intake.ranking_text import parse_answers, parse_ranking
from charter.evolve.intake.scales import SCALES, read_scales
from charter.evolve.voices import PERSONAL, WORLD, Asked

MOST_SCORE = 1000
_UNACCEPTABLE = "unacceptable"


class _Reader:
    """Takes comparison by comparison; what cannot be used is counted by kind."""

    def __init__(self, found: Gathering, scales: Mapping[str, Mapping[str, int]]) -> None:
        self.found, self.scales = found, scales
        self.unused: dict[str, list[str]] = {}
        self.counts: Counter[str] = Counter()

    def comparison(self, each: Comparison) -> None:
        """Take one prompt with all that was said of it."""
        answers = {
            one.response_index: clean("\n".join(m.content for m in one.messages))
            for one in sorted(each.responses, key=lambda one: one.response_index)
        }
        words = clean("\n".join(f"{m.role}: {m.content}" for m in each.prompt.messages))
        asked = Asked(
            each.prompt_id,
            "comparison",
            words[:300],
            answers=tuple(answers),
            prompt=words,
            candidates=answers,
        )
        self.found.ask(asked)
        for one in each.metadata.assessments:
            self.counts["assessments"] += 1
            self._assessment(each.prompt_id, frozenset(answers), one)

    def _assessment(self, item: str, answers: frozenset[str], one: Assessment) -> None:
        who, blocks = one.annotator_id, one.ranking_blocks
        self.found.person(who)
        for scale in SCALES:
            self._scale(who, item, scale, getattr(one, scale))
        if blocks is None:
            return
        for scope, every in ((PERSONAL, blocks.personal), (WORLD, blocks.world)):
            for block in every or ():
                self._order(who, item, scope, block.ranking, answers)
                self._reason(who, item, scope, block.rationale)
        for barred in blocks.unacceptable or ():
            try:
                named = parse_answers(barred.rating, answers)
            except ValueError as cause:
                self._unused("lists of unacceptable answers that cannot be read", who, item, cause)
            else:
                self.found.once("barred", (who, item), named)
            self._reason(who, item, _UNACCEPTABLE, barred.rationale)

    def _order(
        self, who: str, item: str, scope: str, ranking: str, answers: frozenset[str]
    ) -> None:
        if not ranking.strip():
            return
        try:
            groups = parse_ranking(ranking, answers)
        except ValueError as cause:
            self._unused("rankings that cannot be read", who, item, cause)
            return
        self.found.once("orders", (who, item, scope), groups)

    def _reason(self, who: str, item: str, scope: str, text: str | None) -> None:
        if text and text.strip():
            self.found.once("reasons", (who, item, scope), clean(text.strip()))

    def _scale(self, who: str, item: str, scale: str, said: str | float | None) -> None:
        if said is None or (isinstance(said, str) and not said.strip()):
            return
        if isinstance(said, str):
            value = self.scales.get(scale, {}).get(said.strip())
            if value is None:
                self._unused(f"words of {scale} that no --map gives a number", who, item)
                return
        elif said != round(said):
            self._unused(f"values of {scale} that are no whole number", who, item)
            return
        else:
            value = round(said)
        if abs(value) > MOST_SCORE:
            self._unused(f"values of {scale} beyond {MOST_SCORE:,}", who, item)
            return
        key = f"{item}/{scale}"
        self.found.ask(Asked(key, "rubric", f"{scale} of {item}"), as_of=item)
        self.found.once("ratings", (who, key), value)

    def rubric(self, each: Rubric) -> None:
        """Take the rules for one prompt, with their scores."""
        for rule in (*each.coval_full, *each.coval_core):
            text = clean(rule.criterion.strip())
            key = f"{each.prompt_id}/{hashlib.sha256(text.encode()).hexdigest()[:12]}"
            self.found.ask(Asked(key, "rubric", text), as_of=each.prompt_id)
            for one in rule.scores:
                if one.score is None:
                    continue
                if not is_id(one.annotator_id) or one.score != round(one.score):
                    what = "scores without an id, or that are no whole number"
                    self._unused(what, clean(one.annotator_id.strip()) or "nobody", key)
                elif abs(one.score) > MOST_SCORE:
                    self._unused(f"scores beyond {MOST_SCORE}", one.annotator_id, key)
                else:
                    self.found.once("ratings", (one.annotator_id, key), int(one.score))

    def _unused(self, what: str, who: str, item: str, cause: object = "") -> None:
        why = f" ({str(cause)[:80]})" if cause else ""
        self.unused.setdefault(what, []).append(f"{who} on {item}{why}")


def read(wanted: Wanted) -> Imported:
    """Return what people said of candidate answers. Raises ConfigError."""
    check_wanted(wanted, reads=frozenset({"mapping", "labels"}))
    files = read_files(Path(wanted.path))
    scales = read_scales(wanted.mapping) if wanted.mapping else {}
    found = Gathering(
        wanted.source or "Comparisons in the format of collective alignment",
        wanted.channel,
        wanted.clauses,
    )
    for who, traits in files.traits.items():
        found.person(who, traits=traits)
    reader = _Reader(found, scales)
    for each in files.comparisons:
        reader.comparison(each)
    assessed = {one.annotator_id for e in files.comparisons for one in e.metadata.assessments}
    for rubric in files.rubrics:
        reader.rubric(rubric)
    left_out = found.settle(files.where)
    _say(found, reader, files, assessed)
    if wanted.labels is not None:
        found.published, findings = read_labels(wanted.labels, {*found.people, *assessed})
        found.findings += findings
    voices = found.voices()
    return Imported(voices, _facts(found, reader, files, left_out))


def _say(found: Gathering, reader: _Reader, files: Files, assessed: set[str]) -> None:
    for what, keys in sorted(reader.unused.items()):
        text = f"{len(keys):,} {what}: left out"
        found.findings.append(finding("unreadable", files.where, text, about=keys))
    strange = sorted({who for who, _ in found.ratings} - assessed)
    if strange:
        text = f"{len(strange):,} people scored rules and assessed no comparison"
        found.findings.append(
            finding("scores-only", files.where, text, about=strange, severe=False)
        )
    unknown = sorted({each.prompt_id for each in files.rubrics} - set(found.asked))
    if unknown:
        text = f"{len(unknown):,} rubrics are of no comparison that is there: {some(unknown)}"
        found.findings.append(finding("unknown-prompt", files.where, text))


def _facts(found: Gathering, reader: _Reader, files: Files, left_out: int) -> dict[str, object]:
    return {
        "comparisons": len({each.prompt_id for each in files.comparisons}),
        "assessments": reader.counts["assessments"],
        "annotators": len(found.people),
        "rankings": len(found.orders),
        "ratings": len(found.ratings),
        "unacceptable": len(found.barred),
        "reasons": len(found.reasons),
        "left_out_said_twice": left_out,
        "unreadable": {what: len(keys) for what, keys in sorted(reader.unused.items())},
    }
