// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Element types, sizes and buffers of the packing library.

#include "lacuna/Packing/Tensor.h"

#include "gtest/gtest.h"

using namespace lacuna::packing;

// An allocation that cannot succeed is a result here, under the sanitizers too.
extern "C" const char *__asan_default_options() {
  return "allocator_may_return_null=1";
}
extern "C" const char *__tsan_default_options() {
  return "allocator_may_return_null=1";
}

TEST(Tensor, NamesRoundtrip) {
  for (unsigned i = 0; i <= static_cast<unsigned>(ElementType::Bool); ++i) {
    auto type = static_cast<ElementType>(i);
    EXPECT_EQ(parseElementType(getName(type)), type);
    EXPECT_EQ(parseSafeTensorsElementType(getSafeTensorsName(type)), type);
  }
  EXPECT_EQ(getByteWidth(ElementType::F64), 8u);
  EXPECT_EQ(getByteWidth(ElementType::BF16), 2u);
  EXPECT_EQ(getName(ElementType::Bool), "i1");
  EXPECT_EQ(getSafeTensorsName(ElementType::I8), "I8");
  EXPECT_FALSE(parseElementType("F32"));
  EXPECT_FALSE(parseSafeTensorsElementType("f32"));
  EXPECT_FALSE(parseSafeTensorsElementType(""));
}

TEST(Tensor, ByteSize) {
  EXPECT_EQ(*getByteSize(ElementType::F32, {}), 4u);
  EXPECT_EQ(*getByteSize(ElementType::F32, {2, 3}), 24u);
  EXPECT_EQ(*getByteSize(ElementType::F32, {2, 0, 3}), 0u);
  EXPECT_NE(getByteSize(ElementType::F32, {2, -1}).message().find("[2, -1]"),
            std::string::npos);
  EXPECT_FALSE(getByteSize(ElementType::I8, {1ll << 32, 1ll << 31}).ok());
  EXPECT_TRUE(getByteSize(ElementType::I8, {1ll << 32, 1ll << 30}).ok());
  EXPECT_FALSE(getByteSize(ElementType::F64, {1ll << 60}).ok());
  // A zero does not hide an overflow.
  EXPECT_FALSE(getByteSize(ElementType::I8, {INT64_MAX, 0, INT64_MAX}).ok());
}

TEST(Tensor, BufferIsAlignedZeroedAndFailsCleanly) {
  Result<Buffer> buffer = Buffer::allocate(1000);
  ASSERT_TRUE(buffer.ok());
  EXPECT_EQ(reinterpret_cast<uintptr_t>(buffer->bytes().data) % 64, 0u);
  for (unsigned i = 0; i < 1000; ++i)
    ASSERT_EQ(buffer->bytes().data[i], 0);
  EXPECT_TRUE(Buffer::allocate(0).ok());
  EXPECT_FALSE(Buffer::allocate(UINT64_MAX).ok());
  EXPECT_FALSE(Buffer::allocate(uint64_t(1) << 60).ok());
}

TEST(Tensor, BoolsAreZeroOrOne) {
  uint8_t bytes[] = {0, 1, 1, 7};
  Tensor tensor{ElementType::Bool, {3}, {bytes, 3}, nullptr};
  EXPECT_TRUE(checkBools(tensor).ok());
  tensor.bytes.size = 4;
  EXPECT_NE(checkBools(tensor).message().find("element 3"), std::string::npos);
  tensor.type = ElementType::U8;
  EXPECT_TRUE(checkBools(tensor).ok());
}

TEST(Tensor, MakeAligned) {
  alignas(8) uint8_t bytes[9] = {1, 2, 3, 4, 5, 6, 7, 8, 9};
  Tensor tensor{ElementType::F32, {2}, {bytes, 8}, nullptr};
  EXPECT_EQ(makeAligned(tensor)->bytes.data, bytes);
  tensor.bytes.data = bytes + 1;
  Tensor copy = *makeAligned(tensor);
  EXPECT_EQ(reinterpret_cast<uintptr_t>(copy.bytes.data) % 4, 0u);
  EXPECT_TRUE(std::equal(bytes + 1, bytes + 9, copy.bytes.data));
  tensor.type = ElementType::U8;
  tensor.shape = {8};
  EXPECT_EQ(makeAligned(tensor)->bytes.data, bytes + 1);
}

TEST(Tensor, StatusAndResult) {
  EXPECT_TRUE(Status().ok());
  EXPECT_EQ(Status::error("b").withContext("a").message(), "a: b");
  EXPECT_TRUE(Status().withContext("a").ok());
  EXPECT_FALSE(Result<int>(Status::error("x")).ok());
  EXPECT_EQ(*Result<int>(3), 3);
}
