"""Spec + conversation -> what is in force; pure."""
