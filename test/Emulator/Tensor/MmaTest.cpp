// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// mma and mma.sp, every shape and type: random matrices against sums in double
// or integers, and single elements that show where each place of a fragment
// and each bit of metadata belongs. Places come from Figures.h.

#include "Figures.h"
#include "Values.h"

using namespace lacuna::emulator;
using namespace lacuna::emulator::test;

namespace {
/// One instruction of the table.
struct Variant {
  std::string shape, a, b, accumulator;
  bool sparse;
  /// "satfinite", "ordered", or neither.
  bool saturate = false, ordered = true;
  unsigned selector = 0;
};

std::string nameOf(const testing::TestParamInfo<Variant> &info) {
  const Variant &v = info.param;
  return v.shape + "_" + v.accumulator + "_" + v.a + "_" + v.b +
         (v.saturate ? "_satfinite" : "") +
         (v.sparse ? std::string(v.ordered ? "_ordered" : "_plain") +
                         std::to_string(v.selector)
                   : "");
}

unsigned placeBits(const std::string &type) {
  return type == "tf32" ? 32 : bitsOfType(type);
}

/// The instruction, its figures and its program.
class Instance {
public:
  explicit Instance(const Variant &v) : v(v) {
    unsigned bits = placeBits(v.a);
    if (v.sparse) {
      for (const SparseFragments &f : sparseFigures())
        if (f.shape == v.shape && f.bits == bits)
          sparse = &f;
      m = 16;
      k = sparse->k;
      kept = k / 2;
      a = sparse->a;
      b = sparse->b;
      c = accumulatorFigure;
    } else {
      const Fragments *figures = nullptr;
      for (const Fragments &f : denseFigures())
        if (f.shape == v.shape && f.bits == bits)
          figures = &f;
      m = figures->m;
      k = kept = figures->k;
      a = figures->a;
      b = figures->b;
      c = figures->c;
    }
    per = bits == 64 ? 1 : 32 / bits;
    perC = v.accumulator == "f16" ? 2 : 1;
    countA = m * kept / 32 / per;
    countB = 8 * k / 32 / per;
    countC = m * 8 / 32 / perC;
    std::string abType = bits == 64 ? "f64" : "b32";
    std::string cType = v.accumulator == "f16" ? "b32" : v.accumulator;
    std::vector<std::string> inputs(countA + countB, abType);
    inputs.insert(inputs.end(), countC, cType);
    std::string text = "mma.";
    if (v.sparse)
      text += v.ordered ? "sp::ordered_metadata." : "sp.";
    text += "sync.aligned." + v.shape + ".row.col." +
            (v.saturate ? "satfinite." : "") + v.accumulator + "." + v.a + "." +
            v.b + "." + v.accumulator + " " + names("o", 0, countC) + ", " +
            names("i", 0, countA) + ", " + names("i", countA, countB) + ", " +
            names("i", countA + countB, countC);
    if (v.sparse) {
      inputs.push_back("b32");
      text += ", %i" + std::to_string(inputs.size() - 1) + ", " +
              std::to_string(v.selector);
    }
    program = std::make_unique<WarpProgram>(
        inputs, std::vector<std::string>(countC, cType), text + ";");
  }

  /// The column of element i of a lane's A; for sparse ones the first column
  /// of its chunk.
  Element placeOfA(unsigned lane, unsigned i) const {
    Element at = a(lane, i);
    if (sparse)
      at.col += i % (sparse->span / 2) / (sparse->chunk / 2) * sparse->chunk;
    return at;
  }
  unsigned elementsOfA() const { return countA * per; }

