#include "base/mapping.h"

#include "base/file.h"

#include <sys/mman.h>
#include <sys/stat.h>

int mapping_open(struct mapping *mapping, const char *path, struct err *err) {
    struct stat status;
    _cleanup_(closep) int fd = file_open(path, err);
    if (fd < 0) {
        return fd;
    }
    if (fstat(fd, &status) < 0) {
        return err_set_errno(err, ERR_IO, "%s", path);
    }
    if (!S_ISREG(status.st_mode)) {
        return err_set(err, ERR_INPUT, "%s: not a file", path);
    }
    if (status.st_size == 0) {
        mapping->bytes = STR("");
        return 0;
    }
    void *p = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (p == MAP_FAILED) {
        return err_set_errno(err, ERR_IO, "%s", path);
    }
    mapping->bytes = str_n(p, (size_t)status.st_size);
    return 0;
}

void mapping_free(struct mapping *mapping) {
    if (mapping->bytes.n) {
        munmap((void *)mapping->bytes.p, mapping->bytes.n);
    }
    *mapping = (struct mapping){0};
}
