#include "cel/values/ip.h"

#include "test.h"

/* What Go's net/netip says of each, with Kubernetes' refusal of zones and IPv4-mapped addresses. */
static const struct {
    const char *text, *canonical; /* NULL when it is none */
} texts[] = {
    {"1.2.3.4", "1.2.3.4"},
    {"01.2.3.4", NULL},
    {"1.2.3", NULL},
    {"1.2.3.4.5", NULL},
    {"256.1.1.1", NULL},
    {"1..2.3", NULL},
    {"1.2.3.", NULL},
    {"::", "::"},
    {"::1", "::1"},
    {"1::", "1::"},
    {"2001:DB8::68", "2001:db8::68"},
    {"2001:db8:::68", NULL},
    {"1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"},
    {"1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"},
    {"::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"},
    {"1:2:3:4::5:6:7:8", NULL},
    {"1::2::3", NULL},
    {"12345::", NULL},
    {"fe80::1%en0", NULL},
    {"::ffff:1.2.3.4", NULL},
    {"::1.2.3.4", "::102:304"},
    {"1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:102:304"},
    {"1:2:3:4:5:1.2.3.4", NULL},
    {"1::1.2.3.4", "1::102:304"},
    {":1", NULL},
    {"1:", NULL},
    {"1:2:3:4:5:6:7", NULL},
    {"::g", NULL},
    {"", NULL},
    {"1.2.3.4:5", NULL},
    {"2001:0db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"},
    {"0:0:0:1:0:0:0:0", "0:0:0:1::"},
    {"1:0:0:2:0:0:0:3", "1:0:0:2::3"},
    {"::1.2.3", NULL},
    {"1:2:3:4:5:6:7:1.2.3.4", NULL},
    {"64:ff9b::1.2.3.4", "64:ff9b::102:304"},
    {"1.2.3.4::", NULL},
    {"::01.2.3.4", NULL},
    {"0:0:0:0:0:0:0:0", "::"},
    {"+1.2.3.4", NULL},
    {"1:2:3:4:5:6::1.2.3.4", NULL},
    {"::1:2:3:4:5:6:1.2.3.4", NULL},
};

static const struct {
    const char *text;
    bool is_unspecified, is_loopback, is_link_local_multicast, is_link_local_unicast, is_global_unicast;
} kinds[] = {
    {"0.0.0.0", true, false, false, false, false},          {"::", true, false, false, false, false},
    {"127.0.0.1", false, true, false, false, false},        {"::1", false, true, false, false, false},
    {"127.255.0.1", false, true, false, false, false},      {"224.0.0.1", false, false, true, false, false},
    {"224.0.1.1", false, false, false, false, false},       {"ff02::1", false, false, true, false, false},
    {"ff12::1", false, false, true, false, false},          {"ff05::1", false, false, false, false, false},
    {"169.254.1.1", false, false, false, true, false},      {"fe80::1", false, false, false, true, false},
    {"febf::1", false, false, false, true, false},          {"fec0::1", false, false, false, false, true},
    {"10.0.0.1", false, false, false, false, true},         {"8.8.8.8", false, false, false, false, true},
    {"255.255.255.255", false, false, false, false, false}, {"fd00::1", false, false, false, false, true},
    {"2001:db8::1", false, false, false, false, true},      {"240.0.0.1", false, false, false, false, true},
    {"ff00::1", false, false, false, false, false},         {"0.0.0.1", false, false, false, false, true},
};

static struct ip address(const char *text) {
    struct ip ip;
    assert_int_equal(ip_parse(str_c(text), &ip, NULL), 0);
    return ip;
}

static struct cidr network(const char *text) {
    struct cidr cidr;
    assert_int_equal(cidr_parse(str_c(text), &cidr, NULL), 0);
    return cidr;
}

static void addresses_are_read_and_written_as_go_does(void **state) {
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
        struct ip ip;
        struct err err = ERR_NONE;
        char text[IP_TEXT];
        int status = ip_parse(str_c(texts[i].text), &ip, &err);
        if ((status == 0) != (texts[i].canonical != NULL)) {
            fail_msg("\"%s\": %s", texts[i].text, err.message);
        }
        if (status == 0) {
            assert_str_equal(str_n(text, ip_format(&ip, text)), str_c(texts[i].canonical));
            assert_int_equal(ip_is_canonical(&ip, str_c(texts[i].text)),
                             strcmp(texts[i].text, texts[i].canonical) == 0);
        }
    }
}

static void kinds_are_those_of_go(void **state) {
    for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
        struct ip ip = address(kinds[i].text);
        assert_int_equal(ip_is_unspecified(&ip), kinds[i].is_unspecified);
        assert_int_equal(ip_is_loopback(&ip), kinds[i].is_loopback);
        assert_int_equal(ip_is_link_local_multicast(&ip), kinds[i].is_link_local_multicast);
        assert_int_equal(ip_is_link_local_unicast(&ip), kinds[i].is_link_local_unicast);
        assert_int_equal(ip_is_global_unicast(&ip), kinds[i].is_global_unicast);
    }
}

