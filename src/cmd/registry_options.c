#include "cmd/registry_options.h"

#include "base/file.h"

struct image_options registry_options(const struct arguments *arguments, const char *cache) {
    const struct option_values *insecure = arguments_all(arguments, "insecure-registry");
    const struct option_values *mirrors = arguments_all(arguments, "mirror");
    return (struct image_options){.cache = cache,
                                  .ca_file = str_c(arguments_get(arguments, "ca-file")),
                                  .insecure = insecure->p,
                                  .insecure_n = insecure->n,
                                  .mirrors = mirrors->p,
                                  .mirrors_n = mirrors->n};
}

const char *cache_folder(struct arena *arena) {
    const char *cache = file_cache_dir(arena);
    return cache && file_make_dirs(cache, NULL) == 0 ? cache : NULL;
}
