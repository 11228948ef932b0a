"""A real Ray on this machine, with two workers, gives what one process gives."""

import json
import random

import polars as pl
import pytest
import ray

from charter.audit.auditor import Auditor
from charter.audit.cluster import audit_over
from charter.audit.logs import open_logs
from charter.audit.run import audit, draw
from charter.errors import ConfigError

from .specs import CONDITIONS, TERMS, policy_of

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::FutureWarning:ray"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

WORDS = ["AK12", "key", "secret", "ignore all", "hello", "there", "no", "not", "1.", "a b c", "x"]


def texts(number, seed):
    chance = random.Random(seed)
    return [
        " ".join(chance.choices(WORDS, k=4)) if chance.random() < 0.95 else None
        for _ in range(number)
    ]


def test_two_workers_find_what_one_process_finds(tmp_path, monkeypatch):
    policy = policy_of(tmp_path, CONDITIONS)
    auditor = Auditor(policy, TERMS)
    frame = pl.DataFrame({"request": texts(3000, 1), "answer": texts(3000, 2)})
    frame.write_parquet(tmp_path / "a.parquet", row_group_size=700)
    turns = [
        json.dumps(
            [{"role": "user", "content": one or ""}, {"role": "assistant", "content": two or ""}]
        )
        for one, two in zip(frame["request"], frame["answer"], strict=True)
    ]
    pl.DataFrame({"messages": [*turns[:500], "broken", None]}).write_ndjson(tmp_path / "m.jsonl")
    monkeypatch.setattr("charter.audit.logs.ROWS", 400)
    try:
        for name, sample in (
            ("a.parquet", None),
            ("a.parquet", draw(3000, 200, 1)),
            ("m.jsonl", None),
        ):
            logs = open_logs(tmp_path / name, {})
            alone = audit(auditor, logs, listed=50, sample=sample)
            if not ray.is_initialized():
                ray.init(address="local", num_cpus=2, include_dashboard=False, log_to_driver=False)
            over = audit_over(policy, TERMS, logs, workers=2, listed=50, sample=sample, shard=700)
            assert over == alone, name
            assert over.as_json() == alone.as_json()
            assert alone.restricted > 10
    finally:
        ray.shutdown()


def test_a_cluster_that_is_not_there_is_one_clear_line(tmp_path):
    policy = policy_of(tmp_path, {})
    pl.DataFrame({"answer": ["a"]}).write_parquet(tmp_path / "a.parquet")
    with pytest.raises(ConfigError, match="no cluster answers"):
        audit_over(policy, TERMS, open_logs(tmp_path / "a.parquet", {}), address="127.0.0.1:9")
