#!/usr/bin/env python3
"""The ready-made places of deploy/: each one's script part is run for real, with the values that its service would give.

    test_deploy.py PLIMSOLL [TEST…]

Prints TAP. Values reach the scripts as environment only; what looks like shell text must come through as it is.
"""

import base64
import functools
import hashlib
import http.server
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import threading

import images
from images import Layout, Skip, need, run, same, tar

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
DEPLOY = ROOT / "deploy"
SCRIPT = DEPLOY / "scripts/plimsoll-ci"
LOCK = json.dumps({"name": "app", "lockfileVersion": 3, "packages": {
    "": {"name": "app", "dependencies": {"jquery": "3.4.1"}}, "node_modules/jquery": {"version": "3.4.1"}}})
ROOT_USER = "FROM debian:12\nUSER root\n"
HOSTILE = "a b;$(touch owned)`touch owned`'\"*\\"


class World:
    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="plimsoll-deploy-test-"))
        self.bin = self.folder / "bin"
        self.bin.mkdir()
        (self.bin / "plimsoll").symlink_to(os.path.abspath(sys.argv[1]))
        (self.bin / "plimsoll-ci").symlink_to(SCRIPT)
        self.temporary = self.folder / "tmp"
        self.temporary.mkdir()
        self.numbers = 0

    def close(self):
        shutil.rmtree(self.folder, ignore_errors=True)

    def workspace(self):
        """A checkout with a medium and a high finding."""
        self.numbers += 1
        folder = self.folder / ("workspace %d" % self.numbers)
        (folder / "image").mkdir(parents=True)
        (folder / "package-lock.json").write_text(LOCK)
        (folder / "image/Dockerfile").write_text(ROOT_USER)
        return folder

    def environment(self, **more):
        env = {k: v for k, v in os.environ.items() if not k.startswith(("PLIMSOLL_", "GITHUB_", "CI_"))}
        env.update(PATH="%s:%s" % (self.bin, os.environ["PATH"]), TMPDIR=str(self.temporary),
                   PLIMSOLL_CACHE=str(self.folder / "cache"), **{k: str(v) for k, v in more.items()})
        return env

    def call(self, words, cwd, **environ):
        done = subprocess.run([str(word) for word in words], cwd=cwd, env=self.environment(**environ),
                              capture_output=True, text=True, timeout=300)
        assert not (pathlib.Path(cwd) / "owned").exists(), "a value was run as shell text"
        same(list(self.temporary.glob("tmp.*")), [], "files left behind")
        return done

    def ci(self, *words, cwd, **environ):
        return self.call([SCRIPT, *words], cwd, **environ)


def yaml_of(path):
    try:
        import yaml
    except ImportError:
        raise Skip("not installed: python3-yaml")
    return yaml.safe_load(path.read_text())


def outputs(path):
    return dict(line.split("=", 1) for line in path.read_text().splitlines())


def code(done, expected):
    assert done.returncode == expected, "exit %d: %s%s" % (done.returncode, done.stdout, done.stderr)


def sarif_rules(path):
    return sorted({result["ruleId"] for sarif in json.loads(path.read_text())["runs"] for result in sarif["results"]})


EXPECTED = ["CVE-2020-11022", "CVE-2020-11023", "PLM-DOCKER-010"]


def check_sarif(path):
    rules = sarif_rules(path)
    same([rule for rule in EXPECTED if rule not in rules], [], "missing of %s" % rules)


# ---- the script

def words_stay_words(world):
    """A program that prints its arguments stands for plimsoll."""
    folder = world.workspace()
    program = folder / "the program"
    program.write_text('#!/bin/sh\nfor word in "$@"; do printf "[%s]\\n" "$word"; done\nexit 3\n')
    program.chmod(0o755)
    done = world.ci("scan", cwd=folder, PLIMSOLL_CI_PROGRAM=program, PLIMSOLL_CI_TARGET=HOSTILE + "\nb",
                    PLIMSOLL_CI_FAIL_ON="high; x", PLIMSOLL_CI_ARGS="--vex\n" + HOSTILE + "\n\n*",
                    PLIMSOLL_CI_REPORTS="sarif=%s\njson=b=c.json" % HOSTILE, GITHUB_OUTPUT=folder / "out")
    code(done, 3)
    same(done.stdout, "".join("[%s]\n" % word for word in (
        "scan", "--fail-on", "high; x", "--output", "sarif=" + HOSTILE, "--output", "json=b=c.json", "--vex", HOSTILE, "*",
        "--", HOSTILE + "\nb")))
    same(outputs(folder / "out"), {"report-sarif": HOSTILE, "report-json": "b=c.json", "exit-code": "3"})
    code(world.ci("scan", cwd=folder, PLIMSOLL_CI_PROGRAM=program, PLIMSOLL_CI_REPORTS="sarif"), 2)
    code(world.ci("nothing", cwd=folder), 2)


