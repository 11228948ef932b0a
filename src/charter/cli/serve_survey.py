"""The pages of surveys of a gateway, put together from what the gateway works on."""

from __future__ import annotations

import secrets

from charter.console.survey import surveys
from charter.console.survey_stand import Terms
from charter.gateway.send import AsgiApp
from charter.gateway.service import Service
from charter.ledger.vault import Vault


def survey_of(service: Service) -> AsgiApp | None:
    """Return the pages; None where the settings do not enable them."""
    said = service.settings.survey
    if not said.enabled:
        return None

    def vault() -> Vault | None:  # what is kept may change while the service runs
        return service.vault if service.table.settings.keep.payloads != "none" else None

    return surveys(
        service.ledger,
        vault=vault,
        clock=service.clock,
        secret=secrets.token_bytes(32),
        terms=Terms(
            per_network=said.per_network,
            per_hour=said.per_hour,
            requests_per_network=said.requests_per_network,
            requests_per_minute=said.requests_per_minute,
            same_network=said.same_network,
            address_header=said.address_header,
        ),
    )
