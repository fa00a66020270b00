// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Passes on tensors, from phase input to phase plan.

#ifndef LACUNA_TRANSFORMS_PASSES_TD
#define LACUNA_TRANSFORMS_PASSES_TD

include "mlir/Pass/PassBase.td"

def DecomposeLacunaOps : Pass<"decompose-lacuna-ops", "::mlir::ModuleOp"> {
  let summary = "Say Lacuna's operations in upstream linalg";
  let description = [{
    `lacuna.prune` becomes linalg that ranks each element in its group (how many
    have a greater magnitude, or as great a one and a lower coordinate; NaN is
    the greatest) and keeps the first n, under a `lacuna.convert` that claims
    the layout. `lacuna.dispatch` becomes its body. `--decompose-lacuna-ops
    --erase-layouts` leaves upstream IR alone, the reference of every test;
    `lacuna.assemble` and `lacuna.invoke` come later than that program exists.

    Example:
    ```mlir
    %1 = lacuna.prune %0 : tensor<8x16xf32>
        to tensor<8x16xf32, #lacuna.nm<2:4, dim = 1>>
    ```
    becomes
    ```mlir
    %ranks = linalg.generic ... -> tensor<8x16xi32>
    %kept = linalg.generic ins(%0, %ranks : ...) ... -> tensor<8x16xf32>
    %1 = lacuna.convert %kept : tensor<8x16xf32>
        to tensor<8x16xf32, #lacuna.nm<2:4, dim = 1>>
    ```
  }];
  let statistics = [Statistic<"numDecomposed", "ops-decomposed",
                              "operations said in upstream ones">];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::linalg::LinalgDialect",
    "::mlir::math::MathDialect", "::mlir::tensor::TensorDialect",
    "::lacuna::LacunaDialect"];
}

def EraseLayouts : Pass<"erase-layouts", "::mlir::ModuleOp"> {
  let summary = "Remove every layout; the program means the same";
  let description = [{
    Drops the encodings of all types that carry a lacuna layout and the
    `lacuna.convert` operations between them. What remains is the program that
    every other path is compared with. `lacuna.prune` puts values, so it is
    decomposed first (`decompose-lacuna-ops`); one that is left is an error.

    Example: `tensor<8x16xf32, #lacuna.nm<2:4, dim = 1>>` becomes
    `tensor<8x16xf32>`.
  }];
  let statistics = [Statistic<"numErased", "layouts-erased", "types changed">];
}

def ForwardState : Pass<"forward-state", "::mlir::ModuleOp"> {
  let summary = "Load state at the start of a function, store it at the end";
  let description = [{
    State is a mutable `ml_program.global` with a static tensor type that begins
    as zeros, or extern, as a weight of its name. A load gives the value that
    was stored last; so each function is left with at most one load of each,
    before all else, and one store, behind all else. A store of what was loaded
    is dropped. Stores in control flow are an error. Loads of immutable globals
    become `ml_program.global_load_const`.

    Example:
    ```mlir
    ml_program.global_store @count = %1 : tensor<i64>
    %2 = ml_program.global_load @count : tensor<i64>
    ```
    leaves the store alone, and %1 in the place of %2.
  }];
  let statistics = [Statistic<"numForwarded", "forwarded", "loads forwarded">];
  let dependentDialects = ["::mlir::ml_program::MLProgramDialect"];
}

def NamedLiteralsToGlobals
    : Pass<"named-literals-to-globals", "::mlir::ModuleOp"> {
  let summary = "Turn literals that only name a weight into extern globals";
  let description = [{
    An importer writes a weight as `dense_resource<NAME>` whose blob is a
    placeholder: absent, of another size than the type's, or of 16 zero bytes.
    Each becomes a private `ml_program.global` with an extern value, named after
    the resource, and a load of it. This comes first: a pass that folded such a
    constant would read the placeholder. Literals whose data is here are left.

    Example: `arith.constant dense_resource<fc1.weight> : tensor<8x4xf32>`
    becomes `ml_program.global_load_const @fc1.weight : tensor<8x4xf32>`.
  }];
  let statistics = [Statistic<"numGlobals", "globals", "globals made">];
  let dependentDialects = ["::mlir::ml_program::MLProgramDialect"];
}

