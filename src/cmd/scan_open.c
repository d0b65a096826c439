/* Options to a scan: what is read before the first target. */
#include "cmd/registry_options.h"
#include "cmd/report_inputs.h"
#include "cmd/scan_parts.h"

static enum severity severity_option(const struct arguments *arguments, const char *name) {
    enum severity severity = SEVERITY_UNKNOWN;
    const char *text = arguments_get(arguments, name);
    if (text) {
        (void)severity_of(str_c(text), &severity);
    }
    return severity;
}

static void set_report_options(struct scan *scan) {
    const struct arguments *arguments = scan->arguments;
    scan->report = (struct report_options){
        .has_colour = terminal_has_colour(),
        .width = terminal_width(),
        .all = arguments_has(arguments, "all"),
        .is_quiet = arguments_has(arguments, "quiet"),
        .shows_suppressed = arguments_has(arguments, "show-suppressed"),
        .shows_removed = arguments_has(arguments, "show-removed"),
        .least = severity_option(arguments, "severity"),
        .ignores_unfixed = arguments_has(arguments, "ignore-unfixed"),
        .has_fail_on = arguments_has(arguments, "fail-on"),
        .fail_on = severity_option(arguments, "fail-on"),
        .explains = arguments_has(arguments, "explain"),
    };
}

static int set_reading_options(struct scan *scan, struct err *err) {
    const struct arguments *arguments = scan->arguments;
    struct secret_set *secrets = scan->secrets.is_on ? &scan->secrets.set : NULL;
    const char *cache = arguments_has(arguments, "no-cache") ? NULL : cache_folder(scan->arena);
    scan->image = registry_options(arguments, cache);
    scan->image.platform = str_c(arguments_get(arguments, "platform"));
    scan->image.is_open = arguments_has(arguments, "no-cage");
    scan->image.progress = progress_show;
    scan->image.progress_ctx = &scan->progress;
    uint64_t parallel = 0;
    const char *jobs = arguments_get(arguments, "jobs");
    if (jobs && (!str_to_u64(str_c(jobs), 10, &parallel) || parallel == 0 || parallel > 64)) {
        return err_set(err, ERR_USAGE, "--jobs takes a number from 1 to 64, not '%s'", jobs);
    }
    scan->read = (struct read_options){
        .is_open = scan->image.is_open,
        .parallel = (unsigned)parallel,
        .cache = layer_cache_at(scan->arena, cache, secrets ? secret_set_fingerprint(secrets) : 0),
        .secrets = secrets,
        .progress = progress_show,
        .progress_ctx = &scan->progress};
#ifdef PLIMSOLL_FAULTS
    const char *seconds = getenv("PLIMSOLL_STEP_SECONDS");
    scan->read.step_seconds = seconds ? (unsigned)strtoul(seconds, NULL, 10) : 0;
    scan->read.stall_seconds = scan->read.step_seconds;
#endif
    return 0;
}

/* A newly given database, else the updated one, else the snapshot. Without any, packages are still listed. */
static int open_advisories(struct scan *scan, struct err *err) {
    const char *given = arguments_get(scan->arguments, "db");
    const char *path = given ? given : advisories_default_path(scan->arena);
    if (!path) {
        fprintf(stderr, "plimsoll: there is no advisory database, so nothing is said about vulnerabilities. "
                        "Get one: plimsoll db update\n");
        return 0;
    }
    int r = advisories_open(&scan->advisories, path, err);
    scan->vuln.advisories = scan->advisories;
    return r == 0 ? advisories_state(scan->advisories, scan->arena, &scan->state, err) : r;
}

static int open_vex(struct scan *scan, struct err *err) {
    const struct option_values *files = arguments_all(scan->arguments, "vex");
    int r = 0;
    scan->vex = vex_new(scan->arena);
    scan->attached = (struct scan_attached){.arena = scan->arena, .options = &scan->image};
    for (size_t i = 0; i < files->n && r == 0; i++) {
        if (strcmp(files->p[i], "attached") == 0) {
            scan->attached.wants_vex = true;
            continue;
        }
        r = vex_add_file(&scan->vex, files->p[i], scan->read.is_open, err);
    }
    scan->vuln.vex = files->n ? &scan->vex : NULL;
    scan->vuln.attached = scan->attached.wants_vex ? &scan->attached.vex : NULL;
    return r;
}

int scan_open(struct scan *scan, struct err *err) {
    int r = scan_secrets_open(&scan->secrets, scan->arena, scan->arguments, err);
    r = r == 0 ? set_reading_options(scan, err) : r;
    set_report_options(scan);
    r = r == 0 ? report_read_github(&scan->report.github, scan->arguments, scan->arena, err) : r;
    r = r == 0 ? report_read_template(&scan->report, scan->arguments,
                                      scan_wants_format(scan, STR("template")), scan->arena, err)
               : r;
    r = r == 0 ? scan_bases_open(&scan->bases, scan->arguments, err) : r;
    if (r == 0 && scan->mode->judges) {
        const struct option_values *policies = arguments_all(scan->arguments, "policy");
        r = checks_load(scan->arena, policies->p, policies->n, &scan->image, &scan->checks, err);
    }
    if (r == 0) {
        r = store_open(&scan->store, arguments_get(scan->arguments, "store"), err);
    }
    if (r == 0) {
        r = scan_guardrails_open(&scan->guardrails, scan->arena, scan->arguments, scan->store, err);
    }
    if (r == 0 && scan->mode->judges) {
        r = open_advisories(scan, err);
    }
    if (r == 0) {
        r = open_vex(scan, err);
    }
    if (r == 0 && scan->read.is_open) {
        fprintf(stderr,
                "plimsoll: WARNING: --no-cage: what is read can do whatever you can. For debugging only.\n");
    }
    return r;
}

void scan_close(struct scan *scan) {
    scan_guardrails_close(&scan->guardrails);
    scan_secrets_close(&scan->secrets);
    scan_bases_close(&scan->bases);
    advisories_close(scan->advisories);
    store_close(scan->store);
}
