"""Makes what is measured: an image of this machine's own files, and layers of tiny files.

Everything is made once and kept in the folder that is given. The image is an OCI layout, once with several
layers and once with all of it in one."""

import hashlib
import json
import os
import subprocess

CHUNK = 1 << 20
SYSTEM = ["/etc/os-release", "/usr/lib/os-release", "/etc/debian_version", "/var/lib/dpkg/status", "/var/lib/dpkg/info"]
# Of these as many are taken, in order, as make the size that is wanted.
PARTS = ["/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/bin", "/usr/share", "/usr/sbin",
         "/usr/lib/python3", "/usr/lib/gcc", "/usr/include", "/usr/lib"]
SIZE = 1200 << 20


def folder_bytes(path):
    total = 0
    for root, _, files in os.walk(path):
        for name in files:
            try:
                total += os.lstat(os.path.join(root, name)).st_size
            except OSError:
                pass
    return total


def plan_layers():
    """The files of each layer: the package database first, then folders until there is enough."""
    layers, total = [[p for p in SYSTEM if os.path.exists(p)]], 0
    for part in PARTS:
        if total < SIZE and os.path.isdir(part) and not os.path.islink(part):
            total += folder_bytes(part)
            layers.append([part])
    return layers


class BlobWriter:
    """Bytes → gzip → a blob named after its digest; knows both digests and both sizes."""

    def __init__(self, layout):
        self.blobs = os.path.join(layout, "blobs", "sha256")
        os.makedirs(self.blobs, exist_ok=True)
        self.part = os.path.join(self.blobs, "part")
        self.file = open(self.part, "wb")
        self.gzip = subprocess.Popen(["gzip", "-6", "-n"], stdin=subprocess.PIPE, stdout=self.file)
        self.diff = hashlib.sha256()
        self.size = 0

    def write(self, data):
        self.gzip.stdin.write(data)
        self.diff.update(data)
        self.size += len(data)

    def close(self):
        self.gzip.stdin.close()
        if self.gzip.wait() != 0:
            raise OSError("gzip failed")
        self.file.close()
        digest = hashlib.sha256()
        with open(self.part, "rb") as blob:
            while data := blob.read(CHUNK):
                digest.update(data)
        path = os.path.join(self.blobs, digest.hexdigest())
        os.rename(self.part, path)
        return {"path": path, "digest": digest.hexdigest(), "size": os.path.getsize(path),
                "diff_id": self.diff.hexdigest(), "bytes": self.size}


def write_files(layout, paths):
    blob = BlobWriter(layout)
    tar = subprocess.Popen(["tar", "-c", "--sort=name", "-C", "/", "--ignore-failed-read"] +
                           [path.lstrip("/") for path in paths],
                           stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    while data := tar.stdout.read(CHUNK):
        blob.write(data)
    tar.wait()
    return blob.close()


def tiny_header(name):
    header = bytearray(512)
    header[0:len(name)] = name
    header[100:108] = b"0000644\0"
    header[108:116] = header[116:124] = b"0000000\0"
    header[124:136] = b"00000000001\0"
    header[136:148] = b"00000000000\0"
    header[148:156] = b"        "
    header[156:157] = b"0"
    header[257:265] = b"ustar\x0000"
    header[148:156] = b"%06o\0 " % sum(header)
    return header


def write_tiny(layout, n):
    """n files of one byte, a thousand a folder. The header's sum is kept up to date by its changed digits."""
    blob = BlobWriter(layout)
    body = b"x" + bytes(511)
    pending = []
    base = tiny_header(b"srv/d0000/f000")
    base_sum = sum(base) - sum(base[148:156]) + 8 * 32 - sum(base[0:14])
    for i in range(n):
        name = b"srv/d%04d/f%03d" % divmod(i, 1000)
        base[0:14] = name
        base[148:156] = b"%06o\0 " % (base_sum + sum(name))
        pending.append(bytes(base) + body)
        if len(pending) == 1024:
            blob.write(b"".join(pending))
            pending.clear()
    blob.write(b"".join(pending) + bytes(1024))
    return blob.close()


def put_json(layout, value):
    data = json.dumps(value).encode()
    digest = hashlib.sha256(data).hexdigest()
    with open(os.path.join(layout, "blobs", "sha256", digest), "wb") as blob:
        blob.write(data)
    return {"digest": "sha256:" + digest, "size": len(data)}


def put_image(layout, layers):
    config = put_json(layout, {"architecture": "amd64", "os": "linux",
                               "rootfs": {"type": "layers", "diff_ids": ["sha256:" + x["diff_id"] for x in layers]},
                               "history": [{"created_by": "COPY part %d /" % i} for i in range(len(layers))]})
    config["mediaType"] = "application/vnd.oci.image.config.v1+json"
    manifest = put_json(layout, {
        "schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json", "config": config,
        "layers": [{"mediaType": "application/vnd.oci.image.layer.v1.tar+gzip", "digest": "sha256:" + x["digest"],
                    "size": x["size"]} for x in layers]})
    manifest["mediaType"] = "application/vnd.oci.image.manifest.v1+json"
    manifest["annotations"] = {"org.opencontainers.image.ref.name": "latest"}
    with open(os.path.join(layout, "index.json"), "w") as index:
        json.dump({"schemaVersion": 2, "manifests": [manifest]}, index)
    # With this a tar of the folder is what `docker save` writes, too.
    with open(os.path.join(layout, "manifest.json"), "w") as saved:
        json.dump([{"Config": "blobs/sha256/" + config["digest"].removeprefix("sha256:"), "RepoTags": ["image:latest"],
                    "Layers": ["blobs/sha256/" + x["digest"] for x in layers]}], saved)
    with open(os.path.join(layout, "oci-layout"), "w") as marker:
        json.dump({"imageLayoutVersion": "1.0.0"}, marker)


def make(folder, name, write):
    """The image's folder and layers; made when it is not there. write(layout) returns the layers."""
    layout = os.path.join(folder, name)
    notes = os.path.join(folder, name + ".json")
    if not os.path.exists(notes):
        os.makedirs(layout, exist_ok=True)
        layers = write(layout)
        put_image(layout, layers)
        with open(notes, "w") as file:
            json.dump(layers, file)
    with open(notes) as file:
        return layout, json.load(file)


def make_debian(folder):
    return make(folder, "debian", lambda layout: [write_files(layout, paths) for paths in plan_layers()])


def make_debian_single(folder):
    return make(folder, "debian-single", lambda layout: [write_files(layout, sum(plan_layers(), []))])


def make_tiny(folder, n):
    return make(folder, "tiny-%d" % n, lambda layout: [write_tiny(layout, n)])
