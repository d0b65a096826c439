#include "inspect/secrets/database.h"

#include <hs/hs.h>

int secret_database_open(struct secret_database **out, struct str bytes, struct err *err) {
    hs_database_t *database = NULL;
    hs_error_t r = hs_deserialize_database(bytes.p, bytes.n, &database);
    if (r == HS_NOMEM) {
        return err_memory(err);
    }
    if (r != HS_SUCCESS) {
        return err_set(err, ERR_UNSUPPORTED,
                       "the patterns of secrets were compiled for another Vectorscan than %s or another "
                       "processor (error %d); build plimsoll again, or use --no-secrets",
                       hs_version(), r);
    }
    *out = (struct secret_database *)database;
    return 0;
}

const char *secret_database_version(void) {
    return hs_version();
}

void secret_database_close(struct secret_database *database) {
    hs_free_database((hs_database_t *)database);
}

int secret_room_fit(struct secret_room **room, const struct secret_database *database, struct err *err) {
    hs_scratch_t *scratch = (hs_scratch_t *)*room;
    hs_error_t r = hs_alloc_scratch((const hs_database_t *)database, &scratch);
    *room = (struct secret_room *)scratch;
    return r == HS_SUCCESS ? 0 : err_memory(err);
}

void secret_room_free(struct secret_room *room) {
    hs_free_scratch((hs_scratch_t *)room);
}

struct call {
    secret_match *take;
    void *ctx;
};

static int on_match(unsigned id, unsigned long long from, unsigned long long to, unsigned flags, void *ctx) {
    const struct call *call = ctx;
    return call->take(call->ctx, id, to);
}

int secret_database_scan(const struct secret_database *database, struct secret_room *room, struct str text,
                         secret_match *take, void *ctx) {
    struct call call = {take, ctx};
    if (!text.n) {
        return 0;
    }
    hs_error_t r = hs_scan((const hs_database_t *)database, text.p, (unsigned)text.n, 0, (hs_scratch_t *)room,
                           on_match, &call);
    return r == HS_SUCCESS ? 0 : r == HS_SCAN_TERMINATED ? 1 : ERR_MEMORY;
}
