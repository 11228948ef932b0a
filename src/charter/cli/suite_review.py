"""`charter suite review SPEC`: accept or reject drafts, in a terminal or by id."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from charter.cli.screen import badge, console, note, plain
from charter.cli.suite_draft import REJECTED
from charter.cli.whole_file import write_whole
from charter.errors import ConfigError
from charter.evals.drafts.draft import conversation_text
from charter.evals.drafts.review import Pending, accepted, chosen, pending, without
from charter.evals.drafts.similar import Similarity, similarity
from charter.evals.suite import chat_message
from charter.load import STARTER, load, read_source, scenario_sets
from charter.source import Source
from charter.spec.spec import Example, ScenarioSet, Spec
from charter.syntax.visible import reveal

_KEYS = "a accept, r reject, e edit, s skip, q quit"


@dataclass(frozen=True, slots=True)
class _Desk:
    """Where decisions are taken."""

    spec: Spec
    by: str
    date: str

    def accept(self, draft: Pending) -> None:
        """Write the acceptance into the file, as it is now."""
        source = read_source(Path(draft.path))
        now = _again(source, draft)
        text = accepted(source, [now], f"accepted on {self.date}{self._by}")
        write_whole(Path(draft.path), text, was=source.text)
        click.echo(f"accepted {draft.id}")

    def reject(self, draft: Pending) -> None:
        """Move the draft into the folder of what was rejected; it is there before it is gone."""
        file = Path(draft.path)
        source = read_source(file)
        text, taken = without(source, [_again(source, draft)])
        target = file.parent / REJECTED / file.name
        old = read_source(target).text if target.exists() else None
        head = f"---\nsection: {draft.section}\n---\n" if old is None else old
        comment = f"<!-- rejected on {self.date}{self._by} -->"
        write_whole(target, f"{head}\n{comment}\n\n{taken[0]}\n", was=old)
        write_whole(file, text, was=source.text)
        click.echo(f"rejected {draft.id}: moved to {target}")

    @property
    def _by(self) -> str:
        return f" by {self.by}" if self.by else ""


@click.command("review")
@click.argument("spec", default=STARTER)
@click.option(
    "--file",
    "files",
    multiple=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="Only the drafts of this scenario file; repeatable.",
)
@click.option("--accept", "accepts", metavar="ID,ID", help="Accept these, and ask nothing.")
@click.option("--reject", "rejects", metavar="ID,ID", help="Reject these, and ask nothing.")
@click.option("--by", metavar="NAME", default="", help="Who decides; kept in a comment.")
@click.option("--list", "listing", is_flag=True, help="List what waits, and ask nothing.")
def review_command(  # noqa: PLR0913 - one parameter for each option
    spec: str,
    files: tuple[Path, ...],
    accepts: str | None,
    rejects: str | None,
    by: str,
    *,
    listing: bool,
) -> None:
    """Accept or reject the drafts of SPEC.

    Shows each draft with what is most like it, and asks. Or change `status=draft` to
    `status=accepted` in the file yourself. What is rejected is moved to scenarios/rejected/,
    which nothing reads but `charter suite draft`, so that it is not drafted again.
    """
    loaded = load(spec)
    groups = _groups(loaded, files)
    waiting = pending(groups)
    desk = _Desk(loaded, _name(by), datetime.now(UTC).date().isoformat())
    if accepts is not None or rejects is not None:
        _decide(desk, waiting, accepts or "", rejects or "")
        return
    if not waiting:
        click.echo("no draft waits for review")
        return
    if listing:
        for draft in waiting:
            state = "undecided" if draft.undecided else "draft"
            click.echo(plain(f"{draft.id}  {state}  {draft.path}  {draft.example.caption}"))
        return
    _ask(desk, waiting, groups)


def _groups(spec: Spec, files: Sequence[Path]) -> tuple[ScenarioSet, ...]:
    if not files:
        return spec.scenario_sets
    known = {Path(group.source.path).resolve(): group for group in spec.scenario_sets}
    found = []
    for file in files:
        group = known.get(file.resolve())
        if group is None and file.is_file():
            beside = scenario_sets(file.parent)
            group = next((g for g in beside if Path(g.source.path).name == file.name), None)
        if group is None:
            raise ConfigError(f"{file} is no scenario file", hint="name one of scenarios/*.md")
        found.append(group)
    return tuple(found)


def _decide(desk: _Desk, waiting: Sequence[Pending], accepts: str, rejects: str) -> None:
    take = chosen(waiting, _listed(accepts))
    drop = chosen(waiting, _listed(rejects))
    if not take and not drop:
        raise ConfigError("an empty list was given", hint="write ID,ID")
    both = {draft.id for draft in take} & {draft.id for draft in drop}
    if both:
        raise ConfigError(f"{min(both)} is to be accepted and rejected", hint="choose one")
    for draft in take:
        desk.accept(draft)
    for draft in drop:
        desk.reject(draft)


def _ask(desk: _Desk, waiting: Sequence[Pending], groups: Sequence[ScenarioSet]) -> None:
    screen = console()
    near = _Neighbours(desk.spec, groups)
    left = len(waiting)
    for number, draft in enumerate(waiting, start=1):
        _show(desk.spec, draft, f"{number} of {len(waiting)}", near, screen)
        key = _key(desk, draft, near, screen)
        if key == "q":
            break
        if key in "ar":
            left -= 1
    click.echo(f"{left} draft{'' if left == 1 else 's'} left to review")


def _key(desk: _Desk, draft: Pending, near: _Neighbours, screen: Console) -> str:
    """Ask until a decision is carried out; return its key. At the end of input: q."""
    while True:
        try:
            answer = click.prompt(_KEYS, prompt_suffix=" > ", default="s", show_default=False)
        except click.Abort:
            click.echo()
            return "q"
        key = answer.strip()[:1].lower()
        if key == "a" and draft.undecided:
            click.echo("nobody has decided what is expected: edit it first (e)")
        elif key == "a":
            desk.accept(draft)
            return key
        elif key == "r":
            desk.reject(draft)
            return key
        elif key == "e":
            draft = _edited(draft)
            _show(desk.spec, draft, "as it is now", near, screen)
        elif key in ("s", "q"):
            return key


def _edited(draft: Pending) -> Pending:
    """Let the person's editor change the file, and return the draft as it is then."""
    try:
        click.edit(filename=draft.path)
    except click.ClickException as problem:
        note(f"{problem.format_message()}; set EDITOR, or change {draft.path} and come back")
        return draft
    return _again(read_source(Path(draft.path)), draft)


