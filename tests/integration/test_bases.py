#!/usr/bin/env python3
"""Bases of images, and packages that later layers take away, in images that buildah and umoci make.

    test_bases.py PLIMSOLL [TEST…]

Prints TAP. What is expected stands in the steps that make the images, in advisories of our own, and in the manifests
as skopeo shows them. Skips, saying why, what is not installed or may not be done here.
"""

import csv
import functools
import io
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

import images
from images import Layout, Scanner, Skip, lock, names, need, run, same, tar

OS_RELEASE = 'ID=debian\nVERSION_ID="12"\n'
OLD, NEW = "2026-01-05T00:00:00Z", "2026-10-05T00:00:00Z"
DAY = 24 * 60 * 60
NOW = 1796083200  # 2026-12-01


def advisory(number, ecosystem, name, fixed, introduced="0"):
    return {"id": "TEST-%d" % number, "modified": "2026-11-01T00:00:00Z", "aliases": ["CVE-2026-%d" % number],
            "summary": "a test", "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],
            "affected": [{"package": {"ecosystem": ecosystem, "name": name},
                          "ranges": [{"type": "SEMVER" if ecosystem == "npm" else "ECOSYSTEM",
                                      "events": [{"introduced": introduced}, {"fixed": fixed}]}]}]}


ADVISORIES = [advisory(1, "npm", "left", "2.0.0"), advisory(2, "npm", "right", "2.0.0"),
              advisory(3, "Debian:12", "openssl", "3.0.2"), advisory(4, "Debian:12", "zlib", "1.3.9"),
              advisory(5, "Debian:12", "openssl", "3.0.9", "3.0.2"), advisory(6, "Debian:12", "curl", "8.1")]


def status(*packages):
    """dpkg's status file of (package, version) or (package, version, source)."""
    return "".join("Package: %s\nStatus: install ok installed\nArchitecture: amd64\nVersion: %s\n%sDescription: x\n\n"
                   % (name, version, "Source: %s\n" % source[0] if source else "") for name, version, *source in packages)


class World:
    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp())
        self.scanner = Scanner(sys.argv[1], self.folder)

    @functools.cached_property
    def db(self):
        feed = self.folder / "advisories"
        feed.mkdir()
        for each in ADVISORIES:
            (feed / (each["id"] + ".json")).write_text(json.dumps(each))
        run(self.scanner.program, "db", "build", "--private", feed, "-o", self.folder / "own.db")
        return self.folder / "own.db"

    def scan(self, target, *options, code=0, form="json", **environ):
        environ.setdefault("SOURCE_DATE_EPOCH", str(NOW))
        done = self.scanner.run(target, "--db", self.db, "--format", form, *options, **environ)
        assert done.returncode == code, "%s: exit %d: %s" % (target, done.returncode, done.stderr)
        return json.loads(done.stdout) if form == "json" else done.stdout

    def base(self, *words, code=0, **environ):
        env = dict(os.environ, PLIMSOLL_CACHE=str(self.folder / "cache"), **environ)
        done = subprocess.run([self.scanner.program, "base", *map(str, words)], env=env, capture_output=True, text=True)
        assert done.returncode == code, "%s: exit %d: %s" % (words, done.returncode, done.stderr)
        return done.stdout if code == 0 else done.stderr

    def file(self, name, text):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    @functools.cached_property
    def removed(self):
        """Layers by umoci: 1 a status file and three lockfiles, 2 an upgrade, 3 deletes two, 4 replaces one."""
        need("umoci")
        layout, target = self.folder / "removed", "%s:app" % (self.folder / "removed")
        run("umoci", "init", "--layout", layout)
        run("umoci", "new", "--image", target)

        def insert(name, place, **files):
            source = self.folder / "inserted" / name
            for path, text in files.items():
                self.file("inserted/%s/%s" % (name, path.replace("__", "/")), text)
            run("umoci", "insert", "--rootless", "--image", target, "--history.created_by", "COPY " + name, source, place)

        libraries = ("libssl3", "3.0.1", "openssl"), ("libcurl4", "8.0", "curl"), ("zlib1g", "1.4", "zlib")
        self.file("inserted/one/etc/os-release", OS_RELEASE)
        self.file("inserted/one/var/lib/dpkg/status", status(*libraries))
        self.file("inserted/one/srv/gone/package-lock.json", lock(("left", "1.0.0"), ("well", "1.0.0")))
        self.file("inserted/one/srv/moved/package-lock.json", lock(("right", "1.0.0")))
        self.file("inserted/one/srv/kept/package-lock.json", lock(("left", "1.5.0")))
        insert("one", "/")
        self.file("inserted/two/status", status(("libssl3", "3.0.9", "openssl"), *libraries[1:]))
        insert("two/status", "/var/lib/dpkg/status")
        run("umoci", "insert", "--rootless", "--image", target, "--whiteout", "/srv/gone")
        run("umoci", "insert", "--rootless", "--image", target, "--whiteout", "/srv/kept/package-lock.json")
        self.file("inserted/three/package-lock.json", lock(("left", "2.5.0")))
        insert("three/package-lock.json", "/srv/kept/package-lock.json")
        return "oci-dir:%s" % layout

    def close(self):
        shutil.rmtree(self.folder, ignore_errors=True)


