#include "facts_text.h"

#include "base/limits.h"
#include "inspect/packages/java/maven_model.h"
#include "inspect/packages/packages.h"

static void put_fields(struct buf *out, const struct str *fields, size_t n) {
    for (size_t i = 0; i < n; i++) {
        buf_byte(out, '|');
        buf_str(out, fields[i]);
    }
}

static bool is_of_distribution(const struct package *package) {
    return package_type_is_of_os(package->type);
}

static void put_rest(struct buf *out, const struct package *package) {
    if (package->within.n) {
        buf_printf(out, "within|%.*s|%.*s|%.*s\n", STR_ARG(package->name), STR_ARG(package->version),
                   STR_ARG(package->within));
    }
    if (package->checksum.n) {
        buf_printf(out, "checksum|%.*s|%.*s\n", STR_ARG(package->name), STR_ARG(package->checksum));
    }
    for (size_t i = 0; i < package->needs_n; i++) {
        const struct package_need *need = &package->needs[i];
        buf_printf(out, "needs|%.*s|%.*s|%.*s|%.*s\n", STR_ARG(package->name), STR_ARG(package->version),
                   STR_ARG(need->name), STR_ARG(need->version));
    }
}

/* "package|npm|a|1.0|MIT|line 3|direct installed", then lines for linked import paths, checksum and needs. */
static void put_language_package(struct buf *out, const struct package *package) {
    static const char *const flags[] = {"development", "direct", "installed", "linked", "shaded"};
    const struct str fields[] = {package->name, package->version, package->licence};
    buf_printf(out, "package|%s", package_type_name(package->type));
    put_fields(out, fields, ARRAY_SIZE(fields));
    buf_printf(out, "|line %u|", package->line);
    const char *separator = "";
    for (size_t i = 0; i < ARRAY_SIZE(flags); i++) {
        if (package->flags & 1u << i) {
            buf_printf(out, "%s%s", separator, flags[i]);
            separator = " ";
        }
    }
    buf_byte(out, '\n');
    for (size_t i = 0; i < package->linked_n; i++) {
        buf_printf(out, "linked|%.*s|%.*s\n", STR_ARG(package->name), STR_ARG(package->linked[i]));
    }
    put_rest(out, package);
}

static void put_package(struct buf *out, const struct package *package) {
    if (!is_of_distribution(package)) {
        put_language_package(out, package);
        return;
    }
    const struct str fields[] = {package->name,        package->version,        package->arch,
                                 package->source_name, package->source_version, package->licence,
                                 package->vendor};
    assert(package->flags == PACKAGE_IS_INSTALLED);
    buf_printf(out, "package|%s", package_type_name(package->type));
    put_fields(out, fields, ARRAY_SIZE(fields));
    buf_printf(out, "|%u\n", package->line);
    put_rest(out, package);
}

static void put_os(struct buf *out, const struct os *os) {
    const struct str fields[] = {os->id, os->version_id, os->name, os->codename, os->like, os->exact};
    buf_c(out, "os");
    put_fields(out, fields, ARRAY_SIZE(fields));
    buf_byte(out, '\n');
}

static void put_owned(struct buf *out, const struct fact *fact) {
    for (size_t i = 0; i < fact->hashes.n / 8; i++) {
        buf_printf(out, "owned|%s|%.*s|%016llx\n", package_type_name(fact->owner_type), STR_ARG(fact->owner),
                   (unsigned long long)fact_hash(fact->hashes, i));
    }
}

/* What a pom leaves open: "open|group:artifact|line 3". */
static void put_pom(struct buf *out, struct str record) {
    _cleanup_(arena_free) struct arena arena = arena_new(LIMIT_INSPECTION);
    struct cursor in = cursor_over(record);
    struct maven_model model;
    int r = maven_model_get(&in, &arena, &model, NULL);
    for (size_t i = 0; r == 0 && i < model.dependencies_n; i++) {
        const struct maven_dependency *open = &model.dependencies[i];
        buf_printf(out, "open|%.*s:%.*s|line %u\n", STR_ARG(open->is.group), STR_ARG(open->is.artifact),
                   open->line);
    }
}

