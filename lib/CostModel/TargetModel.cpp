// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reads and checks target files. See TargetModel.h.

#include "lacuna/CostModel/TargetModel.h"

#include "lacuna/CostModel/JSON.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/MemoryBuffer.h"

#include <algorithm>
#include <cmath>

using namespace llvm;
using namespace lacuna;

namespace {
/// A constant that a file of its kind must have.
struct Expectation {
  StringLiteral name, unit;
  /// What a list of values is over, or empty: one value.
  StringLiteral axis;
  bool isCount = false;
};
} // namespace

static constexpr StringLiteral kRateUnit = "multiply-adds/s";

static constexpr Expectation kCPUConstants[] = {
    {"memory_bandwidth", "bytes/s", "threads"},
    {"last_cache_bandwidth", "bytes/s", "threads"},
    {"last_cache_size", "bytes", "", /*isCount=*/true},
    {"packing_bandwidth", "bytes/s", "threads"},
    {"dispatch", "s", "threads"},
};
static constexpr Expectation kGPUConstants[] = {
    {"multiprocessors", "1", "", /*isCount=*/true},
    {"tensor_rate_f16", kRateUnit, ""},
    {"tensor_rate_tf32", kRateUnit, ""},
    {"tensor_rate_i8", kRateUnit, ""},
    {"core_rate_f32", kRateUnit, ""},
    {"memory_bandwidth", "bytes/s", ""},
    {"launch", "s", ""},
    {"sparse_speedup", "1", "columns"},
};

//===- Curves -------------------------------------------------------------===//

double Constant::get(double x) const {
  if (at.size() < 2 || x <= at.front())
    return values.front();
  for (size_t i = 1; i < at.size(); ++i)
    if (x <= at[i]) {
      double t = std::log(x / at[i - 1]) / std::log(at[i] / at[i - 1]);
      return values[i - 1] * std::pow(values[i] / values[i - 1], t);
    }
  return values.back();
}

double TargetModel::getRate(StringRef route, StringRef element, int64_t n,
                            int64_t m, int64_t threads, double columns,
                            bool *calibrated) const {
  auto getDistance = [&](const RateTable &table) {
    double density = m ? std::log(double(n) / m * table.m / table.n) : 0;
    return std::make_tuple(table.element != element, std::abs(density),
                           table.m != m);
  };
  const RateTable *nearest = nullptr;
  for (const RateTable &table : rates)
    if (table.route == route &&
        (table.element == element || table.element == "f32") &&
        (!nearest || getDistance(table) < getDistance(*nearest)))
      nearest = &table;
  if (!nearest)
    return 0;
  // The tables that differ by their threads alone.
  const RateTable *below = nullptr, *above = nullptr;
  for (const RateTable &table : rates) {
    if (table.route != route || table.element != nearest->element ||
        table.n != nearest->n || table.m != nearest->m)
      continue;
    if (table.threads <= threads && (!below || table.threads > below->threads))
      below = &table;
    if (table.threads >= threads && (!above || table.threads < above->threads))
      above = &table;
  }
  if (calibrated)
    *calibrated = nearest->element == element && nearest->n == n &&
                  nearest->m == m && below && above && below->rate.calibrated &&
                  above->rate.calibrated;
  if (!above || !below) {
    const RateTable &end = above ? *above : *below;
    return end.rate.get(columns) * threads / end.threads;
  }
  Constant curve;
  curve.at = {double(below->threads), double(above->threads)};
  curve.values = {below->rate.get(columns), above->rate.get(columns)};
  return above == below ? curve.values.front() : curve.get(threads);
}

std::vector<std::string> TargetModel::getUncalibrated() const {
  std::vector<std::string> names;
  for (const auto &[name, constant] : constants)
    if (!constant.calibrated)
      names.push_back(name);
  for (const RateTable &table : rates) {
    std::string name = "rate of " + table.route;
    if (!table.rate.calibrated && !is_contained(names, name))
      names.push_back(name);
  }
  return names;
}

//===- Reading ------------------------------------------------------------===//

static std::string describe(const json::Value *value) {
  return value ? formatv("{0}", *value).str() : "nothing";
}

namespace {
class Reader {
public:
  explicit Reader(StringRef file) : file(file) { model.file = file.str(); }

  Expected<TargetModel> read(StringRef text);

private:
  Error fail(const Twine &what, const json::Value *found,
             const Twine &expected) const {
    return createStringError(file + ": " + what + " is " + describe(found) +
                             "; expected " + expected);
  }
  Error checkKeys(const json::Object &object, const Twine &where,
                  ArrayRef<StringRef> known) const;
  Error readName(const json::Object &object, StringRef key, const Twine &where,
                 std::string &result) const;
  Error readNumbers(const json::Object &object, StringRef key,
                    const Twine &where, bool areCounts,
                    std::vector<double> &result) const;
  Error readConstant(const json::Object &object, const Twine &where,
                     StringRef axis, StringRef unit, bool isCount,
                     Constant &result) const;
  Error readConstants(const json::Object &root);
  Error readTable(const json::Value &value, unsigned index);
  Error readRates(const json::Object &root);

