#include "inspect/bills/bill.h"

#include "base/cage.h"
#include "base/limits.h"
#include "base/wire.h"
#include "doc/attestation.h"
#include "doc/json.h"
#include "inspect/bills/reading.h"

/* ---- in the cage */

static const struct bill_format *const formats[] = {&bill_cyclonedx, &bill_spdx, &bill_syft};

static int parse(struct reading *r, struct str text) {
    const struct doc *root;
    int rc = json_parse(r->arena, text, &root, r->err);
    rc = rc < 0 ? rc : attestation_unwrap(r->arena, &root, r->err);
    if (rc < 0) {
        return rc;
    }
    for (size_t i = 0; i < ARRAY_SIZE(formats); i++) {
        if (formats[i]->is_it(root)) {
            return formats[i]->read(r, root);
        }
    }
    return err_set(r->err, ERR_INPUT, "this is no CycloneDX, SPDX 2 or Syft document in JSON");
}

static void put_image(struct buf *out, const struct reading *r) {
    const struct bill *bill = r->bill;
    const struct image *image = &bill->image;
    const struct str fields[] = {bill->format,           bill->name,      image->digest,
                                 image->manifest_digest, image->platform, image->created,
                                 image->base.reference};
    wire_u8(out, bill->is_of_image);
    for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
        wire_str(out, fields[i]);
    }
    wire_u32(out, (uint32_t)image->base.layers);
    wire_u32(out, (uint32_t)r->layers.n);
    for (size_t i = 0; i < r->layers.n; i++) {
        const struct image_layer *layer = &r->layers.p[i];
        wire_str(out, layer->diff_id);
        wire_str(out, layer->digest);
        wire_str(out, layer->created_by);
        wire_u64(out, layer->size);
        wire_u8(out, layer->is_in_base);
    }
}

static void put_os(struct buf *out, const struct inventory *inventory) {
    const struct os *os = &inventory->os;
    const struct str fields[] = {os->id,       os->version_id, os->name,
                                 os->codename, os->exact,      inventory->ecosystem};
    for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
        wire_str(out, fields[i]);
    }
}

static void put_packages(struct buf *out, const struct reading *r) {
    wire_u32(out, (uint32_t)r->packages.n);
    for (size_t i = 0; i < r->packages.n; i++) {
        const struct package_record *record = &r->packages.p[i];
        facts_put_package(out, &record->package);
        wire_str(out, record->purl);
        wire_str(out, record->ecosystem);
        wire_str(out, record->path);
        wire_str(out, record->owner);
        wire_u32(out, (uint32_t)record->layer);
        wire_u8(out, record->is_in_base);
    }
}

static void put_problems(struct buf *out, const struct reading *r) {
    wire_u32(out, (uint32_t)r->problems.n);
    for (size_t i = 0; i < r->problems.n; i++) {
        wire_str(out, r->problems.p[i].place);
        wire_str(out, r->problems.p[i].message);
    }
}

int bill_encode(struct arena *arena, struct str text, struct str path, struct buf *out, struct err *err) {
    struct bill bill = {0};
    struct reading r = {.arena = arena, .path = path, .bill = &bill, .err = err};
    r.by_ref = map_new(arena);
    r.needs = map_new(arena);
    int rc = parse(&r, text);
    if (rc < 0) {
        return rc;
    }
    put_image(out, &r);
    put_os(out, &bill.inventory);
    put_packages(out, &r);
    put_problems(out, &r);
    return out->failed ? err_memory(err) : 0;
}

struct job {
    struct str text, path;
};

static int read_in_cage(void *ctx, struct cage_port *port, struct err *err) {
    const struct job *job = ctx;
    _cleanup_(arena_free) struct arena arena = arena_new(4 * LIMIT_DOC_BYTES);
    _cleanup_(buf_free) struct buf out = buf_new(LIMIT_BODY);
    int rc = bill_encode(&arena, job->text, job->path, &out, err);
    return rc < 0 ? rc : cage_port_write(port, buf_view(&out), err);
}

/* ---- outside */

/* A count of things that take at least `least` bytes each; 0 and a failed cursor when there can't be so many.
 */
