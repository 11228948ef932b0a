"""`charter schema NAME`: the JSON Schema of a format that Charter writes."""

from __future__ import annotations

from importlib import import_module

import click

from charter.cli.screen import write_json

_WHERE = {
    "spec": "charter.spec.export:schema",
    "check": "charter.lint.report_json:schema",
    "determinacy": "charter.cli.determinacy_json:schema",
    "diff": "charter.spec.changes.diff_export:schema",
    "resolution": "charter.policy.explanations.answer_form:resolution_schema",
    "decision": "charter.policy.explanations.answer_form:decision_schema",
    "brief": "charter.policy.briefs.brief_json:schema",
    "coverage": "charter.evals.coverage_json:schema",
    "report": "charter.evals.report.export:schema",
    "comparison": "charter.evals.report.contrast:comparison_schema",
    "history": "charter.evals.history.export:history_schema",
    "gate": "charter.evals.gate.export:schema",
    "plan": "charter.cli.plan_json:schema",
    "specs-compared": "charter.compare.export:comparison_schema",
    "comments": "charter.cli.comments_json:schema",
    "adherence": "charter.publish.adherence_json:schema",
    "governance": "charter.govern.reports.export:schema",
    "obligation-answers": "charter.govern.obligations.answers_json:schema",
    "obligation-pack": "charter.govern.obligations.pack_file:schema",
    "survey": "charter.evolve.surveys.survey_file:schema",
    "survey-results": "charter.evolve.results.export:schema",
}
"""Each is imported when it is asked for: each has imports of its own, and some need an extra."""
NAMES = tuple(_WHERE)


@click.command("schema")
@click.argument("name", type=click.Choice(NAMES))
def command(name: str) -> None:
    """Print the JSON Schema of what Charter writes with `--json` or `--format json`.

    spec: `charter show`; check: `charter check`; determinacy: `charter check --determinacy`; diff:
    `charter diff`; resolution: `charter resolve`; decision: `charter decide`; brief: `charter
    brief`; coverage: `charter suite coverage`; report: `charter report`; comparison: `charter
    report RUN RUN`; history: `charter history`; gate: `charter gate`; plan: `charter plan`;
    specs-compared: `charter compare`; comments: `charter comments list` and `export`; adherence:
    `adherence.json` of `charter publish --ledger`; governance: `charter report governance` and
    `transparency`; obligation-answers: `charter govern obligations`; obligation-pack: a file of
    obligations, as `--pack` reads it; survey: a survey's file, as `charter survey new` writes it;
    survey-results: `charter survey results`.
    """
    module, _, function = _WHERE[name].partition(":")
    write_json(getattr(import_module(module), function)())
