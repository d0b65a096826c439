#include "inspect/secrets/place.h"

/* Words separated by blanks. */
static bool is_among(struct str word, const char *words) {
    for (struct str rest = str_c(words), one; str_split(&rest, ' ', &one);) {
        if (str_eq_nocase(word, one)) {
            return true;
        }
    }
    return false;
}

static bool is_test_folder(struct str part) {
    return is_among(part,
                    "test tests testing testdata test-data test_data __tests__ spec specs fixture fixtures "
                    "__fixtures__ mock mocks __mocks__ example examples sample samples demo demos");
}

static bool is_foreign_folder(struct str part) {
    return is_among(part, "node_modules bower_components vendor third_party third-party site-packages "
                          "dist-packages .cargo .m2 gems Pods doc docs man");
}

static bool is_test_name(struct str name) {
    static const char *const ends[] = {"_test.go", "_test.py", ".test.js",  ".test.ts",
                                       ".spec.js", ".spec.ts", "_spec.rb",  "Test.java",
                                       ".example", ".sample",  ".template", ".dist"};
    for (size_t i = 0; i < ARRAY_SIZE(ends); i++) {
        if (str_ends(name, str_c(ends[i]))) {
            return true;
        }
    }
    return str_starts(name, STR("test_")) || str_find(name, STR(".example.")) >= 0;
}

enum secret_place secret_place_of(struct str path) {
    enum secret_place place = PLACE_OWN;
    struct str name = str_basename(path);
    for (struct str rest = str_dirname(path), part; str_split(&rest, '/', &part);) {
        place = is_test_folder(part) ? PLACE_TEST : is_foreign_folder(part) ? PLACE_THIRD_PARTY : place;
    }
    if (str_ends(name, STR(".min.js")) || str_ends(name, STR(".bundle.js")) || str_ends(name, STR(".map"))) {
        return PLACE_THIRD_PARTY;
    }
    return is_test_name(name) ? PLACE_TEST : place;
}

const char *place_words(enum secret_place place) {
    static const char *const words[PLACES] = {
        [PLACE_OWN] = "",
        [PLACE_TEST] = "in a test or an example",
        [PLACE_THIRD_PARTY] = "in code of others",
    };
    assert(place < PLACES);
    return words[place];
}

bool place_is_noise(struct str path) {
    struct str stem, extension;
    if (!str_cut_last(str_basename(path), '.', &stem, &extension) || !stem.n) {
        return false;
    }
    return is_among(
        extension,
        "png jpg jpeg gif bmp ico webp tif tiff psd icns avif heic mp3 mp4 m4a ogg oga wav flac avi mov "
        "mkv webm ttf otf woff woff2 eot pfb pdf so a o obj lib dll exe dylib ko pyc pyo class wasm "
        "elc mo gmo gz tgz bz2 xz zst lz4 br 7z rar zip jar war ear whl egg deb rpm apk iso img qcow2 "
        "dat pack idx pdb typelib gresource tflite onnx pt safetensors parquet npy");
}

/* Distributions compress changelogs and manuals: thousands of files, with examples of logins and no others.
 */
static bool is_packaged_manual(struct str path) {
    static const char *const folders[] = {"usr/share/doc/", "usr/share/man/", "usr/share/info/"};
    for (size_t i = 0; i < ARRAY_SIZE(folders); i++) {
        if (str_find(path, str_c(folders[i])) >= 0) {
            return true;
        }
    }
    return false;
}

enum archive_kind place_archive(struct str path) {
    static const struct {
        const char *end;
        enum archive_kind kind;
    } ends[] = {{".zip", ARCHIVE_ZIP},           {".jar", ARCHIVE_ZIP},
                {".war", ARCHIVE_ZIP},           {".ear", ARCHIVE_ZIP},
                {".whl", ARCHIVE_ZIP},           {".egg", ARCHIVE_ZIP},
                {".nupkg", ARCHIVE_ZIP},         {".vsix", ARCHIVE_ZIP},
                {".tar", ARCHIVE_TAR},           {".tar.gz", ARCHIVE_PACKED_TAR},
                {".tgz", ARCHIVE_PACKED_TAR},    {".tar.zst", ARCHIVE_PACKED_TAR},
                {".tar.xz", ARCHIVE_PACKED_TAR}, {".tar.bz2", ARCHIVE_PACKED_TAR},
                {".gz", ARCHIVE_PACKED},         {".zst", ARCHIVE_PACKED},
                {".xz", ARCHIVE_PACKED},         {".bz2", ARCHIVE_PACKED}};
    struct str name = str_basename(path);
    for (size_t i = 0; i < ARRAY_SIZE(ends); i++) {
        struct str end = str_c(ends[i].end);
        if (name.n > end.n && str_eq_nocase(str_from(name, name.n - end.n), end)) {
            return ends[i].kind == ARCHIVE_PACKED && is_packaged_manual(path) ? ARCHIVE_NONE : ends[i].kind;
        }
    }
    return ARCHIVE_NONE;
}

struct str place_unpacked(struct str path) {
    struct str stem, extension;
    return str_cut_last(str_basename(path), '.', &stem, &extension) ? stem : STR_NONE;
}

/* ---- encodings */

enum text_encoding place_encoding(struct str head) {
    size_t nuls[2] = {0, 0};
    head = str_sub(head, 0, PLACE_HEAD);
    for (size_t i = 0; i < head.n; i++) {
        nuls[i % 2] += !head.p[i];
    }
    if (str_starts(head, STR("\xff\xfe")) || (nuls[1] > head.n / 3 && nuls[0] <= head.n / 64)) {
        return TEXT_UTF16_LE;
    }
    if (str_starts(head, STR("\xfe\xff")) || (nuls[0] > head.n / 3 && nuls[1] <= head.n / 64)) {
        return TEXT_UTF16_BE;
    }
    static const char *const magics[] = {"\177ELF", "PK\x03\x04", "\x1f\x8b",         "\x89PNG",
                                         "%PDF-",   "!<arch>\n",  "\xca\xfe\xba\xbe", "SQLite format 3"};
    for (size_t i = 0; i < ARRAY_SIZE(magics); i++) {
        if (str_starts(head, str_c(magics[i]))) {
            return TEXT_BINARY;
        }
    }
    return nuls[0] + nuls[1] > head.n / 32 ? TEXT_BINARY : TEXT_BYTES;
}
