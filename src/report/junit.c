/* JUnit's XML, as CI servers read it: a test suite for the target, a test case for each rule on each package
 * or resource. What is open is a failure; what was judged not to apply, or is accepted, is skipped and says
 * why. Nothing found is one case that passed. */
#include "base/clock.h"
#include "base/limits.h"
#include "report/formats.h"
#include "report/words.h"

static void put_attribute(struct buf *out, const char *name, struct str value) {
    buf_printf(out, " %s=\"", name);
    words_xml(out, words_cut(value, 1000));
    buf_byte(out, '"');
}

static void put_name(struct buf *out, struct buf *text, struct view *view,
                     const struct view_finding *finding) {
    words_begin(view, text);
    buf_str(text, finding->f.rule);
    buf_byte(text, ' ');
    words_subject(text, finding);
    put_attribute(out, "name", buf_view(text));
}

static void put_failure(struct buf *out, struct buf *text, struct view *view, const struct view_row *row,
                        const struct view_finding *finding) {
    buf_c(out, "      <failure");
    put_attribute(out, "type", str_c(severity_name(finding->f.severity)));
    put_attribute(out, "message", words_title(finding));
    buf_byte(out, '>');
    words_begin(view, text);
    words_message(text, finding);
    words_xml(out, buf_view(text));
    words_begin(view, text);
    words_fix(text, finding);
    if (text->n) {
        buf_c(out, "&#10;");
        words_xml(out, buf_view(text));
    }
    buf_c(out, "&#10;");
    words_xml(out, words_path(view, finding));
    if (finding->f.line) {
        buf_printf(out, ":%u", finding->f.line);
    }
    buf_c(out, view_blocks(row) ? "&#10;Blocked by a guardrail.</failure>\n" : "</failure>\n");
}

static void put_case(struct buf *out, struct buf *text, struct view *view, const struct view_row *row,
                     const struct view_finding *finding) {
    buf_c(out, "    <testcase");
    put_attribute(out, "classname", words_path(view, finding));
    put_name(out, text, view, finding);
    buf_c(out, " time=\"0\">\n");
    if (view_is_open(finding)) {
        put_failure(out, text, view, row, finding);
    } else {
        buf_c(out, "      <skipped");
        words_begin(view, text);
        buf_printf(text, "%s: %.*s", finding_status_name(finding->f.status), STR_ARG(finding->reason));
        put_attribute(out, "message", buf_view(text));
        buf_c(out, "/>\n");
    }
    buf_c(out, "    </testcase>\n");
}

static void begin_suite(struct buf *out, struct view *view) {
    size_t open = view->statuses[FINDING_OPEN], all = 0;
    char time[CLOCK_TEXT];
    for (size_t i = 0; i < view->rows_n; i++) {
        all += !view->rows[i].is_repeat;
    }
    clock_format(MAX(view->run.started, (int64_t)0), time);
    buf_c(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n  <testsuite");
    put_attribute(out, "name", view->target.asset.name);
    buf_printf(out, " tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" skipped=\"%zu\" time=\"%.3f\"",
               (all ? all : 1) + view->incomplete, open, view->incomplete, all - open,
               MAX(view->seconds, 0.0));
    put_attribute(out, "timestamp", str_sub(str_c(time), 0, 19));
    buf_c(out, ">\n");
    if (!all) {
        buf_c(out, "    <testcase classname=\"plimsoll\" name=\"nothing found\" time=\"0\"/>\n");
    }
}

/* What was not read is an error: the suite may not pass for that. */
static void put_errors(struct buf *out, struct view *view) {
    for (size_t i = 0; i < view->problems.n; i++) {
        const struct problem *problem = &view->problems.p[i];
        if (problem->is_incomplete) {
            buf_c(out, "    <testcase classname=\"plimsoll\"");
            put_attribute(out, "name", problem->place);
            buf_c(out, " time=\"0\">\n      <error");
            put_attribute(out, "message", problem->message);
            buf_c(out, "/>\n    </testcase>\n");
        }
    }
}

int report_junit(struct store *store, int64_t run, const struct report_options *options, struct buf *out,
                 struct err *err) {
    _cleanup_(view_free) struct view view = {0};
    _cleanup_(buf_free) struct buf text = buf_new(LIMIT_REPORT);
    int r = view_load(&view, store, run, options, err);
    if (r < 0) {
        return r;
    }
    begin_suite(out, &view);
    for (size_t i = 0; r == 0 && i < view.rows_n; i++) {
        const struct view_row *row = &view.rows[i];
        if (!row->is_repeat) {
            put_case(out, &text, &view, row, view_show(&view, row));
            r = view_drain(&view, out, err);
        }
    }
    put_errors(out, &view);
    buf_c(out, "  </testsuite>\n</testsuites>\n");
    r = r == 0 ? view_failure(&view, err) : r;
    return r == 0 && (out->failed || text.failed) ? err_memory(err) : r;
}
