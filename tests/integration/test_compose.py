"""Compose projects read by us and by compose-go, the library of docker compose: the models must agree.

    test_compose.py LIST_RESOURCES

Without go, or when its modules can't be fetched, all is skipped. What compose-go does not keep (a variable that is not
set is empty there, unknown here) is named where it is compared.
"""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

LIST_RESOURCES = os.path.abspath(sys.argv.pop(1))
CASES = pathlib.Path(__file__).parent.parent / "cases/compose"
VERSION = "v2.16.2"
SECTIONS = ["services", "volumes", "networks", "secrets", "configs"]

PROGRAM = """package main

import (
	"context"
	"fmt"
	"os"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/compose-spec/compose-go/v2/loader"
)

func main() {
	var files []string
	for _, name := range []string{"compose.yaml", "compose.override.yaml"} {
		if _, err := os.Stat(os.Args[1] + "/" + name); err == nil {
			files = append(files, os.Args[1]+"/"+name)
		}
	}
	options, err := cli.NewProjectOptions(files, cli.WithWorkingDirectory(os.Args[1]), cli.WithName("p"),
		cli.WithEnv([]string{"SHELL_A=from shell", "SHELL_EMPTY="}), cli.WithEnvFiles(), cli.WithDotEnv,
		cli.WithResolvedPaths(false),
		cli.WithNormalization(false), cli.WithProfiles([]string{"*"}), cli.WithConsistency(false),
		cli.WithLoadOptions(func(o *loader.Options) { o.SkipResolveEnvironment = true }))
	if err == nil {
		project, err := options.LoadProject(context.Background())
		if err == nil {
			text, _ := project.MarshalJSON()
			fmt.Println(string(text))
			return
		}
		fmt.Fprintln(os.Stderr, err)
	}
	os.Exit(1)
}
"""

PROJECTS = {
    "ports": {"compose.yaml": """services:
  a:
    image: a
    ports: ["3000", "3000-3005", "8000:8000", "9090-9091:8080-8081", "49100:22", "127.0.0.1:8001:8001",
            "127.0.0.1:5000-5010:5000-5010", "6060:6060/udp", "[::1]:7000:7000", "127.0.0.1::80", "3000-3002:99"]
  b:
    image: b
    ports:
    - {target: 80, host_ip: 127.0.0.1, published: "8080", protocol: tcp, app_protocol: http, mode: host}
    - target: 81
"""},
    "volumes": {"compose.yaml": """services:
  a:
    image: a
    volumes:
    - /var/lib/a
    - /opt/data:/var/lib/b
    - ./cache:/tmp/cache
    - ~/configs:/etc/configs/:ro
    - data:/var/lib/c
    - data:/d:nocopy
    - /x:/y:ro,Z,rslave
    - 'C:\\data:/windows'
    - type: bind
      source: ./b
      target: /b
      read_only: true
      bind: {propagation: rshared}
    - {type: tmpfs, target: /t, tmpfs: {size: 1000}}
volumes: {data: {driver: local, labels: [a=b]}}
"""},
    "service": {"compose.yaml": """services:
  web:
    build:
      context: .
      dockerfile: D
      args: [A=1, B]
      labels: {l: x}
      secrets: [s]
      additional_contexts: [base=./x]
      no_cache: true
    image: "web"
    command: ["a b", c]
    entrypoint: "sh -c 'echo hi'"
    cap_add: [ALL]
    cap_drop: [NET_ADMIN]
    security_opt: ["no-new-privileges:true"]
    configs: [c, {source: d, target: /d, mode: 0440}]
    secrets: [s, {source: t, target: /t}]
    depends_on: {db: {condition: service_healthy, restart: true}, cache: {condition: service_started}}
    deploy: {mode: replicated, replicas: 2, labels: [x=y], resources: {limits: {cpus: "0.5", memory: 50M}}}
    devices: ["/dev/a", "/dev/b:/dev/c:r"]
    dns: [1.1.1.1]
    dns_search: a.example
    env_file: [a.env, {path: b.env, required: false}]
    environment: {A: "1", B: null, C: 2.5, D: true}
    expose: [80, "90"]
    extra_hosts: {a.example: 10.0.0.1}
    healthcheck: {test: ["CMD", "true"], interval: 1m, retries: 3}
    labels: [a=b, c]
    logging: {driver: json-file, options: {max-size: 10m}}
    network_mode: host
    pid: host
    privileged: true
    read_only: true
    restart: always
    sysctls: [net.core.somaxconn=1024]
    tmpfs: /run
    ulimits: {nproc: 65535, nofile: {soft: 1, hard: 2}}
    user: "1000"
    tty: true
    stdin_open: true
    init: true
    profiles: [debug]
  db: {image: db, networks: [back]}
  cache: {image: c, networks: {back: {aliases: [x]}}}
networks: {back: {internal: true, labels: {a: b}}}
configs: {c: {file: ./c}, d: {content: x}}
secrets: {s: {environment: S}, t: {external: true}}
"""},
    "merge": {"compose.yaml": """services:
  a:
    image: a
    depends_on: [b]
    networks: [n]
    env_file: one.env
    expose: ["1"]
    extra_hosts: ["h:1"]
    secrets: [s]
    configs: [c]
    devices: ["/dev/x"]
    ulimits: {nproc: 1, nofile: {soft: 1, hard: 1}}
    healthcheck: {test: old, interval: 1s}
    sysctls: {a.b: "1"}
    profiles: [p]
    tmpfs: /a
    links: [b]
    build: .
  b: {image: b}
networks: {n: {}, m: {ipam: {config: [{subnet: 10.0.0.0/24, gateway: 10.0.0.1}]}}}
secrets: {s: {file: s}}
configs: {c: {file: c}}
""", "compose.override.yaml": """services:
  a:
    depends_on: {b: {condition: service_healthy}, c: {condition: service_started, required: false}}
    networks: {m: {aliases: [z]}}
    env_file: [two.env, one.env]
    expose: [1, 2]
    extra_hosts: ["i:2"]
    secrets: [{source: s, target: /run/secrets/s, mode: 0400}]
    configs: [{source: c, target: /other}]
    devices: ["/dev/y:/dev/x"]
    ulimits: {nproc: {soft: 2, hard: 3}, nofile: {hard: 9}}
    healthcheck: {test: new}
    sysctls: [a.b=2, c=3]
    profiles: [p, q]
    tmpfs: [/b]
    links: ["b:x"]
    build: {args: {A: "1"}}
  c: {image: c}
networks: {m: {driver: bridge, ipam: {config: [{subnet: 10.0.0.0/24, ip_range: 10.0.0.0/28}]}}}
"""},
}


