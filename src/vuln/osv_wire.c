/* The compact form: numbers as LEB128, a string as its length and bytes, a list as its count and items. */
#include "base/limits.h"
#include "vuln/osv.h"

static void put_number(struct buf *out, uint64_t value) {
    for (; value >= 0x80; value >>= 7) {
        buf_byte(out, (unsigned char)(value | 0x80));
    }
    buf_byte(out, (unsigned char)value);
}

static void put_str(struct buf *out, struct str s) {
    put_number(out, s.n);
    buf_str(out, s);
}

static void put_strings(struct buf *out, const struct osv_strings *strings) {
    put_number(out, strings->n);
    for (size_t i = 0; i < strings->n; i++) {
        put_str(out, strings->p[i]);
    }
}

/* A time is never negative here: osv_read() makes such ones 0. */
static void put_time(struct buf *out, int64_t seconds) {
    put_number(out, seconds > 0 ? (uint64_t)seconds : 0);
}

void osv_encode_head(struct buf *out, const struct osv_record *record) {
    put_strings(out, &record->aliases);
    put_strings(out, &record->upstream);
    put_str(out, record->summary);
    put_time(out, record->published);
    put_time(out, record->modified);
    put_time(out, record->withdrawn);
    put_strings(out, &record->vectors);
    /* One decimal, and 0 for none. */
    put_number(out, record->score < 0 ? 0 : (uint64_t)(record->score * 10 + 1.5));
    put_str(out, record->word);
    put_str(out, record->informational);
    put_str(out, record->module);
}

/* What follows the versions is rare: a number says which of it is there. */
enum { HAS_IMPORTS = 1, HAS_FUNCTIONS = 2, HAS_VECTORS = 4, HAS_PLATFORMS = 8, HAS_ALL = 15 };

static void put_imports(struct buf *out, const struct osv_affected *affected) {
    put_number(out, affected->imports_n);
    for (size_t i = 0; i < affected->imports_n; i++) {
        put_str(out, affected->imports[i].path);
        put_strings(out, &affected->imports[i].symbols);
    }
}

void osv_encode_affected(struct buf *out, const struct osv_affected *a) {
    put_number(out, a->ranges_n);
    for (size_t i = 0; i < a->ranges_n; i++) {
        put_number(out, a->ranges[i].n);
        for (size_t j = 0; j < a->ranges[i].n; j++) {
            /* Stored: enum range_event_kind is appended to, never renumbered. */
            put_number(out, a->ranges[i].events[j].kind);
            put_str(out, a->ranges[i].events[j].version);
        }
    }
    put_strings(out, &a->versions);
    unsigned has = (a->imports_n ? HAS_IMPORTS : 0) | (a->functions.n ? HAS_FUNCTIONS : 0) |
                   (a->vectors.n ? HAS_VECTORS : 0) | (a->platforms.n ? HAS_PLATFORMS : 0);
    put_number(out, has);
    if (has & HAS_IMPORTS) {
        put_imports(out, a);
    }
    if (has & HAS_FUNCTIONS) {
        put_strings(out, &a->functions);
    }
    if (has & HAS_VECTORS) {
        put_strings(out, &a->vectors);
    }
    if (has & HAS_PLATFORMS) {
        put_strings(out, &a->platforms);
    }
}

void osv_encode(struct buf *out, const struct osv_record *record) {
    put_str(out, record->id);
    osv_encode_head(out, record);
    put_number(out, record->affected_n);
    for (size_t i = 0; i < record->affected_n; i++) {
        put_str(out, record->affected[i].ecosystem);
        put_str(out, record->affected[i].name);
        osv_encode_affected(out, &record->affected[i]);
    }
}

struct decoder {
    struct arena *arena;
    struct cursor in;
    bool no_memory;
};

/* A count of items of at least one byte each: one that the rest can't hold is false before memory is asked
 * for. */
static size_t take_count(struct decoder *d) {
    uint64_t n = cursor_uvarint(&d->in);
    if (n > cursor_left(&d->in)) {
        d->in.failed = true;
    }
    return d->in.failed ? 0 : (size_t)n;
}

static void *take_array(struct decoder *d, size_t n, size_t size) {
    void *array = n ? arena_array(d->arena, n, size) : NULL;
    if (n && !array) {
        d->no_memory = d->in.failed = true;
    }
    return array;
}

static struct str take_str(struct decoder *d) {
    return cursor_take(&d->in, take_count(d));
}

