"""All forms of a history say the same, harmlessly."""

import io
import json

import jsonschema
import pytest
from rich.console import Console
from tests.evals.report.conftest import HOSTILE
from tests.evals.report.judged import grade
from tests.evals.report.test_page import Structure

from charter.evals.history.export import export_history, history_schema
from charter.evals.history.history import history
from charter.evals.history.page import history_page
from charter.evals.history.terminal import print_history

from .conftest import replies, write


def test_document_follows_its_schema(found):
    jsonschema.Draft202012Validator.check_schema(history_schema())
    document = export_history(found)
    jsonschema.Draft202012Validator(history_schema()).validate(document)
    json.dumps(document, allow_nan=False)
    runs = document["specs"][0]["models"][0]["runs"]
    assert runs[0]["since"] is None
    assert runs[1]["since"]["difference"] == pytest.approx(0.3)
    assert runs[1]["since"]["balanced_difference"] == pytest.approx(-0.3)


@pytest.mark.parametrize("width", [80, 120])
def test_terminal_keeps_to_its_width(found, width):
    stream = io.StringIO()
    print_history(found, Console(file=stream, width=width, soft_wrap=True))
    text = stream.getvalue()
    assert max(len(line) for line in text.splitlines()) <= width
    assert "80.0 % (58.4–91.9 %)" in text
    assert "same in both, and on no others" in " ".join(text.split())


def test_page_is_well_formed_and_loads_nothing(ledgers):
    write(ledgers[1], "x", replies(4, 6, title=HOSTILE), at="2026-11-09", model=HOSTILE)
    text = history_page(history(ledgers))
    found = Structure(text)
    assert (found.open, found.wrong, found.loads) == ([], [], [])
    assert "<script>alert" not in text
    assert "\u202e" not in text


def test_uncalibrated_is_said_in_every_form(ledgers):
    grade(ledgers[1], {"a0": "violated"}, run="r3", uncalibrated=True)
    found = history(ledgers)
    assert export_history(found)["uncalibrated"] is True
    text = history_page(found)
    assert "UNCALIBRATED" in text
    assert 'class="spot p-circle hollow"' in text
    stream = io.StringIO()
    print_history(found, Console(file=stream, width=120))
    assert stream.getvalue().startswith("UNCALIBRATED")


@pytest.mark.browser
@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_browser_shows_it_quietly_at_any_width(opened, found, width, scheme):
    tab = opened(found, viewport={"width": width, "height": 800}, color_scheme=scheme)
    assert tab.evaluate("document.documentElement.scrollWidth") <= width
    assert (tab.troubles, tab.foreign) == ([], [])
