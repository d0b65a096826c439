#!/usr/bin/env python3
"""Time of building, of an increment and of look-ups with a database of many advisories.

    volume.py PLIMSOLL LOOKUPS [ADVISORIES]

Writes records of OSV's shape for Debian into a temporary folder: PACKAGES names of which few have many
advisories, three releases each, the same bytes every time. Prints one line a measurement.
"""

import http.server
import json
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
import zipfile

PACKAGES = 20000
INCREMENT = 1000


def record(i, choose, day):
    cve = "CVE-20%02d-%d" % (10 + i % 17, 1000 + i)
    name = "package%d" % (PACKAGES * choose.random() ** 3)
    affected = []
    for release in ("11", "12", "13"):
        version = "%d.%d.%d-%d+deb%su%d" % (choose.randrange(1, 9), choose.randrange(30), choose.randrange(30),
                                            choose.randrange(1, 5), release, choose.randrange(1, 6))
        affected.append({
            "package": {"ecosystem": "Debian:" + release, "name": name, "purl": "pkg:deb/debian/" + name},
            "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": version}]}],
            "ecosystem_specific": {"urgency": "not yet assigned"},
        })
    return {
        "id": "DEBIAN-" + cve, "upstream": [cve], "modified": "2026-%02d-01T00:00:00Z" % day,
        "published": "2025-01-01T00:00:00Z", "details": "A defect lets somebody do what they may not. " * 6,
        "affected": affected, "schema_version": "1.7.3",
        "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H"}],
    }


def write_export(folder, count):
    choose = random.Random(1)
    os.makedirs(os.path.join(folder, "Debian"))
    with open(os.path.join(folder, "ecosystems.txt"), "w") as f:
        f.write("Debian\n")
    with open(os.path.join(folder, "Debian", "modified_id.csv"), "w") as listing, \
            zipfile.ZipFile(os.path.join(folder, "Debian", "all.zip"), "w", zipfile.ZIP_DEFLATED, True, 1) as out:
        for i in range(count):
            r = record(i, choose, 1)
            out.writestr(r["id"] + ".json", json.dumps(r))
            listing.write("%s,%s\n" % (r["modified"], r["id"]))


def write_increment(folder, count):
    """The first INCREMENT records again, newer."""
    choose = random.Random(2)
    path = os.path.join(folder, "Debian", "modified_id.csv")
    with open(path) as f:
        lines = f.readlines()
    for i in range(INCREMENT):
        r = record(i, choose, 2)
        lines[i] = "%s,%s\n" % (r["modified"], r["id"])
        with open(os.path.join(folder, "Debian", r["id"] + ".json"), "w") as f:
            json.dump(r, f)
    with open(path, "w") as f:
        f.writelines(lines)


class Handler(http.server.SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # else each answer waits for the peer's delayed acknowledgement of its head

    def log_message(self, *words):
        pass


def timed(name, command, env):
    before = time.monotonic()
    done = subprocess.run(command, env=env, capture_output=True, text=True)
    took = time.monotonic() - before
    if done.returncode != 0:
        sys.exit("%s: exit %d\n%s" % (name, done.returncode, done.stderr))
    print("%-40s %8.2f s   %s" % (name, took, done.stdout.strip().splitlines()[-1] if done.stdout.strip() else ""))


def main():
    plimsoll, lookups = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
    count = int(sys.argv[3]) if len(sys.argv) > 3 else 300000
    with tempfile.TemporaryDirectory() as place:
        feeds, cache = os.path.join(place, "feeds"), os.path.join(place, "cache")
        os.makedirs(cache)
        write_export(feeds, count)
        env = dict(os.environ, PLIMSOLL_CACHE=cache)
        built = os.path.join(cache, "advisories.db")
        timed("build, %d advisories" % count, [plimsoll, "db", "build", "--from", feeds, "-o", built], env)
        print("%-40s %8.0f MB" % ("the file", os.path.getsize(built) / 1e6))
        write_increment(feeds, count)
        server = http.server.ThreadingHTTPServer(
            ("127.0.0.1", 0), lambda *a: Handler(*a, directory=feeds))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        timed("increment of %d, over loopback" % INCREMENT,
              [plimsoll, "db", "update", "--from", "http://127.0.0.1:%d" % server.server_port], env)
        server.shutdown()
        lines = "".join("Debian:12\tpackage%d\t3.1.2-1\n" % (i * PACKAGES // 500) for i in range(500))
        for _ in range(2):
            said = json.loads(subprocess.run([lookups, built], input=lines, capture_output=True, text=True).stdout)
        print("%-40s %8.1f ms  %d advisories" % ("look-ups of 500 packages", said["seconds"] * 1e3, said["advisories"]))


if __name__ == "__main__":
    main()
