"""Coverage-guided fuzzing of what reads bytes of clients and upstreams in the gateway.

Usage: python tests/fuzz/fuzz_gateway.py TARGET [-runs=N] [folder of inputs], where TARGET is
`sse`, `requests`, `answers` or `relays`.
Not collected by pytest: the fuzzer instruments what it imports and ends the process.
"""

import itertools
import json
import sys
from pathlib import Path

import atheris

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

with atheris.instrument_imports(include=["charter.gateway"]):
    from charter.gateway.answers.settle import answer_of, settle
    from charter.gateway.relay.relay import relay_for
    from charter.gateway.relay.step import RelayTerms
    from charter.gateway.served import Streaming
    from charter.gateway.stream.patterns import Patterns
    from charter.gateway.stream.redact import redactions
    from charter.gateway.stream.sse import Reader
    from charter.gateway.verdict import Edit, Verdict
    from charter.gateway.wire import chat, messages, responses
    from charter.gateway.wire.asked import Api
    from charter.gateway.wire.json_body import read_json

from charter.policy.decision import Effect

WORD = "sesame"
MAIL = Patterns({"mail": "[a-z]{1,4}@[a-z]{1,4}"})
PATTERNS = Patterns({"secret": WORD, "mail": "[a-z]{1,4}@[a-z]{1,4}"})
STREAMING = Streaming(PATTERNS, {"secret": Effect.DENY, "mail": Effect.REDACT})
_PARTS = (
    b"data: ", b"event: error", b"\n", b"\r\n", b"\n\n", b": x", b"[DONE]", b"\xef\xbb\xbf",
    b'{"choices":[{"index":0,"delta":{', b'"content":"', b'"finish_reason":"stop"', b"}}]}",
    b'"tool_calls":[{"index":0,"id":"c","function":{"name":"f","arguments":"{}"}}]',
    b'"logprobs":{"content":[{"token":"a","bytes":[97],"logprob":-1,"top_logprobs":[]}]}',
    b'{"type":"response.created","response":{"id":"r"}}', b'"output":[', b'"output_index":0,',
    b'{"type":"response.output_item.added","output_index":0,"item":{"id":"m","type":"message"}}',
    b'{"type":"response.output_text.delta","output_index":0,"content_index":0,"delta":"',
    b'{"type":"response.output_item.done","output_index":0,"item":', b'{"type":"function_call",',
    b'{"type":"response.completed","response":{"output":[]}}',
    b'{"type":"message_start","message":{"id":"m","content":[]}}',
    b'{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}',
    b'{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"',
    b'{"type":"content_block_stop","index":0}', b'{"type":"message_stop"}',
    b'{"type":"message_delta","delta":{"stop_reason":"end_turn"}}', b"sesame", b"ses", b"ame",
    b"me@x", b'"', b'"}}', b'"}', b"}", b"]", b",", b"null", b"\\ud83d", b"\\ude00", b"\xff",
    b'"messages":[{"role":"user","content":"', b'"input":[', b'"system":', b'"tools":[',
)  # fmt: skip


class AnyJudge:
    """Denies and redacts what the patterns find in a whole text, and one tool."""

    def text(self, channel: object, text: str, hits: tuple[str, ...] = ()) -> Verdict:
        """See `Judge`."""
        text.encode()
        if hits or WORD in text:
            return Verdict(Effect.DENY, "d", say="No.")
        edits = tuple(Edit(start, end) for start, end in redactions(MAIL, text))
        return Verdict(Effect.REDACT if edits else Effect.ALLOW, "d", edits=edits)

    def call(self, said: object) -> Verdict:
        """See `Judge`."""
        return Verdict(Effect.DENY if "deny" in said.tool else Effect.ALLOW, "d", say="No.")  # type: ignore[attr-defined]

    def cut(self, failure: str, released: int) -> None:
        """See `Judge`."""


def bytes_of(data: bytes) -> bytes:
    """Return bytes made of parts of real payloads where a byte names one, else of any bytes."""
    provider = atheris.FuzzedDataProvider(data)
    parts = []
    while provider.remaining_bytes() > 0 and len(parts) < 200:
        at = provider.ConsumeIntInRange(0, len(_PARTS) + 3)
        parts.append(_PARTS[at] if at < len(_PARTS) else provider.ConsumeBytes(at - len(_PARTS)))
    return b"".join(parts)


def pieces_of(text: bytes, data: bytes) -> list[bytes]:
    """Return a text cut into short pieces of one length, which the input chooses."""
    size = 1 + (data[-1] % 40 if data else 0)
    return [text[at : at + size] for at in range(0, len(text), size)]


def sse(data: bytes) -> None:
    """Fail when events depend on how the bytes are cut, or lose a byte."""
    for text in (bytes_of(data), data):
        whole, cut = Reader(), Reader()
        events = [*whole.feed(text), *whole.finish()]
        found = [event for piece in pieces_of(text, data) for event in cut.feed(piece)]
        found += cut.finish()
        if events != found or b"".join(event.raw for event in events) != text:
            raise AssertionError(f"cuts matter: {text!r}")


def requests(data: bytes) -> None:
    """Fail when a body is refused with anything but a ValueError of one line."""
    for body in (bytes_of(data), data):
        for reader in (chat.read, responses.read, messages.read):
            try:
                reader(read_json(body))
            except ValueError as cause:
                if "\n" in str(cause):
                    raise AssertionError(f"more than one line: {cause}") from None


def answers(data: bytes) -> None:
    """Fail when an answer is refused with another error, or what is denied is left in it."""
    for body in (bytes_of(data), data):
        for api in Api:
            try:
                answer = answer_of(api, body, {})
            except ValueError:
                continue
            made = settle(answer, AnyJudge(), PATTERNS)
            json.loads(made.body or b"{}")
            if WORD.encode() in made.body:
                raise AssertionError(f"left in it: {made.body!r}")


def relays(data: bytes) -> None:
    """Fail when a relay raises, when cuts matter, or when what is denied leaves."""
    for text, api in itertools.product((bytes_of(data), data), Api):
        outs = []
        for pieces in ([text], pieces_of(text, data)):
            relay = relay_for(api, STREAMING, AnyJudge(), request=RelayTerms("x"))
            steps = [*map(relay.feed, pieces), relay.end()]
            if not steps[-1].done or relay.failure == "relay_failed":
                raise AssertionError(f"no end: {text!r}")
            outs.append(b"".join(step.out for step in steps))
        if outs[0] != outs[1]:
            raise AssertionError(f"cuts matter: {text!r}")
        if WORD.encode() in outs[0]:
            raise AssertionError(f"it left: {outs[0]!r}")


if __name__ == "__main__":
    target = {"sse": sse, "requests": requests, "answers": answers, "relays": relays}[sys.argv[1]]
    atheris.Setup([sys.argv[0], *sys.argv[2:]], target)
    atheris.Fuzz()
