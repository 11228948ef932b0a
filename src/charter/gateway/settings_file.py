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
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

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
    UpstreamSettings,
)
from charter.gateway.wire.asked import Api
from charter.ledger.tlog.note import parse_vkey
from charter.policy.decision import Effect, ToolFacts

MAX_BYTES = 1024 * 1024
STAGES = ("offer", "request", "output", "tool_call", "tool_result")
CHANNELS = (
    "text",
    "refusal",
    "reasoning",
    "arguments",
    "description",
    "transcript",
    "logprobs",
    "annotations",
)

_Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$")]
_Digest = Annotated[str, StringConstraints(pattern=r"^sha256:[0-9a-f]{64}$")]
_Variable = Annotated[str, StringConstraints(pattern=r"^([A-Za-z_][A-Za-z0-9_]{0,99})?$")]
_Url = Annotated[str, StringConstraints(pattern=r"^(https?://[^\s?#@]{1,500})?$")]
_Line = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f]{1,60}$")]
_Model = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x20\x7f]{1,200}$")]
_Verifier = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f]{1,400}$")]
_Seconds = Annotated[float, Field(gt=0, le=86_400, allow_inf_nan=False)]
_Count = Annotated[int, Field(ge=1, le=1_000_000)]
_Bytes = Annotated[int, Field(ge=1024, le=2**31)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class _Server(_Strict):
    host: str = Field(default="127.0.0.1", min_length=1, max_length=255)
    port: int = Field(default=8600, ge=0, le=65535)
    replica: str = Field(default="", pattern=r"^[A-Za-z0-9_.-]{0,100}$")
    connections: _Count = 4096
    header_seconds: _Seconds = 10.0
    body_seconds: _Seconds = 30.0
    write_seconds: _Seconds = 60.0
    idle_seconds: _Seconds = 30.0
    shutdown_seconds: _Seconds = 30.0
    header_bytes: _Bytes = 64 * 1024
    body_bytes: _Bytes = 32 * 1024 * 1024
    depth: int = Field(default=100, ge=4, le=500)
    values: int = Field(default=1_000_000, ge=100, le=100_000_000)


class _Endpoint(_Strict):
    url: _Url
    key_env: _Variable = ""


class _Upstream(_Strict):
    url: _Url = ""
    key_env: _Variable = ""
    chat: _Endpoint | None = None
    responses: _Endpoint | None = None
    messages: _Endpoint | None = None
    connections: _Count = 1024
    connect_seconds: _Seconds = 5.0
    silence_seconds: _Seconds = 120.0
    total_seconds: _Seconds = 900.0
    answer_bytes: _Bytes = 32 * 1024 * 1024
    stream_bytes: _Bytes = 256 * 1024 * 1024
    idle_seconds: _Seconds = 15.0


class _Caller(_Strict):
    keys: list[_Digest] = Field(min_length=1, max_length=20)
    application: _Name | None = None
    level: _Name = "developer"
    principal: _Name | None = None
    overlays: list[str] = Field(default=[], max_length=20)
    requests_per_minute: _Count | None = None
    tokens_per_day: Annotated[int, Field(ge=1, le=10**12)] | None = None


class _Check(_Strict):
    model_config = ConfigDict(extra="allow", strict=True)

    check: str = Field(min_length=1, max_length=100)
    section: str = Field(min_length=1, max_length=300)
    effect: Literal["deny", "require_approval", "redact", "flag"] | None = None
    stages: list[Literal["offer", "request", "output", "tool_call", "tool_result"]] | None = None
    channels: (
        list[
            Literal[
                "text",
                "refusal",
                "reasoning",
                "arguments",
                "description",
                "transcript",
                "logprobs",
                "annotations",
            ]
        ]
        | None
    ) = None
    fail: Literal["closed", "open"] | None = None
    applications: list[_Name] = []


class _Tool(_Strict):
    effects: bool = True
    reversible: Literal["assistant", "user", "no"] = "no"
    costly: bool | None = None
    avoidable: bool = False
    high_risk: bool = False


class _Approvals(_Strict):
    seconds: int = Field(default=3600, ge=10, le=30 * 86_400)
    four_eyes: list[str] = Field(default=[], max_length=1000)


class _Request(_Strict):
    system_as: Literal["developer", "system"] = "developer"
    brief_tokens: int = Field(default=0, ge=0, le=100_000)
    delimiting: Literal["off", "tags", "datamarks"] = "off"
    refuse_as: Literal["error", "refusal"] = "error"
    readings: dict[str, str] = {}


class _Keep(_Strict):
    payloads: Literal["none", "restricted", "all"] = "restricted"
    sample: int = Field(default=0, ge=0, le=1000)
    days: int = Field(default=180, ge=1, le=36_500)
    master_key: str | None = None


class _Ledger(_Strict):
    location: str = Field(default="", max_length=1000)
    location_env: _Variable = ""
    key: str | None = None
    origin: str = Field(default="", pattern=r"^[A-Za-z0-9./_-]{0,200}$")
    waiting: int = Field(default=20_000, ge=100, le=1_000_000)
    checkpoint_seconds: float = Field(default=10.0, ge=0, le=86_400, allow_inf_nan=False)


class _Console(_Strict):
    accounts: str
    secure_cookie: bool = True
    session_minutes: int = Field(default=60, ge=1, le=1440)
    idle_minutes: int = Field(default=15, ge=1, le=1440)


class _Feedback(_Strict):
    enabled: bool = False
    groups: list[_Line] = Field(default=[], max_length=20)
    notice: str = Field(default="", max_length=1000)
    per_address: _Count = 10
    per_hour: _Count = 200
    waiting: _Count = 5000
    address_header: str = Field(default="", pattern=r"^[A-Za-z0-9-]{0,100}$")


class _Operations(_Strict):
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    otel: bool = False
    otel_content: bool = False
    allow_older: bool = False
    reload_seconds: float = Field(default=0.0, ge=0, le=86_400, allow_inf_nan=False)


class _Govern(_Strict):
    released_only: bool = False
    line: str = Field(default="", max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")
    keys: list[_Verifier] = Field(default=[], max_length=20)
    withdrawn: Literal["refuse", "serve"] = "refuse"
    thresholds: str | None = None
    evidence: list[str] = Field(default=[], max_length=100)
    models: list[_Model] = Field(default=[], max_length=100)
    roles: str | None = None
    objectives: str | None = None
    runs: str | None = None


class _File(_Strict):
    server: _Server = _Server()
    upstream: _Upstream = _Upstream()
    callers: dict[_Name, _Caller] = Field(default={}, max_length=100_000)
    checks: dict[_Name, _Check] = Field(default={}, max_length=1000)
    tools: dict[str, _Tool] = Field(default={}, max_length=10_000)
    approvals: _Approvals = _Approvals()
    request: _Request = _Request()
    keep: _Keep = _Keep()
    ledger: _Ledger = _Ledger()
    console: _Console | None = None
    feedback: _Feedback = _Feedback()
    operations: _Operations = _Operations()
    govern: _Govern = _Govern()


TABLES: dict[str, type[BaseModel]] = {
    "server": _Server,
    "upstream": _Upstream,
    "callers": _Caller,
    "checks": _Check,
    "tools": _Tool,
    "approvals": _Approvals,
    "request": _Request,
    "keep": _Keep,
    "ledger": _Ledger,
    "console": _Console,
    "feedback": _Feedback,
    "operations": _Operations,
    "govern": _Govern,
}
NAMED = frozenset({"callers", "checks", "tools"})
"""Tables of tables: the second part of a key is a name that people choose."""


def load_settings(file: Path) -> Settings:
    """Read a configuration. Raises ConfigError, naming the file and the key at fault."""
    content = _content(file)
    table = _table(file, content)
    try:
        checked = _File.model_validate(table)
    except ValidationError as cause:
        first = cause.errors(include_url=False, include_context=False, include_input=False)[0]
        said = f"{file}: {_key(first['loc'])}: {_spoken(first)}"
        raise ConfigError(said, hint=_hint(first)) from None
    _check_keys(file, checked)
    _check_feedback(file, checked)
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


def _check_feedback(file: Path, checked: _File) -> None:
    """Raise ConfigError where comments would have to be kept and nothing is."""
    if checked.feedback.enabled and checked.keep.payloads == "none":
        raise ConfigError(
            f'{file}: feedback.enabled: comments cannot be taken with keep.payloads = "none"',
            hint="what people write is sealed with the payloads: keep them, or leave feedback off",
        )


def _check_keys(file: Path, checked: _File) -> None:
    """Raise ConfigError where one key belongs to two callers."""
    owners: dict[str, str] = {}
    for name, caller in checked.callers.items():
        for digest in caller.keys:
            if digest in owners:
                where = f'callers."{name}".keys' if "." in name else f"callers.{name}.keys"
                said = f"{file}: {where}: a key of {owners[digest]} too: {digest[:19]}..."
                raise ConfigError(said, hint="make another with `charter key new`")
            owners[digest] = name


def _settings(file: Path, digest: str, read: _File) -> Settings:
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
        operations=OperationsSettings(**read.operations.model_dump()),
        govern=_govern(file, read.govern),
    )


def _govern(file: Path, read: _Govern) -> GovernSettings:
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


def _upstream(read: _Upstream) -> UpstreamSettings:
    given = ((Api.CHAT, read.chat), (Api.RESPONSES, read.responses), (Api.MESSAGES, read.messages))
    own = {api: Endpoint(one.url, one.key_env) for api, one in given if one is not None}
    rest = read.model_dump(exclude={"url", "key_env", "chat", "responses", "messages"})
    return UpstreamSettings(Endpoint(read.url, read.key_env), MappingProxyType(own), **rest)


def _caller(name: str, read: _Caller, folder: Path) -> CallerEntry:
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


def _check(name: str, read: _Check) -> CheckEntry:
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


def _ledger(read: _Ledger, folder: Path) -> LedgerSettings:
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
