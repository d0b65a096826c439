/* Markdown for a comment on a merge request: the summary, what to do first, the worst findings as a table and
 * the rest of them collapsed. Capped to what such comments take (65,536 characters at GitHub). Outside text
 * is escaped: it can't link, mention, format, or leave its cell. */
#include "base/limits.h"
#include "base/utf8.h"
#include "report/fixes.h"
#include "report/formats.h"
#include "report/words.h"

enum { MOST_OPEN = 20, MOST_MORE = 100, MOST_FIXES = 5, MOST_BYTES = 56 * 1024, LONGEST_CELL = 160 };

static bool is_control(uint32_t code) {
    return code < ' ' || (code >= 0x7f && code < 0xa0) || (code >= 0x202a && code <= 0x202e) ||
           (code >= 0x2066 && code <= 0x2069);
}

static bool ends_word(struct str before, struct str word) {
    return before.n >= word.n && str_eq_nocase(str_from(before, before.n - word.n), word);
}

/* What reads as text here: a dash begins a list at the start of a line only, a dot a link behind "www", a
 * colon one before slashes; "GH-1" links to an issue. */
static bool is_plain(struct str before, uint32_t code, struct str behind) {
    switch (code) {
    case '-':
        return before.n && !ends_word(before, STR("gh"));
    case '.':
        return before.n && !ends_word(before, STR("www"));
    case ':':
        return !str_starts(behind, STR("/"));
    default:
        return code >= 0xa0 || ascii_is_alnum((char)code) || strchr(" ,/()%", (int)code);
    }
}

/* Anything else is written as a numbered entity, which Markdown never reads as its own. */
static void put_safe(struct buf *out, struct str s) {
    s = words_cut(s, LONGEST_CELL);
    for (size_t i = 0, n; i < s.n; i += MAX(n, (size_t)1)) {
        uint32_t code = 0;
        n = utf8_next(str_from(s, i), &code);
        if (n == 0 || is_control(code)) {
            buf_c(out, "\xef\xbf\xbd");
        } else if (is_plain(str_sub(s, 0, i), code, str_from(s, i + n))) {
            buf_str(out, str_sub(s, i, n));
        } else {
            buf_printf(out, "&#%u;", (unsigned)code);
        }
    }
}

static void put_cell(struct buf *out, struct str s) {
    buf_c(out, " ");
    put_safe(out, s);
    buf_c(out, " |");
}

static void put_summary(struct buf *out, struct view *view) {
    buf_c(out, "### Plimsoll: ");
    put_safe(out, view->target.asset.name);
    buf_printf(out, "\n\n%s**%zu open**", view->is_blocked ? "**Blocked.** " : "",
               view->statuses[FINDING_OPEN]);
    for (int i = SEVERITY_CRITICAL; i >= SEVERITY_LOW; i--) {
        buf_printf(out, ", %zu %s", view->severities[i], severity_name((enum severity)i));
    }
    if (view->exploited) {
        buf_printf(out, "; **%zu known to be exploited**", view->exploited);
    }
    buf_printf(out, ". %zu packages.\n", view->packages_total);
    if (view->incomplete) {
        buf_printf(out, "\n**Not all could be read** (problems: %zu): the scan is not complete.\n",
                   view->incomplete);
    }
}

static void put_fixes(struct buf *out, const struct fix_list *fixes) {
    if (!fixes->n) {
        return;
    }
    buf_c(out, "\n#### Do this first\n\n");
    for (size_t i = 0; i < fixes->n && i < MOST_FIXES; i++) {
        buf_printf(out, "%zu. ", i + 1);
        put_safe(out, fixes->p[i].action);
        buf_printf(out, " (removes %zu)\n", fixes->p[i].removes);
    }
}

static void begin_table(struct buf *out) {
    buf_c(out, "| Severity | Finding | In | Fixed | Where |\n|---|---|---|---|---|\n");
}

static void put_finding(struct buf *out, struct buf *text, struct view *view, const struct view_row *row,
                        const struct view_finding *finding) {
    buf_printf(out, "| %s%s%s |", view_blocks(row) ? "**" : "", severity_name(finding->f.severity),
               view_blocks(row) ? "**" : "");
    words_begin(view, text);
    buf_str(text, finding->f.rule);
    if (finding->f.title.n) {
        buf_printf(text, ": %.*s", STR_ARG(finding->f.title));
    }
    put_cell(out, buf_view(text));
    words_begin(view, text);
    words_subject(text, finding);
    put_cell(out, buf_view(text));
    put_cell(out, view_has_rule(finding) ? STR_NONE : finding->upgrade);
    words_begin(view, text);
    buf_str(text, words_path(view, finding));
    if (finding->f.line) {
        buf_printf(text, ":%u", finding->f.line);
    }
    put_cell(out, buf_view(text));
    buf_c(out, "\n");
}

/* The worst ones, then those after them behind a fold. What is capped is said. */
static void put_findings(struct buf *out, struct buf *text, struct view *view) {
    size_t start = out->n, shown = 0, open = view->statuses[FINDING_OPEN];
    for (size_t i = 0; i < view->rows_n && shown < MOST_OPEN + MOST_MORE && out->n - start < MOST_BYTES;
         i++) {
        const struct view_row *row = &view->rows[i];
        if (!view_row_is_open(row) || row->is_repeat) {
            continue;
        }
        if (shown == 0) {
            buf_c(out, "\n#### Findings\n\n");
            begin_table(out);
        } else if (shown == MOST_OPEN) {
            buf_c(out, "\n<details><summary>More</summary>\n\n");
            begin_table(out);
        }
        put_finding(out, text, view, row, view_show(view, row));
        shown++;
    }
    buf_c(out, shown > MOST_OPEN ? "\n</details>\n" : "");
    if (shown < open) {
        buf_printf(out, "\n%zu of %zu findings are shown, the worst.\n", shown, open);
    }
}

int report_markdown(struct store *store, int64_t run, const struct report_options *options, struct buf *out,
                    struct err *err) {
    _cleanup_(view_free) struct view view = {0};
    _cleanup_(buf_free) struct buf text = buf_new(LIMIT_REPORT);
    struct fix_list fixes;
    int r = view_load(&view, store, run, options, err);
    r = r == 0 ? fixes_find(&view, &fixes, err) : r;
    if (r < 0) {
        return r;
    }
    put_summary(out, &view);
    put_fixes(out, &fixes);
    put_findings(out, &text, &view);
    r = view_failure(&view, err);
    return r == 0 && (out->failed || text.failed) ? err_memory(err) : r;
}
