"""Several processes at once, and one that is killed: nothing that was taken is lost."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from charter.evolve.surveys.gathered import gather
from charter.evolve.surveys.invitation import invite, new_codes
from charter.evolve.surveys.participation import find, participation
from charter.evolve.surveys.secret_code import new_code
from charter.records.survey import AnswerGiven, InvitationUsed

from .people import AT

ROOT = Path(__file__).resolve().parents[3]
START = """
import sys
from pathlib import Path
from charter.ledger.master_key import MasterKey
from charter.ledger.open import open_ledger
from charter.ledger.vault import Vault
from tests.evolve.surveys.conftest import World
from tests.evolve.surveys.people import AT, small
place, folder, *words = sys.argv[1:]
ledger = open_ledger(place)
vault = Vault(ledger.store, MasterKey.load(Path(folder) / "master.key"))
world = World(ledger=ledger, vault=vault, survey=small())
print("ready", flush=True)
sys.stdin.readline()
"""
JOIN_AND_ANSWER = """
for _ in range(10_000):
    receipt, part = world.join()
    print(receipt, "joined", flush=True)
    for name, values in (("say", {"vote": "agree"}), ("rate", {"rating": 1})):
        world.give(part, name, values)
        print(receipt, name, flush=True)
"""
ONE_PART = """
from charter.evolve.surveys.participation import participation
part = participation(ledger, words[0])
for n in range(12):
    world.give(part, "rate", {"rating": n % 4 if words[1] == "up" else -(n % 4)})
    print("taken", flush=True)
"""
ONE_CODE = """
from charter.evolve.surveys.refused import Refused
try:
    print(world.join(code=words[0])[1].id, flush=True)
except Refused as refused:
    print(refused.why, flush=True)
"""


class Process:
    """A process that waits until it is let go."""

    def __init__(self, world, code, *words):
        self.process = subprocess.Popen(
            [sys.executable, "-c", START + code, world.place, str(world.folder), *words],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        assert self.process.stdout.readline() == "ready\n"

    def go(self):
        self.process.stdin.write("\n")
        self.process.stdin.flush()

    def rest(self):
        out, _ = self.process.communicate(timeout=60)
        return out.splitlines()


def test_nothing_that_was_taken_is_lost_when_a_process_is_killed(each_world):
    world = each_world
    process = Process(world, JOIN_AND_ANSWER)
    process.go()
    lines = [process.process.stdout.readline() for _ in range(10)]
    process.process.kill()
    lines += process.rest()
    told = [line.split() for line in lines if len(line.split()) == 2]
    assert len(told) >= 10
    voices = gather(world.ledger, world.vault, world.now())
    kept = {(vote.person, vote.item) for vote in (*voices.votes, *voices.ratings)}
    for receipt, what in told:
        part = find(world.ledger, receipt)
        assert part is not None
        assert what == "joined" or (part.id, what) in kept
    assert not [each for each in voices.findings if each.rule == "survey-damaged"]
    world.ledger.check()


def test_two_processes_answer_for_one_participation_without_a_gap(each_world):
    world = each_world
    _, part = world.join()
    both = [Process(world, ONE_PART, part.id, way) for way in ("up", "down")]
    for each in both:
        each.go()
    assert [each.rest() for each in both] == [["taken"] * 12] * 2
    numbers = [record.number for record in world.ledger.read(AnswerGiven, run=part.id)]
    assert numbers == list(range(1, len(numbers) + 1))
    assert len(gather(world.ledger, world.vault, world.now()).ratings) == 1


def test_one_code_used_by_two_at_once_lets_one_in(each_world):
    world = each_world
    (code,) = new_codes(1)
    invite(world.ledger, "small", (code,), frame="x", by="ada", at=AT)
    both = [Process(world, ONE_CODE, code) for _ in range(2)]
    for each in both:
        each.go()
    said = sorted(line for each in both for line in each.rest())
    assert said[1] == "used"
    assert participation(world.ledger, said[0]).joined.channel == "panel"
    assert len(list(world.ledger.read(InvitationUsed))) == 1
    assert find(world.ledger, new_code()) is None
