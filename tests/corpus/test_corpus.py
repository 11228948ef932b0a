"""One small file for each oddity of the dialect, with what is read from it.

`oddities/<case>.md` is the text, `oddities/<case>.json` what it must be read as. After a
meant change, `python tests/corpus/test_corpus.py` writes the JSON anew, to be reviewed.
"""

import json
from pathlib import Path

import pytest

from charter.source import Source
from charter.spec.build import build
from charter.spec.spec import Example, Section, Spec
from charter.syntax.conversation import Message
from charter.syntax.document import render
from charter.syntax.reader import parse

FOLDER = Path(__file__).parent / "oddities"
CASES = sorted(file.stem for file in FOLDER.glob("*.md"))


def compact(values: dict[str, object]) -> dict[str, object]:
    """Leave out what is empty, so that a case shows what it is about."""
    return {key: value for key, value in values.items() if value not in (None, "", [], {}, False)}


def message(each: Message) -> dict[str, object]:
    return compact(
        {
            "role": each.role,
            "content": each.content,
            "attributes": dict(each.attributes),
            "settings": dict(each.settings),
            "untrusted": [span.of(each.content) for span in each.untrusted],
        }
    )


def example(each: Example) -> dict[str, object]:
    return compact(
        {
            "caption": each.caption,
            "messages": [message(one) for one in each.messages],
            "responses": [
                compact(
                    {
                        **message(one.message),
                        "grade": one.grade.value if one.grade else "none",
                        "reason": one.reason,
                        "cites": one.cites,
                        "comparison": one.comparison,
                        "after": one.after,
                    }
                )
                for one in each.responses
            ],
            "expectation": dict(each.expectation.fields) if each.expectation else {},
            "problems": [problem.kind for problem in each.problems],
        }
    )


def section(each: Section) -> dict[str, object]:
    return compact(
        {
            "id": each.id,
            "title": each.title,
            "depth": each.depth,
            "authority": each.authority,
            "tags": list(each.tags),
            "parent": each.parent,
            "minted": not each.id_written,
            "clauses": [
                f"{one.strength.value} {one.marker or '-'} {one.text}" for one in each.clauses
            ],
            "examples": [example(one) for one in each.examples],
            "boundaries": [
                compact({"id": one.id, "on": one.on, "when": one.when, "effect": one.effect})
                for one in each.boundaries
            ],
        }
    )


def shown(spec: Spec) -> dict[str, object]:
    return compact(
        {
            "metadata": dict(spec.metadata),
            "sections": [section(each) for each in spec.sections],
            "references": [
                f"{each.section} -> {each.target}{' in fence' if each.in_fence else ''}"
                for each in spec.references
            ],
            "commentary": [each.text for each in spec.commentary],
            "markers": [each.name for each in spec.markers],
            "problems": [each.kind for each in spec.problems],
        }
    )


def read(case: str) -> Spec:
    text = (FOLDER / f"{case}.md").read_bytes().decode()
    document = parse(Source(case, text))
    assert render(document) == text
    return build(document)


@pytest.mark.parametrize("case", CASES)
def test_oddity_is_read_as_expected(case: str) -> None:
    expected = json.loads((FOLDER / f"{case}.json").read_text(encoding="utf-8"))
    assert shown(read(case)) == expected


def test_every_expectation_has_its_text() -> None:
    assert sorted(file.stem for file in FOLDER.glob("*.json")) == CASES


if __name__ == "__main__":
    for name in CASES:
        content = json.dumps(shown(read(name)), ensure_ascii=False, indent=1)
        (FOLDER / f"{name}.json").write_text(content + "\n", encoding="utf-8")
