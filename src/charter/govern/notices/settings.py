"""The file that says who is told what: targets, and routes to them. YAML, `charter-notices/1`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, TypeAlias
from urllib.parse import urlsplit

from pydantic import Field, StringConstraints

from charter.errors import ConfigError
from charter.govern.incidents.from_alert import BREACH
from charter.govern.incidents.severity import SEVERITIES as HARM
from charter.govern.notices.due import EVENTS, Due
from charter.govern.objectives.objective import SEVERITIES
from charter.govern.read_yaml import Strict, read_file, read_yaml
from charter.source import Source
from charter.spec.spec import AUTHORITIES

HINT = "see docs/notices.md"
_ENV = "[A-Za-z_][A-Za-z0-9_]{0,99}"
_SEVERITIES = (*SEVERITIES, BREACH, *HARM, *AUTHORITIES, "")
"""Of alerts, of incidents, and the highest authority that a release changes; of others, none."""
_ADDRESS = re.compile(r"[^\s@<>,;\"]{1,64}@[^\s@<>,;\"]{1,200}")

_Name = Annotated[str, StringConstraints(pattern="^[a-z0-9][a-z0-9-]{0,59}$")]
_EnvName = Annotated[str, StringConstraints(pattern=f"^(?:{_ENV})?$")]
_Text = Annotated[str, StringConstraints(max_length=500, pattern=r"^[!-~]*$")]
_Seconds = Annotated[float, Field(gt=0, le=60, allow_inf_nan=False)]


@dataclass(frozen=True, slots=True)
class Webhook:
    """A server that is told by HTTP POST."""

    name: str
    url: str
    """Empty where it is in the environment."""
    url_env: str
    secret_env: str
    """Holds the secret that signs; empty: nothing is signed."""
    timeout: float
    """Seconds, for the whole exchange."""
    allow_private: bool
    """Whether it may lie on this machine or in a private network."""
    plain_http: bool


@dataclass(frozen=True, slots=True)
class Mail:
    """People who are told by e-mail."""

    name: str
    host: str
    port: int
    security: str
    """starttls, tls or none."""
    user_env: str
    password_env: str
    sender: str
    to: tuple[str, ...]
    timeout: float
    allow_private: bool


Target: TypeAlias = Webhook | Mail


@dataclass(frozen=True, slots=True)
class Route:
    """Which events go to which targets."""

    events: tuple[str, ...]
    severities: tuple[str, ...]
    """Empty: all."""
    to: tuple[str, ...]
    drills: bool = False
    """Whether exercises go this way too."""

    def takes(self, due: Due) -> bool:
        """Whether something goes this way."""
        kinds = {due.event, f"{due.event.partition('.')[0]}.*", "*"}
        fits = not self.severities or due.severity in self.severities
        return bool(kinds & set(self.events)) and fits and (self.drills or not due.drill)


@dataclass(frozen=True, slots=True)
class Settings:
    """Who is told what."""

    targets: tuple[Target, ...]
    routes: tuple[Route, ...]
    hours: int
    """What happened longer ago is told to nobody."""
    tries: int
    """In one go, for each target."""

    def to(self, due: Due) -> tuple[Target, ...]:
        """Return whom something is told, each target once, in the order of the file."""
        named = {name for route in self.routes if route.takes(due) for name in route.to}
        return tuple(target for target in self.targets if target.name in named)


class _Webhook(Strict):
    kind: Literal["webhook"]
    name: _Name
    url: _Text = ""
    url_env: _EnvName = ""
    secret_env: _EnvName = ""
    timeout: _Seconds = 10.0
    allow_private: bool = False
    plain_http: bool = False


class _Mail(Strict):
    kind: Literal["email"]
    name: _Name
    host: _Text = Field(min_length=1)
    port: int = Field(default=587, ge=1, le=65535)
    security: Literal["starttls", "tls", "none"] = "starttls"
    user_env: _EnvName = ""
    password_env: _EnvName = ""
    sender: _Text = Field(alias="from")
    to: list[_Text] = Field(min_length=1, max_length=50)
    timeout: _Seconds = 10.0
    allow_private: bool = False


class _Route(Strict):
    events: list[str] = Field(min_length=1, max_length=50)
    severities: list[Annotated[str, StringConstraints(max_length=60)]] = Field(
        default=[], max_length=20
    )
    to: list[_Name] = Field(min_length=1, max_length=50)
    drills: bool = False


class _File(Strict):
    format: Literal["charter-notices/1"]
    targets: list[Annotated[_Webhook | _Mail, Field(discriminator="kind")]] = Field(
        min_length=1, max_length=50
    )
    routes: list[_Route] = Field(min_length=1, max_length=200)
    hours: int = Field(default=72, ge=1, le=24 * 90)
    tries: int = Field(default=3, ge=1, le=6)


def load_settings(path: Path) -> Settings:
    """Read a file. Raises ConfigError for one that cannot be read, or says nothing usable."""
    return read_settings(read_file(path, hint=HINT).text, str(path))


def read_settings(text: str, place: str) -> Settings:
    """Read settings from a text that is known as `place`. Raises ConfigError."""
    file = read_yaml(Source(place, text), _File, hint=HINT)
    targets = tuple(_target(each, place) for each in file.targets)
    names = [each.name for each in targets]
    for name in names:
        if names.count(name) > 1:
            raise ConfigError(f"{place}: targets: {name} is there twice", hint="rename one")
    routes = tuple(_route(each, set(names), place) for each in file.routes)
    return Settings(targets, routes, file.hours, file.tries)


def _route(each: _Route, names: set[str], place: str) -> Route:
    known = {*EVENTS, "*", *(f"{event.partition('.')[0]}.*" for event in EVENTS)}
    for event in each.events:
        if event not in known:
            raise ConfigError(
                f"{place}: routes: no event {event[:80]!r}", hint=f"there are {', '.join(EVENTS)}"
            )
    for severity in each.severities:
        if severity not in _SEVERITIES:
            raise ConfigError(
                f"{place}: routes: no severity {severity[:80]!r}: nothing would go this way",
                hint=f"there are {', '.join(filter(None, _SEVERITIES))}",
            )
    for name in each.to:
        if name not in names:
            raise ConfigError(
                f"{place}: routes: no target {name!r}", hint=f"there are {', '.join(sorted(names))}"
            )
    return Route(tuple(each.events), tuple(each.severities), tuple(each.to), each.drills)


def _target(each: Any, place: str) -> Target:
    where = f"{place}: targets: {each.name}"
    if isinstance(each, _Webhook):
        if bool(each.url) == bool(each.url_env):
            raise ConfigError(f"{where}: where to?", hint="give url or url_env, one of them")
        if each.url:
            check_url(each.url, where, plain_http=each.plain_http)
        return Webhook(
            each.name, each.url, each.url_env, each.secret_env, float(each.timeout),
            each.allow_private, each.plain_http,
        )  # fmt: skip
    for address in (each.sender, *each.to):
        if _ADDRESS.fullmatch(address) is None:
            raise ConfigError(f"{where}: {address[:80]!r} is no address", hint="name@example.org")
    if bool(each.user_env) != bool(each.password_env):
        raise ConfigError(f"{where}: user_env and password_env belong together", hint=HINT)
    if each.user_env and each.security == "none":
        raise ConfigError(
            f"{where}: a password would travel in the open", hint="set security to starttls or tls"
        )
    return Mail(
        each.name, each.host, each.port, each.security, each.user_env, each.password_env,
        each.sender, tuple(each.to), float(each.timeout), each.allow_private,
    )  # fmt: skip


def check_url(url: str, where: str, *, plain_http: bool) -> None:
    """Raise ConfigError, which does not repeat it, unless a notice may be posted to a URL."""
    try:
        parts = urlsplit(url)
        port_fits = parts.port is None or parts.port > 0
    except ValueError:
        parts, port_fits = urlsplit(""), False
    if not port_fits or parts.scheme not in ("http", "https") or not parts.hostname:
        raise ConfigError(f"{where}: that is no URL", hint="such as https://example.org/hook")
    if parts.username is not None or not url.isascii() or not url.isprintable() or " " in url:
        raise ConfigError(f"{where}: that URL cannot be used", hint="no user, no blanks, ASCII")
    if parts.scheme == "http" and not plain_http:
        raise ConfigError(
            f"{where}: http:// can be read on the way", hint="use https, or set plain_http: true"
        )
