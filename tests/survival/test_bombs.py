"""Texts made to be slow to search: asked, answered and streamed, with every check on."""

import pytest
from tests.gateway.upstream_server import Script
from tests.survival.process import CHAT, TOOLS, Process, ask

SIZE = 100_000
CHECKS = """
[checks.words]
check = "patterns"
section = "keep_secrets"
[checks.words.patterns]
nested = '(a+)+\\\\$'
alternatives = '(a|aa|a?)+!'
blanks = '(\\s+x)+y'
[checks.keys]
check = "secrets"
section = "keep_secrets"
[checks.people]
check = "personal-data"
section = "keep_secrets"
effect = "flag"
[checks.no]
check = "refusal"
section = "keep_secrets"
effect = "flag"
[checks.injected]
check = "injection"
section = "keep_secrets"
effect = "flag"
"""
UNITS = {
    "letters": "a",
    "tabs": "\t",
    "lines": "\n",
    "addresses": "a@a.",
    "digits": "1",
    "grouped digits": "1-",
    "cards": "4111 1111 ",
    "dots": "a.",
    "tokens": "sk-",
    "keys": "-----BEGIN ",
    "jwt": "eyJ",
    "urls": "http://",
    "tags": "<a",
    "quotes": '"',
    "backslashes": "\\",
    "brackets": "[",
    "braces": "{{",
    "fences": "~~~",
    "backticks": "`",
    "stars": "*_",
    "zero width": "\u200b",
    "marks": "\u0301\u0327",
    "one mark": "\u0301",
    "hangul": "\u1100\u1161\u11a8",
    "ligatures": "\ufdfa",
    "astral": "\U0001d400",
    "soft hyphens": "a\u00ad",
    "right to left": "\u202e\u0661",
    "base64": "QUJD",
    "hex": "deadbeef",
    "percent": "%20",
    "entities": "&amp;",
}


@pytest.fixture(scope="module")
def checked(tmp_path_factory, upstream_of_survival):
    folder = tmp_path_factory.mktemp("bombs")
    found = Process(folder, upstream_of_survival.url, more=CHECKS).start()
    yield found
    found.kill()


@pytest.mark.slow
@pytest.mark.parametrize("name", UNITS)
def test_a_bomb(checked, upstream, name):
    """It is answered, one way or the other, and so is everybody else."""
    unit = UNITS[name]
    text = (unit * SIZE)[:SIZE] + "!"
    upstream.scripts["bomb"] = Script(text)
    upstream.scripts["call"] = Script("", calls=(("look_up", '{"a": "b"}'),))
    with checked.client() as client:
        for body in (
            ask(text),
            ask(model="bomb"),
            ask(model="bomb", stream=True),
            ask(tools=[TOOLS[1] | {"function": TOOLS[1]["function"] | {"description": text}}]),
            ask() | {"messages": [{"role": "user", "content": "x"}, *_result(text)]},
        ):
            response = client.post(CHAT, json=body, timeout=60)
            assert response.status_code in (200, 400, 403), response.text[:300]
        assert client.get("/ready").status_code == 200


def _result(text):
    call = {"id": "c1", "type": "function", "function": {"name": "look_up", "arguments": "{}"}}
    return (
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "c1", "content": text},
    )
