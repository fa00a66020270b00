// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// From a contraction in IR to the numbers of the cost model. See RoutePrices.h.

#include "RoutePrices.h"

#include "lacuna/Transforms/SparseTensorRoute.h"
#include "lacuna/Transforms/TensorCoreRoute.h"
#include "lacuna/Transforms/VectorRoute.h"
#include "lacuna/Transforms/Weights.h"

#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "llvm/Support/Threading.h"

using namespace mlir;
using namespace lacuna;

// Where the number of columns is dynamic the routes are compared at these.
static constexpr int64_t kComparedSizes[] = {1,   2,   4,   8,    16,   32,  64,
                                             128, 256, 512, 1024, 2048, 4096};

Conditions RoutePrices::getConditions(double footprint, int64_t threads) {
  Conditions conditions;
  conditions.threads =
      threads > 0 ? threads
                  : llvm::hardware_concurrency().compute_thread_count();
  conditions.footprint = footprint;
  return conditions;
}

double RoutePrices::getFootprint(ModuleOp module) {
  double footprint = 0;
  // What is read in a smaller type only stays as a declaration.
  llvm::DenseSet<StringAttr> loaded;
  module.walk([&](ml_program::GlobalLoadConstOp load) {
    loaded.insert(load.getGlobal().getLeafReference());
  });
  for (auto global : module.getOps<ml_program::GlobalOp>())
    if (isWeight(global) && loaded.contains(global.getSymNameAttr())) {
      auto type = cast<RankedTensorType>(global.getType());
      if (type.hasStaticShape())
        footprint +=
            double(type.getNumElements()) * type.getElementTypeBitWidth() / 8;
    }
  return footprint;
}

ArrayRef<Route> RoutePrices::getRoutes() const {
  static constexpr Route cpu[] = {Route::Dense, Route::SparseTensor,
                                  Route::Vector};
  static constexpr Route gpu[] = {Route::Dense, Route::TensorCore};
  return model.isGPU ? ArrayRef<Route>(gpu) : ArrayRef<Route>(cpu);
}

static bool isPrunedAtRunTime(const LicensedContraction &licensed) {
  auto argument = cast<BlockArgument>(licensed.weight->get());
  auto dispatch = cast<DispatchOp>(argument.getOwner()->getParentOp());
  return dispatch.getInputs()[argument.getArgNumber()].getDefiningOp<PruneOp>();
}

std::optional<std::string>
RoutePrices::whyNot(const LicensedContraction &licensed, Route route) const {
  if (route == Route::Dense)
    return std::nullopt;
  if (route == Route::SparseTensor)
    return whyNotSparseTensor(licensed.op, *licensed.weight);
  bool isVector = route == Route::Vector;
  if (isPrunedAtRunTime(licensed))
    return std::string("the operand is pruned at run time, and ") +
           (isVector ? "the vectors'" : "mma's") +
           " order is made when weights are loaded";
  if (isVector)
    return whyNotVector(licensed.op, *licensed.weight);
  std::string reason;
  if (analyzeTensorCoreContraction(licensed.op, reason))
    return std::nullopt;
  return reason;
}

static double countBytes(ArrayRef<LayoutComponent> buffers) {
  double bytes = 0;
  for (const LayoutComponent &buffer : buffers)
    bytes += double(buffer.type.getNumElements()) *
             buffer.type.getElementTypeBitWidth() / 8;
  return bytes;
}

WeightView RoutePrices::getView(const LicensedContraction &licensed,
                                Route route) {
  RankedTensorType type = licensed.type;
  Type element = type.getElementType();
  WeightView view;
  bool tf32 =
      element.isF32() && licensed.op->hasAttr(LacunaDialect::kPrecisionAttr);
  view.element = tf32                   ? "tf32"
                 : element.isF16()      ? "f16"
                 : element.isBF16()     ? "bf16"
                 : element.isInteger(8) ? "i8"
                 : element.isF32()      ? "f32"
                                        : "other";
  if (route == Route::Dense) {
    view.bytes = countBytes({{"dense", type}});
    return view;
  }
  Attribute layout = type.getEncoding();
  auto visit = cast<VisitInterface>(layout);
  view.work = visit.getExpectedWork(type.getShape());
  view.bytes = visit.getExpectedBytes(type);
  if (auto nm = dyn_cast<NMAttr>(layout)) {
    view.n = nm.getN();
    view.m = nm.getM();
  }
  if (route == Route::Vector)
    view.bytes = countBytes(cast<VectorInterface>(layout).getVectorViews(type));
  if (route == Route::TensorCore) {
    // PTX ISA, "Matrix multiply-accumulate operation using mma.sp
    // instruction": one instruction covers twice the depth.
    view.work = 0.5;
    view.bytes =
        countBytes(cast<TensorCoreInterface>(layout).getMmaViews(type));
  }
  return view;
}

