#include "policy/bases/table.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/near.h"
#include "model/ecosystem.h"
#include "policy/packs/packs.h"
#include "source/fetch/reference.h"

#include <stdarg.h>

struct reading {
    struct arena *arena;
    struct str file;
    struct err *err;
};

struct field {
    struct str name;
    bool is_required;
    size_t offset;
    int (*take)(struct reading *r, const struct field *field, const struct doc *value, void *slot);
};

static int wrong(struct reading *r, const struct doc *at, const char *fmt, ...) _printf_(3, 4);
static int wrong(struct reading *r, const struct doc *at, const char *fmt, ...) {
    char message[512];
    va_list args;
    va_start(args, fmt);
    vsnprintf(message, sizeof message, fmt, args);
    va_end(args);
    return err_set(r->err, ERR_INPUT, "%.*s:%u:%u: %s", STR_ARG(r->file), at->at.line, at->at.column,
                   message);
}

/* ---- fields */

static const struct field *field_of(const struct field *fields, size_t n, struct str name,
                                    struct near *near) {
    for (size_t i = 0; i < n; i++) {
        if (str_eq(fields[i].name, name)) {
            return &fields[i];
        }
        near_offer(near, fields[i].name);
    }
    return NULL;
}

static int take_fields(struct reading *r, const char *what, const struct doc *map, const struct field *fields,
                       size_t n, void *out) {
    if (!doc_is(map, DOC_MAP)) {
        return wrong(r, map, "%s is a map of fields, not %s", what, doc_kind_name(map->kind));
    }
    for (size_t i = 0; i < map->map.n; i++) {
        const struct doc_member *member = &map->map.members[i];
        struct near near = near_to(member->key);
        const struct field *field = field_of(fields, n, member->key, &near);
        if (!field) {
            const struct doc at = {.at = member->at};
            return wrong(r, &at, "'%.*s' is not a field of %s%s%.*s%s", STR_ARG(str_sub(member->key, 0, 64)),
                         what, near.best.n ? ". Did you mean '" : "", STR_ARG(near.best),
                         near.best.n ? "'?" : "");
        }
        int code = field->take(r, field, member->value, (char *)out + field->offset);
        if (code < 0) {
            return code;
        }
    }
    for (size_t i = 0; i < n; i++) {
        if (fields[i].is_required && !doc_member(map, fields[i].name)) {
            return wrong(r, map, "%s needs the field '%.*s'", what, STR_ARG(fields[i].name));
        }
    }
    return 0;
}

/* A number counts as its text, so that `version: 12` is what it looks like. */
static int take_text(struct reading *r, const struct field *field, const struct doc *value, void *slot) {
    struct str *out = slot;
    int64_t number;
    if (doc_int(value, &number)) {
        *out = arena_strf(r->arena, "%lld", (long long)number);
        return out->p ? 0 : err_memory(r->err);
    }
    if (!doc_is(value, DOC_STRING)) {
        return wrong(r, value, "'%.*s' should be a string, not %s%s", STR_ARG(field->name),
                     doc_kind_name(value->kind), doc_is(value, DOC_DOUBLE) ? ": put it in quotes" : "");
    }
    *out = str_trim(doc_str(value));
    return 0;
}

static int take_name(struct reading *r, const struct field *field, const struct doc *value, void *slot) {
    int code = take_text(r, field, value, slot);
    bool is_empty = code == 0 && !((struct str *)slot)->n;
    return is_empty ? wrong(r, value, "'%.*s' is empty", STR_ARG(field->name)) : code;
}

static int take_digest(struct reading *r, const struct field *field, const struct doc *value, void *slot) {
    *(struct str *)slot = doc_str(value);
    return reference_is_digest(doc_str(value))
               ? 0
               : wrong(r, value, "'%.*s' should be a digest, as in sha256:…", STR_ARG(field->name));
}

