#!/usr/bin/env python3
"""Images whose content is known by construction, against dpkg-query, go and umoci.

    test_image.py PLIMSOLL [TEST…]

Prints TAP. The Debian image is debootstrapped once and kept in the build folder ($PLIMSOLL_BUILD); further layers
install and remove packages in it by apt and dpkg, and add applications. Skips, saying why, what is not possible here.
"""

import fcntl
import functools
import hashlib
import importlib.util
import json
import os
import pathlib
import re
import shutil
import stat
import subprocess
import sys
import tarfile
import tempfile
import urllib.request
import zipfile

import images
from images import Layout, Scanner, Skip, lock, names, need, run, same, tar

SUITE = "bookworm"
KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
BUILD = pathlib.Path(os.environ.get("PLIMSOLL_BUILD") or tempfile.gettempdir())
STEPS = ["ADD rootfs.tar / # buildkit", "RUN apt-get install -y python3-pip", "RUN dpkg --remove tzdata"]
PYTHON = "usr/lib/python3/dist-packages/"
DPKG_FIELDS = "${db:Status-Abbrev}\\t${Package}\\t${Version}\\t${Architecture}\\t${source:Package}\\t${source:Version}\\n"


# ---- a Debian root, its layers kept

def mirror():
    """That of this machine's apt."""
    for place in (pathlib.Path("/etc/apt/sources.list"), *pathlib.Path("/etc/apt/sources.list.d").glob("*")):
        found = re.search(r"(?m)^(?:URIs:|deb) .*?(https?://\S+/debian)/?(?:\s|$)", place.read_text()) \
            if place.is_file() else None
        if found:
            return found.group(1)
    return "http://deb.debian.org/debian"


def state_of(root):
    state = {}
    for folder, folders, files in os.walk(root):
        for name in folders + files:
            path = os.path.join(folder, name)
            st = os.lstat(path)
            time = 0 if stat.S_ISDIR(st.st_mode) else st.st_mtime_ns
            state[os.path.relpath(path, root)] = (st.st_mode, st.st_size if time else 0, time, st.st_ino)
    return state


def write_layer(path, root, before, after):
    """What changed, as a layer: whiteouts of what is gone, then what is new."""
    with tarfile.open(path, "w", format=tarfile.PAX_FORMAT) as archive:
        for name in sorted(before.keys() - after.keys()):
            folder, base = os.path.split(name)
            if folder in after or not folder:
                archive.addfile(tarfile.TarInfo(os.path.join(folder, ".wh." + base)))
        for name in sorted(after):
            if before.get(name) != after[name]:
                archive.add(os.path.join(root, name), name, recursive=False)


def make_roots(out):
    need("debootstrap", "chroot")
    if os.getuid() != 0:
        raise Skip("debootstrap wants root")
    if not os.path.exists(KEYRING):
        raise Skip("not installed: " + KEYRING)
    try:
        urllib.request.urlopen("%s/dists/%s/InRelease" % (mirror(), SUITE), timeout=10).close()
    except OSError as why:
        raise Skip("the mirror of Debian can't be reached: %s" % why) from why
    root, state = out / "root", {}
    run("debootstrap", "--variant=minbase", "--keyring=" + KEYRING, SUITE, root, mirror())
    env = dict(os.environ, DEBIAN_FRONTEND="noninteractive", PATH="/usr/sbin:/usr/bin:/sbin:/bin")
    for n, command in enumerate((
            None, ["apt-get", "-qq", "-y", "install", "--no-install-recommends", "python3-pip"],
            ["dpkg", "--force-depends", "--remove", "tzdata"])):
        if command:
            run("chroot", root, *command, env=env)
        now = state_of(root)
        write_layer(out / ("%d.tar" % n), root, state, now)
        shutil.copytree(root / "var/lib/dpkg", out / ("dpkg%d" % n))
        state = now
    shutil.copy(root / "etc/debian_version", out)
    shutil.rmtree(root)


@functools.cache
def debian():
    """Folder of 0.tar, 1.tar, 2.tar and dpkg0, dpkg1, dpkg2, and debian_version."""
    kept = BUILD / "integration" / SUITE
    kept.parent.mkdir(exist_ok=True)
    with open(kept.with_suffix(".lock"), "w") as guard:
        fcntl.flock(guard, fcntl.LOCK_EX)  # tests that run side by side make it once
        if not kept.exists():
            make_debian(kept)
    return kept


