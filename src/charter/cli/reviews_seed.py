"""A file of answers with their right judgement -> items to plant."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from charter.console.content import conversation_of, kept_of
from charter.errors import ConfigError
from charter.govern.oversight.seeds import Seed

MOST_FILE = 16 * 1024 * 1024
MOST_SEEDS = 1000
MOST_TEXT = 256 * 1024

_Text = Annotated[str, Field(max_length=MOST_TEXT)]


class _Message(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    role: Literal["system", "developer", "user", "assistant", "tool"]
    content: _Text
    tool: Annotated[str, Field(max_length=200)] = ""


class _Called(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    name: Annotated[str, Field(min_length=1, max_length=200)]
    arguments: _Text = "{}"


class _Row(BaseModel):
    """A line; of what `charter export reviews` writes, the rest is left aside."""

    model_config = ConfigDict(extra="ignore", strict=True)

    conversation: Annotated[list[_Message], Field(min_length=1, max_length=200)]
    answer: _Text = ""
    calls: Annotated[list[_Called], Field(max_length=100)] = []
    label: Literal["adhered", "violated"]
    section: Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[\w./:-]+$")]
    policy: Annotated[str, Field(max_length=100)] = ""


def seed_lines(file: Path, application: str) -> tuple[Seed, ...]:
    """Read answers whose right judgement is known, one JSON object a line.

    Raises ConfigError that names the line; nothing is taken of a file with one that is wrong.
    """
    try:
        with file.open("rb") as stream:
            data = stream.read(MOST_FILE + 1)
    except OSError as cause:
        raise ConfigError(f"{file}: {cause.strerror or cause}") from None
    if len(data) > MOST_FILE:
        raise ConfigError(f"{file}: more than {MOST_FILE:,} bytes", hint="plant a part of it")
    lines = [(n, line) for n, line in enumerate(data.splitlines(), 1) if line.strip()]
    if not 0 < len(lines) <= MOST_SEEDS:
        raise ConfigError(f"{file}: {len(lines)} lines", hint=f"from 1 to {MOST_SEEDS}")
    found: dict[str, Seed] = {}
    for number, line in lines:
        row = _row(f"{file}:{number}", line)
        seed = _seed(f"{file}:{number}", row, application)
        key = json.dumps([dict(seed.content), seed.section], sort_keys=True)
        if key in found:
            raise ConfigError(
                f"{file}:{number}: this answer stands there twice", hint="a reviewer would see it"
            )
        found[key] = seed
    return tuple(found.values())


def _row(where: str, line: bytes) -> _Row:
    try:
        return _Row.model_validate(json.loads(line.decode("utf-8-sig")))
    except ValidationError as cause:
        error = cause.errors(include_input=False, include_url=False)[0]
        at = ".".join(map(str, error["loc"]))[:100]
        raise ConfigError(
            f"{where}: {at}: {error['msg']}",
            hint="a line has conversation, answer, label (adhered or violated) and section",
        ) from None
    except (ValueError, RecursionError):
        raise ConfigError(f"{where}: is no JSON in UTF-8") from None


def _seed(where: str, row: _Row, application: str) -> Seed:
    if not row.answer.strip() and not row.calls:
        raise ConfigError(f"{where}: there is no answer to judge")
    content = {
        "api": "openai-chat",
        "body": {"messages": [_message(each) for each in row.conversation]},
        "texts": [{"kind": "text", "text": row.answer}] if row.answer else [],
        "calls": [{"tool": each.name, "arguments": each.arguments} for each in row.calls],
    }
    if not conversation_of(kept_of(content), None).conversation.messages:
        raise ConfigError(f"{where}: what was asked cannot be read as a conversation")
    return Seed(content, row.label, row.section, application, row.policy)


def _message(each: _Message) -> Mapping[str, Any]:
    named = {"name": each.tool, "tool_call_id": each.tool} if each.role == "tool" else {}
    return {"role": each.role, "content": each.content, **named}
