"""What a person can meet is named in the documentation."""

import inspect
import json
import re

import pytest

import charter
from charter import config, errors
from charter.cli import main
from charter.estimates.interval import ENOUGH
from charter.evals.grader import graders
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
    guides = "".join(file.read_text(encoding="utf-8") for file in (ROOT / "docs").glob("*.md"))
    assert f"charter {verb}" in guides + page("index.md") + page("reference/formats.md")


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
    file = ROOT / "src" / "charter" / "classifiers" / "refusal" / "measured.json"
    held_out = json.loads(file.read_text(encoding="utf-8"))["models_held_out"]
    text = " ".join(page("figures.md").split())
    ways = [f"kappa_{way}_way" for way in ("three", "two")]
    pooled = [f"{held_out['all'][way]:.2f}" for way in ways]
    assert f"| trained, all three models | {pooled[0]} | {pooled[1]} |" in text
    models = [
        ", ".join(f"{held_out['by model'][model][way]:.2f}" for model in MODELS) for way in ways
    ]
    assert f"| trained, one model after another | {models[0]} | {models[1]} |" in text
    counts = held_out["all"]["counts"]
    refused = {label: sum(counts[label].values()) for label in ("partial", "full")}
    found = sum(counts[label][said] for label in refused for said in refused)
    positive, negative = sum(refused.values()), sum(counts["none"].values())
    invented = counts["none"]["partial"] + counts["none"]["full"]
    share = f"{100 * found / positive:.1f} %"
    assert (
        f"Of {positive} replies that people called refusals, the trained one found {found}" in text
    )
    assert f"({share})" in text
    assert f"it called {invented} refusals ({100 * invented / negative:.1f} %)" in text
    partial = counts["partial"]
    assert f"it called {partial['partial']} partial and {partial['full']} full" in text


MODELS = ("gpt4", "llama2new", "mistralguard")
