"""The Pod Security Standards as our checks judge them and as k8s.io/pod-security-admission does.

    test_pod_security.py JUDGE_MANIFEST

Pods with each field that the standards name and values on both sides of each border, for every minor version that
the library knows: each control and each level must agree. Without go, or when its modules can't be had, all is skipped.
"""
import copy
import json
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import unittest

JUDGE_MANIFEST = os.path.abspath(sys.argv.pop(1))
ORACLE = pathlib.Path(__file__).parent / "pod_security_oracle.go"
VERSION = "v0.37.2"
NEWEST = 37
REQUIREMENTS = ["k8s.io/pod-security-admission", "k8s.io/api"]

# What of ours answers a control of the library. Where a check of the restricted level takes the place of one of the
# baseline, its answer holds both.
CONTROLS = {
    "allowPrivilegeEscalation": ["PRIVILEGE-ESCALATION"],
    "appArmorProfile": ["APPARMOR", "APPARMOR-ANNOTATION"],
    "capabilities_baseline": ["CAPABILITIES"],
    "capabilities_restricted": ["CAPABILITIES", "DROP-ALL", "ADD-CAPABILITIES"],
    "hostNamespaces": ["HOST-NETWORK", "HOST-PID", "HOST-IPC"],
    "hostPathVolumes": ["HOST-PATH"],
    "hostPorts": ["HOST-PORT"],
    "hostProbesAndHostLifecycle": ["HOST-PROBES"],
    "privileged": ["PRIVILEGED"],
    "procMount": ["PROC-MOUNT"],
    "procMount_restricted": ["PROC-MOUNT", "PROC-MOUNT-USER-NAMESPACE"],
    "restrictedVolumes": ["HOST-PATH", "VOLUME-TYPES"],
    "runAsNonRoot": ["NON-ROOT"],
    "runAsUser": ["RUN-AS-USER"],
    "seLinuxOptions": ["SELINUX"],
    "seccompProfile_baseline": ["SECCOMP", "SECCOMP-ANNOTATION"],
    "seccompProfile_restricted": ["SECCOMP", "SECCOMP-REQUIRED"],
    "sysctls": ["SYSCTLS"],
    "windowsHostProcess": ["HOST-PROCESS"],
}
# The first version of a control that the standards brought in later, where ours has no version of its own.
SINCE = {"capabilities_restricted": 22, "procMount_restricted": 35, "seccompProfile_restricted": 19}
RESTRICTED = {"PRIVILEGE-ESCALATION", "DROP-ALL", "ADD-CAPABILITIES", "PROC-MOUNT-USER-NAMESPACE", "VOLUME-TYPES",
              "NON-ROOT", "RUN-AS-USER", "SECCOMP-REQUIRED"}

CAPABILITIES = """AUDIT_CONTROL AUDIT_READ AUDIT_WRITE BLOCK_SUSPEND BPF CHECKPOINT_RESTORE CHOWN DAC_OVERRIDE
    DAC_READ_SEARCH FOWNER FSETID IPC_LOCK IPC_OWNER KILL LEASE LINUX_IMMUTABLE MAC_ADMIN MAC_OVERRIDE MKNOD NET_ADMIN
    NET_BIND_SERVICE NET_BROADCAST NET_RAW PERFMON SETFCAP SETGID SETPCAP SETUID SYSLOG SYS_ADMIN SYS_BOOT SYS_CHROOT
    SYS_MODULE SYS_NICE SYS_PACCT SYS_PTRACE SYS_RAWIO SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG WAKE_ALARM ALL all
    CAP_CHOWN chown""".split()
SYSCTLS = """kernel.shm_rmid_forced net.ipv4.ip_local_port_range net.ipv4.tcp_syncookies net.ipv4.ping_group_range
    net.ipv4.ip_unprivileged_port_start net.ipv4.ip_local_reserved_ports net.ipv4.tcp_keepalive_time
    net.ipv4.tcp_fin_timeout net.ipv4.tcp_keepalive_intvl net.ipv4.tcp_keepalive_probes net.ipv4.tcp_rmem
    net.ipv4.tcp_wmem net.ipv4.tcp_slow_start_after_idle net.ipv4.tcp_notsent_lowat kernel.msgmax kernel/shm_rmid_forced
    net.core.somaxconn net.ipv4.tcp_mem vm.overcommit_memory""".split()
