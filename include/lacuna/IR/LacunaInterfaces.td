// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The two questions every layout answers: how a tensor is stored
// (StorageLayoutInterface) and which part of the work is visited
// (VisitInterface). Both only answer; neither builds IR. No method has a
// default body: what a layout forgets must fail to compile.

#ifndef LACUNA_IR_INTERFACES_TD
#define LACUNA_IR_INTERFACES_TD

include "mlir/IR/OpBase.td"

def Lacuna_StorageLayoutInterface : AttrInterface<"StorageLayoutInterface"> {
  let cppNamespace = "::lacuna";
  let description = [{
    A layout that stands in the encoding slot of a ranked tensor type and says
    how the tensor's elements are stored: which may be left out because they
    hold the background value, and in which buffers the kept ones lie.
  }];
  let methods = [
    InterfaceMethod<[{
        Checks that the layout is well-formed for a tensor of this shape and
        element type; on failure reports the violated numbered constraint.
      }],
      "::llvm::LogicalResult", "verifyLayout",
      (ins "::llvm::ArrayRef<int64_t>":$shape, "::mlir::Type":$elementType,
           "::llvm::function_ref<::mlir::InFlightDiagnostic()>":$emitError)>,
    InterfaceMethod<[{
        The buffers that hold a tensor of this type, in the order in which
        they are passed to kernels: name and (unencoded) tensor type.
      }],
      "::llvm::SmallVector<::lacuna::LayoutComponent>", "getComponents",
      (ins "::mlir::RankedTensorType":$type)>,
    InterfaceMethod<[{
        The value of every element that is not kept, for this element type:
        an attribute of that type. -0.0 counts as 0.
      }],
      "::mlir::TypedAttr", "getBackground", (ins "::mlir::Type":$elementType)>,
    InterfaceMethod<[{
        How many elements of a tensor of this shape are stored.
      }],
      "int64_t", "getNumStored", (ins "::llvm::ArrayRef<int64_t>":$shape)>,
    InterfaceMethod<[{
        The layout of the transposed tensor whose dimension `i` is dimension
        `permutation[i]` of this one, as in `linalg.transpose`.
      }],
      "::lacuna::StorageLayoutInterface", "permute",
      (ins "::llvm::ArrayRef<int64_t>":$permutation)>,
    InterfaceMethod<[{
        The encoding of upstream's sparse_tensor dialect that describes the
        higher-rank tensor assembled from the components, or null where
        upstream has none.
      }],
      "::mlir::sparse_tensor::SparseTensorEncodingAttr", "getUpstreamEncoding",
      (ins "::mlir::RankedTensorType":$type)>,
    InterfaceMethod<[{
        The layout as rule files, manifests and weight files write it: as in
        IR, without `#lacuna.`.
      }],
      "std::string", "getSpelling", (ins)>,
  ];
}

def Lacuna_VisitInterface : AttrInterface<"VisitInterface"> {
  let cppNamespace = "::lacuna";
  let description = [{
    Which part of the iteration space a layout lets a kernel skip, in which
    form that is known, and how much work and how many bytes are left.
  }];
  let methods = [
    InterfaceMethod<[{
        When the visited set is known: by the type alone, when the weights
        are packed, or at run time.
      }],
      "::lacuna::KnownAt", "getKnownAt", (ins)>,
    InterfaceMethod<[{
        The form in which a kernel learns what to visit.
      }],
      "::lacuna::VisitForm", "getVisitForm", (ins)>,
    InterfaceMethod<[{
        The share of the multiply-adds of a contraction over a tensor of this
        shape that is left, in (0, 1].
      }],
      "double", "getExpectedWork", (ins "::llvm::ArrayRef<int64_t>":$shape)>,
    InterfaceMethod<[{
        Bytes read to visit a tensor of this type once, in canonical form.
      }],
      "int64_t", "getExpectedBytes", (ins "::mlir::RankedTensorType":$type)>,
  ];
}

def Lacuna_TensorCoreInterface : AttrInterface<"TensorCoreInterface"> {
  let cppNamespace = "::lacuna";
  let description = [{
    Whether and how a laid-out weight is operand A of tensor-core instructions
    (PTX ISA, "Warp Level Matrix Multiply-Accumulate Instructions", mma.sp).
    Only questions; lib/Kernels has the code, which is attached with these
    answers as an external model.
  }];
  let methods = [
    InterfaceMethod<[{
        The sparse instruction that multiplies a weight of this type, or none
        and the constraint that forbids it in `reason`.
      }],
      "::std::optional<::lacuna::MmaForm>", "getMmaForm",
      (ins "::mlir::RankedTensorType":$weight, "::std::string &":$reason)>,
    InterfaceMethod<[{
        The buffers, made at load, in which the instruction's operands lie in
        the order of its registers: name in manifests and type. The weight has
        a form.
      }],
      "::llvm::SmallVector<::lacuna::LayoutComponent>", "getMmaViews",
      (ins "::mlir::RankedTensorType":$weight)>,
  ];
}

def Lacuna_VectorInterface : AttrInterface<"VectorInterface"> {
  let cppNamespace = "::lacuna";
  let description = [{
    A layout whose weights the vector kernels of a CPU read, in an order that
    vectors of every width share.
  }];
  let methods = [
    InterfaceMethod<[{
        The buffers, made at load, in that order: name in manifests and type.
      }],
      "::llvm::SmallVector<::lacuna::LayoutComponent>", "getVectorViews",
      (ins "::mlir::RankedTensorType":$weight)>,
  ];
}

#endif // LACUNA_IR_INTERFACES_TD
