// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Contractions become regions by the compiler's own phases. See Pricing.h.

#include "Pricing.h"

#include "lacuna/Pipelines/Phases.h"
#include "lacuna/Pipelines/Registration.h"
#include "lacuna/Transforms/Weights.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/Parser/Parser.h"
#include "llvm/Support/FormatVariadic.h"

using namespace mlir;
using namespace lacuna;
using namespace lacuna::advise;
using llvm::formatv;
using packing::ElementType;

/// The type that sums of products are imported as; empty where there are none.
static StringRef getSumType(ElementType type) {
  switch (type) {
  case ElementType::F64:
    return "f64";
  case ElementType::F32:
  case ElementType::F16:
  case ElementType::BF16:
  case ElementType::F8E4M3:
  case ElementType::F8E5M2:
    return "f32";
  case ElementType::I64:
    return "i64";
  case ElementType::I32:
  case ElementType::I16:
  case ElementType::I8:
    return "i32";
  case ElementType::U64:
  case ElementType::U32:
  case ElementType::U16:
  case ElementType::U8:
  case ElementType::Bool:
    return "";
  }
  llvm_unreachable("all element types are listed");
}

std::string lacuna::advise::writeContraction(ElementType type,
                                             const ContractionSize &size) {
  StringRef sum = getSumType(type);
  if (sum.empty())
    return "";
  bool isStack = size.batch > 1;
  std::string batch = isStack ? std::to_string(size.batch) + "x" : "";
  std::string_view element = packing::getName(type);
  std::string x = formatv("tensor<{0}?x{1}x{2}>", batch, size.depth, element),
              w = formatv("tensor<{0}{1}x{2}x{3}>", batch, size.rows,
                          size.depth, element),
              y = formatv("tensor<{0}?x{1}x{2}>", batch, size.rows, sum);
  // A linear layer: the weight has a row for each column of the result.
  return formatv(
      "ml_program.global private @weight(#ml_program.extern : {1}) : {1}\n"
      "func.func @main(%x: {0}, %init: {2}) -> {2} {{\n"
      "  %w = ml_program.global_load_const @weight : {1}\n"
      "  %y = linalg.{3} indexing_maps = [affine_map<({4}m, n, k) -> ({4}m, "
      "k)>, affine_map<({4}m, n, k) -> ({4}n, k)>, affine_map<({4}m, n, k) -> "
      "({4}m, n)>] ins(%x, %w : {0}, {1}) outs(%init : {2}) -> {2}\n"
      "  return %y : {2}\n"
      "}\n",
      x, w, y, isStack ? "batch_matmul" : "matmul", isStack ? "b, " : "");
}

std::string lacuna::advise::writeContraction(linalg::LinalgOp op,
                                             OpOperand &weight) {
  Location loc = op.getLoc();
  OwningOpRef<ModuleOp> module = ModuleOp::create(loc);
  OpBuilder builder(op.getContext());
  builder.setInsertionPointToStart(module->getBody());
  Type type = eraseLayout(weight.get().getType());
  ml_program::GlobalOp::create(
      builder, loc, "weight", type, /*is_mutable=*/false,
      ml_program::ExternAttr::get(op.getContext(), type),
      builder.getStringAttr("private"));
  SmallVector<Type> inputs;
  for (OpOperand &operand : op->getOpOperands())
    if (&operand != &weight)
      inputs.push_back(eraseLayout(operand.get().getType()));
  auto function = func::FuncOp::create(
      builder, loc, "main",
      builder.getFunctionType(inputs, op->getResultTypes()));
  builder.setInsertionPointToStart(function.addEntryBlock());
  IRMapping mapping;
  Operation *copy = builder.clone(*op, mapping);
  unsigned next = 0;
  for (OpOperand &operand : op->getOpOperands())
    if (&operand != &weight)
      copy->setOperand(operand.getOperandNumber(),
                       function.getArgument(next++));
  builder.setInsertionPoint(copy);
  copy->setOperand(weight.getOperandNumber(),
                   ml_program::GlobalLoadConstOp::create(
                       builder, loc, type,
                       FlatSymbolRefAttr::get(op.getContext(), "weight")));
  builder.setInsertionPointAfter(copy);
  func::ReturnOp::create(builder, loc, copy->getResults());
  std::string text;
  llvm::raw_string_ostream os(text);
  module->print(os);
  return text;
}

