#include "cmd/command.h"

#include "base/near.h"
#include "cmd/scan_secrets.h"
#include "policy/guardrail/guardrail.h"

static const struct option *option_of(const struct command *command, struct str name) {
    for (const struct option *option = command->options; option->name; option++) {
        if (str_eq(name, str_c(option->name))) {
            return option;
        }
    }
    return NULL;
}

static const struct option *option_by_letter(const struct command *command, char letter) {
    for (const struct option *option = command->options; option->name; option++) {
        if (option->letter == letter) {
            return option;
        }
    }
    return NULL;
}

const char *nearest_command(struct str name) {
    struct near near = near_to(name);
    for (size_t i = 0; i < commands_n; i++) {
        near_offer(&near, str_c(commands[i]->name));
    }
    return near.best.p;
}

static int unknown_option(const struct command *command, struct str name, struct err *err) {
    struct near near = near_to(name);
    for (const struct option *option = command->options; option->name; option++) {
        near_offer(&near, str_c(option->name));
    }
    if (near.best.n) {
        return err_set(err, ERR_USAGE, "'--%.*s' is not an option of %s. Did you mean --%s?", STR_ARG(name),
                       command->name, near.best.p);
    }
    return err_set(err, ERR_USAGE, "'--%.*s' is not an option of %s. See: plimsoll %s --help", STR_ARG(name),
                   command->name, command->name);
}

static int check_choice(const struct option *option, const char *value, struct err *err) {
    char known[256] = "";
    if (!option->choices) {
        return 0;
    }
    for (const char *const *choice = option->choices; *choice; choice++) {
        if (strcmp(*choice, value) == 0) {
            return 0;
        }
        size_t n = strlen(known);
        snprintf(known + n, sizeof known - n, "%s%s", n ? ", " : "", *choice);
    }
    return err_set(err, ERR_USAGE, "'%s' is not a value of --%s. It takes: %s", value, option->name, known);
}

static int add_value(struct arguments *arguments, const struct option *option, const char *value,
                     struct err *err) {
    struct option_values *values = &arguments->options[option - arguments->command->options];
    int r = option->metavar ? check_choice(option, value, err) : 0;
    if (r < 0) {
        return r;
    }
    const char **slot =
        arena_push(arguments->arena, (void **)&values->p, &values->n, &values->cap, sizeof *slot);
    if (!slot) {
        return err_memory(err);
    }
    *slot = value;
    return 0;
}

static int add_operand(struct arguments *arguments, const char *operand) {
    arguments->operands[arguments->operands_n++] = operand;
    return 0;
}

struct words {
    int argc;
    char **argv;
    int at;
};

static int take_option(struct arguments *arguments, const struct option *option, const char *value,
                       struct words *words, struct err *err) {
    if (!option->metavar) {
        return value ? err_set(err, ERR_USAGE, "--%s takes no value", option->name)
                     : add_value(arguments, option, "true", err);
    }
    if (!value && words->at == words->argc) {
        return err_set(err, ERR_USAGE, "--%s wants a value: --%s %s", option->name, option->name,
                       option->metavar);
    }
    return add_value(arguments, option, value ? value : words->argv[words->at++], err);
}

static int take_long(struct arguments *arguments, const char *word, struct words *words, struct err *err) {
    const char *equals = strchr(word, '=');
    struct str name = equals ? str_n(word, (size_t)(equals - word)) : str_c(word);
    const struct option *option = option_of(arguments->command, name);
    return option ? take_option(arguments, option, equals ? equals + 1 : NULL, words, err)
                  : unknown_option(arguments->command, name, err);
}

static int take_letters(struct arguments *arguments, const char *word, struct words *words, struct err *err) {
    for (; *word; word++) {
        const struct option *option = option_by_letter(arguments->command, *word);
        if (!option) {
            return err_set(err, ERR_USAGE, "'-%c' is not an option of %s. See: plimsoll %s --help", *word,
                           arguments->command->name, arguments->command->name);
        }
        if (option->metavar) {
            return take_option(arguments, option, word[1] ? word + 1 : NULL, words, err);
        }
        int r = take_option(arguments, option, NULL, words, err);
        if (r < 0) {
            return r;
        }
    }
    return 0;
}

static int take_words(struct arguments *arguments, struct words *words, struct err *err) {
    bool only_operands = false;
    while (words->at < words->argc) {
        const char *word = words->argv[words->at++];
        int r = 0;
        if (only_operands || word[0] != '-' || !word[1]) {
            r = add_operand(arguments, word);
        } else if (strcmp(word, "--") == 0) {
            only_operands = true;
        } else {
            r = word[1] == '-' ? take_long(arguments, word + 2, words, err)
                               : take_letters(arguments, word + 1, words, err);
        }
        if (r < 0) {
            return r;
        }
    }
    return 0;
}

