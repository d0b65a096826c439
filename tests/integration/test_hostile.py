#!/usr/bin/env python3
"""Bad input: each costs itself alone, with a message, exit code 3, bounded memory and time.

    test_hostile.py PLIMSOLL PLIMSOLL_FAULTS

Prints TAP. All inputs are made here; nothing is fetched.
"""

import base64
import gzip
import hashlib
import io
import json
import os
import shutil
import struct
import subprocess
import sys
import tempfile
import threading
import time
import zipfile
import zlib

PLIMSOLL, FAULTS = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
MIB = 1024 * 1024
MEMORY = 256 * MIB
ESC = b"\x1b"


def is_sanitized():
    with open(PLIMSOLL, "rb") as f:
        return b"__asan_init" in f.read()


SANITIZED = is_sanitized()
SECONDS = 300 if SANITIZED else 60


# ---- tar


def octal(value, width):
    return b"%0*o\0" % (width - 1, value)


def header(name, size=0, kind=b"0", link=b"", size_field=None, prefix=b"", device=(0, 0)):
    block = (name[:100].ljust(100, b"\0") + octal(0o644, 8) + octal(0, 8) + octal(0, 8) +
             (size_field or octal(size, 12)) + octal(0, 12) + b" " * 8 + kind + link[:100].ljust(100, b"\0") +
             b"ustar\x0000" + b"\0" * 64 + octal(device[0], 8) + octal(device[1], 8) + prefix.ljust(155, b"\0"))
    block = block.ljust(512, b"\0")
    return block[:148] + b"%06o\0 " % sum(block) + block[156:]


def padded(data):
    return data + b"\0" * (-len(data) % 512)


def entry(name, data=b"", **fields):
    return header(name, len(data), **fields) + padded(data)


def pax(**records):
    body = b""
    for key, value in records.items():
        value = value if isinstance(value, bytes) else value.encode()
        rest = b" " + key.replace("_", ".").encode() + b"=" + value + b"\n"
        n = len(rest)
        while len(b"%d" % n) + len(rest) != n:
            n = len(b"%d" % n) + len(rest)
        body += b"%d" % n + rest
    return entry(b"pax", body, kind=b"x")


def long_name(name):
    return entry(b"././@LongLink", name + b"\0", kind=b"L")


END = b"\0" * 1024


def lock(name):
    return json.dumps({"lockfileVersion": 3, "packages": {"node_modules/" + name: {"version": "1.0.0"}}}).encode()


def good(name="good"):
    """An entry with a lockfile of one package."""
    return entry(b"%s/package-lock.json" % name.encode(), lock(name))


GOOD = good() + END


# ---- compression of much of the same, cheaply


def zstd(pieces):
    """Pieces are bytes (raw blocks) or numbers (that many zeros, as RLE blocks), RFC 8878 section 3.1.1."""
    out = [b"\x28\xb5\x2f\xfd\x00\x38"]
    most = 128 * 1024

    def block(kind, n, content, last=0):
        out.append(struct.pack("<I", n << 3 | kind << 1 | last)[:3] + content)

    for piece in pieces:
        if isinstance(piece, int):
            whole, rest = divmod(piece, most)
            out.append((struct.pack("<I", most << 3 | 1 << 1)[:3] + b"\0") * whole)
            if rest:
                block(1, rest, b"\0")
        else:
            for at in range(0, len(piece), most):
                part = piece[at:at + most]
                block(0, len(part), part)
    block(0, 0, b"", last=1)
    return b"".join(out)


def deflated(data):
    """A run of deflate blocks that can stand anywhere in a stream: it refers to nothing before it."""
    z = zlib.compressobj(6, zlib.DEFLATED, -15)
    return z.compress(data) + z.flush(zlib.Z_FULL_FLUSH)


def gzip_of(pieces):
    """Pieces are (bytes, times). Returns the stream and the digest of its content."""
    out, crc, size, sha = [b"\x1f\x8b\x08\0\0\0\0\0\0\xff"], 0, 0, hashlib.sha256()
    for data, times in pieces:
        out.append(deflated(data) * times)
        for _ in range(times):
            crc, size = zlib.crc32(data, crc), size + len(data)
            sha.update(data)
    out.append(b"\x03\0" + struct.pack("<II", crc, size & 0xFFFFFFFF))
    return b"".join(out), "sha256:" + sha.hexdigest()


# ---- images


