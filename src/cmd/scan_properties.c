/* What the run says of itself: advisories and what they lack, the cage, times. */
#include "base/cage.h"
#include "base/limits.h"
#include "base/map.h"
#include "cmd/scan_parts.h"
#include "doc/json_write.h"

static void put_sources(struct json_writer *w, const struct advisories_state *state) {
    json_key(w, STR("sources"));
    json_begin_array(w);
    for (size_t i = 0; i < state->sources_n; i++) {
        const struct advisories_source *source = &state->sources[i];
        json_begin_object(w);
        json_key(w, STR("ecosystem"));
        json_str(w, source->ecosystem);
        json_key(w, STR("records"));
        json_int(w, source->records);
        json_key(w, STR("isPartial"));
        json_bool(w, source->is_partial);
        json_end(w);
    }
    json_end(w);
}

static void put_date(struct json_writer *w, struct str key, int64_t seconds) {
    char text[CLOCK_TEXT];
    clock_format(seconds, text);
    json_key(w, key);
    json_str(w, str_c(text));
}

/* NULL: there is nothing for this ecosystem. */
static const struct advisories_source *source_of(const struct scan *scan, struct str ecosystem) {
    struct str name, version;
    const struct advisories_state *state = &scan->state;
    if (!scan->advisories || !advisories_cover(scan->advisories, ecosystem)) {
        return NULL;
    }
    (void)str_cut(ecosystem, ':', &name, &version);
    for (size_t i = 0; i < state->sources_n; i++) {
        if (str_eq(state->sources[i].ecosystem, name)) {
            return &state->sources[i];
        }
    }
    return NULL;
}

static int add_lack(struct scan *scan, struct scan_digest *digest, struct str lack, struct err *err) {
    enum { MOST = PACKAGE_TYPES + 2 }; /* each language, the distribution, and one that is not known */
    if (!digest->lacks) {
        digest->lacks = arena_array(scan->arena, MOST, sizeof *digest->lacks);
    }
    if (!digest->lacks || !lack.p) {
        return err_memory(err);
    }
    assert(digest->lacks_n < MOST);
    digest->lacks[digest->lacks_n++] = lack;
    return 0;
}

/* Ecosystems of this target for which the database has nothing, or only a part. */
static int find_lacks(struct scan *scan, const struct inventory *inventory, struct scan_digest *digest,
                      struct err *err) {
    struct map said = map_new(scan->arena);
    int r = 0;
    for (size_t i = 0; r == 0 && i < inventory->packages_n; i++) {
        struct str ecosystem = inventory->packages[i].ecosystem;
        if (!ecosystem.n || map_get(&said, ecosystem)) {
            continue;
        }
        ecosystem = arena_str(scan->arena, ecosystem);
        const struct advisories_source *source = source_of(scan, ecosystem);
        if (!ecosystem.p || !map_put(&said, ecosystem, NULL)) {
            r = err_memory(err);
        } else if (!source) {
            r = add_lack(scan, digest, ecosystem, err);
        } else if (source->is_partial) {
            r = add_lack(scan, digest, arena_strf(scan->arena, "%.*s (partial)", STR_ARG(ecosystem)), err);
        }
    }
    if (r == 0 && inventory->os.id.n && !inventory->ecosystem.n) {
        r = add_lack(scan, digest,
                     arena_strf(scan->arena, "%.*s %.*s", STR_ARG(inventory->os.id),
                                STR_ARG(inventory->os.version_id)),
                     err);
    }
    return r;
}

int scan_make_digest(struct scan *scan, const struct inventory *inventory, struct scan_digest *out,
                     struct err *err) {
    *out = (struct scan_digest){
        .is_complete = true, .entries = inventory->entries, .removed = inventory->removed_n};
    for (size_t i = 0; i < inventory->problems_n; i++) {
        out->is_complete &= !inventory->problems[i].is_incomplete;
    }
    return find_lacks(scan, inventory, out, err);
}

static void put_lacks(struct json_writer *w, const struct scan *scan, const struct scan_digest *digest) {
    json_key(w, STR("lacks"));
    json_begin_array(w);
    for (size_t i = 0; i < digest->lacks_n; i++) {
        json_str(w, digest->lacks[i]);
    }
    if (scan->advisories && !scan->state.has_epss) {
        json_str(w, STR("EPSS"));
    }
    if (scan->advisories && !scan->state.has_kev) {
        json_str(w, STR("KEV"));
    }
    json_end(w);
}

static void put_advisories(struct json_writer *w, const struct scan *scan, const struct scan_digest *digest) {
    json_key(w, STR("advisories"));
    json_begin_object(w);
    if (scan->advisories) {
        put_date(w, STR("built"), scan->state.built);
        put_date(w, STR("newest"), scan->state.newest);
        json_key(w, STR("isSnapshot"));
        json_bool(w, scan->state.is_snapshot);
        put_sources(w, &scan->state);
    }
    put_lacks(w, scan, digest);
    json_end(w);
}

static void put_cage(struct json_writer *w, const struct scan *scan) {
    json_key(w, STR("cage"));
    json_begin_object(w);
    json_key(w, STR("isOn"));
    json_bool(w, !scan->read.is_open);
    json_key(w, STR("lacks"));
    json_begin_array(w);
    const char *lacks = cage_lacks();
    if (lacks) {
        json_str(w, str_c(lacks));
    }
    json_end(w);
    json_end(w);
}

static void put_git(struct json_writer *w, const struct commit *commit) {
    json_key(w, STR("git"));
    json_begin_object(w);
    json_key(w, STR("commit"));
    json_str(w, commit_tree(commit)->commit);
    json_end(w);
}

struct str scan_properties(const struct scan *scan, const struct scan_digest *digest, size_t cached,
                           struct str guardrails, struct str rebuild) {
    _cleanup_(buf_free) struct buf out = buf_new(LIMIT_RECORD);
    struct json_writer w = json_writer_new(&out, 0);
    json_begin_object(&w);
    put_advisories(&w, scan, digest);
    put_cage(&w, scan);
    json_key(&w, STR("seconds"));
    uint64_t milliseconds = (clock_monotonic() - scan->began) / 1000000;
    json_double(&w, (double)milliseconds / 1000);
    json_key(&w, STR("cachedLayers"));
    json_uint(&w, cached);
    json_key(&w, STR("entries"));
    json_uint(&w, digest->entries);
    if (digest->removed) {
        json_key(&w, STR("removed"));
        json_uint(&w, digest->removed);
    }
    if (scan->commit) {
        put_git(&w, scan->commit);
    }
    scan_attached_put(&w, &scan->attached);
    if (guardrails.n) {
        json_key(&w, STR("guardrails"));
        json_raw(&w, guardrails);
    }
    if (rebuild.n) {
        json_key(&w, STR("rebuild"));
        json_raw(&w, rebuild);
    }
    json_end(&w);
    return arena_str(scan->arena, buf_view(&out));
}
