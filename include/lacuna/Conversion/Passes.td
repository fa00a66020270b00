// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Passes from the plan to code: materialization, routes, host.

#ifndef LACUNA_CONVERSION_PASSES_TD
#define LACUNA_CONVERSION_PASSES_TD

include "mlir/Pass/PassBase.td"

def MaterializeLayouts : Pass<"materialize-layouts", "::mlir::ModuleOp"> {
  let summary = "Replace every laid-out value by its component buffers";
  let description = [{
    The first consumer of the plan. A laid-out operand of a `lacuna.dispatch`
    becomes what the region's route reads: the plain tensor on route dense, the
    components on route sparse-tensor, where one `lacuna.assemble` in the body
    rebuilds the tensor for that route. Nothing else keeps a layout: arguments
    and results of private functions become the buffers that their uses need.

    Each view of a weight that is read becomes an extern global of its own, with
    - `lacuna.weight`: the name of the weight,
    - `lacuna.view`: `"dense"` or the name of a component,
    - `lacuna.layout`: the spelling of the layout,
    - `lacuna.type`: the type of the dense tensor, as a TypeAttr.
    Weights without a layout keep their global as it is.

    Values that get a layout at run time (`lacuna.prune`, and `lacuna.convert`
    of anything but a weight) are pruned and packed by linalg generics, each in
    a dispatch region of its own on route dense.

    Example, on route sparse-tensor:
    ```mlir
    %w = ml_program.global_load_const @w
        : tensor<8x16xf32, #lacuna.nm<2:4, dim = 1>>
    %r = lacuna.dispatch(%a = %w : ...) ... {
      linalg.matmul ins(%a, ...)
    ```
    becomes
    ```mlir
    %v = ml_program.global_load_const @w.values : tensor<8x4x2xf32>
    %c = ml_program.global_load_const @w.coordinates : tensor<8x4x2xi8>
    %r = lacuna.dispatch(%b = %v : ..., %d = %c : ...) ... {
      %a = lacuna.assemble %b, %d : ... to tensor<8x16xf32, #lacuna.nm<...>>
      linalg.matmul ins(%a, ...)
    ```
  }];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::linalg::LinalgDialect",
    "::mlir::math::MathDialect", "::mlir::ml_program::MLProgramDialect",
    "::mlir::tensor::TensorDialect"];
  let statistics = [
    Statistic<"numViews", "views", "views of laid-out weights that are read">,
    Statistic<"numAssembled", "operands-assembled",
              "operands of dispatch regions passed as components">,
    Statistic<"numDense", "operands-dense",
              "laid-out operands of dispatch regions passed as plain tensors">,
    Statistic<"numPacked", "values-packed", "values packed at run time">];
}
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
