#include "inspect/facts.h"

#include "base/hash.h"
#include "base/limits.h"
#include "doc/pack.h"

#include <endian.h>
#include <stdarg.h>

/* ---- writing */

static void put_os(struct buf *out, const struct os *os) {
    wire_str(out, os->id);
    wire_str(out, os->version_id);
    wire_str(out, os->name);
    wire_str(out, os->codename);
    wire_str(out, os->like);
    wire_str(out, os->exact);
}

void facts_put_package(struct buf *out, const struct package *package) {
    wire_u32(out, package->type);
    wire_u32(out, package->flags);
    wire_u32(out, package->line);
    wire_str(out, package->name);
    wire_str(out, package->version);
    wire_str(out, package->arch);
    wire_str(out, package->source_name);
    wire_str(out, package->source_version);
    wire_str(out, package->licence);
    wire_str(out, package->vendor);
    wire_u32(out, (uint32_t)package->linked_n);
    for (size_t i = 0; i < package->linked_n; i++) {
        wire_str(out, package->linked[i]);
    }
    wire_str(out, package->checksum);
    wire_u32(out, (uint32_t)package->needs_n);
    for (size_t i = 0; i < package->needs_n; i++) {
        wire_str(out, package->needs[i].name);
        wire_str(out, package->needs[i].version);
    }
    wire_str(out, package->within);
}

void facts_package(struct facts *facts, const struct package *package) {
    assert(package->type < PACKAGE_TYPES);
    size_t start = wire_begin(&facts->out, FACT_PACKAGE);
    facts_put_package(&facts->out, package);
    wire_end(&facts->out, start);
}

void facts_os(struct facts *facts, const struct os *os) {
    size_t start = wire_begin(&facts->out, FACT_OS);
    put_os(&facts->out, os);
    wire_end(&facts->out, start);
}

size_t facts_owned_begin(struct facts *facts, enum package_type type, struct str name) {
    size_t start = wire_begin(&facts->out, FACT_OWNED);
    wire_u32(&facts->out, type);
    wire_str(&facts->out, name);
    return start;
}

void facts_owned_path(struct facts *facts, struct str path) {
    wire_u64(&facts->out, facts_owned_hash(path));
}

void facts_owned_end(struct facts *facts, size_t start) {
    wire_end(&facts->out, start);
}

void facts_problem(struct facts *facts, bool is_incomplete, const char *fmt, ...) {
    char message[1024];
    va_list args;
    va_start(args, fmt);
    vsnprintf(message, sizeof message, fmt, args);
    va_end(args);
    size_t start = wire_begin(&facts->out, FACT_PROBLEM);
    wire_u8(&facts->out, is_incomplete);
    wire_str(&facts->out, str_c(message));
    wire_end(&facts->out, start);
}

int facts_document(struct facts *facts, enum document_format format, const struct doc *root,
                   struct err *err) {
    _cleanup_(buf_free) struct buf packed = buf_new(LIMIT_RECORD / 2);
    int r = doc_pack(&packed, root, err);
    if (r == 0) {
        facts_document_text(facts, format, buf_view(&packed));
    }
    return r;
}

void facts_document_text(struct facts *facts, enum document_format format, struct str text) {
    size_t start = wire_begin(&facts->out, FACT_DOCUMENT);
    wire_u8(&facts->out, (uint8_t)format);
    wire_str(&facts->out, text);
    wire_end(&facts->out, start);
}

void facts_comment(struct facts *facts, uint32_t line, struct str text) {
    size_t start = wire_begin(&facts->out, FACT_COMMENT);
    wire_u32(&facts->out, line);
    wire_str(&facts->out, text);
    wire_end(&facts->out, start);
}

void facts_secret(struct facts *facts, const struct secret_fact *secret) {
    size_t start = wire_begin(&facts->out, FACT_SECRET);
    wire_str(&facts->out, secret->rule);
    wire_str(&facts->out, secret->preview);
    wire_str(&facts->out, secret->hash);
    wire_str(&facts->out, secret->proof);
    wire_str(&facts->out, secret->within);
    wire_u32(&facts->out, secret->severity);
    wire_u32(&facts->out, secret->place);
    wire_u32(&facts->out, secret->line);
    wire_u32(&facts->out, secret->column);
    wire_end(&facts->out, start);
}

void facts_pom(struct facts *facts, struct str record) {
    size_t start = wire_begin(&facts->out, FACT_POM);
    wire_str(&facts->out, record);
    wire_end(&facts->out, start);
}

void facts_licence(struct facts *facts, struct str package, struct str licence) {
    size_t start = wire_begin(&facts->out, FACT_LICENCE);
    wire_str(&facts->out, package);
    wire_str(&facts->out, licence);
    wire_end(&facts->out, start);
}