VOLUMES = {
    "awsElasticBlockStore": {"volumeID": "a"}, "azureDisk": {"diskName": "a", "diskURI": "b"},
    "azureFile": {"secretName": "a", "shareName": "b"}, "cephfs": {"monitors": ["a"]}, "cinder": {"volumeID": "a"},
    "configMap": {"name": "a"}, "csi": {"driver": "a"}, "downwardAPI": {"items": []}, "emptyDir": {},
    "ephemeral": {"volumeClaimTemplate": {"spec": {}}}, "fc": {"lun": 1}, "flexVolume": {"driver": "a"},
    "flocker": {"datasetName": "a"}, "gcePersistentDisk": {"pdName": "a"}, "gitRepo": {"repository": "a"},
    "glusterfs": {"endpoints": "a", "path": "b"}, "hostPath": {"path": "/a"}, "image": {"reference": "a"},
    "iscsi": {"targetPortal": "a", "iqn": "b", "lun": 1}, "nfs": {"server": "a", "path": "/"},
    "persistentVolumeClaim": {"claimName": "a"}, "photonPersistentDisk": {"pdID": "a"}, "portworxVolume": {"volumeID": "a"},
    "projected": {"sources": []}, "quobyte": {"registry": "a", "volume": "b"}, "rbd": {"monitors": ["a"], "image": "b"},
    "scaleIO": {"gateway": "a", "system": "b", "secretRef": None}, "secret": {"secretName": "a"},
    "storageos": {"volumeName": "a"}, "vsphereVolume": {"volumePath": "a"}, "emptyDir ": None,
}
PROFILES = [None, {"type": "RuntimeDefault"}, {"type": "Localhost", "localhostProfile": "a"}, {"type": "Unconfined"},
            {"type": ""}, {"type": "runtimedefault"}, {}]
SELINUX = [None, {}] + [{"type": t} for t in ("", "container_t", "container_init_t", "container_kvm_t",
                                              "container_engine_t", "spc_t", "CONTAINER_T")] + \
          [{"user": "system_u"}, {"role": "system_r"}, {"user": "", "role": ""}, {"level": "s0:c1"},
           {"type": "container_t", "role": "object_r"}]
BOOLS = [None, False, True]


def base(name):
    """The pods that one or two fields are set in."""
    container = {"name": "c", "image": "example.com/a:1"}
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {}, "spec": {
        "initContainers": [dict(container, name="i")], "containers": [container],
        "ephemeralContainers": [dict(container, name="e")]}}
    if name == "restricted":
        pod["spec"]["securityContext"] = {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}}
        for kind in ("initContainers", "containers", "ephemeralContainers"):
            pod["spec"][kind][0]["securityContext"] = {"allowPrivilegeEscalation": False,
                                                       "capabilities": {"drop": ["ALL"]}}
    if name == "windows":
        pod["spec"]["os"] = {"name": "windows"}
        pod["spec"]["securityContext"] = {"runAsNonRoot": True}
    return pod


def put(place, path, value):
    for key in path[:-1]:
        if place.get(key) is None:
            place[key] = {}
        place = place[key]
    place[path[-1]] = value


def of_pod(*path):
    return lambda pod, value: put(pod["spec"], path, value)


def of_container(kind, *path):
    return lambda pod, value: put(pod["spec"][kind][0], path, value)


def annotation(key):
    return lambda pod, value: put(pod, ("metadata", "annotations"), {key: value} if value is not None else None)


