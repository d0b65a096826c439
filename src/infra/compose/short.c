#include "infra/compose/short.h"

#include "base/limits.h"
#include "doc/build.h"

/* ---- makers ---- */

void map_maker_put(struct map_maker *m, struct str key, struct doc_place at, const struct doc *value) {
    struct doc_member *slot = value && !m->failed ? VEC_PUSH(m->arena, &m->members) : NULL;
    m->failed = m->failed || !slot;
    if (slot) {
        *slot = (struct doc_member){key, at, value};
    }
}

void map_maker_str(struct map_maker *m, struct str key, struct str s) {
    if (s.n) {
        map_maker_put(m, key, m->at, doc_new_string(m->arena, m->at, s));
    }
}

void map_maker_bool(struct map_maker *m, struct str key, bool b) {
    map_maker_put(m, key, m->at, doc_new_bool(m->arena, m->at, b));
}

void map_maker_int(struct map_maker *m, struct str key, int64_t i) {
    map_maker_put(m, key, m->at, doc_new_int(m->arena, m->at, i));
}

const struct doc *map_maker_done(struct map_maker *m) {
    return m->failed ? NULL : doc_new_map(m->arena, m->at, m->members.p, m->members.n, NULL);
}

void list_maker_put(struct list_maker *l, const struct doc *item) {
    const struct doc **slot = item && !l->failed ? VEC_PUSH(l->arena, &l->items) : NULL;
    l->failed = l->failed || !slot;
    if (slot) {
        *slot = item;
    }
}

const struct doc *list_maker_done(struct list_maker *l, struct doc_place at) {
    return l->failed ? NULL : doc_new_list(l->arena, at, l->items.p, l->items.n);
}

/* ---- ports ---- */

struct range {
    uint64_t first, last;
};

/* "80" or "8000-8010". */
static bool read_range(struct str s, struct range *out) {
    struct str first, last;
    bool is_range = str_cut(s, '-', &first, &last);
    return str_to_u64(first, 10, &out->first) && str_to_u64(is_range ? last : first, 10, &out->last) &&
           out->first <= out->last && out->last < LIMIT_COMPOSE_PORTS;
}

struct ports {
    struct str host, published, protocol;
    struct range target, from;
};

static struct str without_brackets(struct str s) {
    return s.n > 2 && s.p[0] == '[' && s.p[s.n - 1] == ']' ? str_sub(s, 1, s.n - 2) : s;
}

static bool read_ports(struct str s, struct ports *out) {
    struct str rest, target;
    *out = (struct ports){.protocol = STR("tcp")};
    if (!str_cut_last(s, '/', &rest, &out->protocol)) {
        out->protocol = STR("tcp");
    }
    if (!str_cut_last(rest, ':', &rest, &target)) {
        return read_range(rest, &out->target);
    }
    if (str_cut_last(rest, ':', &out->host, &out->published)) {
        out->host = without_brackets(out->host);
    } else {
        out->host = STR_NONE;
        out->published = rest;
    }
    if (!read_range(target, &out->target)) {
        return false;
    }
    if (!out->published.n) {
        return true;
    }
    uint64_t targets = out->target.last - out->target.first;
    return read_range(out->published, &out->from) &&
           (targets == 0 || out->from.last - out->from.first == targets);
}

static void put_port(struct list_maker *out, const struct doc *d, const struct ports *ports, uint64_t i) {
    struct map_maker m = {.arena = out->arena, .at = d->at};
    bool is_one = ports->target.first == ports->target.last;
    map_maker_str(&m, STR("mode"), STR("ingress"));
    map_maker_str(&m, STR("host_ip"), ports->host);
    map_maker_int(&m, STR("target"), (int64_t)(ports->target.first + i));
    if (ports->published.n) {
        map_maker_str(&m, STR("published"),
                      is_one ? ports->published
                             : arena_strf(out->arena, "%llu", (unsigned long long)ports->from.first + i));
    }
    map_maker_str(&m, STR("protocol"), ports->protocol);
    list_maker_put(out, map_maker_done(&m));
}

void compose_put_ports(struct list_maker *out, const struct doc *d) {
    struct ports ports;
    struct str text = doc_is(d, DOC_INT) ? arena_strf(out->arena, "%lld", (long long)d->i) : doc_str(d);
    if (!read_ports(text, &ports)) {
        list_maker_put(out, d);
        return;
    }
    for (uint64_t i = 0; i <= ports.target.last - ports.target.first && !out->failed; i++) {
        put_port(out, d, &ports, i);
    }
}

/* ---- volumes and devices ---- */

static bool is_drive(struct str s) {
    return s.n == 1 && ascii_is_alpha(s.p[0]);
}

