/* plimsoll-fetch: the one program with the network and the credentials. It is started by plimsoll with a
 * socket at descriptor 3 and leaves when that closes. See source/fetch/fetch.h. */
#include "source/fetch/message.h"
#include "source/fetch/program/serve.h"

#include <curl/curl.h>
#include <signal.h>
#include <sys/prctl.h>

#if defined(__has_feature)
#define HAS_FEATURE(x) __has_feature(x)
#else
#define HAS_FEATURE(x) 0
#endif

/* LeakSanitizer attaches to its own process, which one that is not dumpable forbids. */
#if defined(__SANITIZE_ADDRESS__) || HAS_FEATURE(address_sanitizer)
enum { IS_DUMPABLE = 1 };
#else
enum { IS_DUMPABLE = 0 };
#endif

/* No more privileges, no core file with a password in it, no descriptor that it was not given. */
static int drop(struct err *err) {
    signal(SIGPIPE, SIG_IGN);
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 || prctl(PR_SET_DUMPABLE, IS_DUMPABLE, 0, 0, 0) < 0) {
        return err_set_errno(err, ERR_IO, "plimsoll-fetch: prctl");
    }
    if (close_range(PROGRAM_SOCKET + 1, ~0u, 0) < 0) {
        return err_set_errno(err, ERR_IO, "plimsoll-fetch: close_range");
    }
    return 0;
}

int main(void) {
    struct err err = ERR_NONE;
    int r = drop(&err);
    if (r == 0 && curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        r = err_set(&err, ERR_MEMORY, "plimsoll-fetch: libcurl does not start");
    }
    if (r == 0) {
        r = serve(PROGRAM_SOCKET, &err);
        curl_global_cleanup();
    }
    if (r < 0) {
        fprintf(stderr, "%s\n", err.message);
    }
    return r < 0 ? 1 : 0;
}