  /// D for fragments of A as they are, and matrices B (k x 8) and C (m x 8).
  Matrix run(const Registers &fragmentA, const Matrix &matrixB,
             const Matrix &matrixC, const Register *metadata = nullptr) {
    Registers inputs(countA + countB + countC + (metadata ? 1 : 0));
    std::copy(fragmentA.begin(), fragmentA.end(), inputs.begin());
    for (unsigned lane = 0; lane < 32; ++lane) {
      for (unsigned i = 0; i < countB * per; ++i) {
        Element at = b(lane, i);
        set(inputs[countA + i / per][lane], i % per, per,
            matrixB.at(at.row, at.col));
      }
      for (unsigned i = 0; i < countC * perC; ++i) {
        Element at = c(lane, i);
        set(inputs[countA + countB + i / perC][lane], i % perC, perC,
            matrixC.at(at.row, at.col));
      }
    }
    if (metadata)
      inputs.back() = *metadata;
    Registers outputs = program->run(inputs);
    Matrix d(m, 8);
    for (unsigned lane = 0; lane < 32; ++lane)
      for (unsigned i = 0; i < countC * perC; ++i) {
        Element at = c(lane, i);
        uint64_t bits = outputs[i / perC][lane];
        d.at(at.row, at.col) =
            perC == 2 ? bits >> (16 * (i % 2)) & 0xFFFF : bits;
      }
    return d;
  }
  /// Element `e` of the `per` in a register of 32 bits, or the whole.
  static void set(uint64_t &value, unsigned e, unsigned per, uint64_t bits) {
    value |= per == 1 ? bits : bits << (32 / per * e);
  }

  const Variant &v;
  const SparseFragments *sparse = nullptr;
  unsigned m, k, kept, per, perC, countA, countB, countC;
  Figure a, b, c;
  std::unique_ptr<WarpProgram> program;
};

/// All metadata registers with 0x4 in every nibble that the selector reads,
/// and what is undefined everywhere else, which nobody must look at.
Register emptyMetadata(const SparseFragments &f, unsigned selector) {
  Register metadata;
  metadata.fill(0xFFFFFFFF);
  for (unsigned row = 0; row < 16; ++row)
    for (unsigned col = 0; col < f.k; col += f.chunk) {
      MetadataBits at = f.metadata(row, col, selector);
      metadata[at.lane] &= ~(uint64_t(15) << at.lowest);
      metadata[at.lane] |= uint64_t(4) << at.lowest;
    }
  return metadata;
}

void setNibble(Register &metadata, MetadataBits at, unsigned nibble) {
  metadata[at.lane] &= ~(uint64_t(15) << at.lowest);
  metadata[at.lane] |= uint64_t(nibble) << at.lowest;
}

/// The column that the w-th kept element of a chunk at `col` stands in ("Sparse
/// matrix storage": 1:2, 2:4, and 4:8 in pairs).
unsigned keptColumn(const SparseFragments &f, unsigned col, unsigned w,
                    unsigned nibble) {
  unsigned first = nibble & 3, second = nibble >> 2;
  if (f.chunk == 2)
    return col + (nibble == 0b1110 ? 1 : 0);
  if (f.chunk == 4)
    return col + (w == 0 ? first : second);
  return col + 2 * (w < 2 ? first : second) + w % 2;
}

std::vector<unsigned> legalNibbles(const SparseFragments &f, bool ordered) {
  if (f.chunk == 2)
    return {0b0100, 0b1110};
  std::vector<unsigned> legal = {0b0100, 0b1000, 0b1100,
                                 0b1001, 0b1101, 0b1110};
  if (!ordered)
    for (unsigned swapped : {0b0001, 0b0010, 0b0011, 0b0110, 0b0111, 0b1011})
      legal.push_back(swapped);
  return legal;
}

/// |found - expected| in units of the sum of magnitudes: one rounding of f32 or
/// f16, and slack for sums in another order (docs/Emulator.md).
double allowed(const std::string &accumulator, double magnitudes) {
  if (accumulator == "f64")
    return magnitudes * 0x1p-50;
  return magnitudes * (accumulator == "f16" ? 0x1p-10 : 0x1p-22);
}

void expectElement(const Variant &v, uint64_t found, double sum,
                   double magnitudes, uint64_t c, unsigned row, unsigned col) {
  if (!isInteger(v.accumulator)) {
    double expected = sum + decodeValue(v.accumulator, c);
    EXPECT_NEAR(decodeValue(v.accumulator, found), expected,
                allowed(v.accumulator,
                        magnitudes + std::abs(decodeValue(v.accumulator, c))))
        << row << " " << col;
    return;
  }
  int64_t exact = int64_t(sum) + int32_t(c);
  if (v.saturate)
    exact = std::min<int64_t>(std::max<int64_t>(exact, INT32_MIN), INT32_MAX);
  EXPECT_EQ(uint32_t(found), uint32_t(exact)) << row << " " << col;
}

class MmaVariants : public testing::TestWithParam<Variant> {};
} // namespace

