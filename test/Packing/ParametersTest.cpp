// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The parameters file: every operation against values worked out by hand, what
// is refused, and near names.

#include "lacuna/Packing/Parameters.h"
#include "TestFiles.h"

#include <numeric>

using namespace lacuna::packing;
using namespace testfiles;

namespace {
/// A checkpoint with "a" = [[0,1,2],[3,4,5]], "b" = [[6,7,8],[9,10,11]],
/// "long" = f32 [1, 3], "ints" = i32 [2, 3] and "cube" = f32 [2, 3, 40].
class Parameters : public testing::Test {
protected:
  void SetUp() override {
    std::iota(cube.begin(), cube.end(), 0.0f);
    std::vector<float> b(cube.begin() + 6, cube.begin() + 12);
    std::vector<int32_t> ints = {1, 2, 3, 4, 5, 6};
    std::vector<float> a(cube.begin(), cube.begin() + 6);
    std::vector<float> row = {20, 21, 22};
    SafeTensorsWriter writer;
    ASSERT_TRUE(writer.add("a", tensorOf(ElementType::F32, {2, 3}, a)).ok());
    ASSERT_TRUE(writer.add("b", tensorOf(ElementType::F32, {2, 3}, b)).ok());
    ASSERT_TRUE(
        writer.add("long", tensorOf(ElementType::F32, {1, 3}, row)).ok());
    ASSERT_TRUE(
        writer.add("ints", tensorOf(ElementType::I32, {2, 3}, ints)).ok());
    ASSERT_TRUE(
        writer.add("cube", tensorOf(ElementType::F32, {2, 3, 40}, cube)).ok());
    ASSERT_TRUE(
        writer.add("fc1.weight.values", tensorOf(ElementType::F32, {1, 3}, row))
            .ok());
    ASSERT_TRUE(writer.write(folder.file("c.safetensors")).ok());
  }

  /// The weight "w", which is `entry` of a parameters file.
  Result<Tensor> resolve(const std::string &entry,
                         const std::string &name = "w") {
    Result<ParameterMap> map = ParameterMap::parse(
        "{\"lacuna_params\":1,\"tensors\":{\"w\":" + entry + "}}", "p.json");
    if (!map.ok())
      return map.status();
    ParameterSource source(
        *SafeTensorsSet::open({folder.file("c.safetensors")}), *map);
    Result<Tensor> tensor = source.resolve(name);
    Result<Tensor> described = source.describe(name);
    EXPECT_EQ(tensor.ok(), described.ok());
    if (tensor.ok()) {
      EXPECT_EQ(described->shape, tensor->shape);
      EXPECT_EQ(described->type, tensor->type);
      EXPECT_EQ(described->bytes.size, 0u);
    }
    return tensor;
  }

  void expectTensor(const Result<Tensor> &tensor, Shape shape,
                    std::vector<float> elements) {
    ASSERT_TRUE(tensor.ok()) << tensor.message();
    EXPECT_EQ(tensor->shape, shape);
    EXPECT_EQ(elementsOf<float>(*tensor), elements);
  }

  Folder folder;
  std::vector<float> cube = std::vector<float>(240);
};
} // namespace

TEST_F(Parameters, Identity) {
  expectTensor(resolve("{\"op\":\"identity\",\"sources\":[\"a\"]}"), {2, 3},
               {0, 1, 2, 3, 4, 5});
  // Names that are not listed are themselves; nothing is copied.
  SafeTensorsSet set = *SafeTensorsSet::open({folder.file("c.safetensors")});
  ParameterSource source(set);
  EXPECT_EQ(source.resolve("b")->bytes.data, set.find("b")->bytes.data);
  EXPECT_EQ(*source.identity("b"), "b");
}

TEST_F(Parameters, Concat) {
  expectTensor(
      resolve("{\"op\":\"concat\",\"dim\":0,\"sources\":[\"a\",\"long\",\"b\"]"
              "}"),
      {5, 3}, {0, 1, 2, 3, 4, 5, 20, 21, 22, 6, 7, 8, 9, 10, 11});
  expectTensor(
      resolve("{\"op\":\"concat\",\"dim\":1,\"sources\":[\"a\",\"b\"]}"),
      {2, 6}, {0, 1, 2, 6, 7, 8, 3, 4, 5, 9, 10, 11});
}

