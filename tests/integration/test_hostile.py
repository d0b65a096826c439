"""Hostile input: each case costs itself, says where and why, and the rest of the scan goes on.

    test_hostile.py PLIMSOLL PLIMSOLL_FAULTS

TAP on standard output. Inputs are made here, byte by byte where no program would write them.
"""
import gzip
import hashlib
import io
import json
import os
import pathlib
import shutil
import struct
import subprocess
import sys
import tarfile
import tempfile
import threading
import time
import zlib

PLIMSOLL, FAULTS = sys.argv[1:3]
WORK = pathlib.Path(tempfile.mkdtemp(prefix="plimsoll-hostile-"))
MEMORY_MB = 256
HAS_SANITIZER = b"__asan_init" in pathlib.Path(PLIMSOLL).read_bytes()
SECONDS = 300 if HAS_SANITIZER else 60
LOCK = json.dumps({"lockfileVersion": 3, "packages": {
    "": {"name": "good"}, "node_modules/jquery": {"version": "3.4.1"}}}).encode()
cases = []


def case(function):
    cases.append(function)
    return function


# ---- making images

def header(name, size=0, kind=b"0", link=b"", mode=b"0000644\0", prefix=b"", raw_size=None):
    """A ustar header with any bytes in its fields."""
    block = bytearray(512)
    block[0:100] = name[:100].ljust(100, b"\0")
    block[100:108] = mode
    block[108:116] = block[116:124] = b"0000000\0"
    block[124:136] = raw_size or (b"%011o\0" % size)
    block[136:148] = b"00000000000\0"
    block[156:157] = kind
    block[157:257] = link[:100].ljust(100, b"\0")
    block[257:265] = b"ustar\00000"
    block[345:500] = prefix[:155].ljust(155, b"\0")
    block[148:156] = b"        "
    block[148:156] = b"%06o\0 " % sum(block)
    return bytes(block)


def entry(name, content=b"", **fields):
    return header(name, len(content), **fields) + content + b"\0" * (-len(content) % 512)


END = b"\0" * 1024
GOOD = entry(b"good/package-lock.json", LOCK)


def pax(**records):
    body = b""
    for key, value in records.items():
        text = b" %s=%s\n" % (key.replace("_", ".").encode(), value)
        size = len(text) + 1
        while len(b"%d" % size) + len(text) != size:
            size += 1
        body += b"%d" % size + text
    return entry(b"pax", body, kind=b"x")


class Image:
    """An OCI layout of layers given as (blob, content); content gives the diffID, blob is what lies there."""

    def __init__(self, name, *layers, history=None, config=None):
        self.path = WORK / name
        (self.path / "blobs/sha256").mkdir(parents=True)
        described, diff_ids = [], []
        for layer in layers:
            blob, content = layer if isinstance(layer, tuple) else (layer, layer)
            described.append(self.put(blob))
            diff_ids.append("sha256:" + (content if isinstance(content, str) else hashlib.sha256(content).hexdigest()))
        self.config = config or {"architecture": "amd64", "os": "linux",
                                 "rootfs": {"type": "layers", "diff_ids": diff_ids}, "history": history or []}
        self.manifest = {"schemaVersion": 2, "config": self.put(json.dumps(self.config).encode()),
                         "layers": described}
        self.write_index([self.put(json.dumps(self.manifest).encode())])

    def put(self, content):
        digest = hashlib.sha256(content).hexdigest()
        (self.path / "blobs/sha256" / digest).write_bytes(content)
        return {"digest": "sha256:" + digest, "size": len(content)}

    def write_index(self, manifests):
        (self.path / "oci-layout").write_text('{"imageLayoutVersion": "1.0.0"}')
        (self.path / "index.json").write_text(json.dumps({"schemaVersion": 2, "manifests": manifests}))


# ---- running

def tree_memory(pid):
    """Kilobytes that the process and its children hold for themselves."""
    total, todo = 0, [pid]
    while todo:
        process = todo.pop()
        try:
            with open(f"/proc/{process}/smaps_rollup", encoding="ascii") as rollup:
                total += sum(int(line.split()[1]) for line in rollup if line.startswith("Pss:"))
            with open(f"/proc/{process}/task/{process}/children", encoding="ascii") as children:
                todo += [int(child) for child in children.read().split()]
        except (OSError, ValueError):
            continue
    return total


