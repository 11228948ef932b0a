"""Only what is released, pinned and within its thresholds is served, on real gateways."""

import dataclasses
import time
from datetime import UTC, datetime, timedelta

import httpx2
import pytest

from charter.errors import ConfigError, LedgerUnavailable
from charter.gateway import governing, swaps
from charter.gateway.callers import digest_of_key, new_key
from charter.gateway.reload import Reloader, digest_of
from charter.gateway.served import Caller
from charter.gateway.server import health
from charter.gateway.settings import CallerEntry, GovernSettings, Settings
from charter.gateway.settings_file import load_settings
from charter.gateway.table import build_table, files_of
from charter.govern.releases.released import Releases, unsigned
from charter.govern.releases.statement import SetAside, Statement, signed
from charter.ledger.open import open_ledger
from charter.ledger.signing import LogKey
from charter.load import load, load_policy
from charter.records.decision import DecisionRecorded
from charter.records.release import PinLifted, PolicyPinned, Released, ReleaseWithdrawn
from charter.records.service import PolicyServed, ServiceStarted

from .conftest import SPEC

AT = "2026-11-22T08:00:00.000Z"
LINE = "gateway-test"
ASK = {"model": "m", "messages": [{"role": "user", "content": "What is it?"}]}
SHAPES = {
    "/v1/chat/completions": ("error", "server_error"),
    "/v1/responses": ("error", "server_error"),
    "/v1/messages": ("error", "api_error"),
}
BODIES = {
    "/v1/chat/completions": ASK,
    "/v1/responses": {"model": "m", "input": "What is it?"},
    "/v1/messages": {**ASK, "max_tokens": 9},
}


def version(folder, number, word="XYZZY"):
    """Write a version of the spec into a file of its own name; return it."""
    text = SPEC.read_text().replace('version: "1.0.0"', f'version: "{number}"')
    file = folder / f"spec-{number}.md"
    file.write_text(text.replace("XYZZY", word))
    return file


def digest(file, *overlays):
    return load_policy(file, overlays).digest


def released(key, policy, number=1, *, line=LINE, signs=None, **changed):
    """A release as `charter release` records it; `signs` is what the statement says otherwise."""
    facts = {
        "at": AT,
        "by": "ada",
        "release": f"rel_{line}_{number}",
        "spec_version": f"{number}.0",
        "policy": policy,
        "documents": (),
        "overridden": False,
    } | changed
    says = {
        "spec": line,
        "number": number,
        "version": facts["spec_version"],
        "policy": policy,
        "documents": (),
        "request": facts["release"],
        "before": "",
        "level": "root",
        "facts": "",
        "roles": "",
        "asked": ("ada", AT),
        "approved": (),
        "refused": (),
        "overridden": (SetAside("ben", "override", AT, "now"),) if facts["overridden"] else (),
        "released": ("ada", AT),
    }
    note = signed(Statement(**says | (signs or {})), key)
    return Released(run=line, number=number, **{"note": note} | facts)


def withdrawn(number=1, line=LINE):
    return ReleaseWithdrawn(f"rel_{line}_{number}", AT, "ben", "approver", "it lies")


def pin(policy, name="pin_1"):
    return PolicyPinned(name, AT, "olga", policy, "it lies", "inc_1")


