/* One page that needs nothing beside itself: content/report/page.* with the findings as JSON in it.
 *
 * Findings are columns of numbers, each the difference from the row before; texts stand once in a list and
 * are named by their place there. So ten thousand findings with their texts stay below a megabyte. In the
 * JSON no
 * '<' is written as itself: nothing in it can end its element. */
#include "base/clock.h"
#include "base/limits.h"
#include "doc/json_write.h"
#include "report/fixes.h"
#include "report/formats.h"
#include "report/page.h"
#include "report/words.h"

enum { LONGEST_TEXT = 160, MOST_FIXES = 10 };

enum column {
    COLUMN_RULE,
    COLUMN_TITLE,
    COLUMN_NAME,
    COLUMN_VERSION,
    COLUMN_FIX,
    COLUMN_PATH,
    COLUMN_REASON,
    COLUMN_LINE,
    COLUMN_LAYER,
    COLUMN_SEVERITY,
    COLUMN_SCORE, /* in tenths; 0: unknown */
    COLUMN_STATUS,
    COLUMN_FLAGS,
    COLUMNS
};

enum { FLAG_BLOCKS = 1, FLAG_EXPLOITED = 2, FLAG_IN_BASE = 4 };

struct html {
    struct view *view;
    struct buf *out;
    struct buf json, text;
    struct json_writer w;
    struct map numbers; /* text → its place in the list + 1 */
    VEC(struct str) texts;
    uint32_t *columns[COLUMNS];
};

static void put(struct html *h, const char *key, struct str s) {
    json_key(&h->w, str_c(key));
    json_str(&h->w, s);
}

static void begin_array(struct html *h, const char *key) {
    json_key(&h->w, str_c(key));
    json_begin_array(&h->w);
}

/* Moves the JSON that is written so far into the page. */
static int flush(struct html *h, struct err *err) {
    struct str rest = buf_view(&h->json);
    ptrdiff_t at;
    if (h->json.failed) {
        return err_memory(err); /* the writer knows it by its buffer: it is not to be emptied */
    }
    while ((at = str_find_byte(rest, '<')) >= 0) {
        buf_str(h->out, str_sub(rest, 0, (size_t)at));
        buf_c(h->out, "\\u003c");
        rest = str_from(rest, (size_t)at + 1);
    }
    buf_str(h->out, rest);
    buf_clear(&h->json);
    return view_drain(h->view, h->out, err);
}

/* ---- columns */

static uint32_t number_of(struct html *h, struct str s) {
    struct arena *arena = &h->view->arena;
    s = words_cut(s, LONGEST_TEXT);
    const uint64_t *known = map_get(&h->numbers, s);
    if (known) {
        return (uint32_t)(*known - 1);
    }
    struct str kept = arena_str(arena, s);
    struct str *place = kept.p ? VEC_PUSH(arena, &h->texts) : NULL;
    uint64_t *slot = place ? map_put(&h->numbers, kept, NULL) : NULL;
    if (!slot) {
        h->view->failed = true;
        return 0;
    }
    *place = kept;
    *slot = h->texts.n;
    return (uint32_t)(h->texts.n - 1);
}

static uint32_t fix_of(struct html *h, const struct view_finding *finding) {
    words_begin(h->view, &h->text);
    if (view_has_rule(finding)) {
        words_fix(&h->text, finding);
    } else {
        buf_str(&h->text, finding->upgrade);
    }
    return number_of(h, buf_view(&h->text));
}

static void take(struct html *h, size_t i, const struct view_row *row, const struct view_finding *finding) {
    const struct finding *f = &finding->f;
    bool is_check = view_has_rule(finding);
    const uint32_t values[COLUMNS] = {
        [COLUMN_RULE] = number_of(h, f->rule),
        [COLUMN_TITLE] = number_of(h, is_check && finding->message.n ? finding->message : f->title),
        [COLUMN_NAME] = number_of(h, is_check ? words_resource(finding) : finding->asset->name),
        [COLUMN_VERSION] = number_of(h, is_check ? finding->item : finding->asset->version),
        [COLUMN_FIX] = fix_of(h, finding),
        [COLUMN_PATH] = number_of(h, words_path(h->view, finding)),
        [COLUMN_REASON] = number_of(h, finding->reason),
        [COLUMN_LINE] = f->line,
        [COLUMN_LAYER] = (uint32_t)f->layer,
        [COLUMN_SEVERITY] = f->severity,
        [COLUMN_SCORE] = is_check || f->score < 0 ? 0 : (uint32_t)(f->score * 10 + 0.5),
        [COLUMN_STATUS] = f->status,
        [COLUMN_FLAGS] = (view_blocks(row) ? FLAG_BLOCKS : 0u) |
                         (finding->is_exploited ? FLAG_EXPLOITED : 0u) | (f->is_in_base ? FLAG_IN_BASE : 0u),
    };
    for (size_t c = 0; c < COLUMNS; c++) {
        h->columns[c][i] = values[c];
    }
}

/* One row an issue: the same at each place of a group would drown the others. */
static int collect(struct html *h, size_t *n, struct err *err) {
    struct view *view = h->view;
    for (size_t c = 0; c < COLUMNS; c++) {
        h->columns[c] = arena_array(&view->arena, view->rows_n + 1, sizeof *h->columns[c]);
        if (!h->columns[c]) {
            return err_memory(err);
        }
    }
    for (size_t i = 0; i < view->rows_n && !view->failed; i++) {
        if (!view->rows[i].is_repeat) {
            take(h, (*n)++, &view->rows[i], view_show(view, &view->rows[i]));
        }
    }
    return view_failure(view, err);
}

