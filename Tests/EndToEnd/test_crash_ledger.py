"""The checker of the crash test finds planted faults; else its silence would mean nothing."""

import pytest

from crash_ledger import Ledger


@pytest.fixture
def ledger():
    made = Ledger()
    for key, value in (("a", 1), ("b", 2), ("c", 3)):
        made.acknowledge("add", key, value)
    made.acknowledge("update", "b", 20)
    made.acknowledge("delete", "c", None)
    return made


GOOD = {"a": 1, "b": 20}


def test_a_server_that_kept_everything_is_fine(ledger):
    assert ledger.broken(GOOD) == []


@pytest.mark.parametrize("found", [
    {"b": 20}, {"a": 9, "b": 20}, {"a": 1, "b": 2}, {"a": 1}, {"a": 1, "b": 20, "c": 3},
    {"a": 1, "b": 20, "ghost": 5}, {},
], ids=["lost", "wrong", "stale", "lost update", "resurrected", "invented", "all lost"])
def test_a_planted_fault_is_found(ledger, found):
    assert ledger.broken(found)


def test_an_add_of_an_existing_record_and_an_update_of_a_missing_one_change_nothing(ledger):
    ledger.acknowledge("add", "a", 100)
    ledger.acknowledge("update", "d", 100)
    assert ledger.broken(GOOD) == []
    assert ledger.broken({"a": 100, "b": 20})
    assert ledger.broken({"a": 1, "b": 20, "d": 100})


def test_a_write_without_an_answer_may_or_may_not_have_happened(ledger):
    ledger.leave_open("upsert", "a", 7)
    ledger.leave_open("delete", "b", None)
    for found in (GOOD, {"a": 7, "b": 20}, {"a": 1}, {"a": 7}):
        assert ledger.broken(found) == []
    assert ledger.broken({"a": 8, "b": 20})


def test_once_seen_it_must_stay(ledger):
    ledger.leave_open("upsert", "a", 7)
    ledger.settle({"a": 7, "b": 20})
    assert ledger.broken({"a": 7, "b": 20}) == []
    assert ledger.broken({"a": 1, "b": 20})