# ---- packages that later layers take away

TAKEN = [("CVE-2026-1", "left", "1.0.0", "srv/gone/package-lock.json", 1, 3),
         ("CVE-2026-1", "left", "1.5.0", "srv/kept/package-lock.json", 1, 4),
         ("CVE-2026-3", "libssl3", "3.0.1", "var/lib/dpkg/status", 1, 2)]


def rows(report, key):
    return sorted((f["rule"], f["name"], f["version"], f["path"], f["layer"], f["removed_in"]) for f in report[key]
                  if f["kind"] == "vulnerability")


def what_later_layers_delete_is_kept_apart(world):
    report = world.scan(world.removed, "--fail-on", "critical", code=1)
    same(rows(report, "removed"), TAKEN)
    same(rows(report, "findings"), [("CVE-2026-2", "right", "1.0.0", "srv/moved/package-lock.json", 1, None),
                                    ("CVE-2026-6", "libcurl4", "8.0", "var/lib/dpkg/status", 1, None)])
    same({f["status"] for f in report["removed"]}, {"removed"})
    same({f["asset_kind"] for f in report["removed"]}, {"removed package"})
    same((report["summary"]["removed"], report["summary"]["packages"]), (3, 5))
    assert all("left" != p["name"] or p["version"] == "2.5.0" for p in report["packages"])
    same(names(report), ["left 2.5.0", "libcurl4 8.0", "libssl3 3.0.9", "right 1.0.0", "zlib1g 1.4"])


def it_is_the_same_from_the_cache(world):
    first, second = (world.scan(world.removed, cache=world.folder / "kept") for _ in range(2))
    same(second["run"]["cached_layers"], 5)
    same(second["removed"], first["removed"])


def it_blocks_only_where_a_rule_asks(world):
    """Everything else is excepted, so that nothing but what is removed can block."""
    excepted = "exceptions:\n" + "".join("- {id: %s, reason: r, owner: o, until: 2099-01-01}\n" % rule
                                         for rule in ("CVE-2026-2", "CVE-2026-6", "PLM-*"))
    world.scan(world.removed, "--fail-on", "low", "--guardrails", world.file("a.yaml", excepted))
    world.scan(world.removed, "--profile", "strict", "--guardrails", world.file("a.yaml", excepted))
    rule = "rules:\n- {name: r, when: \"finding.status == 'removed' && asset.name == 'libssl3'\", action: block}\n"
    asks = world.file("b.yaml", excepted + rule)
    report = world.scan(world.removed, "--guardrails", asks, code=1)
    same([f["name"] for f in report["removed"] if f["blocks"]], ["libssl3"])
    said = world.scan(world.removed, "--guardrails", asks, "--quiet", code=1, form="human")
    assert "CVE-2026-3" in said and "blocks" in said and "CVE-2026-1" not in said, said
    world.scan(world.removed, "--guardrails", world.file("c.yaml", excepted + "- {id: CVE-2026-3, reason: r, owner: o, "
                                                         "until: 2099-01-01}\n" + rule))