def make_debian(kept):
    work = pathlib.Path(tempfile.mkdtemp(dir=kept.parent))
    try:
        work.chmod(0o755)
        make_roots(work)
        work.rename(kept)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def dpkg(n):
    """Installed packages by (name, version, architecture, source, version of the source)."""
    need("dpkg-query")
    rows = run("dpkg-query", "--admindir=%s" % (debian() / ("dpkg%d" % n)), "-W", "-f=" + DPKG_FIELDS).decode()
    rows = [row.split("\t") for row in rows.splitlines()]
    return sorted(tuple(row[1:]) for row in rows if row[0][1] in "iWt")


def of_dpkg(report):
    return sorted((p["name"], p["version"], p["arch"], p["source_name"] or p["name"],
                   p["source_version"] or p["version"]) for p in report["packages"] if p["type"] == "deb")


# ---- applications

def pip_layer(folder):
    """pip itself installs a wheel that is made here."""
    if not importlib.util.find_spec("pip"):
        raise Skip("not installed: pip")
    wheel, out = folder / "our_tool-2.5-py3-none-any.whl", folder / "py"
    with zipfile.ZipFile(wheel, "w") as z:
        z.writestr("our_tool.py", "")
        z.writestr("our_tool-2.5.dist-info/METADATA", "Metadata-Version: 2.1\nName: our-tool\nVersion: 2.5\n")
        z.writestr("our_tool-2.5.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        z.writestr("our_tool-2.5.dist-info/RECORD", "")
    run(sys.executable, "-m", "pip", "install", "--quiet", "--no-index", "--disable-pip-version-check", "--target", out,
        wheel)
    return tar(*(("srv/py/" + path.relative_to(out).as_posix(), path.read_bytes())
                 for path in sorted(out.rglob("*")) if path.is_file()))


def go_program(folder):
    source = folder / "go"
    for name, text in {"go.mod": "module example.org/shop\n\ngo 1.19\n\nrequire example.org/dep v1.2.3\n",
                       "main.go": 'package main\n\nimport "example.org/dep"\n\nfunc main() { dep.Do() }\n',
                       "vendor/modules.txt": "# example.org/dep v1.2.3\n## explicit; go 1.19\nexample.org/dep\n",
                       "vendor/example.org/dep/dep.go": "package dep\n\nfunc Do() { println(1) }\n"}.items():
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_text(text)
    env = dict(os.environ, GOFLAGS="-mod=vendor", GOTOOLCHAIN="local", CGO_ENABLED="0", GOCACHE=str(folder / "gocache"),
               GO111MODULE="on", GOPATH=str(folder / "gopath"))
    run("go", "build", "-o", folder / "shop", ".", cwd=source, env=env)
    return folder / "shop"


class World:
    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="plimsoll-image-test-", dir="/var/tmp"))
        self.scanner = Scanner(sys.argv[1], self.folder)
        self.packed = functools.cache(images.packed_by_gzip)

    @functools.cached_property
    def debian(self):
        """Layout with tags base, installed, removed: each a layer more."""
        layers = [((debian() / ("%d.tar" % n)).read_bytes(), step) for n, step in enumerate(STEPS)]
        layers.insert(1, (None, 'CMD ["bash"]'))
        layout = Layout(self.folder / "debian")
        for n, tag in ((2, "base"), (3, "installed"), (4, "removed")):
            layout.tag(layout.image(layers[:n], packed_by=self.packed), tag)
        layout.steps = layers
        return layout

    @functools.cached_property
    def shop(self):
        """The Debian image and applications on it, tag shop."""
        need("go")
        app = tar(("srv/app/package-lock.json", lock(("jquery", "3.4.1"), ("gone", "1.0.0"))),
                  ("srv/app/old/package-lock.json", lock(("hidden", "1.0.0"))))
        again = tar(("srv/app/package-lock.json", lock(("jquery", "3.4.1"), ("came", "2.0.0"))),
                    ("srv/app/old/.wh..wh..opq", ""), ("srv/app/old/requirements.txt", "jinja2==2.11.2\n"))
        layers = [*self.debian.steps, (app, "COPY app /srv/app"), (again, "RUN npm install came"),
                  (pip_layer(self.folder), "RUN pip install --target /srv/py our-tool"),
                  (tar(("usr/local/bin/shop", go_program(self.folder).read_bytes())), "COPY shop /usr/local/bin/"),
                  (tar((PYTHON + ".wh.wheel-0.38.4.egg-info", "")), "RUN rm -r wheel")]
        self.debian.tag(self.debian.image(layers, packed_by=self.packed), "shop")
        return self.scan_debian("shop")

    def scan_debian(self, tag):
        """The big layers are read once for all tests."""
        return self.scanner.report("oci-dir:%s:%s" % (self.debian.path, tag), cache=self.folder / "cache")

    def close(self):
        shutil.rmtree(self.folder)


