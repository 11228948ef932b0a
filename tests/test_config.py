from __future__ import annotations

import pytest

from charter.config import MAX_BYTES, Config, find_config, load_config
from charter.errors import ConfigError
from charter.source import Severity


def config(tmp_path, text: str) -> Config:
    file = tmp_path / "charter.toml"
    file.write_text(text, "utf-8")
    return load_config(file)


def test_config_reads_rules_and_paths(tmp_path):
    read = config(
        tmp_path,
        '[rules]\na = "error"\nb = "off"\n[paths."drafts/*"]\nrules = { a = "off", c = "info" }\n',
    )
    draft = str(tmp_path / "drafts" / "x" / "spec.md")
    other = str(tmp_path / "spec.md")
    assert read.severity("a", other, Severity.INFO) is Severity.ERROR
    assert read.severity("a", draft, Severity.INFO) is None
    assert read.severity("b", other, Severity.INFO) is None
    assert read.severity("c", draft, Severity.ERROR) is Severity.INFO
    assert read.severity("c", other, Severity.ERROR) is Severity.ERROR
    assert [read.wants(name) for name in "abcd"] == [True, False, True, True]
    assert list(read.named()) == [
        ("a", "rules"),
        ("b", "rules"),
        ("a", 'paths."drafts/*".rules'),
        ("c", 'paths."drafts/*".rules'),
    ]


def test_last_fitting_pattern_wins(tmp_path):
    read = config(
        tmp_path, '[paths."*"]\nrules = { a = "off" }\n[paths."x/*"]\nrules = { a = "error" }\n'
    )
    assert read.severity("a", str(tmp_path / "x" / "y.md"), Severity.INFO) is Severity.ERROR
    assert read.severity("a", str(tmp_path / "z.md"), Severity.INFO) is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[rule]\n", r"charter\.toml: rule: unknown key"),
        ('[rules]\na = "fatal"\n', r"charter\.toml: rules\.a: 'fatal' is no severity"),
        ("[rules]\na = 3\n", r"charter\.toml: rules\.a: 3 is no severity"),
        ("rules = 3\n", r"charter\.toml: rules: "),
        ('[paths."a.md"]\nrule = {}\n', r'paths\."a\.md"\.'),
        ("[targets]\ndefault = true\n", r"targets\.default: input should be a valid number"),
        ('[targets]\ndefault = "0.8"\n', r"targets\.default: input should be a valid number"),
        ("[calibration]\nfit_kappa = true\n", r"calibration\.fit_kappa: "),
        ("[prices.m]\ninput = true\noutput = 1\n", r"prices\.m\.input: "),
        ("[rules\n", r"charter\.toml: not TOML: .*line 1"),
        ("x = " + "[" * 5000, "not TOML"),
        ("#" * (MAX_BYTES + 1), "larger than"),
    ],
)
def test_fault_names_file_and_key(tmp_path, text, message):
    with pytest.raises(ConfigError, match=message) as error:
        config(tmp_path, text)
    assert error.value.hint


def test_an_unknown_key_is_told_those_of_its_table(tmp_path):
    with pytest.raises(ConfigError, match="unknown key") as error:
        config(tmp_path, "[prices.m]\ninput = 1\noutput = 1\ninptu = 2\n")
    assert error.value.hint == "known: input, output, currency"


def test_file_that_cannot_be_read_is_a_config_error(tmp_path):
    with pytest.raises(ConfigError, match="cannot be read"):
        load_config(tmp_path / "none.toml")
    (tmp_path / "latin.toml").write_bytes(b"# \xe9\n")
    with pytest.raises(ConfigError, match="not UTF-8"):
        load_config(tmp_path / "latin.toml")


def test_nearest_file_above_is_found(tmp_path):
    deep = tmp_path / "a" / "b"
    deep.mkdir(parents=True)
    (tmp_path / "charter.toml").write_text("")
    assert find_config(deep) == tmp_path / "charter.toml"
    (deep / "charter.toml").write_text("")
    assert find_config(deep) == deep / "charter.toml"
