#!/usr/bin/env python3
"""plimsoll-fetch against Debian's docker-registry and against servers that misbehave.

    test_fetch.py FETCH_DRIVER FOLDER_OF_PLIMSOLL_FETCH

Prints TAP. Everything runs on loopback, on ports that the kernel chose; every process that was started is
ended by its process id.
"""

import base64
import hashlib
import json
import os
import re
import shutil
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

from hostile import Server

DRIVER, LIBEXEC = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
SECRET = "s3cret-pässword:with/colon"
TOKEN = "t0ken.of-nobody"
ERR_INPUT, ERR_LIMIT, ERR_IO, ERR_ABSENT, ERR_USAGE, ERR_DENIED = -1, -2, -4, -5, -7, -8
OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json"


def sha256(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()


def noise(n, seed=b"seed"):
    return hashlib.shake_256(seed).digest(n)


class Skip(Exception):
    pass


class Result:
    def __init__(self, line, path):
        fields = line.split("\t")
        self.id, self.code, self.status, self.received, self.total = map(int, fields[:5])
        self.media_type, self.digest, self.etag, self.message = fields[5:]
        with open(path, "rb") as f:
            self.body = f.read()


class Case:
    """What one test has: a folder, servers that are closed behind it, and the driver."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="plimsoll-fetch-test-")
        self.servers = []
        self.env = {"backoff_ms": 1, "retries": 3, "connect_ms": 5000, "stall_s": 5, "stall_rate": 1}

    def server(self, tls=None):
        server = Server(tls)
        self.servers.append(server)
        return server

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, data, mode=0o600):
        with open(self.path(name), "wb") as f:
            f.write(data if isinstance(data, bytes) else data.encode())
        os.chmod(self.path(name), mode)
        return self.path(name)

    def config(self, **config):
        self.write("config.json", json.dumps(config))
        return {"docker_config": self.folder}

    def login(self, registry, user="shop", password=SECRET):
        pair = base64.b64encode(("%s:%s" % (user, password)).encode()).decode()
        return self.config(auths={registry: {"auth": pair}})

    def run(self, requests, environ=None, **settings):
        """Requests are (kind, words...); the file of each is out0, out1, …"""
        words = []
        for name, value in {"docker_config": self.path("none"), **self.env, **settings}.items():
            for one in value if isinstance(value, list) else [value]:
                words.append("%s=%s" % (name, one))
        words.append("--")
        for i, request in enumerate(requests):
            words += [*request, self.path("out%d" % i)]
        env = {k: v for k, v in os.environ.items() if not re.fullmatch("(?i)(https?|all|no)_proxy", k)}
        env.update(PLIMSOLL_LIBEXEC=LIBEXEC, **(environ or {}))
        done = subprocess.run([DRIVER, *words], env=env, capture_output=True, text=True, timeout=60)
        said = done.stdout + done.stderr
        for hidden in (SECRET, base64.b64encode(("shop:" + SECRET).encode()).decode(), TOKEN):
            assert hidden not in said, "a secret is in the output: " + said
        assert done.returncode == 0 and not done.stderr, "driver: %d %s" % (done.returncode, done.stderr)
        lines = sorted(done.stdout.splitlines(), key=lambda line: int(line.split("\t")[0]))
        assert len(lines) == len(requests), said
        return [Result(line, self.path("out%d" % i)) for i, line in enumerate(lines)]

    def one(self, *request, **settings):
        return self.run([request], **settings)[0]

    def close(self):
        for server in self.servers:
            server.close()
        shutil.rmtree(self.folder)


def same(actual, expected):
    assert actual == expected, "%r is not %r" % (actual, expected)


def says(result, code, *parts):
    assert result.code == code, "code %d: %s" % (result.code, result.message)
    for part in parts:
        assert part in result.message, "%r is not in %r" % (part, result.message)


def done(result, body=None):
    assert result.code == 0, "code %d: %s" % (result.code, result.message)
    if body is not None:
        assert result.body == body, "%d bytes instead of %d" % (len(result.body), len(body))


# ---- docker-registry ----------------------------------------------------------------------------------------

LAYER = noise(3 * 1024 * 1024)
CONFIG = json.dumps({"architecture": "amd64", "os": "linux", "rootfs": {"type": "layers", "diff_ids": []}}).encode()
MANIFEST = json.dumps({
    "schemaVersion": 2,
    "mediaType": OCI_MANIFEST,
    "config": {"mediaType": "application/vnd.oci.image.config.v1+json", "digest": sha256(CONFIG), "size": len(CONFIG)},
    "layers": [{"mediaType": "application/vnd.oci.image.layer.v1.tar", "digest": sha256(LAYER), "size": len(LAYER)}],
}).encode()


class Registry:
    """A docker-registry of its own process; storage is shared, so that one filling serves all."""

    def __init__(self, storage, http="", auth=""):
        program = shutil.which("docker-registry")
        if not program:
            raise Skip("docker-registry is not installed")
        self.folder = tempfile.mkdtemp(prefix="plimsoll-registry-")
        config = os.path.join(self.folder, "config.yml")
        with open(config, "w") as f:
            f.write("version: 0.1\nlog: {level: info}\nstorage: {filesystem: {rootdirectory: %s}}\n"
                    "http:\n  addr: 127.0.0.1:0\n%s%s" % (storage, http, auth))
        self.process = subprocess.Popen([program, "serve", config], stdout=subprocess.PIPE,
                                        stderr=subprocess.STDOUT, text=True)
        self.port = self.find_port()
        self.host = "127.0.0.1:%d" % self.port
        self.drain = threading.Thread(target=self.process.stdout.read, daemon=True)
        self.drain.start()

    def find_port(self):
        said = ""
        for line in self.process.stdout:
            said += line
            found = re.search(r"listening on 127\.0\.0\.1:(\d+)", line)
            if found:
                return int(found.group(1))
        raise Exception("docker-registry did not start: " + said)

    def close(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()
        shutil.rmtree(self.folder)


def put(url, data, media_type):
    request = urllib.request.Request(url, data=data, method="PUT", headers={"Content-Type": media_type})
    urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request).read()


def fill(registry):
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    base = "http://%s/v2/shop/web" % registry.host
    for blob in (LAYER, CONFIG):
        start = urllib.request.Request(base + "/blobs/uploads/", data=b"", method="POST")
        place = opener.open(start).headers["Location"]
        put(place + ("&" if "?" in place else "?") + "digest=" + sha256(blob), blob, "application/octet-stream")
    put(base + "/manifests/1.0", MANIFEST, OCI_MANIFEST)


class World:
    """What the tests share: a filled registry store, certificates."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="plimsoll-fetch-world-")
        self.registries = []
        self.missing = None
        try:
            fill(self.registry())
        except Skip as reason:
            self.missing = reason

    def registry(self, **options):
        registry = Registry(os.path.join(self.folder, "store"), **options)
        self.registries.append(registry)
        return registry

    def need(self):
        if self.missing:
            raise self.missing
        return self.registries[0]

    def certificate(self):
        """Paths of a certificate for 127.0.0.1, which signs itself, and its key."""
        if not shutil.which("openssl"):
            raise Skip("openssl is not installed")
        certificate, key = os.path.join(self.folder, "cert.pem"), os.path.join(self.folder, "key.pem")
        if not os.path.exists(certificate):
            subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                            "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1", "-addext",
                            "subjectAltName=IP:127.0.0.1,DNS:localhost", "-out", certificate, "-keyout", key],
                           check=True, capture_output=True)
        return certificate, key

    def tls(self):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*self.certificate())
        return context

    def close(self):
        for registry in self.registries:
            registry.close()
        shutil.rmtree(self.folder)


