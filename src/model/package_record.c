#include "model/package_record.h"

#include "base/limits.h"
#include "doc/json.h"
#include "doc/json_write.h"

enum field_kind { FIELD_STR, FIELD_LINE, FIELD_LAYER, FIELD_BOOL };

/* The members of the object, in their order; package.type, flags and linked stand beside them. */
static const struct field {
    struct str key;
    enum field_kind kind;
    size_t offset;
} fields[] = {
    {STR("name"), FIELD_STR, offsetof(struct package_record, package.name)},
    {STR("version"), FIELD_STR, offsetof(struct package_record, package.version)},
    {STR("arch"), FIELD_STR, offsetof(struct package_record, package.arch)},
    {STR("sourceName"), FIELD_STR, offsetof(struct package_record, package.source_name)},
    {STR("sourceVersion"), FIELD_STR, offsetof(struct package_record, package.source_version)},
    {STR("licence"), FIELD_STR, offsetof(struct package_record, package.licence)},
    {STR("vendor"), FIELD_STR, offsetof(struct package_record, package.vendor)},
    {STR("checksum"), FIELD_STR, offsetof(struct package_record, package.checksum)},
    {STR("line"), FIELD_LINE, offsetof(struct package_record, package.line)},
    {STR("purl"), FIELD_STR, offsetof(struct package_record, purl)},
    {STR("ecosystem"), FIELD_STR, offsetof(struct package_record, ecosystem)},
    {STR("path"), FIELD_STR, offsetof(struct package_record, path)},
    {STR("owner"), FIELD_STR, offsetof(struct package_record, owner)},
    {STR("layer"), FIELD_LAYER, offsetof(struct package_record, layer)},
    {STR("removedIn"), FIELD_LAYER, offsetof(struct package_record, removed_in)},
    {STR("isInBase"), FIELD_BOOL, offsetof(struct package_record, is_in_base)},
};

static const struct {
    struct str key;
    unsigned flag;
} flags[] = {
    {STR("isDevelopment"), PACKAGE_IS_DEVELOPMENT}, {STR("isDirect"), PACKAGE_IS_DIRECT},
    {STR("isInstalled"), PACKAGE_IS_INSTALLED},     {STR("knowsLinked"), PACKAGE_KNOWS_LINKED},
    {STR("isShaded"), PACKAGE_IS_SHADED},
};

/* Empty strings, zeros and false are left out: most packages have few of the fields. */
static void write_field(struct json_writer *w, const struct field *field, const void *at) {
    struct str key = field->key;
    switch (field->kind) {
    case FIELD_STR:
        if (((const struct str *)at)->n) {
            json_key(w, key);
            json_str(w, *(const struct str *)at);
        }
        return;
    case FIELD_LINE:
        if (*(const uint32_t *)at) {
            json_key(w, key);
            json_uint(w, *(const uint32_t *)at);
        }
        return;
    case FIELD_LAYER:
        if (*(const int32_t *)at) {
            json_key(w, key);
            json_int(w, *(const int32_t *)at);
        }
        return;
    case FIELD_BOOL:
        if (*(const bool *)at) {
            json_key(w, key);
            json_bool(w, true);
        }
        return;
    }
}

static void write_linked(struct json_writer *w, const struct package *package) {
    if (!package->linked_n) {
        return;
    }
    json_key(w, STR("linked"));
    json_begin_array(w);
    for (size_t i = 0; i < package->linked_n; i++) {
        json_str(w, package->linked[i]);
    }
    json_end(w);
}

void package_record_write(struct buf *out, const struct package_record *record) {
    struct json_writer w = json_writer_new(out, 0);
    json_begin_object(&w);
    json_key(&w, STR("type"));
    json_str(&w, str_c(package_type_name(record->package.type)));
    for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
        write_field(&w, &fields[i], (const char *)record + fields[i].offset);
    }
    for (size_t i = 0; i < ARRAY_SIZE(flags); i++) {
        if (record->package.flags & flags[i].flag) {
            json_key(&w, flags[i].key);
            json_bool(&w, true);
        }
    }
    write_linked(&w, &record->package);
    json_end(&w);
}

