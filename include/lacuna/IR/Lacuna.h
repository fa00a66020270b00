// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The lacuna dialect: layouts, the interfaces they answer through, plans, and
// the operations.

#ifndef LACUNA_IR_LACUNA_H
#define LACUNA_IR_LACUNA_H

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/Dialect/SparseTensor/IR/SparseTensor.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/IR/TensorEncoding.h"
#include "mlir/Interfaces/ControlFlowInterfaces.h"
#include "mlir/Interfaces/DestinationStyleOpInterface.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#include <optional>
#include <string>

namespace lacuna {

/// One buffer of a laid-out tensor: its name in weight files and manifests,
/// and its type.
struct LayoutComponent {
  llvm::StringRef name;
  mlir::RankedTensorType type;
};

/// A sparse mma instruction with a weight as operand A.
struct MmaForm {
  /// Elements of the weight's depth that one instruction covers.
  int64_t depth;
  /// Elements of the depth that share a word of metadata a lane.
  int64_t tileDepth;
  /// Kept elements a lane holds for one instruction: 16 bytes.
  int64_t elements;
};

} // namespace lacuna

#include "lacuna/IR/LacunaEnums.h.inc"

#include "lacuna/IR/LacunaAttrInterfaces.h.inc"

#include "lacuna/IR/LacunaDialect.h.inc"

#define GET_ATTRDEF_CLASSES
#include "lacuna/IR/LacunaAttributes.h.inc"

#define GET_OP_CLASSES
#include "lacuna/IR/LacunaOps.h.inc"

namespace lacuna {

/// The layout in the encoding slot of `type`, or null.
StorageLayoutInterface getLayout(mlir::Type type);

/// The tensor type without its layout; other types are returned unchanged.
mlir::Type eraseLayout(mlir::Type type);

/// A route as flags, reports and IR spell it, such as `sparse-tensor`.
std::string getRouteName(Route route);

/// `file:line:column` of the first place that a location names, or "".
std::string describeLocation(mlir::Location loc);

/// The route of that name, spelled so.
std::optional<Route> parseRouteName(llvm::StringRef name);

/// Parses a route's name; an error lists them.
mlir::FailureOr<Route> parseRoute(mlir::AsmParser &parser);

/// "dense, sparse-tensor, vector or tensor-core".
llvm::StringRef getRouteNames();

/// Parses a layout as rule files write it, such as `nm<2:4, dim = 1>`; without
/// `dim` the dimension given as `defaultDim` is meant (an error where that is
/// negative). Errors go to `emitError`.
StorageLayoutInterface
parseLayoutSpelling(llvm::StringRef spelling, int64_t defaultDim,
                    mlir::MLIRContext *context,
                    llvm::function_ref<mlir::InFlightDiagnostic()> emitError);

} // namespace lacuna

#endif // LACUNA_IR_LACUNA_H
