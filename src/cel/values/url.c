#include "cel/values/url.h"

#include "base/limits.h"
#include "base/map.h"
#include "cel/values/ip.h"

/* Which bytes a part may hold as they are, besides letters, digits, "-_.~" (RFC 3986, section 2.3) and, where
 * the text is read and not written, all that is not ASCII. Go's net/url draws these lines. */
struct part {
    const char *plain;
    bool is_host, is_zone, is_query;
};
static const struct part in_path = {.plain = "$&+,/:;=@"};
static const struct part in_fragment = {.plain = "$&+,/:;=?@!()*"};
static const struct part in_user = {.plain = "$&+,;="};
static const struct part in_host = {.plain = "!$&'()*+,;=:[]<>\"", .is_host = true};
static const struct part in_zone = {.plain = "!$&'()*+,;=:[]<>\"", .is_host = true, .is_zone = true};
static const struct part in_query = {.plain = "", .is_query = true};

static bool is_plain(const struct part *part, char c) {
    return ascii_is_alnum(c) || (c && (strchr("-_.~", c) || strchr(part->plain, c)));
}

static int refuse(const char *why, struct err *err) {
    return err_set(err, ERR_INPUT, "%s", why);
}

static bool read_hex(struct str s, unsigned char *out) {
    uint64_t value;
    if (s.n != 3 || s.p[0] != '%' || !str_to_u64(str_from(s, 1), 16, &value)) {
        return false;
    }
    *out = (unsigned char)value;
    return true;
}

/* A host escapes what is not ASCII, and '%' itself; its zone also what it may hold as it is, and spaces. */
static bool may_escape(const struct part *part, unsigned char byte) {
    bool is_foreign =
        byte == '%' || (part->is_zone ? byte == ' ' || is_plain(part, (char)byte) : byte >= 0x80);
    return !part->is_host || is_foreign;
}

static int unescape(struct str s, const struct part *part, struct arena *arena, struct str *out,
                    struct err *err) {
    char *p = arena_alloc(arena, s.n + 1);
    size_t n = 0;
    if (!p) {
        return err_memory(err);
    }
    for (size_t i = 0; i < s.n; i++) {
        unsigned char byte = (unsigned char)s.p[i];
        if (byte == '%') {
            if (!read_hex(str_sub(s, i, 3), &byte) || !may_escape(part, byte)) {
                return refuse("an escape with '%' is wrong", err);
            }
            i += 2;
        } else if (byte == '+' && part->is_query) {
            byte = ' ';
        } else if (part->is_host && byte < 0x80 && !is_plain(part, (char)byte)) {
            return refuse("the host has a character that is not allowed", err);
        }
        p[n++] = (char)byte;
    }
    *out = str_n(p, n);
    return 0;
}

static int escape(struct str s, const struct part *part, struct arena *arena, struct str *out,
                  struct err *err) {
    static const char hex[] = "0123456789ABCDEF";
    size_t size;
    char *p = mul_fits(s.n, (size_t)3, &size) ? arena_alloc(arena, size + 1) : NULL;
    size_t n = 0;
    if (!p) {
        return err_memory(err);
    }
    for (size_t i = 0; i < s.n; i++) {
        unsigned char byte = (unsigned char)s.p[i];
        if (is_plain(part, s.p[i])) {
            p[n++] = s.p[i];
        } else {
            p[n++] = '%';
            p[n++] = hex[byte >> 4];
            p[n++] = hex[byte & 15];
        }
    }
    *out = str_n(p, n);
    return 0;
}

/* As it stands when nothing in it asks for an escape; else unescaped and escaped anew. Checks its escapes. */
static int normalize(struct str s, const struct part *part, struct arena *arena, struct str *out,
                     struct err *err) {
    struct str plain;
    int status = unescape(s, part, arena, &plain, err);
    bool is_valid = true;
    for (size_t i = 0; i < s.n; i++) {
        is_valid = is_valid && (is_plain(part, s.p[i]) || (s.p[i] && strchr("!$&'()*+,;=:@[]%", s.p[i])));
    }
    if (status < 0 || is_valid) {
        *out = s;
        return status;
    }
    return escape(plain, part, arena, out, err);
}