static int get_image(struct cursor *in, struct arena *arena, struct bill *bill, struct err *err) {
    struct image *image = &bill->image;
    struct str *const fields[] = {&bill->format,           &bill->name,      &image->digest,
                                  &image->manifest_digest, &image->platform, &image->created,
                                  &image->base.reference};
    bill->is_of_image = cursor_u8(in);
    for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
        *fields[i] = wire_get_str(in);
    }
    image->name = bill->name;
    image->base.layers = cursor_le32(in);
    image->layers_n = wire_get_count(in, 21);
    image->layers = arena_array(arena, image->layers_n + 1, sizeof *image->layers);
    for (size_t i = 0; image->layers && i < image->layers_n; i++) {
        struct image_layer *layer = &image->layers[i];
        layer->diff_id = wire_get_str(in);
        layer->digest = wire_get_str(in);
        layer->created_by = wire_get_str(in);
        layer->size = cursor_le64(in);
        layer->is_in_base = cursor_u8(in);
    }
    image->base.layers_by = image->base.layers ? BASE_BILL : BASE_UNDECIDED;
    return image->layers ? base_name_by(&image->base, arena, BASE_BILL, image->base.reference, STR_NONE, err)
                         : err_memory(err);
}

static void get_os(struct cursor *in, struct inventory *inventory) {
    struct os *os = &inventory->os;
    struct str *const fields[] = {&os->id,       &os->version_id, &os->name,
                                  &os->codename, &os->exact,      &inventory->ecosystem};
    for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
        *fields[i] = wire_get_str(in);
    }
}

static int get_packages(struct cursor *in, struct arena *arena, struct bill *bill, struct err *err) {
    struct inventory *inventory = &bill->inventory;
    size_t n = wire_get_count(in, 40);
    inventory->packages = arena_array(arena, n + 1, sizeof *inventory->packages);
    if (!inventory->packages) {
        return err_memory(err);
    }
    for (size_t i = 0; i < n && !in->failed; i++) {
        struct package_record *record = &inventory->packages[i];
        if (facts_get_package(in, arena, &record->package) < 0) {
            return err_memory(err);
        }
        record->purl = wire_get_str(in);
        record->ecosystem = wire_get_str(in);
        record->path = wire_get_str(in);
        record->owner = wire_get_str(in);
        uint32_t layer = cursor_le32(in);
        in->failed |= layer > bill->image.layers_n;
        record->layer = bill->is_of_image ? (int32_t)layer : 0;
        record->is_in_base = cursor_u8(in);
    }
    inventory->packages_n = n;
    return 0;
}

static int get_problems(struct cursor *in, struct arena *arena, struct inventory *inventory,
                        struct err *err) {
    size_t n = wire_get_count(in, 8);
    inventory->problems = arena_array(arena, n + 1, sizeof *inventory->problems);
    for (size_t i = 0; inventory->problems && i < n; i++) {
        struct str place = wire_get_str(in), message = wire_get_str(in);
        inventory->problems[i] = (struct problem){.place = place, .message = message, .is_incomplete = true};
    }
    inventory->problems_n = n;
    return inventory->problems ? 0 : err_memory(err);
}

int bill_decode(struct arena *arena, struct str record, struct bill *out, struct err *err) {
    struct cursor in = cursor_over(record);
    *out = (struct bill){0};
    int r = get_image(&in, arena, out, err);
    if (r == 0) {
        get_os(&in, &out->inventory);
        r = get_packages(&in, arena, out, err);
    }
    r = r == 0 ? get_problems(&in, arena, &out->inventory, err) : r;
    return r == 0 && in.failed ? err_set(err, ERR_INPUT, "the reader's answer is damaged") : r;
}

int bill_read(struct arena *arena, struct str text, struct str path, bool is_open, struct bill *out,
              struct err *err) {
    _cleanup_(buf_free) struct buf answer = buf_new(LIMIT_BODY);
    struct job job = {text, path};
    const struct cage_job caged = {.run = read_in_cage,
                                   .ctx = &job,
                                   .memory = GIB,
                                   .output_cap = LIMIT_BODY,
                                   .stall_seconds = LIMIT_STALL_SECONDS,
                                   .is_open = is_open};
    int r = cage_call(&caged, &answer, err);
    if (r < 0) {
        return err_at(err, "%.*s", STR_ARG(path));
    }
    struct str kept = arena_str(arena, buf_view(&answer));
    return kept.p ? bill_decode(arena, kept, out, err) : err_memory(err);
}
