"""Golden answers: the worlds beside this file -> a digest of every resolution and decision.

    python tests/cases/golden/digests.py            print the digests as JSON
    python tests/cases/golden/digests.py --write    take them as the expected ones, in digests.json
    python tests/cases/golden/digests.py --make 40  draw other worlds.json, and print nothing

A changed digest says that a policy answers otherwise than before, or in another form. Look at the
difference before taking it over: `--show NAME` prints the whole answer of one world.
"""

from __future__ import annotations

import hashlib
import json
import random
import sys
from dataclasses import replace
from functools import cache
from pathlib import Path

from charter.load import load
from charter.policy.compiled.compile import compile_policy
from charter.policy.decision import Call, Facts, ToolFacts, Transformation
from charter.policy.decisions.decide import decide
from charter.policy.directive import Relation, Risk
from charter.policy.directives.collect import directives_in
from charter.policy.explanations.answer_json import Beside, decision_json, resolution_json
from charter.policy.fates.resolve import resolve
from charter.policy.labels.label import label
from charter.policy.labels.wire import read
from charter.spec.reading import READINGS

HERE = Path(__file__).resolve().parent
FILES = ("worlds.json", "starter.json")


@cache
def spec_of(name):
    """Return a spec by its name in a world."""
    return load("starter") if name == "starter" else load(HERE / name)


def worlds():
    """Yield every world with its name: those that were drawn, and those of the starter spec."""
    for file in FILES:
        for world in json.loads((HERE / file).read_text(encoding="utf-8")):
            yield f"{file.partition('.')[0]}/{world['name']}", world


def facts_of(fields):
    """Return the facts of one decision."""
    call, claim = fields.get("call"), fields.get("transformation")
    if call is not None:
        known = ToolFacts(**call["facts"]) if "facts" in call else None
        call = Call(**{**call, "facts": known})
    claim = Transformation(**claim) if claim else None
    return Facts(**{**fields, "call": call, "transformation": claim})


def answers(world):
    """Return what the policy of a world says: the whole path from messages to decisions."""
    policy = compile_policy(spec_of(world["spec"]), readings=world["readings"])
    conversation = label(
        read(world["request"], "openai-chat"),
        policy.ladder,
        policy.readings,
        settings=world["settings"],
    )
    gathered = directives_in(conversation, ladder=policy.ladder, readings=policy.readings)
    judged = world["judged"]
    directives = [
        replace(
            each,
            relation=Relation(judged.get(each.id, ["unrelated"])[0]),
            risk=Risk(judged.get(each.id, ["", "serious"])[1]),
        )
        for each in gathered.directives
    ]
    found = resolve(policy, conversation, directives, capabilities=world["capabilities"])
    beside = Beside(conversation, gathered.unusable)
    given = [facts_of(fields) for fields in world["facts"]]
    return {
        "resolution": resolution_json(policy, found, beside),
        "decisions": [
            decision_json(policy, decide(policy, found, facts, conversation), facts, beside)
            for facts in given
        ],
    }