def manifest_and_blobs_of_a_registry(case, world):
    host = world.need().host
    results = case.run([("manifest", host, "shop/web", "1.0"), ("manifest", host, "shop/web", sha256(MANIFEST)),
                        ("blob", host, "shop/web", sha256(LAYER)), ("blob", host, "shop/web", sha256(CONFIG))])
    for result, body in zip(results, (MANIFEST, MANIFEST, LAYER, CONFIG)):
        done(result, body)
        same(result.digest, sha256(body))
        same(result.received, len(body))
    same(results[0].media_type, OCI_MANIFEST)
    same(results[2].total, len(LAYER))


def many_at_a_time(case, world):
    host = world.need().host
    for result in case.run([("blob", host, "shop/web", sha256(LAYER))] * 24, parallel=6):
        done(result, LAYER)


def what_a_registry_does_not_have(case, world):
    host = world.need().host
    says(case.one("manifest", host, "shop/web", "2.0"), ERR_ABSENT, host + " has no 2.0 in repository shop/web",
         "MANIFEST_UNKNOWN")
    says(case.one("blob", host, "shop/web", sha256(b"x")), ERR_ABSENT, "BLOB_UNKNOWN")
    says(case.one("manifest", host, "shop/none", "1.0"), ERR_ABSENT, "shop/none")


