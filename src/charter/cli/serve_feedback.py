"""The form for the public of a gateway, put together from what the gateway works on."""

from __future__ import annotations

import secrets

from charter.console.feedback import Terms, feedback
from charter.gateway.send import AsgiApp
from charter.gateway.service import Service
from charter.ledger.vault import Vault


def feedback_of(service: Service) -> AsgiApp | None:
    """Return the form; None where the settings do not enable it."""
    said = service.settings.feedback
    if not said.enabled:
        return None

    def vault() -> Vault | None:  # what is kept may change while the service runs
        return service.vault if service.table.settings.keep.payloads != "none" else None

    return feedback(
        service.ledger,
        vault=vault,
        policy=lambda: service.table.base.policy,
        clock=service.clock,
        secret=secrets.token_bytes(32),
        terms=Terms(
            groups=said.groups,
            notice=said.notice,
            per_address=said.per_address,
            per_hour=said.per_hour,
            waiting=said.waiting,
            address_header=said.address_header,
        ),
    )
