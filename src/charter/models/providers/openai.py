"""Any server that speaks OpenAI's Chat Completions: hosted ones, vLLM, llama.cpp, Ollama.

Options:
    base_url        default https://api.openai.com/v1
    key_env         environment variable with the key, default OPENAI_API_KEY; empty: send none
    timeout         seconds for one request in all, default 120; a timeout is not retried
    attempts        requests for one reply, default 5
    max_wait        longest wait between two attempts in seconds, default 60
    token_field     max_tokens (default) or max_completion_tokens, which newer models want
    omit            parameters not to send, of temperature, seed, max_tokens: `temperature,seed`
    developer_role  developer (default), or system for servers that know no developer messages
"""

from __future__ import annotations

import asyncio
import ipaddress
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

import aiohttp
import orjson
from pydantic import BaseModel, ConfigDict, Field
from pydantic_core import from_json
from yarl import URL

from charter.errors import (
    BadModelReply,
    ConfigError,
    ModelError,
    ModelRefusedRequest,
    ModelUnavailable,
)
from charter.models.chat_wire import (
    OMITTABLE,
    advice,
    read_error,
    read_reply,
    request_body,
    shown,
)
from charter.models.open import read_options
from charter.models.provider import Identity, Model, Reply, Request, Stop
from charter.models.retry import backoff, may_recover, wait_seconds

DEFAULT_URL = "https://api.openai.com/v1"
MAX_BODY = 8 * 1024 * 1024


class Options(BaseModel):
    """The options as read from text."""

    model_config = ConfigDict(frozen=True)

    base_url: str = DEFAULT_URL
    key_env: str = "OPENAI_API_KEY"
    timeout: float = Field(default=120.0, gt=0, le=3600, allow_inf_nan=False)
    attempts: int = Field(default=5, ge=1, le=20)
    max_wait: float = Field(default=60.0, ge=0, le=600, allow_inf_nan=False)
    token_field: Literal["max_tokens", "max_completion_tokens"] = "max_tokens"  # noqa: S105  # the name of a field, no secret
    omit: str = ""
    developer_role: Literal["developer", "system"] = "developer"


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    headers: Mapping[str, str]
    data: object
    """The parsed body; None when it is not JSON."""


class _ConnectionFailed(Exception):  # a signal inside this module, never raised out
    """The exchange broke before there was an answer; its text is fit to show."""


def open(name: str, options: Mapping[str, str]) -> Model:  # noqa: A001  # the Provider's word
    """Return the model `name` of a server. Nothing is sent until the first reply is asked for."""
    if not name:
        raise ConfigError("the provider 'openai' needs a model name", hint="write openai:NAME")
    chosen = read_options(Options, options, "openai")
    omit = frozenset(part.strip() for part in chosen.omit.split(",") if part.strip())
    if not omit <= set(OMITTABLE):
        raise ConfigError(
            "option 'omit' of the provider 'openai' names a parameter that cannot be omitted",
            hint=f"it takes a comma-separated list of {', '.join(OMITTABLE)}",
        )
    endpoint = _endpoint(chosen.base_url)
    return OpenAIModel(name, endpoint, _key(chosen.key_env, endpoint), chosen, omit)


