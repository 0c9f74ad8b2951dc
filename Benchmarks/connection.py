"""A plain keep-alive connection for everything that is not timed."""

from __future__ import annotations

import http.client
import json
import urllib.parse

TIMEOUT_SECONDS = 120


class RequestFailed(Exception):
    """The server refused a request that should have worked."""


class Connection:
    def __init__(self, url: str, token: str):
        address = urllib.parse.urlsplit(url)
        self._http = http.client.HTTPConnection(
            address.hostname, address.port, timeout=TIMEOUT_SECONDS
        )
        self._headers = {"Content-Type": "application/json"}
        if token:
            self._headers["X-Chroma-Token"] = token

    def send(self, method: str, path: str, body: bytes | None = None) -> bytes:
        self._http.request(method, path, body, self._headers)
        response = self._http.getresponse()
        content = response.read()
        if response.status >= 300:
            start = content[:300].decode(errors="replace")
            raise RequestFailed(f"{method} {path}: {response.status} {start}")
        return content

    def post(self, path: str, body: bytes):
        return json.loads(self.send("POST", path, body))

    def close(self):
        self._http.close()
