"""`charter brief` and `charter eval --brief`."""

import json

import jsonschema
import pytest
from click.testing import CliRunner

from charter.cli.main import cli
from charter.load import load
from charter.policy.briefs.brief import brief
from charter.policy.briefs.outline import Why
from charter.policy.compiled.compile import compile_policy

from .conftest import SMALL

OVERLAY = """\
---
spec: house
version: "1"
title: House
extends:
  name: {name}
  version: "{version}"
  digest: {digest}
level: developer
---

# House {{#house}}

## Doors {{#doors authority=developer}}

The assistant must not open doors[^open].

~~~directive
override: greet
~~~
"""


def run(*arguments):
    return CliRunner().invoke(cli, ["brief", *map(str, arguments)], catch_exceptions=False)


def test_the_prompt_is_printed():
    done = run(SMALL)
    assert done.exit_code == 0
    assert done.output == f"{brief(compile_policy(load(SMALL))).text}\n"


def test_a_summary_for_developers_has_ids_and_who_may_change():
    done = run("starter", "--for", "developer", "--budget", "3000")
    for word in ("| root | nobody |", "(`follow_chain/aall`)", "Who may change it: nobody."):
        assert word in done.output


def test_the_account_is_json():
    found = json.loads(run("starter", "--budget", "400", "--json").output)
    assert found["tokens"] <= found["budget"] == 400
    assert found["text"].splitlines()[-1].startswith("INCOMPLETE:")
    clauses = sum(out["clauses"] for out in found["left_out"]) + len(found["included"])
    assert clauses == sum(1 for s in load("starter").sections if s.normative for _ in s.clauses)
    assert {out["why"] for out in found["left_out"]} == {"room"}
    assert found["digest"].startswith("sha256:")


def test_the_account_follows_its_schema():
    shown = CliRunner().invoke(cli, ["schema", "brief"], catch_exceptions=False)
    assert shown.exit_code == 0
    schema = json.loads(shown.output)
    jsonschema.Draft202012Validator.check_schema(schema)
    closed = [schema, *schema["$defs"].values()]
    assert all(set(part["required"]) == set(part["properties"]) for part in closed)
    assert all(part["additionalProperties"] is False for part in closed)
    reasons = {each.value for each in Why}
    assert set(schema["$defs"]["LeftOutJson"]["properties"]["why"]["enum"]) == reasons
    for options in ((), ("--budget", "300"), ("--for", "developer")):
        found = json.loads(run("starter", *options, "--json").output)
        assert found["format"] == "charter-brief/1"
        jsonschema.Draft202012Validator(schema).validate(found)


def test_overlays_count(tmp_path):
    base = load(SMALL)
    overlay = tmp_path / "house.md"
    overlay.write_text(
        OVERLAY.format(name=base.name, version=base.version, digest=base.digest), encoding="utf-8"
    )
    found = json.loads(run(SMALL, "--overlay", overlay, "--json").output)
    assert "doors/open" in found["included"]
    assert {(out["section"], out["why"]) for out in found["left_out"]} == {("greet", "set_aside")}


def test_failures_are_one_line(charter, tmp_path):
    charter("brief", SMALL, "--budget", "10").failure(2, "no room for a single rule", "at least")
    charter("brief", SMALL, "--budget", "0").failure(2, "--budget")
    charter("brief", SMALL, "--for", "lawyer").failure(2, "model", "developer")
    charter("brief", tmp_path / "none.md").failure(2, "none.md")
    (tmp_path / "empty.md").write_text("# Nothing\n")
    done = charter("brief", "empty.md")
    assert done.out.endswith("Complete: all 0 rules in force are above.\n")


@pytest.fixture
def asked(charter, endpoint):
    """Return a function that evaluates the small spec and returns the requests."""

    def go(*more, code=0):
        endpoint.asked.clear()
        done = charter(
            "eval", SMALL, "--model", "openai:m", "--base-url", endpoint.url, "--out", "runs", *more
        )
        assert done.code == code, done.err
        return list(endpoint.asked), done

    return go


def test_every_request_begins_with_the_brief(asked):
    text = brief(compile_policy(load(SMALL)), budget=1000).text
    requests, done = asked("--brief", "--per-section", "9")
    assert len(requests) == 6
    for body in requests:
        first = body["messages"][0]
        assert first["role"] == "system"
        assert first["content"].startswith(text)
        assert [m["role"] for m in body["messages"]].count("system") == 1
    said = " ".join(done.out.split())
    found = brief(compile_policy(load(SMALL)), budget=1000)
    assert "with a brief of 4 of 4 rules" in said
    assert f"about {found.tokens} tokens of 1000 allowed ({found.digest[:19]})" in said


def test_the_number_of_tokens_can_be_given(asked):
    requests, _ = asked("--brief", "140")
    assert "INCOMPLETE:" in requests[0]["messages"][0]["content"]


def test_runs_with_and_without_are_reported_side_by_side(asked, charter):
    asked()
    asked("--brief")
    listed = json.loads(charter("report", "--list", "--json").out)
    assert [entry["brief"] is None for entry in listed] == [True, False]
    first, second = (entry["run"] for entry in listed)
    done = charter("report", first, second)
    assert done.code == 0
    said = " ".join(done.out.split())
    assert "The first run was given no brief; the second a brief of 4 of 4 rules" in said
    assert "On the 5 scenarios both decided" in said
    for form in ("json", "html"):
        assert charter("report", first, second, "--format", form).code == 0
    written = json.loads(charter("report", second, "--json").out)["settings"]["brief"]
    assert written["budget"] == 1000
    assert written["digest"] in charter("report", second, "--json").out
    page = charter("report", second, "--format", "html").out
    assert "tokens of 1000 allowed" in page
    assert "+ brief" in charter("report", "--list").out


def test_without_the_option_nothing_is_added(asked):
    requests, done = asked()
    assert sum(body["messages"][0]["role"] == "system" for body in requests) < len(requests)
    assert "brief" not in done.out


def test_a_budget_without_room_asks_nothing(asked, charter):
    requests, done = asked("--brief", "5", code=2)
    assert not requests
    done.failure(2, "no room for a single rule")


def test_a_word_is_no_number_of_tokens(asked):
    _, done = asked("--brief", "many", code=2)
    done.failure(2, "--brief")


@pytest.mark.embedded
def test_a_brief_that_does_not_fit_the_model_is_refused_before_any_reply(charter):
    done = charter(
        "eval", "starter", "--model", "embedded", "--option", "context=512", "--brief", "400"
    )
    if "are not here" in done.err:
        pytest.skip("weights not present (run `charter models pull`)")
    done.failure(2, "a brief of", "exceed the 512 tokens", "at most")
