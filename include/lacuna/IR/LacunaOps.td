// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The operations: those that put the background where a layout claims it, and
// the region of work that a plan covers.

#ifndef LACUNA_IR_OPS_TD
#define LACUNA_IR_OPS_TD

include "lacuna/IR/LacunaAttributes.td"
include "mlir/IR/OpAsmInterface.td"
include "mlir/IR/RegionKindInterface.td"
include "mlir/IR/SymbolInterfaces.td"
include "mlir/Interfaces/DestinationStyleOpInterface.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/ControlFlowInterfaces.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def Lacuna_ConvertOp : Lacuna_Op<"convert", [Pure, SameOperandsAndResultShape]> {
  let summary = "changes the layout of a tensor, never its value";
  let description = [{
    Claims that the operand already satisfies the result's layout (checked when
    it is packed: a weight at load, another value by the call, which fails), or
    drops a layout.

    Example:
    ```mlir
    %1 = lacuna.convert %0 : tensor<8x16xf32> to tensor<8x16xf32, #lacuna.nm<2:4, dim = 1>>
    ```
  }];
  let arguments = (ins AnyRankedTensor:$source);
  let results = (outs AnyRankedTensor:$result);
  let assemblyFormat = "$source attr-dict `:` type($source) `to` type($result)";
  let hasVerifier = 1;
  let hasFolder = 1;
}

def Lacuna_PruneOp : Lacuna_Op<"prune", [Pure, SameOperandsAndResultShape]> {
  let summary = "puts the background where the result's layout claims it";
  let description = [{
    Keeps the elements of largest magnitude that the layout has room for and
    sets the others to the background. Ties keep the lower coordinate; NaN
    counts as the largest magnitude.

    Example:
    ```mlir
    %1 = lacuna.prune %0 : tensor<8x16xf32> to tensor<8x16xf32, #lacuna.nm<2:4, dim = 1>>
    ```
  }];
  let arguments = (ins AnyRankedTensor:$source);
  let results = (outs AnyRankedTensor:$result);
  let assemblyFormat = "$source attr-dict `:` type($source) `to` type($result)";
  let hasVerifier = 1;
}

def Lacuna_DispatchOp : Lacuna_Op<"dispatch", [
    IsolatedFromAbove, AttrSizedOperandSegments, Pure,
    SingleBlockImplicitTerminator<"YieldOp">,
    DeclareOpInterfaceMethods<ReifyRankedShapedTypeOpInterface, ["reifyResultShapes"]>]> {
  let summary = "one piece of work: an operation with its fused neighbors";
  let description = [{
    The unit that is planned and becomes one function or kernel. It is isolated:
    every value that the body reads is an operand, bound to a block argument.
    `result_dims` are the sizes of the dynamic dimensions of the results, in
    order. The plan is attached by `plan-dispatches`.

    Example:
    ```mlir
    %r = lacuna.dispatch(%a = %x : tensor<?x8xf32>)[%n] -> (tensor<?x8xf32>) {
      ...
      lacuna.yield %0 : tensor<?x8xf32>
    }
    ```
  }];
  let arguments = (ins Variadic<AnyType>:$inputs,
                       Variadic<Index>:$result_dims,
                       OptionalAttr<Lacuna_PlanAttr>:$plan);
  let results = (outs Variadic<AnyRankedTensor>:$results);
  let regions = (region SizedRegion<1>:$body);
  let hasCustomAssemblyFormat = 1;
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    /// The sizes of result `index`, dynamic ones from `result_dims`.
    ::llvm::SmallVector<::mlir::OpFoldResult> getMixedResultSizes(unsigned index);
  }];
}

def Lacuna_YieldOp : Lacuna_Op<"yield", [
    Pure, ReturnLike, Terminator, HasParent<"DispatchOp">]> {
  let summary = "ends the body of a dispatch region";
  let arguments = (ins Variadic<AnyRankedTensor>:$values);
  let assemblyFormat = "attr-dict ($values^ `:` type($values))?";
  let builders = [OpBuilder<(ins), [{ build($_builder, $_state, ::mlir::ValueRange()); }]>];
}

def Lacuna_InvokeOp : Lacuna_Op<"invoke", [
    AttrSizedOperandSegments, DestinationStyleOpInterface,
    DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "runs an outlined dispatch function in destination form";
  let description = [{
    Bufferizes to a `func.call` of the callee with the buffers of `inputs`,
    then those of `outs`. The callee writes its outs whole; with `updates` it
    writes parts of them, and what they held stays in the rest.

    Example:
    ```mlir
    %r = lacuna.invoke @main$dispatch_0 ins(%x : tensor<?x8xf32>)
        outs(%e : tensor<?x8xf32>) -> tensor<?x8xf32>
    ```
  }];
  let arguments = (ins FlatSymbolRefAttr:$callee, Variadic<AnyType>:$inputs,
                       Variadic<AnyRankedTensor>:$outs, UnitAttr:$updates);
  let results = (outs Variadic<AnyRankedTensor>:$results);
  let assemblyFormat = [{
    (`updates` $updates^)? $callee (`ins` `(` $inputs^ `:` type($inputs) `)`)?
    (`outs` `(` $outs^ `:` type($outs) `)`)? attr-dict (`->` type($results)^)?
  }];
  let extraClassDeclaration = [{
    ::mlir::MutableOperandRange getDpsInitsMutable() { return getOutsMutable(); }
  }];
}

def Lacuna_AssembleOp : Lacuna_Op<"assemble", [Pure]> {
  let summary = "a laid-out tensor from its component buffers";
  let description = [{
    The only way by which a laid-out value exists after
    `materialize-layouts`: the components that the result's layout names, in
    its order, or, with `mma`, the views that its tensor-core kernels read, or,
    with `vector`, those of the vector kernels of a CPU. Only a contraction that
    a route lowers reads the result.

    Example:
    ```mlir
    %w = lacuna.assemble %values, %coordinates
        : tensor<512x16x2xf32>, tensor<512x16x2xi8>
        to tensor<512x64xf32, #lacuna.nm<2:4, dim = 1>>
    ```
  }];
  let arguments = (ins Variadic<AnyRankedTensor>:$components, UnitAttr:$mma,
                       UnitAttr:$vector);
  let results = (outs AnyRankedTensor:$result);
  let assemblyFormat =
      "(`mma` $mma^)? (`vector` $vector^)? $components attr-dict `:` type($components) `to` type($result)";
  let hasVerifier = 1;
}

def Lacuna_GrainOp : Lacuna_Op<"grain", [
    MemoryEffects<[MemWrite]>]> {
  let summary = "how many iterations of the parallel loop around are a task";
  let description = [{
    Stands in the body of a `scf.forall` and reads a value from outside it; says
    nothing about meaning. `parallel-to-runtime` passes it to the runtime, so
    that a loop with little work stays on the caller's thread.

    Example: `lacuna.grain %tiles`
  }];
  let arguments = (ins Index:$iterations);
  let assemblyFormat = "$iterations attr-dict";
}

def Lacuna_ThreadsOp : Lacuna_Op<"threads", [Pure]> {
  let summary = "how many threads a parallel loop has";
  let description = [{
    At least 1, known when the model runs: for tasks that prepare something for
    themselves and should not be more than there is use for. Results must not
    depend on it. `parallel-to-runtime` asks the runtime.

    Example: `%threads = lacuna.threads`
  }];
  let results = (outs Index:$number);
  let assemblyFormat = "attr-dict";
}

#endif // LACUNA_IR_OPS_TD