/* Cases of the CEL conformance suite, network_ext. */
static void a_mapped_address_in_hex_equals_its_ipv4(void **state) {
    struct ip mapped, v4 = address("192.168.0.1"), other = address("192.168.10.1");
    struct cidr cidr;
    assert_int_equal(ip_parse_mapped(STR("::ffff:c0a8:1"), &mapped, NULL), 0);
    assert_true(ip_equal(&mapped, &v4));
    assert_false(ip_equal(&mapped, &other));
    assert_int_equal(ip_parse_mapped(STR("::ffff:192.168.0.1"), &mapped, NULL), ERR_INPUT);
    assert_int_equal(cidr_parse_mapped(STR("::ffff:192.168.0.1/24"), &cidr, NULL), ERR_INPUT);
    assert_true(ip_is_v6_text(STR("::ffff:192.168.0.1")));
    assert_false(ip_is_v6_text(STR("192.168.0.1")));
}

static void prefixes_are_read_strictly(void **state) {
    static const char *const wrong[] = {
        "192.168.0.0/", "192.168.0.0",        "192.168.0.0/33", "::1/129",
        "1.2.3.4/08",   "1.2.3.4/+8",         "1.2.3.4/-1",     "fe80::1%en0/24",
        "/8",           "::ffff:1.2.3.4/120", "1.2.3.4/8/8",    "1.2.3.4/ 8"};
    for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
        struct cidr cidr;
        struct err err = ERR_NONE;
        assert_int_equal(cidr_parse(str_c(wrong[i]), &cidr, &err), ERR_INPUT);
    }
    char text[CIDR_TEXT];
    struct cidr cidr = network("2001:DB8::/32");
    assert_str_equal(str_n(text, cidr_format(&cidr, text)), STR("2001:db8::/32"));
    cidr = network("1.2.3.4/0");
    assert_int_equal(cidr.prefix, 0);
}

static void prefixes_hold_addresses_and_prefixes(void **state) {
    struct cidr net = network("192.168.0.0/24"), v6 = network("2001:db8::/33"), odd = network("10.1.2.3/12");
    struct ip in = address("192.168.0.1"), out = address("192.168.1.1"), other = address("2001:db8::1");
    assert_true(cidr_contains_ip(&net, &in));
    assert_false(cidr_contains_ip(&net, &out));
    assert_false(cidr_contains_ip(&net, &other));
    assert_true(cidr_contains_ip(&v6, &other));
    struct cidr inner = network("192.168.0.1/32"), wider = network("192.168.0.0/23");
    assert_true(cidr_contains_cidr(&net, &inner));
    assert_true(cidr_contains_cidr(&net, &net));
    assert_false(cidr_contains_cidr(&net, &wider));
    assert_false(cidr_contains_cidr(&net, &v6));
    struct cidr masked = cidr_masked(&odd), expected = network("10.0.0.0/12");
    assert_true(cidr_equal(&masked, &expected));
    assert_false(cidr_equal(&masked, &odd));
}

static void scopes_are_those_of_the_registries(void **state) {
    static const struct {
        const char *text, *scope;
    } scopes[] = {
        {"8.8.8.8", "public"},
        {"10.255.255.255", "private"},
        {"172.15.255.255", "public"},
        {"172.16.0.0", "private"},
        {"172.31.255.255", "private"},
        {"172.32.0.0", "public"},
        {"192.168.1.1", "private"},
        {"100.64.0.1", "shared"},
        {"100.128.0.1", "public"},
        {"127.0.0.1", "loopback"},
        {"169.254.169.254", "link-local"},
        {"0.0.0.0", "unspecified"},
        {"224.0.0.1", "multicast"},
        {"192.0.2.1", "documentation"},
        {"198.51.100.1", "documentation"},
        {"203.0.113.1", "documentation"},
        {"198.19.0.1", "benchmark"},
        {"255.255.255.255", "reserved"},
        {"192.0.0.9", "public"},
        {"192.0.0.8", "reserved"},
        {"2606:4700::1", "public"},
        {"fd12::1", "private"},
        {"fe80::1", "link-local"},
        {"::1", "loopback"},
        {"::", "unspecified"},
        {"ff02::1", "multicast"},
        {"2001:db8::1", "documentation"},
        {"3fff::1", "documentation"},
        {"100::1", "reserved"},
        {"64:ff9b::808:808", "public"},
        {"4000::1", "reserved"},
    };
    for (size_t i = 0; i < ARRAY_SIZE(scopes); i++) {
        struct ip ip = address(scopes[i].text);
        assert_str_equal(ip_scope_name(ip_scope(&ip)), str_c(scopes[i].scope));
        assert_int_equal(ip_is_public(&ip), strcmp(scopes[i].scope, "public") == 0);
        assert_int_equal(ip_is_private(&ip), strcmp(scopes[i].scope, "private") == 0);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_are_read_and_written_as_go_does),
        cmocka_unit_test(kinds_are_those_of_go),
        cmocka_unit_test(a_mapped_address_in_hex_equals_its_ipv4),
        cmocka_unit_test(prefixes_are_read_strictly),
        cmocka_unit_test(prefixes_hold_addresses_and_prefixes),
        cmocka_unit_test(scopes_are_those_of_the_registries),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
