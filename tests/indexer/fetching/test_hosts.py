"""Who may be asked, and when."""

from contextlib import ExitStack

import pytest

from indexer.fetching.hosts import AT_ONCE, FAILURES, PER_SECOND, HostBusy, Hosts

HOST = "http://one.example"


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def hosts(clock: Clock) -> Hosts:
    return Hosts(clock)


def ask(hosts: Hosts, clock: Clock, failed: bool) -> None:
    """One question, as soon as it may be asked."""
    clock.now += hosts.wait([HOST]) + 1e-6
    with hosts.ask(HOST) as asking:
        asking.failed = failed


def test_a_host_is_asked_few_things_at_once(hosts: Hosts, clock: Clock) -> None:
    with ExitStack() as asked:
        for _ in range(AT_ONCE):
            asked.enter_context(hosts.ask(HOST))
            clock.now += 1
        with pytest.raises(HostBusy, match="busy"), hosts.ask(HOST):
            pass
        assert hosts.wait([HOST]) > 0
        assert hosts.wait([HOST, "http://two.example"]) == 0
        with hosts.ask("http://two.example"):
            pass
    assert hosts.wait([HOST]) == 0


def test_a_host_is_asked_so_often_in_a_second(hosts: Hosts, clock: Clock) -> None:
    asked = 0
    while clock.now < 1001:
        ask(hosts, clock, failed=False)
        asked += 1
    assert asked == pytest.approx(PER_SECOND, abs=1)
    with pytest.raises(HostBusy, match="times a second"), hosts.ask(HOST):
        pass


def test_a_host_that_keeps_failing_rests_longer_and_longer(hosts: Hosts, clock: Clock) -> None:
    for _ in range(FAILURES):
        ask(hosts, clock, failed=True)
    rests = []
    for _ in range(7):
        rests.append(hosts.wait([HOST]))
        with pytest.raises(HostBusy, match=r"rests for \d+ seconds: it failed"), hosts.ask(HOST):
            pass
        ask(hosts, clock, failed=True)
    assert rests == pytest.approx([30, 60, 120, 240, 480, 900, 900])
    ask(hosts, clock, failed=False)
    clock.now += 1
    assert hosts.wait([HOST]) == 0


def test_failures_now_and_then_are_forgiven(hosts: Hosts, clock: Clock) -> None:
    for turn in range(20):
        ask(hosts, clock, failed=turn % FAILURES != 0)
        assert hosts.wait([HOST]) < 1


def test_whoever_fails_with_an_error_gives_its_place_back(hosts: Hosts, clock: Clock) -> None:
    for _ in range(AT_ONCE + 1):
        clock.now += 1
        with pytest.raises(ZeroDivisionError), hosts.ask(HOST):
            raise ZeroDivisionError
    assert hosts.wait([]) == 0
