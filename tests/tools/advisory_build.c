/* advisory_build OSV_DIR KEV NOTES OUT: the snapshot that is shipped, from public data. */
#include "vuln/build.h"

static void tell(void *context, struct str place, struct str member, struct str message) {
    fprintf(stderr, "%.*s: %.*s: %.*s\n", STR_ARG(place), STR_ARG(member), STR_ARG(message));
}

int main(int argc, char **argv) {
    struct err err = ERR_NONE;
    if (argc != 5) {
        fprintf(stderr, "use: %s OSV_DIR KEV_JSON NOTES_TSV OUT\n", argv[0]);
        return 2;
    }
    struct build_options options = {
        .osv_dir = argv[1], .kev = argv[2], .notes = argv[3], .is_snapshot = true, .problem = tell};
    if (advisories_build(&options, argv[4], &err) < 0 || advisories_verify(argv[4], &err) < 0) {
        fprintf(stderr, "%s\n", err.message);
        return 1;
    }
    return 0;
}
