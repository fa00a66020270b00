# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# How a compiler library, a compiler tool and a TableGen file are added.

# Everything that sees MLIR's headers is compiled as LLVM is (no RTTI, no
# exceptions) and shares one precompiled header: a bare pass costs 17 s
# without it and under 1 s with it.
add_library(LacunaPCH OBJECT ${CMAKE_CURRENT_LIST_DIR}/PCH.cpp)
function(lacuna_mlir_target name)
  target_include_directories(${name} PUBLIC
    $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>
    $<BUILD_INTERFACE:${PROJECT_BINARY_DIR}/include>
    $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
  target_include_directories(${name} SYSTEM PRIVATE ${MLIR_INCLUDE_DIRS} ${LLVM_INCLUDE_DIRS})
  target_compile_definitions(${name} PRIVATE ${LLVM_DEFINITIONS_LIST})
  target_compile_options(${name} PRIVATE -fno-exceptions -fno-rtti
    "SHELL:-Xclang -fno-pch-timestamp")
endfunction()
separate_arguments(LLVM_DEFINITIONS_LIST NATIVE_COMMAND "${LLVM_DEFINITIONS}")
lacuna_mlir_target(LacunaPCH)
target_precompile_headers(LacunaPCH PRIVATE ${CMAKE_CURRENT_LIST_DIR}/PCH.h)

# lacuna_library(<name> <sources>... [DEPENDS <tablegen targets>...] [LINK <libraries>...])
function(lacuna_library name)
  cmake_parse_arguments(ARG "" "" "DEPENDS;LINK" ${ARGN})
  add_library(${name} STATIC ${ARG_UNPARSED_ARGUMENTS})
  lacuna_mlir_target(${name})
  target_precompile_headers(${name} REUSE_FROM LacunaPCH)
  if(ARG_DEPENDS)
    add_dependencies(${name} ${ARG_DEPENDS})
  endif()
  target_link_libraries(${name} PUBLIC ${ARG_LINK} MLIR LLVM)
endfunction()

# lacuna_tool(<name> <sources>... [LINK <libraries>...])
function(lacuna_tool name)
  cmake_parse_arguments(ARG "" "" "LINK" ${ARGN})
  add_executable(${name} ${ARG_UNPARSED_ARGUMENTS})
  lacuna_mlir_target(${name})
  # The precompiled header is built with -fPIC; an executable would use -fPIE.
  set_target_properties(${name} PROPERTIES POSITION_INDEPENDENT_CODE OFF)
  target_compile_options(${name} PRIVATE -fPIC)
  target_precompile_headers(${name} REUSE_FROM LacunaPCH)
  target_link_libraries(${name} PRIVATE ${ARG_LINK} MLIR LLVM)
  install(TARGETS ${name} EXPORT LacunaTargets RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endfunction()
