// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Architectures and fatbins: what runs where, and bytes that are no fatbin.

#include "Fatbin.h"

#include <gtest/gtest.h>

#include <cstring>
#include <random>

using namespace lacuna::runtime;

namespace {
Architecture arch(const char *name) {
  auto parsed = Architecture::parse(name);
  EXPECT_TRUE(parsed) << name;
  return parsed.value_or(Architecture{});
}

TEST(ArchitectureTest, Names) {
  for (const char *name : {"sm_80", "sm_90a", "sm_100f", "sm_121"})
    EXPECT_EQ(arch(name).name(), name);
  for (const char *name : {"", "sm_", "sm_8", "sm_80b", "sm_a", "80", "cpu",
                           "sm_080", "sm_99999", "sm_90aa", "compute_80"})
    EXPECT_FALSE(Architecture::parse(name)) << name;
}

/// PTX ISA, .target: without suffix upwards, 'a' here only, 'f' in the family.
TEST(ArchitectureTest, WhatRunsWhere) {
  struct {
    const char *code, *device;
    bool ptx, cubin;
  } cases[] = {
      {"sm_80", "sm_80", true, true},       {"sm_80", "sm_86", true, true},
      {"sm_86", "sm_80", false, false},     {"sm_80", "sm_90a", true, false},
      {"sm_90", "sm_90a", true, true},      {"sm_90a", "sm_90a", true, true},
      {"sm_90a", "sm_90", false, false},    {"sm_90a", "sm_100a", false, false},
      {"sm_100f", "sm_103a", true, true},   {"sm_100f", "sm_100", false, false},
      {"sm_100f", "sm_120a", false, false}, {"sm_89", "sm_120a", true, false},
  };
  for (const auto &test : cases) {
    EXPECT_EQ(arch(test.code).ptxRunsOn(arch(test.device)), test.ptx)
        << test.code << " on " << test.device;
    EXPECT_EQ(arch(test.code).cubinRunsOn(arch(test.device)), test.cubin)
        << test.code << " on " << test.device;
  }
  EXPECT_TRUE(arch("sm_90") < arch("sm_90a"));
  EXPECT_TRUE(arch("sm_90a") < arch("sm_100"));
}

class FatbinTest : public testing::Test {
protected:
  void add(uint16_t kind, uint32_t number, uint64_t flags,
           const std::string &content, uint32_t header = 64) {
    std::string image(header, '\0');
    put(image, 0, kind);
    put(image, 4, header);
    put(image, 8, uint64_t(content.size()));
    put(image, 28, number);
    put(image, 40, flags);
    images += image + content;
  }
  template <typename T> static void put(std::string &to, size_t at, T value) {
    std::memcpy(&to[at], &value, sizeof(value));
  }
  std::string fatbin() const {
    std::string header(16, '\0');
    put(header, 0, uint32_t(0xba55ed50));
    put(header, 4, uint16_t(1));
    put(header, 6, uint16_t(16));
    put(header, 8, uint64_t(images.size()));
    return header + images;
  }
  void addUsual() {
    add(2, 80, 0x11, "\177ELF 80");
    add(2, 90, 0x100011, "\177ELF 90a");
    add(1, 80, 0x11, std::string("ptx 80\0\0\0", 9), 80);
    add(1, 90, 0x100011, "ptx 90a");
    add(1, 100, 0x200011, "ptx 100f");
    add(16, 80, 0, "of another kind");
  }
  std::string choose(const char *device, bool cubins) {
    std::string bytes = fatbin();
    EXPECT_TRUE(readFatbin(bytes.data(), bytes.size(), found, error)) << error;
    const Image *image = chooseImage(found, arch(device), cubins);
    return image ? std::string(image->data, image->data + image->size) : "none";
  }
  std::string refused(const std::string &bytes) {
    EXPECT_FALSE(readFatbin(bytes.data(), bytes.size(), found, error));
    return error;
  }

