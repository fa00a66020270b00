// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// State between a file and a session. See State.h.

#include "State.h"

#include "lacuna/Packing/SafeTensors.h"

using namespace lacuna;
using namespace lacuna::run;

namespace {
std::vector<lacuna_tensor_info> listState(const lacuna_model *model) {
  std::vector<lacuna_tensor_info> infos(lacuna_model_num_state(model));
  for (size_t i = 0; i < infos.size(); ++i)
    if (lacuna_model_state_at(model, i, &infos[i]) != LACUNA_OK)
      throw Failure(lacuna_last_error());
  return infos;
}

void checkCall(lacuna_status status, const std::string &path) {
  if (status != LACUNA_OK)
    throw Failure("'" + path + "': " + lacuna_last_error());
}
} // namespace

void lacuna::run::readState(const std::string &path, const lacuna_model *model,
                            lacuna_session *session) {
  auto file = take(packing::SafeTensorsFile::open(path));
  std::vector<lacuna_tensor_info> infos = listState(model);
  for (const auto &[name, found] : file.tensors()) {
    Tensor tensor = aligned(found);
    DLTensor view = viewTensor(tensor, getDLType(tensor.type));
    // DLPack cannot tell bools from u8.
    for (const lacuna_tensor_info &info : infos)
      if (info.name == name && packing::getName(tensor.type) != info.dtype_name)
        throw Failure("'" + path + "': the state '" + name + "' holds " +
                      std::string(packing::getName(tensor.type)) +
                      ", expected " + info.dtype_name);
    checkCall(lacuna_session_state_set(session, name.c_str(), &view, nullptr),
              path);
  }
}

void lacuna::run::writeState(const std::string &path, const lacuna_model *model,
                             lacuna_session *session) {
  packing::SafeTensorsWriter writer;
  for (const lacuna_tensor_info &info : listState(model)) {
    Tensor tensor = allocateOutput(info, info.shape);
    DLTensor view = viewTensor(tensor, info.dtype);
    checkCall(lacuna_session_state_get(session, info.name, &view, nullptr),
              path);
    check(writer.add(info.name, tensor));
  }
  check(writer.write(path));
}
