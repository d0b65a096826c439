#!/usr/bin/env python3
"""Secrets of a large source tree and of its git history, side by side with gitleaks. Usage:

    bench/secrets_history.py [--build FOLDER] [--gitleaks PROGRAM] [--source FOLDER] [--shapes TSV] [--megabytes N]
                             [--edits N] [--keep FOLDER]

A repository is made by git fast-import from real sources (default: those of Go's own library): its files come in forty
commits, then each further commit changes ten of them. Into some files a secret is put, one each, half of which a later
commit takes out again. Their values are made here: by the forms of bench/secrets.py, and by published token shapes (a
table with the columns tool, rule_id, keywords, token_shape), which is no list of ours. A tool is judged by file: one
with a secret in it that is named counts as found, any other as a false alarm.

Without --gitleaks, it is installed by `go install` into a temporary folder; where that can't be, it is skipped."""

import argparse
import csv
import json
import os
import random
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time

import secrets as forms  # this folder's

IMPORTS, CHANGED = 40, 10


def install_gitleaks(work):
    env = dict(os.environ, GOBIN=work, GOFLAGS="-p=1")
    try:
        subprocess.run(["go", "install", "github.com/zricethezav/gitleaks/v8@latest"], env=env, check=True,
                       capture_output=True, timeout=900)
    except (OSError, subprocess.SubprocessError) as why:
        print("gitleaks can't be installed, so there is nothing beside ours: %s" % why)
        return None
    return os.path.join(work, "gitleaks")


# ---- what is planted


def alphabet(text):
    out = []
    span = r"([0-9A-Za-z])-([0-9A-Za-z])"  # "+-/" is three letters
    for first, last in re.findall(span, text):
        out += [chr(c) for c in range(ord(first), ord(last) + 1)]
    return "".join(sorted(set(out) | set(re.sub(span, "", text)))) or None


def of_shape(shape):
    """A value with letters of its own in front, or None: of others the form is not enough to make one."""
    field = dict(part.split("=", 1) for part in shape.split(";") if "=" in part)
    letters = re.fullmatch(r"\[(.+)\]", field.get("alphabet", ""))
    length = re.match(r"(\d+)", field.get("length", ""))
    prefix = field.get("prefix", "")
    if not letters or not length or not re.fullmatch(r"[A-Za-z0-9_-]{2,12}", prefix) or "infix" in field:
        return None
    letters = alphabet(letters.group(1))
    if letters and letters.lower().strip("0123456789") == "abcdefabcdef":
        letters = forms.HEX  # rules take either case, services write one
    n = int(length.group(1))
    if re.fullmatch(r"(gh[opusr]|npm)_", prefix) and n == 36:
        return forms.checked(prefix)  # of which the last six are a checksum of the others
    return prefix + forms.some(letters, n) if letters and 12 <= n <= 200 else None


def planted(path):
    """(kind, line) of values."""
    for name, text in forms.real():
        if isinstance(text, str) and text.count("\n") == 1 and len(text) < 400:
            yield "ours:" + name, text
    if not path or not os.path.exists(path):
        print("no table of token shapes: only the forms of bench/secrets.py are planted")
        return
    with open(path, newline="") as f:
        for row in csv.DictReader(f, delimiter="\t"):
            value = of_shape(row["token_shape"])
            if value:
                word = (row["keywords"] or row["provider"] or "service").split(",")[0]
                word = re.sub(r"\W", "_", word).strip("_") or "service"
                yield "%s:%s" % (row["tool"], row["rule_id"]), '%s_key = "%s"\n' % (word, value)


# ---- the repository


def sources(folder, most):
    total, out = 0, {}
    for at, folders, files in os.walk(folder):
        folders.sort()
        for name in sorted(files):
            path = os.path.join(at, name)
            if os.path.islink(path) or not os.path.isfile(path):
                continue
            with open(path, "rb") as f:
                data = f.read()
            out[os.path.relpath(path, folder)] = data
            total += len(data)
            if total > most:
                return out
    return out


class Import:
    def __init__(self, folder):
        subprocess.run(["git", "init", "-q", "-b", "main", folder], check=True)
        self.git = subprocess.Popen(["git", "-C", folder, "fast-import", "--quiet"], stdin=subprocess.PIPE)
        self.n = 0

    def commit(self, files):
        self.n += 1
        out = self.git.stdin
        out.write(b"commit refs/heads/main\ncommitter A <a@example.org> %d +0000\ndata 1\nx\n" % (1700000000 + self.n * 3600))
        for path, data in files.items():
            out.write(b"M 100644 inline %s\ndata %d\n%s\n" % (json.dumps(path).encode() if '"' in path else path.encode(), len(data), data))

    def end(self, folder):
        self.git.stdin.close()
        assert self.git.wait() == 0
        subprocess.run(["git", "-C", folder, "gc", "-q"], check=True)
        subprocess.run(["git", "-C", folder, "checkout", "-q", "main"], check=True)


def insert(data, line):
    lines = data.split(b"\n")
    lines.insert(random.randrange(len(lines)), line)
    return b"\n".join(lines)


