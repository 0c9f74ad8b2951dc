"""Every route of both HTTP ports and every method of both gRPC ports, by every kind of credential,
on what is foreign, deleted and made up: one answer, byte for byte, and nothing changes. `matrix.py`
says what they all are.
"""

import itertools
import os
import pathlib
import time

import pytest

from conftest import finish, new_server
from matrix import (
    ISSUER, OPERATORS_OWN, Asker, World, callers, identity_tokens, operations, random_names)
from provider import Provider
from server import call
from tenancy import expect, make_token

GOLDEN = pathlib.Path(__file__).with_name("authorization-matrix.txt")
# Credentials that prove nothing.
REFUSED = {"none", "malformed", "unknown", "expired", "revoked", "elsewhere"}


class Matrix:
    """Two tenants, one of which asks for all that is the other's."""

    def __init__(self, server, provider):
        server.cli(
            "issuer", "create", ISSUER, "--url", provider.url, "--audience", "tessera",
            "--role", "dev=writer", "--role", "lead=admin", "--algorithm", "ES256")
        self.server, self.provider = server, provider
        self.operations = operations(server)
        self.asker = Asker(server)
        self.own, self.victim = World(server, "ourown"), World(server, "victim")
        stranger = World(server, "others")
        self.ghost = World(server, "ghosts")
        expect(server.admin("DELETE", f"/v1/tenants/{self.ghost.names.names['tenant']}"))
        self.callers = callers(server, provider, self.own, stranger)
        time.sleep(7)
        for caller, credential in self.callers.items():
            status, _ = call("GET", server.url + "/api/v2/auth/identity", token=credential)
            expected = 401 if caller in REFUSED else 403 if caller == "suspended" else 200
            assert status == expected, caller

    def gone(self):
        """What was there in the tenant that asks: deleted."""
        world, server = self.own, self.server
        tenant, database = (world.names.names[each] for each in ("tenant", "database"))
        admin = f"/v1/tenants/{tenant}"
        expect(server.admin("POST", admin + "/databases", {"databaseId": "victim-washere1"}))
        expect(server.admin("DELETE", admin + "/databases/victim-washere1"))
        base = f"{server.url}/api/v2/tenants/{tenant}/databases/{database}/collections"
        made = expect(call("POST", base, {"name": "victim-washere2"}, world.token))
        expect(call("DELETE", f"{base}/victim-washere2", token=world.token))
        token = make_token(server, tenant).split("_")[1]
        expect(server.admin("DELETE", f"{admin}/tokens/{token}"))
        return {"database": "victim-washere1", "collection_id": made["id"],
                "collection_name": "victim-washere2", "token": token}

    def answers(self, operation, caller, places):
        return [self.asker.ask(operation, self.callers[caller], names) for names in places]


@pytest.fixture(scope="module")
def matrix(request):
    server = new_server(request, ISSUERS_ALLOW_INSECURE_URLS="true", RATE_LIMITS="off")
    with Provider(("ES256",)).serving() as provider:
        try:
            yield Matrix(server.start(), provider)
        finally:
            finish(request, server)


@pytest.fixture(autouse=True)
def lasting_identity_tokens(matrix):
    """They end in a quarter of an hour; all tests together may take longer."""
    tenant = matrix.own.names.names["tenant"]
    matrix.callers.update(identity_tokens(matrix.provider, tenant))


def differences(operation, caller, answers, expected):
    for kind, answer in answers.items():
        if answer != expected:
            yield f"{caller}: {operation.label}: {kind}: {answer}, made up: {expected}"


def test_what_is_foreign_or_deleted_answers_as_what_is_made_up(matrix):
    before = matrix.victim.state()
    found = []
    for operation in matrix.operations:
        if not operation.parameters:
            continue
        made_up = random_names()
        for caller in matrix.callers:
            admin = operation.port.startswith("admin")
            if caller == "operator" and (admin or operation.right in OPERATORS_OWN):
                continue
            if admin and "issuer" in operation.parameters:
                continue
            places = {"foreign": matrix.victim.names, "deleted": matrix.ghost.names,
                      "half": made_up.but(tenant=matrix.victim.names.names["tenant"])}
            answers = dict(zip(places, matrix.answers(operation, caller, places.values())))
            [expected] = matrix.answers(operation, caller, [made_up])
            found += differences(operation, caller, answers, expected)
            assert expected[0] == 401 if caller in REFUSED else expected[0] >= 400, operation
    assert not found, "\n".join(found[:20]) + f"\n{len(found)} in all"
    assert matrix.victim.state() == before


# What is below a tenant or a database, by the parameter that names it.
BELOW = ["database", "collection_id", "collection_name", "token"]


