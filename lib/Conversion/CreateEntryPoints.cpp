// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// create-entry-points: the end of phase host. Builds the functions that the
// runtime finds by name in the shared library, and the manifest that tells it
// what they take.

#include "HostFunctions.h"
#include "Manifest.h"

#include "lacuna/Conversion/Passes.h"
#include "lacuna/Conversion/RuntimeCalls.h"
#include "lacuna/IR/Lacuna.h"

#include "mlir/Conversion/LLVMCommon/TypeConverter.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"

namespace lacuna {
#define GEN_PASS_DEF_CREATEENTRYPOINTS
#include "lacuna/Conversion/Passes.h.inc"
} // namespace lacuna

using namespace mlir;
using namespace lacuna;

/// The pointer at `index` of the array of descriptors.
static Value loadDescriptor(OpBuilder &builder, Location loc, Value array,
                            int32_t index) {
  Type pointer = LLVM::LLVMPointerType::get(builder.getContext());
  Value slot = LLVM::GEPOp::create(builder, loc, pointer, pointer, array,
                                   ArrayRef<LLVM::GEPArg>{LLVM::GEPArg(index)});
  return LLVM::LoadOp::create(builder, loc, pointer, slot);
}

/// The address of the `index`-th 64-bit word behind `base`.
static Value getWord(OpBuilder &builder, Location loc, Value base,
                     int32_t index) {
  return LLVM::GEPOp::create(builder, loc, base.getType(), builder.getI64Type(),
                             base, ArrayRef<LLVM::GEPArg>{LLVM::GEPArg(index)});
}

