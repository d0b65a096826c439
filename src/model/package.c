#include "model/package.h"

#include "base/buf.h"
#include "base/limits.h"

/* Rows in the order of enum package_type. The case rules are those of the purl type definitions. */
static const struct type_row {
    const char *name;
    bool is_os;         /* namespace and distro qualifier come from the distribution */
    bool has_path_name; /* the namespace is what stands before the last slash of the name (maven: colon) */
    bool lowers_name, lowers_version;
} types[PACKAGE_TYPES] = {
    [PACKAGE_DEB] = {"deb", .is_os = true, .lowers_name = true},
    [PACKAGE_RPM] = {"rpm", .is_os = true},
    [PACKAGE_APK] = {"apk", .is_os = true, .lowers_name = true},
    [PACKAGE_NPM] = {"npm", .has_path_name = true},
    [PACKAGE_PYPI] = {"pypi", .lowers_name = true, .lowers_version = true},
    [PACKAGE_GOLANG] = {"golang", .has_path_name = true, .lowers_name = true},
    [PACKAGE_CARGO] = {"cargo"},
    [PACKAGE_MAVEN] = {"maven", .has_path_name = true},
    [PACKAGE_NUGET] = {"nuget"},
    [PACKAGE_GEM] = {"gem"},
    [PACKAGE_COMPOSER] = {"composer", .has_path_name = true, .lowers_name = true},
    [PACKAGE_SWIFT] = {"swift", .has_path_name = true},
    [PACKAGE_COCOAPODS] = {"cocoapods"},
    [PACKAGE_PUB] = {"pub", .lowers_name = true},
    [PACKAGE_HEX] = {"hex", .has_path_name = true, .lowers_name = true},
    [PACKAGE_HACKAGE] = {"hackage"},
    [PACKAGE_CONAN] = {"conan"},
    [PACKAGE_VCPKG] = {"vcpkg"},
    [PACKAGE_CRAN] = {"cran"},
    [PACKAGE_JULIA] = {"julia"},
    [PACKAGE_CONDA] = {"conda"},
    [PACKAGE_ALPM] = {"alpm", .is_os = true, .lowers_name = true},
    [PACKAGE_OPKG] = {"opkg", .is_os = true},
    [PACKAGE_GITHUB] = {"github", .has_path_name = true, .lowers_name = true},
    [PACKAGE_TERRAFORM] = {"terraform", .has_path_name = true},
    [PACKAGE_GENERIC] = {"generic"},
};

const char *package_type_name(enum package_type type) {
    assert(type < PACKAGE_TYPES);
    return types[type].name;
}

bool package_type_is_of_os(enum package_type type) {
    assert(type < PACKAGE_TYPES);
    return types[type].is_os;
}

bool package_type_of(struct str name, enum package_type *out) {
    for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
        if (str_eq(name, str_c(types[i].name))) {
            *out = (enum package_type)i;
            return true;
        }
    }
    return false;
}

static bool is_pypi_separator(char c) {
    return c == '-' || c == '_' || c == '.';
}

struct str package_pypi_name(struct arena *arena, struct str name) {
    char *out = arena_cstr(arena, name);
    if (!out) {
        return STR_NONE;
    }
    size_t n = 0;
    for (size_t i = 0; i < name.n; i++) {
        bool is_separator = is_pypi_separator(name.p[i]);
        if (is_separator && i && is_pypi_separator(name.p[i - 1])) {
            continue;
        }
        out[n++] = is_separator ? '-' : ascii_lower(name.p[i]);
    }
    out[n] = 0;
    return str_n(out, n);
}

/* "Character encoding": letters, digits, the four punctuation characters and the colon stand for themselves.
 */
static bool stands_for_itself(char c) {
    return ascii_is_alnum(c) || c == '.' || c == '-' || c == '_' || c == '~' || c == ':';
}

static void put_encoded(struct buf *out, struct str s, bool lowers) {
    for (size_t i = 0; i < s.n; i++) {
        char c = lowers ? ascii_lower(s.p[i]) : s.p[i];
        if (stands_for_itself(c)) {
            buf_byte(out, (unsigned char)c);
        } else {
            buf_printf(out, "%%%02X", (unsigned char)c);
        }
    }
}

/* Segments between separators; empty ones are dropped. */
static void put_path(struct buf *out, struct str path, char separator, bool lowers) {
    for (struct str rest = path, segment; str_split(&rest, separator, &segment);) {
        if (segment.n) {
            buf_byte(out, '/');
            put_encoded(out, segment, lowers);
        }
    }
}

static void put_name(struct buf *out, struct arena *arena, const struct package *package, struct str distro) {
    const struct type_row *row = &types[package->type];
    if (row->is_os) {
        put_path(out, distro, '/', true);
    }
    if (row->has_path_name) {
        put_path(out, package->name, package->type == PACKAGE_MAVEN ? ':' : '/', row->lowers_name);
        return;
    }
    struct str name = package->name;
    if (package->type == PACKAGE_PYPI) {
        name = package_pypi_name(arena, name);
        out->failed |= !name.p;
    }
    buf_byte(out, '/');
    put_encoded(out, name, row->lowers_name);
}

/* An rpm version is [epoch:]version-release, and the epoch is a qualifier of its own. */
static struct str split_epoch(const struct package *package, struct str *epoch) {
    struct str before, after;
    *epoch = STR_NONE;
    if (package->type != PACKAGE_RPM || !str_cut(package->version, ':', &before, &after)) {
        return package->version;
    }
    *epoch = before;
    return after;
}

/* Callers ask in the order of the keys, as the canonical form wants them. */
static void put_qualifier(struct buf *out, char *separator, const char *key, struct str value,
                          struct str version) {
    if (!value.n) {
        return;
    }
    buf_printf(out, "%c%s=", *separator, key);
    put_encoded(out, value, false);
    if (version.n) {
        buf_c(out, "%40");
        put_encoded(out, version, false);
    }
    *separator = '&';
}

static void put_qualifiers(struct buf *out, const struct package *package, struct str epoch,
                           struct str distro) {
    char separator = '?';
    struct str source = package->source_name;
    if (!source.n && package->source_version.n) {
        source = package->name;
    }
    put_qualifier(out, &separator, "arch", package->arch, STR_NONE);
    put_qualifier(out, &separator, "distro", distro, STR_NONE);
    put_qualifier(out, &separator, "epoch", epoch, STR_NONE);
    put_qualifier(out, &separator, "upstream", source, package->source_version);
}

struct str package_purl(struct arena *arena, const struct package *package, struct str distro,
                        struct str distro_qualifier) {
    assert(package->type < PACKAGE_TYPES);
    const struct type_row *row = &types[package->type];
    _cleanup_(buf_free) struct buf out = buf_new(LIMIT_RECORD);
    struct str epoch, version = split_epoch(package, &epoch);
    buf_printf(&out, "pkg:%s", row->name);
    put_name(&out, arena, package, distro);
    if (version.n) {
        buf_byte(&out, '@');
        put_encoded(&out, version, row->lowers_version);
    }
    if (row->is_os) {
        put_qualifiers(&out, package, epoch, distro_qualifier);
    }
    return out.failed ? STR_NONE : arena_str(arena, buf_view(&out));
}
