// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// By which a layout brings the code that loads it. Attached as an external
// model, so that the layout's own file knows of no target.

#ifndef LACUNA_KERNELS_OPERANDPROVIDERINTERFACE_TD
#define LACUNA_KERNELS_OPERANDPROVIDERINTERFACE_TD

include "mlir/IR/OpBase.td"

def Lacuna_OperandProviderInterface : AttrInterface<"OperandProviderInterface"> {
  let cppNamespace = "::lacuna";
  let description = [{
    A layout whose weights the contraction generator reads. `TensorCoreInterface`
    says which; this makes the provider that emits the loads.
  }];
  let methods = [
    InterfaceMethod<[{
        The provider of operand A for a weight of this type, whose views are
        `buffers` inside the kernel, in the order of `getMmaViews`.
      }],
      "::std::unique_ptr<::lacuna::OperandProvider>", "makeProvider",
      (ins "::mlir::RankedTensorType":$weight, "::mlir::ValueRange":$buffers)>,
  ];
}

#endif // LACUNA_KERNELS_OPERANDPROVIDERINTERFACE_TD
