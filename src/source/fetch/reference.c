#include "source/fetch/reference.h"

enum { REPOSITORY_MAX = 255, TAG_MAX = 128 };

static bool is_lower_alnum(char c) {
    return (c >= 'a' && c <= 'z') || ascii_is_digit(c);
}

static bool all_of(struct str s, bool (*is)(char)) {
    for (size_t i = 0; i < s.n; i++) {
        if (!is(s.p[i])) {
            return false;
        }
    }
    return s.n > 0;
}

/* The length of the separator at s: one '.', one or two '_', any number of '-'; 0 when there is none. */
static size_t separator(struct str s) {
    size_t n = 0;
    while (n < s.n && s.p[n] == s.p[0]) {
        n++;
    }
    switch (s.n ? s.p[0] : 0) {
    case '.':
        return n == 1 ? 1 : 0;
    case '_':
        return n <= 2 ? n : 0;
    case '-':
        return n;
    default:
        return 0;
    }
}

static bool is_path_part(struct str s) {
    while (s.n) {
        size_t n = 0;
        while (n < s.n && is_lower_alnum(s.p[n])) {
            n++;
        }
        if (n == 0) {
            return false;
        }
        s = str_from(s, n);
        if (!s.n) {
            return true;
        }
        n = separator(s);
        if (n == 0) {
            return false;
        }
        s = str_from(s, n);
    }
    return false;
}

static int check_repository(struct str text, struct str repository, struct err *err) {
    if (repository.n == 0) {
        return err_set(err, ERR_USAGE, "image \"%.*s\": no repository name", STR_ARG(text));
    }
    if (repository.n > REPOSITORY_MAX) {
        return err_set(err, ERR_USAGE, "image \"%.*s\": the repository name is longer than %d characters",
                       STR_ARG(text), REPOSITORY_MAX);
    }
    for (struct str rest = repository, part; str_split(&rest, '/', &part);) {
        if (!is_path_part(part)) {
            return err_set(err, ERR_USAGE,
                           "image \"%.*s\": \"%.*s\" is no repository name: lower-case letters and digits, "
                           "with single '.', '_', \"__\" or dashes between them",
                           STR_ARG(text), STR_ARG(part));
        }
    }
    return 0;
}

static bool is_tag_char(char c) {
    return ascii_is_alnum(c) || c == '_' || c == '.' || c == '-';
}

static bool is_tag(struct str s) {
    return s.n <= TAG_MAX && all_of(s, is_tag_char) && s.p[0] != '.' && s.p[0] != '-';
}

static bool is_host_char(char c) {
    return ascii_is_alnum(c) || c == '-';
}

static bool is_address_char(char c) {
    return ascii_is_digit(c) || c == ':' || (ascii_lower(c) >= 'a' && ascii_lower(c) <= 'f');
}

static bool is_host(struct str host) {
    if (host.n > 2 && host.p[0] == '[' && host.p[host.n - 1] == ']') {
        return all_of(str_sub(host, 1, host.n - 2), is_address_char);
    }
    if (!host.n) {
        return false;
    }
    for (struct str rest = host, label; str_split(&rest, '.', &label);) {
        if (!all_of(label, is_host_char) || label.p[0] == '-' || label.p[label.n - 1] == '-') {
            return false;
        }
    }
    return true;
}

static bool is_registry(struct str s) {
    struct str host = s;
    ptrdiff_t colon = str_rfind_byte(s, ':');
    if (colon >= 0 && !str_ends(s, STR("]"))) {
        host = str_sub(s, 0, (size_t)colon);
        struct str port = str_from(s, (size_t)colon + 1);
        uint64_t number;
        if (!str_to_u64(port, 10, &number) || number == 0 || number > UINT16_MAX) {
            return false;
        }
    }
    return is_host(host);
}

/* Whether the first of several parts names a registry rather than a folder of Docker Hub. */
static bool looks_like_registry(struct str s) {
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '.' || s.p[i] == ':' || (s.p[i] >= 'A' && s.p[i] <= 'Z')) {
            return true;
        }
    }
    return str_eq(s, STR("localhost"));
}

static bool is_lower_hex(char c) {
    return ascii_is_digit(c) || (c >= 'a' && c <= 'f');
}

bool reference_is_digest(struct str text) {
    struct str algorithm, hex;
    str_cut(text, ':', &algorithm, &hex);
    size_t digits = str_eq(algorithm, STR("sha256")) ? 64 : str_eq(algorithm, STR("sha512")) ? 128 : 0;
    return digits && hex.n == digits && all_of(hex, is_lower_hex);
}

static int split_registry(struct str text, struct str name, struct arena *arena, struct image_reference *out,
                          struct err *err) {
    struct str first, rest;
    out->registry = STR("docker.io");
    out->repository = name;
    if (str_cut(name, '/', &first, &rest) && looks_like_registry(first)) {
        if (!is_registry(first)) {
            return err_set(err, ERR_USAGE, "image \"%.*s\": \"%.*s\" is no registry: host or host:port",
                           STR_ARG(text), STR_ARG(first));
        }
        out->registry = str_eq_nocase(first, STR("index.docker.io")) ? STR("docker.io") : first;
        out->repository = rest;
    }
    bool is_official = str_eq(out->registry, STR("docker.io")) && str_find_byte(out->repository, '/') < 0;
    if (is_official && out->repository.n) {
        out->repository = arena_strf(arena, "library/%.*s", STR_ARG(out->repository));
        if (!out->repository.p) {
            return err_memory(err);
        }
    }
    return check_repository(text, out->repository, err);
}

int reference_parse(struct str text, struct arena *arena, struct image_reference *out, struct err *err) {
    *out = (struct image_reference){0};
    if (text.n == 0) {
        return err_set(err, ERR_USAGE, "image \"\": empty name");
    }
    struct str name = text;
    if (str_cut(text, '@', &name, &out->digest) && !reference_is_digest(out->digest)) {
        return err_set(err, ERR_USAGE,
                       "image \"%.*s\": \"%.*s\" is no digest: sha256: and 64, or sha512: and 128 lower-case "
                       "hexadecimal digits",
                       STR_ARG(text), STR_ARG(out->digest));
    }
    ptrdiff_t colon = str_rfind_byte(name, ':'), slash = str_rfind_byte(name, '/');
    if (colon > slash) {
        out->tag = str_from(name, (size_t)colon + 1);
        name = str_sub(name, 0, (size_t)colon);
        if (!is_tag(out->tag)) {
            return err_set(
                err, ERR_USAGE,
                "image \"%.*s\": \"%.*s\" is no tag: at most %d letters, digits, '_', '.' and '-', "
                "not beginning with '.' or '-'",
                STR_ARG(text), STR_ARG(out->tag), TAG_MAX);
        }
    } else if (!out->digest.n) {
        out->tag = STR("latest");
    }
    if (name.n == 64 && all_of(name, is_lower_hex)) {
        return err_set(err, ERR_USAGE, "image \"%.*s\": 64 hexadecimal digits are an image ID, not a name",
                       STR_ARG(text));
    }
    return split_registry(text, name, arena, out, err);
}

struct str reference_target(const struct image_reference *reference) {
    return reference->digest.n ? reference->digest : reference->tag;
}

struct str reference_host(struct str registry) {
    return str_eq(registry, STR("docker.io")) ? STR("registry-1.docker.io") : registry;
}
