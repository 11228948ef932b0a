"""The text of a scenario file -> the text with drafts added; every other character stays."""

from __future__ import annotations

from collections.abc import Sequence

from charter.errors import SpecError
from charter.evals.drafts.canary import KEY
from charter.evals.drafts.markdown import READER, front_matter
from charter.source import Source
from charter.spec.build import build_scenarios
from charter.syntax.reader import parse


def file_name(section: str) -> str:
    """Return the name of a section's file of drafts."""
    return f"drafts_{section}.md"


def with_drafts(
    old: str | None, drafts: Sequence[str], *, section: str, canary: str, path: str
) -> str:
    """Return the text of a file with drafts at its end; `old` is None where there is no file.

    A file without a canary gets one in its front matter. Raises SpecError for a file whose
    front matter names another section, or has none.
    """
    if old is None:
        return "\n".join((front_matter(section, canary), *drafts))
    group = build_scenarios(parse(Source(path, old), reader=READER), section)
    if group.metadata.get("section") != section:
        raise SpecError(
            f"{path} is no file of drafts for {section}: its front matter does not say so",
            hint=f"begin it with `section: {section}` between two lines of ---, or move it away",
        )
    text = old if group.metadata.get(KEY) else _with_canary(old, canary)
    gap = "" if text.endswith("\n\n") else "\n" if text.endswith("\n") else "\n\n"
    return text + gap + "\n".join(drafts)


def _with_canary(text: str, canary: str) -> str:
    """Return the text with a canary as the last line of its front matter."""
    end = _line_end(text)
    line = next(each for each in front_matter("", canary).splitlines() if each.startswith(KEY))
    first, separator, rest = text.partition("\n")
    closing = rest.index("---") if rest.startswith("---") else rest.index("\n---") + 1
    return f"{first}{separator}{rest[:closing]}{line}{end}{rest[closing:]}"


def _line_end(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"
