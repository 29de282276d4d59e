"""What the doctor says: findings, each with the number it was judged by, and a diagnosis of all."""

import math
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

SEVERITIES = ("fault", "remark")


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong.

    Attributes
    ----------
    fault : str
        A row of ``pellucid.inspection.symptoms.SYMPTOMS``, such as "dead units".
    where : str
        Such as "layer 2", "input 17" or "the run".
    number, limit : float
        What it was judged by, and where a fault begins; what both are, the row says.
    evidence : str
        The same as a sentence.
    command_line, python : str
        What to change, in the terms of ``pellucid train`` and of ``pellucid.train``.
    severity : {"fault", "remark"}
        A remark is worth knowing, and may well be as it should be.
    """

    fault: str
    where: str
    number: float
    limit: float
    evidence: str
    command_line: str
    python: str
    severity: str = "fault"

    def __str__(self) -> str:
        return (
            f"{self.severity}: {self.fault} ({self.where})\n"
            f"  {self.evidence}\n"
            f"  command line: {self.command_line}\n"
            f"  Python: {self.python}"
        )

    def as_dict(self) -> dict[str, Any]:
        """Return the finding as plain data, ready for JSON: no number where it is infinite."""
        number = self.number if math.isfinite(self.number) else None
        return asdict(self) | {"number": number}


@dataclass(frozen=True)
class Diagnosis:
    """All findings about a network, the likeliest cause first. ``examine`` makes one.

    Attributes
    ----------
    findings : tuple of Finding
    looked_at : tuple of str
        The faults that were looked for.
    left_out : mapping from str to str
        Those that were not, and why.
    """

    findings: tuple[Finding, ...]
    looked_at: tuple[str, ...]
    left_out: dict[str, str]

    def __iter__(self) -> Iterator[Finding]:
        return iter(self.findings)

    def __len__(self) -> int:
        return len(self.findings)

    @property
    def healthy(self) -> bool:
        """Whether nothing was found."""
        return not self.findings

    @property
    def faults(self) -> tuple[str, ...]:
        """The names of what was found, each once, in order."""
        return tuple(dict.fromkeys(finding.fault for finding in self.findings))

    def __str__(self) -> str:
        lines = [str(finding) for finding in self.findings] or ["nothing found"]
        lines.append(f"looked for: {', '.join(self.looked_at)}")
        lines += [f"not looked for: {name}: {why}" for name, why in self.left_out.items()]
        return "\n".join(lines)

    def as_dict(self) -> dict[str, Any]:
        """Return the diagnosis as plain data, ready for JSON."""
        return {
            "healthy": self.healthy,
            "findings": [finding.as_dict() for finding in self.findings],
            "looked_at": list(self.looked_at),
            "left_out": dict(self.left_out),
        }
