"""What strangers are told of an outage: why, and not where."""

from pathlib import Path

import pytest

from charter.gateway.outage import outage, outward

PG = 'connection to server at "10.0.0.7", port 5432 failed: FATAL: no user "ada"'


@pytest.mark.parametrize(
    ("reason", "where", "said"),
    [
        ("", "", ""),
        (
            "ledger /srv/a b/l.sqlite: database or disk is full (free it)",
            "/srv/a b/l.sqlite",
            "full",
        ),
        ("ledger /srv/full/l.sqlite: database is locked (wait)", "/srv/full/l.sqlite", "locked"),
        ("ledger l.sqlite: /srv/full/l.sqlite-wal: disk I/O error", "l.sqlite", "disk fails"),
        ("ledger kept/l.sqlite: the file was moved, deleted or replaced", "kept", "moved"),
        ("ledger kept/l.sqlite: disk I/O error", "kept/l.sqlite", "disk fails"),
        (f"ledger postgresql://10.0.0.7/full: {PG}", "postgresql://10.0.0.7/full", "reached"),
        ("a commit has been under way for 31 s", "", "a commit has been under way for 31 s"),
        ("/srv/a: OddError: [Errno 99] '/srv/b'", "", "log says why"),
    ],
)
def test_an_outage_is_said_in_words_of_a_fixed_list(reason, where, said):
    told = outage(reason, where)
    assert said in told
    for hidden in ("/", "kept", "10.0", "ada", "srv"):
        assert hidden not in told


def test_files_are_named_without_their_folders(tmp_path):
    spec = tmp_path / "a folder" / "spec.md"
    said = f"{spec}:3: no level 'x' at https://h.example/x or /etc/charter/other.md (see docs)"
    told = outward(said, [spec])
    assert told == "spec.md:3: no level 'x' at x or other.md (see docs)"
    assert outward("kept/over.md:3: 1/2 and and/or", [Path("kept/over.md")]) == (
        "over.md:3: 1/2 and and/or"
    )
