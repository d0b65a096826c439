#include "source/stream/tar.h"

#include "base/limits.h"
#include "programs.h"
#include "test.h"

enum { BLOCK = 512 };

/* Blocks of at most `most` bytes, each in memory of its own, so that a slice kept too long is found. */
struct blocks {
    struct str bytes;
    size_t most;
    char *now;
};

static int next_block(void *ctx, struct str *block, struct err *err) {
    struct blocks *blocks = ctx;
    free(blocks->now);
    size_t n = MIN(blocks->bytes.n, blocks->most);
    blocks->now = malloc(n + 1);
    assert_non_null(blocks->now);
    if (n) {
        memcpy(blocks->now, blocks->bytes.p, n);
    }
    blocks->bytes = str_from(blocks->bytes, n);
    *block = str_n(blocks->now, n);
    return 0;
}

static void free_blocks(struct blocks *blocks) {
    free(blocks->now);
}

/* Archives by hand: fields are written where POSIX has them. */

static void seal(unsigned char *h) {
    unsigned sum = 0;
    memset(h + 148, ' ', 8);
    for (int i = 0; i < BLOCK; i++) {
        sum += h[i];
    }
    snprintf((char *)h + 148, 8, "%06o", sum);
}

static unsigned char *put_header(struct buf *out, const char *name, char type, size_t size) {
    unsigned char h[BLOCK] = {0};
    snprintf((char *)h, 100, "%s", name);
    memcpy(h + 100, "0000644", 7);
    memcpy(h + 108, "0000000", 7);
    memcpy(h + 116, "0000000", 7);
    snprintf((char *)h + 124, 12, "%011zo", size);
    memcpy(h + 136, "00000000000", 11);
    h[156] = (unsigned char)type;
    memcpy(h + 257,
           "ustar\0"
           "00",
           8);
    seal(h);
    buf_bytes(out, h, sizeof h);
    return out->p + out->n - BLOCK;
}

/* Writes over a field of the header at the end of the archive. */
static void amend(struct buf *out, size_t offset, struct str field) {
    unsigned char *h = out->p + out->n - BLOCK;
    for (size_t i = 0; i < field.n; i++) {
        h[offset + i] = (unsigned char)field.p[i];
    }
    seal(h);
}

static void put_content(struct buf *out, struct str bytes) {
    buf_str(out, bytes);
    while (out->n % BLOCK) {
        buf_byte(out, 0);
    }
}

static void put_file(struct buf *out, const char *name, char type, struct str bytes) {
    put_header(out, name, type, bytes.n);
    put_content(out, bytes);
}

static void put_record(struct buf *out, const char *key, struct str value) {
    size_t n = strlen(key) + value.n + 3, digits = 1;
    while (snprintf(NULL, 0, "%zu", n + digits) != (int)digits) {
        digits++;
    }
    buf_printf(out, "%zu %s=", n + digits, key);
    buf_str(out, value);
    buf_byte(out, '\n');
}

static void put_pax(struct buf *out, char type, const char *key, struct str value) {
    _cleanup_(buf_free) struct buf records = buf_new(MIB);
    put_record(&records, key, value);
    put_file(out, "pax", type, buf_view(&records));
}

static void put_end(struct buf *out) {
    memset(buf_room(out, (size_t)(2 * BLOCK)), 0, (size_t)(2 * BLOCK));
    out->n += 2 * BLOCK;
}

/* A listing: "TYPE PATH>LINK SIZE content-digest" or "!REFUSAL PATH", a line an entry, then the result. */

static void list_content(struct tar *tar, const struct entry *entry, struct buf *out) {
    struct err err = ERR_NONE;
    uint64_t n = 0, sum = 0;
    for (struct str piece;;) {
        int r = tar_read(tar, &piece, &err);
        if (r < 0 || !piece.n) {
            buf_printf(out, r < 0 ? " cut" : "");
            break;
        }
        for (size_t i = 0; i < piece.n && n < MIB; i++, n++) {
            sum = sum * 31 + (unsigned char)piece.p[i];
        }
        if (n >= MIB) {
            break;
        }
    }
    assert_true(n <= entry->size);
    buf_printf(out, " %llx", (unsigned long long)sum);
}