def a_begun_blob_goes_on(case, world):
    host = world.need().host
    case.write("out0", LAYER[:1000000])
    done(case.one("blob", host, "shop/web", sha256(LAYER)), LAYER)
    case.write("out0", b"x" + LAYER[1:1000000])
    done(case.one("blob", host, "shop/web", sha256(LAYER)), LAYER)


def basic_authorization(case, world):
    world.need()
    if not shutil.which("htpasswd"):
        raise Skip("htpasswd is not installed")
    users = case.write("htpasswd", subprocess.run(["htpasswd", "-Bbn", "shop", SECRET], check=True,
                                                  capture_output=True).stdout)
    host = world.registry(auth="auth: {htpasswd: {realm: shop, path: %s}}\n" % users).host
    request = ("manifest", host, "shop/web", "1.0")
    says(case.one(*request), ERR_DENIED,
         "%s says 401 for repository shop/web" % host,
         "no credentials for %s in the Docker configuration; try: docker login %s" % (host, host))
    done(case.one(*request, **case.login(host)), MANIFEST)
    done(case.one(*request, **case.login("https://" + host)), MANIFEST)
    says(case.one(*request, **case.login(host, password="other")), ERR_DENIED, "do not suffice", "docker login")


def tls_is_verified(case, world):
    world.need()
    certificate, key = world.certificate()
    host = world.registry(http="  tls: {certificate: %s, key: %s}\n" % (certificate, key)).host
    request = ("blob", host, "shop/web", sha256(LAYER))
    says(case.one(*request), ERR_IO, "not trusted", "--ca-file")
    done(case.one(*request, ca_file=certificate), LAYER)
    os.unlink(case.path("out0"))
    done(case.one(*request, environ={"SSL_CERT_FILE": certificate}), LAYER)
    os.unlink(case.path("out0"))
    done(case.one(*request, insecure=host), LAYER)
    os.unlink(case.path("out0"))
    says(case.one(*request, insecure="127.0.0.2"), ERR_IO, "not trusted")
    says(case.one(*request, ca_file=case.path("none.pem")), ERR_IO, "trusted certificates")


# ---- tokens -------------------------------------------------------------------------------------------------

def token_registry(case, credentials=True, life=300):
    """A registry whose blob wants a token of another server. Returns both and the blob."""
    auth, registry = case.server(), case.server()
    blob, issued = noise(5000), []

    def issue(handler):
        want = "Basic " + base64.b64encode(("shop:" + SECRET).encode()).decode()
        if credentials and handler.headers.get("Authorization") != want:
            handler.answer(401, b'{"details": "incorrect username or password"}')
            return
        issued.append(TOKEN + str(len(issued)))
        handler.answer(200, json.dumps({"token": issued[-1], "expires_in": life}).encode())

    def give(handler):
        if not issued or handler.headers.get("Authorization") != "Bearer " + issued[-1]:
            handler.answer(401, b'{"errors": [{"code": "UNAUTHORIZED", "message": "authentication required"}]}',
                           WWW_Authenticate='Bearer realm="%s/token?keep=1",service="the shop",'
                                            'scope="repository:shop/web:pull"' % auth.url)
            return
        handler.answer(200, blob)

    auth.routes["/token"] = issue
    registry.routes["/v2/shop/web/blobs/" + sha256(blob)] = give
    return auth, registry, blob, issued


def token_of_another_server(case, world):
    auth, registry, blob, _ = token_registry(case)
    request = ("blob", registry.host, "shop/web", sha256(blob))
    results = case.run([request] * 5, parallel=1, **case.login(registry.host))
    for result in results:
        done(result, blob)
    same([path for path, _, _ in auth.log],
         ["/token?keep=1&service=the%20shop&scope=repository%3Ashop%2Fweb%3Apull"])
    same(len(registry.log), 6)
    same(registry.log[0][1].get("Authorization"), None)
    same(registry.log[0][1]["User-Agent"].split("/")[0], "plimsoll")
    assert all(headers["Authorization"].startswith("Bearer ") for _, headers, _ in registry.log[1:])


def anonymous_token(case, world):
    auth, registry, blob, _ = token_registry(case, credentials=False)
    done(case.one("blob", registry.host, "shop/web", sha256(blob)), blob)
    same(auth.log[0][1].get("Authorization"), None)


def refused_token(case, world):
    auth, registry, blob, _ = token_registry(case)
    request = ("blob", registry.host, "shop/web", sha256(blob))
    says(case.one(*request), ERR_DENIED, "no credentials for " + registry.host, "incorrect username or password")
    says(case.one(*request, **case.login(registry.host, password="other")), ERR_DENIED, "do not suffice")


