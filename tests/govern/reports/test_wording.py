"""Figures in words."""

import pytest

from charter.govern.reports.wording import cell_text, number_text, several


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ("sha256:" + "ab" * 32, "abababababab…"),
        ("ab" * 32, "abababababab…"),
        ("ab" * 31, "ab" * 31),
        ("2026-01-31T23:59:59.999Z", "2026-01-31 23:59:59 UTC"),
        ("at 2026-01-31T23:59:59.999Z", "at 2026-01-31T23:59:59.999Z"),
        ("", ""),
    ],
)
def test_cells(cell, shown):
    assert cell_text(cell) == shown


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        (12345, "count", "12,345"),
        (0.974, "share", "97.4 %"),
        (0.0, "share", "0.0 %"),
        (1.0, "share", "100.0 %"),
        (3085 / 3086, "share", "99.97 %"),
        (1 / 3086, "share", "0.03 %"),
        (1e-9, "share", "under 0.0001 %"),
        (1 - 1e-9, "share", "over 99.9999 %"),
        (0.809, "coefficient", "0.81"),
        (43.2, "seconds", "43 s"),
        (2.5, "days", "2.5 d"),
    ],
)
def test_numbers(value, unit, shown):
    assert number_text(value, unit) == shown


def test_one_is_not_several():
    assert [several(count, "incident") for count in (0, 1, 1234)] == [
        "0 incidents",
        "1 incident",
        "1,234 incidents",
    ]
    assert several("1", "request or release", "requests or releases") == "1 request or release"
    assert several("2", "request or release", "requests or releases") == "2 requests or releases"
