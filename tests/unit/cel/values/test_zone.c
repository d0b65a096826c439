#include "cel/values/zone.h"

#include "base/file.h"
#include "base/limits.h"
#include "cel/values/tzif.h"
#include "test.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#define FOLDER "/usr/share/zoneinfo"

static const char *const names[] = {
    "Europe/Paris", "America/New_York", "Australia/Sydney",  "Asia/Kathmandu", "America/St_Johns",
    "Pacific/Apia", "Asia/Kolkata",     "Africa/Casablanca", "Europe/Dublin",  "America/Sao_Paulo",
    "Asia/Gaza",    "Antarctica/Troll", "Asia/Tehran",       "America/Nuuk",   "Pacific/Chatham",
    "Etc/GMT+5",    "Africa/Cairo",     "America/Asuncion",  "Asia/Pyongyang", "Europe/London",
};

static void zone_is_there_or_skip(void) {
    if (access(FOLDER "/Europe/Paris", R_OK) < 0) {
        skip();
    }
}

static int32_t fixed(const char *name) {
    struct zone zone;
    assert_int_equal(zones_find(NULL, str_c(name), &zone, NULL), 0);
    return zone_offset(&zone, 0);
}

static void fixed_offsets_are_read(void **state) {
    assert_int_equal(fixed("+05:30"), 19800);
    assert_int_equal(fixed("-08:00"), -28800);
    assert_int_equal(fixed("02:00"), 7200);
    assert_int_equal(fixed("-00:00"), 0);
    assert_int_equal(fixed("-02:30"), -9000);
    assert_int_equal(fixed("UTC"), 0);
    assert_int_equal(fixed(""), 0);
}

static void what_is_no_name_is_refused(void **state) {
    static const char *const wrong[] = {
        "../etc/passwd", "/etc/passwd", "Europe/../Paris", "Europe//Paris", "Europe/",
        "localtime",     "zone.tab",    "+5:30",           "+24:00",        "+05:60",
        "05:3",          "right/UTC",   "Europe/Par is"};
    struct zones *zones = zones_new(NULL);
    assert_non_null(zones);
    for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
        struct zone zone;
        struct err err = ERR_NONE;
        assert_int_equal(zones_find(zones, str_c(wrong[i]), &zone, &err), ERR_INPUT);
    }
    struct zone zone;
    struct err err = ERR_NONE;
    assert_int_equal(zones_find(zones, STR("Europe/Nowhere"), &zone, &err), ERR_ABSENT);
    assert_int_equal(zones_find(zones, STR("Europe"), &zone, &err), ERR_ABSENT);
    assert_int_equal(zones_find(NULL, STR("Europe/Paris"), &zone, &err), ERR_ABSENT);
    zones_free(zones);
}

/* The C library reads the same files independently. */
static void check_instants(const struct zone *zone, const char *name) {
    uint64_t random = 7;
    assert_int_equal(setenv("TZ", name, 1), 0);
    tzset();
    for (int i = 0; i < 4000; i++) {
        random = random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        /* the hours from 1900 to 2125 */
        time_t seconds = (time_t)((random >> 33) % (225 * 366 * 24)) * 3600 - INT64_C(2208988800);
        struct tm tm;
        assert_non_null(localtime_r(&seconds, &tm));
        if (zone_offset(zone, seconds) != tm.tm_gmtoff) {
            fail_msg("%s at %lld: %d, not %ld", name, (long long)seconds, zone_offset(zone, seconds),
                     tm.tm_gmtoff);
        }
    }
}

static void offsets_are_those_of_the_c_library(void **state) {
    zone_is_there_or_skip();
    struct zones *zones = zones_new(FOLDER);
    assert_non_null(zones);
    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        struct zone zone;
        if (zones_find(zones, str_c(names[i]), &zone, NULL) == 0) {
            check_instants(&zone, names[i]);
        }
    }
    unsetenv("TZ");
    zones_free(zones);
}

/* To the second: EU summer time began 2024-03-31T01:00:00Z; with no transitions left, 2060 follows the rule.
 */
static void changes_happen_at_their_second(void **state) {
    zone_is_there_or_skip();
    struct zones *zones = zones_new(NULL);
    struct zone zone;
    assert_non_null(zones);
    assert_int_equal(zones_find(zones, STR("Europe/Paris"), &zone, NULL), 0);
    assert_int_equal(zone_offset(&zone, 1711846799), 3600);
    assert_int_equal(zone_offset(&zone, 1711846800), 7200);
    assert_int_equal(zone_offset(&zone, 2847661199), 3600);
    assert_int_equal(zone_offset(&zone, 2847661200), 7200);
    zones_free(zones);
}

static int32_t by_rule(const char *rule, int64_t seconds) {
    struct tz_footer footer;
    struct err err = ERR_NONE;
    if (tz_footer_parse(str_c(rule), &footer, &err) < 0) {
        fail_msg("%s", err.message);
    }
    return tz_footer_offset(&footer, seconds);
}

