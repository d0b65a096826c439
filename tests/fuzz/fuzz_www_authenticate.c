/* One WWW-Authenticate line in; its challenges are within bounds, and so is the question for a token. */
#include "base/limits.h"
#include "fuzz.h"
#include "source/fetch/program/token.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    _cleanup_(arena_free) struct arena arena = arena_new(16 * MIB);
    struct challenges all = {0};
    struct err err = ERR_NONE;
    int r = challenge_parse(str_n((const char *)data, size), &arena, &all, &err);
    assert(r == 0 || (err.code == r && err.message[0]));
    assert(all.n <= CHALLENGES_MAX);
    const struct challenge *bearer = challenge_of(&all, STR("Bearer"));
    if (bearer) {
        _cleanup_(credentials_free) struct credentials nobody = {0};
        _cleanup_(token_question_free) struct token_question question = {0};
        (void)token_ask(bearer, &nobody, STR("shop/web"), &arena, &question, &err);
    }
    return 0;
}
