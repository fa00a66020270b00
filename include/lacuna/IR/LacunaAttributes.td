// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Layout attributes and the attributes of plans.

#ifndef LACUNA_IR_ATTRIBUTES_TD
#define LACUNA_IR_ATTRIBUTES_TD

include "lacuna/IR/LacunaDialect.td"
include "lacuna/IR/LacunaInterfaces.td"
include "mlir/IR/TensorEncoding.td"

def Lacuna_NMAttr : Lacuna_Attr<"NM", "nm", [
    DeclareAttrInterfaceMethods<VerifiableTensorEncoding>,
    DeclareAttrInterfaceMethods<Lacuna_StorageLayoutInterface>,
    DeclareAttrInterfaceMethods<Lacuna_VisitInterface>,
    DeclareAttrInterfaceMethods<Lacuna_VectorInterface>]> {
  let summary = "at most n of every m consecutive elements are kept";
  let description = [{
    Along dimension `dim`, every group of `m` consecutive elements holds at
    most `n` that differ from the background 0 (-0.0 counts as 0). A tail group
    of r < m elements keeps at most min(n, r).

    Constraints:
    - `nm_c1`: 0 < n < m.
    - `nm_c2`: m <= 64.
    - `nm_c3`: 0 <= dim < rank of the tensor.
    - `nm_c4`: the tensor is static.
    - `nm_c5`: elements are floats or integers of 8, 16, 32 or 64 bits.

    Components of a tensor whose other dimensions are R...: `values` of
    R... x ceil(size / m) x n elements and `coordinates`, the position 0..m-1
    in the group of each value, of the same shape in 8-bit integers, strictly
    increasing within a group.

    Example: `tensor<512x64xf32, #lacuna.nm<2:4, dim = 1>>`.
  }];
  let parameters = (ins "int64_t":$n, "int64_t":$m, "int64_t":$dim);
  let hasCustomAssemblyFormat = 1;
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    /// Groups along `dim` of a tensor of this shape: ceil(size / m).
    int64_t getNumGroups(::llvm::ArrayRef<int64_t> shape) const {
      return (shape[getDim()] + getM() - 1) / getM();
    }
    /// Bits of a coordinate in the views of vector kernels.
    int64_t getVectorBits() const {
      return getM() <= 4 ? 2 : getM() <= 16 ? 4 : 8;
    }
  }];
}

/// Spelled as flags spell it, with a dash, which no keyword of MLIR has.
def Lacuna_RouteParameter : AttrParameter<"::lacuna::Route", "a route"> {
  let parser = "::lacuna::parseRoute($_parser)";
  let printer = "$_printer << ::lacuna::getRouteName($_self)";
}

def Lacuna_RouteAttr : Lacuna_Attr<"Route", "route"> {
  let summary = "a route on an operation, planned or forced";
  let description = [{
    `lacuna.route = #lacuna.route<tensor-core>` on an operation forces the route
    of the dispatch region that it ends up in; on an outlined dispatch function
    it says which route lowers it.
  }];
  let parameters = (ins Lacuna_RouteParameter:$value);
  let assemblyFormat = "`<` $value `>`";
}

def Lacuna_PriceAttr : Lacuna_Attr<"Price", "price"> {
  let summary = "what a route is predicted to take at one size";
  let description = [{
    At so many `columns` the route taken and the dense route are predicted to
    take so many nanoseconds, to move so many `bytes` from and to memory and to
    execute so many multiply-adds (`operations`). `bound` is what the route
    taken waits for: `memory`, `compute` or `launch`. Not `calibrated`: a
    constant of the target's file was not measured on such hardware.
  }];
  let parameters = (ins "int64_t":$columns,
                        "int64_t":$nanoseconds, "int64_t":$denseNanoseconds,
                        "int64_t":$bytes, "int64_t":$denseBytes,
                        "int64_t":$operations, "int64_t":$denseOperations,
                        StringRefParameter<>:$bound, "bool":$calibrated);
  let assemblyFormat = "`<` struct(params) `>`";
}

def Lacuna_ChoiceAttr : Lacuna_Attr<"Choice", "choice"> {
  let summary = "one interval of a plan: a route, its price, and why";
  let description = [{
    From `from` columns on the region runs by `route`. Columns are the product
    of the sizes of the contraction's loops that the weight does not have: the
    tokens of a batch. The first or only interval starts at 0. `nanoseconds` is
    the time predicted for the route and `denseNanoseconds` the time predicted
    for the dense route, both at the last of `prices`, which are ascending in
    `columns`.
  }];
  let parameters = (ins "int64_t":$from, Lacuna_RouteParameter:$route,
                        "int64_t":$nanoseconds, "int64_t":$denseNanoseconds,
                        StringRefParameter<>:$reason,
                        OptionalParameter<"::mlir::ArrayAttr">:$prices);
  let assemblyFormat = "`<` struct(params) `>`";
}

def Lacuna_PlanAttr : Lacuna_Attr<"Plan", "plan"> {
  let summary = "whether skipping pays for a dispatch region, by which route";
  let description = [{
    The choices are sorted by `from`; the first starts at 0. `forced` says that
    the user, not the cost model, chose.
  }];
  let parameters = (ins StringRefParameter<>:$target, "bool":$forced,
                        ArrayRefParameter<"ChoiceAttr">:$choices);
  let assemblyFormat = [{
    `<` `target` `=` $target `,` `forced` `=` $forced `,`
    `choices` `=` `[` $choices `]` `>`
  }];
  let genVerifyDecl = 1;
}

def Lacuna_ScheduleAttr : Lacuna_Attr<"Schedule", "schedule"> {
  let summary = "how a tensor-core kernel is cut";
  let description = [{
    A block computes `tile_m` rows of the weight by `tile_n` columns in steps of
    `tile_k` elements of depth (128 bytes), with `warps_m` x `warps_n` warps and
    `stages` steps in flight. With `warps_k` there are as many times the warps,
    which share the depth: each takes every `warps_k`-th step, a stage holds a
    step of each, and their sums are added in the end. Left on the kernel as
    `lacuna.schedule`.

    Constraints:
    - `schedule_c1`: tile_m is a multiple of 16 * warps_m.
    - `schedule_c2`: tile_n is a multiple of 8 * warps_n.
    - `schedule_c3`: at most 1024 threads (32 a warp).
    - `schedule_c4`: at least 2 stages.
    - `schedule_c5`: warps_k is positive.
  }];
  let parameters = (ins "int64_t":$tileM, "int64_t":$tileN, "int64_t":$tileK,
                        "int64_t":$warpsM, "int64_t":$warpsN,
                        "int64_t":$stages,
                        DefaultValuedParameter<"int64_t", "1">:$warpsK);
  let assemblyFormat = [{
    `<` `tile_m` `=` $tileM `,` `tile_n` `=` $tileN `,` `tile_k` `=` $tileK `,`
    `warps_m` `=` $warpsM `,` `warps_n` `=` $warpsN `,` `stages` `=` $stages
    (`,` `warps_k` `=` $warpsK^)? `>`
  }];
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    int64_t getThreads() const {
      return 32 * getWarpsM() * getWarpsN() * getWarpsK();
    }
    /// Steps of depth that the ring holds.
    int64_t getSlots() const { return getStages() * getWarpsK(); }
    /// What one warp computes.
    int64_t getWarpM() const { return getTileM() / getWarpsM(); }
    int64_t getWarpN() const { return getTileN() / getWarpsN(); }
  }];
}

#endif // LACUNA_IR_ATTRIBUTES_TD
