/* XML 1.0 (www.w3.org/TR/xml) to a tree of elements, through expat.
 *
 * Names come without their namespace prefix. Text is that of elements without children, trimmed; text between
 * children, comments and processing instructions are dropped. Nothing is fetched: documents that declare
 * entities are refused (ERR_UNSUPPORTED), as are those deeper than LIMIT_DOC_DEPTH (ERR_LIMIT), so that no
 * text grows past its own size.
 *
 *     const struct xml_element *root;
 *     if (xml_parse(&arena, text, &root, err) < 0) ...
 *     for (const struct xml_element *e = xml_first(root, STR("dependency")); e; e = xml_next(e)) ...
 *
 * Every look-up takes NULL for "not there" and gives NULL or STR_NONE on. */
#ifndef PLIMSOLL_DOC_XML_H
#define PLIMSOLL_DOC_XML_H

#include "base/arena.h"
#include "base/err.h"

struct xml_attribute {
    struct str name, value;
};

struct xml_element {
    struct str name, text;
    uint32_t line;
    const struct xml_attribute *attributes;
    size_t attributes_n;
    struct xml_element *child, *last; /* the first and the last of its children */
    struct xml_element *sibling;      /* the next child of its parent */
};

/* 0 and *out, or a negative enum err_code. All that the tree holds is in arena. */
int xml_parse(struct arena *arena, struct str text, const struct xml_element **out, struct err *err);

/* The first child of that name; the next sibling of the same name. */
const struct xml_element *xml_first(const struct xml_element *parent, struct str name);
const struct xml_element *xml_next(const struct xml_element *element);
/* The text of the first child of that name. */
struct str xml_text(const struct xml_element *parent, struct str name);
struct str xml_attribute(const struct xml_element *element, struct str name);

#endif
