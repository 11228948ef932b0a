"""The address of a published site: what is one, and where the JSON of its spec is."""

from __future__ import annotations

import posixpath
from urllib.parse import urlsplit, urlunsplit

from charter.errors import ConfigError


def is_address(target: str) -> bool:
    """Whether a target is to be asked from a server."""
    return target.lower().startswith(("http://", "https://"))


def data_address(url: str) -> str:
    """Return the address of the JSON beside a page: docs/publish.md. Raises ConfigError."""
    try:
        parts = urlsplit(url)
        port = parts.port  # raises ValueError
    except ValueError:
        parts, port = None, None
    unsafe = any(c.isspace() or not c.isprintable() for c in url)
    if parts is None or not parts.hostname or parts.username or port == 0 or unsafe:
        raise ConfigError(f"{url!r:.200} is no address", hint="such as https://example.org/spec/")
    path = parts.path or "/"
    if not path.endswith(".json"):
        folder = path if path.endswith("/") else posixpath.dirname(path) + "/"
        if posixpath.basename(folder.rstrip("/")) in ("s", "diff", "search"):
            folder = posixpath.dirname(folder.rstrip("/"))
        path = folder.rstrip("/") + "/spec.json"
    return urlunsplit((parts.scheme, parts.netloc, path, parts.query, ""))
