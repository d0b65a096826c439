/* The map that an expression makes: entries in the order they were put, and an index by hash when it is
 * large. */
#ifndef PLIMSOLL_CEL_MAP_H
#define PLIMSOLL_CEL_MAP_H

#include "cel/value.h"

struct cel_map_entry {
    struct cel_value key, value;
};

struct cel_map {
    struct cel_map_entry *p;
    size_t n, cap;
    uint32_t *index; /* numbers of entries, plus 1, by hash; NULL while the map is small */
    size_t index_size;
};

#endif
