"""What every answer of the console, and of the form for the public, tells the browser to refuse."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = (
    ("content-security-policy", POLICY),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("permissions-policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    ("x-robots-tag", "noindex, nofollow"),
)
MOUNT = "/console"


class Headers:
    """Adds the headers to every answer, and finds out where the app is mounted."""

    def __init__(self, app: ASGIApp, *, policy: str = POLICY, mount: str = MOUNT) -> None:
        self._app, self._mount = app, mount
        self._headers = (*HEADERS, ("content-security-policy", policy))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def headed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers:
                    headers[name] = value
                headers.setdefault("cache-control", "no-store")
                if scope.get("scheme") == "https":
                    headers["strict-transport-security"] = "max-age=31536000"
            await send(message)

        await self._app(mounted(scope, self._mount), receive, headed)


def mounted(scope: Scope, mount: str = MOUNT) -> Scope:
    """Return a scope whose root path is where the app is, however it was mounted."""
    root = str(scope.get("root_path", ""))
    if root.endswith(mount):
        return scope
    path = str(scope["path"])
    if path == root + mount or path.startswith(f"{root}{mount}/"):
        return {**scope, "root_path": root + mount}
    return scope
