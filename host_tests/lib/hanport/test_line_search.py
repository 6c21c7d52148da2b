"""The search for line settings against a meter that only one setting can hear."""

from hanport.line_search import CHOICES, SETTINGS, LineSearch, setting


def _listen(search, right, seconds, every=10, start=0, good=0, damaged=0):
    """A meter heard only under choice `right`; returns (changes, second it settled, good, damaged)."""
    changes = []
    settled = None
    for second in range(start, start + seconds):
        if second % every == 0:
            if search.choice == right:
                good += 1
            elif right is not None:
                damaged += 1
        if search.step(good, damaged, second * 1000):
            changes.append((second, search.choice))
        if settled is None and not search.searching:
            settled = second
    return changes, settled, good, damaged


def test_kamstrup_is_heard_at_once():
    assert SETTINGS[0] == (2400, False)
    assert setting(0) == (2400, False, False)
    search = LineSearch(0, False, 0)
    changes, settled, _, _ = _listen(search, 0, 120)
    assert changes == [] and settled <= 20


def test_every_setting_is_found_within_its_turn():
    for right in range(CHOICES):
        search = LineSearch(0, False, 0)
        _, settled, _, _ = _listen(search, right, 400)
        assert settled is not None and search.choice == right, right
        assert settled <= 26 * min(right, 4) + 13 * max(0, right - 4) + 40, right


def test_each_choice_at_2400_gets_25_seconds():
    search = LineSearch(0, False, 0)
    changes, _, _, _ = _listen(search, None, 400)
    assert len(changes) >= CHOICES
    last = 0
    for i, (second, choice) in enumerate(changes[:CHOICES]):
        left = (choice - 1) % CHOICES
        if setting(left)[0] == 2400:
            assert second - last >= 25, i
        last = second
    assert search.rounds >= 1


def test_never_left_while_frames_are_good():
    search = LineSearch(3, True, 0)
    changes, _, _, _ = _listen(search, 3, 7200)
    assert changes == []


def test_ten_minutes_of_nothing_start_a_new_search_and_the_old_setting_is_found_again():
    search = LineSearch(2, True, 0)
    changes, _, good, damaged = _listen(search, None, 599)
    assert changes == []
    changes, _, good, damaged = _listen(search, None, 10, start=599)
    assert changes == [(600, 3)]
    _, settled, _, _ = _listen(search, 2, 400, start=609, good=good, damaged=damaged)
    assert settled is not None and search.choice == 2


def test_one_good_frame_among_damaged_ones_is_chance():
    search = LineSearch(0, False, 0)
    good = damaged = 0
    for second in range(300):
        if second % 10 == 0:
            damaged += 1
        if second == 5:
            good += 1
        search.step(good, damaged, second * 1000)
    assert search.searching


def test_locked_stays():
    search = LineSearch(5, False, 0, locked=True)
    changes, _, _, _ = _listen(search, None, 3000)
    assert changes == [] and not search.searching and search.choice == 5
