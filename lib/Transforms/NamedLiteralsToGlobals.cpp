// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// named-literals-to-globals: the first pass on an imported model. Weights come
// as literals that name a parameter and hold no data; from here on they are
// extern globals.

#include "lacuna/Transforms/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MLProgram/IR/MLProgram.h"
#include "mlir/IR/DialectResourceBlobManager.h"

namespace lacuna {
#define GEN_PASS_DEF_NAMEDLITERALSTOGLOBALS
#include "lacuna/Transforms/Passes.h.inc"
} // namespace lacuna

using namespace mlir;
using namespace lacuna;

/// Whether the literal's blob is only a placeholder.
static bool isPlaceholder(DenseResourceElementsAttr literal) {
  AsmResourceBlob *blob = literal.getRawHandle().getBlob();
  if (!blob)
    return true;
  ArrayRef<char> data = blob->getData();
  ShapedType type = literal.getType();
  int64_t bits =
      type.getElementType().isIntOrFloat() ? type.getElementTypeBitWidth() : 64;
  int64_t bytes = type.getNumElements() * ((bits + 7) / 8);
  if (static_cast<int64_t>(data.size()) != bytes)
    return true;
  return data.size() == 16 && llvm::all_of(data, [](char c) { return c == 0; });
}

namespace {
struct NamedLiteralsToGlobals
    : lacuna::impl::NamedLiteralsToGlobalsBase<NamedLiteralsToGlobals> {
  void runOnOperation() override {
    ModuleOp module = getOperation();
    SymbolTable symbols(module);
    WalkResult result = module.walk([&](arith::ConstantOp constant) {
      auto literal = dyn_cast<DenseResourceElementsAttr>(constant.getValue());
      if (!literal || !isPlaceholder(literal))
        return WalkResult::advance();
      return failed(replace(constant, literal, symbols))
                 ? WalkResult::interrupt()
                 : WalkResult::advance();
    });
    if (result.wasInterrupted())
      signalPassFailure();
  }

private:
  LogicalResult replace(arith::ConstantOp constant,
                        DenseResourceElementsAttr literal,
                        SymbolTable &symbols) {
    StringRef name = literal.getRawHandle().getKey();
    Type type = constant.getType();
    OpBuilder builder(constant);
    if (Operation *known = symbols.lookup(name)) {
      auto global = dyn_cast<ml_program::GlobalOp>(known);
      if (!global || global.getType() != type)
        return constant.emitError()
               << "the literal named '" << name << "' has type " << type
               << ", but another symbol of that name exists";
    } else {
      builder.setInsertionPointToStart(getOperation().getBody());
      symbols.insert(ml_program::GlobalOp::create(
          builder, constant.getLoc(), builder.getStringAttr(name),
          TypeAttr::get(type), /*is_mutable=*/nullptr,
          ml_program::ExternAttr::get(&getContext(), type),
          builder.getStringAttr("private")));
      ++numGlobals;
    }
    builder.setInsertionPoint(constant);
    auto load = ml_program::GlobalLoadConstOp::create(
        builder, constant.getLoc(), type,
        FlatSymbolRefAttr::get(&getContext(), name));
    constant.replaceAllUsesWith(load.getResult());
    constant.erase();
    return success();
  }
};
} // namespace
