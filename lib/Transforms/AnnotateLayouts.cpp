// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// annotate-layouts: how a user says what may be skipped, without touching the
// model. Rules name weights; this pass finds the dimension and gives the type.

#include "ContractedDimension.h"
#include "LayoutRules.h"
#include "lacuna/IR/Lacuna.h"
#include "lacuna/Transforms/Passes.h"
#include "lacuna/Transforms/Weights.h"

#include "llvm/ADT/StringExtras.h"

namespace lacuna {
#define GEN_PASS_DEF_ANNOTATELAYOUTS
#include "lacuna/Transforms/Passes.h.inc"
} // namespace lacuna

using namespace mlir;
using namespace lacuna;

/// The few names that are closest to what the user wrote.
static std::string suggest(StringRef pattern, ArrayRef<StringRef> names) {
  SmallVector<std::pair<unsigned, StringRef>> ranked;
  for (StringRef name : names)
    ranked.push_back({pattern.edit_distance(name), name});
  llvm::sort(ranked);
  if (ranked.empty())
    return "; the module has no weights";
  std::string text = "; the nearest names are ";
  llvm::interleave(
      ArrayRef(ranked).take_front(3),
      [&](auto entry) { text += ("'" + entry.second + "'").str(); },
      [&] { text += ", "; });
  return text;
}

namespace {
struct AnnotateLayouts : lacuna::impl::AnnotateLayoutsBase<AnnotateLayouts> {
  using AnnotateLayoutsBase::AnnotateLayoutsBase;

  void runOnOperation() override {
    if (rules.empty())
      return;
    ModuleOp module = getOperation();
    auto read =
        readLayoutRules(rules, [&] { return emitError(module.getLoc()); });
    if (failed(read))
      return signalPassFailure();
    SmallVector<StringRef> names;
    for (auto global : module.getOps<ml_program::GlobalOp>()) {
      if (!isWeight(global))
        continue;
      names.push_back(global.getSymName());
      auto rule = findRule(*read, global.getSymName(),
                           [&] { return global.emitError(); });
      if (failed(rule) || (*rule && failed(apply(**rule, global))))
        return signalPassFailure();
    }
    for (const LayoutRule &rule : *read)
      if (rule.matches == 0)
        emitWarning(module.getLoc())
            << "the rule '" << rule.pattern << "' of '" << rules
            << "' matches no weight" << suggest(rule.pattern, names);
  }

private:
  /// Says that the layout cannot be: an error if the rule means this very
  /// weight, a remark if a glob caught it.
  LogicalResult refuse(const LayoutRule &rule, ml_program::GlobalOp global,
                       const Twine &why) {
    InFlightDiagnostic diagnostic =
        rule.isName ? global.emitError() : global.emitRemark();
    diagnostic << "the rule '" << rule.pattern << "' cannot give weight '"
               << global.getSymName() << "' " << rule.layout << ": " << why;
    return failure(rule.isName);
  }

  /// The dimension that a layout without one means, or why there is none.
  FailureOr<int64_t> inferDimension(ml_program::GlobalOp global,
                                    std::string &why) {
    llvm::SmallSet<int64_t, 2> found;
    getOperation().walk([&](ml_program::GlobalLoadConstOp load) {
      if (load.getGlobal().getLeafReference() == global.getSymNameAttr())
        for (int64_t dim : findContractedDimensions(load.getResult()))
          found.insert(dim);
    });
    if (found.size() == 1)
      return *found.begin();
    why = found.empty()
              ? "no contraction sums over one of its dimensions"
              : "its contractions sum over different dimensions; write the "
                "dimension, such as 'nm<2:4, dim = 1>'";
    return failure();
  }

  LogicalResult apply(const LayoutRule &rule, ml_program::GlobalOp global) {
    if (rule.layout == "dense")
      return success();
    std::string why;
    int64_t dim = -1;
    if (!StringRef(rule.layout).contains("dim")) {
      FailureOr<int64_t> inferred = inferDimension(global, why);
      if (failed(inferred))
        return refuse(rule, global, why);
      dim = *inferred;
    }
    // A layout that does not parse is wrong for every weight.
    StorageLayoutInterface layout =
        parseLayoutSpelling(rule.layout, dim, &getContext(), [&] {
          return emitError(getOperation().getLoc())
                 << "the rule '" << rule.pattern << "' of '" << rules << "': ";
        });
    if (!layout)
      return failure();
    auto type = cast<RankedTensorType>(global.getType());
    if (StorageLayoutInterface former = getLayout(type);
        former && former != layout)
      return refuse(rule, global, "the model gives it " + former.getSpelling());
    std::string message;
    {
      ScopedDiagnosticHandler handler(&getContext(), [&](Diagnostic &d) {
        message = d.str();
        return success();
      });
      if (failed(
              layout.verifyLayout(type.getShape(), type.getElementType(),
                                  [&] { return emitError(global.getLoc()); })))
        layout = {};
    }
    if (!layout)
      return refuse(rule, global, message);
    return give(global, RankedTensorType::get(type.getShape(),
                                              type.getElementType(), layout));
  }

  LogicalResult give(ml_program::GlobalOp global, RankedTensorType type) {
    ++numAnnotated;
    // Everything reads the plain type through a convert; what leads to a
    // contraction is folded by carry-layouts.
    setWeightType(global, type, getOperation());
    return success();
  }
};
} // namespace