def make(folder, files, plants, edits):
    """Returns path → kind of what was planted."""
    names = sorted(files)
    texts = [n for n in names if b"\0" not in files[n][:4096] and not re.search(r"(^|/)(test|testdata|vendor|node_modules|doc)", n)]
    places = dict(zip(random.sample(texts, len(plants)), plants))
    coming = sorted(places)
    random.shuffle(coming)
    history, put_in, taken_out = Import(folder), {}, []
    for i in range(IMPORTS):
        history.commit({n: files[n] for n in names[i::IMPORTS]})
    for i in range(edits):
        change = {}
        for n in random.sample(texts, CHANGED):
            if n not in put_in and n not in places:
                files[n] = insert(files[n], b"// change %d" % i)
                change[n] = files[n]
        while coming and len(put_in) < len(places) * (i + 1) * 2 / edits:
            n = coming.pop()
            put_in[n] = files[n]
            change[n] = insert(files[n], places[n][1].rstrip("\n").encode())
            if len(put_in) % 2:
                taken_out.append((i + 5, n))
        for when, n in taken_out:
            if when == i:
                change[n] = put_in[n]
        if change:
            history.commit(change)
    history.end(folder)
    return {n: places[n][0] for n in put_in}


# ---- the tools


def timed(command, env=None):
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    done = subprocess.run(command, capture_output=True, env=env)
    seconds, after = time.monotonic() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    return done, seconds, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def plimsoll(program, target, env, *options):
    done, seconds, cpu = timed([program, "scan", target, *options, "-f", "json", "--no-cache"], env)
    if done.returncode not in (0, 3):
        sys.exit(done.stderr.decode())
    return [(f["path"], f["rule"]) for f in json.loads(done.stdout)["findings"] if f["kind"] == "secret"], seconds, cpu


def gitleaks(program, how, folder, work):
    report = os.path.join(work, "gitleaks.json")
    done, seconds, cpu = timed([program, how, folder, "-r", report, "--exit-code", "0", "--no-banner", "-l", "error"])
    with open(report) as f:
        found = json.load(f)
    if done.returncode:
        sys.exit(done.stderr.decode())
    return [(os.path.relpath(x["File"], folder) if os.path.isabs(x["File"]) else x["File"], x["RuleID"])
            for x in found], seconds, cpu


def judge(name, result, plants):
    found, seconds, cpu = result
    paths = {path for path, _ in found}
    alarms = [(path, rule) for path, rule in found if path not in plants]
    by_list = {}
    for path, kind in plants.items():
        hits = by_list.setdefault(kind.split(":")[0], [0, 0])
        hits[0] += path in paths
        hits[1] += 1
    print("  %-9s %6.1f s (%.1f s of processors); found %s; false alarms: %d in %d files" % (
        name, seconds, cpu, ", ".join("%d of %d %s" % (*hits, which) for which, hits in sorted(by_list.items())),
        len(alarms), len({path for path, _ in alarms})))
    counts = {}
    for _, rule in alarms:
        counts[rule] = counts.get(rule, 0) + 1
    for rule, n in sorted(counts.items(), key=lambda x: -x[1])[:8]:
        print("            %4d %s, as in %s" % (n, rule, next(p for p, r in alarms if r == rule)))
    return paths


def one_long_line(program, work, env):
    """A line of 100 MB against the same bytes in lines of 80."""
    seconds = {}
    body = "".join(random.choice("abcdefghijklmnopqrstuvwxyz0123456789 ,;=()") for _ in range(1 << 20))
    for name, text in (("line", body * 100), ("lines", "\n".join(body[i:i + 80] for i in range(0, len(body), 80)) * 100)):
        folder = os.path.join(work, name)
        os.mkdir(folder)
        with open(os.path.join(folder, "a.txt"), "w") as f:
            f.write(text)
        seconds[name] = min(plimsoll(program, folder, env)[1] for _ in range(3))
    print("one line of 100 MB: %.2f s; in lines of 80: %.2f s; ratio %.2f" % (
        seconds["line"], seconds["lines"], seconds["line"] / seconds["lines"]))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", default="build")
    parser.add_argument("--gitleaks", default=shutil.which("gitleaks"))
    parser.add_argument("--source")
    parser.add_argument("--shapes", default=os.path.join(os.environ.get("PLIMSOLL_SHARED", "../shared"), "coverage/secret_rules.tsv"))
    parser.add_argument("--megabytes", type=int, default=150)
    parser.add_argument("--edits", type=int, default=600)
    parser.add_argument("--keep", help="leave the repository here")
    options = parser.parse_args()
    random.seed(7)
    source = options.source or subprocess.run(["go", "env", "GOROOT"], capture_output=True, text=True, check=True).stdout.strip() + "/src"
    with tempfile.TemporaryDirectory() as work:
        program = os.path.join(options.build, "plimsoll")
        env = dict(os.environ, PLIMSOLL_STATE=os.path.join(work, "state"))
        other = options.gitleaks or install_gitleaks(work)
        one_long_line(program, work, env)
        folder = options.keep or os.path.join(work, "repository")
        files = sources(source, options.megabytes * 1000000)
        plants = make(folder, files, list(planted(options.shapes)), options.edits)
        print("%d files of %s, %.0f MB; %d commits; %d planted" % (
            len(files), options.source or "Go's own library", sum(map(len, files.values())) / 1e6, IMPORTS + options.edits, len(plants)))
        ours, theirs = {}, {}
        for title, target, words, how in (("history", "git:" + folder, ["--history"], "git"), ("tree", folder, [], "dir")):
            print(title + ":")
            result = plimsoll(program, target, env, *words)
            ours[title] = judge("plimsoll", result, plants)
            if other:
                their = gitleaks(other, how, folder, work)
                theirs[title] = judge("gitleaks", their, plants)
                print("  ratio     %.1f" % (their[1] / result[1]))
        missed = sorted(plants[p] for p in plants if p not in ours["history"])
        print("missed by plimsoll: %s" % (" ".join(missed) or "nothing"))
        if other:
            print("missed by gitleaks: %s" % (" ".join(sorted(plants[p] for p in plants if p not in theirs["history"])) or "nothing"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
