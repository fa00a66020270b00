// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// lacuna.dispatch: syntax, verification, result shapes.

#include "lacuna/IR/Lacuna.h"

#include "mlir/IR/Builders.h"

using namespace mlir;
using namespace lacuna;

// dispatch `(` %arg = %operand `:` type, ... `)` (`[` dims `]`)?
//   (`->` `(` types `)`)? (`plan` `(` attr `)`)? attributes? region
ParseResult DispatchOp::parse(OpAsmParser &parser, OperationState &result) {
  SmallVector<OpAsmParser::Argument> arguments;
  SmallVector<OpAsmParser::UnresolvedOperand> inputs, dims;
  auto parseBinding = [&]() -> ParseResult {
    OpAsmParser::Argument &argument = arguments.emplace_back();
    return failure(parser.parseArgument(argument) || parser.parseEqual() ||
                   parser.parseOperand(inputs.emplace_back()) ||
                   parser.parseColonType(argument.type));
  };
  if (parser.parseCommaSeparatedList(AsmParser::Delimiter::Paren,
                                     parseBinding) ||
      parser.parseOperandList(dims, AsmParser::Delimiter::OptionalSquare))
    return failure();
  if (succeeded(parser.parseOptionalArrow()) &&
      parser.parseCommaSeparatedList(AsmParser::Delimiter::Paren, [&] {
        return parser.parseType(result.types.emplace_back());
      }))
    return failure();
  if (succeeded(parser.parseOptionalKeyword("plan"))) {
    PlanAttr plan;
    if (parser.parseLParen() ||
        parser.parseAttribute(plan, getPlanAttrName(result.name),
                              result.attributes) ||
        parser.parseRParen())
      return failure();
  }
  auto inputTypes = llvm::map_to_vector(
      arguments, [](OpAsmParser::Argument &argument) { return argument.type; });
  Type index = parser.getBuilder().getIndexType();
  if (parser.parseOptionalAttrDictWithKeyword(result.attributes) ||
      parser.resolveOperands(inputs, inputTypes, parser.getNameLoc(),
                             result.operands) ||
      parser.resolveOperands(dims, index, result.operands))
    return failure();
  result.addAttribute(getOperandSegmentSizesAttrName(result.name),
                      parser.getBuilder().getDenseI32ArrayAttr(
                          {static_cast<int32_t>(inputs.size()),
                           static_cast<int32_t>(dims.size())}));
  Region *body = result.addRegion();
  if (parser.parseRegion(*body, arguments))
    return failure();
  ensureTerminator(*body, parser.getBuilder(), result.location);
  return success();
}

void DispatchOp::print(OpAsmPrinter &printer) {
  printer << "(";
  llvm::interleaveComma(llvm::zip(getBody().getArguments(), getInputs()),
                        printer, [&](auto binding) {
                          auto [argument, operand] = binding;
                          printer << argument << " = " << operand << " : "
                                  << operand.getType();
                        });
  printer << ")";
  if (!getResultDims().empty())
    printer << "[" << getResultDims() << "]";
  if (getNumResults())
    printer << " -> (" << getResultTypes() << ")";
  if (getPlan())
    printer << " plan(" << *getPlan() << ")";
  printer.printOptionalAttrDictWithKeyword(
      (*this)->getAttrs(),
      {getPlanAttrName(), getOperandSegmentSizesAttrName()});
  printer << " ";
  printer.printRegion(getBody(), /*printEntryBlockArgs=*/false);
}

LogicalResult DispatchOp::verify() {
  if (getBody().getArgumentTypes() != getInputs().getTypes())
    return emitOpError("expected one block argument of the same type for each "
                       "input");
  auto yield = dyn_cast<YieldOp>(getBody().front().getTerminator());
  if (!yield || yield.getValues().getTypes() != getResultTypes())
    return emitOpError("expected lacuna.yield of the result types at the end "
                       "of the body");
  int64_t dynamic = 0;
  for (Type type : getResultTypes())
    dynamic += cast<RankedTensorType>(type).getNumDynamicDims();
  if (dynamic != static_cast<int64_t>(getResultDims().size()))
    return emitOpError("expected ")
           << dynamic << " result sizes, one for each dynamic dimension of the "
           << "results, found " << getResultDims().size();
  return success();
}

SmallVector<OpFoldResult> DispatchOp::getMixedResultSizes(unsigned index) {
  unsigned next = 0;
  for (unsigned i = 0; i < index; ++i)
    next += cast<RankedTensorType>(getResult(i).getType()).getNumDynamicDims();
  SmallVector<OpFoldResult> sizes;
  Builder builder(getContext());
  for (int64_t size :
       cast<RankedTensorType>(getResult(index).getType()).getShape())
    sizes.push_back(ShapedType::isDynamic(size)
                        ? OpFoldResult(getResultDims()[next++])
                        : OpFoldResult(builder.getIndexAttr(size)));
  return sizes;
}

LogicalResult DispatchOp::reifyResultShapes(OpBuilder &builder,
                                            ReifiedRankedShapedTypeDims &dims) {
  for (unsigned i = 0, e = getNumResults(); i < e; ++i)
    dims.push_back(getMixedResultSizes(i));
  return success();
}