void facts_file(struct facts *facts, struct str path, struct str inspector) {
    size_t start = wire_begin(&facts->out, FACT_FILE);
    wire_str(&facts->out, path);
    wire_str(&facts->out, inspector);
    wire_end(&facts->out, start);
}

void facts_hidden(struct facts *facts, struct str path, bool is_opaque) {
    size_t start = wire_begin(&facts->out, FACT_HIDDEN);
    wire_u8(&facts->out, is_opaque);
    wire_str(&facts->out, path);
    wire_end(&facts->out, start);
}

void facts_replaced(struct facts *facts, struct str path) {
    size_t start = wire_begin(&facts->out, FACT_REPLACED);
    wire_str(&facts->out, path);
    wire_end(&facts->out, start);
}

void facts_entry(struct facts *facts, const struct entry *entry) {
    size_t start = wire_begin(&facts->out, FACT_ENTRY);
    wire_str(&facts->out, entry->path);
    wire_str(&facts->out, entry->link);
    wire_u8(&facts->out, (uint8_t)entry->type);
    wire_u32(&facts->out, entry->mode);
    wire_u64(&facts->out, entry->size);
    wire_u64(&facts->out, entry->uid);
    wire_u64(&facts->out, entry->gid);
    wire_end(&facts->out, start);
}

void facts_tree(struct facts *facts, struct str path, uint64_t bytes, uint64_t files) {
    size_t start = wire_begin(&facts->out, FACT_TREE);
    wire_str(&facts->out, path);
    wire_u64(&facts->out, bytes);
    wire_u64(&facts->out, files);
    wire_end(&facts->out, start);
}

void facts_paths(struct facts *facts, const uint64_t *hashes, size_t n) {
    enum { PIECE = 65536 };
    for (size_t at = 0; at < n; at += PIECE) {
        size_t start = wire_begin(&facts->out, FACT_PATHS);
        for (size_t i = at; i < MIN(n, at + PIECE); i++) {
            wire_u64(&facts->out, hashes[i]);
        }
        wire_end(&facts->out, start);
    }
}

/* ---- hashes of paths */

static struct str without_slash(struct str path) {
    while (path.n && path.p[0] == '/') {
        path = str_n(path.p + 1, path.n - 1);
    }
    return path;
}

uint64_t facts_path_hash(struct str path) {
    return hash_bytes(without_slash(path));
}

uint64_t facts_directory_hash(struct str path) {
    char text[LIMIT_PATH + 1];
    assert(path.n <= LIMIT_PATH);
    if (path.n) {
        memcpy(text, path.p, path.n);
    }
    text[path.n] = '/';
    return facts_path_hash(str_n(text, path.n + 1));
}

static bool moved_below_usr(struct str top) {
    return str_eq(top, STR("bin")) || str_eq(top, STR("sbin")) || str_starts(top, STR("lib"));
}

uint64_t facts_owned_hash(struct str path) {
    path = without_slash(path);
    struct str top, below;
    if (!str_cut(path, '/', &top, &below) || !moved_below_usr(top)) {
        return hash_bytes(path);
    }
    char merged[LIMIT_PATH + 4];
    if (path.n > LIMIT_PATH) {
        return hash_bytes(path);
    }
    memcpy(merged, "usr/", 4);
    memcpy(merged + 4, path.p, path.n);
    return hash_bytes(str_n(merged, path.n + 4));
}

/* ---- reading */

static void get_os(struct cursor *in, struct os *os) {
    os->id = wire_get_str(in);
    os->version_id = wire_get_str(in);
    os->name = wire_get_str(in);
    os->codename = wire_get_str(in);
    os->like = wire_get_str(in);
    os->exact = wire_get_str(in);
}

static int get_linked(struct cursor *in, struct arena *arena, struct package *package) {
    size_t n = wire_get_count(in, 4);
    struct str *linked = n ? arena_array(arena, n, sizeof *linked) : NULL;
    if (n && !linked) {
        return ERR_MEMORY;
    }
    for (size_t i = 0; i < n; i++) {
        linked[i] = wire_get_str(in);
    }
    package->linked = linked;
    package->linked_n = n;
    return 0;
}

static int get_needs(struct cursor *in, struct arena *arena, struct package *package) {
    size_t n = wire_get_count(in, 8);
    struct package_need *needs = n ? arena_array(arena, n, sizeof *needs) : NULL;
    if (n && !needs) {
        return ERR_MEMORY;
    }
    for (size_t i = 0; i < n; i++) {
        needs[i].name = wire_get_str(in);
        needs[i].version = wire_get_str(in);
    }
    package->needs = needs;
    package->needs_n = n;
    return 0;
}

