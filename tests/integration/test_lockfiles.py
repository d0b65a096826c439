"""Lockfiles that yarn, pnpm, Bun, Bundler and Composer wrote, and gems that RubyGems installed: our inspectors and
those programs must list the same.

    test_lockfiles.py LIST_FACTS

A tool that is missing, or can't reach its registry, skips its cases. Gems and PHP packages are made here, and need
none.
"""
import glob
import json
import os
import sys
import unittest

from test_language_packages import Folder, facts, packages, run

MANIFEST = {
    "name": "app", "version": "1.0.0", "private": True, "workspaces": ["inner"],
    "dependencies": {"debug": "3.1.0", "old-ms": "npm:ms@2.0.0", "@types/ms": "0.7.31", "react": "18.2.0",
                     "react-dom": "18.2.0"},
    "devDependencies": {"mkdirp": "0.5.5"},
}
INNER = {"name": "inner", "version": "0.1.0", "dependencies": {"ms": "2.1.3", "debug": "4.3.4"}}
DIRECT = {("debug", "3.1.0"), ("ms", "2.0.0"), ("@types/ms", "0.7.31"), ("react", "18.2.0"), ("react-dom", "18.2.0"),
          ("mkdirp", "0.5.5"), ("ms", "2.1.3"), ("debug", "4.3.4")}
DEVELOPMENT = {"mkdirp", "minimist"}
PEERS = {("react-dom", "18.2.0", "react", "18.2.0")}


def needs(lines):
    return {tuple(line[1:5]) for line in lines if line[0] == "needs"}


def with_flag(lines, flag):
    """Of a package that stands in several folders any may have it."""
    return {(line[2], line[3]) for line in lines if line[0] == "package" and flag in line[6].split()}


# ---- JavaScript

class JavaScript(Folder):
    """One project, locked by each manager; what it needs is asked of yarn's `info`."""
    TOOLS = ("yarn@1.22.22", "pnpm@9.15.9", "bun@1.2.15", "@yarnpkg/cli-dist@4.5.3")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        run("npm", "install", "--no-audit", "--no-fund", "--prefix", cls.folder + "/tools", *cls.TOOLS)
        cls.bin = cls.folder + "/tools/node_modules/"

    def project(self, name):
        self.write(name + "/package.json", json.dumps(MANIFEST))
        self.write(name + "/inner/package.json", json.dumps(INNER))
        return self.folder + "/" + name

    @staticmethod
    def berry(*args, cwd):
        script = os.path.join(JavaScript.bin, "@yarnpkg/cli-dist/bin/yarn.js")
        return run("node", script, *args, cwd=cwd,
                   env={**os.environ, "YARN_ENABLE_IMMUTABLE_INSTALLS": "0", "YARN_NODE_LINKER": "node-modules"})

    def by_yarn_info(self):
        """Packages and edges, as `yarn info` knows them."""
        folder = self.project("info")
        self.write("info/yarn.lock", "")
        self.berry("install", "--mode=skip-build", cwd=folder)
        rows = [json.loads(line) for line in self.berry("info", "-A", "-R", "--json", cwd=folder).splitlines()]

        def split(locator):
            name, reference = locator.split("::")[0].rsplit("@npm:", 1)
            return name, reference
        edges = {split(row["value"]) + split(need["locator"])
                 for row in rows if "@npm:" in row["value"]
                 for need in row["children"].get("Dependencies", []) if "@npm:" in need["locator"]}
        return {split(row["value"]) for row in rows if "@npm:" in row["value"]}, edges

    def check(self, lines, has_direct=True, has_development=True, peers=PEERS):
        listed, edges = self.by_yarn_info()
        self.assertEqual(set(packages(lines)), listed)
        self.assertEqual(needs(lines), edges | peers)
        self.assertEqual(with_flag(lines, "direct"), DIRECT if has_direct else set())
        self.assertEqual({name for name, _ in with_flag(lines, "development")},
                         DEVELOPMENT if has_development else set())
        self.assertEqual({line[1] for line in lines if line[0] == "checksum"}, {name for name, _ in listed})

    def test_yarn_1(self):
        folder = self.project("yarn1")
        run("node", self.bin + "yarn/bin/yarn.js", "install", "--ignore-scripts", cwd=folder)
        self.check(facts("yarn-lock", "yarn.lock", folder + "/yarn.lock"), False, False, set())

    def test_yarn_berry(self):
        self.by_yarn_info()
        self.check(facts("yarn-lock", "yarn.lock", self.folder + "/info/yarn.lock"), True, False, set())

    def test_pnpm(self):
        folder = self.project("pnpm")
        self.write("pnpm/pnpm-workspace.yaml", "packages:\n  - inner\n")
        run("node", self.bin + "pnpm/bin/pnpm.cjs", "install", "--lockfile-only", "--ignore-scripts", cwd=folder)
        self.check(facts("pnpm-lock", "pnpm-lock.yaml", folder + "/pnpm-lock.yaml"))

    def test_bun(self):
        folder = self.project("bun")
        run("npm", "rebuild", "--prefix", self.folder + "/tools", "bun")
        run(self.bin + ".bin/bun", "install", "--ignore-scripts", cwd=folder)
        self.check(facts("bun-lock", "bun.lock", folder + "/bun.lock"))

    def test_npm(self):
        for version in (1, 3):
            folder = self.project(f"npm{version}")
            run("npm", "install", "--package-lock-only", f"--lockfile-version={version}", cwd=folder)
            lines = facts("npm-lock", "package-lock.json", folder + "/package-lock.json")
            self.check(lines, has_direct=version == 3, peers=PEERS if version == 3 else set())


