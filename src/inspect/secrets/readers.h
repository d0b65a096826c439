/* The readers of files.c, a function each. */
#ifndef PLIMSOLL_INSPECT_SECRETS_READERS_H
#define PLIMSOLL_INSPECT_SECRETS_READERS_H

#include "inspect/secrets/files.h"

/* files_lines.c */
int read_dotenv(struct secret_file *file, struct err *err);
int read_htpasswd(struct secret_file *file, struct err *err);
int read_ini_password(struct secret_file *file, struct err *err);
int read_netrc(struct secret_file *file, struct err *err);
int read_npmrc(struct secret_file *file, struct err *err);
int read_pgpass(struct secret_file *file, struct err *err);
int read_rails_key(struct secret_file *file, struct err *err);

/* files_trees.c */
int read_docker_config(struct secret_file *file, struct err *err);
int read_kubeconfig(struct secret_file *file, struct err *err);
int read_terraform_state(struct secret_file *file, struct err *err);

/* A name under which people keep secrets: "DB_PASSWORD", "clientSecret". */
bool reader_name_is_secret(struct str name);

#endif
