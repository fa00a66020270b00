// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// mma and mma.sp: every shape and type that the emulator has, every selector of
// metadata, ordered and plain. Where elements stand in fragments, and which
// bits of metadata describe them, is that of the figures of the PTX ISA
// ("Matrix Fragments for mma.m16n8k16 with floating point type" and so on),
// which the emulator's tests use, too.

#include "Figures.h"
#include "Numbers.h"
#include "Probe.h"

#include <algorithm>

using namespace lacuna::bundle;
using lacuna::emulator::test::accumulatorFigure;
using lacuna::emulator::test::denseFigures;
using lacuna::emulator::test::Element;
using lacuna::emulator::test::Figure;
using lacuna::emulator::test::Fragments;
using lacuna::emulator::test::MetadataBits;
using lacuna::emulator::test::sparseFigures;
using lacuna::emulator::test::SparseFragments;

namespace {
unsigned placeBits(const std::string &type) {
  return type == "tf32" ? 32 : bitsOf(type);
}

/// Kinds of data, by round.
enum Kind : unsigned {
  Whole,  ///< Small whole numbers: sums are exact in every type.
  Random, ///< Floats from 2^-4 to 2^4; any integer.
  Cancel, ///< C is large, and most of the products go against each other.
  Wide,   ///< Floats of far-apart exponents; integers that wrap around.
  NumKinds
};

/// The bits of a whole number in an operand's type.
uint64_t encodeOperand(const std::string &type, int value) {
  if (isInteger(type))
    return uint64_t(int64_t(value)) & ((uint64_t(1) << bitsOf(type)) - 1);
  return encode(type == "tf32" ? "f32" : type, value);
}

uint64_t drawValue(std::mt19937_64 &random, const std::string &type,
                   Kind kind) {
  uint64_t bits = random();
  if (kind == Whole)
    return encodeOperand(type, int(bits % 4) - (type[0] == 'u' ? 0 : 2));
  if (isInteger(type))
    return bits & ((uint64_t(1) << bitsOf(type)) - 1);
  unsigned total = type == "tf32" ? 32 : bitsOf(type);
  unsigned exponent = type == "f16" ? 5 : type == "f64" ? 11 : 8;
  unsigned fraction = total - 1 - exponent;
  unsigned reach = kind == Wide && type != "f16" ? 24 : 8;
  uint64_t field =
      (uint64_t(1) << (exponent - 1)) - 1 - reach / 2 + (random() % reach);
  return (bits & ((uint64_t(1) << fraction) - 1)) | field << fraction |
         (bits >> 63) << (total - 1);
}

class MmaProbe : public Probe {
public:
  std::string shape, a, b, accumulator;
  bool sparse = false, saturate = false, ordered = true;
  unsigned selector = 0;

  void finish();
  std::vector<Register> draw(std::mt19937_64 &random,
                             unsigned round) const override;
  void expect(unsigned warp, const std::vector<Register> &inputs,
              const std::vector<uint8_t> &data,
              std::vector<Expected> &result) const override;

private:
  uint64_t element(const std::vector<Register> &inputs, unsigned first,
                   unsigned lane, unsigned i, unsigned perRegister) const {
    unsigned bits = perRegister == 1 ? 64 : 32 / perRegister;
    uint64_t value =
        inputs[first + i / perRegister][lane] >> (i % perRegister * bits);
    return bits == 64 ? value : value & ((uint64_t(1) << bits) - 1);
  }
  Element placeOfA(const std::vector<Register> &inputs, unsigned lane,
                   unsigned i) const;
  std::vector<unsigned> legalNibbles() const;

