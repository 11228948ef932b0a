"""What `gateway.toml` says, as frozen values. `settings_file` reads it.

Whatever is not said has the value it has here, so that an empty file, and none at all, mean the
same: nothing is loosened by leaving something out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from charter.gateway.served import ApprovalTerms, Caller
from charter.gateway.wire.asked import Api
from charter.policy.decision import Effect, ToolFacts


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """Where it listens, and how much one client may ask of it."""

    host: str = "127.0.0.1"
    port: int = 8600
    replica: str = ""
    """Name in records; empty: the name of the machine."""
    connections: int = 4096
    """Open at once; more are answered 503."""
    header_seconds: float = 10.0
    """For the headers of a request, from its first byte or the connection's beginning."""
    body_seconds: float = 30.0
    """For the body of a request."""
    write_seconds: float = 60.0
    """That a client may take nothing of an answer that is ready for it."""
    idle_seconds: float = 30.0
    """A connection is kept between requests."""
    shutdown_seconds: float = 30.0
    """Given to answers under way when it ends."""
    header_bytes: int = 64 * 1024
    body_bytes: int = 32 * 1024 * 1024
    depth: int = 100
    values: int = 1_000_000


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One server behind the gateway."""

    url: str = ""
    """With `/v1` or without."""
    key_env: str = ""
    """Environment variable that holds its key; empty: none is sent."""


@dataclass(frozen=True, slots=True)
class UpstreamSettings:
    """The models' servers, and how long they are waited for."""

    default: Endpoint = Endpoint()
    by_api: Mapping[Api, Endpoint] = field(default_factory=dict)
    connections: int = 1024
    connect_seconds: float = 5.0
    silence_seconds: float = 120.0
    """Without a byte, in a stream that has begun."""
    total_seconds: float = 900.0
    """For a whole answer; before its first byte a model may think for long."""
    answer_bytes: int = 32 * 1024 * 1024
    """Of an answer that is not streamed."""
    stream_bytes: int = 256 * 1024 * 1024
    """Of a stream."""
    idle_seconds: float = 15.0

    def endpoint(self, api: Api) -> Endpoint:
        """Return the server for an API."""
        return self.by_api.get(api, self.default)


@dataclass(frozen=True, slots=True)
class CallerEntry:
    """A caller and the digests of its keys, more than one while keys are being changed."""

    caller: Caller
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CheckEntry:
    """A check as it stands in the file; `service` builds it for a policy."""

    id: str
    check: str
    section: str
    effect: Effect | None
    """None: what the check does by itself; so for all that follow."""
    stages: frozenset[str] | None
    channels: frozenset[str] | None
    closed: bool | None
    applications: frozenset[str]
    settings: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class RequestSettings:
    """How requests are read, marked and answered."""

    system_as: str = "developer"
    brief_tokens: int = 0
    """Of the rules put before what the application tells the model; 0: nothing is."""
    delimiting: str = "off"
    refuse_as: str = "error"
    readings: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class KeepSettings:
    """Which payloads are kept, encrypted, and for how long."""

    payloads: str = "restricted"
    sample: int = 0
    """Of a thousand exchanges that were plainly allowed, how many are kept for review."""
    days: int = 180
    master_key: Path | None = None
    """File of the key that wraps the key of each subject; None: beside the ledger's file."""


@dataclass(frozen=True, slots=True)
class LedgerSettings:
    """Where records go."""

    location: str = ""
    """A file, a folder, or postgresql://...; empty: what the command line says."""
    location_env: str = ""
    """Environment variable that holds it, for addresses with a password."""
    key: Path | None = None
    """File of the key that signs checkpoints; None: beside the ledger's file."""
    origin: str = ""
    """Name of the log in its checkpoints, such as example.com/charter; empty: made up of the
    name of the machine when the key is made."""
    waiting: int = 20_000
    """Records that may wait for their commit; more are waited for, then refused."""
    checkpoint_seconds: float = 10.0
    """Between two signed checkpoints; 0: none are made."""


@dataclass(frozen=True, slots=True)
class ConsoleSettings:
    """The pages for people, at /console."""

    accounts: Path | None = None
    """File of the accounts; None: there is no console."""
    secure_cookie: bool = True
    """Off for plain HTTP on a machine of one's own only."""
    session_minutes: int = 60
    idle_minutes: int = 15


