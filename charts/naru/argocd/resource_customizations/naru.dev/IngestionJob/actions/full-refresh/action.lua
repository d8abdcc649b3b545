-- Generated from health.lua and actions/ in charts/naru/argocd; edit these and run: make crds
-- Asks for a run that loads everything again.
local os = require("os")
local annotations = obj.metadata.annotations or {}
annotations["naru.dev/full-refresh-requested-at"] = os.date("!%Y-%m-%dT%H:%M:%SZ")
obj.metadata.annotations = annotations
return obj
