"""Who commits next: the event loop, or the thread."""

from charter.ledger.pace import FIRST_PAUSE_S, LONGEST_PAUSE_S, SLOW_S, TIDY, Pace


def test_quick_commits_stay_with_the_loop():
    pace = Pace()
    assert pace.prompt(0.0)
    pace.took(1.0, SLOW_S, 1)
    assert pace.prompt(1.0)


def test_a_slow_one_gives_the_thread_a_while():
    pace = Pace()
    pace.took(1.0, SLOW_S * 1.1, 1)
    assert not pace.prompt(1.0)
    assert not pace.prompt(0.99 + FIRST_PAUSE_S)
    assert pace.prompt(1.0 + FIRST_PAUSE_S)


def test_pauses_that_were_too_short_double_up_to_a_bound():
    pace, now, pauses = Pace(), 0.0, []
    for _ in range(12):
        pace.refused(now)
        pauses.append(pace._pause)
        now += pace._pause + 0.1
        assert pace.prompt(now)
    assert pauses[:3] == [FIRST_PAUSE_S, 2 * FIRST_PAUSE_S, 4 * FIRST_PAUSE_S]
    assert pauses[-1] == LONGEST_PAUSE_S


def test_after_a_good_while_it_begins_anew():
    pace = Pace()
    pace.refused(0.0)
    pace.refused(2.0)
    pace.refused(1000.0)
    assert pace.prompt(1000.0 + FIRST_PAUSE_S)


def test_after_many_records_the_thread_tidies():
    pace = Pace()
    pace.took(0.0, 0.0, TIDY)
    assert not pace.prompt(0.0)
    pace.tidied()
    assert pace.prompt(0.0)
