#!/usr/bin/env python3
"""Runs the official clients' test suite against a server in conformance mode.

    compat.py --binary .build/release/tessera --compat DIR --suite smoke --programs cloud,async

The server gets free ports and a temporary directory, and both are gone afterwards. With --split
it is a control plane, an engine and two frontends, each a process, and the suite is run through
each of the frontends.
"""

import argparse
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "Tests/EndToEnd"))

from installation import Installation  # noqa: E402
from server import Server, temporary_directory  # noqa: E402


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", required=True, help="the tessera to test")
    parser.add_argument("--compat", required=True, help="the folder with run.py")
    parser.add_argument("--suite", default="smoke")
    parser.add_argument("--programs", default="")
    parser.add_argument("--split", action="store_true", help="one process for each role")
    return parser.parse_known_args()


def main():
    options, more = arguments()
    settings = {"ALLOW_RESET": "true", "LOG_LEVEL": "warning"}
    if "cloud" in options.suite.split(","):
        settings["DEFAULT_KNN_INDEX"] = "spann"
    server = (Installation(options.binary, settings=settings) if options.split
              else Server(options.binary, temporary_directory(), settings))
    try:
        server.start()
        urls = server.urls if options.split else [server.url]
        return max(run(options, more, server, url) for url in urls)
    finally:
        server.remove()


def run(options, more, server, url):
    """The suite through one URL; its exit status."""
    print(f"through {url}", flush=True)
    start = server.bootstrap
    done = subprocess.run([
        sys.executable, str(pathlib.Path(options.compat) / "run.py"), "--url", url,
        "--token", start["token"], "--admin-token", start["admin_token"],
        "--tenant", start["tenant"], "--database", start["database"],
        "--suite", options.suite, "--programs", options.programs,
        "--json", str(server.root / "results.json"), *more,
    ])
    if done.returncode != 0:
        print(server.log_tail(), file=sys.stderr)
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