# ---- tests

def packages_are_those_of_dpkg_query(world):
    for n, tag in enumerate(("base", "installed", "removed")):
        report = world.scan_debian(tag)
        same(of_dpkg(report), dpkg(n), tag)
        version = (debian() / "debian_version").read_text().strip()
        same(report["target"]["os"], {"name": "Debian GNU/Linux 12 (bookworm)", "version": version})
    assert len(dpkg(0)) > 70 and len(dpkg(1)) > len(dpkg(0)) and len(dpkg(2)) == len(dpkg(1)) - 1


def layers_of_distribution_packages(world):
    base = {row[0] for row in dpkg(0)}
    for package in world.shop["packages"]:
        if package["type"] == "deb":
            same((package["layer"], package["is_in_base"]),
                 (1, True) if package["name"] in base else (2, False), package["name"])
    same([layer["created_by"] for layer in world.shop["layers"]][:3], STEPS)


def layers_of_applications(world):
    found = {(p["name"], p["version"]): (p["layer"], p["is_in_base"], p["path"].lstrip("/"))
             for p in world.shop["packages"] if p["type"] != "deb" and not p["owner"]}
    app = "srv/app/package-lock.json"
    go = {key: found.pop(key) for key in list(found) if found[key][2] == "usr/local/bin/shop"}
    same(found, {("jquery", "3.4.1"): (4, False, app), ("came", "2.0.0"): (5, False, app),
                 ("jinja2", "2.11.2"): (5, False, "srv/app/old/requirements.txt"),
                 ("our-tool", "2.5"): (6, False, "srv/py/our_tool-2.5.dist-info/METADATA")})
    same({place[0] for place in go.values()}, {7})
    said = run("go", "version", "-m", world.folder / "shop").decode()
    modules = {tuple(row.split()[1:3]) for row in said.splitlines() if row.split()[0] in ("dep", "mod")}
    modules = {(name, version) for name, version in modules if version != "(devel)"}
    modules.add(("stdlib", re.search(r"go(\d[\d.]*)", said).group(1)))
    same({(name, version.lstrip("v")) for name, version in go if name != "example.org/shop"},
         {(name, version.lstrip("v")) for name, version in modules})


def what_dpkg_owns_is_not_judged_twice(world):
    owned = {p["name"]: p for p in world.shop["packages"] if p["owner"]}
    assert {"pip", "setuptools"} <= owned.keys(), owned.keys()
    assert "wheel" not in {p["name"] for p in world.shop["packages"]}, "its egg-info is gone"
    for package in owned.values():
        same((package["type"], package["layer"]), ("pypi", 2))
        same(package["owner"].split("@")[0].startswith("pkg:deb/debian/python3-"), True, package["owner"])
    purls = {package["purl"] for package in owned.values()}
    same([finding["rule"] for finding in world.shop["findings"] if finding["purl"] in purls], [])
    assert any(finding["name"] == "jquery" for finding in world.shop["findings"]), "the lockfile is judged"


def unpacked_by_umoci(world, source, name):
    bundle = world.folder / ("bundle-" + name)
    run("umoci", "unpack", "--rootless", "--image", source, bundle)
    return bundle / "rootfs"


def places(report):
    return sorted((p["type"], p["name"], p["version"], p["arch"] or "", p["path"], p["owner"] or "")
                  for p in report["packages"])


def layers_lie_over_each_other_as_umoci_lays_them(world):
    need("umoci")
    root = unpacked_by_umoci(world, "%s:shop" % world.debian.path, "shop") if world.shop else None
    same(places(world.scanner.report("rootfs:%s" % root)), places(world.shop))


