/* Licences of Debian packages: usr/share/doc/<package>/copyright.
 *
 * Read are machine-readable files (Debian policy, copyright-format 1.0): the first line of the License fields
 * of the header and of each paragraph with Files. One whose first paragraph has no Format is prose, of
 * which nothing is said. */
#include "base/limits.h"
#include "inspect/packages/debian_licence.h"
#include "inspect/packages/packages.h"

struct paragraph {
    bool has_format, has_files;
    struct str licence;
};

struct reading {
    struct debian_licences licences;
    struct paragraph paragraph;
    bool is_begun; /* the paragraph has lines */
    size_t n;      /* of paragraphs */
    bool is_prose;
};

static void end_paragraph(struct reading *r) {
    const struct paragraph *p = &r->paragraph;
    if (!r->is_begun) {
        return;
    }
    r->is_prose |= r->n == 0 && !p->has_format;
    if (r->n == 0 || p->has_files) {
        debian_licences_add(&r->licences, p->licence);
    }
    r->n++;
    r->is_begun = false;
    r->paragraph = (struct paragraph){0};
}

static void read_field(struct paragraph *p, struct str line) {
    struct str name, value;
    if (!str_cut(line, ':', &name, &value)) {
        return;
    }
    p->has_format |= str_eq_nocase(name, STR("Format")) || str_eq_nocase(name, STR("Format-Specification"));
    p->has_files |= str_eq_nocase(name, STR("Files"));
    if (str_eq_nocase(name, STR("License"))) {
        p->licence = value;
    }
}

static void read_line(struct reading *r, struct str line) {
    if (!str_trim(line).n) {
        end_paragraph(r);
        return;
    }
    r->is_begun = true;
    if (line.p[0] != ' ' && line.p[0] != '\t' && line.p[0] != '#') {
        read_field(&r->paragraph, line);
    }
}

static struct str package_of(struct str path) {
    struct str folder = str_dirname(path);
    return str_eq(str_dirname(folder), STR("usr/share/doc")) ? str_basename(folder) : STR_NONE;
}

static int inspect(struct inspection *in, struct err *err) {
    struct reading r = {.licences = debian_licences_new(in->arena)};
    struct str package = package_of(in->entry->path), licence;
    if (!package.n || package.n > LIMIT_FIELD) {
        return 0;
    }
    for (struct str rest = in->body, line; !r.is_prose && str_line(&rest, &line);) {
        read_line(&r, line);
    }
    end_paragraph(&r);
    if (r.is_prose) {
        return 0;
    }
    int result = debian_licences_join(&r.licences, &licence, err);
    if (r.licences.is_full) {
        facts_problem(in->facts, false, "more than %d licences, or %d bytes of them: none is stated",
                      LIMIT_DEBIAN_LICENCES, LIMIT_FIELD);
    }
    if (result == 0 && licence.n) {
        facts_licence(in->facts, package, licence);
    }
    return result;
}

const struct inspector inspect_debian_copyright = {
    .name = "debian-copyright",
    .title = "Licences of Debian packages",
    .reads = "usr/share/doc/*/copyright",
    .version = 1,
    .body_max = LIMIT_BODY,
    .large_is_other = true,
    .wants = {{.under = "usr/share/doc/", .name = "copyright"}},
    .inspect = inspect,
};