TEST_F(Parameters, Stack) {
  expectTensor(resolve("{\"op\":\"stack\",\"sources\":[\"b\",\"a\"]}"),
               {2, 2, 3}, {6, 7, 8, 9, 10, 11, 0, 1, 2, 3, 4, 5});
  expectTensor(
      resolve("{\"op\":\"stack\",\"dim\":2,\"sources\":[\"a\",\"b\"]}"),
      {2, 3, 2}, {0, 6, 1, 7, 2, 8, 3, 9, 4, 10, 5, 11});
}

TEST_F(Parameters, Transpose) {
  expectTensor(resolve("{\"op\":\"transpose\",\"sources\":[\"a\"]}"), {3, 2},
               {0, 3, 1, 4, 2, 5});
  // Every permutation of a tensor that is larger than a tile.
  std::vector<unsigned> order = {0, 1, 2};
  do {
    Shape from = {2, 3, 40}, to;
    std::string text;
    for (unsigned d : order) {
      to.push_back(from[d]);
      text += (text.empty() ? "" : ",") + std::to_string(d);
    }
    std::vector<float> expected;
    Shape index(3), source(3);
    for (index[0] = 0; index[0] < to[0]; ++index[0])
      for (index[1] = 0; index[1] < to[1]; ++index[1])
        for (index[2] = 0; index[2] < to[2]; ++index[2]) {
          for (unsigned i = 0; i < 3; ++i)
            source[order[i]] = index[i];
          expected.push_back(
              cube[(source[0] * 3 + source[1]) * 40 + source[2]]);
        }
    expectTensor(resolve("{\"op\":\"transpose\",\"permutation\":[" + text +
                         "],\"sources\":[\"cube\"]}"),
                 to, expected);
  } while (std::next_permutation(order.begin(), order.end()));
}

TEST_F(Parameters, Missing) {
  auto missing = [&](const std::string &sources,
                     std::vector<std::string> parts) {
    expectMessage(
        resolve("{\"op\":\"concat\",\"sources\":[" + sources + "]}").status(),
        parts);
  };
  missing("\"a\",\"longg\"", {"weight 'w'", "tensor 'longg'", "c.safetensors",
                              "did you mean 'long'?"});
  missing("\"model.a\"", {"did you mean 'a'?"});
  missing("\"something.else\"", {"give the file that holds it"});
  missing("\"fc1.weight\"", {"stored packed", "dense checkpoint"});
  expectMessage(
      resolve("{\"op\":\"identity\",\"sources\":[\"a\"]}", "cubes").status(),
      {"tensor 'cubes'", "'cube'"});
}

TEST_F(Parameters, SourcesDoNotFit) {
  expectMessage(
      resolve("{\"op\":\"concat\",\"sources\":[\"a\",\"ints\"]}").status(),
      {"'ints' (i32 [2, 3])", "'a' (f32 [2, 3])", "but for dimension 0"});
  expectMessage(
      resolve("{\"op\":\"concat\",\"dim\":1,\"sources\":[\"a\",\"long\"]}")
          .status(),
      {"'long' (f32 [1, 3])", "but for dimension 1"});
  expectMessage(
      resolve("{\"op\":\"concat\",\"sources\":[\"a\",\"cube\"]}").status(),
      {"'cube'"});
  expectMessage(
      resolve("{\"op\":\"stack\",\"sources\":[\"a\",\"long\"]}").status(),
      {"'long'", "one shape"});
  expectMessage(
      resolve("{\"op\":\"concat\",\"dim\":2,\"sources\":[\"a\"]}").status(),
      {"\"dim\" is 2", "less than 2"});
  expectMessage(
      resolve("{\"op\":\"stack\",\"dim\":3,\"sources\":[\"a\"]}").status(),
      {"less than 3"});
  expectMessage(resolve("{\"op\":\"transpose\",\"permutation\":[0,2,1],"
                        "\"sources\":[\"a\"]}")
                    .status(),
                {"has 3 entries", "expected 2"});
}

