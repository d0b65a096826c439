// Searches the catalogue without regard to case: search WORD <prices.json
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"golang.org/x/text/cases"
	"golang.org/x/text/language"
)

func main() {
	var items []struct {
		Text  string
		Price int
	}
	if err := json.NewDecoder(os.Stdin).Decode(&items); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	lower := cases.Lower(language.English)
	for _, item := range items {
		if strings.Contains(lower.String(item.Text), lower.String(os.Args[1])) {
			fmt.Println(item.Price, item.Text)
		}
	}
}
