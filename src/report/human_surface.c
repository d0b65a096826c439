/* The attack surface and what takes room for nothing: one line, and with --all what it is made of. */
#include "doc/doc.h"
#include "report/human.h"

enum { GAP = 3, WORTH = 1000000 /* bytes; less is not worth a word */ };

static const struct {
    const char *one, *many;
} categories[] = {
    {"shell", "shells"},           {"package manager", "package managers"}, {"compiler", "compilers"},
    {"build tool", "build tools"}, {"interpreter", "interpreters"},         {"network tool", "network tools"},
    {"debugger", "debuggers"}};

static int64_t number_of(const struct doc *d, const char *key) {
    int64_t n;
    return doc_int(doc_get(d, str_c(key)), &n) ? n : 0;
}

static struct str append(struct view *view, struct str list, struct str word) {
    if (!list.n || !word.n) {
        return list.n ? list : word;
    }
    return view_format(view, "%.*s, %.*s", STR_ARG(list), STR_ARG(word));
}

/* "gcc 210 MB"; without a size where it is small. */
static struct str format_tool(struct view *view, const struct doc *tool) {
    struct str name = doc_text(tool, "name");
    int64_t bytes = number_of(tool, "bytes");
    return bytes < WORTH ? name
                         : view_format(view, "%.*s %.*s", STR_ARG(name), STR_ARG(human_size(view, bytes)));
}

/* One tool by its name, more by their number and the first, which is the largest. */
static struct str format_category(struct view *view, const struct doc *tools, size_t category) {
    const struct doc *first = NULL;
    size_t n = 0;
    for (size_t i = 0; i < doc_count(tools); i++) {
        const struct doc *tool = doc_at(tools, i);
        if (str_eq(doc_text(tool, "category"), str_c(categories[category].one))) {
            first = first ? first : tool;
            n++;
        }
    }
    if (n <= 1) {
        return first ? format_tool(view, first) : STR_NONE;
    }
    return view_format(view, "%zu %s", n, categories[category].many);
}

static struct str format_tools(struct view *view) {
    const struct doc *tools = doc_get(view->target.files, STR("tools"));
    struct str list = STR_NONE;
    for (size_t i = 0; i < ARRAY_SIZE(categories); i++) {
        list = append(view, list, format_category(view, tools, i));
    }
    return list.n ? view_format(view, "Attack surface: %.*s", STR_ARG(list)) : STR_NONE;
}

static struct str format_room(struct view *view) {
    const struct doc *files = view->target.files, *caches = doc_get(files, STR("caches"));
    int64_t seen = 0, wasted = number_of(doc_get(files, STR("wasted")), "bytes");
    for (size_t i = 0; i < doc_count(caches); i++) {
        const struct doc *cache = doc_at(caches, i);
        seen += number_of(cache, "removedIn") ? 0 : number_of(cache, "bytes");
    }
    struct str list = STR_NONE;
    if (seen >= WORTH) {
        list = view_format(view, "caches of package managers %.*s", STR_ARG(human_size(view, seen)));
    }
    if (wasted >= WORTH) {
        list = append(view, list,
                      view_format(view, "hidden by later layers %.*s", STR_ARG(human_size(view, wasted))));
    }
    return list.n ? view_format(view, "Not needed: %.*s", STR_ARG(list)) : STR_NONE;
}

static struct str format_layer(struct view *view, const struct doc *d) {
    int64_t layer = number_of(d, "layer");
    return layer ? view_format(view, "layer %lld", (long long)layer) : STR_NONE;
}

static void put_tools(struct text *t, struct view *view) {
    const struct doc *tools = doc_get(view->target.files, STR("tools"));
    for (size_t i = 0; i < doc_count(tools); i++) {
        const struct doc *tool = doc_at(tools, i);
        text_c(t, TEXT_PLAIN, "  ");
        text_put(t, TEXT_DIM, doc_text(tool, "category"), 0);
        text_pad(t, 20);
        text_put(t, TEXT_PLAIN, format_tool(view, tool), 0);
        text_pad(t, MAX(40u, t->column + GAP));
        text_put(t, TEXT_PLAIN, doc_text(tool, "path"), 0);
        text_part(t, TEXT_DIM, doc_text(tool, "package"), 4);
        text_part(t, TEXT_DIM, format_layer(view, tool), 4);
        text_line(t);
    }
}

static void put_caches(struct text *t, struct view *view) {
    const struct doc *caches = doc_get(view->target.files, STR("caches"));
    for (size_t i = 0; i < doc_count(caches); i++) {
        const struct doc *cache = doc_at(caches, i);
        text_c(t, TEXT_PLAIN, "  ");
        text_put(t, TEXT_DIM, STR("cache"), 0);
        text_pad(t, 20);
        text_put(t, TEXT_PLAIN, format_tool(view, cache), 0);
        text_pad(t, MAX(40u, t->column + GAP));
        text_put(t, TEXT_PLAIN, doc_text(cache, "path"), 0);
        text_part(t, TEXT_DIM, format_layer(view, cache), 4);
        int64_t removed = number_of(cache, "removedIn");
        text_part(t, TEXT_DIM,
                  removed ? view_format(view, "hidden by layer %lld", (long long)removed) : STR_NONE, 4);
        text_line(t);
    }
}

void human_surface(struct text *t, struct view *view) {
    struct str tools = format_tools(view), room = format_room(view);
    if (!tools.n && !room.n) {
        return;
    }
    text_line(t);
    if (tools.n) {
        text_fold(t, TEXT_PLAIN, tools, 0);
    }
    if (room.n) {
        text_fold(t, TEXT_PLAIN, room, 0);
    }
    if (view->options.all) {
        put_tools(t, view);
        put_caches(t, view);
    }
}
