#include "policy/review.h"

#include "base/limits.h"
#include "content/pack.h"
#include "doc/dockerfile/dockerfile.h"
#include "doc/yaml.h"
#include "infra/kubernetes/object.h"
#include "infra/link.h"
#include "policy/guardrail/guardrail.h"
#include "policy/read.h"
#include "policy/review_parts.h"

/* ---- comments */

static int read_dockerfile_comments(struct review_comments *c, const struct fix_text *in, struct err *err) {
    struct dockerfile parsed;
    int r = dockerfile_parse(c->arena, in->text, &parsed, err);
    const struct doc *comments = r == 0 ? doc_get(parsed.root, STR("comments")) : NULL;
    for (size_t i = 0; r == 0 && i < doc_count(comments); i++) {
        const struct doc *comment = doc_at(comments, i);
        r = suppression_read_comment(c->arena, in->file, comment->at.line,
                                     doc_str(doc_get(comment, STR("text"))), c->honours_others, &c->list,
                                     err);
    }
    return r;
}

static int read_yaml_comments(struct review_comments *c, const struct fix_text *in, struct err *err) {
    struct yaml_stream stream;
    int r = yaml_read(c->arena, in->text, YAML_CORE, &stream, err);
    for (size_t i = 0; r == 0 && i < stream.n_comments; i++) {
        r = suppression_read_comment(c->arena, in->file, stream.comments[i].at.line, stream.comments[i].text,
                                     c->honours_others, &c->list, err);
    }
    return r;
}

int review_read_comments(struct review_comments *c, const struct fix_text *in, const struct resources *set,
                         struct err *err) {
    static const struct str words[] = {STR("ignore"), STR("skip"), STR("disable")};
    struct str trimmed = str_trim(in->text);
    bool may_hold = false, is_json = trimmed.n && trimmed.p[0] == '{';
    c->list = (struct suppression_list){0};
    for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
        may_hold |= str_find(in->text, words[i]) >= 0;
    }
    if (!may_hold || is_json) {
        return 0;
    }
    int r = str_eq(in->source, STR("dockerfile")) ? read_dockerfile_comments(c, in, err)
                                                  : read_yaml_comments(c, in, err);
    return r == 0 ? suppression_widen(c->arena, set, &c->list, err) : r;
}

bool review_is_set_aside(const struct review_comments *c, const struct outcome *outcome) {
    for (size_t i = 0; i < c->list.n; i++) {
        const struct suppression *s = &c->list.p[i];
        if ((!s->ends || s->ends > c->now) &&
            suppression_covers(s, outcome->check->id, outcome->file, outcome->at.line, 0)) {
            return true;
        }
    }
    return false;
}

/* ---- findings */

struct reviewing {
    struct arena *arena;
    struct arena scratch;
    const struct review_request *request;
    struct resources set;
    struct doc_lines lines;
    struct review_comments comments;
    struct review *out;
};

/* Of a value over many lines only the first: what an editor underlines. */
static struct doc_span span_of(const struct reviewing *v, const struct outcome *outcome) {
    struct doc_span span = {doc_offset(&v->lines, outcome->at), v->lines.text.n};
    if (outcome->node && outcome->node->length) {
        span = doc_span(&v->lines, outcome->node);
    }
    ptrdiff_t end = str_find_byte(str_sub(v->lines.text, span.from, span.to - span.from), '\n');
    if (end >= 0) {
        span.to = span.from + (size_t)end;
    }
    while (span.to > span.from && v->lines.text.p[span.to - 1] == '\r') {
        span.to--;
    }
    return span;
}

/* A comment stands above a whole instruction, not between its lines. */
static uint32_t line_of(const struct outcome *outcome) {
    return doc_get(outcome->resource->object, STR("instruction")) &&
                   outcome->resource->source == RESOURCE_DOCKERFILE
               ? outcome->resource->at.line
               : outcome->at.line;
}

static int add_fix(struct reviewing *v, const struct outcome *outcome, struct review_finding *finding,
                   struct err *err) {
    const struct review_request *request = v->request;
    struct err why;
    if (!request->wants_fixes || outcome->is_undecided || outcome->at.line < request->first ||
        outcome->at.line > request->last) {
        return 0;
    }
    int r = fix_make(v->arena, &request->in, &v->set, outcome, &finding->fix, &why);
    return r == ERR_MEMORY ? err_memory(err) : 0;
}

/* It asks for other resources, and here are only those of one file. */
static bool looks_around(const struct check *check) {
    static const struct str calls[] = {STR("related("), STR("resources(")};
    const struct check_expression *expressions[] = {&check->when, &check->each, &check->fail};
    for (size_t i = 0; i < ARRAY_SIZE(expressions); i++) {
        for (size_t k = 0; k < ARRAY_SIZE(calls); k++) {
            if (str_find(expressions[i]->text, calls[k]) >= 0) {
                return true;
            }
        }
    }
    return false;
}

static int put_finding(void *ctx, const struct outcome *outcome, struct err *err) {
    struct reviewing *v = ctx;
    if (!str_eq(outcome->file, v->request->in.file) || looks_around(outcome->check) ||
        review_is_set_aside(&v->comments, outcome)) {
        return 0;
    }
    if (v->out->findings.n == LIMIT_REVIEW_FINDINGS) {
        v->out->is_cut = true;
        return 0;
    }
    struct review_finding *finding = VEC_PUSH(v->arena, &v->out->findings);
    if (!finding) {
        return err_memory(err);
    }
    *finding = (struct review_finding){.check = outcome->check,
                                       .is_undecided = outcome->is_undecided,
                                       .message = arena_str(v->arena, outcome->message),
                                       .reason = arena_str(v->arena, outcome->reason),
                                       .item = arena_str(v->arena, outcome->item),
                                       .span = span_of(v, outcome),
                                       .line = line_of(outcome)};
    if (!finding->message.p || !finding->reason.p || !finding->item.p) {
        return err_memory(err);
    }
    return add_fix(v, outcome, finding, err);
}