def a_target_is_no_option(world):
    done = world.ci("scan", cwd=world.workspace(), PLIMSOLL_CI_TARGET="--help")
    code(done, 2)


def named_files_are_scanned_alone(world):
    folder = world.workspace()
    code(world.ci("files", "--fail-on=high", "package-lock.json", cwd=folder), 0)
    done = world.ci("files", "--fail-on=high", "package-lock.json", "image/Dockerfile", cwd=folder)
    code(done, 1)
    assert "image/Dockerfile:2" in done.stdout, done.stdout
    odd = folder / "-a $(touch owned)"
    odd.mkdir()
    (odd / "Dockerfile").write_text(ROOT_USER)
    code(world.ci("files", "--fail-on=high", "./-a $(touch owned)/Dockerfile", cwd=folder), 1)
    for outside in "../x", "/etc/passwd", "a/../../x":
        code(world.ci("files", outside, cwd=folder), 2)
    done = world.ci("files", "--fail-on", "high", "package-lock.json", cwd=folder)
    code(done, 2)
    assert "--name=value" in done.stderr, done.stderr


def the_projects_own_rules_hold_for_named_files(world):
    folder = world.workspace()
    (folder / ".plimsoll.yaml").write_text("fail-on: medium\n")
    code(world.ci("files", "package-lock.json", cwd=folder), 1)


def a_compose_file_finds_what_it_leans_on(world):
    folder = world.workspace()
    (folder / "stack").mkdir()
    (folder / "stack/.env").write_text("TAG=1\n")
    (folder / "stack/compose.base.yaml").write_text("services:\n  web:\n    image: web:1\n    privileged: true\n")
    (folder / "stack/compose.yaml").write_text(
        "services:\n  web:\n    extends: {file: compose.base.yaml, service: web}\n    image: web:${TAG:?none}\n")
    done = world.ci("files", "--fail-on=low", "stack/compose.yaml", cwd=folder)
    code(done, 1)
    assert "rivileged" in done.stdout, done.stdout


# ---- installing

class Package:
    """A Debian package whose plimsoll says that it is there, on a server."""

    def __init__(self, folder):
        need("dpkg-deb", "curl", "sha256sum")
        tree = folder / "tree"
        (tree / "DEBIAN").mkdir(parents=True)
        (tree / "DEBIAN/control").write_text(
            "Package: plimsoll\nVersion: 0\nArchitecture: all\nMaintainer: x <x@x.invalid>\nDescription: x\n")
        (tree / "usr/bin").mkdir(parents=True)
        program = tree / "usr/bin/plimsoll"
        program.write_text('#!/bin/sh\necho "packaged $*"\n')
        program.chmod(0o755)
        self.served = folder / "served"
        self.served.mkdir()
        run("dpkg-deb", "--root-owner-group", "-b", tree, self.served / "plimsoll.deb")
        self.digest = hashlib.sha256((self.served / "plimsoll.deb").read_bytes()).hexdigest()

    def __enter__(self):
        class Quiet(http.server.SimpleHTTPRequestHandler):
            def log_message(self, *words):
                pass
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=self.served))
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = "http://127.0.0.1:%d/plimsoll.deb" % self.server.server_port
        return self

    def __exit__(self, *ignored):
        self.server.shutdown()
        self.server.server_close()


