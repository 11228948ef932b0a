import functools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.ledger.tlog import signing

from charter.ledger.tlog.ed25519 import verify
from charter.ledger.tlog.note import (
    COSIGNATURE,
    ED25519,
    MAX_BYTES,
    Key,
    Note,
    Signature,
    Signer,
    format_note,
    format_vkey,
    parse_note,
    parse_vkey,
    sign_text,
    verify_note,
)

VKEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
TEXT = "This is an example message.\n"
LINE = (
    "— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3"
    "mFXmRKuwHjG1Yu72IneyaQM=\n"
)
NOTE = f"{TEXT}\n{LINE}".encode()
SECRET = bytes(32)
SIGN = functools.partial(signing.sign, SECRET)
LOG = Key("log.example", ED25519, signing.public(SECRET))
WITNESS = Key("witness.example", COSIGNATURE, signing.public(SECRET))
OTHER = Signature("example.com/other", b"abcd", b"x" * 64)


def test_known_answer():
    key = parse_vkey(VKEY)
    assert (key.name, key.kind, key.key_id.hex()) == ("example.com/foo", ED25519, "530d903a")
    assert format_vkey(key) == VKEY
    note = parse_note(NOTE)
    assert note.text == TEXT
    assert format_note(note) == NOTE
    verdict = verify_note(note, [key], verify)
    assert verdict.ok
    assert verdict.signers == (Signer(key, None),)


def test_any_changed_byte_of_a_note_is_refused():
    key = parse_vkey(VKEY)
    for at in range(len(NOTE)):
        changed = NOTE[:at] + bytes([NOTE[at] ^ 1]) + NOTE[at + 1 :]
        try:
            note = parse_note(changed)
        except ValueError:
            continue
        assert not verify_note(note, [key], verify).ok


def test_signing_goes_both_ways():
    lines = (sign_text(TEXT, LOG, SIGN), sign_text(TEXT, WITNESS, SIGN, time=1_700_000_000))
    note = parse_note(format_note(Note(TEXT, lines)))
    verdict = verify_note(note, [WITNESS, LOG], verify)
    assert verdict.signers == (Signer(LOG, None), Signer(WITNESS, 1_700_000_000))
    later = lines[1].value[:7] + b"\x01" + lines[1].value[8:]
    forged = Note(TEXT, (lines[0], Signature(WITNESS.name, WITNESS.key_id, later)))
    assert not verify_note(forged, [LOG, WITNESS], verify).ok


def test_unknown_keys_are_ignored_and_bad_signatures_of_known_ones_refused():
    good = sign_text(TEXT, LOG, SIGN)
    same_name = Signature(LOG.name, b"abcd", b"x" * 64)
    same_id = Signature("another", LOG.key_id, b"x" * 64)
    note = Note(TEXT, (OTHER, same_name, same_id, good, good))
    assert verify_note(note, [LOG], verify).signers == (Signer(LOG, None),)
    alone = verify_note(Note(TEXT, (OTHER,)), [LOG], verify)
    assert (alone.signers, alone.reason) == ((), "no signature by a known key")
    for key in (LOG, WITNESS):
        for value in (b"x", b"x" * 64, b"\xff" * 72):
            bad = Signature(key.name, key.key_id, value)
            verdict = verify_note(Note(TEXT, (good, bad)), [LOG, WITNESS], verify)
            assert verdict.reason == f"the signature by {key.name} does not hold"
            assert not verdict.signers


def test_two_keys_with_one_name_and_id_are_refused(monkeypatch):
    other = Key(LOG.name, ED25519, bytes(32))
    monkeypatch.setattr(Key, "key_id", property(lambda _: b"same"))
    with pytest.raises(ValueError, match="two keys"):
        verify_note(Note(TEXT, (OTHER,)), [LOG, other], verify)


