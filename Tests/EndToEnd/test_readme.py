"""README's commands, word for word and in its order, against a server of their own."""

import json
import os
import pathlib
import re
import subprocess

README = pathlib.Path(__file__).resolve().parents[2] / "README.md"
COMMAND_SECONDS = 120
# A month is receipted when it has ended, and the server here is minutes old.
NOT_YET = ("tessera usage receipt ", "tessera usage verify")


def blocks(*languages):
    """The contents of the fenced blocks of these languages, in order."""
    found = re.findall(r"^```(\w*)\n(.*?)^```$", README.read_text(), re.MULTILINE | re.DOTALL)
    return [text for language, text in found if language in languages]


def commands():
    """Each command that talks to a server or reads its files."""
    for block in blocks("sh", ""):
        text = re.sub(r"\\\n\s*", "", block)
        if "tessera serve" not in text:
            yield from (line for line in text.splitlines()
                        if line.startswith("tessera ") and not line.startswith(NOT_YET))


class Newcomer:
    """Somebody at a shell, beside a data directory of the usual name."""

    def __init__(self, server):
        self.server = server
        server.data = server.root / "tessera-data"
        (server.root / "bin").mkdir()
        (server.root / "bin/tessera").symlink_to(server.binary)
        (server.root / "tenants.yaml").write_text(blocks("yaml")[0])

    def run(self, command):
        return subprocess.run(
            ["bash", "-c", command], cwd=self.server.root, capture_output=True, text=True,
            timeout=COMMAND_SECONDS, env={
                **self.server.environment(),
                "PATH": f"{self.server.root}/bin:{os.environ['PATH']}"})

    def fill_in(self, command):
        """With what a reader puts in the places of README's own words."""
        command = command.replace("/var/backups", str(self.server.root))
        if "KEYID" in command.split("#")[0]:
            [token, *_] = json.loads(
                self.run("tessera token list --tenant acme --json "
                         "--data-dir tessera-data").stdout)["tokens"]
            command = command.replace("KEYID", token["name"].split("/")[-1])
        if "<id>" in command:
            [tenant, *_] = (self.server.data / "tenants").iterdir()
            command = command.replace("<id>", tenant.name)
        return command


def test_every_command_does_what_it_says(own_server):
    newcomer = Newcomer(own_server())
    newcomer.server.start()
    done = []
    for command in commands():
        # "Stop the server before you check the files it uses."
        if "tenants/<id>" in command:
            newcomer.server.stop()
        if "tessera quota get" in command:
            newcomer.server.start()
        said = newcomer.run(newcomer.fill_in(command))
        assert said.returncode == 0, f"{command}\n{said.stdout}{said.stderr}"
        done.append(command)
    assert len(done) > 30
