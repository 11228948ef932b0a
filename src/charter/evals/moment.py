"""When something began: a stamp for records, and an id that sorts by it."""

from __future__ import annotations

import secrets
from datetime import datetime


def stamp(moment: datetime) -> str:
    """Return a moment in UTC as records hold it."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def new_id(moment: datetime) -> str:
    """Return an id of a run, grading or calibration; no two are alike, even within a second."""
    return f"{moment:%Y%m%d-%H%M%S}-{secrets.token_hex(3)}"
