"""The checker of the crash test finds planted faults; else its silence would mean nothing."""

import pytest

from crash_ledger import Ledger
from crash_load import Shelf


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


@pytest.fixture
def shelf():
    made = Shelf()
    for name in ("a", "b"):
        ledger = Ledger()
        ledger.acknowledge("add", "x", 1)
        made.put(name, f"id of {name}", ledger, root=name)
    return made


SHELVED = {"a": ("id of a", {"x": 1}), "b": ("id of b", {"x": 1})}


def test_collections_that_were_kept_are_fine(shelf):
    assert shelf.broken(SHELVED) == []


@pytest.mark.parametrize("found", [
    {"a": SHELVED["a"]}, {**SHELVED, "c": ("id", {})}, {**SHELVED, "b": ("other", {"x": 1})},
    {**SHELVED, "b": ("id of b", {})}, {**SHELVED, "b": ("id of b", {"x": "twice"})},
], ids=["lost", "invented", "another", "emptied", "doubled"])
def test_a_planted_fault_in_collections_is_found(shelf, found):
    assert shelf.broken(found)


def test_a_collection_whose_request_had_no_answer_may_or_may_not_be_there(shelf):
    shelf.open.add("a")
    shelf.put("c", None, Ledger(), root="c")
    shelf.open.add("c")
    assert shelf.broken(SHELVED) == []
    assert shelf.broken({"b": SHELVED["b"], "c": ("new", {})}) == []
    shelf.settle(SHELVED)
    assert shelf.broken({"b": SHELVED["b"]}), "once seen it must stay"
