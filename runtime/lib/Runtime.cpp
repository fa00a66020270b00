// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The C functions: null checks, options, and exceptions turned into codes.

#include "lacuna/Runtime.h"

#include "Error.h"
#include "Model.h"
#include "Session.h"

#include <algorithm>
#include <cstring>

using namespace lacuna;
using namespace lacuna::runtime;

namespace {

template <typename T> void require(const T *pointer, const char *name) {
  if (!pointer)
    throw Error(LACUNA_ERROR_ARGUMENT,
                std::string(name) + " is a null pointer");
}

template <typename T>
const T &getAt(const std::vector<T> &list, size_t index, const char *what) {
  if (index < list.size())
    return list[index];
  throw Error(LACUNA_ERROR_ARGUMENT,
              "there is no " + std::string(what) + " " + std::to_string(index) +
                  ": the model has " + std::to_string(list.size()));
}

/// The caller's options in this version's struct, which may be larger or
/// smaller than the caller's.
template <typename T> T readOptions(const T *given, const char *type) {
  T options = {};
  if (!given)
    return options;
  size_t size = given->struct_size;
  if (size < sizeof(size_t) || size > 4096)
    throw Error(LACUNA_ERROR_ARGUMENT, "struct_size of the options is " +
                                           std::to_string(size) +
                                           ", expected sizeof(" + type + ")");
  auto *bytes = reinterpret_cast<const char *>(given);
  for (size_t i = sizeof(options); i < size; ++i)
    if (bytes[i] != 0)
      throw Error(LACUNA_ERROR_ARGUMENT,
                  "the options set a member that runtime " +
                      std::string(lacuna_version()) + " does not know");
  std::memcpy(&options, given, std::min(size, sizeof(options)));
  return options;
}

WeightFiles readFiles(const lacuna_session_options &options) {
  WeightFiles files;
  if (options.num_params != 0)
    require(options.params, "params");
  for (size_t i = 0; i < options.num_params; ++i) {
    require(options.params[i], "a path in params");
    files.params.push_back(options.params[i]);
  }
  if (options.parameters_file)
    files.parametersFile = options.parameters_file;
  return files;
}

} // namespace

const char *lacuna_version(void) { return LACUNA_RUNTIME_VERSION; }

lacuna_status lacuna_model_load(const char *path, lacuna_model **model) {
  return guard([&] {
    require(model, "model");
    *model = nullptr;
    require(path, "path");
    *model = new lacuna_model{Model::load(path)};
  });
}

void lacuna_model_destroy(lacuna_model *model) { delete model; }

const char *lacuna_model_manifest(const lacuna_model *model) {
  return model ? model->model->manifestText().c_str() : "";
}

size_t lacuna_model_num_functions(const lacuna_model *model) {
  return model ? model->model->functions().size() : 0;
}

lacuna_status lacuna_model_function_at(const lacuna_model *model, size_t index,
                                       lacuna_function_info *info) {
  return guard([&] {
    require(model, "model");
    require(info, "info");
    *info = getAt(model->model->functions(), index, "function").info;
  });
}

lacuna_status lacuna_model_function(const lacuna_model *model, const char *name,
                                    lacuna_function_info *info) {
  return guard([&] {
    require(model, "model");
    require(info, "info");
    *info = model->model->targets().front().function(name).info;
  });
}

size_t lacuna_model_num_weights(const lacuna_model *model) {
  return model ? model->model->weights().size() : 0;
}

lacuna_status lacuna_model_weight_at(const lacuna_model *model, size_t index,
                                     lacuna_tensor_info *info) {
  return guard([&] {
    require(model, "model");
    require(info, "info");
    *info = getAt(model->model->weights(), index, "weight");
  });
}

size_t lacuna_model_num_state(const lacuna_model *model) {
  return model ? model->model->state().size() : 0;
}

lacuna_status lacuna_model_state_at(const lacuna_model *model, size_t index,
                                    lacuna_tensor_info *info) {
  return guard([&] {
    require(model, "model");
    require(info, "info");
    *info = getAt(model->model->state(), index, "state");
  });
}

size_t lacuna_model_num_targets(const lacuna_model *model) {
  return model ? model->model->targets().size() : 0;
}

