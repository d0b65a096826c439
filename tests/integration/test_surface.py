#!/usr/bin/env python3
"""What the files of images say, against find, dpkg-query and what buildah and umoci make of the same layers.

    test_surface.py PLIMSOLL [TEST…]

Prints TAP. The Debian root is that of test_image.py. Skips, saying why, what is not possible here."""

import functools
import io
import os
import pathlib
import tarfile

import images
import test_image
from images import Layout, Skip, need, run, same

STATUS = "Package: %s\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1\n\n"
OS = 'ID=debian\nVERSION_ID="12"\n'


def layer(*entries):
    """(name, mode, size) of files, ("name/", mode) of folders, (name, mode, "=", target) of hard links, (name, mode, "->",
    target) of symlinks, (name, mode, text)."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for name, mode, *rest in entries:
            info = tarfile.TarInfo(name.rstrip("/"))
            info.mode, content = mode, b""
            if not rest:
                info.type = tarfile.DIRTYPE
            elif len(rest) == 2:
                info.type = {"=": tarfile.LNKTYPE, "->": tarfile.SYMTYPE}[rest[0]]
                info.linkname = rest[1]
            else:
                content = rest[0].encode() if isinstance(rest[0], str) else bytes(rest[0])
                info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return out.getvalue()


def found(root, *tests):
    return sorted(run("find", root, *tests, "-printf", "%P\\n").decode().splitlines())


def paths(rows, **fields):
    return sorted(row["path"] for row in rows if all(row[name] == value for name, value in fields.items()))


def findings(report, rule):
    return [finding for finding in report["findings"] if finding["rule"] == rule]


def image_of(world, name, *layers):
    layout = Layout(world.folder / name)
    layout.tag(layout.image([(part, "step %d" % n) for n, part in enumerate(layers)]), "it")
    return layout, world.scanner.report("oci-dir:%s" % layout.path)


def unpacked(world, layout, name):
    need("umoci")
    if os.getuid() != 0:
        raise Skip("umoci keeps set-id bits for root")
    run("umoci", "unpack", "--image", "%s:it" % layout.path, world.folder / name)
    return world.folder / name / "rootfs"


# ---- tests

def set_id_files_are_those_of_find(world):
    layout, report = image_of(
        world, "setid",
        layer(("etc/os-release", 0o644, OS), ("var/lib/dpkg/status", 0o644, STATUS % "su" + STATUS % "tool"),
              ("var/lib/dpkg/info/su.list", 0o644, "/.\n/bin/su\n/usr/bin/kept\n/usr/bin/touched\n"),
              ("var/lib/dpkg/info/tool.list", 0o644, "/usr/bin/tool\n"),
              ("usr/bin/su", 0o4755, "x"), ("usr/bin/kept", 0o2755, "x"), ("usr/bin/tool", 0o755, "x"),
              ("usr/bin/touched", 0o4755, "x"), ("opt/", 0o755), ("opt/gone", 0o4755, "x"), ("opt/off", 0o4755, "x"),
              ("opt/twin", 0o6755, "x"), ("opt/twin2", 0o6755, "=", "opt/twin"), ("opt/twice", 0o4755, "x"),
              ("opt/twice", 0o755, "y"), ("srv/deep/", 0o755), ("srv/deep/a", 0o4755, "x"), ("srv/folder/", 0o2775),
              ("home/a", 0o4755, "x"), ("opt/link", 0o777, "->", "twin")),
        layer(("opt/.wh.gone", 0, ""), ("opt/off", 0o755, "x"), ("usr/bin/tool", 0o4755, "x"),
              ("usr/bin/touched", 0o4755, "x"), ("srv/deep/.wh..wh..opq", 0, ""), ("srv/deep/b", 0o4711, "x")),
        layer((".wh.home", 0, ""), ("opt/new", 0o4755, "x")))
    root = unpacked(world, layout, "setid-root")
    expected = found(root, "-type", "f", "-perm", "/6000")
    rows = report["files"]["setid"]
    same(paths(rows), expected)
    same(paths(rows, origin="package"), ["usr/bin/kept", "usr/bin/su", "usr/bin/touched"])
    same(paths(rows, origin="later"), ["usr/bin/tool"])
    same(paths(rows, layer=1, origin="none"), ["opt/twin", "opt/twin2"])
    same({row["path"]: row["mode"] for row in rows if row["path"].startswith("opt/t")},
         {"opt/twin": "6755", "opt/twin2": "6755"})
    for row in rows:
        same(row["mode"], "%04o" % (os.lstat(root / row["path"]).st_mode & 0o7777), row["path"])
    same(len(findings(report, "PLM-IMAGE-020")), 1)
    same(sorted(f["message"].split(" ")[0] for f in findings(report, "PLM-IMAGE-021")),
         ["opt/new", "opt/twin", "opt/twin2", "srv/deep/b"])
    same([f["message"] for f in findings(report, "PLM-IMAGE-022")], ["usr/bin/tool of tool (4755, user 0)"])
    same(paths(world.scanner.report("rootfs:%s" % root)["files"]["setid"]), expected)


def what_everyone_may_write_to(world):
    layout, report = image_of(
        world, "writable",
        layer(("etc/", 0o755), ("tmp/", 0o1777), ("app/", 0o777), ("app/f", 0o666, "x"), ("closed/", 0o777),
              ("usr/bin/run", 0o777, "x"), ("was/", 0o777), ("was/f", 0o644, "x")),
        layer(("closed/", 0o755), (".wh.was", 0, ""), ("opened/", 0o1777)),
        layer(("opened/", 0o777)))
    root = unpacked(world, layout, "writable-root")
    same(paths(report["files"]["writable"]),
         found(root, "(", "-type", "f", "-o", "-type", "d", "!", "-perm", "-1000", ")", "-perm", "-0002"))
    same([f["message"] for f in findings(report, "PLM-IMAGE-023")], ["usr/bin/run"])
    same([f["message"] for f in findings(report, "PLM-IMAGE-024")], ["app, opened"])


def caches_and_waste_by_layer(world):
    mb = bytes(1000 * 1000)
    layout, report = image_of(
        world, "caches",
        layer(("var/lib/apt/lists/a", 0o644, mb), ("var/lib/apt/lists/b", 0o644, mb * 2), ("opt/sdk", 0o644, mb * 12),
              ("root/.npm/_cacache/content/x/y", 0o644, mb), ("home/ann/.cache/pip/http/z", 0o644, mb * 3),
              ("home/ann/pip/z", 0o644, mb)),
        layer(("var/lib/apt/lists/.wh.a", 0, ""), ("root/.wh..npm", 0, ""), ("opt/.wh.sdk", 0, "")),
        layer(("var/lib/apt/", 0o755), ("var/lib/apt/lists/", 0o755), ("var/cache/apt/archives/x.deb", 0o644, mb)))
    rows = [(row["name"], row["path"], row["bytes"], row["files"], row["layer"], row["removed_in"])
            for row in report["files"]["caches"]]
    same(sorted(rows), [("apt lists", "var/lib/apt/lists", 1000000, 1, 1, 2),
                        ("apt lists", "var/lib/apt/lists", 2000000, 1, 1, None),
                        ("apt packages", "var/cache/apt", 1000000, 1, 3, None),
                        ("npm", "root/.npm", 1000000, 1, 1, 2),
                        ("pip", "home/ann/.cache/pip", 3000000, 1, 1, None)])
    same(report["files"]["wasted"]["bytes"], 14000000)
    same([(f["path"], f["bytes"], f["layer"], f["removed_in"]) for f in report["files"]["wasted"]["files"]],
         [("opt/sdk", 12000000, 1, 2)])
    same([len(findings(report, "PLM-IMAGE-0%d" % n)) for n in (25, 26, 27)], [1, 1, 1])


def tools_and_their_sizes(world):
    _, report = image_of(
        world, "tools",
        layer(("bin/busybox", 0o755, "b" * 800), ("bin/sh", 0o777, "->", "/bin/busybox"),
              ("usr/bin/wget", 0o777, "->", "../../bin/busybox"), ("usr/bin/nc", 0o777, "->", "/bin/gone"),
              ("usr/bin/x86_64-linux-gnu-gcc-12", 0o755, "g" * 100), ("usr/bin/gcc", 0o777, "->", "x86_64-linux-gnu-gcc-12"),
              ("usr/lib/gcc/x86_64-linux-gnu/12/cc1", 0o755, "c" * 5000), ("usr/bin/python3.11", 0o755, "p" * 300),
              ("usr/bin/perl", 0o755, "x" * 70), ("usr/bin/perl5.36.0", 0o755, "=", "usr/bin/perl"),
              ("usr/bin/curl", 0o644, "no program"), ("srv/bin/nmap", 0o755, "elsewhere"), ("usr/bin/gdb", 0o755, "d")),
        layer(("usr/bin/.wh.gdb", 0, ""), ("usr/local/go/bin/go", 0o755, "o" * 9), ("usr/local/go/src/a.go", 0o644, "s" * 90)))
    same([(t["name"], t["category"], t["bytes"], t["path"], t["layer"]) for t in report["files"]["tools"]],
         [("sh", "shell", 800, "bin/busybox", 1),
          ("gcc", "compiler", 5100, "usr/bin/x86_64-linux-gnu-gcc-12", 1),
          ("go", "compiler", 99, "usr/local/go/bin/go", 2),
          ("python", "interpreter", 300, "usr/bin/python3.11", 1),
          ("perl", "interpreter", 70, "usr/bin/perl", 1),
          ("wget", "network tool", 0, "usr/bin/wget", 1)])


def a_debian_root_against_find_and_dpkg_query(world):
    need("dpkg-query")
    root = world.folder / "debian-root"
    root.mkdir()
    run("tar", "-C", root, "-xf", test_image.debian() / "0.tar")
    expected = found(root, "-type", "f", "-perm", "/6000")
    assert len(expected) > 8, expected
    layout = Layout(world.folder / "debian")
    layout.tag(layout.image([((test_image.debian() / "0.tar").read_bytes(), "ADD rootfs.tar /")]), "it")
    as_image = world.scanner.report("oci-dir:%s" % layout.path)["files"]
    as_root = world.scanner.report("rootfs:%s" % root)["files"]
    for files in (as_image, as_root):
        same(paths(files["setid"]), expected)
        same(paths(files["setid"], origin="package"), expected)
        for row in files["setid"]:
            try:
                owner = run("dpkg-query", "--admindir=%s/var/lib/dpkg" % root, "-S", "/" + row["path"])
            except AssertionError:  # it was stated before /bin went below /usr
                owner = run("dpkg-query", "--admindir=%s/var/lib/dpkg" % root, "-S", "/" + row["path"].removeprefix("usr/"))
            same(row["package"], owner.decode().split(":")[0], row["path"])
        same(paths(files["writable"]), [p for p in found(
            root, "(", "-type", "f", "-o", "-type", "d", "!", "-perm", "-1000", ")", "-perm", "-0002") if p])
        lists = sum(os.path.getsize(root / p) for p in found(root, "-type", "f", "-path", "*/var/lib/apt/lists/*"))
        same([row["bytes"] for row in files["caches"] if row["name"] == "apt lists"], [lists])
    same([(t["name"], t["package"]) for t in as_image["tools"]], [(t["name"], t["package"]) for t in as_root["tools"]])
    same({("bash", "bash"), ("sh", "dash"), ("apt", "apt"), ("dpkg", "dpkg"), ("perl", "perl-base")} -
         {(t["name"], t["package"]) for t in as_root["tools"]}, set())


DOCKERFILE = """FROM scratch
ADD rootfs.tar /
RUN chmod u+s /usr/bin/find && rm /usr/bin/chfn && chmod u-s /usr/bin/chsh
RUN cp /usr/bin/id /opt/tool && chmod 6755 /opt/tool && ln /opt/tool /opt/twin && mkdir -m 777 /opt/open
RUN touch /usr/bin/passwd && rm -rf /var/lib/apt/lists/* /var/cache/apt
"""


@functools.cache
def built(world):
    """Layout of the image that buildah builds, and where it is mounted."""
    need("buildah")
    if os.getuid() != 0:
        raise Skip("buildah wants root here")
    folder = world.folder / "buildah"
    (folder / "context").mkdir(parents=True)
    os.symlink(test_image.debian() / "0.tar", folder / "rootfs.link")
    run("cp", "-L", folder / "rootfs.link", folder / "context/rootfs.tar")
    (folder / "context/Dockerfile").write_text(DOCKERFILE)
    (folder / "storage.conf").write_text('[storage]\ndriver = "vfs"\ngraphroot = "%s"\nrunroot = "%s"\n'
                                         % (folder / "graph", folder / "run"))
    env = dict(os.environ, CONTAINERS_STORAGE_CONF=str(folder / "storage.conf"), BUILDAH_ISOLATION="chroot")
    try:
        run("buildah", "bud", "--layers", "--quiet", "--network", "none", "-t", "surface", folder / "context", env=env)
        run("buildah", "push", "surface", "oci:%s:it" % (folder / "layout"), env=env)
        container = run("buildah", "from", "surface", env=env).decode().strip()
        mounted = run("buildah", "mount", container, env=env).decode().strip()
    except AssertionError as why:
        raise Skip("buildah can't build here: %s" % str(why)[-300:].replace("\n", " ")) from why
    return folder / "layout", pathlib.Path(mounted)


def an_image_that_buildah_built(world):
    layout, mounted = built(world)
    report = world.scanner.report("oci-dir:%s" % layout)
    rows, files = report["files"]["setid"], report["files"]
    same(paths(rows), found(mounted, "-type", "f", "-perm", "/6000"))
    same(paths(rows, origin="none"), ["opt/tool", "opt/twin"])
    same(paths(rows, origin="later"), ["usr/bin/find"])
    assert "usr/bin/passwd" in paths(rows, origin="package", layer=4), rows
    assert not {"usr/bin/chfn", "usr/bin/chsh"} & set(paths(rows))
    same(paths(files["writable"], type="directory"), ["opt/open"])
    same({row["removed_in"] for row in files["caches"] if row["bytes"]}, {4})
    assert files["wasted"]["bytes"] >= sum(row["bytes"] for row in files["caches"])


TESTS = [set_id_files_are_those_of_find, what_everyone_may_write_to, caches_and_waste_by_layer, tools_and_their_sizes,
         a_debian_root_against_find_and_dpkg_query, an_image_that_buildah_built]

if __name__ == "__main__":
    images.main(TESTS, test_image.World())
