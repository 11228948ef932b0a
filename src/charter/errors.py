"""Every error Charter raises; imports nothing from Charter.

    CharterError
    ├── SpecError               exit 2   the spec, overlay or scenario cannot be used
    │   ├── ParseError                   the input is not text Charter can read
    │   ├── UnknownClause                an id names nothing in this spec
    │   ├── OverlayNotAllowed            an overlay weakens what it may not touch
    │   └── DigestMismatch               a text is not the one its digest names
    ├── ConfigError             exit 2   a setting or argument is wrong
    ├── ModelError              exit 3   a model gave no usable reply
    │   ├── ModelUnavailable             not installed, not reachable, timed out
    │   ├── WrongWeights                 a file of weights is not the catalogue's
    │   ├── ModelRefusedRequest          the endpoint turned the request down
    │   └── BadModelReply                the endpoint answered outside its protocol
    ├── LedgerError             exit 3   the record of facts cannot be written or read
    │   ├── AlreadyRecorded              another process recorded it first
    │   ├── LedgerTampered               a record is not what was appended
    │   └── LedgerUnavailable            no disk, no permission, locked
    ├── AddressUnavailable      exit 3   the address to listen on cannot be had
    ├── StorageError            exit 3   a file or cache cannot be written
    └── PluginError             exit 3   a rule, grader or provider does not load

Findings, denials, low scores and failed gates are values, not errors.
Exit codes are applied in `charter.cli` only.
"""

from __future__ import annotations

from typing import Protocol


class Place(Protocol):
    """Where in a file something is: what an error needs to know of a location."""

    @property
    def path(self) -> str: ...
    @property
    def line(self) -> int: ...


class CharterError(Exception):
    """What could not be done, where, and what to do next."""

    def __init__(
        self, message: str, *, hint: str | None = None, place: Place | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.place = place

    def __str__(self) -> str:
        where = f"{self.place.path}:{self.place.line}: " if self.place is not None else ""
        hint = f" ({self.hint})" if self.hint else ""
        return f"{where}{self.message}{hint}"


class SpecError(CharterError):
    """A spec, overlay or scenario file cannot be used."""


class ParseError(SpecError):
    """The input is not text that any reader accepts."""


class UnknownClause(SpecError):
    """An id names no section, clause or example of this spec."""


class OverlayNotAllowed(SpecError):
    """An overlay does what its level does not allow: to `part`, which stands at `level`."""

    def __init__(  # noqa: PLR0913 - what and where, each by name
        self,
        message: str,
        *,
        part: str,
        level: str,
        overlay_level: str,
        hint: str | None = None,
        place: Place | None = None,
    ) -> None:
        super().__init__(message, hint=hint, place=place)
        self.part = part
        self.level = level
        self.overlay_level = overlay_level


class DigestMismatch(SpecError):
    """Bytes differ from those their digest names."""


class ConfigError(CharterError):
    """A configuration key or an argument is wrong."""


class ModelError(CharterError):
    """A model gave no usable reply."""


class ModelUnavailable(ModelError):
    """The model is not installed, not reachable, or did not answer in time."""


class WrongWeights(ModelError):
    """A file of weights is damaged, or not the one that the catalogue names."""


class ModelRefusedRequest(ModelError):
    """The endpoint turned the request down; `status` is its HTTP status."""

    def __init__(
        self, message: str, *, status: int, hint: str | None = None, place: Place | None = None
    ) -> None:
        super().__init__(message, hint=hint, place=place)
        self.status = status


class BadModelReply(ModelError):
    """The endpoint's answer does not follow the protocol it speaks."""


class LedgerError(CharterError):
    """The ledger cannot be written or read."""


class AlreadyRecorded(LedgerError):
    """A fact that can be recorded once is there: somebody was quicker; nothing was written."""


class LedgerTampered(LedgerError):
    """A stored record is not what was appended; `index` is its position."""

    def __init__(self, message: str, *, index: int, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.index = index


class LedgerUnavailable(LedgerError):
    """The ledger's file or server cannot be opened, or has no room."""


class AddressUnavailable(CharterError):
    """The address to listen on is taken, not allowed, or no address of this machine."""


class StorageError(CharterError):
    """A file, folder or cache cannot be read or written."""


class PluginError(CharterError):
    """A plug-in does not load, or two have one name."""
