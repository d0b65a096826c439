/* The inspectors of packages: package databases, lockfiles, installed metadata, executables.
 *
 * One declaration a line, in the order of the alphabet; the table is src/inspect/inspectors.c. */
#ifndef PLIMSOLL_INSPECT_PACKAGES_PACKAGES_H
#define PLIMSOLL_INSPECT_PACKAGES_PACKAGES_H

#include "inspect/inspector.h"

extern const struct inspector inspect_apk;
extern const struct inspector inspect_cargo_lock;
extern const struct inspector inspect_conan;
extern const struct inspector inspect_dpkg;
extern const struct inspector inspect_executable;
extern const struct inspector inspect_go_mod;
extern const struct inspector inspect_go_toolchain;
extern const struct inspector inspect_go_vendor;
extern const struct inspector inspect_gradle;
extern const struct inspector inspect_java_archive;
extern const struct inspector inspect_maven_pom;
extern const struct inspector inspect_npm_installed;
extern const struct inspector inspect_npm_lock;
extern const struct inspector inspect_nuget_lock;
extern const struct inspector inspect_nuget_project;
extern const struct inspector inspect_opkg;
extern const struct inspector inspect_os_release;
extern const struct inspector inspect_pacman;
extern const struct inspector inspect_pipfile_lock;
extern const struct inspector inspect_poetry_lock;
extern const struct inspector inspect_python_installed;
extern const struct inspector inspect_python_requirements;
extern const struct inspector inspect_rpm;
extern const struct inspector inspect_runtime_release;
extern const struct inspector inspect_sbt_lock;
extern const struct inspector inspect_uv_lock;
extern const struct inspector inspect_vcpkg;

#endif
