#!/usr/bin/env python3
"""Runs the official clients' test suite against a server in conformance mode.

    compat.py --binary .build/release/tessera --compat DIR --suite smoke --programs cloud,async

The server gets free ports and a temporary directory, and both are gone afterwards.
"""

import argparse
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "Tests/EndToEnd"))

from server import Server, temporary_directory  # noqa: E402


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", required=True, help="the tessera to test")
    parser.add_argument("--compat", required=True, help="the folder with run.py")
    parser.add_argument("--suite", default="smoke")
    parser.add_argument("--programs", default="")
    return parser.parse_known_args()


def main():
    options, more = arguments()
    settings = {"ALLOW_RESET": "true", "LOG_LEVEL": "warning"}
    if "cloud" in options.suite.split(","):
        settings["DEFAULT_KNN_INDEX"] = "spann"
    server = Server(options.binary, temporary_directory(), settings)
    try:
        server.start()
        start = server.bootstrap
        done = subprocess.run([
            sys.executable, str(pathlib.Path(options.compat) / "run.py"), "--url", server.url,
            "--token", start["token"], "--admin-token", start["admin_token"],
            "--tenant", start["tenant"], "--database", start["database"],
            "--suite", options.suite, "--programs", options.programs,
            "--json", str(server.root / "results.json"), *more,
        ])
        if done.returncode != 0:
            print(server.log_tail(), file=sys.stderr)
        return done.returncode
    finally:
        server.remove()


if __name__ == "__main__":
    sys.exit(main())
