// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Everything a tool registers: upstream's and Lacuna's dialects, extensions,
// passes and pipelines.

#ifndef LACUNA_PIPELINES_REGISTRATION_H
#define LACUNA_PIPELINES_REGISTRATION_H

namespace mlir {
class DialectRegistry;
} // namespace mlir

namespace lacuna {

/// Adds upstream's dialects and extensions, and Lacuna's.
void registerAllDialects(mlir::DialectRegistry &registry);

/// Registers upstream's passes and Lacuna's passes and pipelines.
void registerAllPasses();

} // namespace lacuna

#endif // LACUNA_PIPELINES_REGISTRATION_H
