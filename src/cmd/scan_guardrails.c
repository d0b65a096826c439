#include "cmd/scan_guardrails.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/limits.h"
#include "policy/packs/packs.h"

static enum severity severity_option(const struct arguments *arguments, const char *name) {
    enum severity severity = SEVERITY_UNKNOWN;
    const char *text = arguments_get(arguments, name);
    if (text) {
        (void)severity_of(str_c(text), &severity);
    }
    return severity;
}

static void set_options(struct scan_guardrails *g, const struct arguments *arguments) {
    const char *profile = arguments_get(arguments, "profile");
    g->options = (struct guardrail_options){
        .has_fail_on = arguments_has(arguments, "fail-on"),
        .fail_on = severity_option(arguments, "fail-on"),
        .least = severity_option(arguments, "severity"),
        .ignores_unfixed = arguments_has(arguments, "ignore-unfixed"),
    };
    if (profile) {
        (void)guardrail_profile_of(str_c(profile), &g->options.profile);
    }
}

/* ---- files */

static bool has_key_of_guardrails(const struct config *config) {
    for (size_t i = 0; i < config->n; i++) {
        if (guardrails_has_key(str_c(config->values[i].key))) {
            return true;
        }
    }
    return false;
}

static int read_folders(struct scan_guardrails *g, const struct config *config, struct err *err) {
    if (!has_key_of_guardrails(config)) {
        return 0;
    }
    const struct guardrail_file file = {str_c(config->path), config->text, config->root};
    g->options.folders = &g->folders;
    return guardrails_read(g->arena, g->options.env, &file, false, &g->folders, err);
}

static int read_callers(struct scan_guardrails *g, const char *path, struct err *err) {
    _cleanup_(buf_free) struct buf text = buf_new(LIMIT_CONFIG);
    const struct doc **documents = NULL;
    size_t n = 0;
    int r = path ? file_read(path, &text, err) : 0;
    if (r < 0 || !path) {
        return r;
    }
    struct str kept = arena_str(g->arena, buf_view(&text));
    if (!kept.p) {
        return err_memory(err);
    }
    if (packs_parse(g->arena, kept, &documents, &n, err) < 0) {
        return err_at(err, "%s", path);
    }
    const struct guardrail_file file = {str_c(path), kept, n ? documents[0] : NULL};
    g->options.callers = &g->callers;
    return guardrails_read(g->arena, g->options.env, &file, true, &g->callers, err);
}

/* What is neither a run nor a file is a revision, which the target's repository has to know. */
static int read_file_or_revision(struct scan_guardrails *g, const char *name, struct err *err) {
    bool is_git = str_starts(str_c(name), STR("git:"));
    if (!is_git && access(name, F_OK) == 0) {
        return baseline_of_report(g->arena, name, &g->baseline, err);
    }
    g->base_revision = str_from(str_c(name), is_git ? strlen("git:") : 0);
    g->base_may_be_file = !is_git;
    return g->base_revision.n ? 0 : err_set(err, ERR_USAGE, "--baseline git: names no revision");
}

static int read_baseline(struct scan_guardrails *g, const char *name, struct store *store, struct err *err) {
    uint64_t run;
    if (!name) {
        return 0;
    }
    g->options.baseline = &g->baseline;
    if (!str_starts(str_c(name), STR("run:"))) {
        return read_file_or_revision(g, name, err);
    }
    if (!str_to_u64(str_from(str_c(name), 4), 10, &run) || run > INT64_MAX) {
        return err_set(
            err, ERR_USAGE,
            "--baseline takes a report's file, run:NUMBER of --store or a revision of git, not '%s'", name);
    }
    return baseline_of_run(g->arena, store, (int64_t)run, &g->baseline, err);
}

static bool needs_env(const struct scan_guardrails *g, const struct arguments *arguments) {
    return arguments_has(arguments, "guardrails") || has_key_of_guardrails(&arguments->config) ||
           g->options.profile > PROFILE_OFF;
}