def the_package_is_fetched_and_compared(world):
    folder = world.workspace()
    with Package(world.folder / "package") as package:
        absent = dict(PATH=os.environ["PATH"], PLIMSOLL_CI_PREFIX=folder / "prefix", PLIMSOLL_CI_DEB=package.url,
                      GITHUB_PATH=folder / "path", NO_PROXY="127.0.0.1", no_proxy="127.0.0.1")
        if shutil.which("plimsoll"):
            raise Skip("plimsoll is installed here")

        def install(**more):
            env = world.environment(**{**{k: v for k, v in absent.items() if k != "PATH"}, **more})
            env["PATH"] = os.environ["PATH"]
            return subprocess.run([SCRIPT, "install"], cwd=folder, env=env, capture_output=True, text=True, timeout=120)

        code(install(PLIMSOLL_CI_SHA256="0" * 64), 2)
        assert not (folder / "prefix").exists(), "unpacked in spite of its digest"
        code(install(PLIMSOLL_CI_DEB=package.url + ".none"), 2)
        code(install(PLIMSOLL_CI_DEB=""), 2)
        done = install(PLIMSOLL_CI_SHA256=package.digest)
        code(done, 0)
        same(done.stdout, "packaged version\n")
        same((folder / "path").read_text(), "%s/prefix/usr/bin\n" % folder)
    same(list(world.temporary.glob("tmp.*")), [], "files left behind")
    done = world.ci("install", cwd=folder)
    code(done, 0)
    assert done.stdout.startswith("plimsoll "), done.stdout


# ---- GitHub

def filled(text, inputs):
    """`${{ inputs.x }}` as GitHub fills it; the package's default address is of no use here."""
    return re.sub(r"\$\{\{\s*inputs\.([a-z0-9-]+)[^}]*(?:\{\d\}[^}]*)*\}\}", lambda m: inputs.get(m.group(1), ""), text)


def run_action(world, folder, **given):
    action = yaml_of(DEPLOY / "github-action/action.yml")
    inputs = {name: value.get("default", "") for name, value in action["inputs"].items()}
    inputs.update({name.replace("_", "-"): value for name, value in given.items()})
    same(action["runs"]["using"], "composite")
    results = []
    for step in action["runs"]["steps"]:
        if "run" not in step:
            continue
        assert "${{" not in step["run"], "an expression in shell text: %s" % step["run"]
        (folder / "step.sh").write_text(step["run"])
        env = {name: filled(value, inputs) for name, value in step.get("env", {}).items()}
        results.append(world.call(["bash", "--noprofile", "--norc", "-eo", "pipefail", "step.sh"], folder, **env,
                                  GITHUB_ACTION_PATH=DEPLOY / "github-action", GITHUB_WORKSPACE=folder,
                                  GITHUB_OUTPUT=folder / "output", GITHUB_PATH=folder / "path"))
        (folder / "step.sh").unlink()
        if results[-1].returncode:
            break
    return action, results[-1], outputs(folder / "output")


def the_github_action_scans(world):
    folder = world.workspace()
    action, done, out = run_action(world, folder)
    code(done, 0)
    same(out, {"report-sarif": "plimsoll.sarif", "exit-code": "0"})
    check_sarif(folder / "plimsoll.sarif")
    for output in action["outputs"].values():
        name = re.search(r"steps\.scan\.outputs\.([a-z-]+)", output["value"]).group(1)
        assert name in out, name
    upload = action["runs"]["steps"][-1]
    assert upload["uses"].startswith("github/codeql-action/upload-sarif@"), upload
    assert "!cancelled()" in upload["if"], "a blocked scan would upload nothing"


def the_github_action_blocks_and_still_reports(world):
    folder = world.workspace()
    _, done, out = run_action(world, folder, fail_on="high", args="--severity\nhigh", format="sarif=a b.sarif\njson=c.json")
    code(done, 1)
    same(out, {"report-sarif": "a b.sarif", "report-json": "c.json", "exit-code": "1"})
    same(sarif_rules(folder / "a b.sarif"), ["PLM-DOCKER-010"])
    folder = world.workspace()
    _, done, _ = run_action(world, folder, target=HOSTILE, fail_on="$(touch owned)")
    code(done, 2)


# ---- GitLab

def expanded(value, variables):
    for _ in range(5):
        value = re.sub(r"\$(\w+)", lambda m: variables.get(m.group(1), ""), value)
    return value


