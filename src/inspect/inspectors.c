#include "inspect/inspector.h"

#include "inspect/documents/documents.h"
#include "inspect/packages/packages.h"

#ifdef PLIMSOLL_FAULTS
extern const struct inspector inspect_faults;
#endif

const struct inspector *const inspectors[] = {
    &inspect_os_release,
    &inspect_dpkg,
    &inspect_apk,
    &inspect_rpm,
    &inspect_npm_lock,
    &inspect_npm_installed,
    &inspect_python_installed,
    &inspect_python_requirements,
    &inspect_pipfile_lock,
    &inspect_poetry_lock,
    &inspect_uv_lock,
    &inspect_go_mod,
    &inspect_cargo_lock,
    &inspect_java_archive,
    &inspect_maven_pom,
    &inspect_nuget_project,
    &inspect_gradle,
    &inspect_sbt_lock,
    &inspect_nuget_lock,
    &inspect_go_toolchain,
    &inspect_go_vendor,
    &inspect_conan,
    &inspect_opkg,
    &inspect_pacman,
    &inspect_vcpkg,
    &inspect_runtime_release,
    &inspect_executable,
    &inspect_compose,
    &inspect_dockerfile,
    &inspect_kubernetes,
#ifdef PLIMSOLL_FAULTS
    &inspect_faults,
#endif
};
const size_t inspectors_n = ARRAY_SIZE(inspectors);
