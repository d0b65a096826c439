"""Dockerfiles read by our reader and by BuildKit's own parser; shell words by ours, by bash and by Python's shlex.

    test_dockerfile.py DOCUMENT_JSON

Without go, or where its modules can't be had, BuildKit's cases are skipped.
"""
import glob
import json
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import unittest

DOCUMENT_JSON = sys.argv.pop(1)
HERE = pathlib.Path(__file__).parent
MODULE = "github.com/moby/buildkit@v0.34.2"

OWN = {
    "continuations": "FROM a\nRUN one \\\n  # no\n\n  two \\  \n three\nRUN x\\\\\nRUN y \\\n",
    "heredocs": "FROM a\nRUN <<EOF cat && <<-'B' tac\n1\nEOF\n\t2\n\tB\nCOPY <<x /y\nhi\nx\nRUN cat 3<< \"Q W\" \nq\nQ W\n"
                "RUN [\"<<E\"]\nENV A=<<E\nRUN a<<E\nRUN cat <<<x\n",
    "escape": "#escape=`\nFROM a\nRUN x `\n y\nCOPY a\\b `\n c\nRUN z``\nENV A=`\"b c=d\n",
    "flags": "FROM --platform=x a\nRUN --mount='type=bind,x=\"y\"' --network=none -- --foo x\nCOPY --chown=\"a b\" --link c d\n"
             "HEALTHCHECK --interval=1s --retries=2 CMD x y\nADD --a\\ b=c d e\nHEALTHCHECK NONE\nRUN --\nRUN  --x=1\n",
    "pairs": "FROM a\nENV a b  c\nENV a=1 b='x y' c=\"d'e\" f=g\\ h i=\nLABEL a=b \"c d\"=\"e\"\nARG x\nARG y=1 z=\"2 3\"\nenv\ta\tb\n",
    "json": "FROM a\nCMD [\"a\", \"b\\n\\u00e9\\\"\"]\nCMD ['a']\nCMD [ ]\nCMD [1]\nCMD [\"a\",]\nVOLUME [\"a\"]\nCOPY [\"a b\",\"c\"]\nRUN [\"x\"] y\n",
    "directives": "# syntax=x\n#  escape = ` \n# check=skip=all\nFROM a\n# escape=\\\nRUN b `\n c\n",
    "late_directive": "# hello\n# escape=`\nFROM a\nRUN b \\\n c\n",
    "unknown_directive": "# foo=bar\n# escape=`\nFROM a\nRUN b \\\n c\n",
    "crlf": "FROM a\r\nRUN b \\\r\n  c\r\n\r\nCOPY <<E /x\r\nhi\r\nE\r\nUSER x\r\n",
    "onbuild": "FROM a\nONBUILD RUN [\"a\"]\nonbuild copy <<E /x\nhi\nE\nONBUILD ENV a=b\n",
    "mark": "\ufeffFROM a\nEXPOSE 80 81/udp\n  USER  a:b  \nSTOPSIGNAL 9\nSHELL [\"a\"]\nMAINTAINER  x  y\n",
}

WORDS = r"""
hello
he'll'o
he\'llo
abc\tdef
"abc\tdef"
'abc\tdef'
a"b'c"d
"a\"b\$c\\d"
$HOME
${HOME}x
$HOMEx-$NOPE.
"${HOME}"
'$HOME'
\$HOME
a$
${NOPE:-d e}
${NOPE-d}
${EMPTY-d}
${EMPTY:-d}
${HOME:-d}
${NOPE:+d}
${HOME:+d}
${EMPTY:+d}
${EMPTY+d}
${NOPE:-${HOME}/x}
${NOPE:-"a}b"}
${HOME:?no}
${DOTS#*.}
${DOTS##*.}
${DOTS%.*}
${DOTS%%.*}
${DOTS#x}
${DOTS#a?b}
${DOTS/./-}
${DOTS//./-}
${DOTS//b/}
${DOTS/?b/x}
${HOME/\//_}
$1x
${NOPE#a}
""".strip("\n").split("\n")


def read(kind, text):
    with tempfile.NamedTemporaryFile() as file:
        file.write(text if isinstance(text, bytes) else text.encode())
        file.flush()
        done = subprocess.run([DOCUMENT_JSON, kind, file.name], capture_output=True, text=True, timeout=120)
    if done.returncode or done.stderr:
        raise AssertionError(f"exit {done.returncode}: {done.stderr}")
    return json.loads(done.stdout)


def flags_of(instruction):
    """The flags in the order of their names, as BuildKit gives them in the order of the text."""
    made = []
    for name, value in instruction["flags"].items():
        for one in value if isinstance(value, list) else [value]:
            made.append(f"--{name}" if one is True else f"--{name}={one}")
    return sorted(made)


