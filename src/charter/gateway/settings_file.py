"""`gateway.toml` -> Settings. Every error is one line: the file, the key, what to write.

    [upstream]
    url = "https://api.openai.com/v1"
    key_env = "OPENAI_API_KEY"

    [upstream.messages]                 # a server of its own for one API
    url = "https://api.anthropic.com"
    key_env = "ANTHROPIC_API_KEY"

    [callers.web]
    keys = ["sha256:..."]               # charter key new
    application = "shop"
    principal = "team-shop"
    overlays = ["shop.md"]
    requests_per_minute = 600
    tokens_per_day = 2000000

    [checks.keys-in-answers]
    check = "secrets"
    section = "protect_privacy"
    effect = "redact"
    fail = "closed"

    [tools.transfer]
    reversible = "no"
    costly = true

Paths are relative to the folder of the file.
"""

from __future__ import annotations

import hashlib
import tomllib
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pydantic import ValidationError

from charter.errors import ConfigError
from charter.gateway.served import ApprovalTerms, Caller
from charter.gateway.settings import (
    CallerEntry,
    CheckEntry,
    ConsoleSettings,
    Endpoint,
    FeedbackSettings,
    GovernSettings,
    KeepSettings,
    LedgerSettings,
    OperationsSettings,
    RequestSettings,
    ServerSettings,
    Settings,
    SurveySettings,
    UpstreamSettings,
)
from charter.gateway.settings_tables import (
    NAMED,
    TABLES,
    CallerTable,
    CheckTable,
    FileTable,
    GovernTable,
    LedgerTable,
    UpstreamTable,
)
from charter.gateway.wire.asked import Api
from charter.ledger.tlog.note import parse_vkey
from charter.policy.decision import Effect, ToolFacts

MAX_BYTES = 1024 * 1024


def load_settings(file: Path) -> Settings:
    """Read a configuration. Raises ConfigError, naming the file and the key at fault."""
    content = _content(file)
    table = _table(file, content)
    try:
        checked = FileTable.model_validate(table)
    except ValidationError as cause:
        first = cause.errors(include_url=False, include_context=False, include_input=False)[0]
        said = f"{file}: {_key(first['loc'])}: {_spoken(first)}"
        raise ConfigError(said, hint=_hint(first)) from None
    _check_keys(file, checked)
    _check_public(file, checked)
    return _settings(file, hashlib.sha256(content).hexdigest(), checked)


def _content(file: Path) -> bytes:
    try:
        with file.open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except OSError as cause:
        hint = "check the path given to --settings"
        raise ConfigError(f"{file} cannot be read: {cause.strerror}", hint=hint) from cause
    if len(content) > MAX_BYTES:
        raise ConfigError(f"{file} is larger than {MAX_BYTES // 1024} kB", hint="is it the file?")
    return content


def _table(file: Path, content: bytes) -> dict[str, Any]:
    try:
        return tomllib.loads(content.decode("utf-8"))
    except UnicodeDecodeError as cause:
        raise ConfigError(f"{file} is not UTF-8", hint="save it as UTF-8") from cause
    except (tomllib.TOMLDecodeError, RecursionError) as cause:
        raise ConfigError(
            f"{file}: not TOML: {cause}", hint='a line reads: name = "value"'
        ) from None


def _check_public(file: Path, checked: FileTable) -> None:
    """Raise ConfigError where words of the public would have to be kept and nothing is."""
    if checked.feedback.enabled and checked.keep.payloads == "none":
        raise ConfigError(
            f'{file}: feedback.enabled: comments cannot be taken with keep.payloads = "none"',
            hint="what people write is sealed with the payloads: keep them, or leave feedback off",
        )
    if checked.survey.enabled and checked.keep.payloads == "none":
        raise ConfigError(
            f'{file}: survey.enabled: answers cannot be taken with keep.payloads = "none"',
            hint="what people say is sealed with the payloads: keep them, or leave surveys off",
        )


def _check_keys(file: Path, checked: FileTable) -> None:
    """Raise ConfigError where one key belongs to two callers."""
    owners: dict[str, str] = {}
    for name, caller in checked.callers.items():
        for digest in caller.keys:
            if digest in owners:
                where = f'callers."{name}".keys' if "." in name else f"callers.{name}.keys"
                said = f"{file}: {where}: a key of {owners[digest]} too: {digest[:19]}..."
                raise ConfigError(said, hint="make another with `charter key new`")
            owners[digest] = name


def _settings(file: Path, digest: str, read: FileTable) -> Settings:
    folder = file.parent
    console = read.console
    return Settings(
        path=str(file),
        digest=digest,
        server=ServerSettings(**read.server.model_dump()),
        upstream=_upstream(read.upstream),
        callers=tuple(_caller(name, one, folder) for name, one in read.callers.items()),
        checks=tuple(_check(name, one) for name, one in read.checks.items()),
        tools=MappingProxyType({n: ToolFacts(**t.model_dump()) for n, t in read.tools.items()}),
        approvals=ApprovalTerms(read.approvals.seconds, frozenset(read.approvals.four_eyes)),
        request=RequestSettings(**read.request.model_dump()),
        keep=KeepSettings(
            read.keep.payloads,
            read.keep.sample,
            read.keep.days,
            _beside(folder, read.keep.master_key),
        ),
        ledger=_ledger(read.ledger, folder),
        console=ConsoleSettings()
        if console is None
        else ConsoleSettings(
            _beside(folder, console.accounts),
            console.secure_cookie,
            console.session_minutes,
            console.idle_minutes,
        ),
        feedback=FeedbackSettings(
            **(read.feedback.model_dump() | {"groups": tuple(dict.fromkeys(read.feedback.groups))})
        ),
        survey=SurveySettings(**read.survey.model_dump()),
        operations=OperationsSettings(**read.operations.model_dump()),
        govern=_govern(file, read.govern),
    )


