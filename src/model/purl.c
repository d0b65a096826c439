#include "model/purl.h"

static int hex_value(char c) {
    return ascii_is_digit(c) ? c - '0' : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10 : -1;
}

/* A "%" that no two digits follow stands for itself: purls are written by many. */
static struct str decode(struct arena *arena, struct str s) {
    if (str_find_byte(s, '%') < 0) {
        return s;
    }
    char *out = arena_cstr(arena, s);
    size_t n = 0;
    for (size_t i = 0; out && i < s.n; i++) {
        int high = s.p[i] == '%' && i + 2 < s.n ? hex_value(s.p[i + 1]) : -1;
        int low = high >= 0 ? hex_value(s.p[i + 2]) : -1;
        out[n++] = low >= 0 ? (char)(high * 16 + low) : s.p[i];
        i += low >= 0 ? 2 : 0;
    }
    return out ? str_n(out, n) : STR_NONE;
}

static struct str lower(struct arena *arena, struct str s) {
    char *out = arena_cstr(arena, s);
    for (size_t i = 0; out && i < s.n; i++) {
        out[i] = ascii_lower(out[i]);
    }
    return out ? str_n(out, s.n) : STR_NONE;
}

static void read_qualifiers(struct arena *arena, struct str text, struct purl *out) {
    const struct {
        struct str key;
        struct str *value;
    } known[] = {
        {STR("arch"), &out->arch},
        {STR("distro"), &out->distro},
        {STR("epoch"), &out->epoch},
        {STR("upstream"), &out->upstream},
        {STR("repository_url"), &out->repository_url},
    };
    for (struct str rest = text, pair; str_split(&rest, '&', &pair);) {
        struct str key, value;
        str_cut(pair, '=', &key, &value);
        for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
            if (str_eq(key, known[i].key)) {
                *known[i].value = decode(arena, value);
            }
        }
    }
}

/* The steps of the specification, "How to parse": from the right. */
bool purl_parse(struct arena *arena, struct str text, struct purl *out) {
    struct str rest, subpath, qualifiers, version, name;
    *out = (struct purl){0};
    if (!str_starts(text, STR("pkg:"))) {
        return false;
    }
    str_cut(str_from(text, 4), '#', &rest, &subpath);
    str_cut(rest, '?', &rest, &qualifiers);
    read_qualifiers(arena, qualifiers, out);
    while (str_starts(rest, STR("/"))) {
        rest = str_from(rest, 1);
    }
    if (!str_cut(rest, '/', &out->type, &rest)) {
        return false;
    }
    /* An "@" in a namespace that is not encoded (npm) is no version's. */
    ptrdiff_t at = str_rfind_byte(rest, '@'), slash = str_rfind_byte(rest, '/');
    if (at > 0 && at > slash) {
        version = str_from(rest, (size_t)at + 1);
        rest = str_sub(rest, 0, (size_t)at);
        out->version = decode(arena, version);
    }
    if (!str_cut_last(rest, '/', &out->namespace, &name)) {
        name = rest;
        out->namespace = STR_NONE;
    }
    while (str_starts(out->namespace, STR("/"))) {
        out->namespace = str_from(out->namespace, 1);
    }
    while (str_ends(out->namespace, STR("/"))) {
        out->namespace.n--;
    }
    out->type = lower(arena, out->type);
    out->name = decode(arena, name);
    out->namespace = decode(arena, out->namespace);
    return out->type.n && out->name.n;
}

/* With the namespace where the ecosystem's names have one. */
static struct str name_of(struct arena *arena, const struct purl *purl, enum package_type type) {
    if (type == PACKAGE_PYPI) {
        return package_pypi_name(arena, purl->name);
    }
    if (!purl->namespace.n || package_type_is_of_os(type)) {
        return purl->name;
    }
    return arena_strf(arena, "%.*s%c%.*s", STR_ARG(purl->namespace), type == PACKAGE_MAVEN ? ':' : '/',
                      STR_ARG(purl->name));
}

/* "openssl@3.0.11-1"; of rpm "bash-5.1.8-9.el9.src.rpm". */
static void read_upstream(struct str upstream, struct package *out) {
    struct str release, version;
    if (out->type != PACKAGE_RPM || !str_ends(upstream, STR(".rpm"))) {
        str_cut(upstream, '@', &out->source_name, &out->source_version);
        return;
    }
    if (str_cut_last(upstream, '-', &upstream, &release) &&
        str_cut_last(upstream, '-', &upstream, &version)) {
        out->source_name = str_eq(upstream, out->name) ? STR_NONE : upstream;
    }
}

bool purl_to_package(struct arena *arena, const struct purl *purl, struct package *out) {
    *out = (struct package){.version = purl->version};
    if (!package_type_of(purl->type, &out->type)) {
        return false;
    }
    out->name = name_of(arena, purl, out->type);
    if (!package_type_is_of_os(out->type)) {
        return out->name.n > 0;
    }
    out->arch = purl->arch;
    read_upstream(purl->upstream, out);
    if (purl->epoch.n && !str_eq(purl->epoch, STR("0")) && str_find_byte(purl->version, ':') < 0) {
        out->version = arena_strf(arena, "%.*s:%.*s", STR_ARG(purl->epoch), STR_ARG(purl->version));
    }
    return out->name.n > 0 && (!purl->version.n || out->version.n);
}
