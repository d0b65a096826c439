"""Images made by hand as OCI layouts, scans of them, and TAP: what the image tests share."""

import gzip
import hashlib
import io
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tarfile

MANIFEST = "application/vnd.oci.image.manifest.v1+json"
INDEX = "application/vnd.oci.image.index.v1+json"
CONFIG = "application/vnd.oci.image.config.v1+json"
LAYER = "application/vnd.oci.image.layer.v1.tar"


class Skip(Exception):
    pass


def need(*programs):
    lacks = [program for program in programs if not shutil.which(program)]
    if lacks:
        raise Skip("not installed: " + ", ".join(lacks))


def run(*command, **options):
    done = subprocess.run([str(word) for word in command], capture_output=True, **options)
    if done.returncode:
        raise AssertionError("%s: %s" % (" ".join(map(str, command)), done.stderr.decode(errors="replace")))
    return done.stdout


def same(actual, expected, what=""):
    assert actual == expected, "%s%r is not %r" % (what and str(what) + ": ", actual, expected)


def tar(*entries):
    """Entries: (name, content) of files, ("name/",) of folders, (name, "->", target) of symlinks, (name, "=", target) of
    hard links."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for name, *rest in entries:
            info = tarfile.TarInfo(name)
            if not rest:
                info.type, info.mode = tarfile.DIRTYPE, 0o755
                archive.addfile(info)
                continue
            if len(rest) == 2:
                info.type = tarfile.SYMTYPE if rest[0] == "->" else tarfile.LNKTYPE
                info.linkname = rest[1]
                archive.addfile(info)
                continue
            content = rest[0] if isinstance(rest[0], bytes) else rest[0].encode()
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return out.getvalue()


def lock(*packages):
    listed = {"node_modules/" + name: {"version": version} for name, version in packages}
    return json.dumps({"name": "app", "version": "1.0.0", "lockfileVersion": 3,
                       "packages": {"": {"name": "app", "version": "1.0.0"}, **listed}})


def packed_by_gzip(content):
    return gzip.compress(content, 1, mtime=0), "+gzip"


def packed_by_zstd(content):
    need("zstd")
    return run("zstd", "-c", input=content), "+zstd"


class Layout:
    """An OCI layout folder that grows by images."""

    def __init__(self, path):
        self.path, self.entries = pathlib.Path(path), []
        (self.path / "blobs/sha256").mkdir(parents=True)
        (self.path / "oci-layout").write_text('{"imageLayoutVersion": "1.0.0"}')

    def blob(self, content, media_type, **more):
        digest = hashlib.sha256(content).hexdigest()
        (self.path / "blobs/sha256" / digest).write_bytes(content)
        return {"mediaType": media_type, "digest": "sha256:" + digest, "size": len(content), **more}

    def image(self, layers, architecture="amd64", packed_by=packed_by_gzip):
        """Layers are (tar, created_by); created_by without a tar is a step without a layer."""
        parts = [part for part, _ in layers if part is not None]
        config = {"architecture": architecture, "os": "linux",
                  "rootfs": {"type": "layers", "diff_ids": ["sha256:" + hashlib.sha256(p).hexdigest() for p in parts]},
                  "history": [{"created_by": step, "empty_layer": part is None} for part, step in layers]}
        packed = [packed_by(part) for part in parts]
        manifest = {"schemaVersion": 2, "mediaType": MANIFEST, "config": self.blob(json.dumps(config).encode(), CONFIG),
                    "layers": [self.blob(blob, LAYER + end) for blob, end in packed]}
        return self.blob(json.dumps(manifest).encode(), MANIFEST)

    def index(self, *manifests):
        return self.blob(json.dumps({"schemaVersion": 2, "mediaType": INDEX, "manifests": manifests}).encode(), INDEX)

    def tag(self, entry, name):
        self.entries.append({**entry, "annotations": {"org.opencontainers.image.ref.name": name}})
        (self.path / "index.json").write_text(json.dumps({"schemaVersion": 2, "manifests": self.entries}))


class Scanner:
    """The program, with a cache of its own."""

    def __init__(self, program, folder):
        self.program, self.folder = os.path.abspath(program), pathlib.Path(folder)

    def run(self, target, *options, cache=None, **environ):
        env = {k: v for k, v in os.environ.items() if not re.fullmatch("(?i)(https?|all|no)_proxy", k)}
        env.update(PLIMSOLL_CACHE=str(cache or self.folder / "cache"), DOCKER_CONFIG=str(self.folder / "none"),
                   CONTAINERS_STORAGE_CONF=str(self.folder / "none.conf"), XDG_DATA_HOME=str(self.folder / "none"))
        env.update(environ)
        words = [self.program, "scan", "--format", "json", *options, str(target)]
        if cache is None:
            words.insert(2, "--no-cache")
        return subprocess.run(words, env=env, capture_output=True, text=True, timeout=600)

    def report(self, target, *options, **more):
        done = self.run(target, *options, **more)
        assert done.stdout, "%s: exit %d: %s" % (target, done.returncode, done.stderr)
        report = json.loads(done.stdout)
        same(report["problems"], [], target)
        assert done.returncode == 0, "%s: exit %d: %s" % (target, done.returncode, done.stderr)
        return report

    def refuses(self, target, *options, says, code=2, **more):
        done = self.run(target, *options, **more)
        assert done.returncode == code, "%s: exit %d: %s" % (target, done.returncode, done.stderr)
        for words in says:
            assert words in done.stderr, "%r is not in %r" % (words, done.stderr)


def content(report):
    """What must not depend on how an image came here."""
    layers = [{k: layer[k] for k in ("index", "diff_id", "is_base", "created_by")} for layer in report["layers"]]
    return {"layers": layers, **{k: report[k] for k in ("packages", "findings")}}


def names(report):
    return sorted("%s %s" % (package["name"], package["version"]) for package in report["packages"])


def run_tests(tests, world, wanted=()):
    """Prints TAP; the exit code."""
    tests = [test for test in tests if not wanted or test.__name__ in wanted]
    print("1..%d" % len(tests), flush=True)
    failed = False
    for number, test in enumerate(tests, 1):
        verdict, note = "ok", ""
        try:
            test(world)
        except Skip as reason:
            note = " # SKIP %s" % reason
        except Exception as problem:
            verdict, failed = "not ok", True
            said = "%s: %s" % (type(problem).__name__, problem)
            print("# " + said[:4000].replace("\n", "\n# "), flush=True)
        print("%s %d - %s%s" % (verdict, number, test.__name__, note), flush=True)
    return 1 if failed else 0


def main(tests, world):
    os.umask(0o022)  # modes of folders that umoci and buildah make are looked at
    try:
        sys.exit(run_tests(tests, world, sys.argv[2:]))
    finally:
        world.close()
