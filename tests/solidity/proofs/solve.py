"""Answers one question of Halmos (an SMT-LIB file) with cvc5, which reads the words as integers.

What Halmos would do by itself, turn a division of two unknown 256-bit words into bits, takes for ever; integers
divide at full width in seconds. Three habits go first: Halmos leaves products and quotients undefined in its
first question, it writes shifts as pieces of words, and OpenZeppelin's Math.min hides a choice in a product and
two exclusive ors.
"""

import operator
import re
import sys
from collections.abc import Callable
from functools import cache

import cvc5
import z3

WORD = "(_ BitVec 256)"
MEANINGS = {"bvmul": "(bvmul x y)", "bvudiv": "(ite (= y (_ bv0 256)) y (bvudiv x y))"}


@cache
def plain(e: z3.ExprRef) -> z3.ExprRef:
    """An equal term, with shifts as products or quotients, and no choice inside a product or an exclusive or."""
    args = [plain(child) for child in e.children()]
    name = e.decl().name()
    if name == "f_evm_bvmul_256":
        return outward(operator.mul, e.decl(), *args)
    if name == "bvxor":
        return outward(operator.xor, e.decl(), *args)
    if name == "concat" and len(args) == 2 and e.size() == 256:
        return shifted(*args)
    return e.decl()(*args)


def outward(operation: Callable, declared: z3.FuncDeclRef, x, y) -> z3.ExprRef:
    for a, b in ((x, y), (y, x)):
        if z3.is_app_of(a, z3.Z3_OP_ITE):
            condition, *branches = a.children()
            return z3.If(condition, *(z3.simplify(operation(branch, b)) for branch in branches))
    return declared(x, y)


def shifted(high: z3.ExprRef, low: z3.ExprRef) -> z3.ExprRef:
    """The lower bits of a word, above zeros: a product. Its higher bits, below zeros: a quotient."""
    for piece, zeros in ((high, low), (low, high)):
        if not (z3.is_app_of(piece, z3.Z3_OP_EXTRACT) and z3.is_bv_value(zeros)):
            continue
        top, bottom = piece.params()
        word, factor = piece.arg(0), z3.BitVecVal(1 << zeros.size(), 256)
        if zeros.as_long() != 0 or word.size() != 256:
            continue
        if piece is high and bottom == 0:
            return word * factor
        if piece is low and top == 255:
            return z3.UDiv(word, factor)
    return z3.Concat(high, low)


def answer(smtlib: str) -> None:
    solver = cvc5.Solver(cvc5.TermManager())
    solver.setOption("solve-bv-as-int", "sum")
    solver.setOption("produce-models", "true")
    parser = cvc5.InputParser(solver)
    parser.setStringInput(cvc5.InputLanguage.SMT_LIB_2_6, smtlib, "question")
    while not (command := parser.nextCommand()).isNull():
        print(command.invoke(solver, parser.getSymbolManager()), end="", flush=True)


if __name__ == "__main__":
    question = z3.Solver()
    question.add(*map(plain, z3.parse_smt2_file(sys.argv[1])))
    text = question.to_smt2()
    for name, meaning in MEANINGS.items():
        declared = re.escape(f"(declare-fun f_evm_{name}_256 ({WORD} {WORD}) {WORD})")
        defined = f"(define-fun f_evm_{name}_256 ((x {WORD}) (y {WORD})) {WORD} {meaning})"
        text = re.sub(declared, defined, text)
    answer("(set-logic ALL)\n" + text + "(get-model)\n")