static int take_moment(struct reading *r, const struct field *field, const struct doc *value, void *slot) {
    struct str text = doc_is(value, DOC_TIMESTAMP) ? value->s : doc_str(value);
    return clock_parse(text, slot) ? 0
                                   : wrong(r, value, "'%.*s' should be a moment, as in 2026-11-01T00:00:00Z",
                                           STR_ARG(field->name));
}

static int take_os(struct reading *r, const struct field *field, const struct doc *value, void *slot) {
    static const struct field fields[] = {
        {STR("id"), true, offsetof(struct base_entry, os_id), take_name},
        {STR("version"), false, offsetof(struct base_entry, os_version), take_text},
    };
    return take_fields(r, "'os'", value, fields, ARRAY_SIZE(fields), slot);
}

static int take_layers(struct reading *r, const struct field *field, const struct doc *value, void *slot) {
    struct base_entry *entry = slot;
    size_t n = doc_count(value);
    if (!doc_is(value, DOC_LIST) || n == 0 || n > LIMIT_LAYERS) {
        return wrong(r, value, "'layers' should be a list of 1 to %d diffIDs", LIMIT_LAYERS);
    }
    struct str *layers = arena_array(r->arena, n, sizeof *layers);
    int code = layers ? 0 : err_memory(r->err);
    for (size_t i = 0; code == 0 && i < n; i++) {
        code = take_digest(r, field, doc_at(value, i), &layers[i]);
    }
    entry->layers = layers;
    entry->layers_n = n;
    return code;
}

/* ---- packages */

enum {
    COLUMN_TYPE,
    COLUMN_NAME,
    COLUMN_VERSION,
    COLUMN_ARCH,
    COLUMN_SOURCE,
    COLUMN_SOURCE_VERSION,
    COLUMN_LINKED,
    COLUMNS
};

static int take_linked(struct reading *r, const struct doc *list, struct package *package) {
    size_t n = doc_count(list);
    struct str *linked = doc_is(list, DOC_LIST) ? arena_array(r->arena, n + 1, sizeof *linked) : NULL;
    if (!linked) {
        return doc_is(list, DOC_LIST) ? err_memory(r->err)
                                      : wrong(r, list, "what is linked should be a list of import paths");
    }
    for (size_t i = 0; i < n; i++) {
        linked[i] = doc_str(doc_at(list, i));
    }
    package->linked = linked;
    package->linked_n = n;
    package->flags |= PACKAGE_KNOWS_LINKED;
    return 0;
}

static int take_package(struct reading *r, const struct doc *row, struct package_record *out) {
    struct package *package = &out->package;
    struct str *const texts[] = {
        [COLUMN_NAME] = &package->name,
        [COLUMN_VERSION] = &package->version,
        [COLUMN_ARCH] = &package->arch,
        [COLUMN_SOURCE] = &package->source_name,
        [COLUMN_SOURCE_VERSION] = &package->source_version,
    };
    static const struct field column = {.name = STR("packages")};
    size_t n = doc_count(row);
    if (!doc_is(row, DOC_LIST) || n <= COLUMN_VERSION || n > COLUMNS) {
        return wrong(r, row, "a package is a list of its type, name and version");
    }
    if (!package_type_of(doc_str(doc_at(row, COLUMN_TYPE)), &package->type)) {
        return wrong(r, row, "'%.*s' is no type of packages",
                     STR_ARG(str_sub(doc_str(doc_at(row, COLUMN_TYPE)), 0, 64)));
    }
    package->flags = PACKAGE_IS_INSTALLED;
    int code = 0;
    for (size_t i = COLUMN_NAME; code == 0 && i < MIN(n, (size_t)COLUMN_LINKED); i++) {
        code = take_text(r, &column, doc_at(row, i), texts[i]);
    }
    return code == 0 && n > COLUMN_LINKED ? take_linked(r, doc_at(row, COLUMN_LINKED), package) : code;
}

