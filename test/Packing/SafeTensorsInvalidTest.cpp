// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// safetensors files that are truncated or lie, one field at a time.

#include "TestFiles.h"

using namespace lacuna::packing;
using namespace testfiles;

namespace {
void refuseBytes(const std::string &bytes, std::vector<std::string> parts) {
  parts.push_back("'w.safetensors'"); // Every message names the file.
  // A copy of exactly this size: the sanitizers see reads beyond it.
  std::vector<uint8_t> copy(bytes.begin(), bytes.end());
  expectMessage(
      SafeTensorsFile::parse({copy.data(), copy.size()}, "w.safetensors")
          .status(),
      parts);
}

/// A header with one tensor 't' of these fields, over 8 bytes of data.
void refuseTensor(const std::string &fields, std::vector<std::string> parts) {
  parts.push_back("tensor 't'");
  refuseBytes(safeTensors("{\"t\":" + fields + "}", "12345678"), parts);
}

std::string entry(const std::string &dtype, const std::string &shape,
                  const std::string &offsets) {
  return "{\"dtype\":" + dtype + ",\"shape\":" + shape +
         ",\"data_offsets\":" + offsets + "}";
}
} // namespace

TEST(SafeTensorsInvalid, Good) {
  EXPECT_TRUE(
      SafeTensorsFile::parse(
          view(safeTensors("{\"t\":" + entry("\"F32\"", "[2]", "[0,8]") + "}",
                           "12345678")),
          "x")
          .ok());
  EXPECT_TRUE(SafeTensorsFile::parse(view(safeTensors("{}")), "x").ok());
}

TEST(SafeTensorsInvalid, Truncated) {
  std::string whole = safeTensors(
      "{\"t\":" + entry("\"F32\"", "[2]", "[0,8]") + "}", "12345678");
  for (size_t size = 0; size < whole.size(); ++size)
    refuseBytes(whole.substr(0, size), {"truncated"});
  refuseBytes("", {"has 0 bytes", "expected 8 bytes of header length"});
}

TEST(SafeTensorsInvalid, HeaderLength) {
  std::string bytes = safeTensors("{}");
  auto withLength = [&](uint64_t length) {
    std::memcpy(bytes.data(), &length, 8);
    return bytes;
  };
  refuseBytes(withLength(3), {"header length is 3", "at most the 2"});
  refuseBytes(withLength(UINT64_MAX), {"18446744073709551615"});
  refuseBytes(withLength(UINT64_MAX - 7), {"header length"});
  refuseBytes(withLength(0), {"not JSON"});
  std::string large = safeTensors(std::string(100'000'001, ' '));
  refuseBytes(large, {"100000001", "at most 100000000"});
}

TEST(SafeTensorsInvalid, Json) {
  refuseBytes(safeTensors("{\"t\":"), {"header", "not JSON, at byte 6"});
  refuseBytes(safeTensors("[]"), {"an array", "expected an object"});
  refuseBytes(safeTensors("null"), {"null", "expected an object"});
  refuseBytes(safeTensors("{} {}"), {"not JSON"});
  refuseBytes(safeTensors("{\"\xff\":1}"), {"not JSON", "\\xff"});
  refuseBytes(safeTensors("{\"a\":1e999}"), {"header"});
  refuseBytes(safeTensors(std::string(100000, '[')), {"an array"});
  refuseBytes(safeTensors("{\"a\":" + std::string(100000, '[')),
              {"nested deeper"});
  refuseBytes(safeTensors("{\"a\":" + std::string(100000, '{')), {"header"});
  refuseBytes(safeTensors("{\"t\":" + entry("\"U8\"", "[0]", "[0,0]") +
                              ",\"t\":" + entry("\"U8\"", "[8]", "[0,8]") + "}",
                          "12345678"),
              {"'t' occurs twice"});
  refuseBytes(safeTensors("{\"t\":{\"dtype\":\"U8\",\"dtype\":\"I8\"}}"),
              {"'dtype' occurs twice"});
}

TEST(SafeTensorsInvalid, Metadata) {
  refuseBytes(safeTensors("{\"__metadata__\":3}"),
              {"__metadata__ is a number", "object of strings"});
  refuseBytes(safeTensors("{\"__metadata__\":{\"k\":{}}}"),
              {"'k' is an object", "expected a string"});
  refuseBytes(safeTensors("{\"__metadata__\":{\"k\":\"a\",\"k\":\"b\"}}"),
              {"header", "'k' occurs twice"});
  refuseBytes(safeTensors("{\"__metadata__\":{},\"__metadata__\":{}}"),
              {"header", "'__metadata__' occurs twice"});
  refuseBytes(safeTensors("{\"__metadata__\":{},\"__metadata__\":3}"),
              {"__metadata__ is a number"});
}