def scan(target, program=PLIMSOLL, seconds=SECONDS, env=None):
    cache = tempfile.mkdtemp(dir=WORK)
    process = subprocess.Popen([program, "scan", str(target), "--all", "--format", "json", "-o",
                                f"human={cache}/human"], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                               env={**os.environ, "PLIMSOLL_CACHE": cache, **(env or {})})
    peak = [0]
    done = threading.Event()

    def watch():
        while not done.wait(0.02):
            peak[0] = max(peak[0], tree_memory(process.pid))

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        out, err = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        raise AssertionError(f"needed more than {seconds} s") from None
    finally:
        done.set()
        watcher.join()
    if not HAS_SANITIZER:
        assert peak[0] < MEMORY_MB * 1024, f"took {peak[0] // 1024} MB"
    human = pathlib.Path(cache, "human")
    result = json.loads(out) if out else None
    text = human.read_bytes() if human.exists() else b""
    shutil.rmtree(cache)
    assert b"\x1b" not in text + err, "an escape reached the terminal"
    return process.returncode, result, err.decode(errors="replace")


def messages(report):
    return "\n".join(f"{p['place']}: {p['message']}" for p in report["problems"])


def package_names(report):
    return {p["name"] for p in report["packages"]}


def expect(image, code, *words, good=True):
    """Exit code, what the report says of the problem, and that the good lockfile was read all the same."""
    status, report, err = scan(f"oci-dir:{image.path}")
    assert status == code, f"exit {status}: {err} {messages(report) if report else ''}"
    if report is None:
        for word in words:
            assert word in err, f"'{word}' is not in: {err}"
        return None
    said = messages(report)
    for word in words:
        assert word in said, f"'{word}' is not in: {said}"
    if good:
        assert "jquery" in package_names(report), f"the good file was lost: {said}"
    return report


# ---- cut and lying streams

