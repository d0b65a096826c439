#include "support.h"

#include "base/file.h"
#include "vuln/advisories.h"
#include "zip_make.h"

#include <ftw.h>

void place_make(struct place *place) {
    snprintf(place->dir, sizeof place->dir, "/tmp/plimsoll-vuln-XXXXXX");
    assert_non_null(mkdtemp(place->dir));
    snprintf(place->db, sizeof place->db, "%s/advisories.db", place->dir);
}

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *at) {
    return remove(path);
}

void place_remove(struct place *place) {
    nftw(place->dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

void place_write(struct place *place, const char *name, struct str text) {
    struct err err = ERR_NONE;
    char path[256];
    snprintf(path, sizeof path, "%s/%s", place->dir, name);
    char *slash = strrchr(path, '/');
    *slash = 0;
    assert_int_equal(file_make_dirs(path, &err), 0);
    *slash = '/';
    assert_int_equal(file_replace(path, text, &err), 0);
}

void place_export(struct place *place, const char *ecosystem, const char *const *texts, size_t n) {
    _cleanup_(buf_free) struct buf zip = buf_new(MIB);
    char name[64];
    zip_make(&zip, texts, n);
    snprintf(name, sizeof name, "%s/all.zip", ecosystem);
    place_write(place, name, buf_view(&zip));
    place_write(place, "ecosystems.txt", str_c(ecosystem));
}

int place_build(struct place *place, struct build_options options, struct err *err) {
    options.osv_dir = place->dir;
    return advisories_build(&options, place->db, err);
}

struct str match_ids(struct advisories *advisories, struct arena *arena, const char *ecosystem,
                     const char *name, const char *version) {
    static const char *const marks[] = {"", "!", "?"};
    const struct package_record record = {.ecosystem = str_c(ecosystem),
                                          .package = {.name = str_c(name), .version = str_c(version)}};
    struct err err = ERR_NONE;
    struct match *matches;
    size_t n;
    assert_int_equal(advisories_match(advisories, arena, &record, &matches, &n, &err), 0);
    char text[4096] = "-";
    for (size_t i = 0, at = 0; i < n; i++) {
        at += (size_t)snprintf(text + at, sizeof text - at, "%s%.*s%s", i ? "," : "", STR_ARG(matches[i].id),
                               marks[matches[i].verdict]);
        assert_true(at < sizeof text);
    }
    return arena_str(arena, str_c(text));
}
