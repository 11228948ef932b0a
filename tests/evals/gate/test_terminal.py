"""Tables for 80 columns and more; hostile text stays text."""

import pytest
from rich.console import Console

from charter.evals.gate.target import Kind, Limit, Target
from charter.evals.gate.terminal import print_gate

from .conftest import HOSTILE, Said, many

ROOT = Limit(Target(Kind.AUTHORITY, "root"), 0.05)


def printed(result, width):
    screen = Console(width=width, color_system=None, markup=False, highlight=False)
    with screen.capture() as captured:
        print_gate(result, screen)
    return captured.get()


@pytest.mark.parametrize("width", [80, 110, 200])
def test_lines_fit(gate, width):
    base = many(0, 120) + many(200, 30, section="style", title="Write well " * 8)
    candidate = many(0, 90) + many(90, 30, "violated") + many(200, 30, "error", section="style")
    result = gate(base, candidate, limits=(ROOT,), given={"finished": False})
    text = printed(result, width)
    assert text.startswith("Fail: ")
    assert max(map(len, text.splitlines())) <= width
    for words in ("Points", "Violations", "unfinished", "30 error"):
        assert words in " ".join(text.split())


def test_hostile_text_is_shown(gate):
    said = [Said(f"s{i}", section=HOSTILE, title=HOSTILE) for i in range(5)]
    text = printed(gate(said, said, targets=(Target(Kind.SECTION, HOSTILE),)), 100)
    assert "\x1b" not in text
    assert "\u202e" not in text
