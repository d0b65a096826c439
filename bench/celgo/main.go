// The same measurement as ../cel.c, by cel-go.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"time"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/ext"
)

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func main() {
	text, err := os.ReadFile(os.Args[1])
	check(err)
	var document any
	check(json.Unmarshal(text, &document))
	env, err := cel.NewEnv(cel.Variable("self", cel.DynType), cel.OptionalTypes(), ext.Strings())
	check(err)
	for _, expression := range os.Args[2:] {
		ast, issues := env.Compile(expression)
		check(issues.Err())
		program, err := env.Program(ast, cel.EvalOptions(cel.OptOptimize))
		check(err)
		variables := map[string]any{"self": document}
		n, began := 0, time.Now()
		var result any
		for time.Since(began) < 300*time.Millisecond {
			for i := 0; i < 1000; i++ {
				value, _, err := program.Eval(variables)
				check(err)
				result = value.Value()
			}
			n += 1000
		}
		line, err := json.Marshal(map[string]any{"expression": expression, "result": fmt.Sprint(result),
			"nanoseconds": float64(time.Since(began).Nanoseconds()) / float64(n)})
		check(err)
		fmt.Println(string(line))
	}
}
