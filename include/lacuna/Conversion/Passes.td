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
    Where `lower-precision` has made the weight a view in another element type,
    `lacuna.weight` and `lacuna.type` name the weight in the file, and
    `lacuna.dtype` the element type of the view.
    Weights without a layout keep their global as it is.

    Values that get a layout at run time (`lacuna.prune`, and `lacuna.convert`
    of anything but a weight) are pruned and packed by linalg generics, each in
    a dispatch region of its own on route dense. Where a convert's claim is
    packed, a `cf.assert` checks it.

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
    "::mlir::arith::ArithDialect", "::mlir::cf::ControlFlowDialect",
    "::mlir::linalg::LinalgDialect", "::mlir::math::MathDialect",
    "::mlir::ml_program::MLProgramDialect",
    "::mlir::tensor::TensorDialect"];
  let statistics = [
    Statistic<"numViews", "views", "views of laid-out weights that are read">,
    Statistic<"numAssembled", "operands-assembled",
              "operands of dispatch regions passed as components">,
    Statistic<"numDense", "operands-dense",
              "laid-out operands of dispatch regions passed as plain tensors">,
    Statistic<"numPacked", "values-packed", "values packed at run time">];
}
include "lacuna/Conversion/DevicePasses.td"
include "lacuna/Conversion/HostPasses.td"

def PackPanels : Pass<"pack-panels", "::mlir::ModuleOp"> {
  let summary = "Let contractions read weights in the order of register tiles";
  let description = [{
    In dispatch regions on route dense: where a contraction has a weight of two
    dimensions as one operand and its columns as the last dimension of the
    result, and three, two or one vectors divide the columns, the operand becomes
    the view `panels` of the weight, an extern global of its own with
    - `lacuna.weight`, `lacuna.view`, `lacuna.type`: as `materialize-layouts`
      has them,
    - `lacuna.panels`: the weight's dimension that is cut, and the width.

    The result's columns become panels and columns of a panel, in the
    elementwise operations behind the contraction too.

    Example: with AVX-512,
    ```mlir
    %w = ml_program.global_load_const @w : tensor<96x64xf32>
    %r = lacuna.dispatch(%x : ..., %b = %w : ...)[%m] -> (tensor<?x96xf32>) {
      linalg.matmul
    ```
    becomes
    ```mlir
    %w = ml_program.global_load_const @w.panels : tensor<2x64x48xf32>
    %r = lacuna.dispatch(%x : ..., %b = %w : ...)[%m] -> (tensor<?x2x48xf32>) {
      linalg.generic // loops m, panel, column, k
    %0 = tensor.collapse_shape %r [[0], [1, 2]]
    ```
  }];
  let options = [Option<"vectorBytes", "vector-bytes", "unsigned", "64",
                        "Bytes of a vector register">];
  let statistics = [
    Statistic<"numViews", "views", "panels of weights that are read">,
    Statistic<"numContractions", "contractions",
              "contractions that read panels">];
  let dependentDialects = [
    "::mlir::affine::AffineDialect", "::mlir::arith::ArithDialect",
    "::mlir::linalg::LinalgDialect", "::mlir::ml_program::MLProgramDialect",
    "::mlir::tensor::TensorDialect"];
}

