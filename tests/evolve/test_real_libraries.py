"""What is written loads with Hugging Face `datasets` and is one of TRL's forms.

Both are large and no dependency of Charter's: without them these tests are skipped. To run them:
`pip install datasets trl` into an environment that has Charter.
"""

import json

import pytest
from click.testing import CliRunner

from charter.cli.main import cli

from .specs import TRAINING, folder

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore"),
]

TEMPLATE = (
    "{% for message in messages %}<|{{ message['role'] }}|>{{ message['content'] }}<|end|>"
    "{% endfor %}{% if add_generation_prompt %}<|assistant|>{% endif %}"
)


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    place = tmp_path_factory.mktemp("written")
    folder(place, TRAINING)
    found = {}
    for name, spec in (("sft", "starter"), ("dpo", "starter"), ("rubrics", str(place))):
        file = place / f"{name}.jsonl"
        result = CliRunner().invoke(cli, ["export", name, spec, "--out", str(file)])
        assert result.exit_code == 0, result.output
        found[name] = file
    return found


def loaded(file, place):
    datasets = pytest.importorskip("datasets", reason="the library `datasets` is not installed")
    return datasets.load_dataset(
        "json", data_files=str(file), split="train", cache_dir=str(place / "cache")
    )


@pytest.mark.parametrize("name", ["sft", "dpo", "rubrics"])
def test_a_file_loads_as_one_table_with_every_field(written, tmp_path, name):
    table = loaded(written[name], tmp_path)
    lines = written[name].read_text(encoding="utf-8").splitlines()
    assert len(table) == len(lines) > 0
    for row, line in zip(table, lines, strict=True):
        assert row == json.loads(line)


@pytest.mark.parametrize("name", ["sft", "dpo", "rubrics"])
def test_trl_takes_it_for_a_conversational_data_set(written, tmp_path, name):
    trl = pytest.importorskip("trl.data_utils", reason="the library `trl` is not installed")
    table = loaded(written[name], tmp_path)
    assert all(trl.is_conversational(row) for row in table)


@pytest.mark.parametrize(("name", "made"), [("sft", "completion"), ("dpo", "chosen")])
def test_trl_applies_a_chat_template(written, tmp_path, name, made):
    trl = pytest.importorskip("trl.data_utils", reason="the library `trl` is not installed")
    tokenizer = tiny_tokenizer()
    for row in loaded(written[name], tmp_path):
        applied = trl.apply_chat_template(row, tokenizer)
        assert applied["prompt"].endswith("<|assistant|>")
        assert applied[made] == f"{row[made][0]['content']}<|end|>"


def tiny_tokenizer():
    """A tokenizer of a few words, made here: nothing is fetched."""
    tokenizers = pytest.importorskip("tokenizers")
    transformers = pytest.importorskip("transformers", reason="`transformers` is not installed")
    model = tokenizers.models.WordLevel({"[UNK]": 0}, unk_token="[UNK]")  # noqa: S106
    made = transformers.PreTrainedTokenizerFast(
        tokenizer_object=tokenizers.Tokenizer(model),
        unk_token="[UNK]",  # noqa: S106
    )
    made.chat_template = TEMPLATE
    return made
