"""The gRPC data service as a client sees it: generated stubs and packed embeddings."""

import functools
import importlib
import pathlib
import struct
import sys
import tempfile

import grpc
from grpc_tools import protoc

PROTO = pathlib.Path(__file__).resolve().parents[2] / "proto"
FILE = "tessera/data/v1/data.proto"
CALL_SECONDS = 30


@functools.lru_cache(maxsize=None)
def stubs():
    """The modules that protoc makes of the contract: (messages, service)."""
    output = tempfile.mkdtemp(prefix="tessera-proto-")
    code = protoc.main([
        "protoc", f"-I{PROTO}", "-I" + str(pathlib.Path(protoc.__file__).parent / "_proto"),
        f"--python_out={output}", f"--grpc_python_out={output}", FILE,
    ])
    assert code == 0
    sys.path.insert(0, output)
    names = ("data_pb2", "data_pb2_grpc")
    return tuple(importlib.import_module(f"tessera.data.v1.{name}") for name in names)


class Client:
    """Calls in one tenant's database: `client.Count(collection_id=…)`."""

    def __init__(self, tenant, token=None, metadata=None, names=None):
        self.messages, service = stubs()
        address = tenant.server.endpoints["grpc"].removeprefix("http://")
        self.channel = grpc.insecure_channel(address)
        self.stub = service.DataServiceStub(self.channel)
        self.names = {"tenant": tenant.name, "database": tenant.database, **(names or {})}
        self.metadata = metadata
        if metadata is None:
            self.metadata = [("authorization", f"Bearer {token or tenant.token}")]

    def __getattr__(self, method):
        request = getattr(self.messages, method + "Request")
        return lambda **fields: getattr(self.stub, method)(
            request(**self.names, **fields), metadata=self.metadata, timeout=CALL_SECONDS)

    def embeddings(self, *rows):
        """Packed; None leaves a row out."""
        stored = [row for row in rows if row is not None]
        dimension = len(stored[0]) if stored else 0
        return self.messages.Embeddings(
            dimension=dimension,
            values=b"".join(struct.pack(f"<{dimension}f", *row) for row in stored),
            present=[row is not None for row in rows] if len(stored) < len(rows) else [])

    def records(self, *records, embeddings=None):
        """Each record as a dictionary of its fields."""
        made = self.messages.RecordList(
            records=[self.messages.Record(**fields) for fields in records])
        if embeddings is not None:
            made.embeddings.CopyFrom(self.embeddings(*embeddings))
        return made

    def metadata_of(self, **values):
        """Pairs of a kind and a value: `metadata_of(price=("int", 3))`."""
        entry = self.messages.MetadataEntry
        return self.messages.Metadata(
            entries=[entry(key=key, **{kind: value}) for key, (kind, value) in values.items()])


def rows(embeddings):
    """The packed rows as lists of floats."""
    count = len(embeddings.values) // 4
    flat = struct.unpack(f"<{count}f", embeddings.values)
    width = embeddings.dimension
    return [list(flat[start:start + width]) for start in range(0, count, width or 1)]
