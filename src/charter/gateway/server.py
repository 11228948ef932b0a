"""The gateway as an ASGI app: which path is whose, and answers that need no judging.

No framework stands on this path: it costs more than labelling does.
"""

from __future__ import annotations

from typing import Any

import orjson

from charter.errors import CharterError
from charter.gateway.exchange import Exchange
from charter.gateway.handle import handle
from charter.gateway.headers import Said, read_headers
from charter.gateway.metrics import CONTENT_TYPE
from charter.gateway.models_list import list_models
from charter.gateway.outage import outward
from charter.gateway.send import AsgiApp, Receive, Scope, Send, send_body, send_reply
from charter.gateway.service import Service
from charter.gateway.table import files_of
from charter.gateway.upstream import PATHS
from charter.gateway.wire.asked import Api
from charter.gateway.wire.failure import Details, Failure, fail
from charter.ledger.ordered_id import ordered_id

ROUTES = {path: api for api, path in PATHS.items()}
MODELS = "/v1/models"
CONSOLE, API, FEEDBACK, SURVEY = "/console", "/v1/charter", "/feedback", "/survey"


class App:
    """The app; `console`, `api`, `feedback` and `survey` are mounted where they are given."""

    def __init__(
        self,
        service: Service,
        *,
        console: AsgiApp | None = None,
        api: AsgiApp | None = None,
        feedback: AsgiApp | None = None,
        survey: AsgiApp | None = None,
    ) -> None:
        self.service = service
        self.console = console
        self.api = api
        self.feedback = feedback
        self.survey = survey
        self.failed: CharterError | None = None
        """What kept it from starting."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or follow the server's own beginning and end."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        if scope["type"] != "http":
            return
        path = scope["path"]
        api = ROUTES.get(path)
        if api is not None and scope["method"] == "POST":
            await self._exchange(api, scope, receive, send)
        elif path == MODELS or path.startswith(MODELS + "/"):
            await self._models(scope, receive, send)
        elif _under(path, CONSOLE) and self.console is not None:
            await self.console(_mounted(scope, CONSOLE), receive, send)
        elif _under(path, API) and self.api is not None:
            await self.api(_mounted(scope, API), receive, send)
        elif _under(path, FEEDBACK) and self.feedback is not None:
            await self.feedback(_mounted(scope, FEEDBACK), receive, send)
        elif _under(path, SURVEY) and self.survey is not None:
            await self.survey(_mounted(scope, SURVEY), receive, send)
        elif path in _OWN:
            await self._own(path, scope, send)
        else:
            await self._unknown(scope, send)

    async def _exchange(self, api: Api, scope: Scope, receive: Receive, send: Send) -> None:
        said = read_headers(scope["headers"], body=True, version=scope["http_version"])
        await handle(Exchange(self.service, api, new_id(), said, scope, receive, send))

    async def _models(self, scope: Scope, receive: Receive, send: Send) -> None:
        said = read_headers(scope["headers"], body=False, version=scope["http_version"])
        api = Api.MESSAGES if said.anthropic else Api.CHAT
        if scope["method"] != "GET":
            await _refuse(send, api, Failure.WRONG_METHOD, "Only GET lists models.")
            return
        await send_reply(send, await list_models(self.service, api, new_id(), said, scope))

    async def _own(self, path: str, scope: Scope, send: Send) -> None:
        if scope["method"] not in ("GET", "HEAD"):
            await _refuse(send, Api.CHAT, Failure.WRONG_METHOD, f"Only GET reads {path}.")
        elif path == "/metrics":
            await send_body(send, 200, self.service.metrics.text(), CONTENT_TYPE.encode())
        elif path == "/ready":
            why = self.service.why_not
            body = {"ready": not why} | ({"why": why} if why else {}) | _kept(self.service)
            await send_body(send, 503 if why else 200, orjson.dumps(body))
        else:
            await send_body(send, 200, orjson.dumps(health(self.service)))

    async def _unknown(self, scope: Scope, send: Send) -> None:
        said: Said = read_headers(scope["headers"], body=False)
        path = scope["path"]
        api = ROUTES.get(path, Api.MESSAGES if said.anthropic else Api.CHAT)
        if path in ROUTES:
            await _refuse(send, api, Failure.WRONG_METHOD, f"Only POST is answered at {path}.")
        else:
            served = ", ".join((*ROUTES, MODELS))
            await _refuse(send, api, Failure.NOT_FOUND, f"Nothing is here; served are {served}.")

    async def _live(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                try:
                    await self.service.start()
                except CharterError as error:
                    self.failed = error
                    await send({"type": "lifespan.startup.failed", "message": error.message})
                    return
                await send({"type": "lifespan.startup.complete"})
            else:
                await self.service.stop()
                await send({"type": "lifespan.shutdown.complete"})
                return


_OWN = frozenset({"/health", "/ready", "/metrics"})


def new_id() -> str:
    """Return the id of an exchange."""
    return ordered_id("x_")


def health(service: Service) -> dict[str, Any]:
    """Return how a gateway is, for people and probes; it answers as long as it lives.

    Anybody may read it: it tells no paths and no addresses.
    """
    why = service.why_not
    ledger = service.unwritable
    return {
        "status": "degraded" if why else "ok",
        "why": why,
        "ledger": {"ok": not ledger, "why": ledger, "waiting": service.writer.waiting},
        "policy": service.table.base.policy.digest,
        "run": service.run,
        "under_way": len(service.running),
        "stops": len(service.board.stops),
        **service.governing.told(service.table),
        **_kept(service),
    }


def _kept(service: Service) -> dict[str, str]:
    """Return why the files on disk are not what is served, where they are not."""
    reloader = service.reloader
    if reloader is None or not reloader.why:
        return {}
    said = reloader.outward or outward(reloader.why, files_of(service.table))
    return {"not_reloaded": said}


async def _refuse(send: Send, api: Api, failure: Failure, message: str) -> None:
    await send_reply(send, fail(api, failure, Details(new_id(), message)))


def _mounted(scope: Scope, mount: str) -> Scope:
    """Return what an app under a path is given (ASGI: `root_path`); at the path itself its root."""
    path = scope["path"]
    path = f"{mount}/" if path == mount else path
    return {**scope, "path": path, "root_path": scope.get("root_path", "") + mount}


def _under(path: str, mount: str) -> bool:
    return path == mount or path.startswith(mount + "/")