def odd_layers_lie_as_umoci_lays_them(world):
    """Folders that become files and back, opaque folders, hard links over layers, links that are replaced."""
    need("umoci")
    layout = Layout(world.folder / "odd")
    steps = [
        tar(("etc/os-release", "->", "../usr/lib/os-release"), ("usr/lib/os-release", 'ID=debian\nVERSION_ID="12"\n'),
            ("a/package-lock.json", lock(("a", "1.0.0"))), ("b/package-lock.json", "=", "a/package-lock.json"),
            ("c/plain", lock(("c", "1.0.0"))), ("c/package-lock.json", "=", "c/plain"),
            ("d/x/package-lock.json", lock(("d", "1.0.0"))), ("e/x/package-lock.json", lock(("e", "1.0.0"))),
            ("f/package-lock.json", lock(("f", "1.0.0"))), ("g/package-lock.json", lock(("g", "1.0.0"))),
            ("h/x/y/package-lock.json", lock(("h", "1.0.0"))), ("i/package-lock.json", lock(("i", "1.0.0")))),
        tar(("d", "a file"), ("e/.wh..wh..opq", ""), ("e/new/package-lock.json", lock(("e", "2.0.0"))),
            ("f/.wh.package-lock.json", ""), ("g/package-lock.json/",),
            ("g/package-lock.json/package-lock.json", lock(("g", "2.0.0"))),
            ("h/.wh.x", ""), ("h/x/z/package-lock.json", lock(("h", "2.0.0"))), ("i/package-lock.json", "->", "../a"),
            ("a/.wh.package-lock.json", "")),
        tar(("d/",), ("d/package-lock.json", lock(("d", "3.0.0"))), ("f/package-lock.json", lock(("f", "3.0.0"))),
            ("./g/package-lock.json", lock(("g", "3.0.0"))), ("j/package-lock.json", "=", "f/package-lock.json")),
    ]
    layout.tag(layout.image([(step, "step") for step in steps]), "odd")
    report = world.scanner.report("oci-dir:%s" % layout.path)
    root = unpacked_by_umoci(world, "%s:odd" % layout.path, "odd")
    same(places(report), places(world.scanner.report("rootfs:%s" % root)))
    assert {"a 1.0.0", "c 1.0.0", "d 3.0.0", "e 2.0.0", "f 3.0.0", "g 3.0.0", "h 2.0.0"} <= set(names(report))
    same(report["target"]["os"]["version"], "12")


def links_in_a_saved_image(world):
    """docker save's form by hand: a hard link to a lockfile and a symlinked os-release."""
    layer = tar(("usr/lib/os-release", 'ID=debian\nVERSION_ID="12"\n'), ("etc/os-release", "->", "../usr/lib/os-release"),
                ("srv/a/package-lock.json", lock(("jquery", "3.4.1"))),
                ("srv/b/package-lock.json", "=", "srv/a/package-lock.json"))
    config = json.dumps({"architecture": "amd64", "os": "linux", "rootfs": {"type": "layers", "diff_ids": [
        "sha256:" + hashlib.sha256(layer).hexdigest()]}})
    entry = json.dumps([{"Config": "config.json", "RepoTags": ["web:1", "web:latest"], "Layers": ["l/layer.tar"]}])
    saved = world.folder / "links.tar"
    saved.write_bytes(tar(("manifest.json", entry), ("config.json", config), ("l/layer.tar", layer)))
    report = world.scanner.report("docker-archive:%s" % saved)
    same(sorted((p["name"], p["path"].lstrip("/")) for p in report["packages"]),
         [("jquery", "srv/a/package-lock.json"), ("jquery", "srv/b/package-lock.json")])
    same((report["target"]["os"]["name"], report["target"]["os"]["version"]), ("debian", "12"))


def a_layout_of_several_tags(world):
    layout = Layout(world.folder / "tags")
    for name, tag in (("of-1", "one"), ("of-2", "example.org/web:2")):
        layout.tag(layout.image([(tar(("package-lock.json", lock((name, "1.0.0")))), "COPY")]), tag)
    layout.tag(layout.entries[0], "latest")
    for pick, name in (("one", "of-1"), ("example.org/web:2", "of-2"), ("latest", "of-1"), (layout.entries[1]["digest"], "of-2")):
        same(names(world.scanner.report("oci-dir:%s:%s" % (layout.path, pick))), [name + " 1.0.0"], pick)
    world.scanner.refuses("oci-dir:%s:none" % layout.path, says=["none"])
    world.scanner.refuses("oci-dir:%s" % layout.path, says=["name one"])
    platform = {"os": "linux", "architecture": "amd64"}
    layout.tag({**layout.entries[0], "platform": platform}, "with-platform")
    world.scanner.refuses("oci-dir:%s:none" % layout.path, "--platform", "linux/amd64", says=["none"])


