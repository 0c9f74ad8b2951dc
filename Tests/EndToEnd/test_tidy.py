"""scripts/tidy.py sees an import that points upwards; else its silence would mean nothing."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "scripts"))

import tidy  # noqa: E402

LEVELS = {"Low": 1, "Middle": 2, "High": 3}


def package(**dependencies):
    return {"targets": [
        {"name": name, "type": "regular",
         "dependencies": [{"byName": [other, None]} for other in others]}
        for name, others in dependencies.items()
    ]}


def test_downward_imports_are_fine():
    assert list(tidy.upward_imports(package(High=["Low", "Middle"], Middle=["Low"]), LEVELS)) == []


def test_upward_and_sideways_imports_are_found():
    assert len(list(tidy.upward_imports(package(Low=["High"]), LEVELS))) == 1
    assert len(list(tidy.upward_imports(package(Middle=["Other"]), {**LEVELS, "Other": 2}))) == 1


def test_a_target_that_is_not_on_the_map_is_found():
    assert len(list(tidy.upward_imports(package(Unknown=[]), LEVELS))) == 1


def test_the_map_names_every_layer():
    levels = tidy.levels_in_map()
    assert levels["ChromaModel"] < levels["TenantEngine"] < levels["Frontend"] < levels["tessera"]
