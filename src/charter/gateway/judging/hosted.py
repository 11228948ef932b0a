"""Names under which tools that the provider runs are called, where they are offered under others.

`web_search_preview` is called as `web_search`, a function of a namespace by its own name, and a
tool of an MCP server by the name that the server gives it: what was offered is the server.
Source: types of the packages `openai` 3.54.0 and `anthropic` 2.12.0.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from charter.gateway.wire.asked import Api, Asked
from charter.gateway.wire.pointer import value_at

_FAMILIES: Mapping[Api, Mapping[str, tuple[str, ...]]] = {
    Api.RESPONSES: {
        "web_search": ("web_search",),
        "computer_use": ("computer",),
        "programmatic_tool_calling": ("program",),
    },
    Api.MESSAGES: {
        "code_execution": ("bash_code_execution", "text_editor_code_execution"),
    },
}
"""By the beginning of a tool's type, the names it is called by."""


class Hosted(NamedTuple):
    """What an answer may call beside the tools that a request names."""

    names: frozenset[str] = frozenset()
    servers: frozenset[str] = frozenset()
    """MCP servers that the request hands over whole."""


NONE = Hosted()


def hosted(asked: Asked, body: Mapping[str, Any]) -> Hosted:
    """Return what the tools of a request are called by beside their names."""
    if asked.api is Api.CHAT or not (asked.tools or body.get("mcp_servers")):
        return NONE
    names: set[str] = set()
    servers = set(_servers(body))
    for tool in asked.tools:
        for start, called in _FAMILIES[asked.api].items():
            if tool.kind.startswith(start):
                names.update(called)
        offered = value_at(body, tool.pointer)
        if tool.kind == "namespace":
            names.update(_inner(offered))
        elif tool.kind == "mcp" and not offered.get("allowed_tools"):
            servers.add(tool.name)
    return Hosted(frozenset(names), frozenset(servers))


def _servers(body: Mapping[str, Any]) -> Iterator[str]:
    """Yield the servers of a Messages request."""
    given = body.get("mcp_servers")
    for one in given if isinstance(given, list) else ():
        if isinstance(one, Mapping) and isinstance(one.get("name"), str):
            yield one["name"]


def _inner(namespace: Mapping[str, Any]) -> Iterator[str]:
    """Yield the functions of a namespace."""
    given = namespace.get("tools")
    for one in given if isinstance(given, list) else ():
        if isinstance(one, Mapping) and isinstance(one.get("name"), str):
            yield one["name"]