namespace {
struct CreateEntryPoints
    : lacuna::impl::CreateEntryPointsBase<CreateEntryPoints> {
  using CreateEntryPointsBase::CreateEntryPointsBase;

  void runOnOperation() override {
    auto functions = getHostFunctions(getOperation());
    if (failed(functions))
      return signalPassFailure();
    ModuleOp module = getOperation();
    Manifest manifest(target, cpu, features);
    if (getOperation().lookupSymbol("lacuna_rt_region"))
      manifest.setHasRegions();
    if (auto kernels = module->getAttrOfType<ArrayAttr>(kKernelsAttr)) {
      manifest.setKernels(kernels);
      module->removeAttr(kKernelsAttr);
    }
    for (func::FuncOp function : *functions)
      if (failed(manifest.add(function)))
        return signalPassFailure();
    SymbolTable symbols(module);
    for (func::FuncOp function : *functions)
      function.walk([&](func::CallOp call) {
        auto callee = symbols.lookup<func::FuncOp>(call.getCallee());
        if (callee && callee->hasAttr(LacunaDialect::kDispatchAttr))
          manifest.addRegion(describeRegion(call, getRoutes(callee, symbols)));
      });
    for (func::FuncOp function : *functions)
      makePrivate(function, symbols);
    for (auto [function, name] : llvm::zip(*functions, manifest.getSymbols())) {
      std::string symbol = (manifest.getPrefix() + name).str();
      if (failed(createEntry(function, symbol, symbols)) ||
          failed(createShapes(function, symbol, symbols)))
        return signalPassFailure();
      createWorkspace(function, symbol, symbols);
    }
    emitManifest(manifest.str());
  }

private:
  /// An exported function that takes `numPointers` pointers.
  func::FuncOp createExport(Location loc, const Twine &name,
                            unsigned numPointers, SymbolTable &symbols) {
    SmallVector<Type> types(numPointers,
                            LLVM::LLVMPointerType::get(&getContext()));
    auto function = func::FuncOp::create(
        loc, name.str(), FunctionType::get(&getContext(), types, {}));
    function.addEntryBlock();
    symbols.insert(function);
    return function;
  }

  LogicalResult createEntry(func::FuncOp function, StringRef symbol,
                            SymbolTable &symbols) {
    Location loc = function.getLoc();
    func::FuncOp entry =
        createExport(loc, "lacuna_entry_" + symbol, 1, symbols);
    OpBuilder builder = OpBuilder::atBlockEnd(&entry.getBody().front());
    LLVMTypeConverter converter(&getContext());
    SmallVector<Value> operands;
    for (auto [i, type] : llvm::enumerate(function.getArgumentTypes())) {
      Value pointer = loadDescriptor(builder, loc, entry.getArgument(0), i);
      Type descriptor = converter.convertType(type);
      if (!descriptor)
        return function.emitOpError("argument ")
               << i << " has type " << type << ", which has no descriptor";
      Value loaded = LLVM::LoadOp::create(builder, loc, descriptor, pointer);
      operands.push_back(
          UnrealizedConversionCastOp::create(builder, loc, type, loaded)
              .getResult(0));
    }
    func::CallOp::create(builder, loc, function, operands);
    func::ReturnOp::create(builder, loc);
    return success();
  }

  LogicalResult createShapes(func::FuncOp function, StringRef symbol,
                             SymbolTable &symbols) {
    func::FuncOp sizes = findHelper(function, kShapesOfAttr);
    if (!sizes)
      return function.emitOpError(
          "has no shape function; expected create-shape-functions to run "
          "before add-destinations");
    Location loc = function.getLoc();
    func::FuncOp shapes =
        createExport(loc, "lacuna_shapes_" + symbol, 2, symbols);
    OpBuilder builder = OpBuilder::atBlockEnd(&shapes.getBody().front());
    auto call = func::CallOp::create(
        builder, loc, sizes,
        loadSizes(builder, function, shapes.getArgument(0)));
    storeSizes(builder, loc, call.getResults(), shapes.getArgument(1));
    func::ReturnOp::create(builder, loc);
    return success();
  }

  /// A function without an arena has none.
  void createWorkspace(func::FuncOp function, StringRef symbol,
                       SymbolTable &symbols) {
    func::FuncOp bytes = findHelper(function, kWorkspaceOfAttr);
    if (!bytes)
      return;
    Location loc = function.getLoc();
    func::FuncOp workspace =
        createExport(loc, "lacuna_workspace_" + symbol, 2, symbols);
    OpBuilder builder = OpBuilder::atBlockEnd(&workspace.getBody().front());
    // It may depend on the sizes of results, which follow from the inputs'.
    SmallVector<Value> operands =
        loadSizes(builder, function, workspace.getArgument(0));
    auto shapes = func::CallOp::create(
        builder, loc, findHelper(function, kShapesOfAttr), operands);
    llvm::append_range(operands, shapes.getResults());
    auto call = func::CallOp::create(builder, loc, bytes, operands);
    storeSizes(builder, loc, call.getResults(), workspace.getArgument(1));
    func::ReturnOp::create(builder, loc);
  }

  /// All sizes of all inputs, from an array of their descriptors.
  static SmallVector<Value> loadSizes(OpBuilder &builder, func::FuncOp function,
                                      Value descriptors) {
    Location loc = function.getLoc();
    SmallVector<Value> sizes;
    for (auto [i, type] : llvm::enumerate(function.getArgumentTypes())) {
      if (!isInput(function, i))
        break;
      Value pointer = loadDescriptor(builder, loc, descriptors, i);
      // Two pointers and the offset, one word each, precede the sizes.
      for (int64_t d = 0, e = cast<MemRefType>(type).getRank(); d < e; ++d) {
        Value size =
            LLVM::LoadOp::create(builder, loc, builder.getI64Type(),
                                 getWord(builder, loc, pointer, 3 + d));
        sizes.push_back(arith::IndexCastOp::create(
            builder, loc, builder.getIndexType(), size));
      }
    }
    return sizes;
  }

  static void storeSizes(OpBuilder &builder, Location loc, ValueRange sizes,
                         Value target) {
    for (auto [i, size] : llvm::enumerate(sizes))
      LLVM::StoreOp::create(
          builder, loc,
          arith::IndexCastOp::create(builder, loc, builder.getI64Type(), size),
          getWord(builder, loc, target, i));
  }

  /// What an earlier pass made for the function.
  func::FuncOp findHelper(func::FuncOp function, StringRef attribute) {
    for (auto helper : getOperation().getOps<func::FuncOp>())
      if (auto of = helper->getAttrOfType<FlatSymbolRefAttr>(attribute))
        if (of.getValue() == function.getName())
          return helper;
    return nullptr;
  }

  /// Makes a function of the model private, under a name that no C function
  /// and no export has.
  void makePrivate(func::FuncOp function, SymbolTable &symbols) {
    std::string name = (function.getName() + "$host").str();
    while (symbols.lookup(name))
      name += "$";
    // It cannot fail: the name is free.
    (void)symbols.rename(function, name);
    function.setPrivate();
  }

  void emitManifest(std::string json) {
    OpBuilder builder = OpBuilder::atBlockBegin(getOperation().getBody());
    json.push_back('\0');
    auto type = LLVM::LLVMArrayType::get(builder.getI8Type(), json.size());
    LLVM::GlobalOp::create(builder, getOperation().getLoc(), type,
                           /*isConstant=*/true, LLVM::Linkage::External,
                           "lacuna_manifest", builder.getStringAttr(json));
  }
};
} // namespace