# ---- Ruby

LIST_GEMS = """
require 'bundler'
Bundler::LockfileParser.new(File.read('Gemfile.lock')).specs.each do |s|
  puts [s.name, s.version, s.dependencies.map(&:name).sort.join(',')].join('|') if s.source.is_a?(Bundler::Source::Rubygems)
end
"""
LIST_INSTALLED = """
ARGV.each do |file|
  s = Gem::Specification.load(file)
  puts [s.name, s.version, s.runtime_dependencies.map(&:name).sort.join(','), s.licenses.join(' OR ')].join('|')
end
"""


class Ruby(Folder):
    GEMS = [("rack", "2.2.8", 's.add_dependency "tilt", "~> 2.0", ">= 2.0.3"; s.add_development_dependency "rake"'),
            ("tilt", "2.3.0", 's.licenses = ["MIT", "Ruby"]'), ("rake", "13.0.6", ""),
            ("native", "1.15.5", 's.platform = "x86_64-linux"; s.add_dependency "tilt"')]

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for name, version, more in cls.GEMS:
            cls.write(f"server/gems/{name}.gemspec", f'Gem::Specification.new {{ |s| s.name = "{name}"; '
                      f's.version = "{version}"; s.summary = "x"; s.authors = ["x"]; s.files = []; {more} }}')
            run("gem", "build", "-q", name + ".gemspec", cwd=cls.folder + "/server/gems")
        run("gem", "generate_index", "-q", cwd=cls.folder + "/server")

    def test_lock(self):
        self.write("Gemfile", f'source "file://{self.folder}/server"\ngem "rack", "~> 2.2"\ngem "native"\n')
        run("bundle", "lock", "--add-platform", "x86_64-linux", cwd=self.folder)
        rows = [row.split("|") for row in run("ruby", "-e", LIST_GEMS, cwd=self.folder).splitlines()]
        lines = facts("gemfile-lock", "Gemfile.lock", self.folder + "/Gemfile.lock")
        self.assertEqual(set(packages(lines)), {(row[0], row[1]) for row in rows})
        self.assertEqual({(line[1], line[3]) for line in lines if line[0] == "needs"},
                         {(row[0], need) for row in rows for need in row[2].split(",") if need})
        self.assertEqual({name for name, _ in with_flag(lines, "direct")}, {"rack", "native"})

    def test_installed(self):
        gems = glob.glob(self.folder + "/server/gems/*.gem")
        run("gem", "install", "--local", "--ignore-dependencies", "--install-dir", self.folder + "/gems", *gems)
        self.check_specifications(glob.glob(self.folder + "/gems/specifications/*.gemspec"))

    def test_those_that_came_with_ruby(self):
        folder = run("ruby", "-e", "print Gem.default_specifications_dir").strip()
        files = glob.glob(folder + "/*.gemspec")
        if not files:
            self.skipTest("this Ruby has no default gems")
        self.check_specifications(files)

    def check_specifications(self, files):
        rows = sorted(run("ruby", "-e", LIST_INSTALLED, *files).splitlines())
        found = []
        for file in files:
            lines = facts("gem-installed", file.lstrip("/"), file)
            package = next(line for line in lines if line[0] == "package")
            wanted = ",".join(sorted(line[3] for line in lines if line[0] == "needs"))
            found.append("|".join([package[2], package[3], wanted, package[4]]))
        self.assertEqual(sorted(found), rows)


# ---- PHP

class Php(Folder):
    PACKAGES = [("acme/log", "1.1.0", ["MIT", "GPL-2.0-only"], {}),
                ("acme/mono", "3.5.0", ["Apache-2.0"], {"acme/log": "^1", "php": ">=7"}),
                ("acme/tool", "2.0.1", ["MIT"], {"acme/mono": "*"})]

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for name, version, licences, wanted in cls.PACKAGES:
            cls.write(f"made/{name}/composer.json", json.dumps(
                {"name": name, "version": version, "license": licences, "require": wanted or {"php": "*"}}))
        cls.write("composer.json", json.dumps({
            "name": "me/app", "require": {"acme/mono": "^3"}, "require-dev": {"acme/tool": "2.0.1"},
            "repositories": [{"type": "path", "url": "made/acme/*", "options": {"symlink": False}},
                             {"packagist.org": False}]}))
        run("composer", "install", "--no-interaction", "--no-plugins", cwd=cls.folder)

    def check(self, inspector, path, *flags):
        lines = facts(inspector, path, self.folder + "/" + path)
        listed = json.loads(run("composer", "licenses", "--format=json", cwd=self.folder))["dependencies"]
        self.assertEqual({line[2]: (line[3], line[4].split(" OR ")) for line in lines if line[0] == "package"},
                         {name: (row["version"], row["license"]) for name, row in listed.items()})
        self.assertEqual(needs(lines), {("acme/mono", "3.5.0", "acme/log", "1.1.0"),
                                        ("acme/tool", "2.0.1", "acme/mono", "3.5.0")})
        self.assertEqual(with_flag(lines, "development"), {("acme/tool", "2.0.1")})
        self.assertEqual(len(with_flag(lines, "installed")), 3 if "installed" in flags else 0)

    def test_lock(self):
        self.check("composer-lock", "composer.lock")

    def test_installed(self):
        self.check("composer-installed", "vendor/composer/installed.json", "installed")


if __name__ == "__main__":
    outcome = unittest.main(exit=False).result
    everything_skipped = outcome.testsRun and len(outcome.skipped) == outcome.testsRun
    sys.exit(77 if everything_skipped else not outcome.wasSuccessful())
