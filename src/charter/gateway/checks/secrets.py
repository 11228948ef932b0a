"""Finds keys, tokens and passwords that give access to something.

What it finds
    By kind, each by a form that its maker documents or that is in wide use:
    `private-key`: a private key in PEM form, whole, up to 4,000 characters; `private-key-start`:
    its first line alone, for effects that end the text there. `aws`, `google`, `azure`,
    `github`, `gitlab`, `slack`, `stripe`, `openai`, `anthropic`, `huggingface`, `npm`, `pypi`,
    `sendgrid`, `twilio`, `telegram`, `discord`, `shopify`, `digitalocean`, `databricks`: tokens
    with a known prefix and length. `jwt`: a JSON Web Token (its header and payload begin `eyJ`).
    `url-password`: a password in an address such as `https://user:...@host`. `bearer`: what
    follows `Authorization: Bearer` or `Basic`. `assigned`: a value of 8 to 100 characters given
    to a name such as `password`, `api_key` or `client_secret`; it errs more often than the
    others.

Settings
    `kinds`: the kinds to look for; all but `private-key-start` and `assigned` unless given.
    `allowed`: a list of texts; what equals one of them is no secret: for examples in your
    documentation. With `allowed` the check needs the whole text.

What it misses
    Secrets of no known form: random passwords, keys in hexadecimal, tokens of makers that are not
    listed. Secrets that are split, encoded (base64, gzip) or spelled out. It never asks the maker
    whether a token is live: examples and revoked tokens are hits too. Keys longer than 4,000
    characters are found and their first 4,000 characters removed.

On streams
    All kinds stream: text is held back only from where one may have begun.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from charter.gateway import forms
from charter.gateway.check import CLEAR, Outcome, Target
from charter.gateway.search import Search, named, ranges

STAGES = frozenset({"offer", "request", "output", "tool_call", "tool_result"})
CHANNELS = frozenset(
    {"text", "refusal", "reasoning", "arguments", "description", "transcript", "annotations"}
)
EFFECT = "redact"

_PEM = r"-----BEGIN (?:[A-Z0-9]{1,12} ){0,3}PRIVATE KEY(?: BLOCK)?-----"
_SPACE = r"(?:\s|\\[nr]){1,3}"
"""Between the lines of a key, also as JSON writes it."""
_LINE = rf"(?:[A-Za-z0-9+/=]{{16,70}}{_SPACE})"
_KEY = (
    rf"{_PEM}(?:{_SPACE})?(?:[A-Za-z-]{{4,12}}: [^\n\\]{{1,60}}{_SPACE}){{0,2}}"
    r"(?:[A-Za-z0-9+/=]{71,1000}[A-Za-z0-9+/=]{0,1000}[A-Za-z0-9+/=]{0,1000}"
    rf"|{_LINE}{{0,13}}{_LINE}{{0,12}}{_LINE}{{0,12}}{_LINE}{{0,12}}(?:[A-Za-z0-9+/=]{{1,70}})?)"
)
"""RFC 7468, and 1421 for the headers of encrypted keys: as many lines as RSA keys of 4096 bits."""

KINDS: Mapping[str, str] = MappingProxyType(
    {
        "private-key": _KEY,
        "private-key-start": _PEM,
        "aws": r"\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}\b"
        r"|(?i:aws_?secret_?(?:access_?)?key)[\"']?\s{0,5}[=:]\s{0,5}[\"']?[A-Za-z0-9/+=]{40}",
        "google": r"\bAIza[0-9A-Za-z_-]{35}|\bya29\.[0-9A-Za-z_-]{20,300}"
        r"|\bGOCSPX-[0-9A-Za-z_-]{28}",
        "azure": r"(?i:AccountKey|SharedAccessKey)=[A-Za-z0-9+/]{43,86}={1,2}"
        r"|\b[A-Za-z0-9_~.-]{3}8Q~[A-Za-z0-9_~.-]{31,34}",
        "github": r"\bgh[pousr]_[0-9A-Za-z]{36,255}|\bgithub_pat_[0-9A-Za-z_]{60,255}",
        "gitlab": r"\bgl(?:pat|dt|rt|ptt|oas|ft|soat|cbt)-[0-9A-Za-z_.=-]{20,100}",
        "slack": r"\bxox[abeoprs]-[0-9A-Za-z-]{10,250}|\bxapp-[0-9]-[0-9A-Za-z-]{20,200}"
        r"|hooks\.slack\.com/services/T[0-9A-Z]{6,14}/B[0-9A-Z]{6,14}/[0-9A-Za-z]{20,30}",
        "stripe": r"\b(?:sk|rk)_(?:live|test)_[0-9A-Za-z]{20,247}|\bwhsec_[0-9A-Za-z+/=]{24,100}",
        "openai": r"\bsk-(?:proj|svcacct|admin)-[0-9A-Za-z_-]{20,250}"
        r"|\bsk-[0-9A-Za-z]{20}T3BlbkFJ[0-9A-Za-z]{20}|\bsk-[0-9A-Za-z]{48}\b",
        "anthropic": r"\bsk-ant-[0-9a-z]{2,12}-[0-9A-Za-z_-]{20,200}",
        "huggingface": r"\b(?:hf|api_org)_[A-Za-z]{34}\b",
        "npm": r"\bnpm_[0-9A-Za-z]{36}",
        "pypi": r"\bpypi-AgE[0-9A-Za-z_-]{50,500}",
        "sendgrid": r"\bSG\.[0-9A-Za-z_-]{22}\.[0-9A-Za-z_-]{43}",
        "twilio": r"\b(?:SK|AC)[0-9a-f]{32}\b",
        "telegram": r"\b[0-9]{8,10}:AA[0-9A-Za-z_-]{33}",
        "discord": r"\b[MNO][0-9A-Za-z_-]{23,27}\.[0-9A-Za-z_-]{6}\.[0-9A-Za-z_-]{27,40}",
        "shopify": r"\bshp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}\b",
        "digitalocean": r"\bdo[opr]_v1_[0-9a-f]{64}\b",
        "databricks": r"\bdapi[0-9a-f]{32}(?:-[0-9])?\b",
        "jwt": r"\beyJ[0-9A-Za-z_-]{8,600}\.eyJ[0-9A-Za-z_-]{8,1000}(?:[0-9A-Za-z_-]{0,1000})"
        r"(?:\.[0-9A-Za-z_-]{0,700})?",
        "url-password": r"\b[A-Za-z][A-Za-z0-9+.-]{1,20}://[^\s/?#:@\"'<>]{0,100}"
        r":[^\s/?#:@\"'<>]{1,200}@[A-Za-z0-9.\[-]",
        "bearer": r"(?i:\b(?:proxy-)?authorization[\"']?\s{0,5}[:=]\s{0,5}[\"']?"
        r"(?:bearer|basic|token)\s{1,5})[0-9A-Za-z._~+/=-]{12,1000}",
        "assigned": r"(?i:(?:passw(?:or)?d|passphrase|passwort|contrase(?:n|ñ)a|secret|api[_-]?key"
        r"|auth[_-]?token|access[_-]?token|client[_-]?secret|private[_-]?key))[\"']?"
        r"\s{0,5}(?:=|:|:=|=>)\s{0,5}[\"']?[^\s\"'<>{}$,;]{8,100}",
    }
)
"""Kind to pattern. Sources: the makers' documentation of their token formats; RFC 7468 (PEM), RFC
7519 (JWT), RFC 3986 3.2.1 (user information in addresses)."""

_NOT_USUAL = frozenset({"private-key-start", "assigned"})


@dataclass(frozen=True, slots=True)
class Ready:
    """The patterns of the kinds chosen."""

    search: Search
    patterns: Mapping[str, str]
    allowed: frozenset[str]

    def look(self, target: Target) -> Outcome:
        """Find all secrets."""
        accept = dict.fromkeys(KINDS, self._is_secret) if self.allowed else None
        found = self.search.of(target, accept)
        return Outcome(hit=True, reason=named(found), ranges=ranges(found)) if found else CLEAR

    def _is_secret(self, text: str) -> bool:
        return text not in self.allowed


def build(settings: Mapping[str, Any]) -> Ready:
    """Compile the kinds. Raises ConfigError for a kind that is not known."""
    forms.check_names(settings, ["kinds", "allowed"])
    kinds = forms.words(settings, "kinds", KINDS)
    if "kinds" not in settings:
        kinds = [kind for kind in kinds if kind not in _NOT_USUAL]
    allowed = frozenset(forms.texts(settings, "allowed"))
    chosen = {kind: KINDS[kind] for kind in kinds}
    return Ready(Search(chosen), {} if allowed else chosen, allowed)
