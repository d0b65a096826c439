"""What npm, pip, uv, cargo and go wrote, read by our inspectors and by those programs: the lists must agree.

    test_language_packages.py LIST_FACTS

A tool that is missing, or can't reach its registry, skips its cases.
"""
import functools
import glob
import json
import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import unittest
import zlib

LIST_FACTS = sys.argv.pop(1)
UNREACHABLE = "the tool can't reach its registry"


def run(*args, **kwargs):
    """Output of a tool; one that fails skips the case."""
    try:
        done = subprocess.run(args, capture_output=True, text=True, timeout=900, **kwargs)
    except FileNotFoundError:
        raise unittest.SkipTest(f"no {args[0]}")
    if done.returncode:
        raise unittest.SkipTest(f"{' '.join(args[:3])}: {done.stderr.strip()[-200:] or UNREACHABLE}")
    return done.stdout


def facts(inspector, path, file):
    """Lines of list_facts, split at their bars; an error, a crash or a sanitizer's report is a failure."""
    done = subprocess.run([LIST_FACTS, inspector, path, file], capture_output=True, text=True, timeout=300)
    if done.returncode or done.stderr:
        raise AssertionError(f"{path}: exit {done.returncode}: {done.stdout[-300:]}{done.stderr}")
    return [line.split("|") for line in done.stdout.splitlines()]


def packages(lines):
    return {(line[2], line[3]): set(line[6].split()) for line in lines if line[0] == "package"}


