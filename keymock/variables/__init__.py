"""Variables: names with values from several places, of which the nearest counts; filled into requests and flows.

From the nearest to the farthest: `--var`, what a step captured, the flow, the private environment, that of the project,
that of the workspace, `[variables]` of project.toml, then of keymock.toml. Beside them stand `secret.NAME`, `env.NAME`
and `target_url`. A value may name others; one that leads back to itself, or to a name that nobody gives a value, is a
`Stop` with file and line. What comes from outside (captured values, `--var`, secrets) is never taken for a template.
"""

from keymock.variables.level import RESERVED, Level, reserved
from keymock.variables.mask import Mask
from keymock.variables.resolving import Outside, Variables
from keymock.variables.why import Given, Reason, reasons

__all__ = ["RESERVED", "Given", "Level", "Mask", "Outside", "Reason", "Variables", "reasons", "reserved"]
