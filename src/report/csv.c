/* Comma-separated values (RFC 4180), a line for each finding. A cell that begins with = + - @, a tab or a
 * line end gets an apostrophe before it: spreadsheets would run it as a formula. */
#include "base/limits.h"
#include "base/utf8.h"
#include "report/formats.h"
#include "report/words.h"

static bool is_formula(struct str s) {
    return s.n && memchr("=+-@\t\r\n", s.p[0], 7);
}

/* Bytes that are not UTF-8 become U+FFFD, and control characters but line ends and tabs too. */
static void put_character(struct buf *out, struct str *s) {
    uint32_t code = 0;
    size_t n = utf8_next(*s, &code);
    if (n == 0 || (code < ' ' && code != '\n' && code != '\t') || code == 0x7f) {
        buf_c(out, "\xef\xbf\xbd");
    } else {
        buf_c(out, code == '"' ? "\"" : "");
        buf_str(out, str_sub(*s, 0, n));
    }
    *s = str_from(*s, MAX(n, (size_t)1));
}

static void put_cell(struct buf *out, struct str s) {
    buf_c(out, is_formula(s) ? "\"'" : "\"");
    while (s.n) {
        put_character(out, &s);
    }
    buf_byte(out, '"');
}

static void put_text(struct buf *out, struct str s) {
    buf_byte(out, ',');
    put_cell(out, s);
}

static void put_number(struct buf *out, int64_t number) {
    buf_byte(out, ',');
    if (number) {
        buf_printf(out, "%lld", (long long)number);
    }
}

static void put_line(struct buf *out, struct buf *text, struct view *view, const struct view_row *row,
                     const struct view_finding *finding) {
    const struct finding *f = &finding->f;
    put_cell(out, str_c(finding_kind_name(f->kind)));
    put_text(out, f->rule);
    put_text(out, str_c(severity_name(f->severity)));
    buf_byte(out, ',');
    if (f->score >= 0 && !view_has_rule(finding)) {
        buf_printf(out, "%.1f", f->score);
    }
    put_text(out, str_c(finding_status_name(f->status)));
    buf_printf(out, ",%s,%s", view_blocks(row) ? "true" : "false", finding->is_exploited ? "true" : "false");
    put_text(out, view_has_rule(finding) ? words_resource(finding) : finding->asset->name);
    put_text(out, finding->asset->version);
    put_text(out, f->fixed);
    put_text(out, f->path);
    put_number(out, f->line);
    put_number(out, f->layer);
    put_text(out, words_title(finding));
    words_begin(view, text);
    words_fix(text, finding);
    put_text(out, buf_view(text));
    put_text(out, view_has_rule(finding) && finding->message.n ? finding->message : finding->reason);
    put_text(out, finding->package ? finding->package->record.purl : STR_NONE);
    put_text(out, f->fingerprint);
    buf_c(out, "\r\n");
}

int report_csv(struct store *store, int64_t run, const struct report_options *options, struct buf *out,
               struct err *err) {
    _cleanup_(view_free) struct view view = {0};
    _cleanup_(buf_free) struct buf text = buf_new(LIMIT_REPORT);
    int r = view_load(&view, store, run, options, err);
    buf_c(out,
          "kind,rule,severity,score,status,blocks,is_exploited,name,version,fixed,path,line,layer,title,fix,"
          "reason,purl,fingerprint\r\n");
    for (size_t i = 0; r == 0 && i < view.rows_n; i++) {
        put_line(out, &text, &view, &view.rows[i], view_show(&view, &view.rows[i]));
        r = view_drain(&view, out, err);
    }
    r = r == 0 ? view_failure(&view, err) : r;
    return r == 0 && (out->failed || text.failed) ? err_memory(err) : r;
}
