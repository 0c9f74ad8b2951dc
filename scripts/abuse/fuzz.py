#!/usr/bin/env python3
"""Schemathesis against what both HTTP ports say of themselves, with and without a token.

    fuzz.py --binary .build/release/tessera --cases 20000

Starts a server of its own. Finds answers of 5xx, answers outside the described shapes, and
operations that do something without a token. Exits 1 when there is one.
"""

import argparse
import json
import os
import pathlib
import re
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "Tests/EndToEnd"))

from server import Server, call, temporary_directory  # noqa: E402
from tenancy import expect, make_tenant  # noqa: E402

CHECKS = ["not_a_server_error", "status_code_conformance", "content_type_conformance",
          "response_headers_conformance", "response_schema_conformance", "unsupported_method"]
# What would take from the run that which it asks for.
LOST = ["delete_database", "DeleteDatabase", "DeleteTenant", "SuspendTenant",
        "ChangeTenantPlan"]
# Schemathesis counts cases by operation; each gets at least so many.
CASES_MIN = 2


def prepare(server):
    """A tenant with a collection: the names of what is there, and the tenant's token."""
    tenant = make_tenant(server, "fuzzed")
    made = expect(tenant.call("POST", "/collections", {"name": "things"}))
    path = f"/collections/{made['id']}/add"
    expect(tenant.call("POST", path, {"ids": ["a"], "embeddings": [[1.0, 2.0]]}), 201)
    return {"tenant": tenant.name, "database": tenant.database, "collection_id": made["id"],
            "collection_name": "things"}, tenant.token


def command(url, examples, token, seed):
    made = [str(pathlib.Path(sys.executable).with_name("st")), "run", url + "/openapi.json",
            "--no-color", "--phases", "coverage,fuzzing", "-n", str(examples), "--workers", "2",
            "--continue-on-failure", "--seed", str(seed), "--generation-database", "none",
            "--checks", ",".join(CHECKS + (
                ["ignored_auth"] if token else ["nothing_without_a_token"]))]
    for each in LOST if token else []:
        made += ["--exclude-operation-id", each]
    return made + (["-H", f"x-chroma-token: {token}"] if token else [])


def run(name, url, examples, token, names, seed):
    """Runs Schemathesis once; how many cases there were and whether all passed."""
    environment = {**os.environ, "SCHEMATHESIS_HOOKS": "fuzz_hooks", "PYTHONPATH": str(HERE),
                   "FUZZ_NAMES": json.dumps(names)}
    done = subprocess.run(command(url, examples, token, seed), env=environment,
                          capture_output=True, text=True, cwd=HERE)
    count = re.search(r"Test cases:\s+(\d+) generated, (\d+) passed", done.stdout)
    if done.returncode != 0 or not count:
        print(done.stdout[-20_000:], done.stderr[-4_000:], file=sys.stderr)
    cases = int(count.group(1)) if count else 0
    print(f"{name}: {cases} cases, {'no finding' if done.returncode == 0 else 'FINDINGS'}",
          flush=True)
    return cases, done.returncode == 0 and cases > 0


def fuzz(server, cases_wanted, seed):
    names, tenants = prepare(server)
    ports = [("data", server.url, tenants), ("admin", server.endpoints["admin_http"],
                                             server.admin_token)]
    cases, good, examples = 0, True, CASES_MIN
    while good and cases < cases_wanted:
        for name, url, token in ports:
            for kind, credential in (("with a token", token), ("without", None)):
                if cases < cases_wanted:
                    more, well = run(
                        f"{name}, {kind}", url, examples, credential, names, seed)
                    cases, good = cases + more, good and well
        examples, seed = examples * 4, seed + 1
    alive = server.process.poll() is None and call("GET", server.url + "/api/v2/heartbeat")
    return cases, good and bool(alive)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", required=True)
    parser.add_argument("--cases", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=int.from_bytes(os.urandom(3), "big"))
    arguments = parser.parse_args()
    print(f"seed {arguments.seed}", flush=True)
    server = Server(arguments.binary, temporary_directory(), {
        "RATE_LIMITS": "off", "LOG_LEVEL": "error"})
    try:
        cases, good = fuzz(server.start(), arguments.cases, arguments.seed)
    finally:
        server.remove()
    print(f"{cases} cases: {'no finding' if good else 'findings above'}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
