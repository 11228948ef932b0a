"""A report with the records it rests on, in a folder that verifies offline."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from secrets import token_hex

from charter.cli.governance_page import governance_page
from charter.cli.whole_file import write_whole
from charter.errors import LedgerUnavailable, StorageError
from charter.govern.reports.export import export
from charter.govern.reports.report import Report
from charter.ledger import auditor
from charter.ledger.extract import copy_records
from charter.ledger.ledger import Ledger
from charter.ledger.signing import LogKey, checkpoint
from charter.ledger.store import Head
from charter.ledger.tlog.checkpoint import parse_checkpoint
from charter.ledger.tlog.note import parse_note

_READ_ME = """\
What is in this folder

report.html, report.json  the report; the JSON has the query of each figure
ledger.sqlite             every record up to the report, without what anybody said
auditor.py                verifies the ledger: Python 3.11 or newer, nothing else

To verify the records, with the log's key from somebody you trust:

    python auditor.py ledger.sqlite --key VKEY

It has then found that the records make the tree whose root stands in the file, and that the log
signed it. That root is the "root" of report.json:

    sqlite3 ledger.sqlite "SELECT lower(hex(root)) FROM head"

To find a figure again:

    sqlite3 ledger.sqlite "QUERY"

Queries that begin with `charter` need Charter, and what they name.
"""


def signed_head(ledger: Ledger, key: LogKey) -> Head:
    """Sign a checkpoint, and return its head: a report of that size is under the signature.

    Others may append meanwhile: of a report of all there is, the newest records could be under
    none.
    """
    found = parse_checkpoint(parse_note(checkpoint(ledger, key)).text)
    return Head(found.size, found.root)


def write_bundle(ledger: Ledger, made: Report, folder: Path) -> None:
    """Write report, records and verifier, all or none of them.

    They are made in a folder of another name, which then becomes this one. Raises StorageError
    where the folder holds anything, or where they cannot be written.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise StorageError(f"{folder} is not empty", hint="name a new folder")
    # an empty folder may be one that cannot be replaced, such as a volume: there, within it
    beside = folder if folder.exists() else folder.parent
    part = beside / f".{folder.name}-{token_hex(4)}.part"
    try:
        part.mkdir(parents=True)
        try:
            _fill(part, ledger, made)
            _put(part, folder)
        except BaseException:
            shutil.rmtree(part, ignore_errors=True)
            raise
    except OSError as cause:
        raise _unwritable(folder, cause.strerror or str(cause)) from cause
    except (LedgerUnavailable, StorageError) as cause:
        if str(part) not in cause.message:  # of the ledger that is read
            raise
        raise _unwritable(folder, cause.message.rpartition(": ")[2]) from cause


def _unwritable(folder: Path, reason: str) -> StorageError:
    hint = "free some space, or name another folder"
    return StorageError(f"{folder} cannot be written: {reason}", hint=hint)


def _put(part: Path, folder: Path) -> None:
    if part.parent != folder:
        part.rename(folder)
        return
    for each in sorted(part.iterdir()):
        each.rename(folder / each.name)
    part.rmdir()


def _fill(folder: Path, ledger: Ledger, made: Report) -> None:
    head = Head(made.head.size, bytes.fromhex(made.head.root))
    copy_records(ledger, folder / "ledger.sqlite", head=head)
    shutil.copyfile(auditor.__file__, folder / "auditor.py")
    write_whole(folder / "report.json", json.dumps(export(made), indent=1, allow_nan=False) + "\n")
    write_whole(folder / "report.html", governance_page(made))
    write_whole(folder / "README.txt", _READ_ME)
