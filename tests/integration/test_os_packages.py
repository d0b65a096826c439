"""Databases that real programs wrote, read by our inspectors and by those programs: the lists must agree.

    test_os_packages.py LIST_FACTS

The rpm database is made with rpmbuild and rpm. Databases of the other kinds hold the same header blobs: Berkeley
DB itself writes its own, through perl's DB_File, in both byte orders, and rpm reads them back; NDB, which
Debian's rpm lacks, is laid out here by rpm's description of it, unless rpm can write it.
"""
import contextlib
import os
import random
import shutil
import sqlite3
import struct
import subprocess
import sys
import tempfile
import unittest
import zlib

LIST_FACTS = sys.argv.pop(1)


def run(*args, **kwargs):
    return subprocess.run(args, check=True, stdout=subprocess.PIPE, **kwargs).stdout


def text(*args, **kwargs):
    return run(*args, **kwargs).decode("utf-8", "surrogateescape")


def facts(inspector, path, file, ok=True):
    """Lines of list_facts, split at their bars; a crash or a sanitizer's report is a failure."""
    done = subprocess.run([LIST_FACTS, inspector, path, file], capture_output=True, timeout=60)
    if done.returncode not in ((0,) if ok else (0, 1)) or done.stderr:
        raise AssertionError(f"{path}: exit {done.returncode}: {done.stderr.decode()}")
    return [line.split("|") for line in done.stdout.decode("utf-8", "surrogateescape").splitlines()]


def of_kind(lines, kind):
    return [line[1:] for line in lines if line[0] == kind]


def hashes(paths):
    if not paths:
        return []
    return run(LIST_FACTS, "hash", input="".join(p + "\n" for p in paths).encode("utf-8", "surrogateescape")) \
        .decode().split()


# ---- os-release

OS_FIELDS = ("ID", "VERSION_ID", "PRETTY_NAME", "VERSION_CODENAME", "ID_LIKE")
VALUES = ["plain", "'single quoted'", '"double quoted"', '"a \\"b\\" \\\\ \\$c \\`d\\`"', '"keeps \\n and \\x"',
          "'keeps \\\\ and \\n'", '"it\'s"', "'say \"x\"'", "a\\ b", "\\'", '""', "", "a=b", '"Ubuntu 22.04.3 LTS"',
          '"x"  ', "#no-comment"]


class OsRelease(unittest.TestCase):
    def by_shell(self, file):
        script = ". \"$1\"; printf '%s|' " + " ".join(f'"${name}"' for name in OS_FIELDS)
        return text("env", "-i", "sh", "-c", script, "sh", file).split("|")[:-1]

    def check(self, file):
        expected = self.by_shell(file)
        rows = of_kind(facts("os-release", "etc/os-release", file), "os")
        self.assertEqual([row[:5] for row in rows], [expected] if any(expected[:3]) else [])

    def test_quoting_is_the_shells(self):
        with tempfile.TemporaryDirectory() as folder:
            for number, value in enumerate(VALUES):
                path = f"{folder}/{number}"
                with open(path, "w", encoding="utf-8") as file:
                    file.write("# comment\n\n" + "".join(f"{name}={value}\n" for name in OS_FIELDS))
                with self.subTest(value=value):
                    self.check(path)

    @unittest.skipUnless(os.path.exists("/etc/os-release"), "no os-release")
    def test_this_machine(self):
        self.check("/etc/os-release")


# ---- dpkg

DPKG = "/var/lib/dpkg"


