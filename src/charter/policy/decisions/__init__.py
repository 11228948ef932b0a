"""Whether a request, an output or an action may be, and on what grounds."""
