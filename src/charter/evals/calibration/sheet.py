"""Replies of a run -> a sheet for people to label: CSV for a spreadsheet, or JSON Lines.

It shows what was asked, the answer and the clause, and nothing that a machine found: neither
verdict nor refusal nor expected outcome.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Sequence
from typing import Any

from charter.evals.calibration.draw import name_of
from charter.evals.case import Case
from charter.records.run import ReplyRecorded

COLUMNS = (
    "sample",
    "run",
    "scenario",
    "epoch",
    "section",
    "clause",
    "clause_text",
    "conversation",
    "answer",
    "label",
    "refusal",
    "note",
)
"""`label` (adhered or violated; GOOD, OK, BAD), `refusal` (none, partial, full) and `note` are
empty, to be filled in."""

LONGEST_CELL = 32_000
"""Characters from which on a spreadsheet may have cut a cell; Excel does at 32,767."""

BOM = "\ufeff"
"""Without it a spreadsheet takes UTF-8 for something else."""

# What a spreadsheet takes for a formula, full-width forms included; OWASP, "CSV Injection".
_FORMULA = re.compile("'*[=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def csv_sheet(cases: Sequence[Case], *, run: str, seed: int) -> str:
    """Return the sheet as CSV, with a byte-order mark and every cell in quotes."""
    stream = io.StringIO()
    writer = csv.writer(stream, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in _rows(cases, run, seed):
        text = {**row, "conversation": _conversation(row["conversation"])}
        writer.writerow([armoured(str(text[column])) for column in COLUMNS])
    return BOM + stream.getvalue()


def json_sheet(cases: Sequence[Case], *, run: str, seed: int) -> str:
    """Return the sheet as JSON Lines; the conversation is a list of messages."""
    lines = (json.dumps(row, ensure_ascii=True) for row in _rows(cases, run, seed))
    return "".join(f"{line}\n" for line in lines)


def armoured(cell: str) -> str:
    """Return a cell that no spreadsheet runs: an apostrophe goes before what may be a formula.

    Control characters that no cell may hold are shown as U+FFFD. `bared` takes the apostrophe off.
    """
    shown = _UNPRINTABLE.sub("\ufffd", cell)
    return f"'{shown}" if _FORMULA.match(shown) else shown


def bared(cell: str) -> str:
    """Undo `armoured`."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell


def _rows(cases: Sequence[Case], run: str, seed: int) -> list[dict[str, Any]]:
    sample = name_of(run, seed, ((case.scenario.scenario, case.epoch) for case in cases))
    return [_row(case, run, sample) for case in cases]


def _row(case: Case, run: str, sample: str) -> dict[str, Any]:
    scenario = case.scenario
    return {
        "sample": sample,
        "run": run,
        "scenario": scenario.scenario,
        "epoch": case.epoch,
        "section": scenario.section,
        "clause": scenario.clause or "",
        "clause_text": scenario.clause_text or "",
        "conversation": [
            {"role": said.role, "content": said.content, "tool": said.tool}
            for said in scenario.messages
        ],
        "answer": shown_answer(case.reply) if case.reply else "",  # only replies are drawn
        "label": "",
        "refusal": "",
        "note": "",
    }


def shown_answer(reply: ReplyRecorded) -> str:
    """Return a reply as a sheet shows it: its words, then its tool calls."""
    calls = [f"[calls {call.name}] {call.arguments}" for call in reply.calls]
    return "\n\n".join([*([reply.text] if reply.text else []), *calls])


def is_answer(shown: str, of: str) -> bool:
    """Whether a cell still shows an answer, whatever a spreadsheet makes of it.

    It may change line ends, quotation marks and control characters, cut a cell at `LONGEST_CELL`,
    and rewrite one that it takes for a number or date, so that answers without letters are let be.
    """
    said, whole = _letters(shown), _letters(of)
    if not any(character.isalpha() for character in whole):
        return True
    return said == whole or (len(shown) >= LONGEST_CELL and whole.startswith(said))


def _letters(text: str) -> str:
    return "".join(character for character in text if character.isalnum())


def _conversation(messages: Sequence[dict[str, Any]]) -> str:
    return "\n\n".join(
        f"[{said['role']}{' ' + said['tool'] if said['tool'] else ''}]\n{said['content']}"
        for said in messages
    )