/* 2026-01-01T00:00:00Z is 1767225600. */
static void rules_of_posix_are_followed(void **state) {
    const int64_t day = 86400, year = 1767225600;
    assert_int_equal(by_rule("EST5", year), -18000);
    assert_int_equal(by_rule("<+0530>-5:30", year), 19800);
    assert_int_equal(by_rule("ZZZ-1:02:03", year), 3723);
    assert_int_equal(by_rule("AAA0BBB,J60/0,J90/0", year + 59 * day), 3600); /* 1 March, never a leap day */
    assert_int_equal(by_rule("AAA0BBB,J60/0,J90/0", year + 59 * day - 1), 0);
    assert_int_equal(by_rule("AAA0BBB,59/0,89/0", year + 59 * day), 3600); /* counted from 0 */
    assert_int_equal(by_rule("AAA0BBB,59/0,89/0", year + 89 * day - 3600), 0);
    assert_int_equal(by_rule("AAA0BBB-2,M10.1.0/0,M3.1.0/0", year), 7200); /* summer over the new year */
    assert_int_equal(by_rule("ZZZ3EDT4,0/0,J365/23", year), -14400);       /* all year, RFC 8536 */
    assert_int_equal(by_rule("ZZZ3EDT4,0/0,J365/23", year + 200 * day), -14400);
    assert_int_equal(by_rule("<-02>2<-01>,M3.5.0/-1,M10.5.0/0", 1774745999), -7200); /* America/Nuuk, 2026 */
    assert_int_equal(by_rule("<-02>2<-01>,M3.5.0/-1,M10.5.0/0", 1774746000), -3600);
}

static void wrong_rules_are_refused(void **state) {
    static const char *const wrong[] = {"E5",
                                        "EST",
                                        "EST5EDT",
                                        "EST5EDT,M3.2.0",
                                        "EST25",
                                        "EST5EDT,M13.1.0,M11.1.0",
                                        "EST5EDT,M3.6.0,M11.1.0",
                                        "EST5EDT,J0,J5",
                                        "EST5EDT,366,5",
                                        "EST5EDT,M3.2.0/168,M11.1.0",
                                        "<EST5",
                                        "EST5:60",
                                        "EST5 ",
                                        "EST5EDT,M3.2.0,M11.1.0x"};
    for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
        struct tz_footer footer;
        assert_int_equal(tz_footer_parse(str_c(wrong[i]), &footer, NULL), ERR_INPUT);
    }
}

static struct str sample(struct buf *bytes) {
    zone_is_there_or_skip();
    assert_int_equal(file_read(FOLDER "/Europe/Paris", bytes, NULL), 0);
    return buf_view(bytes);
}

static void a_file_cut_anywhere_is_refused(void **state) {
    _cleanup_(buf_free) struct buf bytes = buf_new(MIB);
    struct str whole = sample(&bytes);
    for (size_t n = 0; n < whole.n; n++) {
        _cleanup_(arena_free) struct arena arena = arena_new(MIB);
        struct zone zone;
        struct err err = ERR_NONE;
        assert_int_equal(zone_read_tzif(str_sub(whole, 0, n), &arena, &zone, &err), ERR_INPUT);
    }
}

static void every_allocation_may_fail(void **state) {
    zone_is_there_or_skip();
    WITH_EACH_ALLOCATION_FAILED({
        struct zone zone;
        _cleanup_(zones_freep) struct zones *zones = zones_new(NULL);
        int status = zones ? zones_find(zones, STR("Europe/Paris"), &zone, NULL) : ERR_MEMORY;
        assert_true(status == 0 || status == ERR_MEMORY);
    });
}

static void *ask_for_all(void *arg) {
    for (size_t i = 0; i < 50 * ARRAY_SIZE(names); i++) {
        struct zone zone;
        if (zones_find(arg, str_c(names[i % ARRAY_SIZE(names)]), &zone, NULL) == 0 &&
            abs(zone_offset(&zone, (int64_t)i * 1000000)) > 86400) {
            return arg;
        }
    }
    return NULL;
}

static void threads_may_ask_at_once(void **state) {
    struct zones *zones = zones_new(NULL);
    pthread_t threads[4];
    assert_non_null(zones);
    for (size_t i = 0; i < ARRAY_SIZE(threads); i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, ask_for_all, zones), 0);
    }
    for (size_t i = 0; i < ARRAY_SIZE(threads); i++) {
        void *wrong;
        assert_int_equal(pthread_join(threads[i], &wrong), 0);
        assert_null(wrong);
    }
    zones_free(zones);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fixed_offsets_are_read),
        cmocka_unit_test(what_is_no_name_is_refused),
        cmocka_unit_test(offsets_are_those_of_the_c_library),
        cmocka_unit_test(changes_happen_at_their_second),
        cmocka_unit_test(rules_of_posix_are_followed),
        cmocka_unit_test(wrong_rules_are_refused),
        cmocka_unit_test(a_file_cut_anywhere_is_refused),
        cmocka_unit_test(every_allocation_may_fail),
        cmocka_unit_test(threads_may_ask_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
