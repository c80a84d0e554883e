"""An expectation that counts offending rows and never looks at them.

Importing this module registers it with Great Expectations; `load_great_expectations` comes first.
"""

from __future__ import annotations

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

    def _validate(self, metrics: dict[str, Any], *_: Any, **__: Any) -> dict[str, Any]:
        return {"success": metrics[_COUNT] == 0}
