// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Models are only read: nothing behind phase input runs.

#include "Model.h"

#include "Pricing.h"

#include "../Transforms/ContractedDimension.h"

#include "lacuna/Pipelines/Phases.h"
#include "lacuna/Pipelines/Registration.h"
#include "lacuna/Transforms/Passes.h"
#include "lacuna/Transforms/Weights.h"

#include "mlir/IR/Diagnostics.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Support/FileUtilities.h"
#include "llvm/Support/SourceMgr.h"

using namespace mlir;
using namespace lacuna;
using namespace lacuna::advise;

/// Sizes with the weight on the left. What is dynamic of the columns is the
/// batch's.
static Use measure(linalg::LinalgOp op, OpOperand &weight, unsigned dim) {
  Use use;
  use.function = op->getParentOfType<FunctionOpInterface>().getName().str();
  use.location = describeLocation(op.getLoc());
  use.dim = dim;
  use.size.rows = use.size.depth = 1;
  AffineMap weightMap = op.getMatchingIndexingMap(&weight);
  OpOperand *other =
      op.getDpsInputOperand(weight.getOperandNumber() == 0 ? 1 : 0);
  AffineMap otherMap = op.getMatchingIndexingMap(other);
  auto types = op.getIteratorTypesArray();
  for (auto [dim, loop] : llvm::enumerate(weightMap.getResults()))
    if (types[cast<AffineDimExpr>(loop).getPosition()] ==
        utils::IteratorType::reduction)
      use.operandDim = dim;
  use.contraction = writeContraction(op, weight);
  bool isDynamic = false;
  for (auto [loop, range] : llvm::enumerate(op.getStaticLoopRanges())) {
    bool inWeight = weightMap.isFunctionOfDim(loop);
    int64_t &size =
        types[loop] == utils::IteratorType::reduction ? use.size.depth
        : inWeight && otherMap.isFunctionOfDim(loop)  ? use.size.batch
        : inWeight                                    ? use.size.rows
                                                      : use.columnsPerBatch;
    if (ShapedType::isDynamic(range))
      isDynamic |= !inWeight;
    else
      size *= range;
  }
  use.size.columns = isDynamic ? 0 : use.columnsPerBatch;
  return use;
}

static void findUses(ModuleOp module, ml_program::GlobalOp global,
                     ModelWeight &weight) {
  std::optional<SymbolTable::UseRange> loads =
      SymbolTable::getSymbolUses(global.getOperation(), module);
  if (!loads)
    return;
  for (SymbolTable::SymbolUse load : *loads) {
    if (load.getUser()->getNumResults() != 1)
      continue;
    forEachContraction(
        load.getUser()->getResult(0),
        [&](linalg::LinalgOp op, OpOperand &operand,
            ArrayRef<int64_t> contracted) {
          if (op.getNumDpsInputs() == 2 && contracted.size() == 1)
            weight.uses.push_back(measure(op, operand, contracted.front()));
          else
            weight.noAdvice = "its contraction sums over several of its "
                              "dimensions, or over none";
        });
  }
  if (!weight.uses.empty())
    weight.noAdvice.clear();
  else if (weight.noAdvice.empty())
    weight.noAdvice = "no contraction reads it";
}

static std::optional<packing::ElementType> getElementType(Type type) {
  std::string name;
  llvm::raw_string_ostream(name) << type;
  return packing::parseElementType(name);
}

/// Bytes of weights in the form in which the model computes on them.
static FailureOr<double> getFootprint(ModuleOp module,
                                      const std::string &precision) {
  OwningOpRef<ModuleOp> copy(module.clone());
  PassManager manager(module.getContext());
  manager.addPass(createLowerPrecision({precision}));
  if (failed(manager.run(*copy)))
    return failure();
  return RoutePrices::getFootprint(*copy);
}

llvm::Expected<Model> lacuna::advise::readModel(const std::string &path,
                                                const std::string &precision) {
  DialectRegistry registry;
  registerAllDialects(registry);
  MLIRContext context(registry);
  context.printOpOnDiagnostic(false);
  std::string message;
  std::unique_ptr<llvm::MemoryBuffer> file = openInputFile(path, &message);
  if (!file)
    return llvm::createStringError(message);
  llvm::SourceMgr sources;
  sources.AddNewSourceBuffer(std::move(file), llvm::SMLoc());
  SourceMgrDiagnosticHandler handler(sources, &context);
  auto module = parseSourceFile<ModuleOp>(sources, ParserConfig(&context));
  PassManager manager(&context);
  buildPhase(Phase::Input, manager, PhaseOptions());
  if (!module || failed(manager.run(*module)))
    return llvm::createStringError("");
  FailureOr<double> footprint = getFootprint(*module, precision);
  if (failed(footprint))
    return llvm::createStringError("");

  Model model;
  model.footprint = *footprint;
  for (auto global : module->getOps<ml_program::GlobalOp>()) {
    // What is only pruned has no loads left.
    if (!isWeight(global) ||
        SymbolTable::symbolKnownUseEmpty(global.getOperation(), *module))
      continue;
    auto type = cast<RankedTensorType>(global.getType());
    std::optional<packing::ElementType> element =
        getElementType(type.getElementType());
    if (!element || !type.hasStaticShape())
      continue;
    ModelWeight weight;
    weight.spec.name = getWeightName(global).str();
    weight.spec.type = *element;
    weight.spec.shape.assign(type.getShape().begin(), type.getShape().end());
    if (auto prunes = global->getAttrOfType<StringAttr>(kPrunesAttr))
      weight.spec.prunes = prunes.str();
    if (auto layout = getLayout(type))
      if (auto parsed = packing::NMLayout::parse(layout.getSpelling());
          parsed.ok())
        weight.spec.layout = *parsed;
    findUses(*module, global, weight);
    model.weights.push_back(std::move(weight));
  }
  return model;
}