def saved_file(path, images, config_name, layer_name):
    """What `docker save` of several images writes, with members named by two functions of a digest."""
    members, manifest = [], []
    for tags, name in images:
        layer = tar(("package-lock.json", lock((name, "1.0.0"))))
        digest = hashlib.sha256(layer).hexdigest()
        config = json.dumps({"architecture": "amd64", "os": "linux",
                             "rootfs": {"type": "layers", "diff_ids": ["sha256:" + digest]}}).encode()
        names_of = {"Config": config_name(hashlib.sha256(config).hexdigest()), "Layers": [layer_name(digest)]}
        members += [(names_of["Config"], config), (names_of["Layers"][0], layer)]
        manifest.append({"RepoTags": tags, **names_of})
    path.write_bytes(tar(*members, ("manifest.json", json.dumps(manifest).encode())))
    return manifest


def images_of_one_saved_file(world):
    saved = world.folder / "several.tar"
    manifest = saved_file(saved, [(["shop:1", "shop:latest"], "one"), (["docker.io/library/tool:2"], "two"), (None, "three")],
                          "{}.json".format, "{}/layer.tar".format)
    world.scanner.refuses(saved, says=["3 images", "shop:1", "tool:2", "docker-archive:%s:TAG" % saved])
    world.scanner.refuses("docker-archive:%s:shop:9" % saved, says=["shop:9", "shop:1"])
    digest = "sha256:" + manifest[2]["Config"].split(".")[0]
    for pick, name in (("shop:1", "one"), ("shop:latest", "one"), ("tool:2", "two"), ("docker.io/library/tool:2", "two"),
                       (digest, "three")):
        same(names(world.scanner.report("docker-archive:%s:%s" % (saved, pick))), [name + " 1.0.0"], pick)


def members_that_are_named_like_digests(world):
    """As go-containerregistry writes them: paths all the same, not blobs of a layout."""
    saved = world.folder / "digests.tar"
    saved_file(saved, [(["shop:1"], "one")], "sha256:{}".format, "{}.tar.gz".format)
    same(names(world.scanner.report(saved)), ["one 1.0.0"])


def readers_are_caged(world):
    report = world.scan_debian("base")
    same(report["run"]["cage"]["is_on"], True)
    same([part for part in report["run"]["cage"]["lacks"] if "seccomp" in part], [])


def readers_open_nothing_in_the_cage(world):
    need("strace")
    trace = world.folder / "trace"
    layout = Layout(world.folder / "caged")
    layout.tag(layout.image([(tar(("package-lock.json", lock(("a", "1.0.0")))), "COPY")]), "one")
    done = subprocess.run(["strace", "-f", "-qq", "-o", trace, "-e", "trace=openat,open,socket,execve,connect,seccomp",
                           world.scanner.program, "scan", "--no-cache", "oci-dir:%s" % layout.path],
                          capture_output=True, text=True, env=dict(os.environ, ASAN_OPTIONS="detect_leaks=0"))
    if done.returncode:
        raise Skip("strace: " + done.stderr.strip()[:200])
    caged, did = set(), []
    for line in trace.read_text().splitlines():
        process, call = line.split(None, 1)
        if process in caged and re.match("(openat|open|socket|connect|execve)\\(", call):
            did.append(line)
        if call.startswith("seccomp(SECCOMP_SET_MODE_FILTER") and call.endswith("= 0"):
            caged.add(process)
    assert caged, "no process has a filter"
    same(did, [])


TESTS = [packages_are_those_of_dpkg_query, layers_of_distribution_packages, layers_of_applications,
         what_dpkg_owns_is_not_judged_twice, layers_lie_over_each_other_as_umoci_lays_them,
         odd_layers_lie_as_umoci_lays_them, links_in_a_saved_image, images_of_one_saved_file,
         members_that_are_named_like_digests, a_layout_of_several_tags, readers_are_caged,
         readers_open_nothing_in_the_cage]

if __name__ == "__main__":
    images.main(TESTS, World())
