#include "source/image/attachments.h"

#include "base/hash.h"
#include "base/limits.h"
#include "source/image/source.h"

/* ---- problems: what is wrong with one thing leaves the others */

static int note(struct attachments *found, struct str place, struct str message, struct err *err) {
    struct problem *problem = VEC_PUSH(found->arena, &found->problems);
    if (!problem || !message.p || !place.p) {
        return err_memory(err);
    }
    *problem = (struct problem){.place = place, .message = message, .is_incomplete = true};
    return 0;
}

/* What went wrong becomes a problem, unless nothing more can be done. */
static int pardon(struct attachments *found, struct str place, int code, const struct err *why,
                  struct err *err) {
    if (code == ERR_MEMORY) {
        return err_memory(err);
    }
    return code < 0 ? note(found, arena_str(found->arena, place),
                           arena_strf(found->arena, "%s", why->message), err)
                    : 0;
}

/* ---- documents of the registry or layout */

static bool is_checkable(struct str digest) {
    unsigned char bytes[32];
    return str_starts(digest, STR("sha256:")) && hex_decode(str_from(digest, 7), bytes, sizeof bytes);
}

static int read_checked(const struct attachments *found, struct str digest, bool is_blob, struct buf *out,
                        struct err *err) {
    const struct manifest_item item = {.digest = digest};
    struct image_source *source = found->image->source;
    char hex[SHA256_HEX + 1];
    if (!is_checkable(digest)) {
        return err_set(err, ERR_INPUT, "'%.*s' is no sha256 digest", STR_ARG(digest));
    }
    int r = source->document(source, &item, is_blob, out, err);
    if (r == 0 && sha256_hex(buf_view(out), hex) < 0) {
        return err_memory(err);
    }
    return r == 0 && !str_ends(digest, str_c(hex))
               ? err_set(err, ERR_INPUT, "the content has digest sha256:%s: it was changed or damaged", hex)
               : r;
}

static int read_manifest(const struct attachments *found, struct str digest, struct manifest *out,
                         struct err *err) {
    _cleanup_(buf_free) struct buf json = buf_new(LIMIT_MANIFEST);
    int r = read_checked(found, digest, false, &json, err);
    return r == 0 ? manifest_parse(found->arena, buf_view(&json), found->image->options.is_open, out, err)
                  : r;
}

/* ---- one attached manifest */

/* What a document must not be for it to be of use here: signatures, provenance, file trees. */
static bool is_other(struct str type) {
    static const char *const others[] = {"simplesigning", "notary.signature", "cosign.artifact.sig",
                                         "slsa.dev/",     "image.layer",      "helm.",
                                         "link/v0",       "cosign.sign"};
    for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
        if (str_find(type, str_c(others[i])) >= 0) {
            return true;
        }
    }
    return false;
}

static struct str first_of(struct str a, struct str b, struct str c) {
    return a.n ? a : b.n ? b : c;
}

struct place {
    struct str way; /* "referrer", "tag sha256-….att" */
    struct str subject;
    bool is_of_manifest;
};

static int add_documents(struct attachments *found, const struct manifest *manifest, struct str created,
                         const struct place *place, struct err *err) {
    struct str type = first_of(manifest->artifact_type, manifest->config.media_type, STR_NONE);
    for (size_t i = 0; i < manifest->items_n; i++) {
        const struct manifest_item *item = &manifest->items[i];
        if (is_other(item->media_type) || is_other(item->predicate_type)) {
            continue;
        }
        if (found->all.n == LIMIT_ATTACHMENTS) {
            return err_set(err, ERR_LIMIT, "more than %d documents are attached", LIMIT_ATTACHMENTS);
        }
        struct attachment *slot = VEC_PUSH(found->arena, &found->all);
        if (!slot) {
            return err_memory(err);
        }
        *slot = (struct attachment){.digest = item->digest,
                                    .declared = first_of(item->predicate_type, item->media_type, type),
                                    .way = place->way,
                                    .created = created,
                                    .is_of_manifest = place->is_of_manifest};
    }
    return 0;
}

