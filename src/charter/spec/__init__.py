"""Document -> Spec: sections, clauses, examples, references."""