def PruneWeights : Pass<"prune-weights", "::mlir::ModuleOp"> {
  let summary = "Make the pruned form of a weight a weight of its own";
  let description = [{
    A `lacuna.prune` of a weight says the same in every call. Its result becomes
    a weight that is named after the one it prunes and the layout, and has
    `lacuna.prunes`; whoever writes or loads weights makes it, unless a file has
    it already. What is left of a weight that only pruning reads is not stored.
    Pruning of values that are known at run time only stays.

    Example:
    ```mlir
    %0 = ml_program.global_load_const @w : tensor<8x16xf32>
    %1 = lacuna.prune %0 : tensor<8x16xf32> to tensor<8x16xf32, #nm>
    ```
    becomes
    ```mlir
    %1 = ml_program.global_load_const @"w.nm<2:4, dim = 1>" : tensor<8x16xf32, #nm>
    ```
  }];
  let statistics = [
    Statistic<"numPruned", "weights-pruned", "weights made by pruning others">];
  let dependentDialects = ["::mlir::ml_program::MLProgramDialect"];
}

def LowerPrecision : Pass<"lower-precision", "::mlir::ModuleOp"> {
  let summary = "Compute contractions of f32 on a smaller type";
  let description = [{
    For `--precision`: never done unless asked for. With `bf16` or `f16`, each
    contraction whose operands and result are f32 reads operands rounded to that
    type; products and sums stay f32. Contractions of other types, and whatever
    is no contraction, are left as they are. With `tf32` the operands stay, and
    the contraction is marked `lacuna.precision = "tf32"`: a route may use the
    instructions of that precision. `f32` changes nothing.

    A weight (laid out or not, also behind transposes and reshapes) is not
    rounded at run time: an extern global in the smaller type is a view of it,
    with
    - `lacuna.weight`: the name of the weight,
    - `lacuna.type`: its dense type,
    - `lacuna.dtype`: the type that the runtime rounds values to at load.
    Another value is rounded once, where it is computed, by a `linalg.generic`.

    Example, with `precision=bf16`:
    ```mlir
    %w = ml_program.global_load_const @w : tensor<8x16xf32>
    %y = linalg.matmul ins(%x, %w : tensor<?x8xf32>, tensor<8x16xf32>) ...
    ```
    becomes
    ```mlir
    %w = ml_program.global_load_const @w.bf16 : tensor<8x16xbf16>
    %t = linalg.generic ... ins(%x : tensor<?x8xf32>) { arith.truncf }
    %y = linalg.generic ... ins(%t, %w : tensor<?x8xbf16>, tensor<8x16xbf16>)
        outs(%f : tensor<?x16xf32>) { arith.extf, arith.extf, arith.mulf, ... }
    ```
  }];
  let options = [
    Option<"precision", "precision", "std::string", "\"\"",
           "f32, tf32, bf16 or f16; empty: as the model says">];
  let statistics = [
    Statistic<"numLowered", "contractions-lowered",
              "contractions of f32 that may be computed in less">,
    Statistic<"numViews", "weights-viewed", "weights read in another type">,
    Statistic<"numTruncations", "truncations",
              "values rounded at run time">];
  let dependentDialects = [
    "::lacuna::LacunaDialect", "::mlir::arith::ArithDialect",
    "::mlir::linalg::LinalgDialect", "::mlir::ml_program::MLProgramDialect",
    "::mlir::tensor::TensorDialect"];
}

