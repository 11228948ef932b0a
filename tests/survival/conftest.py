"""Gateways as processes, in front of an upstream that answers by the model it is asked for."""

import pytest
from tests.gateway.upstream_server import Script, Upstream
from tests.survival.process import Process

CALL = '{"amount": 5, "to": "bob"}'


class ByModel(Upstream):
    """Answers with the script of the model named in the request, else with the one of `say`."""

    def __init__(self):
        self.scripts = {}
        self._said = Script()
        super().__init__()

    @property
    def script(self):
        if self.asked and self.scripts and b'"model"' in self.asked[-1].raw:
            return self.scripts.get(self.asked[-1].body["model"], self._said)
        return self._said

    @script.setter
    def script(self, script):
        self._said = script


@pytest.fixture(scope="session")
def upstream_of_survival():
    server = ByModel()
    yield server
    server.stop()


@pytest.fixture
def upstream(upstream_of_survival):
    """The upstream: `pay` calls a tool that is held, `look` one that is not."""
    upstream_of_survival.scripts = {
        "pay": Script("", calls=(("transfer", CALL),)),
        "look": Script("", calls=(("look_up", "{}"),)),
        "talk": Script(" ".join(["word"] * 30), pause=0.01),
    }
    upstream_of_survival.say()
    return upstream_of_survival


@pytest.fixture
def serve(tmp_path, upstream):
    """Start gateways of a test's own; what still runs at its end is killed."""
    made = []

    def begin(**given):
        folder = given.pop("folder", tmp_path / f"gateway{len(made)}")
        folder.mkdir(exist_ok=True)
        found = Process(folder, given.pop("upstream_url", upstream.url), **given)
        made.append(found)
        return found.start()

    yield begin
    for one in made:
        if one.lives:
            one.kill()


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory):
    return tmp_path_factory.mktemp("survival")


@pytest.fixture(scope="session")
def process_of_session(shared_folder, upstream_of_survival):
    """One gateway for the tests that do not harm it."""
    found = Process(shared_folder, upstream_of_survival.url).start()
    yield found
    assert found.lives, found.log.read_text()[-2000:]
    found.stop()


@pytest.fixture
def gateway(process_of_session, upstream):
    """The gateway of the session, which every test must leave alive and ready."""
    yield process_of_session
    assert process_of_session.lives
    assert process_of_session.ready()
