"""Obligations as data: packs, an organisation's own answers, facts -> what there is evidence of."""
