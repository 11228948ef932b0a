"""What is too large to be published is refused in one line."""

from __future__ import annotations

import pytest

from charter.errors import ConfigError
from charter.publish import bounds
from charter.publish.bounds import check_bounds
from charter.publish.edition import slug_of, unique

from .texts import an_edition, three


def test_what_people_write_is_published():
    check_bounds(three())


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("# A\n\n" + "*" * 2_000_000, "too long for a site"),
        ("# A\n\n" + "## B\n\n" * 5000, "5,001 sections: too many"),
        ("# A\n\n" * 301, "301 sections at its top level"),
        ("# " + "A" * 500_000 + "\n\n" + "## B\n\n" * 400, "too long"),
    ],
)
def test_what_nobody_reads_is_refused(text, what):
    with pytest.raises(ConfigError, match=what):
        check_bounds([an_edition(text)])


def test_titles_above_count_on_the_page_of_each_section():
    short = bounds.repeated([an_edition("# A\n\n## B\n")])
    assert bounds.repeated([an_edition("# A" + "A" * 100 + "\n\n## B\n")]) >= short + 200


def test_names_that_are_alike_are_told_apart_at_once():
    made = unique(["x", "x-2", "x", *["x"] * 100_000])
    assert len(set(made)) == len(made)
    assert made[:3] == ["x", "x-2", "x-3"]


def test_two_full_stops_stand_between_versions_only():
    assert slug_of("a..b") == "a-b"
    assert slug_of("..") == "part"
