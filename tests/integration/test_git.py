#!/usr/bin/env python3
"""Commits of git repositories as targets and as baselines; the repositories are made by git itself.

    test_git.py PLIMSOLL [TEST…]

Prints TAP. A commit must give what a folder with the same files gives. Hostile repositories are made of objects that
git writes when it is asked to, and of files put into the repository's folder.
"""

import hashlib
import json
import os
import pathlib
import random
import re
import shutil
import string
import subprocess
import sys
import tempfile
import time
import zlib

import images
from images import Scanner, Skip, lock, names, need, same

DOCKERFILE = "FROM debian:12\nUSER root\nRUN apt-get install curl\n"
COMPOSE = "services:\n  web:\n    extends: {file: more/common.conf, service: base}\n"
COMMON = "services:\n  base:\n    image: nginx:latest\n    privileged: true\n"


class Repository:
    def __init__(self, folder, *words):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True)
        self.git("init", "-q", "-b", "main", *words)

    def git(self, *words, text=None, **environ):
        env = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "GIT_CONFIG_NOSYSTEM": "1",
               "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@example.org", "GIT_COMMITTER_NAME": "a",
               "GIT_COMMITTER_EMAIL": "a@example.org", **environ}
        done = subprocess.run(["git", "-C", self.folder, *words], env=env, input=text, capture_output=True)
        assert done.returncode == 0, "git %s: %s" % (words, done.stderr)
        return done.stdout.decode().strip()

    def write(self, **files):
        for name, text in files.items():
            self.put(name, text)

    def put(self, name, text):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def commit(self, message="more"):
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", message)
        return self.git("rev-parse", "HEAD")

    def commit_tree(self, tree, branch):
        """A commit of any tree object."""
        commit = self.git("commit-tree", "-m", branch, tree)
        self.git("update-ref", "refs/heads/" + branch, commit)
        return commit

    def tree_of(self, *entries):
        """A tree object from (mode, name, id), however wrong its names are."""
        body = b"".join(b"%s %s\0%s" % (mode.encode(), name, bytes.fromhex(oid)) for mode, name, oid in entries)
        return self.put_object(b"tree", body)

    def put_object(self, kind, body):
        whole = b"%s %d\0%s" % (kind, len(body), body)
        oid = hashlib.sha1(whole).hexdigest()
        path = self.folder / ".git/objects" / oid[:2] / oid[2:]
        path.parent.mkdir(exist_ok=True)
        if not path.exists():
            path.write_bytes(zlib.compress(whole, 1))
        return oid


class World:
    def __init__(self):
        need("git")
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="plimsoll-git-test-"))
        self.scanner = Scanner(sys.argv[1], self.folder)
        self.count = 0

    def path(self, name):
        self.count += 1
        return self.folder / ("%d-%s" % (self.count, name))

    def shop(self, *words):
        """Two commits: v1, and main with one more finding."""
        shop = Repository(self.path("shop"), *words)
        shop.put("Dockerfile", DOCKERFILE)
        shop.put("compose.yaml", COMPOSE)
        shop.put("more/common.conf", COMMON)
        shop.put("app/package-lock.json", lock(("lodash", "4.17.20")))
        shop.put("app/.hg/package-lock.json", lock(("hidden", "1.0.0")))
        shutil.copy(shutil.which("true"), shop.folder / "app/tool")
        os.symlink("app/package-lock.json", shop.folder / "package-lock.json")
        shop.commit("one")
        shop.git("tag", "-a", "-m", "first", "v1")
        shop.put("app/Dockerfile", DOCKERFILE)
        shop.put("app/requirements.txt", "jinja2==2.11.2\n")
        shop.commit("two")
        return shop

    def findings(self, target, *options, code=0, **more):
        """(rule, place) of what is open."""
        done = self.scanner.run(target, *options, **more)
        same(done.returncode, code, done.stderr)
        return sorted((f["rule"], f["path"]) for f in json.loads(done.stdout)["findings"] if f["status"] == "open")

    def close(self):
        shutil.rmtree(self.folder)


def content(report):
    """In an order of its own: a folder has none."""
    return {k: sorted(json.dumps(thing, sort_keys=True) for thing in numbered_anew(report[k]))
            for k in ("packages", "findings", "problems")}


