#!/usr/bin/env python3
"""plimsoll db: building, status, import, export and updates from a server, on a small OSV layout.

    test_db.py PLIMSOLL

Prints TAP.
"""

import fcntl
import gzip
import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote

PLIMSOLL = os.path.abspath(sys.argv[1])
SHARED = os.environ.get("PLIMSOLL_SHARED", "")


class Skip(Exception):
    pass


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


class Server:
    """The export over HTTP, with ETags. faults: path to what goes wrong with it."""

    def __init__(self, folder):
        self.folder = folder
        self.faults = {}
        self.asked = []
        self.is_over = threading.Event()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *words):
                pass

            def do_GET(self):
                path = unquote(self.path).lstrip("/")
                fault = outer.faults.get(path)
                outer.asked.append((path, self.headers.get("If-None-Match")))
                if fault:
                    self.close_connection = True
                    fault(self, outer.body(path))
                else:
                    self.answer(outer.body(path))

            def answer(self, body):
                if body is None:
                    self.send_error(404)
                    return
                etag = '"%s"' % hashlib.sha256(body).hexdigest()[:16]
                if self.headers.get("If-None-Match") == etag:
                    self.send_response(304)
                    self.send_header("ETag", etag)
                    self.end_headers()
                    return
                self.send_response(200)
                self.send_header("ETag", etag)
                self.send_header("Content-Type", "application/octet-stream")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True
        self.url = "http://127.0.0.1:%d" % self.http.server_port
        threading.Thread(target=self.http.serve_forever, args=(0.02,), daemon=True).start()

    def body(self, path):
        try:
            with open(os.path.join(self.folder, path), "rb") as f:
                return f.read()
        except OSError:
            return None

    def close(self):
        self.is_over.set()
        self.http.shutdown()
        self.http.server_close()


def head(handler, length, kind="application/zip"):
    handler.send_response(200)
    handler.send_header("Content-Type", kind)
    handler.send_header("Content-Length", str(length))
    handler.end_headers()


