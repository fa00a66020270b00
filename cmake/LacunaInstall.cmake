# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# The relocatable prefix: tools, runtime, headers and a CMake package.
include(CMakePackageConfigHelpers)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/lacuna ${PROJECT_BINARY_DIR}/include/lacuna
  DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
  FILES_MATCHING PATTERN "*.h" PATTERN "*.td" PATTERN "*.inc")
write_basic_package_version_file(
  ${PROJECT_BINARY_DIR}/cmake/LacunaConfigVersion.cmake COMPATIBILITY SameMinorVersion)
configure_package_config_file(
  ${PROJECT_SOURCE_DIR}/cmake/LacunaConfig.cmake.in
  ${PROJECT_BINARY_DIR}/cmake/LacunaConfig.cmake
  INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/Lacuna
  PATH_VARS CMAKE_INSTALL_BINDIR)
install(FILES
  ${PROJECT_BINARY_DIR}/cmake/LacunaConfig.cmake
  ${PROJECT_BINARY_DIR}/cmake/LacunaConfigVersion.cmake
  DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/Lacuna)
install(EXPORT LacunaTargets NAMESPACE Lacuna:: FILE LacunaTargets.cmake
  DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/Lacuna)