  StringRef file;
  TargetModel model;
};
} // namespace

Error Reader::checkKeys(const json::Object &object, const Twine &where,
                        ArrayRef<StringRef> known) const {
  for (const auto &[key, value] : object)
    if (!is_contained(known, StringRef(key)))
      return createStringError(file + ": " + where + " has '" + StringRef(key) +
                               "', which is unknown; " + "expected " +
                               join(known, ", "));
  return Error::success();
}

Error Reader::readName(const json::Object &object, StringRef key,
                       const Twine &where, std::string &result) const {
  std::optional<StringRef> text = object.getString(key);
  if (!text || text->empty())
    return fail("'" + key + "' of " + where, object.get(key), "some text");
  result = text->str();
  return Error::success();
}

// Beyond these no time can be told.
static constexpr double kLeastValue = 1e-12, kGreatestValue = 1e18;

/// A positive number, or a list of them; counts are whole.
Error Reader::readNumbers(const json::Object &object, StringRef key,
                          const Twine &where, bool areCounts,
                          std::vector<double> &result) const {
  const json::Value *value = object.get(key);
  auto add = [&](const json::Value &element) {
    std::optional<double> number = element.getAsNumber();
    if (!number || !(*number >= kLeastValue && *number <= kGreatestValue) ||
        (areCounts && *number != std::floor(*number)))
      return false;
    result.push_back(*number);
    return true;
  };
  const json::Array *list = value ? value->getAsArray() : nullptr;
  bool isGood =
      list ? !list->empty() && all_of(*list, add) : value && add(*value);
  return isGood ? Error::success()
                : fail("'" + key + "' of " + where, value,
                       areCounts ? "a whole number above 0 (up to 1e18), or a "
                                   "list of such"
                                 : "a number above 0 (from 1e-12 to 1e18), or "
                                   "a list of such");
}

Error Reader::readConstant(const json::Object &object, const Twine &where,
                           StringRef axis, StringRef unit, bool isCount,
                           Constant &result) const {
  if (Error error = readNumbers(object, "value", where, isCount, result.values))
    return error;
  if (const json::Value *points = object.get(axis.empty() ? "at" : axis)) {
    if (Error error =
            readNumbers(object, axis, where, /*areCounts=*/true, result.at))
      return error;
    for (size_t i = 1; i < result.at.size(); ++i)
      if (result.at[i] <= result.at[i - 1])
        return fail("'" + axis + "' of " + where, points, "ascending numbers");
  }
  if (result.values.size() != std::max<size_t>(1, result.at.size()))
    return fail("'value' of " + where, object.get("value"),
                axis.empty() || result.at.empty()
                    ? Twine("one number")
                    : Twine(result.at.size()) + " numbers, one for each of '" +
                          axis + "'");
  if (Error error = readName(object, "unit", where, result.unit))
    return error;
  if (result.unit != unit)
    return fail("'unit' of " + where, object.get("unit"), "\"" + unit + "\"");
  if (Error error = readName(object, "source", where, result.source))
    return error;
  std::optional<bool> calibrated = object.getBoolean("calibrated");
  if (!calibrated)
    return fail("'calibrated' of " + where, object.get("calibrated"),
                "true or false");
  result.calibrated = *calibrated;
  return Error::success();
}

Error Reader::readConstants(const json::Object &root) {
  ArrayRef<Expectation> expected = model.isGPU
                                       ? ArrayRef<Expectation>(kGPUConstants)
                                       : ArrayRef<Expectation>(kCPUConstants);
  const json::Object *constants = root.getObject("constants");
  if (!constants)
    return fail("'constants'", root.get("constants"), "an object");
  SmallVector<StringRef> names = map_to_vector(
      expected, [](const Expectation &e) { return StringRef(e.name); });
  if (Error error = checkKeys(*constants, "'constants'", names))
    return error;
  for (const Expectation &expectation : expected) {
    std::string where = ("constant '" + expectation.name + "'").str();
    const json::Object *object = constants->getObject(expectation.name);
    if (!object)
      return fail(where, constants->get(expectation.name),
                  "{\"value\", \"unit\": \"" + expectation.unit +
                      "\", \"source\", \"calibrated\"}");
    StringRef axis = expectation.axis;
    SmallVector<StringRef> keys = {"value", "unit", "source", "calibrated"};
    if (!axis.empty())
      keys.push_back(axis);
    if (Error error = checkKeys(*object, where, keys))
      return error;
    if (Error error = readConstant(*object, where, axis, expectation.unit,
                                   expectation.isCount,
                                   model.constants[expectation.name.str()]))
      return error;
  }
  return Error::success();
}

