"""Part of the text could not be read as what it seems to be.

What it finds
    Everything the parser met and could not make sense of: fences and tags that are never closed,
    tags in the wrong place, YAML that does not load, captions without a conversation, fields that
    a boundary does not have. Prompt files in `examples/` and scenario files are looked at too.
    Replies without a readable grade are left to `ungraded-response`.

Why it matters
    What is not understood is kept in the text but takes part in nothing: an example behind an
    unclosed fence is tested by nobody. An unclosed fence or tag, and YAML that does not load,
    are errors, because more than the place itself is lost; the rest are warnings.

Bad
    **Example**: user says hello

    ~~~xml
    <user>
    Hello!

Good
    **Example**: user says hello

    ~~~xml
    <user>
    Hello!
    </user>
    ~~~
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from charter.lint.prose import is_dialect
from charter.lint.rule import Hit
from charter.lint.rules.ungraded_response import KINDS as GRADING
from charter.source import Severity
from charter.spec.spec import Example, Spec
from charter.syntax.conversation import Problem
from charter.syntax.reader import parse

GROUP = "structure"
SEVERITY = Severity.WARNING

ERRORS = frozenset(
    {
        "unclosed-fence",
        "unclosed-tag",
        "front-matter",
        "boundary-yaml",
        "directive-yaml",
        "expect-yaml",
        "boundary-fields",
    }
)

_HINTS = {
    "unclosed-fence": "end it with a line of the same three characters",
    "unclosed-tag": "add the closing tag on a line of its own",
    "raw-angle-bracket": "inside messages write &lt; &gt; &amp;",
    "fence-without-caption": "put `**Example**: …` and a blank line before it",
    "caption-without-fence": "put the `~~~xml` conversation one blank line below it",
    "expect-without-example": "move it right below the conversation it belongs to",
    "text-outside-message": "put the text inside a message, or write an elision as [...]",
}


def find(spec: Spec) -> Iterable[Hit]:
    """Report the problems of the spec, its examples, its prompts and its scenarios."""
    dialect = is_dialect(spec)
    for problem in spec.problems:
        if dialect or problem.kind != "fence-without-caption":
            yield _hit(problem)
    for section in spec.sections if dialect else ():
        yield from _of_examples(section.examples, section.id, None)
    for prompts in spec.prompt_sets:
        path = prompts.source.path
        for problem in parse(prompts.source, reader="model-spec").problems:
            yield _hit(problem, path=path)
        yield from _of_examples(prompts.examples, None, path)
    for group in spec.scenario_sets:
        path = group.source.path
        for problem in group.problems:
            yield _hit(problem, path=path)
        yield from _of_examples(group.scenarios, None, path)


def _of_examples(
    examples: Iterable[Example], section: str | None, path: str | None
) -> Iterator[Hit]:
    for example in examples:
        for problem in example.problems:
            if problem.kind not in GRADING:
                yield _hit(problem, section=section, path=path)


def _hit(problem: Problem, *, section: str | None = None, path: str | None = None) -> Hit:
    return Hit(
        problem.message,
        problem.span,
        hint=_HINTS.get(problem.kind),
        section=section,
        path=path,
        severity=Severity.ERROR if problem.kind in ERRORS else None,
    )
