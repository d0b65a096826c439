#include "source/target.h"

#include <sys/stat.h>

const struct target_scheme target_schemes[] = {
    {"image", TARGET_IMAGE, "an image by name: in podman's or Docker's storage here, or in a registry",
     "image:nginx:1.27"},
    {"docker-archive", TARGET_DOCKER_ARCHIVE, "what `docker save` wrote, compressed or not",
     "docker-archive:web.tar"},
    {"oci-archive", TARGET_OCI_ARCHIVE, "an OCI image layout in a tar file", "oci-archive:web.tar"},
    {"oci-dir", TARGET_OCI_DIRECTORY, "an OCI image layout in a folder, with a tag when it has several",
     "oci-dir:./img:latest"},
    {"dir", TARGET_DIRECTORY, "a folder with sources or anything else", "dir:."},
    {"rootfs", TARGET_ROOTFS, "a root file system in a folder", "rootfs:/mnt"},
    {"sbom", TARGET_SBOM,
     "a bill of materials (CycloneDX, SPDX, Syft; - is standard input), or the one attached to an image "
     "(sbom:image:NAME, sbom:oci-dir:PATH, sbom:oci-archive:PATH)",
     "sbom:web.cdx.json"},
    {"git", TARGET_GIT, "a commit of a git repository: a branch, tag or id, else HEAD", "git:.@v1.2"},
};
const size_t target_schemes_n = ARRAY_SIZE(target_schemes);

static bool is_directory(const char *path) {
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static bool is_there(const char *path) {
    struct stat st;
    return stat(path, &st) == 0;
}

static bool has_file(struct arena *arena, const char *folder, const char *name) {
    const char *path = arena_printf(arena, "%s/%s", folder, name);
    return path && is_there(path);
}

static enum target_kind kind_of_directory(struct arena *arena, const char *path) {
    if (has_file(arena, path, "oci-layout")) {
        return TARGET_OCI_DIRECTORY;
    }
    if (has_file(arena, path, "etc/os-release") || has_file(arena, path, "usr/lib/os-release")) {
        return TARGET_ROOTFS;
    }
    return TARGET_DIRECTORY;
}

/* "PATH:TAG" or "PATH@REF" when PATH alone is there and the whole is not. Tags, digests and revisions may
 * have the separator too: the longest PATH counts. */
static void split_pick(struct arena *arena, char separator, struct target *target) {
    struct str whole = str_c(target->place), path = whole, rest;
    if (is_there(target->place)) {
        return;
    }
    while (str_cut_last(path, separator, &path, &rest)) {
        char *before = arena_cstr(arena, path);
        if (before && is_there(before)) {
            target->place = before;
            target->pick = str_sub(whole, path.n + 1, whole.n);
            return;
        }
    }
}

static int check_path(struct target *target, struct err *err) {
    bool is_stdin = target->kind == TARGET_SBOM && strcmp(target->place, "-") == 0;
    if (target->kind == TARGET_IMAGE || is_stdin) {
        return 0;
    }
    if (!is_there(target->place)) {
        return err_set(err, ERR_USAGE, "%.*s: there is no file or folder %s", STR_ARG(target->name),
                       target->place);
    }
    bool wants_directory = target->kind == TARGET_OCI_DIRECTORY || target->kind == TARGET_DIRECTORY ||
                           target->kind == TARGET_ROOTFS || target->kind == TARGET_GIT;
    if (wants_directory != is_directory(target->place)) {
        return err_set(err, ERR_USAGE, "%.*s: %s is %s", STR_ARG(target->name), target->place,
                       wants_directory ? "not a folder" : "a folder, not a file");
    }
    return 0;
}

static bool take_scheme(struct str text, struct target *target, struct str *place) {
    struct str scheme;
    if (!str_cut(text, ':', &scheme, place)) {
        return false;
    }
    for (size_t i = 0; i < target_schemes_n; i++) {
        if (str_eq(scheme, str_c(target_schemes[i].scheme))) {
            target->kind = target_schemes[i].kind;
            return true;
        }
    }
    return false;
}

/* sbom:SCHEME:PLACE of an image. */
static int take_attached(struct arena *arena, struct target *target, struct err *err) {
    struct target scheme = {0};
    struct str place;
    if (!take_scheme(str_c(target->place), &scheme, &place) ||
        (scheme.kind != TARGET_IMAGE && scheme.kind != TARGET_OCI_DIRECTORY &&
         scheme.kind != TARGET_OCI_ARCHIVE && scheme.kind != TARGET_DOCKER_ARCHIVE)) {
        return 0;
    }
    struct target *image = arena_alloc(arena, sizeof *image);
    target->image = image;
    return image ? target_parse(arena, target->place, image, err) : err_memory(err);
}

static bool looks_like_path(struct str text) {
    return str_starts(text, STR("/")) || str_starts(text, STR("./")) || str_starts(text, STR("../")) ||
           str_eq(text, STR(".")) || str_eq(text, STR(".."));
}

int target_parse(struct arena *arena, const char *text, struct target *out, struct err *err) {
    struct str name = str_c(text), place;
    *out = (struct target){.name = name};
    bool has_scheme = take_scheme(name, out, &place);
    out->place = arena_cstr(arena, has_scheme ? place : name);
    if (!out->place) {
        return err_memory(err);
    }
    if (!out->place[0]) {
        return err_set(err, ERR_USAGE, "'%s' names no target; try: plimsoll scan --help", text);
    }
    if (has_scheme) {
        if (out->kind == TARGET_OCI_DIRECTORY || out->kind == TARGET_OCI_ARCHIVE ||
            out->kind == TARGET_DOCKER_ARCHIVE) {
            split_pick(arena, ':', out);
        }
        if (out->kind == TARGET_GIT) {
            split_pick(arena, '@', out);
        }
        int r = out->kind == TARGET_SBOM ? take_attached(arena, out, err) : 0;
        return r == 0 && !out->image ? check_path(out, err) : r;
    }
    if (is_directory(out->place)) {
        out->kind = kind_of_directory(arena, out->place);
    } else if (is_there(out->place) || looks_like_path(name)) {
        out->kind = TARGET_DOCKER_ARCHIVE;
    } else {
        out->kind = TARGET_IMAGE;
    }
    return check_path(out, err);
}