def people_see_it_when_they_ask(world):
    said = world.scan(world.removed, form="human")
    assert "3 findings in what later layers delete or replace: --show-removed" in said, said
    assert "CVE-2026-3" not in said, said
    said = world.scan(world.removed, "--show-removed", form="human")
    assert "In what later layers delete or replace (3)" in said, said
    lines = {" ".join(line.split()) for line in said.splitlines()}
    assert "CVE-2026-3 critical libssl3 3.0.1 layer 1, deleted or replaced in layer 2" in lines, said


def tables_list_it_only_then(world):
    def statuses(*options):
        text = world.scan(world.removed, *options, form="csv")
        return sorted((line["rule"], line["status"]) for line in csv.DictReader(io.StringIO(text))
                      if line["kind"] == "vulnerability")
    visible = [("CVE-2026-2", "open"), ("CVE-2026-6", "open")]
    same(statuses(), visible)
    same(statuses("--show-removed"), sorted(visible + [(row[0], "removed") for row in TAKEN]))
    for form in ("openvex", "cyclonedx", "gitlab-container"):
        text = world.scan(world.removed, "--show-removed", "--all", form=form)
        assert "CVE-2026-6" in text and "CVE-2026-3" not in text and "3.0.1" not in text, form


def what_a_package_owns_is_not_said_twice(world):
    """A file of a distribution's package, which goes with it."""
    layout = Layout(world.folder / "owned")
    info = "Metadata-Version: 2.1\nName: left\nVersion: 1.0\n"
    place = "usr/lib/python3/dist-packages/left-1.0.egg-info"
    layers = [tar(("etc/os-release", OS_RELEASE), ("var/lib/dpkg/status", status(("python3-left", "1.0"), ("a", "1"))),
                  ("var/lib/dpkg/info/python3-left.list", "/%s\n" % place), (place, info),
                  ("opt/right-1.0.egg-info", info.replace("left", "right"))),
              tar(("var/lib/dpkg/status", status(("a", "1"))), ("var/lib/dpkg/info/.wh.python3-left.list", ""),
                  ("usr/lib/python3/dist-packages/.wh.left-1.0.egg-info", ""), ("opt/.wh.right-1.0.egg-info", ""))]
    layout.tag(layout.image([(layer, "step") for layer in layers]), "owned")
    store = world.folder / "owned.db"
    world.scan("oci-dir:%s" % layout.path, "--store", store)
    import sqlite3
    with sqlite3.connect(store) as kept:
        found = {row[0] for row in kept.execute("select name from asset where kind = (select max(kind) from asset)")}
    same(found, {"python3-left", "right"})


def a_folder_has_nothing_removed(world):
    folder = world.file("folder/package-lock.json", lock(("left", "1.0.0"))).parent
    report = world.scan("dir:%s" % folder)
    same((report["removed"], report["base"], report["summary"]["removed"]), ([], None, 0))


# ---- bases

class Builder:
    """Images by buildah, in a storage of their own."""

    def __init__(self, world):
        need("buildah", "skopeo")
        if os.getuid() != 0:
            raise Skip("buildah wants root here")
        self.folder = world.folder / "builder"
        self.folder.mkdir()
        self.conf = self.folder / "storage.conf"
        self.conf.write_text('[storage]\ndriver = "overlay"\ngraphroot = "%s"\nrunroot = "%s"\n'
                             % (self.folder / "graph", self.folder / "run"))
        self.env = dict(os.environ, CONTAINERS_STORAGE_CONF=str(self.conf), BUILDAH_ISOLATION="chroot")

    def run(self, *command):
        return run(*command, env=self.env).decode().strip()

    def image(self, name, dockerfile, moment, **files):
        """A Dockerfile's build with these files as its context; the path of its OCI layout."""
        context = self.folder / name.replace("/", "_").replace(":", "_")
        context.mkdir()
        (context / "Dockerfile").write_text(dockerfile)
        for path, text in files.items():
            (context / path).write_text(text)
        try:
            self.run("buildah", "bud", "--quiet", "--layers", "--network", "none", "--timestamp", moment, "-t", name, context)
            self.run("buildah", "push", name, "oci:%s/layout:it" % context)
        except AssertionError as why:
            raise Skip("buildah can't build here: %s" % str(why)[-300:].replace("\n", " ")) from why
        return "oci-dir:%s/layout" % context