static struct osv_strings take_strings(struct decoder *d) {
    size_t n = take_count(d);
    struct osv_strings strings = {take_array(d, n, sizeof *strings.p), 0};
    while (strings.p && strings.n < n && !d->in.failed) {
        strings.p[strings.n++] = take_str(d);
    }
    return strings;
}

static int64_t take_time(struct decoder *d) {
    uint64_t seconds = cursor_uvarint(&d->in);
    return seconds <= INT64_MAX ? (int64_t)seconds : 0;
}

static void take_head(struct decoder *d, struct osv_record *out) {
    out->aliases = take_strings(d);
    out->upstream = take_strings(d);
    out->summary = take_str(d);
    out->published = take_time(d);
    out->modified = take_time(d);
    out->withdrawn = take_time(d);
    out->vectors = take_strings(d);
    uint64_t score = cursor_uvarint(&d->in);
    out->score = score >= 1 && score <= 101 ? (double)(score - 1) / 10 : -1;
    out->word = take_str(d);
    out->informational = take_str(d);
    out->module = take_str(d);
}

static struct range take_range(struct decoder *d) {
    size_t n = take_count(d), done = 0;
    struct range_event *events = take_array(d, n, sizeof *events);
    while (events && done < n && !d->in.failed) {
        uint64_t kind = cursor_uvarint(&d->in);
        d->in.failed |= kind > RANGE_LIMIT;
        events[done++] = (struct range_event){(enum range_event_kind)MIN(kind, RANGE_LIMIT), take_str(d)};
    }
    return (struct range){RANGE_ECOSYSTEM, events, done};
}

static void take_imports(struct decoder *d, struct osv_affected *out) {
    size_t n = take_count(d);
    out->imports = take_array(d, n, sizeof *out->imports);
    while (out->imports && out->imports_n < n && !d->in.failed) {
        struct osv_import *import = &out->imports[out->imports_n++];
        import->path = take_str(d);
        import->symbols = take_strings(d);
    }
}

static void take_affected(struct decoder *d, struct osv_affected *out) {
    size_t n = take_count(d);
    out->ranges = take_array(d, n, sizeof *out->ranges);
    while (out->ranges && out->ranges_n < n && !d->in.failed) {
        out->ranges[out->ranges_n++] = take_range(d);
    }
    out->versions = take_strings(d);
    uint64_t has = cursor_uvarint(&d->in);
    if (has > HAS_ALL) {
        d->in.failed = true;
        return;
    }
    if (has & HAS_IMPORTS) {
        take_imports(d, out);
    }
    out->functions = has & HAS_FUNCTIONS ? take_strings(d) : (struct osv_strings){0};
    out->vectors = has & HAS_VECTORS ? take_strings(d) : (struct osv_strings){0};
    out->platforms = has & HAS_PLATFORMS ? take_strings(d) : (struct osv_strings){0};
}

static int finish(const struct decoder *d, struct err *err) {
    if (d->no_memory) {
        return err_memory(err);
    }
    if (d->in.failed || cursor_left(&d->in)) {
        return err_set(err, ERR_INPUT, "stored advisory: damaged at byte %zu", d->in.at);
    }
    return 0;
}

int osv_decode_head(struct arena *arena, struct str bytes, struct osv_record *out, struct err *err) {
    struct decoder d = {arena, cursor_over(bytes), false};
    *out = (struct osv_record){0};
    take_head(&d, out);
    return finish(&d, err);
}

int osv_decode_affected(struct arena *arena, struct str bytes, struct osv_affected *out, struct err *err) {
    struct decoder d = {arena, cursor_over(bytes), false};
    *out = (struct osv_affected){0};
    take_affected(&d, out);
    return finish(&d, err);
}

int osv_decode(struct arena *arena, struct str bytes, struct osv_record *out, struct err *err) {
    struct decoder d = {arena, cursor_over(bytes), false};
    *out = (struct osv_record){0};
    struct str id = take_str(&d);
    take_head(&d, out);
    out->id = id;
    size_t n = take_count(&d);
    out->affected = take_array(&d, n, sizeof *out->affected);
    while (out->affected && out->affected_n < n && !d.in.failed) {
        struct osv_affected *affected = &out->affected[out->affected_n++];
        affected->ecosystem = take_str(&d);
        affected->name = take_str(&d);
        take_affected(&d, affected);
    }
    return finish(&d, err);
}