/* ---- The parts of a URL */

struct reader {
    struct arena *arena;
    struct cel_url *url;
    struct str user; /* as it is written again, with its '@' */
    struct str opaque, fragment;
    bool is_request; /* an absolute URI or an absolute path */
    bool omits_host, has_query;
};

/* RFC 3986, section 3.1. A text without one is a path. */
static int take_scheme(struct reader *r, struct str *s, struct err *err) {
    size_t n = 0;
    while (n < s->n && (ascii_is_alpha(s->p[n]) ||
                        (n && (ascii_is_digit(s->p[n]) || (s->p[n] && strchr("+-.", s->p[n])))))) {
        n++;
    }
    if (n == s->n || s->p[n] != ':') {
        return 0;
    }
    if (n == 0) {
        return refuse("the scheme before ':' is missing", err);
    }
    char *scheme = arena_alloc(r->arena, n);
    if (!scheme) {
        return err_memory(err);
    }
    for (size_t i = 0; i < n; i++) {
        scheme[i] = ascii_lower(s->p[i]);
    }
    r->url->scheme = str_n(scheme, n);
    *s = str_from(*s, n + 1);
    return 0;
}

/* "", ":" or ":80" */
static bool is_port(struct str s) {
    for (size_t i = 1; i < s.n; i++) {
        if (!ascii_is_digit(s.p[i])) {
            return false;
        }
    }
    return s.n == 0 || s.p[0] == ':';
}

static bool is_user(struct str s) {
    for (size_t i = 0; i < s.n; i++) {
        if (!ascii_is_alnum(s.p[i]) && (s.p[i] == 0 || !strchr("-._:~!$&'()*+,;=%@", s.p[i]))) {
            return false;
        }
    }
    return true;
}

static int rewrite_user(struct reader *r, struct str s, struct str *out, struct err *err) {
    struct str plain;
    int status = unescape(s, &in_user, r->arena, &plain, err);
    return status < 0 ? status : escape(plain, &in_user, r->arena, out, err);
}

static int read_user(struct reader *r, struct str s, struct err *err) {
    struct str name, password, user = STR_NONE, secret = STR_NONE;
    if (!is_user(s)) {
        return refuse("the user before '@' has a character that is not allowed", err);
    }
    bool has_password = str_cut(s, ':', &name, &password);
    int status = rewrite_user(r, name, &user, err);
    if (status == 0 && has_password) {
        status = rewrite_user(r, password, &secret, err);
    }
    if (status == 0) {
        r->user =
            arena_strf(r->arena, "%.*s%s%.*s@", STR_ARG(user), has_password ? ":" : "", STR_ARG(secret));
        status = r->user.p ? 0 : err_memory(err);
    }
    return status;
}

/* "[fe80::1%25eth0]:80": brackets hold an IPv6 address, which may have a zone (RFC 6874). */
static int read_literal(struct reader *r, struct str s, size_t close, struct err *err) {
    struct str inside = str_sub(s, 1, close - 1), address, zone = STR_NONE;
    ptrdiff_t percent = str_find(inside, STR("%25"));
    int status = 0;
    if (percent >= 0) {
        status = unescape(str_from(inside, (size_t)percent), &in_zone, r->arena, &zone, err);
        inside = str_sub(inside, 0, (size_t)percent);
    }
    if (status == 0) {
        status = unescape(inside, &in_host, r->arena, &address, err);
    }
    if (status == 0 && (!ip_is_v6_text(address) || zone.n == 1)) {
        return refuse("what is in brackets is not an IPv6 address", err);
    }
    if (status == 0) {
        r->url->host = arena_strf(r->arena, "[%.*s%.*s]%.*s", STR_ARG(address), STR_ARG(zone),
                                  STR_ARG(str_from(s, close + 1)));
        status = r->url->host.p ? 0 : err_memory(err);
    }
    return status;
}

