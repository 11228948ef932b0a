"""Tests of `charter.evals.inspect`.

Not named after it: scripts beside this folder would find it in the place of Python's `inspect`.
"""