static int add_referrer_strictly(struct attachments *found, const struct manifest_item *item,
                                 const struct place *place, struct err *err) {
    struct manifest manifest;
    int r = read_manifest(found, item->digest, &manifest, err);
    if (r < 0) {
        return r;
    }
    if (manifest.kind != MANIFEST_IMAGE) {
        return err_set(err, ERR_INPUT, "an index stands where the manifest of an attached document should");
    }
    if (place->subject.n && !str_eq(manifest.subject, place->subject)) {
        return err_set(err, ERR_INPUT, "is listed for %.*s, and says itself that it belongs to %.*s",
                       STR_ARG(place->subject),
                       STR_ARG(first_of(manifest.subject, STR("nothing"), STR_NONE)));
    }
    return add_documents(found, &manifest, item->created, place, err);
}

static int add_referrer(struct attachments *found, const struct manifest_item *item,
                        const struct place *place, struct err *err) {
    struct err why = ERR_NONE;
    if (is_other(item->artifact_type)) {
        return 0;
    }
    int r = add_referrer_strictly(found, item, place, &why);
    return pardon(found, item->digest, r, &why, err);
}

/* ---- a registry */

static int add_list(struct attachments *found, const struct manifest *list, const char *how,
                    const struct place *subject, struct err *err) {
    int r = 0;
    for (size_t i = 0; r == 0 && i < list->items_n; i++) {
        struct place place = *subject;
        place.way = arena_strf(found->arena, "%s %.*s", how, STR_ARG(list->items[i].digest));
        r = place.way.p ? add_referrer(found, &list->items[i], &place, err) : err_memory(err);
    }
    return r;
}

static int parse_list(const struct attachments *found, const struct buf *json, struct manifest *out,
                      struct err *err) {
    int r = manifest_parse(found->arena, buf_view(json), found->image->options.is_open, out, err);
    return r == 0 && out->kind != MANIFEST_INDEX
               ? err_set(err, ERR_INPUT, "a list of referrers should be an index")
               : r;
}

/* ERR_ABSENT: the registry has no such interface. */
static int list_by_interface(struct attachments *found, const struct place *subject, struct err *err) {
    struct image_source *source = found->image->source;
    struct str page = STR_NONE;
    size_t listed = 0;
    int r = 0;
    for (int pages = 0; r == 0 && (pages == 0 || page.n); pages++) {
        _cleanup_(buf_free) struct buf json = buf_new(LIMIT_MANIFEST);
        struct manifest list;
        if (pages == LIMIT_REFERRER_PAGES) {
            return err_set(err, ERR_LIMIT, "more than %d pages of referrers", LIMIT_REFERRER_PAGES);
        }
        r = source->referrers(source, subject->subject, page, &json, &page, err);
        r = r == 0 ? parse_list(found, &json, &list, err) : r;
        if (r == 0 && (listed += list.items_n) > LIMIT_ATTACHMENTS) {
            return err_set(err, ERR_LIMIT, "more than %d referrers", LIMIT_ATTACHMENTS);
        }
        r = r == 0 ? add_list(found, &list, "referrer", subject, err) : r;
    }
    return r;
}

/* "sha256-HEX" and the ending. */
static struct str tag_of(struct arena *arena, struct str digest, const char *ending) {
    return arena_strf(arena, "sha256-%.*s%s", STR_ARG(str_from(digest, 7)), ending);
}

static int get_tagged(struct attachments *found, struct str tag, struct manifest *out, struct err *err) {
    _cleanup_(buf_free) struct buf json = buf_new(LIMIT_MANIFEST);
    struct image_source *source = found->image->source;
    struct str digest;
    int r = source->tagged(source, tag, &json, &digest, err);
    return r == 0 ? manifest_parse(found->arena, buf_view(&json), found->image->options.is_open, out, err)
                  : r;
}

static int list_by_tag(struct attachments *found, const struct place *subject, struct err *err) {
    struct str tag = tag_of(found->arena, subject->subject, "");
    struct manifest list;
    int r = tag.p ? get_tagged(found, tag, &list, err) : err_memory(err);
    if (r == 0 && list.kind != MANIFEST_INDEX) {
        return err_set(err, ERR_INPUT, "tag %.*s: a list of referrers should be an index", STR_ARG(tag));
    }
    return r == 0 ? add_list(found, &list, "referrer", subject, err) : r == ERR_ABSENT ? 0 : r;
}

