"""Write pairs of answers to one conversation: one to prefer, one to avoid.

Prompt, chosen and rejected are lists of messages: the conversational preference form of TRL's
`DPOTrainer` with an explicit prompt. Every answer graded GOOD or OK is paired with every one
graded BAD in the same comparison. GOOD and OK are not paired: both are acceptable.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from charter.evolve.chat import chat
from charter.evolve.exporter import Record, record_of
from charter.evolve.material import Material
from charter.syntax.conversation import Grade

FORMAT = "charter-dpo/1"
FIELDS = {
    "prompt": "messages before the answer",
    "chosen": "the answer to prefer, a list of one message",
    "rejected": "the answer to avoid, a list of one message",
    "chosen_grade": "GOOD or OK, by the authors of the spec",
    "chosen_reason": "why they graded it so; empty where they do not say",
    "rejected_reason": "why they call the other one bad; empty where they do not say",
}


def records(material: Material) -> Iterator[Record]:
    """Yield one record for each pair."""
    for graded in material.graded:
        prompt = chat(graded.prompt)
        better = [answer for answer in graded.answers if answer.grade in (Grade.GOOD, Grade.OK)]
        worse = [answer for answer in graded.answers if answer.grade is Grade.BAD]
        for chosen, rejected in product(better, worse):
            own = {
                "prompt": prompt,
                "chosen": chat([chosen.message]),
                "rejected": chat([rejected.message]),
                "chosen_grade": chosen.grade.value,
                "chosen_reason": chosen.reason,
                "rejected_reason": rejected.reason,
            }
            yield record_of(FORMAT, material, graded.origin, own)
