"""Charter: behavior specs for AI models, made executable."""

__version__ = "0.1.0"
