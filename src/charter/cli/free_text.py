"""An option whose text goes into a record for good."""

from __future__ import annotations

from typing import Any

import click

from charter.govern.free_text import unkept


class FreeText(click.ParamType[str]):
    """Text without control characters, but for line ends and tabs."""

    name = "text"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the text as it was given; fail where no record keeps one of its characters."""
        text = str(value)
        if found := unkept(text):
            self.fail(f"{found} is a control character: leave it out of the record", param, ctx)
        return text


FREE_TEXT = FreeText()