  std::string images, error;
  std::vector<Image> found;
};

TEST_F(FatbinTest, ChoosesTheImageOfADriver) {
  addUsual();
  EXPECT_EQ(choose("sm_80", false), "ptx 80");
  EXPECT_EQ(choose("sm_80", true), "\177ELF 80");
  EXPECT_EQ(choose("sm_89", true), "\177ELF 80");
  EXPECT_EQ(choose("sm_90a", false), "ptx 90a");
  EXPECT_EQ(choose("sm_90a", true), "\177ELF 90a");
  EXPECT_EQ(choose("sm_90", true), "ptx 80");
  EXPECT_EQ(choose("sm_103a", true), "ptx 100f");
  EXPECT_EQ(choose("sm_120a", true), "ptx 80");
  EXPECT_EQ(choose("sm_75", true), "none");
  EXPECT_EQ(found.size(), 5u);
  EXPECT_EQ(describeImages(found), "cubin sm_80, cubin sm_90a, PTX sm_80, "
                                   "PTX sm_90a, PTX sm_100f");
}

TEST_F(FatbinTest, ReadsCompression) {
  add(1, 80, 0x8011, "zstd");
  add(1, 80, 0x2011, "lz4");
  add(1, 80, 0x11, "plain");
  EXPECT_EQ(choose("sm_80", false), "zstd");
  EXPECT_TRUE(found[0].compressed && found[1].compressed);
  EXPECT_FALSE(found[2].compressed);
}

TEST_F(FatbinTest, RefusesDamage) {
  addUsual();
  std::string good = fatbin();
  auto with = [&](size_t at, auto value) {
    std::string bytes = good;
    put(bytes, at, value);
    return bytes;
  };
  EXPECT_NE(refused("").find("no fatbin"), std::string::npos);
  EXPECT_NE(refused(with(0, uint32_t(7))).find("magic"), std::string::npos);
  EXPECT_NE(refused(with(4, uint16_t(2))).find("version 2"), std::string::npos);
  EXPECT_NE(refused(good.substr(0, 10)).find("cut off"), std::string::npos);
  refused(with(6, uint16_t(8)));
  refused(with(6, uint16_t(65535)));
  refused(with(8, UINT64_MAX));
  refused(with(8, uint64_t(images.size() + 1)));
  EXPECT_NE(refused(with(8, uint64_t(images.size() - 1))).find("claims"),
            std::string::npos);
  EXPECT_NE(refused(with(16 + 4, uint32_t(0))).find("claims"),
            std::string::npos);
  refused(with(16 + 4, UINT32_MAX));
  refused(with(16 + 8, UINT64_MAX));
  refused(with(16 + 8, UINT64_MAX - 63));
  EXPECT_FALSE(readFatbin(nullptr, 100, found, error));
}

/// Whatever the bytes are: an error, or images inside of them.
TEST_F(FatbinTest, SurvivesGarbage) {
  addUsual();
  std::string good = fatbin();
  unsigned seed = std::random_device()();
  std::printf("seed %u\n", seed);
  std::mt19937 random(seed);
  for (int i = 0; i < 20000; ++i) {
    std::string bytes =
        good.substr(0, i % 3 ? good.size() : random() % (good.size() + 1));
    for (int flips = random() % 6; flips > 0 && !bytes.empty(); --flips)
      bytes[random() % bytes.size()] =
          static_cast<char>(random() % 3 ? random() : (random() % 2 ? 0 : 255));
    // Its own allocation, so that a sanitizer sees every step beyond.
    std::vector<char> exact(bytes.begin(), bytes.end());
    if (!readFatbin(exact.data(), exact.size(), found, error)) {
      EXPECT_FALSE(error.empty());
      continue;
    }
    const auto *begin = reinterpret_cast<const uint8_t *>(exact.data());
    for (const Image &image : found)
      EXPECT_TRUE(image.data >= begin &&
                  image.data + image.size <= begin + exact.size());
  }
}
} // namespace