def written(value):
    """Return the canonical form of an answer."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)


def digests():
    """Return the digest of every world's answers by the world's name."""
    return {
        name: hashlib.sha256(written(answers(world)).encode("ascii")).hexdigest()
        for name, world in worlds()
    }


# --- drawing worlds: done once, the result is checked in

SECTIONS = tuple(
    f"{level}_{n}" for level in ("root", "system", "developer", "user") for n in (1, 2)
)
SECTIONS += (
    "guideline_1",
    "guideline_1",
    "guideline_2",
    "user_1/uaaa",
    "guideline_2/gccc",
    "teens",
)
ROLES = ("system", "developer", "user", "user", "tool", "assistant")
VERBS = (
    *("instruct", "instruct", "instruct", "override", "override", "soften", "keep", "delegate"),
    *("setting", "scope", "supersede", "premise", "clash"),
)


def _directive(draw, name, earlier):
    verb = draw.choice(VERBS)
    fields = {"id": name}
    if verb == "instruct":
        fields |= {"instruct": "Do it.", "subject": draw.choice(("language", "style"))}
        fields["value"] = draw.choice(("en", "fr"))
        if draw.random() < 0.4:
            fields["conflicts"] = draw.choice((*SECTIONS, *earlier))
    elif verb in {"override", "soften", "keep"}:
        fields[verb] = draw.choice(SECTIONS)
    elif verb == "delegate":
        to = draw.choice(("tool:search", "tool:*", "assistant", "quote:user"))
        fields["delegate"] = {"to": to} | draw.choice(({}, {"only": "style"}, {"level": "user"}))
    elif verb == "setting":
        fields["setting"] = {draw.choice(("under_18", "max_words")): draw.choice((True, False, 9))}
    elif verb == "scope":
        tools = draw.sample(("search", "pay", "send*"), 2)
        fields["scope"] = {"allowed_tools": tools, "max_cost": draw.choice((0, 5))}
        if draw.random() < 0.7:
            fields["scope"]["latest_time"] = "2030-01-01T00:00:00Z"
    elif verb == "clash":
        fields["clash"] = draw.sample(("root_1", "root_2", "system_1", "user_1", "user_2"), 2)
    else:
        fields[verb] = draw.choice(earlier or ("nothing",))
    if verb == "instruct" and draw.random() < 0.2:
        fields["needs"] = "images"
    return fields


def _fence(fields):
    return "~~~directive\n" + json.dumps(fields) + "\n~~~\n"


def _world(draw, name):
    messages, ids, judged = [], [], {}
    for at in range(draw.randint(2, 6)):
        role = draw.choice(ROLES)
        text = draw.choice(('Hello, "all of you".\n', "See http://a.org and pay 7.\n", "Go on.\n"))
        for _ in range(draw.randint(0, 3)):
            ids.append(f"d{len(ids)}")
            text += _fence(_directive(draw, ids[-1], ids[:-1]))
            if draw.random() < 0.3:
                relation = draw.choice([str(each) for each in Relation])
                judged[ids[-1]] = [relation, draw.choice([str(each) for each in Risk])]
        if role == "tool":
            call = {"id": f"c{at}", "type": "function"}
            call["function"] = {"name": "search", "arguments": "{}"}
            messages.append({"role": "assistant", "content": None, "tool_calls": [call]})
            messages.append({"role": "tool", "tool_call_id": f"c{at}", "content": text})
        else:
            messages.append({"role": role, "content": text})
    readings = {
        reading.name: draw.choice(reading.alternatives).name
        for reading in READINGS
        if draw.random() < 0.25
    }
    tools = [{"type": "function", "function": {"name": name}} for name in ("search", "pay")]
    known = {"effects": draw.random() < 0.7, "reversible": draw.choice(("no", "user", "assistant"))}
    call = {"tool": draw.choice(("search", "pay")), "facts": known, "cost": draw.choice((0, 6))}
    call["args"] = {"url": "http://a.org", "sum": draw.choice((1, 7))}
    return {
        "name": name,
        "spec": "spec.md",
        "readings": readings,
        "settings": draw.choice(({}, {}, {"under_18": True})),
        "capabilities": draw.choice((None, ["text"])),
        "request": {"model": "m", "messages": messages, "tools": tools},
        "judged": judged,
        "facts": [
            {"stage": "tool_call", "call": call, "now": 1.0},
            {
                "stage": "output",
                "text": draw.choice(("no", "a secret", "one two three four fünf six 7")),
            },
        ],
    }


def make(count):
    """Draw worlds and write them, one a line."""
    draw = random.Random(count)
    drawn = [json.dumps(_world(draw, f"{at:02}"), sort_keys=True) for at in range(count)]
    (HERE / FILES[0]).write_text("[\n" + ",\n".join(drawn) + "\n]\n", encoding="utf-8")


def main(args):
    """Do what the arguments say; see above."""
    if args[:1] == ["--make"]:
        make(int(args[1]))
    elif args[:1] == ["--show"]:
        print(json.dumps(answers(dict(worlds())[args[1]]), indent=1))  # noqa: T201
    else:
        shown = json.dumps(digests(), indent=1) + "\n"
        if args == ["--write"]:
            (HERE / "digests.json").write_text(shown, encoding="utf-8")
        sys.stdout.write(shown)


if __name__ == "__main__":
    main(sys.argv[1:])
