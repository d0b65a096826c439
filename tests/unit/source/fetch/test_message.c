#include "source/fetch/message.h"

#include "base/limits.h"
#include "test.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>

static struct cursor payload_of(const struct buf *record, uint32_t kind) {
    struct cursor in = cursor_over(buf_view(record)), payload = {0};
    uint32_t found = 0;
    assert_int_equal(wire_next(&in, &found, &payload), 1);
    assert_int_equal(found, kind);
    assert_int_equal(cursor_left(&in), 0);
    return payload;
}

static const struct str insecure[] = {STR("a:1"), STR("b")};
static const struct fetch_mirror mirrors[] = {{STR("docker.io"), STR("https://m.example")}};

static void options_come_back(void **state) {
    struct fetch_options out, options = FETCH_OPTIONS;
    options.ca_file = STR("/ca.pem");
    options.insecure = insecure;
    options.insecure_count = 2;
    options.mirrors = mirrors;
    options.mirror_count = 1;
    _cleanup_(buf_free) struct buf record = buf_new(LIMIT_FETCH_RECORD);
    message_put_options(&record, &options);
    struct cursor payload = payload_of(&record, FETCH_HELLO);
    _cleanup_(arena_free) struct arena arena = arena_new(MIB);
    assert_int_equal(message_get_options(&payload, &arena, &out, NULL), 0);
    assert_str_equal(out.ca_file, STR("/ca.pem"));
    assert_int_equal(out.insecure_count, 2);
    assert_str_equal(out.insecure[1], STR("b"));
    assert_int_equal(out.mirror_count, 1);
    assert_str_equal(out.mirrors[0].base, STR("https://m.example"));
    assert_int_equal(out.stall_rate, 1024);
    assert_int_equal(out.parallel, 4);
}

static void requests_come_back(void **state) {
    struct fetch_request out, request = {.kind = FETCH_BLOB,
                                         .registry = STR("r.io"),
                                         .repository = STR("a/b"),
                                         .reference = STR("sha256:00"),
                                         .page = STR("n=2"),
                                         .etag = STR("e"),
                                         .cap = 1ull << 40};
    uint32_t id = 0;
    _cleanup_(buf_free) struct buf record = buf_new(LIMIT_FETCH_RECORD);
    message_put_request(&record, 7, &request);
    struct cursor payload = payload_of(&record, FETCH_GET);
    assert_int_equal(message_get_request(&payload, &id, &out, NULL), 0);
    assert_int_equal(id, 7);
    assert_int_equal(out.kind, FETCH_BLOB);
    assert_str_equal(out.repository, STR("a/b"));
    assert_str_equal(out.page, STR("n=2"));
    assert_str_equal(out.etag, STR("e"));
    assert_true(out.cap == 1ull << 40);
}

static void events_come_back(void **state) {
    struct fetch_event out, event = {.id = 9,
                                     .is_done = true,
                                     .code = ERR_DENIED,
                                     .message = STR("no"),
                                     .received = 5,
                                     .total = 6,
                                     .digest = STR("sha256:00"),
                                     .next = STR("last=x"),
                                     .status = 401};
    _cleanup_(buf_free) struct buf record = buf_new(LIMIT_FETCH_RECORD);
    message_put_event(&record, &event);
    struct cursor payload = payload_of(&record, FETCH_EVENT);
    assert_int_equal(message_get_event(&payload, &out, NULL), 0);
    assert_int_equal(out.code, ERR_DENIED);
    assert_str_equal(out.message, STR("no"));
    assert_str_equal(out.next, STR("last=x"));
    assert_true(out.received == 5 && out.total == 6 && out.status == 401 && out.is_done);
}

/* Reads the payload as each of the three. */
static void read_all(struct str bytes, int expected) {
    _cleanup_(arena_free) struct arena arena = arena_new(MIB);
    struct fetch_options options;
    struct fetch_request request;
    struct fetch_event event;
    uint32_t id;
    struct cursor in = cursor_over(bytes);
    assert_int_equal(message_get_options(&in, &arena, &options, NULL), expected);
    in = cursor_over(bytes);
    assert_int_equal(message_get_request(&in, &id, &request, NULL), expected);
    in = cursor_over(bytes);
    assert_int_equal(message_get_event(&in, &event, NULL), expected);
}

static void malformed_records(void **state) {
    struct fetch_options options = FETCH_OPTIONS;
    options.insecure = insecure;
    options.insecure_count = 2;
    options.mirrors = mirrors;
    options.mirror_count = 1;
    _cleanup_(buf_free) struct buf record = buf_new(LIMIT_FETCH_RECORD);
    message_put_options(&record, &options);
    struct str whole = str_from(buf_view(&record), WIRE_HEAD);
    for (size_t n = 0; n < whole.n; n++) {
        read_all(str_sub(whole, 0, n), ERR_INPUT);
    }
    buf_byte(&record, 0);
    read_all(str_from(buf_view(&record), WIRE_HEAD), ERR_INPUT);
    unsigned char ones[80];
    memset(ones, 0xff, sizeof ones);
    read_all(str_n((char *)ones, sizeof ones), ERR_INPUT);
}

static void another_version(void **state) {
    _cleanup_(buf_free) struct buf record = buf_new(LIMIT_FETCH_RECORD);
    wire_str(&record, STR("0.0.0-other"));
    struct cursor in = cursor_over(buf_view(&record));
    _cleanup_(arena_free) struct arena arena = arena_new(MIB);
    struct fetch_options options;
    assert_int_equal(message_get_options(&in, &arena, &options, NULL), ERR_UNSUPPORTED);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(options_come_back), cmocka_unit_test(requests_come_back),
        cmocka_unit_test(events_come_back),  cmocka_unit_test(malformed_records),
        cmocka_unit_test(another_version),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