def OutlineDispatches : Pass<"outline-dispatches", "::mlir::ModuleOp"> {
  let summary = "Make each dispatch region a private function on buffers";
  let description = [{
    Each `lacuna.dispatch` becomes a private function in destination form (its
    inputs as contiguous buffers, then its results' buffers) and a
    `lacuna.invoke` of it. Regions that are alike, apart from names, share one
    function: whatever is generated later is generated once. The function's
    `lacuna.route` is the route of the plan; without a plan it is `dense`.
    Layouts must be materialized before. A region that inserts slices into state,
    or into an intermediate value that nobody else reads, updates its buffer.

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

def GuardDivisions : Pass<"guard-divisions", "::mlir::ModuleOp"> {
  let summary = "Give every integer division a result";
  let description = [{
    A division by zero, or of the least number by -1, is undefined in LLVM IR
    and traps on some processors. Here a divisor of zero counts as 1, and a
    division by -1 is a negation, on every target and in sizes as in data: a
    model that is called with an empty tensor may compute `numel / 0` on its
    way to a reshape. Divisions by a constant that is neither stay as they are.

    Example: `arith.divui %a, %b` divides by `select(%b == 0, 1, %b)`.
  }];
  let statistics = [Statistic<"numGuarded", "divisions-guarded", "divisors guarded">];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::linalg::LinalgDialect"];
}

def LowerExpandShapes : Pass<"lower-expand-shapes"> {
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

def TileDispatch : Pass<"tile-dispatch", "::mlir::func::FuncOp"> {
  let summary = "Cut a dense dispatch into parallel tiles, producers inside";
  let description = [{
    On a dispatch function of route `dense`: the last operation is tiled over
    its parallel loops into a `scf.forall`, its elementwise, reduction and
    contraction producers are computed inside, one tile at a time. Loops over
    which a reduction of the group would be repeated stay whole. Tile sizes are
    values, so that a tile has enough work at every size; `lacuna.grain` in the
    loop says how many tiles are worth a task.

    A reduction of all elements to one number is cut along its outermost loop
    into at most 256 partial sums, as many for every number of threads, which
    are added up after the loop.

    Example: a softmax becomes tiles of whole rows, a matmul with its bias and
    activation tiles of rows by columns.
  }];
  let statistics = [
    Statistic<"numTiled", "tiled", "operations tiled">,
    Statistic<"numFused", "fused", "producers computed inside tiles">];
  let dependentDialects = [
    "::mlir::scf::SCFDialect", "::mlir::affine::AffineDialect",
    "::mlir::arith::ArithDialect", "::mlir::tensor::TensorDialect",
    "::mlir::linalg::LinalgDialect", "::lacuna::LacunaDialect"];
}

def BufferizeDispatch : Pass<"bufferize-dispatch", "::mlir::func::FuncOp"> {
  let summary = "Turn a dense dispatch from tensors to buffers";
  let description = [{
    One-shot bufferization of one dispatch function of route `dense`, after
    `tensor.empty`s were replaced by the buffers that results end in. Copies
    become linalg operations.
  }];
  let dependentDialects = [
    "::mlir::bufferization::BufferizationDialect",
    "::mlir::memref::MemRefDialect", "::mlir::linalg::LinalgDialect",
    "::mlir::scf::SCFDialect"];
}

def ParallelizeBuffers : Pass<"parallelize-buffers", "::mlir::func::FuncOp"> {
  let summary = "Cut what is left outside of tiles into parallel tiles";
  let description = [{
    On a bufferized dispatch function of route `dense`: linalg operations at the
    top level are tiled into a `scf.forall` over their parallel loops, with the
    sizes that `tile-dispatch` uses.

    Example: the copies of a concatenation.
  }];
  let statistics = [Statistic<"numTiled", "tiled", "operations tiled">];
  let dependentDialects = [
    "::mlir::scf::SCFDialect", "::mlir::affine::AffineDialect",
    "::mlir::arith::ArithDialect", "::mlir::memref::MemRefDialect",
    "::lacuna::LacunaDialect"];
}

def ParallelToRuntime : Pass<"parallel-to-runtime", "::mlir::ModuleOp"> {
  let summary = "Run parallel loops on the runtime's threads";
  let description = [{
    The body of each outermost `scf.forall` (and `scf.parallel` without results)
    becomes a function over a range of iterations; its captured values are
    packed in a struct on the stack, and the loop becomes a call of
    `lacuna_rt_parallel_for`. Loops inside of others run in order. The
    iterations of `lacuna.grain` are the smallest piece of work that is handed
    to a thread. `lacuna.threads` becomes a call of `lacuna_rt_threads`.

    Example: `scf.forall (%i) in (%n) { ... }` becomes
    `llvm.call @lacuna_rt_parallel_for(@body, %context, %n, %grain)`.
  }];
  let statistics = [
    Statistic<"numLoops", "loops-parallel", "loops run on threads">];
  let dependentDialects = [
    "::mlir::scf::SCFDialect", "::mlir::affine::AffineDialect",
    "::mlir::arith::ArithDialect", "::mlir::func::FuncDialect",
    "::mlir::LLVM::LLVMDialect"];
}

def MemoryToRuntime : Pass<"memory-to-runtime", "::mlir::ModuleOp"> {
  let summary = "Take memory from the runtime; make assertions failures";
  let description = [{
    `memref.alloc` becomes a slice of the stack where it is small, otherwise
    `lacuna_rt_alloc`, hoisted out of loops that it does not depend on and freed
    at the end of its block. `cf.assert` becomes `lacuna_rt_fail`, which ends the
    call with a status instead of the process.

    With `device`, buffers are memory of a GPU: none is on the stack, and
    `memref.copy` becomes `lacuna_rt_copy` or, of strided buffers, `memrefCopy`.

    Example: `cf.assert %ok, "index out of range"` becomes a branch to
    `llvm.call @lacuna_rt_fail(%message)`.
  }];
  let options = [
    Option<"device", "device", "bool", "false", "buffers are memory of a GPU">];
  let statistics = [
    Statistic<"numAllocs", "allocs", "buffers placed">,
    Statistic<"numCopies", "copies", "copies on the device">,
    Statistic<"numAsserts", "asserts", "assertions lowered">];
  let dependentDialects = [
    "::mlir::scf::SCFDialect", "::mlir::affine::AffineDialect",
    "::mlir::arith::ArithDialect", "::mlir::memref::MemRefDialect",
    "::mlir::LLVM::LLVMDialect"];
}

def ApproximateMath : Pass<"approximate-math"> {
  let summary = "Write elementary functions as arithmetic that vectorizes";
  let description = [{
    `math.exp`, `math.tanh` and `math.erf` of f32 become polynomials without
    branches, within 4 units in the last place (erf: 1.3); overflow,
    underflow, infinities and NaN are as IEEE and C have them. Functions of f16
    and bf16 are computed in f32. Those of f64, and the others, are left to the
    C library.

    Example: `math.exp %x : f32` becomes a round, six `math.fma` and two
    multiplications by powers of two.
  }];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::math::MathDialect",
    "::mlir::vector::VectorDialect"];
}

def LowerExtrema : Pass<"lower-extrema"> {
  let summary = "Say maxima and minima in LLVM's own operations";
  let description = [{
    `arith-expand` makes comparisons and selections of `arith.maximumf` and its
    like, in which LLVM sees no reduction: the largest element of a row would be
    searched one by one. Those of f32 and f64 become LLVM's intrinsics instead,
    with the same meaning of NaN and signed zeros.

    Example: `arith.maximumf %a, %b : f32` becomes
    `llvm.intr.maximum(%a, %b) : (f32, f32) -> f32`.
  }];
  let statistics = [
    Statistic<"numLowered", "lowered", "maxima and minima lowered">];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect"];
}

def RelaxArithmetic : Pass<"relax-arithmetic"> {
  let summary = "Allow fused multiply-adds, and sums in any order";
  let description = [{
    Sets `contract` on floating-point additions and multiplications, and
    `reassoc` on those that accumulate a reduction, which has no order of its
    own. Infinities and NaN keep their meaning: no other flag is set.

    Example: `arith.addf %acc, %p : f32` in a reduction becomes
    `arith.addf %acc, %p fastmath<reassoc,contract> : f32`.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect"];
}

def SplitSparseTensorDispatch
    : Pass<"split-sparse-tensor-dispatch", "::mlir::ModuleOp"> {
  let summary = "Separate the contractions of laid-out weights from the rest";
  let description = [{
    A dispatch function of route `sparse-tensor` or `vector` that holds more than one
    contraction of a laid-out weight becomes a sequence of calls: functions of
    route `dense` that compute what the contraction reads and what is computed
    from its result, and functions of the former route that hold the contraction
    alone, on route `vector` with an elementwise operation that alone reads its
    result. Values between them live in buffers of their own.

    Example: a contraction followed by relu becomes
    ```mlir
    func.func private @main$dispatch_0(%x, %values, %coordinates, %out) {
      %0 = memref.alloc(%n) : memref<?x512xf32>
      call @main$dispatch_0$sparse_0(%x, %values, %coordinates, %0)
      call @main$dispatch_0$dense_0(%0, %out)
      memref.dealloc %0
      return
    }
    ```
  }];
  let statistics = [
    Statistic<"numSplit", "split", "functions that were split">];
  let dependentDialects = [
    "::lacuna::LacunaDialect", "::mlir::bufferization::BufferizationDialect",
    "::mlir::func::FuncDialect", "::mlir::memref::MemRefDialect",
    "::mlir::tensor::TensorDialect"];
}

def LowerSparseTensorDispatch
    : Pass<"lower-sparse-tensor-dispatch", "::mlir::ModuleOp"> {
  let summary = "Lower contractions of route sparse-tensor to parallel loops";
  let description = [{
    Each dispatch function of route `sparse-tensor` holds one contraction of a
    laid-out weight W and another operand X. The columns of X are copied to
    panels of static width (64, 16, then single columns), and each task of a
    `scf.forall` computes some rows of W times one panel. The kernel of one row
    is a `linalg.generic` over a `sparse_tensor.assemble` that upstream's
    sparsifier turns into loops over the stored values; its sums are then kept
    in registers, and products and sums may be fused.

    Only functions of this route change. `split-sparse-tensor-dispatch` must
    have run.
  }];
  let statistics = [
    Statistic<"numLowered", "lowered", "contractions lowered">,
    Statistic<"numKernels", "kernels", "distinct kernels">];
  let dependentDialects = [
    "::lacuna::LacunaDialect", "::mlir::affine::AffineDialect",
    "::mlir::arith::ArithDialect", "::mlir::LLVM::LLVMDialect",
    "::mlir::bufferization::BufferizationDialect",
    "::mlir::func::FuncDialect", "::mlir::linalg::LinalgDialect",
    "::mlir::memref::MemRefDialect", "::mlir::scf::SCFDialect",
    "::mlir::sparse_tensor::SparseTensorDialect",
    "::mlir::tensor::TensorDialect", "::mlir::vector::VectorDialect"];
}

def LowerVectorDispatch : Pass<"lower-vector-dispatch", "::mlir::func::FuncOp"> {
  let summary = "Lower contractions of route vector to parallel loops";
  let description = [{
    Each dispatch function of route `vector` holds one contraction of an n:m
    weight W and another operand X, and maybe an elementwise operation on the
    result. Blocks of 16 rows of W are the tasks of a `scf.forall`. A vector
    holds one kept value of each row, and the coordinates, two to eight bits
    each, pick the element of X for each lane: by a permutation of the group in
    a register on AVX-512 and AVX2, by gathers elsewhere. Sums stay in registers
    until they are complete; then initial values are added, the elementwise
    operation is computed on vectors, and the result is written.

    X is copied where its elements along k do not lie side by side, have another
    type than the sums, or end before the last group of the weight's view.

    Only functions of this route change. `split-sparse-tensor-dispatch` must
    have run.
  }];
  let options = [
    Option<"features", "features", "std::string", "\"\"",
           "What the processor has, separated by commas">];
  let statistics = [
    Statistic<"numLowered", "lowered", "contractions lowered">];
  let dependentDialects = [
    "::lacuna::LacunaDialect", "::mlir::arith::ArithDialect",
    "::mlir::LLVM::LLVMDialect", "::mlir::bufferization::BufferizationDialect",
    "::mlir::func::FuncDialect", "::mlir::linalg::LinalgDialect",
    "::mlir::math::MathDialect", "::mlir::memref::MemRefDialect",
    "::mlir::scf::SCFDialect", "::mlir::tensor::TensorDialect",
    "::mlir::vector::VectorDialect"];
}

def LowerContractions : Pass<"lower-contractions", "::mlir::func::FuncOp"> {
  let summary = "Turn dense contractions on buffers into register tiles";
  let description = [{
    On a bufferized dispatch function of route `dense`: sums of products become
    loops around a register tile of vectors with fused multiply-adds. Where both
    operands are contiguous along the reduction (a weight stored as out x in),
    lanes run along it and are summed at the end; else lanes run along the
    contiguous dimension of the result. Narrow elements are extended as the
    operation's body says. Contractions of other kinds are left for loops.

    Weights in panels (`pack-panels`) are the fast case: no column is masked,
    and while one block of a panel meets rows, the next block is fetched.

    A fill with zeros before a contraction is left out, and the first products
    are written. A short elementwise operation without functions behind it (a
    bias, a residual, an activation such as relu) is done on the registers that
    hold the sums, where nobody else reads these and their lanes lie along the
    result.

    Example: `linalg.matmul` on `memref<?x384xf32>` and a transposed
    `memref<1536x384xf32>` computes 4 x 4 elements at a time on AVX-512.
  }];
  let options = [Option<"vectorBytes", "vector-bytes", "unsigned", "64",
                        "Bytes of a vector register">];
  let statistics = [
    Statistic<"numLowered", "lowered", "contractions lowered">,
    Statistic<"numLeft", "left", "contractions left for loops">];
  let dependentDialects = [
    "::mlir::vector::VectorDialect", "::mlir::scf::SCFDialect",
    "::mlir::arith::ArithDialect", "::mlir::memref::MemRefDialect"];
}

def LowerDispatchesToRows
    : Pass<"lower-dispatches-to-rows", "::mlir::ModuleOp"> {
  let summary = "Make one kernel of elementwise operations and row reductions";
  let description = [{
    For GPU targets. A dispatch function without a contraction that launches no
    kernel yet becomes one kernel in `gpu.module @kernels`, if all its results
    are computed at the places of one space of rows: elementwise operations,
    reductions along the row and what is computed of them, gathers, insertions
    into slices. docs/Kernels.md describes the three forms of the kernel.

    - Rows: threads share a row. Each takes its elements once from global memory
      in accesses of up to 16 bytes, keeps them between the reductions in
      registers (in shared memory, where rows are long or of dynamic length), and
      combines sums by shuffles and among warps in shared memory.
    - Points: a thread for up to 16 bytes of neighbors.
    - Tiles: 32 x 32 elements are turned in shared memory where a buffer is read
      across.

    Where a size is dynamic the host chooses among kernels: accesses of 16 bytes
    need rows whose length is a multiple, and a warp takes a short row. Sums of
    f16 and bf16 are kept in f32. What is not taken is left alone, with a remark
    (category `kernels`) that says why.

    Example: a softmax over rows of 64 becomes
    ```mlir
    gpu.func @softmax(%x: memref<?x64xf32>, %o: memref<?x64xf32>) kernel {
      %a = vector.load %x[%row, %j] : memref<?x64xf32>, vector<4xf32>
      ...
      %s, %valid = gpu.shuffle xor %m, %c8_i32, %c32_i32 : f32
      ...
      vector.store %r, %o[%row, %j] : memref<?x64xf32>, vector<4xf32>
      gpu.return
    }
    ```
  }];
  let statistics = [
    Statistic<"numFunctions", "functions", "functions that became a kernel">,
    Statistic<"numKernels", "kernels", "kernels made, variants included">,
    Statistic<"numReductions", "reductions", "reductions in them">,
    Statistic<"numLeft", "functions-left", "functions left to other passes">];
  let dependentDialects = [
    "::lacuna::LacunaDialect", "::mlir::arith::ArithDialect",
    "::mlir::gpu::GPUDialect", "::mlir::LLVM::LLVMDialect",
    "::mlir::memref::MemRefDialect", "::mlir::scf::SCFDialect",
    "::mlir::vector::VectorDialect"];
}

def LowerDispatchesToThreads
    : Pass<"lower-dispatches-to-threads", "::mlir::ModuleOp"> {
  let summary = "Make plain GPU kernels of what no generator took";
  let description = [{
    For GPU targets. A dispatch function that launches no kernel yet is fused
    and bufferized; then each of its operations becomes a kernel in
    `gpu.module @kernels` and a launch of it. One thread computes one point of
    the parallel loops, in grid strides of blocks of 256 threads and with 64-bit
    indices; reductions are loops within the thread. A reduction along the
    dimension in which its input is contiguous (the rows of a softmax, a norm or
    an argmax) has a block for each point instead, whose threads combine their
    parts by shuffles and in shared memory. A fill is the start value of the
    operation that overwrites it. Where there is no point, nothing is
    launched. The function stays on the host: it finds sizes, allocates scratch
    (`memref.alloc`, device memory at run time) and never reads it.

    Arithmetic on f16 and bf16 is that of f32, rounded after each operation.
    Integer division is defined for every divisor: zero counts as 1, and the
    least number by -1 is itself. Where an assertion does not hold (an index
    of a gather that is out of range), the thread traps: a kernel cannot fail
    the call, and a clamped index would give a wrong answer without a word.

    Example: a relu of `memref<?x8xf32>` becomes
    ```mlir
    gpu.func @main$dispatch_0$0(%n: index, %x: memref<?x8xf32>,
                                %o: memref<?x8xf32>) kernel {
      scf.for %p = %first to %points step %stride {
        %i = arith.divui %p, %c8 : index
        %j = arith.remui %p, %c8 : index
        %a = memref.load %x[%i, %j] : memref<?x8xf32>
        %r = arith.maximumf %a, %zero : f32
        memref.store %r, %o[%i, %j] : memref<?x8xf32>
      }
      gpu.return
    }
    ```
  }];
  let statistics = [
    Statistic<"numKernels", "kernels", "kernels made">,
    Statistic<"numShared", "reductions-shared",
              "kernels where a block shares the reductions of a point">,
    Statistic<"numFills", "fills-folded",
              "fills that became start values of another kernel">];
  let dependentDialects = [
    "::lacuna::LacunaDialect", "::mlir::affine::AffineDialect",
    "::mlir::arith::ArithDialect", "::mlir::gpu::GPUDialect",
    "::mlir::linalg::LinalgDialect", "::mlir::LLVM::LLVMDialect",
    "::mlir::memref::MemRefDialect", "::mlir::scf::SCFDialect",
    "::mlir::tensor::TensorDialect"];
}

#endif // LACUNA_CONVERSION_PASSES_TD
