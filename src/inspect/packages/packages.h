/* The inspectors of packages: package databases, lockfiles, installed metadata, executables.
 *
 * One declaration a line, in the order of the alphabet; the table is src/inspect/inspectors.c. */
#ifndef PLIMSOLL_INSPECT_PACKAGES_PACKAGES_H
#define PLIMSOLL_INSPECT_PACKAGES_PACKAGES_H

#include "inspect/inspector.h"

extern const struct inspector inspect_apk;
extern const struct inspector inspect_bun_lock;
extern const struct inspector inspect_cabal_freeze;
extern const struct inspector inspect_cargo_lock;
extern const struct inspector inspect_composer_installed;
extern const struct inspector inspect_composer_lock;
extern const struct inspector inspect_conan;
extern const struct inspector inspect_conda_environment;
extern const struct inspector inspect_conda_installed;
extern const struct inspector inspect_conda_lock;
extern const struct inspector inspect_debian_copyright;
extern const struct inspector inspect_dpkg;
extern const struct inspector inspect_executable;
extern const struct inspector inspect_gem_installed;
extern const struct inspector inspect_gemfile_lock;
extern const struct inspector inspect_github_actions;
extern const struct inspector inspect_go_mod;
extern const struct inspector inspect_go_toolchain;
extern const struct inspector inspect_go_vendor;
extern const struct inspector inspect_gradle;
extern const struct inspector inspect_java_archive;
extern const struct inspector inspect_julia_manifest;
extern const struct inspector inspect_maven_pom;
extern const struct inspector inspect_mix_lock;
extern const struct inspector inspect_npm_installed;
extern const struct inspector inspect_npm_lock;
extern const struct inspector inspect_nuget_lock;
extern const struct inspector inspect_nuget_project;
extern const struct inspector inspect_opkg;
extern const struct inspector inspect_os_release;
extern const struct inspector inspect_pacman;
extern const struct inspector inspect_pdm_lock;
extern const struct inspector inspect_pipfile_lock;
extern const struct inspector inspect_pnpm_lock;
extern const struct inspector inspect_podfile_lock;
extern const struct inspector inspect_poetry_lock;
extern const struct inspector inspect_pub_lock;
extern const struct inspector inspect_pylock;
extern const struct inspector inspect_python_installed;
extern const struct inspector inspect_python_requirements;
extern const struct inspector inspect_r_installed;
extern const struct inspector inspect_rebar_lock;
extern const struct inspector inspect_renv_lock;
extern const struct inspector inspect_rpm;
extern const struct inspector inspect_runtime_release;
extern const struct inspector inspect_sbt_lock;
extern const struct inspector inspect_stack_lock;
extern const struct inspector inspect_swift_resolved;
extern const struct inspector inspect_terraform_lock;
extern const struct inspector inspect_uv_lock;
extern const struct inspector inspect_vcpkg;
extern const struct inspector inspect_yarn_lock;

#endif
