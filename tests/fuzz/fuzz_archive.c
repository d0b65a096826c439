/* Any bytes as an archive, under a name that the first byte chooses: its members, and those of archives in
 * it, are looked through for secrets. What is told of them can be read. */
#include "base/limits.h"
#include "fuzz.h"
#include "inspect/pass_archive.h"

static const char *const names[] = {"a.zip", "a.tar", "a.tar.gz", "a.sql.gz", "a.gz.gz", "a.zip.gz"};

/* Opening takes longer than most inputs: it is done once. */
static struct pass_secrets *open_once(void) {
    static struct secret_set set;
    static struct facts facts;
    static struct pass_secrets secrets;
    struct err err = ERR_NONE;
    if (!secrets.scanner) {
        facts.out = buf_new(LIMIT_FACTS);
        secret_set_add(&set, &secret_rules_builtin);
        if (secret_set_open(&set, &err) < 0 || pass_secrets_open(&secrets, &set, &facts, &err) < 0) {
            abort();
        }
    }
    buf_clear(&facts.out);
    return &secrets;
}

static void check_facts(struct str bytes) {
    _cleanup_(arena_free) struct arena arena = arena_new(LIMIT_RECORD);
    struct cursor in = cursor_over(bytes);
    struct fact fact;
    struct err err = ERR_NONE;
    int r;
    while ((r = facts_next(&in, &arena, &fact, &err)) == 1) {
        if (fact.kind == FACT_SECRET && (!fact.secret.within.n || !fact.secret.line)) {
            abort();
        }
    }
    if (r < 0) {
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct pass_secrets *secrets = open_once();
    struct err err = ERR_NONE;
    if (!size) {
        return 0;
    }
    const struct archive_bytes archive = {.bytes = str_n((const char *)data + 1, size - 1), .fd = -1};
    if (pass_archive(secrets, str_c(names[data[0] % ARRAY_SIZE(names)]), &archive, &err) < 0) {
        abort(); /* whatever is wrong with it is a problem of the file */
    }
    check_facts(buf_view(&secrets->facts->out));
    return 0;
}
