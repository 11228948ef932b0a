"""The judge that asks a model in words: any provider of Charter's can be one.

Options of such a judge, beside those of its provider:
    temperature  of its replies, default 0
    max_tokens   of one reply, reasoning included, default 1024
    seed         of the first sample, default 0; each further sample has the next
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from pydantic import BaseModel, ConfigDict, Field

from charter.errors import BadModelReply, ModelError, ModelRefusedRequest
from charter.evals.judge import Item, Judge, Judgement, JudgeOutcome, Rules, Said
from charter.evals.judging.prompt import Prompt, prompt_digest, tokens_beside_rules, write
from charter.evals.judging.quote import Quotable
from charter.evals.judging.read_judgement import LAST_CHARACTERS, read_judgement
from charter.evals.reply import FATAL_STATUS, storable
from charter.ledger.ledger import canonical
from charter.models.open import open_model, read_options
from charter.models.provider import Model, Reply, Request, Stop
from charter.policy.briefs.tokens import estimate_tokens
from charter.records.grading import JudgeId
from charter.source import digest_of

SILENT = 3
"""Requests in a row without any reply after which nothing more is asked."""

# What a provider adds to the requests themselves, and so what makes another judge.
_SHAPING = frozenset({"omit", "token_field", "developer_role", "context"})


class Options(BaseModel):
    """What shapes a judge's replies, as read from text."""

    model_config = ConfigDict(frozen=True)

    temperature: float = Field(default=0.0, ge=0, le=5, allow_inf_nan=False)
    max_tokens: int = Field(default=1024, ge=16, le=2**31 - 1)
    seed: int = Field(default=0, ge=0, le=2**31 - 1)


def open_prompted(
    kind: str,
    name: str,
    options: Mapping[str, str],
    rules: Rules,
    *,
    shaping: Mapping[str, str] = MappingProxyType({}),
) -> Judge:
    """Return a judge that asks the model `kind:name`.

    `shaping` is what else makes it another judge, beside the options that do. Raises
    as `open_model` does: ConfigError, ModelUnavailable.
    """
    mine = {key: value for key, value in options.items() if key in Options.model_fields}
    theirs = {key: value for key, value in options.items() if key not in mine}
    chosen = read_options(Options, mine, kind)
    model = open_model(f"{kind}:{name}" if name else kind, theirs)
    given = {key: value for key, value in theirs.items() if key in _SHAPING}
    return Prompted(model, chosen, rules, kind=kind, shaping={**shaping, **given})


class Prompted:
    """A model with a prompt. Use it within one event loop."""

    def __init__(
        self,
        model: Model,
        options: Options,
        rules: Rules,
        *,
        kind: str,
        shaping: Mapping[str, str] | None = None,
    ) -> None:
        self._model = model
        self._options = options
        self._rules = rules
        self._silent = 0
        """Requests in a row that no reply came to."""
        self._heard = False
        self._slices: dict[tuple[str, str | None], int] = {}
        """Tokens of the slices that were asked for."""
        known = model.identity
        settings = {
            **(shaping or {}),
            "temperature": f"{options.temperature:g}",
            "max_tokens": str(options.max_tokens),
            "seed": str(options.seed),
        }
        if known.sampling is not None:
            settings["sampling"] = known.sampling
        self.identity = JudgeId(
            kind, known.name, known.digest, prompt_digest(), canonical(settings)
        )
        self.reply_tokens = options.max_tokens

    async def judge(self, item: Item, *, sample: int, said: Said | None = None) -> Judgement:
        """Ask once, or read what was said to the same request before."""
        prompt = self._prompt(item, sample)
        asked = self._request(prompt, sample)
        if said is not None:
            return self._read(item, prompt, asked, said, cached=True)
        try:
            reply = await self._model.reply(asked)
        except ModelError as failure:
            return self._unavailable(prompt, asked, failure)
        self._silent, self._heard = 0, True
        return self._read(item, prompt, asked, _said(reply), cached=False)

    def request(self, item: Item, *, sample: int) -> str:
        """Name all that would be asked, this judge's identity included."""
        return self._digest(self._request(self._prompt(item, sample), sample))

    def tokens(self, item: Item) -> int:
        """Estimate what is asked from above, whichever the sample."""
        part = item.section, item.clause
        if part not in self._slices:
            self._slices[part] = estimate_tokens(self._rules.slice(*part))
        return self._slices[part] + tokens_beside_rules(item)

    async def close(self) -> None:
        """Close the model."""
        await self._model.close()

    def _prompt(self, item: Item, sample: int) -> Prompt:
        return write(item, self._rules.slice(item.section, item.clause), sample=sample)

    def _request(self, prompt: Prompt, sample: int) -> Request:
        options = self._options
        return Request(
            messages=prompt.messages,
            max_tokens=options.max_tokens,
            temperature=options.temperature,
            seed=(options.seed + sample) % 2**31,
        )

    def _digest(self, asked: Request) -> str:
        me = self.identity
        words = [[said.role, said.content] for said in asked.messages]
        who = [me.kind, me.name, me.digest, me.prompt, me.settings]
        return digest_of(canonical([who, words, asked.seed]))

    def _read(
        self, item: Item, prompt: Prompt, asked: Request, said: Said, *, cached: bool
    ) -> Judgement:
        read = read_judgement(
            said.text,
            Stop(said.stop),
            answer=Quotable(item.answer, item.calls),
            shown=self._rules.clauses(item.section, item.clause),
            section=item.section,
        )
        return Judgement(
            outcome=read.outcome,
            rating=read.rating,
            cites=read.cites,
            quotes=read.quotes,
            reason=read.reason,
            request=self._digest(asked),
            text=said.text,
            stop=said.stop,
            input_tokens=said.input_tokens,
            output_tokens=said.output_tokens,
            flipped=prompt.flipped,
            cached=cached,
        )

    def _unavailable(self, prompt: Prompt, asked: Request, failure: ModelError) -> Judgement:
        """Return the failure as a judgement. Raises it where asking anything else fails as well.

        That is so for a wrong key or model, for a server that never answered, for one that falls
        silent `SILENT` times in a row, and for one that has turned down that many requests and
        answered none: then the fault is not in the item.
        """
        if isinstance(failure, ModelRefusedRequest) and failure.status in FATAL_STATUS:
            raise failure
        may_be_the_item = isinstance(failure, ModelRefusedRequest | BadModelReply)
        if not (may_be_the_item and self._heard):
            self._silent += 1
        if self._silent >= SILENT or not (may_be_the_item or self._heard):
            raise failure
        return Judgement(
            outcome=JudgeOutcome.UNAVAILABLE,
            rating=None,
            cites=(),
            quotes=(),
            reason=storable(f"{type(failure).__name__}: {failure}"[:1000]),
            request=self._digest(asked),
            text="",
            stop="",
            input_tokens=0,
            output_tokens=0,
            flipped=prompt.flipped,
        )


def _said(reply: Reply) -> Said:
    """Keep of a reply what is read of it: one of megabytes is no judgement."""
    return Said(
        storable(reply.text[-LAST_CHARACTERS:]),
        reply.stop.value,
        reply.input_tokens,
        reply.output_tokens,
    )
