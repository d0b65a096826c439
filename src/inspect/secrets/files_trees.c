/* Files of JSON and YAML. */
#include "base/limits.h"
#include "doc/json.h"
#include "doc/yaml.h"
#include "inspect/secrets/readers.h"
#include "inspect/secrets/value.h"

static int take_doc(struct secret_file *file, const struct doc *value, struct err *err) {
    struct str text = doc_str(value);
    return text.n ? file->take(file->ctx, text, value->at.line, value->at.column, err) : 0;
}

static int take_member(struct secret_file *file, const struct doc *map, const char *name, struct err *err) {
    return take_doc(file, doc_get(map, str_c(name)), err);
}

/* ---- Docker: {"auths": {"host": {"auth": base64 of name:password}}}; before, the hosts stood at the top */

static bool is_login(struct str text) {
    _cleanup_(value_wipe) struct buf bytes = buf_new(64 * KIB);
    struct str name, password;
    return value_base64(text, &bytes) && str_cut(buf_view(&bytes), ':', &name, &password) && name.n &&
           password.n;
}

static int read_auths(struct secret_file *file, const struct doc *hosts, struct err *err) {
    static const char *const tokens[] = {"identitytoken", "registrytoken", "password"};
    int r = 0;
    for (size_t i = 0; r == 0 && doc_is(hosts, DOC_MAP) && i < hosts->map.n; i++) {
        const struct doc *host = hosts->map.members[i].value, *auth = doc_get(host, STR("auth"));
        r = is_login(doc_str(auth)) ? take_doc(file, auth, err) : 0;
        for (size_t t = 0; r == 0 && t < ARRAY_SIZE(tokens); t++) {
            r = take_member(file, host, tokens[t], err);
        }
    }
    return r;
}

int read_docker_config(struct secret_file *file, struct err *err) {
    const struct doc *root;
    int r = json_parse(file->arena, file->text, &root, err);
    if (r < 0) {
        return r;
    }
    const struct doc *auths = doc_get(root, STR("auths"));
    return read_auths(file, auths ? auths : root, err);
}

/* ---- kubectl */

int read_kubeconfig(struct secret_file *file, struct err *err) {
    static const char *const names[] = {"client-key-data", "token", "password"};
    const struct doc **docs;
    size_t n;
    int r = yaml_parse(file->arena, file->text, &docs, &n, err);
    const struct doc *users = r == 0 && n ? doc_get(docs[0], STR("users")) : NULL;
    for (size_t i = 0; r == 0 && i < doc_count(users); i++) {
        const struct doc *user = doc_get(doc_at(users, i), STR("user"));
        for (size_t k = 0; r == 0 && k < ARRAY_SIZE(names); k++) {
            r = take_member(file, user, names[k], err);
        }
    }
    return r;
}

/* ---- Terraform: outputs that are sensitive, and attributes by their names or marked so (format 4) */

static bool is_marked(const struct doc *instance, struct str name) {
    const struct doc *marks = doc_get(instance, STR("sensitive_attributes"));
    for (size_t i = 0; i < doc_count(marks); i++) {
        const struct doc *path = doc_at(marks, i);
        if (str_eq(doc_str(doc_get(doc_at(path, 0), STR("value"))), name)) {
            return true;
        }
    }
    return false;
}

static int read_instance(struct secret_file *file, const struct doc *instance, struct err *err) {
    enum { LEAST = 6 };
    const struct doc *attributes = doc_get(instance, STR("attributes"));
    int r = 0;
    for (size_t i = 0; r == 0 && doc_is(attributes, DOC_MAP) && i < attributes->map.n; i++) {
        const struct doc_member *member = &attributes->map.members[i];
        bool is_secret = reader_name_is_secret(member->key) || str_starts(member->key, STR("private_key")) ||
                         is_marked(instance, member->key);
        r = is_secret && doc_str(member->value).n >= LEAST ? take_doc(file, member->value, err) : 0;
    }
    return r;
}

int read_terraform_state(struct secret_file *file, struct err *err) {
    const struct doc *root;
    int r = json_parse(file->arena, file->text, &root, err);
    const struct doc *outputs = r == 0 ? doc_get(root, STR("outputs")) : NULL;
    const struct doc *resources = r == 0 ? doc_get(root, STR("resources")) : NULL;
    for (size_t i = 0; r == 0 && doc_is(outputs, DOC_MAP) && i < outputs->map.n; i++) {
        const struct doc *output = outputs->map.members[i].value;
        r = doc_bool(doc_get(output, STR("sensitive")), false) ? take_member(file, output, "value", err) : 0;
    }
    for (size_t i = 0; r == 0 && i < doc_count(resources); i++) {
        const struct doc *instances = doc_get(doc_at(resources, i), STR("instances"));
        for (size_t k = 0; r == 0 && k < doc_count(instances); k++) {
            r = read_instance(file, doc_at(instances, k), err);
        }
    }
    return r;
}
