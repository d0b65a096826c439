#!/usr/bin/env python3
"""Images of a real registry: Debian's docker-registry on loopback, filled by skopeo.

    test_registry.py PLIMSOLL [TEST…]

Prints TAP. The same image is also scanned as a layout, as archives of every kind and out of the registry: packages,
layers and findings must be the same. Ports are the kernel's choice; what was started is ended by its process id.
"""

import base64
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import urllib.error
import urllib.request

import images
from hostile import Server
from images import Layout, Scanner, content, lock, names, need, run, same, tar

STATUS = "Package: %s\nStatus: install ok installed\nArchitecture: %s\nVersion: %s\n\n"
LAYERS = [
    (tar(("etc/os-release", 'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian 12"\n'),
         ("var/lib/dpkg/status", STATUS % ("zlib1g", "amd64", "1:1.2.13.dfsg-1")),
         ("srv/old/package-lock.json", lock(("left-pad", "1.3.0"))),
         ("usr/share/noise", os.urandom(300000))), "ADD rootfs.tar /"),
    (None, 'CMD ["sh"]'),
    (tar(("srv/app/package-lock.json", lock(("jquery", "3.4.1"), ("lodash", "4.17.20")))), "COPY app /srv/app"),
    (tar(("srv/old/.wh.package-lock.json", ""), ("srv/app/requirements.txt", "jinja2==2.11.2\n")), "RUN rm -r /srv/old"),
]
NAMES = ["jinja2 2.11.2", "jquery 3.4.1", "lodash 4.17.20", "zlib1g 1:1.2.13.dfsg-1"]
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class Registry:
    """A docker-registry; the store is shared, so that one filling serves all."""

    def __init__(self, folder, more=""):
        need("docker-registry")
        config = folder / ("registry%d.yml" % len(list(folder.glob("registry*.yml"))))
        config.write_text("version: 0.1\nlog: {level: info}\nstorage: {filesystem: {rootdirectory: %s}}\n"
                          "http:\n  addr: 127.0.0.1:0\n%s" % (folder / "store", more))
        self.process = subprocess.Popen(["docker-registry", "serve", config], stdout=subprocess.PIPE,
                                        stderr=subprocess.STDOUT, text=True)
        said, found = "", None
        while not found:
            line = self.process.stdout.readline()
            assert line, "docker-registry did not start: " + said
            said += line
            found = re.search(r"listening on (127\.0\.0\.1:\d+)", line)
        self.host = found.group(1)
        threading.Thread(target=self.process.stdout.read, daemon=True).start()

    def close(self):
        self.process.kill()
        self.process.wait()