@case
def a_cut_gzip_layer():
    blob = gzip.compress(GOOD + entry(b"noise", os.urandom(200000)) + END)
    expect(Image("cut-gzip", GOOD + END, (blob[:len(blob) // 2], "0" * 64)), 3, "layer 2", "gzip", "byte")


@case
def a_cut_zstd_layer():
    if not shutil.which("zstd"):
        return "zstd is not installed"
    blob = subprocess.run(["zstd", "-q", "-c"], input=entry(b"noise", os.urandom(200000)) + END,
                          stdout=subprocess.PIPE, check=True).stdout
    expect(Image("cut-zstd", GOOD + END, (blob[:len(blob) // 2], "0" * 64)), 3, "layer 2", "zstd")
    return None


@case
def ten_gigabytes_of_zeros():
    size = 10 << 30
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    out = [packer.compress(header(b"zeros", 0, raw_size=b"\x80" + size.to_bytes(11, "big")))]
    piece = bytes(1 << 20)
    # One gigabyte and a half is past the floor where the ratio is looked at.
    out += [packer.compress(piece) for _ in range(1536)]
    out.append(packer.flush())
    expect(Image("zeros", GOOD + END, (b"".join(out), "0" * 64)), 3, "layer 2")


@case
def a_layer_that_is_no_tar():
    blob = b"<html>not found</html>" * 100
    expect(Image("no-tar", GOOD + END, blob), 3, "layer 2", "byte")


@case
def a_tar_cut_in_the_middle():
    blob = GOOD + entry(b"noise", bytes(5000))[:1000]
    expect(Image("cut-tar", blob), 3, "layer 1", "byte")


# ---- entries

@case
def a_million_small_entries():
    one = entry(b"x", b"1")
    count = 1_000_000
    names = (header(b"d/%07d" % i, 1) + one[512:] for i in range(count))
    packer = zlib.compressobj(1, zlib.DEFLATED, 31)
    digest = hashlib.sha256()
    out = []
    for block in names:
        digest.update(block)
        out.append(packer.compress(block))
    tail = GOOD + END
    digest.update(tail)
    out += [packer.compress(tail), packer.flush()]
    expect(Image("million", (b"".join(out), digest.hexdigest())), 0)


@case
def paths_that_lead_out():
    layer = (entry(b"../../etc/package-lock.json", LOCK) + entry(b"a/../../package-lock.json", LOCK) + GOOD + END)
    report = expect(Image("dotdot", layer), 3, "layer 1", "..")
    assert all(".." not in p["path"] for p in report["packages"])


@case
def absolute_paths_are_below_the_root():
    report = expect(Image("absolute", entry(b"/srv/package-lock.json", LOCK) + END), 0)
    assert [p["path"] for p in report["packages"]] == ["srv/package-lock.json"]


@case
def a_path_of_64_kilobytes():
    layer = pax(path=b"a/" * 32768 + b"package-lock.json") + entry(b"x", LOCK) + GOOD + END
    expect(Image("long-path", layer), 3, "layer 1")


@case
def a_path_that_is_not_utf8():
    expect(Image("latin", entry(b"caf\xe9\x1b[31m/package-lock.json", LOCK) + END), 0)


@case
def device_nodes_and_links_in_circles():
    layer = (entry(b"dev/null", kind=b"3") + entry(b"pipe", kind=b"6") + entry(b"a", kind=b"2", link=b"b") +
             entry(b"b", kind=b"2", link=b"a") + entry(b"self", kind=b"1", link=b"self") +
             entry(b"x/package-lock.json", kind=b"1", link=b"x/package-lock.json") + GOOD + END)
    expect(Image("devices", layer), 0)


@case
def the_later_of_two_entries_is_the_file():
    other = LOCK.replace(b"jquery", b"lodash")
    report = expect(Image("twice", entry(b"p/package-lock.json", other) + entry(b"p/package-lock.json", LOCK) + END), 0)
    assert package_names(report) == {"jquery"}


@case
def sizes_that_lie():
    for name, size in (("negative", b"\xff" * 12), ("overflow", b"\x80" + b"\xff" * 11), ("letters", b"zzzzzzzzzzz\0"),
                       ("beyond", b"77777777777\0")):
        expect(Image("size-" + name, GOOD + header(b"x", raw_size=size) + b"1" * 512 + END), 3, "layer 1", "byte")


@case
def headers_in_a_circle():
    expect(Image("pax-loop", GOOD + pax(comment=b"x") * 5000 + entry(b"x", b"1") + END), 3, "layer 1", "byte")


@case
def odd_whiteouts():
    layer = (entry(b".wh.") + entry(b".wh..wh..opq") + entry(b"a/.wh..") + entry(b"a/.wh...") + GOOD + END)
    expect(Image("whiteouts", entry(b"q/package-lock.json", LOCK) + END, layer), 0)


# ---- documents

@case
def a_blob_that_is_missing():
    image = Image("missing", GOOD + END, entry(b"x", b"1") + END)
    (image.path / "blobs/sha256" / image.manifest["layers"][1]["digest"][7:]).unlink()
    expect(image, 3, "layer 2", "missing")


@case
def a_blob_that_is_not_what_its_digest_says():
    image = Image("changed", GOOD + END, entry(b"x", b"1") + END)
    (image.path / "blobs/sha256" / image.manifest["layers"][1]["digest"][7:]).write_bytes(entry(b"x", b"2") + END)
    expect(image, 3, "layer 2", "digest")


@case
def a_manifest_that_is_not_what_its_digest_says():
    image = Image("changed-manifest", GOOD + END)
    digest = json.loads((image.path / "index.json").read_text())["manifests"][0]["digest"]
    with open(image.path / "blobs/sha256" / digest[7:], "ab") as blob:
        blob.write(b" ")
    expect(image, 2, "digest")


@case
def an_index_in_a_circle():
    image = Image("circle", GOOD + END)
    inner = image.put(b'{"schemaVersion":2,"manifests":[]}')
    for _ in range(8):
        inner = image.put(json.dumps({"schemaVersion": 2, "manifests": [inner]}).encode())
    image.write_index([inner])
    expect(image, 2)


@case
def more_layers_than_an_image_has():
    image = Image("layers", GOOD + END)
    image.manifest["layers"] = image.manifest["layers"] * 5000
    image.write_index([image.put(json.dumps(image.manifest).encode())])
    expect(image, 2, "1024")


@case
def json_nested_deep():
    deep = b"[" * 100_000
    expect(Image("deep-lock", entry(b"deep/package-lock.json", deep) + GOOD + END), 3, "deep/package-lock.json", "512")
    image = Image("deep-manifest", GOOD + END)
    (image.path / "index.json").write_bytes(deep)
    expect(image, 2, "512")


@case
def yaml_nested_and_full_of_aliases():
    folder = WORK / "yaml"
    folder.mkdir()
    (folder / "package-lock.json").write_bytes(LOCK)
    bomb = "a0: &a0 [x]\n" + "".join(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 40))
    for text, code in (("[" * 100_000, 2), (bomb, 0)):
        (folder / ".plimsoll.yaml").write_text(text)
        status, _, err = scan(folder)
        assert status == code, f"exit {status}: {err}"


# ---- files that inspectors read

@case
def package_databases_of_noise():
    noise = os.urandom(64 * 1024)
    databases = {
        b"var/lib/rpm/rpmdb.sqlite": b"SQLite format 3\0" + noise,
        b"var/lib/rpm/Packages.db": b"RpmP" + noise,
        b"var/lib/rpm/Packages": struct.pack("<IIII", 0, 0, 0, 0x061561) + noise,
    }
    for path, content in databases.items():
        image = Image("rpm-" + path.decode().rsplit("/", 1)[1], entry(path, content) + GOOD + END)
        expect(image, 3, path.decode(), "layer 1")


@case
def a_status_file_of_two_gigabytes():
    size = 2 << 30
    packer = zlib.compressobj(1, zlib.DEFLATED, 31)
    head = GOOD + header(b"var/lib/dpkg/status", size)
    digest = hashlib.sha256(head)
    out = [packer.compress(head)]
    piece = (b"Package: x\n" * 100000)[:1 << 20]
    for _ in range(2048):
        digest.update(piece)
        out.append(packer.compress(piece))
    digest.update(END)
    out += [packer.compress(END), packer.flush()]
    expect(Image("status", (b"".join(out), digest.hexdigest())), 3, "var/lib/dpkg/status", "layer 1")


@case
def executables_that_lie():
    elf = bytearray(b"\x7fELF\2\1\1" + bytes(9) + struct.pack("<HHIQQQIHHHHHH", 2, 62, 1, 0, 64, 2 ** 63, 0, 64, 56,
                                                                65535, 64, 65535, 65534))
    layer = entry(b"usr/bin/a", bytes(elf) + bytes(4096), mode=b"0000755\0") + GOOD + END
    expect(Image("elf", layer), 0 if scan(f"oci-dir:{Image('elf-try', layer).path}")[0] == 0 else 3)


@case
def names_with_escapes():
    evil = json.dumps({"lockfileVersion": 3, "packages": {"node_modules/jquery": {"version": "3.4.1"},
                                                          "node_modules/\u001b[31m": {"version": "\u001b]0;x\u0007"}}})
    expect(Image("escapes", entry(b"\x1b[2J/package-lock.json", evil.encode()) + END), 0)


# ---- readers that break

def faulty(name, kind, *words, step_seconds="60"):
    layer = entry(b"a/package-lock.json", LOCK) + entry(b"opt/plimsoll-fault-" + kind, b"x") + GOOD + END
    image = Image(name, layer)
    for target in (f"oci-dir:{image.path}", unpacked(name, kind)):
        status, report, err = scan(target, FAULTS, env={"PLIMSOLL_STEP_SECONDS": step_seconds})
        assert status == 3, f"exit {status}: {err}"
        said = messages(report)
        for word in (f"opt/plimsoll-fault-{kind.decode()}",) + words:
            assert word in said, f"'{word}' is not in: {said}"
        assert len([p for p in report["packages"] if p["name"] == "jquery"]) == 2, said


def unpacked(name, kind):
    root = WORK / (name + "-folder")
    for path, content in (("a/package-lock.json", LOCK), ("good/package-lock.json", LOCK),
                          (f"opt/plimsoll-fault-{kind.decode()}", b"x")):
        (root / path).parent.mkdir(parents=True)
        (root / path).write_bytes(content)
    return f"dir:{root}"


@case
def a_crash_costs_its_file():
    faulty("crash", b"abort", "crashed")


@case
def a_hang_costs_its_file():
    faulty("hang", b"loop", "3 seconds", step_seconds="3")


@case
def a_flood_costs_its_file():
    faulty("flood", b"flood", "more than fits")


@case
def a_hunger_for_memory_costs_its_file():
    if HAS_SANITIZER:
        return "a sanitizer's own memory is not limited"
    faulty("hunger", b"memory", "memory")
    return None


def main():
    failed = 0
    print(f"1..{len(cases)}")
    for number, function in enumerate(cases, 1):
        began = time.monotonic()
        try:
            reason = function()
            mark = f" # SKIP {reason}" if reason else f" # {time.monotonic() - began:.1f} s"
            print(f"ok {number} - {function.__name__}{mark}", flush=True)
        except Exception as error:  # pylint: disable=broad-except
            failed += 1
            print(f"not ok {number} - {function.__name__}", flush=True)
            print("# " + str(error).replace("\n", "\n# "), flush=True)
    shutil.rmtree(WORK, ignore_errors=True)
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
