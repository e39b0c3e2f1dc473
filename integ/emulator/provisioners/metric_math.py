"""Metric math of one datapoint: arithmetic, comparisons, IF, FILL with a number, MAX, MIN, SUM, AVG of a list."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from statistics import fmean

from . import Properties, boolean

Value = float | None  # None: no data
_OPERATORS = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul,
    ast.Gt: operator.gt, ast.GtE: operator.ge, ast.Lt: operator.lt, ast.LtE: operator.le, ast.Eq: operator.eq, ast.NotEq: operator.ne,
    ast.Div: lambda left, right: left / right if right else None,
}
_OF_LIST = {"MAX": max, "MIN": min, "SUM": sum, "AVG": fmean}


def returned(metrics: list[Properties], statistic: Callable[[Properties], Value]) -> Value:
    """The datapoint of the one metric that returns data; `statistic` gives that of a MetricStat."""
    by_id = {metric["Id"]: metric for metric in metrics}

    def value(name: str) -> Value:
        metric = by_id[name]
        if "MetricStat" in metric:
            return statistic(metric["MetricStat"])
        return _evaluate(ast.parse(metric["Expression"].strip(), mode="eval").body, value)

    return value(next(metric["Id"] for metric in metrics if boolean(metric.get("ReturnData", True))))


def _evaluate(node: ast.AST, value: Callable[[str], Value]) -> Value:
    match node:
        case ast.Constant(value=number):
            return float(number)
        case ast.Name(id=name):
            return value(name)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return _apply(operator.sub, 0.0, _evaluate(operand, value))
        case ast.BinOp(left=left, op=op, right=right) | ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in _OPERATORS:
            return _apply(_OPERATORS[type(op)], _evaluate(left, value), _evaluate(right, value))
        case ast.Call(func=ast.Name(id="IF"), args=[condition, *branches]):
            chosen = _evaluate(condition, value)
            branch = branches[0] if chosen else branches[1] if len(branches) > 1 else None
            return None if chosen is None or branch is None else _evaluate(branch, value)
        case ast.Call(func=ast.Name(id="FILL"), args=[filled, filling]):
            present = _evaluate(filled, value)
            return _evaluate(filling, value) if present is None else present
        case ast.Call(func=ast.Name(id=function), args=[ast.List(elts=elements)]) if function in _OF_LIST:
            present = [each for each in (_evaluate(element, value) for element in elements) if each is not None]
            return float(_OF_LIST[function](present)) if present else None
    raise ValueError(f"metric math that the emulator can not evaluate: {ast.unparse(node)}")


def _apply(operation: Callable, left: Value, right: Value) -> Value:
    result = None if left is None or right is None else operation(left, right)
    return None if result is None else float(result)