static int take_packages(struct reading *r, const struct field *field, const struct doc *value, void *slot) {
    struct base_entry *entry = slot;
    size_t n = doc_count(value);
    if (!doc_is(value, DOC_LIST) || n > LIMIT_BASE_PACKAGES) {
        return wrong(r, value, "'packages' should be a list of at most %d packages", LIMIT_BASE_PACKAGES);
    }
    entry->packages = arena_array(r->arena, n + 1, sizeof *entry->packages);
    int code = entry->packages ? 0 : err_memory(r->err);
    for (size_t i = 0; code == 0 && i < n; i++) {
        code = take_package(r, doc_at(value, i), &entry->packages[i]);
    }
    entry->packages_n = n;
    entry->knows_packages = true;
    return code;
}

/* Which advisories speak of each, and its purl: by the operating system, which may stand behind them. */
static int complete_packages(struct reading *r, struct base_entry *entry) {
    struct str ecosystem = ecosystem_of_os(r->arena, entry->os_id, entry->os_version);
    struct str distro = entry->os_version.n ? arena_strf(r->arena, "%.*s-%.*s", STR_ARG(entry->os_id),
                                                         STR_ARG(entry->os_version))
                                            : entry->os_id;
    for (size_t i = 0; i < entry->packages_n; i++) {
        struct package_record *record = &entry->packages[i];
        bool is_of_os = package_type_is_of_os(record->package.type);
        record->ecosystem = is_of_os ? ecosystem : ecosystem_of_type(record->package.type);
        record->purl = package_purl(r->arena, &record->package, entry->os_id, distro);
        if (!record->purl.p) {
            return err_memory(r->err);
        }
    }
    return 0;
}

/* ---- entries */

#define ENTRY_AT(member) offsetof(struct base_entry, member)

static const struct field entry_fields[] = {
    {STR("name"), true, ENTRY_AT(name), take_name},
    {STR("version"), false, ENTRY_AT(version), take_text},
    {STR("reference"), false, ENTRY_AT(reference), take_text},
    {STR("digest"), false, ENTRY_AT(digest), take_digest},
    {STR("created"), true, ENTRY_AT(created), take_moment},
    {STR("platform"), false, ENTRY_AT(platform), take_text},
    {STR("os"), false, 0, take_os},
    {STR("layers"), true, 0, take_layers},
    {STR("packages"), false, 0, take_packages},
};

static int take_entries(struct reading *r, const struct field *field, const struct doc *value, void *slot) {
    struct base_table *table = slot;
    size_t n = doc_count(value);
    if (doc_is(value, DOC_NULL)) {
        return 0;
    }
    if (!doc_is(value, DOC_LIST) || n > LIMIT_BASES) {
        return wrong(r, value, "'bases' should be a list of at most %d bases", LIMIT_BASES);
    }
    table->entries = arena_array(r->arena, n + 1, sizeof *table->entries);
    int code = table->entries ? 0 : err_memory(r->err);
    for (size_t i = 0; code == 0 && i < n; i++) {
        struct base_entry *entry = &table->entries[i];
        entry->at = doc_at(value, i)->at;
        code = take_fields(r, "a base", doc_at(value, i), entry_fields, ARRAY_SIZE(entry_fields), entry);
        code = code == 0 ? complete_packages(r, entry) : code;
    }
    table->n = code == 0 ? n : 0;
    return code;
}

int base_table_of(struct arena *arena, struct str file, const struct doc *root, struct base_table *out,
                  struct err *err) {
    static const struct field fields[] = {{STR("bases"), true, 0, take_entries}};
    struct reading r = {arena, file, err};
    *out = (struct base_table){.file = file};
    return root && root->kind != DOC_NULL
               ? take_fields(&r, "a table of bases", root, fields, ARRAY_SIZE(fields), out)
               : 0;
}

int base_table_parse(struct arena *arena, struct str file, struct str text, struct base_table *out,
                     struct err *err) {
    const struct doc **documents = NULL;
    size_t n = 0;
    *out = (struct base_table){.file = file};
    int code = packs_parse(arena, text, &documents, &n, err);
    return code < 0 ? err_at(err, "%.*s", STR_ARG(file))
                    : base_table_of(arena, file, n ? documents[0] : NULL, out, err);
}

