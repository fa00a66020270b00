// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the host passes share: which functions they work on, and the names and
// attributes by which they hand a signature to each other.

#ifndef LACUNA_CONVERSION_HOSTFUNCTIONS_H
#define LACUNA_CONVERSION_HOSTFUNCTIONS_H

#include "lacuna/IR/Lacuna.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"

namespace lacuna {

/// Argument attribute: the argument is a destination.
constexpr llvm::StringLiteral kOutputAttr = "lacuna.output";
/// Argument attribute: the argument is a weight; see pass bind-weights.
constexpr llvm::StringLiteral kBindingAttr = "lacuna.binding";
/// Argument attribute: the argument is the memory of all temporaries; see pass
/// plan-arena. A dictionary of what was planned.
constexpr llvm::StringLiteral kArenaAttr = "lacuna.arena";
/// Function attribute: how many temporaries are allocated during a call.
constexpr llvm::StringLiteral kAllocationsAttr = "lacuna.allocations";
/// Function attribute of a shape function: the function it belongs to.
constexpr llvm::StringLiteral kShapesOfAttr = "lacuna.shapes_of";
/// Likewise, of a function that tells how large the arena is.
constexpr llvm::StringLiteral kWorkspaceOfAttr = "lacuna.workspace_of";

/// Whether the argument of a host function is none of outputs, weights, arena.
bool isInput(mlir::func::FuncOp function, unsigned argument);

/// The public functions of the module. Fails, with an error at the function,
/// when one has several blocks, or calls a function that is not an outlined
/// dispatch.
llvm::FailureOr<llvm::SmallVector<mlir::func::FuncOp>>
getHostFunctions(mlir::ModuleOp module);

/// Runs `body` on each of them, with the symbols of the module, until it fails.
llvm::LogicalResult
forEachHostFunction(mlir::ModuleOp module,
                    llvm::function_ref<llvm::LogicalResult(mlir::func::FuncOp,
                                                           mlir::SymbolTable &)>
                        body);

/// "CALLEE by ROUTE at PLACE", where a route and the place are known: a region
/// as profiles and the manifest name it.
std::string describeRegion(mlir::func::CallOp call,
                           llvm::ArrayRef<Route> routes);

/// The routes of a dispatch function: its own, or those that it chooses from.
llvm::SmallVector<Route> getRoutes(mlir::func::FuncOp dispatch,
                                   const mlir::SymbolTable &symbols);

/// The name that the model gives to result `index`, or "result<index>".
std::string getResultName(mlir::func::FuncOp function, unsigned index);

/// The single return of a function of one block.
mlir::func::ReturnOp getReturn(mlir::func::FuncOp function);

} // namespace lacuna

#endif // LACUNA_CONVERSION_HOSTFUNCTIONS_H