TEST_P(MmaVariants, Random) {
  const Variant &v = GetParam();
  Instance mma(v);
  for (unsigned round = 0; round < 8 && !HasFailure(); ++round) {
    Matrix a(mma.m, mma.k), b(mma.k, 8), c(mma.m, 8);
    b.randomize(v.b);
    c.randomize(v.accumulator);
    if (isInteger(v.accumulator) && round % 2) // Wraps or saturates.
      for (uint64_t &value : c.bits)
        value = engine()() % 2 ? 0x7FFFFFFF - engine()() % 64
                               : 0x80000000 + engine()() % 64;
    Registers fragment(mma.countA);
    Register metadata = {};
    unsigned nibbles[16][128] = {};
    if (v.sparse) {
      metadata = emptyMetadata(*mma.sparse, v.selector);
      auto legal = legalNibbles(*mma.sparse, v.ordered);
      for (unsigned row = 0; row < 16; ++row)
        for (unsigned col = 0; col < mma.k; col += mma.sparse->chunk) {
          nibbles[row][col] = legal[engine()() % legal.size()];
          setNibble(metadata, mma.sparse->metadata(row, col, v.selector),
                    nibbles[row][col]);
        }
    }
    for (unsigned lane = 0; lane < 32; ++lane)
      for (unsigned i = 0; i < mma.elementsOfA(); ++i) {
        Element at = mma.placeOfA(lane, i);
        if (v.sparse)
          at.col = keptColumn(*mma.sparse, at.col, i % (mma.sparse->chunk / 2),
                              nibbles[at.row][at.col]);
        uint64_t bits = randomValue(v.a);
        a.at(at.row, at.col) = bits;
        Instance::set(fragment[i / mma.per][lane], i % mma.per, mma.per, bits);
      }
    Matrix d = mma.run(fragment, b, c, v.sparse ? &metadata : nullptr);
    EXPECT_EQ(mma.program->counters.mma, v.sparse ? 0u : 1u);
    EXPECT_EQ(mma.program->counters.mmaSparse, v.sparse ? 1u : 0u);
    for (unsigned row = 0; row < mma.m; ++row)
      for (unsigned n = 0; n < 8; ++n) {
        double sum = 0, magnitudes = 0;
        for (unsigned k = 0; k < mma.k; ++k) {
          double product =
              decodeValue(v.a, a.at(row, k)) * decodeValue(v.b, b.at(k, n));
          sum += product;
          magnitudes += std::abs(product);
        }
        expectElement(v, d.at(row, n), sum, magnitudes, c.at(row, n), row, n);
      }
  }
}

