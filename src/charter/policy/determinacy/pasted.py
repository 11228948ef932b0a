"""Instructions in text that may be somebody else's: possibly quoted, or marked as untrusted."""

from __future__ import annotations

from collections.abc import Iterator

from charter.policy.determinacy.row import Row, Speaker, speakers_of
from charter.policy.determinacy.turn import Turn
from charter.policy.labels.quoting import EXAMINED
from charter.policy.policy import Policy

_READS = ("possibly_quoted", "untrusted_name")
_SAID = {"instruct": "Answer in French.", "subject": "language", "value": "fr", "id": "pasted"}


def pasted(policy: Policy) -> Iterator[Row]:
    """Yield where an instruction may have been pasted from."""
    speakers = speakers_of(policy)
    for speaker in speakers:
        if speaker.role in EXAMINED:
            yield _row(f"possibly, by {speaker.level}", (_turn(speaker, "pasted"),))
    for speaker in speakers[:1]:
        for wrap in ("untrusted", "untrusted_text"):
            name, turn = f"in an {wrap} block", _turn(speaker, wrap)
            yield _row(name, (turn,))
            lift = {"delegate": {"to": ["untrusted*"]}, "id": "pasted-lift"}
            lifted = ("pasted delegated", f"by {speaker.level}")
            yield _row(name, (speaker.says(lift), turn), lifted)


def _turn(speaker: Speaker, wrap: str) -> Turn:
    return speaker.says(_SAID, wrap=wrap)


def _row(name: str, turns: tuple[Turn, ...], *more: tuple[str, str]) -> Row:
    features = (("an instruction is pasted", name), *more)
    return Row(features, turns, _READS)
