#include "doc/xml.h"

#include "base/buf.h"
#include "base/limits.h"
#include "base/mem.h"

#include <expat.h>

struct reading {
    struct arena *arena;
    struct err *err;
    XML_Parser parser;
    struct xml_element *root;
    struct xml_element *open[LIMIT_DOC_DEPTH];
    size_t depth;
    struct buf text; /* of the innermost element, until it has a child */
    int code;        /* why the parser was stopped */
};

static uint32_t line_of(const struct reading *reading) {
    return (uint32_t)MIN(XML_GetCurrentLineNumber(reading->parser), (XML_Size)UINT32_MAX);
}

static void stop(struct reading *reading, int code) {
    reading->code = reading->code ? reading->code : code;
    XML_StopParser(reading->parser, XML_FALSE);
}

static struct str local_name(const char *name) {
    struct str all = str_c(name), prefix, local;
    return str_cut(all, ':', &prefix, &local) ? local : all;
}

static bool take_attributes(struct reading *reading, struct xml_element *element, const XML_Char **pairs) {
    size_t n = 0;
    while (pairs[2 * n]) {
        n++;
    }
    struct xml_attribute *attributes = arena_array(reading->arena, n, sizeof *attributes);
    for (size_t i = 0; attributes && i < n; i++) {
        attributes[i].name = arena_str(reading->arena, local_name(pairs[2 * i]));
        attributes[i].value = arena_str(reading->arena, str_c(pairs[2 * i + 1]));
        if (!attributes[i].name.p || !attributes[i].value.p) {
            return false;
        }
    }
    element->attributes = attributes;
    element->attributes_n = n;
    return attributes;
}

static void put_child(struct xml_element *parent, struct xml_element *child) {
    if (parent->last) {
        parent->last->sibling = child;
    } else {
        parent->child = child;
    }
    parent->last = child;
}

static void on_start(void *ctx, const XML_Char *name, const XML_Char **pairs) {
    struct reading *reading = ctx;
    if (reading->code) {
        return;
    }
    if (reading->depth == LIMIT_DOC_DEPTH) {
        stop(reading, err_set(reading->err, ERR_LIMIT, "line %u: more than %d levels", line_of(reading),
                              LIMIT_DOC_DEPTH));
        return;
    }
    struct xml_element *element = arena_alloc(reading->arena, sizeof *element);
    if (!element) {
        stop(reading, err_memory(reading->err));
        return;
    }
    *element = (struct xml_element){.line = line_of(reading)};
    element->name = arena_str(reading->arena, local_name(name));
    if (!element->name.p || !take_attributes(reading, element, pairs)) {
        stop(reading, err_memory(reading->err));
        return;
    }
    if (reading->depth) {
        put_child(reading->open[reading->depth - 1], element);
    } else {
        reading->root = element;
    }
    reading->open[reading->depth++] = element;
    buf_clear(&reading->text);
}

static void on_end(void *ctx, const XML_Char *name) {
    struct reading *reading = ctx;
    if (reading->code) {
        return;
    }
    assert(reading->depth);
    struct xml_element *element = reading->open[--reading->depth];
    if (!element->child) {
        element->text = arena_str(reading->arena, str_trim(buf_view(&reading->text)));
        if (!element->text.p || reading->text.failed) {
            stop(reading, err_memory(reading->err));
        }
    }
    buf_clear(&reading->text);
}

static void on_text(void *ctx, const XML_Char *text, int n) {
    struct reading *reading = ctx;
    buf_bytes(&reading->text, text, (size_t)n);
}

static void on_entity(void *ctx, const XML_Char *name, int is_parameter, const XML_Char *value, int n,
                      const XML_Char *base, const XML_Char *system_id, const XML_Char *public_id,
                      const XML_Char *notation) {
    struct reading *reading = ctx;
    if (!reading->code) {
        stop(reading, err_set(reading->err, ERR_UNSUPPORTED,
                              "line %u: entities are declared, which are not expanded", line_of(reading)));
    }
}

static void set_handlers(struct reading *reading) {
    XML_SetUserData(reading->parser, reading);
    XML_SetElementHandler(reading->parser, on_start, on_end);
    XML_SetCharacterDataHandler(reading->parser, on_text);
    XML_SetEntityDeclHandler(reading->parser, on_entity);
    XML_SetParamEntityParsing(reading->parser, XML_PARAM_ENTITY_PARSING_NEVER);
}

static int explain(struct reading *reading) {
    enum XML_Error code = XML_GetErrorCode(reading->parser);
    if (reading->code) {
        return reading->code;
    }
    if (code == XML_ERROR_NO_MEMORY) {
        return err_memory(reading->err);
    }
    return err_set(reading->err, ERR_INPUT, "line %u column %llu: %s", line_of(reading),
                   (unsigned long long)XML_GetCurrentColumnNumber(reading->parser) + 1,
                   XML_ErrorString(code));
}

int xml_parse(struct arena *arena, struct str text, const struct xml_element **out, struct err *err) {
    static const XML_Memory_Handling_Suite memory = {mem_alloc, mem_realloc, mem_free};
    struct reading reading = {.arena = arena, .err = err, .text = buf_new(LIMIT_DOC_BYTES)};
    if (text.n > INT32_MAX) {
        return err_set(err, ERR_LIMIT, "%zu bytes", text.n);
    }
    reading.parser = XML_ParserCreate_MM(NULL, &memory, NULL);
    if (!reading.parser) {
        return err_memory(err);
    }
    set_handlers(&reading);
    bool is_read = XML_Parse(reading.parser, text.n ? text.p : "", (int)text.n, XML_TRUE) == XML_STATUS_OK;
    int code = is_read && !reading.code ? 0 : explain(&reading);
    XML_ParserFree(reading.parser);
    buf_free(&reading.text);
    *out = reading.root;
    return code;
}

static const struct xml_element *find(const struct xml_element *from, struct str name) {
    while (from && !str_eq(from->name, name)) {
        from = from->sibling;
    }
    return from;
}

const struct xml_element *xml_first(const struct xml_element *parent, struct str name) {
    return parent ? find(parent->child, name) : NULL;
}

const struct xml_element *xml_next(const struct xml_element *element) {
    return element ? find(element->sibling, element->name) : NULL;
}

struct str xml_text(const struct xml_element *parent, struct str name) {
    const struct xml_element *child = xml_first(parent, name);
    return child ? child->text : STR_NONE;
}

struct str xml_attribute(const struct xml_element *element, struct str name) {
    for (size_t i = 0; element && i < element->attributes_n; i++) {
        if (str_eq(element->attributes[i].name, name)) {
            return element->attributes[i].value;
        }
    }
    return STR_NONE;
}