int scan_guardrails_open(struct scan_guardrails *g, struct arena *arena, const struct arguments *arguments,
                         struct store *store, struct err *err) {
    *g = (struct scan_guardrails){.arena = arena, .summary = buf_new(LIMIT_RECORD)};
    set_options(g, arguments);
    int r = needs_env(g, arguments) ? subject_env_new(arena, &g->options.env, err) : 0;
    if (r == 0) {
        r = read_folders(g, &arguments->config, err);
    }
    if (r == 0) {
        r = read_callers(g, arguments_get(arguments, "guardrails"), err);
    }
    if (r == 0) {
        r = read_baseline(g, arguments_get(arguments, "baseline"), store, err);
    }
    g->honours_others = g->callers.honours_others || g->folders.honours_others;
    return r;
}

void scan_guardrails_close(struct scan_guardrails *g) {
    buf_free(&g->summary);
}

void scan_guardrails_of_base(const struct scan_guardrails *g, struct scan_guardrails *out) {
    *out = *g;
    out->summary = buf_new(LIMIT_RECORD);
    out->suppressions = (struct suppression_list){0};
    out->options.baseline = NULL;
}

/* ---- documents */

static bool is_full(struct scan_guardrails *g) {
    g->is_cut |= g->suppressions.n >= LIMIT_SUPPRESSIONS;
    return g->is_cut;
}

int scan_guardrails_read_comments(struct scan_guardrails *g, const struct inventory *inventory,
                                  struct err *err) {
    int r = 0;
    for (size_t i = 0; r == 0 && i < inventory->comments_n && !is_full(g); i++) {
        const struct inventory_comment *comment = &inventory->comments[i];
        struct str path = arena_str(g->arena, comment->path), text = arena_str(g->arena, comment->text);
        r = path.p && text.p ? suppression_read_comment(g->arena, path, comment->line, text,
                                                        g->honours_others, &g->suppressions, err)
                             : err_memory(err);
    }
    return r;
}

static int keep(struct arena *arena, struct str *s, struct err *err) {
    *s = arena_str(arena, *s);
    return s->p ? 0 : err_memory(err);
}

int scan_guardrails_read_annotations(struct scan_guardrails *g, const struct resources *set,
                                     struct err *err) {
    int r = suppression_widen(g->arena, set, &g->suppressions, err);
    for (size_t i = 0; r == 0 && g->honours_others && i < set->all.n && !is_full(g); i++) {
        const struct resource *resource = set->all.p[i];
        size_t before = g->suppressions.n;
        if (resource->source == RESOURCE_KUBERNETES) {
            resources_rest(set);
            const struct doc *object = resource_object(resource);
            if (!object) {
                return err_memory(err);
            }
            r = suppression_read_annotations(g->arena, resource->file, object, resource->asset,
                                             &g->suppressions, err);
        }
        for (size_t n = before; r == 0 && n < g->suppressions.n; n++) {
            struct suppression *s = &g->suppressions.p[n];
            struct str *texts[] = {&s->id, &s->as, &s->reason, &s->path};
            for (size_t t = 0; r == 0 && t < ARRAY_SIZE(texts); t++) {
                r = keep(g->arena, texts[t], err);
            }
        }
    }
    return r;
}

/* ---- deciding */

static int note_cut(const struct scan_guardrails *g, struct store *store, const struct run *run,
                    struct err *err) {
    const struct problem problem = {
        .place = STR("comments"),
        .message = STR("there are more comments and annotations for scanners than are looked at: "
                       "the later ones count for nothing")};
    return g->is_cut ? store_put_problem(store, run->id, &problem, err) : 0;
}

int scan_guardrails_apply(struct scan_guardrails *g, struct store *store, const struct run *run,
                          struct str *summary, struct err *err) {
    g->options.suppressions = g->suppressions.p;
    g->options.suppressions_n = g->suppressions.n;
    g->options.now = clock_now();
    buf_clear(&g->summary);
    int r = note_cut(g, store, run, err);
    if (r == 0 && !guardrail_options_are_empty(&g->options)) {
        r = guardrail_apply(store, run, &g->options, &g->summary, err);
    }
    g->suppressions = (struct suppression_list){0};
    g->is_cut = false;
    *summary = buf_view(&g->summary);
    return r;
}
