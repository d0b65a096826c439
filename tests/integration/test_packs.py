#!/usr/bin/env python3
"""Packs of checks out of a registry: Debian's docker-registry on loopback, filled by its HTTP interface.

    test_packs.py PLIMSOLL [TEST…]

Prints TAP. Artifacts are put together here as `oras push` writes them: a layer a file, or a folder as tar.gz.
"""

import base64
import hashlib
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import shutil
import urllib.parse
import urllib.request

import images
from hostile import Server
from images import Scanner, need, run, same, tar
from test_registry import OPENER, Registry

CHECK = """id: %s
title: A stage of its own name
severity: high
kinds: [Dockerfile]
fail: %s
why: It is what this test is about.
fix: Nothing.
examples:
  - {source: dockerfile, expect: fail, text: "FROM a\\n"}
"""
FILE, FOLDER = "application/vnd.oci.image.layer.v1.tar", "application/vnd.oci.image.layer.v1.tar+gzip"


def gz(content):
    return images.packed_by_gzip(content)[0]


def zst(content):
    return images.packed_by_zstd(content)[0]


def check(name, fail="true"):
    return CHECK % (name, json.dumps(fail))


class World:
    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="plimsoll-packs-test-"))
        self.scanner = Scanner(sys.argv[1], self.folder)
        self.closing, self.host, self.server = [], None, None
        self.target = self.folder / "target"
        self.target.mkdir()
        (self.target / "Dockerfile").write_text("FROM debian:12\n")

    def registry(self):
        if not self.host:
            self.server = self.opened(Registry(self.folder))
            self.host = self.server.host
        return self.host

    def opened(self, thing):
        self.closing.append(thing)
        return thing

    def close(self):
        for thing in self.closing:
            thing.close()
        shutil.rmtree(self.folder)

    def ask(self, method, path, body=None, **headers):
        url = path if path.startswith("http") else "http://%s%s" % (self.registry(), path)
        request = urllib.request.Request(url, body, {k.replace("_", "-"): v for k, v in headers.items()}, method=method)
        with OPENER.open(request) as answer:
            answer.read()
            return answer.headers

    def push_blob(self, repository, body):
        digest = "sha256:" + hashlib.sha256(body).hexdigest()
        place = self.ask("POST", "/v2/%s/blobs/uploads/" % repository, b"")["Location"]
        place += ("&" if "?" in place else "?") + urllib.parse.urlencode({"digest": digest})
        self.ask("PUT", place, body, Content_Type="application/octet-stream")
        return digest

    def push(self, tag, *layers, repository="acme/checks", manifest=None):
        """layers: (title, bytes, media type). The manifest's digest."""
        config = self.push_blob(repository, b"{}")
        listed = []
        for title, body, media_type in layers:
            blob = {"mediaType": media_type, "digest": self.push_blob(repository, body), "size": len(body)}
            if title:
                blob["annotations"] = {"org.opencontainers.image.title": title}
            listed.append(blob)
        text = json.dumps(manifest or {
            "schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
            "artifactType": "application/vnd.plimsoll.checks.v1",
            "config": {"mediaType": "application/vnd.oci.empty.v1+json", "digest": config, "size": 2},
            "layers": listed}).encode()
        self.ask("PUT", "/v2/%s/manifests/%s" % (repository, tag), text,
                 Content_Type=json.loads(text)["mediaType"])
        return "sha256:" + hashlib.sha256(text).hexdigest()

    def policy(self, tag, repository="acme/checks"):
        return "oci:%s/%s%s%s" % (self.registry(), repository, "" if tag.startswith("@") else ":", tag)

    def found(self, policy, **more):
        report = self.scanner.report("dir:%s" % self.target, "--policy", policy, **more)
        return sorted(f["rule"] for f in report["findings"] if f["rule"].startswith("ACME"))

    def refuses(self, policy, *says, options=(), **more):
        self.scanner.refuses("dir:%s" % self.target, "--policy", policy, *options, says=says, **more)