class OpenAIModel:
    """One model behind one address. Use it within one event loop."""

    calls_tools = True
    context: int | None = None

    def __init__(
        self, name: str, endpoint: URL, key: str, options: Options, omit: frozenset[str]
    ) -> None:
        self.identity = Identity("openai", name)
        self._endpoint = endpoint
        self._where = str(endpoint.with_query(None))
        self._key = key
        self._options = options
        self._omit = omit
        self._session: aiohttp.ClientSession | None = None

    async def reply(self, request: Request) -> Reply:
        """Answer once, asking again where the server may recover."""
        options = self._options
        body = request_body(
            request,
            model=self.identity.name,
            token_field=options.token_field,
            omit=self._omit,
            developer_role=options.developer_role,
        )
        payload = orjson.dumps(body)
        started = time.monotonic()
        for attempt in range(1, options.attempts + 1):
            failure: ModelError
            try:
                answer = await self._post(payload)
            except _ConnectionFailed as broken:
                failure = self._unreachable(str(broken))
                wait = backoff(attempt, most=options.max_wait)
            else:
                if not may_recover(answer.status, read_error(answer.data).code):
                    reply = self._read(answer, request)
                    seconds = time.monotonic() - started
                    return replace(reply, seconds=seconds, attempts=attempt)
                failure = self._turned_down(answer)
                wait = wait_seconds(attempt, answer.headers, most=options.max_wait, now=time.time())
            if attempt < options.attempts:
                await asyncio.sleep(wait)
        raise failure

    async def close(self) -> None:
        """Close the connections; a later reply opens new ones."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def _post(self, payload: bytes) -> _Answer:
        """Send one request. No exception of aiohttp is chained: some show the request's headers."""
        try:
            # A redirect would take the key, or turn the POST into a GET.
            async with self._connected().post(
                self._endpoint, data=payload, headers=self._headers(), allow_redirects=False
            ) as response:
                body = await self._bounded(response.content)
                if self._key and b'"choices"' not in body:
                    # Before anything is cut to length, or half a key would pass.
                    body = body.replace(self._key.encode(), b"[key]")
                return _Answer(response.status, response.headers, _json(body))
        except TimeoutError:
            limit = f"{self._options.timeout:g} s"
            raise ModelUnavailable(
                f"{self._where} did not answer within {limit}",
                hint="raise the option `timeout`, or ask for fewer tokens",
            ) from None
        except aiohttp.ClientSSLError:
            raise ModelUnavailable(
                f"the TLS certificate of {self._where} is not accepted",
                hint="add its authority to the system's store, or set SSL_CERT_FILE",
            ) from None
        except aiohttp.ClientResponseError:
            raise BadModelReply(
                f"{self._where} does not answer in HTTP that can be read",
                hint="check base_url and any proxy on the way",
            ) from None
        except aiohttp.ClientConnectorError as cause:
            number, said = cause.os_error.errno or 0, cause.os_error.strerror
            reason = os.strerror(number) if number > 0 else said or "no connection"
            raise _ConnectionFailed(shown(reason)) from None
        except aiohttp.ClientError as cause:
            raise _ConnectionFailed(f"the connection broke ({type(cause).__name__})") from None

    async def _bounded(self, content: aiohttp.StreamReader) -> bytes:
        body = bytearray()
        async for chunk in content.iter_any():
            body += chunk
            if len(body) > MAX_BODY:
                raise BadModelReply(
                    f"{self._where} answered with more than {MAX_BODY // 2**20} MB",
                    hint="check that base_url is that of a Chat Completions API",
                )
        return bytes(body)

    def _connected(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                timeout=aiohttp.ClientTimeout(total=self._options.timeout),
                cookie_jar=aiohttp.DummyCookieJar(),
                # Proxies of the environment are for addresses beyond this machine.
                trust_env=not _is_loopback(self._endpoint),
            )
        return self._session

    def _headers(self) -> dict[str, str]:
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if self._key:
            headers["Authorization"] = f"Bearer {self._key}"
        return headers

    def _read(self, answer: _Answer, request: Request) -> Reply:
        if 200 <= answer.status < 300:
            if answer.data is None:
                raise BadModelReply(
                    f"{self._where} answered with something that is not JSON",
                    hint="check base_url: it usually ends in /v1",
                )
            try:
                return read_reply(answer.data, tools=request.tools, who=self._where)
            except BadModelReply as problem:
                raise BadModelReply(self._clean(problem.message), hint=problem.hint) from None
        if answer.status == 400 and read_error(answer.data).code == "content_filter":
            return Reply(text="", stop=Stop.FILTERED)
        raise self._turned_down(answer)

    def _turned_down(self, answer: _Answer) -> ModelError:
        """Return the error for a status that is not a reply."""
        status, error = answer.status, read_error(answer.data)
        words = f": {self._clean(error.message)}" if error.message else ""
        hint = advice(status, error, key_env=self._options.key_env)
        if status in (408, *range(500, 600)):
            return ModelUnavailable(f"{self._where} answered {status}{words}", hint=hint)
        if status == 401:
            words = ""  # Servers repeat part of the key they were given.
        message = f"{self._where} turned the request down with {status}{words}"
        return ModelRefusedRequest(message, status=status, hint=hint)

    def _unreachable(self, reason: str) -> ModelUnavailable:
        return ModelUnavailable(
            f"{self._where} cannot be reached: {reason}",
            hint="check that the server runs, the option base_url, and the network",
        )

    def _clean(self, text: str) -> str:
        return text.replace(self._key, "[key]") if self._key else text


def _endpoint(base_url: str) -> URL:
    """Return the address to post to. The text is never repeated: it may hold a password."""
    try:
        base = URL(base_url.strip())
        path = base.path.rstrip("/") + "/chat/completions"
        endpoint = base.with_path(path).with_query(base.query)
    except ValueError:
        endpoint = URL()
    if endpoint.scheme not in ("http", "https") or not endpoint.host or endpoint.user is not None:
        raise ConfigError(
            "option 'base_url' of the provider 'openai' is not a usable address",
            hint="it has the form https://HOST/v1, without user name and password",
        )
    return endpoint


def place_of(base_url: str) -> str | None:
    """Return host, port and path of an endpoint, which hold no secret; None for the default one.

    Two servers may serve different models under one name. Raises ConfigError.
    """
    place, usual = (_place(_endpoint(url)) for url in (base_url, DEFAULT_URL))
    return None if place == usual else place


def _place(endpoint: URL) -> str:
    port = "" if endpoint.is_default_port() else f":{endpoint.port}"
    return f"{endpoint.host}{port}{endpoint.path.removesuffix('/chat/completions')}"


def _key(variable: str, endpoint: URL) -> str:
    key = os.environ.get(variable, "").strip() if variable else ""
    if not key and variable and not _is_loopback(endpoint):
        raise ConfigError(
            f"no API key for {endpoint.host}: {variable} is not set",
            hint=f"set {variable}, name another variable with key_env, or send none with key_env=",
        )
    if not (key.isascii() and key.isprintable()):
        raise ConfigError(
            f"{variable} holds characters that no API key has", hint="copy the key again"
        )
    return key


def _is_loopback(url: URL) -> bool:
    host = url.host or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _json(body: bytes) -> object:
    # Not orjson: it gives one key for another of the same hash, and a server chooses its keys.
    try:
        parsed: object = from_json(body, allow_inf_nan=False, cache_strings="none")
    except ValueError:
        return None
    return parsed