  const SparseFragments *figures = nullptr;
  unsigned m = 16, k = 0, per = 1, perC = 1;
  unsigned countA = 0, countB = 0, countC = 0;
  Figure figureA = nullptr, figureB = nullptr, figureC = accumulatorFigure;
};

void MmaProbe::finish() {
  unsigned bits = placeBits(a), kept = 0;
  if (sparse) {
    for (const SparseFragments &f : sparseFigures())
      if (f.shape == shape && f.bits == bits)
        figures = &f;
    k = figures->k;
    kept = k / 2;
    figureA = figures->a;
    figureB = figures->b;
  } else {
    for (const Fragments &f : denseFigures())
      if (f.shape == shape && f.bits == bits) {
        m = f.m;
        k = kept = f.k;
        figureA = f.a;
        figureB = f.b;
        figureC = f.c;
      }
  }
  per = bits == 64 ? 1 : 32 / bits;
  perC = accumulator == "f16" ? 2 : 1;
  countA = m * kept / 32 / per;
  countB = 8 * k / 32 / per;
  countC = m * 8 / 32 / perC;
  std::string abType = bits == 64 ? "f64" : "b32";
  std::string cType = accumulator == "f16" ? "b32" : accumulator;
  inputs.assign(countA + countB, abType);
  inputs.insert(inputs.end(), countC, cType);
  outputs.assign(countC, cType);
  std::string form = std::string("mma.") +
                     (!sparse   ? ""
                      : ordered ? "sp::ordered_metadata."
                                : "sp.") +
                     "sync.aligned." + shape + ".row.col." +
                     (saturate ? "satfinite." : "") + accumulator + "." + a +
                     "." + b + "." + accumulator;
  statements = "  " + form + " " + names("o", 0, countC) + ", " +
               names("i", 0, countA) + ", " + names("i", countA, countB) +
               ", " + names("i", countA + countB, countC);
  name = form;
  if (size_t colons = name.find("::"); colons != std::string::npos)
    name.replace(colons, 2, "."); // It is also a file's name.
  if (sparse) {
    statements += ", %i" + std::to_string(inputs.size()) + ", " +
                  std::to_string(selector);
    inputs.push_back("b32");
    name += "-selector" + std::to_string(selector);
    version = ordered ? "8.5" : "7.1"; // "PTX ISA Notes" of mma.sp.
  }
  statements += ";";
  golden = !isInteger(accumulator) && accumulator != "f64";
}

std::vector<unsigned> MmaProbe::legalNibbles() const {
  if (figures->chunk == 2)
    return {0b0100, 0b1110};
  std::vector<unsigned> legal = {0b0100, 0b1000, 0b1100,
                                 0b1001, 0b1101, 0b1110};
  if (!ordered)
    for (unsigned swapped : {0b0001, 0b0010, 0b0011, 0b0110, 0b0111, 0b1011})
      legal.push_back(swapped);
  return legal;
}

std::vector<Register> MmaProbe::draw(std::mt19937_64 &random,
                                     unsigned round) const {
  Kind kind = Kind(round % NumKinds);
  std::vector<Register> registers(inputs.size(), Register{});
  auto fill = [&](unsigned first, unsigned count, unsigned perRegister,
                  const std::string &type, Kind kind) {
    for (unsigned r = 0; r < count; ++r)
      for (uint64_t &value : registers[first + r])
        for (unsigned e = 0; e < perRegister; ++e)
          value |= drawValue(random, type, kind)
                   << (perRegister == 1 ? 0 : 32 / perRegister * e);
  };
  fill(0, countA, per, a, kind);
  fill(countA, countB, per, b, kind);
  fill(countA + countB, countC, perC, accumulator, kind);
  bool floats = !isInteger(accumulator);
  for (unsigned r = countA + countB; r < countA + countB + countC; ++r)
    for (uint64_t &value : registers[r]) {
      if (kind == Wide && !floats) // Wraps around, or saturates.
        value = random() % 2 ? 0x7FFFFFFF - random() % 64
                             : 0x80000000 + random() % 64;
      if (kind == Cancel && floats && perC == 1)
        value = encode(accumulator, random() % 2 ? 1000.5 : -3000.25);
    }
  if (!sparse)
    return registers;
  // What the selector does not read is undefined metadata, and nobody may look.
  Register &metadata = registers.back();
  metadata.fill(0xFFFFFFFF);
  std::vector<unsigned> legal = legalNibbles();
  for (unsigned row = 0; row < 16; ++row)
    for (unsigned col = 0; col < k; col += figures->chunk) {
      MetadataBits at = figures->metadata(row, col, selector);
      metadata[at.lane] &= ~(uint64_t(15) << at.lowest);
      metadata[at.lane] |= uint64_t(legal[random() % legal.size()])
                           << at.lowest;
    }
  return registers;
}

/// The row and column of element i of a lane's A.
Element MmaProbe::placeOfA(const std::vector<Register> &inputs, unsigned lane,
                           unsigned i) const {
  Element at = figureA(lane, i);
  if (!sparse)
    return at;
  unsigned chunk = figures->chunk, w = i % (chunk / 2);
  at.col += i % (figures->span / 2) / (chunk / 2) * chunk;
  MetadataBits bits = figures->metadata(at.row, at.col, selector);
  unsigned nibble = inputs.back()[bits.lane] >> bits.lowest & 15;
  unsigned first = nibble & 3, second = nibble >> 2;
  // "Sparse matrix storage": 1:2, 2:4, and 4:8 in pairs.
  if (chunk == 2)
    at.col += nibble == 0b1110;
  else if (chunk == 4)
    at.col += w == 0 ? first : second;
  else
    at.col += 2 * (w < 2 ? first : second) + w % 2;
  return at;
}

void MmaProbe::expect(unsigned warp, const std::vector<Register> &inputs,
                      const std::vector<uint8_t> &,
                      std::vector<Expected> &result) const {
  std::vector<double> matrixA(m * k), matrixB(k * 8);
  for (unsigned lane = 0; lane < 32; ++lane) {
    for (unsigned i = 0; i < countA * per; ++i) {
      Element at = placeOfA(inputs, lane, i);
      matrixA[at.row * k + at.col] =
          decode(a, element(inputs, 0, lane, i, per));
    }
    for (unsigned i = 0; i < countB * per; ++i) {
      Element at = figureB(lane, i);
      matrixB[at.row * 8 + at.col] =
          decode(b, element(inputs, countA, lane, i, per));
    }
  }
  // docs/Emulator.md, "Sums are bounded".
  double unit = accumulator == "f64"   ? 0x1p-50
                : accumulator == "f16" ? 0x1p-10
                                       : 0x1p-22;
  for (unsigned lane = 0; lane < 32; ++lane)
    for (unsigned i = 0; i < countC * perC; ++i) {
      Element at = figureC(lane, i);
      double sum = 0, magnitude = 0;
      bool whole = true;
      for (unsigned j = 0; j < k; ++j) {
        double product = matrixA[at.row * k + j] * matrixB[j * 8 + at.col];
        sum += product;
        magnitude += std::fabs(product);
        whole &= product == std::nearbyint(product);
      }
      uint64_t bits = element(inputs, countA + countB, lane, i, perC);
      Expected expected = {warp, i / perC, lane, accumulator, i % perC * 16};
      if (isInteger(accumulator)) {
        int64_t exact = int64_t(sum) + int32_t(uint32_t(bits));
        if (saturate)
          exact =
              std::min<int64_t>(std::max<int64_t>(exact, INT32_MIN), INT32_MAX);
        expected.bits = uint32_t(exact);
      } else {
        double c = decode(accumulator, bits);
        expected.value = sum + c;
        magnitude += std::fabs(c);
        // Small whole numbers are exact.
        bool exact = whole && c == std::nearbyint(c) && magnitude < 2048;
        expected.bound = exact ? 0 : magnitude * unit;
      }
      result.push_back(expected);
    }
}

void add(Probes &probes, MmaProbe form) {
  if (!form.sparse) {
    form.finish();
    probes.push_back(std::make_unique<MmaProbe>(form));
    return;
  }
  for (const SparseFragments &f : sparseFigures())
    if (f.shape == form.shape && f.bits == placeBits(form.a))
      for (unsigned selector = 0; selector < f.selectors; ++selector)
        for (bool ordered : {true, false}) {
          MmaProbe probe = form;
          probe.selector = selector;
          probe.ordered = ordered;
          probe.finish();
          probes.push_back(std::make_unique<MmaProbe>(probe));
        }
}
} // namespace