/* The part before the next ":" that is not a Windows drive's. */
static bool take_part(struct str *rest, struct str *part) {
    struct str whole = *rest;
    if (!str_split(rest, ':', part)) {
        return false;
    }
    struct str tail;
    bool is_path = rest->n && (rest->p[0] == '\\' || rest->p[0] == '/') && whole.n > 2;
    if (is_drive(*part) && is_path && str_split(rest, ':', &tail)) {
        *part = str_sub(whole, 0, part->n + 1 + tail.n);
    }
    return true;
}

static bool is_host_path(struct str s) {
    return s.n &&
           (s.p[0] == '.' || s.p[0] == '/' || s.p[0] == '~' || s.p[0] == '\\' || (s.n > 1 && s.p[1] == ':'));
}

static bool is_propagation(struct str s) {
    static const struct str words[] = {STR("private"), STR("rprivate"), STR("shared"),
                                       STR("rshared"), STR("slave"),    STR("rslave")};
    for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
        if (str_eq(s, words[i])) {
            return true;
        }
    }
    return false;
}

static void put_options(struct map_maker *volume, struct map_maker *kind, struct str options) {
    for (struct str option; str_split(&options, ',', &option);) {
        if (str_eq(option, STR("ro"))) {
            map_maker_bool(volume, STR("read_only"), true);
        } else if (str_eq(option, STR("nocopy"))) {
            map_maker_bool(kind, STR("nocopy"), true);
        } else if (str_eq(option, STR("z")) || str_eq(option, STR("Z"))) {
            map_maker_str(kind, STR("selinux"), option);
        } else if (is_propagation(option)) {
            map_maker_str(kind, STR("propagation"), option);
        }
    }
}

static struct str without_slash(struct str s) {
    return s.n > 1 && s.p[s.n - 1] == '/' ? str_sub(s, 0, s.n - 1) : s;
}

const struct doc *compose_volume(struct arena *arena, const struct doc *d) {
    struct str rest = doc_str(d), parts[3] = {STR_NONE, STR_NONE, STR_NONE};
    size_t n = 0;
    while (n < ARRAY_SIZE(parts) && take_part(&rest, &parts[n])) {
        n++;
    }
    if (n == 0 || rest.p || !parts[0].n) {
        return d;
    }
    struct str source = n > 1 ? parts[0] : STR_NONE;
    bool is_bind = is_host_path(source);
    struct map_maker volume = {.arena = arena, .at = d->at}, kind = {.arena = arena, .at = d->at};
    map_maker_str(&volume, STR("type"), is_bind ? STR("bind") : STR("volume"));
    map_maker_str(&volume, STR("source"), source);
    map_maker_str(&volume, STR("target"), without_slash(n > 1 ? parts[1] : parts[0]));
    put_options(&volume, &kind, parts[2]);
    if (is_bind) {
        map_maker_bool(&kind, STR("create_host_path"), true);
    }
    map_maker_put(&volume, is_bind ? STR("bind") : STR("volume"), d->at, map_maker_done(&kind));
    return map_maker_done(&volume);
}

const struct doc *compose_device(struct arena *arena, const struct doc *d) {
    struct str rest = doc_str(d), source, target = STR_NONE, permissions = STR_NONE;
    if (!str_split(&rest, ':', &source)) {
        return d;
    }
    str_split(&rest, ':', &target);
    str_split(&rest, ':', &permissions);
    struct map_maker m = {.arena = arena, .at = d->at};
    map_maker_str(&m, STR("source"), source);
    map_maker_str(&m, STR("target"), target.n ? target : source);
    map_maker_str(&m, STR("permissions"), permissions.n ? permissions : STR("rwm"));
    return map_maker_done(&m);
}

/* ---- words ---- */

/* The next word into word, which has room for all of rest; false at the end. */
static bool take_word(struct str *rest, char *word, size_t *n) {
    char quote = 0;
    size_t i = 0;
    *n = 0;
    while (i < rest->n && ascii_is_space(rest->p[i])) {
        i++;
    }
    if (i == rest->n) {
        return false;
    }
    for (; i < rest->n && (quote || !ascii_is_space(rest->p[i])); i++) {
        char c = rest->p[i];
        if (c == '\\' && quote != '\'' && i + 1 < rest->n) {
            word[(*n)++] = rest->p[++i];
        } else if (quote ? c == quote : c == '"' || c == '\'') {
            quote = quote ? 0 : c;
        } else {
            word[(*n)++] = c;
        }
    }
    *rest = str_from(*rest, i);
    return true;
}

const struct doc *compose_words(struct arena *arena, const struct doc *d) {
    struct str rest = doc_str(d);
    if (!doc_is(d, DOC_STRING)) {
        return d;
    }
    struct list_maker words = {.arena = arena};
    char *text = arena_alloc(arena, rest.n + 1);
    for (size_t n; text && take_word(&rest, text, &n); text += n) {
        list_maker_put(&words, doc_new_string(arena, d->at, str_n(text, n)));
    }
    return text ? list_maker_done(&words, d->at) : NULL;
}
