#include "inspect/packages/installed.h"

#include "base/limits.h"

#include <stdarg.h>

void problems_add(struct problems *problems, const char *fmt, ...) {
    if (problems->n++ >= LIMIT_PROBLEMS) {
        return;
    }
    char message[512];
    va_list args;
    va_start(args, fmt);
    vsnprintf(message, sizeof message, fmt, args);
    va_end(args);
    facts_problem(problems->facts, true, "%s", message);
}

void problems_end(struct problems *problems) {
    if (problems->n > LIMIT_PROBLEMS) {
        facts_problem(problems->facts, true, "%zu more problems are left out", problems->n - LIMIT_PROBLEMS);
    }
}

bool installed_fits(const struct package *package) {
    const struct str *fields[] = {&package->name, &package->version, &package->arch, &package->source_name,
                                  &package->source_version};
    if (!package->name.n || !package->version.n) {
        return false;
    }
    for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
        if (fields[i]->n > LIMIT_FIELD) {
            return false;
        }
    }
    return true;
}

bool installed_put(struct facts *facts, struct package *package) {
    if (!installed_fits(package)) {
        return false;
    }
    package->flags |= PACKAGE_IS_INSTALLED;
    package->licence = str_sub(package->licence, 0, LIMIT_FIELD);
    package->vendor = str_sub(package->vendor, 0, LIMIT_FIELD);
    facts_package(facts, package);
    return true;
}

void needs_add(struct needs *needs, struct str name) {
    if (!name.n || name.n > LIMIT_FIELD) {
        return;
    }
    if (needs->list.n == LIMIT_NEEDS) {
        needs->is_full = true;
        return;
    }
    struct package_need *need = VEC_PUSH(needs->arena, &needs->list);
    if (need) {
        *need = (struct package_need){.name = name};
    }
    needs->has_no_memory |= !need;
}

bool relation_next(struct str *relation, struct str *name, bool *has_version) {
    struct str all = *relation;
    size_t i = 0, end;
    while (i < all.n && strchr(" \t,|", all.p[i])) {
        i++;
    }
    size_t start = i;
    while (i < all.n && !strchr(" \t,|(:[<", all.p[i])) {
        i++;
    }
    *name = str_sub(all, start, i - start);
    for (end = i; end < all.n && all.p[end] != ',' && all.p[end] != '|'; end++) {
    }
    *has_version = str_find_byte(str_sub(all, i, end - i), '(') >= 0;
    *relation = str_from(all, end);
    return start < all.n;
}

void needs_add_relation(struct needs *needs, struct str relation) {
    struct str name;
    bool has_version;
    while (relation_next(&relation, &name, &has_version)) {
        needs_add(needs, name);
    }
}

int needs_give(const struct needs *needs, struct package *package, struct err *err) {
    package->needs = needs->list.p;
    package->needs_n = needs->list.n;
    return needs->has_no_memory ? err_memory(err) : 0;
}

void installed_trim_source(struct package *package) {
    if (str_eq(package->source_name, package->name)) {
        package->source_name = STR_NONE;
    }
    if (str_eq(package->source_version, package->version)) {
        package->source_version = STR_NONE;
    }
}

/* Keeps a record of 8-byte hashes far below LIMIT_RECORD. */
enum { OWNED_PIECE = 65536 };

void owned_add(struct owned *owned, struct str path) {
    if (owned->name.n > LIMIT_FIELD) {
        return;
    }
    if (owned->n == OWNED_PIECE) {
        owned_end(owned);
    }
    if (!owned->n) {
        owned->start = facts_owned_begin(owned->facts, owned->type, owned->name);
    }
    owned->n++;
    facts_owned_path(owned->facts, path);
}

void owned_end(struct owned *owned) {
    if (owned->n) {
        facts_owned_end(owned->facts, owned->start);
        owned->n = 0;
    }
}
