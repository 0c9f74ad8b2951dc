"""The services of the installation's own processes: every method is refused without a certificate
of the installation, and to a certificate whose role has no business with it.

Services and methods come from the protos, so a new method is asked too, and a new service that
isn't in CALLERS fails.
"""

import pathlib
import subprocess

import grpc
import pytest
from google.protobuf.descriptor_pb2 import FileDescriptorSet
from grpc_tools import protoc

from tenancy import make_tenant

CALL_SECONDS = 20
PROTO = pathlib.Path(__file__).resolve().parents[2] / "proto"
ROLES = ("control", "engine", "frontend")
# Who may call which service.
CALLERS = {
    "control": {"tessera.edge.v1.EdgeService": {"frontend"},
                "tessera.edge.v1.UsageService": {"frontend", "engine"}},
    "engine": {"tessera.engine.v1.EngineService": {"control", "frontend"},
               "tessera.engine.v1.BackupService": {"control"},
               "tessera.engine.v1.LoadService": {"control"}},
}


# Methods of fewer callers than their service.
NARROWER = {"/tessera.engine.v1.EngineService/RemoveTenant": {"control"},
            "/tessera.engine.v1.EngineService/RemoveEverything": {"control"}}
REFUSAL = "The peer's certificate names no role that may call this."


@pytest.fixture(scope="module")
def services(tmp_path_factory):
    """The paths of all methods, by service."""
    output = tmp_path_factory.mktemp("protos") / "set"
    files = [str(each.relative_to(PROTO)) for part in ("edge", "engine")
             for each in sorted((PROTO / "tessera" / part).rglob("*.proto"))]
    google = pathlib.Path(protoc.__file__).parent / "_proto"
    assert protoc.main(
        ["protoc", f"-I{PROTO}", f"-I{google}", f"--descriptor_set_out={output}", *files]) == 0
    found = {
        name: [f"/{name}/{method.name}" for method in service.method]
        for file in FileDescriptorSet.FromString(output.read_bytes()).file
        for service in file.service for name in [f"{file.package}.{service.name}"]}
    assert found.keys() == {name for names in CALLERS.values() for name in names}
    return found


@pytest.fixture(scope="module")
def strangers(tmp_path_factory, request):
    """Certificates with the right names of an authority that isn't the installation's."""
    directory = tmp_path_factory.mktemp("strangers")
    subprocess.run(
        [request.config.getoption("--binary"), "certs", "init", "--out", str(directory)],
        check=True, stdout=subprocess.DEVNULL)
    return directory


def channel(installation, callee, directory=None, role=None):
    """Trusts the callee; shows the role's certificate of the directory, or none."""
    def read(name):
        return (directory / name).read_bytes()

    own = {} if role is None else {
        "private_key": read(f"{role}-key.pem"), "certificate_chain": read(f"{role}.pem")}
    trust = grpc.ssl_channel_credentials(
        (installation.certificates / "ca.pem").read_bytes(), **own)
    address = getattr(installation, callee).endpoints["edge"].split("://")[-1]
    name = (("grpc.ssl_target_name_override", f"{callee}.tessera.internal"),)
    return grpc.secure_channel(address, trust, options=name)


def answer(connection, path, metadata=()):
    """The status and the words of a call with an empty message."""
    call = connection.stream_stream(path)(
        iter([b""]), metadata=metadata, timeout=CALL_SECONDS)
    try:
        next(call, None)
    except grpc.RpcError:
        return call.code(), call.details()
    call.cancel()
    return grpc.StatusCode.OK, ""


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("callee", CALLERS)
def test_a_role_is_refused_what_is_not_its_business(installation, services, callee, role):
    with channel(installation, callee, installation.certificates, role) as connection:
        for service, callers in CALLERS[callee].items():
            for path in services[service]:
                refused = answer(connection, path) == (
                    grpc.StatusCode.PERMISSION_DENIED, REFUSAL)
                assert refused == (role not in NARROWER.get(path, callers)), path


@pytest.mark.parametrize("callee", CALLERS)
def test_without_a_certificate_of_the_installation_nothing_is_answered(
        installation, services, strangers, callee):
    token = [("authorization", f"Bearer {installation.admin_token}")]
    for directory, role in [(None, None), *((strangers, role) for role in ROLES)]:
        with channel(installation, callee, directory, role) as connection:
            for path in (path for each in CALLERS[callee] for path in services[each]):
                assert answer(connection, path, token)[0] == grpc.StatusCode.UNAVAILABLE, path


def test_no_frontend_resets_an_installation_that_was_not_told_to_allow_it(installation, services):
    make_tenant(installation, "kept")
    before = installation.admin("GET", "/v1/tenants")
    with channel(installation, "control", installation.certificates, "frontend") as connection:
        code, _ = answer(connection, "/tessera.edge.v1.EdgeService/ResetToBootstrap")
    assert code == grpc.StatusCode.PERMISSION_DENIED
    assert installation.admin("GET", "/v1/tenants") == before
