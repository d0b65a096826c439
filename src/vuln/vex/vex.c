#include "vuln/vex/vex.h"

#include "base/cage.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/wire.h"
#include "doc/attestation.h"
#include "doc/json.h"
#include "vuln/vex/reading.h"

const char *vex_status_name(enum vex_status status) {
    static const char *const names[VEX_STATUSES] = {[VEX_NOT_AFFECTED] = "not_affected",
                                                    [VEX_AFFECTED] = "affected",
                                                    [VEX_FIXED] = "fixed",
                                                    [VEX_UNDER_INVESTIGATION] = "under_investigation"};
    assert(status < VEX_STATUSES);
    return names[status];
}

/* ---- in the cage */

static const struct vex_format *const formats[] = {&vex_openvex, &vex_csaf, &vex_cyclonedx};

bool vex_status_of(const struct vex_word *words, size_t n, struct str word, enum vex_status *out) {
    for (size_t i = 0; i < n; i++) {
        if (str_eq(word, str_c(words[i].word))) {
            *out = words[i].status;
            return true;
        }
    }
    return false;
}

int vex_reading_add(struct vex_reading *r, const struct vex_statement *statement) {
    struct vex_statement *slot = VEC_PUSH(r->arena, &r->statements);
    if (!slot) {
        return err_memory(r->err);
    }
    *slot = *statement;
    return 0;
}

static int parse(struct vex_reading *r, struct str text) {
    const struct doc *root;
    int rc = json_parse(r->arena, text, &root, r->err);
    rc = rc < 0 ? rc : attestation_unwrap(r->arena, &root, r->err);
    for (size_t i = 0; rc == 0 && i < ARRAY_SIZE(formats); i++) {
        if (formats[i]->is_it(root)) {
            return formats[i]->read(r, root);
        }
    }
    return rc < 0 ? rc
                  : err_set(r->err, ERR_INPUT, "this is no OpenVEX, CSAF 2 or CycloneDX document in JSON");
}

static void put_list(struct buf *out, const struct str *list, size_t n) {
    wire_u32(out, (uint32_t)n);
    for (size_t i = 0; i < n; i++) {
        wire_str(out, list[i]);
    }
}

static void put_statement(struct buf *out, const struct vex_statement *said) {
    const struct str fields[] = {said->justification, said->detail, said->author, said->time};
    wire_u8(out, (uint8_t)said->status);
    wire_u32(out, said->line);
    for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
        wire_str(out, fields[i]);
    }
    put_list(out, said->ids, said->ids_n);
    wire_u32(out, (uint32_t)said->products_n);
    for (size_t i = 0; i < said->products_n; i++) {
        wire_str(out, said->products[i].id);
        put_list(out, said->products[i].parts, said->products[i].parts_n);
    }
}

int vex_encode(struct arena *arena, struct str text, struct buf *out, struct err *err) {
    struct vex_reading r = {.arena = arena, .err = err};
    int rc = parse(&r, text);
    wire_u32(out, (uint32_t)r.statements.n);
    for (size_t i = 0; rc == 0 && i < r.statements.n; i++) {
        put_statement(out, &r.statements.p[i]);
    }
    return rc == 0 && out->failed ? err_memory(err) : rc;
}

static int read_in_cage(void *ctx, struct cage_port *port, struct err *err) {
    const struct str *text = ctx;
    _cleanup_(arena_free) struct arena arena = arena_new(2 * LIMIT_DOC_BYTES);
    _cleanup_(buf_free) struct buf out = buf_new(LIMIT_BODY);
    int r = vex_encode(&arena, *text, &out, err);
    return r < 0 ? r : cage_port_write(port, buf_view(&out), err);
}

/* ---- outside */

static const struct str *get_list(struct cursor *in, struct arena *arena, size_t *n) {
    *n = wire_get_count(in, 4);
    struct str *list = arena_array(arena, *n + 1, sizeof *list);
    for (size_t i = 0; list && i < *n; i++) {
        list[i] = wire_get_str(in);
    }
    return list;
}

