"""Diff -> one self-contained HTML page: no request to anywhere, readable without scripts.

All words of a spec are hostile: templates escape them, and hidden characters are made visible.
Layout, style and script are those of the evaluation report, with a few rules of its own.
"""

from __future__ import annotations

from functools import cache

from jinja2 import Environment

from charter.cli.page import environment, render
from charter.spec.changes.change import Effect, Weight
from charter.spec.changes.diff import Diff
from charter.spec.changes.diff_sentences import sentences
from charter.spec.changes.diff_view import MAX_ROWS, document_rows, groups, side_label, top_rows
from charter.spec.changes.stale import Stale, alike
from charter.spec.spec import AUTHORITIES

_FIGURES = (Effect.LESS, Effect.MORE, Effect.DIFFERENTLY)


def page(diff: Diff, stale: Stale, *, wording: bool = True) -> str:
    """Return the comparison as HTML; without `wording`, changes of effect only."""
    changes = [c for c in diff.changes if wording or c.weight is not Weight.WORDING]
    by_section = groups(diff, changes)
    told = sentences(diff)
    labels = side_label(diff, 0), side_label(diff, 1)
    return render(
        _environment(),
        "diff.html.j2",
        styles=("diff.css.j2",),
        title=f"{diff.new.title} \u00b7 {labels[0]} and {labels[1]}",
        diff=diff,
        labels=labels,
        lead=told[0],
        sentences=told[1:],
        top=top_rows(changes),
        document=document_rows(changes),
        groups=by_section,
        links={group.section.id: group for group in by_section},
        effects=[(effect, diff.effects[effect]) for effect in _FIGURES],
        left_out=len(diff.changes) - len(changes),
        cut=max(0, len(changes) - MAX_ROWS),
        stale=alike(stale.items)[:MAX_ROWS],
        stale_count=len(stale.items),
    )


@cache
def _environment() -> Environment:
    return environment(authorities=AUTHORITIES, Weight=Weight, Effect=Effect)
