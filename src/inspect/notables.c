#include "inspect/notables.h"

#include <sys/stat.h>

struct notables notables_new(struct arena *arena) {
    return (struct notables){.arena = arena, .trees = map_new(arena), .setids = map_new(arena)};
}

/* ---- what an entry is */

/* Of directories the bit only passes the group on. */
bool notable_is_setid(const struct entry *entry) {
    return (entry->type == ENTRY_FILE || entry->type == ENTRY_HARDLINK) &&
           (entry->mode & (S_ISUID | S_ISGID));
}

/* In a sticky directory nobody can replace what others have. */
bool notable_is_writable(const struct entry *entry) {
    bool is_content = entry->type == ENTRY_FILE || entry->type == ENTRY_HARDLINK;
    bool is_open = entry->type == ENTRY_DIRECTORY && !(entry->mode & S_ISVTX);
    return (is_content || is_open) && (entry->mode & S_IWOTH);
}

static const struct surface_row *find_tool(const struct entry *entry, bool has_programs) {
    bool is_program = (entry->type == ENTRY_FILE || entry->type == ENTRY_HARDLINK) && (entry->mode & 0111);
    return has_programs && (is_program || entry->type == ENTRY_SYMLINK)
               ? surface_tool(str_basename(entry->path))
               : NULL;
}

const struct surface_row *notable_tool(const struct entry *entry) {
    return find_tool(entry, surface_place(str_dirname(entry->path)).has_programs);
}

/* ---- caches and trees of tools */

static void look_up(struct notables *notables, struct str folder) {
    if (str_eq(folder, str_n(notables->folder, notables->folder_n))) {
        return;
    }
    assert(folder.n <= sizeof notables->folder);
    notables->place = surface_place(folder);
    notables->folder_n = folder.n;
    if (folder.n) {
        memcpy(notables->folder, folder.p, folder.n);
    }
}

/* The tree's own files each, the folders in it each with all below. */
static struct str part_of_tree(const struct notables *notables, struct str path) {
    ptrdiff_t slash = str_find_byte(str_from(path, notables->place.tree_n + 1), '/');
    return slash < 0 ? path : str_n(path.p, notables->place.tree_n + 1 + (size_t)slash);
}

static int add_size(struct notables *notables, const struct entry *entry, struct err *err) {
    char text[LIMIT_PATH + 2];
    struct str part = part_of_tree(notables, entry->path);
    bool is_folder = part.n < entry->path.n;
    if (notables->sizes.n >= LIMIT_TREES && !map_get(&notables->trees, part)) {
        part = str_n(entry->path.p, notables->place.tree_n);
        is_folder = true;
    }
    int n = snprintf(text, sizeof text, "%.*s%s", STR_ARG(part), is_folder ? "/*" : "");
    struct str key = str_n(text, (size_t)MIN(n, (int)sizeof text - 1));
    const uint64_t *known = map_get(&notables->trees, key);
    if (known) {
        notables->sizes.p[*known - 1].bytes += entry->size;
        notables->sizes.p[*known - 1].files++;
        return 0;
    }
    struct notables_tree *tree = VEC_PUSH(notables->arena, &notables->sizes);
    key = arena_str(notables->arena, key);
    uint64_t *slot = tree && key.p ? map_put(&notables->trees, key, NULL) : NULL;
    if (!slot) {
        return err_memory(err);
    }
    *tree = (struct notables_tree){key, entry->size, 1};
    *slot = notables->sizes.n;
    return 0;
}

/* ---- one entry */

/* A hard link has its target's mode, whatever its header says. */
static bool links_to_setid(const struct notables *notables, const struct entry *entry) {
    return entry->type == ENTRY_HARDLINK && notables->setids.n && map_get(&notables->setids, entry->link);
}

static int keep_setid(struct notables *notables, struct entry *entry, struct err *err) {
    if (links_to_setid(notables, entry)) {
        entry->mode |= (uint32_t)*map_get(&notables->setids, entry->link);
    }
    struct str path = arena_str(notables->arena, entry->path);
    uint64_t *mode = path.p ? map_put(&notables->setids, path, NULL) : NULL;
    if (!mode) {
        return err_memory(err);
    }
    *mode = entry->mode & (S_ISUID | S_ISGID);
    return 0;
}

static bool counts(struct notables *notables, enum notable what, bool is_it) {
    return is_it && ++notables->counts[what] <= LIMIT_NOTABLES;
}

int notables_take(struct notables *notables, struct facts *facts, const struct entry *entry, bool *is_kept,
                  struct err *err) {
    struct entry kept = *entry;
    look_up(notables, str_dirname(entry->path));
    *is_kept = counts(notables, NOTABLE_WRITABLE, notable_is_writable(entry));
    *is_kept |= counts(notables, NOTABLE_TOOL, find_tool(entry, notables->place.has_programs) != NULL);
    *is_kept |= counts(notables, NOTABLE_LARGE, entry->size >= LIMIT_WASTE_FROM);
    int r = 0;
    if (counts(notables, NOTABLE_SETID, notable_is_setid(entry) || links_to_setid(notables, entry))) {
        *is_kept = true;
        r = keep_setid(notables, &kept, err);
    }
    if (*is_kept) {
        facts_entry(facts, &kept);
    }
    return r == 0 && notables->place.tree && entry->type == ENTRY_FILE ? add_size(notables, entry, err) : r;
}

/* ---- the end */

static const char *const names[NOTABLES] = {"set-id files", "entries that everyone may write to", "tools",
                                            "large files"};

static void put_overflow(const struct notables *notables, struct facts *facts) {
    for (int i = 0; i < NOTABLES; i++) {
        if (notables->counts[i] > LIMIT_NOTABLES) {
            facts_file(facts, STR_NONE, STR_NONE);
            facts_problem(facts, false, "%zu %s: checks see the first %d of them", notables->counts[i],
                          names[i], LIMIT_NOTABLES);
        }
    }
}

bool notables_put(struct notables *notables, struct facts *facts) {
    if (notables->written == 0) {
        put_overflow(notables, facts);
    }
    if (notables->written == notables->sizes.n) {
        return false;
    }
    const struct notables_tree *tree = &notables->sizes.p[notables->written++];
    facts_tree(facts, tree->path, tree->bytes, tree->files);
    return true;
}
