/* Who we are at a registry, by Docker's configuration (config.json): credHelpers, credsStore, auths.
 *
 * The helper of a registry comes first, then the store, then the file itself, as in the Docker client. */
#ifndef PLIMSOLL_SOURCE_FETCH_PROGRAM_CREDENTIALS_H
#define PLIMSOLL_SOURCE_FETCH_PROGRAM_CREDENTIALS_H

#include "base/arena.h"
#include "source/fetch/program/secret.h"

struct credentials {
    struct secret username, password;
    struct secret identity_token; /* exchanged for an access token at the token server (OAuth 2 refresh) */
    struct secret registry_token; /* sent as it is */
};

void credentials_free(struct credentials *credentials);
bool credentials_exist(const struct credentials *credentials);

/* folder: where config.json is; empty: $DOCKER_CONFIG, then $HOME/.docker. registry: as in a reference
 * ("docker.io", "host:port"). 0 also when nothing is configured; ERR_INPUT for a file that can't be read as
 * one, ERR_IO for a helper that fails. No message repeats a value of the file. */
int credentials_find(struct str folder, struct str registry, struct credentials *out, struct err *err);

#endif
