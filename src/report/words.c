#include "report/words.h"

#include "base/utf8.h"

void words_begin(struct view *view, struct buf *text) {
    view->failed |= text->failed;
    buf_clear(text);
}

struct str words_title(const struct view_finding *finding) {
    return finding->f.title.n ? finding->f.title : finding->f.rule;
}

struct str words_resource(const struct view_finding *finding) {
    return finding->resource.n ? finding->resource : finding->f.path;
}

static void add(struct buf *out, const char *before, struct str text, const char *after) {
    if (text.n) {
        buf_c(out, before);
        buf_str(out, text);
        buf_c(out, after);
    }
}

void words_subject(struct buf *out, const struct view_finding *finding) {
    if (view_has_rule(finding)) {
        buf_str(out, words_resource(finding));
        return;
    }
    buf_str(out, finding->asset->name);
    add(out, " ", finding->asset->version, "");
}

void words_message(struct buf *out, const struct view_finding *finding) {
    words_subject(out, finding);
    if (view_has_rule(finding)) {
        add(out, ", ", finding->item, "");
        add(out, ": ", finding->message, "");
        add(out, " Not decided: ", finding->reason, "");
        return;
    }
    add(out, ": ", words_title(finding), ".");
    buf_c(out, finding->is_exploited ? " Known to be exploited." : "");
    add(out, " Fixed in ", finding->f.fixed, ".");
    add(out, " ", finding->reason, "");
}

void words_fix(struct buf *out, const struct view_finding *finding) {
    if (view_has_rule(finding)) {
        buf_str(out, finding->check ? finding->check->fix : STR_NONE);
    } else if (finding->upgrade.n) {
        buf_c(out, "Upgrade ");
        buf_str(out, finding->asset->name);
        add(out, " to ", finding->upgrade, ".");
    }
}

static void put_encoded(struct buf *out, struct str s) {
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (ascii_is_alnum(c) || c == '-' || c == '.' || c == '_' || c == '~') {
            buf_byte(out, (unsigned char)c);
        } else {
            buf_printf(out, "%%%02X", (unsigned char)c);
        }
    }
}

void words_link(struct buf *out, const struct view_finding *finding) {
    static const struct {
        const char *prefix, *uri;
    } places[] = {
        {"CVE-", "https://nvd.nist.gov/vuln/detail/"},
        {"GHSA-", "https://github.com/advisories/"},
        {"", "https://osv.dev/vulnerability/"},
    };
    if (view_has_rule(finding)) {
        bool has_one = finding->check && finding->check->references_n;
        struct str first = has_one ? finding->check->references[0] : STR_NONE;
        buf_str(out, str_starts(first, STR("https://")) ? first : STR_NONE);
        return;
    }
    for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
        if (str_starts(finding->f.rule, str_c(places[i].prefix))) {
            buf_c(out, places[i].uri);
            put_encoded(out, finding->f.rule);
            return;
        }
    }
}

struct str words_path(const struct view *view, const struct view_finding *finding) {
    struct str path = finding->f.path.n ? finding->f.path : view->target.asset.name;
    while (path.n > 1 && path.p[0] == '/') {
        path = str_from(path, 1);
    }
    return path;
}

struct str words_cut(struct str s, size_t n) {
    size_t at = MIN(n, s.n);
    while (at < s.n && at > 0 && ((unsigned char)s.p[at] & 0xc0) == 0x80 && n - at < 4) {
        at--;
    }
    return str_sub(s, 0, at);
}

static bool is_xml(uint32_t code) {
    return code == '\t' || code == '\n' || code == '\r' || (code >= 0x20 && code <= 0xd7ff) ||
           (code >= 0xe000 && code <= 0xfffd) || (code >= 0x10000 && code <= 0x10ffff);
}

void words_xml(struct buf *out, struct str s) {
    static const char *const entities[128] = {
        ['<'] = "&lt;",   ['>'] = "&gt;",   ['&'] = "&amp;",  ['"'] = "&quot;",
        ['\''] = "&#39;", ['\n'] = "&#10;", ['\r'] = "&#13;", ['\t'] = "&#9;",
    };
    while (s.n) {
        uint32_t code = 0;
        size_t n = utf8_next(s, &code);
        if (n == 0 || !is_xml(code)) {
            buf_c(out, "\xef\xbf\xbd");
        } else if (code < ARRAY_SIZE(entities) && entities[code]) {
            buf_c(out, entities[code]);
        } else {
            buf_str(out, str_sub(s, 0, n));
        }
        s = str_from(s, MAX(n, (size_t)1));
    }
}