def gitlab_job(name):
    file = yaml_of(DEPLOY / "gitlab/plimsoll.gitlab-ci.yml")
    base, job = file[".plimsoll"], file[name]
    same(job["extends"], ".plimsoll")
    merged = {**base, **job, "variables": {**base["variables"], **job["variables"]},
              "artifacts": {**base["artifacts"], **job["artifacts"]}}
    same(merged["artifacts"]["when"], "always")
    return merged


def run_gitlab(world, folder, name, **variables):
    job = gitlab_job(name)
    env = {**job["variables"], **variables}
    env = {key: expanded(value, env) for key, value in env.items()}
    (folder / "job.sh").write_text("\n".join(job["before_script"] + job["script"]))
    done = world.call(["bash", "-eo", "pipefail", "job.sh"], folder, **env)
    for kind in job["artifacts"]["reports"].values():
        assert any(line.endswith("=" + kind) for line in job["variables"]["PLIMSOLL_CI_REPORTS"].split("\n")), kind
    return job, done


def without(world, *formats):
    help_text = run(world.bin / "plimsoll", "scan", "--help").decode()
    for name in formats:
        if name not in help_text:
            raise Skip("this build has no format " + name)


def the_gitlab_jobs_scan(world):
    folder = world.workspace()
    layout = Layout(folder / "layout")
    layout.tag(layout.image([(tar(("app/package-lock.json", LOCK)), "COPY . /app")]), "web")
    for name, target in ("plimsoll-container", "oci-dir:layout"), ("plimsoll-dependencies", "dir:."):
        job, done = run_gitlab(world, folder, name, PLIMSOLL_CI_TARGET=target, PLIMSOLL_CI_FAIL_ON="medium",
                               PLIMSOLL_CI_REPORTS="json=%s.json" % name)
        code(done, 1)
        report = json.loads((folder / (name + ".json")).read_text())
        assert "CVE-2020-11023" in json.dumps(report["findings"]), name


def the_gitlab_jobs_write_gitlabs_reports(world):
    without(world, "gitlab-container", "gitlab-dependency", "gitlab-sast")
    folder = world.workspace()
    layout = Layout(folder / "layout")
    layout.tag(layout.image([(tar(("app/package-lock.json", LOCK)), "COPY . /app")]), "web")
    for name, target in ("plimsoll-container", "oci-dir:layout"), ("plimsoll-dependencies", "dir:."):
        job, done = run_gitlab(world, folder, name, PLIMSOLL_CI_TARGET=target)
        code(done, 0)
        for path in job["artifacts"]["paths"]:
            json.loads((folder / path).read_text())


def the_gitlab_job_has_its_registrys_user(world):
    """What stands for plimsoll-ci shows the credentials that plimsoll would find."""
    folder, user = world.workspace(), "gitlab-ci-token"
    (folder / "bin").mkdir()
    program = folder / "bin/plimsoll-ci"
    program.write_text('#!/bin/sh\necho "$PLIMSOLL_CI_TARGET"\ncat "$DOCKER_CONFIG/config.json"\nrm -r "$DOCKER_CONFIG"\n')
    program.chmod(0o755)
    job = gitlab_job("plimsoll-container")
    env = {**job["variables"], "CI_REGISTRY_IMAGE": "registry.example/shop", "CI_COMMIT_SHA": "0123",
           "CI_REGISTRY": "registry.example", "CI_REGISTRY_USER": user, "CI_REGISTRY_PASSWORD": "p\"w'" * 40}
    env = {key: expanded(value, env) for key, value in env.items()}
    (folder / "job.sh").write_text("PATH=$PWD/bin:$PATH\n" + "\n".join(job["before_script"] + job["script"]))
    done = world.call(["bash", "-eo", "pipefail", "job.sh"], folder, **env)
    code(done, 0)
    target, config = done.stdout.split("\n", 1)
    same(target, "image:registry.example/shop:0123")
    auth = json.loads(config)["auths"]["registry.example"]["auth"]
    same(base64.b64decode(auth).decode(), user + ":" + "p\"w'" * 40)


# ---- Jenkins

