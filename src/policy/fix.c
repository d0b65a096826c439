#include "policy/fix.h"

#include "base/limits.h"
#include "doc/json.h"
#include "doc/yaml.h"
#include "infra/link.h"
#include "policy/read.h"

struct making {
    struct arena *arena;  /* of the edits */
    struct arena scratch; /* of trees and texts on the way */
    const struct fix_text *in;
    const struct outcome *outcome;
    VEC(struct edit) edits;
    struct err *err;
};

static int none(struct making *m, const char *why) {
    return err_set(m->err, ERR_UNSUPPORTED, "there is no simple edit: %s", why);
}

static int add_edit(struct making *m, struct doc_span span, struct str text) {
    struct edit *slot = VEC_PUSH(m->arena, &m->edits);
    if (!slot) {
        return err_memory(m->err);
    }
    *slot = (struct edit){span, text};
    return 0;
}

/* ---- the way to a value of YAML or JSON, by its place */

struct search {
    const struct doc_lines *lines;
    struct arena *arena;
    struct doc_place at;
    enum doc_kind kind;
    VEC(struct edit_step) path;
    size_t steps;
    bool failed;
};

static bool find(struct search *s, const struct doc *d, unsigned depth);

static bool find_below(struct search *s, const struct doc *child, struct edit_step step, unsigned depth) {
    size_t before = s->path.n;
    struct edit_step *slot = VEC_PUSH(s->arena, &s->path);
    if (!slot) {
        s->failed = true;
        return false;
    }
    *slot = step;
    if (find(s, child, depth + 1)) {
        return true;
    }
    s->path.n = before;
    return false;
}

/* Only values whose text holds the place are walked into: what an alias or a merge key shares stands
 * elsewhere, so the way found is the one by which the value was written. */
static bool may_hold(const struct search *s, const struct doc *d) {
    size_t at = doc_offset(s->lines, s->at);
    struct doc_span span = doc_span(s->lines, d);
    return d->length == 0 || (span.from <= at && at <= span.to);
}

static bool find(struct search *s, const struct doc *d, unsigned depth) {
    if (++s->steps > LIMIT_FIX_STEPS || depth > LIMIT_DOC_DEPTH || !may_hold(s, d)) {
        return false;
    }
    if (d->kind == s->kind && d->at.line == s->at.line && d->at.column == s->at.column) {
        return true;
    }
    bool found = false;
    for (size_t i = 0; !found && d->kind == DOC_MAP && i < d->map.n; i++) {
        found =
            find_below(s, d->map.members[i].value, (struct edit_step){.key = d->map.members[i].key}, depth);
    }
    for (size_t i = 0; !found && d->kind == DOC_LIST && i < d->list.n; i++) {
        found = find_below(s, d->list.items[i], (struct edit_step){.index = i}, depth);
    }
    return found;
}

/* What patches of values work on. */
struct tree {
    enum edit_format format;
    const struct doc **docs;
    size_t n;
    struct doc_lines lines;
};

static int read_tree(struct making *m, struct tree *tree) {
    struct str trimmed = str_trim(m->in->text);
    *tree = (struct tree){.format = EDIT_YAML};
    int r = doc_lines_over(&m->scratch, m->in->text, &tree->lines, m->err);
    if (r == 0 && trimmed.n && trimmed.p[0] == '{') {
        tree->docs = arena_array(&m->scratch, 1, sizeof(struct doc *));
        tree->n = 1;
        r = tree->docs ? json_parse(&m->scratch, m->in->text, tree->docs, m->err) : err_memory(m->err);
        if (r == 0 || r == ERR_MEMORY) {
            tree->format = EDIT_JSON;
            return r;
        }
        r = 0;
    }
    return r == 0 ? yaml_parse_tagged(&m->scratch, m->in->text, &tree->docs, &tree->n, m->err) : r;
}

static int find_target(struct making *m, const struct tree *tree, struct search *search, size_t *document) {
    const struct doc *target = m->outcome->target;
    *search =
        (struct search){.lines = &tree->lines, .arena = &m->scratch, .at = target->at, .kind = target->kind};
    for (size_t i = 0; i < tree->n; i++) {
        if (find(search, tree->docs[i], 0)) {
            *document = i;
            return 0;
        }
    }
    return search->failed ? err_memory(m->err) : none(m, "the value is made from others");
}

