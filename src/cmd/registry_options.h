/* The options by which registries are spoken to, of each command that has them. */
#ifndef PLIMSOLL_CMD_REGISTRY_OPTIONS_H
#define PLIMSOLL_CMD_REGISTRY_OPTIONS_H

#include "cmd/command.h"
#include "source/image/image.h"

/* Rows for a command's table of options. */
#define REGISTRY_OPTIONS(group)                                                                              \
    {"ca-file", 0,     "FILE", group, "trust a registry's certificate when one in this PEM file signed it",  \
     NULL,      false, true},                                                                                \
        {"insecure-registry",                                                                                \
         0,                                                                                                  \
         "HOST",                                                                                             \
         group,                                                                                              \
         "a registry that may use plain HTTP or any certificate",                                            \
         NULL,                                                                                               \
         true,                                                                                               \
         true},                                                                                              \
    {                                                                                                        \
        "mirror", 0, "HOST=URL", group, "look at URL first for what HOST has", NULL, true, true              \
    }

/* cache: the folder for what is kept; NULL: none. */
struct image_options registry_options(const struct arguments *arguments, const char *cache);
/* The user's cache folder, made when it is not there; NULL when that can't be. */
const char *cache_folder(struct arena *arena);

#endif