static void list_entry(struct tar *tar, const struct entry *entry, bool reads, struct buf *out) {
    if (tar_refusal(tar)) {
        buf_printf(out, "!%s: ", tar_refusal(tar));
        buf_str(out, tar_written_path(tar));
        buf_byte(out, '\n');
        assert_int_equal(entry->path.n + entry->link.n, 0);
        return;
    }
    buf_printf(out, "%c %.*s", "fdlho"[entry->type], STR_ARG(entry->path));
    if (entry->link.n) {
        buf_printf(out, ">%.*s", STR_ARG(entry->link));
    }
    if (entry->type == ENTRY_FILE) {
        buf_printf(out, " %llu", (unsigned long long)entry->size);
    }
    if (reads) {
        list_content(tar, entry, out);
    }
    buf_byte(out, '\n');
}

static int list(struct str bytes, size_t most, bool reads, struct buf *out) {
    _cleanup_(free_blocks) struct blocks blocks = {bytes, most, NULL};
    _cleanup_(tar_closep) struct tar *tar = NULL;
    struct err err = ERR_NONE;
    struct entry entry;
    int r = tar_open(&tar, (struct tar_source){next_block, &blocks}, &err);
    if (r < 0) {
        return r;
    }
    while ((r = tar_next(tar, &entry, &err)) > 0) {
        list_entry(tar, &entry, reads, out);
    }
    assert_int_equal(tar_next(tar, &entry, &err), r);
    buf_printf(out, "= %s\n", r < 0 ? err.message : tar_notice(tar) ? tar_notice(tar) : "end");
    return r;
}

static void assert_lists(struct buf *archive, const char *expected) {
    static const size_t sizes[] = {1, 7, 511, 512, 513, 1 << 20};
    for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
        _cleanup_(buf_free) struct buf out = buf_new(16 * MIB);
        list(buf_view(archive), sizes[i], false, &out);
        assert_str_equal(buf_view(&out), str_c(expected));
    }
}

#define ARCHIVE(name) _cleanup_(buf_free) struct buf name = buf_new(64 * MIB)

static void paths_are_normalized(void **state) {
    ARCHIVE(a);
    put_file(&a, "./", '5', STR(""));
    put_file(&a, "//etc///./passwd", '0', STR("x"));
    put_file(&a, "dir/", 0, STR(""));
    put_file(&a, "...", '0', STR(""));
    put_file(&a, "a/..b/c..", '0', STR(""));
    put_end(&a);
    assert_lists(&a, "d \nf etc/passwd 1\nd dir\nf ... 0\nf a/..b/c.. 0\n= end\n");
}

static void escapes_are_refused_and_the_archive_goes_on(void **state) {
    ARCHIVE(a);
    put_file(&a, "../x", '0', STR("x"));
    put_file(&a, "a/../b", '0', STR("x"));
    put_file(&a, "a/..", '5', STR(""));
    put_header(&a, "h", '1', 0);
    amend(&a, 157, STR("../../etc/shadow"));
    put_pax(&a, 'x', "path", STR("a\0b"));
    put_file(&a, "n", '0', STR("x"));
    put_file(&a, "./", '0', STR("x"));
    put_file(&a, "ok", '0', STR("x"));
    put_end(&a);
    static const char expected[] = "!a \"..\" part in the path: ../x\n!a \"..\" part in the path: a/../b\n"
                                   "!a \"..\" part in the path: a/..\n!a \"..\" part in the path: h\n"
                                   "!a NUL byte in the path: a\0b\n!no name: ./\nf ok 1\n= end\n";
    _cleanup_(buf_free) struct buf out = buf_new(MIB);
    assert_int_equal(list(buf_view(&a), 100, false, &out), 0);
    assert_int_equal(out.n, sizeof expected - 1);
    assert_memory_equal(out.p, expected, out.n);
}

