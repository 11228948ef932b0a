"""A clause or section that people were asked about -> where it stands for good."""

from __future__ import annotations

from charter.publish import address
from charter.publish.site import Site


def clause_link(site: Site, page: str, clause: str) -> str:
    """Return where a clause or section stands for good; empty where no version has it."""
    section, _, own = clause.partition("/")
    place = site.section_page(section)
    if place is None:
        return ""
    having = [each for each in site.editions if section in each.part_of]
    shown = having[-1].spec.index[section].clauses if having else ()
    there = bool(own) and any(each.id == clause for each in shown)
    return address.to(page, place, clause if there else "")
