"""Sessions by themselves; `test_app` tries them through a server."""

from __future__ import annotations

from charter.console.sessions import MOST_EACH, MOST_ITEMS, Item, Sessions

from .world import account

VERA = account("vera", "viewer")


def test_a_cookie_is_not_kept():
    sessions = Sessions(b"s")
    cookie = sessions.open(VERA, 0)
    session = sessions.find(cookie, 1)
    assert cookie not in repr(session)
    assert session.seen == 1


def test_the_oldest_of_too_many_sessions_ends():
    sessions = Sessions(b"s")
    cookies = [sessions.open(VERA, now) for now in range(MOST_EACH + 1)]
    assert sessions.find(cookies[0], 20) is None
    assert all(sessions.find(cookie, 20) for cookie in cookies[1:])


def test_what_is_no_cookie_finds_nothing():
    sessions = Sessions(b"s")
    sessions.open(VERA, 0)
    for cookie in (None, "", "x", "x" * 1000, "\ud800"):
        assert sessions.find(cookie, 1) is None
        sessions.close(cookie)


def test_form_tokens_belong_to_one_session_and_one_secret():
    sessions = Sessions(b"s")
    one, other = (sessions.find(sessions.open(VERA, 0), 0) for _ in range(2))
    assert sessions.is_form_token(one, sessions.form_token(one))
    assert not sessions.is_form_token(one, sessions.form_token(other))
    assert not Sessions(b"t").is_form_token(one, sessions.form_token(one))
    assert not sessions.is_form_token(one, "\ud800")


def test_open_items_are_bounded():
    sessions = Sessions(b"s")
    session = sessions.find(sessions.open(VERA, 0), 0)
    for number in range(MOST_ITEMS + 5):
        session.keep(str(number), Item("x", "x.1", "", "random", 0))
    assert len(session.items) == MOST_ITEMS
    assert "0" not in session.items