/* ---- set and remove */

static int add_steps(struct making *m, struct search *way, struct str path) {
    struct str part;
    while (str_split(&path, '.', &part)) {
        struct edit_step *slot = VEC_PUSH(&m->scratch, &way->path);
        uint64_t number;
        if (!slot) {
            return err_memory(m->err);
        }
        bool is_item = str_to_u64(part, 10, &number) && number < SIZE_MAX;
        *slot = is_item ? (struct edit_step){.index = (size_t)number} : (struct edit_step){.key = part};
    }
    return 0;
}

static int edit_value(struct making *m, const struct edit_target *target, const struct search *to,
                      const struct check_patch *patch, struct edit *edit) {
    const struct doc *value;
    if (patch->kind == CHECK_PATCH_REMOVE) {
        return edit_remove(m->arena, target, to->path.p, to->path.n, edit, m->err);
    }
    int r = json_parse(&m->scratch, patch->value, &value, m->err);
    return r == 0 ? edit_set(m->arena, target, to->path.p, to->path.n, value, edit, m->err) : r;
}

static int apply(struct making *m, struct str text, const struct edit *edits, size_t n, struct str *out) {
    _cleanup_(buf_free) struct buf buf = buf_new(LIMIT_DOC_BYTES);
    int r = edit_apply(text, edits, n, &buf, m->err);
    if (r == 0) {
        *out = arena_str(&m->scratch, buf_view(&buf));
        r = out->p ? 0 : err_memory(m->err);
    }
    return r;
}

/* The one edit that makes before into after. */
static int add_difference(struct making *m, struct str before, struct str after) {
    size_t head = 0, tail = 0, most = MIN(before.n, after.n);
    while (head < most && before.p[head] == after.p[head]) {
        head++;
    }
    while (tail < most - head && before.p[before.n - 1 - tail] == after.p[after.n - 1 - tail]) {
        tail++;
    }
    struct str text = arena_str(m->arena, str_sub(after, head, after.n - tail - head));
    return text.p ? add_edit(m, (struct doc_span){head, before.n - tail}, text) : err_memory(m->err);
}

/* Patches of one finding build on each other: the second may go into a map that the first has made. */
static int patch_values(struct making *m, const struct check *check) {
    struct tree tree;
    struct search way;
    size_t document = 0;
    struct str text = m->in->text;
    struct edit edit = {0};
    int r = read_tree(m, &tree);
    r = r == 0 ? find_target(m, &tree, &way, &document) : r;
    for (size_t i = 0; r == 0 && i < check->patches_n; i++) {
        struct search to = way;
        to.path.cap = to.path.n; /* appended to as a copy */
        const struct edit_target target = {tree.format, text, document};
        r = add_steps(m, &to, check->patches[i].path);
        r = r == 0 ? edit_value(m, &target, &to, &check->patches[i], &edit) : r;
        r = r == 0 ? apply(m, text, &edit, 1, &text) : r;
    }
    if (r < 0) {
        return r;
    }
    return check->patches_n == 1 ? add_edit(m, edit.span, edit.text) : add_difference(m, m->in->text, text);
}

/* ---- replace, delete, before, after */

/* From the beginning of the first line to behind the last one's end. */
static struct doc_span lines_of(struct str text, struct doc_span span) {
    while (span.from > 0 && text.p[span.from - 1] != '\n') {
        span.from--;
    }
    if (span.to > span.from && text.p[span.to - 1] == '\n') {
        return span;
    }
    while (span.to < text.n && text.p[span.to] != '\n') {
        span.to++;
    }
    span.to += span.to < text.n;
    return span;
}

/* Nothing else stands on its lines. */
static bool has_own_lines(struct str text, struct doc_span span, struct doc_span whole) {
    return !str_trim(str_sub(text, whole.from, span.from - whole.from)).n &&
           !str_trim(str_from(str_sub(text, 0, whole.to), span.to)).n;
}

