// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// npy files: bytes as NumPy writes them, roundtrips, and headers that lie.

#include "lacuna/Packing/Npy.h"
#include "Reference.h"
#include "TestFiles.h"

using namespace lacuna::packing;
using namespace testfiles;

namespace {
/// A file of version 1 (or of `version`) with this dictionary.
std::string npy(const std::string &header, const std::string &data,
                char version = 1) {
  std::string bytes = "\x93NUMPY";
  bytes += version;
  bytes += '\0';
  for (unsigned i = 0; i < (version == 1 ? 2u : 4u); ++i)
    bytes += static_cast<char>(header.size() >> 8 * i);
  return bytes + header + data;
}

Result<Tensor> parse(const std::string &bytes) {
  static std::vector<uint8_t> copy; // Exactly this size; outlives the tensor.
  copy.assign(bytes.begin(), bytes.end());
  return parseNpy({copy.data(), copy.size()}, "x.npy");
}

void refuse(const std::string &bytes, std::vector<std::string> parts) {
  parts.push_back("'x.npy'");
  expectMessage(parse(bytes).status(), parts);
}

std::string dict(const std::string &descr, const std::string &shape,
                 const std::string &order = "False") {
  return "{'descr': " + descr + ", 'fortran_order': " + order +
         ", 'shape': " + shape + ", }\n";
}
} // namespace

// What numpy.save writes for arange(6, dtype=int16).reshape(2, 3).
TEST(Npy, KnownBytes) {
  Folder folder;
  std::string header = dict("'<i2'", "(2, 3)");
  header.pop_back();
  header.resize(117, ' ');
  header += '\n';
  std::string data = {0, 0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0};
  std::string expected = npy(header, data);
  std::vector<int16_t> elements = {0, 1, 2, 3, 4, 5};
  std::string path = folder.file("x.npy");
  ASSERT_TRUE(
      writeNpy(path, tensorOf(ElementType::I16, {2, 3}, elements)).ok());
  EXPECT_EQ(read(path), expected);
  EXPECT_EQ(folder.names(), std::vector<std::string>{"x.npy"});
  Result<Tensor> tensor = readNpy(path);
  ASSERT_TRUE(tensor.ok()) << tensor.message();
  EXPECT_EQ(tensor->type, ElementType::I16);
  EXPECT_EQ(tensor->shape, (Shape{2, 3}));
  EXPECT_EQ(elementsOf<int16_t>(*tensor), elements);
}

TEST(Npy, Roundtrip) {
  uint64_t seed = reference::seed();
  SCOPED_TRACE("LACUNA_TEST_SEED=" + std::to_string(seed));
  std::mt19937_64 random(seed);
  Folder folder;
  for (ElementType type : reference::allTypes) {
    for (Shape shape : {Shape{}, Shape{5}, Shape{0}, Shape{2, 3, 4},
                        Shape{1, 0, 7}, Shape(20, 1)}) {
      uint64_t count = *getByteSize(ElementType::U8, shape);
      reference::Bytes bytes = reference::randomDense(type, count, 0.2, random);
      Tensor tensor{type, shape, {bytes.data(), bytes.size()}, nullptr};
      Status status = writeNpy(folder.file("x.npy"), tensor);
      if (type == ElementType::BF16 || type == ElementType::F8E4M3 ||
          type == ElementType::F8E5M2) {
        expectMessage(status, {"npy has no type", "safetensors"});
        continue;
      }
      ASSERT_TRUE(status.ok()) << status.message();
      EXPECT_EQ(std::filesystem::file_size(folder.file("x.npy")) % 64,
                bytes.size() % 64);
      Result<Tensor> back = readNpy(folder.file("x.npy"));
      ASSERT_TRUE(back.ok()) << back.message();
      EXPECT_EQ(back->type, type);
      EXPECT_EQ(back->shape, shape);
      EXPECT_EQ(text(back->bytes), text(tensor.bytes));
    }
  }
}

TEST(Npy, FortranOrder) {
  // Element [i, j, k] of shape [2, 3, 40] holds 1000 i + 100 j + k.
  std::string data;
  std::vector<int32_t> expected;
  auto value = [](int i, int j, int k) { return 1000 * i + 100 * j + k; };
  for (int k = 0; k < 40; ++k)
    for (int j = 0; j < 3; ++j)
      for (int i = 0; i < 2; ++i) {
        int32_t v = value(i, j, k);
        data.append(reinterpret_cast<char *>(&v), 4);
      }
  for (int i = 0; i < 2; ++i)
    for (int j = 0; j < 3; ++j)
      for (int k = 0; k < 40; ++k)
        expected.push_back(value(i, j, k));
  Result<Tensor> tensor = parse(npy(dict("'<i4'", "(2, 3, 40)", "True"), data));
  ASSERT_TRUE(tensor.ok()) << tensor.message();
  EXPECT_EQ(tensor->shape, (Shape{2, 3, 40}));
  EXPECT_EQ(elementsOf<int32_t>(*tensor), expected);
  tensor = parse(npy(dict("'<i4'", "(2,)", "True"), data.substr(0, 8)));
  EXPECT_EQ(elementsOf<int32_t>(*tensor), (std::vector<int32_t>{0, 1000}));
  EXPECT_TRUE(parse(npy(dict("'<i4'", "(2, 0, 3)", "True"), "")).ok());
}

