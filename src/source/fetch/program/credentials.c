#include "source/fetch/program/credentials.h"

#include "base/file.h"
#include "base/limits.h"
#include "doc/json.h"
#include "source/fetch/program/helper.h"

/* Docker Hub's entry has kept the name of its first API. */
#define HUB_KEY STR("https://index.docker.io/v1/")

void credentials_free(struct credentials *credentials) {
    secret_free(&credentials->username);
    secret_free(&credentials->password);
    secret_free(&credentials->identity_token);
    secret_free(&credentials->registry_token);
}

bool credentials_exist(const struct credentials *credentials) {
    return credentials->username.n || credentials->password.n || credentials->identity_token.n ||
           credentials->registry_token.n;
}

/* "https://host:port/v1/" and "host:port" name one registry. */
static struct str bare_host(struct str key) {
    if (str_starts(key, STR("https://")) || str_starts(key, STR("http://"))) {
        key = str_from(key, (size_t)str_find(key, STR("://")) + 3);
    }
    struct str host, path;
    str_cut(key, '/', &host, &path);
    return host;
}

static bool is_same_registry(struct str key, struct str registry) {
    struct str host = bare_host(key);
    if (str_eq(registry, STR("docker.io"))) {
        return str_eq_nocase(host, STR("index.docker.io")) || str_eq_nocase(host, registry);
    }
    return str_eq_nocase(host, registry);
}

/* The entry under the registry's own name before others that mean the same. */
static const struct doc *entry_of(const struct doc *map, struct str registry) {
    const struct doc *exact = doc_get(map, str_eq(registry, STR("docker.io")) ? HUB_KEY : registry);
    if (exact || !doc_is(map, DOC_MAP)) {
        return exact;
    }
    for (size_t i = 0; i < map->map.n; i++) {
        if (is_same_registry(map->map.members[i].key, registry)) {
            return map->map.members[i].value;
        }
    }
    return NULL;
}

static int take_pair(struct str auth, struct credentials *out, struct err *err) {
    _cleanup_(secret_free) struct secret pair = {0};
    int r = secret_decode(&pair, auth, err);
    if (r < 0) {
        return r == ERR_INPUT ? err_set(err, ERR_INPUT, "\"auth\" is no base64") : r;
    }
    struct str user, password;
    if (!str_cut(secret_view(&pair), ':', &user, &password)) {
        return err_set(err, ERR_INPUT, "\"auth\" is not user:password");
    }
    r = secret_set(&out->username, user, STR_NONE, err);
    return r < 0 ? r : secret_set(&out->password, password, STR_NONE, err);
}

static int from_entry(const struct doc *entry, struct credentials *out, struct err *err) {
    struct str auth = doc_str(doc_get(entry, STR("auth")));
    int r = auth.n ? take_pair(auth, out, err) : 0;
    const struct {
        struct str key;
        struct secret *secret;
    } fields[] = {{STR("username"), &out->username},
                  {STR("password"), &out->password},
                  {STR("identitytoken"), &out->identity_token},
                  {STR("registrytoken"), &out->registry_token}};
    for (size_t i = 0; r == 0 && i < ARRAY_SIZE(fields); i++) {
        struct str value = doc_str(doc_get(entry, fields[i].key));
        r = value.n ? secret_set(fields[i].secret, value, STR_NONE, err) : 0;
    }
    return r;
}

/* Overwrites every string of the tree: escapes were decoded to copies beside the text. */
static void wipe_strings(const struct doc *d, unsigned depth) {
    if (doc_is(d, DOC_STRING)) {
        secret_wipe(d->s);
    } else if (doc_is(d, DOC_MAP) && depth) {
        for (size_t i = 0; i < d->map.n; i++) {
            wipe_strings(d->map.members[i].value, depth - 1);
        }
    }
}

/* Deep enough for auths → registry → field. */
enum { WIPE_DEPTH = 3 };

