"""The gRPC half of the isolation matrix: every method of the data and the admin services.

Services, methods and messages come from the server's own reflection, so a new method is in the
matrix without further ado. The names in an admin method's message are those of the paths that
/openapi.json gives it; a new data method has to say here what it is called with.
"""

import dataclasses
import json
import re

import grpc
from google.protobuf import json_format, message_factory
from google.protobuf.descriptor_pool import DescriptorPool
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import (
    ProtoReflectionDescriptorDatabase,
)

CALL_SECONDS = 60
PORTS = ("grpc", "admin_grpc")
OURS = "tessera."
# The fields that hold a resource's name, and how they stand to the path of HTTP.
PLACES = ("name", "parent", "resource")

DATABASE = {"tenant": "{tenant}", "database": "{database}"}
RECORDS = {**DATABASE, "collectionId": "{collection_id}"}
VECTOR = {"dimension": 2, "values": "AADAQAAAwEA="}

# What each data method is called with: first what it names, then what it would do.
DATA = {
    "CreateCollection": [(DATABASE, {"name": "planted", "getOrCreate": True})],
    "GetCollection": [({**DATABASE, "id": "{collection_id}"}, {}),
                      ({**DATABASE, "name": "{collection_name}"}, {})],
    "ListCollections": [(DATABASE, {})],
    "DeleteCollection": [({**DATABASE, "name": "{collection_name}"}, {})],
    "WriteRecords": [(RECORDS, {"operation": operation, "records": {
        "records": [{"id": "planted"}], "embeddings": VECTOR}})
        for operation in ("ADD", "UPDATE", "UPSERT")],
    "DeleteRecords": [(RECORDS, {"selection": {"ids": {"ids": ["a"]}}})],
    "GetRecords": [(RECORDS, {})],
    "Query": [(RECORDS, {"embeddings": VECTOR})],
    "Count": [(RECORDS, {})],
}

# The statuses of HTTP that say the same, for what both halves are asked.
STATUSES = {
    grpc.StatusCode.OK: 200, grpc.StatusCode.INVALID_ARGUMENT: 400,
    grpc.StatusCode.FAILED_PRECONDITION: 400, grpc.StatusCode.OUT_OF_RANGE: 400,
    grpc.StatusCode.UNAUTHENTICATED: 401, grpc.StatusCode.PERMISSION_DENIED: 403,
    grpc.StatusCode.NOT_FOUND: 404, grpc.StatusCode.ALREADY_EXISTS: 409,
    grpc.StatusCode.ABORTED: 409, grpc.StatusCode.RESOURCE_EXHAUSTED: 429,
}
FAILED = 500


@dataclasses.dataclass(frozen=True)
class RPCOperation:
    port: str
    method: object
    right: str
    # The fields that name something, with the names' places in braces, and the others.
    place: str
    fields: str

    @property
    def id(self):
        return self.method.name

    @property
    def path(self):
        return f"/{self.method.containing_service.full_name}/{self.id}"

    @property
    def label(self):
        names = [*json.loads(self.place).values(), self.body.get("operation", "")]
        return " ".join([self.path, *filter(None, names)])

    @property
    def parameters(self):
        return re.findall(r"{(\w+)}", self.place)

    @property
    def body(self):
        return json.loads(self.fields)

    def message(self, names, body):
        place = {field: names.stand_in(text) for field, text in json.loads(self.place).items()}
        made = message_factory.GetMessageClass(self.method.input_type)()
        json_format.ParseDict({**body, **place}, made)
        return made.SerializeToString()


def rpc_operations(server, http):
    """Every method but those that are open to anyone. `http` are the operations of HTTP."""
    for port in PORTS:
        with channel(server, port) as connection:
            database = ProtoReflectionDescriptorDatabase(connection)
            pool = DescriptorPool(database)
            services = [name for name in database.get_services() if name.startswith(OURS)]
            assert services
            for method in (each for name in services
                           for each in pool.FindServiceByName(name).methods):
                found = list(data_operations(method) if port == "grpc"
                             else admin_operations(method, http))
                assert found, f"{method.full_name} is in no /openapi.json"
                yield from found


def data_operations(method):
    """Raises KeyError for a new method: say above what it is called with."""
    for place, fields in DATA[method.name]:
        yield RPCOperation("grpc", method, "", json.dumps(place), json.dumps(fields))


def admin_operations(method, http):
    for each in http:
        if each.port == "admin_http" and each.id.split("_")[0] == method.name:
            place = {} if not each.parameters else {
                field: resource(each.path, field) for field in PLACES
                if field in method.input_type.fields_by_name}
            yield RPCOperation(
                "admin_grpc", method, each.right, json.dumps(place), json.dumps(each.body or {}))


def resource(path, field):
    """The name that stands in the path: without what is done to it, for a parent to what."""
    name = path.removeprefix("/v1/").split(":")[0]
    return name.rsplit("/", 1)[0] if field == "parent" else name


def channel(server, port):
    return grpc.insecure_channel(server.endpoints[port].split("://")[-1])


class RPCAsker:
    """Calls methods with raw messages; an answer is status, metadata and bytes or words."""

    def __init__(self, server):
        self.channels = {port: channel(server, port) for port in PORTS}

    def ask(self, operation, credential, names, body, changing):
        metadata = [] if credential is None else [("authorization", f"Bearer {credential}")]
        streams = operation.method.server_streaming
        channel = self.channels[operation.port]
        call = (channel.unary_stream if streams else channel.unary_unary)(operation.path)
        request = operation.message(names, body)
        try:
            if streams:
                answer = call(request, metadata=metadata, timeout=CALL_SECONDS)
                text = b"".join(answer)
            else:
                text, answer = call.with_call(request, metadata=metadata, timeout=CALL_SECONDS)
            text = text.decode("latin-1")
        except grpc.RpcError as error:
            answer, text = error, error.details()
        told = [*(answer.initial_metadata() or ()), *(answer.trailing_metadata() or ())]
        kept = sorted((key, str(value)) for key, value in told if key not in changing)
        request_id = dict(told).get("x-request-id", "")
        text = names.forget(text)
        return (STATUSES.get(answer.code(), FAILED), [str(answer.code()), *kept],
                text.replace(request_id, "<request>") if request_id else text)


__all__ = ["RPCAsker", "RPCOperation", "rpc_operations"]