/* cosign's own scheme. Its manifests do not say what they are of: attestations in them do. */
static int add_cosigns(struct attachments *found, const struct place *subject, const char *ending,
                       struct err *err) {
    struct str tag = tag_of(found->arena, subject->subject, ending);
    struct place place = *subject;
    struct manifest manifest;
    int r = tag.p ? get_tagged(found, tag, &manifest, err) : err_memory(err);
    if (r < 0) {
        return r == ERR_ABSENT ? 0 : r;
    }
    if (manifest.kind != MANIFEST_IMAGE) {
        return err_set(err, ERR_INPUT, "tag %.*s is no manifest", STR_ARG(tag));
    }
    place.way = arena_strf(found->arena, "tag %.*s", STR_ARG(tag));
    return place.way.p ? add_documents(found, &manifest, STR_NONE, &place, err) : err_memory(err);
}

static int ask_registry(struct attachments *found, const struct place *subject, struct err *err) {
    static const char *const endings[] = {".att", ".sbom"};
    struct err why = ERR_NONE;
    int r = list_by_interface(found, subject, &why);
    if (r == ERR_ABSENT) {
        why = ERR_NONE;
        r = list_by_tag(found, subject, &why);
    }
    r = pardon(found, subject->subject, r, &why, err);
    for (size_t i = 0; r == 0 && i < ARRAY_SIZE(endings); i++) {
        why = ERR_NONE;
        r = add_cosigns(found, subject, endings[i], &why);
        r = pardon(found, subject->subject, r, &why, err);
    }
    return r;
}

/* ---- the index that has the image, and layouts */

static bool is_subject(const struct attachments *found, struct str digest) {
    for (size_t i = 0; i < found->subjects_n; i++) {
        if (str_eq(found->subjects[i], digest)) {
            return true;
        }
    }
    return false;
}

static int add_buildkits(struct attachments *found, const struct manifest *index, struct err *err) {
    int r = 0;
    for (size_t i = 0; r == 0 && i < index->items_n; i++) {
        const struct manifest_item *item = &index->items[i];
        if (item->of.n && str_eq(item->of, found->image->manifest_digest)) {
            struct place place = {
                .way = arena_strf(found->arena, "attestation manifest %.*s", STR_ARG(item->digest)),
                .is_of_manifest = true};
            r = place.way.p ? add_referrer(found, item, &place, err) : err_memory(err);
        }
    }
    return r;
}

/* Which of the subjects a tag of either scheme names; subjects_n: none. */
static size_t subject_of_tag(const struct attachments *found, struct str tag) {
    size_t i = 0;
    while (i < found->subjects_n && !(manifest_is_attached_tag(tag) &&
                                      str_starts(str_from(tag, 7), str_from(found->subjects[i], 7)))) {
        i++;
    }
    return i;
}

/* An entry of a layout's index: it, or what it lists, may be attached to one of the subjects. */
static int add_entry_strictly(struct attachments *found, const struct manifest_item *item, struct err *err) {
    size_t named = subject_of_tag(found, item->name);
    bool is_of_tag = named < found->subjects_n, is_cosigns = is_of_tag && str_find_byte(item->name, '.') >= 0;
    struct place place = {.is_of_manifest = !is_of_tag || named == 0};
    struct manifest manifest;
    int r = read_manifest(found, item->digest, &manifest, err);
    if (r < 0) {
        return r;
    }
    if (manifest.kind == MANIFEST_INDEX) {
        place.subject = is_of_tag ? found->subjects[named] : STR_NONE;
        return is_of_tag ? add_list(found, &manifest, "referrer", &place, err) : 0;
    }
    bool is_attached = is_subject(found, manifest.subject);
    bool is_saved = str_ends(item->kind, STR("/atts")) || str_ends(item->kind, STR("/sboms"));
    if (manifest.kind != MANIFEST_IMAGE || (!is_attached && !is_cosigns && !is_saved)) {
        return 0;
    }
    place.is_of_manifest = is_attached ? str_eq(manifest.subject, found->subjects[0]) : place.is_of_manifest;
    place.way = is_cosigns ? arena_strf(found->arena, "tag %.*s", STR_ARG(item->name))
                           : arena_strf(found->arena, "referrer %.*s", STR_ARG(item->digest));
    return place.way.p ? add_documents(found, &manifest, item->created, &place, err) : err_memory(err);
}