def numbered_anew(things):
    return [{k: v for k, v in thing.items() if k != "group"} for thing in things]


# ---- a commit as a target


def a_commit_is_its_folder(world):
    shop = world.shop()
    report = world.scanner.report("dir:%s" % shop.folder)
    same(names(report), ["jinja2 2.11.2", "lodash 4.17.20"])
    same({f["path"] for f in report["findings"] if f["kind"] == "configuration"},
         {"Dockerfile", "app/Dockerfile", "compose.yaml", "more/common.conf"})
    expected = content(report)
    same(content(world.scanner.report("git:%s" % shop.folder)), expected)
    shop.git("checkout", "-q", "v1")
    old = content(world.scanner.report("dir:%s" % shop.folder))
    assert old != expected
    for revision in ("v1", "HEAD", "main~1", "main^", shop.git("rev-parse", "v1^{}"), shop.git("rev-parse", "v1"),
                     shop.git("rev-parse", "--short", "v1^{}"), "refs/tags/v1"):
        same(content(world.scanner.report("git:%s@%s" % (shop.folder, revision))), old, revision)
    same(content(world.scanner.report("git:%s@main" % shop.folder)), expected)


def however_it_is_stored(world):
    shop = world.shop()
    expected = content(world.scanner.report("git:%s@main" % shop.folder))
    bare, packed, tree = world.path("bare"), world.path("packed"), world.path("tree")
    shop.git("clone", "-q", "--bare", shop.folder, bare)
    shop.git("clone", "-q", "--no-local", shop.folder, packed)
    shop.git("worktree", "add", "-q", "--detach", tree, "main")
    inside = shop.folder / "inside"
    shop.git("clone", "-q", "--separate-git-dir", world.path("apart"), shop.folder, inside)
    for place in (bare, packed, tree, inside):
        same(content(world.scanner.report("git:%s@HEAD" % place)), expected, place)
    shop.git("gc", "-q", "--aggressive", "--prune=now")
    same(content(world.scanner.report("git:%s" % shop.folder)), expected)


def a_folder_in_it(world):
    shop = world.shop()
    same(content(world.scanner.report("git:%s/app@main" % shop.folder)),
         content(world.scanner.report("dir:%s/app" % shop.folder)))
    (shop.folder / "new").mkdir()
    world.scanner.refuses("git:%s/new@main" % shop.folder, says=["new", "is not in main"])


def names_with_the_separator(world):
    shop = world.shop()
    shop.git("branch", "team@one")
    odd = world.path("a@b")
    shop.git("clone", "-q", shop.folder, odd)
    same(names(world.scanner.report("git:%s@team@one" % shop.folder)),
         names(world.scanner.report("git:%s" % odd)))
    same(names(world.scanner.report("git:%s@HEAD~1" % odd)), names(world.scanner.report("git:%s@v1" % shop.folder)))


def what_is_not_there(world):
    shop = world.shop()
    plain = world.path("plain")
    plain.mkdir()
    world.scanner.refuses("git:%s" % plain, says=[str(plain), "no git repository"])
    world.scanner.refuses("git:%s/nothing" % shop.folder, says=["there is no file or folder"])
    world.scanner.refuses("git:%s@mian" % shop.folder, says=["no revision 'mian'", "Did you mean main?"])
    world.scanner.refuses("git:%s@HEAD~9" % shop.folder, says=["no revision 'HEAD~9'"])
    world.scanner.refuses("git:%s@main:app" % shop.folder, says=["is no revision"])
    world.scanner.refuses("git:%s@%s" % (shop.folder, "0" * 40), says=["no revision"])
    clone = world.path("clone")
    shop.git("clone", "-q", shop.folder, clone)
    subprocess.run(["git", "-C", clone, "checkout", "-q", "-b", "topic"], check=True)
    subprocess.run(["git", "-C", clone, "branch", "-q", "-D", "main"], check=True, stdout=subprocess.DEVNULL)
    world.scanner.refuses("git:%s@main" % clone, says=["Did you mean origin/main?"])
    empty = Repository(world.path("empty"))
    world.scanner.refuses("git:%s" % empty.folder, says=["has no commit yet"])
    blob = shop.git("rev-parse", "main:Dockerfile")
    world.scanner.refuses("git:%s@%s" % (shop.folder, blob), says=[str(shop.folder)])


