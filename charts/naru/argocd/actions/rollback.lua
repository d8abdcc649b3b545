-- Asks to give all requests back to the revision before. Git's image stays the goal: commit another one.
local os = require("os")
local annotations = obj.metadata.annotations or {}
annotations["naru.dev/rollback-requested-at"] = os.date("!%Y-%m-%dT%H:%M:%SZ")
obj.metadata.annotations = annotations
return obj
