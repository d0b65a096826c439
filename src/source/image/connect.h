/* plimsoll-fetch, started with what the user said of registries. */
#ifndef PLIMSOLL_SOURCE_IMAGE_CONNECT_H
#define PLIMSOLL_SOURCE_IMAGE_CONNECT_H

#include "source/fetch/fetch.h"
#include "source/image/image.h"

int registry_connect(struct fetch **out, const struct image_options *options, struct arena *arena,
                     struct err *err);
/* Sends one request and waits for its end; the last event's strings are in arena. */
int registry_get(struct fetch *fetch, const struct fetch_request *request, struct arena *arena,
                 struct fetch_event *event, struct err *err);

#endif
