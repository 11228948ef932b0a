"""Getting in, staying in, and being kept out: through a real server."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import httpx
import pytest

from charter.console.accounts import Accounts, write_accounts
from charter.console.app import PAGES, console
from charter.console.roles import Right
from charter.console.sessions import COOKIE, IDLE, WHOLE
from charter.errors import ConfigError

from .conftest import form_token, send
from .world import HOSTILE, PASSWORD, PEOPLE, SECRET, account

ROLES = {
    "viewer": "vera",
    "reviewer": "rita",
    "operator": "olga",
    "auditor": "anna",
    "lead": "lena",
}


NAMED = {
    "proposal": "prop_none",
    "survey": "none",
    "approval": "apr_x",
    "stop": "stp_x",
    "scale": "adherence",
    "item": "it_x",
    "incident": "inc_x",
    "change": "note",
    "release": "rel_x",
    "pin": "pin_x",
}


def filled(pattern, ids):
    """Return the path of a page, with an exchange that is there."""
    return pattern.format(exchange=ids["held"], **NAMED)


def test_nothing_is_shown_to_whoever_is_not_logged_in(lively):
    served, ids = lively
    client = served.client()
    for method, pattern, _, _ in PAGES:
        path = pattern.format(exchange=ids["held"], **NAMED)
        answer = client.request(method, path)
        if method == "GET":
            assert (answer.status_code, answer.headers["location"]) == (303, "/console/login"), path
        else:
            assert answer.status_code == 401, path


def test_login_opens_a_session_and_logout_ends_it_for_good(served):
    client = served.client()
    answer = client.post("/login", data={"name": " Vera ", "password": PASSWORD})
    assert answer.headers["location"] == "/console/"
    cookie = answer.headers["set-cookie"]
    for part in ("HttpOnly", "SameSite=strict", "Path=/console", "Max-Age"):
        assert part.lower() in cookie.lower()
    assert "secure" not in cookie.lower()
    assert client.get("/decisions").status_code == 200
    kept = client.cookies[COOKIE]
    assert send(client, "/decisions", "/logout").headers["location"] == "/console/login"
    client.cookies.set(COOKIE, kept)
    assert client.get("/decisions").status_code == 303


def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(served):
    client = served.client()
    wrong = client.post("/login", data={"name": "vera", "password": "no"})
    unknown = client.post("/login", data={"name": "nobody", "password": "no"})
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.text.replace("vera", "") == unknown.text.replace("nobody", "")
    assert "set-cookie" not in wrong.headers


def test_login_makes_a_new_cookie_and_ends_the_old_session(served):
    client = served.login("vera")
    before = client.cookies[COOKIE]
    client.post("/login", data={"name": "vera", "password": PASSWORD})
    assert client.cookies[COOKIE] != before
    other = served.client(cookies={COOKIE: before})
    assert other.get("/decisions").status_code == 303


def test_a_session_cannot_be_chosen_by_somebody_else(served):
    client = served.client(cookies={COOKIE: "chosen"})
    answer = client.post("/login", data={"name": "vera", "password": PASSWORD})
    assert "chosen" not in answer.headers["set-cookie"]


def test_the_cookie_is_for_https_only_where_the_login_came_by_it(world, serve):
    served = serve(world, secure_cookie=True)
    answer = served.client().post("/login", data={"name": "vera", "password": PASSWORD})
    assert "; secure" in answer.headers["set-cookie"].lower()


@pytest.mark.parametrize(("wait", "steps"), [(IDLE + 1, 1), (IDLE - 60, WHOLE // (IDLE - 60) + 1)])
def test_sessions_end_when_idle_and_when_old(served, wait, steps):
    client = served.login("vera")
    for step in range(steps):
        assert client.get("/health").status_code == 200, step
        served.world.clock.time += wait
    assert client.get("/health").status_code == 303


def test_a_changed_password_and_a_removed_account_end_sessions(world, serve, tmp_path):
    file = tmp_path / "accounts.toml"
    write_accounts(file, PEOPLE)
    served = serve(world, accounts=Accounts.at(file))
    vera, rita, anna = (served.login(name) for name in ("vera", "rita", "anna"))
    changed = account("rita", "viewer")
    write_accounts(file, [changed, *[each for each in PEOPLE if each.name in ("anna", "olga")]])
    assert vera.get("/decisions").status_code == 303
    assert rita.get("/decisions").status_code == 303
    assert anna.get("/decisions").status_code == 200


def test_too_many_logins_are_turned_away(served):
    client = served.client()
    for _ in range(10):
        assert client.post("/login", data={"name": "vera", "password": "x"}).status_code == 401
    answer = client.post("/login", data={"name": "vera", "password": PASSWORD})
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) > 0
    served.world.clock.time += 15 * 60
    assert client.post("/login", data={"name": "vera", "password": PASSWORD}).status_code == 303


def test_too_many_actions_are_turned_away(served):
    client = served.login("olga")
    token = form_token(client.get("/stops").text)
    given = {"form_token": token, "reach": "all", "reason": ""}
    codes = [client.post("/stops", data=given).status_code for _ in range(61)]
    assert codes.count(422) == 60
    assert codes[-1] == 429


@pytest.mark.parametrize("token", [None, "", "0" * 64])
def test_a_form_without_its_token_is_refused(served, token):
    client = served.login("olga")
    form = {"reach": "all", "reason": "test"} | ({} if token is None else {"form_token": token})
    assert client.post("/stops", data=form).status_code == 403
    assert "Nothing is stopped" in client.get("/stops").text


def test_a_token_of_another_session_is_refused(served):
    mine, other = served.login("olga"), served.login("otto")
    form = {
        "form_token": form_token(other.get("/stops").text),
        "reach": "all",
        "reason": "test",
    }
    assert mine.post("/stops", data=form).status_code == 403


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_form_of_another_site_is_refused(served, site):
    client = served.login("olga")
    form = {"form_token": form_token(client.get("/stops").text), "reach": "all", "reason": "x"}
    answer = client.post("/stops", data=form, headers={"sec-fetch-site": site})
    assert answer.status_code == 403
    login = {"name": "vera", "password": PASSWORD}
    answer = served.client().post("/login", data=login, headers={"sec-fetch-site": site})
    assert answer.status_code == 403


def test_logout_takes_a_form_of_the_session(served):
    client = served.login("vera")
    assert client.post("/logout").status_code == 415
    assert client.post("/logout", data={"form_token": "x"}).status_code == 403
    assert client.get("/decisions").status_code == 200


def test_forms_are_bounded(served):
    client = served.login("olga")
    token = form_token(client.get("/stops").text)
    many = {"form_token": token, **{f"f{n}": "" for n in range(60)}}
    assert client.post("/stops", data=many).status_code == 400
    assert client.post("/stops", data={"reason": "x" * 600_000}).status_code == 413
    assert client.post("/stops", json={"reach": "all"}).status_code == 415
    assert client.get("/decisions?words=" + "x" * 5000).status_code == 414


def test_every_answer_has_the_headers(lively):
    served, ids = lively
    client = served.login("mona")
    paths = ["/login", "/decisions", f"/decisions/{ids['held']}", "/nowhere", "/static/console.js"]
    for path in [*paths, "/api/health", "/api/nowhere"]:
        headers = client.get(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy, path
        assert "unsafe" not in policy, path
        assert "*" not in policy, path
        assert headers["x-content-type-options"] == "nosniff", path
        assert headers["x-frame-options"] == "DENY", path
        assert headers["cross-origin-opener-policy"] == "same-origin", path
        if not path.startswith("/static"):
            assert headers["cache-control"] == "no-store", path


def tags_of(text):
    """Return every tag of a page with its attributes, as a browser reads it."""
    found = []
    parser = HTMLParser()
    parser.handle_starttag = lambda tag, given: found.append((tag, given))
    parser.feed(text)
    return found


def test_pages_hold_no_script_and_no_style_of_their_own(lively):
    served, ids = lively
    client = served.login("mona")
    paths = ["/decisions", "/review", "/approvals", "/stops", "/health", "/agreement", "/login"]
    for path in [*paths, *(f"/decisions/{each}" for each in ids.values())]:
        text = client.get(path, follow_redirects=True).text
        tags = tags_of(text)
        scripts = [dict(given)["src"] for tag, given in tags if tag == "script"]
        assert scripts == ["/console/static/console.js"], path
        named = {name for _, given in tags for name, _ in given}
        assert "style" not in named | {tag for tag, _ in tags}, path
        assert not [name for name in named if name.startswith("on")], path


def test_hostile_words_are_shown_and_do_nothing(lively):
    served, ids = lively
    client = served.login("mona")
    text = client.get(f"/decisions/{ids['hostile']}").text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert "U+202E" in text
    assert "U+001B" in text
    assert "{{7*7}}" in text
    for raw in ("<script>alert", "<img src=x", "<svg/onload", "\u202e", "\x1b"):
        assert raw not in text
        assert raw not in client.get("/decisions").text


@pytest.mark.parametrize("name", ["application", "section", "words", "effect", "stage", "before"])
def test_hostile_filters_are_shown_and_do_nothing(served, name):
    client = served.login("vera")
    answer = client.get("/decisions", params={name: HOSTILE[:150]})
    assert answer.status_code == 200
    assert "<script>alert" not in answer.text
    assert "onload=alert(3)>" not in answer.text.replace("&gt;", "")


def test_hostile_paths_are_no_pages(served):
    client = served.login("mona")
    for path in ("/decisions/x_<script>", "/approvals/%00", "/static/..%2fapp.py",
                 "/static/app.py",
                 "/decisions/..%2f..%2fetc%2fpasswd", "/agreement/x.jsonl",
                 "/review/x"):  # fmt: skip
        answer = client.get(path)
        assert answer.status_code == 404, path
        assert "<script>" not in answer.text


def test_a_time_that_is_none_is_said(served):
    answer = served.login("vera").get("/decisions", params={"since": "yesterday"})
    assert answer.status_code == 400
    assert "yesterday" in answer.text


@pytest.mark.parametrize("role", ROLES)
def test_each_role_reaches_just_what_it_may(lively, role):
    served, ids = lively
    client = served.login(ROLES[role])
    rights = {right for right in Right if _account(role).may(right)}
    token = form_token(client.get("/decisions").text)
    for method, pattern, _, right in PAGES:
        path = pattern.format(exchange=ids["held"], **NAMED)
        answer = client.request(
            method, path, data={"form_token": token} if method == "POST" else None
        )
        assert (answer.status_code == 403) is (right not in rights), (role, method, path)


def _account(role):
    return next(each for each in PEOPLE if each.name == ROLES[role])


@pytest.mark.parametrize(
    ("role", "reads"),
    [("viewer", False), ("operator", False), ("reviewer", True), ("auditor", True)],
)
def test_content_is_shown_to_those_who_may_read_it(lively, role, reads):
    served, ids = lively
    text = served.login(ROLES[role]).get(f"/decisions/{ids['redacted']}").text
    assert ("4111 1111" in text) is reads
    assert ("Read me the card" in text) is reads
    assert "protect_privacy" in text


def test_navigation_shows_what_a_role_may_use(served):
    shown = {
        role: set(re.findall(r'<a href="/console/(\w+)"', served.login(name).get("/health").text))
        for role, name in ROLES.items()
    }
    everybody = {"decisions", "approvals", "stops", "health", "incidents", "releases", "objectives"}
    everybody |= {"proposals", "surveys"}
    assert shown["viewer"] == shown["operator"] == everybody
    assert shown["auditor"] == shown["lead"] == everybody | {"agreement", "queue"}
    assert shown["reviewer"] == everybody | {"agreement", "queue", "review", "comments"}


def test_a_page_that_is_none_leaves_the_way_to_others(served):
    text = served.login("vera").get("/nowhere").text
    assert 'href="/console/approvals"' in text
    assert "Back to the decisions" in text
    text = served.client().get("/nowhere").text
    assert 'href="/console/approvals"' not in text
    assert "Log in" in text


def test_the_strictest_decision_stands_on_top_of_an_exchange(lively):
    served, ids = lively
    client = served.login("vera")
    for name, effect in (("denied", "denied"), ("held", "held"), ("redacted", "redacted")):
        text = client.get(f"/decisions/{ids[name]}").text
        assert re.search(rf'<h1 class="id"><span class="mark s-\w+">{effect}</span>', text)
        steps = text.partition('<nav class="steps"')[2].partition("</nav>")[0]
        assert steps.count('class="mark') == len(re.findall(r'class="decision"', text))


@pytest.mark.parametrize("page", ["decisions", "review"])
def test_the_colours_of_authority_are_named(lively, page):
    served, ids = lively
    text = served.login("rita").get(f"/{page}/{ids['quoted']}").text
    legend = text.partition('<p class="legend">')[2].partition("</p>")[0]
    for name in ("root", "system", "developer", "user", "none"):
        assert f'<span class="level l-{name}">{name}</span>' in legend


def test_a_wrong_method_says_which_are_right(served):
    answer = served.login("vera").delete("/decisions")
    assert answer.status_code == 405
    assert "GET" in answer.headers["allow"]


def test_a_short_secret_is_refused(world):
    with pytest.raises(ConfigError, match="31 bytes"):
        console(
            world.ledger,
            policies=lambda _: None,
            accounts=Accounts.of(),
            secret=SECRET[:31],
            clock=world.clock,
        )


def test_it_can_be_mounted_under_a_prefix(world):
    app = console(
        world.ledger,
        policies=lambda _: None,
        accounts=Accounts.of(*PEOPLE),
        secret=SECRET,
        clock=world.clock,
    )
    for root in ("", "/gateway", "/console"):
        transport = httpx.ASGITransport(app, root_path=root)
        path = "/console/login" if root != "/gateway" else "/gateway/console/login"
        answer = _get(transport, path)
        assert answer.status_code == 200, root
        where = path.removesuffix("/login")
        assert f'href="{where}/static/console.css"' in answer.text


def _get(transport, path):
    import asyncio  # noqa: PLC0415 - only here

    async def get():
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            return await client.get(path)

    return asyncio.run(get())


def test_a_ledger_that_fails_is_said_in_one_sentence(served):
    client = served.login("vera")
    served.world.ledger.store.close()
    store = served.world.ledger.store
    store.path.write_bytes(b"no database at all" * 100)
    for suffix in ("-wal", "-shm"):
        store.path.with_name(store.path.name + suffix).unlink(missing_ok=True)
    answer = client.get("/decisions")
    assert answer.status_code == 503
    assert "The ledger cannot be used" in answer.text
