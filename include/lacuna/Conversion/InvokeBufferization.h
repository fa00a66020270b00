// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// How lacuna.invoke becomes a call on buffers under one-shot bufferization.

#ifndef LACUNA_CONVERSION_INVOKEBUFFERIZATION_H
#define LACUNA_CONVERSION_INVOKEBUFFERIZATION_H

namespace mlir {
class DialectRegistry;
} // namespace mlir

namespace lacuna {

/// Attaches BufferizableOpInterface to `lacuna.invoke`.
void registerBufferizationExternalModels(mlir::DialectRegistry &registry);

} // namespace lacuna

#endif // LACUNA_CONVERSION_INVOKEBUFFERIZATION_H
