"""What a person decides on a comment of the public: once for each, and for good."""

from __future__ import annotations

from charter.console.actions import MOST_NOTE, NotDone
from charter.console.comments import VERDICTS, Opens, readable_words
from charter.errors import LedgerError, LedgerUnavailable
from charter.ledger.ledger import Ledger
from charter.records.comment import ACCEPTED, REJECTED, CommentModerated, CommentReceived


def settle(  # noqa: PLR0913 - who decides what, each by name
    ledger: Ledger,
    vault: Opens | None,
    found: CommentReceived,
    *,
    by: str,
    verdict: str,
    reason: str,
    at: str,
) -> CommentModerated:
    """Record a verdict. Raises NotDone for one that cannot be, or comes too late."""
    record = _verdict_on(vault, found, by=by, verdict=verdict, reason=reason, at=at)
    try:
        ledger.append(record)
    except LedgerUnavailable:
        raise
    except LedgerError as error:
        raise NotDone("somebody has moderated this comment already") from error
    return record


def _verdict_on(  # noqa: PLR0913 - who decides what, each by name
    vault: Opens | None, found: CommentReceived, *, by: str, verdict: str, reason: str, at: str
) -> CommentModerated:
    reason = reason.replace("\r\n", "\n").strip()
    if verdict not in VERDICTS:
        raise NotDone("say whether the comment is accepted or rejected", 422)
    if verdict == REJECTED and not reason:
        raise NotDone("say why it is rejected: the reason is part of the record", 422)
    if len(reason) > MOST_NOTE:
        raise NotDone(f"a reason has at most {MOST_NOTE} characters", 422)
    if verdict == ACCEPTED and readable_words(vault, found) is None:
        raise NotDone("its words are not there to be read, so it cannot be accepted")
    return CommentModerated(found.run, at, by, verdict, reason)
