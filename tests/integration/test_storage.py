"""Images in local storages: what buildah wrote into a storage, and the same as Docker lays it out, give the
packages of the image that skopeo copied out of it."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

SKIP = 77
LOCK = '{"name":"%s","version":"1.0.0","lockfileVersion":3,"packages":{"":{"name":"%s","version":"1.0.0"},' \
       '"node_modules/%s":{"version":"%s"}}}'


def lock(folder, name, version):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "package-lock.json").write_text(LOCK % ("app", "app", name, version))


def first(root):
    for name in ["kept", "deleted", "opaque", "todir", "hidden", "replaced"]:
        lock(root / "srv" / name, "first-" + name, "1.0.0")
    (root / "etc").mkdir()
    (root / "etc/os-release").write_text('ID=debian\nVERSION_ID="12"\n')
    os.link(root / "srv/kept/package-lock.json", root / "srv/npm-shrinkwrap.json")


def second(root):
    os.remove(root / "srv/deleted/package-lock.json")
    shutil.rmtree(root / "srv/opaque")
    lock(root / "srv/opaque", "second-opaque", "2.0.0")
    (root / "srv/opaque/package-lock.json").rename(root / "srv/opaque/npm-shrinkwrap.json")
    os.remove(root / "srv/todir/package-lock.json")
    lock(root / "srv/todir/package-lock.json", "second-todir", "2.0.0")
    shutil.rmtree(root / "srv/hidden")
    (root / "srv/hidden").write_text("a file now")
    lock(root / "srv/replaced", "second-replaced", "2.0.0")


def third(root):
    shutil.rmtree(root / "srv/todir/package-lock.json")
    lock(root / "srv/todir", "third-todir", "3.0.0")
    os.remove(root / "srv/hidden")
    lock(root / "srv/hidden/again", "third-hidden", "3.0.0")


EXPECTED = {"first-kept", "second-opaque", "third-todir", "third-hidden", "second-replaced"}


class Place:
    def __init__(self, plimsoll, folder):
        self.plimsoll, self.folder = plimsoll, folder
        self.conf = folder / "storage.conf"
        self.conf.write_text('[storage]\ndriver = "overlay"\ngraphroot = "%s"\nrunroot = "%s"\n'
                             % (folder / "graph", folder / "run"))
        self.env = dict(os.environ, CONTAINERS_STORAGE_CONF=str(self.conf), XDG_DATA_HOME=str(folder / "data"))

    def run(self, *command):
        return subprocess.run(command, env=self.env, check=True, capture_output=True, text=True).stdout.strip()

    def packages(self, target, **env):
        done = subprocess.run([self.plimsoll, "scan", "--no-cache", "--format", "json", target],
                              env=dict(self.env, **env), capture_output=True, text=True)
        if done.returncode:
            raise AssertionError(f"{target}: {done.stderr}")
        report = json.loads(done.stdout)
        assert not report["problems"], report["problems"]
        return sorted((p["purl"], p["path"], p["layer"]) for p in report["packages"])


def build(place):
    base = "scratch"
    for n, change in enumerate([first, second, third], 1):
        container = place.run("buildah", "from", base)
        change(Path(place.run("buildah", "mount", container)))
        place.run("buildah", "umount", container)
        base = f"localhost/layers:{n}"
        place.run("buildah", "commit", "--quiet", container, base)
        place.run("buildah", "rm", container)
    place.run("skopeo", "copy", f"containers-storage:{base}", f"oci:{place.folder / 'oci'}:it")
    return base


def mark_by_name(layer):
    """What fuse-overlayfs writes where it may not make devices or set attributes."""
    for folder, folders, files in os.walk(layer):
        for name in files:
            path = Path(folder, name)
            if path.is_char_device() and path.stat().st_rdev == 0:
                path.unlink()
                Path(folder, ".wh." + name).touch()
        if "trusted.overlay.opaque" in os.listxattr(folder):
            os.removexattr(folder, "trusted.overlay.opaque")
            Path(folder, ".wh..wh..opq").touch()


def lay_out_as_docker(place, driver):
    """moby's image/DRIVER and DRIVER, from the OCI configuration and buildah's layers."""
    oci, docker, graph = place.folder / "oci", place.folder / driver / "docker", place.folder / "graph"
    blob = lambda digest: (oci / "blobs/sha256" / digest.removeprefix("sha256:")).read_bytes()
    index = json.loads((oci / "index.json").read_text())
    config = blob(json.loads(blob(index["manifests"][0]["digest"]))["config"]["digest"])
    image = hashlib.sha256(config).hexdigest()
    content = docker / f"image/{driver}/imagedb/content/sha256"
    content.mkdir(parents=True)
    (content / image).write_bytes(config)
    names = {"Repositories": {"layers": {"layers:docker": "sha256:" + image}}}
    (docker / f"image/{driver}/repositories.json").write_text(json.dumps(names))
    stored = {l["diff-digest"]: l["id"] for l in json.loads((graph / "overlay-layers/layers.json").read_text())}
    chain = None
    for diff in json.loads(config)["rootfs"]["diff_ids"]:
        parent, chain = chain, diff if not chain else \
            "sha256:" + hashlib.sha256(f"{chain} {diff}".encode()).hexdigest()
        entry = docker / f"image/{driver}/layerdb/sha256" / chain.removeprefix("sha256:")
        entry.mkdir(parents=True)
        cache = hashlib.sha256(chain.encode() + b"folder").hexdigest()
        (entry / "cache-id").write_text(cache)
        (entry / "diff").write_text(diff)
        if parent:
            (entry / "parent").write_text(parent)
        (docker / driver / cache).mkdir(parents=True)
        subprocess.run(["cp", "-a", graph / "overlay" / stored[diff] / "diff", docker / driver / cache],
                       check=True)
        if driver == "fuse-overlayfs":
            mark_by_name(docker / driver / cache)
    return image


def check(place, name):
    expected = place.packages(f"oci-dir:{place.folder / 'oci'}:it")
    found = {purl.split("/")[1].split("@")[0] for purl, _, _ in expected}
    assert found == EXPECTED, found
    for target in [name, "image:layers:3", place.run("buildah", "images", "-q", name)]:
        assert place.packages(target) == expected, target
    for driver in ["overlay2", "fuse-overlayfs"]:
        image = lay_out_as_docker(place, driver)
        elsewhere = {"CONTAINERS_STORAGE_CONF": str(place.folder / "none.conf"),
                     "XDG_DATA_HOME": str(place.folder / driver)}
        for target in ["layers:docker", "docker.io/library/layers:docker", image[:12]]:
            assert place.packages(target, **elsewhere) == expected, (driver, target)


def check_missing(place):
    done = subprocess.run([place.plimsoll, "scan", "127.0.0.1:1/none:1"], env=place.env, capture_output=True,
                          text=True)
    assert done.returncode != 0
    for word in [str(place.folder / "graph"), str(place.folder / "data/docker"), "127.0.0.1:1"]:
        assert word in done.stderr, done.stderr


def main():
    lacks = [program for program in ["buildah", "skopeo"] if not shutil.which(program)]
    if os.getuid() != 0:
        lacks.append("root (for mounts and whiteouts)")
    if lacks:
        print("skipped: there is no", ", no ".join(lacks))
        return SKIP
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        place = Place(sys.argv[1], Path(folder))
        try:
            name = build(place)
        except subprocess.CalledProcessError as why:
            print("skipped: buildah can't make an image here:", why.stderr)
            return SKIP
        check(place, name)
        check_missing(place)
    return 0


if __name__ == "__main__":
    sys.exit(main())
