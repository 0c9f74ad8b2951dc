"""A short run of `make abuse`'s Schemathesis: coverage of each operation, a few random cases."""

import pathlib
import subprocess
import sys

import pytest

pytest.importorskip("schemathesis", reason="it wants Python 3.10")

SCRIPT = pathlib.Path(__file__).resolve().parents[2] / "scripts/abuse/fuzz.py"


def test_no_case_is_answered_5xx_or_otherwise_than_described_or_let_in(request):
    done = subprocess.run(
        [sys.executable, str(SCRIPT), "--binary", request.config.getoption("--binary"),
         "--cases", "4000"], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
