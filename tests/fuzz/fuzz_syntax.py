"""Coverage-guided fuzzing of the syntax and spec layers.

Usage: python tests/fuzz/fuzz_syntax.py [-runs=N] [folder of inputs].
Not collected by pytest: the fuzzer instruments what it imports and ends the process.
"""

import sys

import atheris

with atheris.instrument_imports(include=["charter"]):
    from charter.source import Source
    from charter.spec.build import build
    from charter.syntax.document import render
    from charter.syntax.reader import parse, readers

_PARTS = (
    "# A {#a authority=root}\n",
    "**Example**: x\n\n",
    "~~~xml\n",
    "~~~boundary\nid: a\n",
    "~~~\n",
    "<user>\n",
    "</user>\n",
    "<comparison>\n",
    "<assistant> <!-- BAD[#a]: x -->\n",
    "</assistant>\n",
    "</comparison>\n",
    "<untrusted>",
    "<settings>\na: b\n</settings>\n",
    '!!! meta "Commentary"\n    x\n',
    "- It must[^ab12], may[^cd34]:\n",
    "    - nested\n",
    "You should not. ",
    "[?](#a)",
    "---\n",
    "\r",
    "\n\n",
    "é",
    "\ud800",
)


def text_of(data: bytes) -> str:
    """Return a text of dialect fragments where a byte names one, else of plain characters."""
    provider = atheris.FuzzedDataProvider(data)
    parts = []
    while provider.remaining_bytes() > 0 and len(parts) < 200:
        choice = provider.ConsumeIntInRange(0, len(_PARTS) + 3)
        if choice < len(_PARTS):
            parts.append(_PARTS[choice])
        else:
            parts.append(provider.ConsumeUnicode(choice))
    return "".join(parts)


def check(data: bytes) -> None:
    """Fail when a text is not rendered back, or when building it raises."""
    text = text_of(data)
    for reader in (None, *readers()):
        document = parse(Source("<fuzz>", text), reader=reader)
        if render(document) != text:
            raise AssertionError(f"not rendered back: {text!r}")
        spec = build(document)
        ids = [clause.id for clause in spec.clauses]
        if len(set(ids)) != len(ids):
            raise AssertionError(f"clause ids twice: {text!r}")


if __name__ == "__main__":
    atheris.Setup(sys.argv, check)
    atheris.Fuzz()
