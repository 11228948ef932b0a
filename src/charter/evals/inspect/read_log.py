"""An `.eval` log -> its header, its samples one by one, and its reductions.

Names of members are not relied on: ids are put into them raw. Neither are the counts of the
header: a log may have been cut down, or may end before its task did.
Source: inspect_ai 0.3.285 `log/_log.py` and `log/_recorders/eval.py`, log version 2.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from charter.evals.inspect.archive import Archive
from charter.evals.inspect.content import Reader
from charter.records.run import CallMade, MessageSaid

START, HEADER = "_journal/start.json", "header.json"
REDUCTIONS, SUMMARIES = "reductions.json", "summaries.json"
VERSIONS = (1, 2)
MAX_ID = 500
"""Characters of a sample's id."""
MAX_EPOCH = 1000
_PIECE = re.compile(r"_epoch_\d+/(?!.*_epoch_\d+\.json\Z)", re.DOTALL)
"""Part of a sample that is spread over many members."""


class Header(NamedTuple):
    """What a log says of itself."""

    task: str
    task_version: str
    dataset: str
    model: str
    created: str
    status: str
    error: str | None
    finished: bool
    """Whether it has a header: without one its task never ended."""
    packages: tuple[tuple[str, str], ...]
    sampling: Mapping[str, Any]
    """Sampling settings; missing where the model's own were used."""
    samples: int
    """Samples that it is said to be about, epochs counted."""
    order: tuple[str, ...]
    """Ids of the samples as the task had them; empty where the log does not say."""
    charter: Mapping[str, Any] | None
    """What Charter's own task says of its suite."""


class LoggedScore(NamedTuple):
    """What a scorer said of a sample."""

    value: Any
    explanation: str
    reason: str | None
    metadata: Mapping[str, Any]
    edited: str | None
    """Who changed it afterwards, and why; None where nobody did."""


@dataclass(frozen=True, slots=True)
class LoggedSample:
    """One sample of one epoch."""

    id: str
    epoch: int
    """From 1."""
    member: str
    messages: tuple[MessageSaid, ...]
    """What the model was asked before it first spoke."""
    target: str
    metadata: Mapping[str, Any]
    text: str
    """The last thing the model said."""
    stop: str | None
    """Why that ended, in Inspect's word; None where the model said nothing."""
    calls: tuple[CallMade, ...]
    """All that it made, in order."""
    turns: int
    """How often the model spoke."""
    input_tokens: int
    output_tokens: int
    milliseconds: int
    attempts: int
    scores: Mapping[str, LoggedScore]
    error: str | None
    limit: str | None
    invalidated: str | None
    placeholders: int
    lost: int


class Reduction(NamedTuple):
    """What a log says of one sample over all its epochs."""

    scorer: str
    reducer: str
    sample: str
    value: Any


@dataclass(slots=True)
class Log:
    """An open log."""

    archive: Archive
    header: Header
    members: tuple[str, ...] = ()
    """Members that hold a sample each."""
    spread: int = 0
    """Samples spread over many members, which are not read."""

    def samples(self) -> Iterator[LoggedSample]:
        """Yield every sample. Raises ParseError naming the member that cannot be read."""
        for member in self.members:
            yield self.sample(member)

    def sample(self, member: str) -> LoggedSample:
        """Read one sample. Raises ParseError."""
        raw = self.archive.load(member)
        if not isinstance(raw, dict):
            raise self.archive.problem(f"member {member[:200]!r} is no sample")
        sample_id, epoch = raw.get("id"), raw.get("epoch")
        if isinstance(sample_id, bool) or not isinstance(sample_id, str | int):
            raise self.archive.problem(f"member {member[:200]!r} has no id")
        if isinstance(epoch, bool) or not isinstance(epoch, int) or not 1 <= epoch <= MAX_EPOCH:
            raise self.archive.problem(
                f"member {member[:200]!r} has no epoch from 1 to {MAX_EPOCH}"
            )
        if not 0 < len(str(sample_id)) <= MAX_ID:
            raise self.archive.problem(f"member {member[:200]!r} has an id of no usable length")
        return _sample(raw, str(sample_id), epoch, member, self.header.model)

    def reductions(self) -> list[Reduction]:
        """Return the figures of each sample over its epochs; none where the log has none."""
        if REDUCTIONS not in self.archive:
            return []
        found = []
        for group in _listed(self.archive.load(REDUCTIONS)):
            scorer, reducer = str(group.get("scorer")), str(group.get("reducer") or "mean")
            for entry in _listed(group.get("samples")):
                sample = str(entry.get("sample_id"))
                found.append(Reduction(scorer, reducer, sample, entry.get("value")))
        return found


