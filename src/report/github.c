/* Annotations of GitHub Actions: workflow commands on standard output
 * (https://docs.github.com/actions/reference/workflow-commands-for-github-actions). GitHub shows ten of each
 * level of a step, so no more are written: the worst, and a line that says how many there are. */
#include "report/formats.h"
#include "report/words.h"

#include "base/limits.h"

enum level { LEVEL_ERROR, LEVEL_WARNING, LEVEL_NOTICE, LEVELS };
enum { MOST_SHOWN = 10, LONGEST = 4096 };

static enum level level_of(const struct view_row *row) {
    static const enum level levels[SEVERITIES] = {LEVEL_NOTICE,  LEVEL_NOTICE, LEVEL_NOTICE,
                                                  LEVEL_WARNING, LEVEL_ERROR,  LEVEL_ERROR};
    return view_blocks(row) ? LEVEL_ERROR : levels[row->severity];
}

/* Line ends would begin another command; in properties ':' and ',' would end the value. */
static void put_escaped(struct buf *out, struct str s, bool is_property) {
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (c == '%' || c == '\r' || c == '\n' || (is_property && (c == ':' || c == ','))) {
            buf_printf(out, "%%%02X", c);
        } else {
            buf_byte(out, c < ' ' || c == 0x7f ? '?' : c);
        }
    }
}

static void put_annotation(struct buf *out, struct buf *text, struct view *view,
                           const struct view_finding *finding, enum level level) {
    static const char *const names[LEVELS] = {"error", "warning", "notice"};
    buf_printf(out, "::%s file=", names[level]);
    put_escaped(out, words_cut(words_path(view, finding), LONGEST), true);
    if (finding->f.line) {
        buf_printf(out, ",line=%u", finding->f.line);
    }
    if (finding->f.line && finding->f.column) {
        buf_printf(out, ",col=%u", finding->f.column);
    }
    buf_c(out, ",title=");
    put_escaped(out, str_c(severity_name(finding->f.severity)), true);
    buf_byte(out, ' ');
    put_escaped(out, words_cut(finding->f.rule, LONGEST), true);
    buf_c(out, "::");
    words_begin(view, text);
    words_message(text, finding);
    put_escaped(out, words_cut(buf_view(text), LONGEST), false);
    words_begin(view, text);
    words_fix(text, finding);
    if (text->n) {
        buf_byte(out, ' ');
        put_escaped(out, words_cut(buf_view(text), LONGEST), false);
    }
    buf_byte(out, '\n');
}

static void put_summary(struct buf *out, struct view *view, size_t written) {
    size_t open = view->statuses[FINDING_OPEN];
    buf_printf(out, "plimsoll: %zu open (", open);
    for (int i = SEVERITY_CRITICAL; i >= SEVERITY_LOW; i--) {
        buf_printf(out, "%s%zu %s", i == SEVERITY_CRITICAL ? "" : ", ", view->severities[i],
                   severity_name((enum severity)i));
    }
    buf_c(out, ")");
    if (written < open) {
        buf_printf(out, "; annotated are the worst %zu", written);
    }
    buf_c(out, view->incomplete ? "; not all could be read\n" : "\n");
}

int report_github(struct store *store, int64_t run, const struct report_options *options, struct buf *out,
                  struct err *err) {
    _cleanup_(view_free) struct view view = {0};
    _cleanup_(buf_free) struct buf text = buf_new(LIMIT_REPORT);
    int r = view_load(&view, store, run, options, err);
    size_t shown[LEVELS] = {0}, written = 0;
    for (size_t i = 0; r == 0 && i < view.rows_n; i++) {
        const struct view_row *row = &view.rows[i];
        enum level level = level_of(row);
        if (view_row_is_open(row) && !row->is_repeat && shown[level] < MOST_SHOWN) {
            put_annotation(out, &text, &view, view_show(&view, row), level);
            shown[level]++;
            written++;
            r = view_drain(&view, out, err);
        }
    }
    if (r < 0) {
        return r;
    }
    put_summary(out, &view, written);
    r = view_failure(&view, err);
    return r == 0 && (out->failed || text.failed) ? err_memory(err) : r;
}