Pricing::Pricing(TargetModel model, Conditions conditions,
                 const std::string &precision)
    : prices(std::move(model), conditions) {
  DialectRegistry registry;
  registerAllDialects(registry);
  context =
      std::make_unique<MLIRContext>(registry, MLIRContext::Threading::DISABLED);
  manager = std::make_unique<PassManager>(context.get());
  PhaseOptions options;
  options.precision = precision;
  buildInputPhase(*manager, options);
  buildDispatchPhase(*manager, options);
}

void Pricing::build(const std::string &contraction,
                    const packing::NMLayout &layout, Region &region) {
  ScopedDiagnosticHandler handler(context.get(), [&](Diagnostic &diagnostic) {
    if (diagnostic.getSeverity() == DiagnosticSeverity::Error &&
        region.error.empty())
      region.error = diagnostic.str();
    return success();
  });
  region.module = parseSourceString<ModuleOp>(contraction, context.get());
  if (!region.module)
    return;
  auto global = region.module->lookupSymbol<ml_program::GlobalOp>("weight");
  auto type = cast<RankedTensorType>(global.getType());
  StorageLayoutInterface attribute =
      parseLayoutSpelling(layout.str(), layout.dim, context.get(),
                          [&] { return emitError(global.getLoc()); });
  if (!attribute || failed(attribute.verifyLayout(
                        type.getShape(), type.getElementType(),
                        [&] { return emitError(global.getLoc()); })))
    return;
  setWeightType(
      global,
      RankedTensorType::get(type.getShape(), type.getElementType(), attribute),
      *region.module);
  if (failed(manager->run(*region.module)))
    return;
  region.module->walk([&](DispatchOp dispatch) {
    if (std::optional<LicensedContraction> licensed = findLicensed(dispatch))
      region.licensed = *licensed;
  });
}

const Pricing::Region &Pricing::getRegion(const std::string &contraction,
                                          const packing::NMLayout &layout) {
  auto [place, isNew] = regions.try_emplace({contraction, layout.str()});
  Region &region = place->second;
  if (isNew)
    build(contraction, layout, region);
  if (isNew && !region.licensed.op && region.error.empty())
    region.error = "its contraction is not found again as a region";
  return region;
}

llvm::Expected<Pricing::Price> Pricing::price(const std::string &contraction,
                                              const packing::NMLayout &layout,
                                              int64_t columns, bool isStatic) {
  const Region &region = getRegion(contraction, layout);
  if (!region.licensed.op)
    return llvm::createStringError(region.error);
  const LicensedContraction &licensed = region.licensed;
  SmallVector<Refusal> refused;
  SmallVector<RouteOption> options = prices.getOptions(licensed, refused);
  Price price;
  price.dense = prices.predict(licensed, Route::Dense, columns);
  price.refused = prices.describe(refused);
  for (const RouteOption &option : options) {
    if (option.route == Route::Dense)
      continue;
    Prediction made = prices.predict(licensed, option.route, columns);
    if (price.skipping && price.skipping->seconds <= made.seconds)
      continue;
    price.skipping = made;
    price.skippingRoute = option.route;
  }
  for (const Interval &interval : RoutePrices::plan(
           options, licensed, isStatic ? columns : ShapedType::kDynamic))
    if (interval.from <= columns)
      price.route = interval.option->route;
  price.taken = prices.predict(licensed, price.route, columns);
  return price;
}
