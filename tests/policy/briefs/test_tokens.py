"""Tokens are estimated from above: by rule anywhere, against the real tokenizer where it is."""

import asyncio
import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from charter.load import load
from charter.models.catalogue import DEFAULT, find
from charter.models.open import open_model
from charter.models.provider import ChatMessage, Request
from charter.models.weights import is_present
from charter.policy.briefs.brief import brief
from charter.policy.briefs.tokens import estimate_tokens
from charter.policy.compiled.compile import compile_policy


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("", 0),
        ("the", 1),
        ("assistant", 2),
        ("The assistant must not", 5),
        ("HTTPServer", 2),
        ("under_18", 4),
        ("a  b", 3),
        ("\n", 1),
        ("caf\u00e9", 3),
        ("\u65e5\u672c", 6),
        ("\U0001f600", 4),
        ("\ud800", 3),
        ("a" * 20, 4),
        ("a" * 21, 21),
    ],
)
def test_the_rule(text, tokens):
    assert estimate_tokens(text) == tokens


@settings(deadline=None)
@given(st.lists(st.text()))
def test_lines_add_up(lines):
    lines = [line.replace("\n", " ") for line in lines]
    whole = estimate_tokens("".join(f"{line}\n" for line in lines))
    assert whole == sum(estimate_tokens(f"{line}\n") for line in lines)


@settings(deadline=None)
@given(st.text())
def test_it_is_never_above_one_token_a_byte(text):
    assert 0 <= estimate_tokens(text) <= len(text.encode("utf-8", "surrogatepass"))


@pytest.fixture(scope="module")
def counted():
    """Return a function that counts the tokens of a system message with the real tokenizer."""
    if not is_present(find(DEFAULT)) and not os.environ.get("CI"):
        pytest.skip("weights not present (run `charter models pull`)")
    model = open_model("embedded", {"context": "8192", "parallel": "1"})

    def total(text):
        turns = (ChatMessage("system", text), ChatMessage("user", "hi"))
        return asyncio.run(model.reply(Request(turns, max_tokens=1))).input_tokens

    frame = total("")
    yield lambda text: total(text) - frame
    asyncio.run(model.close())


@pytest.mark.embedded
@pytest.mark.slow
@pytest.mark.parametrize("audience", ["model", "developer"])
@pytest.mark.parametrize("budget", [200, 500, 1000, 2000])
def test_real_briefs_stay_within_their_budget(counted, audience, budget):
    if (audience, budget) == ("developer", 200):
        pytest.skip("its table alone takes more")
    written = brief(compile_policy(load("starter")), audience=audience, budget=budget)
    real = counted(written.text)
    assert real <= written.tokens <= budget
    assert real >= 0.7 * written.tokens  # a looser estimate would waste the budget


@pytest.mark.data
@pytest.mark.embedded
@pytest.mark.slow
def test_briefs_of_the_model_spec_stay_within_their_budget(counted, data_dir):
    newest = (300, 1000, 3000)  # a prompt takes the model seconds
    for version, budgets in (
        ("2025-02-12", (1000,)),
        ("2025-10-27", (1000,)),
        ("2025-12-18", newest),
    ):
        policy = compile_policy(load(data_dir / "model_spec" / version / "model_spec.md"))
        for budget in budgets:
            assert counted(brief(policy, budget=budget).text) <= budget
