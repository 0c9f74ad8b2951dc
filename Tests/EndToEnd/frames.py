"""HTTP/2 by hand (RFC 9113), for clients that do what no library lets them do."""

import contextlib
import socket
import struct
import time

DATA, HEADERS, RST_STREAM, SETTINGS, GOAWAY = 0, 1, 3, 4, 7
END_STREAM, END_HEADERS, ACK = 1, 4, 1
INITIAL_WINDOW_SIZE = 4


def frame(kind, flags, stream, payload=b""):
    return struct.pack(">I", len(payload))[1:] + struct.pack(">BBI", kind, flags, stream) + payload


def settings(**values):
    numbers = {"window": INITIAL_WINDOW_SIZE}
    return frame(SETTINGS, 0, 0, b"".join(
        struct.pack(">HI", numbers[name], value) for name, value in values.items()))


def literals(fields):
    """HPACK without tables and Huffman (RFC 7541 §6.2.2); texts below 127 bytes."""
    return b"".join(
        b"\0" + bytes([len(name)]) + name.encode() + bytes([len(value)]) + value.encode()
        for name, value in fields)


class Connection:
    """A connection to a gRPC port in clear text, and what came back on it."""

    def __init__(self, address, **values):
        self.socket = socket.create_connection(address, timeout=10)
        self.socket.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + settings(**values))
        self.unread = b""

    def call(self, path, token, message=None):
        """Opens stream 1; with a message, all of it is sent."""
        fields = [
            (":method", "POST"), (":scheme", "http"), (":path", path), (":authority", "test"),
            ("content-type", "application/grpc"), ("te", "trailers"), ("x-chroma-token", token)]
        self.socket.sendall(frame(HEADERS, END_HEADERS, 1, literals(fields)))
        if message is not None:
            body = struct.pack(">BI", 0, len(message)) + message
            self.socket.sendall(frame(DATA, END_STREAM, 1, body))

    def drip(self, byte=b"\0"):
        """One byte of the request of stream 1; whether it could be sent."""
        with contextlib.suppress(OSError):
            self.socket.sendall(frame(DATA, 0, 1, byte))
            return True
        return False

    def frames(self, seconds):
        """(kind, flags, stream) of what comes; ends when the connection does."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            self.socket.settimeout(max(0.01, deadline - time.monotonic()))
            try:
                more = self.socket.recv(65536)
            except (TimeoutError, OSError):
                return
            if not more:
                return
            self.unread += more
            while len(self.unread) >= 9:
                length = int.from_bytes(self.unread[:3], "big")
                if len(self.unread) < 9 + length:
                    break
                kind, flags, stream = struct.unpack(">BBI", self.unread[3:9])
                self.unread = self.unread[9 + length:]
                yield kind, flags, stream

    def close(self):
        self.socket.close()
