# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# RUN: %python %s %t
"""How wide the accesses of tensor-core kernels are, in the PTX: copies of the
operands, and stores of the result, as the length of a row in memory allows.
Where that is known at run time only there are two kernels, and the host takes
`$ragged` where rows are no multiples of 16 bytes. gpu_contraction_matrix.py runs
them."""
import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "Integration"))
import gpu_contraction_matrix as matrix

KINDS = {f"{k.element}->{k.sums} {k.precision}": k for k in matrix.KINDS}
BF16, F16, F16_SUMS, I8, TF32 = (KINDS[name] for name in (
    "bf16->f32 None", "f16->f32 None", "f16->f16 sums", "i8->i32 None", "f32->f32 tf32"))
# Types of PTX by bytes: one, two or four words, or less than a word.
WORD = {16: "v4.b32", 8: "v2.b32", 4: "b32", 2: "b16"}


def stores(text):
    return set(re.findall(r"\bst\.global\.(\S+)", text))


def copies(text):
    """Bytes of each cp.async, and of each element that goes through a register
    to shared memory."""
    found = {int(size) for size in re.findall(r"cp\.async\.c[ag]\.shared\.global.*?, (\d+)[,;]", text)}
    return found | {int(size) // 8 for size in re.findall(r"\bst\.shared\.\w(\d+)", text)}


def check(folder, kernels, **changes):
    """`kernels`: bytes of a store and of the copies, by the suffix of a kernel."""
    c = matrix.consistent({**matrix.PLAIN, "bias": False, "residual": "none", "activation": "none", **changes})
    source, rules, ptx = (f"{folder}/kernel.{end}" for end in ("mlir", "json", "ptx"))
    with open(source, "w") as file:
        file.write(matrix.module(c))
    with open(rules, "w") as file:
        file.write('{"w": "nm<%d:%d>"}' % c["layout"] if not c["given"] else "{}")
    subprocess.run(["lacuna-compile", source, "--layouts", rules, "--target=sm_80", "--emit=ptx", "-o", ptx,
                    *matrix.flags(c)], check=True)
    with open(ptx) as file:
        entries = re.split(r"\.visible \.entry ", file.read())[1:]
    found = {re.search(r"(\$ragged)?(\$n16)?\(", entry).group()[:-1]: entry for entry in entries}
    assert set(found) == set(kernels), (c, set(found))
    for suffix, (stored, copied) in kernels.items():
        assert stores(found[suffix]) == {WORD[stored]}, (c, suffix, stores(found[suffix]), stored)
        assert copies(found[suffix]) == copied, (c, suffix, copies(found[suffix]), copied)


def main():
    folder = sys.argv[1]
    os.makedirs(folder, exist_ok=True)
    tile = ("64,32", "2,1", 3)
    # Stores along the rows of the weight, by their number: results of each type.
    for m, words in ((512, (16, 16, 16, 16)), (500, (16, 8, 8, 16)), (502, (8, 4, 4, 8)), (501, (4, 2, 2, 4))):
        for stored, kind, out in zip(words, (BF16, BF16, F16, I8), (None, "bf16", "f16", None)):
            check(folder, {"": (stored, {16})}, kind=kind, out=out, M=m, schedule=tile)
    check(folder, {"": (16, {16})}, kind=F16_SUMS, schedule=tile)
    # One tile of m16n8 has four sums a lane: eight bytes of a 16-bit result.
    check(folder, {"": (8, {16})}, out="bf16", schedule=("16,8", "1,1", 2))
    check(folder, {"": (16, {16, 8})}, route="tensor-core", schedule=tile)
    # Along the columns, whose number is known at run time only.
    check(folder, {"": (16, {16, 8}), "$ragged": (4, {16, 8})}, route="tensor-core", y_turned=True, schedule=tile)
    check(folder, {"": (16, {16, 8}), "$ragged": (2, {16, 8})}, route="tensor-core", y_turned=True, out="bf16", schedule=tile)
    # Operands: rows of 16, 8, 4 and 2 bytes.
    for depth, copied in ((512, 16), (508, 8), (510, 4), (511, 2)):
        check(folder, {"": (16, {copied})}, K=depth, schedule=tile)
    # Rows that are known at run time only: of the activation, of both operands.
    check(folder, {"": (16, {16}), "$ragged": (16, {16, 2})}, x_turned=True, schedule=tile)
    check(folder, {"": (16, {16}), "$ragged": (16, {2})}, given=True, schedule=tile)
    check(folder, {"": (16, {16}), "$ragged": (16, {4})}, kind=TF32, given=True, schedule=tile)
    # Both numbers of columns: four kernels.
    check(folder, {"": (16, {16}), "$n16": (16, {16}), "$ragged": (16, {2}), "$ragged$n16": (16, {2})}, given=True)


if __name__ == "__main__":
    main()
