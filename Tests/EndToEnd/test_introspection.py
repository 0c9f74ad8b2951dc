"""gRPC's server reflection and health checks, by the libraries that speak them."""

import os
import signal
import threading

import grpc
import pytest
from google.protobuf.descriptor_pb2 import FileDescriptorProto
from google.protobuf.descriptor_pool import DescriptorPool
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import (
    ProtoReflectionDescriptorDatabase,
)

from server import wait_until

COMMON = {"grpc.health.v1.Health", "grpc.reflection.v1.ServerReflection"}
DATA = "tessera.data.v1.DataService"
TENANTS = "tessera.admin.v1.TenantService"


def channel(server, port):
    return grpc.insecure_channel(server.endpoints[port].split("://")[-1])


@pytest.mark.parametrize("port, own, other", [
    ("grpc", DATA, TENANTS), ("admin_grpc", TENANTS, DATA),
])
def test_anyone_may_list_what_a_port_serves_and_no_more(server, port, own, other):
    with channel(server, port) as connection:
        database = ProtoReflectionDescriptorDatabase(connection)
        services = set(database.get_services())
        assert COMMON | {own} <= services and other not in services
        pool = DescriptorPool(database)
        for name in services:
            assert pool.FindServiceByName(name).methods
        with pytest.raises(KeyError):
            pool.FindServiceByName(other)


def test_reflection_knows_the_options_of_methods(server):
    option = reflection_pb2.ExtensionRequest(
        containing_type="google.protobuf.MethodOptions", extension_number=50101)
    with channel(server, "admin_grpc") as connection:
        database = ProtoReflectionDescriptorDatabase(connection)
        assert 50101 in database.FindAllExtensionNumbers(option.containing_type)
        stub = reflection_pb2_grpc.ServerReflectionStub(connection)
        [answer] = stub.ServerReflectionInfo(
            iter([reflection_pb2.ServerReflectionRequest(file_containing_extension=option)]))
    file = FileDescriptorProto.FromString(answer.file_descriptor_response.file_descriptor_proto[0])
    assert file.name == "tessera/admin/v1/annotations.proto"


def test_reflection_tells_nothing_of_tenants(server, tenant):
    with channel(server, "admin_grpc") as connection:
        stub = reflection_pb2_grpc.ServerReflectionStub(connection)
        asked = [
            reflection_pb2.ServerReflectionRequest(list_services=tenant.name),
            reflection_pb2.ServerReflectionRequest(file_containing_symbol=tenant.name),
            reflection_pb2.ServerReflectionRequest(file_by_filename="/etc/passwd"),
            reflection_pb2.ServerReflectionRequest(),
        ]
        answers = list(stub.ServerReflectionInfo(iter(asked)))
    codes = [answer.error_response.error_code for answer in answers]
    assert codes == [0, grpc.StatusCode.NOT_FOUND.value[0], grpc.StatusCode.NOT_FOUND.value[0],
                     grpc.StatusCode.INVALID_ARGUMENT.value[0]]
    for answer in answers:
        answer.ClearField("original_request")
        assert tenant.name.encode() not in answer.SerializeToString()


@pytest.mark.parametrize("port, service", [("grpc", DATA), ("admin_grpc", TENANTS)])
def test_a_server_that_serves_says_so(server, port, service):
    with channel(server, port) as connection:
        health = health_pb2_grpc.HealthStub(connection)
        for name in ["", service]:
            answer = health.Check(health_pb2.HealthCheckRequest(service=name))
            assert answer.status == health_pb2.HealthCheckResponse.SERVING
        with pytest.raises(grpc.RpcError) as refusal:
            health.Check(health_pb2.HealthCheckRequest(service="no.such.Service"))
        assert refusal.value.code() == grpc.StatusCode.NOT_FOUND
        watched = health.Watch(health_pb2.HealthCheckRequest(service="no.such.Service"))
        assert next(watched).status == health_pb2.HealthCheckResponse.SERVICE_UNKNOWN
        watched.cancel()


def test_a_watcher_is_told_of_the_stop_and_does_not_delay_it(own_server):
    server = own_server().start()
    with channel(server, "admin_grpc") as connection:
        watched = health_pb2_grpc.HealthStub(connection).Watch(health_pb2.HealthCheckRequest())
        assert next(watched).status == health_pb2.HealthCheckResponse.SERVING
        questions = threading.Event()

        def silent():
            questions.wait()
            yield from ()

        stub = reflection_pb2_grpc.ServerReflectionStub(connection)
        idle = stub.ServerReflectionInfo(silent())
        # Another status would be that of the drain's deadline.
        assert server.stop() == 0
        statuses = []
        try:
            statuses += [each.status for each in watched]
        except grpc.RpcError:
            pass
        questions.set()
        idle.cancel()
    assert health_pb2.HealthCheckResponse.NOT_SERVING in statuses


def test_without_its_database_the_admin_api_is_not_serving_and_the_data_plane_is(own_server):
    server = own_server().start()

    def status(port):
        with channel(server, port) as connection:
            return health_pb2_grpc.HealthStub(connection).Check(
                health_pb2.HealthCheckRequest(), timeout=60).status

    database = set()
    # A session that is being opened meanwhile would go on answering.
    while new := set(server.children()) - database:
        for process in new:
            os.kill(process, signal.SIGSTOP)
        database |= new
    try:
        assert wait_until(
            lambda: status("admin_grpc") == health_pb2.HealthCheckResponse.NOT_SERVING, 30)
        assert status("grpc") == health_pb2.HealthCheckResponse.SERVING
    finally:
        for process in database:
            os.kill(process, signal.SIGCONT)
    assert wait_until(
        lambda: status("admin_grpc") == health_pb2.HealthCheckResponse.SERVING, 60)