void lacuna::bundle::addMmaProbes(Probes &probes) {
  auto floats = [&](const char *shape, const char *type, const char *sums,
                    bool sparse) {
    MmaProbe probe;
    probe.shape = shape;
    probe.a = probe.b = type;
    probe.accumulator = sums;
    probe.sparse = sparse;
    add(probes, probe);
  };
  for (bool sparse : {false, true})
    for (const char *shape :
         sparse ? std::array<const char *, 2>{"m16n8k16", "m16n8k32"}
                : std::array<const char *, 2>{"m16n8k8", "m16n8k16"}) {
      floats(shape, "f16", "f32", sparse);
      floats(shape, "f16", "f16", sparse);
      floats(shape, "bf16", "f32", sparse);
    }
  floats("m16n8k4", "tf32", "f32", false);
  floats("m16n8k8", "tf32", "f32", false);
  floats("m16n8k8", "tf32", "f32", true);
  floats("m16n8k16", "tf32", "f32", true);
  floats("m8n8k4", "f64", "f64", false);
  struct {
    const char *shape, *bits;
    bool sparse;
  } integers[] = {{"m8n8k16", "8", false},  {"m16n8k16", "8", false},
                  {"m16n8k32", "8", false}, {"m8n8k32", "4", false},
                  {"m16n8k32", "4", false}, {"m16n8k64", "4", false},
                  {"m16n8k32", "8", true},  {"m16n8k64", "8", true},
                  {"m16n8k64", "4", true},  {"m16n8k128", "4", true}};
  for (const auto &[shape, bits, sparse] : integers)
    for (const char *signA : {"s", "u"})
      for (const char *signB : {"s", "u"})
        for (bool saturate : {false, true}) {
          MmaProbe probe;
          probe.shape = shape;
          probe.a = std::string(signA) + bits;
          probe.b = std::string(signB) + bits;
          probe.accumulator = "s32";
          probe.sparse = sparse;
          probe.saturate = saturate;
          add(probes, probe);
        }
  // f64 with more rows is of sm_90 ("Target ISA Notes" of mma).
  for (const char *shape : {"m16n8k4", "m16n8k8", "m16n8k16"}) {
    MmaProbe probe;
    probe.shape = shape;
    probe.a = probe.b = probe.accumulator = "f64";
    probe.version = "7.8";
    probe.target = "sm_90";
    add(probes, probe);
  }
}