def clones_without_all(world):
    shop = world.shop()
    shallow = world.path("shallow")
    shop.git("clone", "-q", "--depth", "1", "file://%s" % shop.folder, shallow)
    same(content(world.scanner.report("git:%s" % shallow)), content(world.scanner.report("git:%s" % shop.folder)))
    world.scanner.refuses("git:%s@HEAD~1" % shallow, says=["shallow clone", "git fetch --unshallow"])
    lost = shop.git("rev-parse", "main:app/package-lock.json")
    (shop.folder / ".git/objects" / lost[:2] / lost[2:]).unlink()
    done = world.scanner.run("git:%s" % shop.folder)
    same(done.returncode, 3, done.stderr)
    problems = json.loads(done.stdout)["problems"]
    same([p["place"] for p in problems], ["app/package-lock.json"])
    assert "is not in this repository" in problems[0]["message"], problems


def sha256(world):
    shop = Repository(world.path("sha256"), "--object-format=sha256")
    shop.put("Dockerfile", DOCKERFILE)
    shop.commit()
    world.scanner.refuses("git:%s" % shop.folder, says=["SHA-256"])


# ---- --baseline


def only_what_is_new(world):
    shop = world.shop()
    everything = world.findings("dir:%s" % shop.folder)
    assert any(path == "Dockerfile" for _, path in everything)
    for target in ("dir:%s" % shop.folder, "git:%s@main" % shop.folder, "git:%s" % shop.folder):
        for base in ("v1", "git:v1", "HEAD~1"):
            new = world.findings(target, "--baseline", base, "--fail-on", "low", code=1)
            same({path for _, path in new} - {"app/Dockerfile", "app/requirements.txt"}, set(), target)
            same([f for f in everything if f[1] == "app/Dockerfile"], [f for f in new if f[1] == "app/Dockerfile"])
        same(world.findings(target, "--baseline", "main", "--fail-on", "low"), [])
    # As a report of the same commit would do.
    report = world.folder / "v1.json"
    report.write_text(json.dumps(json.loads(world.scanner.run("git:%s@v1" % shop.folder).stdout)))
    same(world.findings("dir:%s" % shop.folder, "--baseline", str(report)),
         world.findings("dir:%s" % shop.folder, "--baseline", "v1"))


def the_working_tree_counts(world):
    shop = world.shop()
    shop.put("late/Dockerfile", DOCKERFILE)
    new = world.findings("dir:%s" % shop.folder, "--baseline", "HEAD", "--fail-on", "low", code=1)
    same({path for _, path in new}, {"late/Dockerfile"})
    # The base is asked for the scanned folder alone; one that was not there yet is new as a whole.
    same(world.findings("dir:%s/app" % shop.folder, "--baseline", "HEAD"), [])
    same(world.findings("dir:%s/late" % shop.folder, "--baseline", "HEAD"),
         world.findings("dir:%s/late" % shop.folder))


def what_was_set_aside_then(world):
    """A comment that is gone: what it set aside was not known before."""
    shop = Repository(world.path("comment"))
    shop.put("Dockerfile", "FROM debian:12\n# plimsoll:ignore PLM-DOCKER-010 reason=\"a builder\"\nUSER root\n")
    shop.commit()
    shop.put("Dockerfile", "FROM debian:12\n\nUSER root\n")
    ids = [rule for rule, _ in world.findings("dir:%s" % shop.folder, "--baseline", "HEAD")]
    same(ids, ["PLM-DOCKER-010"])


def nothing_is_kept_of_the_base(world):
    shop, store = world.shop(), world.folder / "runs.db"
    world.findings("dir:%s" % shop.folder, "--baseline", "v1", "--store", str(store))
    world.scanner.refuses("dir:%s" % shop.folder, "--store", str(store), "--baseline", "run:2", says=["run 2"])