static int from_helper_answer(struct str text, struct credentials *out, struct err *err) {
    _cleanup_(arena_free) struct arena arena = arena_new(4 * LIMIT_DOCKER_CONFIG);
    const struct doc *answer = NULL;
    struct err why = ERR_NONE;
    if (json_parse(&arena, text, &answer, &why) < 0) {
        /* The parser's words might repeat a part of the secret. */
        return why.code == ERR_MEMORY ? err_memory(err) : err_set(err, ERR_INPUT, "answers no JSON");
    }
    struct str user = doc_str(doc_get(answer, STR("Username")));
    struct str secret = doc_str(doc_get(answer, STR("Secret")));
    int r;
    if (str_eq(user, STR("<token>"))) {
        r = secret_set(&out->identity_token, secret, STR_NONE, err);
    } else {
        r = secret_set(&out->username, user, STR_NONE, err);
        r = r < 0 ? r : secret_set(&out->password, secret, STR_NONE, err);
    }
    wipe_strings(answer, WIPE_DEPTH);
    return r;
}

/* 1 when the helper had some, 0 when not. */
static int from_helper(struct str helper, struct str registry, struct credentials *out, struct err *err) {
    _cleanup_(secret_buf_free) struct buf answer = buf_new(LIMIT_DOCKER_CONFIG);
    struct str server = str_eq(registry, STR("docker.io")) ? HUB_KEY : registry;
    int r = helper_get(helper, server, &answer, err);
    if (r <= 0) {
        return r;
    }
    r = from_helper_answer(buf_view(&answer), out, err);
    if (r < 0) {
        err_at(err, "docker-credential-%.*s", STR_ARG(helper));
    }
    return r < 0 ? r : 1;
}

static int from_config(const struct doc *config, struct str registry, struct credentials *out,
                       struct err *err) {
    struct str helper = doc_str(entry_of(doc_get(config, STR("credHelpers")), registry));
    if (!helper.n) {
        helper = doc_str(doc_get(config, STR("credsStore")));
    }
    int r = helper.n ? from_helper(helper, registry, out, err) : 0;
    if (r != 0) {
        return r < 0 ? r : 0;
    }
    r = from_entry(entry_of(doc_get(config, STR("auths")), registry), out, err);
    if (r < 0) {
        err_at(err, "auths of %.*s", STR_ARG(registry));
    }
    return r;
}

static char *config_path(struct arena *arena, struct str folder) {
    const char *named = getenv("DOCKER_CONFIG"), *home = getenv("HOME");
    if (!folder.n && named && *named) {
        folder = str_c(named);
    }
    if (folder.n) {
        return arena_printf(arena, "%.*s/config.json", STR_ARG(folder));
    }
    return arena_printf(arena, "%s/.docker/config.json", home ? home : "");
}

int credentials_find(struct str folder, struct str registry, struct credentials *out, struct err *err) {
    *out = (struct credentials){0};
    _cleanup_(arena_free) struct arena arena = arena_new(8 * LIMIT_DOCKER_CONFIG);
    _cleanup_(secret_buf_free) struct buf text = buf_new(LIMIT_DOCKER_CONFIG);
    char *path = config_path(&arena, folder);
    if (!path || !buf_room(&text, text.cap)) {
        return err_memory(err);
    }
    struct err why = ERR_NONE;
    int r = file_read(path, &text, &why);
    if (r < 0) {
        return r == ERR_ABSENT ? 0 : err_set(err, (enum err_code)r, "%s", why.message);
    }
    const struct doc *config = NULL;
    if (json_parse(&arena, buf_view(&text), &config, &why) < 0) {
        return why.code == ERR_MEMORY ? err_memory(err) : err_set(err, ERR_INPUT, "%s: no JSON", path);
    }
    r = from_config(config, registry, out, err);
    wipe_strings(config, WIPE_DEPTH);
    if (r < 0) {
        credentials_free(out);
        err_at(err, "%s", path);
    }
    return r;
}
