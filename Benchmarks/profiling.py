"""Where our server spends its CPU: perf on it during ingest and during queries."""

from __future__ import annotations

import contextlib
import pathlib
import shutil
import signal
import subprocess

from data import Dataset
from settings import Settings
from steps import STEPS, Subject

SAMPLES_PER_SECOND = 997
PROFILED = ["ingest", "query16", "add16"]
REPORT_LINES = 60


def profile(server, dataset: Dataset, settings: Settings):
    """A round of its own, so that sampling slows nothing that the table shows."""
    if not shutil.which("perf"):
        print("no profile: perf is not installed (Debian: linux-perf)")
        return
    server.wipe()
    server.start()
    try:
        subject = Subject(server, dataset, 0, max(settings.seconds, 5))
        for step in (step for step in STEPS if step.name in PROFILED):
            recording = settings.output / f"profile-{step.name}.data"
            with recorded(server.process.pid, recording):
                step.run(subject)
            for kind, flags in {"self": ["--no-children"], "with-callees": ["--children"]}.items():
                write_report(recording, recording.with_suffix(f".{kind}.txt"), flags)
    finally:
        server.stop()
        server.wipe()


@contextlib.contextmanager
def recorded(pid: int, recording: pathlib.Path):
    command = ["perf", "record", "-q", "-g", "-F", str(SAMPLES_PER_SECOND), "-p", str(pid)]
    sampler = subprocess.Popen([*command, "-o", str(recording)], stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        sampler.send_signal(signal.SIGINT)
        sampler.wait()


def write_report(recording: pathlib.Path, report: pathlib.Path, flags: list[str]):
    """The costliest functions, Swift names readable; the recording stays for perf report."""
    command = ["perf", "report", "-i", str(recording), "--stdio", "-g", "none", *flags]
    command += ["--percent-limit", "0.3", "--sort", "symbol,dso"]
    found = subprocess.run(command, capture_output=True, text=True).stdout
    plain = subprocess.run(
        ["swift", "demangle", "--simplified"], input=found, capture_output=True, text=True
    ).stdout
    lines = [line.rstrip() for line in plain.splitlines() if line and not line.startswith("#")]
    report.write_text("\n".join(lines) + "\n")
    print(f"\n{report}\n" + "\n".join(lines[:REPORT_LINES]))
