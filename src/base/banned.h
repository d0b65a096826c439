/* Calls that do not compile: each has a bounded or re-entrant counterpart.
 *
 * The C headers that declare them come first, so that only later uses are poisoned. */
#ifndef PLIMSOLL_BASE_BANNED_H
#define PLIMSOLL_BASE_BANNED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#undef strcpy
#undef strcat
#undef strncpy
#undef strncat
#undef sprintf
#undef vsprintf
#undef alloca

#pragma GCC poison strcpy strcat strncpy strncat stpcpy sprintf vsprintf strtok
#pragma GCC poison gmtime localtime ctime asctime atoi atol atoll alloca system popen
#pragma GCC poison gets mktemp tmpnam tempnam

#endif
