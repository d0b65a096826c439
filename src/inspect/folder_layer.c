#include "inspect/folder_layer.h"

#include "base/limits.h"
#include "inspect/pass.h"

#include <sys/sysmacros.h>
#include <sys/xattr.h>

struct folder_layer folder_layer_new(void) {
    return (struct folder_layer){changeset_new(), {buf_new(LIMIT_FACTS)}};
}

void folder_layer_free(struct folder_layer *layer) {
    changeset_free(&layer->changes);
    buf_free(&layer->facts.out);
}

int folder_layer_take(struct folder_layer *layer, struct str path, const struct stat *st, struct err *err) {
    if (S_ISCHR(st->st_mode) && st->st_rdev == makedev(0, 0)) {
        facts_hidden(&layer->facts, path, false);
        return 1;
    }
    if (changeset_take_whiteout(&layer->facts, path)) {
        return 1;
    }
    return changeset_take_path(&layer->changes, path, S_ISDIR(st->st_mode), err);
}

static bool has_one_of(int fd, const char *const *names, size_t n, char expected) {
    for (size_t i = 0; i < n; i++) {
        char value[LIMIT_PATH];
        ssize_t got = fgetxattr(fd, names[i], value, sizeof value);
        if (got >= 0 && (!expected || (got == 1 && value[0] == expected))) {
            return true;
        }
    }
    return false;
}

bool folder_layer_enter(struct folder_layer *layer, struct str path, int fd) {
    static const char *const opaque[] = {"trusted.overlay.opaque", "user.overlay.opaque",
                                         "user.fuseoverlayfs.opaque"};
    static const char *const redirect[] = {"trusted.overlay.redirect", "user.overlay.redirect",
                                           "user.fuseoverlayfs.redirect"};
    if (has_one_of(fd, opaque, ARRAY_SIZE(opaque), 'y')) {
        facts_hidden(&layer->facts, path, true);
    }
    return !has_one_of(fd, redirect, ARRAY_SIZE(redirect), 0);
}

bool folder_layer_is_elsewhere(int fd) {
    static const char *const metacopy[] = {"trusted.overlay.metacopy", "user.overlay.metacopy"};
    return has_one_of(fd, metacopy, ARRAY_SIZE(metacopy), 0);
}

int folder_layer_end(struct folder_layer *layer, uint64_t entries, bool is_complete, struct buf *out,
                     struct err *err) {
    struct pass_end end = {.entries = entries, .is_complete = is_complete};
    while (changeset_put(&layer->changes, &layer->facts)) {
    }
    pass_end_write(&layer->facts, &end);
    buf_str(out, buf_view(&layer->facts.out));
    return out->failed || layer->facts.out.failed ? err_memory(err) : 0;
}
