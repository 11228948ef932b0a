"""Objectives and records -> values with intervals, budgets, alerts; files for other tools."""
