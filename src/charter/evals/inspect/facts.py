"""What is written of a log as a whole: the run it becomes, and what is missing in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from charter.evals.inspect.choice import Found
from charter.evals.inspect.judged import SCORED_ALL_THE_SAME, UNKNOWN_END
from charter.evals.inspect.placing import InSpec, Own
from charter.evals.inspect.read_log import Header
from charter.ledger.ledger import canonical
from charter.records.log import LogAttached
from charter.records.run import BriefGiven, ModelId, RunStarted
from charter.source import digest_of
from charter.version import VERSION


def started(found: Found) -> RunStarted:
    """Return the fact that opens the run."""
    header, sampling = found.log.header, found.log.header.sampling
    spec = _spec(found)
    own = _own(header) if isinstance(found.placing, Own) else {}
    most, seed = sampling.get("max_tokens"), sampling.get("seed")
    return RunStarted(
        run=found.run,
        at=found.at,
        plan=found.plan,
        charter=VERSION,
        spec_name=spec[0],
        spec_title=spec[1],
        spec_version=spec[2],
        spec_digest=spec[3],
        suite_digest=str(own.get("suite_digest") or digest_of(canonical(found.survey.ids))),
        model=_model(header, own.get("model")),
        scenarios=tuple(found.survey.ids),
        repeat=found.survey.repeat,
        max_tokens=most if isinstance(most, int) and most > 0 else 0,
        temperature=str(sampling.get("temperature", "of the model's own"))[:40],
        seed=seed if isinstance(seed, int) and seed >= 0 else 0,
        brief=_brief(own.get("brief")),
    )


def _spec(found: Found) -> tuple[str, str, str | None, str]:
    """Return name, title, version and digest of what the run is about."""
    header, placing = found.log.header, found.placing
    if isinstance(placing, InSpec):
        spec = placing.spec
        return spec.name, spec.title, spec.version, spec.digest
    if isinstance(placing, Own):
        said = _own(header)
        version = said.get("spec_version")
        name = str(said.get("spec_name"))
        title = str(said.get("spec_title") or name)
        return name, title, str(version) if version else None, str(said.get("spec_digest"))
    digest = digest_of(canonical(["inspect", header.task, header.task_version, header.dataset]))
    total, here = header.samples, len(found.survey.members)
    partly = f" ({here} of {total} samples)" if total > here else ""
    return f"inspect:{header.task}", f"{header.task}{partly}", header.task_version, digest


def _own(header: Header) -> dict[str, Any]:
    return dict(header.charter or {})


def _model(header: Header, said: object) -> ModelId:
    """Return which model answered: as Charter called it, else as Inspect did."""
    if isinstance(said, dict) and isinstance(said.get("provider"), str):
        words = {key: said.get(key) for key in ("digest", "sampling")}
        more = {key: str(value) if value is not None else None for key, value in words.items()}
        return ModelId(said["provider"], str(said.get("name")), more["digest"], more["sampling"])
    versions = dict(header.packages)
    sampling = f"inspect_ai {versions['inspect_ai']}" if "inspect_ai" in versions else None
    return ModelId("inspect", header.model, None, sampling)


def _brief(said: object) -> BriefGiven | None:
    if not isinstance(said, dict):
        return None
    counts = [said.get(key) for key in ("tokens", "rules", "left_out")]
    tokens, rules, left_out = (count if isinstance(count, int) else 0 for count in counts)
    budget = said.get("budget")
    return BriefGiven(
        str(said.get("digest")),
        tokens,
        rules,
        left_out,
        budget if isinstance(budget, int) else None,
    )


def attached(found: Found, notes: tuple[str, ...]) -> LogAttached:
    """Return the fact that ties the run to the log."""
    header = found.log.header
    version = str(_own(header).get("version", "")) if header.charter else ""
    packages = (("charter", version), *header.packages) if version else header.packages
    return LogAttached(
        run=found.run,
        at=f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
        log=found.log.archive.path.name,
        digest=found.digest,
        task=header.task,
        status=header.status,
        taken=True,
        packages=packages,
        declared=header.samples,
        present=len(found.survey.members),
        notes=notes,
    )


def notes(found: Found, remarks: Counter[str]) -> Iterator[str]:
    """Say what is missing, and what could not be taken over as it is."""
    header, here = found.log.header, len(found.survey.members)
    if header.samples not in (0, here):
        said = _counted(header.samples, "sample")
        yield f"the log says it is about {said}; {here} {'is' if here == 1 else 'are'} in it"
    if not header.finished:
        yield "the log has no header: its task did not end, or was not written to its end"
    elif header.status != "success":
        why = f": {header.error[:300]}" if header.error else ""
        yield f"the log ended with status {header.status}{why}"
    if found.log.spread:
        spread = _counted(found.log.spread, "sample")
        yield f"not read, as spread over many members each: {spread}"
    for words, (count, noun) in _counts(found, remarks).items():
        if count:
            yield f"{_counted(count, noun)} {words}"


def _counts(found: Found, remarks: Counter[str]) -> dict[str, tuple[int, str]]:
    """Return what there is to say of samples, replies and values, with how many and which."""
    counts = found.survey.counts
    path = found.survey.paths.get(found.reading.path) if found.reading else None
    return {
        "more than once in the log, the last counts": (counts["duplicates"], "sample"),
        "answering another conversation than the first epoch's": (
            counts["asked otherwise"],
            "reply",
        ),
        "of several turns, the last text counts, with all calls": (
            counts["several turns"],
            "reply",
        ),
        "with content that is no text, for which a word in brackets stands": (
            counts["placeholders"],
            "sample",
        ),
        "with attachments that the log does not hold": (counts["lost"], "sample"),
        "with a score that was changed afterwards": (counts["edited"], "sample"),
        "cut off, filtered or halted, and scored all the same: undecided": (
            remarks[SCORED_ALL_THE_SAME],
            "reply",
        ),
        "without a word on why they ended: taken as whole": (remarks[UNKNOWN_END], "reply"),
        "N (no answer), which Inspect counts as 0: undecided": (
            path.no_answer if path is not None else 0,
            "value",
        ),
    }


def _counted(count: int, noun: str) -> str:
    plural = f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"
    return f"{count} {noun if count == 1 else plural}"
