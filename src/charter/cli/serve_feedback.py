"""The form for the public of a gateway, put together from what the gateway works on."""

from __future__ import annotations

import secrets

from charter.cli.serve_public import terms_of, vault_of
from charter.console.feedback import Terms, feedback
from charter.gateway.send import AsgiApp
from charter.gateway.service import Service


def feedback_of(service: Service) -> AsgiApp | None:
    """Return the form; None where the settings do not enable it."""
    said = service.settings.feedback
    if not said.enabled:
        return None
    return feedback(
        service.ledger,
        vault=vault_of(service),
        policy=lambda: service.table.base.policy,
        clock=service.clock,
        secret=secrets.token_bytes(32),
        terms=terms_of(Terms, said),
    )
