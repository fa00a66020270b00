// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Runs a compiled model from C++: run MODEL.so [SIZE]
//
//   c++ -std=c++17 run.cpp -llacuna_runtime -o run
//
// The model has f32 inputs and outputs; SIZE (default 2) stands for each
// dynamic dimension, inputs are all ones. model.safetensors lies beside it.

#include <lacuna/Runtime.h>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

static void check(lacuna_status status) {
  if (status != LACUNA_OK)
    throw std::runtime_error(std::string(lacuna_status_name(status)) + ": " +
                             lacuna_last_error());
}

namespace {
struct Tensor {
  Tensor(const lacuna_tensor_info &info, std::vector<int64_t> sizes,
         float value)
      : name(info.name), shape(std::move(sizes)) {
    size_t count = 1;
    for (int64_t size : shape)
      count *= static_cast<size_t>(size);
    data.assign(count, value);
  }

  DLTensor view() {
    return {data.data(),
            {kDLCPU, 0},
            static_cast<int>(shape.size()),
            {kDLFloat, 32, 1},
            shape.data(),
            nullptr,
            0};
  }

  std::string name;
  std::vector<int64_t> shape;
  std::vector<float> data;
};
} // namespace

static void run(const char *path, int64_t size) {
  lacuna_model *loaded;
  check(lacuna_model_load(path, &loaded));
  std::unique_ptr<lacuna_model, decltype(&lacuna_model_destroy)> model(
      loaded, lacuna_model_destroy);
  lacuna_session *created;
  check(lacuna_session_create(model.get(), nullptr, &created));
  std::unique_ptr<lacuna_session, decltype(&lacuna_session_destroy)> session(
      created, lacuna_session_destroy);
  lacuna_function_info info;
  check(lacuna_model_function(model.get(), nullptr, &info));

  std::vector<Tensor> inputs, outputs;
  std::vector<DLTensor> in, out;
  for (size_t i = 0; i < info.num_inputs; ++i) {
    const lacuna_tensor_info &input = info.inputs[i];
    std::vector<int64_t> shape(input.shape, input.shape + input.ndim);
    for (int64_t &dim : shape)
      dim = dim < 0 ? size : dim;
    inputs.emplace_back(input, shape, 1.0f);
  }
  for (Tensor &input : inputs)
    in.push_back(input.view());

  size_t numDims = 0;
  for (size_t i = 0; i < info.num_outputs; ++i)
    numDims += static_cast<size_t>(info.outputs[i].ndim);
  std::vector<int64_t> dims(numDims);
  check(lacuna_session_output_shapes(session.get(), nullptr, in.data(),
                                     in.size(), dims.data(), dims.size()));
  auto next = dims.begin();
  for (size_t i = 0; i < info.num_outputs; ++i) {
    auto end = next + info.outputs[i].ndim;
    outputs.emplace_back(info.outputs[i], std::vector<int64_t>(next, end), 0);
    next = end;
  }
  for (Tensor &output : outputs)
    out.push_back(output.view());

  check(lacuna_session_run(session.get(), nullptr, in.data(), in.size(),
                           out.data(), out.size(), nullptr));
  for (const Tensor &output : outputs) {
    std::printf("%s:", output.name.c_str());
    for (float value : output.data)
      std::printf(" %g", value);
    std::printf("\n");
  }
}

int main(int argc, char **argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: %s MODEL.so [SIZE]\n", argv[0]);
    return 1;
  }
  try {
    run(argv[1], argc > 2 ? std::atoll(argv[2]) : 2);
  } catch (const std::exception &error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
  return 0;
}
