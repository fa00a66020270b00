// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// wmma: load, multiply, store with every shape, type, layout, space and
// stride, against sums in double or integers. The fragments in between are the
// implementation's own; only their number of registers is fixed.

#include "Values.h"

using namespace lacuna::emulator;
using namespace lacuna::emulator::test;

namespace {
struct Variant {
  unsigned m, n, k;
  std::string type, c, d;
  bool columnsOfA, columnsOfB, columnsOfC;
  bool saturate;
  /// ".global", ".shared" or ""; elements between rows beyond the least.
  const char *space;
  unsigned padding;
};

std::string nameOf(const testing::TestParamInfo<Variant> &info) {
  const Variant &v = info.param;
  std::string name = "m" + std::to_string(v.m) + "n" + std::to_string(v.n) +
                     "k" + std::to_string(v.k) + "_" + v.d + "_" + v.type +
                     "_" + v.c;
  for (bool columns : {v.columnsOfA, v.columnsOfB, v.columnsOfC})
    name += columns ? "_col" : "_row";
  return name + (v.saturate ? "_satfinite_" : "_") +
         (*v.space ? v.space + 1 : "generic") + std::to_string(v.padding);
}

/// "Matrix Fragments for WMMA": registers of a fragment.
unsigned registersOf(const Variant &v, char role) {
  if (role == 'c' || role == 'd')
    return (role == 'c' ? v.c : v.d) == "f16" ? 4 : 8;
  if (v.type == "f16")
    return 8;
  bool square = v.m == v.n;
  if (v.type == "tf32")
    return 4;
  unsigned large = v.type == "bf16" ? 8 : 4, small = v.type == "bf16" ? 2 : 1;
  if (square)
    return v.type == "bf16" ? 4 : 2;
  return (role == 'a') == (v.m > v.n) ? large : small;
}

unsigned bytesOfElement(const std::string &type) {
  return type == "tf32" ? 4 : bitsOfType(type) / 8;
}

/// A matrix in memory.
struct Stored {
  unsigned rows, columns, bytes, stride, offset;
  bool columnsFirst;
  unsigned at(unsigned row, unsigned column) const {
    unsigned index =
        columnsFirst ? column * stride + row : row * stride + column;
    return offset + index * bytes;
  }
  unsigned end() const { return at(rows - 1, columns - 1) + bytes; }
};

class Wmma : public testing::TestWithParam<Variant> {};
} // namespace

