// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Packed weights in files that lie: the metadata, the components, the bytes.

#include "TestFiles.h"
#include "lacuna/Packing/Weights.h"

using namespace lacuna::packing;
using namespace testfiles;

namespace {
const WeightSpec spec = {"w", ElementType::I8, {2, 4}, NMLayout{1, 2, 1}};

/// A packed file whose parts may each be replaced.
struct Parts {
  std::string layout = "{\"layout\":\"nm<1:2, dim = 1>\",\"shape\":[2,4],"
                       "\"dtype\":\"I8\"}";
  std::vector<int8_t> values = {1, 2, 3, 4};
  std::vector<uint8_t> coordinates = {0, 1, 0, 1};
  Shape valuesShape = {2, 2, 1};
  ElementType coordinatesType = ElementType::U8;
  bool hasCoordinates = true;
};

Result<WeightStore> store(const Folder &folder, const Parts &parts) {
  SafeTensorsWriter writer;
  EXPECT_TRUE(writer
                  .add("w.values", tensorOf(ElementType::I8, parts.valuesShape,
                                            parts.values))
                  .ok());
  if (parts.hasCoordinates)
    EXPECT_TRUE(
        writer
            .add("w.coordinates",
                 tensorOf(parts.coordinatesType, {2, 2, 1}, parts.coordinates))
            .ok());
  writer.setMetadata("lacuna.layout.w", parts.layout);
  EXPECT_TRUE(writer.write(folder.file("w")).ok());
  return WeightStore::open({folder.file("w")});
}

void refuse(const Parts &parts, std::vector<std::string> messages) {
  Folder folder;
  Result<WeightStore> weights = store(folder, parts);
  ASSERT_TRUE(weights.ok()) << weights.message();
  messages.push_back("weight 'w'");
  expectMessage(weights->packed(spec).status(), messages);
  expectMessage(weights->dense(spec).status(), messages);
}

void refuseLayout(const std::string &layout,
                  std::vector<std::string> messages) {
  Parts parts;
  parts.layout = layout;
  messages.push_back("metadata 'lacuna.layout.w'");
  refuse(parts, messages);
}
} // namespace

TEST(WeightsInvalid, Good) {
  Folder folder;
  WeightStore weights = *store(folder, {});
  EXPECT_EQ(elementsOf<int8_t>(*weights.dense(spec)),
            (std::vector<int8_t>{1, 0, 0, 2, 3, 0, 0, 4}));
}

// Files of others may begin their data at any byte.
TEST(WeightsInvalid, Unaligned) {
  std::string layout =
      "{\\\"layout\\\":\\\"nm<1:2, dim = 0>\\\",\\\"shape\\\":[2],"
      "\\\"dtype\\\":\\\"F32\\\"}";
  for (std::string blanks : {"", " ", "  ", "   "}) {
    Folder folder;
    std::string path = folder.write(
        "w", safeTensors("{\"__metadata__\":{\"lacuna.layout.p\":\"" + layout +
                             "\"},\"d\":{\"dtype\":\"F32\",\"shape\":[1],"
                             "\"data_offsets\":[0,4]},\"p.values\":{\"dtype\":"
                             "\"F32\",\"shape\":[1,1],\"data_offsets\":[4,8]},"
                             "\"p.coordinates\":{\"dtype\":\"U8\",\"shape\":"
                             "[1,1],\"data_offsets\":[8,9]}}" +
                             blanks,
                         std::string("\0\0\x80?\0\0\0@\1", 9)));
    WeightStore weights = *WeightStore::open({path});
    Result<Tensor> dense =
        weights.dense({"d", ElementType::F32, {1}, std::nullopt});
    ASSERT_TRUE(dense.ok()) << dense.message();
    EXPECT_EQ(elementsOf<float>(*dense), std::vector<float>{1});
    Result<PackedWeight> packed =
        weights.packed({"p", ElementType::F32, {2}, NMLayout{1, 2, 0}});
    ASSERT_TRUE(packed.ok()) << packed.message();
    EXPECT_EQ(elementsOf<float>(packed->values), std::vector<float>{2});
    for (const Tensor &tensor : {*dense, packed->values})
      EXPECT_EQ(reinterpret_cast<uintptr_t>(tensor.bytes.data) % 4, 0u);
  }
}

