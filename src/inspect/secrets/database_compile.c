#include "inspect/secrets/database_compile.h"

#include "base/limits.h"

#include <hs/hs.h>

struct expressions {
    const char **texts;
    unsigned *flags, *ids;
    unsigned n;
};

static int refuse(const struct secret_rule *rule, const hs_compile_error_t *why, struct err *err) {
    const char *message = why && why->message ? why->message : "it can't be compiled";
    return rule ? err_set(err, ERR_INPUT, "%.*s:%u:%u: the pattern of %.*s: %s", STR_ARG(rule->source),
                          rule->at.line, rule->at.column, STR_ARG(rule->id), message)
                : err_set(err, ERR_INPUT, "patterns of secrets: %s", message);
}

/* How far before its end a match may begin. */
static int set_width(struct secret_rule *rule, const char *text, struct err *err) {
    hs_expr_info_t *info = NULL;
    hs_compile_error_t *why = NULL;
    if (hs_expression_info(text, 0, &info, &why) != HS_SUCCESS) {
        int r = refuse(rule, why, err);
        hs_free_compile_error(why);
        return r;
    }
    rule->width = MIN(info->max_width, (unsigned)LIMIT_SECRET_WIDTH);
    bool is_empty = info->min_width < LIMIT_SECRET_WIDTH_MIN;
    free(info);
    return is_empty
               ? err_set(err, ERR_INPUT, "%.*s:%u:%u: the pattern of %.*s: it can match %d bytes or fewer",
                         STR_ARG(rule->source), rule->at.line, rule->at.column, STR_ARG(rule->id),
                         LIMIT_SECRET_WIDTH_MIN - 1)
               : 0;
}

static int gather(struct arena *arena, struct secret_rule *rules, size_t n, struct expressions *out,
                  struct err *err) {
    *out = (struct expressions){arena_array(arena, n + 1, sizeof *out->texts),
                                arena_array(arena, n + 1, sizeof *out->flags),
                                arena_array(arena, n + 1, sizeof *out->ids), 0};
    if (!out->texts || !out->flags || !out->ids) {
        return err_memory(err);
    }
    for (size_t i = 0; i < n; i++) {
        if (!rules[i].pattern.n) {
            continue;
        }
        const char *text = arena_cstr(arena, rules[i].pattern);
        if (!text) {
            return err_memory(err);
        }
        int r = set_width(&rules[i], text, err);
        if (r < 0) {
            return r;
        }
        out->texts[out->n] = text;
        out->ids[out->n++] = (unsigned)i;
    }
    return 0;
}

int secret_database_compile(struct arena *arena, struct secret_rule *rules, size_t n, struct buf *out,
                            struct err *err) {
    struct expressions all;
    hs_database_t *database = NULL;
    hs_compile_error_t *why = NULL;
    const hs_platform_info_t any = {.tune = HS_TUNE_FAMILY_GENERIC};
    int r = gather(arena, rules, n, &all, err);
    if (r < 0 || !all.n) {
        return r;
    }
    if (hs_compile_multi(all.texts, all.flags, all.ids, all.n, HS_MODE_BLOCK, &any, &database, &why) !=
        HS_SUCCESS) {
        r = refuse(why->expression >= 0 ? &rules[all.ids[why->expression]] : NULL, why, err);
        hs_free_compile_error(why);
        return r;
    }
    char *bytes = NULL;
    size_t size = 0;
    r = hs_serialize_database(database, &bytes, &size) == HS_SUCCESS ? 0 : err_memory(err);
    if (r == 0) {
        buf_bytes(out, bytes, size);
        r = out->failed ? err_memory(err) : 0;
    }
    free(bytes);
    hs_free_database(database);
    return r;
}