TEST(Npy, VersionsAndSpellings) {
  for (char version : {1, 2, 3})
    EXPECT_TRUE(parse(npy(dict("'|u1'", "(3,)"), "abc", version)).ok());
  for (const char *descr : {"'<u1'", "'=u1'", "'>u1'", "\"|u1\""})
    EXPECT_TRUE(parse(npy(dict(descr, "(3,)"), "abc")).ok()) << descr;
  EXPECT_TRUE(parse(npy("{'shape':(1,3),'fortran_order':False,"
                        "'descr':'|i1'}",
                        "abc"))
                  .ok());
  EXPECT_TRUE(parse(npy(dict("'=f4'", "()"), "abcd")).ok());
}

TEST(NpyInvalid, Truncated) {
  for (char version : {1, 2}) {
    std::string whole = npy(dict("'<f4'", "(2,)"), "12345678", version);
    for (size_t size = 0; size < whole.size(); ++size)
      refuse(whole.substr(0, size),
             {size < 8 ? "does not begin" : "truncated"});
  }
}

TEST(NpyInvalid, Frame) {
  refuse("PK\3\4 something else", {"does not begin", "numpy.save"});
  refuse(npy(dict("'<f4'", "(2,)"), "12345678", 4),
         {"version 4", "expected 1, 2 or 3"});
  refuse(npy(dict("'<f4'", "(2,)"), "123456789"),
         {"9 bytes follow", "expected 8 for f32 of shape [2]", "left over"});
  refuse(npy(dict("'<f4'", "(3,)"), "12345678"), {"expected 12", "truncated"});
  std::string lying = npy(dict("'<f4'", "(2,)"), "12345678", 2);
  lying[11] = '\x7f'; // A header of 2 GiB.
  refuse(lying, {"ends within its header"});
  refuse(npy(dict("'<f4'", "(2,)") + std::string(1 << 20, ' '), "12345678", 2),
         {"at most 1048576"});
}

TEST(NpyInvalid, Types) {
  auto refuseType = [](const std::string &descr,
                       std::vector<std::string> parts) {
    refuse(npy(dict(descr, "(1,)"), "12345678"), parts);
  };
  refuseType("'>f4'", {"'>f4'", "big-endian", "astype('<f4')"});
  refuseType("'|V2'", {"bfloat16", "safetensors"});
  refuseType("'|O'", {"Python objects"});
  refuseType("'<c8'", {"'<c8'", "expected f8"});
  refuseType("'<U4'", {"'<U4'"});
  refuseType("'<f16'", {"'<f16'"});
  refuseType("'|f4'", {"'|f4'"});
  refuseType("''", {"''"});
  refuseType("'<M8[ns]'", {"'<M8[ns]'"});
  refuseType("[('a', '<f4')]", {"records"});
  refuseType("3", {"a string"});
  refuse(npy(dict("'|b1'", "(3,)"), {0, 1, 2}), {"element 2", "0 or 1"});
}

TEST(NpyInvalid, Header) {
  std::string data = "12345678";
  auto refuseHeader = [&](const std::string &header,
                          std::vector<std::string> parts) {
    refuse(npy(header, data), parts);
  };
  refuseHeader("", {"expected '{' at column 1"});
  refuseHeader("[]", {"expected '{'"});
  refuseHeader("{}", {"lacks the key 'descr'"});
  refuseHeader("{'descr': '<f8', 'shape': (1,)}", {"lacks", "fortran_order"});
  refuseHeader("{'descr': '<f8', 'fortran_order': False}",
               {"lacks", "'shape'"});
  refuseHeader("{'descr': '<f8', 'descr': '<f4'", {"'descr' twice"});
  refuseHeader("{'more': 1}", {"'more'", "expected 'descr'"});
  refuseHeader("{descr: 1}", {"a string at column 2"});
  refuseHeader("{'descr", {"a string"});
  refuseHeader("{'descr' '<f8'}", {"':'"});
  refuseHeader(dict("'<f8'", "(1,)", "0"), {"True or False"});
  refuseHeader(dict("'<f8'", "(1,)") + "x", {"end of the header"});
  refuseHeader(dict("'<f8'", "(1)"), {"','"});
  refuseHeader(dict("'<f8'", "[1]"), {"'('"});
  refuseHeader(dict("'<f8'", "(-1,)"), {"a size"});
  refuseHeader(dict("'<f8'", "(1, x)"), {"a size"});
  refuseHeader(dict("'<f8'", "(1 2)"), {"','"});
  refuseHeader(dict("'<f8'", "(9223372036854775808,)"), {"a size from 0"});
  refuseHeader(dict("'<f8'", "(99999999999999999999999,)"), {"a size"});
  refuseHeader(dict("'<f8'", "(4294967296, 4294967296)"), {"larger than"});
  refuseHeader(dict("'<f8'", "(0, 9223372036854775807)"), {"larger than"});
}

TEST(NpyInvalid, Writing) {
  Folder folder;
  std::vector<float> two = {1, 2};
  expectMessage(
      writeNpy(folder.file("none/x.npy"), tensorOf(ElementType::F32, {2}, two)),
      {"none/x.npy", "No such file"});
  expectMessage(
      writeNpy(folder.file("x"), tensorOf(ElementType::F32, {3}, two)),
      {"has 8 bytes", "expected 12"});
  std::vector<uint8_t> one = {1};
  expectMessage(writeNpy(folder.file("x"),
                         tensorOf(ElementType::U8, Shape(30000, 1), one)),
                {"rank 30000"});
  EXPECT_TRUE(folder.names().empty());
  expectMessage(readNpy(folder.file("none")).status(), {"cannot open"});
}
