// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What lacuna-run prints of models and tensors.

#ifndef LACUNA_RUN_INFO_H
#define LACUNA_RUN_INFO_H

#include "Values.h"

namespace lacuna::run {
/// "f32 [?, 64]".
std::string describeTensor(const lacuna_tensor_info &info);
void printInfo(const lacuna_model *model, const std::string &path);
/// " by tensor-core" of a kernel of the target, which belongs to a region of
/// that route; "" where the artifact does not tell.
std::string describeRoute(const lacuna_model *model, const std::string &target,
                          const std::string &kernel);
/// The first elements.
void printTensor(const std::string &name, const Tensor &tensor);
} // namespace lacuna::run

#endif // LACUNA_RUN_INFO_H
