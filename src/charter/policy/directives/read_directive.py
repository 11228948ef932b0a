"""Fields of YAML or JSON -> directives: one mapping, one verb.

Nothing is guessed and nothing is ignored: an unknown key, a value of another type, a time that is
none makes the whole directive `Unusable`, with the place of the key and what was expected. A
directive never gets an id from its position: an author names it, or its content does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import NamedTuple

from charter.policy.directive import BEFORE, Act, Directive, Origin, Unusable
from charter.policy.directives.identity import Ids, derived_id, renamed
from charter.policy.directives.read_scope import read_delegation, read_scope
from charter.policy.directives.read_value import (
    Refused,
    known_keys,
    mapping,
    name,
    near,
    one_or_more,
    own_id,
    scalar,
    subject,
    text,
    true,
)
from charter.policy.fate import Place
from charter.source import Span
from charter.spec.ladder import DEFAULT_LADDER, Ladder
from charter.spec.parts import MAX_DIRECTIVES

MAX_IN_FENCE = MAX_DIRECTIVES
"""Directives in one list, of a fence or of request metadata."""

VERBS = tuple(str(act) for act in Act)
COMMON = ("id", "subject", "value", "conflicts", "needs", "because")
"""Keys that go with every verb, but for `subject` and `value`: see `_check_subject`."""
EXTRA = {"instead": (Act.OVERRIDE,), "implicit": (Act.INSTRUCT, Act.SOFTEN)}
"""Keys that go with some verbs only."""
KEYS = (*VERBS, *COMMON, *EXTRA)
SEVERAL = "directives"

_FENCE = Origin("fence")
_WITH_SUBJECT = frozenset(Act) - {Act.SETTING, Act.SCOPE}


class Carrier(NamedTuple):
    """What carries a directive: its authority, and where it stands."""

    level: str
    order: int = BEFORE
    source: str = ""
    place: Place | None = None
    origin: Origin = _FENCE
    mistaken: str | None = None


class Read(NamedTuple):
    """What reading yields: directives, and what is wrong with the others."""

    directives: list[Directive]
    unusable: list[Unusable]


def read_directives(
    fields: Mapping[str, object],
    carrier: Carrier,
    *,
    ladder: Ladder = DEFAULT_LADDER,
    spans: Mapping[str, Span] | None = None,
    whole: Span = Span(0, 0),  # noqa: B008 - immutable
) -> Read:
    """Read one directive, or those listed under `directives`. Never raises.

    `spans` says where each path of `fields` stands, as `load_mapping(deep=True)` has it; `whole`
    is where what has no place of its own is reported. One mapping can yield several directives:
    `setting` with several names; `override`, `soften` and `keep` with several sections.
    """
    reader = _Reader(carrier, ladder, spans or {}, whole)
    if SEVERAL in fields:
        reader.read_list(fields)
    elif fields:
        reader.read(fields, "")
    else:
        reader.unusable.append(Unusable("a directive needs a verb", whole, _verbs()))
    return Read(reader.directives, reader.unusable)


def read_directive(
    fields: Mapping[str, object], carrier: Carrier, *, ladder: Ladder = DEFAULT_LADDER
) -> Directive | Unusable:
    """Read a mapping that is exactly one directive. Never raises."""
    directives, unusable = read_directives(fields, carrier, ladder=ladder)
    if unusable:
        return unusable[0]
    if len(directives) != 1:
        return Unusable(f"expected one directive, not {len(directives)}", Span(0, 0))
    return directives[0]


class _Reader:
    """Reads the mappings of one carrier."""

    def __init__(
        self, carrier: Carrier, ladder: Ladder, spans: Mapping[str, Span], whole: Span
    ) -> None:
        self.carrier = carrier
        self.ladder = ladder
        self.spans = spans
        self.whole = whole
        self.directives: list[Directive] = []
        self.unusable: list[Unusable] = []

    def read_list(self, fields: Mapping[str, object]) -> None:
        """Read what stands under `directives`."""
        listed = fields[SEVERAL]
        try:
            known_keys(fields, (SEVERAL,), "", "a list of directives")
            if not isinstance(listed, list | tuple):
                raise Refused("`directives` must be a list", SEVERAL)  # noqa: TRY301
        except Refused as refused:
            self.refuse(refused)
            return
        for at, item in enumerate(listed[:MAX_IN_FENCE]):
            path = f"{SEVERAL}.{at}"
            if isinstance(item, Mapping):
                self.read(item, path)
            else:
                self.refuse(Refused("a directive is a mapping with one verb", path, _verbs()))
        if len(listed) > MAX_IN_FENCE:
            what = f"more than {MAX_IN_FENCE} directives in one list; the rest are not read"
            self.refuse(Refused(what, f"{SEVERAL}.{MAX_IN_FENCE}"))

    def read(self, fields: Mapping[str, object], path: str) -> None:
        """Read one mapping."""
        try:
            made = self.make(mapping(fields, path or SEVERAL), path)
        except Refused as refused:
            self.refuse(refused)
        else:
            self.directives += made

    def refuse(self, refused: Refused) -> None:
        """Keep what is wrong, at the nearest place that is known."""
        path = refused.path
        while path and path not in self.spans:
            path = path.rpartition(".")[0]
        span = self.spans.get(path, self.whole)
        self.unusable.append(Unusable(refused.message, span, refused.hint))

    def make(self, fields: Mapping[str, object], path: str) -> list[Directive]:
        """Return the directives of one mapping. Raises Refused."""
        act = _verb(fields, path)
        known_keys(fields, KEYS, path, "a directive")
        _check_keys(fields, act, path)
        prefix = f"{path}." if path else ""
        given = own_id(fields["id"], f"{prefix}id") if "id" in fields else ""
        shared = self.shared(fields, prefix)
        made = _MAKERS[act](self, fields[act], prefix + act, shared, fields)
        named = [renamed(each, given or derived_id(each)) for each in made]
        own = Ids()  # several of one mapping share the id that their author gave
        return [own.claim(each) for each in named]

    def shared(self, fields: Mapping[str, object], prefix: str) -> Directive:
        """Return a directive with what all verbs have in common."""
        because = _stripped(fields, "because", prefix)
        about = subject(fields["subject"], f"{prefix}subject") if "subject" in fields else None
        carrier = self.carrier
        return Directive(
            id="",
            act=Act.INSTRUCT,
            level=carrier.level,
            order=carrier.order,
            conflicts=_names(fields, "conflicts", prefix),
            subject=about,
            value=scalar(fields["value"], f"{prefix}value") if "value" in fields else None,
            text=f"Because: {because}" if because else "",
            explicit=not ("implicit" in fields and true(fields["implicit"], f"{prefix}implicit")),
            needs=_names(fields, "needs", prefix),
            mistaken=carrier.mistaken,
            source=carrier.source,
            place=carrier.place,
            origin=carrier.origin,
        )

    def instruct(
        self, value: object, path: str, shared: Directive, _fields: Mapping[str, object]
    ) -> list[Directive]:
        """Read `instruct: TEXT`."""
        words = text(value, path).strip()
        return [replace(shared, act=Act.INSTRUCT, text=_joined(words, shared.text))]

    def override(
        self, value: object, path: str, shared: Directive, fields: Mapping[str, object]
    ) -> list[Directive]:
        """Read `override: IDS`, one for each; with `instead`, about that section."""
        targets = one_or_more(value, path, name)
        if "instead" not in fields:
            return [replace(shared, act=Act.OVERRIDE, targets=(target,)) for target in targets]
        prefix = path.removesuffix(Act.OVERRIDE)
        instead = text(fields["instead"], f"{prefix}instead").strip()
        words = _joined(instead, shared.text)
        return [
            replace(
                shared,
                act=Act.OVERRIDE,
                targets=(target,),
                subject=target,
                value=instead,
                text=words,
            )
            for target in targets
        ]

    def delegate(
        self, value: object, path: str, shared: Directive, _fields: Mapping[str, object]
    ) -> list[Directive]:
        """Read `delegate: {to, level, only}`."""
        delegation = read_delegation(value, path, ladder=self.ladder)
        return [replace(shared, act=Act.DELEGATE, delegation=delegation)]

    def setting(
        self, value: object, path: str, shared: Directive, _fields: Mapping[str, object]
    ) -> list[Directive]:
        """Read `setting: {name: value}`, one directive for each name."""
        settings = mapping(value, path)
        if not settings:
            raise Refused("setting names nothing", path)
        return [
            replace(
                shared,
                act=Act.SETTING,
                subject=name(key, f"{path}.{key}"),
                value=scalar(each, f"{path}.{key}"),
            )
            for key, each in settings.items()
        ]

    def scope(
        self, value: object, path: str, shared: Directive, _fields: Mapping[str, object]
    ) -> list[Directive]:
        """Read `scope: {...}`."""
        scope = read_scope(value, path, level=self.carrier.level)
        return [replace(shared, act=Act.SCOPE, scope=scope)]


_Maker = Callable[
    [_Reader, object, str, Directive, Mapping[str, object]],
    list[Directive],
]


def _on_each(act: Act, *, explicit: bool = True) -> _Maker:
    """Return a reader of a verb that acts on sections, each by itself: one directive for each."""

    def read(
        _reader: _Reader, value: object, path: str, shared: Directive, _: Mapping[str, object]
    ) -> list[Directive]:
        said = explicit and shared.explicit
        targets = one_or_more(value, path, name)
        return [replace(shared, act=act, targets=(one,), explicit=said) for one in targets]

    return read


def _on_targets(act: Act, *, count: int | None = None) -> _Maker:
    """Return a reader of a verb that only names what it acts on."""

    def read(
        _reader: _Reader, value: object, path: str, shared: Directive, _: Mapping[str, object]
    ) -> list[Directive]:
        targets = one_or_more(value, path, name)
        if count is not None and len(targets) != count:
            raise Refused(f"{act} names {count} different sections", path)
        return [replace(shared, act=act, targets=targets)]

    return read


_MAKERS: Mapping[Act, _Maker] = {
    Act.INSTRUCT: _Reader.instruct,
    Act.OVERRIDE: _Reader.override,
    Act.SOFTEN: _on_each(Act.SOFTEN, explicit=False),
    Act.KEEP: _on_each(Act.KEEP),
    Act.DELEGATE: _Reader.delegate,
    Act.SETTING: _Reader.setting,
    Act.SCOPE: _Reader.scope,
    Act.SUPERSEDE: _on_targets(Act.SUPERSEDE),
    Act.PREMISE: _on_targets(Act.PREMISE),
    Act.CLASH: _on_targets(Act.CLASH, count=2),
}


def _verb(fields: Mapping[str, object], path: str) -> Act:
    """Return the one verb of a directive. Raises Refused."""
    verbs = [key for key in fields if key in VERBS]
    if len(verbs) == 1:
        return Act(verbs[0])
    if verbs:
        what = f"a directive has one verb, not {' and '.join(verbs)}"
        where = f"{path}.{verbs[1]}" if path else verbs[1]
        raise Refused(what, where, "write two directives under `directives:`")
    for key in fields:
        if key not in KEYS and (hint := near(key, KEYS)):
            raise Refused(
                f"a directive has no field {key!r:.80}", f"{path}.{key}" if path else key, hint
            )
    raise Refused("a directive needs a verb", path, _verbs())


def _check_keys(fields: Mapping[str, object], act: Act, path: str) -> None:
    """Refuse keys that mean nothing beside the verb."""
    prefix = f"{path}." if path else ""
    for key, acts in EXTRA.items():
        if key in fields and act not in acts:
            hint = "to set a section aside by context, write soften" if key == "implicit" else None
            what = f"`{key}` goes with {' and '.join(acts)}, not with {act}"
            raise Refused(what, prefix + key, hint)
    for key in ("subject", "value"):
        if key not in fields:
            continue
        if act not in _WITH_SUBJECT:
            raise Refused(f"`{key}` does not go with {act}", prefix + key)
        if "instead" in fields:
            what = f"`instead` already says the {key}: that of the section"
            raise Refused(what, prefix + key, "take one of the two away")
    if "value" in fields and "subject" not in fields:
        raise Refused("`value` needs a `subject`: what it is the value of", f"{prefix}value")


def _names(fields: Mapping[str, object], key: str, prefix: str) -> tuple[str, ...]:
    return one_or_more(fields[key], prefix + key, name) if key in fields else ()


def _stripped(fields: Mapping[str, object], key: str, prefix: str) -> str:
    return text(fields[key], prefix + key).strip() if key in fields else ""


def _joined(words: str, because: str) -> str:
    return f"{words} {because}" if because else words


def _verbs() -> str:
    return f"one of {', '.join(VERBS)}"