static struct str indented(struct making *m, struct doc_span span, struct doc_span whole, struct str lines) {
    _cleanup_(buf_free) struct buf out = buf_new(LIMIT_EDIT);
    struct str text = m->in->text, line;
    bool is_after_cut_line = whole.to > 0 && whole.from >= span.to && text.p[whole.to - 1] != '\n';
    if (is_after_cut_line) {
        buf_byte(&out, '\n');
    }
    struct doc_span first = lines_of(text, (struct doc_span){span.from, span.from});
    struct str indent = str_sub(text, first.from, span.from - first.from);
    while (str_line(&lines, &line)) {
        if (line.n) {
            buf_str(&out, indent);
        }
        buf_str(&out, line);
        buf_byte(&out, '\n');
    }
    return out.failed ? STR_NONE : arena_str(m->arena, buf_view(&out));
}

static int replace_node(struct making *m, const struct doc *node, struct doc_span span, struct str with) {
    struct str written = str_sub(m->in->text, span.from, span.to - span.from);
    if (node->kind == DOC_STRING && !str_eq(node->s, written)) {
        return none(m, "the word is quoted, escaped or made from variables");
    }
    struct str text = arena_str(m->arena, with);
    return text.p ? add_edit(m, span, text) : err_memory(m->err);
}

static int edit_lines(struct making *m, enum check_patch_kind kind, struct doc_span span, struct str with) {
    struct str text = m->in->text;
    struct doc_span whole = lines_of(text, span);
    if (!has_own_lines(text, span, whole)) {
        return none(m, "something else stands on its line");
    }
    if (kind == CHECK_PATCH_DELETE) {
        return add_edit(m, whole, STR_NONE);
    }
    struct doc_span at = kind == CHECK_PATCH_BEFORE ? (struct doc_span){whole.from, whole.from}
                                                    : (struct doc_span){whole.to, whole.to};
    struct str lines = indented(m, span, at, with);
    return lines.p ? add_edit(m, at, lines) : err_memory(m->err);
}

static int patch_text(struct making *m, const struct doc_lines *lines, const struct check_patch *patch) {
    struct cel_value value, with = cel_string(STR_NONE);
    int r = outcome_evaluate(m->outcome, &patch->node, &value, m->err);
    if (r == 0 && patch->with.block.n) {
        r = outcome_evaluate(m->outcome, &patch->with, &with, m->err);
    }
    if (r < 0) {
        return r;
    }
    const struct doc *node = value.from;
    if (cel_is_fault(&value) || !node || !node->length || !node->at.line || with.kind != CEL_STRING) {
        return none(m, "what it would change is not written in the file");
    }
    struct doc_span span = doc_span(lines, node);
    return patch->kind == CHECK_PATCH_REPLACE ? replace_node(m, node, span, cel_str(&with))
                                              : edit_lines(m, patch->kind, span, cel_str(&with));
}

static int patch_texts(struct making *m, const struct check *check) {
    struct doc_lines lines;
    int r = doc_lines_over(&m->scratch, m->in->text, &lines, m->err);
    for (size_t i = 0; r == 0 && i < check->patches_n; i++) {
        r = patch_text(m, &lines, &check->patches[i]);
    }
    return r;
}

/* ---- proof */

struct tally {
    size_t failed, undecided;
};

static int count(void *ctx, const struct outcome *outcome, struct err *err) {
    struct tally *tally = ctx;
    *(outcome->is_undecided ? &tally->undecided : &tally->failed) += 1;
    return 0;
}

static int judge_check(struct making *m, const struct resources *set, struct tally *tally) {
    const struct judge_options options = {
        .env = m->in->env, .kubernetes = m->in->kubernetes, .sink = count, .ctx = tally};
    *tally = (struct tally){0};
    return policy_judge(set, &m->outcome->check, 1, &options, m->err);
}

static int prove(struct making *m, const struct resources *set) {
    struct str text;
    struct tally before, after;
    int r = apply(m, m->in->text, m->edits.p, m->edits.n, &text);
    if (r == ERR_USAGE || (r == 0 && str_eq(text, m->in->text))) {
        return none(m, "it would change nothing");
    }
    struct resources again = resources_new(&m->scratch);
    r = r == 0 ? policy_read(&again, m->in->source, m->in->file, text, m->err) : r;
    r = r == 0 ? infra_link(&again, m->err) : r;
    r = r == 0 ? judge_check(m, set, &before) : r;
    r = r == 0 ? judge_check(m, &again, &after) : r;
    if (r < 0) {
        return r;
    }
    if (again.all.n != set->all.n && !str_eq(m->in->source, STR("dockerfile"))) {
        return none(m, "it would change what the file declares");
    }
    return after.failed < before.failed && after.undecided <= before.undecided
               ? 0
               : err_set(m->err, ERR_INPUT, "the check %.*s does not pass after its patch",
                         STR_ARG(m->outcome->check->id));
}

