"""What a client is told: the rule's own words, its section and the decision; nothing else."""

from __future__ import annotations

from charter.gateway.judging.finding import Why
from charter.policy.decision import Effect

MOST_SAID = 400
"""Characters of a rule's own words."""
_USUAL = {
    Effect.DENY: "This is not done under the rules in force.",
    Effect.REQUIRE_APPROVAL: "A person has to agree first.",
    Effect.REDACT: "Parts of this were removed.",
    Effect.FLAG: "This was noted.",
    Effect.ALLOW: "",
}
_FAILED = "This could not be checked, so it is not done."


def told(why: Why | None, decision: str, spec: str) -> str:
    """Return one sentence for the client, with section and decision.

    What rests on no section, such as a stop, names the spec in its place: that is left out.
    """
    if why is None:
        return ""
    said = _FAILED if why.failed else why.say or _USUAL[why.effect]
    line = " ".join(said.split())[:MOST_SAID]
    section = "" if why.section == spec else f"section {why.section}, "
    return f"{line} ({section}decision {decision})"
