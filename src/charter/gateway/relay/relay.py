"""The relay of an API."""

from __future__ import annotations

from charter.gateway.relay.chat import ChatRelay
from charter.gateway.relay.messages import MessagesRelay
from charter.gateway.relay.responses import ResponsesRelay
from charter.gateway.relay.step import Relay, RelayTerms
from charter.gateway.served import Streaming
from charter.gateway.verdict import Judge
from charter.gateway.wire.asked import Api

_RELAYS = {
    Api.CHAT: ChatRelay,
    Api.RESPONSES: ResponsesRelay,
    Api.MESSAGES: MessagesRelay,
}


def relay_for(api: Api, streaming: Streaming, judge: Judge, *, request: RelayTerms) -> Relay:
    """Return a new relay for one answer."""
    return _RELAYS[api](streaming, judge, request)
