"""A connection to a host whose address was looked at before: no name leads into a private network.

The address that was looked at is the one that is connected to, so that a name server which answers
differently the second time gains nothing.
"""

from __future__ import annotations

import ipaddress
import socket

from charter.govern.notices.outcome import NotSent


def connect(host: str, port: int, timeout: float, *, allow_private: bool) -> socket.socket:
    """Return a connection.

    Raises NotSent, for good where an address is private and may not be, and OSError.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (socket.gaierror, UnicodeError) as cause:
        raise NotSent("its name cannot be looked up", again=True) from cause
    places = list(dict.fromkeys(str(row[4][0]) for row in found))
    if not allow_private and not all(is_public(place) for place in places):
        raise NotSent("its address is private: allow_private lets that be", again=False)
    last: OSError | None = None
    for place in places:
        try:
            return socket.create_connection((place, port), timeout=timeout)
        except OSError as error:
            last = error
    raise last or OSError("no address")


def is_public(place: str) -> bool:
    """Whether an IP address lies in the public network."""
    try:
        found = ipaddress.ip_address(place.partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(found, "ipv4_mapped", None)
    found = mapped if mapped is not None else found
    return found.is_global and not found.is_multicast
