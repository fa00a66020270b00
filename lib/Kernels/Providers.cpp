// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The generated half of OperandProviderInterface.

#include "lacuna/Kernels/Providers.h"

#include "lacuna/Kernels/OperandProviderInterface.cpp.inc"
