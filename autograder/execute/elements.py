"""Elements of the student's iterators, fetched several at once."""

from __future__ import annotations

from typing import Any


class Elements:
    """Fetches them, and keeps an iterator's error until what came before it has been used up.

    An iterator is known by the number of its handle; when the handle is released, its error is forgotten.
    """

    def __init__(self) -> None:
        self._untold: dict[int, Exception] = {}

    def take(self, number: int, iterator: Any, count: int) -> list[Any]:
        """Return up to so many elements, and whether there may be more.

        Parameters
        ----------
        number : int
            The number of the iterator's handle.
        iterator : iterator
            The student's object.
        count : int
            How many elements to fetch at most.

        Returns
        -------
        list
            The elements, and whether to ask again.

        Raises
        ------
        Exception
            What the iterator raises; if it gave elements first, the next call raises it.
        """
        if number in self._untold:
            raise self._untold.pop(number)
        items: list[Any] = []
        try:
            while len(items) < count:
                items.append(next(iterator))
        except StopIteration:
            return [items, False]
        except Exception as error:
            if not items:
                raise
            self._untold[number] = error
        return [items, True]

    def forget(self, number: int) -> None:
        """Forget the error of an iterator that nothing will be asked of any more."""
        self._untold.pop(number, None)
