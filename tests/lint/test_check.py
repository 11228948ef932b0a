from __future__ import annotations

import random
from collections import Counter
from types import SimpleNamespace

import pytest

from charter import registry
from charter.config import Config, PathOptions
from charter.errors import ConfigError, PluginError
from charter.lint.check import check
from charter.lint.places import Places
from charter.lint.rule import Hit
from charter.load import load
from charter.source import Severity, Source, Span
from charter.spec.build import build
from charter.syntax.reader import parse

SECTION = "## Greet {#greet authority=user}\n\nThe assistant should greet.\n"


def spec_of(text: str, path: str = "spec.md"):
    return build(parse(Source(path, text)))


def ids(report) -> list[str]:
    return [finding.rule for finding in report.findings]


def test_findings_come_in_text_order_with_places():
    report = check(spec_of(SECTION + "\n## Two {#greet autority=root}\n"))
    lines = [finding.location.line for finding in report.findings]
    assert lines == sorted(lines)
    assert {"duplicate-id", "unknown-attribute"} <= set(ids(report))
    assert report.failed


def test_info_alone_does_not_fail():
    report = check(spec_of(SECTION), only=["default-without-override-path"])
    assert ids(report) == ["default-without-override-path"]
    assert not report.failed


def test_config_changes_severity_and_turns_rules_off():
    spec = spec_of(SECTION)
    config = Config("charter.toml", {"default-without-override-path": Severity.ERROR})
    found = check(spec, config, only=["default-without-override-path"]).findings
    assert [finding.severity for finding in found] == [Severity.ERROR]
    off = Config("charter.toml", {"default-without-override-path": None})
    assert check(spec, off, only=["default-without-override-path"]).findings == ()


def test_config_for_one_path_leaves_others_alone(tmp_path):
    options = PathOptions("drafts/*", {"section-without-example": None})
    config = Config(str(tmp_path / "charter.toml"), {}, (options,))
    draft = spec_of(SECTION, str(tmp_path / "drafts" / "a" / "spec.md"))
    final = spec_of(SECTION, str(tmp_path / "spec.md"))
    assert "section-without-example" not in ids(check(draft, config))
    assert "section-without-example" in ids(check(final, config))


def test_config_wins_over_the_severity_of_a_single_hit():
    spec = spec_of("~~~xml\n<user>")
    config = Config("charter.toml", {"parse-problem": Severity.INFO})
    assert not check(spec, config, only=["parse-problem"]).failed


def test_unknown_rule_names_file_key_and_nearest():
    config = Config("charter.toml", {"vague-wordin": None})
    with pytest.raises(ConfigError, match=r"charter\.toml: rules: .*vague-wordin") as error:
        check(spec_of(SECTION), config)
    assert "vague-wording" in (error.value.hint or "")
    with pytest.raises(ConfigError, match="no rule named 'nope'"):
        check(spec_of(SECTION), only=["nope"])


@pytest.mark.parametrize(
    "text",
    [
        SECTION + "\n<!-- charter: allow section-without-example: see the chapter above -->\n",
        "<!-- charter: allow section-without-example: see above -->\n\n" + SECTION,
        "Start.\n<!-- charter: allow section-without-example: see above -->\n" + SECTION,
        "<!-- charter: allow section-without-example: see above -->\n"
        "<!-- charter: allow missing-id: none -->\n" + SECTION,
        SECTION + "<!-- charter: allow missing-id, section-without-example: see above -->\n",
    ],
)
def test_comment_with_reason_allows_in_its_section(text):
    report = check(spec_of(text), only=["section-without-example"])
    assert report.findings == ()
    assert [entry.reason.partition(" ")[0] for entry in report.allowed] == ["see"]


@pytest.mark.parametrize(
    "text",
    [
        SECTION + "\n<!-- charter: allow section-without-example -->\n",
        SECTION + "\n```\n<!-- charter: allow section-without-example: in code -->\n```\n",
        SECTION + "\n# Next {#next}\n\n<!-- charter: allow section-without-example: other -->\n",
        "<!-- charter: allow section-without-example: not directly above -->\n\nText.\n\n"
        + SECTION,
    ],
)
def test_comment_elsewhere_or_without_reason_allows_nothing(text):
    report = check(spec_of(text), only=["section-without-example"])
    assert ids(report) == ["section-without-example"]


