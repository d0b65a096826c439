#!/usr/bin/env python3
"""The Debian package: built by dpkg-buildpackage from a copy of the sources, judged by lintian, unpacked and run.

    test_debian_package.py [TEST…]

Prints TAP. Building takes minutes; PLIMSOLL_DEB names a package that is built already.
"""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import images
from images import Skip, need, run, same

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PAGES = ["plimsoll", "plimsoll-ci"] + ["plimsoll-" + name for name in (
    "scan", "sbom", "check", "db", "lsp", "version", "completion", "man")]


class World:
    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="plimsoll-deb-test-"))
        self.package, self.reason = None, None

    def close(self):
        shutil.rmtree(self.folder, ignore_errors=True)

    def deb(self):
        """Built once; what keeps it from being built is said by each test."""
        if not self.package and not self.reason:
            try:
                self.package = self.build()
            except (Skip, AssertionError) as reason:
                self.reason = reason
        if self.reason:
            raise self.reason
        return self.package

    def build(self):
        if os.environ.get("PLIMSOLL_DEB"):
            return pathlib.Path(os.environ["PLIMSOLL_DEB"])
        need("dh", "dpkg-buildpackage", "git")
        if not (ROOT / ".git").exists():
            raise Skip("not a git checkout")
        lacking = subprocess.run(["dpkg-checkbuilddeps", ROOT / "deploy/debian/control"], capture_output=True, text=True)
        if lacking.returncode:
            raise Skip("not installed: " + lacking.stderr.strip().rpartition(": ")[2])
        # debhelper gives the build an empty home: the compiler cache is to be found all the same.
        cache = os.environ.get("CCACHE_DIR", os.path.expanduser("~/.cache/ccache"))
        run(ROOT / "deploy/scripts/build-deb", self.folder / "out", env={**os.environ, "CCACHE_DIR": cache,
            "DEB_BUILD_OPTIONS": "parallel=%d noautodbgsym" % (os.cpu_count() or 1)})
        package, = (self.folder / "out").glob("plimsoll_*.deb")
        return package

    def tree(self):
        tree = self.folder / "tree"
        if not tree.exists():
            run("dpkg-deb", "-x", self.deb(), tree)
        return tree

    def program(self, *words, **options):
        env = {k: v for k, v in os.environ.items() if not k.startswith("PLIMSOLL_")}
        env.update(PLIMSOLL_SHARE=str(self.tree() / "usr/share/plimsoll"), PLIMSOLL_CACHE=str(self.folder / "cache"))
        return subprocess.run([self.tree() / "usr/bin/plimsoll", *map(str, words)], env=env, capture_output=True, text=True,
                              timeout=300, **options)


def the_package_asks_for_what_a_build_needs(world):
    listed = re.search(r"^build=\((.*?)\)", (ROOT / "scripts/setup").read_text(), re.M | re.S).group(1).split()
    fields = (ROOT / "deploy/debian/control").read_text()
    asked = re.findall(r"^(?:Build-Depends:)?\s+([a-z0-9.+-]+)", fields.split("Build-Depends:", 1)[1].split("Standards", 1)[0], re.M)
    essential = ["gcc", "libc6-dev"]  # of build-essential, which every build has
    same([name for name in listed if name not in asked + essential], [])


def the_package_has_its_parts(world):
    tree = world.tree()
    wanted = ["usr/bin/plimsoll", "usr/bin/plimsoll-ci", "usr/libexec/plimsoll/plimsoll-fetch",
              "usr/libexec/plimsoll/plimsoll-git", "usr/share/plimsoll/advisories.db",
              "usr/share/bash-completion/completions/plimsoll", "usr/share/zsh/vendor-completions/_plimsoll",
              "usr/share/fish/vendor_completions.d/plimsoll.fish"]
    wanted += ["usr/share/man/man1/%s.1.gz" % page for page in PAGES]
    same([path for path in wanted if not (tree / path).is_file()], [])
    fields = run("dpkg-deb", "-f", world.deb()).decode()
    depends = re.search(r"^Depends: (.*)$", fields, re.M).group(1)
    for library in "libgit2", "libcurl", "libsqlite3", "libseccomp":
        assert library in depends, depends
    control = world.folder / "control"
    run("dpkg-deb", "-e", world.deb(), control)
    assert not (control / "conffiles").exists(), "conffiles"


def the_packaged_program_runs(world):
    version = re.search(r"version: '([^']+)'", (ROOT / "meson.build").read_text()).group(1)
    done = world.program("version")
    same(done.returncode, 0, done.stderr)
    assert version in done.stdout, done.stdout
    same(run("dpkg-deb", "-f", world.deb(), "Version").decode().strip(), version)


def the_packaged_program_finds_advisories_and_helpers(world):
    folder = world.folder / "project"
    folder.mkdir()
    (folder / "package-lock.json").write_text(json.dumps({"name": "app", "lockfileVersion": 3, "packages": {
        "": {"name": "app", "dependencies": {"jquery": "3.4.1"}}, "node_modules/jquery": {"version": "3.4.1"}}}))

    def found(target):
        done = world.program("scan", "-f", "json", target)
        same(done.returncode, 0, done.stderr)
        assert "CVE-2020-11023" in json.dumps(json.loads(done.stdout)["findings"]), done.stdout[:400]

    found("dir:%s" % folder)
    need("git")
    run("git", "init", "-q", cwd=folder)
    run("git", "add", "-A", cwd=folder)
    run("git", "-c", "user.name=x", "-c", "user.email=x@x.invalid", "commit", "-q", "-m", "x", cwd=folder)
    found("git:%s" % folder)
    done = world.program("scan", "--insecure-registry", "127.0.0.1:1", "image:127.0.0.1:1/nothing:1")
    assert done.returncode != 0 and "libexec" not in done.stderr and "127.0.0.1" in done.stderr, done.stderr


def man_reads_the_pages(world):
    need("man")
    for page in PAGES:
        done = subprocess.run(["man", "--warnings", "-l", world.tree() / ("usr/share/man/man1/%s.1.gz" % page)],
                              capture_output=True, text=True, env={**os.environ, "MANWIDTH": "80", "LC_ALL": "C.UTF-8"})
        same((done.returncode, done.stderr), (0, ""), page)
        assert "NAME" in done.stdout, page


def lintian_has_no_errors(world):
    need("lintian")
    done = subprocess.run(["lintian", "--allow-root", "--fail-on", "error", world.deb()], capture_output=True, text=True)
    same(done.returncode, 0, done.stdout + done.stderr)


TESTS = [the_package_asks_for_what_a_build_needs, the_package_has_its_parts, the_packaged_program_runs,
         the_packaged_program_finds_advisories_and_helpers, man_reads_the_pages, lintian_has_no_errors]

if __name__ == "__main__":
    sys.argv.insert(1, "")
    images.main(TESTS, World())