/* PLIMSOLL_FAIL_ON for --fail-on. */
static const char *from_environment(const struct option *option) {
    char name[64] = "PLIMSOLL_";
    size_t n = strlen(name);
    for (const char *c = option->name; *c && n + 1 < sizeof name; c++) {
        name[n++] = (char)(*c == '-' ? '_' : *c >= 'a' && *c <= 'z' ? *c - ('a' - 'A') : *c);
    }
    name[n] = 0;
    const char *value = getenv(name);
    return value && *value ? value : NULL;
}

static bool is_off(const char *value) {
    return strcmp(value, "0") == 0 || strcmp(value, "false") == 0 || strcmp(value, "no") == 0;
}

/* ---- .plimsoll.yaml */

static bool is_key(struct str key) {
    bool is_known = guardrails_has_key(key) || str_eq(key, SECRETS_KEY);
    for (size_t i = 0; !is_known && i < commands_n; i++) {
        is_known = option_of(commands[i], key) != NULL;
    }
    return is_known;
}

static int unknown_key(const struct config *config, const struct doc_member *member, struct err *err) {
    struct near near = near_to(member->key);
    near_offer(&near, SECRETS_KEY);
    for (size_t i = 0; guardrails_key(i).n; i++) {
        near_offer(&near, guardrails_key(i));
    }
    for (size_t i = 0; i < commands_n; i++) {
        for (const struct option *option = commands[i]->options; option->name; option++) {
            near_offer(&near, str_c(option->name));
        }
    }
    struct str key = str_sub(member->key, 0, 64);
    const char *question = near.best.n ? ". Did you mean '" : "";
    return err_set(err, ERR_INPUT, "%s:%u:%u: '%.*s' is neither an option nor a key of guardrails%s%.*s%s",
                   config->path, member->at.line, member->at.column, STR_ARG(key), question,
                   STR_ARG(near.best), near.best.n ? "'?" : "");
}

static int check_config(const struct config *config, struct err *err) {
    const struct doc *root = config->root;
    if (root && !doc_is(root, DOC_MAP) && !doc_is(root, DOC_NULL)) {
        return err_set(err, ERR_INPUT, "%s:%u:%u: should be a map of options, not %s", config->path,
                       root->at.line, root->at.column, doc_kind_name(root->kind));
    }
    for (size_t i = 0; doc_is(root, DOC_MAP) && i < root->map.n; i++) {
        if (!is_key(root->map.members[i].key)) {
            return unknown_key(config, &root->map.members[i], err);
        }
    }
    return 0;
}

/* A value that the command line left open. */
static int fill_option(struct arguments *arguments, const struct option *option, struct err *err) {
    const char *value = from_environment(option);
    const struct config_value *set =
        value || option->is_callers ? NULL : config_get(&arguments->config, option->name);
    value = set ? set->value : value;
    if (!value || (!option->metavar && is_off(value))) {
        return 0;
    }
    int r = add_value(arguments, option, option->metavar ? value : "true", err);
    return r < 0 && set ? err_at(err, "%s:%u:%u", arguments->config.path, set->at.line, set->at.column) : r;
}

static int fill_in(struct arguments *arguments, struct err *err) {
    const char *target = arguments->operands_n ? arguments->operands[0] : ".";
    int r = config_find(&arguments->config, arguments->arena, target, err);
    if (r == 0) {
        r = check_config(&arguments->config, err);
    }
    for (const struct option *option = arguments->command->options; r == 0 && option->name; option++) {
        bool is_given = arguments->options[option - arguments->command->options].n;
        if (!is_given && strcmp(option->name, "help") != 0) {
            r = fill_option(arguments, option, err);
        }
    }
    return r;
}

int arguments_parse(struct arguments *out, struct arena *arena, const struct command *command, int argc,
                    char **argv, struct err *err) {
    size_t options_n = 0;
    while (command->options[options_n].name) {
        options_n++;
    }
    *out = (struct arguments){.arena = arena, .command = command};
    out->options = arena_array(arena, options_n, sizeof *out->options);
    out->operands = arena_array(arena, (size_t)argc + 1, sizeof *out->operands);
    if (!out->options || !out->operands) {
        return err_memory(err);
    }
    struct words words = {argc, argv, 0};
    int r = take_words(out, &words, err);
    return r == 0 && !arguments_has(out, "help") ? fill_in(out, err) : r;
}

const struct option_values *arguments_all(const struct arguments *arguments, const char *name) {
    static const struct option_values none;
    const struct option *option = option_of(arguments->command, str_c(name));
    return option ? &arguments->options[option - arguments->command->options] : &none;
}

const char *arguments_get(const struct arguments *arguments, const char *option) {
    const struct option_values *values = arguments_all(arguments, option);
    return values->n ? values->p[values->n - 1] : NULL;
}

bool arguments_has(const struct arguments *arguments, const char *option) {
    return arguments_all(arguments, option)->n > 0;
}
