// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the runtime's tests share: handles that close themselves, tensors over
// vectors, weight files, and copies of the handmade model with another
// manifest.

#ifndef LACUNA_TEST_RUNTIME_SUPPORT_H
#define LACUNA_TEST_RUNTIME_SUPPORT_H

#include "lacuna/Packing/SafeTensors.h"
#include "lacuna/Runtime.h"

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <memory>
#include <random>
#include <string>
#include <unistd.h>
#include <vector>

struct Close {
  void operator()(lacuna_model *m) const { lacuna_model_destroy(m); }
  void operator()(lacuna_session *s) const { lacuna_session_destroy(s); }
};
using ModelPtr = std::unique_ptr<lacuna_model, Close>;
using SessionPtr = std::unique_ptr<lacuna_session, Close>;

#define EXPECT_FAILS(status, call, ...)                                        \
  do {                                                                         \
    EXPECT_EQ(lacuna_status_name(call), std::string(#status));                 \
    for (const char *part : {__VA_ARGS__})                                     \
      EXPECT_NE(std::string(lacuna_last_error()).find(part),                   \
                std::string::npos)                                             \
          << lacuna_last_error();                                              \
  } while (false)
#define ASSERT_WORKS(call) ASSERT_EQ(call, LACUNA_OK) << lacuna_last_error()
#define EXPECT_WORKS(call) EXPECT_EQ(call, LACUNA_OK) << lacuna_last_error()

/// A tensor over a vector that outlives it.
template <typename T>
DLTensor wrap(std::vector<T> &data, std::vector<int64_t> &shape) {
  DLTensor tensor = {};
  tensor.data = data.data();
  tensor.device = {kDLCPU, 0};
  tensor.ndim = static_cast<int>(shape.size());
  uint8_t code = std::is_floating_point_v<T> ? kDLFloat
                 : std::is_signed_v<T>       ? kDLInt
                                             : kDLUInt;
  tensor.dtype = {code, 8 * sizeof(T), 1};
  tensor.shape = shape.data();
  return tensor;
}

/// A folder per test, removed afterwards, and the handmade model.
class RuntimeTest : public testing::Test {
protected:
  void SetUp() override {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "lacuna-XXXXXX").string();
    ASSERT_TRUE(mkdtemp(pattern.data()));
    folder = pattern;
  }
  void TearDown() override { std::filesystem::remove_all(folder); }

  std::string at(const std::string &name) const { return folder + "/" + name; }

  std::string manifest() {
    ModelPtr model = load(original);
    return lacuna_model_manifest(model.get());
  }

  /// A copy of the original model with other bytes in the place of `before`.
  std::string patched(const std::string &before, const std::string &after) {
    std::ifstream in(original, std::ios::binary);
    std::string bytes((std::istreambuf_iterator<char>(in)), {});
    size_t where = bytes.find(before);
    EXPECT_NE(where, std::string::npos);
    bytes.replace(where, after.size(), after);
    std::string path = at("patched" + std::to_string(count++) + ".so");
    std::ofstream(path, std::ios::binary) << bytes;
    return path;
  }

  /// A copy of the original model with another manifest.
  std::string patched(const std::string &text) {
    size_t room = 16384;
    EXPECT_LE(text.size(), room);
    return patched(manifest(), text + std::string(room - text.size(), 0));
  }

  /// The manifest with the first `from` replaced.
  std::string replaced(const std::string &from, const std::string &to) {
    std::string text = manifest();
    size_t where = text.find(from);
    EXPECT_NE(where, std::string::npos) << from;
    return text.replace(where, from.size(), to);
  }

  ModelPtr load(const std::string &path) {
    lacuna_model *model = nullptr;
    EXPECT_EQ(lacuna_model_load(path.c_str(), &model), LACUNA_OK)
        << lacuna_last_error();
    return ModelPtr(model);
  }

  /// w: 2:4 along dimension 1, [4, 8]; bias: [4].
  std::string writeDense(const std::string &name = "dense.safetensors") {
    using namespace lacuna::packing;
    w.assign(32, 0);
    for (int row = 0; row < 4; ++row)
      for (int group = 0; group < 2; ++group) {
        w[row * 8 + group * 4 + row % 3] = real();
        if (row != 2)
          w[row * 8 + group * 4 + 3] = real();
      }
    bias.clear();
    for (int i = 0; i < 4; ++i)
      bias.push_back(real());
    return writeWeights(name);
  }

  std::string writeWeights(const std::string &name) {
    using namespace lacuna::packing;
    SafeTensorsWriter writer;
    auto bytes = [](const std::vector<float> &v) {
      return ConstBytes{reinterpret_cast<const uint8_t *>(v.data()),
                        v.size() * 4};
    };
    EXPECT_TRUE(
        writer.add("w", {ElementType::F32, {4, 8}, bytes(w), nullptr}).ok());
    EXPECT_TRUE(
        writer.add("bias", {ElementType::F32, {4}, bytes(bias), nullptr}).ok());
    EXPECT_TRUE(writer.write(at(name)).ok());
    return at(name);
  }

  SessionPtr session(lacuna_model *model, const std::string &params,
                     int threads = 2) {
    const char *paths[] = {params.c_str()};
    lacuna_session_options options = {};
    options.struct_size = sizeof(options);
    options.params = paths;
    options.num_params = 1;
    options.threads = threads;
    lacuna_session *session = nullptr;
    EXPECT_EQ(lacuna_session_create(model, &options, &session), LACUNA_OK)
        << lacuna_last_error();
    return SessionPtr(session);
  }

  lacuna_status tryWeights(const std::string &params) {
    const char *paths[] = {params.c_str()};
    lacuna_session_options options = {};
    options.struct_size = sizeof(options);
    options.params = paths;
    options.num_params = 1;
    ModelPtr model = load(LACUNA_HANDMADE_MODEL);
    lacuna_session *session = nullptr;
    lacuna_status status =
        lacuna_session_create(model.get(), &options, &session);
    EXPECT_EQ(session, nullptr);
    return status;
  }

  float real() { return std::uniform_real_distribution<float>(0.5, 1)(random); }

  std::string original = LACUNA_HANDMADE_MODEL;
  std::string folder;
  int count = 0;
  std::vector<float> w, bias;
  std::mt19937 random{seed()};

private:
  static unsigned seed() {
    unsigned value = std::random_device()();
    std::printf("seed %u\n", value);
    return value;
  }
};

#endif // LACUNA_TEST_RUNTIME_SUPPORT_H