@unittest.skipUnless(shutil.which("dpkg-query") and os.path.exists(DPKG + "/status"), "no dpkg")
class Dpkg(unittest.TestCase):
    def test_packages_are_those_of_dpkg_query(self):
        fields = "${db:Status-Status}|${Package}|${Version}|${Architecture}|${source:Package}" \
                 "|${source:Version}|${Maintainer}\n"
        rows = [row.split("|") for row in text("dpkg-query", "-W", "-f", fields).splitlines()]
        states = ("installed", "triggers-pending", "triggers-awaited")
        expected = sorted(row[1:] for row in rows if row[0] in states)
        actual = []
        for _, name, version, arch, source, source_version, _, vendor, _ in \
                of_kind(facts("dpkg", "var/lib/dpkg/status", DPKG + "/status"), "package"):
            actual.append([name, version, arch, source or name, source_version or version, vendor])
        self.assertGreater(len(expected), 50)
        self.assertEqual(sorted(actual), expected)

    def test_lines_are_those_of_the_package_fields(self):
        with open(DPKG + "/status", encoding="utf-8") as file:
            lines = file.read().split("\n")
        for row in of_kind(facts("dpkg", "var/lib/dpkg/status", DPKG + "/status"), "package"):
            self.assertEqual(lines[int(row[8]) - 1], "Package: " + row[1])

    def test_files_are_those_of_dpkg_query(self):
        lists = sorted(name for name in os.listdir(DPKG + "/info") if name.endswith(".list"))
        for name in random.Random(1).sample(lists, 25):
            stem = name[:-len(".list")]
            expected = [line for line in text("dpkg-query", "-L", stem).splitlines()
                        if line.startswith("/") and line != "/."]
            actual = of_kind(facts("dpkg", "var/lib/dpkg/info/" + name, f"{DPKG}/info/{name}"), "owned")
            self.assertEqual(sorted(row[2] for row in actual), sorted(hashes(expected)), name)
            self.assertEqual({row[1] for row in actual} or {stem.split(":")[0]}, {stem.split(":")[0]})


# ---- rpm

SPEC = """
Name: alpha
Epoch: 3
Version: 1.0
Release: 2.el9
Summary: first
License: MIT and (GPL-2.0-only or Apache-2.0)
Vendor: Örtlich & Söhne
BuildArch: x86_64
%description
text
%package -n beta
Summary: own version, no source of that version
Version: 7.5~rc1
Epoch: 0
%description -n beta
text
%package doc
Summary: noarch
BuildArch: noarch
%description doc
text
%package -n gpg-pubkey
Summary: looks like a key
%description -n gpg-pubkey
text
@PACKAGES@
%install
mkdir -p %{buildroot}/usr/bin %{buildroot}/etc/alpha.d %{buildroot}/usr/share/doc/alpha %{buildroot}/many
echo a > %{buildroot}/usr/bin/alpha
echo b > %{buildroot}/usr/bin/beta
echo c > %{buildroot}/etc/alpha.d/conf
echo d > "%{buildroot}/usr/share/doc/alpha/with blank"
for i in $(seq 1 1500); do echo > %{buildroot}/many/a_file_with_a_number_$i; done
%files
/usr/bin/alpha
%dir /etc/alpha.d
%config /etc/alpha.d/conf
%files -n beta
/usr/bin/beta
%files -n gpg-pubkey
%files doc
"/usr/share/doc/alpha/with blank"
/many
@FILES@
"""

OTHER_SPEC = """
Name: gamma
Version: 2024.1
Release: 1
Summary: without vendor
License: BSD
BuildArch: noarch
%description
text
%files
"""

EXTRAS = 60
BDB = r"""
use strict; use DB_File; use Fcntl;
my ($out, $order, $size, @blobs) = @ARGV;
my $info = DB_File::HASHINFO->new;
$info->{lorder} = $order;
$info->{bsize} = $size;
tie my %db, 'DB_File', $out, O_RDWR | O_CREAT, 0644, $info or die "$out: $!";
my $pack = $order == 4321 ? 'N' : 'V';
$db{pack $pack, 0} = pack $pack, @blobs + 1;
my $n = 0;
for my $file (@blobs) {
    open my $in, '<:raw', $file or die; local $/; $db{pack $pack, ++$n} = <$in>;
}
untie %db;
"""


