// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// --state-in and --state-out: the state of a session as a safetensors file.

#ifndef LACUNA_RUN_STATE_H
#define LACUNA_RUN_STATE_H

#include "Values.h"

namespace lacuna::run {

/// Sets the states that the file holds; the others stay as they are.
void readState(const std::string &path, const lacuna_model *model,
               lacuna_session *session);

/// Writes all of it.
void writeState(const std::string &path, const lacuna_model *model,
                lacuna_session *session);

} // namespace lacuna::run

#endif // LACUNA_RUN_STATE_H
