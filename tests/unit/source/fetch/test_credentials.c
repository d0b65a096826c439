#include "source/fetch/program/credentials.h"

#include "base/file.h"
#include "base/limits.h"
#include "test.h"

#include <fcntl.h>
#include <sys/stat.h>

/* A folder with a config.json and a bin/ that is searched first. */
struct home {
    char folder[64], config[LIMIT_PATH], bin[LIMIT_PATH];
};

static void write_file(const char *path, struct str text, mode_t mode) {
    _cleanup_(closep) int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, mode);
    assert_true(fd >= 0);
    assert_int_equal(file_write_fd(fd, text, NULL), 0);
}

static void join(char out[LIMIT_PATH], const char *folder, const char *name) {
    int n = snprintf(out, LIMIT_PATH, "%s/%s", folder, name);
    assert_true(n > 0 && n < LIMIT_PATH);
}

static int make_home(void **state) {
    static struct home made;
    struct home *home = &made;
    snprintf(home->folder, sizeof home->folder, "/tmp/plimsoll-credentials-XXXXXX");
    assert_non_null(mkdtemp(home->folder));
    join(home->config, home->folder, "config.json");
    join(home->bin, home->folder, "docker-credential-fake");
    setenv("PATH", home->folder, 1);
    *state = home;
    return 0;
}

static int remove_home(void **state) {
    struct home *home = *state;
    unlink(home->config);
    unlink(home->bin);
    rmdir(home->folder);
    return 0;
}

static int find(const struct home *home, struct str config, struct str registry, struct credentials *out,
                struct err *err) {
    write_file(home->config, config, 0600);
    return credentials_find(str_c(home->folder), registry, out, err);
}

/* RFC 7617 section 2 has the pair and its base64. */
#define ALADDIN "{\"auth\": \"QWxhZGRpbjpvcGVuIHNlc2FtZQ==\"}"

static void pairs_of_the_file(void **state) {
    static const struct {
        struct str config, registry;
        bool is_found;
    } cases[] = {
        {STR("{\"auths\": {\"r.io\": " ALADDIN "}}"), STR("r.io"), true},
        {STR("{\"auths\": {\"https://r.io/v1/\": " ALADDIN "}}"), STR("r.io"), true},
        {STR("{\"auths\": {\"http://r.io:5000\": " ALADDIN "}}"), STR("r.io:5000"), true},
        {STR("{\"auths\": {\"r.io:5000\": " ALADDIN "}}"), STR("r.io"), false},
        {STR("{\"auths\": {\"r.io.evil\": " ALADDIN "}}"), STR("r.io"), false},
        {STR("{\"auths\": {\"https://index.docker.io/v1/\": " ALADDIN "}}"), STR("docker.io"), true},
        {STR("{\"auths\": {\"docker.io\": " ALADDIN "}}"), STR("docker.io"), true},
        {STR("{\"auths\": {\"r.io\": {\"username\": \"Aladdin\", \"password\": \"open sesame\"}}}"),
         STR("r.io"), true},
        {STR("{\"auths\": {\"r.io\": {}}}"), STR("r.io"), false},
        {STR("{\"auths\": []}"), STR("r.io"), false},
        {STR("{}"), STR("r.io"), false},
    };
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        _cleanup_(credentials_free) struct credentials found = {0};
        struct err err = ERR_NONE;
        if (find(*state, cases[i].config, cases[i].registry, &found, &err) < 0) {
            fail_msg("%s", err.message);
        }
        assert_int_equal(credentials_exist(&found), cases[i].is_found);
        if (cases[i].is_found) {
            assert_str_equal(secret_view(&found.username), STR("Aladdin"));
            assert_str_equal(secret_view(&found.password), STR("open sesame"));
        }
    }
}

static void tokens_of_the_file(void **state) {
    _cleanup_(credentials_free) struct credentials found = {0};
    struct str config =
        STR("{\"auths\": {\"r.io\": {\"identitytoken\": \"abc\", \"registrytoken\": \"d\\u0065f\"}}}");
    assert_int_equal(find(*state, config, STR("r.io"), &found, NULL), 0);
    assert_str_equal(secret_view(&found.identity_token), STR("abc"));
    assert_str_equal(secret_view(&found.registry_token), STR("def"));
}

static void no_file_is_no_error(void **state) {
    _cleanup_(credentials_free) struct credentials found = {0};
    struct err err = ERR_NONE;
    assert_int_equal(credentials_find(STR("/nonexistent"), STR("r.io"), &found, &err), 0);
    assert_int_equal(err.code, 0);
    assert_false(credentials_exist(&found));
}

