// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Loading: what a model tells of itself, and every way not to be one.

#include "Support.h"

#include <cstring>
#include <dlfcn.h>

namespace {
using ModelTest = RuntimeTest;

TEST_F(ModelTest, Signature) {
  ModelPtr model = load(LACUNA_HANDMADE_MODEL);
  ASSERT_TRUE(model);
  EXPECT_EQ(lacuna_model_num_functions(model.get()), 10u);
  lacuna_function_info info;
  ASSERT_WORKS(lacuna_model_function(model.get(), nullptr, &info));
  EXPECT_STREQ(info.name, "main");
  ASSERT_EQ(info.num_inputs, 1u);
  ASSERT_EQ(info.num_outputs, 1u);
  EXPECT_STREQ(info.inputs[0].name, "x");
  EXPECT_STREQ(info.inputs[0].dtype_name, "f32");
  EXPECT_EQ(info.inputs[0].ndim, 2);
  EXPECT_EQ(info.inputs[0].shape[0], -1);
  EXPECT_EQ(info.inputs[0].shape[1], 8);
  EXPECT_STREQ(info.inputs[0].symbols[0], "batch");
  EXPECT_EQ(info.inputs[0].symbols[1], nullptr);
  ASSERT_EQ(lacuna_model_num_weights(model.get()), 2u);
  lacuna_tensor_info weight;
  ASSERT_WORKS(lacuna_model_weight_at(model.get(), 0, &weight));
  EXPECT_STREQ(weight.layout, "nm<2:4, dim = 1>");
  ASSERT_WORKS(lacuna_model_weight_at(model.get(), 1, &weight));
  EXPECT_EQ(weight.layout, nullptr);
  EXPECT_FAILS(LACUNA_ERROR_ARGUMENT,
               lacuna_model_weight_at(model.get(), 2, &weight), "weight 2");
  EXPECT_FAILS(LACUNA_ERROR_ARGUMENT,
               lacuna_model_function(model.get(), "mian", &info),
               "no function 'mian'", "did you mean 'main'");
}

TEST_F(ModelTest, NoModel) {
  lacuna_model *model = nullptr;
  auto tryLoad = [&](const std::string &path) {
    return lacuna_model_load(path.c_str(), &model);
  };
  EXPECT_FAILS(LACUNA_ERROR_FILE, tryLoad(at("none.so")), "none.so",
               "No such file");
  EXPECT_FAILS(LACUNA_ERROR_FILE, tryLoad(folder), "a directory");
  std::ofstream(at("text.so")) << "not a library";
  EXPECT_FAILS(LACUNA_ERROR_ARTIFACT, tryLoad(at("text.so")),
               "not a compiled model", "lacuna-compile");
  std::ofstream(at("empty.so"));
  EXPECT_FAILS(LACUNA_ERROR_ARTIFACT, tryLoad(at("empty.so")),
               "not a compiled model");
  std::ofstream(at("cut.so"), std::ios::binary) << "\177ELF cut off";
  EXPECT_FAILS(LACUNA_ERROR_ARTIFACT, tryLoad(at("cut.so")), "cannot load");
  // Wherever a library is cut off, down to its last byte.
  std::ifstream whole(LACUNA_RUNTIME_LIBRARY, std::ios::binary);
  std::string library{std::istreambuf_iterator<char>(whole), {}};
  for (size_t cut = 1; cut <= 16; ++cut) {
    std::string rest = library.substr(0, library.size() * cut / 16 - 1);
    std::ofstream(at("cut.so"), std::ios::binary) << rest;
    std::string found = "it is cut off, with " + std::to_string(rest.size()) +
                        " of " + std::to_string(library.size()) + " bytes";
    EXPECT_FAILS(LACUNA_ERROR_ARTIFACT, tryLoad(at("cut.so")), found.c_str());
  }
  EXPECT_FAILS(LACUNA_ERROR_ARTIFACT, tryLoad(LACUNA_RUNTIME_LIBRARY),
               "without the symbol 'lacuna_manifest'");
  EXPECT_FAILS(LACUNA_ERROR_ARGUMENT, lacuna_model_load(nullptr, &model),
               "path is a null pointer");
  EXPECT_FAILS(LACUNA_ERROR_ARGUMENT, lacuna_model_load("x", nullptr),
               "model is a null pointer");
  EXPECT_EQ(model, nullptr);
}

TEST_F(ModelTest, BadManifest) {
  std::string root = "{\"abi\":1,\"target\":\"cpu\",\"functions\":[]";
  struct {
    std::string manifest, status, part;
  } cases[] = {
      {"", "LACUNA_ERROR_ARTIFACT", "not JSON"},
      {"[1]", "LACUNA_ERROR_ARTIFACT", "not a JSON object"},
      {"{", "LACUNA_ERROR_ARTIFACT", "not JSON"},
      {"{}", "LACUNA_ERROR_ARTIFACT", "'abi' is missing"},
      {std::string(16384, ' '), "LACUNA_ERROR_ARTIFACT", "does not end"},
      {root + "}", "LACUNA_ERROR_ARTIFACT", "no function"},
      {replaced("\"abi\":1", "\"abi\":9"), "LACUNA_ERROR_ARTIFACT", "ABI 9"},
      {replaced("\"abi\":1", "\"abi\":1e3"), "LACUNA_ERROR_ARTIFACT", "abi"},
      {replaced("\"cpu\"", "\"sm_90a\""), "LACUNA_ERROR_UNSUPPORTED",
       "'sm_90a'"},
      {replaced("\"features\":[]", "\"features\":[\"sse2\",\"warp\"]"),
       "LACUNA_ERROR_UNSUPPORTED", "'warp'"},
      {replaced("[-1,8]", "[-2,8]"), "LACUNA_ERROR_ARTIFACT",
       "functions[0].inputs[0].shape[0]"},
      {replaced("[-1,8]", "[9223372036854775807,8]"), "LACUNA_ERROR_ARTIFACT",
       "memory"},
      {replaced("\"f32\"", "\"f31\""), "LACUNA_ERROR_ARTIFACT", "f31"},
      {replaced("\"weight\":0", "\"weight\":2"), "LACUNA_ERROR_ARTIFACT",
       "from 0 to 1"},
      {replaced("\"coordinates\"", "\"indices\""), "LACUNA_ERROR_ARTIFACT",
       "indices"},
      {replaced("\"weight\":1,\"view\":\"dense\"",
                "\"weight\":1,\"view\":\"values\""),
       "LACUNA_ERROR_ARTIFACT", "has no layout"},
      {replaced("nm<2:4", "nm<4:4"), "LACUNA_ERROR_ARTIFACT", "layout"},
      {replaced("nm<2:4, dim = 1>", "nm<2:4, dim = 2>"),
       "LACUNA_ERROR_ARTIFACT", "layout"},
      {replaced("\"name\":\"dense\"", "\"name\":\"main\""),
       "LACUNA_ERROR_ARTIFACT", "two functions are called 'main'"},
      {replaced("\"name\":\"dense\"", "\"name\":\"sparse\""),
       "LACUNA_ERROR_ARTIFACT", "'lacuna_entry_sparse'"},
      {replaced("[\"batch\",null]", "[\"batch\"]"), "LACUNA_ERROR_ARTIFACT",
       "symbols"},
  };
  for (const auto &test : cases) {
    lacuna_model *model = nullptr;
    lacuna_status status =
        lacuna_model_load(patched(test.manifest).c_str(), &model);
    EXPECT_EQ(lacuna_status_name(status), test.status) << test.part;
    EXPECT_NE(std::string(lacuna_last_error()).find(test.part),
              std::string::npos)
        << lacuna_last_error();
    EXPECT_EQ(model, nullptr);
    lacuna_model_destroy(model);
  }
}

#if defined(__x86_64__)
TEST_F(ModelTest, HostFeaturesAreAccepted) {
  std::string list = "\"sse2\"";
  if (__builtin_cpu_supports("avx2"))
    list += ",\"avx2\",\"fma\"";
  if (__builtin_cpu_supports("avx512f"))
    list += ",\"avx512f\"";
  EXPECT_TRUE(load(
      patched(replaced("\"features\":[]", "\"features\":[" + list + "]"))));
}
#endif

TEST_F(ModelTest, Unloads) {
  std::string path = patched(manifest());
  auto loaded = [&] {
    void *handle = dlopen(path.c_str(), RTLD_NOLOAD | RTLD_NOW);
    if (handle)
      dlclose(handle);
    return handle != nullptr;
  };
  EXPECT_FALSE(loaded());
  ModelPtr model = load(path);
  SessionPtr running = session(model.get(), writeDense());
  EXPECT_TRUE(loaded());
  model.reset();
  EXPECT_TRUE(loaded());
  // The session still works without the caller's handle.
  std::vector<double> y(1);
  std::vector<int64_t> scalar;
  DLTensor out = wrap(y, scalar);
  EXPECT_EQ(
      lacuna_session_run(running.get(), "third", nullptr, 0, &out, 1, nullptr),
      LACUNA_OK);
  running.reset();
  EXPECT_FALSE(loaded());
}
} // namespace
