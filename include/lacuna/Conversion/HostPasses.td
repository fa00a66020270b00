// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The host passes: from public functions on tensors to exported entry points.

#ifndef LACUNA_CONVERSION_HOSTPASSES_TD
#define LACUNA_CONVERSION_HOSTPASSES_TD

include "mlir/Pass/PassBase.td"

def CreateShapeFunctions : Pass<"create-shape-functions", "::mlir::ModuleOp"> {
  let summary = "Derive a function from input sizes to result sizes";
  let description = [{
    For each public function @F, `@F$shapes` takes the sizes of the tensor
    inputs, all of them in order, and returns the sizes of the results, all of
    them in order. A result size that depends on the content of a tensor is an
    error that names the result.

    Example: `@F(tensor<?x8xf32>) -> tensor<?x4xf32>` gives
    `@F$shapes(index, index) -> (index, index)`.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::tensor::TensorDialect"];
}

def AddDestinations : Pass<"add-destinations", "::mlir::ModuleOp"> {
  let summary = "Make results of public functions destinations of the caller";
  let description = [{
    Tensor arguments become memrefs of identity layout, and results become
    further memref arguments (marked `lacuna.output`) into which they are
    materialized. A scalar argument or result becomes a memref of rank 0.

    Example: `@F(tensor<4xf32>) -> tensor<4xf32>` becomes
    `@F(memref<4xf32>, memref<4xf32> {lacuna.output})`.
  }];
  let dependentDialects = ["::mlir::bufferization::BufferizationDialect",
                           "::mlir::tensor::TensorDialect"];
}

def BindWeights : Pass<"bind-weights", "::mlir::ModuleOp"> {
  let summary = "Turn globals into function arguments";
  let description = [{
    Each extern `ml_program.global` that a public function loads becomes one
    memref argument behind its inputs and outputs, in the order of first use.
    The attribute `lacuna.binding` of the argument says which weight and which
    view of it the caller binds: a dictionary of `weight`, `view`, `type` (the
    dense tensor), for a weight with a layout `layout`, for one that is another
    one pruned `prunes`, and, where the view has elements of another type than
    the weight, `dtype`. They come from the attributes `lacuna.weight`,
    `lacuna.view`, ... of the global.

    A mutable global is state, one argument likewise; its `lacuna.binding` has
    `state`, `type` and, if the initial value is a weight, `weight`. The value
    that is stored goes to the argument's buffer at the end of the function,
    where bufferization most often has made it already.
  }];
  let statistics = [Statistic<"numBindings", "bindings", "weight arguments added">];
  let dependentDialects = ["::mlir::bufferization::BufferizationDialect",
                           "::mlir::tensor::TensorDialect"];
}

def BufferizeHost : Pass<"bufferize-host", "::mlir::ModuleOp"> {
  let summary = "Bufferize public functions";
  let description = [{
    One-shot bufferization of the public functions, after results were placed
    into the caller's destinations where that needs no copy. Dispatch functions
    are left to their route.
  }];
  let dependentDialects = ["::mlir::bufferization::BufferizationDialect",
                           "::mlir::memref::MemRefDialect"];
}

def PlanArena : Pass<"plan-arena", "::mlir::ModuleOp"> {
  let summary = "Place the temporaries of a call in memory that it is given";
  let description = [{
    Each public function gets a last argument, its arena (`lacuna.arena`), and
    allocations become views of it. Buffers that do not live at the same time,
    seen through all aliases, branches and loops, may share a slot, whose size
    is the maximum of theirs; offsets are sums of the slots before. All of that
    is computed at the function's entry from the sizes of its arguments.

    A dispatch function that allocates gets an arena, too: it becomes a
    temporary of each call of it. `@F$workspace` takes the sizes of the inputs
    and outputs and returns the bytes that @F needs.

    A buffer whose size depends on data, or that outlives its iteration of a
    loop, stays an allocation, with a remark (category memory).

    Example: of `%a = memref.alloc(%n) : memref<?xf32>` and, after the last use
    of it, `%b = memref.alloc(%n) : memref<?xf32>`, both become
    `memref.view %arena[%c0][%n]`.
  }];
  let statistics = [
    Statistic<"numPlanned", "planned", "temporaries placed in an arena">,
    Statistic<"numSlots", "slots", "slots of arenas">,
    Statistic<"numLeft", "left", "temporaries allocated during a call">];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::memref::MemRefDialect"];
}

def FreeBuffers : Pass<"free-buffers", "::mlir::ModuleOp"> {
  let summary = "Free the buffers of public functions after their last use";
  let description = [{
    Puts a `memref.dealloc` behind the last use of each allocation of a public
    function, views included. A buffer that leaves the block of its allocation
    is left to the end of the call, where the runtime frees everything.
  }];
  let statistics = [Statistic<"numFreed", "buffers-freed", "allocations freed early">];
  let dependentDialects = ["::mlir::memref::MemRefDialect"];
}

def AnnounceRegions : Pass<"announce-regions", "::mlir::ModuleOp"> {
  let summary = "Tell the runtime where each region begins and ends";
  let description = [{
    Puts `lacuna_rt_region(name, after)` before and behind each call of a
    dispatch function in a public function. The name is the callee, ` by ROUTE`
    and, where the model has locations, ` at FILE:LINE:COLUMN`, as the plan's
    report names the region; where the route depends on sizes it is that of the
    call's. The runtime hands it to whoever observes the run.
  }];
  let statistics = [Statistic<"numAnnounced", "regions-announced", "calls announced">];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::LLVM::LLVMDialect"];
}

def CreateEntryPoints : Pass<"create-entry-points", "::mlir::ModuleOp"> {
  let summary = "Emit the exported functions and the manifest";
  let description = [{
    For each public function @F: `lacuna_entry_F`, which takes an array of
    pointers to memref descriptors (inputs, outputs, bindings, arena), and
    `lacuna_shapes_F`, which takes those of the inputs and writes all result
    sizes. A function with an arena also has `lacuna_workspace_F`, which takes
    those of the inputs and writes the arena's bytes. The constant `lacuna_manifest` describes them in JSON. All other
    functions become private.

    Names of a GPU target's functions have the target before them, as in
    `lacuna_entry_sm_80$F`, so that an artifact can have several targets; its
    manifest lists the kernels of `launches-to-runtime`. It also lists the calls
    of dispatch functions, with their routes.
  }];
  let options = [
    Option<"target", "target", "std::string", "\"cpu\"",
           "target that the manifest names">,
    Option<"cpu", "cpu", "std::string", "\"\"",
           "processor that the manifest names">,
    Option<"features", "features", "std::string", "\"\"",
           "processor features that the manifest lists, separated by commas">,
  ];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect",
                           "::mlir::arith::ArithDialect"];
}

#endif // LACUNA_CONVERSION_HOSTPASSES_TD