TEST(WeightsInvalid, Metadata) {
  refuseLayout("", {"not JSON"});
  refuseLayout("[]", {"expected an object"});
  refuseLayout("{}", {"expected the strings \"layout\""});
  refuseLayout("{\"layout\":3,\"shape\":[2,4],\"dtype\":\"I8\"}",
               {"expected the strings"});
  refuseLayout("{\"layout\":\"nm<1:2>\",\"shape\":[2,4],\"dtype\":\"I8\"}",
               {"along which dimension"});
  refuseLayout("{\"layout\":\"nm<2:2, dim = 1>\",\"shape\":[2,4],"
               "\"dtype\":\"I8\"}",
               {"nm_c1"});
  refuseLayout("{\"layout\":\"nm<1:2, dim = 2>\",\"shape\":[2,4],"
               "\"dtype\":\"I8\"}",
               {"nm_c3"});
  refuseLayout("{\"layout\":\"nm<1:2, dim = 1>\",\"shape\":[2,-4],"
               "\"dtype\":\"I8\"}",
               {"shape", "element 1"});
  refuseLayout("{\"layout\":\"nm<1:2, dim = 1>\",\"shape\":[2,4],"
               "\"dtype\":\"I9\"}",
               {"'I9'"});
  refuseLayout("{\"layout\":\"nm<1:2, dim = 1>\","
               "\"shape\":[4294967296,4294967296],\"dtype\":\"I8\"}",
               {"larger than"});
}

TEST(WeightsInvalid, Components) {
  Parts parts;
  parts.hasCoordinates = false;
  refuse(parts, {"'w.coordinates' is not in"});
  parts = {};
  parts.valuesShape = {2, 1, 2};
  refuse(parts, {"'w.values' is i8 [2, 1, 2]", "expected i8 [2, 2, 1]"});
  parts = {};
  parts.coordinatesType = ElementType::I8;
  refuse(parts, {"'w.coordinates' is i8", "expected u8"});
}

TEST(WeightsInvalid, Coordinates) {
  Parts parts;
  parts.coordinates = {0, 1, 2, 1};
  refuse(parts, {"[1, 0:2]", "coordinate 0 is 2", "less than 2"});
  parts.coordinates = {0, 255, 0, 1};
  refuse(parts, {"[0, 2:4]", "coordinate 0 is 255"});
}

TEST(WeightsInvalid, Bools) {
  Folder folder;
  SafeTensorsWriter writer;
  std::vector<uint8_t> bytes = {0, 1, 2, 0};
  ASSERT_TRUE(writer.add("m", tensorOf(ElementType::Bool, {4}, bytes)).ok());
  ASSERT_TRUE(writer.write(folder.file("w")).ok());
  WeightStore weights = *WeightStore::open({folder.file("w")});
  expectMessage(
      weights.dense({"m", ElementType::Bool, {4}, std::nullopt}).status(),
      {"weight 'm'", "element 2", "0 or 1"});
  expectMessage(
      weights.packed({"m", ElementType::Bool, {4}, NMLayout{1, 2, 0}}).status(),
      {"weight 'm'", "element 2"});
}

TEST(WeightsInvalid, Open) {
  Folder folder;
  expectMessage(WeightStore::open({folder.file("none")}).status(),
                {"cannot open"});
  expectMessage(WeightStore::open({}, folder.file("none.json")).status(),
                {"none.json"});
  expectMessage(WeightStore::open({})->check(spec),
                {"'w' is not in any file (none was given)"});
}
