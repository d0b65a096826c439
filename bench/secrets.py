#!/usr/bin/env python3
"""Secrets side by side with gitleaks: recall, false alarms, time. Usage:

    bench/secrets.py [--build FOLDER] [--gitleaks PROGRAM] [--tree FOLDER]...

A corpus is made in a temporary folder: values of kinds that both know, each made by their published form with
Python's zlib and hmac and with openssl, and values that only look like them. Each tool is judged by file: a file of
`real/` that it names counts as found, one of `decoys/` as a false alarm. Then both scan the trees, where what they
find is counted and nothing is judged. gitleaks is skipped when it is not there (go install
github.com/zricethezav/gitleaks/v8@latest)."""

import argparse
import base64
import hashlib
import hmac
import json
import os
import random
import shutil
import string
import subprocess
import tempfile
import time
import zlib

ALNUM = string.digits + string.ascii_uppercase + string.ascii_lowercase
BASE32 = string.ascii_uppercase + "234567"
HEX = "0123456789abcdef"


def some(letters, n):
    return "".join(random.choice(letters) for _ in range(n))


def checked(prefix):
    body = some(ALNUM, 30)
    n, digits = zlib.crc32(body.encode()), ""
    while n:
        n, rest = divmod(n, 62)
        digits = ALNUM[rest] + digits
    return prefix + body + digits.rjust(6, "0")


def jwt():
    def part(b):
        return base64.urlsafe_b64encode(b).rstrip(b"=").decode()

    head = part(b'{"alg":"HS256","typ":"JWT"}') + "." + part(json.dumps({"sub": some(string.digits, 10)}).encode())
    return head + "." + part(hmac.new(os.urandom(16), head.encode(), hashlib.sha256).digest())


def pem(*kind):
    command = ["openssl", "genpkey", "-algorithm", *kind]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def real():
    yield "github.py", 'TOKEN = "%s"\n' % checked("gh" + "p_")
    yield "github_oauth.yml", "token: %s\n" % checked("gh" + "o_")
    yield "npm.sh", "export NPM_TOKEN=%s\n" % checked("np" + "m_")
    yield "aws.ini", "aws_access_key_id = AK%s\naws_secret_access_key = %s\n" % (
        "IA" + some(BASE32, 16), some(ALNUM + "/+", 40))
    yield "gitlab.yml", "token: gl%s\n" % ("pat-" + some(ALNUM, 20))
    yield "slack.py", 'SLACK = "xo%s"\n' % ("xb-%s-%s-%s" % (some(string.digits, 12), some(string.digits, 12), some(ALNUM, 24)))
    yield "stripe.rb", 'key = "sk_%s"\n' % ("live_" + some(ALNUM, 24))
    yield "sendgrid.go", 'var key = "SG.%s.%s"\n' % (some(ALNUM, 22), some(ALNUM, 43))
    yield "google.js", 'const key = "AI%s";\n' % ("za" + some(ALNUM, 35))
    yield "digitalocean.tf", 'token = "do%s"\n' % ("p_v1_" + some(HEX, 64))
    yield "databricks.py", 'T = "da%s"\n' % ("pi" + some(HEX, 32))
    yield "shopify.py", 'T = "sh%s"\n' % ("pat_" + some(HEX, 32))
    yield "huggingface.py", 'T = "hf%s"\n' % ("_" + some(string.ascii_letters, 34))
    yield "datadog.yml", "datadog_api_key: %s\n" % some(HEX, 32)
    yield "jwt.http", "Authorization: Bearer %s\n" % jwt()
    yield "rsa.pem", pem("RSA", "-pkeyopt", "rsa_keygen_bits:2048")
    yield "ec.pem", pem("EC", "-pkeyopt", "ec_paramgen_curve:P-256")
    yield "ed25519.yaml", "key: |\n" + "".join("  " + l + "\n" for l in pem("ED25519").splitlines())
    yield "settings.py", 'API_KEY = "%s"\n' % some(ALNUM, 36)
    yield "database.env", "DATABASE_URL=postgres://app:%s@db.shop.net/app\n" % some(ALNUM, 16)
    yield "netrc/.netrc", "machine api.shop.net login bot password %s\n" % some(ALNUM, 16)
    yield "docker/config.json", json.dumps({"auths": {"r.shop.net": {"auth": base64.b64encode(("bot:" + some(ALNUM, 16)).encode()).decode()}}})
    yield "utf16.ps1", ('$token = "%s"\r\n' % checked("gh" + "p_")).encode("utf-16")


