-- Generated from health.lua and actions/ in charts/naru/argocd; edit these and run: make crds
-- Asks to stop the run that goes on; the next one follows the schedule.
local os = require("os")
local annotations = obj.metadata.annotations or {}
annotations["naru.dev/cancel-requested-at"] = os.date("!%Y-%m-%dT%H:%M:%SZ")
obj.metadata.annotations = annotations
return obj