def test_comment_that_allows_nothing_is_reported_only_where_its_rule_ran():
    spec = spec_of(SECTION + "\n<!-- charter: allow overlong-clause: a legal list -->\n")
    assert "unused-allow" in ids(check(spec))
    assert ids(check(spec, only=["unused-allow"])) == []
    off = Config("charter.toml", {"overlong-clause": None})
    assert "unused-allow" not in ids(check(spec, off))


def _announce(monkeypatch, name: str, rule: object) -> None:
    real = registry.entry_points
    point = SimpleNamespace(name=name, value="plugin:rule", load=lambda: rule)
    monkeypatch.setattr(
        registry,
        "entry_points",
        lambda group: [point] if group == "charter.rules" else real(group=group),
    )


def _rule(find) -> SimpleNamespace:
    return SimpleNamespace(GROUP="writing", SEVERITY=Severity.WARNING, find=find, __doc__="A rule.")


def test_rule_of_another_package_runs(monkeypatch):
    rule = _rule(lambda _: [Hit("found it", Span(0, 2))])
    _announce(monkeypatch, "house-style", rule)
    report = check(spec_of(SECTION), only=["house-style"])
    assert [finding.message for finding in report.findings] == ["found it"]


def test_two_rules_of_one_id_are_an_error(monkeypatch):
    _announce(monkeypatch, "missing-id", _rule(lambda _: []))
    with pytest.raises(PluginError, match="two plug-ins named 'missing-id'"):
        check(spec_of(SECTION))


def test_failing_rule_is_named(monkeypatch):
    def find(spec):
        raise ZeroDivisionError("oh")

    _announce(monkeypatch, "broken", _rule(find))
    with pytest.raises(PluginError, match=r"rule 'broken' failed on spec\.md: ZeroDivisionError"):
        check(spec_of(SECTION))


def test_places_agree_with_source():
    source = Source("x", "a\r\n\u4e2d\u6587b\n\n  end")
    places = Places(source)
    for start in range(len(source.text)):
        for end in range(start, len(source.text) + 1):
            span = Span(start, end)
            trimmed = Span(start, start + len(span.of(source.text).rstrip()))
            assert places.locate(span) == source.locate(trimmed)
    for line in range(7):
        assert places.line(line).of(source.text) == source.line_text(line)


def test_mutants_of_a_spec_never_crash_a_rule(root):
    text = (root / "src" / "charter" / "starter" / "spec.md").read_text("utf-8")[:60_000]
    dice = random.Random(7)
    pieces = ["~~~", "{#x ", "}", "[^", "[?](#", "<assistant>", "\x00", "\ud800", "|", "when: "]
    for _ in range(25):
        mutant = text
        for _ in range(12):
            at = dice.randrange(len(mutant))
            mutant = mutant[:at] + dice.choice(pieces) + mutant[at + dice.randrange(40) :]
        for finding in check(spec_of(mutant)).findings:
            assert 1 <= finding.location.line <= mutant.count("\n") + 1


def test_starter_spec_is_clean():
    report = check(load("starter"))
    assert [str(finding.location) for finding in report.findings] == []


@pytest.mark.data
def test_newest_model_spec_has_exactly_the_known_findings(data_dir):
    spec = load(data_dir / "model_spec" / "2025-12-18")
    report = check(spec)
    assert report.count(Severity.ERROR) == 0
    named: dict[str, set[str]] = {}
    for finding in report.findings:
        if finding.severity is Severity.WARNING:
            named.setdefault(finding.rule, set()).add(
                finding.location.span.of(report.sources()[finding.location.path].text)
                if finding.rule == "orphan-marker"
                else finding.section or finding.location.path.rpartition("/")[2]
            )
    assert named == {
        "orphan-marker": {"[^d0pu]", "[^h82a]", "[^rse0]", "[^t5q0]"},
        "orphan-prompt-file": {"91ld.md", "lds1.md"},
        "stale-prompt-title": {"do_not_encourage_self_harm"},
        "section-without-example": {"comply_with_laws", "use_preset_voice_in_voice_mode"},
    }
    counts = Counter(ids(report))
    assert counts["grade-cites-section-without-authority"] == 13


@pytest.mark.data
@pytest.mark.parametrize("version", ["2025-02-12", "2025-10-27"])
def test_older_model_specs_have_no_errors(data_dir, version):
    report = check(load(data_dir / "model_spec" / version))
    assert report.count(Severity.ERROR) == 0
    assert report.count(Severity.WARNING) <= 5


@pytest.mark.data
def test_prose_of_another_kind_has_remarks_only(data_dir):
    assert not check(load(data_dir / "claude_constitution" / "2026-01-20.md")).failed