def CheckSizes : Pass<"check-sizes", "::mlir::func::FuncOp"> {
  let summary = "Assert that the sizes of inputs fit together";
  let description = [{
    Two dynamic dimensions that one loop of a linalg operation runs along are
    equal, by the meaning of the operation; so are those of a `tensor.cast` and,
    but for one, those of a `tensor.concat`; and a `tensor.extract_slice` lies
    within its source. Where both are sizes of inputs of a public function, or one
    is constant, a `cf.assert` at its entry says so, and a call with other sizes
    fails before anything is read. Sizes that are computed are not followed.

    Example: a `linalg.matmul ins(%x, %w) outs(%y)` of arguments
    `%x: tensor<?x64xf32>` and `%y: tensor<?x512xf32>` gives
    ```mlir
    %0 = tensor.dim %x, %c0 : tensor<?x64xf32>
    %1 = tensor.dim %y, %c0 : tensor<?x512xf32>
    %2 = arith.cmpi eq, %1, %0 : index
    cf.assert %2, "dimension 0 of 'y' differs from dimension 0 of 'x'"
    ```
  }];
  let statistics = [Statistic<"numChecks", "checks", "assertions made">];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::cf::ControlFlowDialect",
    "::mlir::tensor::TensorDialect"];
}

def NormalizeLinalg : Pass<"normalize-linalg", "::mlir::func::FuncOp"> {
  let summary = "Bring every operation into the few forms that grouping knows";
  let description = [{
    Decomposes aggregates (softmax), generalizes named operations other than
    contractions, accumulates f16 and bf16 contractions in f32, turns concat
    and pad into slices, `tensor.gather`, `scatter` and `generate` into
    `linalg.generic`, folds splat constants and operations that iterate over
    nothing, fuses elementwise producers with one use, and follows the sizes of
    results to the function's inputs.
    Scalars of the function, and arithmetic on them, become tensors of rank 0.

    Example: a `linalg.matmul` of bf16 into bf16 becomes one into f32 and a
    `linalg.generic` that truncates.
  }];
  let dependentDialects = [
    "::mlir::linalg::LinalgDialect", "::mlir::tensor::TensorDialect",
    "::mlir::affine::AffineDialect", "::mlir::arith::ArithDialect",
    "::mlir::cf::ControlFlowDialect", "::mlir::math::MathDialect"];
}

def FormDispatches : Pass<"form-dispatches", "::mlir::func::FuncOp"> {
  let summary = "Group operations into regions that are planned and run whole";
  let description = [{
    Walks the function from its end. A contraction takes the elementwise
    operations that consume its result (its epilogue); a row reduction takes the
    reductions and elementwise operations that it reads row by row; other
    operations take their elementwise producers. An operation joins a group
    only if every use of its result lies in the group, so each region has one
    root. Slices of operands are read in place inside the region. What only
    changes a shape stays outside.
  }];
  let statistics = [
    Statistic<"numDispatches", "dispatches", "regions formed">,
    Statistic<"numGrouped", "ops-grouped", "operations in regions">];
  let dependentDialects = ["::lacuna::LacunaDialect",
    "::mlir::linalg::LinalgDialect", "::mlir::tensor::TensorDialect"];
}

def PlanDispatches : Pass<"plan-dispatches", "::mlir::ModuleOp"> {
  let summary = "Decide for each region whether skipping pays";
  let description = [{
    For every `lacuna.dispatch` that reads a laid-out tensor, prices the routes
    with the target's cost model and attaches `#lacuna.plan`. A license that is
    not used is a remark (category `plan`) with the reason and the numbers.
    Regions without a layout get no plan: they are dense.

    Columns are the product of the sizes of the contraction's loops that the
    weight does not have. Where a size is dynamic the routes are priced at 1, 2,
    4, ... 4096 columns, and the plan is a list of intervals with a route each;
    neighbors whose routes differ by little are one. A route that needs another
    view of the weight in memory pays for it. docs/Plan.md has the model.

    The routes of target `cpu` are dense, sparse-tensor and vector, those of a
    GPU (`sm_80` and so on) dense and tensor-core. `force-route` overrides the
    model, and `lacuna.route` on an operation both. A forced route that cannot
    be is an error that names the constraint; one that the target does not have
    is left to the plan, with a warning.
  }];
  let options = [
    Option<"target", "target", "std::string", "\"cpu\"",
           "Target that is planned for: cpu, sm_80, ...">,
    Option<"forceRoute", "force-route", "std::string", "\"\"",
           "Route of every region with a layout: dense, sparse-tensor, vector "
           "or tensor-core">,
    Option<"targetModel", "target-model", "std::string", "\"\"",
           "Constants of the target: the name of a built-in file, such as "
           "h200, or a file; empty: the target's own">,
    Option<"features", "features", "std::string", "\"\"",
           "Processor features, separated by commas; they choose the built-in "
           "constants of target cpu">,
    ListOption<"sizes", "sizes", "int64_t",
           "Numbers of columns that the prices of a dynamic size are given at "
           "(default: 1, 16, 128, 1024)">,
    Option<"threads", "threads", "int64_t", "0",
           "Threads the target runs with; 0 for all of this host">];
  let statistics = [
    Statistic<"numUsed", "licenses-used", "regions that skip">,
    Statistic<"numRefused", "licenses-refused", "regions left dense">];
  let dependentDialects = ["::lacuna::LacunaDialect"];
}

