/* Kubernetes' format library (k8s.io/apiserver, pkg/cel/library, Format): named formats of texts. */
#include "cel/library/libraries.h"

#include "cel/values/format.h"

static bool equal(const void *a, const void *b) {
    return a == b; /* static rows */
}

static const struct cel_opaque_kind kind = {{"kubernetes.NamedFormat", 22}, equal};

static struct cel_value named(struct cel_call *call, const struct cel_value *args, size_t n) {
    const struct named_format *format = format_find(cel_str(&args[0]));
    if (!format) {
        return cel_optional_none();
    }
    struct cel_value v = cel_opaque_result(call, &kind, format);
    return cel_is_fault(&v) ? v : cel_optional_result(call, v);
}

/* None when the text is valid, else an optional list of what is wrong. */
static struct cel_value validate(struct cel_call *call, const struct cel_value *args, size_t n) {
    const struct named_format *format = cel_opaque_of(&args[0], &kind);
    struct format_faults faults = {.n = 0};
    struct err err = ERR_NONE;
    if (!cel_spend(call, args[1].n)) {
        return cel_over_budget(call);
    }
    if (format->validate(cel_str(&args[1]), call->arena, &faults, &err) < 0) {
        return cel_error_from(call, &err);
    }
    if (!faults.n) {
        return cel_optional_none();
    }
    struct cel_value *items = arena_array(call->arena, faults.n, sizeof *items);
    if (!items) {
        return cel_no_memory(call);
    }
    for (size_t i = 0; i < faults.n; i++) {
        items[i] = cel_string(faults.messages[i]);
    }
    return cel_optional_result(call, cel_list(items, faults.n));
}

#define FORMAT(fn, name)                                                                                     \
    static struct cel_value fn(struct cel_call *call, const struct cel_value *args, size_t n) {              \
        return cel_opaque_result(call, &kind, format_find(STR(name)));                                       \
    }
FORMAT(byte, "byte")
FORMAT(date, "date")
FORMAT(datetime, "datetime")
FORMAT(dns1035_label, "dns1035Label")
FORMAT(dns1035_label_prefix, "dns1035LabelPrefix")
FORMAT(dns1123_label, "dns1123Label")
FORMAT(dns1123_label_prefix, "dns1123LabelPrefix")
FORMAT(dns1123_subdomain, "dns1123Subdomain")
FORMAT(dns1123_subdomain_prefix, "dns1123SubdomainPrefix")
FORMAT(label_value, "labelValue")
FORMAT(qualified_name, "qualifiedName")
FORMAT(uri, "uri")
FORMAT(uuid, "uuid")

#define NAMED_FORMAT "kubernetes.NamedFormat"
#define CONSTANT     "() " NAMED_FORMAT

static const struct cel_function functions[] = {
    {"format.named", "(string) optional_type(" NAMED_FORMAT ")", named},
    {"validate", NAMED_FORMAT ".(string) optional_type(list(string))", validate},
    {"format.byte", CONSTANT, byte},
    {"format.date", CONSTANT, date},
    {"format.datetime", CONSTANT, datetime},
    {"format.dns1035Label", CONSTANT, dns1035_label},
    {"format.dns1035LabelPrefix", CONSTANT, dns1035_label_prefix},
    {"format.dns1123Label", CONSTANT, dns1123_label},
    {"format.dns1123LabelPrefix", CONSTANT, dns1123_label_prefix},
    {"format.dns1123Subdomain", CONSTANT, dns1123_subdomain},
    {"format.dns1123SubdomainPrefix", CONSTANT, dns1123_subdomain_prefix},
    {"format.labelValue", CONSTANT, label_value},
    {"format.qualifiedName", CONSTANT, qualified_name},
    {"format.uri", CONSTANT, uri},
    {"format.uuid", CONSTANT, uuid},
};

static const struct cel_opaque_kind *const kinds[] = {&kind};
const struct cel_library cel_library_named_format = {"named formats", functions, ARRAY_SIZE(functions), kinds,
                                                     ARRAY_SIZE(kinds)};