// A one at one place of A selects a row of B; at one place of B, a column of A.
TEST_P(MmaVariants, SingleElements) {
  const Variant &v = GetParam();
  if (v.saturate) // The places are those of the form without .satfinite.
    return;
  Instance mma(v);
  Matrix none(mma.m, 8);
  Register metadata = {};
  if (v.sparse)
    metadata = emptyMetadata(*mma.sparse, v.selector);
  const Register *given = v.sparse ? &metadata : nullptr;
  auto place = [&](unsigned lane, unsigned i) {
    Element at = mma.placeOfA(lane, i);
    if (v.sparse)
      at.col =
          keptColumn(*mma.sparse, at.col, i % (mma.sparse->chunk / 2), 0x4);
    return at;
  };
  auto small = [](const std::string &type) {
    return encodeWhole(type, int(engine()() % 7) + 1);
  };
  Matrix b(mma.k, 8);
  for (uint64_t &value : b.bits)
    value = small(v.b);
  for (unsigned lane = 0; lane < 32; ++lane)
    for (unsigned i = 0; i < mma.elementsOfA() && !HasFailure(); ++i) {
      Registers fragment(mma.countA);
      Instance::set(fragment[i / mma.per][lane], i % mma.per, mma.per,
                    encodeWhole(v.a, 1));
      Matrix d = mma.run(fragment, b, none, given);
      Element at = place(lane, i);
      for (unsigned row = 0; row < mma.m; ++row)
        for (unsigned n = 0; n < 8; ++n)
          EXPECT_EQ(decodeValue(v.accumulator, d.at(row, n)),
                    row == at.row ? decodeValue(v.b, b.at(at.col, n)) : 0)
              << "lane " << lane << ", a" << i << ": " << row << " " << n;
    }

  Matrix a(mma.m, mma.k);
  Registers fragment(mma.countA);
  for (unsigned lane = 0; lane < 32; ++lane)
    for (unsigned i = 0; i < mma.elementsOfA(); ++i) {
      Element at = place(lane, i);
      uint64_t bits = small(v.a);
      a.at(at.row, at.col) = bits;
      Instance::set(fragment[i / mma.per][lane], i % mma.per, mma.per, bits);
    }
  for (unsigned k = 0; k < mma.k; ++k)
    for (unsigned n = 0; n < 8 && !HasFailure(); ++n) {
      Matrix one(mma.k, 8);
      one.at(k, n) = encodeWhole(v.b, 1);
      Matrix d = mma.run(fragment, one, none, given);
      for (unsigned row = 0; row < mma.m; ++row)
        for (unsigned col = 0; col < 8; ++col)
          EXPECT_EQ(decodeValue(v.accumulator, d.at(row, col)),
                    col == n ? decodeValue(v.a, a.at(row, k)) : 0)
              << "B " << k << " " << n << ": " << row << " " << col;
    }
}

// Every legal nibble of every chunk moves that chunk's elements and no others.
TEST_P(MmaVariants, Metadata) {
  const Variant &v = GetParam();
  if (!v.sparse)
    return;
  Instance mma(v);
  const SparseFragments &f = *mma.sparse;
  Matrix none(mma.m, 8), b(mma.k, 8);
  for (uint64_t &value : b.bits)
    value = encodeWhole(v.b, int(engine()() % 7) + 1);
  auto legal = legalNibbles(f, v.ordered);
  for (unsigned lane = 0; lane < 32; ++lane)
    for (unsigned i = 0; i < mma.elementsOfA() && !HasFailure(); ++i) {
      Element at = mma.placeOfA(lane, i);
      unsigned nibble = legal[engine()() % legal.size()];
      if (lane < 4) // All of them in rows 0 and 8.
        nibble = legal[i % legal.size()];
      Register metadata = emptyMetadata(f, v.selector);
      setNibble(metadata, f.metadata(at.row, at.col, v.selector), nibble);
      Registers fragment(mma.countA);
      Instance::set(fragment[i / mma.per][lane], i % mma.per, mma.per,
                    encodeWhole(v.a, 1));
      Matrix d = mma.run(fragment, b, none, &metadata);
      unsigned k = keptColumn(f, at.col, i % (f.chunk / 2), nibble);
      for (unsigned n = 0; n < 8; ++n)
        EXPECT_EQ(decodeValue(v.accumulator, d.at(at.row, n)),
                  decodeValue(v.b, b.at(k, n)))
            << "lane " << lane << ", a" << i << ", nibble " << nibble;
    }
}

