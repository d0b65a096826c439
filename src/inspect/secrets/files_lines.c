/* Files of lines: each states its secrets under names that are known. */
#include "inspect/secrets/readers.h"
#include "inspect/secrets/value.h"

static int take(struct secret_file *file, struct str value, struct err *err) {
    return file->take(file->ctx, value, 0, 0, err);
}

static struct str unquoted(struct str s) {
    bool is_quoted = s.n >= 2 && (s.p[0] == '"' || s.p[0] == '\'') && s.p[s.n - 1] == s.p[0];
    return is_quoted ? str_sub(s, 1, s.n - 2) : s;
}

static bool is_comment(struct str line) {
    return !line.n || line.p[0] == '#' || line.p[0] == ';';
}

static bool ends_nocase(struct str s, const char *end) {
    size_t n = strlen(end);
    return s.n >= n && str_eq_nocase(str_from(s, s.n - n), str_c(end));
}

bool reader_name_is_secret(struct str name) {
    static const char *const ends[] = {
        "password",    "passwd",       "passphrase",   "secret",      "secret_key",  "secretkey",
        "api_key",     "apikey",       "access_key",   "accesskey",   "private_key", "privatekey",
        "auth_token",  "access_token", "api_token",    "apitoken",    "secret_id",   "client_secret",
        "credential",  "_token",       "_pass",        "_pwd",        "_secret",     "encryption_key",
        "signing_key", "authtoken",    "clientsecret", "accesstoken",
    };
    for (size_t i = 0; i < ARRAY_SIZE(ends); i++) {
        if (ends_nocase(name, ends[i])) {
            return true;
        }
    }
    return false;
}

/* "name = value" of files without a grammar of their own; sections pass by. */
static int read_assignments(struct secret_file *file, bool (*is_wanted)(struct str name), size_t least,
                            struct err *err) {
    int r = 0;
    for (struct str rest = file->text, line; r == 0 && str_line(&rest, &line);) {
        struct str name, value;
        line = str_trim(line);
        if (is_comment(line) || !str_cut(line, '=', &name, &value)) {
            continue;
        }
        value = unquoted(str_trim(value));
        r = value.n >= least && is_wanted(str_trim(name)) ? take(file, value, err) : 0;
    }
    return r;
}

int read_dotenv(struct secret_file *file, struct err *err) {
    enum { LEAST = 6 };
    return read_assignments(file, reader_name_is_secret, LEAST, err);
}

static bool is_password(struct str name) {
    return str_eq(name, STR("password")) || str_eq(name, STR("passwd"));
}

int read_ini_password(struct secret_file *file, struct err *err) {
    return read_assignments(file, is_password, 1, err);
}

/* npm's documentation, "npmrc": //registry/:_authToken=..., _auth=..., //registry/:_password=... */
static bool is_npm_secret(struct str name) {
    static const char *const names[] = {"_authToken", "_auth", "_password"};
    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        struct str own = str_c(names[i]);
        if (str_eq(name, own) || (str_ends(name, own) && name.p[name.n - own.n - 1] == ':')) {
            return true;
        }
    }
    return false;
}

int read_npmrc(struct secret_file *file, struct err *err) {
    return read_assignments(file, is_npm_secret, 1, err);
}

/* The next word; quotes are not known to .netrc. */
static bool next_word(struct str *rest, struct str *word) {
    size_t start = 0, end;
    while (start < rest->n && ascii_is_space(rest->p[start])) {
        start++;
    }
    for (end = start; end < rest->n && !ascii_is_space(rest->p[end]);) {
        end++;
    }
    *word = str_sub(*rest, start, end - start);
    *rest = str_from(*rest, end);
    return word->n > 0;
}

int read_netrc(struct secret_file *file, struct err *err) {
    struct str rest = file->text, word;
    int r = 0;
    while (r == 0 && next_word(&rest, &word)) {
        if (word.p[0] == '#') {
            struct str line;
            (void)str_line(&rest, &line);
        } else if (str_eq(word, STR("password")) && next_word(&rest, &word)) {
            r = take(file, word, err);
        }
    }
    return r;
}

/* PostgreSQL's documentation, "The Password File": host:port:database:user:password, a colon escaped. */
int read_pgpass(struct secret_file *file, struct err *err) {
    int r = 0;
    for (struct str rest = file->text, line; r == 0 && str_line(&rest, &line);) {
        size_t colons = 0, i = 0;
        for (; i < line.n && colons < 4; i++) {
            i += line.p[i] == '\\';
            colons += i < line.n && line.p[i] == ':';
        }
        struct str password = str_from(line, i);
        r = !is_comment(line) && colons == 4 && password.n ? take(file, password, err) : 0;
    }
    return r;
}

/* name:hash; a hash can be tried out at any speed. */
int read_htpasswd(struct secret_file *file, struct err *err) {
    static const char *const forms[] = {"$apr1$", "$2y$", "$2a$", "$5$", "$6$", "{SHA}", "$1$"};
    int r = 0;
    for (struct str rest = file->text, line; r == 0 && str_line(&rest, &line);) {
        struct str name, hash;
        bool is_hash = str_cut(str_trim(line), ':', &name, &hash) && name.n;
        for (size_t i = 0; is_hash && r == 0 && i < ARRAY_SIZE(forms); i++) {
            r = str_starts(hash, str_c(forms[i])) ? take(file, hash, err) : 0;
        }
    }
    return r;
}

/* config/master.key: 32 digits in hexadecimal and nothing else. */
int read_rails_key(struct secret_file *file, struct err *err) {
    unsigned char bytes[16];
    struct str key = str_trim(file->text);
    return hex_decode(key, bytes, sizeof bytes) ? take(file, key, err) : 0;
}