static int get_products(struct cursor *in, struct arena *arena, struct vex_statement *said, struct err *err) {
    size_t n = wire_get_count(in, 8);
    struct vex_product *products = arena_array(arena, n + 1, sizeof *products);
    for (size_t i = 0; products && i < n; i++) {
        products[i].id = wire_get_str(in);
        products[i].parts = get_list(in, arena, &products[i].parts_n);
        if (!products[i].parts) {
            return err_memory(err);
        }
    }
    said->products = products;
    said->products_n = n;
    return products ? 0 : err_memory(err);
}

static int get_statement(struct cursor *in, struct arena *arena, struct vex_statement *said,
                         struct err *err) {
    struct str *const fields[] = {&said->justification, &said->detail, &said->author, &said->time};
    unsigned status = cursor_u8(in);
    in->failed |= status >= VEX_STATUSES;
    said->status = (enum vex_status)(in->failed ? VEX_UNDER_INVESTIGATION : status);
    said->line = cursor_le32(in);
    for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
        *fields[i] = wire_get_str(in);
    }
    said->ids = get_list(in, arena, &said->ids_n);
    return said->ids ? get_products(in, arena, said, err) : err_memory(err);
}

static int index_id(struct vex *vex, struct str id, const struct vex_statement *said, struct err *err) {
    uint64_t *slot = map_put(&vex->by_id, id, NULL);
    struct vex_list *list = slot ? (struct vex_list *)(uintptr_t)*slot : NULL;
    if (slot && !list && (list = arena_alloc(vex->arena, sizeof *list))) {
        *list = (struct vex_list){0};
        *slot = (uint64_t)(uintptr_t)list;
    }
    const struct vex_statement **place = list ? VEC_PUSH(vex->arena, &list->all) : NULL;
    if (!place) {
        return err_memory(err);
    }
    *place = said;
    return 0;
}

/* An id that is missing hides none of the others. */
static int index_statement(struct vex *vex, const struct vex_statement *said, struct err *err) {
    int r = 0;
    for (size_t i = 0; r == 0 && i < said->ids_n; i++) {
        r = said->ids[i].n ? index_id(vex, said->ids[i], said, err) : 0;
    }
    return r;
}

int vex_decode(struct vex *vex, struct str record, struct str file, struct err *err) {
    struct cursor in = cursor_over(record);
    size_t n = wire_get_count(&in, 33);
    struct vex_statement *all = arena_array(vex->arena, n + 1, sizeof *all);
    int r = all ? 0 : err_memory(err);
    for (size_t i = 0; i < n && r == 0 && !in.failed; i++) {
        r = get_statement(&in, vex->arena, &all[i], err);
        all[i].file = file;
        r = r < 0 || in.failed ? r : index_statement(vex, &all[i], err);
    }
    return r == 0 && in.failed ? err_set(err, ERR_INPUT, "the reader's answer is damaged") : r;
}

struct vex vex_new(struct arena *arena) {
    return (struct vex){.arena = arena, .by_id = map_new(arena)};
}

int vex_add_text(struct vex *vex, struct str name, struct str text, bool is_open, struct err *err) {
    _cleanup_(buf_free) struct buf record = buf_new(LIMIT_BODY);
    const struct cage_job job = {.run = read_in_cage,
                                 .ctx = &text,
                                 .memory = GIB,
                                 .output_cap = LIMIT_BODY,
                                 .stall_seconds = LIMIT_STALL_SECONDS,
                                 .is_open = is_open};
    int r = cage_call(&job, &record, err);
    struct str kept = r == 0 ? arena_str(vex->arena, buf_view(&record)) : STR_NONE;
    if (r == 0) {
        r = kept.p ? vex_decode(vex, kept, name, err) : err_memory(err);
    }
    return r < 0 ? err_at(err, "%.*s", STR_ARG(name)) : 0;
}

int vex_add_file(struct vex *vex, const char *path, bool is_open, struct err *err) {
    _cleanup_(buf_free) struct buf text = buf_new(LIMIT_BODY);
    int r = file_read(path, &text, err);
    return r < 0 ? r : vex_add_text(vex, str_c(path), buf_view(&text), is_open, err);
}
