"""Texts that are measured on and never learned from: other people's, read where they are present.

Each set is a list of spans of at most MOST characters, which is what an operating point counts.
"""

from __future__ import annotations

import ast
import csv
import hashlib
import json
import re
import zipfile
from collections.abc import Iterator
from importlib.metadata import distributions
from pathlib import Path

from generate import Text

MOST = 2_000
"""Characters of a span."""
AGENTDOJO = "agentdojo-0.1.35-py3-none-any.whl"
BASTION = "bastioncorpus-0.6.0-py3-none-any.whl"
_TEMPLATE = re.compile(r"\{[a-z_]+\}")


def replies(folder: Path) -> list[Text]:
    """Read our own replies, written for the refusal classifier: none gives an assistant orders."""
    found = []
    for path in sorted(folder.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            found.append(Text("reply", row["language"], row["answer"]))
    return found


def documents(root: Path) -> list[Text]:
    """Read our own documentation and code: they speak of models and instructions, and give none."""
    found = []
    paths = [*root.glob("*.md"), *root.glob("docs/*.md"), *root.glob("src/charter/**/*.py")]
    for path in sorted(paths):
        if "checks" in path.parts or "injection" in path.parts or path.stem == "checks":
            continue
        text = path.read_text(encoding="utf-8")
        kind = "own document" if path.suffix == ".md" else "own code"
        found += [Text(kind, "en", span) for span in spans(text)]
    return found


def packages() -> dict[str, list[str]]:
    """Return spans of the documentation of installed packages, in two halves by name."""
    halves: dict[str, list[str]] = {"even": [], "odd": []}
    for package in sorted(distributions(), key=lambda each: each.name or ""):
        text = package.metadata.get_payload() or package.metadata.get("Description") or ""
        if not isinstance(text, str) or not package.name or package.name == "charter":
            continue
        digest = hashlib.sha256(package.name.lower().encode()).digest()
        halves["odd" if digest[0] % 2 else "even"] += spans(text)
    return halves


def benign(data: Path) -> dict[str, list[str]]:
    """Return other people's texts that tell no assistant anything, by source."""
    found: dict[str, list[str]] = {}
    answers = []
    for path in sorted((data / "xstest").glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            answers += [row["completion"] for row in csv.DictReader(file)]
    found["replies of three models (XSTest)"] = [s for text in answers for s in spans(text)]
    comments = []
    for path in sorted((data / "polis").rglob("comments.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            comments += [row.get("comment-body") or "" for row in csv.DictReader(file)]
    found["comments of citizens (Polis)"] = [s for text in comments for s in spans(text)]
    return {name: texts for name, texts in found.items() if texts}


def rules(data: Path) -> dict[str, list[str]]:
    """Return texts written to tell models how to behave: orders, where they stand in a file."""
    found: dict[str, list[str]] = {}
    path = data / "realguardrails" / "handwritten.jsonl"
    if path.is_file():
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        said = {m["content"] for row in rows for m in row["messages"] if m["role"] == "system"}
        found["system prompts (RealGuardrails)"] = sorted(text[:MOST] for text in said)
        asked = {m["content"] for row in rows for m in row["messages"] if m["role"] == "user"}
        found["requests of users (RealGuardrails)"] = sorted(text[:MOST] for text in asked)
    path = data / "manyih" / "coding.json"
    if path.is_file():
        content = json.loads(path.read_text(encoding="utf-8"))
        rows = next(value for value in content.values() if isinstance(value, list))
        found["coding tasks with style rules (ManyIH)"] = [row["prompt"][:MOST] for row in rows]
    path = data / "claude_constitution" / "2026-01-20.md"
    if path.is_file():
        found["a constitution for a model"] = spans(path.read_text(encoding="utf-8"))
    return found


def agentdojo(folder: Path) -> tuple[dict[str, list[str]], list[str]]:
    """Return attacks of AgentDojo by form, each in a text of its environments, and such texts."""
    path = folder / AGENTDOJO
    if not path.is_file():
        return {}, []
    with zipfile.ZipFile(path) as wheel:
        read = {name: wheel.read(name).decode() for name in wheel.namelist()}
    carriers = sorted(
        {
            text
            for name, content in read.items()
            if name.startswith("agentdojo/data/suites/") and name.endswith(".yaml")
            and "injection_vectors" not in name
            for text in re.split(r"\n(?=\s*- )", content)
            if len(text) > 80
        }
    )  # fmt: skip
    carriers = [span for text in carriers for span in spans(re.sub(r"\{injection\w*\}", "", text))]
    goals = sorted(
        {
            goal
            for name, content in read.items()
            if name.endswith("injection_tasks.py")
            for goal in _goals(content)
        }
    )
    forms = {"the bare order": "{goal}"}
    for name in ("baseline_attacks", "important_instructions_attacks"):
        forms |= dict(_forms(read[f"agentdojo/attacks/{name}.py"]))
    made: dict[str, list[str]] = {}
    for name, form in forms.items():
        for at, goal in enumerate(goals):
            order = _TEMPLATE.sub(lambda m, goal=goal: goal if m[0] == "{goal}" else "Emma", form)
            carrier = carriers[(at * 7) % len(carriers)]
            half = carrier.find(" ", len(carrier) // 2)
            made.setdefault(name, []).append(f"{carrier[:half]} {order} {carrier[half:]}")
    return made, carriers


def bastion(folder: Path) -> tuple[dict[str, list[str]], list[str]]:
    """Return the attacks of bastioncorpus by category, and its benign texts."""
    path = folder / BASTION
    if not path.is_file():
        return {}, []
    with zipfile.ZipFile(path) as wheel:
        content = wheel.read("bastioncorpus/corpus/injections.jsonl").decode()
    rows = [json.loads(line) for line in content.splitlines()]
    attacks: dict[str, list[str]] = {}
    for row in rows:
        if row["label"] == "malicious":
            attacks.setdefault(row["category"].replace("_", " "), []).append(row["text"])
    return attacks, [row["text"] for row in rows if row["label"] == "benign"]


def spans(text: str) -> list[str]:
    """Cut a text into spans at empty lines, else anywhere; the tiniest ones fall out."""
    found: list[str] = []
    current = ""
    for part in re.split(r"\n\s*\n", text):
        if len(current) + len(part) + 2 > MOST:
            found.append(current)
            current = ""
        current = f"{current}\n\n{part}" if current else part
        while len(current) > MOST:
            found.append(current[:MOST])
            current = current[MOST:]
    return [span for span in (*found, current) if len(span.strip()) >= 20]


def _goals(source: str) -> Iterator[str]:
    """Yield the goals of injection tasks in a module, with a word for what is computed."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Assign) and any(
            isinstance(target, ast.Name) and target.id == "GOAL" for target in node.targets
        ):
            yield "".join(
                str(part.value) if isinstance(part, ast.Constant) else "X1"
                for part in ast.walk(node.value)
                if isinstance(part, ast.Constant | ast.FormattedValue)
            )


def _forms(source: str) -> Iterator[tuple[str, str]]:
    """Yield the forms of attacks in a module: texts that hold `{goal}`, by class."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ClassDef):
            for part in ast.walk(node):
                if (
                    isinstance(part, ast.Constant)
                    and isinstance(part.value, str)
                    and "{goal}" in part.value
                ):
                    yield node.name, part.value
                    break
