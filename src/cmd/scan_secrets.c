#include "cmd/scan_secrets.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/limits.h"
#include "cmd/registry_options.h"
#include "inspect/secrets/compile.h"
#include "inspect/secrets/key.h"
#include "policy/packs/packs.h"

static int add_rules(struct arena *arena, struct str file, const struct doc *list,
                     struct secret_rule_list *rules, struct err *err) {
    int r = 0;
    if (!doc_is(list, DOC_LIST)) {
        return err_set(err, ERR_INPUT, "%.*s:%u:%u: expected a list of rules", STR_ARG(file), list->at.line,
                       list->at.column);
    }
    for (size_t i = 0; r == 0 && i < list->list.n; i++) {
        r = secret_rule_read(arena, file, list->list.items[i], false, rules, err);
    }
    return r;
}

/* secrets: {rules: [...], allow: {...}} */
static int read_config(struct scan_secrets *secrets, struct arena *arena, const struct config *config,
                       struct secret_rule_list *rules, struct err *err) {
    const struct doc *map = doc_get(config->root, SECRETS_KEY);
    struct str file = str_c(config->path);
    int r = 0;
    if (map && !doc_is(map, DOC_MAP)) {
        return err_set(err, ERR_INPUT, "%s:%u:%u: secrets: expected a map with rules and allow", config->path,
                       map->at.line, map->at.column);
    }
    for (size_t i = 0; r == 0 && map && i < map->map.n; i++) {
        const struct doc_member *member = &map->map.members[i];
        if (str_eq(member->key, STR("rules"))) {
            r = add_rules(arena, file, member->value, rules, err);
        } else if (str_eq(member->key, STR("allow"))) {
            r = secret_allow_read(arena, file, member->value, &secrets->allow, err);
            secrets->allow_n = 1;
        } else {
            r = err_set(err, ERR_INPUT, "%s:%u:%u: secrets: it has rules and allow", config->path,
                        member->at.line, member->at.column);
        }
    }
    return r;
}

static int read_rules(struct arena *arena, const char *path, struct secret_rule_list *rules,
                      struct err *err) {
    _cleanup_(buf_free) struct buf text = buf_new(LIMIT_PACK_FILE);
    const struct doc **documents = NULL;
    size_t n = 0;
    int r = file_read(path, &text, err);
    if (r < 0) {
        return r;
    }
    if (packs_parse(arena, buf_view(&text), &documents, &n, err) < 0) {
        return err_at(err, "%s", path);
    }
    for (size_t i = 0; r == 0 && i < n; i++) {
        r = doc_is(documents[i], DOC_LIST)
                ? add_rules(arena, str_c(path), documents[i], rules, err)
                : secret_rule_read(arena, str_c(path), documents[i], false, rules, err);
    }
    return r;
}

static int refuse_taken_ids(const struct secret_rule_list *rules, struct err *err) {
    for (size_t i = 0; i < rules->n; i++) {
        for (size_t k = 0; k < secret_rules_builtin.n; k++) {
            if (str_eq(rules->p[i].id, secret_rules_builtin.p[k].id)) {
                return err_set(err, ERR_INPUT, "%.*s:%u:%u: the id '%.*s' is one of the program's own",
                               STR_ARG(rules->p[i].source), rules->p[i].at.line, rules->p[i].at.column,
                               STR_ARG(rules->p[i].id));
            }
        }
    }
    return 0;
}

static int open_own(struct scan_secrets *secrets, struct arena *arena, struct secret_rule_list *rules,
                    struct err *err) {
    if (!rules->n) {
        return 0;
    }
    int r = refuse_taken_ids(rules, err);
    r = r == 0 ? secret_rules_compile(arena, rules, &secrets->own, err) : r;
    if (r == 0) {
        secret_set_add(&secrets->set, &secrets->own);
    }
    return r;
}

static int open_key(struct scan_secrets *secrets, struct arena *arena, const struct arguments *arguments,
                    struct err *err) {
    const char *path = arguments_get(arguments, "secrets-key"), *folder = file_state_dir(arena);
    struct err ignored = ERR_NONE;
    if (!folder || file_make_dirs(folder, &ignored) < 0) {
        folder = file_cache_dir(arena); /* better lost with the cache than another for each run */
    }
    return path ? secret_key_of_file(path, &secrets->set.key, err)
                : secret_key_of_installation(folder, &secrets->set.key, err);
}

int scan_secrets_open(struct scan_secrets *secrets, struct arena *arena, const struct arguments *arguments,
                      struct err *err) {
    *secrets = (struct scan_secrets){.is_on = !arguments_has(arguments, "no-secrets")};
    struct secret_rule_list rules = {0};
    const struct option_values *files = arguments_all(arguments, "secret-rules");
    secrets->set.now = clock_now();
    int r = read_config(secrets, arena, &arguments->config, &rules, err);
    for (size_t i = 0; r == 0 && i < files->n; i++) {
        r = read_rules(arena, files->p[i], &rules, err);
    }
    if (r < 0 || !secrets->is_on) {
        return r;
    }
    r = open_key(secrets, arena, arguments, err);
    secrets->set.cache = arguments_has(arguments, "no-cache") ? NULL : cache_folder(arena);
    secrets->builtin = secret_rules_builtin;
#ifdef PLIMSOLL_FAULTS
    if (getenv("PLIMSOLL_FOREIGN_PATTERNS")) {
        secrets->builtin.database = STR("of another Vectorscan");
    }
#endif
    secret_set_add(&secrets->set, &secrets->builtin);
    return r == 0 ? open_own(secrets, arena, &rules, err) : r;
}

void scan_secrets_close(struct scan_secrets *secrets) {
    secret_set_close(&secrets->set);
}
