/* list_resources FOLDER, or list_resources --json FOLDER for the compose model: see resources_text.h. */
#include "base/limits.h"
#include "resources_text.h"

int main(int argc, char **argv) {
    _cleanup_(buf_free) struct buf out = buf_new(64 * MIB);
    struct err err = ERR_NONE;
    if (argc == 3 && strcmp(argv[1], "--json") == 0) {
        if (resources_json(&out, argv[2], &err) < 0) {
            fprintf(stderr, "%s\n", err.message);
            return 1;
        }
    } else if (argc == 2) {
        resources_text(&out, argv[1]);
    } else {
        return 2;
    }
    fwrite(out.p, 1, out.n, stdout);
    return 0;
}
