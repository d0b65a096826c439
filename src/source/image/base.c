#include "source/image/base.h"

#include "base/clock.h"

const char *base_evidence_name(enum base_evidence evidence) {
    static const char *const names[BASE_EVIDENCES] = {
        [BASE_UNDECIDED] = "undecided", [BASE_TABLE] = "table",     [BASE_ANNOTATION] = "annotation",
        [BASE_LABEL] = "label",         [BASE_HISTORY] = "history", [BASE_DISTRIBUTION] = "distribution",
        [BASE_BILL] = "bill",
    };
    assert(evidence < BASE_EVIDENCES);
    return names[evidence];
}

/* ---- names */

int base_name_by(struct image_base *base, struct arena *arena, enum base_evidence evidence,
                 struct str reference, struct str digest, struct err *err) {
    struct str name, stated;
    if (!reference.n && !digest.n) {
        return 0;
    }
    str_cut(reference, '@', &name, &stated);
    ptrdiff_t colon = str_rfind_byte(name, ':');
    bool has_tag = colon > str_rfind_byte(name, '/');
    base->named_by = evidence;
    base->reference = arena_str(arena, reference);
    base->name = arena_str(arena, has_tag ? str_sub(name, 0, (size_t)colon) : name);
    base->version = arena_str(arena, has_tag ? str_from(name, (size_t)colon + 1) : STR_NONE);
    base->digest = arena_str(arena, digest.n ? digest : stated);
    base->is_pinned = base->digest.n > 0;
    bool has_all = base->reference.p && base->name.p && base->version.p && base->digest.p;
    return has_all ? 0 : err_memory(err);
}

/* ---- layers */

static bool says_command(struct str step) {
    return str_find(step, STR("CMD [")) >= 0 || str_find(step, STR("CMD \"")) >= 0 ||
           str_starts(step, STR("CMD ")) || str_find(step, STR("#(nop)  CMD")) >= 0;
}

/* An image that is built FROM another carries that one's history. 0 when it tells nothing. */
static size_t layers_by_history(const struct manifest *config) {
    size_t layers = 0, base = 0, at_command = 0;
    for (size_t i = 0; i < config->history_n; i++) {
        const struct manifest_step *step = &config->history[i];
        if (!step->is_empty) {
            layers++;
            base = at_command;
        } else if (says_command(step->created_by)) {
            at_command = layers;
        }
    }
    return base;
}

/* The moment of the base's last step, those without a layer that follow it included up to its CMD; builds
 * that can be repeated say 1970, which tells nothing. */
static int64_t created_by_history(const struct manifest *config, size_t base_layers) {
    int64_t created = 0, moment;
    size_t layers = 0;
    for (size_t i = 0; i < config->history_n; i++) {
        const struct manifest_step *step = &config->history[i];
        layers += !step->is_empty;
        if (layers > base_layers) {
            break;
        }
        if (layers && (!step->is_empty || says_command(step->created_by)) &&
            clock_parse(step->created, &moment) && moment > 0) {
            created = moment;
        }
    }
    return created;
}

/* ---- distributions */

/* The text between before and after, the first such; empty when there is none. */
static struct str between(struct str text, struct str before, struct str after) {
    ptrdiff_t from = str_find(text, before);
    struct str rest = from < 0 ? STR_NONE : str_from(text, (size_t)from + before.n);
    ptrdiff_t to = from < 0 ? -1 : str_find(rest, after);
    return to < 0 ? STR_NONE : str_sub(rest, 0, (size_t)to);
}

/* The first layer as those who make distributions' images write it into the history. `name` empty: a root
 * file system, of which this step does not say whose. */
static const struct {
    struct str name;
    struct str starts, holds; /* of the step */
    struct str version[2];    /* what stands around the version; may be empty */
    struct str moment[2];     /* around seconds since 1970 */
} makers[] = {
    /* debuerreotype, which makes Debian's */
    {STR("debian"), STR("# debian.sh "), STR(" out/ "), {STR(" out/ '"), STR("'")}, {STR("'@"), STR("'")}},
    {STR("alpine"),
     STR("ADD alpine-minirootfs-"),
     STR(".tar.gz / # buildkit"),
     {STR("minirootfs-"), STR("-")},
     {STR_NONE, STR_NONE}},
    {STR_NONE, STR("/bin/sh -c #(nop) ADD file:"), STR(" in / "), {STR_NONE, STR_NONE}, {STR_NONE, STR_NONE}},
};

/* What Ubuntu's builder says in labels before its layer, the step `first`. */
static struct str label_of(const struct manifest *config, size_t first, struct str label) {
    for (size_t i = 0; i < first; i++) {
        struct str step = config->history[i].created_by;
        ptrdiff_t at = str_find(step, label);
        if (at >= 0 && str_starts(step, STR("/bin/sh -c #(nop)  LABEL "))) {
            return str_trim(str_from(step, (size_t)at + label.n));
        }
    }
    return STR_NONE;
}

static int name_distribution(struct image_base *base, struct arena *arena, struct str name,
                             struct str version, struct err *err) {
    base->named_by = BASE_DISTRIBUTION;
    base->name = arena_str(arena, name);
    base->version = arena_str(arena, version);
    return base->name.p && base->version.p ? 0 : err_memory(err);
}

/* Whose it is can be told only where the first layer is all of the base. */
static int find_distribution(struct image_base *base, struct arena *arena, const struct manifest *config,
                             struct err *err) {
    size_t i = 0, first = 0;
    while (first < config->history_n && config->history[first].is_empty) {
        first++;
    }
    struct str step = first < config->history_n ? config->history[first].created_by : STR_NONE;
    while (i < ARRAY_SIZE(makers) &&
           !(str_starts(step, makers[i].starts) && str_find(step, makers[i].holds) >= 0)) {
        i++;
    }
    if (i == ARRAY_SIZE(makers) || config->diff_ids_n < 2 || base->layers > 1) {
        return 0;
    }
    if (!base->layers) {
        base->layers = 1;
        base->layers_by = BASE_DISTRIBUTION;
    }
    struct str name = makers[i].name, version = between(step, makers[i].version[0], makers[i].version[1]);
    uint64_t seconds;
    if (!name.n) {
        name = label_of(config, first, STR("org.opencontainers.image.ref.name="));
        version = label_of(config, first, STR("org.opencontainers.image.version="));
    }
    if (makers[i].moment[0].n &&
        str_to_u64(between(step, makers[i].moment[0], makers[i].moment[1]), 10, &seconds) &&
        seconds <= INT32_MAX * UINT64_C(4)) {
        base->created = (int64_t)seconds;
    }
    return name.n ? name_distribution(base, arena, name, version, err) : 0;
}

int base_of_config(struct image_base *base, struct arena *arena, const struct manifest *config,
                   struct err *err) {
    *base = (struct image_base){.layers = layers_by_history(config)};
    base->layers_by = base->layers ? BASE_HISTORY : BASE_UNDECIDED;
    int r = find_distribution(base, arena, config, err);
    if (!base->created) {
        base->created = base->layers ? created_by_history(config, base->layers) : 0;
    }
    return r == 0 ? base_name_by(base, arena, BASE_LABEL, config->base_name, config->base_digest, err) : r;
}
