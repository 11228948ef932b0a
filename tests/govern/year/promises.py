"""What the organisation of the year says of itself, and what each obligation is to be answered.

The answers follow from what is planted, by the words of each pack alone; the reason is given where
it is no matter of course.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from charter.cli.govern_look import look_at
from charter.govern.obligations.facts import Facts
from charter.govern.obligations.organisation import load_organisation
from charter.govern.obligations.query import Configuration, Look, RolesSeen

from .releases import ROLES

ANSWERS = {
    "high-risk": "annex-iii",
    "remote-biometric-identification": "no",
    "talks-to-people": "yes",
    "generates-images": "no",
    "shows-content-that-must-be-disclosed": "yes",
    "offers-gpai-in-eu": "yes",
    "gpai-first-offered": "before-august-2025",
    "follows-gpai-code": "yes",
    "systemic-risk": "yes",
    "develops-for-california": "yes",
    "develops-for-new-york": "yes",
}
"""What generates-content asks is left open."""
DOCUMENTS = {
    "model-documentation": ("2028-03-01", "there"),
    "copyright-policy": ("2027-01-15", "there"),
    "safety-framework": ("2027-12-01", "there"),
    "risk-tiers": ("2028-02-01", "address"),
    "frontier-framework": ("2028-01-10", "there"),
    "framework-changes": ("2028-02-02", "deleted"),
    "transparency-report": ("2028-02-29", "other"),
    "internal-use-summary": ("2028-05-20", "there"),
    "disclosure-statement": ("2027-09-09", "no digest"),
    "intended-uses": ("2027-10-01", "there"),
    "technical-documentation": ("2028-08-01", "there"),
    "instructions-for-use": ("2028-01-01", "there"),
}
"""Day, and what became of the file. Nothing is said of safety-framework-assessment."""
SETTINGS = Configuration(
    digest="settings",
    payload_days=90,
    payloads="all",
    review_share=20,
    checkpoint_seconds=60.0,
    console=True,
    comments=False,
    checks=("check-1", "check-2"),
    approval_seconds=43200,
)
HELD = RolesSeen(ROLES, {"owner": 3, "approver": 3, "on_call": 2, "deployer": 1, "override": 1})
"""Nobody gives assurance."""

E, P, N, OLD, X, U = "evidence", "partial", "none", "out of date", "not applicable", "undecided"
EXPECTED = {
    "aia-logging-possible": E,
    "aia-logging-purposes": E,
    "aia-provider-logs-kept": E,
    "aia-deployer-logs-kept": P,  # contents for 90 days of 184
    "aia-documentation-kept": N,  # dated a month ahead
    "aia-instructions": E,
    "aia-oversight-understand": P,  # no evaluation
    "aia-oversight-bias": P,  # what people are aware of
    "aia-oversight-interpret": E,
    "aia-oversight-override": P,  # some approvals expired unseen
    "aia-oversight-stop": E,
    "aia-oversight-two-people": X,
    "aia-deployer-oversight": P,  # their training
    "aia-deployer-monitoring": E,
    "aia-tell-people": P,  # no evaluation
    "aia-mark-output": U,
    "aia-deployer-disclosures": N,  # no rule is named
    "aia-no-abuse-imagery": X,
    "aia-serious-incident-clock": P,  # some reports were never handed in
    "aia-serious-incident-evidence": P,  # no decision is linked
    "gpai-model-documentation": P,  # what training data was
    "gpai-copyright-policy": OLD,  # older than a year
    "gpai-framework": E,
    "gpai-framework-reassessed": N,
    "gpai-risk-tiers": P,  # an address only
    "gpai-safety-margin": P,  # no evaluation
    "gpai-evaluation-validity": OLD,  # the calibration is 366 days old
    "gpai-roles-oversight": E,
    "gpai-roles-ownership": E,
    "gpai-roles-monitoring": P,  # whose business it is
    "gpai-roles-assurance": N,
    "gpai-incident-clock": P,  # some reports were never handed in
    "gpai-incident-content": E,
    "gpai-incident-followup": P,  # later reports
    "gpai-incident-kept": P,  # no decision is linked
    "gpai-documentation-kept": E,
    "rmf-govern-policies": E,
    "rmf-govern-accountability": P,  # their training
    "rmf-govern-human-oversight": P,  # some approvals expired unseen
    "rmf-govern-engagement": N,
    "rmf-map-context": E,
    "rmf-map-limits": E,
    "rmf-measure-methods": OLD,  # the calibration is 366 days old
    "rmf-measure-evaluations": P,  # no evaluation
    "rmf-measure-tracking": E,
    "rmf-manage-treatment": E,
    "rmf-manage-switch-off": E,
    "rmf-manage-incidents": E,
    "rmf-manage-privacy": E,
    "sb53-framework-standards": E,
    "sb53-framework-thresholds": E,
    "sb53-framework-mitigations": E,
    "sb53-framework-review": E,
    "sb53-framework-third-parties": P,  # what they did
    "sb53-framework-updates": E,
    "sb53-framework-weights": P,  # how they are kept
    "sb53-framework-incidents": E,
    "sb53-framework-governance": E,
    "sb53-framework-internal-use": E,
    "sb53-framework-reviewed": OLD,  # the list of changes was deleted
    "sb53-transparency-report": OLD,  # another file lies there
    "sb53-transparency-assessments": OLD,
    "sb53-internal-use-summary": E,
    "sb53-incident-clock": P,  # number 11 came a minute late
    "sb53-incident-imminent": P,  # whether a danger was imminent
    "sb53-originals-kept": P,
    "raise-incident-clock": P,  # number 26 came a minute late
    "raise-incident-imminent": P,
    "raise-internal-use-summary": E,
    "raise-disclosure-statement": P,  # no digest was stated
    "raise-protocol": E,
}


def write(folder: Path, **answers: str) -> Path:
    """Write organisation.yaml, with some other answers, and the documents; return the file."""
    lines = ["format: charter-organisation/1", "name: Example"]
    lines += ["actors: [provider, deployer, gpai-provider, large-frontier-developer]", "answers:"]
    given = ANSWERS | {name.replace("_", "-"): value for name, value in answers.items()}
    lines += [f'  {name}: "{value}"' for name, value in given.items()]
    lines.append("documents:")
    lines += [_document(folder, name, *how) for name, how in DOCUMENTS.items()]
    lines += ["rules:", "  disclosure: [honest_about_self]", "  privacy: [protect_privacy]", ""]
    file = folder / "organisation.yaml"
    file.write_text("\n".join(lines), encoding="utf-8")
    return file


def _document(folder: Path, name: str, day: str, what: str) -> str:
    if what == "address":
        return f'  - {{id: {name}, date: {day}, url: "https://example.com/{name}"}}'
    words = f"What {name} says.\n"
    if what != "deleted":
        said = "Something else.\n" if what == "other" else words
        (folder / f"{name}.txt").write_text(said, encoding="utf-8")
    stated = "" if what == "no digest" else f", sha256: {sha256(words.encode()).hexdigest()}"
    return f"  - {{id: {name}, date: {day}, file: {name}.txt{stated}}}"


def look(organisation: Path, at: datetime, facts: Facts | None) -> Look:
    """Return what there is to look at: files, the spec that ships, settings and roles."""
    found = look_at({"spec": "starter"}, load_organisation(organisation), at, facts)
    return replace(found, configuration=SETTINGS, roles=HELD)