BASE = "FROM scratch\nCOPY os-release /etc/os-release\nCOPY status /var/lib/dpkg/status\nCMD [\"sh\"]\n"
OLD_PACKAGES = status(("libssl3", "3.0.1", "openssl"), ("zlib1g", "1.3", "zlib"), ("libcurl4", "8.0", "curl"))
NEW_PACKAGES = status(("libssl3", "3.0.2", "openssl"), ("zlib1g", "1.4", "zlib"), ("libcurl4", "8.0", "curl"))


@functools.cache
def built(world):
    """The old base, an application on it, and the new base."""
    builder = Builder(world)
    moments = {OLD: 1767571200, NEW: 1791158400}
    old = builder.image("localhost/golden/debian:12.1", BASE, moments[OLD], status=OLD_PACKAGES, **{"os-release": OS_RELEASE})
    app = builder.image("localhost/shop/web:1", "FROM localhost/golden/debian:12.1\nCOPY a.json /app/package-lock.json\n",
                        moments[OLD] + DAY, **{"a.json": lock(("right", "1.0.0"))})
    new = builder.image("localhost/golden/debian:12.2", BASE, moments[NEW], status=NEW_PACKAGES, **{"os-release": OS_RELEASE})
    return builder, old, app, new


def buildah_records_the_base(world):
    builder, _, app, _ = built(world)
    manifest = json.loads(run("skopeo", "inspect", "--raw", "oci:%s:it" % app.partition(":")[2]))
    says = {k.rpartition("base.")[2]: v for k, v in manifest["annotations"].items() if ".image.base." in k}
    base = world.scan(app)["base"]
    same((base["reference"], base["digest"]), (says["name"], says["digest"]))
    same((base["name"], base["version"], base["named_by"], base["is_pinned"]),
         ("localhost/golden/debian", "12.1", "annotation", True))
    shown = world.base("show", app)
    assert "localhost/golden/debian:12.1" in shown and "annotation" in shown, shown


def a_table_knows_layers_and_what_is_newer(world):
    _, old, app, new = built(world)
    table = world.folder / "bases.yaml"
    same(world.base("add", old, "-f", table, "--name", "golden/debian", "--as", "12.1"),
         "%s: golden/debian 12.1, 2 layers, 3 packages\n" % table)
    report = world.scan(app, "--bases", table)
    base = report["base"]
    same((base["name"], base["version"], base["layers"], base["named_by"], base["layers_by"], base["created"]),
         ("golden/debian", "12.1", 2, "table", "table", OLD))
    same(base["rebuild"], None)
    same([layer["is_base"] for layer in report["layers"]], [True, True, False])

    store = world.folder / "scans.db"
    world.scan(new, "--store", store)
    world.base("add", "run:1", "--store", store, "-f", table, "--name", "golden/debian", "--as", "12.2")
    assert "already" in world.base("add", old, "-f", table, "--name", "golden/debian", "--as", "12.1", code=2)
    same([line.split()[:3] for line in world.base("list", "-f", table).splitlines()],
         [["golden/debian", "12.1", OLD[:10]], ["golden/debian", "12.2", NEW[:10]]])
    assert "12.2 of 2026-10-05" in world.base("show", app, "-f", table)