HARNESS = """
def events = []
def binding = new Binding()
def environment = []
binding.withEnv = { List names, Closure body -> environment.addAll(names); body() }
binding.sh = { Map o ->
    def process = ['bash', '-e', '-c', o.script].execute(System.getenv().collect { k, v -> "$k=$v" as String } + environment, null)
    process.consumeProcessOutput(System.err, System.err)
    process.waitFor()
}
binding.archiveArtifacts = { Map o -> events << "archived " + o.artifacts }
binding.unstable = { String why -> events << "unstable" }
binding.error = { String why -> events << "error"; throw new RuntimeException(why) }
def step = new GroovyShell(binding).parse(new File(args[0]))
try {
    println "code " + step.call(Eval.me(args[1]))
} catch (RuntimeException stop) {
    println "stopped"
}
events.each { println it }
"""


def the_jenkins_step_scans(world):
    need("groovy")
    folder = world.workspace()
    (folder / "harness.groovy").write_text(HARNESS)

    def step(options):
        done = world.call(["groovy", "harness.groovy", DEPLOY / "jenkins/vars/plimsoll.groovy", options], folder)
        code(done, 0)
        return done.stdout.splitlines()

    same(step("[:]"), ["code 0", "archived plimsoll.sarif"])
    check_sarif(folder / "plimsoll.sarif")
    same(step("[target: 'dir:.', failOn: 'high', reports: ['sarif=b.sarif', 'json=c.json'], args: ['--severity', 'high']]"),
         ["stopped", "archived b.sarif,c.json", "error"])
    same(sarif_rules(folder / "b.sarif"), ["PLM-DOCKER-010"])
    same(step("[failOn: 'high', unstable: true]"), ["code 1", "archived plimsoll.sarif", "unstable"])
    same(step("[failOn: '$(touch owned)', unstable: true]"), ["stopped", "archived plimsoll.sarif", "error"])


def the_jenkins_shell_line_scans(world):
    """Without groovy: the step's own shell line."""
    lines = re.findall(r"script: '([^']*)'", (DEPLOY / "jenkins/vars/plimsoll.groovy").read_text())
    same(len(lines), 1)
    folder = world.workspace()
    code(world.call(["bash", "-e", "-c", lines[0]], folder, PLIMSOLL_CI_REPORTS="sarif=plimsoll.sarif"), 0)
    check_sarif(folder / "plimsoll.sarif")


# ---- CircleCI

def circle_runs(orb, command, given):
    """The run steps of a command, with its parameters put in."""
    parameters = {name: value.get("default", "") for name, value in orb["commands"][command]["parameters"].items()}
    parameters.update(given)
    for step in orb["commands"][command]["steps"]:
        if "run" in step:
            assert "<<" not in step["run"]["command"], "a parameter in shell text"
            yield step["run"]["command"], {
                name: re.sub(r"<<\s*parameters\.([a-z0-9-]+)\s*>>", lambda m: parameters[m.group(1)], value)
                for name, value in step["run"]["environment"].items()}


def the_circleci_orb_scans(world):
    orb = yaml_of(DEPLOY / "circleci/orb.yml")
    folder = world.workspace()
    for given, expected in (({}, 0), ({"fail-on": "high", "args": "--severity\nhigh"}, 1), ({"target": HOSTILE}, 2)):
        runs = [run for command in ("install", "scan") for run in circle_runs(orb, command, given)]
        same(len(runs), 2)
        codes = [world.call(["bash", "-eo", "pipefail", "-c", text], folder, **env).returncode for text, env in runs]
        same(codes, [0, expected], given)
    check_job(orb)
    same(sarif_rules(folder / "plimsoll-reports/plimsoll.sarif"), ["PLM-DOCKER-010"])


def check_job(orb):
    """The job hands on each parameter of the commands."""
    job = orb["jobs"]["scan"]
    for step in job["steps"]:
        if isinstance(step, dict):
            (command, given), = step.items()
            same(sorted(given), sorted(orb["commands"][command]["parameters"]), command)
            same([name for name in given if name not in job["parameters"]], [], command)


# ---- pre-commit