static int judge_file(struct reviewing *v, struct err *err) {
    const struct review_request *request = v->request;
    const struct judge_options options = {
        .env = request->in.env, .kubernetes = request->in.kubernetes, .sink = put_finding, .ctx = v};
    v->set = resources_new(&v->scratch);
    v->comments = (struct review_comments){&v->scratch, request->honours_others, request->now, {0}};
    int r = doc_lines_over(&v->scratch, request->in.text, &v->lines, err);
    r = r == 0 ? policy_read(&v->set, request->in.source, request->in.file, request->in.text, err) : r;
    r = r == 0 ? infra_link(&v->set, err) : r;
    r = r == 0 ? review_read_comments(&v->comments, &request->in, &v->set, err) : r;
    return r == 0 ? policy_judge(&v->set, request->checks, request->checks_n, &options, err) : r;
}

static int by_place(const void *a, const void *b) {
    const struct review_finding *x = a, *y = b;
    if (x->span.from != y->span.from) {
        return x->span.from < y->span.from ? -1 : 1;
    }
    return str_cmp(x->check->id, y->check->id);
}

/* ---- files of our own */

static int parse_own(struct reviewing *v, const struct doc ***documents, size_t *n, struct err *err) {
    return yaml_parse(&v->scratch, v->request->in.text, documents, n, err);
}

static int check_pack(struct reviewing *v, struct err *err) {
    const struct doc **documents;
    const struct cel_env *env;
    size_t n, own = 0;
    int r = parse_own(v, &documents, &n, err);
    r = r == 0 ? policy_env_new(&v->scratch, &env, err) : r;
    if (r < 0) {
        return r;
    }
    struct pack pack = pack_new(&v->scratch, env);
    for (size_t i = 0; i < n; i++) {
        if (!kubernetes_is_object(documents[i])) {
            documents[own++] = documents[i];
        }
    }
    return pack_add(&pack, v->request->in.file, documents, own, err);
}

static int check_settings(struct reviewing *v, struct err *err) {
    const struct doc **documents;
    const struct cel_env *env;
    struct guardrails guardrails;
    size_t n;
    int r = parse_own(v, &documents, &n, err);
    r = r == 0 ? subject_env_new(&v->scratch, &env, err) : r;
    if (r < 0) {
        return r;
    }
    const struct guardrail_file file = {v->request->in.file, v->request->in.text, n ? documents[0] : NULL};
    return guardrails_read(&v->scratch, env, &file, false, &guardrails, err);
}

/* ---- the whole */

/* Takes "line 3 column 14: " or "<file>:3:14: " off a message. */
static struct doc_place take_place(struct str file, struct str *message) {
    struct str rest = *message, number, after;
    uint64_t line, column;
    bool is_words = false;
    if (str_starts(rest, file) && file.n < rest.n && rest.p[file.n] == ':') {
        rest = str_trim(str_from(rest, file.n + 1));
    }
    if (str_starts(rest, STR("line "))) {
        is_words = true;
        rest = str_from(rest, 5);
    }
    if (!str_cut(rest, is_words ? ' ' : ':', &number, &after) || !str_to_u64(number, 10, &line)) {
        return (struct doc_place){0};
    }
    after = is_words && str_starts(after, STR("column ")) ? str_from(after, 7) : after;
    if (!str_cut(after, ':', &number, &rest) || !str_to_u64(number, 10, &column) || line > UINT32_MAX ||
        column > UINT32_MAX) {
        return (struct doc_place){0};
    }
    *message = str_trim(rest);
    return (struct doc_place){(uint32_t)line, (uint32_t)column};
}

static int tell_problem(struct reviewing *v, const struct err *problem, struct err *err) {
    struct str message = str_c(problem->message);
    v->out->at = take_place(v->request->in.file, &message);
    v->out->code = problem->code;
    v->out->problem = arena_str(v->arena, message);
    return v->out->problem.p ? 0 : err_memory(err);
}

int review_text(struct arena *arena, const struct review_request *request, struct review *out,
                struct err *err) {
    static const struct {
        struct str source;
        int (*look)(struct reviewing *v, struct err *err);
    } looks[] = {{STR("checks"), check_pack}, {STR("settings"), check_settings}, {STR(""), judge_file}};
    struct reviewing v = {
        .arena = arena, .scratch = arena_new(4 * LIMIT_DOC_BYTES), .request = request, .out = out};
    struct err problem = ERR_NONE;
    size_t i = 0;
    *out = (struct review){0};
    while (looks[i].source.n && !str_eq(looks[i].source, request->in.source)) {
        i++;
    }
    int r = looks[i].look(&v, &problem);
    if (out->findings.n) {
        qsort(out->findings.p, out->findings.n, sizeof *out->findings.p, by_place);
    }
    if (r == ERR_MEMORY) {
        r = err_memory(err);
    } else if (r < 0) {
        r = tell_problem(&v, &problem, err);
    }
    arena_free(&v.scratch);
    return r;
}