TEST_P(Wmma, LoadMultiplyStore) {
  const Variant &v = GetParam();
  unsigned end = 0;
  auto place = [&](unsigned rows, unsigned columns, const std::string &type,
                   bool columnsFirst) {
    Stored matrix = {rows, columns, bytesOfElement(type), 0, end, columnsFirst};
    matrix.stride = (columnsFirst ? rows : columns) + v.padding;
    end = (matrix.end() + 63) / 64 * 64;
    return matrix;
  };
  Stored a = place(v.m, v.k, v.type, v.columnsOfA);
  Stored b = place(v.k, v.n, v.type, v.columnsOfB);
  Stored c = place(v.m, v.n, v.c, v.columnsOfC);
  Stored d = place(v.m, v.n, v.d, v.columnsOfC);

  std::string shape = "m" + std::to_string(v.m) + "n" + std::to_string(v.n) +
                      "k" + std::to_string(v.k);
  std::string text = ".reg .b64 %p;\n";
  bool isShared = std::string(v.space) == ".shared";
  if (isShared) { // Byte by byte into shared memory.
    text += ".reg .b64 %g; .reg .b32 %x, %s; .reg .pred %more; .reg .b16 %h;\n"
            "mov.b32 %x, %lane;\n"
            "IN: cvt.u64.u32 %g, %x; add.s64 %g, %g, %data;\n"
            "mov.b32 %s, buffer; add.u32 %s, %s, %x;\n"
            "ld.global.u8 %h, [%g]; st.shared.u8 [%s], %h;\n"
            "add.u32 %x, %x, 32; setp.lt.u32 %more, %x, " +
            std::to_string(end) + ";\n@%more bra IN;\nbar.warp.sync -1;\n";
    text += "mov.u64 %p, buffer;\n";
  } else {
    text += "mov.b64 %p, %data;\n";
  }
  auto declare = [&](const char *name, unsigned count,
                     const std::string &type) {
    for (unsigned i = 0; i < count; ++i)
      text += ".reg ." + type + " %" + name + std::to_string(i) + ";\n";
  };
  auto registerType = [](const std::string &type) {
    return type == "f32" || type == "s32" ? type : "b32";
  };
  declare("a", registersOf(v, 'a'), "b32");
  declare("b", registersOf(v, 'b'), "b32");
  declare("c", registersOf(v, 'c'), registerType(v.c));
  declare("d", registersOf(v, 'd'), registerType(v.d));
  auto layout = [](bool columns) {
    return std::string(columns ? ".col." : ".row.");
  };
  auto access = [&](const Stored &matrix) {
    std::string place = "[%p+" + std::to_string(matrix.offset) + "]";
    return std::pair<std::string, std::string>(
        place, v.padding ? ", " + std::to_string(matrix.stride) : "");
  };
  auto load = [&](const char *role, const Stored &matrix,
                  const std::string &type) {
    auto [where, stride] = access(matrix);
    text += "wmma.load." + std::string(role) + ".sync.aligned" +
            layout(matrix.columnsFirst) + shape + v.space + "." + type + " " +
            names(role, 0, registersOf(v, *role)) + ", " + where + stride +
            ";\n";
  };
  load("a", a, v.type);
  load("b", b, v.type);
  load("c", c, v.c);
  text += "wmma.mma.sync.aligned" + layout(v.columnsOfA) +
          (v.columnsOfB ? "col." : "row.") + shape + "." + v.d + "." +
          (v.type == "f16" ? "" : v.type + "." + v.type + ".") + v.c +
          (v.saturate ? ".satfinite " : " ") +
          names("d", 0, registersOf(v, 'd')) + ", " +
          names("a", 0, registersOf(v, 'a')) + ", " +
          names("b", 0, registersOf(v, 'b')) + ", " +
          names("c", 0, registersOf(v, 'c')) + ";\n";
  auto [where, stride] = access(d);
  text += "wmma.store.d.sync.aligned" + layout(v.columnsOfC) + shape + v.space +
          "." + v.d + " " + where + ", " + names("d", 0, registersOf(v, 'd')) +
          stride + ";\n";
  if (isShared)
    text += "bar.warp.sync -1;\nmov.b32 %x, %lane;\n"
            "OUT: cvt.u64.u32 %g, %x; add.s64 %g, %g, %data;\n"
            "mov.b32 %s, buffer; add.u32 %s, %s, %x;\n"
            "ld.shared.u8 %h, [%s]; st.global.u8 [%g], %h;\n"
            "add.u32 %x, %x, 32; setp.lt.u32 %more, %x, " +
            std::to_string(end) + ";\n@%more bra OUT;\n";
  Surroundings around;
  around.sharedBytes = isShared ? end : 0;
  WarpProgram program({}, {}, text, around);

  std::vector<uint8_t> memory(end);
  auto put = [&](const Stored &matrix, const std::string &type) {
    for (unsigned row = 0; row < matrix.rows; ++row)
      for (unsigned column = 0; column < matrix.columns; ++column) {
        uint64_t bits = randomValue(type);
        if (v.saturate && type == "s32")
          bits = 0x7FFFFFF0 + (bits & 31);
        std::memcpy(&memory[matrix.at(row, column)], &bits, matrix.bytes);
      }
  };
  auto get = [&](const Stored &matrix, unsigned row, unsigned column) {
    uint64_t bits = 0;
    std::memcpy(&bits, &memory[matrix.at(row, column)], matrix.bytes);
    return bits;
  };
  put(a, v.type);
  put(b, v.type);
  put(c, v.c);
  std::vector<uint8_t> before = memory;
  program.run({}, &memory);
  EXPECT_EQ(program.counters.mma, 1u);
  if (!isShared) {
    EXPECT_EQ(program.counters.globalLoadBytes,
              v.m * v.k * a.bytes + v.k * v.n * b.bytes + v.m * v.n * c.bytes);
    EXPECT_EQ(program.counters.globalStoreBytes, v.m * v.n * d.bytes);
  }
  for (unsigned row = 0; row < v.m; ++row)
    for (unsigned column = 0; column < v.n; ++column) {
      double sum = 0, magnitudes = 0;
      for (unsigned k = 0; k < v.k; ++k) {
        double product = decodeValue(v.type, get(a, row, k)) *
                         decodeValue(v.type, get(b, k, column));
        sum += product;
        magnitudes += std::abs(product);
      }
      uint64_t found = get(d, row, column), given = get(c, row, column);
      if (v.d == "s32") {
        int64_t exact = int64_t(sum) + int32_t(given);
        if (v.saturate)
          exact =
              std::min<int64_t>(std::max<int64_t>(exact, INT32_MIN), INT32_MAX);
        EXPECT_EQ(uint32_t(found), uint32_t(exact)) << row << " " << column;
      } else {
        double start = decodeValue(v.c, given);
        EXPECT_NEAR(decodeValue(v.d, found), sum + start,
                    (magnitudes + std::abs(start)) *
                        (v.d == "f16" ? 0x1p-10 : 0x1p-22))
            << row << " " << column;
      }
    }
  // Nothing but D has changed: neither the padding nor the sources.
  for (unsigned row = 0; row < v.m; ++row)
    for (unsigned column = 0; column < v.n; ++column)
      std::memcpy(&before[d.at(row, column)], &memory[d.at(row, column)],
                  d.bytes);
  EXPECT_EQ(memory, before);
}