class Folder(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        cls.folder = cls.temporary.name

    @classmethod
    def tearDownClass(cls):
        cls.temporary.cleanup()

    @classmethod
    def write(cls, name, content):
        path = os.path.join(cls.folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as out:
            out.write(content)
        return path


# ---- npm

class Npm(Folder):
    MANIFEST = {
        "name": "app", "version": "1.0.0", "workspaces": ["inner"],
        "dependencies": {"express": "4.18.2", "old-lodash": "npm:lodash@4.17.20", "lodash": "4.17.21"},
        "devDependencies": {"mkdirp": "0.5.5", "@types/ms": "0.7.31"},
        "optionalDependencies": {"fsevents": "2.3.2"},
    }
    ALIASES = {"old-lodash": "lodash"}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.write("package.json", json.dumps(cls.MANIFEST))
        cls.write("inner/package.json", json.dumps({"name": "inner", "version": "0.1.0",
                                                    "dependencies": {"ms": "2.0.0", "debug": "3.1.0"}}))
        run("npm", "install", "--no-audit", "--no-fund", cwd=cls.folder)

    def expected(self, select="*"):
        """npm's own list; its own project and workspaces are no packages from elsewhere."""
        rows = json.loads(run("npm", "query", select, cwd=self.folder))
        return {(row["name"], row["version"]): row for row in rows
                if row["location"].startswith("node_modules/") or "/node_modules/" in row["location"]}

    def names_of_npm_ls(self):
        found = set()

        def walk(node):
            for name, child in node.get("dependencies", {}).items():
                if "version" in child and name != "inner":
                    found.add((self.ALIASES.get(name, name), child["version"]))
                walk(child)
        walk(json.loads(run("npm", "ls", "--all", "--json", cwd=self.folder)))
        return found

    def lock(self, version):
        run("npm", "install", "--package-lock-only", f"--lockfile-version={version}", cwd=self.folder)
        return facts("npm-lock", "package-lock.json", os.path.join(self.folder, "package-lock.json"))

    def without_fsevents(self, found):
        return {key: flags for key, flags in found.items() if key[0] != "fsevents"}

    def check_lock(self, version):
        found = self.without_fsevents(packages(self.lock(version)))
        self.assertEqual(set(found), self.names_of_npm_ls())
        self.assertEqual({key for key, flags in found.items() if "development" in flags},
                         {key for key, row in self.expected().items() if row.get("dev")})
        return found

    def test_version_1(self):
        self.check_lock(1)

    def test_version_2(self):
        self.check_lock(2)

    def test_version_3(self):
        found = self.check_lock(3)
        wanted = {("express", "4.18.2"), ("lodash", "4.17.20"), ("lodash", "4.17.21"), ("mkdirp", "0.5.5"),
                  ("@types/ms", "0.7.31"), ("ms", "2.0.0"), ("debug", "3.1.0")}
        self.assertEqual({key for key, flags in found.items() if "direct" in flags}, wanted)

    def test_installed(self):
        found = {}
        for file in glob.glob(self.folder + "/**/package.json", recursive=True):
            path = os.path.relpath(file, self.folder)
            if not os.path.islink(os.path.dirname(file)):
                found.update(packages(facts("npm-installed", path, file)))
        self.assertEqual(set(found), self.names_of_npm_ls())


# ---- Python

def normal(name):
    return re.sub(r"[-_.]+", "-", name).lower()


class Pip(Folder):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        run(sys.executable, "-m", "venv", cls.folder + "/venv")
        cls.pip = cls.folder + "/venv/bin/pip"
        run(cls.pip, "install", "-q", "requests==2.31.0", "Jinja2==3.1.2", "ruamel.yaml==0.17.32",
            "typing_extensions==4.7.1")
        cls.expected = {(normal(row["name"]), row["version"])
                        for row in json.loads(run(cls.pip, "list", "--format", "json"))}

    def test_installed(self):
        found = {}
        for file in glob.glob(self.folder + "/venv/lib/*/site-packages/*.dist-info/METADATA"):
            found.update(packages(facts("python-installed", os.path.relpath(file, self.folder), file)))
        self.assertEqual(set(found), self.expected)

    def test_requirements(self):
        file = self.write("requirements.txt", run(self.pip, "freeze", "--all"))
        self.assertEqual(set(packages(facts("python-requirements", "requirements.txt", file))), self.expected)


class Uv(Folder):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.uv = shutil.which("uv")
        if not cls.uv:
            run(sys.executable, "-m", "venv", cls.folder + "/venv")
            run(cls.folder + "/venv/bin/pip", "install", "-q", "uv")
            cls.uv = cls.folder + "/venv/bin/uv"
        cls.write("app/pyproject.toml", '[project]\nname = "app"\nversion = "1"\nrequires-python = ">=3.11"\n'
                  'dependencies = ["requests==2.31.0", "ruamel.yaml==0.17.32"]\n'
                  '[dependency-groups]\ndev = ["pytest==7.4.0", "idna==3.4"]\n')
        run(cls.uv, "lock", cwd=cls.folder + "/app")

    def exported(self, *options):
        file = self.write("export/requirements.txt", run(self.uv, "export", "--no-hashes", "--no-emit-project",
                                                         *options, cwd=self.folder + "/app"))
        return set(packages(facts("python-requirements", "requirements.txt", file)))

    def test_lock(self):
        found = packages(facts("uv-lock", "uv.lock", self.folder + "/app/uv.lock"))
        everything = self.exported("--all-groups")
        self.assertEqual(set(found), everything)
        self.assertEqual({key for key, flags in found.items() if "development" not in flags},
                         self.exported("--no-dev"))
        self.assertEqual({key[0] for key, flags in found.items() if "direct" in flags},
                         {"requests", "ruamel-yaml", "pytest", "idna"})


# ---- Rust

class Cargo(Folder):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.write("Cargo.toml", '[package]\nname = "app"\nversion = "0.1.0"\nedition = "2021"\n'
                  '[dependencies]\nitoa = "=1.0.9"\nrand = "=0.8.5"\n[build-dependencies]\nautocfg = "=1.1.0"\n')
        cls.write("src/main.rs", 'fn main() { println!("{}", itoa::Buffer::new().format(rand::random::<u8>())); }')
        cls.write("build.rs", "fn main() { autocfg::new(); }")
        run("cargo", "generate-lockfile", cwd=cls.folder)

    def test_lock(self):
        metadata = json.loads(run("cargo", "metadata", "--format-version", "1", cwd=self.folder))
        expected = {(row["name"], row["version"]) for row in metadata["packages"] if row["source"]}
        found = packages(facts("cargo-lock", "Cargo.lock", self.folder + "/Cargo.lock"))
        self.assertEqual(set(found), expected)
        self.assertEqual({key[0] for key, flags in found.items() if "direct" in flags},
                         {"itoa", "rand", "autocfg"})

    @unittest.skipUnless(shutil.which("cargo-auditable"), "no cargo-auditable")
    def test_auditable(self):
        run("cargo", "auditable", "build", "-q", cwd=self.folder)
        file = self.folder + "/target/debug/app"
        run("objcopy", "-O", "binary", "--only-section=.dep-v0", "--set-section-flags", ".dep-v0=alloc", file,
            file + ".dep")
        with open(file + ".dep", "rb") as section:
            listed = json.loads(zlib.decompress(section.read()))["packages"]
        found = packages(facts("executable", "app", file))
        self.assertEqual(set(found), {(p["name"], p["version"]) for p in listed if p["source"] != "local"})
        self.assertEqual({key[0] for key, flags in found.items() if "development" in flags}, {"autocfg"})
        self.assertEqual({key[0] for key, flags in found.items() if "direct" in flags},
                         {"itoa", "rand", "autocfg"})

    @unittest.skipUnless(shutil.which("objcopy"), "no objcopy")
    def test_section_made_by_hand(self):
        listed = {"packages": [
            {"name": "app", "version": "0.1.0", "source": "local", "dependencies": [1, 2], "root": True},
            {"name": "a", "version": "1.0.0", "source": "crates.io", "kind": "build"},
            {"name": "b", "version": "2.0.0", "source": "git", "dependencies": [3]},
            {"name": "c", "version": "3.0.0", "source": "crates.io"},
        ]}
        with open(self.folder + "/section", "wb") as out:
            out.write(zlib.compress(json.dumps(listed).encode()))
        run("objcopy", "--add-section", f".dep-v0={self.folder}/section", shutil.which("true"),
            self.folder + "/true")
        lines = facts("executable", "true", self.folder + "/true")
        self.assertEqual(packages(lines), {("a", "1.0.0"): {"development", "direct", "installed"},
                                           ("b", "2.0.0"): {"direct", "installed"},
                                           ("c", "3.0.0"): {"installed"}})
        self.assertEqual([line[1] for line in lines if line[0] == "problem"], ["odd"])


# ---- Go

@functools.cache
def go_environment(**variables):
    return {**os.environ, "CGO_ENABLED": "0", "GOFLAGS": "-mod=mod", **variables}


class Go(Folder):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.write("go.mod", "module example.com/app\n\ngo 1.20\n\nrequire (\n"
                  "\tgithub.com/gorilla/mux v1.8.0\n\tgopkg.in/yaml.v3 v3.0.1\n"
                  "\tgolang.org/x/text v0.14.0\n\tgithub.com/pkg/errors v0.9.1\n"
                  "\tgithub.com/mitchellh/mapstructure v1.5.0\n)\n"
                  "replace github.com/pkg/errors => github.com/pkg/errors v0.8.1\n"
                  "replace github.com/mitchellh/mapstructure => github.com/go-viper/mapstructure v1.6.0\n")
        cls.write("inner/inner.go", "package inner\n\nfunc Max[T int | string](a, b T) T {\n"
                  "\tif a > b {\n\t\treturn a\n\t}\n\treturn b\n}\n")
        cls.write("main.go", 'package main\n\nimport (\n\t"fmt"\n\t"net/http"\n\n'
                  '\t"example.com/app/inner"\n\t"github.com/gorilla/mux"\n\t"github.com/mitchellh/mapstructure"\n'
                  '\t"github.com/pkg/errors"\n\t"golang.org/x/text/language"\n\t"gopkg.in/yaml.v3"\n)\n\n'
                  'func main() {\n\tr := mux.NewRouter()\n\tb, _ := yaml.Marshal(map[string]int{"a": 1})\n'
                  '\tvar out struct{ A int }\n\tmapstructure.Decode(map[string]int{"A": 1}, &out)\n'
                  '\tfmt.Println(string(b), language.English, errors.New("x"), inner.Max("a", "b"), out)\n'
                  '\thttp.ListenAndServe(":0", r)\n}\n')
        run("go", "mod", "tidy", cwd=cls.folder, env=go_environment())

    def build(self, *options, **variables):
        file = self.folder + "/app"
        env = go_environment(**variables)
        run("go", "build", "-o", file, *options, ".", cwd=self.folder, env=env)
        return file, env

    def modules_by_go(self, file):
        """`go version -m`, with the replacement in place of what it replaces."""
        lines = run("go", "version", "-m", file).splitlines()
        found = [("stdlib", re.search(r": go([0-9.]+(rc|beta)?[0-9]*)", lines[0]).group(1))]
        for line in lines[1:]:
            fields = line.strip("\t").split("\t")
            if fields[0] in ("mod", "dep"):
                found.append((fields[1], fields[2].replace("(devel)", "")))
            elif fields[0] == "=>":
                found[-1] = (fields[1], fields[2])
        return set(found)

    @staticmethod
    @functools.cache
    def pushed_packages_below(root):
        found = set()
        for file in glob.glob(root + "/src/runtime/*.go"):
            with open(file, errors="replace") as source:
                found.update(re.findall(r"^//go:linkname \S+ (\S+)\.[^./\s]+$", source.read(), re.M))
        return found

    def pushed_packages(self, env):
        """Packages that others define functions for: their names are there when they themselves are not."""
        return self.pushed_packages_below(run("go", "env", "GOROOT", cwd=self.folder, env=env).strip())

    def check_linked(self, lines, file, env, symbols):
        """Each linked package is one of the build, and each package of the build that has code is linked."""
        linked = {line[2] for line in lines if line[0] == "linked"}
        fork = "github.com/go-viper/mapstructure"
        self.assertIn(fork, linked)
        linked = {path.replace(fork, "github.com/mitchellh/mapstructure") for path in linked}
        built = set(run("go", "list", "-deps", ".", cwd=self.folder, env=env).split())
        self.assertLessEqual(linked - built, self.pushed_packages(env))
        missing = built - linked
        if symbols:
            text = run("go", "tool", "nm", file)
            with_code = {path for path in missing
                         if re.search(r" [Tt] " + re.escape(path) + r"\.[A-Za-z(]", text)}
            self.assertEqual(with_code, set())
        self.assertLess(len(missing), len(built) / 3, missing)
        return linked

    def check(self, *options, symbols=True, **variables):
        file, env = self.build(*options, **variables)
        lines = facts("executable", "app", file)
        self.assertEqual(set(packages(lines)), self.modules_by_go(file))
        self.assertTrue(all(flags == {"installed", "linked"} for flags in packages(lines).values()))
        return self.check_linked(lines, file, env, symbols)

    def test_native(self):
        self.assertEqual(self.check(), self.check("-ldflags=-s -w", symbols=False))

    def test_position_independent(self):
        self.check("-buildmode=pie")

    def test_position_independent_by_the_external_linker(self):
        self.check("-buildmode=pie", "-ldflags=-linkmode=external", CGO_ENABLED="1")

    def test_arm64(self):
        self.check(GOARCH="arm64")

    def test_big_endian(self):
        self.check(GOARCH="s390x")

    def test_32_bit(self):
        self.check(GOARCH="386")

    def test_32_bit_big_endian(self):
        self.check(GOARCH="mips")

    def test_older_toolchain(self):
        self.check(GOTOOLCHAIN="go1.21.13")

    def test_without_section_headers(self):
        """Only the segments are left; what is linked is not known then."""
        file, _ = self.build("-ldflags=-s -w")
        with open(file, "r+b") as binary:
            head = bytearray(binary.read(64))
            head[40:48] = bytes(8)
            head[58:64] = bytes(6)
            binary.seek(0)
            binary.write(head)
        found = packages(facts("executable", "app", file))
        self.assertEqual(set(found), self.modules_by_go(file))
        self.assertTrue(all(flags == {"installed"} for flags in found.values()))

    def test_mod_file(self):
        rows = run("go", "list", "-m", "-f", "{{if not .Main}}{{with .Replace}}{{.Path}} {{.Version}}"
                   "{{else}}{{.Path}} {{.Version}}{{end}}{{end}}", "all", cwd=self.folder, env=go_environment())
        listed = {tuple(row.split(" ")) for row in rows.splitlines() if row}
        found = set(packages(facts("go-mod", "go.mod", self.folder + "/go.mod")))
        self.assertLessEqual(found, listed)
        self.assertIn(("github.com/pkg/errors", "v0.8.1"), found)
        self.assertIn(("github.com/go-viper/mapstructure", "v1.6.0"), found)


# ---- Go formats that no toolchain at hand writes, laid out by debug/buildinfo and debug/gosym

class Binary:
    """An ELF file of one loaded segment with the sections given, in the class and byte order given."""
    BASE = 0x400000
    START = 0x200

    def __init__(self, bits, order):
        self.bits, self.order, self.image, self.sections = bits, order, bytearray(self.START), []

    def pack(self, fields, *values):
        """w is a word of the class."""
        return struct.pack(self.order + fields.replace("w", "Q" if self.bits == 64 else "I"), *values)

    def add(self, content, name=None):
        """The address of the content."""
        self.image += bytes(-len(self.image) % 16)
        at = len(self.image)
        self.image += content
        if name:
            self.sections.append((name, at, len(content)))
        return self.BASE + at

    def save(self, path):
        names = b"\0" + b"".join(name.encode() + b"\0" for name, _, _ in self.sections) + b".shstrtab\0"
        names_at = len(self.image)
        self.image += names
        self.image += bytes(-len(self.image) % 16)
        headers_at = len(self.image)
        rows = [(0, 0, 0, 0)] + [(names.index(name.encode() + b"\0"), at, size, 1) for name, at, size in self.sections]
        rows.append((names.index(b".shstrtab"), names_at, len(names), 3))
        for name, at, size, kind in rows:
            self.image += self.pack("IIwwwwIIww", name, kind, 0, self.BASE + at, at, size, 0, 0, 1, 0)
        is_64 = self.bits == 64
        ident = b"\x7fELF" + bytes([2 if is_64 else 1, 1 if self.order == "<" else 2, 1]) + bytes(9)
        header = ident + self.pack("HHIwwwIHHHHHH", 2, 62, 1, self.BASE, 0x100, headers_at, 0, 64 if is_64 else 52,
                                   56 if is_64 else 32, 1, 64 if is_64 else 40, len(rows), len(rows) - 1)
        size = len(self.image)
        segment = self.pack("IIwwwwww", 1, 6, 0, self.BASE, self.BASE, size, size, 16) if is_64 else \
            self.pack("IIIIIIII", 1, 0, self.BASE, self.BASE, size, size, 6, 16)
        self.image[:len(header)] = header
        self.image[0x100:0x100 + len(segment)] = segment
        with open(path, "wb") as out:
            out.write(self.image)
        return path


NAMES = [b"runtime.main", b"main.main", b"example.com/a/b.(*T).M", b"net/http.Get", b"net/http.Head"]
MODULES = "path\texample.com/app\nmod\texample.com/app\tv0.1.0\t\ndep\texample.com/a\tv1.2.3\th1:x\n" \
          "build\tCGO_ENABLED=0\n"


class GoByHand(Folder):
    def strings(self, binary, *texts):
        """Addresses of Go strings."""
        found = []
        for text in texts:
            data = binary.add(text)
            found.append(binary.add(binary.pack("ww", data, len(text))))
        return found

    def table_1_2(self, binary):
        word, count = binary.bits // 8, len(NAMES)
        records = 8 + word + (2 * count + 1) * word + 4
        names = records + count * (word + 4)
        table = binary.pack("IBBBBw", 0xfffffffb, 0, 0, 1, word, count)
        for i in range(count):
            table += binary.pack("ww", 0x1000 + i, records + i * (word + 4))
        table += binary.pack("wI", 0x2000, 0)
        at = names
        for name in NAMES:
            table += binary.pack("wI", 0x1000, at)
            at += len(name) + 1
        return table + b"\0".join(NAMES) + b"\0"

    def table_joined(self, binary, magic, fields):
        """fields: words in the header, of which the last five are offsets, that of the names first."""
        word, names = binary.bits // 8, b"\0".join(NAMES) + b"\0"
        start = 8 + fields * word
        offsets = [start, start + len(names)] + [start + len(names)] * 3
        words = [len(NAMES), 0] + [0] * (fields - 7) + offsets
        return binary.pack("IBBBB" + "w" * fields, magic, 0, 0, 1, word, *words) + names

    def check(self, bits, order, table):
        binary = Binary(bits, order)
        version, modules = self.strings(binary, b"go1.15.2", b"s" * 16 + MODULES.encode() + b"e" * 16)
        flags = 1 if order == ">" else 0
        header = b"\xff Go buildinf:" + bytes([bits // 8, flags]) + binary.pack("ww", version, modules)
        binary.add(header.ljust(32, b"\0"), ".go.buildinfo")
        binary.add(table(binary), ".gopclntab")
        file = binary.save(self.folder + "/app")
        lines = facts("executable", "app", file)
        flags = {"installed", "linked"}
        self.assertEqual(packages(lines), {("stdlib", "1.15.2"): flags, ("example.com/app", "v0.1.0"): flags,
                                           ("example.com/a", "v1.2.3"): flags})
        self.assertEqual(sorted(line[1:] for line in lines if line[0] == "linked"),
                         [["example.com/a", "example.com/a/b"], ["example.com/app", "example.com/app"],
                          ["stdlib", "net/http"], ["stdlib", "runtime"]])
        return file

    def test_pointers_and_tables(self):
        for bits in (32, 64):
            for order in "<>":
                with self.subTest(bits=bits, order=order):
                    self.check(bits, order, self.table_1_2)
                    self.check(bits, order, lambda b: self.table_joined(b, 0xfffffffa, 7))
                    self.check(bits, order, lambda b: self.table_joined(b, 0xfffffff0, 8))
                    self.check(bits, order, lambda b: self.table_joined(b, 0xfffffff1, 8))

    def test_damaged(self):
        """Every byte of the file changed in turn: an answer or an error, never a crash."""
        with open(self.check(32, ">", self.table_1_2), "rb") as source:
            whole = source.read()
        places = list(range(0, 0x34)) + list(range(0x100, 0x120)) + list(range(0x200, len(whole), 7))
        for at in places:
            broken = bytearray(whole)
            broken[at] ^= 0x81
            with open(self.folder + "/broken", "wb") as out:
                out.write(broken)
            done = subprocess.run([LIST_FACTS, "executable", "app", self.folder + "/broken"], capture_output=True)
            self.assertIn((done.returncode, done.stderr), ((0, b""), (1, b"")), at)


if __name__ == "__main__":
    outcome = unittest.main(exit=False).result
    everything_skipped = outcome.testsRun and len(outcome.skipped) == outcome.testsRun
    sys.exit(77 if everything_skipped else not outcome.wasSuccessful())