@dataclass(frozen=True, slots=True)
class FeedbackSettings:
    """The form for the public, at /feedback."""

    enabled: bool = False
    """Whether anybody who reaches the gateway may comment on a rule there."""
    groups: tuple[str, ...] = ()
    """Whom people may say that they belong to; a closed list, and nobody has to."""
    notice: str = ""
    """Said beside the form: who reads it, and for how long it is kept."""
    per_address: int = 10
    """Comments from one address in an hour."""
    per_hour: int = 200
    """Comments from all addresses in an hour."""
    waiting: int = 5000
    """Comments that may wait for a person; with more, none is taken."""
    address_header: str = ""
    """Header in which a proxy of your own puts the address of whoever asks; its last entry counts.
    Empty: the address of the connection."""


@dataclass(frozen=True, slots=True)
class SurveySettings:
    """The pages on which people take part in surveys, at /survey."""

    enabled: bool = False
    """Whether anybody who reaches the gateway may take part in the surveys that are open."""
    per_network: int = 20
    """People who may join from one network in an hour."""
    per_hour: int = 5000
    """People who may join in an hour, from anywhere."""
    requests_per_network: int = 300
    """Pages and answers for one network in a minute."""
    requests_per_minute: int = 20_000
    """Pages and answers for all networks in a minute."""
    same_network: int = 5
    """Participations of one survey from one network in a day; with more, all of them are noted.
    0 notes none."""
    address_header: str = ""
    """As for the form for the public: where a proxy of your own puts the address."""


@dataclass(frozen=True, slots=True)
class OperationsSettings:
    """What operators see of it."""

    log_level: str = "info"
    otel: bool = False
    """Whether exchanges become spans; the SDK's own variables say where they go."""
    otel_content: bool = False
    allow_older: bool = False
    """Whether a reload may take a document of a lower version than the one in force."""
    reload_seconds: float = 0.0
    """Between two looks at spec, overlays and settings for changes; 0: on SIGHUP only."""


@dataclass(frozen=True, slots=True)
class GovernSettings:
    """What has to hold for a policy to be served, and where it is said who answers for what."""

    released_only: bool = False
    """Whether a policy is served only while a release of it stands: see `charter release`."""
    line: str = ""
    """Line of releases of the service's own policy; empty: the name of its spec, or of its last
    overlay. A policy of callers with overlays of their own may stand in any line."""
    keys: tuple[str, ...] = ()
    """Verifier keys of whoever signs releases, `name+id+base64`; none: the key of the ledger."""
    withdrawn: str = "refuse"
    """What becomes of requests once the release of what is served is withdrawn."""
    thresholds: Path | None = None
    """File of thresholds that must not be crossed; None: there are none."""
    evidence: tuple[Path, ...] = ()
    """Files of what was measured, which thresholds are held against."""
    models: tuple[str, ...] = ()
    """Models that thresholds have to be passed for before anything is served. A request for any
    other model is held against them as well, once it comes."""
    roles: Path | None = None
    """File of who has which role, for approvals of releases in the console."""
    objectives: Path | None = None
    """File of objectives, for their page in the console."""
    runs: Path | None = None
    """Folder of `charter eval --out`, in which the console looks up what the scenarios of an
    incident came to."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The configuration of a gateway."""

    path: str = ""
    digest: str = ""
    """SHA-256 of the file, hex; empty without one."""
    server: ServerSettings = ServerSettings()
    upstream: UpstreamSettings = UpstreamSettings()
    callers: tuple[CallerEntry, ...] = ()
    checks: tuple[CheckEntry, ...] = ()
    tools: Mapping[str, ToolFacts] = field(default_factory=dict)
    approvals: ApprovalTerms = field(default_factory=ApprovalTerms)
    request: RequestSettings = RequestSettings()
    keep: KeepSettings = KeepSettings()
    ledger: LedgerSettings = LedgerSettings()
    console: ConsoleSettings = ConsoleSettings()
    feedback: FeedbackSettings = FeedbackSettings()
    survey: SurveySettings = SurveySettings()
    operations: OperationsSettings = OperationsSettings()
    govern: GovernSettings = GovernSettings()