def baselines_that_are_none(world):
    shop = world.shop()
    plain = world.path("plain")
    plain.mkdir()
    target = "dir:%s" % shop.folder
    world.scanner.refuses(target, "--baseline", "old.json", says=["no such file", "no revision 'old.json'"])
    world.scanner.refuses(target, "--baseline", "git:v2", says=["no revision 'v2'", "Did you mean v1?"])
    world.scanner.refuses(target, "--baseline", "git:", says=["names no revision"])
    world.scanner.refuses("dir:%s" % plain, "--baseline", "main", says=["no git repository"])
    archive = world.folder / "x.tar"
    archive.write_bytes(b"")
    world.scanner.refuses("docker-archive:%s" % archive, "--baseline", "main", says=["only folders"])


# ---- hostile repositories


def nothing_is_run(world):
    shop = world.shop()
    expected = content(world.scanner.report("git:%s" % shop.folder))
    mark = world.folder / "mark"
    program = world.folder / "program"
    program.write_text("#!/bin/sh\ntouch %s\n" % mark)
    program.chmod(0o755)
    for hook in ("post-checkout", "pre-commit", "reference-transaction", "fsmonitor-watchman"):
        shutil.copy(program, shop.folder / ".git/hooks" / hook)
    for key in ("core.fsmonitor", "core.pager", "core.sshCommand", "core.editor", "filter.x.smudge",
                "filter.x.process", "diff.external", "credential.helper", "core.gitProxy", "gpg.program"):
        shop.git("config", key, str(program))
    shop.git("config", "core.worktree", "/etc")
    shop.git("config", "include.path", "/etc/passwd")
    (shop.folder / ".git/info").mkdir(exist_ok=True)
    (shop.folder / ".git/info/attributes").write_text("* filter=x diff=x export-subst\n")
    same(content(world.scanner.report("git:%s" % shop.folder)), expected)
    assert not mark.exists()
    (shop.folder / ".git/config").write_bytes(b"[core\n\0\xff = = [[[\n")
    same(content(world.scanner.report("git:%s" % shop.folder)), expected)


def somebody_elses(world):
    if os.geteuid() != 0:
        raise Skip("only root can make one")
    shop = world.shop()
    expected = content(world.scanner.report("git:%s" % shop.folder))
    for path in [shop.folder, *shop.folder.rglob("*")]:
        os.chown(path, 12345, 12345, follow_symlinks=False)
    same(content(world.scanner.report("git:%s" % shop.folder)), expected)


def objects_of_another_repository(world):
    """Borrowing leads out of the repository's folder, where nothing is read."""
    shop = world.shop()
    thief = Repository(world.path("thief"))
    (thief.folder / ".git/objects/info/alternates").write_text("%s/.git/objects\n" % shop.folder)
    thief.git("update-ref", "refs/heads/main", shop.git("rev-parse", "main"))
    world.scanner.refuses("git:%s@main" % thief.folder, says=[str(thief.folder)])
    link = Repository(world.path("link"))
    shutil.rmtree(link.folder / ".git/objects")
    (link.folder / ".git/objects").symlink_to(shop.folder / ".git/objects")
    link.git("update-ref", "refs/heads/main", shop.git("rev-parse", "main"))
    world.scanner.refuses("git:%s@main" % link.folder, says=[str(link.folder)])


def names_that_no_folder_has(world):
    shop = world.shop()
    blob = shop.git("rev-parse", "main:Dockerfile")
    bad = [b"..", b".", b".git", b".GIT", b"a/../../Dockerfile", b"/etc/Dockerfile"]
    tree = shop.tree_of(("100644", b"Dockerfile", blob), *(("100644", name, blob) for name in bad))
    inner = shop.tree_of(("100644", b"Dockerfile", blob))
    above = shop.tree_of(("40000", b"..", inner), ("40000", b"fine", inner), ("160000", b"module", blob),
                         ("120000", b"compose.yaml", blob))
    shop.commit_tree(tree, "files")
    shop.commit_tree(above, "folders")
    for branch, good in (("files", {"Dockerfile"}), ("folders", {"fine/Dockerfile"})):
        done = world.scanner.run("git:%s@%s" % (shop.folder, branch))
        same(done.returncode, 3, done.stderr)
        report = json.loads(done.stdout)
        same({f["path"] for f in report["findings"]}, good)
        assert all("no working tree can have" in p["message"] for p in report["problems"]), report["problems"]


