-- Generated from health.lua and actions/ in charts/naru/argocd; edit these and run: make crds
-- Asks for a run now. No sync takes the annotation back, for Git does not declare it.
local os = require("os")
local annotations = obj.metadata.annotations or {}
annotations["naru.dev/run-requested-at"] = os.date("!%Y-%m-%dT%H:%M:%SZ")
obj.metadata.annotations = annotations
return obj