TEST(SafeTensorsInvalid, Fields) {
  refuseTensor("3", {"is a number", "expected an object"});
  refuseTensor("{}", {"dtype is missing"});
  refuseTensor(entry("3", "[2]", "[0,8]"), {"dtype is a number"});
  refuseTensor(entry("\"F31\"", "[2]", "[0,8]"), {"'F31'", "expected F64"});
  refuseTensor(entry("\"f32\"", "[2]", "[0,8]"), {"'f32'"});
  refuseTensor("{\"dtype\":\"F32\"}", {"shape is missing"});
  refuseTensor(entry("\"F32\"", "2", "[0,8]"), {"shape", "a number"});
  refuseTensor(entry("\"F32\"", "[-2]", "[0,8]"), {"shape: element 0"});
  refuseTensor(entry("\"F32\"", "[2.0]", "[0,8]"), {"shape: element 0"});
  refuseTensor(entry("\"F32\"", "[1,\"2\"]", "[0,8]"), {"shape: element 1"});
  refuseTensor(entry("\"F32\"", "[null]", "[0,8]"), {"shape: element 0"});
  refuseTensor(entry("\"F32\"", "[9223372036854775808]", "[0,8]"),
               {"shape: element 0"});
  refuseTensor("{\"dtype\":\"F32\",\"shape\":[2]}",
               {"data_offsets is missing"});
  for (const char *offsets : {"3", "[]", "[0]", "[0,8,8]", "[0,8.0]", "[-8,0]",
                              "[\"0\",8]", "[0,null]", "{\"0\":0,\"1\":8}"})
    refuseTensor(entry("\"F32\"", "[2]", offsets),
                 {"data_offsets is not an array of two integers"});
}

TEST(SafeTensorsInvalid, Ranges) {
  refuseTensor(entry("\"F32\"", "[2]", "[8,0]"), {"[8, 0]", "8 bytes of data"});
  refuseTensor(entry("\"F32\"", "[3]", "[0,12]"), {"[0, 12]", "truncated"});
  refuseTensor(entry("\"F32\"", "[2]", "[0,18446744073709551615]"),
               {"18446744073709551615"});
  refuseTensor(entry("\"F32\"", "[2]", "[18446744073709551608,0]"),
               {"18446744073709551608"});
  refuseTensor(entry("\"F32\"", "[1]", "[0,8]"),
               {"span 8 bytes", "expected 4 for F32 of shape [1]"});
  refuseTensor(entry("\"F64\"", "[2]", "[0,8]"), {"expected 16"});
  refuseTensor(entry("\"U8\"", "[4294967296,4294967296]", "[0,0]"),
               {"larger than"});
  refuseTensor(entry("\"F64\"", "[2305843009213693953]", "[0,8]"),
               {"larger than"});
}

TEST(SafeTensorsInvalid, Layout) {
  auto two = [](const std::string &a, const std::string &b) {
    return safeTensors("{\"a\":" + a + ",\"b\":" + b + "}", "12345678");
  };
  refuseBytes(
      two(entry("\"U8\"", "[5]", "[0,5]"), entry("\"U8\"", "[4]", "[4,8]")),
      {"tensor 'b' begins at byte 4", "ends at 5"});
  refuseBytes(
      two(entry("\"U8\"", "[8]", "[0,8]"), entry("\"U8\"", "[8]", "[0,8]")),
      {"without overlap"});
  refuseBytes(
      two(entry("\"U8\"", "[3]", "[0,3]"), entry("\"U8\"", "[4]", "[4,8]")),
      {"tensor 'b' begins at byte 4", "end at 3", "gap"});
  refuseBytes(
      two(entry("\"U8\"", "[3]", "[0,3]"), entry("\"U8\"", "[4]", "[3,7]")),
      {"1 bytes follow the last tensor"});
  refuseBytes(safeTensors("{}", "x"), {"1 bytes follow"});
}

TEST(SafeTensorsInvalid, Files) {
  Folder folder;
  expectMessage(SafeTensorsFile::open(folder.file("none")).status(),
                {"cannot open", "none", "No such file"});
  expectMessage(SafeTensorsFile::open(folder.path.string()).status(),
                {"not a regular file"});
  expectMessage(SafeTensorsFile::open(folder.write("e", "")).status(),
                {"has 0 bytes"});
  // A name in a message cannot send control sequences to the terminal.
  Status status =
      SafeTensorsFile::parse(view(safeTensors("{\"\\u001b[2J\":3}")), "x")
          .status();
  expectMessage(status, {"\\x1b[2J"});
  EXPECT_EQ(status.message().find('\x1b'), std::string::npos);
}
