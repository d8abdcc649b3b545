-- Asks for the next step now, or for another try of a revision that was rolled back.
local os = require("os")
local annotations = obj.metadata.annotations or {}
annotations["naru.dev/continue-requested-at"] = os.date("!%Y-%m-%dT%H:%M:%SZ")
obj.metadata.annotations = annotations
return obj
