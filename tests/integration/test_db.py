#!/usr/bin/env python3
"""plimsoll db: building, status, import and export on a small OSV layout.

    test_db.py PLIMSOLL

Prints TAP.
"""

import gzip
import json
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile

PLIMSOLL = os.path.abspath(sys.argv[1])


def record(i, ecosystem):
    return {
        "id": "TEST-2026-%d" % i,
        "modified": "2026-11-%02dT10:00:00Z" % i,
        "aliases": ["CVE-2026-%d" % (1000 + i)],
        "summary": "a test",
        "affected": [{
            "package": {"ecosystem": ecosystem, "name": "package%d" % i},
            "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "1.%d" % i}]}],
        }],
    }


class Case:
    """A folder with feeds, and a cache of its own."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="plimsoll-db-test-")
        self.own = self.path("cache/advisories.db")
        os.makedirs(self.path("osv/npm"))
        os.makedirs(self.path("osv/PyPI"))
        self.write("osv/ecosystems.txt", b"PyPI\nnpm\n")
        self.zip("npm", {"TEST-2026-%d.json" % i: json.dumps(record(i, "npm")) for i in (1, 2, 3)})
        self.zip("PyPI", {"TEST-2026-9.json": json.dumps(record(9, "PyPI"))})
        self.write("kev.json", json.dumps({
            "dateReleased": "2026-11-20T00:00:00Z",
            "vulnerabilities": [{"cveID": "CVE-2026-1001", "dateAdded": "2026-11-10"}],
        }).encode())
        self.write("epss.csv.gz", gzip.compress(
            b"#model_version:v2026.01.01,score_date:2026-11-21T00:00:00+0000\n"
            b"cve,epss,percentile\nCVE-2026-1001,0.5,0.9\n"))

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, data):
        with open(self.path(name), "wb") as f:
            f.write(data)

    def read(self, name):
        with open(self.path(name), "rb") as f:
            return f.read()

    def zip(self, ecosystem, members):
        with zipfile.ZipFile(self.path("osv/%s/all.zip" % ecosystem), "w", zipfile.ZIP_DEFLATED) as z:
            for name, text in members.items():
                z.writestr(name, text)

    def run(self, expected, *words):
        env = dict(os.environ, PLIMSOLL_CACHE=self.path("cache"), PLIMSOLL_SHARE=self.path("none"))
        done = subprocess.run([PLIMSOLL, "db", *words], env=env, capture_output=True, text=True, timeout=60)
        said = done.stdout + done.stderr
        assert done.returncode == expected, "exit %d: %s" % (done.returncode, said)
        return said

    def build(self, name, expected=0):
        return self.run(expected, "build", "--from", self.path("osv"), "--kev", self.path("kev.json"), "--epss",
                        self.path("epss.csv.gz"), "-o", self.path(name))

    def close(self):
        shutil.rmtree(self.folder)


def same_input_gives_same_bytes(case):
    case.build("a.db")
    case.build("b.db")
    assert case.read("a.db") == case.read("b.db")


def status_says_what_is_there(case):
    case.build("a.db")
    case.run(0, "import", case.path("a.db"))
    lines = {line.split()[0]: line.split() for line in case.run(0, "status").splitlines() if line}
    assert lines["file"][1] == case.own
    assert lines["npm"][1:3] == ["3", "2026-11-03T10:00:00Z"], lines["npm"]
    assert lines["PyPI"][1:3] == ["1", "2026-11-09T10:00:00Z"], lines["PyPI"]
    assert lines["KEV"][1] == "2026-11-20T00:00:00Z"
    assert lines["EPSS"][1] == "2026-11-21T00:00:00Z"


def damaged_record_is_told_and_left_out(case):
    case.zip("npm", {"good.json": json.dumps(record(1, "npm")), "bad.json": "{"})
    said = case.build("a.db", expected=3)
    assert "npm: bad.json: " in said, said


def no_zip_leaves_the_old_database(case):
    case.build("a.db")
    before = case.read("a.db")
    for body in (b"<html>sign in</html>", b"", case.read("osv/npm/all.zip")[:-30]):
        case.write("osv/npm/all.zip", body)
        assert "npm" in case.build("a.db", expected=2)
        assert case.read("a.db") == before
    assert sorted(n for n in os.listdir(case.folder) if n.startswith("a.db")) == ["a.db"]


def update_from_folder(case):
    case.run(0, "update", "--from", case.path("osv"))
    case.write("osv/npm/all.zip", b"no zip")
    before = case.read("cache/advisories.db")
    case.run(2, "update", "--from", case.path("osv"))
    assert case.read("cache/advisories.db") == before


def export_and_import_round_trip(case):
    case.build("a.db")
    case.run(0, "import", case.path("a.db"))
    case.run(0, "export", case.path("b.db"))
    assert case.read("a.db") == case.read("b.db") == case.read("cache/advisories.db")


def tampered_file_is_refused(case):
    case.build("a.db")
    case.run(0, "import", case.path("a.db"))
    before = case.read("a.db")
    assert b"package1" in before
    case.write("bad.db", before.replace(b"package1", b"package7"))
    assert "checksum" in case.run(2, "import", case.path("bad.db"))
    case.write("bad.db", before[:5000])
    case.run(2, "import", case.path("bad.db"))
    assert case.read("cache/advisories.db") == before


def wrong_use_is_said(case):
    case.run(2, "build")
    case.run(2, "update")
    case.run(2, "import")
    case.run(2, "nonsense")


TESTS = [
    same_input_gives_same_bytes,
    status_says_what_is_there,
    damaged_record_is_told_and_left_out,
    no_zip_leaves_the_old_database,
    update_from_folder,
    export_and_import_round_trip,
    tampered_file_is_refused,
    wrong_use_is_said,
]


def main():
    print("1..%d" % len(TESTS))
    failed = False
    for number, test in enumerate(TESTS, 1):
        case = Case()
        try:
            test(case)
            print("ok %d - %s" % (number, test.__name__))
        except (AssertionError, OSError, KeyError, subprocess.SubprocessError) as problem:
            failed = True
            print("not ok %d - %s" % (number, test.__name__))
            for line in (type(problem).__name__ + ": " + str(problem)).splitlines():
                print("# " + line)
        finally:
            case.close()
    sys.exit(failed)


main()
