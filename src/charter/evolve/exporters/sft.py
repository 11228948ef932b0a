"""Write answers that the spec calls good or acceptable, each with its conversation.

Prompt and completion are lists of messages: the conversational prompt-completion form of TRL's
`SFTTrainer`. There is one record for each answer graded GOOD or OK; `grade` tells them apart.
"""

from __future__ import annotations

from collections.abc import Iterator

from charter.evolve.chat import chat
from charter.evolve.exporter import Record, record_of
from charter.evolve.material import Material
from charter.syntax.conversation import Grade

FORMAT = "charter-sft/1"
FIELDS = {
    "prompt": "messages before the answer",
    "completion": "the answer, a list of one message",
    "grade": "GOOD or OK, by the authors of the spec",
    "reason": "why they graded it so; empty where they do not say",
}
CHOSEN = (Grade.GOOD, Grade.OK)


def records(material: Material) -> Iterator[Record]:
    """Yield one record for each answer graded GOOD or OK."""
    for graded in material.graded:
        prompt = chat(graded.prompt)
        for answer in graded.answers:
            if answer.grade in CHOSEN:
                own = {
                    "prompt": prompt,
                    "completion": chat([answer.message]),
                    "grade": answer.grade.value,
                    "reason": answer.reason,
                }
                yield record_of(FORMAT, material, graded.origin, own)
