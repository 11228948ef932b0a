"""`charter schema NAME`: the JSON Schema of a format that Charter writes."""

from __future__ import annotations

import click

from charter.cli.screen import write_json


@click.command("schema")
@click.argument(
    "name",
    type=click.Choice(
        [
            "spec",
            "check",
            "determinacy",
            "diff",
            "resolution",
            "decision",
            "brief",
            "coverage",
            "report",
            "comparison",
            "history",
            "gate",
            "plan",
        ]
    ),
)
def command(name: str) -> None:  # noqa: C901, PLR0912 - one branch for each format
    """Print the JSON Schema of what Charter writes with `--json` or `--format json`.

    spec: `charter show`; check: `charter check`; determinacy: `charter check --determinacy`; diff:
    `charter diff`; resolution: `charter resolve`; decision: `charter decide`; brief: `charter
    brief`; coverage: `charter suite coverage`; report: `charter report`; comparison: `charter
    report RUN RUN`; history: `charter history`; gate: `charter gate`; plan: `charter plan`.
    """
    # Each format has imports of its own, and some need an extra.
    if name == "spec":
        from charter.spec.export import schema  # noqa: PLC0415 - see above
    elif name == "check":
        from charter.lint.report_json import schema  # noqa: PLC0415 - see above
    elif name == "determinacy":
        from charter.cli.determinacy_json import schema  # noqa: PLC0415 - see above
    elif name == "diff":
        from charter.spec.changes.diff_export import schema  # noqa: PLC0415 - see above
    elif name == "resolution":
        from charter.policy.explanations.answer_form import (  # noqa: PLC0415 - see above
            resolution_schema as schema,
        )
    elif name == "decision":
        from charter.policy.explanations.answer_form import (  # noqa: PLC0415 - see above
            decision_schema as schema,
        )
    elif name == "brief":
        from charter.policy.briefs.brief_json import schema  # noqa: PLC0415 - see above
    elif name == "coverage":
        from charter.evals.coverage_json import schema  # noqa: PLC0415 - see above
    elif name == "report":
        from charter.evals.report.export import schema  # noqa: PLC0415 - see above
    elif name == "gate":
        from charter.evals.gate.export import schema  # noqa: PLC0415 - see above
    elif name == "plan":
        from charter.cli.plan_json import schema  # noqa: PLC0415 - see above
    elif name == "history":
        from charter.evals.history.export import (  # noqa: PLC0415 - see above
            history_schema as schema,
        )
    else:
        from charter.evals.report.contrast import (  # noqa: PLC0415 - see above
            comparison_schema as schema,
        )
    write_json(schema())
