/* apk's database of Alpine and its children: lib/apk/db/installed.
 *
 * Alpine's wiki, "Apk spec": one stanza a package, a line a field, "<letter>:<value>", and an empty line at
 * the stanza's end. Package fields come first; then F: names a folder and each R: after it a file in it. D:
 * names packages or capabilities that they provide (p:), so those are gathered first. */
#include "base/limits.h"
#include "base/map.h"
#include "inspect/packages/installed.h"
#include "inspect/packages/packages.h"

struct database {
    struct arena *arena;
    struct err *err;
    int code; /* negative when there was no memory */
    struct problems problems;
    struct map providers; /* capability → "P:" line's value, as a struct str of the arena */
    struct str depends;   /* D: */
    struct package package;
    uint32_t line;
    uint32_t first_line; /* of the stanza; 0 between two */
    struct str folder;
    struct owned owned;
};

static void put_file(struct database *database, struct str name) {
    char path[LIMIT_PATH];
    struct str folder = database->folder;
    if (!database->package.name.n || folder.n + 1 + name.n > sizeof path) {
        owned_end(&database->owned);
        problems_add(&database->problems, "line %u: a file without a package, or with too long a path",
                     database->line);
        return;
    }
    size_t n = 0;
    if (folder.n) {
        memcpy(path, folder.p, folder.n);
        n = folder.n;
        path[n++] = '/';
    }
    if (name.n) {
        memcpy(path + n, name.p, name.n);
    }
    database->owned.name = database->package.name;
    owned_add(&database->owned, str_n(path, n + name.n));
}

static void read_name(struct database *database, struct str value) {
    owned_end(&database->owned);
    database->package.name = value;
    database->package.line = database->line;
}

static void read_field(struct database *database, char letter, struct str value) {
    struct package *package = &database->package;
    switch (letter) {
    case 'P':
        read_name(database, value);
        break;
    case 'V':
        package->version = value;
        break;
    case 'A':
        package->arch = value;
        break;
    case 'o':
        package->source_name = value;
        break;
    case 'L':
        package->licence = value;
        break;
    case 'm':
        package->vendor = value;
        break;
    case 'D':
        database->depends = value;
        break;
    case 'F':
        database->folder = value;
        break;
    case 'R':
        put_file(database, value);
        break;
    default: /* checksums, sizes, owners and modes */
        break;
    }
}

/* "so:libc.musl-x86_64.so.1=1": what stands before the version. */
static struct str capability(struct str word) {
    size_t n = 0;
    while (n < word.n && !strchr("<>=~", word.p[n])) {
        n++;
    }
    return str_sub(word, 0, n);
}

static int take_provides(struct database *database, struct str name, struct str words) {
    struct str *kept = arena_alloc(database->arena, sizeof *kept);
    if (!kept) {
        return err_memory(database->err);
    }
    *kept = name;
    for (struct str word; str_split(&words, ' ', &word);) {
        bool is_new;
        uint64_t *slot = map_put(&database->providers, capability(word), &is_new);
        if (!slot) {
            return err_memory(database->err);
        }
        *slot = is_new ? (uint64_t)(uintptr_t)kept : *slot;
    }
    return 0;
}

static int gather_provides(struct database *database, struct str text) {
    struct str name = STR_NONE, line;
    int r = 0;
    while (r == 0 && str_line(&text, &line)) {
        if (str_starts(line, STR("P:"))) {
            name = str_from(line, 2);
        } else if (str_starts(line, STR("p:"))) {
            r = take_provides(database, name, str_from(line, 2));
        }
    }
    return r;
}

/* Conflicts ("!name") are no needs. */
static void read_needs(struct database *database) {
    struct needs needs = {.arena = database->arena};
    for (struct str rest = database->depends, word; str_split(&rest, ' ', &word);) {
        struct str name = capability(word);
        const uint64_t *slot = map_get(&database->providers, name);
        if (name.n && name.p[0] != '!') {
            needs_add(&needs, slot ? *(const struct str *)(uintptr_t)*slot : name);
        }
    }
    if (needs_give(&needs, &database->package, database->err) < 0) {
        database->code = ERR_MEMORY;
    }
    if (needs.is_full) {
        problems_add(&database->problems, "line %u: more than %d dependencies: the rest is left out",
                     database->package.line, LIMIT_NEEDS);
    }
}

static void end_stanza(struct database *database) {
    owned_end(&database->owned);
    if (database->first_line) {
        installed_trim_source(&database->package);
        read_needs(database);
        if (!installed_put(database->problems.facts, &database->package)) {
            problems_add(
                &database->problems,
                "line %u: the package's name (P:) or version (V:) is missing, or a field is too long",
                database->first_line);
        }
    }
    database->package = (struct package){.type = PACKAGE_APK};
    database->depends = STR_NONE;
    database->folder = STR_NONE;
    database->first_line = 0;
}

static void read_line(struct database *database, struct str line) {
    database->line++;
    if (!line.n) {
        end_stanza(database);
        return;
    }
    if (!database->first_line) {
        database->first_line = database->line;
    }
    if (line.n < 2 || line.p[1] != ':') {
        owned_end(&database->owned);
        problems_add(&database->problems, "line %u: not a field (\"<letter>:<value>\")", database->line);
        return;
    }
    read_field(database, line.p[0], str_from(line, 2));
}

static int inspect(struct inspection *in, struct err *err) {
    struct database database = {
        .arena = in->arena,
        .err = err,
        .providers = map_new(in->arena),
        .problems = {in->facts, 0},
        .package = {.type = PACKAGE_APK},
        .owned = {.facts = in->facts, .type = PACKAGE_APK},
    };
    database.code = gather_provides(&database, in->body);
    for (struct str rest = in->body, line; database.code == 0 && str_line(&rest, &line);) {
        read_line(&database, line);
    }
    end_stanza(&database);
    problems_end(&database.problems);
    return database.code;
}

const struct inspector inspect_apk = {
    .name = "apk",
    .title = "Alpine packages",
    .reads = "lib/apk/db/installed, usr/lib/apk/db/installed",
    .version = 2,
    .body_max = LIMIT_BODY,
    .wants = {{.path = "lib/apk/db/installed"}, {.path = "usr/lib/apk/db/installed"}},
    .inspect = inspect,
};
