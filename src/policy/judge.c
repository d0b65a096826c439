#include "policy/judge.h"

#include "base/limits.h"
#include "cel/cache.h"
#include "doc/build.h"
#include "infra/kubernetes/object.h"

/* The items that checks with the same `each` have in common, made when the first of them asks. */
struct listing {
    const struct cel_program *each;
    const struct resource *resource; /* whose items they are; NULL before the first */
    struct cel_value items;
};

/* A check with its expressions ready; made when the first resource of its kind comes. */
struct ready {
    const struct check *check;
    struct listing *each; /* NULL without */
    const struct cel_program *when, *fail, *where, *message;
    bool is_loaded;
    bool fits; /* while a list is made */
};

/* The checks that are asked of resources which are alike to policy_kind_covers(). */
struct fitting {
    struct ready **p;
    size_t n;
};

struct judging {
    const struct resources *set;
    const struct judge_options *options;
    const struct cel_env *env;
    struct arena programs; /* env, programs: of the whole call */
    struct arena listed;   /* lists of items: of one resource */
    struct arena work;     /* of one evaluation */
    struct cel_cache *cache;
    struct cel_value settings;
    struct ready *checks;
    size_t n;
    struct map listings; /* the text of an `each` → its struct listing */
    struct map kinds;    /* that checks name */
    struct map fitting;  /* what covers() looks at → the number of a list, from 1 */
    VEC(struct fitting) lists;
    const struct doc *pod_spec; /* of the resource at hand */
    struct err *err;
};

/* One check on one resource. */
struct question {
    struct judging *j;
    const struct ready *ready;
    const struct resource *resource;
    const struct doc *item; /* NULL without `each` */
    size_t item_number;
    struct cel_value variables[POLICY_VARIABLES];
    struct policy_call call;
};

/* ---- kinds */

bool policy_kind_covers(struct str kind, const struct resource *resource) {
    if (str_eq(kind, resource->kind) || str_eq(kind, STR("*"))) {
        return true;
    }
    if (resource->source == RESOURCE_DOCKERFILE) {
        return str_eq(kind, STR("dockerfile.Instruction")) && doc_get(resource->object, STR("instruction"));
    }
    if (resource->source != RESOURCE_KUBERNETES) {
        return false;
    }
    return str_eq(kind, STR("Kubernetes")) ||
           (str_eq(kind, STR("Workload")) && kubernetes_pod_spec(resource->object));
}

static bool covers(const struct check *check, const struct resource *resource) {
    for (size_t i = 0; i < check->kinds_n; i++) {
        if (policy_kind_covers(check->kinds[i], resource)) {
            return true;
        }
    }
    return false;
}

/* ---- programs */

static int load(struct judging *j, const struct check *check, const struct check_expression *expression,
                const struct cel_program **out) {
    *out = NULL;
    if (!expression->block.n) {
        return 0;
    }
    int r = cel_program_load(j->env, &j->programs, expression->block, out, j->err);
    return r < 0 ? err_at(j->err, "check %.*s", STR_ARG(check->id)) : 0;
}

static int load_listing(struct judging *j, const struct check *check, struct listing **out) {
    *out = NULL;
    if (!check->each.block.n) {
        return 0;
    }
    uint64_t *slot = map_put(&j->listings, check->each.text, NULL);
    if (slot && *slot) {
        *out = (struct listing *)(uintptr_t)*slot;
        return 0;
    }
    struct listing *made = slot ? arena_alloc(&j->programs, sizeof *made) : NULL;
    if (!made) {
        return err_memory(j->err);
    }
    int r = load(j, check, &check->each, &made->each);
    if (r == 0) {
        *slot = (uint64_t)(uintptr_t)made;
        *out = made;
    }
    return r;
}

static int make_ready(struct judging *j, struct ready *ready) {
    const struct check *check = ready->check;
    int r = 0;
    if (ready->is_loaded) {
        return 0;
    }
    if ((r = load(j, check, &check->when, &ready->when)) == 0 &&
        (r = load_listing(j, check, &ready->each)) == 0 &&
        (r = load(j, check, &check->fail, &ready->fail)) == 0 &&
        (r = load(j, check, &check->where, &ready->where)) == 0) {
        r = load(j, check, &check->message, &ready->message);
    }
    ready->is_loaded = r == 0;
    return r;
}

/* ---- evaluation */

static struct cel_value evaluate_into(struct question *q, struct arena *arena,
                                      const struct cel_program *program) {
    struct cel_evaluation e = {
        .arena = arena,
        .variables = q->variables,
        .variable_count = POLICY_VARIABLES,
        .user = &q->call,
        .cache = q->j->cache,
    };
    return cel_eval(program, &e);
}

static struct cel_value evaluate(struct question *q, const struct cel_program *program) {
    return evaluate_into(q, &q->j->work, program);
}

static struct cel_value items_of(struct question *q, struct listing *listing) {
    if (listing->resource != q->resource) {
        listing->items = evaluate_into(q, &q->j->listed, listing->each);
        listing->resource = q->resource;
    }
    return listing->items;
}