static int walk_layout(struct attachments *found, const struct manifest *index, struct err *err) {
    int r = 0;
    for (size_t i = 0; r == 0 && i < index->items_n; i++) {
        const struct manifest_item *item = &index->items[i];
        bool is_sized = i < LIMIT_ATTACHMENTS;
        struct err why = ERR_NONE;
        if (is_subject(found, item->digest) || item->of.n || is_other(item->artifact_type)) {
            continue;
        }
        r = is_sized ? add_entry_strictly(found, item, &why)
                     : err_set(&why, ERR_LIMIT, "more than %d entries", LIMIT_ATTACHMENTS);
        r = pardon(found, item->digest, r, &why, err);
        if (!is_sized) {
            break;
        }
    }
    return r;
}

/* ---- all of it */

/* A document that hangs on both or is listed twice counts once, where it was found first. */
static void drop_repeats(struct attachments *found) {
    size_t kept = 0;
    for (size_t i = 0; i < found->all.n; i++) {
        size_t k = 0;
        while (k < kept && !str_eq(found->all.p[k].digest, found->all.p[i].digest)) {
            k++;
        }
        if (k == kept) {
            found->all.p[kept++] = found->all.p[i];
        }
    }
    found->all.n = kept;
}

static int list_subjects(struct attachments *found, struct err *err) {
    const struct image *image = found->image;
    found->subjects = arena_array(found->arena, image->indexes_n + 1, sizeof *found->subjects);
    if (!found->subjects) {
        return err_memory(err);
    }
    if (!is_checkable(image->manifest_digest)) {
        return err_set(err, ERR_UNSUPPORTED, "%.*s has no manifest that something could be attached to",
                       STR_ARG(image->name));
    }
    found->subjects[found->subjects_n++] = image->manifest_digest;
    for (size_t i = image->indexes_n; i-- > 0;) {
        if (is_checkable(image->index_digests[i])) {
            found->subjects[found->subjects_n++] = image->index_digests[i];
        }
    }
    return 0;
}

static int look_everywhere(struct attachments *found, struct err *err) {
    const struct image *image = found->image;
    int r = 0;
    for (size_t i = 0; r == 0 && image->source->referrers && i < found->subjects_n; i++) {
        const struct place subject = {.subject = found->subjects[i], .is_of_manifest = i == 0};
        r = ask_registry(found, &subject, err);
    }
    for (size_t i = 0; r == 0 && i < image->indexes_n; i++) {
        r = add_buildkits(found, &image->indexes[i], err);
    }
    if (r == 0 && !image->source->referrers && image->indexes_n) {
        r = walk_layout(found, &image->indexes[0], err);
    }
    drop_repeats(found);
    return r;
}

int attachments_find(struct arena *arena, const struct target *target, const struct image_options *options,
                     struct attachments *out, struct err *err) {
    struct image_options asking = *options;
    asking.for_attachments = true;
    *out = (struct attachments){.arena = arena};
    int r = image_open(&out->image, target, &asking, err);
    if (r == 0 && out->image->problem.n) {
        r = err_set(err, ERR_INPUT, "%.*s: %.*s", STR_ARG(target->name), STR_ARG(out->image->problem));
    }
    r = r == 0 ? list_subjects(out, err) : r;
    return r == 0 ? look_everywhere(out, err) : r;
}

int attachments_read(const struct attachments *found, const struct attachment *attachment, struct buf *out,
                     struct err *err) {
    int r = read_checked(found, attachment->digest, true, out, err);
    return r < 0 ? err_at(err, "%.*s", STR_ARG(attachment->digest)) : 0;
}

void attachments_close(struct attachments *found) {
    image_closep(&found->image);
}
