"""Kinds of pages -> HTML, each kind in a module of its own."""
