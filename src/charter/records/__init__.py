"""The closed list of facts that Charter ever stores."""
