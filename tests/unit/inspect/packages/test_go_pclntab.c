#include "inspect/packages/go_pclntab.h"

#include "test.h"

/* Names as `go tool nm` prints them; packages by the rules of debug/gosym and cmd/internal/objabi. */
static const struct {
    const char *function, *package;
} cases[] = {
    {"main.main", "main"},
    {"net/http.(*Server).Serve.func1", "net/http"},
    {"github.com/gorilla/mux.NewRouter", "github.com/gorilla/mux"},
    {"gopkg.in/yaml%2ev3.(*Decoder).Decode", "gopkg.in/yaml.v3"},
    {"slices.pdqsortCmpFunc[go.shape.string]", "slices"},
    {"slices.SortFunc[go.shape.[]example.com/a/b.T,go.shape.*uint8]", "slices"},
    {"sync/atomic.(*Pointer[...]).Load", "sync/atomic"},
    {"vendor/golang.org/x/net/http/httpguts.HeaderValuesContainsToken",
     "vendor/golang.org/x/net/http/httpguts"},
    {"go.uber.org/zap.New", "go.uber.org/zap"},
    {"go/ast.Walk", "go/ast"},
    {"main.glob..func1", "main"},
    {"type:.eq.[2]string", ""},
    {"type:.eq.github.com/a/b.T", ""},
    {"type..eq.github.com/a/b.T", ""},
    {"type..hash.[2]interface {}", ""},
    {"go.(*struct { sync.Mutex; example.com/a.B }).Lock", ""},
    {"go:buildid", ""},
    {"go.buildid", ""},
    {"_rt0_amd64_linux", ""},
    {"", ""},
    {"/.", ""},
    {"a%2", ""},
    {"a%2.b", "a%2"},
};

static void packages_are_told_from_functions(void **state) {
    _cleanup_(arena_free) struct arena arena = arena_new(1 << 20);
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct str escaped = go_package_of_function(str_c(cases[i].function));
        assert_str_equal(go_package_unescape(&arena, escaped), str_c(cases[i].package));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(packages_are_told_from_functions)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