def write(folder, files):
    for name, text in files.items():
        path = pathlib.Path(folder, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def build_oracle(folder):
    if not shutil.which("go"):
        raise unittest.SkipTest("no go")
    write(folder, {"go.mod": f"module oracle\n\ngo 1.24\n\nrequire github.com/compose-spec/compose-go/v2 {VERSION}\n",
                   "main.go": PROGRAM})
    for command in (["go", "mod", "tidy"], ["go", "build", "-o", "oracle", "."]):
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=900)
        if done.returncode:
            raise unittest.SkipTest(f"{' '.join(command)}: {done.stderr.strip()[-200:]}")
    return os.path.join(folder, "oracle")


def essence(value):
    """Without what is empty or the default of a type, which compose-go leaves out; scalars as text."""
    if isinstance(value, dict):
        kept = {key: essence(item) for key, item in value.items()}
        return {key: item for key, item in kept.items() if item not in (None, {}, [], "", "False")}
    if isinstance(value, list):
        return [essence(item) for item in value]
    return value if value is None else str(value)


class Compose(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.temporary.cleanup)
        cls.oracle = build_oracle(cls.temporary.name)

    def by_compose_go(self, folder):
        done = subprocess.run([self.oracle, folder], capture_output=True, text=True, timeout=60)
        return json.loads(done.stdout) if done.returncode == 0 else done.stderr

    def by_us(self, folder):
        done = subprocess.run([LIST_RESOURCES, "--json", folder], capture_output=True, text=True, timeout=60)
        self.assertNotIn("Sanitizer", done.stderr)
        return json.loads(done.stdout) if done.returncode == 0 else done.stderr

    @staticmethod
    def adapt(theirs, ours):
        """What is said in another way: the Dockerfile's default name, ulimits of one number, bytes, seconds."""
        for name, service in ours["services"].items():
            other = theirs["services"].get(name, {})
            if "build" in service and "dockerfile" not in other.get("build", {}):
                service["build"].pop("dockerfile", None)
            for key in ("deploy", "ulimits"):
                service.pop(key, None), other.pop(key, None)
            for key in ("command", "entrypoint"):
                service[key], other[key] = service.get(key) or [], other.get(key) or []
            for config in service.get("configs", []) + service.get("secrets", []) + other.get("configs", []) + \
                    other.get("secrets", []):
                config.pop("mode", None)
            for key, value in service.items():  # it has "" for what is not known
                if value is None:
                    other.pop(key, None)
            for key, value in (service.get("labels") or {}).items():
                if value is None:
                    other["labels"].pop(key, None)
            if "expose" in other:
                other["expose"] = [str(port) for port in other["expose"]]
            for model in (service, other):
                model.get("healthcheck", {}).pop("interval", None)
                for volume in model.get("volumes", []):
                    volume.pop("tmpfs", None)
                    volume.get("bind", {}).pop("create_host_path", None)
                for file in model.get("env_file", []):
                    file.pop("required", None)

    def compare(self, folder):
        theirs, ours = self.by_compose_go(folder), self.by_us(folder)
        self.assertIsInstance(theirs, dict, theirs)
        self.assertIsInstance(ours, dict, ours)
        self.adapt(theirs, ours)
        for section in SECTIONS:
            names = set(theirs.get(section) or {})
            self.assertEqual(names, set(ours.get(section) or {}), section)
            for name in names:
                self.assertEqual(essence(theirs[section][name]) or {}, essence(ours[section][name]) or {},
                                 f"{section}.{name}")

    def test_projects(self):
        for name, files in PROJECTS.items():
            with self.subTest(name), tempfile.TemporaryDirectory() as folder:
                write(folder, files)
                self.compare(folder)

    def test_cases(self):
        for case in sorted(CASES.iterdir()):
            with self.subTest(case.name):
                if "\nerror " in (case / "expected").read_text():
                    self.assertIsInstance(self.by_us(str(case)), str)
                elif case.name != "format-1":  # compose-go no longer reads it
                    self.compare(str(case))


if __name__ == "__main__":
    unittest.main()
