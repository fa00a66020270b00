// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Registers the dialect's attributes and operations, and answers what applies
// to every layout: where it stands in a type and how it is spelled in text
// files.

#include "lacuna/IR/Lacuna.h"

#include "mlir/AsmParser/AsmParser.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace lacuna;

#include "lacuna/IR/LacunaEnums.cpp.inc"

#include "lacuna/IR/LacunaAttrInterfaces.cpp.inc"

#include "lacuna/IR/LacunaDialect.cpp.inc"

#define GET_ATTRDEF_CLASSES
#include "lacuna/IR/LacunaAttributes.cpp.inc"

void LacunaDialect::initialize() {
  addAttributes<
#define GET_ATTRDEF_LIST
#include "lacuna/IR/LacunaAttributes.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "lacuna/IR/LacunaOps.cpp.inc"
      >();
}

StorageLayoutInterface lacuna::getLayout(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  return tensor ? dyn_cast_or_null<StorageLayoutInterface>(tensor.getEncoding())
                : StorageLayoutInterface();
}

Type lacuna::eraseLayout(Type type) {
  return getLayout(type) ? cast<RankedTensorType>(type).dropEncoding() : type;
}

StorageLayoutInterface lacuna::parseLayoutSpelling(
    StringRef spelling, int64_t defaultDim, MLIRContext *context,
    llvm::function_ref<InFlightDiagnostic()> emitError) {
  std::string text = ("#lacuna." + spelling.trim()).str();
  // Only nm has an implied dimension so far.
  if (spelling.trim().starts_with("nm<") && !spelling.contains("dim")) {
    if (defaultDim < 0) {
      emitError() << "layout '" << spelling
                  << "' needs its dimension here: write for example 'nm<2:4, "
                     "dim = 1>'";
      return {};
    }
    text = text.substr(0, text.rfind('>')) +
           ", dim = " + std::to_string(defaultDim) + ">";
  }
  // The parser's own diagnostics name a position in a buffer that the user has
  // never seen: keep its words, and say them at the caller's place.
  std::string message;
  Attribute attribute;
  {
    ScopedDiagnosticHandler handler(context, [&](Diagnostic &diagnostic) {
      if (message.empty())
        message = diagnostic.str();
      return success();
    });
    attribute = parseAttribute(text, context);
  }
  auto layout = dyn_cast_or_null<StorageLayoutInterface>(attribute);
  if (!layout)
    emitError() << "'" << spelling << "' is not a layout"
                << (message.empty() ? "" : ": ") << message
                << "; expected for example 'nm<2:4>' or 'nm<2:4, dim = 1>'";
  return layout;
}