int base_table_read(struct arena *arena, const char *path, struct base_table *out, struct err *err) {
    _cleanup_(buf_free) struct buf text = buf_new(LIMIT_BASES_FILE);
    int code = file_read(path, &text, err);
    return code == 0 ? base_table_parse(arena, str_c(path), buf_view(&text), out, err) : code;
}

/* ---- looking up */

static bool begins_with(const struct image *image, const struct base_entry *entry) {
    if (entry->layers_n > image->layers_n) {
        return false;
    }
    for (size_t i = 0; i < entry->layers_n; i++) {
        if (!str_eq(entry->layers[i], image->layers[i].diff_id)) {
            return false;
        }
    }
    return true;
}

const struct base_entry *base_table_match(const struct base_table *table, const struct image *image) {
    const struct base_entry *best = NULL;
    for (size_t i = 0; i < table->n; i++) {
        const struct base_entry *entry = &table->entries[i];
        bool is_better = !best || entry->layers_n > best->layers_n ||
                         (entry->layers_n == best->layers_n && entry->created > best->created);
        best = is_better && begins_with(image, entry) ? entry : best;
    }
    return best;
}

static const struct base_entry *newest_of(const struct base_table *table, struct str name,
                                          const struct image *image) {
    const struct base_entry *best = NULL;
    for (size_t i = 0; i < table->n; i++) {
        const struct base_entry *entry = &table->entries[i];
        bool fits = str_eq(entry->name, name) &&
                    (!entry->platform.n || !image->platform.n || str_eq(entry->platform, image->platform));
        best = fits && entry->created > (best ? best->created : image->base.created) ? entry : best;
    }
    return best;
}

/* 1 when both name one thing: "debian:12" is "docker.io/library/debian:12". */
static int is_same_reference(struct arena *scratch, struct str a, struct str b, struct err *err) {
    struct image_reference x, y;
    struct err ignored = ERR_NONE;
    int code = reference_parse(a, scratch, &x, &ignored);
    code = code == 0 ? reference_parse(b, scratch, &y, &ignored) : code;
    if (code < 0) {
        return code == ERR_MEMORY ? err_memory(err) : 0;
    }
    return str_eq(x.registry, y.registry) && str_eq(x.repository, y.repository) && str_eq(x.tag, y.tag);
}

int base_table_newest(const struct base_table *table, const struct image *image,
                      const struct base_entry **out, struct err *err) {
    const struct image_base *base = &image->base;
    _cleanup_(arena_free) struct arena scratch = arena_new(MIB);
    *out = NULL;
    if (base->named_by == BASE_TABLE) {
        *out = newest_of(table, base->name, image);
        return 0;
    }
    for (size_t i = 0; base->reference.n && base->created > 0 && i < table->n; i++) {
        const struct base_entry *entry = &table->entries[i];
        int same =
            entry->reference.n ? is_same_reference(&scratch, entry->reference, base->reference, err) : 0;
        if (same) {
            *out = same > 0 ? newest_of(table, entry->name, image) : NULL;
            return same > 0 ? 0 : same;
        }
        arena_reset(&scratch);
    }
    return 0;
}

void base_table_apply(const struct base_table *table, struct image *image) {
    const struct base_entry *entry = base_table_match(table, image);
    struct image_base *base = &image->base;
    if (!entry) {
        return;
    }
    base->named_by = base->layers_by = BASE_TABLE;
    base->name = entry->name;
    base->version = entry->version;
    base->reference = entry->reference;
    base->digest = entry->digest.n ? entry->digest : base->digest;
    base->created = entry->created;
    base->layers = entry->layers_n;
    base->file = table->file;
    for (size_t i = 0; i < image->layers_n; i++) {
        image->layers[i].is_in_base = i < base->layers;
    }
}
