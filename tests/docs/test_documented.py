"""What a person can meet is named in the documentation."""

import inspect
import json
import re

import pytest

import charter
from charter import config, errors
from charter.cli import main
from charter.evals.grader import graders
from charter.evals.row import ENOUGH
from charter.evals.scenario import IMPLIED
from charter.evals.score import Verdict
from charter.lint.rule import rules
from charter.models.open import FOLDER, GROUP
from charter.policy.boundaries.condition import EFFECTS, STAGES, VARIABLES
from charter.registry import names
from charter.spec.expectation import FAMILIES, Outcome
from charter.spec.spec import AUTHORITIES
from charter.syntax.conversation import ROLES, Grade
from charter.syntax.reader import readers

from .documents import ROOT


def page(name):
    return (ROOT / "docs" / name).read_text(encoding="utf-8")


def all_pages():
    return "\n".join(file.read_text(encoding="utf-8") for file in (ROOT / "docs").rglob("*.md"))


@pytest.mark.parametrize("verb", sorted(main.VERBS))
def test_every_verb_is_documented(verb):
    assert f"## charter {verb}\n" in page("reference/commands.md")
    guides = "".join(page(name) for name in ("index.md", "write-a-spec.md", "measure-a-model.md"))
    assert f"charter {verb}" in guides + page("reference/formats.md")


@pytest.mark.parametrize(
    "code", [0, 1, main.EXIT_SPEC, main.EXIT_ENVIRONMENT, main.EXIT_INTERRUPTED]
)
def test_every_exit_code_is_documented(code):
    assert f"\n| {code} | " in page("failures.md")


def error_classes():
    return [
        found
        for _, found in inspect.getmembers(errors, inspect.isclass)
        if issubclass(found, errors.CharterError) and found is not errors.CharterError
    ]


@pytest.mark.parametrize("kind", error_classes(), ids=lambda kind: kind.__name__)
def test_every_error_is_documented_with_its_exit_code(kind):
    code = main.EXIT_SPEC if issubclass(kind, errors.SpecError | errors.ConfigError) else 3
    assert f"| `{kind.__name__}` | {code} |" in page("failures.md")


def test_no_error_is_documented_that_is_none():
    known = {kind.__name__ for kind in error_classes()}
    listed = page("failures.md").partition("## Errors")[2].partition("\n## ")[0]
    assert set(re.findall(r"^\| `(\w+)` \|", listed, re.MULTILINE)) == known


@pytest.mark.parametrize("name", sorted(graders()))
def test_every_check_is_documented(name):
    assert f"## {name}\n" in page("reference/graders.md")


@pytest.mark.parametrize("name", names(FOLDER, GROUP))
def test_every_provider_is_documented(name):
    assert f"## {name}\n" in page("reference/providers.md")
    assert f"{name}" in page("measure-a-model.md")


@pytest.mark.parametrize("name", sorted(rules()))
def test_every_rule_is_documented(name):
    assert f"### {name}\n" in page("reference/rules.md")


@pytest.mark.parametrize("key", sorted(config._File.model_fields))
def test_every_config_key_is_documented(key):
    assert re.search(rf"^\[{key}[\].]", page("write-a-spec.md"), re.MULTILINE)


@pytest.mark.parametrize("name", charter.__all__)
def test_every_public_name_is_documented(name):
    assert f"## {name}\n" in page("reference/python.md")


@pytest.mark.parametrize("variable", VARIABLES, ids=lambda variable: variable.name)
def test_every_variable_is_in_the_dialect(variable):
    assert f"| `{variable.name}` | {variable.type} | " in page("dialect.md")
    assert f"| `{variable.name}` | {variable.type} | " in page("reference/conditions.md")


@pytest.mark.parametrize(
    "word",
    [*AUTHORITIES, *ROLES, *Grade, *STAGES, *EFFECTS, *FAMILIES, *Outcome, *readers()],
)
def test_every_word_of_the_dialect_is_documented(word):
    assert f"`{word}`" in page("dialect.md") or f"--reader {word}" in page("dialect.md")


def test_outcomes_that_imply_a_check_are_documented():
    text = page("dialect.md")
    implied = {
        o for o in Outcome if not re.search(rf"^\| `{o}` \|.*\| none \|$", text, re.MULTILINE)
    }
    assert implied == set(IMPLIED)


@pytest.mark.parametrize("verdict", sorted(Verdict))
def test_every_verdict_is_documented(verdict):
    assert f"\n| {verdict.value.replace('_', ' ')} | " in page("figures.md")


def test_the_least_number_of_scenarios_is_documented():
    assert f"at least {ENOUGH} scenarios" in page("figures.md")
    assert f"fewer than {ENOUGH} common scenarios" in page("figures.md")
    assert f"from {ENOUGH} decided scenarios on" in page("write-a-spec.md")


def test_every_environment_variable_is_documented():
    source = "".join(
        file.read_text(encoding="utf-8")
        for folder in ("src", "tests", "bench")
        for file in (ROOT / folder).rglob("*.py")
    )
    for name in set(re.findall(r"\bCHARTER_[A-Z]{3,}\b", source)):
        assert f"`{name}`" in all_pages(), name


def test_measured_agreement_is_the_measured_one():
    file = ROOT / "bench" / "results" / "refusal.json"
    if not file.is_file():
        pytest.skip("not measured here: run bench/refusal_agreement.py")
    found = json.loads(file.read_text(encoding="utf-8"))["parts"]
    pooled = found["pooled, held out"]["rules"]
    text = " ".join(page("figures.md").split())
    for way in ("three_way", "two_way"):
        kappa = pooled[way]
        assert f"{kappa['agreements']} of {kappa['items']}" in text
        assert f"{kappa['kappa']:.2f} ({kappa['standard_error']:.2f})" in text
    counts = pooled["counts"]
    positive = counts["true_positive"] + counts["false_negative"]
    negative = counts["true_negative"] + counts["false_positive"]
    found_share = f"{100 * counts['true_positive'] / positive:.1f} %"
    assert f"Of {positive} replies" in text
    assert f"the rules found {counts['true_positive']} ({found_share})" in text
    assert f"Of {negative} that people did not" in text
    invented = (
        f"{counts['false_positive']} refusals ({100 * counts['false_positive'] / negative:.1f} %)"
    )
    assert invented in text
    by_model = [
        f"{found[f'{model}, held out']['rules']['two_way']['kappa']:.2f}"
        for model in ("gpt4", "llama2new", "mistralguard")
    ]
    assert f"{by_model[0]}, {by_model[1]} and {by_model[2]}" in text
