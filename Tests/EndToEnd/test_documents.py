"""Both HTTP ports describe themselves, and what they describe is what they serve."""

import re

import pytest

from server import call


@pytest.fixture(params=["http", "admin_http"])
def port(request, server):
    return server.endpoints[request.param]


def document(port):
    status, found = call("GET", port + "/openapi.json")
    assert status == 200
    return found


def operations(found):
    for path, item in found["paths"].items():
        for verb, operation in item.items():
            yield verb.upper(), path, operation


def references(value):
    if isinstance(value, dict):
        yield from ([value["$ref"]] if "$ref" in value else [])
        for each in value.values():
            yield from references(each)
    elif isinstance(value, list):
        for each in value:
            yield from references(each)


def test_the_document_is_whole(port):
    found = document(port)
    assert found["openapi"] == "3.1.0"
    for reference in references(found):
        assert reference.removeprefix("#/components/schemas/") in found["components"]["schemas"]
    names = [operation["operationId"] for _, _, operation in operations(found)]
    assert len(set(names)) == len(names) > 10
    for verb, path, operation in operations(found):
        assert operation["summary"].strip(), (verb, path)
        placed = [each["name"] for each in operation["parameters"] if each["in"] == "path"]
        assert sorted(placed) == sorted(re.findall(r"{(\w+)}", path)), path


def test_every_operation_is_there(port):
    """A path that is not served is answered 404 before anybody is asked for a token."""
    for verb, path, operation in operations(document(port)):
        if operation["security"]:
            filled = re.sub(r"{\w+}", "x" * 36, path)
            assert call(verb, port + filled, b"{}")[0] == 401, (verb, path)


def test_a_verb_that_a_path_does_not_take_is_refused_with_those_it_does(server):
    base = server.endpoints["admin_http"]
    status, body = call("PUT", base + "/v1/tenants/some-tenant")
    assert status == 405
    assert "DELETE, GET, PATCH" in str(body)
    assert call("GET", base + "/v1/no-such-thing")[0] == 404


def test_people_get_a_page(port):
    status, page = call("GET", port + "/docs")
    assert status == 200 and "<script" not in page
    for _, path, _ in operations(document(port)):
        assert path in page