TEST_F(Parameters, FileInvalid) {
  auto refuse = [&](const std::string &json, std::vector<std::string> parts) {
    parts.push_back("'p.json'");
    expectMessage(ParameterMap::parse(json, "p.json").status(), parts);
  };
  refuse("", {"not JSON"});
  refuse("[]", {"expected an object"});
  refuse("{}", {"\"lacuna_params\" is not 1"});
  refuse("{\"lacuna_params\":2,\"tensors\":{}}", {"is not 1", "version 1"});
  refuse("{\"lacuna_params\":1}", {"\"tensors\" is missing"});
  refuse("{\"lacuna_params\":1,\"tensors\":[]}", {"\"tensors\" is an array"});
  auto refuseEntry = [&](const std::string &entry,
                         std::vector<std::string> parts) {
    parts.push_back("tensor 'w'");
    refuse("{\"lacuna_params\":1,\"tensors\":{\"w\":" + entry + "}}", parts);
  };
  refuseEntry("3", {"a number", "expected an object"});
  refuseEntry("{\"sources\":[\"a\"]}", {"\"op\" is missing", "\"identity\""});
  refuseEntry("{\"op\":3,\"sources\":[\"a\"]}", {"\"op\" is not a name"});
  refuseEntry("{\"op\":\"add\",\"sources\":[\"a\"]}", {"\"op\" is 'add'"});
  refuseEntry("{\"op\":\"stack\"}", {"\"sources\" is not a list"});
  refuseEntry("{\"op\":\"stack\",\"sources\":[]}", {"\"sources\""});
  refuseEntry("{\"op\":\"stack\",\"sources\":[1]}", {"holds a number"});
  refuseEntry("{\"op\":\"identity\",\"sources\":[\"a\",\"b\"]}",
              {"has 2 names", "expected one"});
  refuseEntry("{\"op\":\"identity\",\"dim\":0,\"sources\":[\"a\"]}",
              {"\"dim\" belongs"});
  refuseEntry("{\"op\":\"concat\",\"dim\":-1,\"sources\":[\"a\"]}",
              {"\"dim\" is not an integer"});
  refuseEntry("{\"op\":\"concat\",\"dim\":64,\"sources\":[\"a\"]}",
              {"0 to 63"});
  refuseEntry("{\"op\":\"concat\",\"axis\":0,\"sources\":[\"a\"]}",
              {"'axis' is not known"});
  refuseEntry("{\"op\":\"concat\",\"permutation\":[0],\"sources\":[\"a\"]}",
              {"\"permutation\" belongs"});
  for (const char *permutation :
       {"3", "[]", "[0,0]", "[1,2]", "[0,\"1\"]", "[0,1.0]", "[-1,0]"})
    refuseEntry("{\"op\":\"transpose\",\"permutation\":" +
                    std::string(permutation) + ",\"sources\":[\"a\"]}",
                {"\"permutation\" is not one"});
  expectMessage(ParameterMap::open(folder.file("none")).status(),
                {"cannot open"});
}

TEST(SuggestNames, NearestFirst) {
  EXPECT_EQ(suggestNames("fc1.weight",
                         {"fc2.bias", "fc1.weights", "gc2.weight", "x"}),
            "; did you mean 'fc1.weights' or 'gc2.weight'?");
  EXPECT_EQ(suggestNames("abcd", {"abce", "abcf", "abcg", "abch"}),
            "; did you mean 'abce', 'abcf' or 'abcg'?");
  EXPECT_EQ(suggestNames("weight", {"transformer.h.0.weight", "bias"}),
            "; did you mean 'transformer.h.0.weight'?");
  EXPECT_EQ(suggestNames("x", {"y", "z"}), "");
  EXPECT_EQ(suggestNames("", {"ab", ""}), "");
  EXPECT_EQ(suggestNames("name", {}), "");
}
