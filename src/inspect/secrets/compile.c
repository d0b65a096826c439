#include "inspect/secrets/compile.h"

#include "base/file.h"
#include "base/hash.h"
#include "base/limits.h"
#include "base/program.h"
#include "base/wire.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>

/* ---- messages */

void secret_compile_put(struct buf *out, const struct secret_rule *rules, size_t n) {
    wire_u32(out, (uint32_t)n);
    for (size_t i = 0; i < n; i++) {
        wire_str(out, rules[i].id);
        wire_str(out, rules[i].pattern);
        wire_str(out, rules[i].source);
        wire_u32(out, rules[i].at.line);
        wire_u32(out, rules[i].at.column);
    }
}

int secret_compile_get(struct arena *arena, struct str bytes, struct secret_rule_list *out, struct err *err) {
    struct cursor in = cursor_over(bytes);
    uint32_t n = cursor_le32(&in);
    out->p = n <= LIMIT_SECRET_RULES ? arena_array(arena, n + 1, sizeof *out->p) : NULL;
    for (uint32_t i = 0; out->p && i < n; i++) {
        struct secret_rule *rule = &out->p[out->n++];
        rule->id = wire_get_str(&in);
        rule->pattern = wire_get_str(&in);
        rule->source = wire_get_str(&in);
        rule->at.line = cursor_le32(&in);
        rule->at.column = cursor_le32(&in);
    }
    return out->p && !in.failed ? 0 : err_set(err, ERR_INPUT, "these are no rules of secrets");
}

void secret_compile_put_answer(struct buf *out, const struct secret_rule *rules, size_t n,
                               struct str database, const char *why) {
    wire_str(out, str_c(why));
    for (size_t i = 0; !why && i < n; i++) {
        wire_u32(out, rules[i].width);
    }
    wire_str(out, why ? STR_NONE : database);
}

int secret_compile_get_answer(struct str bytes, struct secret_rule *rules, size_t n, struct str *database,
                              struct err *err) {
    struct cursor in = cursor_over(bytes);
    struct str why = wire_get_str(&in);
    for (size_t i = 0; !why.n && i < n; i++) {
        uint32_t width = cursor_le32(&in);
        rules[i].width = MIN(width, (uint32_t)LIMIT_SECRET_WIDTH);
    }
    *database = wire_get_str(&in);
    if (why.n) {
        return err_set(err, ERR_INPUT, "%.*s", STR_ARG(why));
    }
    return in.failed ? err_set(err, ERR_IO, "plimsoll-patterns gave no answer") : 0;
}

/* ---- the program */

static int run(const char *path, int in, int out, struct err *err) {
    posix_spawn_file_actions_t actions;
    pid_t pid = 0;
    int status = 0;
    if (posix_spawn_file_actions_init(&actions) != 0) {
        return err_memory(err);
    }
    char *argv[] = {(char *)"plimsoll-patterns", NULL};
    int r = posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
    r = r ? r : posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
    r = r ? r : posix_spawn(&pid, path, &actions, NULL, argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    if (r) {
        errno = r;
        return err_set_errno(err, ERR_IO, "%s", path);
    }
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    return status == 0 ? 0 : err_set(err, ERR_IO, "plimsoll-patterns left with status %d", status);
}

static int ask(struct str question, struct buf *answer, struct err *err) {
    char path[LIMIT_PATH];
    _cleanup_(closep) int in = memfd_create("rules", MFD_CLOEXEC),
                          out = memfd_create("database", MFD_CLOEXEC);
    int r = in < 0 ? err_set_errno(err, ERR_IO, "memfd") : program_find("plimsoll-patterns", path, err);
    r = r == 0 ? file_write_fd(in, question, err) : r;
    if (r == 0 && lseek(in, 0, SEEK_SET) < 0) {
        r = err_set_errno(err, ERR_IO, "memfd");
    }
    r = r == 0 ? run(path, in, out, err) : r;
    if (r == 0 && lseek(out, 0, SEEK_SET) < 0) {
        r = err_set_errno(err, ERR_IO, "memfd");
    }
    return r == 0 ? file_read_fd(out, answer, err) : r;
}

int secret_rules_compile(struct arena *arena, struct secret_rule_list *list, struct secret_rules *out,
                         struct err *err) {
    _cleanup_(buf_free) struct buf question = buf_new(LIMIT_RECORD), answer = buf_new(LIMIT_SECRET_DATABASE);
    struct str database;
    *out = (struct secret_rules){.p = list->p, .n = list->n};
    if (list->n > LIMIT_SECRET_RULES) {
        return err_set(err, ERR_LIMIT, "more than %d rules of secrets", LIMIT_SECRET_RULES);
    }
    secret_compile_put(&question, list->p, list->n);
    int r = question.failed ? err_memory(err) : ask(buf_view(&question), &answer, err);
    r = r == 0 ? secret_compile_get_answer(buf_view(&answer), list->p, list->n, &database, err) : r;
    if (r == 0) {
        out->database = arena_str(arena, database);
        r = out->database.p ? 0 : err_memory(err);
        out->digest = secret_rules_digest(out);
    }
    return r;
}

/* ---- a database that this Vectorscan can't open */

static bool kept_at(const struct secret_rules *rules, const char *folder, char path[LIMIT_PATH]) {
    int n = folder ? snprintf(path, LIMIT_PATH, "%s/patterns/%016llx-%016llx", folder,
                              (unsigned long long)rules->digest,
                              (unsigned long long)hash_bytes(str_c(secret_database_version())))
                   : -1;
    return n > 0 && n < LIMIT_PATH;
}

static void keep(const char *folder, const char *path, struct str database) {
    char patterns[LIMIT_PATH];
    struct err ignored = ERR_NONE;
    int n = snprintf(patterns, sizeof patterns, "%s/patterns", folder);
    if (n > 0 && (size_t)n < sizeof patterns && file_make_dirs(patterns, &ignored) == 0) {
        (void)file_replace_cached(path, database, &ignored);
    }
}

int secret_rules_open_anew(const struct secret_rules *rules, const char *folder, struct secret_database **out,
                           struct err *err) {
    _cleanup_(arena_free) struct arena arena = arena_new(2 * LIMIT_SECRET_DATABASE);
    _cleanup_(buf_free) struct buf kept = buf_new(LIMIT_SECRET_DATABASE);
    char path[LIMIT_PATH];
    struct err ignored = ERR_NONE;
    bool has_path = kept_at(rules, folder, path);
    if (has_path && file_read(path, &kept, &ignored) == 0 &&
        secret_database_open(out, buf_view(&kept), &ignored) == 0) {
        return 0;
    }
    struct secret_rules anew;
    struct secret_rule_list list = {.p = arena_array(&arena, rules->n + 1, sizeof *list.p), .n = rules->n};
    if (!list.p) {
        return err_memory(err);
    }
    memcpy(list.p, rules->p, rules->n * sizeof *list.p);
    int r = secret_rules_compile(&arena, &list, &anew, err);
    r = r == 0 ? secret_database_open(out, anew.database, err) : err_at(err, "patterns of secrets");
    if (r == 0 && has_path) {
        keep(folder, path, anew.database);
    }
    return r;
}
