"""From where a request of the public comes: its network, and the site whose form it is."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import urlsplit

from starlette.requests import Request

from charter.console.guard import address_of

_WITH_PORT = re.compile(r"\[([^\[\]]{1,60})\](?::[0-9]{1,5})?|([0-9.]{7,15}):[0-9]{1,5}")
"""How some proxies write an address: with the port of the client, which is another each time."""


def network_of(request: Request, header: str = "") -> str:
    """Return where a request comes from; of IPv6 the network, as one household has all of it.

    `header` names the header in which a proxy puts the address. Its last entry counts; one that
    is no address counts as the proxy's own, so that all of those share what one may do.
    """
    own = address_of(request)
    said = request.headers.getlist(header) if header else []
    found = _network(said[-1].rpartition(",")[2]) if said else None
    return found or _network(own) or own[:100]


def _network(text: str) -> str | None:
    text = text.strip().strip('"')[:100]
    with_port = _WITH_PORT.fullmatch(text)
    try:
        address = ipaddress.ip_address((with_port[1] or with_port[2]) if with_port else text)
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    mapped = address.ipv4_mapped
    return str(mapped) if mapped else str(ipaddress.IPv6Network((int(address), 64), strict=False))


def is_foreign(request: Request) -> bool:
    """Whether another site sent a form.

    Browsers say where a form stands: newer ones by Sec-Fetch-Site over HTTPS, all by Origin.
    """
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if site is not None:
        return site not in ("same-origin", "none")
    if origin is None:
        return False
    host = _host(origin)
    return not host or host != request.headers.get("host", "").lower()


def _host(origin: str) -> str:
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return ""
