/* Runs each file of the folders given as arguments through the fuzz target: the corpus as a test. */
#include "base/file.h"
#include "base/limits.h"
#include "base/mem.h"
#include "fuzz.h"

#include <dirent.h>

static void closedirp(DIR **dir) {
    if (*dir) {
        closedir(*dir);
    }
}

/* In memory of exactly its size, so that a read past the end is seen. */
static bool run_bytes(struct str bytes) {
    _cleanup_(mem_freep) uint8_t *copy = mem_alloc(bytes.n);
    if (!copy) {
        return false;
    }
    if (bytes.n) {
        memcpy(copy, bytes.p, bytes.n);
    }
    LLVMFuzzerTestOneInput(copy, bytes.n);
    return true;
}

static bool run_file(const char *folder, const char *name) {
    _cleanup_(buf_free) struct buf bytes = buf_new(MIB);
    char path[LIMIT_PATH];
    struct err err = ERR_NONE;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    if (file_read(path, &bytes, &err) < 0) {
        fprintf(stderr, "%s\n", err.message);
        return false;
    }
    return run_bytes(buf_view(&bytes));
}

static bool run_folder(const char *folder, size_t *count) {
    _cleanup_(closedirp) DIR *dir = opendir(folder);
    if (!dir) {
        fprintf(stderr, "%s: can't be opened\n", folder);
        return false;
    }
    for (struct dirent *entry; (entry = readdir(dir));) {
        if (entry->d_type == DT_DIR) {
            continue;
        }
        if (!run_file(folder, entry->d_name)) {
            return false;
        }
        ++*count;
    }
    return true;
}

int main(int argc, char **argv) {
    size_t count = 0;
    for (int i = 1; i < argc; i++) {
        if (!run_folder(argv[i], &count)) {
            return EXIT_FAILURE;
        }
    }
    printf("%zu inputs\n", count);
    return count ? EXIT_SUCCESS : EXIT_FAILURE;
}
