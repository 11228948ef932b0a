"""One request, from its key to the last byte of its answer.

Nothing leaves before what it follows from is durable: refusals, held calls and released calls
alike. What ends an exchange early (a stop, a client that has gone, an upstream that broke) is
recorded as well.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from typing import Any

import aiohttp

from charter.errors import LedgerError
from charter.gateway.answers.refusal import refused
from charter.gateway.answers.settle import settle
from charter.gateway.forward import forwarded
from charter.gateway.headers import Said
from charter.gateway.judging.occasion import Occasion
from charter.gateway.judging.opened import Opened, open_exchange
from charter.gateway.recorder import Recorder
from charter.gateway.relay.relay import relay_for
from charter.gateway.relay.step import KEEP_ALIVE, Relay, RelayTerms, Step
from charter.gateway.running import BODY_LATE, ENDING, GONE, SLOW, STOPPED, Cut, Running, watch
from charter.gateway.send import JSON, STREAM, Receive, Scope, Send, send_reply
from charter.gateway.served import Caller, Served
from charter.gateway.service import Service
from charter.gateway.upstream import GARBAGE, LATE, UpstreamFailed, given_on
from charter.gateway.verdict import Verdict
from charter.gateway.wire import chat, messages, responses
from charter.gateway.wire.asked import Api, Asked
from charter.gateway.wire.failure import Details, Failure, Reply, fail
from charter.gateway.wire.json_body import Limits, read_json
from charter.policy.decision import Effect

READERS = {Api.CHAT: chat.read, Api.RESPONSES: responses.read, Api.MESSAGES: messages.read}
QUIET = 10.0
"""Seconds without a byte to the client after which a comment keeps its connection alive."""