int outcome_evaluate(const struct outcome *outcome, const struct check_expression *expression,
                     struct cel_value *out, struct err *err) {
    struct judging *j = outcome->question->j;
    const struct cel_program *program;
    int r = cel_program_load(j->env, &j->programs, expression->block, &program, err);
    if (r == 0) {
        *out = evaluate(outcome->question, program);
    }
    return r;
}

static struct str item_name(struct question *q) {
    if (!q->item) {
        return STR_NONE;
    }
    struct str name = doc_str(doc_get(q->item, STR("name")));
    return name.n ? name : arena_strf(&q->j->work, "%zu", q->item_number);
}

static int tell(struct question *q, struct outcome *outcome) {
    const struct resource *resource = q->resource;
    outcome->question = q;
    outcome->check = q->ready->check;
    outcome->resource = resource;
    outcome->item = item_name(q);
    outcome->target = q->item ? q->item : resource->object;
    if (outcome->node && !outcome->node->at.line) {
        outcome->node = NULL; /* a setting decided */
    }
    outcome->at = outcome->node ? outcome->node->at : outcome->target->at;
    if (!outcome->at.line) {
        outcome->at = resource->at;
    }
    outcome->file = resources_file_of(q->j->set, resource, outcome->at);
    return q->j->options->sink(q->j->options->ctx, outcome, q->j->err);
}

static int tell_undecided(struct question *q, const struct cel_value *fault) {
    struct str reason = cel_str(fault);
    if (fault->kind == CEL_ERROR) {
        reason = arena_strf(&q->j->work, "the check could not be evaluated: %.*s", STR_ARG(reason));
    }
    return tell(q, &(struct outcome){.is_undecided = true, .reason = reason, .node = fault->from});
}

static int tell_failed(struct question *q, const struct cel_value *verdict) {
    struct outcome outcome = {.node = verdict->from};
    if (q->ready->where) {
        struct cel_value where = evaluate(q, q->ready->where);
        outcome.node = where.from ? where.from : outcome.node;
    }
    if (q->ready->message) {
        struct cel_value message = evaluate(q, q->ready->message);
        outcome.message = message.kind == CEL_STRING ? cel_str(&message) : STR_NONE;
    }
    return tell(q, &outcome);
}

static int ask(struct question *q) {
    struct cel_value verdict = evaluate(q, q->ready->fail);
    if (cel_is_fault(&verdict)) {
        return tell_undecided(q, &verdict);
    }
    return cel_is_true(&verdict) ? tell_failed(q, &verdict) : 0;
}

static int ask_each(struct question *q) {
    struct cel_value list = items_of(q, q->ready->each);
    if (cel_is_fault(&list)) {
        return tell_undecided(q, &list);
    }
    if (list.kind == CEL_LIST && list.n > LIMIT_POLICY_ITEMS) {
        struct cel_value many = cel_unknown(
            arena_strf(&q->j->work, "there are %u items, more than %d", list.n, LIMIT_POLICY_ITEMS));
        return tell_undecided(q, &many);
    }
    int r = 0;
    for (size_t i = 0; r == 0 && list.kind == CEL_LIST && i < list.n; i++) {
        q->variables[POLICY_ITEM] = cel_list_at(&list, i);
        q->item = q->variables[POLICY_ITEM].from;
        q->item_number = i;
        r = ask(q);
    }
    return r;
}

static int judge_one(struct judging *j, const struct resource *resource, struct ready *ready) {
    int r = make_ready(j, ready);
    if (r < 0) {
        return r;
    }
    arena_reset(&j->work);
    struct question q = {
        .j = j,
        .ready = ready,
        .resource = resource,
        .variables = {[POLICY_SELF] = cel_from_doc(resource->object),
                      [POLICY_ITEM] = cel_null(),
                      [POLICY_INPUT] = cel_from_doc(resource->input),
                      [POLICY_ENV] = j->settings},
        .call = {j->set, resource, j->pod_spec},
    };
    if (ready->when) {
        struct cel_value when = evaluate(&q, ready->when);
        if (cel_is_fault(&when)) {
            return tell_undecided(&q, &when);
        }
        if (!cel_is_true(&when)) {
            return 0;
        }
    }
    return ready->each ? ask_each(&q) : ask(&q);
}

/* ---- all */

/* "1.31", "v1.31.2" */
static int read_minor(struct str version, uint64_t *minor, struct err *err) {
    struct str text = str_from(version, str_starts(version, STR("v")) ? 1 : 0), major, rest, number, patch;
    *minor = KUBERNETES_MINOR_NEWEST;
    if (!version.n) {
        return 0;
    }
    str_cut(text, '.', &major, &rest);
    str_cut(rest, '.', &number, &patch);
    if (!str_eq(major, STR("1")) || !str_to_u64(number, 10, minor) || *minor > INT32_MAX) {
        return err_set(err, ERR_INPUT, "'%.*s' is no version of Kubernetes, as in 1.31", STR_ARG(version));
    }
    return 0;
}