def sha256(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()


class Layer:
    """diff_id None: of the blob itself. blob None: it is missing. digest: what the manifest says of it."""

    def __init__(self, blob, diff_id=None, digest=None):
        self.blob = blob
        self.digest = digest or sha256(blob)
        self.diff_id = diff_id or self.digest


def plain(*entries):
    return Layer(b"".join(entries) + END)


def gzipped(*entries):
    tar = b"".join(entries) + END
    return Layer(gzip.compress(tar, 1), sha256(tar))


def put(folder, path, data):
    path = os.path.join(folder, path)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as f:
        f.write(data)
    return path


def blob(folder, digest, data):
    put(folder, "blobs/" + digest.replace(":", "/"), data)


def descriptor(digest, size, media_type="application/vnd.oci.image.layer.v1.tar"):
    return {"mediaType": media_type, "digest": digest, "size": size}


def image(folder, layers, **config):
    """An OCI layout in folder/image. Returns the target."""
    root = os.path.join(folder, "image")
    for layer in layers:
        if layer.blob is not None:
            blob(root, layer.digest, layer.blob)
    config = {"architecture": "amd64", "os": "linux",
              "rootfs": {"type": "layers", "diff_ids": [layer.diff_id for layer in layers]}, **config}
    data = json.dumps(config).encode()
    blob(root, sha256(data), data)
    manifest = json.dumps({
        "schemaVersion": 2,
        "config": descriptor(sha256(data), len(data), "application/vnd.oci.image.config.v1+json"),
        "layers": [descriptor(layer.digest, len(layer.blob or b"")) for layer in layers],
    }).encode()
    blob(root, sha256(manifest), manifest)
    index(root, sha256(manifest), len(manifest))
    put(root, "oci-layout", b'{"imageLayoutVersion": "1.0.0"}')
    return "oci-dir:" + root


def index(root, digest, size):
    item = descriptor(digest, size, "application/vnd.oci.image.manifest.v1+json")
    put(root, "index.json", json.dumps({"schemaVersion": 2, "manifests": [item]}).encode())


def docker_archive(folder, layers, manifest=None, first=False, drop=()):
    """layers: name → bytes of a tar. first: manifest.json leads the archive."""
    config = json.dumps({"architecture": "amd64", "os": "linux", "rootfs": {
        "type": "layers", "diff_ids": [sha256(data) for data in layers.values()]}}).encode()
    manifest = manifest or json.dumps([{"Config": "config.json", "RepoTags": ["shop:1"],
                                        "Layers": list(layers)}]).encode()
    head = entry(b"manifest.json", manifest) + entry(b"config.json", config)
    body = b"".join(entry(name.encode(), data) for name, data in layers.items() if name not in drop)
    return put(folder, "image.tar", (head + body if first else body + head) + END)


# ---- running


def processes_of(pid):
    found, todo = [], [pid]
    while todo:
        one = todo.pop()
        found.append(one)
        try:
            with open("/proc/%d/task/%d/children" % (one, one)) as f:
                todo += map(int, f.read().split())
        except OSError:
            pass
    return found


def high_water(pid):
    try:
        with open("/proc/%d/status" % pid) as f:
            for line in f:
                if line.startswith("VmHWM:"):
                    return int(line.split()[1]) * 1024
    except OSError:
        pass
    return 0


class Meter(threading.Thread):
    """The peak of all processes that were there together, each with the most it ever had: never too little."""

    def __init__(self, pid):
        super().__init__(daemon=True)
        self.pid, self.peak, self.over = pid, 0, threading.Event()

    def run(self):
        while not self.over.wait(0.005):
            self.peak = max(self.peak, sum(map(high_water, processes_of(self.pid))))


class Result:
    def __init__(self, code, human, errors, report, peak, seconds):
        self.code, self.human, self.errors, self.peak, self.seconds = code, human, errors, peak, seconds
        self.report = report
        self.problems = report["problems"] if report else []
        self.names = sorted(p["name"] for p in report["packages"]) if report else []

    def __str__(self):
        said = "\n".join("%s: %s" % (p["place"], p["message"]) for p in self.problems[:20])
        return "exit %d, packages %s\n%s\n%s" % (self.code, self.names[:20], said, self.errors.decode("utf8", "replace"))


class Case:
    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="plimsoll-hostile-")
        self.last = None

    def scan(self, target, program=PLIMSOLL, **environment):
        report = os.path.join(self.folder, "report.json")
        env = dict(os.environ, PLIMSOLL_CACHE=os.path.join(self.folder, "cache"), **environment)
        began = time.monotonic()
        process = subprocess.Popen([program, "scan", target, "--all", "-o", "json=" + report], env=env,
                                   cwd=self.folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE)
        meter = Meter(process.pid)
        meter.start()
        try:
            human, errors = process.communicate(timeout=SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            raise AssertionError("not over after %d seconds" % SECONDS)
        finally:
            meter.over.set()
            meter.join()
        seconds = time.monotonic() - began
        parsed = None
        if os.path.exists(report):
            with open(report, encoding="utf8") as f:
                parsed = json.load(f)
            os.remove(report)
        self.last = result = Result(process.returncode, human, errors, parsed, meter.peak, seconds)
        assert ESC not in human and ESC not in errors, "a raw escape is in the report: %r" % (human + errors)
        assert SANITIZED or meter.peak <= MEMORY, "%d MiB in all processes\n%s" % (meter.peak // MIB, result)
        return result

    def close(self):
        shutil.rmtree(self.folder)


def holds(result, code, names=("good",), problems=()):
    """problems: (words of the place, words of the message…), one problem each."""
    assert result.code == code, "exit code is not %d: %s" % (code, result)
    for name in names:
        assert name in result.names, "%s is not found: %s" % (name, result)
    for place, *words in problems:
        assert any(place in p["place"] and all(word in p["message"] for word in words)
                   for p in result.problems), "no problem at %r says %r: %s" % (place, words, result)
    if code == 0:
        assert not any(p["is_incomplete"] for p in result.problems), str(result)


def refused(result, *words):
    """Nothing could be read."""
    assert result.code == 2, "exit code is not 2: %s" % result
    for word in words:
        assert word in result.errors.decode(), "%r is not said: %s" % (word, result)


def unread(result, *words):
    """The image is there and nothing of it could be read: the report says so."""
    holds(result, 3, [], [("image", *words)])
    assert result.names == [] and words[0] in result.human.decode(), result


def beside_good(case, layer, code=3, names=("good",), problems=()):
    """The layer between two good ones, which must both be reported."""
    result = case.scan(image(case.folder, [gzipped(good("below")), layer, plain(good("above"))]))
    holds(result, code, ["below", "above"], problems)
    holds(result, code, [n for n in names if n != "good"])
    return result


# ---- streams


def test_cut_gzip(case):
    noise = entry(b"noise", hashlib.shake_256(b"1").digest(300000))
    whole = gzipped(good(), noise)
    result = beside_good(case, Layer(whole.blob[:200000], whole.diff_id), 3, (),
                         [("layer 2", "gzip data ends early at byte 200,000")])
    holds(result, 3, ["good"])


def test_cut_zstd(case):
    noise = entry(b"noise", hashlib.shake_256(b"1").digest(300000))
    whole = zstd([good(), noise, END])
    beside_good(case, Layer(whole[:200000], sha256(b"zstd")), 3, ["good"], [("layer 2", "zstd data ends early at byte")])


def test_damaged_gzip(case):
    whole = gzipped(entry(b"noise", hashlib.shake_256(b"1").digest(300000)), good())
    damaged = bytearray(whole.blob)
    damaged[-6] ^= 1
    beside_good(case, Layer(bytes(damaged), whole.diff_id), 3, (), [("layer 2", "gzip data at byte")])


ZEROS = 10 * 1024 * MIB


def test_ten_gigabytes_of_zeros_in_gzip(case):
    stream = (b"\x1f\x8b\x08\0\0\0\0\0\0\xff" + deflated(good() + header(b"zeros", size_field=base256(ZEROS))) +
              deflated(b"\0" * MIB) * (ZEROS // MIB) + b"\x03\0" + b"\0" * 8)
    beside_good(case, Layer(stream, sha256(b"gzip zeros")), 3, ["good"], [("layer 2", "gzip data unpacks to", "by input byte")])


def base256(value):
    return b"\x80" + value.to_bytes(11, "big")


def test_ten_gigabytes_of_zeros_in_zstd(case):
    stream = zstd([good() + header(b"zeros", size_field=base256(ZEROS)), ZEROS, END])
    beside_good(case, Layer(stream, sha256(b"zstd zeros")), 3, ["good"], [("layer 2", "zstd data unpacks to", "by input byte")])


def test_status_of_two_gigabytes(case):
    size = 2048 * MIB
    stanza = b"Package: flood\nStatus: install ok installed\nVersion: 1\nDescription: %s\n\n" % (
        base64.b16encode(hashlib.shake_256(b"2").digest(9000)))
    chunk = (stanza * (MIB // len(stanza) + 1))[:MIB]
    stream, diff_id = gzip_of([(good() + header(b"var/lib/dpkg/status", size_field=base256(size)), 1),
                               (chunk, size // MIB), (good("after") + END, 1)])
    beside_good(case, Layer(stream, diff_id), 3, ["good", "after"],
                [("layer 2: var/lib/dpkg/status", "2147483648 bytes")])


def test_status_of_two_gigabytes_of_zeros(case):
    size = 2048 * MIB
    stream, diff_id = gzip_of([(good() + header(b"var/lib/dpkg/status", size_field=base256(size)), 1),
                               (b"\0" * MIB, size // MIB), (END, 1)])
    beside_good(case, Layer(stream, diff_id), 3, ["good"],
                [("layer 2: var/lib/dpkg/status", "2147483648 bytes"), ("layer 2", "gzip data unpacks to")])


def test_million_entries(case):
    template = bytearray(header(b"some/folder/0000000", 1))
    base = sum(template[:148]) + sum(template[156:]) + 8 * 32 - 7 * 48
    parts = []
    for i in range(1000000):
        digits = b"%07d" % i
        template[12:19] = digits
        template[148:156] = b"%06o\0 " % (base + sum(digits))
        parts.append(bytes(template) + b"x".ljust(512, b"\0"))
        if len(parts) == 20000:
            if i < 20000:
                z = zlib.compressobj(1, zlib.DEFLATED, 31)
                sha = hashlib.sha256()
                path = os.path.join(case.folder, "layer")
                out = open(path, "wb")
            data = b"".join(parts)
            sha.update(data)
            out.write(z.compress(data))
            parts = []
    tail = GOOD
    sha.update(tail)
    out.write(z.compress(tail) + z.flush())
    out.close()
    with open(path, "rb") as f:
        layer = Layer(f.read(), "sha256:" + sha.hexdigest())
    beside_good(case, layer, 0, ["good"])


def test_more_packages_than_are_kept(case):
    """As many as are kept, with every report of them, in bounded memory."""
    packages = {"node_modules/package-number-%06d" % i: {"version": "%d.%d.%d" % (i % 10, i % 7, i % 100)}
                for i in range(20000 if SANITIZED else 200001)}
    data = json.dumps({"lockfileVersion": 3, "packages": packages}).encode()
    result = case.scan(image(case.folder, [plain(entry(b"package-lock.json", data))]))
    assert len(result.names) == (20000 if SANITIZED else 200000), len(result.names)
    holds(result, 0 if SANITIZED else 3, [], [] if SANITIZED else [("layer 1: package-lock.json", "more than 200000 packages")])


def test_texts_of_packages_in_bounded_memory(case):
    """A long path counts for each package that it states."""
    packages = {"node_modules/p%d" % i: {"version": "1.0.%d" % i} for i in range(30000)}
    data = json.dumps({"lockfileVersion": 3, "packages": packages}).encode()
    path = b"/".join([b"d" * 200] * 18) + b"/package-lock.json"
    result = case.scan(image(case.folder, [plain(long_name(path), entry(b"short", data), good())]))
    holds(result, 3, ["p1"], [("layer 1: ddd", "the rest is left out")])


def test_layer_that_is_no_tar(case):
    beside_good(case, Layer(b"<html>not a layer</html>" * 100), 3, (), [("layer 2", "byte 0")])


def test_empty_layers(case):
    beside_good(case, Layer(b""), 0)
    beside_good(case, Layer(END), 0)
    beside_good(case, Layer(gzip.compress(b""), sha256(b"")), 0)


def test_bytes_behind_the_compressed_data(case):
    whole = gzipped(good())
    result = beside_good(case, Layer(whole.blob + b"more" * 100, whole.diff_id), 0, ["good"])
    holds(result, 0, (), [("layer 2", "were passed over")])


def test_an_archive_without_its_end(case):
    result = beside_good(case, Layer(good()), 0, ["good"])
    holds(result, 0, (), [("layer 2", "without its end blocks")])


def test_an_end_in_the_middle_of_an_archive(case):
    """What lies behind it is hidden from us, so it is not a whole reading."""
    beside_good(case, Layer(good() + b"\0" * 512 + good("hidden") + END), 3, ["good"],
                [("layer 2", "a lone block of zeros", "{:,} on were not read".format(len(good()) + 512))])


# ---- entries


def test_paths_that_lead_out(case):
    bad = [b"../package-lock.json", b"a/../../package-lock.json", b"a/b/../package-lock.json"]
    layer = plain(good(), *[entry(name, lock("out")) for name in bad], good("after"))
    result = beside_good(case, layer, 3, ["good", "after"],
                         [("layer 2: " + name.decode(), "not read", "entry at byte") for name in bad])
    assert "out" not in result.names, result


def test_absolute_paths(case):
    layer = plain(entry(b"/srv/package-lock.json", lock("absolute")), entry(b"//var/./package-lock.json", lock("slashes")))
    result = beside_good(case, layer, 0, ["absolute", "slashes"])
    assert {p["path"] for p in result.report["packages"]} >= {"srv/package-lock.json", "var/package-lock.json"}


def test_paths_of_64_kilobytes(case):
    name = b"d/" * 32768 + b"package-lock.json"
    layer = plain(good(), long_name(name), entry(b"x", lock("long")), pax(path=name), entry(b"x", lock("long")), good("after"))
    beside_good(case, layer, 3, ["good", "after"], [("layer 2: d/d/d/", "not read", "entry at byte")])


def test_deep_paths_below_the_limit(case):
    name = b"d/" * 2000 + b"package-lock.json"
    beside_good(case, plain(long_name(name), entry(b"x", lock("deep"))), 0, ["deep"])


def test_paths_that_are_not_utf8(case):
    result = beside_good(case, plain(entry(b"caf\xe9\xff/package-lock.json", lock("latin"))), 0, ["latin"])
    assert b"caf" in json.dumps(result.report).encode()


def test_problem_at_a_path_that_is_not_utf8(case):
    beside_good(case, plain(good(), entry(b"caf\xe9/package-lock.json", b"{")), 3, ["good"], [("layer 2: caf", "line 1")])


def test_escapes_in_names(case):
    name = "evil\x1b[31m\x1b]0;title\x07\u202e"
    package = json.dumps({"lockfileVersion": 3, "packages": {"node_modules/jquery": {"version": "3.4.1"},
                                                             "node_modules/" + name: {"version": "1\x1b[2J"}}})
    layer = plain(entry(b"a\x1b[2Jb/package-lock.json", package.encode()), entry(b"c\x1b[2J/package-lock.json", b"{"),
                  entry(b"var/lib/dpkg/status", b"Package: x\x1b[1m\nStatus: install ok installed\nVersion: 1\x1b[1m\n\n"))
    result = beside_good(case, layer, 3, ["jquery"])
    assert b"\xe2\x80\xae" not in result.human, "a direction override is in the report"


def test_escapes_in_image_documents(case):
    target = image(case.folder, [plain(good())], created="\x1b[2J",
                   history=[{"created_by": "RUN \x1b[31m\x1b]0;x\x07"}],
                   config={"Labels": {"org.opencontainers.image.base.name": "\x1b[2J"}})
    holds(case.scan(target), 0)


def test_devices_and_pipes(case):
    layer = plain(entry(b"dev/sda/package-lock.json", kind=b"4", device=(8, 0)),
                  entry(b"dev/tty/package-lock.json", kind=b"3", device=(5, 0)),
                  entry(b"run/pipe/package-lock.json", kind=b"6"), good())
    beside_good(case, layer, 0, ["good"])


def test_symbolic_links_in_circles(case):
    layer = plain(entry(b"a", kind=b"2", link=b"b"), entry(b"b", kind=b"2", link=b"a"),
                  entry(b"self", kind=b"2", link=b"self"), entry(b"package-lock.json", kind=b"2", link=b"a"),
                  entry(b"root", kind=b"2", link=b"/"), entry(b"up", kind=b"2", link=b"../" * 30), good())
    beside_good(case, layer, 0, ["good"])


def test_symbolic_links_in_circles_in_a_folder(case):
    root = os.path.join(case.folder, "tree")
    put(root, "good/package-lock.json", lock("good"))
    os.symlink("b", os.path.join(root, "a"))
    os.symlink("a", os.path.join(root, "b"))
    os.symlink("..", os.path.join(root, "good", "up"))
    os.symlink("/etc/passwd", os.path.join(root, "package-lock.json"))
    os.mkfifo(os.path.join(root, "good", "package.json"))
    holds(case.scan("dir:" + root), 0)


def test_blobs_that_are_links_in_circles(case):
    layers = {"a/layer.tar": good("below") + END, "b/layer.tar": good("above") + END}
    path = docker_archive(case.folder, layers, drop=["a/layer.tar"])
    with open(path, "rb") as f:
        rest = f.read()
    link = entry(b"a/layer.tar", kind=b"2", link=b"../c/layer.tar") + entry(b"c/layer.tar", kind=b"2", link=b"../a/layer.tar")
    put(case.folder, "image.tar", link + rest)
    holds(case.scan("docker-archive:" + path), 3, ["above"], [("layer 1", "link in a circle")])


def test_hard_links(case):
    layer = plain(entry(b"store", lock("linked")), entry(b"one/package-lock.json", kind=b"1", link=b"store"),
                  entry(b"two/package-lock.json", kind=b"1", link=b"store"))
    result = beside_good(case, layer, 0, ["linked"])
    paths = {p["path"] for p in result.report["packages"] if p["name"] == "linked"}
    assert paths == {"one/package-lock.json", "two/package-lock.json"}, paths


def test_hard_links_to_nothing_and_in_circles(case):
    layer = plain(good(), entry(b"one/package-lock.json", kind=b"1", link=b"gone"),
                  entry(b"a/package-lock.json", kind=b"1", link=b"b/package-lock.json"),
                  entry(b"b/package-lock.json", kind=b"1", link=b"a/package-lock.json"))
    beside_good(case, layer, 3, ["good"], [("layer 2: one/package-lock.json", "hard link"),
                                           ("layer 2: a/package-lock.json", "hard link")])


def test_duplicate_entries(case):
    layer = plain(entry(b"x/package-lock.json", lock("first")), entry(b"x/package-lock.json", lock("last")),
                  entry(b"y/package-lock.json", lock("gone")), entry(b"y/package-lock.json", kind=b"5"))
    result = beside_good(case, layer, 0, ["last"])
    assert "first" not in result.names and "gone" not in result.names, result


def test_one_path_many_times(case):
    layer = gzipped(*[entry(b"x/package-lock.json", lock("again"))] * 100000, entry(b"x/package-lock.json", lock("last")))
    result = beside_good(case, layer, 0, ["last"])
    assert "again" not in result.names, result


def test_sizes_that_lie(case):
    fields = {"negative": b"\xff" * 12, "overflowing": b"\x80" + b"\xff" * 11, "not octal": b"99999999999\0",
              "beyond the end": octal(0o7777777777, 12)}
    for name, field in fields.items():
        layer = Layer(good() + header(b"liar/package-lock.json", size_field=field) + padded(b"{}") + good("after") + END)
        beside_good(case, layer, 3, ["good"], [("layer 2", "byte")])


def test_pax_size_that_lies(case):
    layer = Layer(good() + pax(size=b"9223372036854775807") + header(b"liar", 2) + padded(b"{}") + END)
    beside_good(case, layer, 3, ["good"], [("layer 2", "byte")])
    layer = Layer(good() + pax(size=b"-1") + header(b"liar", 2) + padded(b"{}") + END)
    beside_good(case, layer, 3, ["good"], [("layer 2", "byte")])


def test_pax_headers_without_end(case):
    layer = Layer(good() + pax(comment=b"x") * 100000 + good("after") + END)
    beside_good(case, layer, 3, ["good"], [("layer 2", "more than 32 extension headers", "byte")])


def test_pax_record_with_wrong_length(case):
    for record in (b"99999999999999999999 path=x\n", b"0 path=x\n", b"-1 path=x\n", b"7 path=x\n"):
        layer = Layer(good() + entry(b"pax", record, kind=b"x") + good("after") + END)
        beside_good(case, layer, 3, ["good"], [("layer 2", "byte")])


def test_holes(case):
    """Each some hundred bytes of tar, and an executable of 2 GiB by its map."""
    def hollow(i):
        size = 2048 * MIB - 1024
        return (pax(GNU_sparse_major="1", GNU_sparse_minor="0", GNU_sparse_name="bin/%d" % i,
                    GNU_sparse_realsize=str(size)) +
                entry(b"x", padded(b"1\n0\n512\n") + b"\x7fELF".ljust(512, b"\0")))
    layer = plain(good(), *[hollow(i) for i in range(1000)], good("after"))
    beside_good(case, layer, 3, ["good", "after"], [("layer 2: bin/", "holes")])


def test_whiteouts_that_name_nothing(case):
    for name in (b".wh.", b".wh..", b".wh...", b"a/.wh.", b"a/.wh..", b"a/.wh..."):
        layer = plain(good(), entry(name))
        beside_good(case, layer, 3, ["good"], [("layer 2: " + name.decode(), "whiteout", "entry at byte 1024")])


def test_whiteouts(case):
    layers = [plain(good("a"), good("b"), good("c")), plain(entry(b".wh.a"), entry(b"b/.wh..wh..opq"), entry(b".wh..wh.plnk"))]
    result = case.scan(image(case.folder, layers))
    holds(result, 0, ["c"])
    assert result.names == ["c"], result
    result = case.scan(image(case.folder, layers + [plain(entry(b".wh..wh..opq"), good("d"))]))
    holds(result, 0, ["d"])
    assert result.names == ["d"], result


# ---- manifests


def test_missing_layer(case):
    missing = Layer(None, sha256(b"gone"), sha256(b"gone"))
    beside_good(case, missing, 3, (), [("layer 2", "missing", hashlib.sha256(b"gone").hexdigest())])


def test_missing_layer_in_docker_archive(case):
    layers = {"a.tar": good("a") + END, "b.tar": good("b") + END}
    path = docker_archive(case.folder, layers, drop=["a.tar"])
    holds(case.scan("docker-archive:" + path), 3, ["b"], [("layer 1", "missing", "a.tar")])


def test_wrong_digest_of_layer(case):
    layer = plain(good())
    beside_good(case, Layer(layer.blob, layer.diff_id, sha256(b"other")), 3, (), [("layer 2", "digest", "manifest says")])
    beside_good(case, Layer(layer.blob, sha256(b"other")), 3, (), [("layer 2", "digest", "configuration says")])


def test_missing_and_wrong_documents(case):
    target = image(case.folder, [plain(good())])
    root = os.path.join(case.folder, "image")
    index(root, sha256(b"gone"), 100)
    unread(case.scan(target), sha256(b"gone"))
    blob(root, sha256(b"gone"), b"{}")
    unread(case.scan(target), sha256(b"gone"), "changed or damaged")
    index(root, "sha256:../../../../etc/passwd", 100)
    unread(case.scan(target), "not a sha256 or sha512 digest")


def test_index_in_circles(case):
    root = os.path.join(case.folder, "image")
    item = descriptor(sha256(b"loop"), 100, "application/vnd.oci.image.index.v1+json")
    for depth in range(20):
        data = json.dumps({"schemaVersion": 2, "manifests": [item]}).encode()
        blob(root, sha256(data), data)
        item = descriptor(sha256(data), len(data), "application/vnd.oci.image.index.v1+json")
    put(root, "index.json", json.dumps({"schemaVersion": 2, "manifests": [item]}).encode())
    put(root, "oci-layout", b"{}")
    unread(case.scan("oci-dir:" + root), "index in an index")


def test_too_many_layers(case):
    target = image(case.folder, [plain(good())] * 2000)
    unread(case.scan(target), "more than 1024")


def test_many_layers(case):
    layers = [plain(good("layer%d" % i)) for i in range(300)]
    result = case.scan(image(case.folder, layers))
    holds(result, 0, ["layer0", "layer299"])


def test_one_layer_many_times(case):
    result = case.scan(image(case.folder, [plain(good())] * 1000))
    holds(result, 0)


def test_layers_and_configuration_differ(case):
    target = image(case.folder, [plain(good())], rootfs={"type": "layers", "diff_ids": []})
    unread(case.scan(target), "the manifest has 1 layers and the configuration sha256:", "has 0")


def test_history_of_a_million_steps(case):
    target = image(case.folder, [plain(good())], history=[{}] * 700000)
    result = case.scan(target)
    if result.code != 0:
        unread(result, "sha256:")
    target = image(case.folder, [plain(good())], history=[{"created_by": "RUN x"}] * 1000000)
    unread(case.scan(target), "more than a manifest may have")


def test_cut_docker_archive(case):
    layers = {"a.tar": good("a") + END, "b.tar": entry(b"noise", hashlib.shake_256(b"3").digest(100000)) + good("b") + END}
    path = docker_archive(case.folder, layers, first=True)
    size = os.path.getsize(path) - 20000
    os.truncate(path, size)
    holds(case.scan("docker-archive:" + path), 3, ["a"], [("layer 2", "ends early at byte")])
    with open(path, "rb") as f:
        packed = gzip.compress(f.read(), 1)
    put(case.folder, "image.tar", packed[:-3000])
    holds(case.scan("docker-archive:" + path), 3, ["a"], [("layer 2", "ends early at byte")])
    docker_archive(case.folder, layers)
    os.truncate(path, size)
    unread(case.scan("docker-archive:" + path), "ends early at byte")


# ---- documents

DEEP = 100000


def test_deep_json_in_lockfile(case):
    for text in (b"[" * DEEP, b'{"a":' * DEEP, b"[" * DEEP + b"]" * DEEP):
        beside_good(case, plain(entry(b"x/package-lock.json", text), good()), 3, ["good"],
                    [("layer 2: x/package-lock.json", "line 1 column")])


def test_deep_json_in_manifest(case):
    path = docker_archive(case.folder, {"a.tar": GOOD}, manifest=b"[" * DEEP)
    unread(case.scan("docker-archive:" + path), "line 1 column")
    target = image(case.folder, [plain(good())])
    for text in (b"[" * DEEP, b'{"layers": ' * DEEP):
        root = os.path.join(case.folder, "image")
        blob(root, sha256(text), text)
        index(root, sha256(text), len(text))
        unread(case.scan(target), "line 1 column", sha256(text))


def test_wrong_names(case):
    """No image at all is wrong use, not bad input."""
    refused(case.scan("oci-dir:" + os.path.join(case.folder, "nowhere")), "nowhere")
    refused(case.scan("docker-archive:" + put(case.folder, "page.tar", b"<html>no image</html>" * 100)), "page.tar")
    refused(case.scan("docker-archive:" + put(case.folder, "files.tar", GOOD)), "files.tar")
    os.mkdir(os.path.join(case.folder, "empty"))
    refused(case.scan("oci-dir:" + os.path.join(case.folder, "empty")), "index.json")
    refused(case.scan(image(case.folder, [plain(good())]) + ":no-such-tag"), "no-such-tag")


def test_deep_yaml(case):
    root = os.path.join(case.folder, "tree")
    put(root, "package-lock.json", lock("good"))
    for text in (b"[" * DEEP, b"{a: " * DEEP, b"- " * DEEP + b"x"):
        put(root, ".plimsoll.yaml", b"fail-on: " + text if text[:1] != b"-" else text)
        refused(case.scan("dir:" + root), ".plimsoll.yaml", "line 1")


def test_yaml_alias_bomb(case):
    root = os.path.join(case.folder, "tree")
    put(root, "package-lock.json", lock("good"))
    lines = [b"a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]"]
    for i in range(1, 30):
        lines.append(b"a%d: &a%d [%s]" % (i, i, b", ".join([b"*a%d" % (i - 1)] * 9)))
    put(root, ".plimsoll.yaml", b"\n".join(lines) + b"\n")
    result = case.scan("dir:" + root)
    assert result.code in (0, 2), result
    if result.code == 2:
        refused(result, ".plimsoll.yaml")
    put(root, ".plimsoll.yaml", b"a: &a [*a]\nb: &b {<<: *b}\n")
    result = case.scan("dir:" + root)
    assert result.code in (0, 2), result


def test_corrupt_rpm_databases(case):
    sqlite = b"SQLite format 3\0" + bytes([16, 0, 1, 1, 0, 64, 32, 32]) + hashlib.shake_256(b"4").digest(8000)
    ndb = b"RpmP" + struct.pack("<IIII", 0, 1, 0xFFFFFFF0, 5) + b"\xff" * 8000
    bdb = struct.pack("<QIIII", 0, 0, 0x061561, 9, 4096) + b"\0\x08\0\0" + b"\xff" * 8192
    for path, data in (("rpmdb.sqlite", sqlite), ("Packages.db", ndb), ("Packages", bdb)):
        place = "var/lib/rpm/" + path
        for damaged in (data, data[:100], b"\0" * 5000):
            beside_good(case, plain(entry(place.encode(), damaged), good()), 3, ["good"], [("layer 2: " + place, "")])


def test_elf_with_lying_headers(case):
    def elf(shoff=64, shentsize=64, shnum=3, shstrndx=1, sections=b""):
        return (b"\x7fELF\x02\x01\x01" + b"\0" * 9 +
                struct.pack("<HHIQQQIHHHHHH", 2, 62, 1, 0x400000, 0, shoff, 0, 64, 56, 0, shentsize, shnum, shstrndx) + sections)

    def section(name, kind, offset, size):
        return struct.pack("<IIQQQQIIQQ", name, kind, 0, 0, offset, size, 0, 0, 1, 0)

    lies = [elf(), elf(shoff=2**64 - 1), elf(shoff=2**63, shnum=0), elf(shnum=65535), elf(shentsize=1), elf(shstrndx=65534),
            elf(sections=section(0, 0, 0, 2**64 - 1) + section(1, 3, 2**64 - 10, 2**63) + section(2**32 - 1, 1, 0, 2**64 - 1)),
            elf(shnum=0, sections=section(0, 0, 0, 2**40) + section(0, 3, 0, 64) + section(0, 1, 0, 64))]
    entries = [entry(b"bin/liar%d" % i, data) for i, data in enumerate(lies)]
    result = case.scan(image(case.folder, [plain(*entries, good())]))
    assert result.code in (0, 3), result
    holds(result, result.code)
    for problem in result.problems:
        assert "layer 1: bin/liar" in problem["place"], problem
    assert result.code == 3, "none of the lies was said: %s" % result


# ---- archives in which secrets are looked for


def zipped(*members):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return out.getvalue()


def archive(case, data, *words, name="x/a.zip"):
    """In a layer and in a folder; what is beside it is read."""
    beside_good(case, plain(entry(name.encode(), data), good()), 3, ["good"], [("layer 2: " + name, *words)])
    root = os.path.join(case.folder, "tree")
    shutil.rmtree(root, ignore_errors=True)
    put(root, "good/package-lock.json", lock("good"))
    put(root, name, data)
    holds(case.scan("dir:" + root), 3, ["good"], [(name, *words)])


def test_archives_two_hundred_deep(case):
    inner = b"token"
    for i in range(200):
        inner = zipped(("%d.zip" % i if i else "a.txt", inner))
    archive(case, inner, "more than are opened")


def test_archives_that_unpack_to_terabytes(case):
    zeros = zipped(("zeros.txt", bytes(60 * MIB)))
    many = zipped(*(("%d.zip" % i, zeros) for i in range(50)))
    archive(case, zipped(*(("%d.zip" % i, many) for i in range(50))), "too many bytes in all")
    archive(case, gzip.compress(entry(b"zeros.txt", bytes(1200 * MIB)), 1), "too many bytes in all", name="x/a.tar.gz")


def test_archives_that_break_off(case):
    whole = zipped(*(("%d.txt" % i, hashlib.shake_256(b"%d" % i).digest(1000)) for i in range(50)))
    for cut in (10, len(whole) // 2, len(whole) - 5):
        archive(case, whole[:cut], "secrets: ")
    archive(case, gzip.compress(entry(b"a.txt", hashlib.shake_256(b"1").digest(5000)))[:3000], "secrets: ", name="x/a.tgz")


def test_patterns_of_another_vectorscan(case):
    root = os.path.join(case.folder, "tree")
    put(root, "good/package-lock.json", lock("good"))
    put(root, "a.py", b"x")
    environ = {"PLIMSOLL_FOREIGN_PATTERNS": "1"}
    result = case.scan("dir:" + root, FAULTS, **environ, PLIMSOLL_LIBEXEC="/nonexistent")
    holds(result, 3, ["good"], [("secrets", "not looked for", "plimsoll-patterns")])
    holds(case.scan("dir:" + root, FAULTS, **environ), 0, ["good"])
    holds(case.scan("dir:" + root, FAULTS, **environ, PLIMSOLL_LIBEXEC="/nonexistent"), 0, ["good"])


# ---- planted faults


STEP = "10" if SANITIZED else "2"


def fault(case, name, inspector, *words, step=STEP):
    layer = plain(good("before"), entry(b"x/plimsoll-fault-" + name.encode()), good("after"))
    target = image(case.folder, [plain(good("below")), layer])
    result = case.scan(target, FAULTS, PLIMSOLL_STEP_SECONDS=step)
    holds(result, 3, ["below", "before", "after"], [("layer 2: x/plimsoll-fault-" + name, inspector, *words)])
    assert "flood" not in result.names, result
    root = os.path.join(case.folder, "tree")
    put(root, "good/package-lock.json", lock("good"))
    put(root, "x/plimsoll-fault-" + name, b"x")
    result = case.scan("dir:" + root, FAULTS, PLIMSOLL_STEP_SECONDS=step)
    holds(result, 3, ["good"], [("x/plimsoll-fault-" + name, *words)])


def test_planted_abort(case):
    fault(case, "abort", "not read by faults", "the reader crashed")


def test_planted_loop(case):
    fault(case, "loop", "not read by faults", STEP + " seconds")


def stream_fault(case, name):
    noise = b"".join(entry(b"noise%d" % i, hashlib.shake_256(b"%d" % i).digest(200000)) for i in range(10))
    layer = gzipped(good("before"), noise, entry(b"plimsoll-fault-" + name), noise, good("after"))
    target = image(case.folder, [plain(good("below")), layer, plain(good("above"))])
    result = case.scan(target, FAULTS, PLIMSOLL_STEP_SECONDS=STEP)
    holds(result, 3, ["below", "before", "above"],
          [("layer 2", "came no further for %s seconds" % STEP, "at byte ")])
    assert "after" not in result.names, result


def test_planted_loop_in_tar(case):
    stream_fault(case, b"tar")


def test_planted_loop_in_inflate(case):
    stream_fault(case, b"inflate")


def test_planted_memory(case):
    fault(case, "memory", "", "")


def test_planted_flood(case):
    # Memory is to end before time does, on a busy machine as well.
    fault(case, "flood", "not read by faults", "more than fits into memory", step="120")


def test_many_planted_aborts(case):
    """More than a layer is read anew for: it is given up, and the others are not."""
    layer = plain(*[entry(b"x%d/plimsoll-fault-abort" % i) for i in range(40)])
    target = image(case.folder, [plain(good("below")), layer, plain(good("above"))])
    holds(case.scan(target, FAULTS), 3, ["below", "above"], [("layer 2", "crashed")])


def main():
    only = sys.argv[3:]
    tests = [(n, f) for n, f in sorted(globals().items()) if n.startswith("test_") and (not only or n in only)]
    print("1..%d" % len(tests), flush=True)
    failed = 0
    if SANITIZED:
        print("# memory is not asserted: the sanitizer's own is counted with it")
    for i, (name, test) in enumerate(tests, 1):
        case = Case()
        began = time.monotonic()
        try:
            test(case)
            print("ok %d - %s" % (i, name))
        except Exception as problem:
            failed += 1
            print("not ok %d - %s" % (i, name))
            print("\n".join("# " + line for line in ("%s: %s" % (type(problem).__name__, problem)).splitlines()))
        finally:
            case.close()
        if case.last:
            print("# %.1f s, %d MiB" % (time.monotonic() - began, case.last.peak // MIB), flush=True)
    sys.exit(1 if failed else 0)


main()