lacuna_status lacuna_model_target_at(const lacuna_model *model, size_t index,
                                     lacuna_target_info *info) {
  return guard([&] {
    require(model, "model");
    require(info, "info");
    *info = getAt(model->model->targets(), index, "target").info;
  });
}

const char *lacuna_model_target_unusable(const lacuna_model *model,
                                         size_t index) {
  return model && index < model->model->targets().size()
             ? model->model->targets()[index].unusable.c_str()
             : nullptr;
}

const char *lacuna_model_region(const lacuna_model *model, size_t target,
                                size_t index) {
  if (!model || target >= model->model->targets().size())
    return nullptr;
  const auto &regions = model->model->targets()[target].spec->regions;
  return index < regions.size() ? regions[index].c_str() : nullptr;
}

const void *lacuna_model_fatbin(const lacuna_model *model, size_t *size) {
  if (size)
    *size = model ? model->model->fatbinSize() : 0;
  return model ? model->model->fatbin() : nullptr;
}

lacuna_status lacuna_session_create(lacuna_model *model,
                                    const lacuna_session_options *options,
                                    lacuna_session **session) {
  return guard([&] {
    require(session, "session");
    *session = nullptr;
    require(model, "model");
    lacuna_session_options given =
        readOptions(options, "lacuna_session_options");
    *session = new lacuna_session{
        Session(model->model, chooseDevice(*model->model, given.device),
                readFiles(given), chooseThreads(given.threads))};
  });
}

void lacuna_session_destroy(lacuna_session *session) { delete session; }

int32_t lacuna_session_threads(const lacuna_session *session) {
  return session ? session->session.threads() : 0;
}

lacuna_status lacuna_session_output_shapes(lacuna_session *session,
                                           const char *function,
                                           const DLTensor *inputs,
                                           size_t num_inputs, int64_t *dims,
                                           size_t num_dims) {
  return guard([&] {
    require(session, "session");
    session->session.outputShapes(function, inputs, num_inputs, dims, num_dims);
  });
}

lacuna_status lacuna_session_run(lacuna_session *session, const char *function,
                                 const DLTensor *inputs, size_t num_inputs,
                                 DLTensor *outputs, size_t num_outputs,
                                 void *stream) {
  return guard([&] {
    require(session, "session");
    lacuna_run_options options = {};
    options.stream = stream;
    session->session.run(function, inputs, num_inputs, outputs, num_outputs,
                         options);
  });
}

lacuna_status lacuna_session_workspace_size(lacuna_session *session,
                                            const char *function,
                                            const DLTensor *inputs,
                                            size_t num_inputs,
                                            uint64_t *bytes) {
  return guard([&] {
    require(session, "session");
    require(bytes, "bytes");
    *bytes = session->session.workspaceSize(function, inputs, num_inputs);
  });
}

lacuna_status lacuna_session_run_with(lacuna_session *session,
                                      const char *function,
                                      const DLTensor *inputs, size_t num_inputs,
                                      DLTensor *outputs, size_t num_outputs,
                                      const lacuna_run_options *options) {
  return guard([&] {
    require(session, "session");
    session->session.run(function, inputs, num_inputs, outputs, num_outputs,
                         readOptions(options, "lacuna_run_options"));
  });
}

lacuna_status lacuna_session_state_reset(lacuna_session *session,
                                         const char *name, void *stream) {
  return guard([&] {
    require(session, "session");
    session->session.checkStream(stream);
    session->session.getState().reset(name, stream);
  });
}

lacuna_status lacuna_session_state_get(lacuna_session *session,
                                       const char *name, DLTensor *tensor,
                                       void *stream) {
  return guard([&] {
    require(session, "session");
    require(tensor, "tensor");
    session->session.checkStream(stream);
    session->session.getState().read(name, *tensor, stream);
  });
}

lacuna_status lacuna_session_state_set(lacuna_session *session,
                                       const char *name, const DLTensor *tensor,
                                       void *stream) {
  return guard([&] {
    require(session, "session");
    require(tensor, "tensor");
    session->session.checkStream(stream);
    session->session.getState().write(name, *tensor, stream);
  });
}