def a_tree_of_trees(world):
    """A few hundred bytes that claim more files than there are atoms."""
    shop = world.shop()
    blob = shop.git("rev-parse", "main:Dockerfile")
    tree = shop.tree_of(*(("100644", b"f%02d" % i, blob) for i in range(30)))
    for _ in range(20):
        tree = shop.tree_of(*(("40000", b"d%02d" % i, tree) for i in range(30)))
    shop.commit_tree(tree, "bomb")
    began = time.monotonic()
    done = world.scanner.run("git:%s@bomb" % shop.folder)
    same(done.returncode, 3, done.stderr)
    problems = json.loads(done.stdout)["problems"]
    assert any("more than a million" in p["message"] for p in problems), problems
    assert time.monotonic() - began < 120
    deep = shop.tree_of(("100644", b"Dockerfile", blob))
    for _ in range(300):
        deep = shop.tree_of(("40000", b"d", deep))
    shop.commit_tree(deep, "deep")
    done = world.scanner.run("git:%s@deep" % shop.folder)
    same(done.returncode, 3, done.stderr)
    assert "256 folders deep" in done.stdout


def large_and_broken_objects(world):
    shop = world.shop()
    blob = shop.git("rev-parse", "main:Dockerfile")
    large = shop.put_object(b"blob", bytes(300 << 20))
    lying = shop.put_object(b"blob", b"FROM debian\nUSER root\n")
    path = shop.folder / ".git/objects" / lying[:2] / lying[2:]
    path.write_bytes(zlib.compress(b"blob 99999999999\0short"))
    torn = shop.put_object(b"blob", b"FROM debian:13\nUSER root\n")
    path = shop.folder / ".git/objects" / torn[:2] / torn[2:]
    path.write_bytes(path.read_bytes()[:12])
    swapped = shop.put_object(b"blob", b"FROM debian:14\nUSER root\n")
    path = shop.folder / ".git/objects" / swapped[:2] / swapped[2:]
    path.write_bytes(zlib.compress(b"blob 5\0hello"))
    tree = shop.tree_of(("100644", b"Dockerfile", blob), ("100644", b"large.Dockerfile", large),
                        ("100644", b"lying.Dockerfile", lying), ("40000", b"no-tree", blob),
                        ("100644", b"swapped.Dockerfile", swapped), ("100644", b"torn.Dockerfile", torn))
    shop.commit_tree(tree, "broken")
    done = world.scanner.run("git:%s@broken" % shop.folder)
    same(done.returncode, 3, done.stderr)
    report = json.loads(done.stdout)
    same({f["path"] for f in report["findings"]}, {"Dockerfile"})
    same(sorted(p["place"] for p in report["problems"]),
         ["large.Dockerfile", "lying.Dockerfile", "no-tree", "swapped.Dockerfile", "torn.Dockerfile"])
    for name, text in (("HEAD", b"ref: refs/heads/main\n\0" * 1000), ("packed-refs", b"\0\xff garbage " * 100)):
        (shop.folder / ".git" / name).write_bytes(text)
        done = world.scanner.run("git:%s@broken" % shop.folder)
        assert done.returncode in (0, 2, 3), done.stderr


# ---- secrets of the history


ALNUM = string.digits + string.ascii_uppercase + string.ascii_lowercase


def token(seed):
    """As GitHub makes them: thirty letters and their checksum."""
    dice = random.Random(seed)
    body = "".join(dice.choice(ALNUM) for _ in range(30))
    n, digits = zlib.crc32(body.encode()), ""
    while n:
        n, rest = divmod(n, 62)
        digits = ALNUM[rest] + digits
    return "gh" + "p_" + body + digits.rjust(6, "0")


