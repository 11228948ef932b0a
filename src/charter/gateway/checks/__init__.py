"""The checks of a gateway, one module each; `gateway.check` says what a check is."""
