"""Models that read what they are asked, as a real one would, and the rules of a small spec."""

import json
import re

from charter.errors import BadModelReply, ModelRefusedRequest, ModelUnavailable
from charter.evals.judging.rules import SpecRules
from charter.evals.ranking.ranker import Part, Question
from charter.models.provider import ChatMessage, Identity, Reply, Stop
from charter.source import Source
from charter.spec.build import build
from charter.spec.overlays.layer import layer
from charter.syntax.reader import parse

SPEC = """\
# A small spec

## Be honest {#honesty authority=user}

The assistant does not lie.[^h1x1]

It says what it does not know.[^h2x2]

## Be brief {#brevity authority=guideline}

The assistant is brief.[^b1x1]
"""


def effective():
    return layer(build(parse(Source("spec.md", SPEC)), name="small", version=None))


def rules():
    return SpecRules(effective())


HONESTY = (Part("honesty", "honesty/h1x1"),)


def question(number=3, parts=HONESTY, **changes):
    """Candidates whose words say how good they are: `good 0` is the best."""
    answers = {f"a{n}": f"This answer is good {n}." for n in range(number)}
    given = {
        "id": "q1",
        "parts": parts,
        "messages": (ChatMessage("user", "What do you know?"),),
        "answers": answers,
    }
    return Question(**(given | changes))


SHOWN = re.compile(r"----- \w+ begins: answer (\w) -----\n(.*?)\n----- \w+ ends", re.DOTALL)


def shown(request):
    """Return words of each answer by letter, in the order shown."""
    return dict(SHOWN.findall(request.messages[-1].content))


def by_words(request):
    """Rank by the number in an answer's words, as a good reader of letters would."""
    found = shown(request)
    best = sorted(found, key=lambda letter: int(re.search(r"good (\d+)", found[letter])[1]))
    return said([[letter] for letter in best])


def by_place(request):
    """Rank in the order shown: a model with nothing but a bias for places."""
    return said([[letter] for letter in shown(request)])


def said(order, cites=("h1x1",), relevance=5, reason="It is honest."):
    return json.dumps(
        {"reason": reason, "cites": list(cites), "relevance": relevance, "order": order}
    )


class Told:
    """A model that answers by a function of the request, or raises what it returns."""

    calls_tools = False
    context = None

    def __init__(self, answer, stop=Stop.STOP):
        self.identity = Identity("told", answer.__name__)
        self.answer, self.stop, self.asked, self.closed = answer, stop, [], False

    async def reply(self, request):
        self.asked.append(request)
        found = self.answer(request)
        if isinstance(found, Exception):
            raise found
        return Reply(found, self.stop)

    async def close(self):
        self.closed = True


def unavailable(request):
    return ModelUnavailable("nobody is there")


def no_key(request):
    return ModelRefusedRequest("no such key", status=401)


def odd(request):
    return BadModelReply("no choices in it")