Error Reader::readTable(const json::Value &value, unsigned index) {
  std::string where = "rate " + std::to_string(index);
  const json::Object *object = value.getAsObject();
  if (!object)
    return fail(where, &value, "an object");
  RateTable table;
  if (Error error =
          checkKeys(*object, where,
                    {"route", "element", "n", "m", "threads", "columns",
                     "value", "unit", "source", "calibrated"}))
    return error;
  if (Error error = readName(*object, "route", where, table.route))
    return error;
  static constexpr StringLiteral routes[] = {"dense", "sparse-tensor",
                                             "vector"};
  if (!is_contained(routes, StringRef(table.route)))
    return fail("'route' of " + where, object->get("route"),
                "dense, sparse-tensor or vector");
  if (Error error = readName(*object, "element", where, table.element))
    return error;
  static constexpr StringLiteral elements[] = {"f32", "f16", "bf16", "i8"};
  if (!is_contained(elements, StringRef(table.element)))
    return fail("'element' of " + where, object->get("element"),
                "f32, f16, bf16 or i8");
  where += " (" + table.route + ", " + table.element + ")";
  auto readCount = [&](StringRef key, int64_t &result) -> Error {
    std::optional<int64_t> number = object->getInteger(key);
    if (!number || *number < 1)
      return fail("'" + key + "' of " + where, object->get(key),
                  "an integer above 0");
    result = *number;
    return Error::success();
  };
  if (Error error = readCount("threads", table.threads))
    return error;
  if (table.route == "dense") {
    for (StringRef key : {"n", "m"})
      if (const json::Value *found = object->get(key))
        return fail("'" + key + "' of " + where, found,
                    "none on route dense, which has no n:m");
  } else {
    if (Error error = readCount("n", table.n))
      return error;
    if (Error error = readCount("m", table.m))
      return error;
    if (table.n >= table.m)
      return fail("'n' of " + where, object->get("n"),
                  "fewer than " + Twine(table.m) + ", its 'm'");
  }
  if (!object->get("columns"))
    return fail("'columns' of " + where, nullptr, "ascending numbers");
  if (Error error = readConstant(*object, where, "columns", kRateUnit,
                                 /*isCount=*/false, table.rate))
    return error;
  for (auto [i, other] : enumerate(model.rates))
    if (std::tie(other.route, other.element, other.n, other.m, other.threads) ==
        std::tie(table.route, table.element, table.n, table.m, table.threads))
      return createStringError(file + ": " + where + " describes what rate " +
                               Twine(i) +
                               " does; expected one table for each "
                               "route, element, n:m and number of threads");
  model.rates.push_back(std::move(table));
  return Error::success();
}

Error Reader::readRates(const json::Object &root) {
  const json::Array *rates = root.getArray("rates");
  if (!rates)
    return fail("'rates'", root.get("rates"), "a list of tables");
  for (auto [i, value] : enumerate(*rates))
    if (Error error = readTable(value, i))
      return error;
  for (StringRef route : {"dense", "sparse-tensor", "vector"})
    if (none_of(model.rates, [&](const RateTable &table) {
          return table.route == route && table.element == "f32";
        }))
      return createStringError(file + ": 'rates' has no table of route '" +
                               route + "' for f32; expected at least one");
  return Error::success();
}

Expected<TargetModel> Reader::read(StringRef text) {
  Expected<json::Value> value = parseJSON(text);
  if (!value)
    return createStringError(file +
                             ": expected JSON: " + toString(value.takeError()));
  const json::Object *root = value->getAsObject();
  if (!root)
    return createStringError(file + ": expected a JSON object");
  if (Error error = readName(*root, "target", "the file", model.target))
    return std::move(error);
  model.name = model.target;
  if (Error error =
          readName(*root, "description", "the file", model.description))
    return std::move(error);
  std::optional<StringRef> kind = root->getString("kind");
  if (kind != "cpu" && kind != "gpu")
    return fail("'kind'", root->get("kind"), "\"cpu\" or \"gpu\"");
  model.isGPU = kind == "gpu";
  if (model.isGPU && !StringRef(model.target).starts_with("sm_"))
    return fail("'target'", root->get("target"),
                "the architecture of the GPU, such as \"sm_90a\"");
  SmallVector<StringRef> keys = {"target", "kind", "description", "constants"};
  if (!model.isGPU)
    keys.push_back("rates");
  if (Error error = checkKeys(*root, "the file", keys))
    return std::move(error);
  if (Error error = readConstants(*root))
    return std::move(error);
  if (!model.isGPU)
    if (Error error = readRates(*root))
      return std::move(error);
  return std::move(model);
}

Expected<TargetModel> lacuna::parseTargetModel(StringRef text, StringRef file) {
  return Reader(file).read(text);
}

Expected<TargetModel> lacuna::readTargetModel(const std::string &path) {
  auto file = MemoryBuffer::getFile(path, /*IsText=*/true);
  if (!file)
    return createStringError("cannot read target file '" + path +
                             "': " + file.getError().message());
  return parseTargetModel((*file)->getBuffer(), path);
}