def a_rebuild_on_the_newest_base_is_compared(world):
    """Of 3 (openssl, zlib, curl) in the base two go, curl's stays and openssl's 5 comes."""
    a_table = world.folder / "compared.yaml"
    _, old, app, new = built(world)
    world.base("add", old, "-f", a_table, "--name", "golden/debian", "--as", "12.1")
    world.base("add", new, "-f", a_table, "--name", "golden/debian", "--as", "12.2")
    report = world.scan(app, "--bases", a_table)
    rebuild = report["base"]["rebuild"]
    same((rebuild["version"], rebuild["is_known"], rebuild["removes"], rebuild["stays"], rebuild["appears"]),
         ("12.2", True, 2, 1, 1))
    same([(i["rule"], i["name"], i["version"]) for i in rebuild["appearing"]], [("CVE-2026-5", "openssl", "3.0.2")])
    same({f["rule"] for f in report["findings"] if f["rebuild_removes"]}, {"CVE-2026-3", "CVE-2026-4"})
    same((report["fixes"][0]["kind"], report["fixes"][0]["action"], report["fixes"][0]["removes"]),
         ("rebuild", "rebuild on golden/debian 12.2", 2))
    said = " ".join(world.scan(app, "--bases", a_table, form="human").split())
    assert "golden/debian 12.2 is newer than 12.1: of 3 in the base it removes 2, and brings 1" in said, said
    newest = world.scan(new, "--bases", a_table)["base"]
    same((newest["version"], newest["rebuild"]), ("12.2", None))


def rules_of_images(world):
    _, old, app, _ = built(world)
    table = world.folder / "rules.yaml"
    world.base("add", old, "-f", table, "--name", "golden/debian", "--as", "12.1")

    def ids(target, rules, *options, **more):
        given = world.file("images.yaml", rules)
        found = world.scan(target, "--guardrails", given, *options, **more)["findings"]
        return sorted((f["rule"], f["status"]) for f in found if "PLM-IMAGE-040" <= f["rule"] <= "PLM-IMAGE-044")

    # 2026-12-01 is 330 days after 2026-01-05, and the check alone asks for 365.
    same(ids(app, "images: {bases: ['localhost/golden/*'], base-days: 330, digest: required}\n", "--bases", table),
         [("PLM-IMAGE-041", "open")])
    same(ids(app, "images: {bases: ['golden/debian:12.*'], base-days: 329}\n", "--bases", table), [("PLM-IMAGE-040", "open")])
    same(ids(app, "images: {bases: ['localhost/golden/*']}\n"), [])
    same(ids(app, "{}\n", "--bases", table, SOURCE_DATE_EPOCH=str(NOW + 35 * DAY)), [])
    same(ids(app, "{}\n", "--bases", table, SOURCE_DATE_EPOCH=str(NOW + 36 * DAY)), [("PLM-IMAGE-040", "open")])
    same(ids(world.removed, "images: {bases: [x], base-days: 9}\n"),
         [("PLM-IMAGE-040", "undecided"), ("PLM-IMAGE-041", "undecided")])


def rules_of_registries(world):
    """An image by its name, in a local storage."""
    builder = built(world)[0]

    def ids(name, rules):
        report = world.scan("image:" + name, "--guardrails", world.file("registries.yaml", rules),
                            CONTAINERS_STORAGE_CONF=str(builder.conf))
        return [f["rule"] for f in report["findings"] if f["rule"] in ("PLM-IMAGE-042", "PLM-IMAGE-043")], report["target"]

    found, target = ids("localhost/shop/web:1", "images: {registries: [docker.io, '*.example'], digest: required}\n")
    same(found, ["PLM-IMAGE-042", "PLM-IMAGE-043"])
    same((target["registry"], target["repository"], target["is_pinned"]), ("localhost", "shop/web", False))
    same(ids("localhost/shop/web:1", "images: {registries: [localhost]}\n")[0], [])


