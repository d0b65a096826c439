/* Conan (docs.conan.io, "Lockfiles", "conanfile.txt"):
 *
 * conan.lock      2.x: lists of references; 1.x: "graph_lock", a graph whose nodes have references
 * conanfile.txt   sections of references; only exact versions are taken, ranges ("[>=1.0]") are none
 *
 * A reference is name/version[@user/channel][#revision][:package id][%time]. What only builds has the mark of
 * development. */
#include "base/limits.h"
#include "doc/json.h"
#include "inspect/packages/language.h"
#include "inspect/packages/packages.h"

static bool cut_reference(struct str reference, struct str *name, struct str *version) {
    size_t n = 0;
    while (n < reference.n && !strchr("@#%: \t", reference.p[n])) {
        n++;
    }
    return str_cut(str_sub(reference, 0, n), '/', name, version) && name->n && version->n &&
           version->p[0] != '[';
}

static void put(struct inspection *in, struct str reference, unsigned flags, uint32_t line) {
    struct package package = {.type = PACKAGE_CONAN, .flags = flags, .line = line};
    if (cut_reference(reference, &package.name, &package.version)) {
        language_package(in, &package);
    }
}

/* ---- 2.x */

static const struct {
    struct str key;
    unsigned flags;
} lists[] = {
    {STR("requires"), 0},
    {STR("build_requires"), PACKAGE_IS_DEVELOPMENT},
    {STR("python_requires"), PACKAGE_IS_DEVELOPMENT},
    {STR("config_requires"), PACKAGE_IS_DEVELOPMENT},
};

static void read_lists(struct inspection *in, const struct doc *root) {
    for (size_t l = 0; l < ARRAY_SIZE(lists); l++) {
        const struct doc *list = doc_get(root, lists[l].key);
        for (size_t i = 0; doc_is(list, DOC_LIST) && i < doc_count(list); i++) {
            const struct doc *item = doc_at(list, i);
            put(in, doc_str(item), lists[l].flags, item->at.line);
        }
    }
}

/* ---- 1.x */

static int find_needs(struct inspection *in, const struct doc *nodes, const struct doc *node,
                      struct package *package, struct err *err) {
    const struct doc *list = doc_get(node, STR("requires"));
    size_t n = doc_is(list, DOC_LIST) ? doc_count(list) : 0;
    struct package_need *needs = arena_array(in->arena, n, sizeof *needs);
    if (!needs) {
        return err_memory(err);
    }
    for (size_t i = 0; i < n; i++) {
        const struct doc *to = doc_get(nodes, doc_str(doc_at(list, i)));
        struct package_need *need = &needs[package->needs_n];
        package->needs_n += cut_reference(doc_str(doc_get(to, STR("ref"))), &need->name, &need->version);
    }
    package->needs = needs;
    return 0;
}

static bool lists_node(const struct doc *list, struct str id) {
    for (size_t i = 0; doc_is(list, DOC_LIST) && i < doc_count(list); i++) {
        if (str_eq(doc_str(doc_at(list, i)), id)) {
            return true;
        }
    }
    return false;
}

/* The node of the project has a path, or is number 0. */
static const struct doc *project_of(const struct doc *nodes) {
    for (size_t i = 0; i < nodes->map.n; i++) {
        if (doc_str(doc_get(nodes->map.members[i].value, STR("path"))).n) {
            return nodes->map.members[i].value;
        }
    }
    return doc_get(nodes, STR("0"));
}

static int read_graph(struct inspection *in, const struct doc *nodes, struct err *err) {
    const struct doc *project = project_of(nodes);
    int r = 0;
    for (size_t i = 0; r == 0 && i < nodes->map.n; i++) {
        const struct doc_member *member = &nodes->map.members[i];
        struct package package = {.type = PACKAGE_CONAN, .line = member->at.line};
        struct str reference = doc_str(doc_get(member->value, STR("ref")));
        bool is_build = str_eq(doc_str(doc_get(member->value, STR("context"))), STR("build")) ||
                        lists_node(doc_get(project, STR("build_requires")), member->key);
        bool is_direct = lists_node(doc_get(project, STR("requires")), member->key);
        package.flags =
            (is_build ? PACKAGE_IS_DEVELOPMENT : 0) | (unsigned)(is_direct ? PACKAGE_IS_DIRECT : 0);
        if (member->value == project || !cut_reference(reference, &package.name, &package.version)) {
            continue;
        }
        r = find_needs(in, nodes, member->value, &package, err);
        if (r == 0) {
            language_package(in, &package);
        }
    }
    return r;
}

static int read_lock(struct inspection *in, struct err *err) {
    const struct doc *root;
    int r = json_parse(in->arena, in->body, &root, err);
    if (r < 0) {
        return r;
    }
    const struct doc *graph = doc_get(root, STR("graph_lock"));
    const struct doc *nodes = doc_get(graph, STR("nodes"));
    if (doc_is(nodes, DOC_MAP)) {
        return read_graph(in, nodes, err);
    }
    if (graph || !doc_is(root, DOC_MAP)) {
        return err_set(err, ERR_INPUT, "neither lists of references nor a graph of them");
    }
    read_lists(in, root);
    return 0;
}

/* ---- conanfile.txt */

static unsigned flags_of_section(struct str section, bool *is_known) {
    static const struct {
        struct str name;
        unsigned flags;
    } sections[] = {
        {STR("[requires]"), PACKAGE_IS_DIRECT},
        {STR("[build_requires]"), PACKAGE_IS_DIRECT | PACKAGE_IS_DEVELOPMENT},
        {STR("[tool_requires]"), PACKAGE_IS_DIRECT | PACKAGE_IS_DEVELOPMENT},
        {STR("[test_requires]"), PACKAGE_IS_DIRECT | PACKAGE_IS_DEVELOPMENT},
    };
    for (size_t i = 0; i < ARRAY_SIZE(sections); i++) {
        if (str_eq(section, sections[i].name)) {
            *is_known = true;
            return sections[i].flags;
        }
    }
    *is_known = false;
    return 0;
}

static void read_text(struct inspection *in) {
    struct str rest = in->body, line;
    unsigned flags = 0;
    bool is_list = false;
    for (uint32_t n = 1; str_line(&rest, &line); n++) {
        line = str_trim(line);
        if (line.n && line.p[0] == '[') {
            flags = flags_of_section(line, &is_list);
        } else if (is_list && line.n && line.p[0] != '#') {
            put(in, line, flags, n);
        }
    }
}

static int inspect(struct inspection *in, struct err *err) {
    if (str_eq(str_basename(in->entry->path), STR("conanfile.txt"))) {
        read_text(in);
        return 0;
    }
    return read_lock(in, err);
}

const struct inspector inspect_conan = {
    .name = "conan",
    .title = "Conan lockfiles and requirements",
    .reads = "conan.lock, conanfile.txt",
    .version = 1,
    .body_max = LIMIT_BODY,
    .wants = {{.name = "conan.lock"}, {.name = "conanfile.txt"}},
    .inspect = inspect,
};
