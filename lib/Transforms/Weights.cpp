// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// How a weight gets its layout; shared by the passes that attach and
// materialize layouts.

#include "lacuna/Transforms/Weights.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"

using namespace mlir;
using namespace lacuna;

bool lacuna::isWeight(ml_program::GlobalOp global) {
  return !global.getIsMutable() && isa<RankedTensorType>(global.getType()) &&
         isa_and_nonnull<ml_program::ExternAttr>(
             global.getValue().value_or(Attribute()));
}

StringRef lacuna::getWeightName(ml_program::GlobalOp global) {
  auto name = global->getAttrOfType<StringAttr>("lacuna.weight");
  return name ? name.getValue() : global.getSymName();
}

void lacuna::setNarrowedFrom(ml_program::GlobalOp global,
                             ml_program::GlobalOp weight) {
  Builder builder(global.getContext());
  std::string dtype;
  llvm::raw_string_ostream(dtype) << getElementTypeOrSelf(global.getType());
  global->setAttr("lacuna.weight",
                  builder.getStringAttr(getWeightName(weight)));
  global->setAttr("lacuna.type", TypeAttr::get(eraseLayout(weight.getType())));
  global->setAttr("lacuna.dtype", builder.getStringAttr(dtype));
}

ml_program::GlobalOp lacuna::getWeight(Value value, SymbolTable &symbols) {
  auto load = value.getDefiningOp<ml_program::GlobalLoadConstOp>();
  if (!load)
    return {};
  auto global =
      symbols.lookup<ml_program::GlobalOp>(load.getGlobal().getLeafReference());
  return global && isWeight(global) ? global : ml_program::GlobalOp();
}

bool lacuna::isContraction(Operation *op) {
  auto linalgOp = dyn_cast<linalg::LinalgOp>(op);
  return linalgOp && linalg::isaContractionOpInterface(linalgOp) &&
         linalgOp.getNumReductionLoops() > 0;
}

SmallVector<ConvertOp> lacuna::setWeightType(ml_program::GlobalOp global,
                                             RankedTensorType type,
                                             ModuleOp module) {
  SmallVector<ConvertOp> converts;
  module.walk([&](ml_program::GlobalLoadConstOp load) {
    if (load.getGlobal().getLeafReference() != global.getSymNameAttr() ||
        load.getType() == type)
      return;
    Type former = load.getType();
    load.getResult().setType(type);
    OpBuilder builder(load->getContext());
    builder.setInsertionPointAfter(load);
    auto convert = ConvertOp::create(builder, load.getLoc(), former, load);
    load.getResult().replaceAllUsesExcept(convert, convert);
    converts.push_back(convert);
  });
  global.setType(type);
  global.setValueAttr(ml_program::ExternAttr::get(global.getContext(), type));
  return converts;
}

LogicalResult lacuna::claimConvertedWeights(ModuleOp module) {
  SymbolTable symbols(module);
  bool failed = false;
  SmallVector<ConvertOp> claims;
  module.walk([&](ConvertOp convert) {
    if (getLayout(convert.getType()) && getWeight(convert.getSource(), symbols))
      claims.push_back(convert);
  });
  for (ConvertOp convert : claims) {
    ml_program::GlobalOp weight = getWeight(convert.getSource(), symbols);
    // The source may be a convert by now, where an earlier claim made one.
    if (auto source = convert.getSource().getDefiningOp<ConvertOp>())
      weight = getWeight(source.getSource(), symbols);
    StorageLayoutInterface former = getLayout(weight.getType());
    if (former && former != getLayout(convert.getType())) {
      InFlightDiagnostic diagnostic =
          convert.emitOpError("claims ")
          << getLayout(convert.getType()).getSpelling() << " of weight '"
          << weight.getSymName() << "', which has " << former.getSpelling()
          << "; a weight has one layout: prune to one that is both, or name "
             "two weights";
      diagnostic.attachNote(weight.getLoc()) << "the weight is declared here";
      failed = true;
    } else if (!former) {
      setWeightType(weight, cast<RankedTensorType>(convert.getType()), module);
    }
  }
  // What is left of the claims are converts between equal types.
  for (ConvertOp convert : claims) {
    auto source = convert.getSource().getDefiningOp<ConvertOp>();
    if (!source || source.getSource().getType() != convert.getType())
      continue;
    convert.getResult().replaceAllUsesWith(source.getSource());
    convert.erase();
    if (source.use_empty())
      source.erase();
  }
  return failure(failed);
}
