"""The pages of surveys of a gateway, put together from what the gateway works on."""

from __future__ import annotations

import secrets

from charter.cli.serve_public import terms_of, vault_of
from charter.console.survey import surveys
from charter.console.survey_stand import Terms
from charter.gateway.send import AsgiApp
from charter.gateway.service import Service


def survey_of(service: Service) -> AsgiApp | None:
    """Return the pages; None where the settings do not enable them."""
    said = service.settings.survey
    if not said.enabled:
        return None
    return surveys(
        service.ledger,
        vault=vault_of(service),
        clock=service.clock,
        secret=secrets.token_bytes(32),
        terms=terms_of(Terms, said),
    )
