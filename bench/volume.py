"""A database as large as the public export becomes: how long it takes to build, to bring up to date and to ask.

The volume is made here, the same bytes every time, in the shapes that the export's ecosystems have: errata with a
dozen packages each (AlmaLinux); a record for each vulnerability with one range a release, repaired in uploads that
repair several, a fifth of them the kernel's, one in ten without a repair (Debian); modules with the functions that
have the defect (Go); lists of versions beside ranges (PyPI); and packages that are wholly bad (npm).

    volume.py serve FOLDER      an HTTP server on loopback; prints its port
"""

import asyncio
import csv
import functools
import gzip
import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import time
import urllib.parse
import zipfile

import measure

INCREMENT = 1000
PACKAGES = 500
NAMES = 5000
EDITION = 2  # of what is made; another number makes it anew
WORDS = "A defect lets somebody do what they may not, if they know how to ask for it. "
VECTORS = ["CVSS:3.1/AV:%s/AC:L/PR:%s/UI:%s/S:U/C:%s/I:%s/A:H" % (a, b, c, d, e)
           for a in "NL" for b in "NLH" for c in "NR" for d in "HLN" for e in "HLN"]


def cve_of(i):
    return "CVE-20%02d-%d" % (10 + i % 17, 1000 + i)


def head(i, choose, identity, day):
    return {"schema_version": "1.7.3", "id": identity, "modified": "2026-%02d-01T00:00:00Z" % day,
            "published": "2025-01-01T00:00:00Z", "details": WORDS * choose.randrange(2, 12),
            "severity": [{"type": "CVSS_V3", "score": choose.choice(VECTORS)}],
            "references": [{"type": "WEB", "url": "https://advisories.example/%s/%d" % (identity, k)}
                           for k in range(choose.randrange(1, 6))]}


def one_range(kind, *events):
    return [{"type": kind, "events": [dict([event]) for event in events]}]


def upstream_version(choose, most=6):
    return "%d.%d.%d" % (choose.randrange(1, most), choose.randrange(30), choose.randrange(30))


def name_of(choose):
    """Few have many advisories, most have few."""
    return "package%d" % (NAMES * choose.random() ** 3)


def upload(name, release, choose):
    """Repairs come in uploads, of which a package has some tens and the kernel some hundreds."""
    number = choose.randrange(300 if name == "linux" else 30)
    return "%d.%d.%d-%d+deb%su%d" % (1 + number % 5, number % 29, number % 13, 1 + number % 4, release,
                                     1 + number % 6)


def debian(i, choose, day):
    r = head(i, choose, "DEBIAN-" + cve_of(i), day)
    name = "linux" if i % 5 == 0 else name_of(choose)
    r["upstream"] = [cve_of(i)]
    r["affected"] = []
    for release in ("11", "12", "13"):
        events = [("introduced", "0")]
        if choose.random() >= 0.1:
            events.append(("fixed", upload(name, release, choose)))
        r["affected"].append({"package": {"ecosystem": "Debian:" + release, "name": name,
                                          "purl": "pkg:deb/debian/%s?arch=source" % name},
                              "ranges": one_range("ECOSYSTEM", *events),
                              "ecosystem_specific": {"urgency": "not yet assigned"}})
    return r


def almalinux(i, choose, day):
    r = head(i, choose, "ALSA-20%02d:%04d" % (19 + i % 8, i), day)
    r["summary"] = "Important: %s security update" % name_of(choose)
    r["related"] = [cve_of(i + k) for k in range(choose.randrange(1, 5))]
    version = upstream_version(choose)
    r["affected"] = [{"package": {"ecosystem": "AlmaLinux:%d" % (8 + i % 3), "name": "%s-%d" % (name_of(choose), k)},
                      "ranges": one_range("ECOSYSTEM", ("introduced", "0"),
                                          ("fixed", "%s-%d.el%d_%d" % (version, k + 1, 8 + i % 3, i % 10)))}
                     for k in range(choose.randrange(4, 21))]
    return r