static int make_settings(struct judging *j, struct cel_value *out) {
    struct str version = j->options->kubernetes;
    uint64_t minor;
    int r = read_minor(version, &minor, j->err);
    if (r < 0) {
        return r;
    }
    const struct doc_place nowhere = {0};
    struct doc_member members[] = {
        {.key = STR("kubernetes"), .value = doc_new_string(&j->programs, nowhere, version)},
        {.key = STR("kubernetesMinor"), .value = doc_new_int(&j->programs, nowhere, (int64_t)minor)},
    };
    struct doc *settings = NULL;
    if (members[0].value && members[1].value) {
        settings = doc_new_map(&j->programs, nowhere, members, ARRAY_SIZE(members), NULL);
    }
    *out = cel_from_doc(settings);
    return settings ? 0 : err_memory(j->err);
}

static int prepare(struct judging *j, const struct check *const *checks, size_t n) {
    j->env = j->options->env;
    int r = j->env ? 0 : policy_env_new(&j->programs, &j->env, j->err);
    r = r == 0 ? make_settings(j, &j->settings) : r;
    if (r < 0) {
        return r;
    }
    j->checks = arena_array(&j->programs, n, sizeof *j->checks);
    if (!j->checks) {
        return err_memory(j->err);
    }
    j->n = n;
    for (size_t i = 0; i < n; i++) {
        j->checks[i].check = checks[i];
        for (size_t k = 0; k < checks[i]->kinds_n; k++) {
            if (!map_put(&j->kinds, checks[i]->kinds[k], NULL)) {
                return err_memory(j->err);
            }
        }
    }
    return 0;
}

/* All that policy_kind_covers() looks at. */
static struct str likeness(struct judging *j, const struct resource *resource) {
    bool is_instruction =
        resource->source == RESOURCE_DOCKERFILE && doc_get(resource->object, STR("instruction"));
    bool has_pod = resource->source == RESOURCE_KUBERNETES && kubernetes_pod_spec(resource->object);
    struct str kind = map_get(&j->kinds, resource->kind) ? resource->kind : STR_NONE;
    arena_reset(&j->work);
    return arena_strf(&j->work, "%d%d%d%.*s", (int)resource->source, is_instruction, has_pod, STR_ARG(kind));
}

static int add_fitting(struct judging *j, const struct resource *resource) {
    size_t n = 0;
    for (size_t i = 0; i < j->n; i++) {
        j->checks[i].fits = covers(j->checks[i].check, resource);
        n += j->checks[i].fits;
    }
    struct fitting *list = VEC_PUSH(&j->programs, &j->lists);
    if (!list || !(list->p = arena_array(&j->programs, n + 1, sizeof *list->p))) {
        return err_memory(j->err);
    }
    list->n = 0;
    for (size_t i = 0; i < j->n; i++) {
        if (j->checks[i].fits) {
            list->p[list->n++] = &j->checks[i];
        }
    }
    return 0;
}

/* Found once for resources that are alike. */
static int find_fitting(struct judging *j, const struct resource *resource, struct fitting *out) {
    struct str key = likeness(j, resource);
    const uint64_t *known = key.p ? map_get(&j->fitting, key) : NULL;
    if (known) {
        *out = j->lists.p[*known - 1];
        return 0;
    }
    struct str copy = key.p ? arena_str(&j->programs, key) : STR_NONE;
    uint64_t *number = copy.p ? map_put(&j->fitting, copy, NULL) : NULL;
    if (!number || add_fitting(j, resource) < 0) {
        return err_memory(j->err);
    }
    *number = j->lists.n;
    *out = j->lists.p[j->lists.n - 1];
    return 0;
}

static int judge_resource(struct judging *j, const struct resource *resource) {
    struct fitting checks = {0};
    resources_rest(j->set);
    if (!resource_object(resource)) {
        return err_memory(j->err);
    }
    int r = find_fitting(j, resource, &checks);
    arena_reset(&j->listed);
    j->pod_spec = kubernetes_pod_spec(resource->object);
    for (size_t i = 0; r == 0 && i < checks.n; i++) {
        r = judge_one(j, resource, checks.p[i]);
    }
    return r;
}

int policy_judge(const struct resources *set, const struct check *const *checks, size_t n,
                 const struct judge_options *options, struct err *err) {
    struct judging j = {.set = set,
                        .options = options,
                        .programs = arena_new(LIMIT_POLICY_PROGRAMS),
                        .listed = arena_new(LIMIT_POLICY_LISTED),
                        .work = arena_new(LIMIT_POLICY_WORK),
                        .cache = cel_cache_new(NULL),
                        .err = err};
    j.listings = map_new(&j.programs);
    j.fitting = map_new(&j.programs);
    j.kinds = map_new(&j.programs);
    int r = prepare(&j, checks, n);
    for (size_t i = 0; r == 0 && i < set->all.n; i++) {
        r = judge_resource(&j, set->all.p[i]);
    }
    cel_cache_free(j.cache);
    arena_free(&j.work);
    arena_free(&j.listed);
    arena_free(&j.programs);
    return r;
}
