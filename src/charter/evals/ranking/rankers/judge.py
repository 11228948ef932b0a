"""A model that is shown the rules an item needs, and orders its candidates: `judge`.

`--model` names any provider's model, such as `openai:NAME`, `embedded` or `scripted:FILE`. Options,
beside those of its provider:
    temperature  of its replies, default 0
    max_tokens   of one reply, reasoning included, default 1024
    seed         of the first repeat, default 0; each further one has the next
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from charter.errors import ConfigError, ModelError
from charter.evals.judge import JudgeOutcome, Rules
from charter.evals.judging.cost import Tokens
from charter.evals.judging.prompted import SILENT, Options
from charter.evals.judging.read_judgement import LAST_CHARACTERS
from charter.evals.ranking.prompt import Prompt, prompt_digest, tokens_of, write
from charter.evals.ranking.ranker import Need, Question, Ranked, Ranker
from charter.evals.ranking.read_ranking import MOST_TEXT, failed, read_ranking
from charter.evals.reply import fatal, storable
from charter.ledger.ledger import canonical
from charter.models.open import open_model, read_options
from charter.models.provider import Model, Request
from charter.models.providers.openai import DEFAULT_URL, place_of
from charter.policy.briefs.tokens import estimate_tokens
from charter.records.grading import JudgeId

# What a provider adds to the requests themselves, and so what makes another ranker.
_SHAPING = frozenset({"omit", "token_field", "developer_role", "context"})


def open(name: str, options: Mapping[str, str], rules: Rules) -> Ranker:  # noqa: A001  # the plug-in's word
    """Return the ranker. Raises ConfigError and ModelUnavailable."""
    if not name:
        raise ConfigError("no model is named that ranks", hint="e.g. --model openai:NAME")
    mine = {key: value for key, value in options.items() if key in Options.model_fields}
    theirs = {key: value for key, value in options.items() if key not in mine}
    chosen = read_options(Options, mine, name.partition(":")[0])
    shaping = {key: value for key, value in theirs.items() if key in _SHAPING}
    place = place_of(theirs.get("base_url", DEFAULT_URL)) if name.startswith("openai:") else None
    shaping |= {} if place is None else {"endpoint": place}
    return RankingModel(open_model(name, theirs), chosen, rules, shaping=shaping)


class RankingModel:
    """A model with a prompt. Use it within one event loop."""

    def __init__(
        self,
        model: Model,
        options: Options,
        rules: Rules,
        *,
        shaping: Mapping[str, str] | None = None,
    ) -> None:
        self._model, self._options, self._rules = model, options, rules
        self._silent, self._heard = 0, False
        known = model.identity
        settings = {**(shaping or {}), **options.model_dump(mode="json")}
        self.asks = JudgeId(
            known.provider, known.name, known.digest, prompt_digest(), canonical(settings)
        )
        self.identity = canonical(
            {
                "ranker": "judge",
                "model": [known.provider, known.name, known.digest, known.sampling],
                "prompt": prompt_digest(),
                "settings": settings,
            }
        )

    def need(self, question: Question) -> Need:
        """Return one request with the longest reply there can be."""
        told = tokens_of(question, self._slices(question))
        return Need(1, Tokens(told, self._options.max_tokens))

    async def rank(self, question: Question, *, repeat: int) -> Ranked:
        """Ask once. Where no reply comes, that is a value, unless nothing else would get one."""
        prompt = self.prompt(question, repeat=repeat)
        options = self._options
        asked = Request(
            messages=prompt.messages,
            max_tokens=options.max_tokens,
            temperature=options.temperature,
            seed=(options.seed + repeat) % 2**31,
        )
        try:
            reply = await self._model.reply(asked)
        except ModelError as failure:
            return self._unavailable(failure)
        self._silent, self._heard = 0, True
        text = storable(reply.text[-LAST_CHARACTERS:])
        found = read_ranking(
            text,
            reply.stop,
            letters=prompt.letters,
            shown=frozenset(
                name
                for part in question.parts
                for name in self._rules.clauses(part.section, part.clause)
            ),
            sections=[part.section for part in question.parts],
            material=[*question.answers.values(), *(each.content for each in question.messages)],
        )
        told = reply.input_tokens or self.need(question).tokens.input
        return replace(
            found,
            shown=tuple(prompt.letters.values()),
            text=text[-MOST_TEXT:] if found.failure else "",
            used=Tokens(told, reply.output_tokens or estimate_tokens(reply.text)),
        )

    def prompt(self, question: Question, *, repeat: int) -> Prompt:
        """Return what would be asked. Raises UnknownClause."""
        return write(question, self._slices(question), repeat=repeat)

    async def close(self) -> None:
        """Close the model."""
        await self._model.close()

    def _slices(self, question: Question) -> str:
        slices = [self._rules.slice(part.section, part.clause) for part in question.parts]
        return "\n\n".join(dict.fromkeys(slices))

    def _unavailable(self, failure: ModelError) -> Ranked:
        """Return the failure as a value. Raises it where asking anything else fails as well.

        That is so where nothing was heard yet, or `SILENT` times in a row nothing.
        """
        self._silent += 1
        if (fatal(failure) and not self._heard) or self._silent >= SILENT:
            raise failure
        return failed(
            JudgeOutcome.UNAVAILABLE, storable(f"{type(failure).__name__}: {failure}"[:500])
        )