static int read_str(struct arena *arena, const struct doc *value, struct str *out, struct err *err) {
    *out = arena_str(arena, doc_str(value));
    return out->p ? 0 : err_memory(err);
}

static int read_field(struct arena *arena, const struct doc *value, const struct field *field, void *at,
                      struct err *err) {
    int64_t number = 0;
    switch (field->kind) {
    case FIELD_STR:
        return doc_is(value, DOC_STRING)
                   ? read_str(arena, value, at, err)
                   : err_set(err, ERR_INPUT, "'%.*s' is no string", STR_ARG(field->key));
    case FIELD_LINE:
        if (!doc_int(value, &number) || number < 0 || number > UINT32_MAX) {
            return err_set(err, ERR_INPUT, "'%.*s' is no line number", STR_ARG(field->key));
        }
        *(uint32_t *)at = (uint32_t)number;
        return 0;
    case FIELD_LAYER:
        if (!doc_int(value, &number) || number < 0 || number > INT32_MAX) {
            return err_set(err, ERR_INPUT, "'%.*s' is no layer number", STR_ARG(field->key));
        }
        *(int32_t *)at = (int32_t)number;
        return 0;
    case FIELD_BOOL:
        *(bool *)at = doc_bool(value, false);
        return 0;
    }
    return 0;
}

static int read_linked(struct arena *arena, const struct doc *list, struct package *package,
                       struct err *err) {
    size_t n = doc_count(list);
    struct str *linked = n ? arena_array(arena, n, sizeof *linked) : NULL;
    if (n && !linked) {
        return err_memory(err);
    }
    for (size_t i = 0; i < n; i++) {
        if (read_str(arena, doc_at(list, i), &linked[i], err) < 0) {
            return ERR_MEMORY;
        }
    }
    package->linked = linked;
    package->linked_n = n;
    return 0;
}

/* The number of the row with this key, looked for from a row on and then from the front; n when there is
 * none. Members stand in the order in which they were written, so the next row is nearly always the one. */
static size_t find_field(struct str key, size_t from) {
    enum { N = ARRAY_SIZE(fields) };
    for (size_t i = 0; i < N; i++) {
        size_t at = (from + i) % N;
        if (str_eq(key, fields[at].key)) {
            return at;
        }
    }
    return N;
}

static int read_fields(struct arena *arena, const struct doc *root, struct package_record *out,
                       struct err *err) {
    int code = 0;
    for (size_t i = 0, next = 0; i < doc_count(root) && code == 0; i++) {
        const struct doc_member *member = &root->map.members[i];
        size_t at = find_field(member->key, next);
        if (at < ARRAY_SIZE(fields)) {
            code = read_field(arena, member->value, &fields[at], (char *)out + fields[at].offset, err);
            next = at + 1;
        }
    }
    return code;
}

static int read_record(struct arena *arena, const struct doc *root, struct package_record *out,
                       struct err *err) {
    if (!package_type_of(doc_str(doc_get(root, STR("type"))), &out->package.type)) {
        return err_set(err, ERR_INPUT, "package record: no known 'type'");
    }
    int code = read_fields(arena, root, out, err);
    for (size_t i = 0; i < ARRAY_SIZE(flags) && code == 0; i++) {
        bool is_set = doc_bool(doc_get(root, flags[i].key), false);
        out->package.flags |= is_set ? flags[i].flag : 0;
    }
    return code < 0 ? code : read_linked(arena, doc_get(root, STR("linked")), &out->package, err);
}

/* The parsed document is left behind: it takes several times the record's memory. */
int package_record_read(struct arena *arena, struct str json, struct package_record *out, struct err *err) {
    _cleanup_(arena_free) struct arena scratch = arena_new(LIMIT_DOC_BYTES);
    const struct doc *root = NULL;
    *out = (struct package_record){0};
    int code = json_parse(&scratch, json, &root, err);
    return code < 0 ? code : read_record(arena, root, out, err);
}

struct str package_record_file(const struct package_record *record) {
    size_t within = record->package.within.n;
    return within ? str_sub(record->path, 0, record->path.n - within - strlen("!/")) : record->path;
}
