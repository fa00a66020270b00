// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// add-destinations: the signature of public functions becomes what the
// runtime calls, memrefs in and memrefs to write to. Behind shape functions,
// before weights are bound.

#include "HostFunctions.h"

#include "lacuna/Conversion/Passes.h"
#include "lacuna/IR/Lacuna.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "llvm/ADT/StringSet.h"

namespace lacuna {
#define GEN_PASS_DEF_ADDDESTINATIONS
#include "lacuna/Conversion/Passes.h.inc"
} // namespace lacuna

using namespace mlir;
using namespace lacuna;

/// The buffer that carries a value of this type across the call: identity
/// layout, rank 0 for a scalar. Fails where there is none.
static FailureOr<MemRefType> getBufferType(Type type, func::FuncOp function,
                                           const Twine &what) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  if (tensor && tensor.getEncoding())
    return function.emitOpError()
           << what << " has an encoding, " << type
           << "; expected none: layouts stand on weights";
  Type element = tensor ? tensor.getElementType() : type;
  if (element.isF64() || element.isF32() || element.isF16() ||
      element.isBF16() || element.isIndex() || element.isSignlessInteger(64) ||
      element.isSignlessInteger(32) || element.isSignlessInteger(16) ||
      element.isSignlessInteger(8) || element.isSignlessInteger(1))
    return MemRefType::get(tensor ? tensor.getShape() : ArrayRef<int64_t>(),
                           element);
  return function.emitOpError()
         << what << " has type " << type
         << "; expected a ranked tensor of f64, f32, f16, bf16, i64, i32, "
            "i16, i8, i1 or index";
}

/// The attributes of one input or result: its name is no other's, and each of
/// its dimensions may have one.
static LogicalResult checkSignature(Type type, const NamedAttrList &attributes,
                                    const Twine &fallback,
                                    llvm::StringSet<> &names,
                                    func::FuncOp function) {
  std::string name = fallback.str();
  if (Attribute given = attributes.get(LacunaDialect::kNameAttr)) {
    auto string = dyn_cast<StringAttr>(given);
    if (!string || string.empty())
      return function.emitOpError("calls '")
             << name << "' " << given << "; expected a string that is a name";
    name = string.str();
  }
  if (!names.insert(name).second)
    return function.emitOpError("has two inputs, or two results, of the name '")
           << name << "'; expected a name of its own for each";
  Attribute given = attributes.get(LacunaDialect::kDimsAttr);
  auto dims = dyn_cast_or_null<ArrayAttr>(given);
  auto tensor = dyn_cast<RankedTensorType>(type);
  if (given &&
      (!dims || !llvm::all_of(dims, llvm::IsaPred<StringAttr>) ||
       static_cast<int64_t>(dims.size()) != (tensor ? tensor.getRank() : 0)))
    return function.emitOpError("'")
           << name << "' of type " << type << " has dimensions " << given
           << "; expected an array with one string for each";
  return success();
}

/// The tensor type that a value of this type is on the inside.
static RankedTensorType getTensorType(Type type) {
  if (auto tensor = dyn_cast<RankedTensorType>(type))
    return tensor;
  return RankedTensorType::get({}, type);
}

static void readInput(BlockArgument argument, MemRefType buffer,
                      OpBuilder &builder) {
  Type type = argument.getType();
  Location loc = argument.getLoc();
  argument.setType(buffer);
  auto read = bufferization::ToTensorOp::create(
      builder, loc, getTensorType(type), argument, /*restrict=*/true,
      /*writable=*/false);
  if (isa<RankedTensorType>(type)) {
    argument.replaceAllUsesExcept(read, read);
    return;
  }
  auto element = tensor::ExtractOp::create(builder, loc, read, ValueRange());
  // The tensor of a scalar is its memory.
  for (Operation *user : llvm::make_early_inc_range(argument.getUsers()))
    if (isa<tensor::FromElementsOp>(user) &&
        user->getResult(0).getType() == read.getType()) {
      user->getResult(0).replaceAllUsesWith(read);
      user->erase();
    }
  argument.replaceAllUsesExcept(element, read);
  if (element->use_empty())
    element.erase();
  builder.setInsertionPointAfter(read);
}

static void writeResult(Value result, Value destination, OpBuilder &builder) {
  Location loc = result.getLoc();
  auto element = result.getDefiningOp<tensor::ExtractOp>();
  if (element && element.getIndices().empty())
    result = element.getTensor();
  else if (!isa<RankedTensorType>(result.getType()))
    result = tensor::FromElementsOp::create(
        builder, loc, getTensorType(result.getType()), result);
  bufferization::MaterializeInDestinationOp::create(
      builder, loc, /*result=*/Type(), result, destination, /*restrict=*/true,
      /*writable=*/true);
}

static LogicalResult addDestinations(func::FuncOp function) {
  SmallVector<MemRefType> inputs, outputs;
  llvm::StringSet<> inputNames, outputNames;
  for (auto [i, type] : llvm::enumerate(function.getArgumentTypes())) {
    auto buffer = getBufferType(type, function, "argument " + Twine(i));
    if (failed(buffer) ||
        failed(checkSignature(type, function.getArgAttrDict(i),
                              "arg" + Twine(i), inputNames, function)))
      return failure();
    inputs.push_back(*buffer);
  }
  for (auto [i, type] : llvm::enumerate(function.getResultTypes())) {
    auto buffer = getBufferType(
        type, function, "result '" + Twine(getResultName(function, i)) + "'");
    if (failed(buffer) ||
        failed(checkSignature(type, function.getResultAttrDict(i),
                              "result" + Twine(i), outputNames, function)))
      return failure();
    outputs.push_back(*buffer);
  }

  Block &body = function.getBody().front();
  OpBuilder builder(function.getContext());
  builder.setInsertionPointToStart(&body);
  for (auto [argument, buffer] : llvm::zip(body.getArguments(), inputs))
    readInput(argument, buffer, builder);

  func::ReturnOp ret = getReturn(function);
  builder.setInsertionPoint(ret);
  SmallVector<DictionaryAttr> attributes;
  function.getAllArgAttrs(attributes);
  for (auto [i, buffer] : llvm::enumerate(outputs)) {
    writeResult(ret.getOperand(i),
                body.addArgument(buffer, ret.getOperand(i).getLoc()), builder);
    NamedAttrList named(function.getResultAttrDict(i));
    named.set(kOutputAttr, builder.getUnitAttr());
    attributes.push_back(named.getDictionary(function.getContext()));
  }
  ret.getOperandsMutable().clear();
  function.setAllResultAttrs(ArrayRef<DictionaryAttr>());
  function.setType(builder.getFunctionType(body.getArgumentTypes(), {}));
  function.setAllArgAttrs(attributes);
  return success();
}

namespace {
struct AddDestinations : lacuna::impl::AddDestinationsBase<AddDestinations> {
  void runOnOperation() override {
    if (failed(forEachHostFunction(getOperation(),
                                   [&](func::FuncOp function, SymbolTable &) {
                                     return addDestinations(function);
                                   })))
      signalPassFailure();
  }
};
} // namespace
