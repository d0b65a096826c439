/* Terraform's and OpenTofu's .terraform.lock.hcl
 * (developer.hashicorp.com/terraform/language/files/dependency-lock): a block for each provider, which a
 * program writes in one layout, a statement a line.
 *
 *     provider "registry.terraform.io/hashicorp/aws" {
 *       version = "5.31.0"
 *       hashes  = [
 *         "zh:<sum of the archive>",                    one for each platform
 *       ]
 *     }
 *
 * A provider of the default registries is known by namespace and name, of others with the host. */
#include "base/limits.h"
#include "inspect/packages/language.h"
#include "inspect/packages/packages.h"

struct block {
    struct package package; /* without a name: between two blocks */
    size_t sums;            /* checksums of archives */
};

/* What stands between the first two quotes. */
static struct str quoted(struct str text) {
    struct str before, inside, behind;
    return str_cut(text, '"', &before, &inside) && str_cut(inside, '"', &inside, &behind) ? inside : STR_NONE;
}

static struct str name_of(struct str address) {
    static const char *const hosts[] = {"registry.terraform.io/", "registry.opentofu.org/"};
    for (size_t i = 0; i < ARRAY_SIZE(hosts); i++) {
        if (str_starts(address, str_c(hosts[i]))) {
            return str_from(address, strlen(hosts[i]));
        }
    }
    return address;
}

static void end_block(struct inspection *in, struct block *block) {
    if (block->sums > 1) {
        block->package.checksum = STR_NONE; /* of which platform is not said */
    }
    if (block->package.version.n) {
        language_package(in, &block->package);
    }
    *block = (struct block){.sums = 0};
}

static void read_line(struct inspection *in, struct block *block, struct str line, uint32_t number) {
    struct str text = str_trim(line), name, value;
    if (str_starts(text, STR("provider ")) && str_ends(text, STR("{"))) {
        end_block(in, block);
        block->package =
            (struct package){.type = PACKAGE_TERRAFORM, .name = name_of(quoted(text)), .line = number};
    } else if (str_eq(text, STR("}"))) {
        end_block(in, block);
    } else if (str_starts(text, STR("\"zh:"))) {
        block->package.checksum = str_from(quoted(text), 3);
        block->sums++;
    } else if (str_cut(text, '=', &name, &value) && str_eq(str_trim(name), STR("version"))) {
        block->package.version = quoted(value);
    }
}

static int inspect(struct inspection *in, struct err *err) {
    struct block block = {.sums = 0};
    struct str rest = in->body, line;
    (void)err;
    for (uint32_t n = 1; str_line(&rest, &line); n++) {
        read_line(in, &block, line, n);
    }
    end_block(in, &block);
    return 0;
}

const struct inspector inspect_terraform_lock = {
    .name = "terraform-lock",
    .title = "Terraform providers",
    .reads = ".terraform.lock.hcl",
    .version = 1,
    .body_max = LIMIT_BODY,
    .wants = {{.name = ".terraform.lock.hcl"}},
    .inspect = inspect,
};