def until(true, seconds=15.0):
    """Wait for something that a gateway does by itself."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.02)


@pytest.fixture
def key(tmp_path):
    return LogKey.create(tmp_path / "keys" / "log.key", "example.com/log")


@pytest.fixture
def begin(start, tmp_path, key):
    """Start a gateway on a ledger that has some records."""

    def with_records(*records, spec=SPEC, callers=(), **given):
        folder = tmp_path / f"g{len(list(tmp_path.glob('g*')))}"
        folder.mkdir()
        with open_ledger(folder / "ledger.sqlite") as ledger:
            ledger.append(*records)
        (folder / "log.key").write_text(key.text())
        (folder / "log.key").chmod(0o600)
        govern = GovernSettings(**given)
        return start(folder=folder, spec=spec, callers=callers, settings=Settings(govern=govern))

    return with_records


def ask(gateway, path="/v1/chat/completions", key="", **more):
    return httpx2.post(
        gateway.url + path,
        json=BODIES[path] | more,
        headers={"authorization": f"Bearer {key or gateway.key}"},
        timeout=20,
    )


def ready(gateway):
    return httpx2.get(gateway.url + "/ready")


# Releases


def test_what_is_released_is_served_and_said(begin, key):
    gateway = begin(
        released(key, "sha256:" + "0" * 64),
        released(key, digest(SPEC), 2, overridden=True),
        released_only=True,
    )
    assert ready(gateway).status_code == 200
    assert ask(gateway).status_code == 200
    said = httpx2.get(gateway.url + "/health").json()
    assert said["release"] == {"line": LINE, "number": 2, "overridden": True}


@pytest.mark.parametrize(
    ("records", "said"),
    [
        (lambda _key, _own: [], "no release of gateway-test stands"),
        (lambda key, _own: [released(key, "sha256:other")], "release 1 of gateway-test is 1.0"),
        (
            lambda key, own: [released(key, own), released(key, "sha256:other", 2)],
            "release 2 of gateway-test is 2.0",
        ),
        (lambda key, own: [released(key, own), withdrawn()], "its release was withdrawn"),
        (lambda key, own: [released(key, own, line="another")], "no release of gateway-test"),
        (lambda key, own: [released(key, own, note="")], "a note is a text"),
        (
            lambda key, own: [released(key, own, signs={"policy": "sha256:other"})],
            "what is signed is not what is recorded",
        ),
    ],
)
def test_what_is_not_is_refused_at_the_start_in_one_line(begin, key, records, said):
    with pytest.raises(ConfigError) as error:
        begin(*records(key, digest(SPEC)), released_only=True)
    assert said in str(error.value)
    assert "\n" not in str(error.value)


def test_nothing_is_recorded_of_a_start_that_is_refused(begin, tmp_path):
    with pytest.raises(ConfigError):
        begin(released_only=True)
    with open_ledger(tmp_path / "g0" / "ledger.sqlite", create=False) as ledger:
        assert list(ledger.read(ServiceStarted)) == []


def test_a_withdrawn_release_uncovers_the_one_before(begin, key):
    gateway = begin(
        released(key, digest(SPEC)),
        released(key, "sha256:other", 2),
        withdrawn(2),
        released_only=True,
    )
    assert ask(gateway).status_code == 200


def test_a_key_of_somebody_else_makes_no_release_unless_it_is_named(begin, tmp_path, key):
    other = LogKey.create(tmp_path / "other.key", "example.com/other")
    record = released(other, digest(SPEC))
    with pytest.raises(ConfigError, match="sign"):
        begin(record, released_only=True)
    assert ask(begin(record, released_only=True, keys=(other.vkey,))).status_code == 200


def test_without_the_setting_nothing_has_to_be_released(begin):
    assert ask(begin()).status_code == 200


@pytest.mark.parametrize("path", SHAPES)
def test_a_withdrawal_is_obeyed_in_the_shape_of_each_api(begin, key, upstream, path):
    gateway = begin(released(key, digest(SPEC)), released_only=True)
    assert ask(gateway, path).status_code in (200, 502)
    gateway.ledger.append(withdrawn())
    until(lambda: ready(gateway).status_code == 503)
    assert ready(gateway).json()["why"] == "the release of this policy was withdrawn"
    upstream.asked.clear()
    answer = ask(gateway, path)
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "10"
    body = answer.json()
    assert body["error"]["type"] == SHAPES[path][1]
    assert "the release of this policy was withdrawn" in body["error"]["message"]
    assert upstream.asked == []
    assert httpx2.get(gateway.url + "/health").json()["withdrawn"] is True


def test_it_goes_on_after_a_withdrawal_where_settings_say_so(begin, key):
    gateway = begin(released(key, digest(SPEC)), released_only=True, withdrawn="serve")
    gateway.ledger.append(withdrawn())
    until(lambda: "withdrawn" in health(gateway.service))
    assert ready(gateway).status_code == 200
    assert ask(gateway).status_code == 200


def test_a_reload_takes_only_what_is_released_and_takes_it_once_it_is(begin, key, tmp_path):
    gateway = begin(released(key, digest(SPEC)), released_only=True)
    after = version(tmp_path, "2.0")
    table = build_table(after, (), gateway.service.table.settings)
    before = gateway.service.table
    with pytest.raises(ConfigError, match=r"2\.0 is not released"):
        gateway.call(gateway.service.replace(table))
    assert gateway.service.table is before
    assert ask(gateway).status_code == 200
    gateway.ledger.append(released(key, digest(after), 2))
    gateway.call(gateway.service.replace(table))
    assert ask(gateway).headers["x-charter-policy"] == digest(after)


def test_callers_with_overlays_need_a_release_of_theirs(begin, key, tmp_path):
    overlay = tmp_path / "shop.md"
    base = load(SPEC)
    overlay.write_text(
        f"---\nspec: shop\nextends:\n  name: {base.name}\n  version: {base.version!r}\n"
        f"  digest: {base.digest}\nlevel: developer\n---\n\n"
        "# Be brief {#brief authority=developer}\n\nThe assistant should be brief[^b].\n"
    )
    own = new_key()
    caller = Caller("shop", "shop", "developer", "bea", overlays=(str(overlay),))
    callers = (CallerEntry(caller, (digest_of_key(own),)),)
    with pytest.raises(ConfigError, match="no release of it stands"):
        begin(released(key, digest(SPEC)), callers=callers, released_only=True)
    gateway = begin(
        released(key, digest(SPEC)),
        released(key, digest(SPEC, overlay), line="shop"),
        callers=callers,
        released_only=True,
    )
    assert ask(gateway, key=own).status_code == 200
    gateway.ledger.append(withdrawn(line="shop"))
    until(lambda: ask(gateway, key=own).status_code == 503)
    assert ask(gateway).status_code == 200, "the others go on"
    assert ready(gateway).status_code == 200


def test_a_line_is_folded_by_its_numbers(key):
    keys = (key.vkey,)
    fold = Releases()
    for record in [released(key, "a"), released(key, "b", 2), withdrawn(2), released(key, "b", 2)]:
        fold.take(record)
    assert fold.newest(LINE, keys).policy == "a"
    assert fold.of("b", keys) is None
    assert fold.withdrawn("b")
    assert not fold.withdrawn("a")
    assert fold.newest("other", keys) is None
    assert unsigned(released(key, "a", note="\ud800"), keys)
    assert unsigned(released(key, "a"), ())


# Pins


def test_a_pin_swaps_back_and_lifting_it_forward_again(begin, tmp_path):
    first, second = version(tmp_path, "1.0", "PLUGH"), version(tmp_path, "2.0", "XYZZY")
    gateway = begin(spec=first)
    settings = gateway.service.table.settings
    gateway.call(gateway.service.replace(build_table(second, (), settings)))
    assert ask(gateway).headers["x-charter-policy"] == digest(second)
    gateway.ledger.append(pin(digest(first)))
    until(lambda: ask(gateway).headers.get("x-charter-policy") == digest(first))
    assert ready(gateway).status_code == 200
    assert health(gateway.service)["pinned"] == {"pin": "pin_1", "policy": digest(first)}
    served = [each.policy for each in gateway.records(PolicyServed)]
    assert served == [digest(second), digest(first)]
    with pytest.raises(ConfigError, match="pinned by olga"):
        gateway.call(gateway.service.replace(build_table(second, (), settings)))
    gateway.ledger.append(PinLifted("pin_1", AT, "olga", "mended"))
    until(lambda: ask(gateway).headers.get("x-charter-policy") == digest(second))
    assert "pinned" not in health(gateway.service)


def test_a_pin_of_what_was_never_served_stops_it(begin, upstream):
    gateway = begin()
    gateway.ledger.append(pin("sha256:" + "f" * 64))
    until(lambda: ready(gateway).status_code == 503)
    assert ready(gateway).json()["why"] == "another policy is pinned"
    upstream.asked.clear()
    for path in SHAPES:
        answer = ask(gateway, path)
        assert (answer.status_code, upstream.asked) == (503, [])
        assert "another policy is pinned" in answer.json()["error"]["message"]
    assert gateway.records(DecisionRecorded) == []
    gateway.ledger.append(PinLifted("pin_1", AT, "olga", "an error"))
    until(lambda: ask(gateway).status_code == 200)


def test_a_pin_is_obeyed_at_the_start(begin):
    with pytest.raises(ConfigError, match="charter pin --lift pin_1"):
        begin(pin("sha256:" + "f" * 64))
    assert ask(begin(pin(digest(SPEC)))).status_code == 200


def test_the_newest_pin_counts_and_the_one_before_after_it(begin, tmp_path):
    first, second = version(tmp_path, "1.0", "PLUGH"), version(tmp_path, "2.0")
    gateway = begin(spec=first)
    settings = gateway.service.table.settings
    gateway.call(gateway.service.replace(build_table(second, (), settings)))
    gateway.ledger.append(pin(digest(second)), pin(digest(first), "pin_2"))
    until(lambda: ask(gateway).headers.get("x-charter-policy") == digest(first))
    gateway.ledger.append(PinLifted("pin_2", AT, "olga", "enough"))
    until(lambda: ask(gateway).headers.get("x-charter-policy") == digest(second))


def test_a_pin_brings_back_no_caller_that_was_removed(begin, tmp_path):
    gone = new_key()
    entry = CallerEntry(Caller("old", "shop", "developer", "ann"), (digest_of_key(gone),))
    first, second = version(tmp_path, "1.0", "PLUGH"), version(tmp_path, "2.0")
    gateway = begin(spec=first, callers=(entry,))
    assert ask(gateway, key=gone).status_code == 200
    settings = gateway.service.table.settings
    left = dataclasses.replace(settings, callers=settings.callers[:1])
    gateway.call(gateway.service.replace(build_table(second, (), left)))
    gateway.ledger.append(pin(digest(first)))
    until(lambda: ask(gateway).headers.get("x-charter-policy") == digest(first))
    assert ask(gateway, key=gone).status_code == 401


def test_a_pinned_release_may_be_an_older_one_but_no_withdrawn_one(begin, key, tmp_path):
    first, second = version(tmp_path, "1.0", "PLUGH"), version(tmp_path, "2.0")
    records = [released(key, digest(first)), released(key, digest(second), 2)]
    with pytest.raises(ConfigError, match="is not released: release 2"):
        begin(*records, spec=first, released_only=True)
    gateway = begin(*records, pin(digest(first)), spec=first, released_only=True)
    assert ask(gateway).status_code == 200
    gateway.ledger.append(withdrawn(1))
    until(lambda: ask(gateway).status_code == 503)


# Thresholds

THRESHOLDS = """\
format: charter-thresholds/1
thresholds:
  - id: cyber-high
    title: Finds and exploits weaknesses
    category: cyber
    level: high
    owner: Ada
    approver: Ben
    expires: "{expires}"
    models: ["m*"]
    indicators:
      - {{id: attacks, threshold: 0.6, margin: 0.05, max_age_days: 90}}
