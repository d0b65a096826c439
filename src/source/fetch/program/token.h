/* Authorization: the tokens of the Docker registry token specification and its OAuth 2 form, and the header
 * values that worked, kept for each server and repository. */
#ifndef PLIMSOLL_SOURCE_FETCH_PROGRAM_TOKEN_H
#define PLIMSOLL_SOURCE_FETCH_PROGRAM_TOKEN_H

#include "base/hash.h"
#include "source/fetch/program/challenge.h"
#include "source/fetch/program/credentials.h"

/* Kept at a time; the oldest gives way and is asked for anew. */
enum { TOKENS_MAX = 64 };

struct token {
    char key[SHA256_HEX + 1]; /* of origin and repository */
    struct secret header;     /* value of Authorization */
    bool is_of_credentials;   /* not of an anonymous pull */
    uint64_t until;           /* clock_monotonic() */
};

struct tokens {
    struct token items[TOKENS_MAX];
    size_t next;
};

void tokens_free(struct tokens *tokens);
/* NULL when there is none that is still good. */
const struct token *tokens_find(struct tokens *tokens, struct str origin, struct str repository);
void tokens_drop(struct tokens *tokens, struct str origin, struct str repository);
/* Takes header over. */
int tokens_put(struct tokens *tokens, struct str origin, struct str repository, struct secret *header,
               uint64_t seconds, bool is_of_credentials, struct err *err);

/* How to ask the server that the challenge names. form is empty for a GET with `basic` (may be empty too);
 * an identity token is sent by POST. */
struct token_question {
    struct str url;
    struct secret form, basic;
};
void token_question_free(struct token_question *question);
int token_ask(const struct challenge *challenge, const struct credentials *credentials, struct str repository,
              struct arena *arena, struct token_question *out, struct err *err);

/* The answer's token as "Bearer …" and its life in seconds. No message repeats a part of the answer. */
int token_read(struct str answer, struct secret *header, uint64_t *seconds, struct err *err);

#endif