def go(i, choose, day):
    r = head(i, choose, "GO-20%02d-%04d" % (20 + i % 7, i), day)
    r["aliases"] = [cve_of(i)]
    name = "example.com/%s" % name_of(choose)
    r["affected"] = [{"package": {"ecosystem": "Go", "name": name},
                      "ranges": one_range("SEMVER", ("introduced", "0"), ("fixed", upstream_version(choose))),
                      "ecosystem_specific": {"imports": [
                          {"path": "%s/part%d" % (name, k), "symbols": ["Type%d.Do%d" % (k, n) for n in range(6)]}
                          for k in range(choose.randrange(1, 5))]}}]
    return r


def pypi(i, choose, day):
    r = head(i, choose, "PYSEC-20%02d-%d" % (20 + i % 7, i), day)
    r["aliases"] = [cve_of(i)]
    name, fixed = name_of(choose), choose.randrange(5, 60)
    r["affected"] = [{"package": {"ecosystem": "PyPI", "name": name, "purl": "pkg:pypi/" + name},
                      "ranges": one_range("ECOSYSTEM", ("introduced", "0"), ("fixed", "1.%d" % fixed)),
                      "versions": ["1.%d" % k for k in range(fixed)]}]
    return r


def npm(i, choose, day):
    r = head(i, choose, "MAL-20%02d-%d" % (22 + i % 5, i), day)
    r["summary"] = "Malicious code in bad-package-%d (npm)" % i
    r["affected"] = [{"package": {"ecosystem": "npm", "name": "bad-package-%d" % i},
                      "ranges": one_range("SEMVER", ("introduced", "0"))}]
    return r


SHAPES = {"AlmaLinux": (almalinux, 20000), "Debian": (debian, 60000), "Go": (go, 30000), "PyPI": (pypi, 40000),
          "npm": (npm, 150000)}
ADVISORIES = sum(count for _, count in SHAPES.values())


def make_record(ecosystem, i, day=1):
    return SHAPES[ecosystem][0](i, random.Random("%s %d %d" % (ecosystem, i, day)), day)


def write_ecosystem(folder, ecosystem, count):
    """all.zip, modified_id.csv, and of Debian the first INCREMENT records newer, as in an export of a later day."""
    place = os.path.join(folder, ecosystem)
    changed = INCREMENT if ecosystem == "Debian" else 0
    os.makedirs(place)
    with open(os.path.join(place, "modified_id.csv"), "w") as listing, \
            zipfile.ZipFile(os.path.join(place, "all.zip"), "w", zipfile.ZIP_DEFLATED, True, 1) as out:
        for i in range(count):
            r = make_record(ecosystem, i)
            out.writestr(r["id"] + ".json", json.dumps(r))
            if i < changed:
                r = make_record(ecosystem, i, 2)
                with open(os.path.join(place, r["id"] + ".json"), "w") as f:
                    json.dump(r, f)
            listing.write("%s,%s\n" % (r["modified"], r["id"]))


def write_scores(folder):
    with gzip.open(os.path.join(folder, "epss.csv.gz"), "wt", 1) as out:
        out.write("#model_version:v2025.03.14,score_date:2026-11-01T00:00:00+0000\ncve,epss,percentile\n")
        writer = csv.writer(out)
        choose = random.Random(1)
        for i in range(ADVISORIES):
            writer.writerow((cve_of(i), "%.5f" % choose.random() ** 4, "%.5f" % choose.random()))
    with open(os.path.join(folder, "kev.json"), "w") as out:
        json.dump({"dateReleased": "2026-11-01T00:00:00Z",
                   "vulnerabilities": [{"cveID": cve_of(200 * i), "dateAdded": "2025-06-01"} for i in range(1400)]}, out)