class Story:
    """A repository in which each commit is a day after the one before."""

    def __init__(self, world):
        self.repository = Repository(world.path("story"))
        self.git = self.repository.git
        self.day = 0

    def commit(self, author="Ann", **files):
        for name, text in files.items():
            name = name.replace("_py", ".py")
            if text is None:
                self.git("rm", "-q", name)
            else:
                self.repository.put(name, text)
        self.git("add", "-A")
        return self.dated("commit", "-q", "--allow-empty", "-m", "x", author=author)

    def dated(self, *words, author="Ann"):
        self.day += 1
        when = "2026-01-%02dT12:00:00Z" % self.day
        self.git(*words, GIT_AUTHOR_NAME=author, GIT_AUTHOR_DATE=when, GIT_COMMITTER_DATE=when)
        return self.git("rev-parse", "HEAD")

    def log(self, path, value):
        """Commits of all refs that change how often the value is in the file, oldest first."""
        return self.git("log", "--all", "--date-order", "--reverse", "--format=%H", "-S", value, "--", path).split()

    def expected(self, *places):
        """By git log and git ls-tree: (path, since, removed, is in head)."""
        out = set()
        in_head = set(re.findall(r"blob (\w+)", self.git("ls-tree", "-r", "HEAD")))
        for path, value in places:
            commits = self.log(path, value)
            blobs = {self.git("rev-parse", "%s:%s" % (commit, path)) for commit in commits
                     if path in self.git("ls-tree", "-r", "--name-only", commit).split("\n")}
            is_in_head = bool(blobs & in_head)
            is_gone = len(commits) % 2 == 0
            out.add((path, commits[0], commits[-1] if is_gone and not is_in_head else None, is_in_head))
        return out


def history_of(world, target, *options, code=0):
    done = world.scanner.run(target, "--history", *options)
    same(done.returncode, code, done.stderr)
    found = [f for f in json.loads(done.stdout)["findings"] if f["kind"] == "secret"]
    return found, done


def told(findings):
    out = set()
    for f in findings:
        history = f["secret"]["history"]
        out.add((f["path"], history["since"]["commit"], (history["removed"] or {}).get("commit"), history["is_in_head"]))
    return out


def secrets_of_the_history(world):
    story = Story(world)
    stays, goes, back, moves, orphan, side, tagged = (token(i) for i in range(7))
    line = "token = '%s'\n"
    story.commit(stays_py=line % stays, goes_py="# one\n" + line % goes)
    story.commit(back_py=line % back, moves_py=line % moves)
    story.commit(goes_py="# two\n\n" + line % goes, author="Bo\x1b[31m")
    story.commit(goes_py=None)
    story.commit(back_py=None)
    story.git("checkout", "-q", "-b", "side", "HEAD~1")
    story.commit(side_py=line % side)
    story.git("checkout", "-q", "main")
    story.commit(other_py="x = 1\n")
    story.dated("merge", "-q", "--no-edit", "side")
    story.commit(back_py=line % back)
    story.commit(tagged_py=line % tagged)
    story.git("tag", "-a", "-m", "x", "v1")
    story.git("reset", "-q", "--hard", "HEAD~1")
    story.git("checkout", "-q", "--orphan", "alone")
    story.git("rm", "-rfq", ".")
    story.commit(orphan_py=line % orphan)
    story.git("checkout", "-q", "main")
    expected = story.expected(("stays.py", stays), ("goes.py", goes), ("back.py", back), ("moves.py", moves),
                              ("orphan.py", orphan), ("side.py", side), ("tagged.py", tagged))
    same({(path, is_in_head) for path, _, _, is_in_head in expected},
         {("stays.py", True), ("goes.py", False), ("back.py", True), ("moves.py", True), ("orphan.py", False),
          ("side.py", True), ("tagged.py", False)})
    found, done = history_of(world, "git:%s" % story.repository.folder)
    same(told(found), expected)
    assert not any(value in done.stdout for value in (stays, goes, back, moves, orphan, side, tagged))
    goes_one = [f for f in found if f["path"] == "goes.py"][0]
    same(goes_one["secret"]["history"]["since"]["author"], "Ann")
    same(goes_one["secret"]["history"]["since"]["date"], "2026-01-01T12:00:00Z")
    assert "\x1b" not in done.stdout
    for how in ("gc", "repack"):
        story.git("gc", "-q") if how == "gc" else story.git("repack", "-adq")
        same(told(history_of(world, "git:%s" % story.repository.folder)[0]), expected, how)
    # Without it, the head's alone.
    done = world.scanner.run("git:%s" % story.repository.folder)
    same({f["path"] for f in json.loads(done.stdout)["findings"]}, {"stays.py", "back.py", "moves.py", "side.py"})