class Between(dict):
    """Routes of a server that hands each request on to a registry; the first answer of `cuts` blobs breaks off."""

    def __init__(self, host, cuts=()):
        super().__init__()
        self.host, self.cuts = host, set(cuts)

    def get(self, path, default=None):
        return self.hand_on

    def hand_on(self, handler):
        kept = {k: handler.headers[k] for k in ("Accept", "Range", "If-Range") if k in handler.headers}
        request = urllib.request.Request("http://%s%s" % (self.host, handler.path), headers=kept)
        try:
            with OPENER.open(request) as answer:
                status, body, headers = answer.status, answer.read(), answer.headers
        except urllib.error.HTTPError as answer:
            status, body, headers = answer.code, answer.read(), answer.headers
        told = {k.replace("-", "_"): headers[k] for k in
                ("Content-Type", "Content-Range", "Docker-Content-Digest", "Accept-Ranges", "Etag") if k in headers}
        digest = handler.path.rsplit("/", 1)[1]
        if digest in self.cuts:
            self.cuts.remove(digest)
            handler.answer(status, body[:len(body) // 2], Content_Length=str(len(body)), **told)
            handler.cut()
        else:
            handler.answer(status, body, **told)


class World:
    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="plimsoll-registry-test-"))
        self.scanner = Scanner(sys.argv[1], self.folder)
        self.closing, self.open_registry, self.expected = [], None, None
        self.layout = Layout(self.folder / "layout")
        self.one = self.layout.image(LAYERS)
        self.layout.tag(self.one, "one")

    def opened(self, thing):
        self.closing.append(thing)
        return thing

    def registry(self):
        """An open one, filled with the image and an index of platforms."""
        if not self.open_registry:
            need("skopeo")
            self.open_registry = self.opened(Registry(self.folder))
            self.push("layout:one", "one")
            self.fill_platforms()
        return self.open_registry.host

    def push(self, source, tag, *options):
        self.skopeo("copy", *options, "--dest-tls-verify=false", "oci:%s/%s" % (self.folder, source),
                    "docker://%s/shop/web:%s" % (self.open_registry.host, tag))

    def skopeo(self, *words):
        return run("skopeo", "--insecure-policy", *words)

    def fill_platforms(self):
        layout = Layout(self.folder / "platforms")
        arm = [(tar(("srv/app/package-lock.json", lock(("only-arm", "1.0.0")))), "COPY . /")]
        attestation = layout.image([(b"{}", "")], architecture="unknown")
        layout.tag(layout.index(
            {**layout.image(LAYERS), "platform": {"os": "linux", "architecture": "amd64"}},
            {**layout.image(arm, "arm64"), "platform": {"os": "linux", "architecture": "arm64", "variant": "v8"}},
            {**attestation, "platform": {"os": "unknown", "architecture": "unknown"},
             "annotations": {"vnd.docker.reference.type": "attestation-manifest"}}), "all")
        self.push("platforms:all", "all", "--all")

    def between(self, cuts=()):
        server = self.opened(Server())
        server.routes = Between(self.registry(), cuts)
        return server

    def certificate(self):
        """A CA's certificate, and certificate and key of 127.0.0.1 that it signed."""
        need("openssl")
        ca, ca_key, cert, key, ask, more = (self.folder / name for name in
                                            ("ca.pem", "ca.key", "cert.pem", "key.pem", "ask.pem", "more.cnf"))
        new = ["openssl", "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
        run(*new, "-x509", "-days", "2", "-subj", "/CN=Own CA", "-out", ca, "-keyout", ca_key)
        run(*new, "-subj", "/CN=127.0.0.1", "-out", ask, "-keyout", key)
        more.write_text("subjectAltName=IP:127.0.0.1\n")
        run("openssl", "x509", "-req", "-in", ask, "-CA", ca, "-CAkey", ca_key, "-CAcreateserial", "-days", "2",
            "-extfile", more, "-out", cert)
        return ca, cert, key

    def layout_content(self):
        if not self.expected:
            report = self.scanner.report("oci-dir:%s:one" % (self.folder / "layout"))
            same(names(report), NAMES)
            self.expected = content(report)
        return self.expected

    def close(self):
        for thing in self.closing:
            thing.close()
        shutil.rmtree(self.folder)


def by_construction(world):
    found = {p["name"]: (p["layer"], p["is_in_base"]) for p in world.layout_content()["packages"]}
    same(found, {"zlib1g": (1, True), "jquery": (2, False), "lodash": (2, False), "jinja2": (3, False)})
    same([layer["created_by"] for layer in world.layout_content()["layers"]],
         [step for part, step in LAYERS if part is not None])


def an_open_registry(world):
    host = world.registry()
    for reference in ("%s/shop/web:one" % host, "image:%s/shop/web:one" % host,
                      "image:%s/shop/web@%s" % (host, world.one["digest"]),
                      "image:%s/shop/web:one@%s" % (host, world.one["digest"])):
        report = world.scanner.report(reference)
        same(content(report), world.layout_content(), reference)
        same([layer["digest"] for layer in report["layers"]], layer_digests(world))


def layer_digests(world):
    blob = world.folder / "layout/blobs/sha256" / world.one["digest"].split(":")[1]
    return [layer["digest"] for layer in json.loads(blob.read_text())["layers"]]


def zstd_layers(world):
    host = world.registry()
    layout = Layout(world.folder / "zstd")
    layout.tag(layout.image(LAYERS, packed_by=images.packed_by_zstd), "zstd")
    world.push("zstd:zstd", "zstd", "--preserve-digests")
    manifest = json.loads(world.skopeo("inspect", "--raw", "--tls-verify=false", "docker://%s/shop/web:zstd" % host))
    same({layer["mediaType"] for layer in manifest["layers"]}, {images.LAYER + "+zstd"})
    same(content(world.scanner.report("image:%s/shop/web:zstd" % host)), world.layout_content())


def what_is_not_there(world):
    host = world.registry()
    world.scanner.refuses("image:%s/shop/web:none" % host, says=["shop/web", "none", host])
    world.scanner.refuses("image:%s/shop/nothing:one" % host, says=["shop/nothing"])
    world.scanner.refuses("image:%s/shop/web@sha256:%s" % (host, "0" * 64), says=["0" * 64])


def platforms(world):
    target = "image:%s/shop/web:all" % world.registry()
    same(content(world.scanner.report(target, "--platform", "linux/amd64")), world.layout_content())
    for wish in ("linux/arm64", "linux/arm64/v8"):
        report = world.scanner.report(target, "--platform", wish)
        same(names(report), ["only-arm 1.0.0"])
        same(report["target"]["platform"], "linux/arm64")
    world.scanner.refuses(target, "--platform", "linux/s390x",
                          says=["linux/s390x", "it has: linux/amd64, linux/arm64/v8.", "--platform"])


def archives_and_folders(world):
    need("skopeo")
    source, saved = "oci:%s:one" % (world.folder / "layout"), world.folder / "saved.tar"
    world.skopeo("copy", source, "oci-archive:%s:one" % (world.folder / "oci.tar"))
    world.skopeo("copy", source, "docker-archive:%s:shop/web:one" % saved)
    targets = ["oci-archive:%s" % (world.folder / "oci.tar"), world.folder / "oci.tar", world.folder / "layout",
               "docker-archive:%s" % saved, saved]
    for program, end in (("gzip", "gz"), ("zstd", "zst"), ("xz", "xz"), ("bzip2", "bz2")):
        if shutil.which(program):
            packed = world.folder / ("saved.tar." + end)
            packed.write_bytes(run(program, "-c", saved))
            targets += [packed, "docker-archive:%s" % packed]
    for target in targets:
        same(content(world.scanner.report(target)), world.layout_content(), target)


def credentials(world):
    need("htpasswd")
    world.registry()
    users = world.folder / "htpasswd"
    users.write_bytes(run("htpasswd", "-Bbn", "shop", "s3cret"))
    host = world.opened(Registry(world.folder, "auth: {htpasswd: {realm: shop, path: %s}}\n" % users)).host
    target = "image:%s/shop/web:one" % host
    world.scanner.refuses(target, says=["401", "no credentials for " + host, "docker login " + host])
    for password, is_right in (("s3cret", True), ("other", False)):
        login = {"auths": {host: {"auth": base64.b64encode(b"shop:" + password.encode()).decode()}}}
        (world.folder / "config.json").write_text(json.dumps(login))
        if is_right:
            report = world.scanner.report(target, DOCKER_CONFIG=str(world.folder))
            same(content(report), world.layout_content())
        else:
            world.scanner.refuses(target, says=["do not suffice"], DOCKER_CONFIG=str(world.folder))


def own_certificates(world):
    world.registry()
    ca, cert, key = world.certificate()
    host = world.opened(Registry(world.folder, "  tls: {certificate: %s, key: %s}\n" % (cert, key))).host
    target = "image:%s/shop/web:one" % host
    world.scanner.refuses(target, says=["not trusted", "--ca-file"])
    world.scanner.refuses(target, "--insecure-registry", "127.0.0.2", says=["not trusted"])
    for options, environ in ((["--ca-file", str(ca)], {}), ([], {"SSL_CERT_FILE": str(ca)}),
                             (["--insecure-registry", host], {})):
        same(content(world.scanner.report(target, *options, **environ)), world.layout_content(), options)
    world.scanner.refuses(target, "--ca-file", str(world.folder / "none.pem"), says=["none.pem"])


def a_second_scan_downloads_no_layers(world):
    server, cache = world.between(), world.folder / "kept"
    target = "image:%s/shop/web:one" % server.host
    first = world.scanner.report(target, cache=cache)
    layers = set(layer_digests(world))
    asked = {path.rsplit("/", 1)[1] for path in server.paths()}
    assert layers <= asked, asked
    server.log.clear()
    second = world.scanner.report(target, cache=cache)
    same(content(second), content(first))
    same(content(second), world.layout_content())
    same(second["run"]["cached_layers"], 3)
    asked = [path.split("/")[4] for path in server.paths() if path != "/v2/"]
    same(sorted(asked), ["blobs", "manifests"])
    same([d for d in layers if any(d in path for path in server.paths())], [])
    same(list((cache / "blobs").glob("*")), [])


def a_cut_layer_goes_on(world):
    big = layer_digests(world)[0]
    server = world.between(cuts=[big])
    report = world.scanner.report("image:%s/shop/web:one" % server.host)
    same(content(report), world.layout_content())
    size = (world.folder / "layout/blobs/sha256" / big.split(":")[1]).stat().st_size
    ranges = [headers.get("Range") for path, headers, _ in server.log if path.endswith(big)]
    same(ranges, [None, "bytes=%d-" % (size // 2)])


def a_failed_scan_is_gone_on_with(world):
    """The network dies for good in a layer: the next scan asks for the rest only."""
    big, cache = layer_digests(world)[0], world.folder / "begun"
    server = world.between(cuts=[big])
    routes = server.routes
    hand_on = routes.hand_on

    def dying(handler):
        if handler.path.endswith(big) and big not in routes.cuts:
            handler.answer(404, b"")
        else:
            hand_on(handler)

    routes.hand_on = dying
    target = "image:%s/shop/web:one" % server.host
    done = world.scanner.run(target, cache=cache)
    same(done.returncode, 3, done.stderr)
    problems = json.loads(done.stdout)["problems"]
    assert len(problems) == 1 and "1" in problems[0]["place"], problems
    routes.hand_on = hand_on
    server.log.clear()
    same(content(world.scanner.report(target, cache=cache)), world.layout_content())
    size = (world.folder / "layout/blobs/sha256" / big.split(":")[1]).stat().st_size
    same([headers.get("Range") for path, headers, _ in server.log if path.endswith(big)],
         ["bytes=%d-" % (size // 2)])
    same([path for path in server.paths() if any(d in path for d in layer_digests(world)[1:])], [])


TESTS = [by_construction, an_open_registry, zstd_layers, what_is_not_there, platforms, archives_and_folders,
         credentials, own_certificates, a_second_scan_downloads_no_layers, a_cut_layer_goes_on,
         a_failed_scan_is_gone_on_with]

if __name__ == "__main__":
    images.main(TESTS, World())
