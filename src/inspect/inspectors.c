#include "inspect/inspector.h"

#include "inspect/documents/documents.h"
#include "inspect/packages/packages.h"

#ifdef PLIMSOLL_FAULTS
extern const struct inspector inspect_faults;
#endif

const struct inspector *const inspectors[] = {
    &inspect_os_release,
    &inspect_dpkg,
    &inspect_debian_copyright,
    &inspect_apk,
    &inspect_rpm,
    &inspect_pacman,
    &inspect_opkg,
    &inspect_npm_lock,
    &inspect_yarn_lock,
    &inspect_pnpm_lock,
    &inspect_bun_lock,
    &inspect_npm_installed,
    &inspect_python_installed,
    &inspect_python_requirements,
    &inspect_pipfile_lock,
    &inspect_poetry_lock,
    &inspect_pdm_lock,
    &inspect_uv_lock,
    &inspect_pylock,
    &inspect_conda_installed,
    &inspect_conda_environment,
    &inspect_conda_lock,
    &inspect_java_archive,
    &inspect_maven_pom,
    &inspect_gradle,
    &inspect_sbt_lock,
    &inspect_runtime_release,
    &inspect_nuget_lock,
    &inspect_nuget_project,
    &inspect_go_mod,
    &inspect_go_vendor,
    &inspect_go_toolchain,
    &inspect_cargo_lock,
    &inspect_gemfile_lock,
    &inspect_gem_installed,
    &inspect_composer_lock,
    &inspect_composer_installed,
    &inspect_swift_resolved,
    &inspect_podfile_lock,
    &inspect_pub_lock,
    &inspect_mix_lock,
    &inspect_rebar_lock,
    &inspect_stack_lock,
    &inspect_cabal_freeze,
    &inspect_conan,
    &inspect_vcpkg,
    &inspect_renv_lock,
    &inspect_r_installed,
    &inspect_julia_manifest,
    &inspect_github_actions,
    &inspect_terraform_lock,
    &inspect_executable,
    &inspect_compose,
    &inspect_dockerfile,
    &inspect_kubernetes,
#ifdef PLIMSOLL_FAULTS
    &inspect_faults,
#endif
};
const size_t inspectors_n = ARRAY_SIZE(inspectors);