def a_renamed_secret(world):
    story = Story(world)
    first = story.commit(a_py="token = '%s'\n" % token(1))
    story.git("mv", "a.py", "b.py")
    story.commit()
    found, _ = history_of(world, "git:%s" % story.repository.folder)
    same(told(found), {("b.py", first, None, True)})


def ranges_of_the_history(world):
    story = Story(world)
    story.commit(a_py="token = '%s'\n" % token(1))
    story.git("tag", "v1")
    story.commit(b_py="token = '%s'\n" % token(2))
    story.commit(a_py=None, b_py=None)
    place = "git:%s" % story.repository.folder
    same({f["path"] for f in history_of(world, place)[0]}, {"a.py", "b.py"})
    same({f["path"] for f in history_of(world, place, "--history-range", "v1..main")[0]}, {"b.py"})
    same({f["path"] for f in history_of(world, place, "--history-range", "v1")[0]}, {"a.py"})
    for range_, words in (("nothing..main", "no such range"), ("v1...main", "no range"), ("x:y", "no range")):
        done = world.scanner.run(place, "--history-range", range_)
        same(done.returncode, 2, range_)
        assert words in done.stderr, done.stderr
    done = world.scanner.run("dir:%s" % story.repository.folder, "--history")
    same(done.returncode, 2)
    # What the base's history has is not new.
    same(history_of(world, place, "--baseline", "v1")[0] and
         {f["path"] for f in history_of(world, place, "--baseline", "v1")[0] if f["status"] == "open"}, {"b.py"})


def the_history_of_a_folder(world):
    story = Story(world)
    story.repository.put("app/x.py", "token = '%s'\n" % token(1))
    story.repository.put("lib/y.py", "token = '%s'\n" % token(2))
    first = story.commit()
    story.git("rm", "-rq", "app")
    story.repository.put("app/z.txt", "x")
    gone = story.commit()
    found, _ = history_of(world, "git:%s/app" % story.repository.folder)
    same(told(found), {("x.py", first, gone, False)})


def shallow_histories(world):
    story = Story(world)
    story.commit(a_py="token = '%s'\n" % token(1))
    story.commit(a_py=None)
    story.commit(b_py="token = '%s'\n" % token(2))
    shallow = world.path("shallow")
    story.git("clone", "-q", "--depth", "1", "file://%s" % story.repository.folder, shallow)
    found, done = history_of(world, "git:%s" % shallow, code=3)
    same({f["path"] for f in found}, {"b.py"})
    assert "shallow clone" in done.stdout and "--unshallow" in done.stdout


def hostile_histories(world):
    """Trees of trees, of which every commit is another; a missing tree; a name that no folder has."""
    story = Story(world)
    shop = story.repository
    secret = shop.put_object(b"blob", b"token = '%s'\n" % token(1).encode())
    other = shop.put_object(b"blob", b"x = 1\n")
    for round_ in range(3):
        tree = shop.tree_of(*(("100644", b"f%02d%d" % (i, round_), other) for i in range(30)),
                            ("100644", b"s.py", secret))
        for _ in range(20):
            tree = shop.tree_of(*(("40000", b"d%02d" % i, tree) for i in range(30)))
        shop.commit_tree(tree, "bomb%d" % round_)
    shop.commit_tree(shop.tree_of(("40000", b"gone", "12" * 20), ("100644", b"a.py", other)), "gap")
    story.commit(b_py="x = 1\n")
    began = time.monotonic()
    found, done = history_of(world, "git:%s" % shop.folder, code=3)
    assert time.monotonic() - began < 20
    same(len(found), 1)
    assert found[0]["path"].endswith("/s.py")
    assert "not in this repository" in done.stdout


TESTS = [a_commit_is_its_folder, however_it_is_stored, a_folder_in_it, names_with_the_separator, what_is_not_there,
         clones_without_all, sha256, only_what_is_new, the_working_tree_counts, what_was_set_aside_then,
         nothing_is_kept_of_the_base, baselines_that_are_none, nothing_is_run, somebody_elses,
         objects_of_another_repository, names_that_no_folder_has, a_tree_of_trees, large_and_broken_objects,
         secrets_of_the_history, a_renamed_secret, ranges_of_the_history, the_history_of_a_folder, shallow_histories,
         hostile_histories]

if __name__ == "__main__":
    images.main(TESTS, World())