class BuildKit(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        if not shutil.which("go"):
            raise unittest.SkipTest("no go")
        cls.temporary = tempfile.TemporaryDirectory()
        cls.folder = pathlib.Path(cls.temporary.name)
        shutil.copy(HERE / "dockerfile_oracle.go", cls.folder / "main.go")
        (cls.folder / "go.mod").write_text("module oracle\n\ngo 1.24\n")
        for command in (["go", "get", *(f"{MODULE.replace('@', f'/frontend/dockerfile/{part}@')}" for part in ("parser", "shell"))],
                        ["go", "build", "-mod=mod", "-o", "oracle", "."]):
            done = subprocess.run(command, cwd=cls.folder, capture_output=True, text=True, timeout=600)
            if done.returncode:
                cls.temporary.cleanup()
                raise unittest.SkipTest(f"go can't build BuildKit's parser: {done.stderr.strip()[-200:]}")

    @classmethod
    def tearDownClass(cls):
        cls.temporary.cleanup()

    def oracle(self, *args):
        done = subprocess.run([self.folder / "oracle", *args], capture_output=True, text=True, timeout=120, check=True)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def compare(self, name, path, theirs):
        ours = read("dockerfile", pathlib.Path(path).read_bytes())
        instructions = ours["root"]["instructions"]
        self.assertEqual([n["Cmd"] for n in theirs], [i["keyword"] for i in instructions], name)
        for node, mine, lines in zip(theirs, instructions, ours["lines"]):
            where = f"{name}: {mine['keyword']} in line {lines[0]}"
            self.assertEqual(node["Start"], lines[0], where)
            self.assertEqual(sorted(node["Flags"] or []), flags_of(mine), where)
            args = node["Args"] or []
            kind = mine["instruction"]
            if kind in ("RUN", "CMD", "ENTRYPOINT"):
                self.assertEqual(node["JSON"], mine["form"] == "exec", where)
                self.assertEqual(args, mine["args"] if mine["text"] else [], where)
            elif kind in ("MAINTAINER", "STOPSIGNAL", "USER", "WORKDIR"):
                self.assertEqual(args, [mine["text"]], where)
            elif kind == "ENV":
                self.assertEqual(len(args) // 3, len(mine["pairs"]), where)
            elif kind == "ARG":
                self.assertEqual(len(args), len(mine["pairs"]), where)
            elif kind == "EXPOSE":
                self.assertEqual(len(args), len(mine["ports"]), where)
            heredocs = [(h["Name"], h["Content"], h["Expand"]) for h in node["Heredocs"] or []]
            self.assertEqual(heredocs, [(h["name"], h["text"], h["expand"]) for h in mine.get("trigger", mine).get("heredocs", [])], where)
        return len(theirs)

    def test_instructions(self):
        files = {}
        for name, text in OWN.items():
            files[name] = self.folder / name
            files[name].write_bytes(text.encode())
        where = subprocess.run(["go", "list", "-mod=mod", "-f", "{{.Dir}}", "github.com/moby/buildkit/frontend/dockerfile/parser"],
                               cwd=self.folder, capture_output=True, text=True, timeout=120, check=True).stdout.strip()
        files |= {path.split("/")[-2]: path for path in glob.glob(f"{where}/testfiles*/*/Dockerfile")}
        names = sorted(files)
        compared = refused = 0
        for name, theirs in zip(names, self.oracle(*(str(files[name]) for name in names))):
            with self.subTest(name):
                if "error" in theirs:
                    self.assertTrue(read("dockerfile", pathlib.Path(files[name]).read_bytes())["problems"], theirs["error"])
                    refused += 1
                else:
                    compared += self.compare(name, files[name], theirs["nodes"])
        print(f"# {len(names)} files: {compared} instructions are as BuildKit's, {refused} files it refuses have problems")

    def test_words(self):
        (self.folder / "words").write_text("\n".join(WORDS) + "\n")
        for theirs in self.oracle("-words", str(self.folder / "words")):
            with self.subTest(theirs["word"]):
                ours = read("dockerfile", "FROM scratch\nENV HOME=/home SHELL=shell PWD=/abc EMPTY= DOTS=a.b.c.b\n"
                                          f"WORKDIR {theirs['word']}\n")
                if "error" in theirs:
                    self.assertTrue(ours["problems"], theirs["error"])
                else:
                    self.assertEqual(theirs["value"], ours["root"]["instructions"][2]["path"])


class Shell(unittest.TestCase):
    def test_words_are_those_of_bash(self):
        """printf shows each word that bash makes."""
        texts = [r"""a 'b c' "d\"e\\f\g" g\ h '' "" i"j"'k' \\ \' """, r"""$'a\tb\x41\101\'\u00e9' $'\\' x$'y'z""",
                 "a\\\nb c\\\n d", "a#b '#' \\# # comment", "'a\nb' \"c\nd\"", "--x=y -abc a=b {a} [x] ! if then",
                 "~ a\\~b 'é'\"ü\"", "a;b", r"'\' \n"]
        for text in texts[:-2] + texts[-1:]:
            with self.subTest(text):
                done = subprocess.run(["bash", "--norc", "-c", "set -f; HOME=\\~; printf '%s\\0' " + text], capture_output=True, check=True,
                                      env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"})
                words = done.stdout.decode().split("\0")[:-1]
                self.assertEqual(words, read("shell", "printf " + text)["root"][0]["args"])

    def test_words_are_those_of_shlex(self):
        for text in ["apt-get install -y 'a b' \"c\" d\\ e", "x=1 y", "echo \"a 'b' c\" 'd \"e\" f'"]:
            command = read("shell", text)["root"][0]
            made = [f"{key}={value}" for key, value in command["assignments"].items()] + command["words"]
            self.assertEqual(shlex.split(text), made)

    def test_broken_texts_are_those_that_bash_refuses(self):
        for text in ["echo 'a", "echo \"a", "echo $(a", "echo ${a", "echo `a", "a)", "cat <", "(a", "a", "a | b", "case x in a) b;; esac",
                     "f() { a; }", "[[ a && b ]]", "for i in $(x); do y; done", "cat <<E\nx\nE"]:
            with self.subTest(text):
                refuses = subprocess.run(["bash", "-n", "-c", text], capture_output=True).returncode != 0
                self.assertEqual(refuses, bool(read("shell", text)["problems"]))


if __name__ == "__main__":
    unittest.main(verbosity=0)