def files_and_folders(world):
    packed = tar(("checks/b.yaml", check("ACME-2")), ("checks/deep/c.yml", check("ACME-3") + "---\n" + check("ACME-4")),
                 ("checks/.hidden.yaml", "{"), ("checks/README.md", "{"), ("checks/link.yaml", "->", "b.yaml"))
    for tag, layers, ids in (
            ("file", [("a.yaml", check("ACME-1").encode(), FILE)], ["ACME-1"]),
            ("files", [("a.yaml", check("ACME-1").encode(), "application/yaml"),
                       ("sub/b.yml", check("ACME-2").encode(), FILE),
                       ("README.md", b"{", "text/markdown")], ["ACME-1", "ACME-2"]),
            ("both", [("a.yaml", check("ACME-1").encode(), FILE),
                      ("checks", gz(tar(("checks/b.yaml", check("ACME-2")))), FOLDER)],
             ["ACME-1", "ACME-2"]),
            ("plain", [("checks", tar(("b.yaml", check("ACME-2"))), FILE)], ["ACME-2"]),
            ("zstd", [("", zst(tar(("b.yaml", check("ACME-2")))),
                       "application/vnd.oci.image.layer.v1.tar+zstd")], ["ACME-2"])):
        digest = world.push(tag, *layers)
        same(world.found(world.policy(tag)), ids, tag)
        same(world.found(world.policy("@" + digest)), ids, tag)
        same(world.found(world.policy("%s@%s" % (tag, digest))), ids, tag)
    world.push("folder", ("checks", gz(packed), FOLDER))
    same(world.found(world.policy("folder")), ["ACME-2", "ACME-3", "ACME-4"])


def with_other_packs(world):
    world.push("one", ("a.yaml", check("ACME-1").encode(), FILE))
    own = world.folder / "own.yaml"
    own.write_text(check("ACME-9"))
    report = world.scanner.report("dir:%s" % world.target, "--policy", str(own), "--policy", world.policy("one"))
    same(sorted(f["rule"] for f in report["findings"] if f["rule"].startswith("ACME")), ["ACME-1", "ACME-9"])
    own.write_text(check("ACME-1"))
    world.refuses(world.policy("one"), "ACME-1", options=("--policy", str(own)))


def the_command_check(world):
    world.push("one", ("a.yaml", check("ACME-1").encode(), FILE))
    env = {**os.environ, "PLIMSOLL_CACHE": str(world.folder / "cache")}
    for words, says in ((["check", "test", world.policy("one")], "1 checks: 1 examples as expected, 0 not"),
                        (["check", "explain", "ACME-1", "--policy", world.policy("one")], "A stage of its own name")):
        done = subprocess.run([world.scanner.program, *words], env=env, capture_output=True, text=True)
        same(done.returncode, 0, done.stderr)
        assert says in done.stdout, done.stdout


def mistakes_have_their_place(world):
    wrong = check("ACME-1").replace("severity: high", "severity: high\nserverity: low")
    world.push("field", ("a.yaml", wrong.encode(), FILE))
    world.refuses(world.policy("field"), "oci:", "/acme/checks:field: a.yaml:4:1", "serverity")
    world.push("cel", ("checks", gz(tar(("checks/x/b.yaml", check("ACME-1", "1 +")))), FOLDER))
    world.refuses(world.policy("cel"), "checks/x/b.yaml:5:")
    world.push("yaml", ("checks", gz(tar(("checks/c.yaml", "a: [\n"))), FOLDER))
    world.refuses(world.policy("yaml"), "checks/c.yaml", "line 2")


def what_is_not_there(world):
    world.push("none", ("README.md", b"hello", "text/markdown"), ("checks", tar(("a.txt", "x")), FILE))
    world.refuses(world.policy("none"), "no .yaml file in this artifact (2 layers)")
    world.refuses(world.policy("absent"), world.policy("absent"), "absent")
    world.refuses(world.policy("@sha256:" + "0" * 64), "0" * 64)
    world.refuses(world.policy("x", "acme/nothing"), "acme/nothing")
    world.refuses("oci:", "oci:")
    world.refuses("oci:%s/acme/checks@sha256:12" % world.registry(), "digest")
    world.push("index", manifest={"schemaVersion": 2, "manifests": [],
                                  "mediaType": "application/vnd.oci.image.index.v1+json"})
    world.refuses(world.policy("index"), "index of images")
    dead = Server()
    host = dead.host
    dead.close()
    world.refuses("oci:%s/acme/checks:1" % host, host, TMPDIR=str(world.folder))


