"""An expectation that counts offending rows and never looks at them.

Importing this module registers it with Great Expectations; `load_great_expectations` comes first.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from great_expectations.expectations.core.unexpected_rows_expectation import (
    UnexpectedRowsExpectation,
)

_COUNT = "unexpected_rows_query.row_count"


class ExpectNoOffendingRows(UnexpectedRowsExpectation):
    """Expect a query to return no row.

    The class it derives from runs every query twice, once to count rows and once to fetch some of
    them, which doubles the time and brings values of cells into the results.
    """

    metric_dependencies: ClassVar[tuple[str, ...]] = (_COUNT,)

    def _get_domain_kwargs(self) -> dict[str, Any]:
        return self._given(self.domain_keys)

    def _get_success_kwargs(self) -> dict[str, Any]:
        return self._given((*self.success_keys, *self.domain_keys))

    def _given(self, keys: Iterable[str]) -> dict[str, Any]:
        """Return what was given for some keys, or their defaults.

        The class it derives from makes its whole configuration anew for each key.
        """
        given = self.configuration.kwargs
        return {key: given.get(key, self._get_default_value(key)) for key in keys}

    def _validate(self, metrics: dict[str, Any], *_: Any, **__: Any) -> dict[str, Any]:
        return {"success": metrics[_COUNT] == 0}