static void long_paths(void **state) {
    ARCHIVE(a);
    _cleanup_(buf_free) struct buf path = buf_new(LIMIT_PATH + 2), expected = buf_new(MIB);
    while (path.n < LIMIT_PATH - 1) {
        buf_byte(&path, path.n % 100 == 99 ? '/' : 'p');
    }
    put_pax(&a, 'x', "path", buf_view(&path));
    put_file(&a, "short", '0', STR(""));
    buf_printf(&expected, "f %.*s 0\n", STR_ARG(buf_view(&path)));
    buf_byte(&path, 'q');
    put_file(&a, "././@LongLink", 'L', buf_view(&path));
    put_file(&a, "short", '0', STR(""));
    buf_printf(&expected, "!a path longer than Linux allows: %.*s\n= end\n", STR_ARG(buf_view(&path)));
    buf_byte(&expected, 0);
    put_end(&a);
    assert_lists(&a, (const char *)expected.p);
}

static void extensions_name_the_next_entry_only(void **state) {
    ARCHIVE(a);
    put_file(&a, "././@LongLink", 'L', STR("long/name\0"));
    put_file(&a, "././@LongLink", 'K', STR("to/here\0"));
    put_header(&a, "short", '2', 0);
    put_pax(&a, 'x', "linkpath", STR("/there"));
    put_header(&a, "second", '1', 0);
    put_pax(&a, 'x', "size", STR("3"));
    put_header(&a, "sized", '0', 0);
    put_content(&a, STR("abc"));
    put_pax(&a, 'g', "path", STR("for/all"));
    put_pax(&a, 'x', "SCHILY.xattr.user.x", STR("a=b\nc\0"));
    put_file(&a, "plain", '0', STR(""));
    put_pax(&a, 'x', "path", STR(""));
    put_file(&a, "unset", '0', STR(""));
    put_end(&a);
    assert_lists(&a, "l long/name>to/here\nh second>there\nf sized 3\nf plain 0\nf unset 0\n= end\n");
}

static void global_headers_set_owner_and_time(void **state) {
    ARCHIVE(a);
    put_pax(&a, 'g', "uid", STR("70000"));
    put_pax(&a, 'g', "mtime", STR("-1.5"));
    put_pax(&a, 'x', "gid", STR("9"));
    put_file(&a, "a", '0', STR(""));
    put_file(&a, "b", '0', STR(""));
    put_end(&a);
    struct blocks blocks = {buf_view(&a), 1000, NULL};
    _cleanup_(tar_closep) struct tar *tar = NULL;
    struct err err = ERR_NONE;
    struct entry entry;
    assert_int_equal(tar_open(&tar, (struct tar_source){next_block, &blocks}, &err), 0);
    assert_int_equal(tar_next(tar, &entry, &err), 1);
    assert_int_equal(tar_entry_offset(tar), 0);
    assert_int_equal(entry.uid, 70000);
    assert_int_equal(entry.gid, 9);
    assert_int_equal(entry.modified, -2);
    assert_int_equal(tar_next(tar, &entry, &err), 1);
    assert_int_equal(tar_entry_offset(tar), 7 * BLOCK);
    assert_int_equal(entry.uid, 70000);
    assert_int_equal(entry.gid, 0);
    free_blocks(&blocks);
}

static void content_belongs_to_files(void **state) {
    ARCHIVE(a);
    put_header(&a, "dir", '5', 700); /* a size that means nothing */
    put_header(&a, "link", '1', 700);
    amend(&a, 157, STR("dir"));
    put_file(&a, "vendor", 'Q', STR("of a type that is not known"));
    put_file(&a, "label", 'V', STR(""));
    put_file(&a, "listed", 'D', STR("Yfile\0\0"));
    put_header(&a, "null", '3', 0);
    amend(&a, 329,
          STR("0000001\0"
              "0000003"));
    put_file(&a, "end", '7', STR("x"));
    put_end(&a);
    assert_lists(&a, "d dir\nh link>dir\no vendor\nd listed\no null\nf end 1\n= end\n");
}

/* Numbers */

static void assert_number(size_t offset, size_t n, const char *field, const char *expected) {
    ARCHIVE(a);
    put_header(&a, "f", '0', 0);
    amend(&a, offset, str_n(field, n));
    put_end(&a);
    assert_lists(&a, expected);
}

