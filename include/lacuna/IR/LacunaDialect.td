// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The dialect, its enums and base classes.

#ifndef LACUNA_IR_DIALECT_TD
#define LACUNA_IR_DIALECT_TD

include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/EnumAttr.td"
include "mlir/IR/OpBase.td"

def Lacuna_Dialect : Dialect {
  let name = "lacuna";
  let cppNamespace = "::lacuna";
  let summary = "What may be skipped, and whether skipping pays";
  let description = [{
    The `lacuna` dialect describes sparse layouts of tensors and the regions of
    work that a plan covers. A layout is a claim about where the background
    value is, never an instruction: removing every layout does not change what
    a program means (erasure), and the plan of each dispatch region decides
    whether skipping pays (license).
  }];
  let useDefaultAttributePrinterParser = 1;
  let dependentDialects = ["::mlir::sparse_tensor::SparseTensorDialect"];
  let extraClassDeclaration = [{
    /// Argument and result attribute that carries the name a tensor has in the
    /// model's signature.
    static constexpr ::llvm::StringLiteral kNameAttr = "lacuna.name";
    /// Argument attribute: the names of dynamic dimensions, "" where static.
    static constexpr ::llvm::StringLiteral kDimsAttr = "lacuna.dims";
    /// Marks the private functions that dispatch regions were outlined to.
    static constexpr ::llvm::StringLiteral kDispatchAttr = "lacuna.dispatch";
    /// On a contraction: the precision that the user allows, a string. "tf32"
    /// is that of products of f32; "f16" lets an f16 contraction sum in f16.
    static constexpr ::llvm::StringLiteral kPrecisionAttr = "lacuna.precision";
    /// The route that an operation's region is forced to, or that an outlined
    /// dispatch takes: `#lacuna.route<...>`.
    static constexpr ::llvm::StringLiteral kRouteAttr = "lacuna.route";
    /// The number of a planned region in reports, on a dispatch and on its
    /// invocation.
    static constexpr ::llvm::StringLiteral kRegionAttr = "lacuna.region";
    /// The `#lacuna.schedule` of a kernel.
    static constexpr ::llvm::StringLiteral kScheduleAttr = "lacuna.schedule";
    /// What a launch of a kernel of that schedule counts: a dictionary from
    /// names of the emulator's counters to affine maps of the symbols rows,
    /// columns, depth and batches.
    static constexpr ::llvm::StringLiteral kCountsAttr = "lacuna.counts";
  }];
}

class Lacuna_Attr<string name, string mnemonic_, list<Trait> traits = []>
    : AttrDef<Lacuna_Dialect, name, traits> {
  let mnemonic = mnemonic_;
}

class Lacuna_Op<string mnemonic, list<Trait> traits = []>
    : Op<Lacuna_Dialect, mnemonic, traits>;

def Lacuna_KnownAt : I32EnumAttr<"KnownAt", "when the visited set is known", [
    I32EnumAttrCase<"CompileTime", 0, "compile-time">,
    I32EnumAttrCase<"Packed", 1, "packed">,
    I32EnumAttrCase<"RunTime", 2, "run-time">]> {
  let cppNamespace = "::lacuna";
  let genSpecializedAttr = 0;
}

def Lacuna_VisitForm : I32EnumAttr<"VisitForm", "how a kernel learns what to visit", [
    I32EnumAttrCase<"StaticBounds", 0, "static-bounds">,
    I32EnumAttrCase<"Buffers", 1, "buffers">,
    I32EnumAttrCase<"DeviceList", 2, "device-list">]> {
  let cppNamespace = "::lacuna";
  let genSpecializedAttr = 0;
}

def Lacuna_Route : I32EnumAttr<"Route", "how a dispatch region becomes code", [
    I32EnumAttrCase<"Dense", 0, "dense">,
    I32EnumAttrCase<"SparseTensor", 1, "sparse-tensor">,
    I32EnumAttrCase<"TensorCore", 2, "tensor-core">,
    I32EnumAttrCase<"Vector", 3, "vector">]> {
  let cppNamespace = "::lacuna";
  let genSpecializedAttr = 0;
}

#endif // LACUNA_IR_DIALECT_TD