static bool is_of_values(enum check_patch_kind kind) {
    return kind == CHECK_PATCH_SET || kind == CHECK_PATCH_REMOVE;
}

static int make(struct making *m, const struct resources *set) {
    const struct check *check = m->outcome->check;
    if (!check->patches_n || m->outcome->is_undecided) {
        return none(m, "the check has no patch");
    }
    if (!str_eq(m->outcome->file, m->in->file)) {
        return none(m, "it is in another file");
    }
    for (size_t i = 1; i < check->patches_n; i++) {
        if (is_of_values(check->patches[i].kind) != is_of_values(check->patches[0].kind)) {
            return none(m, "patches of values and of text can't be mixed");
        }
    }
    int r = is_of_values(check->patches[0].kind) ? patch_values(m, check) : patch_texts(m, check);
    return r == 0 ? prove(m, set) : r;
}

int fix_make(struct arena *arena, const struct fix_text *in, const struct resources *set,
             const struct outcome *outcome, struct fix *out, struct err *err) {
    struct err local;
    struct making m = {.arena = arena,
                       .scratch = arena_new(2 * LIMIT_DOC_BYTES),
                       .in = in,
                       .outcome = outcome,
                       .err = err ? err : &local};
    int r = make(&m, set);
    arena_free(&m.scratch);
    *out = r == 0 ? (struct fix){m.edits.p, m.edits.n} : (struct fix){0};
    return r;
}

/* ---- many */

static bool touch(const struct fix *a, const struct fix *b) {
    for (size_t i = 0; i < a->n; i++) {
        for (size_t k = 0; k < b->n; k++) {
            if (a->edits[i].span.from <= b->edits[k].span.to &&
                b->edits[k].span.from <= a->edits[i].span.to) {
                return true;
            }
        }
    }
    return false;
}

size_t fix_choose(const struct fix *fixes, size_t n, bool *is_chosen) {
    size_t chosen = 0;
    for (size_t i = 0; i < n; i++) {
        is_chosen[i] = fixes[i].n > 0;
        for (size_t k = 0; is_chosen[i] && k < i; k++) {
            is_chosen[i] = !is_chosen[k] || !touch(&fixes[i], &fixes[k]);
        }
        chosen += is_chosen[i];
    }
    return chosen;
}

/* ---- rounds */

struct rounds {
    struct arena *arena;  /* the caller's */
    struct arena scratch; /* of one round */
    struct fix_text in;
    struct resources set;
    const struct check *const *checks;
    size_t checks_n;
    fix_wanted *is_wanted;
    void *ctx;
    struct fix *fixes;
    struct fix_mended *mended;
    size_t n;
};

static int take_outcome(void *ctx, const struct outcome *outcome, struct err *err) {
    struct rounds *rounds = ctx;
    struct err why = ERR_NONE;
    struct fix fix;
    if (rounds->n == LIMIT_FIXES || outcome->is_undecided || !outcome->check->patches_n ||
        !rounds->is_wanted(rounds->ctx, &rounds->in, &rounds->set, outcome)) {
        return 0;
    }
    int r = fix_make(&rounds->scratch, &rounds->in, &rounds->set, outcome, &fix, &why);
    if (r == ERR_MEMORY) {
        return err_memory(err);
    }
    if (r == 0) {
        struct str item = arena_str(rounds->arena, outcome->item);
        if (!item.p) {
            return err_memory(err);
        }
        rounds->mended[rounds->n] = (struct fix_mended){outcome->check, item, outcome->at, 0};
        rounds->fixes[rounds->n++] = fix;
    }
    return 0;
}