def credentials(world):
    need("htpasswd")
    world.push("one", ("a.yaml", check("ACME-1").encode(), FILE))
    users = world.folder / "htpasswd"
    users.write_bytes(run("htpasswd", "-Bbn", "acme", "s3cret"))
    host = world.opened(Registry(world.folder, "auth: {htpasswd: {realm: acme, path: %s}}\n" % users)).host
    policy = "oci:%s/acme/checks:one" % host
    world.refuses(policy, host, "credentials")
    login = world.folder / "docker"
    login.mkdir()
    (login / "config.json").write_text(json.dumps(
        {"auths": {host: {"auth": base64.b64encode(b"acme:s3cret").decode()}}}))
    same(world.found(policy, DOCKER_CONFIG=str(login)), ["ACME-1"])


def a_pinned_digest_needs_no_network(world):
    cache = world.folder / "kept"
    digest = world.push("pinned", ("a.yaml", check("ACME-1").encode(), FILE))
    server = world.opened(Server())
    policy = "oci:%s/acme/checks@%s" % (server.host, digest)
    mirror = ("--mirror", "%s=http://%s" % (server.host, world.registry()))
    target = "dir:%s" % world.target
    ids = lambda done: [f["rule"] for f in json.loads(done.stdout)["findings"] if f["rule"].startswith("ACME")]
    done = world.scanner.run(target, "--policy", policy, *mirror, cache=cache)
    same((done.returncode, ids(done)), (0, ["ACME-1"]), done.stderr)
    server.log.clear()
    done = world.scanner.run(target, "--policy", policy, cache=cache)
    same((done.returncode, ids(done)), (0, ["ACME-1"]), done.stderr)
    same(server.paths(), [])
    # Damaged files of the cache are fetched anew; without a cache nothing is there.
    for path in (cache / "artifacts").iterdir():
        path.write_bytes(b"damaged")
    world.refuses(policy, server.host, cache=cache)
    done = world.scanner.run(target, "--policy", policy, *mirror, cache=cache)
    same((done.returncode, ids(done)), (0, ["ACME-1"]), done.stderr)


def lying_registries(world):
    """What doesn't have its digest is not read; a bomb and a folder of too many files cost little."""
    good = check("ACME-1").encode()
    digest = "sha256:" + hashlib.sha256(good).hexdigest()
    manifest = json.dumps({"schemaVersion": 2, "layers": [
        {"mediaType": FILE, "digest": digest, "size": len(good),
         "annotations": {"org.opencontainers.image.title": "a.yaml"}}]}).encode()
    server = world.opened(Server())
    told = {"Content_Type": "application/vnd.oci.image.manifest.v1+json"}
    server.routes["/v2/a/b/manifests/1"] = lambda h: h.answer(200, manifest, **told)
    server.routes["/v2/a/b/blobs/" + digest] = lambda h: h.answer(200, b"x" * len(good))
    world.refuses("oci:%s/a/b:1" % server.host, digest)
    for text, says in ((b"[" * 100000, "oci:"), (b'{"layers": [{"digest": "../../x"}]}', "no digest"),
                       (b'{"layers": {}}', "no manifest of an artifact"), (b"<html>", "oci:")):
        server.routes["/v2/a/b/manifests/1"] = lambda h, text=text: h.answer(200, text, **told)
        world.refuses("oci:%s/a/b:1" % server.host, says)
    bomb = gz(tar(("a.yaml", "#" * (40 << 20))))
    world.push("bomb", ("checks", bomb, FOLDER))
    world.refuses(world.policy("bomb"), "a.yaml", "more than")
    many = gz(tar(*(("%d.yaml" % i, "") for i in range(10001))))
    world.push("many", ("checks", many, FOLDER))
    world.refuses(world.policy("many"), "more than 10000 files")
    world.push("torn", ("checks", gz(tar(("a.yaml", check("ACME-1"))))[:200], FOLDER))
    world.refuses(world.policy("torn"), "ends early")


TESTS = [files_and_folders, with_other_packs, the_command_check, mistakes_have_their_place, what_is_not_there,
         credentials, a_pinned_digest_needs_no_network, lying_registries]

if __name__ == "__main__":
    images.main(TESTS, World())
