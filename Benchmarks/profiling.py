"""Where our server spends its CPU: perf on it during ingest and during queries."""

from __future__ import annotations

import contextlib
import itertools
import pathlib
import shutil
import signal
import subprocess
import time

from data import Dataset
from settings import Settings
from steps import STEPS, Step, Subject

SAMPLES_PER_SECOND = 997
PROFILED = ["ingest", "query16", "filter10", "contains1", "get", "add16"]
# These are short and fill a new collection: repeated, until there are enough samples.
REPEATED = ["ingest"]
REPEAT_SECONDS = 10
REPORT_LINES = 40
ATTACH_SECONDS = 1


def profile(server, dataset: Dataset, settings: Settings):
    """A round of its own, so that sampling slows nothing that the table shows."""
    if not shutil.which("perf"):
        print("no profile: perf is not installed (Debian: linux-perf)")
        return
    server.wipe()
    server.start()
    subjects = (Subject(server, dataset, number, settings.seconds) for number in itertools.count())
    try:
        subject = None
        for step in (step for step in STEPS if step.name in PROFILED):
            recording = settings.output / f"profile-{step.name}.data"
            with recorded(server.process.pid, recording):
                subject = repeat(step, subject, subjects)
            write_report(recording, "self", ["--no-children"])
            write_report(recording, "with-callees", ["--children"])
    finally:
        server.stop()
        server.wipe()


def repeat(step: Step, subject: Subject | None, subjects) -> Subject:
    """Runs the step, on the subject so far unless it needs a new one; returns the subject."""
    end = time.monotonic() + REPEAT_SECONDS
    while True:
        if subject is None or step.name in REPEATED:
            subject = next(subjects)
        step.run(subject)
        if time.monotonic() > end or step.name not in REPEATED:
            return subject


@contextlib.contextmanager
def recorded(pid: int, recording: pathlib.Path):
    command = ["perf", "record", "-q", "-g", "-F", str(SAMPLES_PER_SECOND), "-p", str(pid)]
    sampler = subprocess.Popen([*command, "-o", str(recording)], stderr=subprocess.DEVNULL)
    time.sleep(ATTACH_SECONDS)
    try:
        yield
    finally:
        sampler.send_signal(signal.SIGINT)
        sampler.wait()


def write_report(recording: pathlib.Path, kind: str, flags: list[str]):
    """The costliest functions, Swift names readable; the recording stays for perf report."""
    command = ["perf", "report", "-i", str(recording), "--stdio", "-g", "none", *flags]
    command += ["--percent-limit", "0.3", "--sort", "symbol"]
    found = subprocess.run(command, capture_output=True, text=True).stdout
    plain = subprocess.run(
        ["swift", "demangle", "--simplified"], input=found, capture_output=True, text=True
    ).stdout
    lines = [line.rstrip() for line in plain.splitlines() if line and not line.startswith("#")]
    report = recording.with_suffix(f".{kind}.txt")
    report.write_text("\n".join(lines) + "\n")
    print(f"\n{report}\n" + "\n".join(line[:120] for line in lines[:REPORT_LINES]))
