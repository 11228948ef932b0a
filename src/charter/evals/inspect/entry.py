"""What Inspect finds under the name `charter`: a task, scorers, metrics and a model API.

Named by the entry point `charter` of the group `inspect_ai`; Inspect imports it when something is
called `charter/…`.
"""

from charter.evals.inspect.api import charter_api
from charter.evals.inspect.scorer import adheres, verdicts
from charter.evals.inspect.solver import answer, offer_tools
from charter.evals.inspect.task import adherence

__all__ = ["adherence", "adheres", "answer", "charter_api", "offer_tools", "verdicts"]