static int read_host(struct reader *r, struct str s, struct err *err) {
    ptrdiff_t open = str_rfind_byte(s, '['), close = str_rfind_byte(s, ']'), colon = str_find_byte(s, ':');
    bool is_strict = str_eq(r->url->scheme, STR("http")) || str_eq(r->url->scheme, STR("https"));
    struct str port = STR_NONE;
    if (open > 0 || (open == 0 && close < 0)) {
        return refuse("the brackets in the host are wrong", err);
    }
    if (open == 0) {
        port = str_from(s, (size_t)close + 1);
    } else if (colon >= 0) {
        /* lists of hosts with ports are common outside of HTTP */
        port = str_from(s, (size_t)(is_strict ? colon : str_rfind_byte(s, ':')));
    }
    if (!is_port(port)) {
        return refuse("the port is not a number", err);
    }
    return open == 0 ? read_literal(r, s, (size_t)close, err)
                     : unescape(s, &in_host, r->arena, &r->url->host, err);
}

static int read_authority(struct reader *r, struct str s, struct err *err) {
    struct str user, host;
    if (!str_cut_last(s, '@', &user, &host)) {
        return read_host(r, s, err);
    }
    int status = read_host(r, host, err);
    return status < 0 ? status : read_user(r, user, err);
}

static void split_host(struct cel_url *url) {
    ptrdiff_t colon = str_rfind_byte(url->host, ':');
    url->hostname = url->host;
    if (colon >= 0 && is_port(str_from(url->host, (size_t)colon))) {
        url->hostname = str_sub(url->host, 0, (size_t)colon);
        url->port = str_from(url->host, (size_t)colon + 1);
    }
    if (str_starts(url->hostname, STR("[")) && str_ends(url->hostname, STR("]"))) {
        url->hostname = str_sub(url->hostname, 1, url->hostname.n - 2);
    }
}

/* What follows the scheme and stands before the query. */
static int read_hierarchy(struct reader *r, struct str rest, struct err *err) {
    bool has_scheme = r->url->scheme.n > 0, has_slash = str_starts(rest, STR("/"));
    struct str segment, tail;
    if (!has_slash && has_scheme) {
        r->opaque = rest;
        return 0;
    }
    if (!has_slash && r->is_request) {
        return refuse("it is neither an absolute URI nor an absolute path", err);
    }
    str_cut(rest, '/', &segment, &tail);
    if (!has_slash && str_find_byte(segment, ':') >= 0) {
        return refuse("a ':' in the first part of a path", err);
    }
    int status = 0;
    if ((has_scheme || (!r->is_request && !str_starts(rest, STR("///")))) && str_starts(rest, STR("//"))) {
        rest = str_from(rest, 2);
        ptrdiff_t slash = str_find_byte(rest, '/');
        struct str authority = slash < 0 ? rest : str_sub(rest, 0, (size_t)slash);
        rest = str_from(rest, authority.n);
        status = read_authority(r, authority, err);
        split_host(r->url);
    } else {
        r->omits_host = has_scheme;
    }
    return status < 0 ? status : normalize(rest, &in_path, r->arena, &r->url->escaped_path, err);
}

static bool has_control(struct str s) {
    for (size_t i = 0; i < s.n; i++) {
        if ((unsigned char)s.p[i] < ' ' || s.p[i] == 0x7f) {
            return true;
        }
    }
    return false;
}

static int read_url(struct reader *r, struct str s, struct err *err) {
    struct str rest = s;
    if (has_control(s)) {
        return refuse("a control character", err);
    }
    if (s.n == 0 && r->is_request) {
        return refuse("it is empty", err);
    }
    if (str_eq(s, STR("*"))) {
        r->url->escaped_path = s;
        return 0;
    }
    int status = take_scheme(r, &rest, err);
    if (status < 0) {
        return status;
    }
    r->has_query = str_cut(rest, '?', &rest, &r->url->query);
    return read_hierarchy(r, rest, err);
}

/* ---- The whole */