static void numbers_of_all_forms(void **state) {
    assert_number(108, 8, "   17  \0", "f f 0\n= end\n");
    assert_number(108, 8, "\0\0\0\0\0\0\0\0", "f f 0\n= end\n");
    assert_number(108, 8, "77777777", "f f 0\n= end\n");
    assert_number(136, 12, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xfe", "f f 0\n= end\n");
    assert_number(124, 12, "\x80\0\0\0\0\0\0\0\0\0\0\0", "f f 0\n= end\n");
    static const char size[] = "= tar header at byte 0: the size is not a number that a file can have\n";
    assert_number(124, 12, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xfe", size);
    assert_number(124, 12, "\x80\0\0\0\x80\0\0\0\0\0\0\0", size);
    assert_number(124, 12, "0000000009\0", size);
    assert_number(124, 12, "-0000000001", size);
    assert_number(116, 8, "0x12\0\0\0\0", "= tar header at byte 0: mode or owner is not a number\n");
    assert_number(136, 12, "never\0\0\0\0\0\0\0", "= tar header at byte 0: the time is not a number\n");
}

static void a_large_size_ends_early(void **state) {
    ARCHIVE(a);
    put_header(&a, "f", '0', 0);
    amend(&a, 124, STR("\x80\0\0\0\x7f\xff\xff\xff\xff\xff\xff\xff"));
    put_end(&a);
    assert_lists(&a, "f f 9223372036854775807\n"
                     "= tar data ends early at byte 1,536, inside the content of an entry\n");
}

static void signed_checksums_are_accepted(void **state) {
    ARCHIVE(a);
    unsigned char *h = put_header(&a, "f\xc3\xa9", '0', 0);
    int sum = 0;
    memset(h + 148, ' ', 8);
    for (int i = 0; i < BLOCK; i++) {
        sum += (signed char)h[i];
    }
    snprintf((char *)h + 148, 8, "%06o", (unsigned)sum);
    put_end(&a);
    assert_lists(&a, "f f\xc3\xa9 0\n= end\n");
    a.p[148] ^= 1;
    assert_lists(&a, "= tar header at byte 0: bad checksum\n");
}

/* Ends */

static void ends_of_archives(void **state) {
    static const char missing[] = "f f 1\n= the archive ends without its end blocks\n";
    ARCHIVE(a);
    put_file(&a, "f", '0', STR("x"));
    assert_lists(&a, missing);
    a.n = BLOCK + 1; /* the padding is missing too */
    assert_lists(&a, missing);
    a.n = 2 * BLOCK;
    put_end(&a);
    a.n -= BLOCK;
    assert_lists(&a, "f f 1\n= end\n");
    put_file(&a, "hidden", '0', STR("x"));
    assert_lists(&a,
                 "f f 1\n= a lone block of zeros ends the archive; the bytes from 1,536 on were not read\n");
    a.n = 2 * BLOCK;
    put_end(&a);
    put_file(&a, "hidden", '0', STR("x"));
    assert_lists(&a, "f f 1\n= end\n");
    a.n = 100;
    assert_lists(&a, "= tar data ends early at byte 100, inside a header\n");
    a.n = BLOCK;
    assert_lists(&a, "f f 1\n= tar data ends early at byte 512, inside the content of an entry\n");
}

static void damaged_headers_stop(void **state) {
    ARCHIVE(a);
    put_file(&a, "f", '0', STR("x"));
    put_file(&a, "g", '0', STR("x"));
    put_end(&a);
    a.p[2 * BLOCK] = 'h';
    assert_lists(&a, "f f 1\n= tar header at byte 1,024: bad checksum\n");
}

static void extensions_are_bounded(void **state) {
    ARCHIVE(a);
    for (int i = 0; i < 40; i++) {
        put_pax(&a, 'x', "path", STR("y"));
    }
    put_end(&a);
    assert_lists(&a, "= tar header at byte 0: more than 32 extension headers in a row\n");
    a.n = 0;
    put_header(&a, "x", 'x', MIB + 1);
    assert_lists(&a, "= tar header at byte 0: an extension of 1,048,577 bytes\n");
    a.n = 0;
    put_pax(&a, 'x', "path", STR("y"));
    put_end(&a);
    assert_lists(&a, "= tar data ends early at byte 1,024, behind an extension header\n");
}

static void pax_records_are_measured(void **state) {
    static const struct {
        struct str records;
        const char *listed;
    } cases[] = {
        {{"9 path=a\n", 9}, "f a 0\n= end\n"},
        {{"009 path=a\n", 11}, "= tar header at byte 0: the pax record at its byte 0 has a wrong form\n"},
        {{"8 path=a\n", 9}, "= tar header at byte 0: the pax record at its byte 0 has a wrong form\n"},
        {{"10 path=a\n", 10}, "f a 0\n= end\n"},
        {{"99 path=a\n", 10}, "= tar header at byte 0: the pax record at its byte 0 has a wrong form\n"},
        {{"99999999999999999999999 p=a\n", 28},
         "= tar header at byte 0: the pax record at its byte 0 has a wrong form\n"},
        {{"2 \n", 3}, "= tar header at byte 0: the pax record at its byte 0 has a wrong form\n"},
        {{"0 path=a\n", 9}, "= tar header at byte 0: the pax record at its byte 0 has a wrong form\n"},
        {{"-9 path=a\n", 10}, "= tar header at byte 0: the pax record at its byte 0 has a wrong form\n"},
        {{"9 path a\n", 9}, "= tar header at byte 0: the pax record at its byte 0 has a wrong form\n"},
        {{"9 path=a\n9 path=b\n", 18}, "f b 0\n= end\n"},
        {{"11 uid=1x2\n", 11}, "= tar header at byte 0: uid is not a number\n"},
        {{"11 size=-1\n", 11}, "= tar header at byte 0: size is not a number\n"},
        {{"27 size=9223372036854775808\n", 28},
         "= tar header at byte 0: the pax record at its byte 0 has a wrong form\n"},
        {{"28 size=9223372036854775808\n", 28}, "= tar header at byte 0: size is not a number\n"},
    };
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        ARCHIVE(a);
        put_file(&a, "pax", 'x', cases[i].records);
        put_file(&a, "f", '0', STR(""));
        put_end(&a);
        assert_lists(&a, cases[i].listed);
    }
}

/* Sparse files that lie. The ones that don't are GNU tar's, in test_tar_programs. */

static void assert_sparse(const char *map, size_t stored, const char *expected) {
    ARCHIVE(a);
    _cleanup_(buf_free) struct buf records = buf_new(MIB), content = buf_new(MIB);
    put_record(&records, "GNU.sparse.size", STR("1000"));
    put_record(&records, "GNU.sparse.map", str_c(map));
    put_file(&a, "pax", 'x', buf_view(&records));
    put_noise(&content, stored, 1);
    put_file(&a, "s", '0', buf_view(&content));
    put_end(&a);
    assert_lists(&a, expected);
}

static void sparse_maps_are_checked(void **state) {
    assert_sparse("0,10,990,10", 20, "f s 1000\n= end\n");
    assert_sparse("0,10,5,10", 20,
                  "= tar header at byte 1,024: the pieces of the sparse file are not in order\n");
    assert_sparse("0,10,991,10", 20,
                  "= tar header at byte 1,024: a piece of the sparse file is past its end\n");
    assert_sparse("0,10,990,10", 19,
                  "= tar header at byte 1,024: the sparse file has more pieces than content\n");
    assert_sparse("0,10,990", 20,
                  "= tar header at byte 1,024: the map of the sparse file is not a list of numbers\n");
    assert_sparse("0,x", 20,
                  "= tar header at byte 1,024: the map of the sparse file is not a list of numbers\n");
    assert_sparse("18446744073709551615,2", 20,
                  "= tar header at byte 1,024: the pieces of the sparse file are not in order\n");
}

/* An archive with everything in it, small enough to be damaged at every place. */
static void put_everything(struct buf *a) {
    _cleanup_(buf_free) struct buf records = buf_new(MIB);
    put_pax(a, 'g', "gid", STR("3"));
    put_record(&records, "GNU.sparse.major", STR("1"));
    put_record(&records, "GNU.sparse.minor", STR("0"));
    put_record(&records, "GNU.sparse.name", STR("sparse"));
    put_record(&records, "GNU.sparse.realsize", STR("2000"));
    put_file(a, "pax", 'x', buf_view(&records));
    put_header(a, "s", '0', BLOCK + 5);
    put_content(a, STR("1\n100\n5\n"));
    put_content(a, STR("abcde"));
    put_file(a, "././@LongLink", 'L', STR("long\0"));
    put_file(a, "f", '0', STR("content"));
    put_header(a, "old", 'S', 4);
    amend(a, 257, STR("ustar  \0"));
    amend(a, 386,
          STR("00000000010\0"
              "00000000004"));
    amend(a, 482,
          STR("\1"
              "00000000100"));
    memset(buf_room(a, BLOCK), 0, BLOCK);
    a->n += BLOCK;
    put_content(a, STR("wxyz"));
    put_end(a);
}

static void an_archive_with_everything(void **state) {
    ARCHIVE(a);
    put_everything(&a);
    assert_lists(&a, "f sparse 2000\nf long 7\nf old 64\n= end\n");
}

static void every_cut_ends(void **state) {
    ARCHIVE(a);
    put_everything(&a);
    for (size_t n = 0; n < a.n; n++) {
        _cleanup_(buf_free) struct buf out = buf_new(MIB);
        int r = list(str_sub(buf_view(&a), 0, n), n % 3 ? 100 : 4096, n % 2, &out);
        assert_true(r == 0 || r == ERR_INPUT);
    }
}

static void every_flipped_bit_ends(void **state) {
    ARCHIVE(a);
    put_everything(&a);
    for (size_t bit = 0; bit < a.n * 8; bit++) {
        _cleanup_(buf_free) struct buf out = buf_new(MIB);
        size_t header = bit / 8 / BLOCK * BLOCK;
        a.p[bit / 8] ^= (unsigned char)(1 << bit % 8);
        int r = list(buf_view(&a), 1 << 20, bit % 2, &out);
        assert_true(r == 0 || r == ERR_INPUT || r == ERR_LIMIT);
        /* Once more with a checksum that agrees. */
        if (memcmp(a.p + header + 257, "ustar", 5) == 0) {
            unsigned char kept[8];
            memcpy(kept, a.p + header + 148, 8);
            seal(a.p + header);
            list(buf_view(&a), 1 << 20, bit % 2, &out);
            memcpy(a.p + header + 148, kept, 8);
        }
        a.p[bit / 8] ^= (unsigned char)(1 << bit % 8);
    }
}

static void allocation_failures_are_told(void **state) {
    ARCHIVE(a);
    put_everything(&a);
    _cleanup_(buf_free) struct buf out = buf_new(MIB);
    buf_room(&out, 4096);
    WITH_EACH_ALLOCATION_FAILED({
        buf_clear(&out);
        int r = list(buf_view(&a), 4096, true, &out);
        assert_int_equal(r, mem_has_failed() ? ERR_MEMORY : 0);
    });
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(paths_are_normalized),
        cmocka_unit_test(escapes_are_refused_and_the_archive_goes_on),
        cmocka_unit_test(long_paths),
        cmocka_unit_test(extensions_name_the_next_entry_only),
        cmocka_unit_test(global_headers_set_owner_and_time),
        cmocka_unit_test(content_belongs_to_files),
        cmocka_unit_test(numbers_of_all_forms),
        cmocka_unit_test(a_large_size_ends_early),
        cmocka_unit_test(signed_checksums_are_accepted),
        cmocka_unit_test(ends_of_archives),
        cmocka_unit_test(damaged_headers_stop),
        cmocka_unit_test(extensions_are_bounded),
        cmocka_unit_test(pax_records_are_measured),
        cmocka_unit_test(sparse_maps_are_checked),
        cmocka_unit_test(an_archive_with_everything),
        cmocka_unit_test(every_cut_ends),
        cmocka_unit_test(every_flipped_bit_ends),
        cmocka_unit_test(allocation_failures_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