def decoys():
    yield "checksum.py", 'TOKEN = "gh%s"\n' % ("p_" + some(ALNUM, 36))
    yield "example.ini", "aws_access_key_id = AKIAIOSFODNN7EXAMPLE\n"
    yield "variable.env", "API_KEY=${API_KEY}\nTOKEN=$TOKEN\n"
    yield "template.yaml", "password: {{ .Values.password }}\n"
    yield "placeholder.py", 'api_key = "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"\n'
    yield "empty.pem", "-----BEGIN RSA PRIVATE KEY-----\n...\n-----END RSA PRIVATE KEY-----\n"
    yield "noise.pem", "-----BEGIN RSA PRIVATE KEY-----\n%s\n%s\n-----END RSA PRIVATE KEY-----\n" % (some(ALNUM, 64), some(ALNUM, 64))
    yield "lock.json", json.dumps({"integrity": "sha512-" + base64.b64encode(os.urandom(64)).decode()})
    yield "sums.txt", "".join("%s  file%d\n" % (some(HEX, 64), i) for i in range(20))
    yield "uuid.yml", "id: 3f2b8c1e-7a44-4d0e-9b1a-5c6d7e8f9a0b\n"
    yield "code.go", "token := strings.TrimPrefix(request.Header.Get(\"Authorization\"), \"Bearer \")\n"
    yield "doc.md", "Set `password = \"changeme\"`, or `postgres://user:password@localhost/db`.\n"
    yield "jwt.txt", "eyJ%s.eyJ%s.%s\n" % (some(ALNUM, 33), some(ALNUM, 60), some(ALNUM, 43))
    yield "identifier.java", "private static final String SECRET_KEY_PROPERTY = \"com.example.application.secretKeyProperty\";\n"
    yield "url.html", '<a href="https://shop.net:8443/x@y">x</a>\n'


def put(folder, files):
    for name, text in files:
        path = os.path.join(folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as f:
            f.write(text if isinstance(text, bytes) else text.encode())


def timed(command, env=None):
    start = time.monotonic()
    done = subprocess.run(command, capture_output=True, env=env)
    seconds = time.monotonic() - start
    return done.stdout, seconds


def plimsoll(program, folder, env):
    out, seconds = timed([program, "scan", folder, "-f", "json", "--no-cache"], env)
    found = [x["path"] for x in json.loads(out)["findings"] if x["kind"] == "secret"]
    return [os.path.join(folder, x) for x in found], seconds


def gitleaks(program, folder, work):
    report = os.path.join(work, "gitleaks.json")
    _, seconds = timed([program, "dir", folder, "-r", report, "--exit-code", "0", "--no-banner", "-l", "error"])
    with open(report) as f:
        return [x["File"] for x in json.load(f)], seconds


def size_of(folder):
    return sum(os.lstat(os.path.join(at, f)).st_size for at, _, files in os.walk(folder) for f in files)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", default="build")
    parser.add_argument("--gitleaks", default=shutil.which("gitleaks"))
    parser.add_argument("--tree", action="append", default=[])
    options = parser.parse_args()
    random.seed(7)
    with tempfile.TemporaryDirectory() as work:
        corpus = os.path.join(work, "corpus")
        put(os.path.join(corpus, "real"), real())
        put(os.path.join(corpus, "decoys"), decoys())
        wanted, unwanted = (sum(len(f) for _, _, f in os.walk(os.path.join(corpus, x))) for x in ("real", "decoys"))
        env = dict(os.environ, PLIMSOLL_CACHE=os.path.join(work, "cache"), PLIMSOLL_STATE=os.path.join(work, "state"))
        program = os.path.join(options.build, "plimsoll")
        tools = {"plimsoll": lambda folder: plimsoll(program, folder, env)}
        if options.gitleaks:
            tools["gitleaks"] = lambda folder: gitleaks(options.gitleaks, folder, work)
        else:
            print("gitleaks is not there: skipped")
        for name, run in tools.items():
            paths, seconds = run(corpus)
            hits = {os.path.relpath(x, corpus) for x in paths}
            found = {x for x in hits if x.startswith("real/")}
            print("%-9s found %d of %d, false alarms in %d of %d decoys, %.2f s" % (
                name, len(found), wanted, len(hits) - len(found), unwanted, seconds))
            missed = sorted(set(x for x, _ in real()) - {x[5:] for x in found})
            print("          missed: %s; alarmed by: %s" % (
                " ".join(missed) or "nothing", " ".join(sorted(x[7:] for x in hits - found)) or "nothing"))
        for tree in options.tree:
            megabytes = size_of(tree) / 1e6
            for name, run in tools.items():
                paths, seconds = run(os.path.abspath(tree))
                print("%-9s %s: %d findings, %.1f s, %.0f MB/s" % (
                    name, tree, len(paths), seconds, megabytes / seconds))


if __name__ == "__main__":
    main()