// What the PTX ISA leaves undefined names the lane, the nibble and the line.
TEST_P(MmaVariants, UndefinedMetadata) {
  const Variant &v = GetParam();
  if (!v.sparse)
    return;
  Instance mma(v);
  const SparseFragments &f = *mma.sparse;
  Matrix none(mma.m, 8), b(mma.k, 8);
  Registers fragment(mma.countA);
  auto legal = legalNibbles(f, v.ordered);
  for (unsigned nibble = 0; nibble < 16; ++nibble) {
    unsigned row = engine()() % 16;
    unsigned col = engine()() % (f.k / f.chunk) * f.chunk;
    MetadataBits at = f.metadata(row, col, v.selector);
    Register metadata = emptyMetadata(f, v.selector);
    setNibble(metadata, at, nibble);
    if (std::find(legal.begin(), legal.end(), nibble) != legal.end()) {
      mma.run(fragment, b, none, &metadata);
      continue;
    }
    std::string message =
        messageOf<Fault>([&] { mma.run(fragment, b, none, &metadata); });
    char hex[8];
    std::snprintf(hex, sizeof(hex), "0x%X", nibble);
    EXPECT_HAS(message, "undefined metadata: nibble " +
                            std::to_string(at.lowest / 4) + " of lane " +
                            std::to_string(at.lane) + " is " + hex +
                            ", for row " + std::to_string(row) + ", columns " +
                            std::to_string(col) + " to " +
                            std::to_string(col + f.chunk - 1));
    EXPECT_HAS(message, "line ");
    EXPECT_HAS(message, "mma.sp");
    EXPECT_HAS(message, "thread (" + std::to_string(at.lane) + ",0,0)");
  }
}

static std::vector<Variant> allVariants() {
  std::vector<Variant> all;
  auto floats = [&](const char *shape, const char *type, const char *acc,
                    bool sparse) {
    all.push_back({shape, type, type, acc, sparse});
  };
  for (const char *shape : {"m16n8k8", "m16n8k16"}) {
    floats(shape, "f16", "f32", false);
    floats(shape, "f16", "f16", false);
    floats(shape, "bf16", "f32", false);
  }
  floats("m16n8k4", "tf32", "f32", false);
  floats("m16n8k8", "tf32", "f32", false);
  for (const char *shape : {"m8n8k4", "m16n8k4", "m16n8k8", "m16n8k16"})
    floats(shape, "f64", "f64", false);
  for (const char *shape : {"m16n8k16", "m16n8k32"}) {
    floats(shape, "f16", "f32", true);
    floats(shape, "f16", "f16", true);
    floats(shape, "bf16", "f32", true);
  }
  floats("m16n8k8", "tf32", "f32", true);
  floats("m16n8k16", "tf32", "f32", true);
  struct {
    const char *shape, *bits;
    bool sparse;
  } integers[] = {{"m8n8k16", "8", false},  {"m16n8k16", "8", false},
                  {"m16n8k32", "8", false}, {"m8n8k32", "4", false},
                  {"m16n8k32", "4", false}, {"m16n8k64", "4", false},
                  {"m16n8k32", "8", true},  {"m16n8k64", "8", true},
                  {"m16n8k64", "4", true},  {"m16n8k128", "4", true}};
  for (const auto &[shape, bits, sparse] : integers)
    for (const char *a : {"s", "u"})
      for (const char *b : {"s", "u"})
        for (bool saturate : {false, true}) {
          Variant v = {shape, std::string(a) + bits, std::string(b) + bits,
                       "s32", sparse};
          v.saturate = saturate;
          all.push_back(v);
        }
  std::vector<Variant> result;
  for (Variant v : all) {
    if (!v.sparse) {
      result.push_back(v);
      continue;
    }
    for (const SparseFragments &f : sparseFigures())
      if (f.shape == v.shape && f.bits == placeBits(v.a))
        for (v.selector = 0; v.selector < f.selectors; ++v.selector)
          for (bool ordered : {true, false}) {
            v.ordered = ordered;
            result.push_back(v);
          }
  }
  return result;
}

INSTANTIATE_TEST_SUITE_P(All, MmaVariants, testing::ValuesIn(allVariants()),
                         nameOf);
