/* What every fuzz target exports; libFuzzer calls it, or replay.c with the files of the corpus. */
#ifndef PLIMSOLL_TESTS_FUZZ_FUZZ_H
#define PLIMSOLL_TESTS_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