def test_below_ones_own_what_is_foreign_or_deleted_answers_as_what_is_made_up(matrix):
    before = matrix.victim.state()
    gone, found = matrix.gone(), []
    for operation in matrix.operations:
        for parameter in set(BELOW) & set(operation.parameters):
            if "tenant" not in operation.parameters:
                continue
            for caller in matrix.callers:
                def own(name):
                    return matrix.own.names.but(**{parameter: name})

                made_up = own(random_names().names[parameter])
                places = {"foreign": own(matrix.victim.names.names[parameter]),
                          "of a deleted tenant": own(matrix.ghost.names.names[parameter]),
                          "deleted": own(gone[parameter])}
                answers = dict(zip(places, matrix.answers(operation, caller, places.values())))
                [expected] = matrix.answers(operation, caller, [made_up])
                found += differences(operation, caller, answers, expected)
    assert not found, "\n".join(found[:20]) + f"\n{len(found)} in all"
    assert matrix.victim.state() == before


@pytest.mark.parametrize("id, body", [
    ("BatchRevokeTokens", lambda names: {"names": [
        f"tenants/{names['tenant']}/tokens/{names['token']}"]}),
    ("BatchRevokeTokens", lambda names: {"names": [names["token"]]}),
    ("CreateToken", lambda names: {"role": "reader", "databases": [names["database"]]}),
    ("CreateToken", lambda names: {"role": "reader", "parent": f"tenants/{names['tenant']}"}),
])
def test_foreign_names_in_bodies_answer_as_those_made_up(matrix, id, body):
    """The path is one's own, the body names what isn't."""
    before = matrix.victim.state()
    of_both = [each for each in matrix.operations if each.id == id and each.parameters]
    assert len(of_both) == 2
    for operation, caller in itertools.product(of_both, matrix.callers):
        answers = []
        for names in (matrix.victim.names, random_names()):
            status, headers, text = matrix.asker.ask(
                operation, matrix.callers[caller], matrix.own.names, body(names.names))
            answers.append((status, names.forget(text) if status >= 400 else ""))
        assert answers[0] == answers[1], caller
    assert matrix.victim.state() == before


def own_names(matrix, operation, caller):
    """Something of the caller's own that may be lost."""
    names, server = matrix.own.names, matrix.server
    tenant = names.names["tenant"]
    admin = operation.port.startswith("admin")
    if caller == "operator" and admin and "tenant" in operation.parameters:
        names = World(server, "spares").names
        tenant = names.names["tenant"]
    if operation.id in ("DeleteDatabase", "delete_database"):
        expect(server.admin("POST", f"/v1/tenants/{tenant}/databases", {"databaseId": "spare-db"}))
        names = names.but(database="spare-db")
    if operation.id in ("DeleteCollection", "delete_collection"):
        call("POST", f"{matrix.own.base}/databases/{names.names['database']}/collections",
             {"name": "spare-things"}, matrix.own.token)
        names = names.but(collection_name="spare-things")
    if "token" in operation.parameters and "tenant" in operation.parameters:
        names = names.but(token=make_token(server, tenant, "reader").split("_")[1])
    if "issuer" in operation.parameters:
        names = names.but(issuer=random_names().names["issuer"])
    return names


def is_named_in_vain(operation):
    """Whether nothing has the names, so that who may ask is told that it isn't there."""
    return operation.id in ("RestoreBackup", "UndeleteTenant") or bool(
        {"issuer", "quotaOverride", "budget", "usageExport", "priceBook"}
        & set(operation.parameters)) or (
        "token" in operation.parameters and "tenant" not in operation.parameters)


def allowed(matrix, operation):
    """Who is not refused. What would lock the others out is asked for without saying what."""
    body = {} if operation.id.startswith("BatchRevoke") else None
    for caller, credential in matrix.callers.items():
        names = own_names(matrix, operation, caller)
        status = matrix.asker.ask(operation, credential, names, body)[0]
        assert status < 500, (operation, caller, status)
        if status not in ((401, 403) if is_named_in_vain(operation) else (401, 403, 404)):
            yield caller
        if operation.id in ("DeleteDatabase", "delete_database"):
            matrix.server.admin("DELETE", f"/v1/tenants/{names.names['tenant']}/databases/spare-db")


def test_who_may_do_what_to_ones_own_is_as_it_is_written_down(matrix):
    """WRITE_GOLDEN=1 writes the file anew, to be read before it is committed."""
    lines = []
    for each in sorted(matrix.operations, key=lambda each: (each.port, each.path, each.id)):
        who = ", ".join(allowed(matrix, each)) or "nobody"
        lines.append(f"{each.id} [{each.right}] {each.label}: {who}")
    text = "\n".join(lines) + "\n"
    if os.environ.get("WRITE_GOLDEN"):
        GOLDEN.write_text(text)
    assert text == GOLDEN.read_text()
