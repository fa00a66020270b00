// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Passes from the plan to code: materialization, routes, host.

#ifndef LACUNA_CONVERSION_PASSES_TD
#define LACUNA_CONVERSION_PASSES_TD

include "mlir/Pass/PassBase.td"
include "lacuna/Conversion/HostPasses.td"

def OutlineDispatches : Pass<"outline-dispatches", "::mlir::ModuleOp"> {
  let summary = "Make each dispatch region a private function on buffers";
  let description = [{
    Each `lacuna.dispatch` becomes a private function in destination form (its
    inputs as contiguous buffers, then its results' buffers) and a
    `lacuna.invoke` of it. Regions that are alike, apart from names, share one
    function: whatever is generated later is generated once. The function's
    `lacuna.route` is the route of the plan; without a plan it is `dense`.
    Layouts must be materialized before.

    Example:
    ```mlir
    func.func private @main$dispatch_0(%a: memref<?x8xf32>, %o: memref<?x8xf32>)
        attributes {lacuna.dispatch, lacuna.route = #lacuna.route<dense>}
    ```
  }];
  let statistics = [
    Statistic<"numOutlined", "outlined", "regions outlined">,
    Statistic<"numFunctions", "functions", "distinct functions">];
  let dependentDialects = [
    "::lacuna::LacunaDialect", "::mlir::bufferization::BufferizationDialect",
    "::mlir::func::FuncDialect", "::mlir::tensor::TensorDialect"];
}

def LowerExpandShapes : Pass<"lower-expand-shapes", "::mlir::func::FuncOp"> {
  let summary = "Make memref.expand_shape a reinterpret_cast";
  let description = [{
    Upstream's `expand-strided-metadata` crashes on an expansion that makes two
    or more dynamic dimensions of one (rows to batch x length). Here each
    expanded dimension's stride is the source's times the sizes after it in its
    group, whatever is dynamic.

    Example: `memref.expand_shape %m [[0, 1], [2]] output_shape [%b, %l, 8]`
    becomes `memref.reinterpret_cast %base ... sizes: [%b, %l, 8], strides:
    [%l * 8, 8, 1]`.
  }];
  let dependentDialects = [
    "::mlir::affine::AffineDialect", "::mlir::memref::MemRefDialect"];
}

#endif // LACUNA_CONVERSION_PASSES_TD
