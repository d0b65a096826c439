// Writes patterns and texts with what Go's regexp says of them, the same ones on each run:
//
//	pattern <TAB> text <TAB> ends of the first match and its groups <TAB> 1 when the whole text matches, 0, or ?
//
// in hexadecimal, and "pattern <TAB> refused" where Go refuses it. usage: cases COUNT SEED
package main

import (
	"bufio"
	"encoding/hex"
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
)

type random uint64

func (r *random) below(n int) int {
	*r = *r*6364136223846793005 + 1442695040888963407
	return int(uint64(*r)>>33) % n
}

func (r *random) of(words []string) string { return words[r.below(len(words))] }

var atoms = []string{
	"a", "b", "c", "k", "s", "A", "K", "é", "ſ", "σ", "ς", "Σ", "日", "😀", " ", "_", "1", "-", ".", ".", ".", "^", "$", `\A`, `\z`,
	`\b`, `\B`, `\d`, `\D`, `\s`, `\S`, `\w`, `\W`, `\pL`, `\PL`, `\p{Greek}`, `\p{^Greek}`, `\P{Lu}`, `\p{Ll}`, `\pN`,
	`\p{Han}`, `\pS`, `\n`, `\t`, `\x41`, `\x{1F600}`, `\101`, `\0`, `\.`, `\Qa.b\E`, `\Q\E`, "[abc]", "[^abc]", "[a-c]", "[^a-c\n]",
	"[[:alpha:]]", "[[:^alpha:]]", `[\d_]`, `[^\d_]`, `[^\D]`, `[\pL-]`, "[]a]", "[^]a]", "[a-]", "[-a]", `[\x{370}-\x{3ff}]`, "[k-s]",
	"[^k-s]", `[\W]`, `[^\W]`, "[[:word:]é]", "[[:upper:]]", "[[:punct:]]", `[^\x00-\x{10FFFF}]`, "[A-Z]", "[Ā-ſ]", "", "aa", "ab", "ba", "abc",
}

var repeats = []string{
	"*", "+", "?", "*?", "+?", "??", "{0}", "{1}", "{2}", "{0,}", "{1,}", "{2,}", "{0,1}", "{0,2}", "{1,3}", "{2,3}?", "{0,}?", "{2}?", "{,2}", "{", "{2",
	"{0,0}",
}

var opened = []string{"(", "(", "(", "(?:", "(?:", "(?i:", "(?m:", "(?s:", "(?U:", "(?i-s:", "(?ms:", "(?-i:", "(?mU:"}

var flags = []string{"(?i)", "(?m)", "(?s)", "(?U)", "(?im)", "(?-i)", "(?i-U)", "(?is)"}

var noise = []string{
	"(", ")", "[", "]", "{", "}", "*", "+", "?", "|", "\\", "^", "$", ".", "a", "b", "-", ":", ",", "1", "0", "<", ">", "P", "=", "!", "\\Q", "\\E",
	"\\pL", "\\p{Greek}", "\\p{X}", "\\x", "[:", ":]", "(?", "i", "s", "alpha", "\\8", "\\1", "\\C", "\\pX", "L", "é", "(?P<", "n", "\\b", "\\z", "\\Z", "\\d",
	"{1001}", "{1000}", "{2,1}", "U", "m",
}

func (r *random) pattern(depth int) string {
	var out strings.Builder
	for i := r.below(5); i >= 0; i-- {
		switch n := r.below(20); {
		case n < 5 && depth > 0:
			out.WriteString(r.of(opened) + r.pattern(depth-1) + ")")
		case n < 7 && depth > 0:
			out.WriteString(r.pattern(depth-1) + "|" + r.pattern(depth-1))
		case n == 7:
			out.WriteString(r.of(flags))
			continue
		default:
			out.WriteString(r.of(atoms))
		}
		if r.below(3) == 0 {
			out.WriteString(r.of(repeats))
		}
	}
	return out.String()
}

func (r *random) soup() string {
	var out strings.Builder
	for i := r.below(9); i >= 0; i-- {
		out.WriteString(r.of(noise))
	}
	return out.String()
}

var pieces = []string{
	"a", "a", "b", "b", "c", "ab", "k", "K", "\u212a", "s", "S", "ſ", "é", "É", "σ", "ς", "Σ", "日", "😀", " ", "\n", "_", "1", "-", ".", "A", "B", "\x00", "a.b",
	"٣", "ǅ", "ā", "Ā", "\u0345", "ι", "µ", "\U00010400", "\U00010428",
}

func (r *random) text() string {
	var out strings.Builder
	longest := []int{6, 12, 100}[r.below(3)]
	for i := r.below(longest); i > 0; i-- {
		out.WriteString(r.of(pieces))
	}
	return out.String()
}

func whole(pattern, text string) string {
	if strings.Contains(pattern, `\Q`) {
		return "?" // the quote could hold what stands behind
	}
	all, err := regexp.Compile(`\A(?:` + pattern + `)\z`)
	if err != nil {
		return "?"
	}
	if all.MatchString(text) {
		return "1"
	}
	return "0"
}

func main() {
	count, _ := strconv.Atoi(os.Args[1])
	seed, _ := strconv.Atoi(os.Args[2])
	r := random(seed)
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	for i := 0; i < count; i++ {
		pattern := r.pattern(3)
		if i%5 == 0 {
			pattern = r.soup()
		}
		compiled, err := regexp.Compile(pattern)
		if err != nil {
			fmt.Fprintf(out, "%s\trefused\n", hex.EncodeToString([]byte(pattern)))
			continue
		}
		for k := 0; k < 6; k++ {
			text := r.text()
			ends := strings.Trim(fmt.Sprint(compiled.FindStringSubmatchIndex(text)), "[]")
			fmt.Fprintf(out, "%s\t%s\t%s\t%s\n", hex.EncodeToString([]byte(pattern)), hex.EncodeToString([]byte(text)), ends,
				whole(pattern, text))
		}
	}
}
