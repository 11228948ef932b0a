"""A known answer that was opened, held against what was committed to before anybody judged it."""

from __future__ import annotations

import hmac

from charter.ledger.vault import commitment
from charter.records.oversight import AnswerKnown, AnswerShown


def committed(item: str, label: str) -> str:
    """Return the text that is committed to: a label is that of one item and of no other."""
    return f"charter-seed/v1\n{item}\n{label}"


def answers(known: AnswerKnown, shown: AnswerShown) -> bool:
    """Whether an opened answer is the one that was committed to."""
    try:
        made = commitment(shown.salt, committed(shown.run, shown.label))
    except ValueError:  # a salt that is no hexadecimal
        return False
    return shown.run == known.run and hmac.compare_digest(made, known.commitment)
