#include "cmd/scan_bases.h"

#include "base/clock.h"
#include "base/limits.h"
#include "doc/json_write.h"
#include "vuln/rebuild.h"

/* ---- the table */

/* A path in .plimsoll.yaml is meant from its folder. */
static const char *beside_config(const struct arguments *arguments, const char *path) {
    struct str folder = str_dirname(str_c(arguments->config.path));
    return path[0] == '/' || !folder.n ? path
                                       : arena_printf(arguments->arena, "%.*s/%s", STR_ARG(folder), path);
}

int scan_bases_path(const struct arguments *arguments, const char *option, const char **out,
                    struct err *err) {
    const struct config_value *set = config_get(&arguments->config, "bases");
    const char *given = arguments_get(arguments, option);
    bool is_configured = set && (!given || given == set->value);
    *out = is_configured ? beside_config(arguments, set->value) : given;
    return *out || !is_configured ? 0 : err_memory(err);
}

int scan_bases_open(struct scan_bases *bases, const struct arguments *arguments, struct err *err) {
    const char *path = NULL;
    *bases = (struct scan_bases){.text = buf_new(LIMIT_RECORD)};
    int r = scan_bases_path(arguments, "bases", &path, err);
    return r == 0 && path ? base_table_read(arguments->arena, path, &bases->table, err) : r;
}

void scan_bases_close(struct scan_bases *bases) {
    buf_free(&bases->text);
}

int scan_bases_find(struct scan_bases *bases, struct image *image, struct err *err) {
    base_table_apply(&bases->table, image);
    return base_table_newest(&bases->table, image, &bases->newer, err);
}

/* ---- the newer version */

static void put_entry(struct json_writer *w, const struct base_entry *entry) {
    char created[CLOCK_TEXT];
    clock_format(entry->created, created);
    json_member_text(w, STR("name"), entry->name);
    json_member_text(w, STR("version"), entry->version);
    json_member_text(w, STR("reference"), entry->reference);
    json_member_text(w, STR("digest"), entry->digest);
    json_member_text(w, STR("created"), str_c(created));
}

static void put_issue(struct json_writer *w, const struct rebuild_issue *issue) {
    json_begin_object(w);
    json_member_text(w, STR("rule"), issue->rule);
    json_member_text(w, STR("type"), str_c(package_type_name(issue->type)));
    json_member_text(w, STR("name"), issue->name);
    json_member_text(w, STR("version"), issue->version);
    json_member_text(w, STR("severity"), str_c(severity_name(issue->severity)));
    json_end(w);
}

static void put_comparison(struct json_writer *w, const struct rebuild *rebuild) {
    json_key(w, STR("vanishing"));
    json_begin_array(w);
    for (size_t i = 0; i < rebuild->vanishing_n; i++) {
        json_int(w, rebuild->vanishing[i]);
    }
    json_end(w);
    json_key(w, STR("appears"));
    json_uint(w, rebuild->appearing_n);
    json_key(w, STR("appearing"));
    json_begin_array(w);
    for (size_t i = 0; i < MIN(rebuild->appearing_n, (size_t)LIMIT_REBUILD_APPEARING); i++) {
        put_issue(w, &rebuild->appearing[i]);
    }
    json_end(w);
}

int scan_bases_compare(struct scan_bases *bases, struct store *store, int64_t run,
                       const struct vuln_options *options, struct str *out, struct err *err) {
    const struct base_entry *newer = bases->newer;
    *out = STR_NONE;
    if (!newer) {
        return 0;
    }
    _cleanup_(arena_free) struct arena arena = arena_new(GIB);
    struct rebuild rebuild = {0};
    bool is_known = newer->knows_packages && options->advisories;
    int r = is_known ? rebuild_compare(store, run, newer->packages, newer->packages_n, options, &arena,
                                       &rebuild, err)
                     : 0;
    buf_clear(&bases->text);
    struct json_writer w = json_writer_new(&bases->text, 0);
    json_begin_object(&w);
    put_entry(&w, newer);
    json_key(&w, STR("isKnown"));
    json_bool(&w, is_known);
    put_comparison(&w, &rebuild);
    json_end(&w);
    r = r == 0 ? json_finish(&w, err) : r;
    *out = r == 0 ? buf_view(&bases->text) : STR_NONE;
    return r;
}
