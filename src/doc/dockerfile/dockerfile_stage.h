/* What is known of a Dockerfile while it is read. Internal to the Dockerfile reader. */
#ifndef PLIMSOLL_DOC_DOCKERFILE_STAGE_H
#define PLIMSOLL_DOC_DOCKERFILE_STAGE_H

#include "doc/dockerfile/dockerfile_expand.h"
#include "doc/dockerfile/dockerfile_lines.h"

struct stage {
    size_t index;
    struct stage *parent; /* the stage that FROM names */
    struct scope scope;
    struct str name;                                                 /* empty without AS */
    const struct doc *name_node, *image, *platform, *user, *workdir; /* NULL when not set */
    const struct doc *base;                                          /* the image at the end of the parents */
    struct str shell;                                                /* the program of shell forms */
    const struct doc *shell_words;                                   /* of SHELL; NULL when not set */
    bool ships;                                                      /* the last stage builds on it */
    struct items instructions;
    size_t start, end;
};

struct docker_file {
    struct reading *r;
    struct expander e;
    struct dockerfile_lines lines;
    struct scope global;
    VEC(struct stage *) stages;
    struct map stage_names; /* in lower case, to index + 1 */
    struct items instructions, args;
};

/* One instruction while its node is made. */
struct instruction {
    struct docker_file *f;
    struct stage *stage; /* NULL in front of the first FROM */
    const struct dockerfile_line *line;
    struct part args; /* behind keyword and flags, without heredocs */
    struct flags flags;
    struct fields out;
    bool is_trigger; /* of ONBUILD */
};

/* The stage that a name or number means, or NULL. */
struct stage *stage_find(struct docker_file *f, struct str name);
const struct scope *instruction_scope(const struct instruction *i);
/* The last flag of that name, or NULL. */
const struct flag *instruction_flag(const struct instruction *i, struct str name);
/* The value of a flag, expanded, among the instruction's fields; nothing without the flag. */
void instruction_put_flag(struct instruction *i, struct str name);

/* An image reference (distribution's grammar) to the map that docs/dockerfile.md shows; p is where it stands.
 */
const struct doc *image_map(struct docker_file *f, struct part p, const struct expanded *text,
                            const struct stage *named);

/* The fields of each kind. */
void read_from(struct instruction *i);
void read_arg(struct instruction *i);
void read_env(struct instruction *i);
void read_label(struct instruction *i);
void read_run(struct instruction *i);
void read_program(struct instruction *i); /* CMD, ENTRYPOINT */
void read_shell(struct instruction *i);
void read_copy(struct instruction *i); /* COPY, ADD */
void read_expose(struct instruction *i);
void read_user(struct instruction *i);
void read_workdir(struct instruction *i);
void read_volume(struct instruction *i);
void read_healthcheck(struct instruction *i);
void read_stopsignal(struct instruction *i);
void read_maintainer(struct instruction *i);

#endif
