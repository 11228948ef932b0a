"""A whole site with its versions: no link leads nowhere, and the same texts make the same bytes."""

import json
from xml.etree import ElementTree as ET

import pytest

from charter.load import load, load_policy
from charter.publish import address
from charter.publish.build import draw
from charter.publish.edition import edition
from charter.publish.files import Contents, site_files
from charter.publish.history import history
from charter.publish.links import check
from charter.publish.site import Link, Site
from charter.publish.write import write_site

from .texts import an_edition, three

BASE = "https://a.example/spec/"

HOSTILE = (
    '# "><script>alert({n})</script> {{#a"><b> authority=user}}\n\nYou must sing {n}.\n\n'
    "# [x](javascript:alert(1)) \u202e {{#constructor authority=root}}\n\nYou must &lt;b&gt; {n}.\n"
)


def write(folder, editions, base_url=None):
    lives = history(editions)
    links = (Link(address.CHANGES, "Changes"),)
    site = Site(tuple(editions), base_url=base_url, heirs=lives.heirs, links=links)
    return write_site(folder, site_files(site, Contents(draw(site), lives)))


@pytest.mark.parametrize("base_url", [None, BASE])
def test_every_link_of_a_site_leads_somewhere(tmp_path, base_url):
    write(tmp_path / "site", three(), base_url)
    assert check(tmp_path / "site", base_url) == ()


def test_the_same_texts_are_written_once(tmp_path):
    first = write(tmp_path / "site", three())
    again = write(tmp_path / "site", three())
    assert first.new == first.files == again.files
    assert again.new == again.removed == 0


def test_a_known_base_has_a_map_of_the_pages_there_are(tmp_path):
    write(tmp_path / "site", three(), BASE)
    root = ET.fromstring((tmp_path / "site/sitemap.xml").read_text())  # noqa: S314 - our own
    found = [each[0].text.removeprefix(BASE) for each in root]
    assert "s/be_kind.html" in found
    assert all((tmp_path / "site" / each).is_file() for each in found)


def test_lines_of_clauses_lead_to_their_rules(tmp_path):
    write(tmp_path / "site", three())
    for line in (tmp_path / "site/clauses.jsonl").read_text().splitlines():
        page, _, fragment = json.loads(line)["url"].partition("#")
        assert f'id="{fragment}"' in (tmp_path / "site" / page).read_text()


def test_hostile_words_break_no_link(tmp_path):
    editions = [an_edition(HOSTILE.format(n=at), f"1.{at}") for at in range(2)]
    write(tmp_path / "site", editions)
    assert check(tmp_path / "site") == ()
    for page in (tmp_path / "site").rglob("*.html"):
        assert "<script>alert" not in page.read_text(encoding="utf-8")


@pytest.mark.data
def test_the_site_of_the_real_versions_is_whole(data_dir, tmp_path):
    days = ("2025-02-12", "2025-10-27", "2025-12-18")
    folders = [data_dir / "model_spec" / day for day in days]
    write(tmp_path / "site", [edition(load(each), load_policy(each)) for each in folders])
    assert check(tmp_path / "site") == ()