def make_export(work):
    """The folder, made when it is not there."""
    folder = os.path.join(work, "volume-%d" % EDITION)
    if not os.path.exists(folder):
        fresh = folder + ".new"
        shutil.rmtree(fresh, ignore_errors=True)
        os.makedirs(fresh)
        with open(os.path.join(fresh, "ecosystems.txt"), "w") as f:
            f.write("".join(name + "\n" for name in SHAPES))
        for name, (_, count) in SHAPES.items():
            write_ecosystem(fresh, name, count)
        write_scores(fresh)
        os.rename(fresh, folder)
    return folder


# ---- a server that costs little, as it shares the machine with what is measured

class Connection(asyncio.Protocol):
    def __init__(self, folder):
        self.folder, self.rest, self.transport = folder, b"", None

    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        self.rest += data
        while b"\r\n\r\n" in self.rest:
            request, self.rest = self.rest.split(b"\r\n\r\n", 1)
            self.answer(urllib.parse.unquote(request.split(b" ", 2)[1].decode()).lstrip("/"))

    def answer(self, path):
        try:
            with open(os.path.join(self.folder, path), "rb") as f:
                status, body = b"200 OK", f.read()
        except OSError:
            status, body = b"404 Not Found", b""
        self.transport.write(b"HTTP/1.1 %s\r\nContent-Type: application/octet-stream\r\nContent-Length: %d\r\n\r\n%s"
                             % (status, len(body), body))


