/* Before base/banned.h, because it names alloca. */
#include <libfyaml.h>

#include "doc/yaml_source.h"

bool yaml_source_open(struct yaml_source *source, struct str text) {
    const struct fy_diag_cfg diag = {.level = FYET_ERROR};
    *source = (struct yaml_source){.diag = fy_diag_create(&diag)};
    if (!source->diag) {
        return false;
    }
    fy_diag_set_collect_errors(source->diag, true);
    /* The depth is bounded by the reader and not by libfyaml, whose limit of 64 is below what real files
     * have. */
    const struct fy_parse_cfg cfg = {.search_path = "",
                                     .flags = FYPCF_QUIET | FYPCF_DISABLE_DEPTH_LIMIT | FYPCF_JSON_NONE,
                                     .diag = source->diag};
    source->fy = fy_parser_create(&cfg);
    return source->fy && fy_parser_set_string(source->fy, text.p, text.n) == 0;
}

void yaml_source_close(struct yaml_source *source) {
    if (source->fy) {
        fy_parser_destroy(source->fy);
    }
    if (source->diag) {
        fy_diag_destroy(source->diag);
    }
    *source = (struct yaml_source){0};
}

bool yaml_scalar_extent(struct fy_event *event, size_t size, struct yaml_extent *out) {
    if (event->type != FYET_SCALAR || !event->scalar.value) {
        return false;
    }
    const struct fy_mark *start = fy_token_start_mark(event->scalar.value);
    const struct fy_mark *end = fy_token_end_mark(event->scalar.value);
    if (!start || !end || start->input_pos > end->input_pos || end->input_pos > size) {
        return false;
    }
    *out = (struct yaml_extent){start->input_pos, end->input_pos};
    return true;
}

static size_t skip_blanks(struct str s, size_t i) {
    while (i < s.n && (s.p[i] == ' ' || s.p[i] == '\t')) {
        i++;
    }
    return i;
}

/* Blanks with a tab among them from i on, in front of a byte that libfyaml may take for a block entry's. */
static bool is_trap(struct str s, size_t i, size_t *end) {
    *end = skip_blanks(s, i);
    return *end < s.n && memchr("?:|>-", s.p[*end], 5) && memchr(s.p + i, '\t', *end - i);
}

/* Writes spaces over the tabs of every trap in copy, which has the bytes of s; how many traps. */
static size_t hide_all(struct str s, char *copy) {
    size_t count = 0, end;
    for (size_t i = 1; i < s.n; i++) {
        if (s.p[i - 1] == ':' && s.p[i] <= ' ' && is_trap(s, i, &end)) {
            count++;
            if (copy) {
                memset(copy + i, ' ', end - i);
            }
        }
    }
    return count;
}

/* Puts the scalars' own bytes back into copy; what stands behind an error stays hidden. */
static bool restore_scalars(struct str hidden, struct str text, char *copy) {
    struct yaml_source source;
    bool ok = yaml_source_open(&source, hidden), is_end = !ok;
    while (!is_end) {
        struct fy_event *event = fy_parser_parse(source.fy);
        struct yaml_extent extent;
        if (!event) {
            break;
        }
        if (yaml_scalar_extent(event, text.n, &extent) && extent.to > extent.from) {
            memcpy(copy + extent.from, text.p + extent.from, extent.to - extent.from);
        }
        is_end = event->type == FYET_STREAM_END;
        fy_parser_event_free(source.fy, event);
    }
    yaml_source_close(&source);
    return ok;
}

struct str yaml_hide_tabs(struct arena *arena, struct str text) {
    if (hide_all(text, NULL) == 0) {
        return text;
    }
    struct str hidden = arena_str(arena, text), copy = STR_NONE;
    if (hidden.p) {
        hide_all(text, (char *)hidden.p);
        copy = arena_str(arena, hidden);
    }
    return copy.p && restore_scalars(hidden, text, (char *)copy.p) ? copy : STR_NONE;
}