def read_log(archive: Archive) -> Log:
    """Read the header of a log. Raises ParseError for what is no log of Inspect's."""
    finished = HEADER in archive
    if not finished and START not in archive:
        raise archive.problem("has neither a header nor a beginning")
    raw = archive.load(HEADER if finished else START)
    if not isinstance(raw, dict) or not isinstance(raw.get("eval"), dict):
        raise archive.problem("has a header that is none of a log")
    if raw.get("version") not in VERSIONS:
        raise archive.problem(f"is of log version {raw.get('version')!r}; known are {VERSIONS}")
    names = [n for n in archive.names if n.startswith("samples/") and n.endswith(".json")]
    members = tuple(name for name in names if not _PIECE.search(name))
    spread = sum(name.endswith("/sample.json") for name in names if _PIECE.search(name))
    return Log(archive, _header(raw, finished=finished), members, spread)


def _header(raw: Mapping[str, Any], *, finished: bool) -> Header:
    spec = raw["eval"]
    results, error = _mapping(raw.get("results")), _mapping(raw.get("error"))
    dataset, config = _mapping(spec.get("dataset")), _mapping(spec.get("config"))
    declared = _whole(dataset.get("samples")) * max(1, _whole(config.get("epochs")))
    ids = dataset.get("sample_ids")
    charter = _mapping(spec.get("metadata")).get("charter")
    plan = _mapping(_mapping(raw.get("plan")).get("config"))
    return Header(
        task=str(spec.get("task") or "task"),
        task_version=str(spec.get("task_version", 0)),
        dataset=str(dataset.get("name") or dataset.get("location") or ""),
        model=str(spec.get("model") or "unknown"),
        created=str(spec.get("created") or ""),
        status=str(raw.get("status", "started")) if finished else "started",
        error=str(error["message"]) if "message" in error else None,
        finished=finished,
        packages=tuple(sorted((str(k), str(v)) for k, v in _mapping(spec.get("packages")).items())),
        sampling={**_mapping(spec.get("model_generate_config")), **plan},
        samples=_whole(results.get("total_samples")) or declared,
        order=tuple(str(name) for name in ids) if isinstance(ids, list) else (),
        charter=charter if _is_charters(charter) else None,
    )


def _is_charters(said: object) -> bool:
    """Whether this is what Charter's own task writes of its suite."""
    needed = ("spec_name", "spec_digest", "suite_digest")
    return isinstance(said, dict) and all(isinstance(said.get(key), str) for key in needed)


def _sample(
    raw: Mapping[str, Any], sample_id: str, epoch: int, member: str, model: str
) -> LoggedSample:
    reader = Reader(_mapping(raw.get("attachments")))
    asked, said = _split(raw)
    output = _mapping(raw.get("output"))
    choice = next(iter(_listed(output.get("choices"))), {})
    last = _mapping(choice.get("message")) or (said[-1] if said else {})
    spoken = said or ([last] if last else [])
    messages = reader.messages(asked)
    usage = _usage(raw, output, model, turns=len(spoken))
    stop = choice.get("stop_reason")
    return LoggedSample(
        id=sample_id,
        epoch=epoch,
        member=member,
        messages=messages,
        target=_target(raw.get("target")),
        metadata=_mapping(raw.get("metadata")),
        text=reader.text(last.get("content")),
        stop=str(stop) if stop else None,
        calls=tuple(call for message in spoken for call in reader.calls(message)),
        turns=len(spoken),
        input_tokens=usage[0],
        output_tokens=usage[1],
        milliseconds=_milliseconds(raw, output, turns=len(spoken)),
        attempts=1 + len(_listed(raw.get("error_retries"))),
        scores={name: _score(given, reader) for name, given in _scores(raw).items()},
        error=_message(raw.get("error")),
        limit=_limit(raw.get("limit")),
        invalidated=_provenance(raw.get("invalidation")),
        placeholders=reader.placeholders,
        lost=reader.lost,
    )