static int put_columns(struct html *h, size_t n, struct err *err) {
    static const char *const names[COLUMNS] = {"rule",  "title",  "name", "version", "fix",
                                               "path",  "reason", "line", "layer",   "severity",
                                               "score", "status", "flags"};
    int r = 0;
    json_key(&h->w, STR("columns"));
    json_begin_object(&h->w);
    for (size_t c = 0; r == 0 && c < COLUMNS; c++) {
        begin_array(h, names[c]);
        for (size_t i = 0; i < n; i++) {
            json_int(&h->w, (int64_t)h->columns[c][i] - (i ? (int64_t)h->columns[c][i - 1] : 0));
        }
        json_end(&h->w);
        r = flush(h, err);
    }
    json_end(&h->w);
    return r;
}

static int put_texts(struct html *h, struct err *err) {
    int r = 0;
    begin_array(h, "strings");
    for (size_t i = 0; r == 0 && i < h->texts.n; i++) {
        json_str(&h->w, h->texts.p[i]);
        r = i % 1000 == 999 ? flush(h, err) : 0;
    }
    json_end(&h->w);
    return r;
}

/* ---- the rest */

static void put_about(struct html *h) {
    const struct view *view = h->view;
    char time[CLOCK_TEXT];
    clock_format(MAX(view->run.started, (int64_t)0), time);
    struct str os = view->os.name.n ? view_os_name(h->view, &view->os) : STR_NONE;
    words_begin(h->view, &h->text);
    buf_printf(&h->text, "%s, %zu packages", asset_kind_name(view->target.asset.kind), view->packages_total);
    if (os.n) {
        buf_printf(&h->text, ", %.*s", STR_ARG(os));
    }
    if (view->target.platform.n) {
        buf_printf(&h->text, ", %.*s", STR_ARG(view->target.platform));
    }
    buf_printf(&h->text, ", scanned %s by plimsoll %.*s", time, STR_ARG(view->run.version));
    put(h, "about", buf_view(&h->text));
}

static void put_summary(struct html *h) {
    const struct view *view = h->view;
    put(h, "target", words_cut(view->target.asset.name, LONGEST_TEXT));
    put_about(h);
    json_key(&h->w, STR("blocked"));
    json_bool(&h->w, view->is_blocked);
    json_key(&h->w, STR("open"));
    json_uint(&h->w, view->statuses[FINDING_OPEN]);
    json_key(&h->w, STR("incomplete"));
    json_uint(&h->w, view->incomplete);
    begin_array(h, "severities");
    for (size_t i = 0; i < SEVERITIES; i++) {
        json_uint(&h->w, view->severities[i]);
    }
    json_end(&h->w);
    begin_array(h, "statuses");
    for (int i = 0; i < FINDING_STATUSES; i++) {
        json_str(&h->w, str_c(finding_status_name((enum finding_status)i)));
    }
    json_end(&h->w);
}

static void put_fixes(struct html *h, const struct fix_list *fixes) {
    begin_array(h, "fixes");
    for (size_t i = 0; i < fixes->n && i < MOST_FIXES; i++) {
        json_begin_array(&h->w);
        json_str(&h->w, words_cut(fixes->p[i].action, LONGEST_TEXT));
        json_uint(&h->w, fixes->p[i].removes);
        json_end(&h->w);
    }
    json_end(&h->w);
}

static void put_problems(struct html *h) {
    begin_array(h, "problems");
    for (size_t i = 0; i < h->view->problems.n; i++) {
        const struct problem *problem = &h->view->problems.p[i];
        words_begin(h->view, &h->text);
        buf_printf(&h->text, "%.*s: %.*s", STR_ARG(problem->place), STR_ARG(problem->message));
        json_str(&h->w, buf_view(&h->text));
    }
    json_end(&h->w);
}

static int put_data(struct html *h, const struct fix_list *fixes, struct err *err) {
    size_t n = 0;
    int r = collect(h, &n, err);
    if (r < 0) {
        return r;
    }
    json_begin_object(&h->w);
    put_summary(h);
    put_fixes(h, fixes);
    put_problems(h);
    r = put_columns(h, n, err);
    r = r == 0 ? put_texts(h, err) : r;
    if (r < 0) {
        return r;
    }
    json_end(&h->w);
    r = flush(h, err);
    return r == 0 ? json_finish(&h->w, err) : r;
}

static int write_page(struct html *h, struct err *err) {
    struct fix_list fixes;
    int r = fixes_find(h->view, &fixes, err);
    buf_str(h->out, report_page_before);
    r = r == 0 ? put_data(h, &fixes, err) : r;
    buf_str(h->out, report_page_after);
    r = r == 0 ? view_failure(h->view, err) : r;
    return r == 0 && (h->out->failed || h->text.failed) ? err_memory(err) : r;
}

int report_html(struct store *store, int64_t run, const struct report_options *options, struct buf *out,
                struct err *err) {
    _cleanup_(view_free) struct view view = {0};
    int r = view_load(&view, store, run, options, err);
    if (r < 0) {
        return r;
    }
    struct html h = {.view = &view,
                     .out = out,
                     .json = buf_new(LIMIT_REPORT),
                     .text = buf_new(LIMIT_REPORT),
                     .numbers = map_new(&view.arena)};
    h.w = json_writer_new(&h.json, 0);
    r = write_page(&h, err);
    buf_free(&h.json);
    buf_free(&h.text);
    return r;
}
