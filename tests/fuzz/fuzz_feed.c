/* Any bytes as each of the feeds, by the first byte. What is handed on can be read again. */
#include "base/limits.h"
#include "fuzz.h"
#include "vuln/feed.h"

static int take(void *context, enum feed_record kind, struct str payload, struct err *err) {
    struct feed_problem problem;
    struct feed_date date;
    struct feed_exploited exploited;
    struct feed_score score;
    struct feed_change change;
    bool is_read = (kind == FEED_ADVISORY) ||
                   (kind == FEED_PROBLEM && feed_read_problem(payload, &problem)) ||
                   (kind == FEED_DATE && feed_read_date(payload, &date)) ||
                   (kind == FEED_EXPLOITED && feed_read_exploited(payload, &exploited)) ||
                   (kind == FEED_SCORE && feed_read_score(payload, &score)) ||
                   (kind == FEED_CHANGE && feed_read_change(payload, &change));
    if (!is_read || (kind == FEED_CHANGE && str_find_byte(change.id, '/') >= 0)) {
        abort();
    }
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct err err = ERR_NONE;
    if (size) {
        enum feed feed = (enum feed)(data[0] % FEEDS);
        (void)parse_feed(feed, true, str_n((const char *)data + 1, size - 1), take, NULL, &err);
    }
    return 0;
}
