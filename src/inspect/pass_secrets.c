#include "inspect/pass_secrets.h"

static void begin_facts(struct pass_secrets *secrets) {
    if (!secrets->has_facts) {
        facts_file(secrets->facts, secrets->path, PASS_SECRETS_NAME);
    }
    secrets->has_facts = true;
}

static int take(void *ctx, const struct secret *secret, struct err *err) {
    struct pass_secrets *secrets = ctx;
    begin_facts(secrets);
    facts_secret(secrets->facts, &(struct secret_fact){.rule = secret->rule->id,
                                                       .within = secrets->within,
                                                       .preview = secret->preview,
                                                       .hash = secret->hash,
                                                       .proof = secret->proof,
                                                       .severity = secret->severity,
                                                       .place = secret->place,
                                                       .line = secret->line,
                                                       .column = secret->column});
    return 0;
}

static int take_comment(void *ctx, uint32_t line, struct str text, struct err *err) {
    struct pass_secrets *secrets = ctx;
    if (secrets->within.n) {
        return 0; /* its lines are not those of the file */
    }
    begin_facts(secrets);
    facts_comment(secrets->facts, line, text);
    return 0;
}

static int take_problem(void *ctx, const char *message, struct err *err) {
    struct pass_secrets *secrets = ctx;
    begin_facts(secrets);
    facts_problem(secrets->facts, true, "secrets: %.*s%s%s", STR_ARG(secrets->within),
                  secrets->within.n ? ": " : "", message);
    return 0;
}

int pass_secrets_open(struct pass_secrets *secrets, const struct secret_set *set, struct facts *facts,
                      struct err *err) {
    *secrets = (struct pass_secrets){.facts = facts};
    const struct secret_sink sink = {take, take_comment, take_problem, secrets};
    return set ? secret_scanner_new(&secrets->scanner, set, sink, err) : 0;
}

void pass_secrets_close(struct pass_secrets *secrets) {
    secret_scanner_free(secrets->scanner);
    secrets->scanner = NULL;
}

bool pass_secrets_begin(struct pass_secrets *secrets, struct str path, uint64_t size) {
    secrets->path = path;
    secrets->within = STR_NONE;
    secrets->has_facts = false;
    return secrets->scanner && secret_scanner_begin(secrets->scanner, path, size);
}

bool pass_secrets_begin_within(struct pass_secrets *secrets, struct str path, struct str within,
                               uint64_t size) {
    secrets->path = path;
    secrets->within = within;
    return secrets->scanner && secret_scanner_begin(secrets->scanner, within, size);
}

void pass_secrets_note(struct pass_secrets *secrets, struct str path, struct str within,
                       const char *message) {
    secrets->path = path;
    begin_facts(secrets);
    facts_problem(secrets->facts, true, "secrets: %.*s%s%s", STR_ARG(within), within.n ? ": " : "", message);
}

int pass_secrets_feed(struct pass_secrets *secrets, struct str bytes, struct err *err) {
    int r = secret_scanner_feed(secrets->scanner, bytes, err);
    return r < 0 ? r : secret_scanner_is_done(secrets->scanner);
}

int pass_secrets_end(struct pass_secrets *secrets, struct err *err) {
    return secret_scanner_end(secrets->scanner, err);
}
