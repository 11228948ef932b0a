import asyncio
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charter.errors import ConfigError
from charter.gateway.reload import (
    Reloaded,
    Reloader,
    digest_of,
    is_newer,
    refuse_older,
    waits_for_restart,
)
from charter.gateway.settings import Endpoint, KeepSettings, Settings, UpstreamSettings
from charter.load import load_policy
from charter.policy.policy import Layer

SPEC = "# Be kind {{#kind authority=user}}\n\nThe assistant should {what}[^grt1].\n"


class Service:
    """What a server does with a reloader, as small as it can be."""

    def __init__(self, folder: Path, **given):
        self.file = folder / "2026-01-01.md"
        self.write("greet")
        self.policy = load_policy(self.file, cache=False)
        self.heard: list[Reloaded] = []
        self.reloader = Reloader(
            lambda: [self.file],
            lambda: load_policy(self.file, cache=False),
            self.swap,
            serving=self.policy,
            layers=lambda policy: policy.layers,
            tell=self.heard.append,
            **given,
        )

    def write(self, what):
        self.file.write_text(SPEC.format(what=what))

    async def swap(self, policy):
        self.policy = policy

    async def looks(self, number=2):
        return [await self.reloader.look() for _ in range(number)]


def test_a_change_is_served_after_two_looks(tmp_path):
    async def scene():
        service = Service(tmp_path)
        before = service.policy
        assert await service.looks() == [Reloaded(changed=False)] * 2
        service.write("smile")
        first = await service.reloader.look()
        assert (first.changed, service.policy) == (False, before)
        assert (await service.reloader.look()).changed
        assert service.policy.digest != before.digest
        assert service.heard == [Reloaded(changed=True)]
        assert not (await service.reloader.look()).changed

    asyncio.run(scene())


def test_what_does_not_compile_changes_nothing_and_is_said_once(tmp_path):
    async def scene():
        service = Service(tmp_path)
        before = service.policy
        service.file.write_bytes(b"\xff\xfe")
        await service.looks(4)
        assert service.policy is before
        assert len(service.heard) == 1
        assert "UTF-8" in service.reloader.why
        service.file.unlink()
        await service.looks(3)
        assert "no such file" in service.reloader.why
        service.write("greet")
        await service.looks(1)
        assert service.reloader.why == ""
        service.write("smile")
        await service.looks()
        assert service.policy is not before
        assert service.reloader.why == ""

    asyncio.run(scene())


def test_a_defect_in_building_is_no_end_of_serving(tmp_path):
    async def scene():
        service = Service(tmp_path)
        service.reloader._build = lambda: 1 / 0
        service.write("smile")
        await service.looks()
        assert service.reloader.why == "unexpected ZeroDivisionError"

    asyncio.run(scene())


def test_a_file_that_changes_while_it_is_compiled_is_taken_whole(tmp_path):
    async def scene():
        service = Service(tmp_path)

        def build():
            found = load_policy(service.file, cache=False)
            if service.file.read_text() == SPEC.format(what="smile"):
                service.write("wave")
            return found

        service.reloader._build = build
        service.write("smile")
        await service.looks(2)
        assert not service.heard
        await service.looks(2)
        assert [found.changed for found in service.heard] == [True]
        assert "wave" in service.policy.rules[0].clauses[0].text

    asyncio.run(scene())


def test_going_back_is_refused_unless_told(tmp_path):
    async def scene():
        service = Service(tmp_path)
        now = service.policy
        service.file = tmp_path / "2025-01-01.md"
        service.write("smile")
        await service.looks()
        assert service.policy is now
        assert "2025-01-01 would replace 2026-01-01" in service.reloader.why
        assert (await service.reloader.now(allow_older=True)).changed
        assert service.policy.layers[0].version == "2025-01-01"

    asyncio.run(scene())


def layer(version, name="spec"):
    return Layer(name, version, f"sha256:{version}", None)


@pytest.mark.parametrize(
    ("now", "then", "refused"),
    [
        ("1.2", "1.10", False),
        ("1.10", "1.2", True),
        ("v1.2", "1.2.1", False),
        ("2025-12-18", "2025-02-12", True),
        ("2025-12-18", "2025-12-18", False),
        ("1.2", None, True),
        (None, "1.2", False),
        (None, None, False),
        ("1.2", "beta", True),
    ],
)
def test_versions_are_compared_as_numbers(now, then, refused):
    if refused:
        with pytest.raises(ConfigError, match="going back"):
            refuse_older([layer(now)], [layer(then)])
    else:
        refuse_older([layer(now)], [layer(then)])
    refuse_older([layer(now, "other")], [layer(then)])


@given(st.text(max_size=12), st.text(max_size=12))
def test_no_two_versions_are_both_newer(one, other):
    assert not (is_newer(one, other) and is_newer(other, one))


def test_files_that_cannot_be_read_have_digests_too(tmp_path):
    file = tmp_path / "a"
    missing = digest_of([file])
    file.write_bytes(b"")
    assert digest_of([file]) not in (missing, digest_of([tmp_path]), digest_of([]))


def test_it_watches_until_cancelled(tmp_path):
    async def scene():
        service = Service(tmp_path)
        watching = asyncio.create_task(service.reloader.run(0.01))
        service.write("smile")
        for _ in range(6000):
            await asyncio.sleep(0.01)
            if service.heard:
                break
        watching.cancel()
        with pytest.raises(asyncio.CancelledError):
            await watching
        assert service.heard[0].changed

    asyncio.run(scene())


def test_a_file_that_changes_while_it_is_read_is_read_again(tmp_path):
    """As a person asks, and nobody looks at files by themselves."""

    async def scene():
        service = Service(tmp_path)
        build = service.reloader._build
        left = ["smile", "nod"]

        def late():
            made = build()
            if left:
                service.write(left.pop(0))
            return made

        service.reloader._build = late
        assert (await service.reloader.now()).changed
        assert service.policy.digest == load_policy(service.file, cache=False).digest
        left.extend(f"wave {number}" for number in range(100))
        found = await service.reloader.now()
        assert not found.changed
        assert "changed while they were read" in found.why == service.reloader.why

    asyncio.run(scene())


def test_what_waits_for_a_restart_is_named():
    now = Settings(digest="1")
    assert waits_for_restart(now, Settings(digest="2")) == ()
    upstream = UpstreamSettings(default=Endpoint("http://127.0.0.1:1"))
    keep = KeepSettings(master_key=Path("other.key"))
    assert waits_for_restart(now, Settings(upstream=upstream)) == ("upstream",)
    assert waits_for_restart(now, Settings(keep=keep)) == ("keep",)
    assert waits_for_restart(now, Settings(keep=KeepSettings(days=3))) == ()
