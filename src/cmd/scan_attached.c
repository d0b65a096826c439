#include "cmd/scan_attached.h"

#include "base/file.h"
#include "base/hash.h"
#include "base/limits.h"
#include "inspect/compose_projects.h"
#include "source/image/attachments.h"

#include <fcntl.h>

void scan_attached_begin(struct scan_attached *a) {
    a->vex = vex_new(a->arena);
    a->documents.n = 0;
    a->problems.n = 0;
}

static int note(struct scan_attached *a, struct str place, bool is_incomplete, struct str message,
                struct err *err) {
    struct problem *problem = VEC_PUSH(a->arena, &a->problems);
    struct str kept = arena_str(a->arena, place);
    if (!problem || !kept.p || !message.p) {
        return err_memory(err);
    }
    *problem = (struct problem){.place = kept, .message = message, .is_incomplete = is_incomplete};
    return 0;
}

/* What went wrong with one document becomes a problem. */
static int pardon(struct scan_attached *a, struct str place, int code, const struct err *why,
                  struct err *err) {
    if (code == ERR_MEMORY) {
        return err_memory(err);
    }
    return code < 0 ? note(a, place, true, arena_strf(a->arena, "%s", why->message), err) : 0;
}

static int keep_document(struct scan_attached *a, const struct scan_document *document,
                         struct scan_document **out, struct err *err) {
    *out = VEC_PUSH(a->arena, &a->documents);
    if (!*out) {
        return err_memory(err);
    }
    **out = *document;
    return 0;
}

static int take_vex(struct scan_attached *a, struct scan_document *document, struct str name, struct str text,
                    struct err *err) {
    struct err why = ERR_NONE;
    int r = vex_add_text(&a->vex, name, text, a->options->is_open, &why);
    document->is_used_as_vex = r == 0;
    return pardon(a, name, r, &why, err);
}

/* ---- what is attached to an image */

/* The best bill so far, with its text. */
struct choice {
    bool is_wanted;
    size_t document; /* in a->documents; SIZE_MAX: none yet */
    int rank;
    struct str created;
    struct buf text;
};

/* Of the image itself before one of its index; the formats in the order of what they can say here. */
static int rank_of(const struct attachment *attachment, const struct attached_document *is) {
    static const int ranks[ATTACHED_FORMATS] = {
        [ATTACHED_CYCLONEDX] = 3, [ATTACHED_SPDX] = 2, [ATTACHED_SYFT] = 1};
    return ranks[is->format] + (attachment->is_of_manifest ? 10 : 0);
}

static void consider(struct choice *choice, size_t document, int rank, struct str created, struct buf *text) {
    bool is_better = choice->document == SIZE_MAX || rank > choice->rank ||
                     (rank == choice->rank && str_cmp(created, choice->created) > 0);
    if (is_better) {
        struct buf before = choice->text;
        *choice = (struct choice){choice->is_wanted, document, rank, created, *text};
        *text = before;
    }
}

static int take_document(struct scan_attached *a, const struct attachments *found,
                         const struct attachment *attachment, struct choice *choice, struct err *err) {
    _cleanup_(buf_free) struct buf text = buf_new(LIMIT_BODY);
    struct scan_document document = {.digest = attachment->digest, .way = attachment->way}, *kept;
    struct err why = ERR_NONE;
    int r = attachments_read(found, attachment, &text, &why);
    if (r == 0) {
        r = attached_document_look(a->arena, buf_view(&text), found->subjects, found->subjects_n,
                                   a->options->is_open, &document.is, &why);
    }
    if (r < 0) {
        return pardon(a, attachment->digest, r, &why, err);
    }
    if (document.is.format == ATTACHED_SPDX_3) {
        return note(a, attachment->digest, true,
                    STR("a document in SPDX 3, which is not read: attach it as CycloneDX or SPDX 2.3"), err);
    }
    if (!document.is.is_bill && !document.is.says_vex) {
        return 0;
    }
    if (document.is.is_of_other) {
        return note(a, attachment->digest, true,
                    STR("this attestation is attached to the image and names another one: not used"), err);
    }
    r = keep_document(a, &document, &kept, err);
    if (r == 0 && a->wants_vex && document.is.says_vex) {
        r = take_vex(a, kept, attachment->digest, buf_view(&text), err);
    }
    if (r == 0 && choice->is_wanted && document.is.is_bill) {
        consider(choice, a->documents.n - 1, rank_of(attachment, &document.is), attachment->created, &text);
    }
    return r;
}

