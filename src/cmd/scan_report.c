/* The store to reports: each format to its place. */
#include "base/file.h"
#include "base/limits.h"
#include "cmd/scan_parts.h"

static const char *format_of(const struct scan *scan) {
    const char *given = arguments_get(scan->arguments, "format");
    return given ? given : scan->mode->format;
}

bool scan_wants_format(const struct scan *scan, struct str wanted) {
    const struct option_values *outputs = arguments_all(scan->arguments, "output");
    bool is_wanted = str_eq(str_c(format_of(scan)), wanted);
    for (size_t i = 0; !is_wanted && i < outputs->n; i++) {
        struct str name, path;
        str_cut(str_c(outputs->p[i]), '=', &name, &path);
        is_wanted = str_eq(name, wanted);
    }
    return is_wanted;
}

static bool format_reads_needs(struct str name) {
    const struct report_format *format = report_format_of(name);
    return format && format->reads_needs;
}

bool scan_keeps_edges(const struct scan *scan) {
    const struct option_values *outputs = arguments_all(scan->arguments, "output");
    bool is_wanted = arguments_has(scan->arguments, "store") || format_reads_needs(str_c(format_of(scan)));
    for (size_t i = 0; !is_wanted && i < outputs->n; i++) {
        struct str name, path;
        str_cut(str_c(outputs->p[i]), '=', &name, &path);
        is_wanted = format_reads_needs(name);
    }
    return is_wanted;
}

int scan_drain_to_stdout(void *ctx, struct buf *out, struct err *err) {
    size_t n = out->n;
    bool is_written = !n || fwrite(out->p, 1, n, stdout) == n;
    buf_clear(out);
    return is_written ? 0 : err_set_errno(err, ERR_IO, "standard output");
}

static int drain_to_file(void *ctx, struct buf *out, struct err *err) {
    const struct file_new *file = ctx;
    int r = out->failed ? err_memory(err) : file_write_fd(file->fd, buf_view(out), err);
    buf_clear(out);
    return r;
}

static int write_report(const struct scan *scan, struct str name, const char *path, struct err *err) {
    const struct report_format *format = report_format_of(name);
    if (!format) {
        return err_set(err, ERR_USAGE, "there is no format '%.*s'. See: plimsoll scan --help", STR_ARG(name));
    }
    _cleanup_(file_new_close) struct file_new file = FILE_NEW_NONE;
    _cleanup_(buf_free) struct buf out = buf_new(GIB);
    struct report_options options = scan->report;
    options.drain = path ? drain_to_file : scan_drain_to_stdout;
    options.drain_ctx = &file;
    if (path) {
        options.has_colour = false;
        options.width = 0;
    }
    int r = path ? file_new_open(&file, path, err) : 0;
    if (r == 0) {
        r = format->write(scan->store, scan->run, &options, &out, err);
    }
    if (r == 0) {
        r = options.drain(options.drain_ctx, &out, err);
    }
    return r == 0 && path ? file_new_place(&file, path, err) : r;
}

int scan_write_reports(const struct scan *scan, struct err *err) {
    const struct option_values *outputs = arguments_all(scan->arguments, "output");
    int r = write_report(scan, str_c(format_of(scan)), NULL, err);
    for (size_t i = 0; r == 0 && i < outputs->n; i++) {
        struct str name, path;
        if (!str_cut(str_c(outputs->p[i]), '=', &name, &path) || !path.n) {
            return err_set(err, ERR_USAGE, "'%s' should be FORMAT=FILE, as in: -o sarif=out.sarif",
                           outputs->p[i]);
        }
        const char *file = arena_cstr(scan->arena, path);
        r = file ? write_report(scan, name, file, err) : err_memory(err);
    }
    return r;
}