def hooks_repository(world):
    folder = world.folder / "hooks"
    (folder / "deploy/scripts").mkdir(parents=True)
    shutil.copy(ROOT / ".pre-commit-hooks.yaml", folder)
    shutil.copy(SCRIPT, folder / "deploy/scripts")
    return folder, committed(folder)


def committed(folder):
    run("git", "init", "-q", cwd=folder)
    run("git", "add", "-A", cwd=folder)
    run("git", "-c", "user.name=x", "-c", "user.email=x@x.invalid", "commit", "-q", "-m", "x", cwd=folder)
    return run("git", "rev-parse", "HEAD", cwd=folder).decode().strip()


def the_hooks_want_the_lockfiles_that_are_read(world):
    hook, = [hook for hook in yaml_of(ROOT / ".pre-commit-hooks.yaml") if hook["id"] == "plimsoll-lockfiles"]
    rows = re.findall(r"^\| [\w-]+ \| [^|]*lockfile[^|]* \| ([^|]*) \|$", (ROOT / "docs/inspectors.md").read_text(), re.M)
    names = [name.replace("*", "x") for row in rows for name in re.split(r", | and ", row)]
    assert len(names) > 20, names
    # Those of builds, not of commits.
    names = [name for name in names if not name.endswith(".deps.json") and "verification" not in name]
    same([name for name in names if not re.search(hook["files"], "a/" + name)], [])
    same([name for name in ("a.txt", "yarn.lock.old", "xpom.xml") if re.search(hook["files"], name)], [])


def pre_commit_runs_the_hooks(world):
    need("git")
    environment = world.folder / "venv"
    run(sys.executable, "-m", "venv", environment)
    done = subprocess.run([environment / "bin/pip", "install", "--quiet", "--disable-pip-version-check", "pre-commit==4.0.1"],
                          capture_output=True, text=True)
    if done.returncode:
        raise Skip("no pre-commit for us: " + done.stderr.strip()[-200:])
    hooks, revision = hooks_repository(world)
    folder = world.workspace()
    (folder / "notes.txt").write_text("USER root\n")
    (folder / ".pre-commit-config.yaml").write_text(json.dumps({"repos": [{"repo": str(hooks), "rev": revision, "hooks": [
        {"id": "plimsoll-config"}, {"id": "plimsoll-lockfiles", "args": ["--fail-on=medium"]}]}]}))
    committed(folder)

    def pre_commit(*words):
        done = world.call([environment / "bin/pre-commit", "run", *words], folder, HOME=world.folder,
                          PRE_COMMIT_HOME=world.folder / "pre-commit", GIT_CONFIG_NOSYSTEM="1")
        return done.returncode, re.findall(r"^plimsoll \((\w+).*?(Passed|Failed|Skipped)$", done.stdout, re.M), done.stdout

    status, hooks_said, text = pre_commit("--all-files")
    same((status, hooks_said), (1, [("Dockerfiles", "Failed"), ("lockfiles", "Failed")]), text)
    assert "image/Dockerfile:2" in text and "CVE-2020-11023" in text, text
    status, hooks_said, text = pre_commit("--files", "notes.txt")
    same((status, hooks_said), (0, [("Dockerfiles", "Skipped"), ("lockfiles", "Skipped")]), text)
    (folder / "image/Dockerfile").write_text("FROM debian:12\nUSER 1000\n")
    run("git", "add", "-A", cwd=folder)
    status, hooks_said, text = pre_commit()
    same((status, hooks_said), (0, [("Dockerfiles", "Passed"), ("lockfiles", "Skipped")]), text)


TESTS = [words_stay_words, a_target_is_no_option, named_files_are_scanned_alone,
         the_projects_own_rules_hold_for_named_files, a_compose_file_finds_what_it_leans_on,
         the_package_is_fetched_and_compared, the_github_action_scans, the_github_action_blocks_and_still_reports,
         the_gitlab_jobs_scan, the_gitlab_jobs_write_gitlabs_reports, the_gitlab_job_has_its_registrys_user,
         the_jenkins_step_scans, the_jenkins_shell_line_scans, the_circleci_orb_scans,
         the_hooks_want_the_lockfiles_that_are_read, pre_commit_runs_the_hooks]

if __name__ == "__main__":
    images.main(TESTS, World())
