"""The language server: recorded sessions (tests/cases/lsp), bytes in odd pieces, and the client library that editors
are built on (vscode-languageserver-protocol, from npm into the build folder; skipped, saying why, without it).

usage: test_lsp.py PLIMSOLL BUILD
"""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import threading

HERE = pathlib.Path(__file__).parent
CASES = HERE.parent / "cases" / "lsp"
PACKAGES = ("vscode-languageserver-protocol@3.17.5", "vscode-jsonrpc@8.2.0")


class Server:
    def __init__(self, plimsoll, *options):
        self.process = subprocess.Popen([plimsoll, "lsp", *options], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE)
        self.clock = threading.Timer(60, self.process.kill)
        self.clock.start()

    def write(self, data):
        self.process.stdin.write(data)
        self.process.stdin.flush()

    def send(self, message):
        self.write(frame(message))

    def receive(self):
        length = None
        while (line := self.process.stdout.readline()) != b"\r\n":
            assert line, "the server has gone: " + self.process.stderr.read().decode()
            name, _, value = line.partition(b":")
            length = int(value) if name == b"Content-Length" else length
        return json.loads(self.process.stdout.read(length))

    def end(self):
        self.process.stdin.close()
        code = self.process.wait()
        self.clock.cancel()
        rest = self.process.stdout.read()
        assert not rest, f"more than was expected: {rest}"
        return code


def frame(message):
    body = json.dumps(message, ensure_ascii=False).encode()
    return b"Content-Length: %d\r\n\r\n" % len(body) + body


def matches(expected, found):
    if isinstance(expected, dict) and set(expected) == {"contains"}:
        return isinstance(found, list) and all(any(matches(e, f) for f in found) for e in expected["contains"])
    if isinstance(expected, dict) and set(expected) == {"lacks"}:
        return isinstance(found, list) and not any(matches(e, f) for f in found for e in expected["lacks"])
    if isinstance(expected, dict):
        return isinstance(found, dict) and all(k in found and matches(v, found[k]) for k, v in expected.items())
    if isinstance(expected, list):
        return isinstance(found, list) and len(expected) == len(found) and all(map(matches, expected, found))
    return type(expected) is type(found) and expected == found


def session(plimsoll, path):
    server = Server(plimsoll)
    for number, line in enumerate(path.read_text().splitlines(), 1):
        step = json.loads(line)
        if "send" in step:
            server.send(step["send"])
            continue
        found = server.receive()
        assert matches(step["expect"], found), f"{path.name}:{number}: expected {step['expect']}, came {found}"
    assert server.end() == 0


BEGIN = {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {"capabilities": {}}}
HOVER = {"jsonrpc": "2.0", "id": 2, "method": "textDocument/hover", "params": {}}
CANCEL = {"jsonrpc": "2.0", "method": "$/cancelRequest", "params": {"id": 2}}


def pieces(plimsoll):
    """One byte at a time, and all at once."""
    server = Server(plimsoll)
    for byte in frame(BEGIN):
        server.write(bytes([byte]))
    assert server.receive()["id"] == 1
    server.write(b"Content-Type: application/vscode-jsonrpc; charset=utf-8\r\n" + frame(HOVER) + frame(CANCEL))
    answer = server.receive()
    assert answer["error"]["code"] == -32800, answer
    assert server.end() == 1  # without shutdown


def hostile(plimsoll):
    """A stream that can't be followed ends the server with its reason; a message that can't be read does not."""
    ends = {
        b"Content-Length: 99999999999\r\n\r\n": "at most",
        b"Content-Length: -1\r\n\r\n": "not one number",
        b"Content-Length: 5\r\nContent-Length: 6\r\n\r\n": "not one number",
        b"X: 1\r\n\r\n": "without Content-Length",
        b"X" * 5000: "header",
    }
    for data, reason in ends.items():
        server = Server(plimsoll)
        server.write(data)
        said = server.process.stderr.read().decode()
        assert server.end() == 2 and reason in said, (data[:60], said)
    server = Server(plimsoll)
    for body in (b"{", b"[" * 100000, b"\xff", b""):
        server.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        answer = server.receive()
        assert answer["error"]["code"] == -32700 and answer["id"] is None, answer
    server.send(BEGIN)
    assert server.receive()["id"] == 1
    server.end()


def node_client(plimsoll, build):
    folder = pathlib.Path(build) / "lsp-client"
    if not shutil.which("npm") or not shutil.which("node"):
        return "node and npm are not installed"
    folder.mkdir(exist_ok=True)
    if not (folder / "node_modules" / "vscode-languageserver-protocol").exists():
        made = subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--no-save", "--ignore-scripts",
                               "--prefix", ".", *PACKAGES], cwd=folder, capture_output=True, text=True)
        if made.returncode:
            return "npm can't install the client: " + made.stderr.strip().splitlines()[-1]
    script = HERE / "lsp" / "client.js"
    ran = subprocess.run(["node", script, plimsoll], capture_output=True, text=True, timeout=120,
                         env={**os.environ, "NODE_PATH": str((folder / "node_modules").resolve())})
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return None


def main(plimsoll, build):
    tests = [(f"session {path.stem}", lambda path=path: session(plimsoll, path)) for path in sorted(CASES.glob("*.jsonl"))]
    tests += [("in pieces", lambda: pieces(plimsoll)), ("hostile streams", lambda: hostile(plimsoll)),
              ("client library", lambda: node_client(plimsoll, build))]
    print(f"1..{len(tests)}")
    failed = 0
    for number, (name, test) in enumerate(tests, 1):
        try:
            skipped = test()
            print(f"ok {number} {name}" + (f" # SKIP {skipped}" if skipped else ""))
        except AssertionError as error:
            failed = 1
            print(f"not ok {number} {name}\n# " + str(error).replace("\n", "\n# "))
    return failed


sys.exit(main(*sys.argv[1:]))