static void messages_keep_secrets(void **state) {
    static const struct str configs[] = {
        STR("{\"auths\": {\"r.io\": {\"auth\": \"hunter2!\"}}}"),
        STR("{\"auths\": {\"r.io\": {\"auth\": \"aHVudGVyMg==\"}}}"),
        STR("{\"auths\": {\"r.io\": {\"auth\": \"hunter2"),
        STR("{\"credHelpers\": {\"r.io\": \"hunter2/x\"}, \"auths\": {}}"),
    };
    for (size_t i = 0; i < ARRAY_SIZE(configs); i++) {
        _cleanup_(credentials_free) struct credentials found = {0};
        struct err err = ERR_NONE;
        assert_int_equal(find(*state, configs[i], STR("r.io"), &found, &err), ERR_INPUT);
        assert_non_null(strstr(err.message, "config.json"));
        assert_true(i == 3 || !strstr(err.message, "hunter2"));
        assert_false(credentials_exist(&found));
    }
}

#define STORE STR("{\"credsStore\": \"fake\", \"auths\": {\"r.io\": " ALADDIN "}}")

static void a_helper_comes_first(void **state) {
    struct home *home = *state;
    write_file(home->bin,
               STR("#!/bin/sh\nread -r server\n[ \"$1 $server\" = 'get r.io' ] || exit 9\n"
                   "echo '{\"ServerURL\":\"r.io\",\"Username\":\"u\",\"Secret\":\"p\"}'\n"),
               0700);
    _cleanup_(credentials_free) struct credentials found = {0};
    assert_int_equal(find(home, STORE, STR("r.io"), &found, NULL), 0);
    assert_str_equal(secret_view(&found.username), STR("u"));
    assert_str_equal(secret_view(&found.password), STR("p"));
    credentials_free(&found);
    struct err err = ERR_NONE;
    assert_int_equal(find(home, STORE, STR("other.io"), &found, &err), ERR_IO);
    assert_non_null(strstr(err.message, "docker-credential-fake: failed with status 9"));
}

static void a_helper_of_one_registry(void **state) {
    struct home *home = *state;
    write_file(home->bin, STR("#!/bin/sh\necho '{\"Username\":\"<token>\",\"Secret\":\"idt\"}'\n"), 0700);
    struct str config = STR("{\"credHelpers\": {\"r.io\": \"fake\"}, \"credsStore\": \"gone\"}");
    _cleanup_(credentials_free) struct credentials found = {0};
    assert_int_equal(find(home, config, STR("r.io"), &found, NULL), 0);
    assert_str_equal(secret_view(&found.identity_token), STR("idt"));
    assert_int_equal(found.username.n, 0);
    credentials_free(&found);
    assert_int_equal(find(home, config, STR("other.io"), &found, NULL), ERR_ABSENT);
}

static void a_helper_without_an_entry(void **state) {
    struct home *home = *state;
    write_file(home->bin, STR("#!/bin/sh\necho 'credentials not found in native keychain'\nexit 1\n"), 0700);
    _cleanup_(credentials_free) struct credentials found = {0};
    assert_int_equal(find(home, STORE, STR("r.io"), &found, NULL), 0);
    assert_str_equal(secret_view(&found.username), STR("Aladdin"));
}

static void a_helper_that_talks_too_much(void **state) {
    struct home *home = *state;
    write_file(home->bin, STR("#!/bin/sh\nwhile :; do echo 0123456789012345678901234567890123456789; done\n"),
               0700);
    _cleanup_(credentials_free) struct credentials found = {0};
    assert_int_equal(find(home, STORE, STR("r.io"), &found, NULL), ERR_LIMIT);
    write_file(home->bin, STR("#!/bin/sh\necho 'hunter2'\n"), 0700);
    struct err err = ERR_NONE;
    assert_int_equal(find(home, STORE, STR("r.io"), &found, &err), ERR_INPUT);
    assert_null(strstr(err.message, "hunter2"));
}

static void without_memory(void **state) {
    struct home *home = *state;
    write_file(home->bin, STR("#!/bin/sh\necho '{\"Username\":\"u\",\"Secret\":\"p\"}'\n"), 0700);
    static const struct str configs[] = {STORE, STR("{\"auths\": {\"r.io\": " ALADDIN "}}")};
    for (size_t i = 0; i < ARRAY_SIZE(configs); i++) {
        WITH_EACH_ALLOCATION_FAILED({
            _cleanup_(credentials_free) struct credentials found = {0};
            int code = find(home, configs[i], STR("r.io"), &found, NULL);
            assert_true(code == ERR_MEMORY || (code == 0 && credentials_exist(&found)));
        });
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pairs_of_the_file),
        cmocka_unit_test(tokens_of_the_file),
        cmocka_unit_test(no_file_is_no_error),
        cmocka_unit_test(messages_keep_secrets),
        cmocka_unit_test(a_helper_comes_first),
        cmocka_unit_test(a_helper_of_one_registry),
        cmocka_unit_test(a_helper_without_an_entry),
        cmocka_unit_test(a_helper_that_talks_too_much),
        cmocka_unit_test(without_memory),
    };
    return cmocka_run_group_tests(tests, make_home, remove_home);
}
