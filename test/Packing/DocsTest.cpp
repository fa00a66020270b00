// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// docs/Weights.md shows a picture and messages; here they are produced, and
// must stand in the page word by word.

#include "TestFiles.h"
#include "lacuna/Packing/Mma.h"
#include "lacuna/Packing/Npy.h"
#include "lacuna/Packing/Weights.h"

using namespace lacuna::packing;
using namespace testfiles;

namespace {
void expectInDocs(const std::string &text) {
  static const std::string page = read(LACUNA_WEIGHTS_MD);
  ASSERT_FALSE(page.empty()) << LACUNA_WEIGHTS_MD;
  EXPECT_NE(page.find("\n" + text + "\n"), std::string::npos)
      << "docs/Weights.md should have the line\n"
      << text;
}

/// A row of a tensor, "1 2 | 3 4" with a bar between its groups.
template <typename T>
std::string row(const std::vector<T> &elements, size_t row, size_t length,
                size_t group) {
  std::string text;
  for (size_t i = 0; i < length; ++i)
    text += (i == 0      ? ""
             : i % group ? " "
                         : " | ") +
            std::to_string(int(elements[row * length + i]));
  return text;
}
} // namespace

TEST(Docs, Picture) {
  std::vector<float> dense = {0, 5, 0, 7, 3, 0, 0, 0, 2, 0, 0, 0};
  Folder folder;
  SafeTensorsWriter writer;
  ASSERT_TRUE(writer.add("fc", tensorOf(ElementType::F32, {2, 6}, dense)).ok());
  ASSERT_TRUE(writer.write(folder.file("w")).ok());
  WeightSpec spec = {"fc", ElementType::F32, {2, 6}, NMLayout{2, 4, 1}};
  WeightStore store = *WeightStore::open({folder.file("w")});
  PackedWeight packed = *store.packed(spec);
  auto values = elementsOf<float>(packed.values);
  auto coordinates = elementsOf<uint8_t>(packed.coordinates);
  for (size_t i : {0, 1})
    expectInDocs(" " + row(dense, i, 6, 4) + "      " + row(values, i, 4, 2) +
                 "      " + row(coordinates, i, 4, 2));

  ASSERT_TRUE(writeWeights(folder.file("p"), store, {spec}).ok());
  expectInDocs(*SafeTensorsSet::open({folder.file("p")})
                    ->findMetadata("lacuna.layout.fc"));

  dense[2] = 6;
  ASSERT_TRUE(writer.write(folder.file("w")).ok());
  expectInDocs(WeightStore::open({folder.file("w")})->packed(spec).message());
}

TEST(Docs, MmaForms) {
  expectInDocs(
      MmaGeometry::get(*NMGeometry::get({1, 4, 1}, ElementType::F16, {16, 64}))
          .message());
  struct {
    NMLayout layout;
    ElementType type;
    const char *row;
  } forms[] = {
      {{2, 4, 1}, ElementType::BF16, "| 2:4 of f16, bf16 | m16n8k32 | "},
      {{2, 4, 1}, ElementType::I8, "| 2:4 of i8, u8 | m16n8k64 | "},
      {{1, 2, 1},
       ElementType::F32,
       "| 1:2 of f32, computed as tf32 | m16n8k16 | "}};
  for (const auto &[layout, type, row] : forms) {
    MmaGeometry form =
        *MmaGeometry::get(*NMGeometry::get(layout, type, {16, 64}));
    expectInDocs(row + std::to_string(form.tileDepth) + " | " +
                 std::to_string(form.steps) + " | " +
                 std::to_string(form.elements) + " |");
  }
}

TEST(Docs, Messages) {
  expectInDocs(SafeTensorsFile::parse(
                   view(safeTensors("{\"t\":{\"dtype\":\"F32\",\"shape\":[1],"
                                    "\"data_offsets\":[0,8]}}",
                                    "12345678")),
                   "w.safetensors")
                   .message());
  std::string header = "{'descr': '>f4', 'fortran_order': False, 'shape': ()}";
  std::string npy = "\x93NUMPY\x01";
  npy += {'\0', static_cast<char>(header.size()), '\0'};
  npy += header;
  expectInDocs(parseNpy(view(npy), "x.npy").message());

  Folder folder;
  SafeTensorsWriter writer;
  std::vector<float> one = {1};
  ASSERT_TRUE(
      writer.add("fc1.weight", tensorOf(ElementType::F32, {1}, one)).ok());
  ASSERT_TRUE(writer.write(folder.file("w.safetensors")).ok());
  ParameterSource source(*SafeTensorsSet::open({folder.file("w.safetensors")}));
  std::string message = source.resolve("fc1.weigth").message();
  size_t path = message.find(folder.path.string() + "/");
  ASSERT_NE(path, std::string::npos);
  expectInDocs(message.erase(path, folder.path.string().size() + 1));
}

TEST(Docs, ParametersFile) {
  std::string page = read(LACUNA_WEIGHTS_MD);
  size_t begin = page.find("```json\n") + 8;
  Result<ParameterMap> map = ParameterMap::parse(
      page.substr(begin, page.find("```", begin) - begin), "docs");
  ASSERT_TRUE(map.ok()) << map.message();
  EXPECT_EQ(map->parameters().size(), 4u);
}
