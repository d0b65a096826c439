/* Writes a fixture's report to standard output: write FIXTURE FORMAT [suppressed] */
#include "fixture.h"

#include "base/file.h"
#include "base/limits.h"

#include "test.h"

static const struct {
    const char *name;
    fixture *fill;
} fixtures[] = {
    {"image", fixture_image},         {"clean", fixture_clean},     {"incomplete", fixture_incomplete},
    {"directory", fixture_directory}, {"hostile", fixture_hostile}, {"surface", fixture_surface},
    {"rebuilt", fixture_rebuilt},
};

int main(int argc, char **argv) {
    struct err err = ERR_NONE;
    _cleanup_(store_closep) struct store *store = NULL;
    _cleanup_(buf_free) struct buf out = buf_new(LIMIT_REPORT);
    struct report_options options = {
        .shows_suppressed = argc > 3,
        .github = {.sha = STR("0123456789012345678901234567890123456789"), .ref = STR("refs/heads/main")}};
    const struct report_format *format = argc > 2 ? report_format_of(str_c(argv[2])) : NULL;
    if (!format || store_open(&store, NULL, &err) < 0) {
        return 2;
    }
    for (size_t i = 0; i < ARRAY_SIZE(fixtures); i++) {
        if (strcmp(fixtures[i].name, argv[1]) == 0) {
            int64_t run = fixtures[i].fill(store);
            return format->write(store, run, &options, &out, &err) < 0 ||
                   file_write_fd(STDOUT_FILENO, buf_view(&out), &err) < 0;
        }
    }
    return 2;
}
