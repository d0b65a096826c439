#include "content/surface.h"

static const char *const categories[SURFACE_CATEGORIES] = {
    "shell", "package manager", "compiler", "build tool", "interpreter", "network tool", "debugger", "cache"};

const char *surface_category_name(enum surface_category category) {
    return categories[category];
}

bool surface_category_of(struct str name, enum surface_category *out) {
    for (int i = 0; i < SURFACE_CATEGORIES; i++) {
        if (str_eq(name, str_c(categories[i]))) {
            *out = (enum surface_category)i;
            return true;
        }
    }
    return false;
}
