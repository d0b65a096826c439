/* Elixir's lockfile (hexdocs.pm/mix/Mix.Tasks.Deps.html): a map, a line a package.
 *
 *     "cowboy": {:hex, :cowboy, "2.9.0", "<sum of the content>", [:make], [{:cowlib, "2.11.0", [...]}],
 *                "hexpm", "<sum of the archive>"},
 *
 * The key and the first atom of a need are names of applications; the package's own name is the second atom.
 * Packages from git have no version. */
#include "base/limits.h"
#include "inspect/packages/lock_graph.h"
#include "inspect/packages/packages.h"

enum { PACKAGE_DEPTH = 1, NEED_DEPTH = 3, STRINGS = 4 };

struct locked {
    struct str app;
    struct str atoms[2];         /* of the package's tuple: source and name */
    struct str strings[STRINGS]; /* version, content, repository, archive */
    size_t atoms_n, strings_n;
    struct str needs; /* the text in which they stand */
};

/* One token of Elixir's terms: a bracket, a string without its quotes, or a word. */
struct token {
    char kind; /* a bracket, '"', ':' for an atom, 0 for anything else */
    struct str text;
};

static bool is_word_byte(char c) {
    return ascii_is_alnum(c) || c == '_' || c == '@' || c == '?' || c == '!';
}

static struct str take_words(struct str *rest, size_t from) {
    size_t n = from;
    while (n < rest->n && is_word_byte(rest->p[n])) {
        n++;
    }
    struct str word = str_sub(*rest, from, n - from);
    *rest = str_from(*rest, n);
    return word;
}

static bool next_token(struct str *rest, struct token *out) {
    *rest = str_trim(*rest);
    if (!rest->n) {
        return false;
    }
    char c = rest->p[0];
    *out = (struct token){.kind = 0};
    if (strchr("{}[]", c) && c) {
        out->kind = c;
        *rest = str_from(*rest, 1);
    } else if (c == '"') {
        out->kind = '"';
        str_cut(str_from(*rest, 1), '"', &out->text, rest);
    } else if (c == ':' && rest->n > 1 && is_word_byte(rest->p[1])) {
        out->kind = ':';
        out->text = take_words(rest, 1);
    } else if (is_word_byte(c)) {
        out->text = take_words(rest, 0);
    } else {
        *rest = str_from(*rest, 1);
    }
    return true;
}

static void read_token(struct locked *entry, const struct token *token, unsigned depth) {
    if (depth != PACKAGE_DEPTH) {
        return;
    }
    if (token->kind == ':' && entry->atoms_n < ARRAY_SIZE(entry->atoms)) {
        entry->atoms[entry->atoms_n++] = token->text;
    } else if (token->kind == '"' && entry->strings_n < STRINGS) {
        entry->strings[entry->strings_n++] = token->text;
    }
}

/* A line of the map; false when it is none. */
static bool read_entry(struct str line, struct locked *out) {
    struct str rest = line;
    struct token token;
    unsigned depth = 0;
    *out = (struct locked){.atoms_n = 0};
    if (!next_token(&rest, &token) || (token.kind != '"' && token.kind != ':')) {
        return false;
    }
    out->app = token.text;
    out->needs = rest;
    while (next_token(&rest, &token)) {
        depth += token.kind == '{' || token.kind == '[';
        depth -= depth && (token.kind == '}' || token.kind == ']');
        read_token(out, &token, depth);
    }
    return out->atoms_n > 0;
}

static int add_needs(struct lock_graph *graph, size_t node, struct str text) {
    struct token token;
    unsigned depth = 0;
    int rc = 0;
    for (bool is_first = false; rc == 0 && next_token(&text, &token);) {
        if (is_first && token.kind == ':') {
            rc = lock_need_later(graph, node, token.text);
        }
        depth += token.kind == '{' || token.kind == '[';
        depth -= depth && (token.kind == '}' || token.kind == ']');
        is_first = token.kind == '{' && depth == NEED_DEPTH;
    }
    return rc;
}

static int read_line(struct lock_graph *graph, struct str line, uint32_t number) {
    struct locked entry;
    size_t node;
    if (!read_entry(line, &entry)) {
        return 0;
    }
    bool is_of_hex = str_eq(entry.atoms[0], STR("hex")) && entry.strings[0].n;
    struct package package = {.type = PACKAGE_HEX,
                              .name = is_of_hex ? entry.atoms[1] : STR_NONE,
                              .version = entry.strings[0],
                              .checksum = entry.strings[3],
                              .line = number};
    int rc = lock_add(graph, entry.app, &package, &node);
    return rc < 0 ? rc : add_needs(graph, node, entry.needs);
}

static int inspect(struct inspection *in, struct err *err) {
    struct lock_graph graph;
    struct str rest = in->body, line;
    int rc = lock_open(&graph, in, 0, err);
    for (uint32_t n = 1; rc == 0 && str_line(&rest, &line); n++) {
        rc = read_line(&graph, line, n);
    }
    return rc < 0 ? rc : lock_write(&graph, 0);
}

const struct inspector inspect_mix_lock = {
    .name = "mix-lock",
    .title = "Elixir lockfiles",
    .reads = "mix.lock",
    .version = 1,
    .body_max = LIMIT_BODY,
    .wants = {{.name = "mix.lock"}},
    .inspect = inspect,
};