static int take_documents(struct scan_attached *a, const struct attachments *found, struct choice *choice,
                          struct err *err) {
    int r = 0;
    for (size_t i = 0; r == 0 && i < found->problems.n; i++) {
        r = note(a, found->problems.p[i].place, true, found->problems.p[i].message, err);
    }
    for (size_t i = 0; r == 0 && i < found->all.n; i++) {
        r = take_document(a, found, &found->all.p[i], choice, err);
    }
    return r;
}

int scan_attached_image(struct scan_attached *a, const struct target *target, const struct image *scanned,
                        struct err *err) {
    struct attachments found;
    struct choice none = {.document = SIZE_MAX};
    struct err why = ERR_NONE;
    int r = attachments_find(a->arena, target, a->options, &found, &why);
    if (r < 0) {
        r = pardon(a, STR("--vex attached"), r, &why, err);
    } else if (scanned->digest.n && !str_eq(scanned->digest, found.image->digest)) {
        r = note(a, STR("--vex attached"), true,
                 arena_strf(a->arena,
                            "the registry has another image by this name (%.*s): what is attached to that "
                            "one is not used",
                            STR_ARG(found.image->digest)),
                 err);
    } else {
        r = take_documents(a, &found, &none, err);
    }
    attachments_close(&found);
    return r;
}

static bool is_one_of(struct str digest, const struct attachments *found) {
    bool is_it = str_eq(digest, found->image->digest);
    for (size_t i = 0; i < found->subjects_n; i++) {
        is_it |= str_eq(digest, found->subjects[i]);
    }
    return is_it;
}

/* A bill that hangs on an image is of that image; one that says otherwise is told of. */
static int settle_subject(struct scan_attached *a, const struct attachments *found, struct str digest,
                          struct arena *arena, struct bill *bill, struct err *err) {
    struct image *image = &bill->image;
    struct str stated = image->manifest_digest.n ? image->manifest_digest : image->digest;
    if (str_starts(stated, STR("sha256:")) && !is_one_of(stated, found) && !is_one_of(image->digest, found)) {
        return note(a, digest, true,
                    arena_strf(a->arena, "this bill is attached to the image and says that it is of %.*s",
                               STR_ARG(stated)),
                    err);
    }
    bill->is_of_image = true;
    image->digest = arena_str(arena, found->image->digest);
    image->manifest_digest = arena_str(arena, found->image->manifest_digest);
    image->platform = arena_str(arena, found->image->platform);
    bill->name = arena_str(arena, found->image->name);
    image->name = bill->name;
    return image->digest.p && image->manifest_digest.p && image->platform.p && image->name.p
               ? 0
               : err_memory(err);
}

static int use_bill(struct scan_attached *a, const struct attachments *found, const struct choice *choice,
                    struct arena *arena, struct bill *out, struct err *err) {
    if (choice->document == SIZE_MAX) {
        const char *more = a->problems.n ? "; the first of what could not be used: " : "";
        struct str problem = a->problems.n ? a->problems.p[0].message : STR_NONE;
        return err_set(err, ERR_ABSENT,
                       "%.*s: no bill of materials is attached to it (%zu documents were looked at)%s%.*s",
                       STR_ARG(found->image->name), found->all.n, more, STR_ARG(problem));
    }
    struct scan_document *document = &a->documents.p[choice->document];
    document->is_used_as_bill = true;
    int r = bill_read(arena, buf_view(&choice->text), document->digest, a->options->is_open, out, err);
    return r == 0 ? settle_subject(a, found, document->digest, arena, out, err) : r;
}

int scan_attached_bill(struct scan_attached *a, const struct target *target, struct arena *arena,
                       struct bill *out, struct err *err) {
    struct attachments found;
    struct choice choice = {.is_wanted = true, .document = SIZE_MAX, .text = buf_new(LIMIT_BODY)};
    int r = attachments_find(a->arena, target, a->options, &found, err);
    r = r == 0 ? take_documents(a, &found, &choice, err) : r;
    r = r == 0 ? use_bill(a, &found, &choice, arena, out, err) : r;
    buf_free(&choice.text);
    attachments_close(&found);
    return r;
}

/* ---- what a bill in a file says */

/* "https:", "urn:", "file:" (RFC 3986 section 3.1). */
static bool has_scheme(struct str reference) {
    struct str scheme, rest;
    return str_cut(reference, ':', &scheme, &rest) && str_find_byte(scheme, '/') < 0;
}

