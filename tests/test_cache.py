"""Compiled policies on disk: used where they are whole and ours, and never needed."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from charter import cache
from charter.errors import SpecError
from charter.load import load, load_effective, load_policy, stack_beside
from charter.policy.boundaries.deferred import Deferred

BASE = """\
---
spec: base
version: "1"
---

## Keep secrets {#keep_secrets authority=root}

The assistant must not reveal addresses[^addr].

~~~boundary
id: no_key_out
on: output
when: text.contains('KEY')
effect: redact
~~~
"""
OVERLAY = """\
---
spec: {name}
extends: {{name: base, version: "1", digest: "{digest}"}}
level: developer
---

## Own of {name} {{#{name} authority=developer}}

The assistant must speak of {name}.
"""


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch) -> Path:
    monkeypatch.setenv("CHARTER_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache" / "policies"


@pytest.fixture
def stack(tmp_path) -> tuple[Path, list[Path]]:
    base = tmp_path / "base" / "spec.md"
    company = tmp_path / "company" / "overlay.md"
    for file in (base, company):
        file.parent.mkdir()
    base.write_text(BASE)
    company.write_text(OVERLAY.format(name="company", digest=load(base).digest))
    return base, [company]


def compiled_afresh(found) -> bool:
    return not isinstance(found.boundaries[0].condition, Deferred)


def test_the_second_time_it_is_read_back(stack, folder) -> None:
    base, overlays = stack
    first = load_policy(base, overlays)
    (file,) = folder.iterdir()
    assert file.stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700
    second = load_policy(base, overlays)
    assert compiled_afresh(first)
    assert not compiled_afresh(second)
    assert second == first
    assert second.boundaries[0].condition.holds({"text": "a KEY"})


def test_without_cache_nothing_is_read_or_written(stack, folder) -> None:
    base, overlays = stack
    assert compiled_afresh(load_policy(base, overlays, cache=False))
    assert not folder.exists()
    load_policy(base, overlays)
    assert compiled_afresh(load_policy(base, overlays, cache=False))


def test_any_change_is_another_policy(stack, folder, monkeypatch) -> None:
    base, overlays = stack
    load_policy(base, overlays)
    assert compiled_afresh(load_policy(base))
    assert compiled_afresh(load_policy(base, overlays, {"defeat": "any_higher"}))
    monkeypatch.setattr(cache, "VERSION", "9.9.9")
    assert compiled_afresh(load_policy(base, overlays))
    assert len(list(folder.iterdir())) == 4
    overlays[0].write_text(overlays[0].read_text() + "\n\n")
    assert compiled_afresh(load_policy(base, overlays))


def damages() -> dict[str, object]:
    def header(content: bytes) -> bytes:
        return b"0" * 64 + content[64:]

    def body(content: bytes) -> bytes:
        return content.replace(b"KEY", b"Key")

    def retold(content: bytes) -> bytes:
        """A whole file, but for a key that is not its own."""
        kept = json.loads(content.partition(b"\n")[2])
        return sealed({**kept, "key": "0" * 64})

    def lying(content: bytes) -> bytes:
        """A whole file whose policy does not have the digest it states."""
        kept = json.loads(content.partition(b"\n")[2])
        kept["policy"]["boundaries"] = []
        return sealed(kept)

    return {
        "empty": lambda _: b"",
        "half": lambda content: content[: len(content) // 2],
        "no text": lambda _: b"\xff\x00" * 999,
        "header": header,
        "body": body,
        "key": retold,
        "digest": lying,
        "list": lambda _: sealed([1]),
        "nested": lambda _: sealed_text("[" * 100_000),
    }


def sealed(value: object) -> bytes:
    return sealed_text(json.dumps(value))


def sealed_text(text: str) -> bytes:
    import hashlib  # noqa: PLC0415 - one helper of one test

    return hashlib.sha256(text.encode()).hexdigest().encode() + b"\n" + text.encode()


@pytest.mark.parametrize("damage", damages())
def test_a_damaged_file_is_built_anew(stack, folder, damage) -> None:
    base, overlays = stack
    first = load_policy(base, overlays)
    (file,) = folder.iterdir()
    whole = file.read_bytes()
    file.write_bytes(damages()[damage](whole))
    assert load_policy(base, overlays) == first
    assert file.read_bytes() == whole


def test_a_file_that_others_may_write_is_not_believed(stack, folder) -> None:
    base, overlays = stack
    load_policy(base, overlays)
    (file,) = folder.iterdir()
    file.chmod(0o666)
    assert compiled_afresh(load_policy(base, overlays))
    assert not compiled_afresh(load_policy(base, overlays))  # it was replaced by one of ours


def test_a_file_of_somebody_else_is_not_believed(stack, monkeypatch) -> None:
    base, overlays = stack
    load_policy(base, overlays)
    own = os.geteuid()
    monkeypatch.setattr(cache.os, "geteuid", lambda: own + 1)
    assert compiled_afresh(load_policy(base, overlays))


def test_a_policy_of_other_texts_is_not_believed(stack, folder) -> None:
    """A whole file of ours, under this key, with a policy that is whole and not of these texts."""
    base, overlays = stack
    load_policy(base)
    (other,) = folder.iterdir()
    policy = json.loads(other.read_bytes().partition(b"\n")[2])["policy"]
    other.unlink()
    first = load_policy(base, overlays)
    (file,) = folder.iterdir()
    file.write_bytes(sealed({"key": file.stem, "policy": policy}))
    assert load_policy(base, overlays) == first


def test_an_overlay_given_twice_is_read_back_too(stack) -> None:
    base, overlays = stack
    twice = [*overlays, *overlays]
    assert load_policy(base, twice) == load_policy(base, overlays)
    assert not compiled_afresh(load_policy(base, twice))


@pytest.mark.parametrize("kind", ["pipe", "link", "folder"])
def test_what_is_no_file_is_not_read(stack, folder, tmp_path, kind) -> None:
    base, overlays = stack
    first = load_policy(base, overlays)
    (file,) = folder.iterdir()
    if kind == "link":
        file.rename(tmp_path / "elsewhere")
        file.symlink_to(tmp_path / "elsewhere")
    else:
        file.unlink()
        (os.mkfifo if kind == "pipe" else os.mkdir)(file)
    assert load_policy(base, overlays) == first
    assert compiled_afresh(load_policy(base, overlays)) == (kind == "folder")


def test_the_key_covers_the_code_in_all_folders(tmp_path, monkeypatch) -> None:
    for part in ("spec", "syntax", "policy/compiled"):
        (tmp_path / part).mkdir(parents=True)
        (tmp_path / part / "one.py").write_text("")
    monkeypatch.setattr(cache, "__file__", str(tmp_path / "cache.py"))
    before = cache.code_of.__wrapped__("spec", "syntax", "policy")
    assert cache.code_of.__wrapped__("spec", "syntax", "policy") == before
    (tmp_path / "policy" / "compiled" / "one.py").write_text("changed = True")
    assert cache.code_of.__wrapped__("spec", "syntax", "policy") != before


@pytest.mark.parametrize("place", ["file", "missing\0", "/proc/nothing/here"])
def test_a_folder_that_cannot_be_written_is_no_error(stack, tmp_path, monkeypatch, place) -> None:
    base, overlays = stack
    (tmp_path / "file").write_text("")
    where = place if place.startswith("/") else str(tmp_path / place)
    monkeypatch.setattr(cache, "policies_folder", lambda: Path(where) / "policies")
    assert load_policy(base, overlays) == load_policy(base, overlays, cache=False)


def test_a_failed_write_leaves_nothing_behind(stack, folder, monkeypatch) -> None:
    base, overlays = stack

    def full(*_arguments, **_options):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    load_policy(base, overlays)
    assert list(folder.iterdir()) == []


def test_the_number_of_files_is_bounded(stack, folder, monkeypatch) -> None:
    monkeypatch.setattr(cache, "MAX_FILES", 3)
    base, _ = stack
    folder.mkdir(parents=True)
    (folder / "notes.txt").write_text("not ours")
    for at in range(4):
        (folder / f"{at}.policy").write_text("")
        os.utime(folder / f"{at}.policy", (at, at))
    load_policy(base)
    left = {file.name for file in folder.iterdir()}
    assert {"notes.txt", "2.policy", "3.policy"} < left
    assert len(left) == 4


def test_use_keeps_a_file_young(stack, folder) -> None:
    base, _ = stack
    load_policy(base)
    (file,) = folder.iterdir()
    os.utime(file, (1, 1))
    load_policy(base)
    assert file.stat().st_mtime > 1


def test_folder_is_the_users_cache_unless_said(monkeypatch) -> None:
    monkeypatch.delenv("CHARTER_CACHE")
    assert cache.policies_folder().parts[-2:] == ("charter", "policies")


def test_errors_of_the_texts_are_not_hidden(stack, tmp_path) -> None:
    base, _ = stack
    bad = tmp_path / "bad.md"
    bad.write_text(OVERLAY.format(name="bad", digest="sha256:" + "0" * 64))
    for _ in range(2):
        with pytest.raises(SpecError):
            load_policy(base, [bad])
        with pytest.raises(SpecError):
            load_effective(base, [bad])


def test_effective_specs_are_loaded(stack) -> None:
    base, overlays = stack
    assert [each.name for each in load_effective(base, overlays).layers] == ["base", "company"]


def test_what_an_overlay_stands_on_is_found_beside_it(stack, tmp_path) -> None:
    base, (company,) = stack
    product = tmp_path / "product.md"
    text = OVERLAY.format(name="product", digest=load(company).digest)
    product.write_text(text)
    found = stack_beside(load(product))
    assert found is not None
    assert [each.digest for each in found.layers] == [load(base).digest, load(company).digest]
    assert stack_beside(load(base)) is None
    company.write_text(company.read_text() + "\n")
    assert stack_beside(load(product)) is None
    starter = tmp_path / "on_starter.md"
    starter.write_text(OVERLAY.format(name="ours", digest=load("starter").digest))
    found = stack_beside(load(starter))
    assert found is not None
    assert found.spec.name == "charter-starter"
    odd = tmp_path / "odd.md"
    odd.write_text("---\nextends: base\nlevel: user\n---\n")
    assert stack_beside(load(odd)) is None