def fields():
    """(function that sets it, values, whether Windows pods may have it)"""
    for name in ("hostNetwork", "hostPID", "hostIPC", "hostUsers", "shareProcessNamespace"):
        yield of_pod(name), BOOLS, False
    yield of_pod("os"), [None, {"name": "linux"}], False
    yield of_pod("volumes"), [None, []] + [[{"name": "a", key.strip(): value}] for key, value in VOLUMES.items()] + \
        [[{"name": "a"}], [{"name": "a", "emptyDir": {}}, {"name": "b", "hostPath": {"path": "/"}}],
         [{"name": "a", "emptyDir": {}}, {"name": "b", "nfs": {"server": "a", "path": "/"}}]], True
    yield of_pod("securityContext", "sysctls"), [None, []] + [[{"name": n, "value": "1"}] for n in SYSCTLS] + \
        [[{"name": "net.ipv4.tcp_syncookies", "value": "1"}, {"name": "kernel.sem", "value": "1"}]], False
    for key in ("container.apparmor.security.beta.kubernetes.io/c", "container.apparmor.security.beta.kubernetes.io/x",
                "seccomp.security.alpha.kubernetes.io/pod", "container.seccomp.security.alpha.kubernetes.io/c",
                "container.seccomp.security.alpha.kubernetes.io/e", "container.seccomp.security.alpha.kubernetes.io/x",
                "example.com/a"):
        yield annotation(key), [None, "", "runtime/default", "docker/default", "localhost/a", "localhost", "unconfined"], False
    yield of_pod("securityContext"), [None, {}], True
    setters = [of_pod] + [lambda *path, kind=kind: of_container(kind, *path)
                          for kind in ("initContainers", "containers", "ephemeralContainers")]
    for setter in setters:
        yield setter("securityContext", "seLinuxOptions"), SELINUX, False
        yield setter("securityContext", "seccompProfile"), PROFILES, False
        yield setter("securityContext", "appArmorProfile"), PROFILES, False
        yield setter("securityContext", "runAsNonRoot"), BOOLS, True
        yield setter("securityContext", "runAsUser"), [None, 0, 1, 1000], False
        yield setter("securityContext", "windowsOptions"), [None, {}, {"hostProcess": False}, {"hostProcess": True}], True
    for setter in setters[1:]:
        yield setter("securityContext"), [None, {}], True
        yield setter("securityContext", "privileged"), BOOLS, False
        yield setter("securityContext", "allowPrivilegeEscalation"), BOOLS, False
        yield setter("securityContext", "procMount"), [None, "Default", "Unmasked", "", "default"], False
        yield setter("securityContext", "capabilities"), [None, {}], False
        yield setter("securityContext", "capabilities", "add"), [None, []] + [[c] for c in CAPABILITIES] + \
            [["CHOWN", "SYS_ADMIN"], ["NET_BIND_SERVICE", "CHOWN"]], False
        yield setter("securityContext", "capabilities", "drop"), [None, [], ["ALL"], ["all"], ["NET_RAW"], ["NET_RAW", "ALL"]], False
        yield setter("ports"), [None, [], [{"containerPort": 1}], [{"containerPort": 1, "hostPort": 0}],
                                [{"containerPort": 1}, {"containerPort": 2, "hostPort": 2}]], True
        for probe in ("livenessProbe", "readinessProbe", "startupProbe"):
            yield setter(probe), handlers(), True
        for hook in ("postStart", "preStop"):
            yield setter("lifecycle", hook), handlers(), True


def handlers():
    return [None, {}, {"exec": {"command": ["a"]}}, {"grpc": {"port": 1}}] + \
           [{kind: dict({"port": 1}, **host)} for kind in ("httpGet", "tcpSocket")
            for host in ({}, {"host": ""}, {"host": "127.0.0.1"})]


def pods():
    made = []
    rows = list(fields())

    def add(pod):
        pod["metadata"]["name"] = f"p{len(made)}"
        made.append(pod)

    for kind in ("plain", "restricted", "windows", "user namespace"):
        for put_field, values, for_windows in rows:
            for value in values if for_windows or kind != "windows" else []:
                pod = base("restricted" if kind == "user namespace" else kind)
                if kind == "user namespace":
                    pod["spec"]["hostUsers"] = False
                put_field(pod, copy.deepcopy(value))
                add(pod)
    chance = random.Random(1)
    for _ in range(1500):
        pod = base(chance.choice(["plain", "restricted"]))
        for put_field, values, _ in chance.sample(rows, chance.randint(2, 5)):
            put_field(pod, copy.deepcopy(chance.choice(values)))
        add(pod)
    return made