static int add_sibling(struct scan_attached *a, int folder, struct str reference, struct err *err) {
    _cleanup_(buf_free) struct buf text = buf_new(LIMIT_BODY);
    struct scan_document document = {0}, *kept;
    struct err why = ERR_NONE;
    char hex[SHA256_HEX + 1];
    char *name = arena_cstr(a->arena, reference);
    if (!name) {
        return err_memory(err);
    }
    _cleanup_(closep) int fd = compose_open_below(&folder, name);
    int r = fd < 0 ? err_set_errno(&why, ERR_IO, "the bill names this file beside itself")
                   : file_read_fd(fd, &text, &why);
    r = r == 0 ? attached_document_look(a->arena, buf_view(&text), NULL, 0, a->options->is_open, &document.is,
                                        &why)
               : r;
    if (r == 0 && !document.is.says_vex) {
        r = err_set(&why, ERR_INPUT, "the bill names this file, which says nothing of vulnerabilities");
    }
    if (r < 0 || sha256_hex(buf_view(&text), hex) < 0) {
        return pardon(a, reference, r < 0 ? r : ERR_MEMORY, &why, err);
    }
    document.digest = arena_strf(a->arena, "sha256:%s", hex);
    document.way = arena_strf(a->arena, "file %s", name);
    r = document.digest.p && document.way.p ? keep_document(a, &document, &kept, err) : err_memory(err);
    return r == 0 ? take_vex(a, kept, str_c(name), buf_view(&text), err) : r;
}

/* Only files below the bill's folder: addresses are never fetched. */
static int add_reference(struct scan_attached *a, int folder, struct str reference, struct err *err) {
    struct str file, fragment;
    (void)str_cut(reference, '#', &file, &fragment);
    if (!file.n || has_scheme(file) || str_starts(file, STR("/")) || folder < 0) {
        return note(a, reference, false,
                    STR("the bill says that more is said of vulnerabilities here, which is not fetched: get "
                        "it and name it with --vex FILE"),
                    err);
    }
    return add_sibling(a, folder, file, err);
}

static int open_folder(struct scan_attached *a, struct str path) {
    struct str dir = str_dirname(path);
    char *folder = arena_cstr(a->arena, dir.n ? dir : STR("."));
    return str_eq(path, STR("-")) || !folder ? -1 : open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
}

int scan_attached_said(struct scan_attached *a, struct str path, struct str text, struct err *err) {
    struct scan_document document = {.way = arena_strf(a->arena, "file %.*s", STR_ARG(path))}, *kept;
    char hex[SHA256_HEX + 1];
    int r = attached_document_look(a->arena, text, NULL, 0, a->options->is_open, &document.is, err);
    if (r < 0) {
        return err_at(err, "%.*s", STR_ARG(path));
    }
    document.digest = sha256_hex(text, hex) < 0 ? STR_NONE : arena_strf(a->arena, "sha256:%s", hex);
    if (!document.digest.p || !document.way.p) {
        return err_memory(err);
    }
    document.is_used_as_bill = document.is.is_bill;
    r = keep_document(a, &document, &kept, err);
    if (r == 0 && document.is.says_vex) {
        r = take_vex(a, kept, path, text, err);
    }
    _cleanup_(closep) int folder = open_folder(a, path);
    for (size_t i = 0; r == 0 && i < document.is.references_n; i++) {
        r = add_reference(a, folder, document.is.references[i], err);
    }
    return r;
}

/* ---- what is said of it */

int scan_attached_record(const struct scan_attached *a, struct store *store, int64_t run, bool *is_complete,
                         struct err *err) {
    int r = 0;
    for (size_t i = 0; r == 0 && i < a->problems.n; i++) {
        *is_complete &= !a->problems.p[i].is_incomplete;
        r = store_put_problem(store, run, &a->problems.p[i], err);
    }
    return r;
}

static void put_document(struct json_writer *w, const struct scan_document *document) {
    json_begin_object(w);
    json_member_str(w, STR("format"), str_c(attached_format_name(document->is.format)));
    json_member_str(w, STR("producer"), document->is.producer);
    json_member_str(w, STR("digest"), document->digest);
    json_member_str(w, STR("way"), document->way);
    json_key(w, STR("isBill"));
    json_bool(w, document->is_used_as_bill);
    json_key(w, STR("isVex"));
    json_bool(w, document->is_used_as_vex);
    json_key(w, STR("signatures"));
    json_uint(w, document->is.signatures);
    json_end(w);
}

void scan_attached_put(struct json_writer *w, const struct scan_attached *a) {
    if (!a->documents.n) {
        return;
    }
    json_key(w, STR("documents"));
    json_begin_array(w);
    for (size_t i = 0; i < a->documents.n; i++) {
        put_document(w, &a->documents.p[i]);
    }
    json_end(w);
}
