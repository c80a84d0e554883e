"""Judge a staged export before anything of it is published."""

from flows.validation.engine import validate
from flows.validation.verdict import Finding, Validation

__all__ = ["Finding", "Validation", "validate"]