def run(*command, **options):
    return subprocess.run(command, capture_output=True, text=True, timeout=900, **options)


def build_oracle(folder):
    shutil.copy(ORACLE, folder / "main.go")
    (folder / "go.mod").write_text("module oracle\n\ngo 1.24\n")
    for command in (["go", "get", *(f"{name}@{VERSION}" for name in REQUIREMENTS)],
                    ["go", "build", "-mod=mod", "-o", "oracle", "."]):
        done = run(*command, cwd=folder, env=dict(os.environ, GOFLAGS="-mod=mod"))
        if done.returncode:
            raise unittest.SkipTest(f"go can't build the library: {done.stderr.strip()[-300:]}")


class PodSecurity(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        if not shutil.which("go"):
            raise unittest.SkipTest("go is not installed")
        cls.temporary = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.temporary.cleanup)
        folder = pathlib.Path(cls.temporary.name)
        build_oracle(folder)
        cls.pods = pods()
        text = json.dumps({"apiVersion": "v1", "kind": "List", "items": cls.pods})
        (folder / "pods.json").write_text(text)
        theirs = run(folder / "oracle", folder / "pods.json", str(NEWEST), check=True)
        cls.theirs = {tuple(line.split()) for line in theirs.stdout.splitlines()}
        versions = [f"1.{minor}" for minor in range(NEWEST + 1)]
        ours = run(JUDGE_MANIFEST, "kubernetes", folder / "pods.json", "PLM-K8S-PSS-", *versions)
        if ours.returncode:
            raise RuntimeError(ours.stderr)
        cls.ours = set()
        cls.undecided = []
        for line in ours.stdout.splitlines():
            version, key, check, verdict = line.split(maxsplit=3)
            cls.ours.add((version, key.rsplit("/", 1)[1], check.removeprefix("PLM-K8S-PSS-")))
            if verdict != "fail":
                cls.undecided.append(line)

    def by_us(self, version, pod, checks):
        return any((version, pod, check) in self.ours for check in checks)

    def compare(self, name, verdicts):
        """verdicts: (version, pod, theirs, ours)"""
        count = {True: 0, False: 0}
        wrong = []
        for version, pod, theirs, ours in verdicts:
            count[theirs] += 1
            if theirs != ours:
                wrong.append((version, pod["metadata"]["name"]))
        print(f"{name}: {count[False]} pass, {count[True]} fail, {len(wrong)} differ")
        if wrong:
            pod = next(p for p in self.pods if p["metadata"]["name"] == wrong[0][1])
            self.fail(f"{name}: {len(wrong)} differ, as for {wrong[0][0]}: {json.dumps(pod)}")

    def test_all_is_decided(self):
        self.assertEqual(self.undecided, [])

    def test_controls(self):
        for control, checks in CONTROLS.items():
            with self.subTest(control):
                self.compare(control, (
                    (version, pod, (version, pod["metadata"]["name"], control) in self.theirs,
                     self.by_us(version, pod["metadata"]["name"], checks))
                    for minor in range(SINCE.get(control, 0), NEWEST + 1) for version in [f"1.{minor}"]
                    for pod in self.pods))

    def test_every_control_of_the_library_is_answered(self):
        names = {control for _, _, control in self.theirs} - {"baseline", "restricted"}
        self.assertEqual(names, set(CONTROLS))

    def test_levels(self):
        every = {check for checks in CONTROLS.values() for check in checks}
        for level, checks in (("baseline", every - RESTRICTED), ("restricted", every)):
            with self.subTest(level):
                self.compare(level, (
                    (version, pod, (version, pod["metadata"]["name"], level) in self.theirs,
                     self.by_us(version, pod["metadata"]["name"], checks))
                    for minor in range(NEWEST + 1) for version in [f"1.{minor}"] for pod in self.pods))


if __name__ == "__main__":
    unittest.main()
