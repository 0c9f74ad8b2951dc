"""An identity provider for tests: keys, a server that publishes them, and tokens."""

import base64
import contextlib
import http.server
import json
import threading
import time
import uuid

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

# Algorithm -> how its key is made.
KEYS = {
    "RS256": lambda: rsa.generate_private_key(65537, 2048),
    "PS256": lambda: rsa.generate_private_key(65537, 2048),
    "ES256": lambda: ec.generate_private_key(ec.SECP256R1()),
    "EdDSA": ed25519.Ed25519PrivateKey.generate,
}


class Provider:
    """Keys of some algorithms, published under `url`."""

    def __init__(self, algorithms=tuple(KEYS)):
        self.keys = {name: KEYS[name]() for name in algorithms}
        self.documents = {}
        self.url = None

    @contextlib.contextmanager
    def serving(self):
        documents = self.documents

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                body = json.dumps(documents.get(self.path)).encode()
                self.send_response(200 if self.path in documents else 404)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *arguments):
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{server.server_address[1]}"
        documents["/keys"] = {"keys": [self.public(name) for name in self.keys]}
        documents["/.well-known/openid-configuration"] = {
            "issuer": self.url, "jwks_uri": self.url + "/keys"}
        try:
            yield self
        finally:
            server.shutdown()
            server.server_close()

    def public(self, algorithm):
        key = self.keys[algorithm].public_key()
        made = jwt.get_algorithm_by_name(algorithm).to_jwk(key, as_dict=True)
        return {**made, "kid": f"key-{algorithm}", "alg": algorithm, "use": "sig"}

    def claims(self, tenant, **changes):
        """Good claims for five minutes; None leaves one out."""
        now = int(time.time())
        claims = {
            "iss": self.url, "sub": "ada@corp.example", "aud": "tessera", "iat": now,
            "exp": now + 300, "jti": str(uuid.uuid4()), "tenant": tenant, "role": "dev", **changes,
        }
        return {name: value for name, value in claims.items() if value is not None}

    def token(self, tenant, algorithm="ES256", headers=None, **changes):
        return jwt.encode(
            self.claims(tenant, **changes), self.keys[algorithm], algorithm,
            {"kid": f"key-{algorithm}", **(headers or {})})


def unsigned(header, claims, signature=b""):
    """A token of any header with any signature, which libraries refuse to make."""
    parts = [json.dumps(header).encode(), json.dumps(claims).encode(), signature]
    return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)
