"""A function's signature, and what Python notes of its code, as plain data and back."""

from __future__ import annotations

import inspect
from types import CodeType
from typing import Any


def told(function: Any) -> list[Any]:
    """Return the parameters of a function, each as its name, kind, default and annotation in lists of one or none."""
    found = inspect.signature(function)
    empty = inspect.Parameter.empty
    parameters = [
        [one.name, int(one.kind), *([] if part is empty else [part] for part in (one.default, one.annotation))]
        for one in found.parameters.values()
    ]
    return [parameters, [] if found.return_annotation is empty else [found.return_annotation]]


def signature(data: Any) -> inspect.Signature:
    """Return the signature that `told` described.

    Raises
    ------
    ValueError
        If it is none.
    """
    empty = inspect.Parameter.empty
    try:
        parameters, returned = data
        made = [
            inspect.Parameter(
                name,
                tuple(inspect._ParameterKind)[kind],
                default=default[0] if default else empty,
                annotation=annotation[0] if annotation else empty,
            )
            for name, kind, default, annotation in parameters
        ]
        return inspect.Signature(made, return_annotation=returned[0] if returned else empty)
    except (TypeError, LookupError, AttributeError) as error:
        raise ValueError("the student's process told of a signature in a way that cannot be read") from error


def code_told(function: Any) -> list[Any]:
    """Return what is noted of a function's code: its parameters, the names in it, and its flags."""
    code = function.__code__
    counts = [code.co_argcount, code.co_posonlyargcount, code.co_kwonlyargcount, code.co_flags]
    return [code.co_name, *counts, code.co_varnames, code.co_names]


def code(data: Any) -> CodeType:
    """Return a code object of which `code_told` told: it is to be looked at, does nothing, and has no source.

    Raises
    ------
    ValueError
        If nothing was told.
    """
    try:
        name, positional, positional_only, keyword_only, flags, variables, names = data
        return _nothing.__code__.replace(
            co_name=name,
            co_argcount=positional,
            co_posonlyargcount=positional_only,
            co_kwonlyargcount=keyword_only,
            co_flags=flags,
            co_varnames=variables,
            co_nlocals=len(variables),
            co_names=names,
            co_filename="<the student's process>",
        )
    except (TypeError, OverflowError) as error:
        raise ValueError("the student's process told of a function in a way that cannot be read") from error


def _nothing() -> None:
    """Lend its code."""
