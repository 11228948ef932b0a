"""A form of a survey as it comes in: bounded, of our own site, each field with all its values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import parse_qsl

from starlette.requests import Request

from charter.console.guard import read_body
from charter.console.survey_refusal import TurnedAway
from charter.console.whence import is_foreign

MOST_FORM = 96 * 1024
"""Bytes: 4,000 characters of a reason take 48,000 at the most as a form has them."""
MOST_FIELDS = 200
MOST_NAME = 200

Fields = Mapping[str, Sequence[str]]


async def read_fields(request: Request) -> Fields:
    """Return the fields of a form. Raises TurnedAway for one that is none of ours."""
    if is_foreign(request):
        raise TurnedAway(403, "foreign")
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        raise TurnedAway(415, "request")
    try:
        body = await read_body(request, MOST_FORM)
    except TimeoutError:
        raise TurnedAway(408, "slow") from None
    if body is None:
        raise TurnedAway(413, "large")
    try:
        pairs = parse_qsl(
            body.decode("utf-8"),
            keep_blank_values=True,
            errors="strict",  # what is none of the signs somebody wrote is not kept as theirs
            max_num_fields=MOST_FIELDS,
        )
    except ValueError:
        raise TurnedAway(400, "request") from None
    fields: dict[str, list[str]] = {}
    for name, value in pairs:
        fields.setdefault(name[:MOST_NAME], []).append(value)
    return fields


def first(fields: Fields, name: str, most: int = 300) -> str:
    """Return the first value of a field, cut; empty where there is none."""
    found = fields.get(name, ())
    return found[0][:most] if found else ""
