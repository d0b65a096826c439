// Prints what BuildKit's parser makes of Dockerfiles, as JSON lines: for tests that compare.
//
//	oracle FILE...         {"file", "error"} or {"file", "nodes": [{cmd, flags, args, json, start, end, heredocs}]}
//	oracle -words FILE     for lines "A|word" or "U|word": {"word", "value"} or {"word", "error"}
package main

import (
	"bufio"
	"encoding/json"
	"os"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/parser"
	"github.com/moby/buildkit/frontend/dockerfile/shell"
)

type heredoc struct {
	Name, Content string
	Expand        bool
}

type node struct {
	Cmd        string
	Flags      []string
	Args       []string
	JSON       bool
	Start, End int
	Heredocs   []heredoc
}

func describe(n *parser.Node) node {
	made := node{Cmd: n.Value, Flags: n.Flags, JSON: n.Attributes["json"], Start: n.StartLine, End: n.EndLine}
	for next := n.Next; next != nil; next = next.Next {
		made.Args = append(made.Args, next.Value)
	}
	for _, h := range n.Heredocs {
		made.Heredocs = append(made.Heredocs, heredoc{h.Name, h.Content, h.Expand})
	}
	return made
}

func parse(path string) map[string]any {
	file, err := os.Open(path)
	if err != nil {
		return map[string]any{"file": path, "error": err.Error()}
	}
	defer file.Close()
	result, err := parser.Parse(file)
	if err != nil {
		return map[string]any{"file": path, "error": err.Error()}
	}
	nodes := []node{}
	for _, child := range result.AST.Children {
		nodes = append(nodes, describe(child))
	}
	return map[string]any{"file": path, "nodes": nodes}
}

func words(path string, out *json.Encoder) {
	file, err := os.Open(path)
	if err != nil {
		panic(err)
	}
	lex := shell.NewLex('\\')
	env := shell.EnvsFromSlice([]string{"HOME=/home", "SHELL=shell", "PWD=/abc", "EMPTY=", "DOTS=a.b.c.b"})
	for scanner := bufio.NewScanner(file); scanner.Scan(); {
		word := scanner.Text()
		value, _, err := lex.ProcessWord(word, env)
		if err != nil {
			out.Encode(map[string]any{"word": word, "error": err.Error()})
		} else {
			out.Encode(map[string]any{"word": word, "value": value})
		}
	}
}

func main() {
	out := json.NewEncoder(os.Stdout)
	if len(os.Args) == 3 && os.Args[1] == "-words" {
		words(os.Args[2], out)
		return
	}
	for _, path := range os.Args[1:] {
		if !strings.HasPrefix(path, "-") {
			out.Encode(parse(path))
		}
	}
}