int facts_get_package(struct cursor *in, struct arena *arena, struct package *package) {
    uint32_t type = cursor_le32(in);
    if (type >= PACKAGE_TYPES) {
        in->failed = true;
        return 0;
    }
    package->type = type;
    package->flags = cursor_le32(in);
    package->line = cursor_le32(in);
    package->name = wire_get_str(in);
    package->version = wire_get_str(in);
    package->arch = wire_get_str(in);
    package->source_name = wire_get_str(in);
    package->source_version = wire_get_str(in);
    package->licence = wire_get_str(in);
    package->vendor = wire_get_str(in);
    int r = get_linked(in, arena, package);
    package->checksum = wire_get_str(in);
    r = r < 0 ? r : get_needs(in, arena, package);
    package->within = wire_get_str(in);
    return r;
}

static void get_entry(struct cursor *in, struct entry *entry) {
    entry->path = wire_get_str(in);
    entry->link = wire_get_str(in);
    uint8_t type = cursor_u8(in);
    in->failed |= type > ENTRY_OTHER;
    entry->type = (enum entry_type)type;
    entry->mode = cursor_le32(in);
    entry->size = cursor_le64(in);
    entry->uid = cursor_le64(in);
    entry->gid = cursor_le64(in);
}

static void get_secret(struct cursor *in, struct secret_fact *secret) {
    secret->rule = wire_get_str(in);
    secret->preview = wire_get_str(in);
    secret->hash = wire_get_str(in);
    secret->proof = wire_get_str(in);
    secret->within = wire_get_str(in);
    uint32_t severity = cursor_le32(in);
    in->failed |= severity >= SEVERITIES;
    secret->severity = in->failed ? SEVERITY_UNKNOWN : (enum severity)severity;
    secret->place = cursor_le32(in);
    secret->line = cursor_le32(in);
    secret->column = cursor_le32(in);
}

static struct str get_rest(struct cursor *in) {
    return cursor_take(in, cursor_left(in));
}

static int get_fact(struct cursor *in, struct arena *arena, struct fact *fact) {
    switch (fact->kind) {
    case FACT_FILE:
        fact->path = wire_get_str(in);
        fact->inspector = wire_get_str(in);
        return 0;
    case FACT_PACKAGE:
        return facts_get_package(in, arena, &fact->package);
    case FACT_OS:
        get_os(in, &fact->os);
        return 0;
    case FACT_OWNED: {
        uint32_t type = cursor_le32(in);
        in->failed |= type >= PACKAGE_TYPES;
        fact->owner_type = type;
        fact->owner = wire_get_str(in);
        fact->hashes = get_rest(in);
        return 0;
    }
    case FACT_PATHS:
        fact->hashes = get_rest(in);
        return 0;
    case FACT_PROBLEM:
        fact->flag = cursor_u8(in);
        fact->message = wire_get_str(in);
        return 0;
    case FACT_HIDDEN:
        fact->flag = cursor_u8(in);
        fact->path = wire_get_str(in);
        return 0;
    case FACT_REPLACED:
        fact->path = wire_get_str(in);
        return 0;
    case FACT_LAYER:
        fact->rest = *in;
        return 0;
    case FACT_DOCUMENT:
        fact->format = (enum document_format)cursor_u8(in);
        in->failed |= fact->format >= DOCUMENT_FORMATS;
        fact->bytes = wire_get_str(in);
        return 0;
    case FACT_COMMENT:
        fact->line = cursor_le32(in);
        fact->message = wire_get_str(in);
        return 0;
    case FACT_ENTRY:
        get_entry(in, &fact->entry);
        return 0;
    case FACT_TREE:
        fact->path = wire_get_str(in);
        fact->tree_bytes = cursor_le64(in);
        fact->tree_files = cursor_le64(in);
        return 0;
    case FACT_SECRET:
        get_secret(in, &fact->secret);
        return 0;
    case FACT_POM:
        fact->bytes = wire_get_str(in);
        return 0;
    case FACT_LICENCE:
        fact->owner = wire_get_str(in);
        fact->message = wire_get_str(in);
        return 0;
    }
    in->failed = true;
    return 0;
}

int facts_next(struct cursor *in, struct arena *arena, struct fact *out, struct err *err) {
    size_t at = in->at;
    uint32_t kind;
    struct cursor payload;
    *out = (struct fact){0};
    if (!cursor_left(in)) {
        return 0;
    }
    if (wire_next(in, &kind, &payload) <= 0) {
        return err_set(err, ERR_INPUT, "facts end early at byte %zu", at);
    }
    out->kind = kind;
    if (get_fact(&payload, arena, out) < 0) {
        return err_memory(err);
    }
    if (payload.failed) {
        return err_set(err, ERR_INPUT, "facts at byte %zu are damaged (kind %u)", at, kind);
    }
    return 1;
}

uint64_t fact_hash(struct str hashes, size_t i) {
    uint64_t value;
    assert(i < hashes.n / sizeof value);
    memcpy(&value, hashes.p + i * sizeof value, sizeof value);
    return le64toh(value);
}