static std::vector<Variant> allVariants() {
  std::vector<Variant> all;
  unsigned count = 0;
  const char *spaces[] = {".global", ".shared", ""};
  auto add = [&](unsigned m, unsigned n, unsigned k, const char *type,
                 const char *c, const char *d, bool saturate = false) {
    for (unsigned layouts = 0; layouts < 8; ++layouts, ++count)
      all.push_back({m, n, k, type, c, d, (layouts & 1) != 0,
                     (layouts & 2) != 0, (layouts & 4) != 0, saturate,
                     spaces[count % 3], count % 2 * 8});
  };
  for (auto [m, n] : {std::pair{16u, 16u}, {8u, 32u}, {32u, 8u}}) {
    for (const char *c : {"f16", "f32"})
      for (const char *d : {"f16", "f32"})
        add(m, n, 16, "f16", c, d);
    add(m, n, 16, "bf16", "f32", "f32");
    for (const char *type : {"s8", "u8"})
      for (bool saturate : {false, true})
        add(m, n, 16, type, "s32", "s32", saturate);
  }
  add(16, 16, 8, "tf32", "f32", "f32");
  return all;
}
INSTANTIATE_TEST_SUITE_P(All, Wmma, testing::ValuesIn(allVariants()), nameOf);

TEST(WmmaInvalid, Faults) {
  WarpProgram program({"b32"}, {},
                      ".reg .b32 %c<8>; .reg .b64 %p;\n"
                      "cvt.u64.u32 %p, %i0; add.s64 %p, %p, %data;\n"
                      "wmma.load.a.sync.aligned.row.m16n16k16.global.f16 "
                      "{%c0, %c1, %c2, %c3, %c4, %c5, %c6, %c7}, [%p], 16;");
  std::vector<uint8_t> data(512);
  program.run({Register()}, &data);
  data.resize(510);
  EXPECT_HAS(messageOf<Fault>([&] { program.run({Register()}, &data); }),
             "wmma.load.a");
  Register uneven = {};
  uneven[7] = 2;
  std::string message = messageOf<Fault>([&] { program.run({uneven}, &data); });
  EXPECT_HAS(message, "differ from lane 0's");
  EXPECT_HAS(message, "thread (7,0,0)");
}

TEST(WmmaInvalid, Refused) {
  for (const char *text :
       {"wmma.load.a.sync.aligned.row.m16n16k16.global.f32 {%o0}, [%data];",
        "wmma.load.a.sync.aligned.row.m16n16k16.global.f16 {%o0}, [%data];",
        "wmma.load.c.sync.aligned.row.m16n16k8.global.f16 {%o0}, [%data];",
        "wmma.load.a.sync.aligned.row.m8n8k32.global.s4 {%o0}, [%data];",
        "wmma.load.a.sync.aligned.m16n16k16.global.f16 {%o0}, [%data];",
        "wmma.mma.sync.aligned.row.col.m16n16k16.f32.f16.f16.f32 {%o0}, "
        "{%o0}, {%o0}, {%o0};",
        "wmma.mma.sync.aligned.row.col.m16n16k16.f32.f32.satfinite {%o0}, "
        "{%o0}, {%o0}, {%o0};"}) {
    std::string message =
        messageOf<LoadError>([&] { WarpProgram({}, {"b32"}, text); });
    EXPECT_HAS(message, std::string(text).substr(0, 20));
  }
}
