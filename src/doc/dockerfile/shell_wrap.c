#include "doc/dockerfile/shell_wrap.h"

/* Options that take the next word as their value: letters, and long ones between spaces. */
static const struct wrapper {
    struct str name;
    const char *letters, *long_options;
    unsigned operands; /* words between the options and the command */
    bool takes_assignments;
} wrappers[] = {
    {STR("sudo"), "CDghpRrTtUu",
     " --user --group --host --prompt --chdir --chroot --role --type --close-from ", 0, true},
    {STR("doas"), "Cu", "", 0, false},
    {STR("env"), "uCS", " --unset --chdir ", 0, true},
    {STR("exec"), "a", "", 0, false},
    {STR("command"), "", "", 0, false},
    {STR("builtin"), "", "", 0, false},
    {STR("time"), "fo", " --format --output ", 0, false},
    {STR("nice"), "n", " --adjustment ", 0, false},
    {STR("ionice"), "cnp", " --class --classdata ", 0, false},
    {STR("nohup"), "", "", 0, false},
    {STR("setsid"), "", "", 0, false},
    {STR("stdbuf"), "ioe", " --input --output --error ", 0, false},
    {STR("timeout"), "ks", " --kill-after --signal ", 1, false},
    {STR("xargs"), "adEILnPs", " --arg-file --delimiter --max-args --max-procs --max-lines ", 0, false},
    {STR("gosu"), "", "", 1, false},
    {STR("su-exec"), "", "", 1, false},
    {STR("chroot"), "", "", 1, false},
    {STR("tini"), "peg", "", 0, false},
    {STR("dumb-init"), "r", " --rewrite ", 0, false},
    {STR("eatmydata"), "", "", 0, false},
    {STR("busybox"), "", "", 0, false},
};

bool shell_is_posix(struct str program) {
    static const struct str shells[] = {STR("sh"),  STR("bash"), STR("dash"), STR("ash"),
                                        STR("ksh"), STR("zsh"),  STR("mksh")};
    for (size_t i = 0; i < ARRAY_SIZE(shells); i++) {
        if (str_eq(program, shells[i])) {
            return true;
        }
    }
    return false;
}

size_t shell_assignment(struct str word) {
    size_t n = 0;
    while (n < word.n &&
           (ascii_is_alpha(word.p[n]) || word.p[n] == '_' || (n && ascii_is_digit(word.p[n])))) {
        n++;
    }
    struct str rest = str_from(word, n);
    return n && (str_starts(rest, STR("=")) || str_starts(rest, STR("+="))) ? n : 0;
}

static struct str value_of(const struct shell_word *word) {
    return word->value.text;
}

static bool takes_value(const struct wrapper *wrapper, struct str option) {
    if (str_starts(option, STR("--"))) {
        ptrdiff_t at = str_find(str_c(wrapper->long_options), option);
        const char *behind = wrapper->long_options + at + option.n;
        return at > 0 && wrapper->long_options[at - 1] == ' ' && *behind == ' ';
    }
    char last = option.p[option.n - 1];
    return option.n == 2 && last && strchr(wrapper->letters, last);
}

static bool is_option(struct str word) {
    return word.n > 1 && word.p[0] == '-';
}

static struct shell_wrapped unwrap_program(const struct wrapper *wrapper, const struct shell_word *words,
                                           size_t n) {
    size_t i = 1;
    while (i < n && is_option(value_of(&words[i]))) {
        struct str option = value_of(&words[i++]);
        if (str_eq(option, STR("--"))) {
            break;
        }
        i += takes_value(wrapper, option);
    }
    size_t assignments = i;
    while (wrapper->takes_assignments && i < n && shell_assignment(value_of(&words[i]))) {
        i++;
    }
    if (n - MIN(i, n) <= wrapper->operands) {
        return (struct shell_wrapped){0};
    }
    return (struct shell_wrapped){
        .command = i + wrapper->operands, .assignments = assignments, .n_assignments = i - assignments};
}

/* sh [-options] -c script: the script is the first word behind the options, one of which has a c. */
static struct shell_wrapped unwrap_shell(const struct shell_word *words, size_t n) {
    bool has_script = false;
    for (size_t i = 1; i < n; i++) {
        struct str word = value_of(&words[i]);
        bool is_set = word.n > 1 && (word.p[0] == '-' || word.p[0] == '+');
        if (!is_set) {
            return (struct shell_wrapped){.script = has_script ? i : 0};
        }
        bool is_long = str_starts(word, STR("--"));
        has_script = has_script || (word.p[0] == '-' && !is_long && str_find_byte(word, 'c') > 0);
        i += !is_long && word.p[word.n - 1] == 'o';
    }
    return (struct shell_wrapped){0};
}

/* su [-] [user] -c script. */
static struct shell_wrapped unwrap_su(const struct shell_word *words, size_t n) {
    for (size_t i = 1; i + 1 < n; i++) {
        struct str word = value_of(&words[i]);
        if (str_eq(word, STR("-c")) || str_eq(word, STR("--command"))) {
            return (struct shell_wrapped){.script = i + 1};
        }
    }
    return (struct shell_wrapped){0};
}

struct shell_wrapped shell_unwrap(const struct shell_word *words, size_t n) {
    struct str name = n ? str_basename(value_of(&words[0])) : STR_NONE;
    if (shell_is_posix(name)) {
        return unwrap_shell(words, n);
    }
    if (str_eq(name, STR("su"))) {
        return unwrap_su(words, n);
    }
    if (str_eq(name, STR("eval")) && n == 2) {
        return (struct shell_wrapped){.script = 1};
    }
    for (size_t i = 0; i < ARRAY_SIZE(wrappers); i++) {
        if (str_eq(name, wrappers[i].name)) {
            return unwrap_program(&wrappers[i], words, n);
        }
    }
    return (struct shell_wrapped){0};
}