def token_that_does_not_suffice(case, world):
    auth, registry, blob, issued = token_registry(case)
    auth.routes["/token"] = lambda handler: handler.answer(200, b'{"access_token": "abc"}')
    says(case.one("blob", registry.host, "shop/web", sha256(blob), **case.login(registry.host)), ERR_DENIED,
         "UNAUTHORIZED: authentication required")
    same(len(registry.log), 2)


def a_dead_token_is_renewed(case, world):
    auth, registry, blob, issued = token_registry(case)
    path = "/v2/shop/web/blobs/" + sha256(blob)
    give = registry.routes[path]

    def revoke(handler):
        if len(registry.log) == 4:
            issued.append("revoked")
        give(handler)

    registry.routes[path] = revoke
    for result in case.run([("blob", registry.host, "shop/web", sha256(blob))] * 4, parallel=1,
                           **case.login(registry.host)):
        done(result, blob)
    same(len(auth.log), 2)


def malformed_token_answers(case, world):
    auth, registry, blob, _ = token_registry(case)
    request = ("blob", registry.host, "shop/web", sha256(blob))
    for answer, words in ((b"<html>", "no JSON"), (b"{}", "without a token"),
                          (json.dumps({"token": TOKEN + "\r\nX: y"}).encode(), "without a token")):
        auth.routes["/token"] = lambda handler, answer=answer: handler.answer(200, answer)
        says(case.one(*request), ERR_INPUT, words)


def identity_token_is_posted(case, world):
    auth, registry, blob, issued = token_registry(case, credentials=False)
    config = case.config(auths={registry.host: {"identitytoken": SECRET}})
    done(case.one("blob", registry.host, "shop/web", sha256(blob), **config), blob)
    form = dict(urllib.parse.parse_qsl(auth.log[0][2].decode()))
    same(form, {"grant_type": "refresh_token", "service": "the shop", "client_id": "plimsoll",
                "scope": "repository:shop/web:pull", "refresh_token": SECRET})


def credentials_of_a_helper(case, world):
    auth, registry, blob, _ = token_registry(case)
    os.mkdir(case.path("bin"))
    script = ('#!/bin/sh\n[ "$1" = get ] && read -r server\n[ "$server" = "%s" ] || '
              '{ echo "credentials not found in native keychain"; exit 1; }\n'
              'printf \'{"ServerURL":"x","Username":"shop","Secret":"%s"}\'\n' % (registry.host, SECRET))
    case.write("bin/docker-credential-fake", script, 0o700)
    path = {"PATH": case.path("bin") + ":" + os.environ["PATH"]}
    request = ("blob", registry.host, "shop/web", sha256(blob))
    for config in ({"credsStore": "fake"}, {"credHelpers": {registry.host: "fake"}}):
        done(case.one(*request, environ=path, **case.config(**config)), blob)
        os.unlink(case.path("out0"))
    says(case.one(*request, environ=path, **case.config(credHelpers={registry.host: "gone"})), ERR_ABSENT,
         "docker-credential-gone")
    says(case.one(*request, environ=path, **case.config(credsStore="../fake")), ERR_INPUT, "no name")


# ---- redirects ----------------------------------------------------------------------------------------------

def redirect(to):
    return lambda handler: handler.answer(307, b"", Location=to)


def authorization_stays_at_its_origin(case, world):
    auth, registry, blob, _ = token_registry(case)
    other = case.server()
    path = "/v2/shop/web/blobs/" + sha256(blob)
    give = registry.routes[path]

    def send_on(handler):
        if handler.headers.get("Authorization", "").startswith("Bearer "):
            handler.answer(307, b"", Location=other.url + "/store?signature=1")
        else:
            give(handler)

    registry.routes[path] = send_on
    other.routes["/store"] = lambda handler: handler.answer(200, blob)
    for result in case.run([("blob", registry.host, "shop/web", sha256(blob))] * 2, parallel=1,
                           **case.login(registry.host)):
        done(result, blob)
    same(len(other.log), 2)
    for _, headers, _ in other.log:
        same(headers.get("Authorization"), None)


def authorization_goes_along_at_home(case, world):
    auth, registry, blob, _ = token_registry(case)
    path = "/v2/shop/web/blobs/" + sha256(blob)
    give = registry.routes[path]
    registry.routes["/moved"] = give
    registry.routes[path] = lambda handler: (redirect("/moved") if handler.headers.get("Authorization") else give)(handler)
    done(case.one("blob", registry.host, "shop/web", sha256(blob), **case.login(registry.host)), blob)


