#include "inspect/secrets/files.h"

#include "base/limits.h"
#include "inspect/secrets/readers.h"

const struct secret_reader secret_readers[] = {
    {"docker-config", "Docker's logins", "config.json .dockerconfigjson .dockercfg", NULL, MIB,
     read_docker_config},
    {"dotenv", "environments", ".env .env.* *.env .envrc", NULL, MIB, read_dotenv},
    {"htpasswd", "Apache's passwords", ".htpasswd htpasswd", NULL, MIB, read_htpasswd},
    {"kubeconfig", "kubectl's configuration", "kubeconfig *.kubeconfig admin.conf", NULL, MIB,
     read_kubeconfig},
    {"kubeconfig", "kubectl's configuration", "config", ".kube", MIB, read_kubeconfig},
    {"my-cnf", "MySQL's client", ".my.cnf my.cnf .mylogin.cnf", NULL, MIB, read_ini_password},
    {"netrc", "logins of curl and ftp", ".netrc _netrc", NULL, MIB, read_netrc},
    {"npmrc", "npm's registries", ".npmrc npmrc", NULL, MIB, read_npmrc},
    {"pgpass", "PostgreSQL's passwords", ".pgpass pgpass.conf", NULL, MIB, read_pgpass},
    {"pypirc", "Python's package indexes", ".pypirc pip.conf", NULL, MIB, read_ini_password},
    {"rails-key", "Rails' master key", "master.key", NULL, 4 * KIB, read_rails_key},
    {"terraform-state", "Terraform's state", "*.tfstate *.tfstate.backup", NULL, 16 * MIB,
     read_terraform_state},
};
const size_t secret_readers_n = ARRAY_SIZE(secret_readers);

const struct secret_reader *secret_reader_of(struct str name) {
    for (size_t i = 0; i < secret_readers_n; i++) {
        if (str_eq(name, str_c(secret_readers[i].name))) {
            return &secret_readers[i];
        }
    }
    return NULL;
}

static bool fits_name(struct str name, const char *names) {
    for (struct str rest = str_c(names), one; str_split(&rest, ' ', &one);) {
        bool by_end = one.p[0] == '*', by_start = one.p[one.n - 1] == '*';
        if (by_end     ? str_ends(name, str_from(one, 1))
            : by_start ? str_starts(name, str_sub(one, 0, one.n - 1))
                       : str_eq(name, one)) {
            return true;
        }
    }
    return false;
}

const struct secret_reader *secret_reader_for(struct str path) {
    struct str name = str_basename(path), folder = str_basename(str_dirname(path));
    for (size_t i = 0; i < secret_readers_n; i++) {
        const struct secret_reader *reader = &secret_readers[i];
        if (fits_name(name, reader->names) && (!reader->under || str_eq(folder, str_c(reader->under)))) {
            return reader;
        }
    }
    return NULL;
}
