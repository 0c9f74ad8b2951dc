"""Marked secrets and content, and the search for them in any bytes, however they were written."""

import base64
import contextlib
import struct
import urllib.parse

# Shorter pieces of base64 would be found by chance.
PIECE_BYTES_MIN = 12
# How much of what stands before a canary is shown.
CONTEXT_BYTES = 100


class Canaries:
    """What must not be found, by a name for each. Secrets may be nowhere; content only where
    tenants' data belongs."""

    def __init__(self):
        self.secrets = {}
        self.content = {}
        self.found = []

    def secret(self, name, value):
        self.secrets[name] = forms(value if isinstance(value, bytes) else value.encode())
        return value

    def text(self, name, value):
        self.content[name] = forms(value.encode())
        return value

    def vector(self, name, values):
        """Each element as text, all of them together as f32."""
        texts = {f"{value:.9f}".encode()[:8] for value in values}
        self.content[name] = texts | forms(struct.pack(f"<{len(values)}f", *values))
        return values

    def token(self, name, token):
        """The private part of a token of ours; its key id is public."""
        self.secret(name, token.split("_")[2][:43])
        return token

    def jwt(self, name, token):
        for part, text in zip(("header", "claims", "signature"), token.split(".")):
            if part != "header" and len(text) >= PIECE_BYTES_MIN:
                self.secret(f"{name}'s {part}", text)
        return token

    def pem(self, name, path):
        """A private key: every full line of it."""
        lines = [line for line in path.read_text().splitlines() if len(line) > 40]
        assert lines
        for number, line in enumerate(line for line in lines if "-----" not in line):
            self.secret(f"{name}, line {number}", line)

    def key_file(self, name, path):
        self.secret(name, path.read_bytes().strip())

    def look(self, sink, data, content=True):
        """Notes every canary in the data. `content=False`: records may be there, secrets not."""
        data = data if isinstance(data, bytes) else data.encode()
        # Case of %XX and of hex is the writer's choice.
        lowered = data.lower()
        for name, patterns in {**self.secrets, **(self.content if content else {})}.items():
            places = [data.find(each) for each in patterns]
            places += [lowered.find(each.lower()) for each in patterns]
            place = max(places)
            if place >= 0:
                before = data[max(place - CONTEXT_BYTES, 0):place]
                self.found.append(f"{name} is in {sink}, after {before!r}")


def forms(value):
    """The bytes, and what they look like in base64, hexadecimal, URLs and JSON."""
    found = {value, value.hex().encode(), b"".join(b"%%%02X" % each for each in value)}
    found |= {base64_piece(value, offset, encode) for offset in range(3)
              for encode in (base64.b64encode, base64.urlsafe_b64encode)}
    # As bytea and JSON escapes would have it.
    found.add(b"".join(b"\\u%04x" % each for each in value))
    found.add(urllib.parse.quote_from_bytes(value, safe="").encode())
    with contextlib.suppress(ValueError):
        found.add(bytes.fromhex(value.decode()))
    return {each for each in found if len(each) >= 8}


def base64_piece(value, offset, encode):
    """Of the base64 of anything that has the value at that offset, what the value alone decides."""
    whole = encode(b"\0" * offset + value)
    first = (0, 2, 3)[offset]
    return whole[first:(offset + len(value)) * 8 // 6]