def ndb(blobs):
    """One slot page, with a free slot among the used ones, then the blobs (rpm: lib/backend/ndb/rpmpkg.c)."""
    page, block = 4096, 16
    slots, body = [], b""
    for number, blob in enumerate(blobs, 1):
        size = 16 + len(blob) + 12
        count = -(-size // block)
        head = struct.pack("<4sIII", b"BlbS", number, 1, len(blob)) + blob
        head += bytes(count * block - len(head) - 12)
        slots.append(struct.pack("<4sIII", b"Slot", number, (page + len(body)) // block, count))
        body += head + struct.pack("<II4s", zlib.adler32(head), len(blob), b"BlbE")
    free = struct.pack("<4sIII", b"Slot", 0, 0, 0)
    slots.insert(3, free)
    head = struct.pack("<4sIIII", b"RpmP", 0, 1, 1, len(blobs) + 1).ljust(32, b"\0")
    return head + b"".join(slots + [free] * ((page - 32) // 16 - len(slots))) + body


def has_db_file():
    return shutil.which("perl") and subprocess.run(["perl", "-MDB_File", "-e", "1"],
                                                   stderr=subprocess.DEVNULL).returncode == 0


@unittest.skipUnless(shutil.which("rpm") and shutil.which("rpmbuild"), "no rpm or rpmbuild")
class Rpm(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="plimsoll-rpm-")
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        numbers = range(EXTRAS)
        packages = "".join(f"%package p{i}\nSummary: s\n%description p{i}\n{'words ' * (i * 40)}\n"
                           for i in numbers)
        files = "".join(f"%files p{i}\n" for i in numbers)
        cls.build("alpha", SPEC.replace("@PACKAGES@", packages).replace("@FILES@", files))
        cls.build("gamma", OTHER_SPEC)
        cls.rpms = [os.path.join(base, name) for base, _, names in os.walk(cls.folder + "/RPMS")
                    for name in names]
        cls.sqlite = cls.install("sqlite", "rpmdb.sqlite")
        with contextlib.closing(sqlite3.connect(cls.sqlite)) as db:
            cls.blobs = [blob for _, blob in db.execute("SELECT hnum, blob FROM Packages ORDER BY hnum")]
        cls.ndb = cls.folder + "/Packages.db"
        with open(cls.ndb, "wb") as file:
            file.write(ndb(cls.blobs))
        cls.expected = cls.query("sqlite")

    @classmethod
    def build(cls, name, spec):
        path = f"{cls.folder}/{name}.spec"
        with open(path, "w", encoding="utf-8") as file:
            file.write(spec)
        run("rpmbuild", "-bb", "--quiet", "--nodeps", "--target", "x86_64", "--define",
            f"_topdir {cls.folder}", "--define", "debug_package %{nil}", path, stderr=subprocess.DEVNULL)

    @classmethod
    def rpm(cls, backend):
        return ["rpm", "--dbpath", f"{cls.folder}/{backend}", "--define", f"_db_backend {backend}"]

    @classmethod
    def install(cls, backend, file):
        run(*cls.rpm(backend), "--initdb")
        install = [*cls.rpm(backend), "-i", "--justdb", "--nodeps", "--ignorearch", "--nosignature"]
        keys = [path for path in cls.rpms if "/gpg-pubkey-" in path]
        run(*install, *(path for path in cls.rpms if path not in keys), stderr=subprocess.DEVNULL)
        # From 4.20 on rpm takes no key from a package.
        subprocess.run([*install, *keys], stderr=subprocess.DEVNULL, check=False)
        return f"{cls.folder}/{backend}/{file}"

    @classmethod
    def query(cls, backend):
        form = r"%{NAME}|%{EVR}|%{ARCH}|%{SOURCERPM}|%{LICENSE}|%{VENDOR}\n"
        rows = [row.split("|") for row in text(*cls.rpm(backend), "-qa", "--qf", form).splitlines()]
        return sorted(["" if field == "(none)" else field for field in row] for row in rows
                      if row[0] != "gpg-pubkey")

    def source_rpm(self, row):
        """What SOURCERPM said, put together again from our fields."""
        _, name, version, _, source, source_version, _, _, _ = row
        return f"{source or name}-{source_version or version.split(':')[-1]}.src.rpm"

    def check(self, path, file):
        lines = facts("rpm", path, file)
        self.assertEqual(of_kind(lines, "problem"), [])
        rows = of_kind(lines, "package")
        self.assertEqual(sorted([r[1], r[2], r[3], self.source_rpm(r), r[6], r[7]] for r in rows), self.expected)
        owned = sorted([row[1], row[2]] for row in of_kind(lines, "owned"))
        pairs = [row.split("|") for row in
                 text(*self.rpm("sqlite"), "-qa", "--qf", r"[%{=NAME}|%{FILENAMES}\n]").splitlines()]
        self.assertGreater(len(pairs), 1500)
        self.assertEqual(owned, sorted([p[0], h] for p, h in zip(pairs, hashes([p[1] for p in pairs]))))

    def test_the_list_has_what_it_should_test(self):
        self.assertEqual(len(self.expected), EXTRAS + 4)
        self.assertIn("3:1.0-2.el9", [row[1] for row in self.expected])
        self.assertIn("noarch", [row[2] for row in self.expected])

    def test_sqlite_agrees_with_rpm(self):
        self.check("var/lib/rpm/rpmdb.sqlite", self.sqlite)

    def test_ndb_agrees_with_rpm(self):
        self.check("usr/lib/sysimage/rpm/Packages.db", self.ndb)

    def test_ndb_of_rpm_itself(self):
        with contextlib.suppress(subprocess.CalledProcessError):
            self.check("usr/lib/sysimage/rpm/Packages.db", self.install("ndb", "Packages.db"))
            return
        self.skipTest("this rpm has no NDB")

    def bdb(self, order, size):
        blobs = []
        for number, blob in enumerate(self.blobs):
            blobs.append(f"{self.folder}/blob-{number}")
            with open(blobs[-1], "wb") as file:
                file.write(blob)
        folder = f"{self.folder}/bdb-{order}-{size}"
        path = folder + "/Packages"
        if not os.path.exists(path):
            os.mkdir(folder)
            run("perl", "-e", BDB, path, str(order), str(size), *blobs)
        return path

    @unittest.skipUnless(has_db_file(), "no perl with DB_File")
    def test_berkeley_db_agrees_with_rpm(self):
        for order in (1234, 4321):
            for size in (512, 4096, 65536):
                with self.subTest(order=order, size=size):
                    self.check("var/lib/rpm/Packages", self.bdb(order, size))

    @unittest.skipUnless(has_db_file(), "no perl with DB_File")
    def test_rpm_reads_this_berkeley_db_alike(self):
        command = ["rpm", "--dbpath", os.path.dirname(self.bdb(1234, 4096)), "--define", "_db_backend bdb_ro"]
        try:
            names = text(*command, "-qa", "--qf", r"%{NAME}\n", stderr=subprocess.DEVNULL).split()
        except subprocess.CalledProcessError:
            names = []
        if not names:
            self.skipTest("this rpm does not read Berkeley DB")
        self.assertEqual(sorted(n for n in names if n != "gpg-pubkey"), [row[0] for row in self.expected])

    def damage(self, path, file):
        """Truncations and flipped bytes: an answer comes, of packages that were there, or with a complaint."""
        with open(file, "rb") as source:
            whole = source.read()
        source = random.Random(7)
        names = {row[0] for row in self.expected} | {"gpg-pubkey"}
        for i in range(60):
            broken = bytearray(whole)
            if i % 2:
                del broken[source.randrange(len(whole)):]
            else:
                for _ in range(1 + i // 4):
                    broken[source.randrange(len(whole))] ^= 1 << source.randrange(8)
            copy = file + ".broken"
            with open(copy, "wb") as out:
                out.write(broken)
            lines = facts("rpm", path, copy, ok=False)
            complains = any(line[0] in ("problem", "error") for line in lines)
            if i % 2:
                self.assertLessEqual({row[1] for row in of_kind(lines, "package")}, names)
                self.assertTrue(complains or len(of_kind(lines, "package")) == len(self.expected))

    def test_damaged_sqlite(self):
        self.damage("var/lib/rpm/rpmdb.sqlite", self.sqlite)

    def test_damaged_ndb(self):
        self.damage("var/lib/rpm/Packages.db", self.ndb)

    @unittest.skipUnless(has_db_file(), "no perl with DB_File")
    def test_damaged_berkeley_db(self):
        self.damage("var/lib/rpm/Packages", self.bdb(1234, 4096))
        self.damage("var/lib/rpm/Packages", self.bdb(4321, 512))


if __name__ == "__main__":
    outcome = unittest.main(exit=False).result
    everything_skipped = outcome.testsRun and len(outcome.skipped) == outcome.testsRun
    sys.exit(77 if everything_skipped else not outcome.wasSuccessful())
