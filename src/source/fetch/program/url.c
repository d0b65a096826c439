#include "source/fetch/program/url.h"

#include <curl/curl.h>

static void curlu_freep(CURLU **url) {
    curl_url_cleanup(*url);
}

static void curl_stringp(char **s) {
    curl_free(*s);
}

static int get(CURLU *from, CURLUPart part, unsigned flags, struct arena *arena, struct str *out,
               struct err *err) {
    _cleanup_(curl_stringp) char *text = NULL;
    CURLUcode code = curl_url_get(from, part, &text, flags);
    if (code == CURLUE_OUT_OF_MEMORY) {
        return err_memory(err);
    }
    *out = arena_str(arena, code == CURLUE_OK ? str_c(text) : STR_NONE);
    return out->p ? 0 : err_memory(err);
}

static struct str lower(struct arena *arena, struct str s) {
    char *copy = arena_cstr(arena, s);
    for (char *c = copy; c && *c; c++) {
        *c = ascii_lower(*c);
    }
    return copy ? str_n(copy, s.n) : STR_NONE;
}

static int fill(CURLU *from, struct arena *arena, struct url *out, struct err *err) {
    struct str scheme, path, port, own_port;
    int r = get(from, CURLUPART_SCHEME, 0, arena, &scheme, err);
    r = r < 0 ? r : get(from, CURLUPART_HOST, 0, arena, &out->name, err);
    r = r < 0 ? r : get(from, CURLUPART_PATH, 0, arena, &path, err);
    r = r < 0 ? r : get(from, CURLUPART_PORT, CURLU_DEFAULT_PORT, arena, &port, err);
    r = r < 0 ? r : get(from, CURLUPART_PORT, CURLU_NO_DEFAULT_PORT, arena, &own_port, err);
    if (r < 0) {
        return r;
    }
    out->is_https = str_eq_nocase(scheme, STR("https"));
    if (!out->is_https && !str_eq_nocase(scheme, STR("http"))) {
        return err_set(err, ERR_INPUT, "%.*s: only http and https are fetched", STR_ARG(scheme));
    }
    out->name = lower(arena, out->name);
    const char *s = out->is_https ? "https" : "http";
    out->origin = arena_strf(arena, "%s://%.*s:%.*s", s, STR_ARG(out->name), STR_ARG(port));
    out->host =
        own_port.n ? arena_strf(arena, "%.*s:%.*s", STR_ARG(out->name), STR_ARG(own_port)) : out->name;
    out->shown = arena_strf(arena, "%s://%.*s%.*s", s, STR_ARG(out->host), STR_ARG(path));
    struct str text;
    curl_url_set(from, CURLUPART_FRAGMENT, NULL, 0);
    r = get(from, CURLUPART_URL, 0, arena, &text, err);
    out->text = text.p;
    return r < 0 || (out->name.p && out->origin.p && out->host.p && out->shown.p) ? r : err_memory(err);
}

static int set(CURLU *url, const char *text, struct err *err) {
    CURLUcode code = curl_url_set(url, CURLUPART_URL, text, CURLU_DISALLOW_USER | CURLU_URLENCODE);
    switch (code) {
    case CURLUE_OK:
        return 0;
    case CURLUE_OUT_OF_MEMORY:
        return err_memory(err);
    case CURLUE_USER_NOT_ALLOWED:
        return err_set(err, ERR_INPUT, "a URL with a user name in it is not followed");
    case CURLUE_UNSUPPORTED_SCHEME:
        return err_set(err, ERR_INPUT, "only http and https are fetched");
    default:
        return err_set(err, ERR_INPUT, "no URL: %s", curl_url_strerror(code));
    }
}

int url_resolve(const struct url *base, struct str location, struct arena *arena, struct url *out,
                struct err *err) {
    *out = (struct url){0};
    _cleanup_(curlu_freep) CURLU *url = curl_url();
    char *text = arena_cstr(arena, location);
    if (!url || !text) {
        return err_memory(err);
    }
    if (strlen(text) != location.n || !location.n) {
        return err_set(err, ERR_INPUT, "no URL");
    }
    int r = base ? set(url, base->text, err) : 0;
    r = r < 0 ? r : set(url, text, err);
    return r < 0 ? r : fill(url, arena, out, err);
}

int url_parse(struct str text, struct arena *arena, struct url *out, struct err *err) {
    return url_resolve(NULL, text, arena, out, err);
}

bool url_is_loopback(const struct url *url) {
    static const struct str hundred_twenty_seven = STR("127.");
    bool is_address = url->name.n > 0;
    for (size_t i = 0; i < url->name.n; i++) {
        is_address = is_address && (ascii_is_digit(url->name.p[i]) || url->name.p[i] == '.');
    }
    return str_eq(url->name, STR("localhost")) || str_eq(url->name, STR("[::1]")) ||
           (is_address && str_starts(url->name, hundred_twenty_seven));
}

bool url_is_at(const struct url *url, struct str host) {
    return str_eq_nocase(url->host, host) || str_eq_nocase(url->name, host);
}

void url_put_encoded(struct buf *out, struct str s) {
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (ascii_is_alnum(s.p[i]) || (c && strchr("-._~", c))) {
            buf_byte(out, c);
        } else {
            buf_printf(out, "%%%02X", c);
        }
    }
}