def VerifyLayouts : Pass<"verify-layouts", "::mlir::ModuleOp"> {
  let summary = "Reject layouts where upstream would drop or falsify them";
  let description = [{
    Upstream passes know nothing of layouts: folding, reshaping, slicing and
    bufferizing keep an encoding on values it does not describe, or lose it.
    So a laid-out type may stand only on weights (`ml_program.global` with an
    extern value) and their loads, on operands and results of `lacuna.convert`
    and results of `lacuna.prune`, on operands of contractions and of
    `lacuna.dispatch`, and in signatures, calls and returns of private
    functions. Anything else is an error that names the operation and the fix.

    With `materialized`, as after `materialize-layouts`, only `lacuna.assemble`
    and the contraction that reads it may have one.

    Example of what is rejected:
    `tensor.cast %w : tensor<8x8xf32, #lacuna.nm<2:4, dim = 1>> to tensor<8x8xf32>`.
  }];
  let options = [
    Option<"materialized", "materialized", "bool", "false",
           "Allow layouts on lacuna.assemble and its contraction alone">];
}

def AnnotateLayouts : Pass<"annotate-layouts", "::mlir::ModuleOp"> {
  let summary = "Attach layouts to weights by rules on their names";
  let description = [{
    `rules` names a JSON file, an object from names or globs of weights to
    layouts as IR writes them without `#lacuna.`:

    ```json
    {"*.ffn.*.weight": "nm<2:4>", "lm_head.weight": "dense"}
    ```

    Where `dim` is left out, it is the dimension that the weight's contraction
    sums over. `dense` keeps a weight plain. A weight's own name outranks globs;
    two globs that say different things of one weight are an error. A rule that
    matches nothing is a warning with the nearest names. A rule whose weight
    cannot have the layout is an error under its own name; under a glob it is
    skipped with a remark, since globs also catch biases and tables.

    Uses of a weight that are no contractions read it through `lacuna.convert`.
  }];
  let options = [Option<"rules", "rules", "std::string", "\"\"",
                        "Path of the JSON file; without it nothing is done">];
  let statistics = [
    Statistic<"numAnnotated", "weights-annotated", "weights given a layout">];
  let dependentDialects = ["::lacuna::LacunaDialect"];
}

def CarryLayouts : Pass<"carry-layouts", "::mlir::ModuleOp"> {
  let summary = "Let contractions read weights as they are stored";
  let description = [{
    A linear layer arrives as a transpose of the weight and a matmul. Folds
    transposes, reshapes by dimensions of size 1, and `lacuna.convert`s between
    the load of a weight and a contraction into the contraction's indexing maps:
    the layout, if there is one, reaches its use, and no weight is copied. The
    contraction also sums over dimensions of size 1 that a laid-out weight loses
    on the way, such as those of a 1x1 convolution.

    A laid-out weight that reaches a contraction through anything else is an
    error: its layout would be lost without a word.

    Example: `linalg.matmul ins(%x, %t)` with `%t = linalg.transpose ins(%w)`
    becomes `linalg.matmul indexing_maps = [..., (n, m, k) -> (m, k), ...]
    ins(%x, %w)`.
  }];
  let statistics = [
    Statistic<"numCarried", "operands-carried", "operands read as stored">];
  let dependentDialects = ["::lacuna::LacunaDialect"];
}

#endif // LACUNA_TRANSFORMS_PASSES_TD