async def serve(folder):
    server = await asyncio.get_running_loop().create_server(functools.partial(Connection, folder), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


class Server:
    def __init__(self, folder):
        self.process = subprocess.Popen([sys.executable, os.path.abspath(__file__), "serve", folder],
                                        stdout=subprocess.PIPE, text=True)
        self.url = "http://127.0.0.1:%d" % int(self.process.stdout.readline())

    def __enter__(self):
        return self

    def __exit__(self, *cause):
        self.process.kill()
        self.process.wait()


# ---- measuring

def bench_build(bench, export, built):
    command = [bench.plimsoll, "db", "build", "--from", export, "--kev", os.path.join(export, "kev.json"), "--epss",
               os.path.join(export, "epss.csv.gz"), "-o", built]
    archives = [os.path.join(export, name, "all.zip") for name in SHAPES]
    floor = measure.run(["sh", "-c", "for f; do unzip -p \"$f\" > /dev/null; done", "sh", *archives])[0]
    timing = measure.run(command, bench.env)[0]
    title = "%s advisories" % format(ADVISORIES, ",")
    bench.row(title + ": unzip of the archives", floor.wall, "s", cpu=floor.cpu)
    bench.row(title + ": build", timing.wall, "s", 60, cpu=timing.cpu)
    bench.row(title + ": the file", os.path.getsize(built) / 1e6, "MB")


def fetch_floor(work, export, url):
    """The files that an increment fetches, by curl, four at a time as ours."""
    names = ["%s/modified_id.csv" % name for name in SHAPES]
    names += ["Debian/%s.json" % make_record("Debian", i)["id"] for i in range(INCREMENT)]
    listed, place = os.path.join(work, "volume.curl"), os.path.join(work, "volume.fetched")
    with open(listed, "w") as f:
        for i, name in enumerate(names):
            f.write('url = "%s/%s"\noutput = "%s/%d"\n' % (url, name, place, i))

    def fetch():
        shutil.rmtree(place, ignore_errors=True)
        os.makedirs(place)
        return measure.run(["curl", "-sS", "-Z", "--parallel-max", "4", "--no-progress-meter", "-K", listed])[0]
    return fetch


def bench_increment(bench, export, built):
    cache = os.path.join(bench.work, "volume-cache")
    env = dict(bench.env, PLIMSOLL_CACHE=cache)

    def update(url):
        shutil.rmtree(cache, ignore_errors=True)
        os.makedirs(cache)
        shutil.copy(built, os.path.join(cache, "advisories.db"))
        timing, said = measure.run([bench.plimsoll, "db", "update", "--from", url], env, (0,))
        if b"%d advisories" % INCREMENT not in said:
            sys.exit("bench/run: the increment changed something else: %s" % said.decode())
        return timing
    with Server(export) as server:
        floor, ours = measure.interleave(bench.options.runs, fetch_floor(bench.work, export, server.url),
                                         lambda: update(server.url))
    bench.row("increment of %d: curl of the files" % INCREMENT, floor.wall, "s", cpu=floor.cpu)
    bench.row("increment of %d, over loopback" % INCREMENT, ours.wall, "s", 2, cpu=ours.cpu)
    shutil.rmtree(cache, ignore_errors=True)


def write_rows(place, built, names):
    """The same facts as anybody would keep them: a row for each advisory of a package, in the package's order."""
    if os.path.exists(place):
        os.remove(place)
    source, out = sqlite3.connect("file:%s?mode=ro" % built, uri=True), sqlite3.connect(place)
    out.execute("CREATE TABLE row (name TEXT, number INTEGER, id TEXT, fixed TEXT, head BLOB,"
                " PRIMARY KEY (name, number)) WITHOUT ROWID")
    heads = dict(source.execute("SELECT name, data FROM advisory WHERE name LIKE 'DEBIAN-%'"))
    wanted = set(names)
    for i in range(SHAPES["Debian"][1]):
        r = make_record("Debian", i)
        affected = r["affected"][1]
        if affected["package"]["name"] in wanted:
            fixed = affected["ranges"][0]["events"][-1].get("fixed")
            out.execute("INSERT INTO row VALUES (?, ?, ?, ?, ?)",
                        (affected["package"]["name"], i, r["id"], fixed, heads[r["id"]]))
    out.commit()
    out.execute("VACUUM")
    out.close()


def fetch_rows(place, names):
    """What SQLite alone takes to hand out a row for each advisory, which no look-up judges."""
    wall, cpu = time.perf_counter(), time.process_time()
    connection = sqlite3.connect("file:%s?mode=ro&immutable=1" % place, uri=True)
    for name in names:
        connection.execute("SELECT id, fixed, head FROM row WHERE name = ?", (name,)).fetchall()
    connection.close()
    return measure.Timing(time.perf_counter() - wall, time.process_time() - cpu)


def bench_lookups(bench, built):
    command = [os.path.join(bench.options.build, "bench/lookups"), built]
    names = ["linux"] + ["package%d" % (i * NAMES // PACKAGES) for i in range(PACKAGES - 1)]

    def look_up(version):
        lines = "".join("Debian:12\t%s\t%s\n" % (name, version) for name in names)
        said = json.loads(subprocess.run(command, input=lines, stdout=subprocess.PIPE, check=True, text=True).stdout)
        found.append(said["advisories"])
        return measure.Timing(said["seconds"], said["cpu_seconds"])
    rows = os.path.join(bench.work, "volume-rows.db")
    write_rows(rows, built, names)
    # The second has every repair before it, as on a machine that nobody has ever updated.
    for what, version, limit in (("up to date", "6.1.2-1", 20), ("never updated", "0.1-1", None)):
        found = []
        floor, ours = measure.interleave(5 * bench.options.runs, lambda: fetch_rows(rows, names),
                                         lambda: look_up(version))
        bench.row("%d look-ups, %s, %d found" % (PACKAGES, what, found[0]), ours.wall * 1e3, "ms", limit,
                  cpu=ours.cpu * 1e3, cpu_ratio=ours.cpu / floor.cpu)
    bench.row("%d look-ups: SQLite's reading of plain rows" % PACKAGES, floor.wall * 1e3, "ms", cpu=floor.cpu * 1e3)


def bench_volume(bench):
    export = make_export(bench.work)
    built = os.path.join(bench.work, "volume.db")
    bench_build(bench, export, built)
    bench_increment(bench, export, built)
    bench_lookups(bench, built)


if __name__ == "__main__" and sys.argv[1:2] == ["serve"]:
    asyncio.run(serve(sys.argv[2]))
