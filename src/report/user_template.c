/* A report as the user's template has it (report/template/template.h), over what the JSON report says. */
#include "base/limits.h"
#include "doc/json.h"
#include "report/formats.h"
#include "report/json_parts.h"
#include "report/template/template.h"

struct source {
    struct view *view;
    struct buf json; /* of one item */
};

static int item(void *ctx, enum template_list list, size_t i, struct arena *arena, const struct doc **out,
                struct err *err) {
    struct source *s = ctx;
    struct json_writer w = json_writer_new(&s->json, 0);
    buf_clear(&s->json);
    *out = NULL;
    if (i >= (list == TEMPLATE_FINDINGS ? s->view->rows_n : s->view->visible_n)) {
        return 0;
    }
    if (list == TEMPLATE_FINDINGS) {
        json_put_finding(&w, s->view, i);
    } else {
        json_put_package(&w, s->view, i);
    }
    int r = json_finish(&w, err);
    r = r == 0 ? view_failure(s->view, err) : r;
    struct str text = r == 0 ? arena_str(arena, buf_view(&s->json)) : STR_NONE;
    if (r < 0) {
        return r;
    }
    return text.p ? json_parse(arena, text, out, err) : err_memory(err);
}

static int drain(void *ctx, struct buf *out, struct err *err) {
    const struct source *s = ctx;
    return view_drain(s->view, out, err);
}

static int write_source(struct source *s, const struct template *t, struct buf *out, struct err *err) {
    _cleanup_(buf_free) struct buf head = buf_new(LIMIT_DOC_BYTES);
    _cleanup_(arena_free) struct arena arena = arena_new(LIMIT_DOC_BYTES);
    struct json_writer w = json_writer_new(&head, 0);
    struct template_data data = {.item = item, .drain = drain, .ctx = s};
    int r = json_put_head(&w, s->view, err);
    r = r == 0 ? json_parse(&arena, buf_view(&head), &data.head, err) : r;
    return r == 0 ? template_write(t, &data, out, err) : r;
}

int report_template(struct store *store, int64_t run, const struct report_options *options, struct buf *out,
                    struct err *err) {
    _cleanup_(view_free) struct view view = {0};
    struct source source = {.view = &view, .json = buf_new(LIMIT_RECORD)};
    if (!options->template) {
        return err_set(err, ERR_USAGE, "-f template needs a template: name it with --template FILE");
    }
    int r = view_load_all(&view, store, run, options, err);
    r = r == 0 ? write_source(&source, options->template, out, err) : r;
    buf_free(&source.json);
    return r;
}