def test_the_text_ends_at_the_last_empty_line():
    text = "one\n\n— two AAAAAAA=\n\n\nthree\n"
    assert parse_note(format_note(Note(text, (OTHER,)))) == Note(text, (OTHER,))
    assert parse_note(b"\n\n" + LINE.encode()).text == "\n"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"text\n",
        b"text\n\n",
        b"text" + LINE.encode(),
        b"\n" + LINE.encode(),
        NOTE[:-1],
        NOTE + b"\n",
        NOTE + b"more\n",
        NOTE.replace(b"\n", b"\r\n"),
        NOTE.replace(b"This", b"Th\tis"),
        NOTE.replace(b"This", b"Th\xffis"),
        NOTE.replace(b"This", b"Th\x00is"),
        NOTE.replace("— ".encode(), b"- "),
        NOTE.replace("— ".encode(), "—  ".encode()),
        NOTE.replace(b"foo Uw", "foo\u00a0Uw".encode()),
        NOTE.replace(b"com/foo", b"com+foo"),
        NOTE.replace(b"com/foo", "com\u2003foo".encode()),
        NOTE.replace(b"QM=", b"QN="),
        NOTE.replace(b"QM=", b"QM"),
        "text\n\n— name AAAAAA==\n".encode(),
        TEXT.encode() + b"\n" + LINE.encode() * 101,
        b"x" * MAX_BYTES + NOTE,
    ],
)
def test_malformed_notes_are_refused(data):
    with pytest.raises(ValueError, match=r"note|signature|name"):
        parse_note(data)


@settings(max_examples=200)
@given(st.text(max_size=80).map(lambda text: text + "\n"), st.integers(1, 100))
def test_every_note_goes_both_ways(text, count):
    try:
        note = Note(text, (OTHER,) * count)
    except ValueError as error:
        assert "control" in str(error) or "UTF-8" in str(error)  # noqa: PT017 - one of two
        return
    assert parse_note(format_note(note)) == note


@settings(max_examples=200)
@given(st.binary(max_size=60).map(lambda head: head + NOTE) | st.binary(max_size=60))
def test_what_parses_formats_to_the_same_bytes(data):
    try:
        note = parse_note(data)
    except ValueError:
        return
    assert format_note(note) == data


@pytest.mark.parametrize(
    "text",
    [
        "",
        "name+530d903a",
        VKEY.replace("530d903a", "530d903b"),
        VKEY.replace("530d903a", "530D903A"),
        VKEY.replace("530d903a", "530d903"),
        VKEY.replace("foo", "bar"),
        VKEY.replace("foo", "f oo"),
        VKEY + "=",
        VKEY[:-4],
        VKEY.replace("+Ae", "+Bu"),
        "name+530d903a+",
        "+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
    ],
)
def test_malformed_keys_are_refused(text):
    with pytest.raises(ValueError, match=r"key"):
        parse_vkey(text)


@given(st.sampled_from([ED25519, COSIGNATURE]), st.binary(min_size=32, max_size=32))
def test_every_key_goes_both_ways(kind, public):
    key = Key("a.example/b", kind, public)
    assert parse_vkey(format_vkey(key)) == key


def test_values_that_no_note_holds_are_refused():
    with pytest.raises(ValueError, match="line feed"):
        Note("text", (OTHER,))
    with pytest.raises(ValueError, match="1 to 100"):
        Note(TEXT, ())
    with pytest.raises(ValueError, match="UTF-8"):
        Note("\ud800\n", (OTHER,))
    with pytest.raises(ValueError, match="4 bytes"):
        Signature("name", b"abc", b"x")
    with pytest.raises(ValueError, match="32 bytes"):
        Key("name", ED25519, bytes(31))
    with pytest.raises(ValueError, match="not supported"):
        Key("name", 6, bytes(1312))
    with pytest.raises(ValueError, match="at most"):
        format_note(Note("x" * MAX_BYTES + "\n", (OTHER,)))
    for key, time in ((LOG, 1), (WITNESS, None)):
        with pytest.raises(ValueError, match="states a time"):
            sign_text(TEXT, key, SIGN, time=time)
    with pytest.raises(ValueError, match="64 bytes"):
        sign_text(TEXT, LOG, lambda _: b"")