static void put_fact(struct buf *out, const struct fact *fact) {
    switch (fact->kind) {
    case FACT_PACKAGE:
        put_package(out, &fact->package);
        break;
    case FACT_OS:
        put_os(out, &fact->os);
        break;
    case FACT_OWNED:
        put_owned(out, fact);
        break;
    case FACT_PROBLEM:
        buf_printf(out, "problem|%s|%.*s\n", fact->flag ? "incomplete" : "odd", STR_ARG(fact->message));
        break;
    case FACT_POM:
        put_pom(out, fact->bytes);
        break;
    case FACT_LICENCE:
        buf_printf(out, "licence|%.*s|%.*s\n", STR_ARG(fact->owner), STR_ARG(fact->message));
        break;
    default:
        buf_printf(out, "kind %d\n", (int)fact->kind);
    }
}

static int run(struct buf *out, const struct inspector *inspector, struct str path, struct str body,
               int spool) {
    _cleanup_(arena_free) struct arena arena = arena_new(LIMIT_INSPECTION);
    struct facts facts = {buf_new(LIMIT_FACTS)};
    struct entry entry = {.path = path, .type = ENTRY_FILE, .size = body.n};
    struct inspection in = {.entry = &entry, .body = body, .spool = spool, .arena = &arena, .facts = &facts};
    struct err err = ERR_NONE;
    struct fact fact;
    int code = inspector->inspect(&in, &err);
    struct cursor rest = cursor_over(facts.out.failed ? STR_NONE : buf_view(&facts.out));
    struct err unread = ERR_NONE;
    int next;
    while ((next = facts_next(&rest, &arena, &fact, &unread)) > 0) {
        put_fact(out, &fact);
    }
    if (code < 0 || next < 0) {
        buf_printf(out, "error|%s%s\n", err.message, unread.message);
    }
    if (facts.out.failed && code >= 0) {
        code = ERR_MEMORY;
    }
    buf_free(&facts.out);
    return code;
}

int facts_text(struct buf *out, const struct inspector *inspector, struct str path, struct str body) {
    return run(out, inspector, path, body, -1);
}

int facts_text_spooled(struct buf *out, const struct inspector *inspector, struct str path, int spool) {
    return run(out, inspector, path, STR_NONE, spool);
}

static const struct inspector *const known[] = {
    &inspect_apk,
    &inspect_bun_lock,
    &inspect_cabal_freeze,
    &inspect_cargo_lock,
    &inspect_composer_installed,
    &inspect_composer_lock,
    &inspect_conan,
    &inspect_conda_environment,
    &inspect_conda_installed,
    &inspect_conda_lock,
    &inspect_dpkg,
    &inspect_executable,
    &inspect_gem_installed,
    &inspect_gemfile_lock,
    &inspect_github_actions,
    &inspect_go_mod,
    &inspect_go_toolchain,
    &inspect_go_vendor,
    &inspect_gradle,
    &inspect_java_archive,
    &inspect_julia_manifest,
    &inspect_maven_pom,
    &inspect_mix_lock,
    &inspect_npm_installed,
    &inspect_npm_lock,
    &inspect_nuget_lock,
    &inspect_nuget_project,
    &inspect_opkg,
    &inspect_os_release,
    &inspect_pacman,
    &inspect_pdm_lock,
    &inspect_pipfile_lock,
    &inspect_pnpm_lock,
    &inspect_podfile_lock,
    &inspect_poetry_lock,
    &inspect_pub_lock,
    &inspect_pylock,
    &inspect_python_installed,
    &inspect_python_requirements,
    &inspect_r_installed,
    &inspect_rebar_lock,
    &inspect_renv_lock,
    &inspect_rpm,
    &inspect_runtime_release,
    &inspect_sbt_lock,
    &inspect_stack_lock,
    &inspect_swift_resolved,
    &inspect_terraform_lock,
    &inspect_uv_lock,
    &inspect_vcpkg,
    &inspect_yarn_lock,
};

const struct inspector *facts_text_find(const char *name) {
    for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
        if (!strcmp(known[i]->name, name)) {
            return known[i];
        }
    }
    return NULL;
}