def _again(source: Source, draft: Pending) -> Pending:
    """Return a draft as its file has it now: others may have changed or moved it."""
    from charter.spec.build import build_scenarios  # noqa: PLC0415 - needed after an edit alone
    from charter.syntax.reader import parse  # noqa: PLC0415

    group = build_scenarios(parse(source, reader="model-spec"), draft.section)
    return chosen(pending([group]), [draft.id])[0]


class _Neighbours:
    """What is most like a draft, among everything that is there."""

    def __init__(self, spec: Spec, groups: Sequence[ScenarioSet]) -> None:
        every = {group.source.path: group for group in (*spec.scenario_sets, *groups)}
        named = [(each.id.partition("/")[2], each) for g in every.values() for each in g.scenarios]
        named += [(example.id, example) for example in spec.examples if example.messages]
        self._names = [name for name, _ in named]
        self._measure: Similarity = similarity()
        self._measure.add([_told(each) for _, each in named])

    def of(self, draft: Pending) -> str:
        """Return the nearest in words."""
        for match in self._measure.nearest(_told(draft.example)):
            if self._names[match.place] != draft.id:
                name = self._names[match.place]
                return f"{name} ({match.similarity:.2f} by {self._measure.name})"
        return "nothing"


def _told(example: Example) -> str:
    return conversation_text(tuple(chat_message(message) for message in example.messages))


def _show(spec: Spec, draft: Pending, place: str, near: _Neighbours, screen: Console) -> None:
    attributes = dict(draft.example.attributes)
    section = spec.index.get(draft.section)
    screen.print()
    screen.print(
        Text.assemble(
            (f"Draft {place}: ", "bold"),
            (plain(draft.id), "bold"),
            f"  {plain(draft.path)}",
        )
    )
    screen.print(
        Text.assemble(
            f"{plain(draft.section)}, ",
            badge(section.authority if section else None),
            f", clause {plain(attributes.get('clause', '-'))}, "
            f"family {plain(attributes.get('family', '-'))}",
        )
    )
    clause = _clause_text(spec, draft.section, attributes.get("clause"))
    if clause:
        screen.print(Text(f"Clause: {plain(clause)}"))
    screen.print(Text(f"About: {plain(draft.example.caption)}"))
    for message in draft.example.messages:
        said = chat_message(message)
        tool = f" ({plain(said.tool)})" if said.tool else ""
        screen.print(Text(f"{said.role}{tool}:", "bold"))
        screen.print(_indented(plain(reveal(said.content))), soft_wrap=False)
    screen.print(Text("Expected:", "bold"))
    lines = draft.expected.splitlines()
    body = "\n".join(line for line in lines if not line.startswith("~~~")) or "nothing"
    screen.print(_indented(plain(body)), soft_wrap=False)
    screen.print(Text(f"Most like it: {plain(near.of(draft))}"))
    if draft.told:
        screen.print(Text(plain(draft.told), "dim"))


def _indented(text: str) -> Padding:
    return Padding(Text(text, overflow="fold"), (0, 0, 0, 4), expand=False)


def _clause_text(spec: Spec, section: str, marker: str | None) -> str:
    found = spec.index.get(section)
    wanted = f"{section}/{marker}"
    clauses = found.clauses if found else ()
    return next((clause.text for clause in clauses if clause.id == wanted), "")


def _name(by: str) -> str:
    name = " ".join(by.split())
    if len(name) > 80 or not name.isprintable():
        raise ConfigError("--by is no name of at most 80 characters", hint="e.g. --by 'Ann Lee'")
    return name.replace("--", "- -").replace(">", ")")


def _listed(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]
