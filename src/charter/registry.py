"""The one plug-in mechanism: built-ins by folder, third-party ones by entry point.

It knows no kind of plug-in. A built-in is a module in a package folder; its id is the
file name with `_` for `-`, e.g. `not_contains.py` -> `not-contains`.
"""

from __future__ import annotations

import importlib
import pkgutil
from importlib.metadata import EntryPoint, entry_points
from types import ModuleType
from typing import Any

from charter.errors import PluginError


def discover(folder: str, group: str) -> dict[str, Any]:
    """Return every plug-in of one kind by id, sorted: built-in modules and entry-point objects.

    `folder` is a dotted package name, `group` an entry-point group such as `charter.rules`.
    Raises PluginError when one does not import, or when an id is found twice.
    """
    found: dict[str, Any] = {}
    package = importlib.import_module(folder)
    for name in sorted(module.name for module in pkgutil.iter_modules(package.__path__)):
        found[plugin_id(name)] = _load_module(f"{folder}.{name}", group)
    for entry in sorted(entry_points(group=group), key=lambda point: point.name):
        if entry.name in found:
            raise PluginError(
                f"two plug-ins named {entry.name!r} in {group}",
                hint=f"rename the one from {entry.value}, or uninstall it",
            )
        found[entry.name] = _load_entry(entry, group)
    return dict(sorted(found.items()))


def load(folder: str, group: str, name: str) -> Any:
    """Return one plug-in without importing its neighbours, which may need other extras.

    Raises KeyError when there is none of that name, PluginError when it does not import.
    """
    entries = [entry for entry in entry_points(group=group) if entry.name == name]
    module = name.replace("-", "_")
    package = importlib.import_module(folder)
    builtin = any(found.name == module for found in pkgutil.iter_modules(package.__path__))
    if len(entries) + builtin > 1:
        raise PluginError(
            f"two plug-ins named {name!r} in {group}",
            hint="uninstall the package that brings the second one",
        )
    if builtin:
        return _load_module(f"{folder}.{module}", group)
    if not entries:
        raise KeyError(name)
    return _load_entry(entries[0], group)


def names(folder: str, group: str) -> list[str]:
    """Return the ids that `discover` would find, without importing any of them."""
    package = importlib.import_module(folder)
    builtin = [plugin_id(module.name) for module in pkgutil.iter_modules(package.__path__)]
    return sorted([*builtin, *(entry.name for entry in entry_points(group=group))])


def plugin_id(module_name: str) -> str:
    """Return the id of a built-in from its file name."""
    return module_name.replace("_", "-")


def _load_module(dotted: str, group: str) -> ModuleType:
    try:
        return importlib.import_module(dotted)
    except ImportError as cause:
        raise PluginError(
            f"built-in {dotted.rpartition('.')[2]!r} of {group} does not import: {cause}",
            hint="install the extra it needs, e.g. pip install 'charter[all]'",
        ) from cause


def _load_entry(entry: EntryPoint, group: str) -> Any:
    try:
        return entry.load()
    except (Exception, SystemExit) as cause:
        raise PluginError(
            f"plug-in {entry.name!r} of {group} does not load: {cause}",
            hint=f"fix or uninstall the package that provides {entry.value}",
        ) from cause