def a_store_that_wants_credentials_gets_none(case, world):
    registry, other = case.server(), case.server()
    blob = noise(100)
    registry.routes["/v2/shop/web/blobs/" + sha256(blob)] = redirect(other.url + "/store")
    other.routes["/store"] = lambda h: h.answer(401, b"", WWW_Authenticate='Basic realm="give"')
    says(case.one("blob", registry.host, "shop/web", sha256(blob),
                  **case.config(auths={other.host: {"username": "shop", "password": SECRET}})),
         ERR_DENIED, other.host + ", where " + registry.host + " sends us for repository shop/web, says 401")
    same(len(other.log), 1)


def redirects_end(case, world):
    server = case.server()
    server.routes["/a"] = redirect("/b")
    server.routes["/b"] = redirect("/a")
    says(case.one("url", server.url + "/a", "-"), ERR_LIMIT, "more than 10 redirects")
    same(len(server.log), 11)


def redirects_that_are_not_followed(case, world):
    server = case.server()
    for to, words in (("file:///etc/passwd", "only http and https"), ("ftp://127.0.0.1/", "only http and https"),
                      ("http://user:pw@127.0.0.1/", "user name"), ("http://", "no URL")):
        server.routes["/a"] = redirect(to)
        says(case.one("url", server.url + "/a", "-"), ERR_INPUT, "redirects", words)
    server.routes["/a"] = lambda h: h.answer(302, b"")
    says(case.one("url", server.url + "/a", "-"), ERR_INPUT, "redirects to nowhere")


def https_is_not_left(case, world):
    secure, plain = case.server(world.tls()), case.server()
    secure.routes["/a"] = redirect(plain.url + "/b")
    plain.routes["/b"] = lambda h: h.answer(200, b"x")
    says(case.one("url", secure.url + "/a", "-", ca_file=world.certificate()[0]), ERR_INPUT,
         "from https to http", "refused")
    same(plain.log, [])
    blob = noise(10)
    secure.routes["/v2/shop/web/blobs/" + sha256(blob)] = lambda h: h.answer(
        401, b"", WWW_Authenticate='Bearer realm="%s/token"' % plain.url)
    says(case.one("blob", secure.host, "shop/web", sha256(blob), ca_file=world.certificate()[0]), ERR_INPUT,
         "token server without TLS")
    same(plain.log, [])


# ---- failing servers ----------------------------------------------------------------------------------------

def busy_then_ready(case, world):
    server = case.server()
    times = []

    def busy(handler):
        times.append(time.monotonic())
        if len(times) == 1:
            handler.answer(429, b"", Retry_After="1")
        elif len(times) == 2:
            handler.answer(503, b"", Retry_After="Thu, 01 Jan 1970 00:00:00 GMT")
        else:
            handler.answer(200, b"ready")

    server.routes["/a"] = busy
    done(case.one("url", server.url + "/a", "-"), b"ready")
    assert times[1] - times[0] >= 0.9, "Retry-After was not waited for"
    times.clear()
    server.routes["/a"] = lambda h: h.answer(*((429, b"") if times.append(0) or len(times) < 2 else (200, b"x")),
                                             Retry_After="86400")
    done(case.one("url", server.url + "/a", "-", retry_after_max_s=0), b"x")


def failing_for_good(case, world):
    server = case.server()
    server.routes["/a"] = lambda h: h.answer(500, b"")
    says(case.one("url", server.url + "/a", "-"), ERR_IO, "says 500")
    same(len(server.log), 4)
    server.routes["/b"] = lambda h: h.answer(429, b"")
    says(case.one("url", server.url + "/b", "-", retries=0), ERR_IO, "says 429", "too many requests")
    server.routes["/c"] = lambda h: h.answer(418, b"")
    says(case.one("url", server.url + "/c", "-"), ERR_IO, "says 418")
    says(case.one("url", server.url + "/none", "-"), ERR_ABSENT, "no such thing")


def a_reset_is_tried_again(case, world):
    server = case.server()
    server.routes["/a"] = lambda h: h.reset() if len(server.log) < 3 else h.answer(200, b"x")
    done(case.one("url", server.url + "/a", "-"), b"x")
    same(len(server.log), 3)


def nobody_there(case, world):
    server = Server()
    server.close()
    says(case.one("url", server.url + "/a", "-"), ERR_IO, "cannot connect")
    says(case.one("manifest", server.host, "shop/web", "1.0"), ERR_IO, server.host, "cannot connect")


