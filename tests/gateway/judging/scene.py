"""A small policy that is served, and requests under it."""

from __future__ import annotations

from tests.policy.worlds import boundary, policy, rule

from charter.gateway.check import Configured, Outcome
from charter.gateway.judging.occasion import Occasion
from charter.gateway.judging.opening import Opened, open_exchange
from charter.gateway.judging.plan import plan
from charter.gateway.judging.scribe import written
from charter.gateway.served import ApprovalTerms, Caller, Served
from charter.gateway.verdict import CallSaid, Channel
from charter.gateway.wire import chat, messages, responses
from charter.gateway.wire.trail import Terms
from charter.ledger.board import Board
from charter.policy.decision import Effect, ToolFacts

NOW = 1_800_000_000.0
CALLER = Caller("web", "shop", "developer", "team-shop")
TEXT = Channel("text")
LEVELS = ("root", "system", "developer", "user", "guideline")
RULES = tuple(rule(f"{level}_{at}", level) for level in LEVELS for at in (1, 2))
BY_ID = {each.id: each for each in RULES}
STAGES = frozenset({"offer", "request", "output", "tool_call", "tool_result"})
CHANNELS = frozenset({"text", "refusal", "reasoning", "arguments", "description"})


def bound(name: str, section: str, when: str, effect: str, on: str):
    """Return a boundary of a section of RULES."""
    return boundary(name, BY_ID[section], when, effect, on)


BOUNDARIES = (
    bound("no_bombs", "root_1", "text.matches('(?i)build a bomb')", "deny", "request"),
    bound("ask_loans", "system_1", "text.contains('a loan')", "require_approval", "request"),
    bound("no_ids", "user_2", "text.matches('ID-[0-9]{4}')", "redact", "request"),
    bound("no_leak", "root_1", "text.matches('(?i)launch code')", "deny", "output"),
    bound("no_cards", "system_2", "text.matches('[0-9]{4}-[0-9]{4}')", "redact", "output"),
    bound("no_poems", "user_1", "text.contains('roses are red')", "deny", "output"),
    bound("ask_quote", "developer_1", "text.contains('final offer')", "require_approval", "output"),
    bound("pay_ask", "system_1", "call.tool == 'pay'", "require_approval", "tool_call"),
    bound("pay_much", "root_2", "call.tool == 'pay' && args.amount > 900", "deny", "tool_call"),
    bound(
        "mail_known",
        "root_2",
        "call.tool == 'mail' && labels.to.level < levels.user",
        "deny",
        "tool_call",
    ),
    bound("no_malware", "root_2", "text.contains('MALWARE')", "deny", "tool_result"),
)


class Finds:
    """A check that finds a word, and breaks on another."""

    def __init__(self, word: str, breaks: str = "", patterns: dict[str, str] | None = None):
        self.word, self.breaks, self.patterns = word, breaks, patterns or {}
        self.seen: list = []

    def look(self, target) -> Outcome:
        self.seen.append(target)
        if self.breaks and self.breaks in target.text:
            raise RuntimeError(target.text)
        at = target.text.find(self.word)
        found = ((at, at + len(self.word)),) if at >= 0 else ()
        return Outcome(hit=at >= 0, reason="a word" if found else "", ranges=found)


def check(name: str, ready: Finds, effect: str = "deny", *, closed: bool = True, **more):
    """Return a check that is configured."""
    fields = {"section": "root_1", "stages": STAGES, "channels": CHANNELS, **more}
    return Configured(name, "finds", effect=Effect(effect), closed=closed, ready=ready, **fields)


def serve(*checks: Configured, boundaries=BOUNDARIES, rules=RULES, readings=None, **more) -> Served:
    """Return what is served."""
    made = policy(rules, boundaries=tuple(boundaries), readings=readings)
    terms = Terms(ladder=made.ladder, readings=made.readings)
    given = {"approvals": ApprovalTerms(3600), "terms": terms, **more}
    return Served(made, "1", ("sha256:test",), checks, plan(made, checks), **given)


SERVED = serve()
READERS = {"chat": chat.read, "responses": responses.read, "messages": messages.read}


def said(*texts: str, tools: tuple[str, ...] = (), **more) -> dict:
    """Return a chat body: what the developer says first, then user and assistant by turns."""
    roles = ["system", *(("user", "assistant") * len(texts))]
    listed = [{"role": r, "content": t} for r, t in zip(roles, texts, strict=False)]
    body = {"model": "m", "messages": listed, **more}
    if tools:
        body["tools"] = [offer(tool) for tool in tools]
    return body


def offer(name: str, description: str = "It helps.", **annotations: bool) -> dict:
    """Return an offered tool."""
    function = {"name": name, "description": description, "parameters": {"type": "object"}}
    made: dict = {"type": "function", "function": function}
    return made | ({"annotations": annotations} if annotations else {})


def opened(
    body: dict,
    served: Served = SERVED,
    *,
    board: Board | None = None,
    now: float = NOW,
    caller: Caller = CALLER,
    exchange: str = "x_1",
    api: str = "chat",
    payload: str = "",
    anew: bool = False,
) -> Opened:
    """Open an exchange."""
    asked = READERS[api](body, served.terms)
    occasion = Occasion(
        exchange,
        "s_1",
        caller,
        asked,
        body,
        written(now),
        now,
        0,
        "sub_1",
        board,
        None,
        payload,
        anew,
    )
    return open_exchange(served, occasion)


def call(tool: str, arguments: str = "{}") -> CallSaid:
    """Return a call that a model made."""
    return CallSaid(0, "call_1", tool, arguments)


def take(board: Board, *records) -> None:
    """Let a board take records, as if a ledger had them."""
    for record in records:
        board.take(board.index + 1, record)


FACTS = {"pay": ToolFacts(reversible="user")}