def _split(raw: Mapping[str, Any]) -> tuple[object, list[Mapping[str, Any]]]:
    """Return what the model was asked before it first spoke, and its own messages.

    Solvers add messages to the input, such as a system prompt; examples of an assistant's words
    that are part of the input are counted off.
    """
    given = raw.get("input")
    messages = _listed(raw.get("messages"))
    shown = sum(m.get("role") == "assistant" for m in _listed(given))
    places = [at for at, m in enumerate(messages) if m.get("role") == "assistant"][shown:]
    said = [messages[at] for at in places]
    asked = messages[: places[0]] if places else messages
    return asked or given, said


def _scores(raw: Mapping[str, Any]) -> Mapping[str, Any]:
    found = dict(_mapping(raw.get("scores")))
    if "score" in raw and not found:  # logs of early versions have one, without a name
        found["score"] = raw["score"]
    return {name: given for name, given in found.items() if isinstance(given, dict)}


def _score(given: Mapping[str, Any], reader: Reader) -> LoggedScore:
    edits = [edit for edit in _listed(given.get("history")) if edit.get("provenance")]
    metadata = _mapping(given.get("metadata"))
    reason = given.get("reason") or metadata.get("unscored_reason")
    return LoggedScore(
        value=given.get("value"),
        explanation=reader.whole(str(given.get("explanation") or "")),
        reason=str(reason) if reason else None,
        metadata=metadata,
        edited=_provenance(edits[-1]["provenance"]) if edits else None,
    )


def _usage(
    raw: Mapping[str, Any], output: Mapping[str, Any], model: str, *, turns: int
) -> tuple[int, int]:
    """Return the tokens read and written; with several turns those of all of them."""
    used = _mapping(output.get("usage"))
    if turns > 1:
        used = _mapping(_mapping(raw.get("model_usage")).get(model)) or used
    kinds = ("input_tokens", "input_tokens_cache_read", "input_tokens_cache_write")
    return sum(_whole(used.get(kind)) for kind in kinds), _whole(used.get("output_tokens"))


def _milliseconds(raw: Mapping[str, Any], output: Mapping[str, Any], *, turns: int) -> int:
    seconds = output.get("time") if turns == 1 else raw.get("working_time")
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        return 0
    return round(seconds * 1000) if 0 <= seconds < 10**9 else 0


def _target(given: object) -> str:
    if isinstance(given, list):
        return "\n".join(str(part) for part in given)
    return given if isinstance(given, str) else ""


def _message(given: object) -> str | None:
    if given is None:
        return None
    found = given.get("message") if isinstance(given, dict) else given
    return " ".join(str(found or "an error without a message").split())[:1000]


def _limit(given: object) -> str | None:
    return str(_mapping(given).get("type") or "a limit")[:100] if given is not None else None


def _provenance(given: object) -> str | None:
    if given is None:
        return None
    said = _mapping(given)
    parts = (str(said[key]) for key in ("author", "reason") if said.get(key))
    return " ".join(": ".join(parts).split())[:300] or "somebody"


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _listed(value: object) -> list[Mapping[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _whole(value: object) -> int:
    """Return a count that is one; 0 for anything else."""
    usable = isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**53
    return value if usable and isinstance(value, int) else 0