def ranged(data, cut=None, etag=None, ignore=False, shift=0):
    """A file served in ranges; cut: bytes after which each answer ends."""
    def give(handler):
        asked = re.fullmatch(r"bytes=(\d+)-", handler.headers.get("Range", ""))
        headers = {"ETag": etag} if etag else {}
        if etag and handler.headers.get("If-Range", etag) != etag:
            asked = None
        if asked and not ignore:
            first = int(asked.group(1))
            part = data[first:]
            headers["Content_Range"] = "bytes %d-%d/%d" % (first + shift, len(data) - 1, len(data))
            status = 206
        else:
            part, status = data, 200
        handler.answer(status, part[:cut], Content_Length=str(len(part)), **headers)
        if cut is not None and cut < len(part):
            handler.cut()
    return give


def from_of(server):
    return [headers.get("Range") for _, headers, _ in server.log]


def a_cut_blob_goes_on(case, world):
    server, blob = case.server(), noise(100000)
    path = "/v2/shop/web/blobs/" + sha256(blob)
    server.routes[path] = ranged(blob, cut=40000)
    result = case.one("blob", server.host, "shop/web", sha256(blob))
    done(result, blob)
    same(from_of(server), [None, "bytes=40000-", "bytes=80000-"])
    same(result.total, len(blob))


def a_server_without_ranges_begins_again(case, world):
    server, blob = case.server(), noise(100000)
    path = "/v2/shop/web/blobs/" + sha256(blob)
    server.routes[path] = lambda h: ranged(blob, cut=40000 if len(server.log) < 3 else None, ignore=True)(h)
    done(case.one("blob", server.host, "shop/web", sha256(blob)), blob)
    same(from_of(server), [None, "bytes=40000-", "bytes=40000-"])


def another_range_than_asked_for(case, world):
    server, blob = case.server(), noise(100000)
    server.routes["/v2/shop/web/blobs/" + sha256(blob)] = ranged(blob, cut=40000, shift=7)
    says(case.one("blob", server.host, "shop/web", sha256(blob)), ERR_INPUT, "another range", "byte 40000")


def what_was_begun_before(case, world):
    server, blob = case.server(), noise(100000)
    server.routes["/v2/shop/web/blobs/" + sha256(blob)] = ranged(blob)
    request = ("blob", server.host, "shop/web", sha256(blob))
    case.write("out0", blob[:70000])
    done(case.one(*request), blob)
    same(from_of(server), ["bytes=70000-"])
    server.log.clear()
    done(case.one(*request), blob)
    same(server.log, [])
    case.write("out0", b"wrong" + blob[5:70000])
    done(case.one(*request), blob)
    same(from_of(server), ["bytes=70000-", None])
    server.log.clear()
    case.write("out0", blob + b"too long")
    server.routes["/v2/shop/web/blobs/" + sha256(blob)] = (
        lambda h: h.answer(416, b"") if h.headers.get("Range") else h.answer(200, blob))
    done(case.one(*request), blob)
    same(from_of(server), ["bytes=100008-", None])


def a_url_goes_on_only_if_it_is_the_same(case, world):
    server, old, new = case.server(), noise(100000), noise(100000, b"new")
    server.routes["/db"] = lambda h: (ranged(old, 40000, '"1"') if len(server.log) < 2 else ranged(new, None, '"2"'))(h)
    result = case.one("url", server.url + "/db", "-")
    done(result, new)
    same([h.get("If-Range") for _, h, _ in server.log], [None, '"1"'])
    same(result.etag, '"2"')
    server.log.clear()
    os.unlink(case.path("out0"))
    server.routes["/db"] = lambda h: ranged(old, 40000 if len(server.log) < 2 else None)(h)
    done(case.one("url", server.url + "/db", "-"), old)
    same(from_of(server), [None, None])
    server.log.clear()
    server.routes["/db"] = ranged(old, None, '"1"')
    case.write("out0", old[:500])
    done(case.one("url", server.url + "/db", sha256(old), etag='"1"'), old)
    same(from_of(server), ["bytes=500-"])


def not_modified(case, world):
    server = case.server()
    server.routes["/db"] = lambda h: h.answer(304, b"", ETag='"1"') if h.headers.get("If-None-Match") == '"1"' \
        else h.answer(200, b"new", ETag='"2"')
    result = case.one("url", server.url + "/db", "-", etag='"1"')
    done(result, b"")
    same(result.status, 304)
    result = case.one("url", server.url + "/db", "-", etag='"0"')
    done(result, b"new")
    same((result.status, result.etag), (200, '"2"'))


def too_little_for_good(case, world):
    server = case.server()
    server.routes["/a"] = lambda h: (h.answer(200, b"half", Content_Length="8"), h.cut())
    says(case.one("url", server.url + "/a", "-"), ERR_IO, "after 4 bytes", "ended early")
    same(len(server.log), 4)


