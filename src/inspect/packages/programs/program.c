#include "inspect/packages/programs/program.h"

#include "base/file.h"
#include "base/limits.h"
#include "base/mem.h"
#include "inspect/packages/language.h"

/* A version with its surroundings is far shorter than half of what two pieces share. */
enum { VERSION_BYTES = 32, SHARED = 512 };

bool program_fits(const struct program *program, struct str file_name) {
    for (size_t i = 0; i < PROGRAM_FILES && program->files[i].n; i++) {
        struct str pattern = program->files[i];
        bool is_open = pattern.p[pattern.n - 1] == '*';
        if (is_open ? str_starts(file_name, str_sub(pattern, 0, pattern.n - 1))
                    : str_eq(file_name, pattern)) {
            return true;
        }
    }
    return false;
}

/* ---- one place */

static bool is_of_version(char c) {
    return ascii_is_alnum(c) || c == '.' || c == '-' || c == '+' || c == '~';
}

/* The run of a version's characters at the front of s, without separators at its end. */
static struct str run_after(struct str s) {
    size_t n = 0;
    while (n < s.n && n <= VERSION_BYTES && is_of_version(s.p[n])) {
        n++;
    }
    return str_sub(s, 0, n);
}

/* Digits and dots at the end of s. */
static struct str run_before(struct str s) {
    size_t n = 0;
    while (n < s.n && n <= VERSION_BYTES && (ascii_is_digit(s.p[s.n - n - 1]) || s.p[s.n - n - 1] == '.')) {
        n++;
    }
    return str_from(s, s.n - n);
}

/* Numbers with dots between them, counted, at the front. */
static size_t parts_of(struct str version) {
    size_t parts = 0, i = 0;
    while (i < version.n && ascii_is_digit(version.p[i])) {
        while (i < version.n && ascii_is_digit(version.p[i])) {
            i++;
        }
        parts++;
        if (i < version.n && version.p[i] == '.') {
            i++;
        } else {
            break;
        }
    }
    return parts;
}

static bool is_wanted(const struct program *program, const struct program_string *string,
                      struct str version) {
    return version.n && version.n <= VERSION_BYTES && ascii_is_alnum(version.p[version.n - 1]) &&
           parts_of(version) >= (string->has_three_parts ? 3u : 2u) && str_starts(version, program->begins);
}

/* "1.2.3-final" before the text "-final": the run takes in what stands behind the version. */
static struct str cut_at(struct str run, struct str rest, struct str after) {
    for (size_t n = run.n; n > 0 && after.n; n--) {
        if (str_starts(str_from(rest, n), after)) {
            return str_sub(run, 0, n);
        }
    }
    while (!after.n && run.n && !ascii_is_alnum(run.p[run.n - 1])) {
        run.n--;
    }
    return after.n ? STR_NONE : run;
}

static struct str version_at(const struct program_string *string, struct str bytes, size_t at) {
    if (!string->before.n) {
        return run_before(str_sub(bytes, 0, at));
    }
    struct str rest = str_from(bytes, at + string->before.n);
    if (!rest.n || !ascii_is_digit(rest.p[0])) {
        return STR_NONE;
    }
    return cut_at(run_after(rest), rest, string->after);
}

/* A part of a file, and where in it strings may begin: near an edge that is not the file's own, the version
 * could be cut, and the neighbour has it whole. */
struct piece {
    struct str bytes;
    size_t from, to;
};

static struct str find_version(const struct program *program, const struct program_string *string,
                               const struct piece *piece) {
    struct str anchor = string->before.n ? string->before : string->after, bytes = piece->bytes;
    for (size_t at = piece->from; at < piece->to; at++) {
        ptrdiff_t found = str_find(str_from(bytes, at), anchor);
        if (found < 0 || (size_t)found >= piece->to - at) {
            break;
        }
        at += (size_t)found;
        struct str version = version_at(string, bytes, at);
        if (is_wanted(program, string, version)) {
            return version;
        }
    }
    return STR_NONE;
}

struct str program_version(const struct program *program, const struct program_string *string,
                           struct str bytes) {
    return find_version(program, string, &(struct piece){bytes, 0, bytes.n});
}

/* ---- a file */

struct search {
    struct arena *arena;
    const struct program *program;
    struct str found[PROGRAM_STRINGS]; /* in arena */
};

/* False when there is no memory. */
static bool search_piece(struct search *search, const struct piece *piece) {
    const struct program *program = search->program;
    for (size_t i = 0; i < PROGRAM_STRINGS; i++) {
        const struct program_string *string = &program->strings[i];
        if (search->found[i].n || (!string->before.n && !string->after.n)) {
            continue;
        }
        struct str version = find_version(program, string, piece);
        if (version.n) {
            search->found[i] = arena_str(search->arena, version);
            if (!search->found[i].p) {
                return false;
            }
        }
    }
    return true;
}

/* The piece at a place of the file, in room when it is not in memory. */
static int read_piece(const struct elf_file *file, uint64_t at, char *room, struct piece *out,
                      struct err *err) {
    size_t length = (size_t)MIN(file->size - at, (uint64_t)PROGRAM_PIECE);
    bool is_last = at + length == file->size;
    *out = (struct piece){.bytes = str_n(room, length),
                          .from = at ? SHARED / 2 : 0,
                          .to = is_last ? length : length - SHARED / 2};
    if (file->in->spool < 0) {
        out->bytes = str_sub(file->in->body, (size_t)at, length);
        return 0;
    }
    return file_read_at(file->in->spool, (off_t)at, room, length, err);
}

static int search_file(struct search *searches, size_t n, const struct elf_file *file, struct err *err) {
    _cleanup_(mem_freep) char *room = mem_alloc(PROGRAM_PIECE);
    if (!room) {
        return err_memory(err);
    }
    bool is_last = false;
    for (uint64_t at = 0; !is_last; at += PROGRAM_PIECE - SHARED) {
        struct piece piece;
        int r = read_piece(file, at, room, &piece, err);
        for (size_t i = 0; r == 0 && i < n; i++) {
            r = search_piece(&searches[i], &piece) ? 0 : err_memory(err);
        }
        if (r < 0) {
            return r;
        }
        is_last = at + piece.bytes.n == file->size;
    }
    return 0;
}

static void put(struct inspection *in, const struct search *search) {
    for (size_t i = 0; i < PROGRAM_STRINGS; i++) {
        if (search->found[i].n) {
            language_package(in, &(struct package){.type = PACKAGE_GENERIC,
                                                   .flags = PACKAGE_IS_INSTALLED,
                                                   .name = search->program->name,
                                                   .version = search->found[i]});
            return;
        }
    }
}

int program_inspect(struct inspection *in, const struct elf_file *file, struct err *err) {
    enum { FITTING = 8 };
    struct search searches[FITTING];
    struct str name = str_basename(in->entry->path);
    size_t n = 0;
    int r = 0;
    for (size_t i = 0; i < programs_n && n < FITTING; i++) {
        if (program_fits(&programs[i], name)) {
            searches[n++] = (struct search){.arena = in->arena, .program = &programs[i]};
        }
    }
    if (n) {
        r = search_file(searches, n, file, err);
    }
    for (size_t i = 0; r == 0 && i < n; i++) {
        put(in, &searches[i]);
    }
    return r;
}
