"""Comments of the public site that a person accepted: the place of their ledger.

The stance of a comment is a vote on the clause it is about: agree, disagree, and `unclear` as a
pass. Nobody has an account there, so every comment is a voice of its own: somebody who commented
twice counts twice, and a finding says so. Words are read with `--master-key`; they were accepted.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from charter.errors import LedgerError, LedgerUnavailable
from charter.evolve.importer import Imported, Wanted, check_wanted
from charter.evolve.intake.gathering import Gathering, clean
from charter.evolve.intake.labels import read_labels
from charter.evolve.intake.place import finding
from charter.evolve.voices import AGREE, DISAGREE, PASS, PERSONAL, Asked
from charter.ledger.ledger import Ledger
from charter.ledger.open import open_ledger
from charter.records import comment as kinds
from charter.records.comment import CommentModerated, CommentReceived

_VOTES = {kinds.AGREE: AGREE, kinds.DISAGREE: DISAGREE, kinds.UNCLEAR: PASS}
GROUP = "group"
"""The trait that holds the group which somebody who comments may name."""


def read(wanted: Wanted) -> Imported:
    """Return the accepted comments of a ledger. Raises LedgerUnavailable, LedgerTampered."""
    check_wanted(wanted, reads=frozenset({"labels", "master_key"}))
    with open_ledger(wanted.path, create=False) as ledger:
        return _gathered(ledger, wanted)


def _gathered(ledger: Ledger, wanted: Wanted) -> Imported:
    verdicts = {each.run: each.verdict for each in ledger.read(CommentModerated)}
    received = list(ledger.read(CommentReceived))
    accepted = [each for each in received if verdicts.get(each.run) == kinds.ACCEPTED]
    where = ledger.where
    found = Gathering(
        wanted.source or "Comments of the public site", wanted.channel, wanted.clauses
    )
    strange = 0
    for each in accepted:
        found.person(each.run, traits={GROUP: each.group} if each.group else {})
        found.ask(Asked(each.clause, "statement", each.clause, clauses=(each.clause,)))
        if each.stance in _VOTES:
            found.once("votes", (each.run, each.clause), _VOTES[each.stance])
        else:
            strange += 1
    if accepted:
        what = "a comment names nobody: somebody who commented twice counts twice"
        found.findings.append(finding("no-accounts", where, what))
    specs = {each.spec for each in accepted}
    if len(specs) > 1:
        what = f"the comments are about {len(specs):,} versions of the spec: words may differ"
        found.findings.append(finding("several-specs", where, what))
    if strange:
        what = f"{strange:,} comments have a stance that is none of {', '.join(_VOTES)}: left out"
        found.findings.append(finding("unreadable", where, what))
    key = wanted.master_key
    gone = 0 if key is None else _read_words(found, ledger, accepted, key)
    if wanted.labels is not None:
        found.published, findings = read_labels(wanted.labels, found.people)
        found.findings += findings
    facts: dict[str, Any] = {
        "received": len(received),
        "accepted": len(accepted),
        "rejected": sum(each == kinds.REJECTED for each in verdicts.values()),
        "waiting": len(received) - len(verdicts),
        "specs": len(specs),
        "words_gone": gone,
    }
    return Imported(found.voices(), facts)


def _read_words(
    found: Gathering, ledger: Ledger, accepted: list[CommentReceived], key: Path
) -> int:
    """Note the words of comments; return how many are erased, expired or damaged."""
    from charter.ledger.master_key import MasterKey  # noqa: PLC0415 - an extra
    from charter.ledger.vault import Vault, commitment  # noqa: PLC0415 - an extra

    vault, gone = Vault(ledger.store, MasterKey.load(key)), 0
    for each in accepted:
        try:
            payload = vault.open(each.payload) or {}
        except LedgerUnavailable:
            raise
        except LedgerError:
            payload = {}  # damaged: the others can still be read
        text, salt = payload.get("text"), payload.get("salt")
        try:
            good = isinstance(text, str) and commitment(str(salt), text) == each.content
        except ValueError:
            good = False
        if good and text:
            found.once("reasons", (each.run, each.clause, PERSONAL), clean(str(text)))
        else:
            gone += 1
    if gone:
        what = f"the words of {gone:,} comments were erased, have expired or cannot be read"
        found.findings.append(finding("words-gone", ledger.where, what))
    return gone