def cut_body(handler, body):
    head(handler, len(body))
    handler.wfile.write(body[: len(body) // 2])


def web_page(handler, body):
    page = b"<html>sign in</html>"
    head(handler, len(page), "text/html; charset=utf-8")
    handler.wfile.write(page)


def quiet_web_page(handler, body):
    page = b"<html>sign in</html>"
    head(handler, len(page))
    handler.wfile.write(page)


def absent(handler, body):
    handler.send_error(404)


def empty(handler, body):
    head(handler, 0)


def garbage(handler, body):
    head(handler, 4096)
    handler.wfile.write(b"PK\x03\x04" + b"\xa5" * 4092)


def empty_archive(handler, body):
    head(handler, 22)
    handler.wfile.write(b"PK\x05\x06" + bytes(18))


class Case:
    """A folder with feeds, and a cache of its own."""

    def __init__(self):
        self.server = None
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

    def run(self, expected, *words, **variables):
        env = dict(os.environ, PLIMSOLL_CACHE=self.path("cache"), PLIMSOLL_SHARE=self.path("none"), **variables)
        done = subprocess.run([PLIMSOLL, "db", *words], env=env, capture_output=True, text=True, timeout=120)
        said = done.stdout + done.stderr
        assert done.returncode == expected, "exit %d: %s" % (done.returncode, said)
        return said

    def build(self, name, expected=0):
        return self.run(expected, "build", "--from", self.path("osv"), "--kev", self.path("kev.json"), "--epss",
                        self.path("epss.csv.gz"), "-o", self.path(name))

    def serve(self):
        self.server = Server(self.path("osv"))
        return self.server

    def update(self, *words, expected=0):
        return self.run(expected, "update", "--from", self.server.url, *words)

    def state(self):
        return json.loads(self.run(0, "status", "--format", "json"))

    def records(self):
        return {source["ecosystem"]: source["records"] for source in self.state()["sources"]}

    def publish(self, ecosystem, records):
        """The archive, the list of changes and the records themselves, as the export has them."""
        self.zip(ecosystem, {r["id"] + ".json": json.dumps(r) for r in records})
        newest_first = sorted(records, key=lambda r: r["modified"], reverse=True)
        self.write("osv/%s/modified_id.csv" % ecosystem,
                   "".join("%s,%s\n" % (r["modified"], r["id"]) for r in newest_first).encode())
        for r in records:
            self.write("osv/%s/%s.json" % (ecosystem, r["id"]), json.dumps(r).encode())

    def names(self):
        """The advisories that match something, read by an independent program: Python's sqlite3."""
        connection = sqlite3.connect("file:%s?mode=ro" % self.own, uri=True)
        try:
            rows = connection.execute("SELECT DISTINCT name FROM advisory WHERE length(data) > 0")
            return sorted(row[0] for row in rows)
        finally:
            connection.close()

    def close(self):
        if self.server:
            self.server.close()
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


def the_seal_is_the_files_sum(case):
    """As other programs compute it: SHA-256 of the file with zeros where the seal is."""
    case.build("a.db")
    connection = sqlite3.connect("file:%s?mode=ro" % case.path("a.db"), uri=True)
    sum_ = connection.execute("SELECT sha256 FROM seal").fetchone()[0]
    connection.close()
    data = case.read("a.db")
    assert data.count(sum_) == 1
    assert hashlib.sha256(data.replace(sum_, bytes(32))).digest() == sum_
    assert "sha256:" + sum_.hex() in case.run(0, "verify", case.path("a.db"))
    connection = sqlite3.connect(case.path("a.db"))
    connection.execute("DELETE FROM affected")
    connection.commit()
    connection.close()
    assert "checksum does not match" in case.run(2, "verify", case.path("a.db"))


def packed_export_and_import_round_trip(case):
    case.build("a.db")
    case.run(0, "import", case.path("a.db"))
    case.run(0, "export", case.path("b.db.zst"))
    assert case.read("b.db.zst")[:4] == b"\x28\xb5\x2f\xfd"
    os.unlink(case.own)
    case.run(0, "import", case.path("b.db.zst"))
    assert case.read("a.db") == case.read("cache/advisories.db")
    assert "sha256:" in case.run(0, "verify")
    before = case.read("b.db.zst")
    for broken in (before[:-20], before[:100] + b"x" + before[101:], before[:4]):
        case.write("bad.zst", broken)
        case.run(2, "import", case.path("bad.zst"))
        assert case.read("a.db") == case.read("cache/advisories.db")
    assert sorted(os.listdir(case.path("cache"))) == ["advisories.db", "advisories.db.lock"]


def status_names_dates_and_what_is_lacking(case):
    case.build("a.db")
    state = json.loads(case.run(0, "status", case.path("a.db"), "--format", "json"))
    assert state["kev"] == "2026-11-20T00:00:00Z" and state["epss"] == "2026-11-21T00:00:00Z"
    assert not state["isSnapshot"] and state["built"] == state["newest"] == "2026-11-09T10:00:00Z"
    assert "Debian" in state["lacks"] and "npm" not in state["lacks"]
    text = case.run(0, "status", case.path("a.db"), SOURCE_DATE_EPOCH="1795168800")  # 2026-11-20T10:00:00Z
    assert "2026-11-09T10:00:00Z (11 days ago)" in text, text
    assert "lacks" in text and "db update" in text


def full_update_over_http(case):
    case.serve()
    case.write("osv/ecosystems.txt", b"PyPI\nnpm\nnpm:1\nGIT\nnobody knows it\n")
    case.update("--kev", case.server.url + "/kev.json", "--epss", case.path("epss.csv.gz"), expected=2)
    assert not os.path.exists(case.own)
    shutil.copy(case.path("kev.json"), case.path("osv/kev.json"))
    said = case.update("--kev", case.server.url + "/kev.json", "--epss", case.path("epss.csv.gz"))
    assert "4 advisories" in said, said
    assert case.records() == {"npm": 3, "PyPI": 1}
    assert case.state()["kev"] == "2026-11-20T00:00:00Z"
    assert sorted(os.listdir(case.path("cache"))) == ["advisories.db", "advisories.db.etags", "advisories.db.lock"]


def unchanged_archive_is_not_fetched_again(case):
    case.serve()
    case.update()
    before = case.read("cache/advisories.db")
    assert "nothing is newer" in case.update()
    assert all(etag for path, etag in case.server.asked[-2:] if path.endswith("all.zip")), case.server.asked
    assert case.read("cache/advisories.db") == before
    # What was fetched for another database does not count.
    case.build("a.db")
    case.run(0, "import", case.path("a.db"))
    del case.server.asked[:]
    case.update()
    assert [etag for path, etag in case.server.asked if etag] == []


def increment_over_http(case):
    case.serve()
    case.publish("npm", [record(1, "npm"), record(2, "npm"), record(3, "npm")])
    case.update()
    assert case.names() == ["TEST-2026-1", "TEST-2026-2", "TEST-2026-3", "TEST-2026-9"]
    withdrawn = dict(record(2, "npm"), modified="2026-11-22T00:00:00Z", withdrawn="2026-11-22T00:00:00Z")
    case.publish("npm", [record(1, "npm"), withdrawn, record(5, "npm")])  # 3 is gone, 5 is new
    del case.server.asked[:]
    said = case.update()
    assert "3 advisories" in said, said
    assert case.names() == ["TEST-2026-1", "TEST-2026-5", "TEST-2026-9"]
    assert case.records() == {"npm": 3, "PyPI": 1}  # the withdrawn one is known
    asked = [path for path, etag in case.server.asked]
    assert sorted(p for p in asked if p.startswith("npm/")) == [
        "npm/TEST-2026-2.json", "npm/TEST-2026-5.json", "npm/modified_id.csv"], asked
    case.run(0, "verify")
    assert "nothing is newer" in case.update()


def many_changes_take_the_whole_archive(case):
    case.serve()
    case.publish("npm", [record(1, "npm")])
    case.update()
    many = [dict(record(7, "npm"), id="TEST-2026-%d" % i) for i in range(100, 2200)]
    case.publish("npm", many)
    del case.server.asked[:]
    case.update()
    asked = [path for path, etag in case.server.asked if path.startswith("npm/")]
    assert asked == ["npm/modified_id.csv", "npm/all.zip"], asked
    assert case.records() == {"npm": 2100, "PyPI": 1}


def one_ecosystem_is_added_and_others_stay(case):
    case.serve()
    case.update("--ecosystem", "npm")
    assert case.records() == {"npm": 3}
    case.update("--ecosystem", "PyPI")
    assert case.records() == {"npm": 3, "PyPI": 1}
    os.makedirs(case.path("osv/Red Hat"))
    case.zip("Red Hat", {"RHSA-2026:1.json": json.dumps(dict(record(4, "Red Hat:9"), id="RHSA-2026:1"))})
    case.update("--ecosystem", "Red Hat")
    assert case.records() == {"npm": 3, "PyPI": 1, "Red Hat": 1}
    case.update("--ecosystem", "../x", expected=2)


def bad_servers_leave_the_old_database(case):
    case.serve()
    case.publish("npm", [record(1, "npm"), record(2, "npm")])
    case.update()
    before = case.read("cache/advisories.db")
    case.zip("PyPI", {"TEST-2026-%d.json" % i: json.dumps(record(i, "PyPI")) for i in (8, 9)})
    case.publish("npm", [record(1, "npm"), record(2, "npm"), record(3, "npm")])
    faults = [("PyPI/all.zip", f) for f in (web_page, quiet_web_page, absent, empty, garbage, empty_archive)]
    faults += [("npm/modified_id.csv", f) for f in (web_page, quiet_web_page, empty, garbage)]
    faults += [("npm/TEST-2026-3.json", f) for f in (web_page,)]
    for path, fault in faults:
        case.server.faults = {path: fault}
        said = case.update(expected=2)
        assert path in said, (fault.__name__, said)
        assert "from before" in said, said
        assert case.read("cache/advisories.db") == before, (path, fault.__name__)
    case.server.faults = {}
    case.update()
    assert case.records() == {"npm": 3, "PyPI": 2}


def cut_and_slow_servers_leave_the_old_database(case):
    case.serve()
    case.update()
    before = case.read("cache/advisories.db")
    case.zip("PyPI", {"TEST-2026-8.json": json.dumps(record(8, "PyPI"))})

    def slow(handler, body):
        head(handler, len(body))
        handler.wfile.write(body[:10])
        handler.wfile.flush()
        case.server.is_over.wait(60)

    for fault in (cut_body, slow):
        case.server.faults = {"PyPI/all.zip": fault}
        said = case.update("--patience", "1", expected=2)
        assert "PyPI/all.zip" in said, said
        assert case.read("cache/advisories.db") == before, fault.__name__


class Ranged:
    """A fault that is none: a file with an ETag, of which parts are served, cut where told."""

    def __init__(self, etag):
        self.etag, self.cut, self.lie, self.asked, self.holds, self.refuses = etag, None, {}, [], None, False

    def __call__(self, handler, body):
        asked = {name: handler.headers.get(name) for name in ("Range", "If-Range", "If-None-Match")}
        self.asked.append(asked)
        if asked["If-None-Match"] == self.etag:
            handler.send_response(304)
            handler.send_header("ETag", self.etag)
            handler.end_headers()
            return
        is_part = asked["Range"] and asked["If-Range"] == self.etag
        if is_part and self.refuses:
            handler.send_error(403)
            return
        first = int(asked["Range"][len("bytes="):-1]) if is_part else 0
        handler.send_response(206 if is_part else 200)
        if is_part:
            handler.send_header("Content-Range", "bytes %d-%d/%d" % (
                first, len(body) - 1, self.lie.get("total", len(body))))
        end = self.lie.get("end", len(body))
        handler.send_header("ETag", self.etag)
        handler.send_header("Content-Type", "application/zip")
        handler.send_header("Content-Length", str(end - first))
        handler.end_headers()
        handler.wfile.write(body[first: self.cut or end])
        handler.wfile.flush()
        if self.holds:
            self.holds.wait(60)


PART = "cache/advisories.db.feeds/PyPI/all.zip"


def begin_a_download(case, refuses=True):
    """An update that is cut in the middle of an archive; what it leaves is half of that. Unless the server refuses to
    go on, the same run tries again for some seconds."""
    case.serve()
    case.update()
    case.zip("PyPI", {"TEST-2026-%d.json" % i: json.dumps(dict(record(9, "PyPI"), id="TEST-2026-%d" % i))
                      for i in range(100, 400)})
    fault = case.server.faults["PyPI/all.zip"] = Ranged('"one"')
    half = fault.cut = len(case.server.body("PyPI/all.zip")) // 2
    fault.refuses = refuses
    before = case.read("cache/advisories.db")
    said = case.update(expected=2)
    assert "PyPI/all.zip" in said and "from before" in said, said
    assert case.read("cache/advisories.db") == before
    assert case.read(PART) == case.server.body("PyPI/all.zip")[:half]
    fault.cut, fault.refuses = None, False
    del fault.asked[:]
    return fault, half


def is_whole(case):
    assert case.records() == {"npm": 3, "PyPI": 300}, case.records()
    case.run(0, "verify")
    assert not os.path.exists(case.path("cache/advisories.db.feeds"))


def a_cut_download_is_continued_by_the_next_run(case):
    fault, half = begin_a_download(case, refuses=False)
    case.update()
    assert fault.asked == [{"Range": "bytes=%d-" % half, "If-Range": '"one"', "If-None-Match": None}], fault.asked
    is_whole(case)


def a_download_that_was_killed_is_continued(case):
    fault, half = begin_a_download(case)
    fault.cut, fault.holds = half + half // 2, threading.Event()
    env = dict(os.environ, PLIMSOLL_CACHE=case.path("cache"), PLIMSOLL_SHARE=case.path("none"))
    with subprocess.Popen([PLIMSOLL, "db", "update", "--from", case.server.url], env=env, stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL) as process:
        while len(case.read(PART)) < fault.cut:
            case.server.is_over.wait(0.01)
        process.kill()
    fault.holds.set()
    fault.holds, cut, fault.cut = None, fault.cut, None
    del fault.asked[:]
    case.update()
    assert [a["Range"] for a in fault.asked] == ["bytes=%d-" % cut], fault.asked
    is_whole(case)


def what_changed_in_between_is_fetched_whole(case):
    fault, half = begin_a_download(case)
    fault.etag = '"two"'
    case.update()
    assert [(a["Range"], a["If-Range"]) for a in fault.asked] == [("bytes=%d-" % half, '"one"')], fault.asked
    is_whole(case)


def what_another_run_has_whole_is_not_fetched_again(case):
    fault, half = begin_a_download(case)
    case.server.faults["tracker"] = lambda handler, body: handler.send_error(403)
    case.update(*source(case.server.url + "/tracker"), expected=2)  # is fetched when the archives are there
    assert [a["Range"] for a in fault.asked] == ["bytes=%d-" % half], fault.asked
    assert case.records() == {"npm": 3, "PyPI": 1}
    del fault.asked[:]
    case.update()
    assert fault.asked == [{"Range": None, "If-Range": None, "If-None-Match": '"one"'}], fault.asked
    is_whole(case)


def servers_that_lie_of_a_part_leave_no_broken_database(case):
    """Other bytes under the old name, a part that is cut short, a total that is another: all is fetched anew."""
    for lie in ("bytes", "end", "total"):
        case.close()
        case.__init__()
        fault, half = begin_a_download(case)
        size = len(case.server.body("PyPI/all.zip"))
        if lie == "bytes":
            case.zip("PyPI", {"TEST-2026-%d.json" % i: json.dumps(dict(record(8, "PyPI"), id="TEST-2026-%d" % i))
                              for i in range(200, 500)})
        else:
            fault.lie = {lie: size - 100 if lie == "end" else size + 100}
        answer = fault.__call__

        def truth_at_last(handler, body, fault=fault, answer=answer):
            if not handler.headers.get("Range"):
                fault.lie = {}
            answer(handler, body)
        case.server.faults["PyPI/all.zip"] = truth_at_last
        said = case.update()
        assert "fetched anew" in said, (lie, said)
        assert [a["Range"] for a in fault.asked] == ["bytes=%d-" % half, None], (lie, fault.asked)
        is_whole(case)


def notes_that_do_not_fit_count_for_nothing(case):
    for spoil in (lambda: case.write(PART + ".of", b"x"),
                  lambda: case.write(PART + ".of", case.read(PART + ".of").replace(b"PyPI", b"npm")),
                  lambda: case.write(PART + ".of", case.read(PART + ".of").replace(b'"one"', b"")),
                  lambda: os.unlink(case.path(PART + ".of")),
                  lambda: os.truncate(case.path(PART), 0),
                  lambda: os.truncate(case.path(PART), 1 << 20)):
        case.close()
        case.__init__()
        fault, _ = begin_a_download(case)
        spoil()
        case.update()
        assert [a["Range"] for a in fault.asked] == [None], fault.asked
        is_whole(case)


def a_damaged_database_is_made_anew(case):
    case.serve()
    case.update()
    case.write("cache/advisories.db", case.read("cache/advisories.db").replace(b"package1", b"package7"))
    assert "made anew" in case.update()
    assert case.records() == {"npm": 3, "PyPI": 1}


def two_updates_do_not_run_at_once(case):
    os.makedirs(case.path("cache"))
    with open(case.own + ".lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert "another update" in case.run(2, "update", "--from", case.path("osv"))
    case.run(0, "update", "--from", case.path("osv"))


def plain_http_wants_leave(case):
    said = case.run(2, "update", "--from", "http://example.invalid/osv")
    assert "--insecure example.invalid" in said, said


def build_from_server(case):
    case.serve()
    case.run(0, "build", "--from", case.server.url, "--ecosystem", "npm", "-o", case.path("a.db"))
    case.run(0, "build", "--from", case.path("osv"), "--ecosystem", "npm", "-o", case.path("b.db"))
    assert case.read("a.db") == case.read("b.db")
    assert [n for n in os.listdir(case.folder) if n.endswith(".feeds")] == []


def without_the_cage(case):
    assert "WARNING" in case.run(0, "build", "--no-cage", "--from", case.path("osv"), "-o", case.path("a.db"))
    case.run(0, "build", "--from", case.path("osv"), "-o", case.path("b.db"))
    assert case.read("a.db") == case.read("b.db")


def real_export(case):
    osv = os.path.join(SHARED, "osv")
    if not os.path.exists(os.path.join(osv, "ecosystems.txt")):
        raise Skip("PLIMSOLL_SHARED has no osv")
    case.run(0, "update", "--from", osv, "--kev", os.path.join(SHARED, "kev/known_exploited_vulnerabilities.json"))
    expected = {}
    with open(os.path.join(osv, "ecosystems.txt")) as f:
        for name in f.read().split("\n"):
            if name:
                with zipfile.ZipFile(os.path.join(osv, name, "all.zip")) as z:
                    expected[name] = sum(n.endswith(".json") for n in z.namelist())
    assert case.records() == expected, case.records()


TRACKER = {"openssl": {
    "CVE-2026-0001": {"releases": {"bookworm": {"status": "resolved", "fixed_version": "3.0.2", "urgency": "high"}}},
    "CVE-2026-0002": {"releases": {"bookworm": {"status": "open", "urgency": "unimportant"}}},
}}


def source(place):
    return ("--source", "debian=" + place)


def vendors_feed_is_updated_over_http(case):
    case.serve()
    case.write("osv/tracker", json.dumps(TRACKER).encode())
    case.update(*source(case.server.url + "/tracker"))
    assert case.records() == {"npm": 3, "PyPI": 1, "Debian security tracker": 2}, case.records()
    before = case.read("cache/advisories.db")
    assert "nothing is newer" in case.update(*source(case.server.url + "/tracker"))
    assert case.read("cache/advisories.db") == before
    # Without --source what the database has of it stays; it is not asked of OSV's export.
    case.zip("PyPI", {"TEST-2026-8.json": json.dumps(record(8, "PyPI"))})
    case.server.asked.clear()
    case.update("--ecosystem", "PyPI")
    assert case.records()["Debian security tracker"] == 2
    assert not any("racker" in path for path, _ in case.server.asked)


def bad_vendor_servers_leave_the_old_database(case):
    case.serve()
    case.write("osv/tracker", json.dumps(TRACKER).encode())
    case.update(*source(case.server.url + "/tracker"))
    before = case.read("cache/advisories.db")
    grown = dict(TRACKER, zlib=TRACKER["openssl"])
    case.write("osv/tracker", json.dumps(grown).encode())

    def half(handler, body):
        head(handler, len(body) // 2)
        handler.wfile.write(body[: len(body) // 2])

    def slow(handler, body):
        head(handler, len(body))
        handler.wfile.write(body[:10])
        handler.wfile.flush()
        case.server.is_over.wait(60)

    for fault in (half, cut_body, web_page, absent, empty, garbage, slow):
        case.server.faults = {"tracker": fault}
        case.update("--patience", "1", *source(case.server.url + "/tracker"), expected=2)
        assert case.read("cache/advisories.db") == before, fault.__name__
    case.server.faults = {}
    case.update(*source(case.server.url + "/tracker"))
    assert case.records()["Debian security tracker"] == 4


def scan(case, *words):
    env = dict(os.environ, PLIMSOLL_CACHE=case.path("cache"), PLIMSOLL_SHARE=case.path("none"))
    done = subprocess.run([PLIMSOLL, "scan", *words], env=env, capture_output=True, text=True, timeout=120)
    assert done.returncode in (0, 1), done.stderr
    return done.stdout


def make_root(case, distribution, package, version):
    os.makedirs(case.path("root/etc"))
    os.makedirs(case.path("root/var/lib/dpkg"))
    case.write("root/etc/os-release", distribution)
    case.write("root/var/lib/dpkg/status",
               ("Package: %s\nStatus: install ok installed\nArchitecture: amd64\nVersion: %s\n\n"
                % (package, version)).encode())


def scan_and_diff_by_a_vendors_feed(case):
    """From the feed to the finding, and what newer databases change without another scan."""
    make_root(case, b"ID=debian\nVERSION_ID=12\n", "openssl", "3.0.1")
    case.write("tracker", json.dumps(TRACKER).encode())
    case.run(0, "build", *source(case.path("tracker")), "-o", case.path("old.db"))
    case.run(0, "import", case.path("old.db"))
    found = json.loads(scan(case, case.path("root"), "--store", case.path("scans.db"), "--format", "json"))
    assert "CVE-2026-0001" in json.dumps(found) and "CVE-2026-0002" not in json.dumps(found)

    newer = {"openssl": {
        "CVE-2026-0001": {"releases": {"bookworm": {"status": "resolved", "fixed_version": "3.0.3", "urgency": "low"}}},
        "CVE-2026-0003": {"releases": {"bookworm": {"status": "open", "urgency": "medium"}}}}}
    case.write("tracker", json.dumps(newer).encode())
    case.run(0, "build", *source(case.path("tracker")), "-o", case.path("new.db"))
    for words in ([case.path("new.db")], [case.path("old.db"), case.path("new.db")]):
        said = json.loads(case.run(0, "diff", "--store", case.path("scans.db"), "--format", "json", *words))
        changes = {(d["change"], d["id"]): (d["old"], d["new"]) for d in said}
        assert changes == {
            ("changes", "CVE-2026-0001"): ({"severity": "high", "fixed": "3.0.2"}, {"severity": "low", "fixed": "3.0.3"}),
            ("appears", "CVE-2026-0003"): (None, {"severity": "medium", "fixed": ""}),
        }, changes
    said = case.run(0, "diff", "--store", case.path("scans.db"), case.path("new.db"), case.path("old.db"))
    assert "1 targets: 0 findings appear, 1 vanish, 1 change" in said, said
    said = case.run(0, "diff", "--store", case.path("scans.db"), case.path("old.db"))
    assert "0 findings appear, 0 vanish, 0 change" in said, said


def vex_sets_aside_in_a_diff(case):
    make_root(case, b"ID=debian\nVERSION_ID=12\n", "openssl", "3.0.1")
    case.write("tracker", json.dumps(TRACKER).encode())
    case.run(0, "build", *source(case.path("tracker")), "-o", case.path("old.db"))
    case.run(0, "import", case.path("old.db"))
    scan(case, case.path("root"), "--store", case.path("scans.db"))
    newer = {"openssl": {name: {"releases": {"bookworm": {"status": "open", "urgency": "medium"}}}
                         for name in ("CVE-2026-0001", "CVE-2026-0003", "CVE-2026-0004")}}
    case.write("tracker", json.dumps(newer).encode())
    case.run(0, "build", *source(case.path("tracker")), "-o", case.path("new.db"))

    def vex(*ids):
        return json.dumps({
            "@context": "https://openvex.dev/ns/v0.2.0", "@id": "https://example.com/vex/1", "author": "Jo",
            "timestamp": "2026-11-01T00:00:00Z", "version": 1,
            "statements": [{"vulnerability": {"name": i}, "products": [{"@id": "pkg:deb/debian/openssl"}],
                            "status": "not_affected", "justification": "vulnerable_code_not_present"} for i in ids],
        }).encode()

    def diff(*words):
        said = json.loads(case.run(0, "diff", "--store", case.path("scans.db"), "--format", "json", *words))
        return sorted((d["change"], d["id"]) for d in said)
    case.write("a.json", vex("CVE-2026-0003"))
    case.write("b.json", vex("CVE-2026-0001"))
    for databases in ([case.path("new.db")], [case.path("old.db"), case.path("new.db")]):
        assert diff(*databases) == [("appears", "CVE-2026-0003"), ("appears", "CVE-2026-0004"),
                                    ("changes", "CVE-2026-0001")], diff(*databases)
        assert diff(*databases, "--vex", case.path("a.json")) == [
            ("appears", "CVE-2026-0004"), ("changes", "CVE-2026-0001")]
        assert diff(*databases, "--vex", case.path("a.json"), "--vex", case.path("b.json")) == [
            ("appears", "CVE-2026-0004")]
    # What a scan set aside and the diff does too is no change.
    scan(case, case.path("root"), "--store", case.path("scans.db"), "--vex", case.path("b.json"))
    assert diff(case.path("old.db"), "--vex", case.path("b.json")) == []
    # It stays so when its documents are not at hand.
    assert diff(case.path("old.db")) == []
    assert diff(case.path("new.db")) == [("appears", "CVE-2026-0003"), ("appears", "CVE-2026-0004")]
    assert diff(case.path("old.db"), case.path("new.db")) == [
        ("appears", "CVE-2026-0003"), ("appears", "CVE-2026-0004")]
    case.write("rules.yaml", b"rules:\n- {name: known, when: finding.rule == 'CVE-2026-0001', action: ignore}\n")
    scan(case, case.path("root"), "--store", case.path("scans.db"), "--guardrails", case.path("rules.yaml"))
    assert diff(case.path("old.db")) == []
    scan(case, case.path("root"), "--store", case.path("scans.db"))
    assert diff(case.path("new.db"))[-1] == ("changes", "CVE-2026-0001")
    case.write("bad.json", b"{}")
    assert "bad.json" in case.run(2, "diff", "--store", case.path("scans.db"), case.path("new.db"), "--vex",
                                  case.path("bad.json"))


def two_databases_are_compared(case):
    kept, raised, moved = record(1, "npm"), record(2, "npm"), record(3, "npm")
    case.zip("npm", {r["id"] + ".json": json.dumps(r) for r in (kept, raised, moved)})
    case.build("old.db")
    raised = dict(raised, severity=[{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}])
    moved["affected"][0]["ranges"][0]["events"][1]["fixed"] = "1.33"
    touched = dict(kept, modified="2026-11-22T10:00:00Z")
    withdrawn = dict(record(9, "PyPI"), withdrawn="2026-11-22T00:00:00Z")
    case.zip("npm", {r["id"] + ".json": json.dumps(r) for r in (touched, raised, moved, record(4, "npm"))})
    case.zip("PyPI", {"TEST-2026-9.json": json.dumps(withdrawn)})
    case.write("kev.json", json.dumps({
        "dateReleased": "2026-11-21T00:00:00Z",
        "vulnerabilities": [{"cveID": "CVE-2026-1001", "dateAdded": "2026-11-10"},
                            {"cveID": "CVE-2026-1004", "dateAdded": "2026-11-21"}]}).encode())
    case.build("new.db")
    case.run(0, "import", case.path("new.db"))
    case.run(0, "export", case.path("new.db.zst"))

    said = json.loads(case.run(0, "diff", case.path("old.db"), case.path("new.db.zst"), "--format", "json"))
    by_id = {d["id"]: d for d in said}
    assert {i: (d["source"], d["change"]) for i, d in by_id.items()} == {
        "TEST-2026-2": ("npm", "changed"), "TEST-2026-3": ("npm", "changed"), "TEST-2026-4": ("npm", "came"),
        "TEST-2026-9": ("PyPI", "went"), "CVE-2026-1004": ("exploited vulnerabilities", "came")}, by_id
    assert by_id["TEST-2026-2"]["old"] == {"severity": "unknown", "packages": []}
    assert by_id["TEST-2026-2"]["new"] == {"severity": "critical", "packages": []}

    def package(i, fixed):
        return [{"ecosystem": "npm", "name": "package%d" % i, "fixed": fixed}]
    assert by_id["TEST-2026-3"]["old"]["packages"] == package(3, "1.3")
    assert by_id["TEST-2026-3"]["new"]["packages"] == package(3, "1.33")
    came = by_id["TEST-2026-4"]
    assert came["old"] is None and came["new"]["packages"] == package(4, "1.4") and came["isExploited"]
    assert came["aliases"] == ["CVE-2026-1004"] and came["title"] == "a test"
    assert by_id["TEST-2026-9"]["new"] is None

    said = case.run(0, "diff", case.path("old.db"), case.path("new.db"))
    assert "npm: 1 came, 0 went, 2 changed" in said and "in all: 2 came, 1 went, 2 changed" in said, said
    assert "npm package3: fixed in 1.3 → fixed in 1.33" in said, said
    assert "came    TEST-2026-4 (CVE-2026-1004)  exploited  a test" in said, said
    assert "unknown → critical" in said, said
    assert json.loads(case.run(0, "diff", case.path("new.db"), case.path("new.db"), "--format", "json")) == []

    case.write("bad.db", case.read("old.db").replace(b"package1", b"package7"))
    assert "bad.db" in case.run(2, "diff", case.path("old.db"), case.path("bad.db"))
    case.run(2, "diff", case.path("old.db"), case.path("nowhere.db"))
    case.run(2, "diff", case.path("new.db.zst")[:-4])
    assert "--store" in case.run(2, "diff", case.path("old.db"), case.path("new.db"), "--vex", case.path("x"))
    assert not [name for name in os.listdir(case.path("cache")) if "diff" in name]


def private_advisories_are_taken(case):
    os.makedirs(case.path("ours"))
    case.write("ours/a.yaml", b"id: ACME-1\naffected:\n- package: {ecosystem: npm, name: door}\n"
               b"  ranges: [{type: SEMVER, events: [{introduced: '0'}]}]\n")
    case.run(0, "build", "--private", case.path("ours"), "-o", case.path("a.db"))
    case.write("ours/b.json", b"{")
    said = case.run(3, "build", "--private", case.path("ours"), "-o", case.path("b.db"))
    assert "b.json" in said, said
    case.run(2, "build", "--private", case.path("nowhere"), "-o", case.path("c.db"))
    case.run(2, "build", "--source", "nobody=" + case.path("ours"), "-o", case.path("c.db"))
    case.run(2, "build", "--source", "redhat", "-o", case.path("c.db"))
    assert "in all: 0 came, 0 went, 0 changed" in case.run(0, "diff", case.path("a.db"), case.path("b.db"))
    case.run(2, "diff", case.path("a.db"))


def wrong_use_is_said(case):
    case.run(2, "build")
    case.run(2, "import")
    case.run(2, "export")
    case.run(2, "update", "--patience", "0")
    case.run(2, "status", "--format", "xml")
    case.run(2, "nonsense")


TESTS = [
    same_input_gives_same_bytes,
    status_says_what_is_there,
    damaged_record_is_told_and_left_out,
    no_zip_leaves_the_old_database,
    update_from_folder,
    export_and_import_round_trip,
    tampered_file_is_refused,
    the_seal_is_the_files_sum,
    packed_export_and_import_round_trip,
    status_names_dates_and_what_is_lacking,
    full_update_over_http,
    unchanged_archive_is_not_fetched_again,
    increment_over_http,
    many_changes_take_the_whole_archive,
    one_ecosystem_is_added_and_others_stay,
    bad_servers_leave_the_old_database,
    cut_and_slow_servers_leave_the_old_database,
    a_cut_download_is_continued_by_the_next_run,
    a_download_that_was_killed_is_continued,
    what_changed_in_between_is_fetched_whole,
    what_another_run_has_whole_is_not_fetched_again,
    servers_that_lie_of_a_part_leave_no_broken_database,
    notes_that_do_not_fit_count_for_nothing,
    a_damaged_database_is_made_anew,
    two_updates_do_not_run_at_once,
    plain_http_wants_leave,
    build_from_server,
    without_the_cage,
    real_export,
    vendors_feed_is_updated_over_http,
    bad_vendor_servers_leave_the_old_database,
    scan_and_diff_by_a_vendors_feed,
    vex_sets_aside_in_a_diff,
    two_databases_are_compared,
    private_advisories_are_taken,
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
        except Skip as reason:
            print("ok %d - %s # SKIP %s" % (number, test.__name__, reason))
        except (AssertionError, OSError, KeyError, subprocess.SubprocessError) as problem:
            failed = True
            print("not ok %d - %s" % (number, test.__name__))
            for line in (type(problem).__name__ + ": " + str(problem)).splitlines():
                print("# " + line)
        finally:
            case.close()
    sys.exit(failed)


main()