def _govern(file: Path, read: GovernTable) -> GovernSettings:
    """Raise ConfigError for thresholds without models or the other way, and for no key."""
    if (read.evidence or read.models) and read.thresholds is None:
        raise ConfigError(
            f"{file}: govern.thresholds is missing: there is nothing to hold evidence against",
            hint='name their file: thresholds = "thresholds.yaml"',
        )
    if read.thresholds is not None and not read.models:
        raise ConfigError(
            f"{file}: govern.models is missing: thresholds are about models",
            hint='name those that are served: models = ["gpt-5"]',
        )
    for key in read.keys:
        try:
            parse_vkey(key)
        except ValueError as cause:
            raise ConfigError(
                f"{file}: govern.keys: {cause}",
                hint="`charter export vkey` prints that of a ledger",
            ) from None
    folder = file.parent
    return GovernSettings(
        released_only=read.released_only,
        line=read.line,
        keys=tuple(dict.fromkeys(read.keys)),
        withdrawn=read.withdrawn,
        thresholds=_beside(folder, read.thresholds),
        evidence=tuple(folder / each for each in dict.fromkeys(read.evidence)),
        models=tuple(dict.fromkeys(read.models)),
        roles=_beside(folder, read.roles),
        objectives=_beside(folder, read.objectives),
        runs=_beside(folder, read.runs),
    )


def _upstream(read: UpstreamTable) -> UpstreamSettings:
    given = ((Api.CHAT, read.chat), (Api.RESPONSES, read.responses), (Api.MESSAGES, read.messages))
    own = {api: Endpoint(one.url, one.key_env) for api, one in given if one is not None}
    rest = read.model_dump(exclude={"url", "key_env", "chat", "responses", "messages"})
    return UpstreamSettings(Endpoint(read.url, read.key_env), MappingProxyType(own), **rest)


def _caller(name: str, read: CallerTable, folder: Path) -> CallerEntry:
    caller = Caller(
        id=name,
        application=read.application or name,
        level=read.level,
        principal=read.principal or name,
        overlays=tuple(str(folder / overlay) for overlay in read.overlays),
        requests_per_minute=read.requests_per_minute,
        tokens_per_day=read.tokens_per_day,
    )
    return CallerEntry(caller, tuple(read.keys))


def _check(name: str, read: CheckTable) -> CheckEntry:
    return CheckEntry(
        id=name,
        check=read.check,
        section=read.section,
        effect=None if read.effect is None else Effect(read.effect),
        stages=None if read.stages is None else frozenset(read.stages),
        channels=None if read.channels is None else frozenset(read.channels),
        closed=None if read.fail is None else read.fail == "closed",
        applications=frozenset(read.applications),
        settings=MappingProxyType(dict(read.model_extra or {})),
    )


def _ledger(read: LedgerTable, folder: Path) -> LedgerSettings:
    location = read.location
    if location and "://" not in location:
        location = str(folder / location)
    return LedgerSettings(
        location,
        read.location_env,
        _beside(folder, read.key),
        read.origin,
        read.waiting,
        read.checkpoint_seconds,
    )


def _beside(folder: Path, path: str | None) -> Path | None:
    return None if path is None else folder / path


def _key(location: tuple[int | str, ...]) -> str:
    parts = [part for part in location if part != "[key]"]
    return ".".join(f'"{part}"' if "." in str(part) else str(part) for part in parts)


def _spoken(error: Any) -> str:
    kind, message = error["type"], str(error["msg"])
    if kind == "extra_forbidden":
        return "unknown key"
    if kind == "missing":
        return "is missing"
    if kind == "string_pattern_mismatch":
        return "is not of the expected form"
    return message[:1].lower() + message[1:]


def _hint(error: Any) -> str:
    location = error["loc"]
    table = str(location[0])
    last = str(location[-1]) if error["type"] != "extra_forbidden" else ""
    inside = [str(part) for part in location]
    if "keys" in inside:
        return "`charter key new` prints what to write here: sha256: and 64 hexadecimal digits"
    if last == "url":
        return 'an address such as "https://api.example.com/v1", without user, query or fragment'
    if error["type"] == "extra_forbidden" and len(location) == 1:
        return f"known tables: {', '.join(TABLES)}"
    known = TABLES.get(table)
    if known is None:
        return "every key is in docs/reference/settings.md"
    depth = 3 if table in NAMED else 2
    if error["type"] == "extra_forbidden" and len(location) == depth:
        return f"known: {', '.join(known.model_fields)}"
    if last == "key_env" or last.endswith("_env"):
        return "the name of an environment variable, never the secret itself"
    return "every key is in docs/reference/settings.md"
