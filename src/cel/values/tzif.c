/* Time zone files: RFC 8536. A file of version 2 and later holds its data twice, and the second, with times
 * of 64 bits, is the one to read. */
#include "cel/values/tzif.h"

#include "base/cursor.h"
#include "base/limits.h"

enum { OFFSET_LEAST = -89999, OFFSET_MOST = 93599 };

struct header {
    uint8_t version; /* '2' to '4', 0 for the first */
    uint32_t utc_flags, standard_flags, leaps, times, types, letters;
};

static bool read_header(struct cursor *c, struct header *h) {
    struct str magic = cursor_take(c, 4);
    h->version = cursor_u8(c);
    cursor_skip(c, 15);
    h->utc_flags = cursor_be32(c);
    h->standard_flags = cursor_be32(c);
    h->leaps = cursor_be32(c);
    h->times = cursor_be32(c);
    h->types = cursor_be32(c);
    h->letters = cursor_be32(c);
    return !c->failed && str_eq(magic, STR("TZif")) && h->times <= LIMIT_TZIF_TIMES && h->types >= 1 &&
           h->types <= 256 && h->letters <= LIMIT_TZIF && h->leaps <= LIMIT_TZIF &&
           h->utc_flags <= h->types && h->standard_flags <= h->types;
}

/* What stands behind the types: names, leap seconds, flags. */
static size_t tail_size(const struct header *h, size_t width) {
    return h->letters + h->leaps * (width + 4) + h->standard_flags + h->utc_flags;
}

static int wrong(const struct cursor *c, const char *what, struct err *err) {
    return err_set(err, ERR_INPUT, "time zone file, byte %zu: %s", c->at, what);
}

/* The offset of each type, in seconds ahead of UTC. */
static bool read_types(struct cursor *c, uint32_t n, int32_t offsets[256]) {
    bool is_sane = true;
    for (uint32_t i = 0; i < n; i++) {
        offsets[i] = (int32_t)cursor_be32(c);
        is_sane = is_sane && offsets[i] >= OFFSET_LEAST && offsets[i] <= OFFSET_MOST;
        cursor_skip(c, 2); /* whether it is summer, where its name is */
    }
    return is_sane && !c->failed;
}

static bool read_times(struct cursor *c, size_t n, size_t width, int64_t *times) {
    for (size_t i = 0; i < n; i++) {
        times[i] = width == 8 ? (int64_t)cursor_be64(c) : (int32_t)cursor_be32(c);
        if (i && times[i] <= times[i - 1]) {
            return false;
        }
    }
    return !c->failed;
}

static int read_block(struct cursor *c, const struct header *h, size_t width, struct arena *arena,
                      struct tzif *tzif, struct err *err) {
    int32_t types[256];
    if (h->leaps) {
        return err_set(err, ERR_UNSUPPORTED, "a time zone that counts leap seconds");
    }
    if ((width + 1) * h->times + 6 * (size_t)h->types > cursor_left(c)) {
        return wrong(c, "it ends early", err);
    }
    int64_t *times = arena_array(arena, h->times, sizeof *times);
    int32_t *offsets = arena_array(arena, h->times, sizeof *offsets);
    if (!times || !offsets) {
        return err_memory(err);
    }
    if (!read_times(c, h->times, width, times)) {
        return wrong(c, "its times don't ascend", err);
    }
    struct str indexes = cursor_take(c, h->times);
    if (!read_types(c, h->types, types)) {
        return wrong(c, "an offset of more than a day", err);
    }
    for (size_t i = 0; i < h->times; i++) {
        uint8_t type = (uint8_t)indexes.p[i];
        if (type >= h->types) {
            return wrong(c, "a type that isn't there", err);
        }
        offsets[i] = types[type];
    }
    *tzif = (struct tzif){.n = h->times, .times = times, .offsets = offsets, .first = types[0]};
    cursor_skip(c, tail_size(h, width));
    return c->failed ? wrong(c, "it ends early", err) : 0;
}

/* A line of its own behind the second block. */
static int read_footer(struct cursor *c, struct tzif *tzif, struct err *err) {
    struct str rest = cursor_take(c, cursor_left(c)), line;
    if (rest.n < 2 || rest.p[0] != '\n' || !str_cut(str_from(rest, 1), '\n', &line, &rest)) {
        return wrong(c, "its last line is missing", err);
    }
    return tz_footer_parse(line, &tzif->footer, err);
}

int tzif_parse(struct str bytes, struct arena *arena, struct tzif **out, struct err *err) {
    struct cursor c = cursor_over(bytes);
    struct header h;
    size_t width = 4;
    if (bytes.n > LIMIT_TZIF || !read_header(&c, &h)) {
        return wrong(&c, "it does not begin as one", err);
    }
    if (h.version >= '2') {
        width = 8;
        cursor_skip(&c, (size_t)h.times * 5 + (size_t)h.types * 6 + tail_size(&h, 4));
        if (!read_header(&c, &h)) {
            return wrong(&c, "its second header is wrong", err);
        }
    }
    struct tzif *tzif = arena_alloc(arena, sizeof *tzif);
    if (!tzif) {
        return err_memory(err);
    }
    int status = read_block(&c, &h, width, arena, tzif, err);
    if (status == 0 && width == 8) {
        status = read_footer(&c, tzif, err);
    }
    if (status == 0) {
        *out = tzif;
    }
    return status;
}