def expressions_see_the_base(world):
    _, old, app, _ = built(world)
    table = world.folder / "seen.yaml"
    world.base("add", old, "-f", table, "--name", "golden/debian", "--as", "12.1")
    rule = "rules: [{name: r, when: \"%s\", action: block}]\n"
    for when, code in (("base.age_days == 330", 1), ("base.age_days > 330", 0), ("base.name == 'golden/debian'", 1),
                       ("base.layers == 2 && base.named_by == 'table' && base.version == '12.1'", 1),
                       ("target.age_days == 329", 1), ("base.pinned && base.digest.startsWith('sha256:')", 1),
                       ("target.pinned || target.registry != ''", 0)):
        world.scan(app, "--bases", table, "--guardrails", world.file("when.yaml", rule % when), code=code)
    report = world.scan(world.removed, "--guardrails", world.file("when.yaml", rule % "base.age_days > 1"))
    same({f["decision"]["undecided"][0]["reason"] for f in report["findings"] if f["kind"] == "vulnerability"},
         {"it is not known when the base was built"})


def dockerfiles_follow_the_rules(world):
    text = "FROM golden.example/debian:12 AS a\nFROM node:22\nCOPY --from=a /x /x\nFROM golden.example/b@sha256:%s\n" % ("a" * 64)
    folder = world.file("docker/Dockerfile", text).parent

    def found(rules):
        world.file("docker/.plimsoll.yaml", rules)
        report = world.scan("dir:%s" % folder)
        return sorted((f["rule"], f["line"]) for f in report["findings"] if f["rule"] in (
            "PLM-DOCKER-002", "PLM-DOCKER-164", "PLM-DOCKER-165", "PLM-DOCKER-166"))

    same(found("images: {bases: ['golden.example/*'], registries: ['*.example']}\n"),
         [("PLM-DOCKER-002", 1), ("PLM-DOCKER-002", 2), ("PLM-DOCKER-164", 2), ("PLM-DOCKER-165", 2)])
    same(found("images: {bases: ['docker.io/library/node:*', '*/debian:12', 'golden.example/b@*'], digest: required}\n"),
         [("PLM-DOCKER-166", 1), ("PLM-DOCKER-166", 2)])


def tables_that_are_wrong(world):
    _, old, app, _ = built(world)
    layers = "sha256:" + "a" * 64
    for text, says in (
            ("bases:\n- {name: x, created: 2026-01-01, layers: [%s], colour: red}\n" % layers, ":2:117: 'colour' is not a field"),
            ("bases:\n- {name: x, created: soon, layers: [%s]}\n" % layers, ":2:22: 'created' should be a moment"),
            ("bases:\n- {name: x, created: 2026-01-01, layers: []}\n", ":2:42: 'layers' should be a list of 1 to"),
            ("bases: [\n", "wrong.yaml: line 2"), ("- a\n", "a table of bases is a map of fields")):
        path = world.file("wrong.yaml", text)
        done = world.scanner.run(app, "--db", world.db, "--bases", path)
        assert done.returncode == 2 and says in done.stderr, (text, done.stderr)
    done = world.scanner.run(app, "--db", world.db, "--bases", world.folder / "absent.yaml")
    assert done.returncode == 2 and "absent.yaml" in done.stderr, done.stderr


def names_do_not_act_on_a_terminal(world):
    table = world.file("acting.yaml", 'bases:\n- {name: "a\\e[31mb", created: 2026-01-01, layers: [sha256:%s]}\n' % ("a" * 64))
    shown = world.base("list", "-f", table)
    assert "a\\x1b[31mb" in shown and "\x1b" not in shown, repr(shown)


TESTS = [what_later_layers_delete_is_kept_apart, it_is_the_same_from_the_cache, it_blocks_only_where_a_rule_asks,
         people_see_it_when_they_ask, tables_list_it_only_then, what_a_package_owns_is_not_said_twice,
         a_folder_has_nothing_removed, buildah_records_the_base, a_table_knows_layers_and_what_is_newer,
         a_rebuild_on_the_newest_base_is_compared, rules_of_images, rules_of_registries, expressions_see_the_base,
         dockerfiles_follow_the_rules, tables_that_are_wrong, names_do_not_act_on_a_terminal]

if __name__ == "__main__":
    images.main(TESTS, World())