/* RFC 3986, section 5.3, with Go's ways around an empty host. */
static int write_text(struct reader *r, struct err *err) {
    const struct cel_url *url = r->url;
    struct str host;
    if (escape(url->host, &in_host, r->arena, &host, err) < 0) {
        return err_memory(err);
    }
    bool has_authority = url->host.n || r->user.n;
    bool has_slashes = has_authority || (url->scheme.n && !r->omits_host && url->escaped_path.n);
    struct str body = r->opaque.n ? r->opaque : url->escaped_path;
    r->url->text = arena_strf(r->arena, "%.*s%s%s%.*s%.*s%.*s%s%.*s%s%.*s", STR_ARG(url->scheme),
                              url->scheme.n ? ":" : "", !r->opaque.n && has_slashes ? "//" : "",
                              STR_ARG(r->user), STR_ARG(host), STR_ARG(body), r->has_query ? "?" : "",
                              STR_ARG(url->query), r->fragment.n ? "#" : "", STR_ARG(r->fragment));
    return r->url->text.p ? 0 : err_memory(err);
}

static int check_request(struct str text, struct arena *arena, struct err *err) {
    struct cel_url url = {0};
    struct reader r = {.arena = arena, .url = &url, .is_request = true};
    return read_url(&r, text, err);
}

/* Go reads a fragment as part of the path or query when it checks, and apart when it takes the parts. */
static int parse(struct str text, struct arena *arena, struct cel_url *out, struct err *err) {
    struct reader r = {.arena = arena, .url = out};
    struct str before, fragment;
    int status = check_request(text, arena, err);
    str_cut(text, '#', &before, &fragment);
    if (status == 0) {
        status = read_url(&r, before, err);
    }
    if (status == 0) {
        status = normalize(fragment, &in_fragment, arena, &r.fragment, err);
    }
    return status < 0 ? status : write_text(&r, err);
}

static int say(struct str text, int status, struct err *err) {
    if (status == ERR_INPUT) {
        err_at(err, "URL \"%.*s\"", STR_ARG(str_sub(text, 0, 128)));
    }
    return status;
}

int cel_url_parse(struct str text, struct arena *arena, struct cel_url *out, struct err *err) {
    *out = (struct cel_url){0};
    return say(text, parse(text, arena, out, err), err);
}

int cel_url_check(struct str text, struct arena *arena, struct err *err) {
    return say(text, check_request(text, arena, err), err);
}

/* ---- Its query */

static struct cel_url_parameter *find_parameter(struct cel_url_query *query, struct map *by_key,
                                                struct arena *arena, struct str key) {
    bool is_new;
    uint64_t *slot = map_put(by_key, key, &is_new);
    if (!slot || !is_new) {
        return slot ? &query->parameters.p[*slot] : NULL;
    }
    *slot = query->parameters.n;
    struct cel_url_parameter *parameter = VEC_PUSH(arena, &query->parameters);
    if (parameter) {
        *parameter = (struct cel_url_parameter){.key = key};
    }
    return parameter;
}

static int add_parameter(struct str part, struct cel_url_query *query, struct map *by_key,
                         struct arena *arena, struct err *err) {
    struct str key, value;
    struct err fault = ERR_NONE;
    if (part.n == 0 || str_find_byte(part, ';') >= 0) {
        return 0;
    }
    str_cut(part, '=', &key, &value);
    int status = unescape(key, &in_query, arena, &key, &fault);
    if (status == 0) {
        status = unescape(value, &in_query, arena, &value, &fault);
    }
    if (status < 0) {
        return status == ERR_MEMORY ? err_memory(err) : 0;
    }
    struct cel_url_parameter *parameter = find_parameter(query, by_key, arena, key);
    struct str *slot = parameter ? VEC_PUSH(arena, &parameter->values) : NULL;
    if (!slot) {
        return err_memory(err);
    }
    *slot = value;
    return 0;
}

int cel_url_query(const struct cel_url *url, struct arena *arena, struct cel_url_query *out,
                  struct err *err) {
    struct map by_key = map_new(arena);
    size_t count = 0;
    *out = (struct cel_url_query){0};
    for (struct str part, rest = url->query; str_split(&rest, '&', &part);) {
        count++;
    }
    if (count > LIMIT_URL_PARAMETERS) {
        return 0;
    }
    for (struct str part, rest = url->query; str_split(&rest, '&', &part);) {
        int status = add_parameter(part, out, &by_key, arena, err);
        if (status < 0) {
            return status;
        }
    }
    return 0;
}
