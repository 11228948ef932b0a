"""What an exporter of training targets is: material in, records out.

Every record has the fields of `COMMON`, is plain JSON, and has the same fields with the same types
as all others of its exporter, so that columnar readers take them as one table.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Protocol, TypeAlias, cast

from charter.errors import PluginError
from charter.evolve.jsonl import line
from charter.evolve.material import Material, Origin
from charter.registry import discover
from charter.source import digest_of

FOLDER = "charter.evolve.exporters"
GROUP = "charter.exporters"

Record: TypeAlias = Mapping[str, Any]


class Exporter(Protocol):
    """A module in `evolve/exporters/`; others come by the entry-point group `charter.exporters`.

    The first sentence of its docstring is the help of `charter export NAME`.
    """

    FORMAT: str
    """Name and version of the form of its records."""
    FIELDS: Mapping[str, str]
    """Its own fields, beside the common ones, with what each means: for the data card."""
    __doc__: str | None

    def records(self, material: Material) -> Iterator[Record]:
        """Yield the records, in the order of the material."""
        ...


COMMON: Mapping[str, str] = {
    "format": "name and version of this form",
    "id": "of the record: a digest of all else in it",
    "clause_ids": "clauses that it is about: those its author named, else all of the section",
    "section": "section of the spec that it belongs to",
    "authority": "level of authority of that section; empty where it has none",
    "licence": "of the spec and its overlays, by their front matter; `unknown` where one has none",
    "source": "id of the example or scenario that it comes from",
    "spec": "name of the spec",
    "spec_version": "empty where it has none",
    "spec_digest": "of the exact text, with overlays that of all texts",
}
"""Fields of every record, with what each means."""


def exporters() -> dict[str, Exporter]:
    """Return every exporter by id. Raises PluginError, also for one that lacks a part."""
    found = discover(FOLDER, GROUP)
    for name, exporter in found.items():
        lacks = [part for part in ("FORMAT", "FIELDS", "records") if not hasattr(exporter, part)]
        if lacks:
            raise PluginError(
                f"exporter {name!r} of {GROUP} has no {lacks[0]}",
                hint="fix or uninstall the package that brings it",
            )
    return cast("dict[str, Exporter]", found)


def summary_of(exporter: Exporter) -> str:
    """Return the first sentence of an exporter's docstring."""
    return (exporter.__doc__ or "").strip().partition("\n")[0]


def record_of(format_: str, material: Material, origin: Origin, own: Record) -> dict[str, Any]:
    """Return a record: its own fields, then the common ones."""
    common = {
        "clause_ids": list(origin.clauses),
        "section": origin.section,
        "authority": origin.authority,
        "licence": material.licence,
        "source": origin.id,
        "spec": material.spec,
        "spec_version": material.version,
        "spec_digest": material.digest,
    }
    whole = {"format": format_, **own, **common}
    return {"format": format_, "id": digest_of(line(whole))[7:23], **own, **common}