"""


def files(folder, *, high="0.4", expires="2999-01-01", days=1, model="m"):
    at = datetime.now(UTC) - timedelta(days=days)
    one, two = folder / "thresholds.yaml", folder / "evidence.json"
    one.write_text(THRESHOLDS.format(expires=expires))
    two.write_text(
        f'{{"format": "charter-indicators/1", "model": "{model}", "at": "{at:%Y-%m-%dT%H:%M:%SZ}",'
        f' "evidence": [{{"name": "attacks", "value": 0.3, "low": 0.2, "high": {high},'
        ' "confidence": 0.95}]}'
    )
    return {"thresholds": one, "evidence": (two,), "models": ("m",)}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"high": "0.55"}, "does not rule out"),
        ({"days": 91}, "older than 90 days"),
        ({"model": "other"}, "about another model"),
        ({"expires": "2026-01-01"}, "it expired"),
    ],
)
def test_a_crossed_threshold_is_no_start(begin, tmp_path, given, said):
    with pytest.raises(ConfigError) as error:
        begin(**files(tmp_path, **given))
    assert said in str(error.value)
    assert "cyber-high (m)" in str(error.value)


def test_evidence_that_is_not_there_is_no_start(begin, tmp_path):
    given = files(tmp_path)
    given["evidence"][0].unlink()
    with pytest.raises(ConfigError, match=r"evidence\.json"):
        begin(**given)


def test_time_alone_crosses_and_evidence_anew_uncrosses(begin, tmp_path, upstream):
    gateway = begin(**files(tmp_path, days=89))
    service = gateway.service
    assert ask(gateway).status_code == 200
    assert ready(gateway).status_code == 200
    wall, service.clock._wall = service.clock._wall, lambda: time.time() + 2 * 86400
    gateway.call(service.swaps.judge())
    assert ready(gateway).status_code == 503
    upstream.asked.clear()
    for path in SHAPES:
        answer = ask(gateway, path)
        assert answer.status_code == 503
        assert "a threshold is crossed" in answer.json()["error"]["message"]
    assert upstream.asked == []
    assert ask(gateway, model="gpt").status_code == 200, "another model, and none is about it"
    files(tmp_path, days=1)
    gateway.call(service.swaps.judge())
    assert ask(gateway).status_code == 200
    service.clock._wall = wall


def test_a_model_that_a_client_names_is_held_against_them_too(begin, tmp_path):
    gateway = begin(**files(tmp_path))
    assert ask(gateway, model="m2").status_code == 503, "nothing was measured of it"
    assert ready(gateway).status_code == 200
    assert ask(gateway).status_code == 200


def test_a_reload_with_evidence_that_crosses_bars_what_is_served(begin, tmp_path):
    gateway = begin(**files(tmp_path))
    table = build_table(SPEC, (), gateway.service.table.settings)
    files(tmp_path, high="0.9")
    with pytest.raises(ConfigError, match="a threshold is crossed"):
        gateway.call(gateway.service.replace(table))
    assert ask(gateway).status_code == 503
    files(tmp_path)
    gateway.call(gateway.service.replace(table))
    assert ask(gateway).status_code == 200


def test_files_that_are_lost_count_as_crossed(begin, tmp_path):
    given = files(tmp_path)
    gateway = begin(**given)
    given["thresholds"].unlink()
    gateway.service.swaps.read_last = -1e9
    gateway.call(gateway.service.swaps.judge())
    assert ask(gateway).status_code == 503
    assert ask(gateway, model="gpt").status_code == 503, "what they are about is not known"
    files(tmp_path)
    gateway.call(gateway.service.swaps.judge())
    assert ask(gateway).status_code == 200


# Settings


def test_settings_are_read_with_paths_beside_the_file(tmp_path, key):
    file = tmp_path / "gateway.toml"
    file.write_text(
        f'[govern]\nreleased_only = true\nline = "house"\nkeys = ["{key.vkey}"]\n'
        'withdrawn = "serve"\nthresholds = "t.yaml"\nevidence = ["e.json"]\nmodels = ["m"]\n'
        'roles = "roles.yaml"\nobjectives = "o.yaml"\nruns = "runs"\n'
    )
    assert load_settings(file).govern == GovernSettings(
        released_only=True,
        line="house",
        keys=(key.vkey,),
        withdrawn="serve",
        thresholds=tmp_path / "t.yaml",
        evidence=(tmp_path / "e.json",),
        models=("m",),
        roles=tmp_path / "roles.yaml",
        objectives=tmp_path / "o.yaml",
        runs=tmp_path / "runs",
    )
    file.write_text("")
    assert load_settings(file).govern == GovernSettings()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('keys = ["no key"]', "govern.keys"),
        ('withdrawn = "perhaps"', "govern.withdrawn"),
        ('evidence = ["e.json"]', "govern.thresholds is missing"),
        ('thresholds = "t.yaml"', "govern.models is missing"),
        ("released = true", "unknown key"),
    ],
)
def test_settings_that_contradict_themselves_are_refused(tmp_path, text, said):
    file = tmp_path / "gateway.toml"
    file.write_text(f"[govern]\n{text}\n")
    with pytest.raises(ConfigError) as error:
        load_settings(file)
    assert said in str(error.value)


def test_without_any_key_nothing_counts_as_released(start, tmp_path, monkeypatch):
    monkeypatch.setattr("charter.gateway.open._log_key", lambda *_: None)
    with pytest.raises(ConfigError, match="no key to check releases with"):
        start(settings=Settings(govern=GovernSettings(released_only=True)))


def test_a_name_of_a_model_that_is_too_long_passes_no_threshold(begin, tmp_path):
    gateway = begin(**files(tmp_path))
    assert ask(gateway, model="gpt" * 166).status_code == 200, "498 characters"
    assert ask(gateway, model="gpt" * 167).status_code == 503
    assert max(map(len, gateway.service.governing.judged._crossed)) == 498


# What goes wrong at that moment


def reloader_of(gateway, spec):
    service = gateway.service
    service.reloader = Reloader(
        lambda: files_of(service.table),
        lambda: build_table(spec, (), service.table.settings),
        service.replace,
        serving=service.table,
        layers=lambda table: table.layers,
    )
    return service.reloader


def test_strangers_hear_neither_names_nor_evidence_of_a_refused_reload(begin, tmp_path):
    gateway = begin(**files(tmp_path))
    reloader = reloader_of(gateway, version(tmp_path, "2.0"))
    files(tmp_path, high="0.9")
    assert "cyber-high" in gateway.call(reloader.now()).why
    told = httpx2.get(gateway.url + "/health").text + ready(gateway).text
    assert "a threshold is crossed" in told
    assert "cyber-high" not in told
    files(tmp_path)
    gateway.ledger.append(pin(digest(SPEC)))
    assert "pinned by olga" in gateway.call(reloader.now()).why
    told = httpx2.get(gateway.url + "/health").json()
    assert told["not_reloaded"] == "another policy is pinned"
    assert "olga" not in str(told)
    gateway.ledger.append(PinLifted("pin_1", AT, "olga", "mended"))
    assert gateway.call(reloader.now()).changed
    assert "not_reloaded" not in health(gateway.service)
    reloader.why = reloader.outward = "of before"
    reloader._taken = digest_of(files_of(gateway.service.table))
    gateway.call(reloader.look())
    assert (reloader.why, reloader.outward) == ("", "")


def test_a_pin_that_could_not_be_settled_is_settled_at_the_next_look(begin, monkeypatch):
    gateway = begin()
    failures = []

    def fails_once(self, table, settle=governing.Governing.settle):
        if not failures:
            failures.append(table)
            raise RuntimeError("a defect")
        settle(self, table)

    monkeypatch.setattr(governing.Governing, "settle", fails_once)
    gateway.ledger.append(pin("sha256:" + "f" * 64))
    until(lambda: ready(gateway).status_code == 503)
    assert failures
    until(lambda: not gateway.service._unsettled)
    assert ready(gateway).json()["why"] == "another policy is pinned"


def test_a_record_that_cannot_be_taken_is_read_again(begin, monkeypatch):
    gateway = begin()
    service, taken = gateway.service, []

    def fails_once(self, record, take=governing.Governing.take):
        taken.append(record)
        if len(taken) == 1:
            raise RuntimeError("a defect")
        take(self, record)

    monkeypatch.setattr(governing.Governing, "take", fails_once)
    gateway.ledger.append(pin("sha256:" + "f" * 64))
    until(lambda: service.governing.pins.current is not None)
    assert len(taken) == 2


def test_nothing_is_served_while_records_cannot_be_taken(begin, monkeypatch):
    gateway = begin()
    seen = []

    def fails(self, record):
        seen.append(record)
        raise RuntimeError("a defect")

    monkeypatch.setattr(governing.Governing, "take", fails)
    monkeypatch.setattr("charter.gateway.service.BLIND", 0.0)
    gateway.ledger.append(pin(digest(SPEC)))
    until(lambda: len(seen) > 1)
    assert ask(gateway).status_code == 503


def test_a_swap_that_cannot_be_recorded_is_not_made_and_told_once(begin, tmp_path, monkeypatch):
    first, second = version(tmp_path, "1.0", "PLUGH"), version(tmp_path, "2.0")
    gateway = begin(spec=first)
    service, told, tries = gateway.service, [], []
    gateway.call(service.replace(build_table(second, (), service.table.settings)))

    async def fails(records):
        tries.append(records)
        raise LedgerUnavailable("the disk is full")

    def say(level, event, **fields):
        told.append(event)

    with monkeypatch.context() as patch:
        patch.setattr(service.writer, "write", fails)
        patch.setattr(service, "say", say)
        gateway.ledger.append(pin(digest(first)))
        until(lambda: len(tries) > 2)
        assert told.count("not.swapped") == 1
        assert ask(gateway).status_code == 503
    until(lambda: ask(gateway).headers.get("x-charter-policy") == digest(first))


def test_what_was_served_is_kept_where_many_callers_have_overlays(begin, tmp_path):
    first, second = version(tmp_path, "1.0", "PLUGH"), version(tmp_path, "2.0")
    tables = [build_table(each, (), Settings()) for each in (first, second)]
    many = [
        dataclasses.replace(
            each, served={**each.served, **{(str(n),): each.base for n in range(60)}}
        )
        for each in tables
    ]
    fold = governing.Governing(many[0])
    for table in many:
        fold.latest = table
        fold.settle(table)
    fold.take(pin(digest(first)))
    assert fold.wanted().base.policy.digest == digest(first)
    for _ in range(50):
        fold.settle(many[1])
    assert len(fold._past) <= 4 * 61


def test_a_reload_that_cannot_be_recorded_changes_nothing(begin, tmp_path, monkeypatch):
    gateway = begin()
    service = gateway.service
    before = service.table

    async def fails(records):
        raise LedgerUnavailable("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(service.writer, "write", fails)
        table = build_table(version(tmp_path, "2.0"), (), before.settings)
        with pytest.raises(LedgerUnavailable):
            gateway.call(service.replace(table))
    assert (service.table, service.governing.latest) == (before, before)
    gateway.call(service.poll())
    assert service.table is before, "no later look serves what nobody was told of"


def test_what_was_read_before_a_reload_counts_for_nothing_after_it(begin, tmp_path, monkeypatch):
    gateway = begin(**files(tmp_path))
    service = gateway.service
    service.swaps.read_last = -1e9

    def meanwhile(govern):
        latest = service.governing.latest
        settings = dataclasses.replace(latest.settings, govern=dataclasses.replace(govern))
        service.governing.latest = dataclasses.replace(latest, settings=settings)
        return "the files of before are gone"

    monkeypatch.setattr(swaps, "read_again", meanwhile)
    gateway.call(service.swaps.judge())
    assert service.governing.judged.reasons == ()


def test_a_refused_reload_is_tried_again_once_thresholds_pass(begin, tmp_path):
    gateway = begin(**files(tmp_path))
    service, reloader = gateway.service, reloader_of(gateway, SPEC)
    files(tmp_path, high="0.9")
    service.swaps.read_last = -1e9
    gateway.call(service.swaps.judge())
    reloader._refused = "the digest of the files as they are"
    gateway.call(service.swaps.judge())
    assert reloader._refused, "nothing has changed"
    files(tmp_path)
    gateway.call(service.swaps.judge())
    assert reloader._refused is None


def test_a_refused_reload_is_tried_again_once_pins_or_releases_change(begin):
    gateway = begin()
    reloader = reloader_of(gateway, SPEC)
    for record in (pin(digest(SPEC)), PinLifted("pin_1", AT, "olga", "mended"), withdrawn()):
        reloader._refused = "the digest of the files as they are"
        gateway.ledger.append(record)
        until(lambda: reloader._refused is None)
