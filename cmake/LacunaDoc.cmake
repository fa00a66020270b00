# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Target lacuna-doc: the reference pages, generated from TableGen.
set(LACUNA_DOC_DIR ${PROJECT_BINARY_DIR}/docs)
function(lacuna_doc_page name source)
  add_custom_command(OUTPUT ${LACUNA_DOC_DIR}/${name}.md
    COMMAND ${CMAKE_COMMAND} -E make_directory ${LACUNA_DOC_DIR}
    COMMAND ${MLIR_TABLEGEN_EXE} ${ARGN}
      -I ${PROJECT_SOURCE_DIR}/include -I ${MLIR_INCLUDE_DIRS}
      ${PROJECT_SOURCE_DIR}/include/lacuna/${source} -o ${LACUNA_DOC_DIR}/${name}.md
    DEPENDS ${PROJECT_SOURCE_DIR}/include/lacuna/${source}
    COMMENT "Writing docs/${name}.md" VERBATIM)
  set_property(GLOBAL APPEND PROPERTY LACUNA_DOC_PAGES ${LACUNA_DOC_DIR}/${name}.md)
endfunction()
lacuna_doc_page(Dialect IR/LacunaOps.td -gen-dialect-doc -dialect=lacuna)
lacuna_doc_page(Interfaces IR/LacunaInterfaces.td -gen-attr-interface-docs)
lacuna_doc_page(TransformPasses Transforms/Passes.td -gen-pass-doc)
lacuna_doc_page(ConversionPasses Conversion/Passes.td -gen-pass-doc)
get_property(LACUNA_DOC_PAGES GLOBAL PROPERTY LACUNA_DOC_PAGES)
add_custom_target(lacuna-doc DEPENDS ${LACUNA_DOC_PAGES})
