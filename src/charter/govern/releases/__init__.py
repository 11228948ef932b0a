"""A new version of a spec, what was found of it, and who agreed -> an official one, signed."""
