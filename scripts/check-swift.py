"""Checks the syntax of hand-written Swift: check-swift.py FILE...

There is no Swift compiler on Linux's package lists; a parser of the language finds at least what
could never compile. A control that must fail is checked first.
"""

import sys

import tree_sitter_swift
from tree_sitter import Language, Parser

CONTROL = b"func broken( -> { let = }"


def faults(tree):
    """Every place that is no Swift, as (line, column)."""
    found, todo = [], [tree.root_node]
    while todo:
        node = todo.pop()
        if node.is_error or node.is_missing:
            found.append((node.start_point[0] + 1, node.start_point[1] + 1))
        todo.extend(node.children)
    return sorted(found)


def main(paths):
    """Names each fault; ends with 1 when there is one."""
    parser = Parser(Language(tree_sitter_swift.language()))
    if not faults(parser.parse(CONTROL)):
        sys.exit("the parser takes what is no Swift; this check proves nothing")
    failed = 0
    for path in paths:
        with open(path, "rb") as file:
            for line, column in faults(parser.parse(file.read())):
                print(f"{path}:{line}:{column}: no Swift")
                failed += 1
    if not paths:
        sys.exit("no Swift file was given")
    print(f"{len(paths)} Swift files, {failed} faults")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main(sys.argv[1:])