def too_much(case, world):
    server = case.server()

    def endless(handler):
        handler.send_response(200)
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        while True:
            handler.wfile.write(b"1000\r\n" + b"x" * 4096 + b"\r\n")

    server.routes["/endless"] = endless
    result = case.one("url", server.url + "/endless", "-", cap=100000)
    says(result, ERR_LIMIT, "more than the 100000 bytes allowed")
    same(result.body, b"")
    server.routes["/large"] = lambda h: h.answer(200, b"x" * 1000)
    says(case.one("url", server.url + "/large", "-", cap=999), ERR_LIMIT, "offers 1000 bytes, more than the 999 allowed")
    done(case.one("url", server.url + "/large", "-", cap=1000), b"x" * 1000)
    same(len(server.log), 3)

    def endless_refusal(handler):
        handler.send_response(403)
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        while True:
            handler.wfile.write(b"1000\r\n" + b"x" * 4096 + b"\r\n")

    server.routes["/refusal"] = endless_refusal
    says(case.one("url", server.url + "/refusal", "-"), ERR_DENIED, "says 403")

    def endless_head(handler):
        handler.send_response(200)
        while True:
            handler.wfile.write(b"X-More: " + b"x" * 1000 + b"\r\n")

    server.routes["/head"] = endless_head
    assert case.one("url", server.url + "/head", "-").code < 0


def too_slow(case, world):
    server, over = case.server(), threading.Event()

    def slow(handler):
        handler.answer(200, b"x", Content_Length="1000000")
        while not over.wait(0.1):
            handler.wfile.write(b"x")

    server.routes["/slow"] = slow
    server.routes["/silent"] = lambda h: over.wait(30)
    says(case.one("url", server.url + "/slow", "-", stall_s=1, stall_rate=1000, retries=0), ERR_IO, "stalled",
         "less than 1000 bytes a second for 1 s")
    says(case.one("url", server.url + "/silent", "-", stall_s=1, retries=0), ERR_IO, "stalled")
    over.set()


# ---- bodies that are not what they should be ----------------------------------------------------------------

def a_web_page_instead_of_a_manifest(case, world):
    server = case.server()
    server.routes["/v2/shop/web/manifests/1.0"] = lambda h: h.answer(200, b"<html>", Content_Type="text/html; charset=utf-8")
    result = case.one("manifest", server.host, "shop/web", "1.0")
    says(result, ERR_INPUT, "web page (text/html) instead of a manifest")
    same(result.body, b"")


def another_body_than_its_digest(case, world):
    server, blob = case.server(), noise(1000)
    server.routes["/v2/shop/web/blobs/" + sha256(blob)] = lambda h: h.answer(200, blob[:-1] + b"!")
    result = case.one("blob", server.host, "shop/web", sha256(blob))
    says(result, ERR_INPUT, sha256(blob), sha256(blob[:-1] + b"!"))
    same(result.body, b"")
    server.routes["/v2/shop/web/manifests/1.0"] = lambda h: h.answer(200, MANIFEST, Docker_Content_Digest=sha256(b"other"))
    says(case.one("manifest", server.host, "shop/web", "1.0"), ERR_INPUT, sha256(b"other"), sha256(MANIFEST))


def sha512_counts_too(case, world):
    server, blob = case.server(), noise(1000)
    digest = "sha512:" + hashlib.sha512(blob).hexdigest()
    path = "/v2/shop/web/blobs/" + digest
    server.routes[path] = lambda h: h.answer(200, blob)
    result = case.one("blob", server.host, "shop/web", digest)
    done(result, blob)
    same(result.digest, digest)
    server.routes[path] = lambda h: h.answer(200, blob + b"!")
    os.unlink(case.path("out0"))
    says(case.one("blob", server.host, "shop/web", digest), ERR_INPUT, digest)


def words_of_a_server_are_made_safe(case, world):
    server = case.server()
    server.routes["/v2/shop/web/manifests/1.0"] = lambda h: h.answer(
        403, json.dumps({"errors": [{"code": "DENIED", "message": "\x1b[2Jgone\n\u202e"}]}).encode())
    result = case.one("manifest", server.host, "shop/web", "1.0")
    says(result, ERR_DENIED, "DENIED", "gone")
    assert "\x1b" not in result.message and "\u202e" not in result.message, repr(result.message)


# ---- mirrors ------------------------------------------------------------------------------------------------

