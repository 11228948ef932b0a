"""What the pages for the public share: what seals words there, and the operator's terms."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from typing import TYPE_CHECKING, Any, TypeVar

from charter.gateway.service import Service
from charter.ledger.vault import Vault

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

T = TypeVar("T", bound="DataclassInstance")


def vault_of(service: Service) -> Callable[[], Vault | None]:
    """Return what gives the vault, or None while nothing is kept: settings may change meanwhile."""
    return lambda: service.vault if service.table.settings.keep.payloads != "none" else None


def terms_of(kind: type[T], said: Any) -> T:
    """Return the terms of pages from the settings that have each of their fields by name."""
    return kind(**{each.name: getattr(said, each.name) for each in fields(kind)})
