"""The tables of `gateway.toml` as they are written: names, kinds, bounds and defaults of all keys.

What `settings_file` reads is checked by these; `settings` has what each of them means.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

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


class ServerTable(_Strict):
    """`[server]`."""

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


class EndpointTable(_Strict):
    """`[upstream.API]`: a server of its own."""

    url: _Url
    key_env: _Variable = ""


class UpstreamTable(_Strict):
    """`[upstream]`."""

    url: _Url = ""
    key_env: _Variable = ""
    chat: EndpointTable | None = None
    responses: EndpointTable | None = None
    messages: EndpointTable | None = None
    connections: _Count = 1024
    connect_seconds: _Seconds = 5.0
    silence_seconds: _Seconds = 120.0
    total_seconds: _Seconds = 900.0
    answer_bytes: _Bytes = 32 * 1024 * 1024
    stream_bytes: _Bytes = 256 * 1024 * 1024
    idle_seconds: _Seconds = 15.0


class CallerTable(_Strict):
    """`[callers.NAME]`."""

    keys: list[_Digest] = Field(min_length=1, max_length=20)
    application: _Name | None = None
    level: _Name = "developer"
    principal: _Name | None = None
    overlays: list[str] = Field(default=[], max_length=20)
    requests_per_minute: _Count | None = None
    tokens_per_day: Annotated[int, Field(ge=1, le=10**12)] | None = None


class CheckTable(_Strict):
    """`[checks.NAME]`; what is left goes to the check."""

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


class ToolTable(_Strict):
    """`[tools.NAME]`."""

    effects: bool = True
    reversible: Literal["assistant", "user", "no"] = "no"
    costly: bool | None = None
    avoidable: bool = False
    high_risk: bool = False


class ApprovalsTable(_Strict):
    """`[approvals]`."""

    seconds: int = Field(default=3600, ge=10, le=30 * 86_400)
    four_eyes: list[str] = Field(default=[], max_length=1000)


class RequestTable(_Strict):
    """`[request]`."""

    system_as: Literal["developer", "system"] = "developer"
    brief_tokens: int = Field(default=0, ge=0, le=100_000)
    delimiting: Literal["off", "tags", "datamarks"] = "off"
    refuse_as: Literal["error", "refusal"] = "error"
    readings: dict[str, str] = {}


class KeepTable(_Strict):
    """`[keep]`."""

    payloads: Literal["none", "restricted", "all"] = "restricted"
    sample: int = Field(default=0, ge=0, le=1000)
    days: int = Field(default=180, ge=1, le=36_500)
    master_key: str | None = None


class LedgerTable(_Strict):
    """`[ledger]`."""

    location: str = Field(default="", max_length=1000)
    location_env: _Variable = ""
    key: str | None = None
    origin: str = Field(default="", pattern=r"^[A-Za-z0-9./_-]{0,200}$")
    waiting: int = Field(default=20_000, ge=100, le=1_000_000)
    checkpoint_seconds: float = Field(default=10.0, ge=0, le=86_400, allow_inf_nan=False)


class ConsoleTable(_Strict):
    """`[console]`."""

    accounts: str
    secure_cookie: bool = True
    session_minutes: int = Field(default=60, ge=1, le=1440)
    idle_minutes: int = Field(default=15, ge=1, le=1440)


class FeedbackTable(_Strict):
    """`[feedback]`."""

    enabled: bool = False
    groups: list[_Line] = Field(default=[], max_length=20)
    notice: str = Field(default="", max_length=1000)
    per_address: _Count = 10
    per_hour: _Count = 200
    waiting: _Count = 5000
    address_header: str = Field(default="", pattern=r"^[A-Za-z0-9-]{0,100}$")


class SurveyTable(_Strict):
    """`[survey]`."""

    enabled: bool = False
    per_network: _Count = 20
    per_hour: _Count = 5000
    requests_per_network: _Count = 300
    requests_per_minute: _Count = 20_000
    same_network: int = Field(default=5, ge=0, le=1000)
    address_header: str = Field(default="", pattern=r"^[A-Za-z0-9-]{0,100}$")


class OperationsTable(_Strict):
    """`[operations]`."""

    log_level: Literal["debug", "info", "warning", "error"] = "info"
    otel: bool = False
    otel_content: bool = False
    allow_older: bool = False
    reload_seconds: float = Field(default=0.0, ge=0, le=86_400, allow_inf_nan=False)


class GovernTable(_Strict):
    """`[govern]`."""

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


class FileTable(_Strict):
    """The whole file."""

    server: ServerTable = ServerTable()
    upstream: UpstreamTable = UpstreamTable()
    callers: dict[_Name, CallerTable] = Field(default={}, max_length=100_000)
    checks: dict[_Name, CheckTable] = Field(default={}, max_length=1000)
    tools: dict[str, ToolTable] = Field(default={}, max_length=10_000)
    approvals: ApprovalsTable = ApprovalsTable()
    request: RequestTable = RequestTable()
    keep: KeepTable = KeepTable()
    ledger: LedgerTable = LedgerTable()
    console: ConsoleTable | None = None
    feedback: FeedbackTable = FeedbackTable()
    survey: SurveyTable = SurveyTable()
    operations: OperationsTable = OperationsTable()
    govern: GovernTable = GovernTable()


TABLES: dict[str, type[BaseModel]] = {
    "server": ServerTable,
    "upstream": UpstreamTable,
    "callers": CallerTable,
    "checks": CheckTable,
    "tools": ToolTable,
    "approvals": ApprovalsTable,
    "request": RequestTable,
    "keep": KeepTable,
    "ledger": LedgerTable,
    "console": ConsoleTable,
    "feedback": FeedbackTable,
    "survey": SurveyTable,
    "operations": OperationsTable,
    "govern": GovernTable,
}
NAMED = frozenset({"callers", "checks", "tools"})
"""Tables of tables: the second part of a key is a name that people choose."""