def mirrors_come_first(case, world):
    registry, first, second = case.server(), case.server(), case.server()
    blob = noise(50000)
    path = "/v2/shop/web/blobs/" + sha256(blob)
    registry.routes[path] = ranged(blob)
    mirrors = {"mirror": ["%s=%s/cache/" % (registry.host, first.url), "%s=%s" % (registry.host, second.url)]}
    request = ("blob", registry.host, "shop/web", sha256(blob))

    def again():
        os.unlink(case.path("out0"))
        for server in (registry, first, second):
            server.log.clear()

    done(case.one(*request, **mirrors), blob)
    same((len(first.log), len(second.log), len(registry.log)), (1, 1, 1))
    again()
    first.routes["/cache" + path] = ranged(blob)
    done(case.one(*request, **mirrors), blob)
    same((len(first.log), len(second.log), len(registry.log)), (1, 0, 0))
    again()
    first.routes["/cache" + path] = lambda h: h.answer(200, b"!" + blob[1:])
    done(case.one(*request, **mirrors), blob)
    same((len(first.log), len(second.log), len(registry.log)), (1, 1, 1))
    again()
    first.routes["/cache" + path] = ranged(blob, cut=10000)
    done(case.one(*request, retries=1, **mirrors), blob)
    same(from_of(registry), ["bytes=20000-"])
    again()
    first.close()
    case.servers.remove(first)
    done(case.one(*request, **mirrors), blob)


# ---- requests that can't be -----------------------------------------------------------------------------------

def requests_that_are_refused(case, world):
    for request, words in (
            (("url", "file:///etc/passwd", "-"), "only http and https"),
            (("url", "http://user:pw@127.0.0.1/", "-"), "user name"),
            (("url", "nonsense", "-"), ""),
            (("blob", "127.0.0.1:1", "shop/web", "1.0"), "names no blob"),
            (("blob", "127.0.0.1:1", "shop/../web", sha256(b"")), "no repository name"),
            (("manifest", "127.0.0.1:1", "shop/web", "a/b"), ""),
            (("manifest", "127.0.0.1:1/x", "shop/web", "1"), ""),
            (("url", "http://127.0.0.1/", "sha1:00"), "no digest")):
        result = case.one(*request)
        assert result.code in (ERR_INPUT, ERR_USAGE), "%r: code %d" % (request, result.code)
        says(result, result.code, words)


def proxies_by_the_environment(case, world):
    proxy = case.server()
    proxy.routes["http://registry.invalid/a"] = lambda h: h.answer(200, b"by proxy")
    done(case.one("url", "http://registry.invalid/a", "-", environ={"http_proxy": proxy.url}), b"by proxy")


TESTS = [
    manifest_and_blobs_of_a_registry, many_at_a_time, what_a_registry_does_not_have, a_begun_blob_goes_on,
    basic_authorization, tls_is_verified, token_of_another_server, anonymous_token, refused_token,
    token_that_does_not_suffice, a_dead_token_is_renewed, malformed_token_answers, identity_token_is_posted,
    credentials_of_a_helper, authorization_stays_at_its_origin, authorization_goes_along_at_home,
    a_store_that_wants_credentials_gets_none, redirects_end, redirects_that_are_not_followed, https_is_not_left,
    busy_then_ready, failing_for_good, a_reset_is_tried_again, nobody_there, a_cut_blob_goes_on,
    a_server_without_ranges_begins_again, another_range_than_asked_for, what_was_begun_before,
    a_url_goes_on_only_if_it_is_the_same, not_modified, too_little_for_good, too_much, too_slow,
    a_web_page_instead_of_a_manifest, another_body_than_its_digest, sha512_counts_too,
    words_of_a_server_are_made_safe, mirrors_come_first, requests_that_are_refused, proxies_by_the_environment,
]


def run_test(test, world):
    """The TAP line's end, and what went wrong."""
    case = Case()
    try:
        test(case, world)
        return "ok", "", ""
    except Skip as reason:
        return "ok", " # SKIP %s" % reason, ""
    except Exception as problem:
        return "not ok", "", "%s: %s" % (type(problem).__name__, problem)
    finally:
        case.close()


def main():
    wanted = sys.argv[3:]
    tests = [test for test in TESTS if not wanted or test.__name__ in wanted]
    print("1..%d" % len(tests), flush=True)
    world = World()
    failed = False
    try:
        for number, test in enumerate(tests, 1):
            verdict, note, problem = run_test(test, world)
            print("%s %d - %s%s" % (verdict, number, test.__name__, note), flush=True)
            for line in problem.splitlines():
                print("# " + line, flush=True)
            failed = failed or verdict != "ok"
    finally:
        world.close()
    sys.exit(1 if failed else 0)


main()