static int collect_fixes(struct rounds *rounds, struct err *err) {
    const struct judge_options options = {
        .env = rounds->in.env, .kubernetes = rounds->in.kubernetes, .sink = take_outcome, .ctx = rounds};
    rounds->n = 0;
    rounds->set = resources_new(&rounds->scratch);
    rounds->fixes = arena_array(&rounds->scratch, LIMIT_FIXES, sizeof *rounds->fixes);
    rounds->mended = arena_array(&rounds->scratch, LIMIT_FIXES, sizeof *rounds->mended);
    if (!rounds->fixes || !rounds->mended) {
        return err_memory(err);
    }
    int r = policy_read(&rounds->set, rounds->in.source, rounds->in.file, rounds->in.text, err);
    r = r == 0 ? infra_link(&rounds->set, err) : r;
    return r == 0 ? policy_judge(&rounds->set, rounds->checks, rounds->checks_n, &options, err) : r;
}

/* The text with the chosen fixes, in the caller's arena. */
static int apply_chosen(struct rounds *rounds, const bool *is_chosen, struct str *out, struct err *err) {
    _cleanup_(buf_free) struct buf text = buf_new(LIMIT_DOC_BYTES);
    VEC(struct edit) edits = {0};
    for (size_t i = 0; i < rounds->n; i++) {
        for (size_t k = 0; is_chosen[i] && k < rounds->fixes[i].n; k++) {
            struct edit *slot = VEC_PUSH(&rounds->scratch, &edits);
            if (!slot) {
                return err_memory(err);
            }
            *slot = rounds->fixes[i].edits[k];
        }
    }
    int r = edit_apply(rounds->in.text, edits.p, edits.n, &text, err);
    if (r == 0) {
        *out = arena_str(rounds->arena, buf_view(&text));
        r = out->p ? 0 : err_memory(err);
    }
    return r;
}

static int note_mended(struct rounds *rounds, const bool *is_chosen, uint32_t round, struct fix_result *out,
                       struct err *err) {
    for (size_t i = 0; i < rounds->n; i++) {
        struct fix_mended *slot = is_chosen[i] ? VEC_PUSH(rounds->arena, &out->mended) : NULL;
        if (slot) {
            *slot = rounds->mended[i];
            slot->round = round;
        } else if (is_chosen[i]) {
            return err_memory(err);
        }
    }
    return 0;
}

/* Each fix is proven alone; that all of them together leave a file that can be read is looked at here. */
static bool is_readable(struct rounds *rounds, struct str text) {
    _cleanup_(arena_free) struct arena arena = arena_new(LIMIT_DOC_BYTES);
    struct resources set = resources_new(&arena);
    return policy_read(&set, rounds->in.source, rounds->in.file, text, NULL) == 0;
}

/* 1 when something was mended. */
static int run_round(struct rounds *rounds, uint32_t round, struct fix_result *out, struct err *err) {
    bool is_chosen[LIMIT_FIXES] = {false};
    struct str text;
    int r = collect_fixes(rounds, err);
    if (r < 0 || !fix_choose(rounds->fixes, rounds->n, is_chosen)) {
        return r;
    }
    if ((r = apply_chosen(rounds, is_chosen, &text, err)) < 0) {
        return r;
    }
    if (!is_readable(rounds, text)) {
        memset(is_chosen, 0, sizeof is_chosen);
        is_chosen[0] = true;
        r = apply_chosen(rounds, is_chosen, &text, err);
    }
    r = r == 0 ? note_mended(rounds, is_chosen, round, out, err) : r;
    rounds->in.text = text;
    return r == 0 ? 1 : r;
}

int fix_file(struct arena *arena, const struct fix_text *in, const struct check *const *checks, size_t n,
             fix_wanted *is_wanted, void *ctx, struct fix_result *out, struct err *err) {
    struct rounds rounds = {.arena = arena,
                            .scratch = arena_new(2 * LIMIT_DOC_BYTES),
                            .in = *in,
                            .checks = checks,
                            .checks_n = n,
                            .is_wanted = is_wanted,
                            .ctx = ctx};
    int r = 1;
    *out = (struct fix_result){.text = in->text};
    for (uint32_t round = 1; r == 1 && round <= LIMIT_FIX_ROUNDS; round++) {
        r = run_round(&rounds, round, out, err);
        arena_reset(&rounds.scratch);
    }
    arena_free(&rounds.scratch);
    out->text = rounds.in.text;
    return MIN(r, 0);
}
