#include "inspect/passed_over.h"

static const struct str anywhere[] = {STR(".git"), STR(".hg"), STR(".svn")};
static const struct str at_root[] = {STR("proc"), STR("sys"), STR("dev"), STR("run")};

static bool is_one_of(struct str name, const struct str *names, size_t n) {
    for (size_t i = 0; i < n; i++) {
        if (str_eq(name, names[i])) {
            return true;
        }
    }
    return false;
}

bool passed_over_name(struct str name, bool is_at_root) {
    return is_one_of(name, anywhere, ARRAY_SIZE(anywhere)) ||
           (is_at_root && is_one_of(name, at_root, ARRAY_SIZE(at_root)));
}

bool passed_over_path(struct str path, bool is_system) {
    bool is_first = true;
    for (struct str rest = str_dirname(path), part; rest.n && str_split(&rest, '/', &part);
         is_first = false) {
        if (passed_over_name(part, is_system && is_first)) {
            return true;
        }
    }
    return false;
}