int64_t lacuna::getStaticColumns(const LicensedContraction &licensed) {
  linalg::LinalgOp op = licensed.op;
  AffineMap weightMap = op.getMatchingIndexingMap(licensed.weight);
  int64_t columns = 1;
  for (auto [loop, range] : llvm::enumerate(op.getStaticLoopRanges())) {
    if (weightMap.isFunctionOfDim(loop))
      continue;
    if (ShapedType::isDynamic(range))
      return ShapedType::kDynamic;
    columns *= range;
  }
  return columns;
}

Prediction RoutePrices::predict(const LicensedContraction &licensed,
                                Route route, int64_t columns) const {
  linalg::LinalgOp op = licensed.op;
  AffineMap weightMap = op.getMatchingIndexingMap(licensed.weight);
  unsigned number = licensed.weight->getOperandNumber();
  OpOperand *other = op.getDpsInputOperand(1 - number);
  AffineMap otherMap = op.getMatchingIndexingMap(other);
  auto types = op.getIteratorTypesArray();
  ContractionSize size;
  size.rows = size.depth = 1;
  size.columns = columns;
  for (auto [loop, range] : llvm::enumerate(op.getStaticLoopRanges())) {
    if (!weightMap.isFunctionOfDim(loop))
      continue;
    int64_t &part = types[loop] == utils::IteratorType::reduction ? size.depth
                    : otherMap.isFunctionOfDim(loop)              ? size.batch
                                                                  : size.rows;
    // Weights are static; another operand may have the loop, too.
    part *= ShapedType::isDynamic(range) ? 1 : range;
  }
  auto bytes = [](Value value) {
    return std::max<int64_t>(
        1, cast<ShapedType>(value.getType()).getElementTypeBitWidth() / 8);
  };
  size.activationElementBytes = bytes(other->get());
  size.resultElementBytes = bytes(op.getDpsInits()[0]);
  return lacuna::predict(route, size, getView(licensed, route), conditions,
                         model);
}

SmallVector<RouteOption>
RoutePrices::getOptions(const LicensedContraction &licensed,
                        SmallVectorImpl<Refusal> &refused) const {
  SmallVector<RouteOption> options;
  for (Route route : getRoutes())
    if (std::optional<std::string> impossible = whyNot(licensed, route))
      refused.push_back({route, *impossible});
    else
      options.push_back({route,
                         [this, &licensed, route](int64_t columns) {
                           return predict(licensed, route, columns).seconds;
                         },
                         getView(licensed, route).bytes});
  return options;
}

/// A region that updates state in place does so in one function.
static bool insertsIntoInput(DispatchOp dispatch) {
  auto inserts = dispatch.getBody().getOps<tensor::InsertSliceOp>();
  return inserts.begin() != inserts.end();
}

SmallVector<Interval> RoutePrices::plan(ArrayRef<RouteOption> options,
                                        const LicensedContraction &licensed,
                                        int64_t columns) {
  bool isDynamic = ShapedType::isDynamic(columns);
  bool maySplit = isDynamic && getColumnSizes(licensed) &&
                  !insertsIntoInput(licensed.op->getParentOfType<DispatchOp>());
  return planIntervals(options,
                       isDynamic ? ArrayRef<int64_t>(kComparedSizes)
                                 : ArrayRef(columns),
                       getView(licensed, Route::Dense).bytes, maySplit);
}

std::string RoutePrices::describe(ArrayRef<Refusal> refused,
                                  StringRef said) const {
  std::string text = said.str();
  for (const auto &[route, why] : refused) {
    // The routes of a CPU often refuse for the same reason.
    if (StringRef(text).contains(why))
      continue;
    if (!text.empty())
      text += "; ";
    if (getRoutes().size() > 2)
      text += getRouteName(route) + " cannot: ";
    text += why;
  }
  return text;
}
