/* The short syntax of compose, brought to the long one. Each function gives NULL when it has no memory; text
 * that is not in the short form gives the value as it was. */
#ifndef PLIMSOLL_INFRA_COMPOSE_SHORT_H
#define PLIMSOLL_INFRA_COMPOSE_SHORT_H

#include "base/arena.h"
#include "doc/doc.h"

/* A map under construction. */
struct map_maker {
    struct arena *arena;
    struct doc_place at;
    VEC(struct doc_member) members;
    bool failed;
};

void map_maker_put(struct map_maker *m, struct str key, struct doc_place at, const struct doc *value);
/* As map_maker_put(), at the place of the map; nothing when s is empty. */
void map_maker_str(struct map_maker *m, struct str key, struct str s);
void map_maker_bool(struct map_maker *m, struct str key, bool b);
void map_maker_int(struct map_maker *m, struct str key, int64_t i);
/* NULL when something had no memory. */
const struct doc *map_maker_done(struct map_maker *m);

struct list_maker {
    struct arena *arena;
    VEC(const struct doc *) items;
    bool failed;
};

void list_maker_put(struct list_maker *l, const struct doc *item);
const struct doc *list_maker_done(struct list_maker *l, struct doc_place at);

/* "[HOST:][PUBLISHED:]TARGET[/PROTOCOL]", where both may be ranges: one map for each port is put into out,
 * the value itself when it is no such text. */
void compose_put_ports(struct list_maker *out, const struct doc *d);
/* "[SOURCE:]TARGET[:OPTIONS]" */
const struct doc *compose_volume(struct arena *arena, const struct doc *d);
/* "SOURCE[:TARGET[:PERMISSIONS]]" */
const struct doc *compose_device(struct arena *arena, const struct doc *d);
/* A command line as a list of words, by the quotes of a shell. */
const struct doc *compose_words(struct arena *arena, const struct doc *d);

#endif
